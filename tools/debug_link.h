/*
 * What the verbs of `garrison debug` share: how they reach a chip, and how they say what came of it.
 */
#pragma once

#include "adac_client.h"
#include "cli.h"

/** What the options of each verb set, first in its arguments. */
struct debug_link_args {
    const char *device;
    const char *connect;
    struct cli_number timeout;
};

/** The options for a running chip. */
#define DEBUG_LINK_RUNNING DEBUG_LINK_CONNECT, DEBUG_LINK_TIMEOUT

/** The same, or a device file in its place: for what outlasts its power. */
#define DEBUG_LINK_OPTIONS DEBUG_LINK_DEVICE, DEBUG_LINK_RUNNING

/* Versions of clang-format lay these out differently. */
/* clang-format off */
#define DEBUG_LINK_DEVICE                                                                          \
    {                                                                                              \
        "device", 'd', CLI_TEXT, offsetof(struct debug_link_args, device), "FILE",                 \
            "a device file, powered on for this"                                                   \
    }

#define DEBUG_LINK_CONNECT                                                                         \
    {                                                                                              \
        "connect", 'c', CLI_TEXT, offsetof(struct debug_link_args, connect), "ADDR",               \
            "what `garrison run --mailbox` said: PORT (3334) or unix:PATH"                         \
    }

#define DEBUG_LINK_TIMEOUT                                                                         \
    {                                                                                              \
        "timeout", 't', CLI_SECONDS, offsetof(struct debug_link_args, timeout), "SECONDS",         \
            "for each answer of a running chip; 60"                                                \
    }

/* clang-format on */

/** Reaches the chip. To be given to debug_link_close() in any case. @return exit status */
int debug_link_open(const struct debug_link_args *args, struct mailbox *mailbox);
void debug_link_close(struct mailbox *mailbox);

/** The chip's own words about the last thing it did, without what they always begin with. */
void debug_link_why(struct mailbox *mailbox, char text[MAILBOX_WHY]);

/** Says how it has ended, unless well. @return exit status */
int debug_link_end(struct adac_client *client, enum adac_result result);

/** Begins a session and has it say what the chip is. @return exit status, having said why */
int debug_link_discover(struct adac_client *client, struct adac_discovery *discovery);

/** The product state that a life cycle stands for; NULL: none. */
const char *debug_link_state(uint16_t life_cycle);

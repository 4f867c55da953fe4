/*
 * The mailbox of debug authentication as a host reaches it: words, NRST, and time. What is behind it
 * is a chip in this process (mailbox_sim.c) or one that another process runs (mailbox_socket.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mailbox_result {
    MAILBOX_DONE,
    MAILBOX_NOT_YET, /**< The chip has not taken the word before, or has none for the host. */
    MAILBOX_GONE,    /**< Nothing can be reached any more; it has been said why. */
};

#define MAILBOX_WHY 256u

struct mailbox {
    void *context;
    enum mailbox_result (*send)(void *context, uint32_t word);
    enum mailbox_result (*receive)(void *context, uint32_t *word);
    /** Pulls NRST and puts a word there before it is released; what stood there is gone. */
    enum mailbox_result (*begin)(void *context, uint32_t word);
    /** Lets some time pass, in which the chip may do something. */
    void (*wait)(void *context);
    /** What a simulated chip says of debug authentication last; empty: nothing. */
    void (*why)(void *context, char text[MAILBOX_WHY]);
    void (*close)(void *context);
    unsigned patience; /**< Waits for one word, at most. */
};

/**
 * Powers a device on in this process. It has no UART, and is written to unless `ephemeral`.
 * @return exit status, having said why
 */
int mailbox_sim_open(struct mailbox *mailbox, const char *device, bool ephemeral);

/**
 * Connects to `garrison run --mailbox`.
 * @param where       as for listen_open()
 * @param timeout_ms  for one word, at least
 * @return exit status, having said why
 */
int mailbox_socket_open(struct mailbox *mailbox, const char *where, unsigned timeout_ms);

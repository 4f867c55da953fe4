#include "debug_link.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

#define TIMEOUT_MS 60000u

int debug_link_open(const struct debug_link_args *args, struct mailbox *mailbox)
{
    *mailbox = (struct mailbox){.context = NULL};
    if (args->device != NULL && args->connect != NULL) {
        return fail(EXIT_USAGE, "--device and --connect: which of the two?");
    }
    if (args->device != NULL) {
        return mailbox_sim_open(mailbox, args->device, false);
    }
    const uint64_t timeout = args->timeout.given ? args->timeout.value : TIMEOUT_MS;
    return mailbox_socket_open(mailbox, args->connect != NULL ? args->connect : "",
                               timeout < UINT32_MAX ? (unsigned)timeout : UINT32_MAX - 1u);
}

void debug_link_close(struct mailbox *mailbox)
{
    if (mailbox->close != NULL) {
        mailbox->close(mailbox->context);
    }
}

void debug_link_why(struct mailbox *mailbox, char text[MAILBOX_WHY])
{
    static const char *const beginnings[] = {"debug authentication refused: ",
                                             "debug authentication: "};
    mailbox->why(mailbox->context, text);
    for (unsigned i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        const size_t len = strlen(beginnings[i]);
        if (strncmp(text, beginnings[i], len) == 0) {
            memmove(text, text + len, strlen(text + len) + 1u);
            return;
        }
    }
}

int debug_link_end(struct adac_client *client, enum adac_result result)
{
    char why[MAILBOX_WHY] = "";
    if (result == ADAC_REFUSED || result == ADAC_SILENT) {
        debug_link_why(client->mailbox, why);
    }
    switch (result) {
    case ADAC_DONE:
        return EXIT_DONE;
    case ADAC_REFUSED:
        return fail(EXIT_VERDICT, "refused by the chip (status %u, %s)%s%s", client->status,
                    adac_status_text(client->status), why[0] != '\0' ? ": " : "", why);
    case ADAC_SILENT:
        return fail(EXIT_VERDICT, "nobody answers at the mailbox%s%s", why[0] != '\0' ? ": " : "",
                    why);
    case ADAC_BROKEN:
        return fail(EXIT_VERDICT, "the chip's answer is none of debug authentication");
    case ADAC_NO_KEY:
        return fail(EXIT_INTERNAL, "the token could not be signed");
    case ADAC_GONE:
    default:
        return EXIT_INTERNAL;
    }
}

int debug_link_discover(struct adac_client *client, struct adac_discovery *discovery)
{
    enum adac_result result = adac_client_open(client);
    if (result == ADAC_DONE) {
        result = adac_client_discover(client, discovery);
    }
    return debug_link_end(client, result);
}

const char *debug_link_state(uint16_t life_cycle)
{
    static const struct {
        uint16_t
            life_cycle; /* As the simulated chip has it; the part's numbers are not known. [U] */
        const char *name;
    } states[] = {{0xED, "OPEN"},      {0x17, "PROVISIONING"}, {0x2E, "IROT-PROVISIONED"},
                  {0xC6, "TZ-CLOSED"}, {0x72, "CLOSED"},       {0x5C, "LOCKED"}};
    for (unsigned i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (states[i].life_cycle == life_cycle) {
            return states[i].name;
        }
    }
    return NULL;
}

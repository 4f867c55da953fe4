/*
 * Asking debug authentication for a regression, or to open debug, of a chip in this process.
 */
#include <stdio.h>
#include <string.h>

#include "adac_client.h"
#include "life_step.h"

/* Virtual time: a word takes far less, a regression erases all of the flash. */
#define WAIT_TICKS       100000u
#define WAITS            100u
#define REGRESSION_TICKS 10000000u
#define REGRESSION_WAITS 1000u

#define FULL_REGRESSION    0x4000u
#define PARTIAL_REGRESSION 0x1000u
#define ALL_DEBUG          0x0077u

/* The mailbox. */

static enum mailbox_result on_send(void *context, uint32_t word)
{
    return sim_probe_send(context, word, NULL) == SIM_OK ? MAILBOX_DONE : MAILBOX_NOT_YET;
}

static enum mailbox_result on_receive(void *context, uint32_t *word)
{
    return sim_probe_receive(context, word) ? MAILBOX_DONE : MAILBOX_NOT_YET;
}

static enum mailbox_result on_begin(void *context, uint32_t word)
{
    return sim_probe_begin(context, word, NULL) == SIM_OK ? MAILBOX_DONE : MAILBOX_GONE;
}

static void on_wait(void *context)
{
    (void)sim_run(context, WAIT_TICKS);
}

/** The chip stays open, and its events have another listener. */
static void on_close(void *context)
{
    (void)context;
}

static void on_why(void *context, char text[MAILBOX_WHY])
{
    (void)context;
    text[0] = 0;
}

static struct mailbox mailbox_of(struct sim *sim)
{
    return (struct mailbox){.context = sim,
                            .send = on_send,
                            .receive = on_receive,
                            .begin = on_begin,
                            .wait = on_wait,
                            .why = on_why,
                            .close = on_close,
                            .patience = WAITS};
}

/* The regression. */

static const char *result_text(const struct adac_client *client, enum adac_result result)
{
    return result == ADAC_REFUSED ? adac_status_text(client->status)
                                  : "nobody answers the mailbox as debug authentication does";
}

static enum adac_result authenticate(struct adac_client *client,
                                     const struct life_credentials *credentials, unsigned wanted)
{
    const uint8_t permissions[VENDOR_PERMISSION_BYTES] = {(uint8_t)wanted, (uint8_t)(wanted >> 8)};
    const enum adac_result result = adac_client_open(client);
    if (result != ADAC_DONE) {
        return result;
    }
    if (credentials->kind == LIFE_PASSWORD) {
        return adac_client_password(client, credentials->password);
    }
    return adac_client_authenticate(client, &credentials->chain, credentials->secret, permissions);
}

static void wait_for(struct sim *sim, const char *state)
{
    struct sim_state now;
    for (unsigned i = 0; i < REGRESSION_WAITS; i++) {
        sim_state_get(sim, &now);
        if (strcmp(now.product_state, state) == 0) {
            return;
        }
        (void)sim_run(sim, REGRESSION_TICKS);
    }
}

enum sim_status life_regress(struct sim *sim, const struct life_credentials *credentials,
                             bool partial, struct sim_error *error)
{
    struct mailbox mailbox = mailbox_of(sim);
    struct adac_client client = {.mailbox = &mailbox};
    struct sim_error ignored;
    error = error != NULL ? error : &ignored;
    if (credentials->kind == LIFE_NO_CREDENTIALS) {
        (void)snprintf(error->text, sizeof error->text, "there are no credentials to ask with");
        return SIM_ERROR_REFUSED;
    }
    const enum adac_result result =
        authenticate(&client, credentials, partial ? PARTIAL_REGRESSION : FULL_REGRESSION);
    if (result == ADAC_DONE) {
        wait_for(sim, partial ? "TZ-CLOSED" : "OPEN");
    } else {
        (void)snprintf(error->text, sizeof error->text, "%s", result_text(&client, result));
    }
    sim_power_on(sim); /* Whatever the session has left is gone. */
    return result == ADAC_DONE ? SIM_OK : SIM_ERROR_REFUSED;
}

enum sim_status life_debug_open(struct sim *sim, const struct life_credentials *credentials,
                                struct sim_error *error)
{
    struct mailbox mailbox = mailbox_of(sim);
    struct adac_client client = {.mailbox = &mailbox};
    struct sim_error ignored;
    error = error != NULL ? error : &ignored;
    if (credentials->kind != LIFE_CERTIFICATES) {
        (void)snprintf(error->text, sizeof error->text, "there is no certificate to ask with");
        return SIM_ERROR_REFUSED;
    }
    enum adac_result result = authenticate(&client, credentials, ALL_DEBUG);
    if (result == ADAC_DONE) {
        result = adac_client_resume(&client);
    }
    if (result == ADAC_DONE) {
        (void)sim_run(sim, WAIT_TICKS);
        return SIM_OK;
    }
    (void)snprintf(error->text, sizeof error->text, "%s", result_text(&client, result));
    return SIM_ERROR_REFUSED;
}

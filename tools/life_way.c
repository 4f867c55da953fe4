#include "life_way.h"

#include <stdio.h>
#include <string.h>

#include "report.h"
#include "vendor_obk.h"

static bool stands_in(const struct sim *sim, const char *state)
{
    struct sim_state now;
    sim_state_get(sim, &now);
    return strcmp(now.product_state, state) == 0;
}

/** Whether a regression was granted and has led to OPEN without TrustZone. */
static bool regress(struct sim *sim, const struct life_credentials *credentials,
                    struct sim_error *error)
{
    struct sim_state now;
    if (life_regress(sim, credentials, false, error) != SIM_OK) {
        return false;
    }
    sim_state_get(sim, &now);
    if (strcmp(now.product_state, "OPEN") == 0 && !now.trustzone) {
        return true;
    }
    (void)snprintf(error->text, sizeof error->text, "the regression ended in %s",
                   now.product_state);
    return false;
}

/** A tool takes back what protects the flash, and erases it. */
static bool begin_anew(struct sim *sim, struct sim_error *error)
{
    struct plan_options open = {.count = 0};
    static const struct life_step erase = {.kind = LIFE_ERASE};
    plan_options_unprotect(&open);
    return life_options(sim, &open, error) == SIM_OK &&
           life_step_do(sim, &erase, NULL, error) == SIM_OK;
}

/** A tool provisions credentials of its own making, where it still may, and asks with them. */
static bool provision_and_regress(struct sim *sim, struct sim_error *error)
{
    struct life_credentials made;
    uint8_t obk[VENDOR_OBK_DA_FILE];
    struct sim_state now;
    uint32_t result = 0;
    sim_state_get(sim, &now);
    if (life_credentials_make(now.trustzone, &made, obk) != EXIT_DONE) {
        return false;
    }
    const enum sim_status status = sim_probe_provision(sim, obk, sizeof obk, &result, error);
    const bool done = status == SIM_OK && regress(sim, &made, error);
    life_credentials_wipe(&made);
    return done;
}

static void found(struct life_way *out, bool regression, const char *text)
{
    out->exists = true;
    out->regression = regression;
    life_words(out->text, "%s", text);
}

void life_way_try(struct sim *sim, const struct life_credentials *credentials,
                  struct life_last *last, struct life_way *out)
{
    struct sim_error refusal;
    struct sim_error error;
    *out = (struct life_way){.exists = false};
    last->refused[0] = 0;
    if (regress(sim, credentials, &refusal)) {
        found(out, true, "a full regression, which debug authentication grants");
        return;
    }
    life_words(out->text, "%s", last->refused[0] != 0 ? last->refused : refusal.text);
    if (sim_probe_connect(sim, true, &error) != SIM_OK) {
        return;
    }
    if (stands_in(sim, "OPEN") && begin_anew(sim, &error)) {
        found(out, false, "a tool begins anew: product state OPEN");
        return;
    }
    if (stands_in(sim, "PROVISIONING") && provision_and_regress(sim, &error)) {
        found(out, true, "a full regression, once a tool has provisioned debug authentication");
        return;
    }
    if (stands_in(sim, "OPEN") || stands_in(sim, "PROVISIONING")) {
        life_words(out->text, "%s", error.text);
    }
}

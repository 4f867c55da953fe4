#include "life_boot.h"

#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/status.h>

#include "run_verdict.h"

#define SLICE      20000u     /* instructions between two looks */
#define INSNS_MAX  150000000u /* the chain takes a seventh of that */
#define SETTLE     200000u    /* that what has started must survive */
#define RESETS_MAX 6u

#define ALIAS_MASK 0x04000000u /* tells the aliases of flash apart */

void life_last_event(struct life_last *last, const struct sim_event *event)
{
    const bool fault = event->kind == SIM_EVENT_FAULT;
    if (fault && last->fault[0] == 0) {
        life_words(last->fault, "%s", event->text);
    }
    if (event->kind == SIM_EVENT_REFUSED) {
        life_words(last->refused, "%s", event->text);
    }
    if (event->kind == SIM_EVENT_BOOT || event->kind == SIM_EVENT_RESET ||
        event->kind == SIM_EVENT_NOTE) {
        life_words(last->text, "%s", event->text);
    }
}

/** The application, or NULL. */
static const struct plan_image *application_of(const struct provision_plan *plan)
{
    for (unsigned i = 0; i < plan->images; i++) {
        if (plan->image[i].config->role.number == IMAGE_ROLE_APPLICATION) {
            return &plan->image[i];
        }
    }
    return NULL;
}

static bool is_within(uint32_t pc, const struct plan_image *image)
{
    const uint32_t base = (uint32_t)image->config->address.number & ~ALIAS_MASK;
    return (pc & ~ALIAS_MASK) - base < image->file.len;
}

static uint32_t verdict_of(const struct sim *sim)
{
    struct sim_state state;
    sim_state_get(sim, &state);
    return run_verdict(&state);
}

static void end(struct life_boot *out, bool up, const char *text)
{
    out->up = up;
    life_words(out->text, "%s", text);
}

static void end_refused(struct life_boot *out, uint32_t word)
{
    const uint32_t stage = word >> 24;
    const uint32_t role = (word >> 16) & 0xFFu;
    const char *why = garrison_status_text(garrison_status_at((uint8_t)word));
    if (stage == role) {
        life_words(out->text, "the %s gives up: %s", image_role_text(stage), why);
    } else {
        life_words(out->text, "the %s refuses the %s image: %s", image_role_text(stage),
                   image_role_text(role), why);
    }
    out->refused = word;
}

/** Why the chip will not go on by itself; NULL: it may. */
static const char *stuck(enum sim_stop stop, const struct life_last *last)
{
    if (last->fault[0] != 0) {
        return last->fault;
    }
    switch (stop) {
    case SIM_STOP_HALTED:
        return last->text;
    case SIM_STOP_LOCKUP:
        return "the processor locked up";
    case SIM_STOP_ERROR:
        return "the simulator failed";
    case SIM_STOP_IDLE:
        return "the processor sleeps for good";
    case SIM_STOP_INSNS:
    case SIM_STOP_ASKED:
    case SIM_STOP_RESET:
    case SIM_STOP_DEBUG:
        break;
    }
    return NULL;
}

/** One look at a chip that runs. @return whether it is clear */
static bool look(struct sim *sim, const struct plan_image *application, enum sim_stop stop,
                 const struct life_last *last, struct life_boot *out)
{
    if (application != NULL && sim_reg_read(sim, SIM_REG_SECURE) == 0 &&
        is_within(sim_reg_read(sim, SIM_REG_PC), application)) {
        end(out, true, "the application runs");
        return true;
    }
    const char *why = stuck(stop, last);
    if (application == NULL && (sim_time(sim) >= SETTLE || stop == SIM_STOP_IDLE) &&
        (why == NULL || stop == SIM_STOP_IDLE)) {
        end(out, true, last->text);
        return true;
    }
    if (why != NULL) {
        end(out, false, why);
    }
    return why != NULL;
}

void life_boot_try(struct sim *sim, const struct provision_plan *plan, struct life_last *last,
                   struct life_boot *out)
{
    const struct plan_image *application = application_of(plan);
    const uint32_t old = verdict_of(sim); /* Of an earlier boot. */
    unsigned resets = 0;
    *out = (struct life_boot){.up = false};
    sim_power_on(sim);
    last->fault[0] = 0;
    while (sim_time(sim) < INSNS_MAX && resets < RESETS_MAX) {
        const enum sim_stop stop = sim_run(sim, SLICE);
        const uint32_t verdict = verdict_of(sim);
        if (verdict != 0 && verdict != old) {
            end_refused(out, verdict);
            return;
        }
        if (look(sim, application, stop, last, out)) {
            return;
        }
        resets += stop == SIM_STOP_RESET ? 1u : 0;
    }
    if (verdict_of(sim) != 0) {
        end_refused(out, old);
        return;
    }
    end(out, false,
        resets < RESETS_MAX ? "the application does not begin" : "the chip resets itself for ever");
}

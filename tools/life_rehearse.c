#define _POSIX_C_SOURCE 200809L
#include "life_rehearse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "life_make.h"
#include "report.h"

/** A rehearsal under way. */
struct stage {
    const struct life_plan *life;
    const struct life_credentials *credentials;
    struct sim *sim;
    struct life_last last;
    struct link_sim line;     /**< What it sends on its UART. */
    struct life_outcome *now; /**< Of the step under way, or NULL. */
    struct sim_snapshot *before;
    struct sim_snapshot *after[LIFE_STEPS_MAX];
};

static void on_event(void *context, const struct sim_event *event)
{
    struct stage *stage = context;
    struct life_outcome *now = stage->now;
    life_last_event(&stage->last, event);
    if (now != NULL && now->notes < LIFE_NOTES_MAX &&
        (event->kind == SIM_EVENT_NOTE || event->kind == SIM_EVENT_REFUSED)) {
        life_words(now->note[now->notes++], "%s", event->text);
    }
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    struct stage *stage = context;
    link_sim_take(&stage->line, uart, byte);
}

static int say_failure(enum sim_status status, const struct sim_error *error)
{
    const bool ours = status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY;
    return fail(ours ? EXIT_INTERNAL : EXIT_USAGE, "%s", error->text);
}

/* The copy. */

/** A device file of the description's identity, which is gone when it has been read. */
static enum sim_status open_virgin(struct stage *stage, struct sim_config *config,
                                   struct sim_error *error)
{
    const char *folder = getenv("TMPDIR");
    char path[256];
    (void)snprintf(path, sizeof path, "%s/garrison-rehearse.XXXXXX",
                   folder != NULL && folder[0] != 0 ? folder : "/tmp");
    if (mkdtemp(path) == NULL) {
        (void)snprintf(error->text, sizeof error->text, "%s: cannot be made", path);
        return SIM_ERROR_FILE;
    }
    char file[300];
    (void)snprintf(file, sizeof file, "%s/device", path);
    config->device_path = file;
    enum sim_status status = life_make(file, stage->life->plan, error);
    if (status == SIM_OK) {
        status = sim_open(config, &stage->sim, error);
    }
    (void)unlink(file);
    (void)rmdir(path);
    return status;
}

static int open_copy(struct stage *stage, const char *device)
{
    struct sim_config config = {.device_path = device,
                                .ephemeral = true,
                                .on_event = on_event,
                                .on_uart = on_uart,
                                .context = stage};
    struct sim_error error = {""};
    const enum sim_status status = device == NULL ? open_virgin(stage, &config, &error)
                                                  : sim_open(&config, &stage->sim, &error);
    if (status != SIM_OK) {
        return say_failure(status, &error);
    }
    sim_power_on(stage->sim);
    return EXIT_DONE;
}

static void close_copy(struct stage *stage)
{
    for (unsigned i = 0; i < LIFE_STEPS_MAX; i++) {
        sim_snapshot_free(stage->after[i]);
    }
    sim_snapshot_free(stage->before);
    sim_close(stage->sim);
}

/* The steps. */

static int try_step(struct stage *stage, unsigned index, struct life_rehearsal *out)
{
    struct life_outcome *outcome = &out->outcome[index];
    struct sim_error error = {""};
    struct sim_state state;
    stage->now = outcome;
    const enum sim_status status =
        life_step_do(stage->sim, &stage->life->step[index], stage->credentials, &error);
    stage->now = NULL;
    if (status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY) {
        return say_failure(status, &error);
    }
    outcome->done = true;
    outcome->refused = status != SIM_OK;
    life_words(outcome->why, "%s", status != SIM_OK ? error.text : "");
    sim_state_get(stage->sim, &state);
    (void)snprintf(outcome->state, sizeof outcome->state, "%s", state.product_state);
    out->steps = index + 1u;
    if (outcome->refused && out->refused == 0) {
        out->refused = index + 1u;
    }
    const enum sim_status kept = sim_snapshot_take(stage->sim, &stage->after[index], &error);
    return kept == SIM_OK ? EXIT_DONE : say_failure(kept, &error);
}

static int try_steps(struct stage *stage, struct life_rehearsal *out)
{
    struct sim_error error = {""};
    const enum sim_status kept = sim_snapshot_take(stage->sim, &stage->before, &error);
    int status = kept == SIM_OK ? EXIT_DONE : say_failure(kept, &error);
    for (unsigned i = 0; status == EXIT_DONE && i < stage->life->steps; i++) {
        if (out->refused == 0 || stage->life->go_on) {
            status = try_step(stage, i, out);
        }
    }
    out->complete = out->steps == stage->life->steps && out->refused == 0;
    return status;
}

/* What has become of it. */

/** The chip as it was behind a step, counted from 1; 0: before the first. */
static const struct sim_snapshot *behind(const struct stage *stage, unsigned number)
{
    return number == 0 ? stage->before : stage->after[number - 1u];
}

static bool has_way(struct stage *stage, unsigned number, struct life_way *way)
{
    sim_snapshot_restore(stage->sim, behind(stage, number));
    life_way_try(stage->sim, stage->credentials, &stage->last, way);
    return way->exists;
}

/** A way back that was lost does not come again, unless a step provisions what it needs. */
static void find_last_step(struct stage *stage, struct life_rehearsal *out)
{
    struct life_way way;
    unsigned number = out->steps;
    if (has_way(stage, number, &out->way)) {
        return;
    }
    while (number > 0 && !has_way(stage, number - 1u, &way)) {
        number--;
    }
    out->last_step = number;
}

static bool has_remedy(struct stage *stage, unsigned number, struct life_remedy *remedy)
{
    const struct life_patient patient = {.sim = stage->sim,
                                         .end = behind(stage, number),
                                         .plan = stage->life->plan,
                                         .credentials = stage->credentials,
                                         .last = &stage->last,
                                         .line = &stage->line};
    life_remedy_try(&patient, remedy);
    return remedy->kind != LIFE_NO_REMEDY;
}

static enum life_verdict verdict_on(struct stage *stage, struct life_rehearsal *out)
{
    if (out->boot.up) {
        return LIFE_USABLE;
    }
    return out->way.exists || has_remedy(stage, out->steps, &out->remedy) ? LIFE_RECOVERABLE
                                                                          : LIFE_BRICKED;
}

static void judge(struct stage *stage, struct life_rehearsal *out)
{
    sim_snapshot_restore(stage->sim, behind(stage, out->steps));
    life_boot_try(stage->sim, stage->life->plan, &stage->last, &out->boot);
    find_last_step(stage, out);
    out->verdict = verdict_on(stage, out);
    out->first =
        life_abilities_try(stage->sim, stage->before, stage->life->plan, stage->credentials);
    for (unsigned i = 0; i < out->steps; i++) {
        out->outcome[i].can =
            life_abilities_try(stage->sim, stage->after[i], stage->life->plan, stage->credentials);
    }
}

int life_rehearse(const struct life_plan *life, const struct life_credentials *credentials,
                  const char *device, struct life_rehearsal *out)
{
    static struct stage stage;
    memset(&stage, 0, sizeof stage);
    memset(out, 0, sizeof *out);
    stage.life = life;
    stage.credentials = credentials;
    int status = open_copy(&stage, device);
    if (status == EXIT_DONE) {
        status = try_steps(&stage, out);
    }
    if (status == EXIT_DONE) {
        judge(&stage, out);
    }
    close_copy(&stage);
    return status;
}

const char *life_verdict_text(const struct life_rehearsal *rehearsal)
{
    switch (rehearsal->verdict) {
    case LIFE_USABLE:
        return "usable";
    case LIFE_RECOVERABLE:
        return rehearsal->way.regression               ? "recoverable by regression"
               : rehearsal->remedy.kind == LIFE_RESCUE ? "recoverable by rescue"
                                                       : "recoverable by a tool";
    case LIFE_BRICKED:
        return "bricked";
    }
    return "";
}

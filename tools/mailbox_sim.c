#include "mailbox.h"

#include <stdio.h>
#include <string.h>

#include <garrison/sim.h>

#include "report.h"

/** Instructions between two looks at the mailbox. */
#define SLICE 500000u

/** A regression erases sector by sector: a second of virtual time is enough for it. */
#define PATIENCE 400u

struct sim_mailbox {
    struct sim *sim;
    char why[MAILBOX_WHY];
};

static void on_event(void *context, const struct sim_event *event)
{
    static const char subject[] = "debug authentication";
    struct sim_mailbox *chip = context;
    if (strncmp(event->text, subject, sizeof subject - 1u) == 0) {
        (void)snprintf(chip->why, sizeof chip->why, "%s", event->text);
    }
}

static enum mailbox_result on_send(void *context, uint32_t word)
{
    struct sim_mailbox *chip = context;
    struct sim_error ignored;
    return sim_probe_send(chip->sim, word, &ignored) == SIM_OK ? MAILBOX_DONE : MAILBOX_NOT_YET;
}

static enum mailbox_result on_receive(void *context, uint32_t *word)
{
    struct sim_mailbox *chip = context;
    return sim_probe_receive(chip->sim, word) ? MAILBOX_DONE : MAILBOX_NOT_YET;
}

static enum mailbox_result on_begin(void *context, uint32_t word)
{
    struct sim_mailbox *chip = context;
    struct sim_error error;
    chip->why[0] = '\0';
    if (sim_probe_begin(chip->sim, word, &error) != SIM_OK) {
        say("%s", error.text);
        return MAILBOX_GONE;
    }
    return MAILBOX_DONE;
}

static void on_wait(void *context)
{
    struct sim_mailbox *chip = context;
    (void)sim_run(chip->sim, SLICE);
}

static void on_why(void *context, char text[MAILBOX_WHY])
{
    const struct sim_mailbox *chip = context;
    memcpy(text, chip->why, MAILBOX_WHY);
}

static void on_close(void *context)
{
    struct sim_mailbox *chip = context;
    sim_close(chip->sim);
    chip->sim = NULL;
}

int mailbox_sim_open(struct mailbox *mailbox, const char *device, bool ephemeral)
{
    static struct sim_mailbox chip;
    const struct sim_config config = {
        .device_path = device, .ephemeral = ephemeral, .on_event = on_event, .context = &chip};
    struct sim_error error;
    const enum sim_status status = sim_open(&config, &chip.sim, &error);
    *mailbox = (struct mailbox){.context = &chip,
                                .send = on_send,
                                .receive = on_receive,
                                .begin = on_begin,
                                .wait = on_wait,
                                .why = on_why,
                                .close = on_close,
                                .patience = PATIENCE};
    if (status != SIM_OK) {
        const bool ours = status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY;
        return fail(ours ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
    }
    sim_power_on(chip.sim);
    return EXIT_DONE;
}

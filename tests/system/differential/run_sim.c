/*
 * Runs a test image on the simulated STM32H573 and prints its transcript.
 *
 * usage: run_sim STUB IMAGE [BLOB...]
 * With several blobs the image runs once for each, each time from power-on.
 */
#include <garrison/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "stm32h573.h"

#define TZEN_MASK 0xFF000000u
#define TZEN_ON   0xB4000000u
/* SECWM1R: first and last Secure sector of the first bank. */
#define SECWM1R ((STM32H573_SECURE_FLASH / 0x2000u - 1u) << 16)
/* Between two looks at the output; a program that runs longer than LIMIT hangs. */
#define STEP  10000000u
#define LIMIT 2000000000u

static struct sim *sim;
static struct sim_error error;

static __attribute__((noreturn)) void give_up(const char *what)
{
    fprintf(stderr, "run_sim: %s: %s\n", what, error.text);
    exit(2);
}

static void poke_file(const char *path, uint32_t addr, size_t limit)
{
    static uint8_t bytes[STM32H573_BLOB_BYTES];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)snprintf(error.text, sizeof error.text, "cannot be opened");
        give_up(path);
    }
    const size_t len = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    if (len > limit) {
        (void)snprintf(error.text, sizeof error.text, "longer than %zu bytes", limit);
        give_up(path);
    }
    if (sim_poke(sim, addr, bytes, len, &error) != SIM_OK) {
        give_up(path);
    }
}

/** Leaves fault and lockup events for whoever reads the run's errors. */
static void on_event(void *context, const struct sim_event *event)
{
    if (*(const bool *)context && event->kind != SIM_EVENT_BOOT) {
        fprintf(stderr, "run_sim: %08x %s: %s\n", event->pc, sim_event_name(event->kind),
                event->text);
    }
}

static void open_chip(bool *verbose)
{
    const struct sim_config config = {.on_event = on_event, .context = verbose};
    uint32_t optsr2 = 0;
    if (sim_open(&config, &sim, &error) != SIM_OK ||
        sim_option_read(sim, "OPTSR2", &optsr2, &error) != SIM_OK ||
        sim_option_write(sim, "OPTSR2", (optsr2 & ~TZEN_MASK) | TZEN_ON, &error) != SIM_OK ||
        sim_option_write(sim, "SECWM1R", SECWM1R, &error) != SIM_OK) {
        give_up("chip");
    }
}

static void peek_output(struct stm32h573_output *output)
{
    if (sim_peek(sim, STM32H573_OUTPUT, (uint8_t *)output, sizeof *output, &error) != SIM_OK) {
        give_up("output");
    }
}

static void print_output(uint32_t len)
{
    static uint8_t text[STM32H573_OUTPUT_BYTES];
    if (len > sizeof text) {
        len = sizeof text;
    }
    if (sim_peek(sim, STM32H573_OUTPUT + sizeof(struct stm32h573_output), text, len, &error) !=
        SIM_OK) {
        give_up("output");
    }
    (void)fwrite(text, 1, len, stdout);
}

/** Runs from power-on to the end of the transcript. @return whether it got there. */
static bool run(void)
{
    sim_power_on(sim);
    const uint64_t begin = sim_time(sim);
    struct stm32h573_output output;
    enum sim_stop stop = SIM_STOP_INSNS;
    while (stop == SIM_STOP_INSNS || stop == SIM_STOP_RESET) {
        stop = sim_run(sim, STEP);
        peek_output(&output);
        if (output.finished == 1) {
            break;
        }
        if (sim_time(sim) - begin > LIMIT) {
            fprintf(stderr, "run_sim: hangs at 0x%08x\n", sim_reg_read(sim, SIM_REG_PC));
            break;
        }
    }
    print_output(output.len);
    if (output.finished != 1) {
        fprintf(stderr, "run_sim: ended early, stop %d, at 0x%08x\n", (int)stop,
                sim_reg_read(sim, SIM_REG_PC));
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: run_sim STUB IMAGE [BLOB...]\n");
        return 2;
    }
    bool verbose = getenv("RUN_SIM_EVENTS") != NULL;
    open_chip(&verbose);
    poke_file(argv[1], STM32H573_STUB, MACHINE_IMAGE_OFF);
    poke_file(argv[2], STM32H573_STUB + MACHINE_IMAGE_OFF, MACHINE_SRAM_BYTES);
    bool good = argc > 3 || run();
    for (int i = 3; i < argc && good; i++) {
        poke_file(argv[i], STM32H573_BLOB, STM32H573_BLOB_BYTES);
        good = run();
    }
    sim_close(sim);
    return good ? 0 : 1;
}

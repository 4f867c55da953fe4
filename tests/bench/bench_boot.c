/*
 * How long a boot takes on the host: from reset to the application's first instruction, with all
 * three images verified by the code that would run on the part.
 */
#include <garrison/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BOOTS 10u
#define STEP  5000u /* Overshoot in instructions; a boot takes millions. */
#define LIMIT 2000000000u

static double now_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void boot_once(struct sim *sim)
{
    sim_power_on(sim);
    while (sim_time(sim) < LIMIT) {
        const enum sim_stop stop = sim_run(sim, STEP);
        if (stop != SIM_STOP_INSNS) {
            fprintf(stderr, "bench_boot: stopped for reason %d before the application\n", stop);
            exit(1);
        }
        if (sim_reg_read(sim, SIM_REG_SECURE) == 0) {
            return;
        }
    }
    fprintf(stderr, "bench_boot: no application after %u instructions\n", LIMIT);
    exit(1);
}

int main(void)
{
    const char *device = getenv("GARRISON_DEMO_DEVICE");
    if (device == NULL) {
        fprintf(stderr, "bench_boot: GARRISON_DEMO_DEVICE names no provisioned device\n");
        return 1;
    }
    const struct sim_config config = {.device_path = device, .ephemeral = true};
    struct sim *sim = NULL;
    struct sim_error error;
    if (sim_open(&config, &sim, &error) != SIM_OK) {
        fprintf(stderr, "bench_boot: %s\n", error.text);
        return 1;
    }
    boot_once(sim); /* The engine's own start-up is not part of a boot. */
    const double begin = now_ms();
    for (unsigned i = 0; i < BOOTS; i++) {
        boot_once(sim);
    }
    printf("boot.host_ms = %.2f ms\n", (now_ms() - begin) / BOOTS);
    printf("boot.insns = %llu\n", (unsigned long long)sim_time(sim));
    sim_close(sim);
    return 0;
}

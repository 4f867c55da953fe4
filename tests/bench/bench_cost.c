/*
 * What the dearest requests cost that the crypto service does not refuse, in instructions on the chip,
 * with its blocks and in software: a tick of the simulator, of which the partition's limit has 64
 * million a second.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define COST_INSNS 200000000000u

static void fail(const char *what)
{
    fprintf(stderr, "bench_cost: %s\n", what);
    exit(1);
}

/** Each line of the application's: "speed: NAME CYCLES, TIMES times". */
static void print_figures(const char *text, const char *way)
{
    char name[32];
    unsigned cycles;
    for (const char *at = strstr(text, "speed: begin"); at != NULL;
         at = strstr(at + 1, "speed: ")) {
        if (sscanf(at, "speed: %31s %u,", name, &cycles) == 2) {
            printf("cost.%s.%s = %u insns\n", name, way, cycles);
        }
    }
}

static void measure(const char *target, const char *way)
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/crypto_cost"};
    (void)setenv("GARRISON_TARGET_DIR", target, 1);
    device_open(&device, &images);
    device_boot(&device);
    const bool ended = device_run_until(&device, "speed: end\n", COST_INSNS);
    print_figures(device.uart, way);
    if (!ended) {
        fail(device.uart);
    }
    device_close(&device);
}

int main(void)
{
    const char *target = getenv("GARRISON_TARGET_DIR");
    if (target == NULL) {
        fail("GARRISON_TARGET_DIR names no build");
    }
    char hardware[512];
    char software[512];
    (void)snprintf(hardware, sizeof hardware, "%s", target);
    (void)snprintf(software, sizeof software, "%s-software", target);
    (void)setenv("GARRISON", GARRISON_COMMAND, 0);
    if (getenv("COST_SOFTWARE_ONLY") == NULL)
        measure(hardware, "target");
    if (getenv("COST_HARDWARE_ONLY") == NULL)
        measure(software, "target_software");
    return 0;
}

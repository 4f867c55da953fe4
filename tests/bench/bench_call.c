/*
 * What a call from the Non-secure side costs on the chip, through gate, SPM, partition and back: in
 * instructions, and in time on the host that simulates it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call_load.h"
#include "support/device_maker.h"

#define BOOT_INSNS 400000000u
#define LOAD_INSNS 100000000u

static const struct call_load loads[] = CALL_LOADS;

static double now_us(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void run_until(struct device *device, const char *what, const char *name, uint64_t insns)
{
    char words[64];
    (void)snprintf(words, sizeof words, "call: %s %s\n", what, name);
    if (!device_run_until(device, words, insns)) {
        fprintf(stderr, "bench_call: no '%s' in:\n%s\n%s\n", words, device->uart, device->events);
        exit(1);
    }
}

static void measure(struct device *device, const char *name)
{
    char words[64];
    run_until(device, "begin", name, BOOT_INSNS);
    const double begin = now_us();
    run_until(device, "end", name, LOAD_INSNS);
    const double took = now_us() - begin;

    (void)snprintf(words, sizeof words, "call: %s ", name);
    const char *said = strstr(device->uart, words);
    const unsigned long insns = said != NULL ? strtoul(said + strlen(words), NULL, 10) : 0;
    if (insns == 0) {
        fprintf(stderr, "bench_call: a call of %s was answered wrongly\n", name);
        exit(1);
    }
    printf("call.insns_%s = %lu\n", name, insns);
    printf("call.host_us_%s = %.1f us\n", name, took / CALL_TIMES);
}

int main(void)
{
    static struct device device;
    const struct device_images images = {
        .manager = "tests/system/firmware/call_manager",
        .application = "tests/system/firmware/call_speed",
    };
    (void)setenv("GARRISON", GARRISON_COMMAND, 0);
    device_open(&device, &images);
    device_boot(&device);
    for (unsigned i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        measure(&device, loads[i].name);
    }
    device_close(&device);
    return 0;
}

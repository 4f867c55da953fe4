/*
 * What the crypto service does in a second: natively, and on the chip, where a tick is an
 * instruction and the clock the 32 MHz after reset, with the chip's blocks and in software.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto_load.h"
#include "support/device_maker.h"

#define CHIP_HZ     32e6
#define NATIVE_MS   100.0
#define SPEED_INSNS 2000000000u

/** What this process has had of the host's processor: it does nothing else here, others may. */
static double worked_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_crypto: %s\n", what);
    exit(1);
}

static void measure_natively(void)
{
    if (!crypto_load_prepare()) {
        fail("no keys");
    }
    for (unsigned i = 0; i < crypto_load_count; i++) {
        const double begin = worked_ms();
        double took = 0;
        unsigned times = 0;
        while (took < NATIVE_MS) {
            if (!crypto_loads[i].run()) {
                fail(crypto_loads[i].name);
            }
            times++;
            took = worked_ms() - begin;
        }
        printf("crypto.%s.native = %.0f per_s\n", crypto_loads[i].name, times / took * 1e3);
    }
}

static void measure_on_the_chip(const char *target, const char *way)
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/crypto_speed"};
    (void)setenv("GARRISON_TARGET_DIR", target, 1);
    device_open(&device, &images);
    device_boot(&device);
    if (!device_run_until(&device, "speed: end\n", SPEED_INSNS)) {
        fail(device.uart);
    }
    for (unsigned i = 0; i < crypto_load_count; i++) {
        char words[64];
        (void)snprintf(words, sizeof words, "speed: %s ", crypto_loads[i].name);
        const char *at = strstr(device.uart, words);
        if (at == NULL) {
            fail(words);
        }
        const double insns = strtod(at + strlen(words), NULL);
        printf("crypto.%s.%s_insns = %.0f\n", crypto_loads[i].name, way, insns);
        printf("crypto.%s.%s = %.4g per_s\n", crypto_loads[i].name, way, CHIP_HZ / insns);
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
    measure_natively();
    measure_on_the_chip(hardware, "target");
    measure_on_the_chip(software, "target_software");
    return 0;
}

/*
 * How fast the processor executes beside qemu-system-arm: the same program on the simulated chip and
 * on QEMU's mps2-an505, in turn. A long and a short run of QEMU are measured, and their difference
 * counts: starting the machine is left out.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load_chip.h"

#define ROUNDS 5

/** Runs QEMU on an image; the processor time it took. */
static double run_qemu(const char *image)
{
    const pid_t child = fork();
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr); /* its network has no peer, it says */
        execlp("qemu-system-arm", "qemu-system-arm", "-M", "mps2-an505", "-nodefaults", "-nic",
               "none", "-display", "none", "-monitor", "none", "-serial", "none",
               "-semihosting-config", "enable=on,target=native", "-kernel", image, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0) {
        load_quit("qemu-system-arm failed");
    }
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

int main(void)
{
    struct sim_chip *chip = load_open();
    double best_chip = 1e9;
    double best_long = 1e9;
    double best_short = 1e9;
    uint64_t insns = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const double with_start = run_qemu(IMAGE_LONG);
        const double start = run_qemu(IMAGE_SHORT);
        const double with = load_run(chip, BLOCKS_LONG - BLOCKS_SHORT, &insns);
        best_long = with_start < best_long ? with_start : best_long;
        best_short = start < best_short ? start : best_short;
        best_chip = with < best_chip ? with : best_chip;
    }
    printf("cpu.ratio_to_qemu = %.3f\n", (best_long - best_short) / best_chip);
    load_close(chip);
    return 0;
}

/*
 * How fast the processor executes beside qemu-system-arm: the same program on the simulated chip and
 * on QEMU's mps2-an505, in turn. A long and a short run of QEMU are measured, and their difference
 * counts: starting the machine is left out. The machines run in turn, so that what else the host
 * does meets both, and the median of the rounds counts.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load_chip.h"

#define ROUNDS 9

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

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return left < right ? -1 : left > right ? 1 : 0;
}

int main(void)
{
    struct sim_chip *chip = load_open();
    double best_short = 1e9;
    double qemu[ROUNDS];
    double ratio[ROUNDS]; /* first our time, then the ratio */
    uint64_t insns = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const double start = run_qemu(IMAGE_SHORT);
        best_short = start < best_short ? start : best_short;
        qemu[i] = run_qemu(IMAGE_LONG);
        ratio[i] = load_run(chip, BLOCKS_LONG - BLOCKS_SHORT, &insns);
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        ratio[i] = (qemu[i] - best_short) / ratio[i];
    }
    qsort(ratio, ROUNDS, sizeof ratio[0], by_size);
    printf("cpu.ratio_to_qemu = %.3f\n", ratio[ROUNDS / 2]);
    load_close(chip);
    return 0;
}

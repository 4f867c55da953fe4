/*
 * How fast the processor executes beside qemu-system-arm: the same program on the simulated chip and
 * on QEMU's mps2-an505, in turn. A long and a short run of QEMU are measured, and their difference
 * counts: starting the machine is left out. The machines run in turn, and the best run of each
 * counts: what else the host does makes a run longer, never shorter.
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

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

int main(void)
{
    struct sim_chip *chip = load_open();
    double best_short = 1e9;
    double best_long = 1e9;
    double best_chip = 1e9;
    uint64_t insns = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        best_short = smaller(best_short, run_qemu(IMAGE_SHORT));
        best_long = smaller(best_long, run_qemu(IMAGE_LONG));
        best_chip = smaller(best_chip, load_run(chip, BLOCKS_LONG - BLOCKS_SHORT, &insns));
    }
    printf("cpu.ratio_to_qemu = %.3f\n", (best_long - best_short) / best_chip);
    load_close(chip);
    return 0;
}

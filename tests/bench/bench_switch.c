/*
 * What it costs to leave the compute loop: a call into the Secure state and back, an exception, an
 * access to a device, the look at the alignment of LDM and STM. Each is done by a loop of the
 * program switch_load.S.
 */
#include "cpu_fixture.h"

#include <stdio.h>
#include <time.h>

#define TIMES  100000u
#define ROUNDS 5u
#define GPIOA  0x42020000u

static double now_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/** Nanoseconds of one round of a loop that counts r0 down; the best of several runs. */
static double measure(struct cpu_fixture *f, const char *label, uint32_t r1)
{
    double best = 1e18;
    for (unsigned i = 0; i < ROUNDS; i++) {
        set_reg(f, 0, TIMES);
        set_reg(f, 1, r1);
        const double start = now_ns();
        go(f, label);
        const double time = now_ns() - start;
        assert_int_equal(reg(f, 0), 0);
        best = time < best ? time : best;
    }
    return best / TIMES;
}

int main(void)
{
    void *state = NULL;
    if (cpu_secure(&state) != 0) {
        return 1;
    }
    struct cpu_fixture *f = state;
    const uint32_t svc[2] = {at("svc_handler") | 1u, at("svc_handler") | 1u};
    set_word(f, 0x0C00002Cu, svc[0]);
    set_word(f, 0x0810002Cu, svc[1]);
    printf("cpu.world_switch_ns = %.0f ns\n", measure(f, "call_secure", at("gateway") | 1u));
    printf("cpu.exception_ns = %.0f ns\n", measure(f, "call_supervisor", 0));
    printf("cpu.mmio_ns = %.0f ns\n", measure(f, "read_device", GPIOA + 0x14u));
    printf("cpu.mmio_write_ns = %.0f ns\n", measure(f, "write_device", GPIOA + 0x18u));
    const double single = measure(f, "copy_single", DATA_S);
    const double multiple = measure(f, "copy_multiple", DATA_S);
    printf("cpu.ldm_loop_ns = %.1f ns\n", multiple);
    printf("cpu.ratio_ldm_loop = %.3f\n", single / multiple);
    printf("cpu.ldm_chase_ns = %.1f ns\n", measure(f, "chase_multiple", DATA_S));
    return 0;
}

/* What taking and restoring a snapshot costs, for a run that has written 16 pages of SRAM. */
#include <garrison/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 2000u
#define TAKES  200u
#define PAGES  16u
#define INSNS  200u
#define FLASH  0x08000000u
#define CODE   0x08000100u
#define DATA   0x20004000u
#define STACK  0x20008000u

/* Stores r2 to r3 pages from r1 on. */
static const uint16_t code[] = {
    0x800A,         /* strh r2, [r1] */
    0xF501, 0x6180, /* add r1, #1024 */
    0x3B01,         /* subs r3, #1 */
    0xD1FA,         /* bne to the beginning */
    0xE7FE,         /* b . */
};

static double now_us(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void need(enum sim_status status, const struct sim_error *error)
{
    if (status != SIM_OK) {
        fprintf(stderr, "bench_snapshot: %s\n", error->text);
        exit(1);
    }
}

static struct sim *open_chip(void)
{
    const struct sim_config config = {.seed = 1};
    const uint32_t vectors[2] = {STACK, (CODE + 10u) | 1u};
    struct sim_error error;
    struct sim *sim = NULL;
    need(sim_open(&config, &sim, &error), &error);
    need(sim_poke(sim, FLASH, (const uint8_t *)vectors, sizeof vectors, &error), &error);
    need(sim_poke(sim, CODE, (const uint8_t *)code, sizeof code, &error), &error);
    (void)sim_run(sim, INSNS);
    return sim;
}

static void write_pages(struct sim *sim)
{
    sim_reg_write(sim, SIM_REG_PC, CODE);
    sim_reg_write(sim, (enum sim_reg)1, DATA);
    sim_reg_write(sim, (enum sim_reg)3, PAGES);
    if (sim_run(sim, INSNS) != SIM_STOP_INSNS || sim_reg_read(sim, (enum sim_reg)3) != 0) {
        fprintf(stderr, "bench_snapshot: the program did not run\n");
        exit(1);
    }
}

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return left < right ? -1 : left > right ? 1 : 0;
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof values[0], by_size);
    return values[count / 2u];
}

int main(void)
{
    static double restores[ROUNDS];
    static double cycles[ROUNDS];
    static double takes[TAKES];
    struct sim *sim = open_chip();
    struct sim_error error;
    struct sim_snapshot *base = NULL;
    const double start = now_us();
    need(sim_snapshot_take(sim, &base, &error), &error);
    const double first = now_us() - start;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const double begin = now_us();
        write_pages(sim);
        const double written = now_us();
        sim_snapshot_restore(sim, base);
        const double end = now_us();
        restores[i] = end - written;
        cycles[i] = end - begin;
    }
    for (unsigned i = 0; i < TAKES; i++) {
        struct sim_snapshot *snapshot = NULL;
        write_pages(sim);
        const double begin = now_us();
        need(sim_snapshot_take(sim, &snapshot, &error), &error);
        takes[i] = now_us() - begin;
        sim_snapshot_free(snapshot);
    }
    printf("snapshot.restore_16_pages_us = %.2f us\n", median(restores, ROUNDS));
    printf("snapshot.run_and_restore_us = %.2f us\n", median(cycles, ROUNDS));
    printf("snapshot.take_us = %.2f us\n", median(takes, TAKES));
    printf("snapshot.first_take_us = %.0f us\n", first);
    sim_snapshot_free(base);
    sim_close(sim);
    return 0;
}

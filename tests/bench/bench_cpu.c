/*
 * How fast the processor executes: the same program on the simulated chip, with SAU, both MPUs and
 * every filter of the chip at work, and on Unicorn alone. Both run in turn; the best run counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unicorn/unicorn.h>

#include "cpu_image.h"
#include "cpu_v8m.h"

#define ROUNDS     41
#define BLOCKS     20000u
#define FLASH_ADDR 0x08100000u
#define FLASH_SIZE 0x10000u
#define RAM_ADDR   0x20050000u
#define RAM_SIZE   0x10000u
#define STACK      0x2005F000u
#define RESULT     0x20051000u

/** Of this process: other work on the host is not to count. */
static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void quit(const char *what)
{
    fprintf(stderr, "bench_cpu: %s\n", what);
    exit(1);
}

/* ---- the simulated chip ---- */

static struct sim_cpu *cpu;
static struct v8m *v;

static void heard_deadline(void *context)
{
    (void)context;
    if (cpu != NULL) {
        cpu_deadline(cpu);
    }
}

static void put(uint32_t addr, bool secure, uint32_t value)
{
    v8m_ppb_write(v, addr, 4, value, (struct sim_attr){secure, true});
}

static void region(bool secure, unsigned n, uint32_t rbar, uint32_t rlar)
{
    put(0xE000ED98, secure, n);
    put(0xE000ED9C, secure, rbar);
    put(0xE000EDA0, secure, rlar);
}

static void sau(unsigned n, uint32_t first, uint32_t last)
{
    put(0xE000EDD8, true, n);
    put(0xE000EDDC, true, first);
    put(0xE000EDE0, true, (last & ~0x1Fu) | 1u);
}

static void protect(struct sim_chip *chip)
{
    const struct sim_attr attr = {true, true};
    for (unsigned i = 0; i < 20; i++) { /* SRAM3 is Non-secure, and for unprivileged code too */
        (void)bus_write(chip, 0x50033500u + 4u * i, 4, attr, 0, NULL);
        (void)bus_write(chip, 0x50033600u + 4u * i, 4, attr, 0, NULL);
    }
    sau(0, 0x08100000, 0x081FFFFF);
    sau(1, 0x20050000, 0x2009FFFF);
    sau(2, 0x40000000, 0x4FFFFFFF);
    put(0xE000EDD0, true, 1);
    region(false, 0, FLASH_ADDR | 6u, (FLASH_ADDR + 0xFFE0u) | 1u);
    region(false, 1, RAM_ADDR | 3u, (RAM_ADDR + RAM_SIZE - 32u) | 1u);
    put(0xE000EDC0, false, 0xFF);
    put(0xE000ED94, false, 1);
    region(true, 0, 0x0C000000 | 6u, 0x0C0FFFE0 | 1u);
    put(0xE000ED94, true, 5);
}

static struct sim_chip *open_chip(void)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct sim_nv *nv = calloc(1, sizeof *nv);
    if (nv == NULL) {
        quit("no memory");
    }
    nv_init(nv, uid, secret);
    nv->option[NV_OB_OPTSR2] = (nv->option[NV_OB_OPTSR2] & 0x00FFFFFFu) | 0xB4000000u;
    nv->option[NV_OB_SECWM1] = 0x007F0000u;
    nv->option[NV_OB_SECWM2] = 0x0000007Fu;
    const struct chip_listener listener = {.deadline = heard_deadline};
    struct sim_chip *chip = chip_new(nv, &listener);
    struct sim_error error;
    cpu = chip != NULL ? cpu_new(chip, &error) : NULL;
    if (cpu == NULL) {
        quit("no chip");
    }
    v = (struct v8m *)(void *)cpu; /* its first member */
    chip_reset(chip, CHIP_RESET_POWER_ON);
    for (const struct cpu_part *part = cpu_parts; part->bytes != NULL; part++) {
        memcpy(nv->flash + (part->addr - 0x08000000u), part->bytes, part->len);
        memset(nv->flash_cell + (part->addr - 0x08000000u) / 16u, NV_CELL_PROGRAMMED,
               part->len / 16u + 1u);
    }
    cpu_reset(cpu, 0x0C000000, FLASH_ADDR);
    protect(chip);
    return chip;
}

/** One run; the time it took, and its instructions in `*insns`. */
static double run_chip(struct sim_chip *chip, uint64_t *insns)
{
    v->secure = false;
    v->control[false] = CONTROL_NPRIV;
    v->msp[false] = STACK;
    v->xpsr = XPSR_T;
    v->r[0] = BLOCKS;
    v->r[15] = FLASH_ADDR;
    v->sleeping = V8M_AWAKE;
    v->lockup = false;
    chip_advance(chip, chip->now + 1000000u);
    v->time = chip->now;
    const uint64_t before = v->time;
    const double start = now();
    if (cpu_run(cpu, UINT64_MAX) != SIM_STOP_IDLE) {
        quit("the program did not end");
    }
    const double time = now() - start;
    *insns = v->time - before;
    return time;
}

/* ---- Unicorn alone ---- */

static uint8_t plain_flash[FLASH_SIZE] __attribute__((aligned(4096)));
static uint8_t plain_ram[RAM_SIZE] __attribute__((aligned(4096)));

static uc_engine *open_plain(void)
{
    uc_engine *uc = NULL;
    if (uc_open(UC_ARCH_ARM, (uc_mode)(UC_MODE_THUMB | UC_MODE_MCLASS), &uc) != UC_ERR_OK ||
        uc_ctl_set_cpu_model(uc, UC_CPU_ARM_CORTEX_M33) != UC_ERR_OK) {
        quit("no engine");
    }
    for (const struct cpu_part *part = cpu_parts; part->bytes != NULL; part++) {
        memcpy(plain_flash + (part->addr - FLASH_ADDR), part->bytes, part->len);
    }
    if (uc_mem_map_ptr(uc, FLASH_ADDR, FLASH_SIZE, UC_PROT_ALL, plain_flash) != UC_ERR_OK ||
        uc_mem_map_ptr(uc, RAM_ADDR, RAM_SIZE, UC_PROT_ALL, plain_ram) != UC_ERR_OK) {
        quit("no memory for the engine");
    }
    return uc;
}

static double run_plain(uc_engine *uc)
{
    uint32_t value = STACK;
    (void)uc_reg_write(uc, UC_ARM_REG_SP, &value);
    value = BLOCKS;
    (void)uc_reg_write(uc, UC_ARM_REG_R0, &value);
    const double start = now();
    if (uc_emu_start(uc, FLASH_ADDR | 1u, FLASH_ADDR + FLASH_SIZE - 2u, 0, 0) != UC_ERR_OK) {
        quit("the engine stopped with an error");
    }
    return now() - start;
}

int main(void)
{
    struct sim_chip *chip = open_chip();
    uc_engine *uc = open_plain();
    double best_chip = 1e9;
    double best_plain = 1e9;
    uint64_t insns = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const double plain = run_plain(uc);
        const double with = run_chip(chip, &insns);
        best_plain = plain < best_plain ? plain : best_plain;
        best_chip = with < best_chip ? with : best_chip;
    }
    if (memcmp(plain_ram + (RESULT - RAM_ADDR),
               chip->memory[CHIP_SRAM3].bytes + (RESULT - RAM_ADDR), 32) != 0) {
        quit("the two results differ");
    }
    printf("cpu.mips = %.0f MIPS\n", (double)insns / best_chip / 1e6);
    printf("cpu.ratio_to_unicorn = %.3f\n", best_plain / best_chip);
    (void)uc_close(uc);
    cpu_free(cpu);
    struct sim_nv *nv = chip->nv;
    chip_free(chip);
    free(nv);
    return 0;
}

#include "load_chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cpu_image.h"
#include "cpu_v8m.h"

#define FLASH_ADDR LOAD_FLASH
#define RAM_ADDR   LOAD_RAM
#define RAM_SIZE   LOAD_BYTES
#define STACK      LOAD_STACK

double load_now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void load_quit(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

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

struct sim_chip *load_open(void)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct sim_nv *nv = calloc(1, sizeof *nv);
    if (nv == NULL) {
        load_quit("no memory");
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
        load_quit("no chip");
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

double load_run(struct sim_chip *chip, uint32_t blocks, uint64_t *insns)
{
    v->secure = false;
    v->control[false] = CONTROL_NPRIV;
    v->msp[false] = STACK;
    v->xpsr = XPSR_T;
    v->r[0] = blocks;
    v->r[15] = FLASH_ADDR;
    v->sleeping = V8M_AWAKE;
    v->lockup = false;
    chip_advance(chip, chip->now + 1000000u);
    v->time = chip->now;
    const uint64_t before = v->time;
    const double start = load_now();
    if (cpu_run(cpu, UINT64_MAX) != SIM_STOP_IDLE) {
        load_quit("the program did not end");
    }
    const double time = load_now() - start;
    *insns = v->time - before;
    return time;
}

void load_close(struct sim_chip *chip)
{
    struct sim_nv *nv = chip->nv;
    cpu_free(cpu);
    chip_free(chip);
    free(nv);
}

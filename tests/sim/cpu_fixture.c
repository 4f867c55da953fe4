#include "cpu_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "cpu_engine.h"

#define TZEN_ON     0xB4000000u
#define TZEN_OFF    0xC3000000u
#define TZEN_MASK   0xFF000000u
#define NONE_SECURE 0x0000007Fu
#define ALL_SECURE  0x007F0000u

#define MPCBB2_SECCFG  0x50033100u
#define MPCBB3_SECCFG  0x50033500u
#define MPCBB2_PRIVCFG 0x50033200u
#define MPCBB3_PRIVCFG 0x50033600u
#define INSNS_MAX      2000000u
#define SETTLE_TICKS   100000u /* what devices begin at reset has ended by then */

static void heard_event(void *context, enum sim_event_kind kind, const char *text)
{
    struct cpu_fixture *f = context;
    if (f->events < CPU_LINES) {
        f->kind[f->events] = kind;
        strncpy(f->text[f->events], text, sizeof f->text[0] - 1u);
        f->events++;
    }
    if (getenv("CPU_TEST_VERBOSE") != NULL) {
        (void)fprintf(stderr, "  %s\n", text);
    }
}

static void heard_irq(void *context, unsigned irq, bool level)
{
    struct cpu_fixture *f = context;
    if (f->cpu != NULL) {
        cpu_irq(f->cpu, irq, level);
    }
}

static void heard_nmi(void *context)
{
    cpu_nmi(((struct cpu_fixture *)context)->cpu);
}

static void heard_map(void *context)
{
    struct cpu_fixture *f = context;
    if (f->cpu != NULL) {
        cpu_map_changed(f->cpu);
    }
}

static void heard_memory(void *context, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    struct cpu_fixture *f = context;
    if (f->cpu != NULL) {
        cpu_memory_changed(f->cpu, id, off, len);
    }
}

static void heard_deadline(void *context)
{
    struct cpu_fixture *f = context;
    if (f->cpu != NULL) {
        cpu_deadline(f->cpu);
    }
}

static void heard_flash_busy(void *context)
{
    struct cpu_fixture *f = context;
    if (f->cpu != NULL) {
        cpu_flash_busy(f->cpu);
    }
}

static void heard_reset(void *context, enum chip_reset_cause cause)
{
    struct cpu_fixture *f = context;
    (void)cause;
    f->resets_wanted++;
    cpu_stop(f->cpu);
}

/** The engine takes a while to open: all tests of a program share one chip. */
static struct cpu_fixture *shared;

static struct cpu_fixture *make(void)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct cpu_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->nv = calloc(1, sizeof *f->nv);
    assert_non_null(f->nv);
    nv_init(f->nv, uid, secret);
    const struct chip_listener listener = {
        .context = f,
        .irq = heard_irq,
        .nmi = heard_nmi,
        .map_changed = heard_map,
        .memory_changed = heard_memory,
        .deadline = heard_deadline,
        .flash_busy = heard_flash_busy,
        .event = heard_event,
        .reset_wanted = heard_reset,
    };
    f->chip = chip_new(f->nv, &listener);
    assert_non_null(f->chip);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    struct sim_error error;
    f->cpu = cpu_new(f->chip, &error);
    assert_non_null(f->cpu);
    f->v = &f->cpu->v;
    return f;
}

static uint8_t *host_bytes(struct cpu_fixture *f, uint32_t addr)
{
    for (unsigned i = 0; i < CHIP_MEMORIES; i++) {
        const struct chip_memory *memory = &f->chip->memory[i];
        if (addr - memory->base_ns < memory->size) {
            return memory->bytes + (addr - memory->base_ns);
        }
        if (addr - memory->base_s < memory->size) {
            return memory->bytes + (addr - memory->base_s);
        }
    }
    fail_msg("no memory at 0x%08X", addr);
    return NULL;
}

static void load_program(struct cpu_fixture *f)
{
    for (const struct cpu_part *part = cpu_parts; part->bytes != NULL; part++) {
        memcpy(host_bytes(f, part->addr), part->bytes, part->len);
        for (size_t i = 0; i < part->len; i += 16) {
            const uint32_t off = (part->addr & 0x1FFFFFu) + (uint32_t)i;
            f->nv->flash_cell[off / 16u] = NV_CELL_PROGRAMMED;
        }
    }
}

static int start(void **state, bool secure)
{
    if (shared == NULL) {
        shared = make();
    }
    struct cpu_fixture *f = shared;
    f->nv->option[NV_OB_OPTSR2] =
        (f->nv->option[NV_OB_OPTSR2] & ~TZEN_MASK) | (secure ? TZEN_ON : TZEN_OFF);
    f->nv->option[NV_OB_SECWM1] = secure ? ALL_SECURE : NONE_SECURE;
    f->nv->option[NV_OB_SECWM2] = NONE_SECURE;
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    load_program(f);
    chip_advance(f->chip, f->chip->now + SETTLE_TICKS);
    f->events = 0;
    f->resets_wanted = 0;
    *state = f;
    cpu_reset(f->cpu, 0x0C000000, 0x08100000);
    if (!secure) {
        return 0;
    }
    const struct sim_attr attr = {true, true};
    for (unsigned i = 0; i < 4; i++) {
        bus_write(f->chip, MPCBB2_SECCFG + 4u * i, 4, attr, 0, NULL);
        bus_write(f->chip, MPCBB2_PRIVCFG + 4u * i, 4, attr, 0, NULL);
    }
    for (unsigned i = 0; i < 20; i++) {
        bus_write(f->chip, MPCBB3_SECCFG + 4u * i, 4, attr, 0, NULL);
        bus_write(f->chip, MPCBB3_PRIVCFG + 4u * i, 4, attr, 0, NULL);
    }
    sau_region(f, 0, 0x08100000, 0x081FFFFF, false);
    sau_region(f, 1, 0x20040000, 0x2004FFFF, false);
    sau_region(f, 4, 0x20050000, 0x2009FFFF, false);
    sau_region(f, 2, 0x0C00FC00, 0x0C00FFFF, true);
    sau_region(f, 3, 0x40000000, 0x4FFFFFFF, false);
    set_scs(f, 0xE000EDD0, true, 1);
    f->v->msp[true] = STACK_S;
    f->v->psp[true] = STACK_PS;
    f->v->msp[false] = STACK_NS;
    f->v->psp[false] = STACK_PNS;
    return 0;
}

int cpu_secure(void **state)
{
    return start(state, true);
}

int cpu_plain(void **state)
{
    return start(state, false);
}

int cpu_done(void **state)
{
    (void)state;
    return 0;
}

uint32_t at(const char *label)
{
    for (const struct cpu_label *entry = cpu_labels; entry->name != NULL; entry++) {
        if (strcmp(entry->name, label) == 0) {
            return entry->addr;
        }
    }
    fail_msg("no label %s", label);
    return 0;
}

void begin(struct cpu_fixture *f, const char *label)
{
    f->v->secure = f->v->trustzone && (at(label) & 0x04000000u) != 0;
    f->v->r[15] = at(label);
    f->v->xpsr = XPSR_T;
    f->v->sleeping = V8M_AWAKE;
    for (unsigned exc = 0; exc < V8M_VECTORS; exc++) { /* whatever the last run left */
        f->v->vector[false][exc].active = false;
        f->v->vector[true][exc].active = false;
    }
}

void run(struct cpu_fixture *f)
{
    f->stop = cpu_run(f->cpu, INSNS_MAX);
    if (f->stop != SIM_STOP_IDLE) {
        fail_msg("stopped with %d at 0x%08X: %s", (int)f->stop, f->v->r[15],
                 f->events > 0 ? f->text[f->events - 1u] : "nothing said");
    }
}

void go(struct cpu_fixture *f, const char *label)
{
    begin(f, label);
    run(f);
}

uint32_t reg(struct cpu_fixture *f, unsigned n)
{
    return cpu_reg_read(f->cpu, (enum sim_reg)n);
}

void set_reg(struct cpu_fixture *f, unsigned n, uint32_t value)
{
    cpu_reg_write(f->cpu, (enum sim_reg)n, value);
}

uint32_t word(struct cpu_fixture *f, uint32_t addr)
{
    uint32_t value = 0;
    memcpy(&value, host_bytes(f, addr), sizeof value);
    return value;
}

void set_word(struct cpu_fixture *f, uint32_t addr, uint32_t value)
{
    memcpy(host_bytes(f, addr), &value, sizeof value);
}

uint32_t scs(struct cpu_fixture *f, uint32_t addr, bool secure)
{
    return v8m_ppb_read(f->v, addr, 4, (struct sim_attr){secure, true});
}

void set_scs(struct cpu_fixture *f, uint32_t addr, bool secure, uint32_t value)
{
    v8m_ppb_write(f->v, addr, 4, value, (struct sim_attr){secure, true});
}

void mpu_region(struct cpu_fixture *f, bool secure, unsigned n, uint32_t rbar, uint32_t rlar)
{
    set_scs(f, 0xE000ED98, secure, n);
    set_scs(f, 0xE000ED9C, secure, rbar);
    set_scs(f, 0xE000EDA0, secure, rlar);
}

void sau_region(struct cpu_fixture *f, unsigned n, uint32_t first, uint32_t last, bool nsc)
{
    set_scs(f, 0xE000EDD8, true, n);
    set_scs(f, 0xE000EDDC, true, first);
    set_scs(f, 0xE000EDE0, true, (last & ~0x1Fu) | 1u | (nsc ? 2u : 0u));
}

bool said(const struct cpu_fixture *f, const char *text)
{
    for (unsigned i = 0; i < f->events; i++) {
        if (strstr(f->text[i], text) != NULL) {
            return true;
        }
    }
    return false;
}

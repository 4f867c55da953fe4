#include "flash_fixture.h"

#include <stdlib.h>
#include <string.h>

#define TZEN_ON    0xB400007Cu
#define SECWM_NONE 0x0000007Fu

static void fixture_nmi(void *context)
{
    ((struct flash_fixture *)context)->nmis++;
}

static void fixture_map(void *context)
{
    ((struct flash_fixture *)context)->maps++;
}

static void fixture_event(void *context, enum sim_event_kind kind, const char *text)
{
    struct flash_fixture *f = context;
    if (kind == SIM_EVENT_FLASH) {
        strncpy(f->event, text, sizeof(f->event) - 1u);
    } else if (kind == SIM_EVENT_NOTE) {
        strncpy(f->note, text, sizeof(f->note) - 1u);
    }
}

int fixture_setup(void **state)
{
    static const uint8_t uid[12] = "unique id..";
    static const uint8_t secret[32] = "a secret";
    struct flash_fixture *f = calloc(1, sizeof(*f));
    f->nv = malloc(sizeof(*f->nv));
    nv_init(f->nv, uid, secret);
    f->nv->option[NV_OB_OPTSR2] = TZEN_ON;
    f->nv->option[NV_OB_SECWM1] = 0x003F0000u;
    f->nv->option[NV_OB_SECWM2] = SECWM_NONE;
    const struct chip_listener listener = {
        .context = f, .nmi = fixture_nmi, .map_changed = fixture_map, .event = fixture_event};
    f->chip = chip_new(f->nv, &listener);
    assert_non_null(f->chip);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct flash_fixture *f = *state;
    chip_free(f->chip);
    free(f->nv);
    free(f);
    return 0;
}

void fixture_reset(struct flash_fixture *f)
{
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
}

void fixture_option(struct flash_fixture *f, enum nv_option word, uint32_t value)
{
    f->nv->option[word] = value;
    fixture_reset(f);
}

static bool fixture_secure(uint32_t addr)
{
    const uint32_t top = addr >> 24;
    return (top >= 0x0Cu && top <= 0x0Fu) || (top >= 0x50u && top <= 0x5Fu);
}

uint32_t load(struct flash_fixture *f, uint32_t addr, unsigned size)
{
    const struct sim_attr attr = {.secure = fixture_secure(addr), .privileged = true};
    uint32_t value;
    (void)bus_read(f->chip, addr, size, attr, &value, &f->decision);
    return value;
}

enum sim_answer store(struct flash_fixture *f, uint32_t addr, unsigned size, uint32_t value)
{
    const struct sim_attr attr = {.secure = fixture_secure(addr), .privileged = true};
    return bus_write(f->chip, addr, size, attr, value, &f->decision);
}

void store_quad(struct flash_fixture *f, uint32_t addr, uint32_t word)
{
    for (uint32_t i = 0; i < 16u; i += 4u) {
        (void)store(f, addr + i, 4, word);
    }
}

uint32_t reg_ns(struct flash_fixture *f, uint32_t off)
{
    return load(f, FLASH_REGS_NS + off, 4);
}

uint32_t reg_s(struct flash_fixture *f, uint32_t off)
{
    return load(f, FLASH_REGS_S + off, 4);
}

void set_ns(struct flash_fixture *f, uint32_t off, uint32_t value)
{
    (void)store(f, FLASH_REGS_NS + off, 4, value);
}

void set_s(struct flash_fixture *f, uint32_t off, uint32_t value)
{
    (void)store(f, FLASH_REGS_S + off, 4, value);
}

void unlock(struct flash_fixture *f)
{
    set_ns(f, R_NSKEYR, 0x45670123u);
    set_ns(f, R_NSKEYR, 0xCDEF89ABu);
    set_s(f, R_SECKEYR, 0x45670123u);
    set_s(f, R_SECKEYR, 0xCDEF89ABu);
}

void unlock_options(struct flash_fixture *f)
{
    set_s(f, R_OPTKEYR, 0x08192A3Bu);
    set_s(f, R_OPTKEYR, 0x4C5D6E7Fu);
}

void wait_done(struct flash_fixture *f)
{
    chip_advance(f->chip, f->chip->now + chip_ticks(f->chip, 1000000u));
}

void program(struct flash_fixture *f, uint32_t addr, uint32_t word)
{
    if (fixture_secure(addr)) {
        set_s(f, R_SECCR, CR_PG);
    } else {
        set_ns(f, R_NSCR, CR_PG);
    }
    store_quad(f, addr, word);
    wait_done(f);
}

#include "chip_fixture.h"

#include <stdlib.h>
#include <string.h>

const struct sim_attr S_PRIV = {true, true};
const struct sim_attr S_UNPRIV = {true, false};
const struct sim_attr NS_PRIV = {false, true};
const struct sim_attr NS_UNPRIV = {false, false};

#define TZEN_ON   0xB4000000u
#define TZEN_OFF  0xC3000000u
#define TZEN_MASK 0xFF000000u

static void heard_map(void *context)
{
    ((struct chip_fixture *)context)->map_changes++;
}

static void heard_memory(void *context, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    (void)id;
    (void)off;
    (void)len;
    ((struct chip_fixture *)context)->memory_changes++;
}

static void heard_event(void *context, enum sim_event_kind kind, const char *text)
{
    struct chip_fixture *f = context;
    if (f->events == FIXTURE_LINES) {
        return;
    }
    f->event_kind[f->events] = kind;
    strncpy(f->event_text[f->events], text, sizeof f->event_text[0] - 1u);
    f->events++;
}

static void heard_deadline(void *context)
{
    ((struct chip_fixture *)context)->deadlines++;
}

static void heard_reset(void *context, enum chip_reset_cause cause)
{
    (void)cause;
    ((struct chip_fixture *)context)->resets_wanted++;
}

static int fixture_make(void **state, uint32_t tzen)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct chip_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->nv = calloc(1, sizeof *f->nv);
    assert_non_null(f->nv);
    nv_init(f->nv, uid, secret);
    f->nv->option[NV_OB_OPTSR2] = (f->nv->option[NV_OB_OPTSR2] & ~TZEN_MASK) | tzen;
    const struct chip_listener listener = {
        .context = f,
        .map_changed = heard_map,
        .memory_changed = heard_memory,
        .event = heard_event,
        .deadline = heard_deadline,
        .reset_wanted = heard_reset,
    };
    f->chip = chip_new(f->nv, &listener);
    assert_non_null(f->chip);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    f->map_changes = 0;
    f->memory_changes = 0;
    f->events = 0;
    *state = f;
    return 0;
}

int fixture_secure(void **state)
{
    return fixture_make(state, TZEN_ON);
}

int fixture_plain(void **state)
{
    return fixture_make(state, TZEN_OFF);
}

int fixture_done(void **state)
{
    struct chip_fixture *f = *state;
    chip_free(f->chip);
    free(f->nv);
    free(f);
    return 0;
}

uint32_t get(struct chip_fixture *f, uint32_t addr, struct sim_attr attr)
{
    uint32_t value;
    f->answer = bus_read(f->chip, addr, 4, attr, &value, &f->decision);
    return value;
}

void put(struct chip_fixture *f, uint32_t addr, struct sim_attr attr, uint32_t value)
{
    f->answer = bus_write(f->chip, addr, 4, attr, value, &f->decision);
}

uint32_t get_ok(struct chip_fixture *f, uint32_t addr, struct sim_attr attr)
{
    const uint32_t value = get(f, addr, attr);
    assert_int_equal(f->answer, SIM_ANSWER_OK);
    return value;
}

void put_ok(struct chip_fixture *f, uint32_t addr, struct sim_attr attr, uint32_t value)
{
    put(f, addr, attr, value);
    assert_int_equal(f->answer, SIM_ANSWER_OK);
}

const struct bus_decision *decide(struct chip_fixture *f, uint32_t addr, enum sim_access_kind kind,
                                  struct sim_attr attr)
{
    bus_decide(f->chip, addr, kind, attr, &f->decision);
    return &f->decision;
}

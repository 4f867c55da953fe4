/*
 * A chip without a processor, for tests of the bus and of the blocks around it. It records what
 * the chip tells the world around it.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bus.h"

#define FIXTURE_LINES 256u

struct chip_fixture {
    struct sim_nv *nv;
    struct sim_chip *chip;
    struct bus_decision decision; /**< Of the last access. */
    enum sim_answer answer;       /**< Of the last access. */
    unsigned map_changes;
    unsigned memory_changes;
    unsigned deadlines;
    unsigned events;
    enum sim_event_kind event_kind[FIXTURE_LINES];
    char event_text[FIXTURE_LINES][160];
    unsigned resets_wanted;
};

/** cmocka set-up: after power-on, TrustZone on (`fixture_secure`) or off (`fixture_plain`). */
int fixture_secure(void **state);
int fixture_plain(void **state);
int fixture_done(void **state);

extern const struct sim_attr S_PRIV;
extern const struct sim_attr S_UNPRIV;
extern const struct sim_attr NS_PRIV;
extern const struct sim_attr NS_UNPRIV;

/** One 32-bit access; `answer` and `decision` stay in the fixture. */
uint32_t get(struct chip_fixture *f, uint32_t addr, struct sim_attr attr);
void put(struct chip_fixture *f, uint32_t addr, struct sim_attr attr, uint32_t value);

/** One access that must pass. */
uint32_t get_ok(struct chip_fixture *f, uint32_t addr, struct sim_attr attr);
void put_ok(struct chip_fixture *f, uint32_t addr, struct sim_attr attr, uint32_t value);

/** The decision on an access without performing it. */
const struct bus_decision *decide(struct chip_fixture *f, uint32_t addr, enum sim_access_kind kind,
                                  struct sim_attr attr);

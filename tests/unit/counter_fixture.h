/*
 * Counters on emulated flash, with the services' own protection.
 */
#pragma once

#include <string.h>

#include "store/counter.h"
#include "support/flash_emulator.h"
#include "support/storage_key.h"
#include "support/test.h"

#define SECTOR_BYTES 512u
#define QUAD         16u

/* Typed from docs/SPEC.md, not taken from the code. */
#define HEADER 192u
#define TAG    176u
#define STEPS  ((SECTOR_BYTES - HEADER) / QUAD)

struct counter_bench {
    struct flash_power power;
    struct flash_emulator flash;
    struct storage_keys keys;
    struct store_protection protection;
    struct counters_config config;
    struct counters counters;
    struct counters_report report;
};

extern struct counter_bench bench;

/** A binding. */
extern const uint8_t tied[COUNTER_BINDING_BYTES];

/** A blank area of that many sectors; flash_emulator_close(&bench.flash) is the caller's. */
void bench_open(uint32_t sectors);

/** For cmocka: an area of two or three sectors, and the flash's own verdict. */
#define TWO(name)   cmocka_unit_test_setup_teardown(name, setup_two, teardown)
#define THREE(name) cmocka_unit_test_setup_teardown(name, setup_three, teardown)
int setup_two(void **state);
int setup_three(void **state);
int teardown(void **state);

enum garrison_status mount(void);
void must_mount(void);

/** Raises a counter, bound to `tied`. */
void raise_to(unsigned id, uint32_t value);
uint32_t value_of(unsigned id);

/** Fills the present sector with steps of counter 0. */
void fill_sector(void);

/** Bytes of the area. */
uint8_t *bytes_at(uint32_t off);

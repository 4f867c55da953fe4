/*
 * An object store on emulated flash, and what its objects should be.
 */
#pragma once

#include "support/test.h"

#include "store/store.h"
#include "support/flash_emulator.h"
#include "support/toy_protection.h"

#define SECTOR    1024u
#define SECTORS   3u
#define DATA_MAX  8192u
#define AREA      7u
#define BLANK_KEY 999u
#define OBJECTS   8u /* That fill_area() makes. */

extern struct flash_emulator flash;
extern struct toy_protection toy;
extern struct store_config config;
extern struct store store;
extern struct store_report report;
extern uint8_t expected[DATA_MAX];
extern uint8_t got[DATA_MAX];

/** A test between an area of SECTORS that has just been made and the flash's own verdict. */
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
int set_up(void **state);
int tear_down(void **state);

/** Goes on with another, new area. */
void use_geometry(uint32_t sectors, uint32_t sector);

/** What the anchor of use_anchor() knows. */
struct anchored {
    uint32_t number;
    uint8_t tag[STORE_TAG_BYTES];
    bool fails; /**< To confirm. */
};
extern struct anchored anchored;
extern const struct store_anchor anchor;

/** Goes on with another, new area of 4 sectors that has an anchor. */
void use_anchor(void);

/** Mounts, which must go well. */
void mount(void);

struct store_key key_of(uint32_t uid);

/** Every value of an object is told by a seed. */
void fill(uint8_t *data, uint32_t len, uint64_t seed);

/** What a source gives. */
struct bytes {
    const uint8_t *data;
    uint32_t len;
    uint32_t used;
    uint32_t fails_at; /**< Portion at which it gives up, from 1. */
};
enum garrison_status give(void *context, uint8_t *data, uint32_t len);

enum garrison_status set(uint32_t uid, uint32_t size, uint64_t seed);
void assert_is(uint32_t uid, uint32_t size, uint64_t seed);
enum garrison_status info_of(uint32_t uid);

/** Sets and removes that many objects at random. */
void fill_area(uint32_t rounds);

/** Size of an object that fill_area() makes. */
uint32_t size_of(uint32_t uid);

enum verdict {
    VERDICT_VALUE = 0, /**< What it should be, or absent as it should be. */
    VERDICT_DAMAGED,
    VERDICT_BEFORE_LAST, /**< What it was before its last change, where that may be. */
    VERDICT_WRONG,
    VERDICTS
};
enum verdict verdict(uint32_t uid, bool is_last);

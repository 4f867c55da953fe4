/*
 * The writer of the keys store on the simulated flash controller: what it refuses, and that after a
 * power cut at any moment all updates have come into force or none, whatever is torn, and again when
 * the repeated update is cut as well.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/port.h>

#include "../../port/stm32h573/regs.h"
#include "../sim/flash_fixture.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define SLOT     16u
#define SLOTS    511u /* the hardware's own one left out */
#define SELECTOR 511u

/* Between two accesses: a slot takes three of them, the swap a thousand. */
#define STEP_US 10u

#define NO_CUT UINT32_MAX

/** What goes bad behind the controller's back, just before it is read back. */
enum rot { NO_ROT, STAGED_BIT, STAGED_ECC, SWAPPED_BIT, SWAPPED_ECC };

static struct {
    struct flash_fixture *f;
    enum rot rot;
    jmp_buf out;
    uint32_t accesses;
    uint32_t cut_at; /* Number of the access that is not made. */
    uint32_t runs;
    uint32_t old;
    uint32_t renewed;
} bench;

/* ---- the port's accessors ------------------------------------------------------------------- */

static const struct sim_attr secure_privileged = {.secure = true, .privileged = true};

static void pass_time(void)
{
    struct sim_chip *chip = bench.f->chip;
    if (bench.accesses++ == bench.cut_at) {
        longjmp(bench.out, 1);
    }
    chip_advance(chip, chip->now + chip_ticks(chip, STEP_US));
}

uint32_t reg_read(uint32_t addr)
{
    uint32_t value = 0;
    pass_time();
    (void)bus_read(bench.f->chip, addr, 4, secure_privileged, &value, NULL);
    return value;
}

void reg_write(uint32_t addr, uint32_t value)
{
    pass_time();
    (void)bus_write(bench.f->chip, addr, 4, secure_privileged, value, NULL);
}

/* Time passes with every access as it is. */
void reg_pause(uint32_t cycles)
{
    (void)cycles;
}

static void let_rot(uint32_t slot)
{
    struct sim_nv *nv = bench.f->nv;
    const bool swapped = nv->obk_current != 0;
    if (swapped != (bench.rot == SWAPPED_BIT || bench.rot == SWAPPED_ECC)) {
        return;
    }
    if (bench.rot == STAGED_BIT || bench.rot == SWAPPED_BIT) {
        nv->obk[1][slot * SLOT + 9u] ^= 0x10u;
    } else {
        nv->obk_cell[1][slot] = NV_CELL_ECC_DOUBLE;
    }
    bench.rot = NO_ROT;
}

/* No time passes: a read changes nothing that a cut could leave. */
void mapped_read(uint32_t addr, uint8_t *data, uint32_t len)
{
    if (bench.rot != NO_ROT) {
        let_rot((addr - OBK_S) / SLOT);
    }
    for (uint32_t i = 0; i < len; i += 4u) {
        uint32_t value = 0;
        (void)bus_read(bench.f->chip, addr + i, 4, secure_privileged, &value, NULL);
        memcpy(data + i, &value, 4);
    }
}

/* ---- the store ------------------------------------------------------------------------------ */

/** Content of the current sector. */
struct content {
    uint8_t bytes[SLOTS * SLOT];
    uint8_t cells[SLOTS];
};

struct scene {
    unsigned level;
    uint32_t count;
    struct port_keys_update updates[8];
    struct content before;
    struct content after;
};

static uint8_t values[0x1000];

static void content_get(struct content *content)
{
    const struct sim_nv *nv = bench.f->nv;
    memcpy(content->bytes, nv->obk[nv->obk_current], sizeof content->bytes);
    memcpy(content->cells, nv->obk_cell[nv->obk_current], sizeof content->cells);
}

/** Half of the slots of every level are in use, in either sector; the alternate one is not blank. */
static void content_make(unsigned current)
{
    struct sim_nv *nv = bench.f->nv;
    for (uint32_t sector = 0; sector < 2u; sector++) {
        memset(nv->obk[sector], 0xFF, sizeof nv->obk[sector]);
        memset(nv->obk_cell[sector], NV_CELL_VIRGIN, sizeof nv->obk_cell[sector]);
        for (uint32_t slot = sector; slot < SLOTS; slot += 2u + sector) {
            memset(nv->obk[sector] + slot * SLOT, (int)(slot * 7u + sector + 1u) & 0x7F, SLOT);
            nv->obk_cell[sector][slot] = NV_CELL_PROGRAMMED;
        }
        nv->obk_cell[sector][SELECTOR] = NV_CELL_PROGRAMMED;
    }
    nv->obk_current = (uint8_t)current;
}

static void power_on(unsigned level)
{
    chip_reset(bench.f->chip, CHIP_RESET_POWER_ON);
    for (unsigned i = 0; i < level; i++) {
        chip_hdpl_raise(bench.f->chip);
    }
}

static void scene_begin(struct scene *scene, unsigned current)
{
    content_make(current);
    content_get(&scene->before);
    scene->after = scene->before;
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct port_keys_update *update = &scene->updates[i];
        memcpy(scene->after.bytes + update->off, update->data, update->len);
        memset(scene->after.cells + update->off / SLOT, NV_CELL_PROGRAMMED, update->len / SLOT);
    }
    power_on(scene->level);
    bench.cut_at = NO_CUT;
}

static int power_setup(void **state)
{
    for (uint32_t i = 0; i < sizeof values; i++) {
        values[i] = (uint8_t)(0x80u + i % 113u);
    }
    (void)fixture_setup(state);
    bench.f = *state;
    bench.cut_at = NO_CUT;
    return 0;
}

static const struct {
    uint32_t first;
    uint32_t behind;
} areas[] = {{0x0000, 0x0100}, {0x0100, 0x0900}, {0x0900, 0x0C00}, {0x0C00, 0x1800}};

/* ---- without a cut -------------------------------------------------------------------------- */

static struct port_keys_update update_of(uint32_t off, uint32_t len)
{
    return (struct port_keys_update){.off = off, .data = values + off % 0x400u, .len = len};
}

/** A few ranges of a level, its first and last slot among them, in no order. */
static struct scene scene_of(unsigned level)
{
    return (struct scene){
        .level = level,
        .count = 3,
        .updates = {update_of(areas[level].behind - SLOT, SLOT),
                    update_of(areas[level].first, SLOT),
                    update_of(areas[level].first + 3u * SLOT, 2u * SLOT)},
    };
}

static void must_be(const struct content *expected)
{
    struct content now;
    content_get(&now);
    assert_memory_equal(now.bytes, expected->bytes, sizeof now.bytes);
    assert_memory_equal(now.cells, expected->cells, sizeof now.cells);
}

static void updates_of_every_level_stand_and_the_rest_stays(void **state)
{
    (void)state;
    for (unsigned level = 0; level < 4u; level++) {
        for (unsigned current = 0; current < 2u; current++) {
            struct scene scene = scene_of(level);
            scene_begin(&scene, current);
            assert_int_equal(port_keys_write(scene.updates, scene.count), GARRISON_OK);
            assert_int_equal(bench.f->nv->obk_current, current ^ 1u);
            must_be(&scene.after);
            uint8_t back[2u * SLOT];
            assert_int_equal(port_keys_read(scene.updates[2].off, back, sizeof back), GARRISON_OK);
            assert_memory_equal(back, scene.updates[2].data, sizeof back);
            /* Both locks are closed again, and the selected sector is the current one. */
            assert_int_equal(reg_s(bench.f, R_SECOBKCFGR), 1);
            assert_int_equal(reg_s(bench.f, R_SECCR) & CR_LOCK, CR_LOCK);
        }
    }
}

static void whole_level_is_written_at_once_and_again(void **state)
{
    (void)state;
    for (unsigned level = 1; level < 4u; level++) {
        struct scene scene = {.level = level, .count = 1};
        scene.updates[0] = (struct port_keys_update){areas[level].first, values,
                                                     areas[level].behind - areas[level].first};
        scene_begin(&scene, 0);
        assert_int_equal(port_keys_write(scene.updates, 1), GARRISON_OK);
        assert_int_equal(port_keys_write(scene.updates, 1), GARRISON_OK);
        must_be(&scene.after);
    }
}

static void nothing_to_update_is_nothing_done(void **state)
{
    (void)state;
    struct scene scene = scene_of(1);
    scene_begin(&scene, 0);
    bench.accesses = 0;
    assert_int_equal(port_keys_write(scene.updates, 0), GARRISON_OK);
    assert_true(bench.accesses < 3u);
    must_be(&scene.before);
}

static void refuse(const struct port_keys_update *updates, uint32_t count)
{
    bench.accesses = 0;
    assert_int_equal(port_keys_write(updates, count), GARRISON_ERROR_ARGUMENT);
    assert_true(bench.accesses < 3u); /* the level was asked for, nothing else */
}

static void ranges_that_are_not_the_levels_are_refused(void **state)
{
    (void)state;
    for (unsigned level = 0; level < 4u; level++) {
        const uint32_t first = areas[level].first;
        const uint32_t behind = areas[level].behind;
        const struct port_keys_update wrong[] = {
            update_of(first - SLOT, SLOT),
            update_of(first - SLOT, 2u * SLOT),
            update_of(behind, SLOT),
            update_of(behind - SLOT, 2u * SLOT),
            update_of(first + 1u, SLOT),
            update_of(first, SLOT + 1u),
            update_of(first + 8u, SLOT),
            update_of(first, 8),
            update_of(first, 0xFFFFFFF0u),
            update_of(0xFFFFFFF0u, SLOT),
            update_of(0x1FF0, SLOT),
            update_of(first, behind - first + SLOT),
            update_of(0xFFFFFFF0u, first + 32),
            update_of(0x1800, SLOT),
        };
        struct scene scene = scene_of(level);
        scene_begin(&scene, 0);
        for (size_t i = 0; i < COUNT_OF(wrong); i++) {
            const struct port_keys_update pair[] = {update_of(first, SLOT), wrong[i]};
            refuse(&wrong[i], 1);
            refuse(pair, 2);
        }
        must_be(&scene.before);
    }
}

static void updates_that_overlap_or_are_too_many_are_refused(void **state)
{
    (void)state;
    struct port_keys_update updates[9];
    struct scene scene = scene_of(1);
    scene_begin(&scene, 0);
    for (uint32_t i = 0; i < COUNT_OF(updates); i++) {
        updates[i] = update_of(0x100u + i * SLOT, SLOT);
    }
    refuse(updates, 9);
    updates[0] = update_of(0x110, 2u * SLOT);
    refuse(updates, 2);
    updates[0] = update_of(0x100, 2u * SLOT);
    refuse(updates, 2);
    updates[0] = update_of(0x110, SLOT);
    refuse(updates, 2);
    must_be(&scene.before);
    updates[0] = update_of(0x100, SLOT);
    assert_int_equal(port_keys_write(updates, 8), GARRISON_OK);
}

static void closed_controller_fails_and_changes_nothing(void **state)
{
    (void)state;
    struct scene scene = scene_of(2);
    scene_begin(&scene, 0);
    reg_write(0x50022014, 1); /* a wrong key closes SECOBKCFGR until the next reset */
    assert_int_equal(port_keys_write(scene.updates, scene.count), GARRISON_ERROR_DEVICE);
    must_be(&scene.before);
    power_on(2);
    reg_write(0x50022008, 1); /* and SECCR */
    assert_int_equal(port_keys_write(scene.updates, scene.count), GARRISON_ERROR_DEVICE);
    must_be(&scene.before);
    power_on(2);
    assert_int_equal(port_keys_write(scene.updates, scene.count), GARRISON_OK);
    must_be(&scene.after);
}

static void open_configuration_of_somebody_before_is_no_obstacle(void **state)
{
    (void)state;
    struct scene scene = scene_of(1);
    scene_begin(&scene, 0);
    unlock(bench.f);
    set_s(bench.f, R_SECOBKKEYR, 0x192A083Bu);
    set_s(bench.f, R_SECOBKKEYR, 0x6E7F4C5Du);
    set_s(bench.f, R_SECOBKCFGR, 1u << 2 | 100u << 16);
    (void)store(bench.f, OBK_S + 0x900u, 4, 0); /* OBKERR, of another level's slot */
    assert_int_equal(port_keys_write(scene.updates, scene.count), GARRISON_OK);
    must_be(&scene.after);
}

static void slot_that_reads_back_wrong_is_told(void **state)
{
    (void)state;
    struct scene scene = scene_of(1);
    for (enum rot rot = STAGED_BIT; rot <= SWAPPED_ECC; rot++) {
        const bool staged = rot <= STAGED_ECC;
        scene_begin(&scene, 0);
        bench.rot = rot;
        assert_int_equal(port_keys_write(scene.updates, scene.count),
                         staged ? GARRISON_ERROR_DEVICE : GARRISON_ERROR_MISMATCH);
        assert_int_equal(bench.rot, NO_ROT);
        if (staged) {
            must_be(&scene.before);
        }
        assert_int_equal(reg_s(bench.f, R_SECOBKCFGR), 1);
        assert_int_equal(port_keys_write(scene.updates, scene.count), GARRISON_OK);
        must_be(&scene.after);
    }
}

/* ---- with cuts ------------------------------------------------------------------------------ */

/** Updates until the cut. @return whether it has ended before */
static bool update_until(const struct scene *scene, uint32_t cut_at, enum garrison_status *status)
{
    bench.accesses = 0;
    bench.cut_at = cut_at;
    bench.runs++;
    if (setjmp(bench.out) != 0) {
        return false;
    }
    *status = port_keys_write(scene->updates, scene->count);
    bench.cut_at = NO_CUT;
    return true;
}

static bool is_content(const struct content *now, const struct content *wanted)
{
    return memcmp(now->bytes, wanted->bytes, sizeof now->bytes) == 0 &&
           memcmp(now->cells, wanted->cells, sizeof now->cells) == 0;
}

/** After power has come back: all is old or all is new. @return whether it is new */
static bool all_or_nothing(const struct scene *scene, bool may_be_old)
{
    struct content now;
    bench.cut_at = NO_CUT;
    power_on(scene->level);
    content_get(&now);
    if (is_content(&now, &scene->after)) {
        bench.renewed++;
        return true;
    }
    if (!may_be_old || !is_content(&now, &scene->before)) {
        fail_msg("run %u: neither old nor new", bench.runs);
    }
    bench.old++;
    return false;
}

static void update_whole(const struct scene *scene)
{
    enum garrison_status status = GARRISON_ERROR_DEVICE;
    assert_true(update_until(scene, NO_CUT, &status));
    assert_int_equal(status, GARRISON_OK);
    must_be(&scene->after);
}

/** What both cuts of a run begin from. */
struct stored {
    uint8_t obk[2][NV_OBK_BYTES];
    uint8_t cell[2][NV_OBK_BYTES / SLOT];
    uint8_t current;
};

static void stored_get(struct stored *stored)
{
    const struct sim_nv *nv = bench.f->nv;
    memcpy(stored->obk, nv->obk, sizeof stored->obk);
    memcpy(stored->cell, nv->obk_cell, sizeof stored->cell);
    stored->current = nv->obk_current;
}

static void stored_put(const struct stored *stored)
{
    struct sim_nv *nv = bench.f->nv;
    memcpy(nv->obk, stored->obk, sizeof stored->obk);
    memcpy(nv->obk_cell, stored->cell, sizeof stored->cell);
    nv->obk_current = stored->current;
}

/** Repeats the update after a cut, cuts that too, at `cuts` places, and repeats it once more. */
static void cut_again(const struct scene *scene, uint32_t accesses, uint32_t cuts, uint64_t seed)
{
    struct stored stored;
    enum garrison_status status;
    stored_get(&stored);
    for (uint32_t i = 0; i < cuts; i++) {
        stored_put(&stored);
        power_on(scene->level);
        bench.f->nv->rng_state = seed + 1000u * i;
        const uint32_t at = (uint32_t)((seed * 2654435761u + i * 40503u) % accesses);
        if (update_until(scene, at, &status)) {
            continue;
        }
        (void)all_or_nothing(scene, true);
        update_whole(scene);
    }
}

/** Every access of the update, `seeds` ways of tearing each. */
static void sweep(struct scene *scene, uint64_t seeds, uint32_t second_cuts)
{
    enum garrison_status status = GARRISON_ERROR_DEVICE;
    struct stored first;
    scene_begin(scene, 0);
    stored_get(&first);
    assert_true(update_until(scene, NO_CUT, &status));
    const uint32_t accesses = bench.accesses;
    for (uint32_t at = 0; at < accesses; at++) {
        for (uint64_t seed = 0; seed < seeds; seed++) {
            stored_put(&first);
            power_on(scene->level);
            bench.f->nv->rng_state = seed * 977u + at;
            assert_false(update_until(scene, at, &status));
            (void)all_or_nothing(scene, true);
            cut_again(scene, accesses, second_cuts, seed + 7u * at);
            update_whole(scene);
        }
    }
}

static void cut_at_any_moment_leaves_all_or_nothing(void **state)
{
    (void)state;
    for (unsigned level = 0; level < 4u; level++) {
        struct scene scene = scene_of(level);
        sweep(&scene, 4, 0);
    }
    assert_true(bench.old > 0 && bench.renewed > 0);
    print_message("%u runs: %u old, %u new\n", bench.runs, bench.old, bench.renewed);
}

static void second_cut_in_the_repeated_update_leaves_all_or_nothing(void **state)
{
    (void)state;
    struct scene scene = scene_of(3);
    sweep(&scene, 1, 4);
    print_message("%u runs: %u old, %u new\n", bench.runs, bench.old, bench.renewed);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, power_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(updates_of_every_level_stand_and_the_rest_stays),
        CASE(whole_level_is_written_at_once_and_again),
        CASE(nothing_to_update_is_nothing_done),
        CASE(ranges_that_are_not_the_levels_are_refused),
        CASE(updates_that_overlap_or_are_too_many_are_refused),
        CASE(closed_controller_fails_and_changes_nothing),
        CASE(slot_that_reads_back_wrong_is_told),
        CASE(open_configuration_of_somebody_before_is_no_obstacle),
        CASE(cut_at_any_moment_leaves_all_or_nothing),
        CASE(second_cut_in_the_repeated_update_leaves_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Damage that comes while the store is mounted.
 */
#include "store_fixture.h"

#include <string.h>

#define TARGET 4u /* The object that is damaged; 1 and 5 stand on either side of it. */

/* One area, and what its records are. */
static struct {
    uint8_t *image;
    struct anchored anchored;
    uint32_t size; /* Of the target. */
    uint32_t from; /* Where its first record begins. */
    uint32_t head; /* Where its head begins, and */
    uint32_t end;  /* ends. */
    bool once;
} area;

static void fill_target(uint32_t size, bool once)
{
    struct store_info info = {.size = size, .capacity = size, .flags = once ? STORE_WRITE_ONCE : 0};
    struct bytes bytes = {.data = expected, .len = size};
    assert_int_equal(set(1, 20, 1), GARRISON_OK);
    area.size = size;
    area.once = once;
    area.from = store.sequence % 4u * SECTOR + store.end;
    fill(expected, size, TARGET);
    assert_int_equal(store_set(&store, key_of(TARGET), &info, give, &bytes), GARRISON_OK);
    area.head = store.commit_off;
    area.end = store.sequence % 4u * SECTOR + store.end;
    assert_int_equal(area.from / SECTOR, (area.end - 1u) / SECTOR);
    assert_int_equal(set(5, 20, 5), GARRISON_OK);
    area.image = test_malloc(flash_emulator_image_bytes(&flash));
    flash_emulator_save(&flash, area.image);
    area.anchored = anchored;
}

/* Flips a bit; 8: the quad-word cannot be read any more. */
static void damage(uint32_t off, uint32_t bit)
{
    flash_emulator_restore(&flash, area.image);
    anchored = area.anchored;
    mount();
    uint8_t byte = (uint8_t)(flash.bytes[off] ^ 1u << bit);
    if (bit == 8) {
        flash_emulator_rot(&flash, off, 0);
    } else {
        flash_emulator_poke(&flash, off, &byte, 1);
    }
}

static void assert_others_are_sound(void)
{
    assert_is(1, 20, 1);
    assert_is(5, 20, 5);
}

/* Its value, or that it is damaged; never that it is not there. Whether it is sound. */
static bool target_is_sound(void)
{
    struct store_info info;
    enum garrison_status status = store_info(&store, key_of(TARGET), &info);
    if (status == GARRISON_OK) {
        status = store_read(&store, key_of(TARGET), 0, got, area.size);
    }
    if (status == GARRISON_OK) {
        fill(expected, area.size, TARGET);
        assert_memory_equal(got, expected, area.size);
        return true;
    }
    assert_int_equal(status, GARRISON_ERROR_DIGEST);
    return false;
}

/* Whether the target's head can still tell that it is write-once. */
static bool header_is_sound(uint32_t off)
{
    return off < area.head || off >= area.head + 32u;
}

static void read_and_mount(uint32_t off)
{
    enum garrison_status status;
    (void)target_is_sound();
    assert_others_are_sound();
    if (area.once && header_is_sound(off)) {
        assert_int_equal(set(TARGET, 9, 9), GARRISON_ERROR_POLICY);
        assert_int_equal(store_remove(&store, key_of(TARGET)), GARRISON_ERROR_POLICY);
        (void)target_is_sound();
    }
    status = store_mount(&store, &config, &report);
    if (config.anchor != NULL && status == GARRISON_ERROR_DIGEST) {
        return; /* refused as a whole */
    }
    assert_int_equal(status, GARRISON_OK);
    bool sound = target_is_sound();
    assert_int_equal(report.damaged, sound ? 0 : 1);
    assert_others_are_sound();
    if (area.once && header_is_sound(off)) {
        assert_int_equal(set(TARGET, 9, 9), GARRISON_ERROR_POLICY);
        assert_int_equal(store_remove(&store, key_of(TARGET)), GARRISON_ERROR_POLICY);
    }
}

static void assert_as_after_mount(void)
{
    uint32_t live_bytes = store.live_bytes;
    assert_others_are_sound();
    mount();
    assert_int_equal(store.live_bytes, live_bytes);
    assert_int_equal(report.damaged, 0);
    assert_others_are_sound();
}

static void set_anew(void)
{
    assert_int_equal(set(TARGET, 33, 9), GARRISON_OK);
    assert_is(TARGET, 33, 9);
    assert_as_after_mount();
    assert_is(TARGET, 33, 9);
}

static void take_away(bool is_read)
{
    if (is_read) {
        (void)target_is_sound();
    }
    assert_int_equal(store_remove(&store, key_of(TARGET)), GARRISON_OK);
    assert_int_not_equal(info_of(TARGET), GARRISON_OK);
    assert_as_after_mount();
    assert_int_equal(info_of(TARGET), GARRISON_ERROR_BLANK);
}

/* Room is made until every sector has been reclaimed, with the damage in the oldest. */
static void reclaim_and_mount(uint32_t off)
{
    for (uint32_t round = 0; round < 70; round++) {
        assert_int_equal(set(1, 20, 1), GARRISON_OK);
        assert_int_equal(set(5, 20, 5), GARRISON_OK);
    }
    assert_others_are_sound();
    if (config.anchor == NULL) {
        (void)(off < area.head ? true : target_is_sound());
        mount();
        assert_others_are_sound();
    }
}

static void sweep(void)
{
    for (uint32_t off = area.from; off < area.end; off++) {
        for (uint32_t bit = 0; bit <= 8; bit++) {
            damage(off, bit);
            read_and_mount(off);
            if (bit == off % 9u) { /* it takes long */
                damage(off, bit);
                reclaim_and_mount(off);
            }
            if (!area.once) {
                damage(off, bit);
                set_anew();
                damage(off, bit);
                take_away(false);
                damage(off, bit);
                take_away(true);
            }
        }
    }
    test_free(area.image);
}

static void damage_of_an_object_is_told_and_can_be_mended(void **state)
{
    (void)state;
    for (uint32_t size = 20; size <= 300; size += 280) {
        use_geometry(4, SECTOR);
        fill_target(size, false);
        sweep();
    }
}

static void with_an_anchor_damage_can_be_mended(void **state)
{
    (void)state;
    for (uint32_t size = 20; size <= 300; size += 280) {
        use_anchor();
        fill_target(size, false);
        sweep();
    }
}

static void what_is_write_once_stays_so_while_its_header_is_sound(void **state)
{
    (void)state;
    for (uint32_t size = 20; size <= 300; size += 280) {
        use_geometry(4, SECTOR);
        fill_target(size, true);
        sweep();
        use_anchor();
        fill_target(size, true);
        sweep();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(damage_of_an_object_is_told_and_can_be_mended),
        TEST(with_an_anchor_damage_can_be_mended),
        TEST(what_is_write_once_stays_so_while_its_header_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Swapping images under power cuts: every operation of the flash forward and back, every way in
 * which it can be cut, and every second cut while the rest is done.
 */
#include "boot/swap.h"

#include <string.h>

#include "support/flash_emulator.h"
#include "support/test.h"

#define SECTOR 64u
#define UNIT   16u

/* Two components: three sectors and one, each with its download slot. */
#define P1      0u
#define P2      (3u * SECTOR)
#define D1      (4u * SECTOR)
#define D2      (8u * SECTOR)
#define SECTORS 10u

#define JOURNAL_SECTOR  512u
#define JOURNAL_SECTORS 2u

#define IMAGE_BYTES(sectors, sector) ((sectors) * (sector) + (sectors) * (sector) / UNIT)

struct snapshot {
    uint8_t slots[IMAGE_BYTES(SECTORS, SECTOR)];
    uint8_t journal[IMAGE_BYTES(JOURNAL_SECTORS, JOURNAL_SECTOR)];
};

static struct {
    struct flash_power power;
    struct flash_emulator slots;
    struct flash_emulator journal;
    uint8_t old[4u * SECTOR];
    uint8_t renewed[4u * SECTOR];
    uint64_t cuts;
} bench;

/** A stream that depends on the place and the direction, and is its own inverse. */
static void apply_stream(void *context, uint32_t off, uint8_t *data, uint32_t len)
{
    const uint8_t *key = context;
    for (uint32_t i = 0; i < len; i++) {
        data[i] ^= (uint8_t)((off + i) * 7u + *key);
    }
}

static uint8_t key_delivered = 0x35;
static uint8_t key_sealed = 0xC3;
static const struct swap_transform delivered = {&key_delivered, apply_stream};
static const struct swap_transform sealed = {&key_sealed, apply_stream};

/** Plain, and as an encrypted component is swapped forward and back. */
static const struct {
    const struct swap_transform *forward_in;
    const struct swap_transform *forward_out;
    const struct swap_transform *back_in;
    const struct swap_transform *back_out;
} kinds[] = {
    {NULL, NULL, NULL, NULL},
    {&delivered, &sealed, &sealed, &delivered},
};

static uint8_t buffer[32];

struct parts {
    struct swap_part part[2];
};

static struct parts parts_of(const struct swap_transform *in, const struct swap_transform *out)
{
    return (struct parts){{{P1, D1, 3, in, out}, {P2, D2, 1, in, out}}};
}

typedef enum garrison_status swap_fn(const struct swap *swap);

/** Opens the journal and does what is left. */
static enum garrison_status run(swap_fn *fn, const struct parts *parts)
{
    struct journal journal;
    enum garrison_status status = journal_open(&journal, &bench.journal.device);
    if (status != GARRISON_OK) {
        return status;
    }
    const struct swap swap = {.flash = &bench.slots.device,
                              .journal = &journal,
                              .part = parts->part,
                              .count = 2,
                              .buffer = buffer,
                              .buffer_size = sizeof buffer};
    assert_int_equal(swap_steps(&swap), 8);
    return fn(&swap);
}

static void save(struct snapshot *snapshot)
{
    flash_emulator_save(&bench.slots, snapshot->slots);
    flash_emulator_save(&bench.journal, snapshot->journal);
}

static void restore(const struct snapshot *snapshot)
{
    flash_emulator_restore(&bench.slots, snapshot->slots);
    flash_emulator_restore(&bench.journal, snapshot->journal);
    flash_power_on(&bench.power);
}

static void begin(enum journal_kind kind)
{
    struct journal journal;
    flash_power_on(&bench.power);
    assert_int_equal(journal_open(&journal, &bench.journal.device), GARRISON_OK);
    assert_int_equal(journal_begin(&journal, kind, 3, JOURNAL_STAGED, 0), GARRISON_OK);
}

/** What stands in a slot, through the transform that reads it. */
static void expect_slot(uint32_t off, const uint8_t *bytes, uint32_t len,
                        const struct swap_transform *transform)
{
    uint8_t read[3u * SECTOR];
    assert_int_equal(bench.slots.device.read(&bench.slots.device, off, read, len), GARRISON_OK);
    if (transform != NULL) {
        transform->apply(transform->context, 0, read, len);
    }
    assert_memory_equal(read, bytes, len);
}

static void expect_swapped(const struct swap_transform *out)
{
    expect_slot(P1, bench.renewed, 3u * SECTOR, NULL);
    expect_slot(P2, bench.renewed + 3u * SECTOR, SECTOR, NULL);
    expect_slot(D1, bench.old, 3u * SECTOR, out);
    expect_slot(D2, bench.old + 3u * SECTOR, SECTOR, out);
}

static void expect_back(const struct swap_transform *out)
{
    expect_slot(P1, bench.old, 3u * SECTOR, NULL);
    expect_slot(P2, bench.old + 3u * SECTOR, SECTOR, NULL);
    expect_slot(D1 + SECTOR, bench.renewed, 3u * SECTOR, out);
    expect_slot(D2 + SECTOR, bench.renewed + 3u * SECTOR, SECTOR, out);
}

typedef void expect_fn(const struct swap_transform *out);

/** A direction, as it is to be cut. */
struct scene {
    swap_fn *fn;
    struct parts parts;
    expect_fn *expect;
    const struct swap_transform *out;
};

static void finish(const struct scene *scene)
{
    flash_power_on(&bench.power);
    assert_int_equal(run(scene->fn, &scene->parts), GARRISON_OK);
    scene->expect(scene->out);
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
}

/** Runs into one cut; false if all was done before it. */
static bool cut(const struct scene *scene, uint32_t at, enum flash_cut kind)
{
    flash_power_arm(&bench.power, at, kind);
    const enum garrison_status status = run(scene->fn, &scene->parts);
    if (!bench.power.off) {
        assert_int_equal(status, GARRISON_OK);
        return false;
    }
    bench.cuts++;
    flash_power_on(&bench.power);
    return true;
}

static void cut_again(const struct scene *scene)
{
    static struct snapshot snapshot;
    save(&snapshot);
    for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
        for (uint32_t at = 0; cut(scene, at, (enum flash_cut)kind); at++) {
            finish(scene);
            restore(&snapshot);
        }
        restore(&snapshot);
    }
}

static void cut_everywhere(const struct scene *scene)
{
    static struct snapshot snapshot;
    save(&snapshot);
    for (unsigned kind = 0; kind < FLASH_CUT_KINDS; kind++) {
        for (uint32_t at = 0; cut(scene, at, (enum flash_cut)kind); at++) {
            cut_again(scene);
            restore(&snapshot);
        }
        restore(&snapshot);
    }
    finish(scene);
}

static int open_bench(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    flash_power_init(&bench.power, 1);
    flash_emulator_open(&bench.slots, &bench.power, SECTORS, SECTOR, UNIT);
    flash_emulator_open(&bench.journal, &bench.power, JOURNAL_SECTORS, JOURNAL_SECTOR, UNIT);
    for (uint32_t i = 0; i < sizeof bench.old; i++) {
        bench.old[i] = (uint8_t)(i * 3u + 1u);
        bench.renewed[i] = (uint8_t)(i * 5u + 2u);
    }
    /* A run of erased bytes within an image must come back as such. */
    memset(bench.renewed + SECTOR, 0xFF, UNIT);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    flash_emulator_close(&bench.slots);
    flash_emulator_close(&bench.journal);
    return 0;
}

/** Old images in place, new ones staged one sector behind the start of the download slots. */
static void stage(const struct swap_transform *in)
{
    uint8_t staged[4u * SECTOR];
    memcpy(staged, bench.renewed, sizeof staged);
    if (in != NULL) {
        in->apply(in->context, 0, staged, 3u * SECTOR);
        in->apply(in->context, 0, staged + 3u * SECTOR, SECTOR);
    }
    flash_emulator_poke(&bench.slots, P1, bench.old, 3u * SECTOR);
    flash_emulator_poke(&bench.slots, P2, bench.old + 3u * SECTOR, SECTOR);
    flash_emulator_poke(&bench.slots, D1 + SECTOR, staged, 3u * SECTOR);
    flash_emulator_poke(&bench.slots, D2 + SECTOR, staged + 3u * SECTOR, SECTOR);
}

static void a_cut_anywhere_ends_in_the_swapped_images(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        (void)close_bench(state);
        (void)open_bench(state);
        stage(kinds[i].forward_in);
        begin(JOURNAL_INSTALL);
        const struct scene forward = {swap_forward,
                                      parts_of(kinds[i].forward_in, kinds[i].forward_out),
                                      expect_swapped, kinds[i].forward_out};
        cut_everywhere(&forward);
        begin(JOURNAL_REVERT);
        const struct scene back = {swap_back, parts_of(kinds[i].back_in, kinds[i].back_out),
                                   expect_back, kinds[i].back_out};
        cut_everywhere(&back);
        print_message("swap: %llu cuts\n", (unsigned long long)bench.cuts);
        assert_true(bench.cuts > 10000);
    }
}

static void each_sector_is_erased_once(void **state)
{
    (void)state;
    stage(NULL);
    begin(JOURNAL_INSTALL);
    const struct parts parts = parts_of(NULL, NULL);
    assert_int_equal(run(swap_forward, &parts), GARRISON_OK);
    for (uint32_t sector = 0; sector < SECTORS; sector++) {
        assert_true(bench.slots.erases[sector] <= 1);
    }
}

static void what_cannot_be_read_costs_only_itself(void **state)
{
    (void)state;
    stage(NULL);
    flash_emulator_rot(&bench.slots, D1 + SECTOR + UNIT, 0);
    flash_emulator_rot(&bench.slots, P1, 0);
    begin(JOURNAL_INSTALL);
    const struct parts parts = parts_of(NULL, NULL);
    assert_int_equal(run(swap_forward, &parts), GARRISON_OK);
    memset(bench.renewed + UNIT, 0xFF, UNIT);
    memset(bench.old, 0xFF, UNIT);
    expect_swapped(NULL);
}

/** All of what is coming, in portions of `step` bytes; and nothing behind it. */
static void expect_view(const struct swap *swap, uint32_t index, const uint8_t *bytes,
                        uint32_t step)
{
    struct swap_view view;
    uint8_t read[4u * SECTOR];
    swap_view_open(&view, swap, index);
    const struct flash_device *device = &view.device;
    for (uint32_t off = 0; off < device->size; off += step) {
        const uint32_t left = device->size - off;
        const uint32_t len = left < step ? left : step;
        assert_int_equal(device->read(device, off, read, len), GARRISON_OK);
        assert_memory_equal(read, bytes + off, len);
    }
    assert_int_equal(device->read(device, device->size, read, 1), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(device->read(device, device->size - 1u, read, 2), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(device->read(device, UINT32_MAX, read, 2), GARRISON_ERROR_ARGUMENT);
}

static void what_is_coming_is_whole_wherever_a_cut_has_left_it(void **state)
{
    static struct snapshot snapshot;
    const struct parts parts = parts_of(NULL, NULL);
    const struct scene scene = {swap_forward, parts, expect_swapped, NULL};
    bool was_cut = true;
    (void)state;
    stage(NULL);
    begin(JOURNAL_INSTALL);
    save(&snapshot);
    for (uint32_t at = 0; was_cut; at++) {
        struct journal journal;
        restore(&snapshot);
        was_cut = cut(&scene, at, FLASH_CUT_BEFORE);
        assert_int_equal(journal_open(&journal, &bench.journal.device), GARRISON_OK);
        const struct swap swap = {
            .flash = &bench.slots.device, .journal = &journal, .part = parts.part, .count = 2};
        for (uint32_t step = 1; step <= 3u * SECTOR; step += 31) {
            expect_view(&swap, 0, bench.renewed, step);
            expect_view(&swap, 1, bench.renewed + 3u * SECTOR, step);
        }
    }
}

static void a_worn_out_sector_is_told(void **state)
{
    (void)state;
    for (unsigned wear = FLASH_WEAR_ERASE_FAILS; wear <= FLASH_WEAR_PROGRAM_FAILS; wear++) {
        (void)close_bench(state);
        (void)open_bench(state);
        stage(NULL);
        begin(JOURNAL_INSTALL);
        bench.slots.wear[P2 / SECTOR] = (uint8_t)wear;
        const struct parts parts = parts_of(NULL, NULL);
        assert_int_equal(run(swap_forward, &parts), GARRISON_ERROR_DEVICE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cut_anywhere_ends_in_the_swapped_images, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(each_sector_is_erased_once, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_costs_only_itself, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(what_is_coming_is_whole_wherever_a_cut_has_left_it,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_worn_out_sector_is_told, open_bench, close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The rules of a layout record, each broken by itself.
 */
#include <garrison/layout.h>

#include <string.h>

#include <garrison/handoff.h>

#include "support/test.h"

#define KB     1024u
#define SECTOR (8u * KB)

static const struct layout_bounds bounds = {
    .flash_size = 2048 * KB,
    .sector = SECTOR,
    .free_off = 4 * SECTOR,
    .free_end = 246 * SECTOR,
};

/** uROT, manager, application, two modules: slot 0 to 4. */
static struct layout_record sound_record(void)
{
    struct layout_record record = {
        .magic = LAYOUT_RECORD_MAGIC,
        .version = LAYOUT_RECORD_VERSION,
        .count = 5,
        .journal_off = 239 * SECTOR,
        .journal_size = 2 * SECTOR,
        .slot =
            {
                {IMAGE_ROLE_UROT, 4 * SECTOR, 6 * SECTOR, 232 * SECTOR, 7 * SECTOR, 0},
                {IMAGE_ROLE_MANAGER, 10 * SECTOR, 21 * SECTOR, 210 * SECTOR, 22 * SECTOR, 0},
                {IMAGE_ROLE_APPLICATION, 31 * SECTOR, 100 * SECTOR, 131 * SECTOR, 101 * SECTOR, 0},
                {IMAGE_ROLE_MODULE_0, 241 * SECTOR, SECTOR, 131 * SECTOR, 2 * SECTOR,
                 LAYOUT_SLOT_ENCRYPTED},
                {IMAGE_ROLE_MODULE_0 + 7, 242 * SECTOR, SECTOR, 0, 0, LAYOUT_SLOT_OPTIONAL},
            },
    };
    return record;
}

static void expect(const struct layout_record *record, enum garrison_status status, uint32_t role,
                   uint32_t other_role, enum layout_rule rule)
{
    struct layout_fault fault;
    assert_int_equal(layout_check(record, &bounds, &fault), status);
    assert_int_equal(fault.role, role);
    assert_int_equal(fault.other_role, other_role);
    assert_int_equal(fault.rule, rule);
}

static void expect_policy(const struct layout_record *record, uint32_t role, uint32_t other_role,
                          enum layout_rule rule)
{
    expect(record, GARRISON_ERROR_POLICY, role, other_role, rule);
}

static void the_usual_layout_is_sound(void **state)
{
    const struct layout_record record = sound_record();
    (void)state;
    expect(&record, GARRISON_OK, 0, 0, LAYOUT_RULE_NONE);
    assert_ptr_equal(layout_find(&record, IMAGE_ROLE_MANAGER), &record.slot[1]);
    assert_null(layout_find(&record, IMAGE_ROLE_MODULE_0 + 1));
}

static void another_form_is_refused(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    record.magic ^= 1u;
    expect(&record, GARRISON_ERROR_FORMAT, 0, 0, LAYOUT_RULE_MAGIC);
    record = sound_record();
    record.version++;
    expect(&record, GARRISON_ERROR_FORMAT, 0, 0, LAYOUT_RULE_VERSION);
    record = sound_record();
    record.count = 0;
    expect(&record, GARRISON_ERROR_FORMAT, 0, 0, LAYOUT_RULE_COUNT);
    record.count = LAYOUT_SLOTS_MAX + 1;
    expect(&record, GARRISON_ERROR_FORMAT, 0, 0, LAYOUT_RULE_COUNT);
    record.count = UINT16_MAX;
    assert_null(layout_find(&record, IMAGE_ROLE_MODULE_0 + 1));
}

static void every_unused_byte_is_zero(void **state)
{
    (void)state;
    const size_t first = offsetof(struct layout_record, slot[5]);
    for (size_t i = first; i < sizeof(struct layout_record); i++) {
        struct layout_record record = sound_record();
        ((uint8_t *)&record)[i] = 1;
        expect(&record, GARRISON_ERROR_FORMAT, 0, 0, LAYOUT_RULE_UNUSED);
    }
}

static void roles_and_flags_are_known(void **state)
{
    static const uint32_t unknown[] = {0,  IMAGE_ROLE_IROT,         5,
                                       15, IMAGE_ROLE_MODULE_0 + 8, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        struct layout_record record = sound_record();
        record.slot[3].role = unknown[i];
        expect_policy(&record, unknown[i], 0, LAYOUT_RULE_ROLE);
    }
    for (unsigned bit = 2; bit < 32; bit++) {
        struct layout_record record = sound_record();
        record.slot[1].flags = 1u << bit;
        if (bit >= 8 && bit < 16) {
            expect_policy(&record, IMAGE_ROLE_MANAGER, 0, LAYOUT_RULE_RAM_ROLE);
        } else {
            expect(&record, GARRISON_ERROR_UNSUPPORTED, IMAGE_ROLE_MANAGER, 0, LAYOUT_RULE_FLAGS);
        }
    }
    struct layout_record record = sound_record();
    record.slot[2].flags = LAYOUT_SLOT_OPTIONAL;
    expect_policy(&record, IMAGE_ROLE_APPLICATION, 0, LAYOUT_RULE_OPTIONAL);
    record = sound_record();
    record.slot[4].role = IMAGE_ROLE_MODULE_0;
    expect_policy(&record, IMAGE_ROLE_MODULE_0, IMAGE_ROLE_MODULE_0, LAYOUT_RULE_ROLE_ONCE);
    record = sound_record();
    record.count = 2;
    memset(&record.slot[2], 0, 3 * sizeof record.slot[0]);
    expect_policy(&record, IMAGE_ROLE_APPLICATION, 0, LAYOUT_RULE_REQUIRED);
}

static void expect_window(const struct layout_record *record, uint32_t role, uint32_t below,
                          uint32_t size)
{
    const struct layout_window window = layout_window(record, role);
    assert_int_equal(window.size, size);
    assert_true(size == 0 || window.below == below);
}

static void windows_are_counted_downwards_by_number(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    expect_window(&record, IMAGE_ROLE_MODULE_0, 0, 0);
    assert_int_equal(layout_windows_size(&record), 0);
    record.slot[3].flags |= 1u << 8;
    record.slot[4].flags |= 127u << 8;
    expect(&record, GARRISON_OK, 0, 0, LAYOUT_RULE_NONE);
    expect_window(&record, IMAGE_ROLE_MODULE_0, 1 * KB, 1 * KB);
    expect_window(&record, IMAGE_ROLE_MODULE_0 + 7, 128 * KB, 127 * KB);
    expect_window(&record, IMAGE_ROLE_MODULE_0 + 3, 0, 0);
    expect_window(&record, IMAGE_ROLE_APPLICATION, 0, 0);
    assert_int_equal(layout_windows_size(&record), 128 * KB);
    record.slot[3].role = IMAGE_ROLE_MODULE_0 + 7; /* not by their places */
    record.slot[4].role = IMAGE_ROLE_MODULE_0;
    expect_window(&record, IMAGE_ROLE_MODULE_0, 127 * KB, 127 * KB);
    expect_window(&record, IMAGE_ROLE_MODULE_0 + 7, 128 * KB, 1 * KB);
}

static void windows_are_modules_and_limited(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    record.slot[3].flags |= 2u << 8;
    record.slot[4].flags |= 127u << 8;
    expect_policy(&record, 0, 0, LAYOUT_RULE_RAM_SUM);
    record.slot[4].flags = 255u << 8;
    record.slot[3].flags = 255u << 8;
    expect_policy(&record, 0, 0, LAYOUT_RULE_RAM_SUM);
    for (unsigned i = 0; i < 3; i++) {
        record = sound_record();
        record.slot[i].flags = 1u << 8;
        expect_policy(&record, record.slot[i].role, 0, LAYOUT_RULE_RAM_ROLE);
    }
}

/** Every offset and size, moved by one byte, out of the bounds, and to the end of the numbers. */
static void runs_are_whole_sectors_within_the_bounds(void **state)
{
    static const uint32_t values[] = {1,
                                      SECTOR - 1,
                                      SECTOR / 2,
                                      3 * SECTOR,
                                      246 * SECTOR,
                                      2048 * KB,
                                      UINT32_MAX - SECTOR + 1,
                                      UINT32_MAX};
    struct layout_fault fault;
    (void)state;
    for (unsigned slot = 0; slot < 3; slot++) {
        for (unsigned field = 0; field < 4; field++) {
            for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
                struct layout_record record = sound_record();
                uint32_t *const fields[] = {&record.slot[slot].off, &record.slot[slot].size,
                                            &record.slot[slot].download_off,
                                            &record.slot[slot].download_size};
                if (field == 1 && values[i] == 3 * SECTOR) {
                    continue; /* a small slot is a slot */
                }
                *fields[field] = values[i];
                assert_int_equal(layout_check(&record, &bounds, &fault), GARRISON_ERROR_POLICY);
                assert_int_equal(fault.role, record.slot[slot].role);
            }
        }
    }
    static const uint32_t journals[][2] = {
        {238 * SECTOR + 1, 2 * SECTOR},        {238 * SECTOR, SECTOR},     {238 * SECTOR, 0},
        {238 * SECTOR, 2 * SECTOR + 1},        {245 * SECTOR, 2 * SECTOR}, {0, 2 * SECTOR},
        {UINT32_MAX - SECTOR + 1, 2 * SECTOR},
    };
    for (size_t i = 0; i < sizeof journals / sizeof journals[0]; i++) {
        struct layout_record record = sound_record();
        record.journal_off = journals[i][0];
        record.journal_size = journals[i][1];
        expect_policy(&record, 0, 0, LAYOUT_RULE_JOURNAL);
    }
}

/** The hidden area grows over it: no other sector may lie between. */
static void the_urot_follows_the_irot(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    record.slot[0].off += SECTOR;
    record.slot[0].size -= SECTOR;
    expect_policy(&record, IMAGE_ROLE_UROT, 0, LAYOUT_RULE_UROT);
}

static void a_download_slot_has_a_sector_more_than_the_slot(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    record.slot[1].download_size -= SECTOR;
    expect_policy(&record, IMAGE_ROLE_MANAGER, 0, LAYOUT_RULE_DOWNLOAD_ROOM);
    record = sound_record();
    record.slot[0].download_size -= SECTOR;
    expect_policy(&record, IMAGE_ROLE_UROT, 0, LAYOUT_RULE_DOWNLOAD_ROOM);
    record = sound_record();
    record.slot[4].download_off = SECTOR;
    expect_policy(&record, IMAGE_ROLE_MODULE_0 + 7, 0, LAYOUT_RULE_NO_DOWNLOAD);
}

static void only_download_slots_may_overlap(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    record.slot[3].off = 30 * SECTOR;
    expect_policy(&record, IMAGE_ROLE_MODULE_0, IMAGE_ROLE_MANAGER, LAYOUT_RULE_OVERLAP);
    record = sound_record();
    record.slot[3].off = 240 * SECTOR;
    expect_policy(&record, IMAGE_ROLE_MODULE_0, 0, LAYOUT_RULE_OVERLAP);
    record = sound_record();
    record.slot[1].download_off = 130 * SECTOR;
    expect_policy(&record, IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION,
                  LAYOUT_RULE_DOWNLOAD_OVERLAP);
    record = sound_record();
    record.slot[0].download_off = 233 * SECTOR;
    expect_policy(&record, IMAGE_ROLE_UROT, 0, LAYOUT_RULE_DOWNLOAD_OVERLAP);
}

static void the_application_is_one_non_secure_island(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    record.slot[2].size = 96 * SECTOR;
    expect_policy(&record, IMAGE_ROLE_APPLICATION, 0, LAYOUT_RULE_APPLICATION_END);
    record.slot[2].size = 97 * SECTOR;
    expect(&record, GARRISON_OK, 0, 0, LAYOUT_RULE_NONE);
    record.slot[2].off = 129 * SECTOR;
    record.slot[2].size = SECTOR;
    expect_policy(&record, IMAGE_ROLE_APPLICATION, 0, LAYOUT_RULE_APPLICATION_START);
}

static void expect_secure(const struct layout_record *record, unsigned bank, uint32_t first,
                          uint32_t last)
{
    const struct layout_secure secure = layout_secure(record, &bounds, bank);
    assert_int_equal(secure.first, first);
    assert_int_equal(secure.last, last);
}

static void all_but_the_applications_slot_is_secure(void **state)
{
    struct layout_record record = sound_record();
    (void)state;
    expect_secure(&record, 0, 0, 30);
    expect_secure(&record, 1, 3, 127);
    record.slot[2].size = 97 * SECTOR; /* to the end of bank 1 */
    expect_secure(&record, 0, 0, 30);
    expect_secure(&record, 1, 0, 127);
    record.slot[2].off = 128 * SECTOR; /* from the start of bank 2 */
    record.slot[2].size = 3 * SECTOR;
    expect_secure(&record, 0, 0, 127);
    expect_secure(&record, 1, 3, 127);
}

static void every_rule_has_words(void **state)
{
    (void)state;
    for (uint32_t rule = 0; rule <= LAYOUT_RULE_RAM_SUM; rule++) {
        assert_string_not_equal(layout_rule_text((enum layout_rule)rule), "an unknown rule");
    }
    assert_string_equal(layout_rule_text(LAYOUT_RULE_OVERLAP), "slots do not overlap");
    const enum layout_rule behind = (enum layout_rule)(LAYOUT_RULE_RAM_SUM + 1);
    assert_string_equal(layout_rule_text(behind), "an unknown rule");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_layout_is_sound),
        cmocka_unit_test(another_form_is_refused),
        cmocka_unit_test(every_unused_byte_is_zero),
        cmocka_unit_test(roles_and_flags_are_known),
        cmocka_unit_test(windows_are_counted_downwards_by_number),
        cmocka_unit_test(windows_are_modules_and_limited),
        cmocka_unit_test(runs_are_whole_sectors_within_the_bounds),
        cmocka_unit_test(the_urot_follows_the_irot),
        cmocka_unit_test(a_download_slot_has_a_sector_more_than_the_slot),
        cmocka_unit_test(only_download_slots_may_overlap),
        cmocka_unit_test(the_application_is_one_non_secure_island),
        cmocka_unit_test(all_but_the_applications_slot_is_secure),
        cmocka_unit_test(every_rule_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

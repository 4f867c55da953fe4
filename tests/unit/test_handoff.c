/*
 * The hand-over record.
 */
#include "support/test.h"

#include <string.h>

#include <garrison/measured.h>

static struct handoff record;

static struct handoff_entry entry_of(uint32_t role)
{
    return (struct handoff_entry){.role = role, .addr = role * 0x1000, .version = {1, 0, 0, role}};
}

static int set_up(void **state)
{
    (void)state;
    memset(&record, 0xA5, sizeof record);
    handoff_init(&record, 2);
    for (uint32_t role = IMAGE_ROLE_IROT; role <= IMAGE_ROLE_MANAGER; role++) {
        struct handoff_entry entry = entry_of(role);
        assert_int_equal(handoff_append(&record, &entry), GARRISON_OK);
    }
    assert_int_equal(handoff_seal(&record), GARRISON_OK);
    return 0;
}

static void record_gives_back_what_was_appended(void **state)
{
    (void)state;
    assert_int_equal(handoff_check(&record), GARRISON_OK);
    assert_int_equal(record.reset_cause, 2);
    for (uint32_t role = IMAGE_ROLE_IROT; role <= IMAGE_ROLE_MANAGER; role++) {
        struct handoff_entry entry = entry_of(role);
        assert_memory_equal(handoff_find(&record, role), &entry, sizeof entry);
    }
    assert_null(handoff_find(&record, IMAGE_ROLE_APPLICATION));
    assert_null(handoff_find(&record, 0));
}

static void check_rejects_a_flipped_bit_in_every_byte(void **state)
{
    uint8_t *bytes = (uint8_t *)&record;
    (void)state;
    for (size_t bit = 0; bit < sizeof record * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(handoff_check(&record) != GARRISON_OK);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(handoff_check(&record), GARRISON_OK);
}

static void check_rejects_an_entry_that_was_not_sealed(void **state)
{
    struct handoff_entry entry = entry_of(IMAGE_ROLE_APPLICATION);
    (void)state;
    assert_int_equal(handoff_append(&record, &entry), GARRISON_OK);
    assert_int_equal(handoff_check(&record), GARRISON_ERROR_DIGEST);
}

static void check_rejects_forms_it_does_not_know(void **state)
{
    (void)state;
    record.count = HANDOFF_ENTRIES_MAX + 1;
    assert_int_equal(handoff_seal(&record), GARRISON_OK);
    assert_int_equal(handoff_check(&record), GARRISON_ERROR_FORMAT);
    assert_null(handoff_find(&record, IMAGE_ROLE_APPLICATION));
    record.count = 3;
    record.version = 1;
    assert_int_equal(handoff_seal(&record), GARRISON_OK);
    assert_int_equal(handoff_check(&record), GARRISON_ERROR_FORMAT);
    record.version = HANDOFF_VERSION;
    record.reserved = 1;
    assert_int_equal(handoff_seal(&record), GARRISON_OK);
    assert_int_equal(handoff_check(&record), GARRISON_ERROR_FORMAT);
}

static void a_role_stands_there_once(void **state)
{
    struct handoff_entry entry = entry_of(IMAGE_ROLE_UROT);
    (void)state;
    assert_int_equal(handoff_append(&record, &entry), GARRISON_ERROR_POLICY);
    record.entry[2].role = IMAGE_ROLE_UROT;
    assert_int_equal(handoff_seal(&record), GARRISON_OK);
    assert_int_equal(handoff_check(&record), GARRISON_ERROR_POLICY);
}

static void append_stops_when_the_record_is_full(void **state)
{
    struct handoff_entry entry = {0};
    (void)state;
    while (record.count < HANDOFF_ENTRIES_MAX) {
        entry.role = 100u + record.count;
        assert_int_equal(handoff_append(&record, &entry), GARRISON_OK);
    }
    entry.role = 200;
    assert_int_equal(handoff_append(&record, &entry), GARRISON_ERROR_BOUNDS);
    assert_int_equal(handoff_seal(&record), GARRISON_OK);
    assert_int_equal(handoff_check(&record), GARRISON_OK);
}

static void roles_have_names(void **state)
{
    (void)state;
    assert_string_equal(image_role_text(IMAGE_ROLE_IROT), "iROT");
    assert_string_equal(image_role_text(IMAGE_ROLE_MODULE_0 + 7), "module 7");
    assert_string_equal(image_role_text(IMAGE_ROLE_MODULE_0 + 8), "unknown image");
    assert_string_equal(image_role_text(0), "unknown image");
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

static void measured_boot_tells_every_image_in_order(void **state)
{
    struct measured image;
    (void)state;
    record.entry[1].size = 7;
    memset(record.entry[1].measurement, 0x11, 32);
    memset(record.entry[1].signer, 0x22, 32);
    for (uint32_t place = 0; place < 3; place++) {
        memset(&image, 0xA5, sizeof image);
        assert_true(measured_at(&record, place, &image));
        assert_int_equal(image.role, IMAGE_ROLE_IROT + place);
        assert_int_equal(image.size, record.entry[place].size);
        assert_memory_equal(&image.version, &record.entry[place].version, sizeof image.version);
        assert_memory_equal(image.measurement, record.entry[place].measurement, 32);
        assert_memory_equal(image.signer, record.entry[place].signer, 32);
    }
    assert_false(measured_at(&record, 3, &image));
    assert_int_equal(image.role, IMAGE_ROLE_MANAGER);
    record.count = HANDOFF_ENTRIES_MAX + 1;
    assert_false(measured_at(&record, HANDOFF_ENTRIES_MAX, &image));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(record_gives_back_what_was_appended),
        TEST(check_rejects_a_flipped_bit_in_every_byte),
        TEST(check_rejects_an_entry_that_was_not_sealed),
        TEST(check_rejects_forms_it_does_not_know),
        TEST(a_role_stands_there_once),
        TEST(append_stops_when_the_record_is_full),
        TEST(roles_have_names),
        TEST(measured_boot_tells_every_image_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

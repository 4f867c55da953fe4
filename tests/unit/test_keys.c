/*
 * The key record.
 */
#include "support/test.h"

#include <string.h>

#include "boot/keys.h"
#include "support/image_maker.h"
#include "support/port_fake.h"

static const uint32_t roles[] = {IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION, IMAGE_ROLE_MODULE_0};
static const uint8_t owners[] = {3, 4, 5};
static struct key_record *keys; /* in the keys store */
static struct key_record record;

static int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    keys = (struct key_record *)(void *)(port_fake.store + KEY_RECORD_OFF);
    test_key_record(keys, roles, owners, 3);
    return 0;
}

static enum garrison_status load(void)
{
    return keys_load(KEY_RECORD_OFF, &record);
}

static enum garrison_status seal_and_load(void)
{
    test_key_record_seal(keys);
    return load();
}

static void load_finds_the_key_of_each_role(void **state)
{
    uint8_t point[64];
    (void)state;
    assert_int_equal(load(), GARRISON_OK);
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        test_public_key(owners[i], point);
        assert_memory_equal(keys_find(&record, roles[i]), point, sizeof point);
    }
    assert_null(keys_find(&record, IMAGE_ROLE_UROT));
    assert_null(keys_find(&record, 0)); /* what unused entries hold */
}

static void load_rejects_a_flipped_bit_in_every_byte(void **state)
{
    uint8_t *bytes = (uint8_t *)keys;
    (void)state;
    for (size_t bit = 0; bit < sizeof *keys * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(load(), GARRISON_ERROR_DIGEST);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(load(), GARRISON_OK);
}

static void load_names_what_was_never_provisioned(void **state)
{
    (void)state;
    memset(keys, 0xFF, sizeof *keys);
    assert_int_equal(load(), GARRISON_ERROR_BLANK);
    memset(keys, 0, sizeof *keys);
    assert_int_equal(load(), GARRISON_ERROR_BLANK);
}

static void load_tells_a_refused_read(void **state)
{
    (void)state;
    port_fake.store_refused = true;
    assert_int_equal(load(), GARRISON_ERROR_DEVICE);
}

static void load_checks_magic_version_and_count(void **state)
{
    (void)state;
    keys->magic++;
    assert_int_equal(seal_and_load(), GARRISON_ERROR_FORMAT);
    keys->magic--;
    keys->version++;
    assert_int_equal(seal_and_load(), GARRISON_ERROR_FORMAT);
    keys->version--;
    keys->count = KEY_RECORD_KEYS_MAX + 1;
    assert_int_equal(seal_and_load(), GARRISON_ERROR_FORMAT);
    keys->count = 0xFFFF;
    assert_int_equal(seal_and_load(), GARRISON_ERROR_FORMAT);
    keys->count = 2; /* the third is still there: unused entries are zero */
    assert_int_equal(seal_and_load(), GARRISON_ERROR_FORMAT);
    keys->count = 3;
    keys->reserved[27] = 1;
    assert_int_equal(seal_and_load(), GARRISON_ERROR_FORMAT);
}

static void load_rejects_two_keys_for_one_role(void **state)
{
    (void)state;
    keys->key[2].role = IMAGE_ROLE_MANAGER;
    assert_int_equal(seal_and_load(), GARRISON_ERROR_POLICY);
}

static void load_takes_a_full_record(void **state)
{
    (void)state;
    keys->count = KEY_RECORD_KEYS_MAX;
    for (uint32_t i = 0; i < KEY_RECORD_KEYS_MAX; i++) {
        keys->key[i].role = 100 + i;
    }
    assert_int_equal(seal_and_load(), GARRISON_OK);
    assert_ptr_equal(keys_find(&record, 110), record.key[10].point);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(load_finds_the_key_of_each_role),
        TEST(load_rejects_a_flipped_bit_in_every_byte),
        TEST(load_names_what_was_never_provisioned),
        TEST(load_tells_a_refused_read),
        TEST(load_checks_magic_version_and_count),
        TEST(load_rejects_two_keys_for_one_role),
        TEST(load_takes_a_full_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

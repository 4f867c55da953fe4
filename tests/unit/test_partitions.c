/*
 * The partition table: what a client may know of it, and the rules of a partition's memory.
 */
#include "support/test.h"

#include <garrison/spm.h>

#include "services/crypto_protocol.h"
#include "services/its_protocol.h"
#include "services/update_protocol.h"
#include "spm/partitions.h"
#include "support/port_fake.h"

#define NS SPM_CLIENT_NON_SECURE

static _Alignas(32) uint8_t sandbox[1024];

static struct partition_memory memory;

static int set_up(void **state)
{
    const uintptr_t base = (uintptr_t)sandbox;
    (void)state;
    port_fake_reset();
    memory = (struct partition_memory){
        .stack_base = base + 256,
        .stack_limit = base + 1024,
        .region = {{base, base + 1024, PARTITION_READ | PARTITION_WRITE}},
    };
    return 0;
}

static void versions_and_connections_are_as_the_framework_says(void **state)
{
    (void)state;
    assert_int_equal(spm_version(NS, CRYPTO_SID), CRYPTO_VERSION);
    assert_int_equal(spm_version(NS, UPDATE_SID), UPDATE_VERSION);
    assert_int_equal(spm_version(NS, 0), PSA_VERSION_NONE);
    assert_int_equal(spm_version(NS, CRYPTO_HANDLE), PSA_VERSION_NONE);
    assert_int_equal(spm_version(0, CRYPTO_SID), PSA_VERSION_NONE);
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    assert_int_equal(spm_connect(NS, CRYPTO_SID, 1, &partition, &message),
                     PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(spm_connect(NS, 0x1234, 1, &partition, &message),
                     PSA_ERROR_CONNECTION_REFUSED);
    assert_int_equal(spm_close(NS, PSA_NULL_HANDLE, &partition, &message), PSA_SUCCESS);
    assert_int_equal(spm_close(NS, CRYPTO_HANDLE, &partition, &message),
                     PSA_ERROR_PROGRAMMER_ERROR);
    assert_null(partition);
    assert_int_equal(spm_init(), GARRISON_OK);
}

static void services_are_found_with_their_partition(void **state)
{
    struct partition_entry entry = partitions_find_sid(UPDATE_SID);
    (void)state;
    assert_string_equal(entry.partition->name, "update");
    assert_int_equal(entry.service->handle, UPDATE_HANDLE);
    assert_ptr_equal(partitions_find_handle(UPDATE_HANDLE).service, entry.service);
    assert_null(partitions_find_handle(0).service);
    assert_null(partitions_find_handle(0).partition);
}

static void sound_memory_is_accepted(void **state)
{
    (void)state;
    assert_true(partitions_memory_is_sound(&memory));
}

static void nothing_is_writable_and_executable(void **state)
{
    (void)state;
    memory.region[0].access |= PARTITION_EXECUTE;
    assert_false(partitions_memory_is_sound(&memory));
}

static void regions_are_readable_aligned_and_forward(void **state)
{
    const struct partition_region sound = memory.region[0];
    (void)state;
    memory.region[0].access = PARTITION_WRITE;
    assert_false(partitions_memory_is_sound(&memory));
    memory.region[0] = sound;
    memory.region[0].base -= 8;
    assert_false(partitions_memory_is_sound(&memory));
    memory.region[0] = sound;
    memory.region[0].limit += 8;
    assert_false(partitions_memory_is_sound(&memory));
    memory.region[0] = sound;
    memory.region[1] = (struct partition_region){sound.limit, sound.base, PARTITION_READ};
    assert_false(partitions_memory_is_sound(&memory));
}

static void the_stack_lies_in_writable_memory(void **state)
{
    const uintptr_t base = memory.stack_base;
    (void)state;
    memory.region[0].access = PARTITION_READ;
    assert_false(partitions_memory_is_sound(&memory));
    memory.region[0].access |= PARTITION_WRITE;
    memory.stack_limit += 32;
    assert_false(partitions_memory_is_sound(&memory));
    memory.stack_limit -= 32;
    memory.stack_base = (uintptr_t)sandbox - 32;
    assert_false(partitions_memory_is_sound(&memory));
    memory.stack_base = base;
    memory.region[0].access = 0;
    memory.region[0].limit = memory.region[0].base;
    assert_false(partitions_memory_is_sound(&memory));
}

static void the_stack_is_aligned_and_large_enough(void **state)
{
    const uintptr_t limit = memory.stack_limit;
    (void)state;
    memory.stack_limit = limit - 4;
    assert_false(partitions_memory_is_sound(&memory));
    memory.stack_limit = limit;
    memory.stack_base += 4;
    assert_false(partitions_memory_is_sound(&memory));
    memory.stack_base -= 4;
    memory.stack_limit = memory.stack_base + 128;
    assert_false(partitions_memory_is_sound(&memory));
    memory.stack_limit = memory.stack_base - 8;
    assert_false(partitions_memory_is_sound(&memory));
}

#define SECTOR 0x2000u

/** The flash of these tests has 64 KB in sectors of 8 KB. */
static bool areas_are_sound(const struct partition_area *area, const struct partition_area *other)
{
    const struct partition_memory first = {.area = {area[0], area[1]}};
    const struct partition_memory second = {.area = {other[0], other[1]}};
    const struct partition_memory *const all[] = {&first, &second};
    return partitions_areas_are_sound(all, COUNT_OF(all), port_flash());
}

static void areas_are_whole_sectors_inside_the_flash(void **state)
{
    static const struct partition_area none[2];
    static const struct {
        struct partition_area area;
        bool sound;
    } rows[] = {
        {{0, 0}, true},
        {{0, SECTOR}, true},
        {{0, FLASH_RAM_BYTES}, true},
        {{FLASH_RAM_BYTES - SECTOR, SECTOR}, true},
        {{FLASH_RAM_BYTES, 0}, true},
        {{16, SECTOR}, false},
        {{0, SECTOR - 16}, false},
        {{SECTOR, 16}, false},
        {{FLASH_RAM_BYTES - SECTOR, 2 * SECTOR}, false},
        {{FLASH_RAM_BYTES, SECTOR}, false},
        {{FLASH_RAM_BYTES + SECTOR, 0}, false},
        {{SECTOR, UINT32_MAX - SECTOR + 1}, false},     /* ends at 2^32 */
        {{SECTOR, UINT32_MAX - 2 * SECTOR + 1}, false}, /* the last sector before it */
        {{UINT32_MAX - SECTOR + 1, 2 * SECTOR}, false}, /* wraps */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct partition_area first[] = {rows[i].area, {0, 0}};
        const struct partition_area second[] = {{0, 0}, rows[i].area};
        if (areas_are_sound(first, none) != rows[i].sound ||
            areas_are_sound(second, none) != rows[i].sound ||
            areas_are_sound(none, first) != rows[i].sound ||
            areas_are_sound(none, second) != rows[i].sound) {
            fail_msg("row %u", (unsigned)i);
        }
    }
}

static void downloads_are_apart_from_everything_but_each_other(void **state)
{
    const uint32_t sector = port_flash()->sector;
    const uint32_t end = port_flash()->size;
    const struct partition_memory own = {.area = {{8 * sector, sector}, {10 * sector, sector}}};
    const struct partition_memory *const all[] = {&own};
    const struct {
        struct partition_area journal;
        struct partition_area first;
        struct partition_area second;
        bool sound;
    } rows[] = {
        {{0, 2 * sector}, {2 * sector, 3 * sector}, {5 * sector, sector}, true},
        {{0, 2 * sector}, {2 * sector, 3 * sector}, {3 * sector, sector}, true},
        {{0, 2 * sector}, {2 * sector, 3 * sector}, {0, 0}, true},
        {{0, 2 * sector}, {sector, 3 * sector}, {0, 0}, false},
        {{0, 2 * sector}, {2 * sector, sector}, {sector, sector}, false},
        {{7 * sector, 2 * sector}, {2 * sector, sector}, {0, 0}, false},
        {{0, 2 * sector}, {7 * sector, 2 * sector}, {0, 0}, false},
        {{0, 2 * sector}, {2 * sector, sector}, {9 * sector, 2 * sector}, false},
        {{0, 2 * sector}, {2 * sector, sector}, {9 * sector, sector}, true},
        {{0, 2 * sector + 16}, {3 * sector, sector}, {0, 0}, false},
        {{0, 2 * sector}, {2 * sector + 16, sector}, {0, 0}, false},
        {{0, 2 * sector}, {end - sector, 2 * sector}, {0, 0}, false},
        {{0, 2 * sector}, {end - sector, sector}, {0, 0}, true},
        {{end, 2 * sector}, {2 * sector, sector}, {0, 0}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct layout_record layout = {
            .count = 2,
            .journal_off = rows[i].journal.off,
            .journal_size = rows[i].journal.len,
            .slot = {{.role = IMAGE_ROLE_MODULE_0 + 7,
                      .download_off = rows[i].first.off,
                      .download_size = rows[i].first.len},
                     {.role = IMAGE_ROLE_UROT,
                      .download_off = rows[i].second.off,
                      .download_size = rows[i].second.len}},
        };
        if (partitions_downloads_are_sound(&layout, all, 1, port_flash()) != rows[i].sound) {
            fail_msg("row %u", (unsigned)i);
        }
    }
}

static void no_two_areas_share_a_sector(void **state)
{
    static const struct partition_area none[2];
    static const struct partition_area base = {2 * SECTOR, 2 * SECTOR};
    static const struct {
        struct partition_area area;
        bool sound;
    } rows[] = {
        {{0, 2 * SECTOR}, true},       {{4 * SECTOR, SECTOR}, true},  {{0, 3 * SECTOR}, false},
        {{3 * SECTOR, SECTOR}, false}, {{2 * SECTOR, 0}, true},       {{3 * SECTOR, 0}, true},
        {{2 * SECTOR, SECTOR}, false}, {{0, FLASH_RAM_BYTES}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct partition_area both[] = {base, rows[i].area};
        const struct partition_area swapped[] = {rows[i].area, base};
        const struct partition_area one[] = {base, {0, 0}};
        const struct partition_area other[] = {{0, 0}, rows[i].area};
        if (areas_are_sound(both, none) != rows[i].sound ||
            areas_are_sound(swapped, none) != rows[i].sound ||
            areas_are_sound(one, other) != rows[i].sound ||
            areas_are_sound(other, one) != rows[i].sound) {
            fail_msg("row %u", (unsigned)i);
        }
    }
}

static void ids_are_positive_and_distinct(void **state)
{
    struct partition rows[] = {{.id = 1}, {.id = 3}, {.id = 2}};
    (void)state;
    assert_true(partitions_ids_are_sound(rows, COUNT_OF(rows)));
    rows[2].id = 1;
    assert_false(partitions_ids_are_sound(rows, COUNT_OF(rows)));
    rows[2].id = 0;
    assert_false(partitions_ids_are_sound(rows, COUNT_OF(rows)));
    rows[2].id = SPM_CLIENT_NON_SECURE;
    assert_false(partitions_ids_are_sound(rows, COUNT_OF(rows)));
}

static void its_is_open_to_the_partition_that_keeps_keys_there(void **state)
{
    const struct partition *crypto = partitions_find_sid(CRYPTO_SID).partition;
    const struct partition_service *its = partitions_find_sid(ITS_SID).service;
    (void)state;
    assert_true(partitions_uses(crypto, ITS_SID));
    assert_int_not_equal(its->callers & SERVICE_FOR_PARTITIONS, 0);
    assert_false(partitions_uses(crypto, UPDATE_SID));
    assert_int_equal(crypto->id, 1); /* the owner of what it stores */
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(versions_and_connections_are_as_the_framework_says),
        TEST(services_are_found_with_their_partition),
        TEST(sound_memory_is_accepted),
        TEST(nothing_is_writable_and_executable),
        TEST(regions_are_readable_aligned_and_forward),
        TEST(the_stack_lies_in_writable_memory),
        TEST(the_stack_is_aligned_and_large_enough),
        TEST(areas_are_whole_sectors_inside_the_flash),
        TEST(no_two_areas_share_a_sector),
        TEST(downloads_are_apart_from_everything_but_each_other),
        TEST(ids_are_positive_and_distinct),
        TEST(its_is_open_to_the_partition_that_keeps_keys_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The partition table: what a client may know of it, and the rules of a partition's memory.
 */
#include "support/test.h"

#include <garrison/spm.h>

#include "services/crypto_protocol.h"
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
    assert_int_equal(spm_connect(NS, CRYPTO_SID, 1), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(spm_connect(NS, 0x1234, 1), PSA_ERROR_CONNECTION_REFUSED);
    assert_int_equal(spm_close(NS, PSA_NULL_HANDLE), PSA_SUCCESS);
    assert_int_equal(spm_close(NS, CRYPTO_HANDLE), PSA_ERROR_PROGRAMMER_ERROR);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

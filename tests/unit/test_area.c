/*
 * A partition's flash: its own areas are open to it, and asking for anything else is its end.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include <garrison/gate.h>
#include <garrison/spm.h>

#include "services/crypto_protocol.h"
#include "services/update_protocol.h"
#include "support/port_fake.h"

#define NS     SPM_CLIENT_NON_SECURE
#define SECTOR 0x2000u

/* "crypto" has two areas with a sector of nobody's between them; the flash has 8 sectors. */
#define FIRST      SECTOR
#define FIRST_LEN  (2 * SECTOR)
#define SECOND     (4 * SECTOR)
#define SECOND_LEN SECTOR
#define OTHER      (5 * SECTOR)

#define NOT_OWN_FLASH  "programmer error: flash is not its own"
#define NOT_OWN_BUFFER "programmer error: buffer is not its own"

static const _Alignas(32) uint8_t constant[64] = {0xC0, 1, 2, 3};
static _Alignas(32) uint8_t sandbox[1024];
static _Alignas(32) uint8_t other_sandbox[1024];

const struct partition_memory partition_memory_crypto = {
    .stack_base = (uintptr_t)sandbox + 256,
    .stack_limit = (uintptr_t)sandbox + 1024,
    .region = {{(uintptr_t)constant, (uintptr_t)constant + 64, PARTITION_READ},
               {(uintptr_t)sandbox, (uintptr_t)sandbox + 1024, PARTITION_READ | PARTITION_WRITE}},
    .area = {{FIRST, FIRST_LEN}, {SECOND, SECOND_LEN}},
};

const struct partition_memory partition_memory_update = {
    .stack_base = (uintptr_t)other_sandbox,
    .stack_limit = (uintptr_t)other_sandbox + 1024,
    .region = {{(uintptr_t)other_sandbox, (uintptr_t)other_sandbox + 1024,
                PARTITION_READ | PARTITION_WRITE}},
};

/** The areas of "update" stand in the layout: a journal, and the download slot of the uROT. */
static const struct layout_record layout = {
    .count = 1,
    .journal_off = OTHER,
    .journal_size = SECTOR,
    .slot = {{.role = IMAGE_ROLE_UROT, .download_off = OTHER + SECTOR, .download_size = SECTOR}},
};

/* The partitions' own code never runs here. */
size_t psa_read(psa_handle_t message, uint32_t index, void *buffer, size_t len)
{
    return spm_read(message, index, buffer, len);
}

void psa_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len)
{
    spm_write(message, index, buffer, len);
}

static uint8_t before[FLASH_RAM_BYTES];

static void begin(psa_handle_t handle)
{
    const struct partition *partition;
    const psa_msg_t *message;
    assert_int_equal(spm_begin(NS, handle, GATE_CONTROL(0, 0, 0), NULL, NULL, &partition, &message),
                     PSA_SUCCESS);
}

static enum port_end ended;

/** The partition was stopped for that reason; a boot later its call is under way again. */
static void expect_stopped(const char *name, const char *reason)
{
    char line[128];
    (void)snprintf(line, sizeof line, "partition %s: %s (restart 1 of 3)", name, reason);
    assert_int_equal(ended, PORT_FAILED);
    assert_string_equal(port_fake.log[0], line);
    port_fake.log_count = 0;
    const enum garrison_status status = spm_init();
    (void)status; /* areas are as these tests want them */
    begin(strcmp(name, "crypto") == 0 ? CRYPTO_HANDLE : UPDATE_HANDLE);
}

static int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    for (uint32_t i = 0; i < FLASH_RAM_BYTES; i++) {
        port_fake.flash.bytes[i] = (uint8_t)(i / SECTOR + 1);
    }
    memcpy(before, port_fake.flash.bytes, sizeof before);
    memset(sandbox, 0, sizeof sandbox);
    port_fake.handoff.layout = layout;
    begin(CRYPTO_HANDLE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)spm_end(PSA_SUCCESS); /* harmless when no call is under way */
    return 0;
}

static void an_area_is_told_by_its_size(void **state)
{
    (void)state;
    assert_int_equal(spm_area_size(0), FIRST_LEN);
    assert_int_equal(spm_area_size(1), SECOND_LEN);
    assert_int_equal(spm_area_size(2), 0);
    assert_int_equal(spm_area_size(UINT32_MAX), 0);
    (void)spm_end(PSA_SUCCESS);
    assert_int_equal(spm_area_size(0), 0);
    begin(UPDATE_HANDLE);
    assert_int_equal(spm_area_size(0), SECTOR);
    assert_int_equal(spm_area_size(1), SECTOR);
    for (uint32_t index = 2; index < 40; index++) {
        assert_int_equal(spm_area_size(index), 0);
    }
    assert_int_equal(spm_area_size(UINT32_MAX), 0);
    port_fake.handoff.layout.count = 0;
    assert_int_equal(spm_area_size(0), 0);
}

static void downloads_have_the_numbers_of_the_journal(void **state)
{
    static const uint32_t roles[] = {
        IMAGE_ROLE_UROT,         IMAGE_ROLE_MANAGER,      IMAGE_ROLE_APPLICATION,
        IMAGE_ROLE_MODULE_0,     IMAGE_ROLE_MODULE_0 + 1, IMAGE_ROLE_MODULE_0 + 2,
        IMAGE_ROLE_MODULE_0 + 3, IMAGE_ROLE_MODULE_0 + 4, IMAGE_ROLE_MODULE_0 + 5,
        IMAGE_ROLE_MODULE_0 + 6, IMAGE_ROLE_MODULE_0 + 7,
    };
    struct layout_record *all = &port_fake.handoff.layout;
    (void)state;
    all->count = COUNT_OF(roles);
    for (uint32_t i = 0; i < COUNT_OF(roles); i++) { /* in another order */
        all->slot[COUNT_OF(roles) - 1 - i] =
            (struct layout_slot){.role = roles[i], .download_size = (i + 1) * SECTOR};
    }
    (void)spm_end(PSA_SUCCESS);
    begin(UPDATE_HANDLE);
    for (uint32_t i = 0; i < COUNT_OF(roles); i++) {
        assert_int_equal(spm_area_size(1 + i), (i + 1) * SECTOR);
    }
    assert_int_equal(spm_area_size(1 + COUNT_OF(roles)), 0);
}

static void one_partition_may_reset_the_chip(void **state)
{
    (void)state;
    PORT_RUN(ended, spm_reset());
    expect_stopped("crypto", "programmer error: it may not reset the chip");
    (void)spm_end(PSA_SUCCESS);
    PORT_RUN(ended, spm_reset());
    assert_int_equal(ended, PORT_PANICKED);
    begin(UPDATE_HANDLE);
    PORT_RUN(ended, spm_reset());
    assert_int_equal(ended, PORT_WAS_RESET);
}

static void an_area_is_used_from_offset_zero(void **state)
{
    (void)state;
    assert_int_equal(spm_area_read(0, 0, sandbox, 4), GARRISON_OK);
    assert_memory_equal(sandbox, "\2\2\2\2", 4);
    assert_int_equal(spm_area_read(1, SECOND_LEN - 4, sandbox, 4), GARRISON_OK);
    assert_memory_equal(sandbox, "\5\5\5\5", 4);
    assert_int_equal(spm_area_erase(0, SECTOR, SECTOR), GARRISON_OK);
    assert_int_equal(spm_area_program(0, FIRST_LEN - 64, constant, 64), GARRISON_OK);
    memset(before + FIRST + SECTOR, 0xFF, SECTOR);
    memcpy(before + FIRST + FIRST_LEN - 64, constant, 64);
    assert_memory_equal(port_fake.flash.bytes, before, sizeof before);
}

static void nothing_is_a_range_everywhere_in_the_area(void **state)
{
    (void)state;
    assert_int_equal(spm_area_read(0, FIRST_LEN, sandbox, 0), GARRISON_OK);
    assert_int_equal(spm_area_program(0, 0, constant, 0), GARRISON_OK);
    assert_int_equal(spm_area_erase(0, FIRST_LEN, 0), GARRISON_OK);
    assert_memory_equal(port_fake.flash.bytes, before, sizeof before);
}

static void a_wrong_alignment_is_the_flash_devices_to_refuse(void **state)
{
    (void)state;
    assert_int_equal(spm_area_program(0, 8, constant, 16), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(spm_area_program(0, 0, constant, 8), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(spm_area_erase(0, 16, SECTOR), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(spm_area_erase(0, 0, 16), GARRISON_ERROR_ARGUMENT);
    assert_memory_equal(port_fake.flash.bytes, before, sizeof before);
}

static void an_error_of_the_flash_is_passed_on(void **state)
{
    (void)state;
    port_fake.flash.bad_from = FIRST + 16;
    port_fake.flash.bad_to = FIRST + 32;
    assert_int_equal(spm_area_read(0, 0, sandbox, 16), GARRISON_OK);
    assert_int_equal(spm_area_read(0, 0, sandbox, 17), GARRISON_ERROR_DEVICE);
}

static enum garrison_status result;

enum operation {
    READ,
    PROGRAM,
    ERASE,
    OPERATIONS,
};

static enum garrison_status operate_on(enum operation operation, uint32_t index, uint32_t off,
                                       uint32_t len)
{
    switch (operation) {
    case READ:
        return spm_area_read(index, off, sandbox, len);
    case PROGRAM:
        return spm_area_program(index, off, constant, len);
    case ERASE:
    case OPERATIONS:
        break;
    }
    return spm_area_erase(index, off, len);
}

static void operate(enum operation operation, uint32_t index, uint32_t off, uint32_t len)
{
    PORT_RUN(ended, result = operate_on(operation, index, off, len));
}

/** Every operation with that range is the end of the partition named, and touches no flash. */
static void expect_end(const char *partition, uint32_t index, uint32_t off, uint32_t len)
{
    for (unsigned operation = 0; operation < OPERATIONS; operation++) {
        operate((enum operation)operation, index, off, len);
        if (ended == PORT_RETURNED) {
            fail_msg("operation %u on %u of area %u came back", operation, off, index);
        }
        expect_stopped(partition, NOT_OWN_FLASH);
    }
    assert_int_equal(port_fake.flash.reads, 0);
    assert_memory_equal(port_fake.flash.bytes, before, sizeof before);
}

static void flash_outside_the_area_is_the_partitions_end(void **state)
{
    static const struct {
        uint32_t index;
        uint32_t off;
        uint32_t len;
    } rows[] = {
        {0, FIRST_LEN, SECTOR},            /* nobody's */
        {0, SECTOR, 2 * SECTOR},           /* half of it */
        {0, FIRST_LEN - 16, 32},           /* the last bytes */
        {0, SECOND - FIRST, SECTOR},       /* its other area */
        {0, OTHER - FIRST, SECTOR},        /* another partition's */
        {0, (uint32_t)0 - FIRST, SECTOR},  /* the first sector of the flash */
        {0, (uint32_t)-16, 32},            /* over the start */
        {0, 0, UINT32_MAX},                /* everything */
        {0, SECTOR, (uint32_t)0 - SECTOR}, /* wraps to its start */
        {0, UINT32_MAX, 1},
        {0, FIRST_LEN + 1, 0},
        {1, SECOND_LEN, SECTOR},
        {1, 0, 2 * SECTOR},
        {2, 0, SECTOR}, /* no such area */
        {2, 0, 0},
        {UINT32_MAX, 0, SECTOR},
        {UINT32_MAX / sizeof(struct partition_area) + 1, 0, SECTOR}, /* an index that wraps */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect_end("crypto", rows[i].index, rows[i].off, rows[i].len);
    }
}

static void the_area_is_the_running_partitions(void **state)
{
    (void)state;
    (void)spm_end(PSA_SUCCESS);
    begin(UPDATE_HANDLE);
    expect_end("update", 0, SECTOR, SECTOR);
    expect_end("update", 1, SECTOR, SECTOR);
    expect_end("update", 2, 0, SECTOR);
    (void)spm_end(PSA_SUCCESS);
    operate(READ, 0, 0, 0);
    assert_int_equal(ended, PORT_PANICKED); /* between calls there is none */
}

static void expect_buffer_refused(enum operation operation, uintptr_t buffer, uint32_t len)
{
    if (operation == READ) {
        PORT_RUN(ended, result = spm_area_read(0, 0, (uint8_t *)buffer, len));
    } else {
        PORT_RUN(ended, result = spm_area_program(0, 0, (const uint8_t *)buffer, len));
    }
    expect_stopped("crypto", NOT_OWN_BUFFER);
}

static void a_buffer_that_is_not_the_partitions_is_its_end(void **state)
{
    static const struct {
        uintptr_t buffer;
        uint32_t len;
        bool may_be_read;
    } rows[] = {
        {(uintptr_t)constant, 64, true},
        {(uintptr_t)constant + 32, 48, false},
        {(uintptr_t)other_sandbox, 16, false},
        {(uintptr_t)sandbox - 1, 16, false},
        {(uintptr_t)sandbox + sizeof sandbox - 16, 32, false},
        {0, 16, false},
        {UINTPTR_MAX - 7, 16, false},
        {(uintptr_t)&port_fake, 16, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect_buffer_refused(READ, rows[i].buffer, rows[i].len);
        if (!rows[i].may_be_read) {
            expect_buffer_refused(PROGRAM, rows[i].buffer, rows[i].len);
        }
    }
    assert_int_equal(port_fake.flash.reads, 0);
    assert_memory_equal(port_fake.flash.bytes, before, sizeof before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_area_is_told_by_its_size),
        TEST(downloads_have_the_numbers_of_the_journal),
        TEST(one_partition_may_reset_the_chip),
        TEST(an_area_is_used_from_offset_zero),
        TEST(nothing_is_a_range_everywhere_in_the_area),
        TEST(a_wrong_alignment_is_the_flash_devices_to_refuse),
        TEST(an_error_of_the_flash_is_passed_on),
        TEST(flash_outside_the_area_is_the_partitions_end),
        TEST(the_area_is_the_running_partitions),
        TEST(a_buffer_that_is_not_the_partitions_is_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

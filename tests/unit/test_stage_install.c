/*
 * A boot stage that installs: rollback counters, sets on trial, the way back, and spoilt images.
 */
#include "support/test.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "boot/counters.h"
#include "boot/decrypt.h"
#include "boot/rescue_frame.h"
#include "stage_fixture.h"
#include "store/journal.h"
#include "store/window.h"
#include "support/wrapped_key.h"

/* Rollback counters. */

static void set_counter(uint32_t component, uint32_t value)
{
    struct boot_counters counters;
    assert_int_equal(counters_load(BOOT_COUNTERS_OFF_HDPL2, &counters), GARRISON_OK);
    counters.counter[component] = value;
    assert_int_equal(counters_store(BOOT_COUNTERS_OFF_HDPL2, &counters), GARRISON_OK);
}

static uint32_t stored_counter(uint32_t component)
{
    struct boot_counters counters;
    assert_int_equal(counters_load(BOOT_COUNTERS_OFF_HDPL2, &counters), GARRISON_OK);
    return counters.counter[component];
}

static void put_application(uint32_t counter)
{
    image_recipe(&application, APPLICATION_ADDR, HEADER, CLIENT_STACK);
    application.owner = 4;
    recipe_add_protected(&application, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    put(&application, APPLICATION_OFF);
}

static void a_boot_raises_the_counters_and_an_older_image_is_stale(void **state)
{
    (void)state;
    put_application(7);
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    assert_int_equal(stored_counter(2), 7);
    assert_int_equal(stored_counter(1), 0);
    const uint32_t writes = port_fake.store_writes;
    hand_over_to_urot();
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    assert_int_equal(port_fake.store_writes, writes); /* nothing new: nothing is worn */
    put_application(6);
    hand_over_to_urot();
    expect_refusal(&urot,
                   "uROT: application refused: authentic, but older than what a counter says",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_STALE);
    assert_int_equal(stored_counter(2), 7);
}

static void damaged_counters_stop_the_stage(void **state)
{
    (void)state;
    set_counter(2, 1);
    port_fake.store[BOOT_COUNTERS_OFF_HDPL2 + 40] ^= 1;
    expect_refusal(&urot, "uROT: boot counters refused: content does not match its digest",
                   IMAGE_ROLE_UROT, GARRISON_ERROR_DIGEST);
}

/** Sound, and of a format that nobody knows yet: what it says of counters is not to be guessed. */
static void counters_of_the_future_stop_the_stage(void **state)
{
    struct boot_counters counters;
    (void)state;
    assert_int_equal(counters_load(BOOT_COUNTERS_OFF_HDPL2, &counters), GARRISON_OK);
    counters.version = BOOT_COUNTERS_VERSION + 1u;
    assert_int_equal(counters_store(BOOT_COUNTERS_OFF_HDPL2, &counters), GARRISON_OK);
    expect_refusal(&urot, "uROT: boot counters refused: not of the expected form", IMAGE_ROLE_UROT,
                   GARRISON_ERROR_FORMAT);
}

/* Installing. */

static struct window journal_area;
static struct journal journal;

static void open_journal(void)
{
    window_init(&journal_area, &port_fake.flash.device, JOURNAL_OFF, 2 * SECTOR);
    assert_int_equal(journal_open(&journal, &journal_area.device), GARRISON_OK);
}

static void sign_and_stage_application(uint32_t counter)
{
    application.owner = 4;
    application.header.version.major = 9;
    recipe_add_protected(&application, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    put(&application, DOWNLOAD_OFF + SECTOR);
    const struct journal_component component = {.state = JOURNAL_STAGED, .size = made.len};
    open_journal();
    assert_int_equal(journal_set(&journal, 2, &component), GARRISON_OK);
}

static void stage_application(uint32_t counter, uint32_t stack)
{
    image_recipe(&application, APPLICATION_ADDR, HEADER, stack);
    sign_and_stage_application(counter);
}

static uint8_t booted_major(void)
{
    hand_over_to_urot();
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    open_journal();
    return handoff_find(&port_fake.handoff, IMAGE_ROLE_APPLICATION)->version.major;
}

static void urot_installs_on_trial_and_brings_the_old_image_back(void **state)
{
    (void)state;
    put_application(3);
    const uint8_t old = application.header.version.major;
    stage_application(8, CLIENT_STACK);
    assert_int_equal(booted_major(), 9);
    assert_int_equal(journal.component[2].state, JOURNAL_TRIAL);
    assert_int_equal(stored_counter(2), 0); /* or the old image could not come back */
    assert_int_equal(port_fake.watchdog_starts, 1);
    assert_int_equal(booted_major(), old);
    assert_int_equal(journal.component[2].state, JOURNAL_FAILED);
    assert_int_equal(port_fake.watchdog_starts, 1); /* for the trial only */
    assert_int_equal(stored_counter(2), 3);
}

static void an_accepted_image_raises_its_counter(void **state)
{
    (void)state;
    put_application(3);
    stage_application(8, CLIENT_STACK);
    assert_int_equal(booted_major(), 9);
    struct journal_component component = journal.component[2];
    component.state = JOURNAL_UPDATED;
    assert_int_equal(journal_set(&journal, 2, &component), GARRISON_OK);
    assert_int_equal(booted_major(), 9);
    assert_int_equal(stored_counter(2), 8);
    assert_int_equal(port_fake.watchdog_starts, 1); /* of the boot before */
}

/** Or, what has to go back being the newest that may start, nothing could. */
static void what_still_has_to_go_back_raises_no_counter(void **state)
{
    (void)state;
    put_application(3);
    const uint8_t old = application.header.version.major;
    stage_application(8, CLIENT_STACK);
    assert_int_equal(booted_major(), 9);
    struct journal_component component = journal.component[2];
    component.state = JOURNAL_REJECTED;
    assert_int_equal(journal_set(&journal, 2, &component), GARRISON_OK);
    port_fake.derive = GARRISON_ERROR_DEVICE; /* the way back cannot be begun */
    port_fake.log_count = 0;
    assert_int_equal(booted_major(), 9);
    assert_int_equal(stored_counter(2), 0);
    port_fake.derive = GARRISON_OK;
    port_fake.log_count = 0;
    assert_int_equal(booted_major(), old);
    assert_int_equal(stored_counter(2), 3);
}

/** A part of a set, say, that is in place already while the rest could not be copied. */
static void an_installation_under_way_raises_no_counter(void **state)
{
    static const enum journal_state states[] = {JOURNAL_STAGED, JOURNAL_UPDATED};
    for (uint32_t i = 0; i < 2; i++) {
        (void)set_up(state);
        put_application(3);
        stage_application(8, CLIENT_STACK);
        assert_int_equal(journal_begin(&journal, JOURNAL_INSTALL, 1u << 2, states[i], 0),
                         GARRISON_OK);
        port_fake.derive = GARRISON_ERROR_DEVICE;
        (void)booted_major();
        assert_int_equal(journal.operation.kind, JOURNAL_INSTALL);
        assert_int_equal(stored_counter(2), 0);
    }
}

static void what_may_not_be_started_is_not_installed(void **state)
{
    (void)state;
    put_application(3);
    const uint8_t old = application.header.version.major;
    stage_application(8, SECURE_STACK);
    assert_int_equal(booted_major(), old);
    assert_int_equal(journal.component[2].state, JOURNAL_FAILED);
    assert_int_equal(journal.component[2].reason, garrison_status_index(GARRISON_ERROR_POLICY));
    assert_string_equal(port_fake.log[1], "uROT: application update given up: not allowed");
}

static void stage_urot(const struct image_recipe *recipe)
{
    put(recipe, UROT_DOWNLOAD_OFF + SECTOR);
    const struct journal_component component = {.state = JOURNAL_STAGED, .size = made.len};
    open_journal();
    assert_int_equal(journal_set(&journal, 0, &component), GARRISON_OK);
}

static void irot_overwrites_the_urot(void **state)
{
    struct image_recipe recipe;
    (void)state;
    image_recipe(&recipe, UROT_ADDR, HEADER, SECURE_STACK);
    recipe.owner = 2;
    recipe.header.version.major = 9;
    stage_urot(&recipe);
    run(&irot);
    assert_int_equal(ended, PORT_LEFT);
    assert_int_equal(handoff_find(&port_fake.handoff, IMAGE_ROLE_UROT)->version.major, 9);
    open_journal();
    assert_int_equal(journal.component[0].state, JOURNAL_UPDATED);
}

/** The private key that wrapped_key.h is encrypted to. */
static void provision_image_key(uint32_t off)
{
    for (uint8_t i = 0; i < IMAGE_KEY_BYTES; i++) {
        port_fake.store[off + i] = (uint8_t)(i + 1u);
    }
}

static void make_encrypted(struct image_recipe *recipe)
{
    recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_256;
    recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped_key_256, sizeof wrapped_key_256);
}

/** Encrypts the body of the image that was put last. */
static void encrypt_body(uint32_t off)
{
    uint8_t secret[IMAGE_KEY_BYTES];
    struct image_header header;
    struct decrypt cipher;
    for (uint8_t i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)(i + 1u);
    }
    memcpy(&header, made.bytes, sizeof header);
    const struct view wrapped = {wrapped_key_256, sizeof wrapped_key_256};
    assert_int_equal(decrypt_open(&cipher, secret, wrapped), GARRISON_OK);
    decrypt_apply(&cipher, 0, port_fake.flash.bytes + off + HEADER, header.body_size);
    decrypt_close(&cipher);
}

static void urot_opens_images_with_the_key_of_its_level(void **state)
{
    (void)state;
    put_application(3);
    const uint8_t old = application.header.version.major;
    for (uint32_t i = 0; i < 2; i++) {
        provision_image_key(i == 0 ? IMAGE_KEY_OFF_HDPL1 : IMAGE_KEY_OFF_HDPL2);
        image_recipe(&application, APPLICATION_ADDR, HEADER, CLIENT_STACK);
        make_encrypted(&application);
        sign_and_stage_application(8);
        encrypt_body(DOWNLOAD_OFF + SECTOR);
        port_fake.log_count = 0;
        assert_int_equal(booted_major(), i == 0 ? old : 9);
        assert_int_equal(journal.component[2].state, i == 0 ? JOURNAL_FAILED : JOURNAL_TRIAL);
    }
}

static void what_is_encrypted_to_no_key_that_is_there_is_not_installed(void **state)
{
    struct image_recipe recipe;
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        image_recipe(&recipe, UROT_ADDR, HEADER, SECURE_STACK);
        recipe.owner = 2;
        recipe.header.version.major = 9;
        make_encrypted(&recipe);
        stage_urot(&recipe);
        encrypt_body(UROT_DOWNLOAD_OFF + SECTOR);
        if (i > 0) {
            provision_image_key(IMAGE_KEY_OFF_HDPL1);
            port_fake.store[IMAGE_KEY_OFF_HDPL1] ^= i == 1 ? 1 : 0;
        }
        port_fake.log_count = 0;
        run(&irot);
        assert_int_equal(ended, PORT_LEFT);
        open_journal();
        if (i == 2) {
            assert_int_equal(journal.component[0].state, JOURNAL_UPDATED);
            continue;
        }
        assert_int_equal(journal.component[0].state, JOURNAL_FAILED);
        assert_int_equal(journal.component[0].reason,
                         garrison_status_index(GARRISON_ERROR_DECRYPT));
        assert_string_equal(port_fake.log[1], "iROT: uROT update given up: encrypted, and not to a "
                                              "key of this device");
    }
}

static void a_spoilt_image_is_replaced_by_the_staged_one(void **state)
{
    (void)state;
    put_application(3);
    image_recipe(&application, APPLICATION_ADDR, HEADER, CLIENT_STACK);
    application.owner = 4;
    application.header.version.major = 9;
    uint32_t counter = 3;
    recipe_add_protected(&application, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    put(&application, DOWNLOAD_OFF + SECTOR);
    port_fake.flash.bytes[APPLICATION_OFF + HEADER + 9] ^= 0x10;
    assert_int_equal(booted_major(), 9);
    assert_string_equal(port_fake.log[1],
                        "uROT: replaced by its other copy: content does not match its digest");
}

static void without_a_device_key_nothing_is_installed_and_the_chain_goes_on(void **state)
{
    (void)state;
    put_application(3);
    const uint8_t old = application.header.version.major;
    stage_application(8, CLIENT_STACK);
    port_fake.derive = GARRISON_ERROR_DEVICE;
    assert_int_equal(booted_major(), old);
    assert_string_equal(port_fake.log[1], "uROT: installation not finished: the device failed");
    assert_int_equal(journal.component[2].state, JOURNAL_STAGED);
}

/** A sector of a format that nobody knows yet: its header is sound, and its version the next one. */
static void write_later_journal(void)
{
    const uint32_t sequence = 7;
    uint8_t header[16] = {0};
    bytes_store_le32(header, 0x4C4A4147);
    bytes_store_le32(header + 4, 2);
    bytes_store_le32(header + 8, sequence);
    bytes_store_le32(header + 12, sequence); /* the CRC takes it in twice */
    bytes_store_le32(header + 12, crc32_of(header, 16));
    memcpy(port_fake.flash.bytes + JOURNAL_OFF + SECTOR, header, sizeof header);
}

static void a_journal_of_the_future_installs_nothing(void **state)
{
    (void)state;
    put_application(3);
    stage_application(8, CLIENT_STACK);
    write_later_journal();
    hand_over_to_urot();
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    assert_string_equal(port_fake.log[1],
                        "uROT: update journal not read: not supported by this version");
    assert_int_equal(stored_counter(2), 0); /* whether it is on trial is not known */
}

/* Rescue: unit/rescue has the protocol. */

static void a_stage_with_a_line_waits_and_one_without_gives_up(void **state)
{
    static uint8_t line[RESCUE_FRAME_BYTES];
    const struct rescue_frame reset = {.type = RESCUE_RESET};
    (void)state;
    memset(port_fake.flash.bytes + APPLICATION_OFF, 0xFF, SECTOR);
    expect_refusal(&urot, "uROT: application refused: nothing is stored there: header",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_BLANK);
    port_fake.has_line = true;
    port_fake.log_count = 0;
    hand_over_to_urot();
    run(&urot);
    assert_int_equal(ended, PORT_WAITED);
    assert_int_equal(port_fake.log_count, 3);
    assert_string_equal(port_fake.log[1],
                        "uROT: application refused: nothing is stored there: header");
    assert_string_equal(port_fake.log[2], "uROT: waiting for rescue: application");
    assert_int_equal(port_fake.verdict, IMAGE_ROLE_UROT << 24 | IMAGE_ROLE_APPLICATION << 16 |
                                            garrison_status_index(GARRISON_ERROR_BLANK));
    port_fake.line = line;
    port_fake.line_len = rescue_encode(&reset, line);
    hand_over_to_urot();
    run(&urot);
    assert_int_equal(ended, PORT_WAS_RESET);
    /* A slot that cannot be updated cannot be rescued. */
    layout.slot[3].flags = 0;
    put_application(3);
    hand_over_to_urot();
    expect_refusal(&urot, "uROT: module 2 refused: nothing is stored there: header",
                   IMAGE_ROLE_MODULE_0 + 2, GARRISON_ERROR_BLANK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_boot_raises_the_counters_and_an_older_image_is_stale),
        TEST(damaged_counters_stop_the_stage),
        TEST(counters_of_the_future_stop_the_stage),
        TEST(urot_installs_on_trial_and_brings_the_old_image_back),
        TEST(an_accepted_image_raises_its_counter),
        TEST(what_still_has_to_go_back_raises_no_counter),
        TEST(an_installation_under_way_raises_no_counter),
        TEST(what_may_not_be_started_is_not_installed),
        TEST_IROT(irot_overwrites_the_urot),
        TEST(urot_opens_images_with_the_key_of_its_level),
        TEST_IROT(what_is_encrypted_to_no_key_that_is_there_is_not_installed),
        TEST(a_spoilt_image_is_replaced_by_the_staged_one),
        TEST(without_a_device_key_nothing_is_installed_and_the_chain_goes_on),
        TEST(a_journal_of_the_future_installs_nothing),
        TEST(a_stage_with_a_line_waits_and_one_without_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

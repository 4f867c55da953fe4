/*
 * The sequence of a boot stage, and what it says when it refuses.
 */
#include "support/test.h"

#include <string.h>

#include "boot/sha256.h"
#include "stage_fixture.h"

static void urot_starts_the_manager(void **state)
{
    (void)state;
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    assert_int_equal(port_fake.vectors, MANAGER_ADDR + HEADER);
    assert_int_equal(port_fake.verdict, 0);
    assert_int_equal(port_fake.log_count, 1);
    assert_string_equal(port_fake.log[0], "uROT 0.1.0");
}

static void urot_hands_over_what_it_verified(void **state)
{
    uint32_t counter = 9;
    uint8_t point[64];
    uint8_t digest[32];
    (void)state;
    recipe_add_protected(&application, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    put(&application, APPLICATION_OFF);
    run(&urot);
    assert_int_equal(handoff_check(&port_fake.handoff), GARRISON_OK);
    const struct handoff_entry *entry = handoff_find(&port_fake.handoff, IMAGE_ROLE_APPLICATION);
    assert_non_null(entry);
    assert_int_equal(entry->addr, APPLICATION_ADDR + HEADER);
    assert_int_equal(entry->size, application.body_len);
    assert_int_equal(entry->counter, 9);
    assert_int_equal(entry->version.minor, 2);
    assert_int_equal(sha256_of((struct view){made.bytes, made.signed_len}, digest), GARRISON_OK);
    assert_memory_equal(entry->measurement, digest, sizeof digest);
    test_public_key(4, point);
    assert_int_equal(sha256_of((struct view){point, sizeof point}, digest), GARRISON_OK);
    assert_memory_equal(entry->signer, digest, sizeof digest);
    assert_int_equal(port_fake.handoff.count, 4);
}

static void irot_starts_the_record_with_its_own_measurement(void **state)
{
    uint8_t digest[32];
    uint8_t none[32] = {0};
    (void)state;
    memset(&port_fake.handoff, 0x5A, sizeof port_fake.handoff); /* whatever RAM holds */
    memset(port_fake.flash.bytes, 0x77, 100);
    run(&irot);
    assert_int_equal(ended, PORT_LEFT);
    assert_int_equal(port_fake.vectors, UROT_ADDR + HEADER);
    assert_int_equal(handoff_check(&port_fake.handoff), GARRISON_OK);
    assert_int_equal(port_fake.handoff.count, 2);
    assert_int_equal(port_fake.handoff.reset_cause, PORT_RESET_PIN);
    const struct handoff_entry *entry = &port_fake.handoff.entry[0];
    assert_int_equal(entry->role, IMAGE_ROLE_IROT);
    assert_int_equal(entry->addr, 0x0C000000);
    assert_int_equal(sha256_of((struct view){port_fake.flash.bytes, 0x1000}, digest), GARRISON_OK);
    assert_memory_equal(entry->measurement, digest, sizeof digest);
    assert_memory_equal(entry->signer, none, sizeof none);
}

static void irot_hands_layout_and_keys_on(void **state)
{
    (void)state;
    run(&irot);
    assert_int_equal(ended, PORT_LEFT);
    assert_memory_equal(&port_fake.handoff.layout, &layout, sizeof layout);
    assert_memory_equal(&port_fake.handoff.keys, &keys, sizeof keys);
    assert_ptr_equal(port_fake.isolation_layout, &port_fake.handoff.layout);
}

/** Nothing is verified behind it. */
static void urot_takes_the_keys_away(void **state)
{
    static const struct key_record none;
    (void)state;
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    assert_int_equal(handoff_check(&port_fake.handoff), GARRISON_OK);
    assert_memory_equal(&port_fake.handoff.layout, &layout, sizeof layout);
    assert_memory_equal(&port_fake.handoff.keys, &none, sizeof none);
    assert_ptr_equal(port_fake.isolation_layout, &port_fake.handoff.layout);
}

static void irot_refuses_a_layout_that_is_not_sound(void **state)
{
    (void)state;
    port_fake.store[LAYOUT_RECORD_OFF + 50] ^= 1;
    expect_refusal(&irot, "iROT: layout record refused: content does not match its digest",
                   IMAGE_ROLE_IROT, GARRISON_ERROR_DIGEST);
    memset(port_fake.store + LAYOUT_RECORD_OFF, 0xFF, sizeof layout);
    expect_refusal(&irot, "iROT: layout record refused: nothing is stored there", IMAGE_ROLE_IROT,
                   GARRISON_ERROR_BLANK);
    layout.slot[3].off = MANAGER_OFF;
    provision();
    expect_refusal(&irot, "iROT: layout record refused: not allowed: rule 18 by module 2",
                   IMAGE_ROLE_IROT, GARRISON_ERROR_POLICY);
    port_fake.store_refused = true;
    expect_refusal(&irot, "iROT: layout record refused: the device failed", IMAGE_ROLE_IROT,
                   GARRISON_ERROR_DEVICE);
}

static void irot_refuses_a_damaged_key_record(void **state)
{
    (void)state;
    port_fake.store[KEY_RECORD_OFF + 60] ^= 1;
    expect_refusal(&irot, "iROT: key record refused: content does not match its digest",
                   IMAGE_ROLE_IROT, GARRISON_ERROR_DIGEST);
}

static void urot_looks_again_at_the_layout_it_was_handed(void **state)
{
    (void)state;
    layout.slot[2].off += SECTOR;
    hand_over_to_urot();
    expect_refusal(&urot, "uROT: layout record refused: not allowed: rule 19 by manager",
                   IMAGE_ROLE_UROT, GARRISON_ERROR_POLICY);
}

static void a_stage_whose_isolation_fails_refuses(void **state)
{
    (void)state;
    port_fake.isolation_apply = GARRISON_ERROR_MISMATCH;
    expect_refusal(&urot, "uROT: isolation refused: read back differently than written",
                   IMAGE_ROLE_UROT, GARRISON_ERROR_MISMATCH);
}

/* Modules. */

static void put_module(uint8_t owner)
{
    struct image_recipe recipe;
    image_recipe(&recipe, MODULE_ADDR, HEADER, 0); /* no stack: it has no vector table */
    recipe.owner = owner;
    put(&recipe, MODULE_OFF);
}

static void urot_verifies_a_module_and_does_not_start_it(void **state)
{
    (void)state;
    put_module(5);
    run(&urot);
    assert_int_equal(ended, PORT_LEFT);
    const struct handoff_entry *entry = handoff_find(&port_fake.handoff, IMAGE_ROLE_MODULE_0 + 2);
    assert_non_null(entry);
    assert_int_equal(entry->addr, MODULE_ADDR + HEADER);
    assert_int_equal(port_fake.vectors, MANAGER_ADDR + HEADER);
}

static void urot_refuses_a_module_of_another_owner(void **state)
{
    (void)state;
    put_module(4);
    expect_refusal(&urot, "uROT: module 2 refused: signature is not by the expected owner",
                   IMAGE_ROLE_MODULE_0 + 2, GARRISON_ERROR_SIGNATURE);
}

static void only_an_optional_slot_may_be_empty(void **state)
{
    (void)state;
    layout.slot[3].flags = 0;
    hand_over_to_urot();
    expect_refusal(&urot, "uROT: module 2 refused: nothing is stored there: header",
                   IMAGE_ROLE_MODULE_0 + 2, GARRISON_ERROR_BLANK);
}

static void urot_refuses_another_owners_image(void **state)
{
    (void)state;
    manager.owner = 4;
    put(&manager, MANAGER_OFF);
    expect_refusal(&urot, "uROT: manager refused: signature is not by the expected owner",
                   IMAGE_ROLE_MANAGER, GARRISON_ERROR_SIGNATURE);
    manager.owner = 3;
    put(&manager, MANAGER_OFF);
    application.owner = 3;
    put(&application, APPLICATION_OFF);
    hand_over_to_urot();
    expect_refusal(&urot, "uROT: application refused: signature is not by the expected owner",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_SIGNATURE);
}

static void urot_refuses_an_altered_body(void **state)
{
    (void)state;
    port_fake.flash.bytes[APPLICATION_OFF + HEADER + 9] ^= 0x10;
    expect_refusal(&urot, "uROT: application refused: content does not match its digest",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_DIGEST);
}

static void urot_refuses_an_empty_slot(void **state)
{
    (void)state;
    memset(port_fake.flash.bytes + APPLICATION_OFF, 0xFF, SECTOR);
    expect_refusal(&urot, "uROT: application refused: nothing is stored there: header",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_BLANK);
}

static void urot_refuses_a_truncated_image(void **state)
{
    (void)state;
    memset(port_fake.flash.bytes + APPLICATION_OFF + made.signed_len, 0xFF, made.len);
    expect_refusal(&urot, "uROT: application refused: not of the expected form: unprotected TLVs",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_FORMAT);
}

static void urot_refuses_without_the_owners_key(void **state)
{
    static const uint32_t roles[] = {IMAGE_ROLE_MANAGER};
    static const uint8_t owners[] = {3};
    (void)state;
    test_key_record(&keys, roles, owners, 1);
    hand_over_to_urot();
    expect_refusal(&urot, "uROT: application refused: the owner's key is absent or not valid",
                   IMAGE_ROLE_APPLICATION, GARRISON_ERROR_KEY);
}

static void urot_refuses_keys_that_were_changed_on_the_way(void **state)
{
    (void)state;
    port_fake.handoff.keys.key[0].point[0] ^= 1;
    assert_int_equal(handoff_seal(&port_fake.handoff), GARRISON_OK);
    expect_refusal(&urot, "uROT: key record refused: content does not match its digest",
                   IMAGE_ROLE_UROT, GARRISON_ERROR_DIGEST);
}

static void urot_refuses_a_damaged_record_or_one_without_itself(void **state)
{
    (void)state;
    port_fake.handoff.entry[0].addr ^= 1;
    expect_refusal(&urot, "uROT: hand-over record refused: content does not match its digest",
                   IMAGE_ROLE_UROT, GARRISON_ERROR_DIGEST);
    port_fake.handoff.entry[0].addr ^= 1;
    port_fake.handoff.count = 1;
    assert_int_equal(handoff_seal(&port_fake.handoff), GARRISON_OK);
    expect_refusal(&urot, "uROT: hand-over record refused: not allowed", IMAGE_ROLE_UROT,
                   GARRISON_ERROR_POLICY);
}

static void a_stage_runs_at_its_own_level_only(void **state)
{
    (void)state;
    for (unsigned hdpl = 0; hdpl <= 3; hdpl++) {
        if (hdpl != 2) {
            port_fake.hdpl = hdpl;
            expect_refusal(&urot, "uROT: isolation level refused: not allowed", IMAGE_ROLE_UROT,
                           GARRISON_ERROR_POLICY);
        }
    }
}

static void urot_starts_nothing_that_it_did_not_verify(void **state)
{
    struct boot_stage wrong = urot;
    (void)state;
    wrong.next = IMAGE_ROLE_MODULE_0;
    expect_refusal(&wrong, "uROT: next image refused: not allowed", IMAGE_ROLE_MODULE_0,
                   GARRISON_ERROR_POLICY);
}

/* Policy: correctly signed images that stand in the wrong place. */

static void expect_application(bool accepted)
{
    put(&application, APPLICATION_OFF);
    hand_over_to_urot();
    if (accepted) {
        run(&urot);
        assert_int_equal(ended, PORT_LEFT);
    } else {
        expect_refusal(&urot, "uROT: application refused: not allowed", IMAGE_ROLE_APPLICATION,
                       GARRISON_ERROR_POLICY);
    }
}

static void set_vectors(uint32_t stack, uint32_t entry)
{
    uint32_t words[2] = {stack, entry};
    memcpy(application.body, words, sizeof words);
}

static void policy_wants_the_slots_address(void **state)
{
    (void)state;
    application.header.load_addr = APPLICATION_ADDR + 0x2000;
    expect_application(false);
    application.header.load_addr = 0;
    expect_application(false);
    application.header.flags = 0;
    expect_application(true);
    application.header.load_addr = APPLICATION_ADDR; /* meaningless without ROM_FIXED */
    expect_application(false);
}

static void policy_wants_the_header_size(void **state)
{
    (void)state;
    application.header.header_size = 0x800;
    set_vectors(CLIENT_STACK, APPLICATION_ADDR + 0x809);
    expect_application(false);
    application.header.header_size = 0x200;
    set_vectors(CLIENT_STACK, APPLICATION_ADDR + 0x209);
    expect_application(false);
}

static void policy_wants_an_aligned_vector_table(void **state)
{
    struct boot_stage stage = urot;
    (void)state;
    stage.vectors_align = 0x800;
    expect_refusal(&stage, "uROT: manager refused: not allowed", IMAGE_ROLE_MANAGER,
                   GARRISON_ERROR_POLICY);
}

static void policy_wants_the_stack_in_its_ram(void **state)
{
    static const struct {
        uint32_t stack;
        bool accepted;
    } rows[] = {
        {0x20000000, false}, /* nothing below it */
        {0x20000008, true},  {0x2003FFFC, false}, {0x20040000, true},  {0x20040008, false},
        {0x20050000, false}, {0x20050008, true},  {0x200A0000, true},  {0x200A0008, false},
        {0x30040800, false}, {0, false},          {0xFFFFFFF8, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_vectors(rows[i].stack, APPLICATION_ADDR + HEADER + 9);
        expect_application(rows[i].accepted);
    }
}

static void policy_wants_the_entry_in_the_body(void **state)
{
    static const uint32_t body = APPLICATION_ADDR + HEADER;
    const struct {
        uint32_t entry;
        bool accepted;
    } rows[] = {
        {body + 1, true},
        {body + 8, false}, /* not Thumb */
        {body + 39, true},
        {body + 41, false},
        {body - 1, false},
        {0x0C000001, false},
        {0xFFFFFFFF, false},
        {0, false},
        {APPLICATION_ADDR + 1, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_vectors(CLIENT_STACK, rows[i].entry);
        expect_application(rows[i].accepted);
    }
}

static void policy_wants_a_body_with_vectors(void **state)
{
    (void)state;
    application.body_len = 7;
    expect_application(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(urot_starts_the_manager),
        TEST(urot_hands_over_what_it_verified),
        TEST_IROT(irot_starts_the_record_with_its_own_measurement),
        TEST_IROT(irot_hands_layout_and_keys_on),
        TEST(urot_takes_the_keys_away),
        TEST_IROT(irot_refuses_a_layout_that_is_not_sound),
        TEST_IROT(irot_refuses_a_damaged_key_record),
        TEST(urot_looks_again_at_the_layout_it_was_handed),
        TEST(a_stage_whose_isolation_fails_refuses),
        TEST(urot_verifies_a_module_and_does_not_start_it),
        TEST(urot_refuses_a_module_of_another_owner),
        TEST(only_an_optional_slot_may_be_empty),
        TEST(urot_refuses_another_owners_image),
        TEST(urot_refuses_an_altered_body),
        TEST(urot_refuses_an_empty_slot),
        TEST(urot_refuses_a_truncated_image),
        TEST(urot_refuses_without_the_owners_key),
        TEST(urot_refuses_keys_that_were_changed_on_the_way),
        TEST(urot_refuses_a_damaged_record_or_one_without_itself),
        TEST(a_stage_runs_at_its_own_level_only),
        TEST(urot_starts_nothing_that_it_did_not_verify),
        TEST(policy_wants_the_slots_address),
        TEST(policy_wants_the_header_size),
        TEST(policy_wants_an_aligned_vector_table),
        TEST(policy_wants_the_stack_in_its_ram),
        TEST(policy_wants_the_entry_in_the_body),
        TEST(policy_wants_a_body_with_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

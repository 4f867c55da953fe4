/*
 * The chain refuses whatever is not exactly what its owners signed, run natively so that every
 * byte of every image can be tried.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>

#include "../../port/stm32h573/layout_data.h"
#include "support/chain_native.h"

static int open_chain(void **state)
{
    static struct chain chain;
    chain_open(&chain);
    *state = &chain;
    return 0;
}

static int close_chain(void **state)
{
    chain_close(*state);
    return 0;
}

static void restore(struct chain *chain)
{
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        image_recipe(&chain->recipe[i], chain_addr(i), 0x400,
                     i == CHAIN_APPLICATION ? 0x20040000 : 0x30050000);
        chain->recipe[i].owner = chain_owner[i];
        image_make(&chain->recipe[i], &chain->image[i]);
        chain_write_image(chain, (enum chain_image)i);
    }
}

/** Boots and expects the verifier of `which` to refuse it in words, and nothing behind to run. */
static void expect_refused(struct chain *chain, enum chain_image which, const char *what)
{
    struct host_ending ending;
    char line[128];
    chain_boot(chain, &ending);
    (void)snprintf(line, sizeof line, "%s: %s refused: ", chain_verifier(which), chain_name(which));
    if (ending.end != HOST_END_PANIC || strncmp(ending.reason, line, strlen(line)) != 0 ||
        strlen(ending.reason) <= strlen(line) || strstr(chain->log, line) == NULL) {
        fail_msg("%s: end %d, reason '%s', log:\n%s", what, (int)ending.end, ending.reason,
                 chain->log);
    }
    struct sim_state after;
    sim_state_get(host_chip, &after);
    assert_int_not_equal(after.backup[31], 0); /* the boot verdict, for tools */
}

static void expect_booted(struct chain *chain)
{
    struct host_ending ending;
    chain_boot(chain, &ending);
    if (ending.end != HOST_END_LEFT) {
        fail_msg("refused: %s", ending.reason);
    }
}

static void right_images_boot_and_are_handed_over(void **state)
{
    expect_booted(*state);
    const struct handoff *record = port_handoff();
    assert_true(handoff_check(record) == GARRISON_OK);
    assert_int_equal(record->count, 4);
    const struct handoff_entry *entry = handoff_find(record, IMAGE_ROLE_APPLICATION);
    assert_non_null(entry);
    assert_int_equal(entry->addr, 0x0803E400);
    assert_int_equal(entry->version.major, 1);
}

static void a_flipped_byte_anywhere_never_runs(void **state)
{
    struct chain *chain = *state;
    restore(chain);
    unsigned tried = 0;
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        for (uint32_t off = 0; off < chain->image[i].len; off++) {
            char what[64];
            const uint8_t mask = (uint8_t)(1u << (off % 8u));
            (void)snprintf(what, sizeof what, "%s byte %u mask %02x", chain_name(i), off, mask);
            chain_xor(chain_addr(i) + off, mask);
            expect_refused(chain, (enum chain_image)i, what);
            chain_xor(chain_addr(i) + off, mask);
            tried++;
        }
    }
    expect_booted(chain);
    print_message("%u bytes flipped\n", tried);
}

/** Everything behind a cut reads as erased, as after a download that was cut short. */
static void a_truncated_image_never_runs(void **state)
{
    struct chain *chain = *state;
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        restore(chain);
        for (uint32_t len = chain->image[i].len; len-- > 0;) {
            char what[64];
            uint8_t byte = 0;
            struct sim_error error;
            (void)snprintf(what, sizeof what, "%s cut to %u bytes", chain_name(i), len);
            assert_int_equal(sim_peek(host_chip, chain_addr(i) + len, &byte, 1, &error), SIM_OK);
            const uint8_t mask = (uint8_t)(byte ^ 0xFF);
            chain_xor(chain_addr(i) + len, mask);
            if (mask != 0 && (len % 16u == 0 || len < 64)) {
                expect_refused(chain, (enum chain_image)i, what);
            }
        }
    }
    restore(chain);
    expect_booted(chain);
}

static void an_image_of_another_owner_never_runs(void **state)
{
    struct chain *chain = *state;
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        for (uint8_t owner = 1; owner <= 5; owner++) {
            if (owner == chain_owner[i]) {
                continue;
            }
            restore(chain);
            chain->recipe[i].owner = owner;
            image_make(&chain->recipe[i], &chain->image[i]);
            chain_write_image(chain, (enum chain_image)i);
            expect_refused(chain, (enum chain_image)i, "another owner's image");
        }
    }
    restore(chain);
    expect_booted(chain);
}

/** Its own owner's right image, but in somebody else's slot. */
static void an_image_in_another_slot_never_runs(void **state)
{
    struct chain *chain = *state;
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        for (unsigned from = 0; from < CHAIN_IMAGES; from++) {
            if (from == i) {
                continue;
            }
            restore(chain);
            chain->image[i] = chain->image[from];
            chain_write_image(chain, (enum chain_image)i);
            expect_refused(chain, (enum chain_image)i, "another slot's image");
        }
    }
    restore(chain);
    expect_booted(chain);
}

static void a_blank_slot_is_refused(void **state)
{
    struct chain *chain = *state;
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        restore(chain);
        memset(chain->image[i].bytes, 0xFF, chain->image[i].len);
        chain_write_image(chain, (enum chain_image)i);
        expect_refused(chain, (enum chain_image)i, "blank");
    }
    restore(chain);
    expect_booted(chain);
}

/** Boots and expects the iROT to give up in these words. */
static void expect_stopped(struct chain *chain, const char *line)
{
    struct host_ending ending;
    chain_boot(chain, &ending);
    if (ending.end != HOST_END_PANIC || strncmp(ending.reason, line, strlen(line)) != 0) {
        fail_msg("no '%s': end %d '%s'", line, (int)ending.end, ending.reason);
    }
}

/** Without its owner's key nothing can be verified, so nothing runs. */
static void damaged_keys_stop_the_chain(void **state)
{
    struct chain *chain = *state;
    restore(chain);
    for (uint32_t off = 0; off < 816; off += 5) {
        chain_xor(CHAIN_KEYS + off, 0x10);
        expect_stopped(chain, "iROT: key record refused: content does not match its digest");
        chain_xor(CHAIN_KEYS + off, 0x10);
    }
    expect_booted(chain);
}

static void a_damaged_layout_stops_the_chain(void **state)
{
    struct chain *chain = *state;
    restore(chain);
    for (uint32_t off = 0; off < 320; off++) {
        chain_xor(CHAIN_LAYOUT + off, 0x10);
        expect_stopped(chain, "iROT: layout record refused: content does not match its digest");
        chain_xor(CHAIN_LAYOUT + off, 0x10);
    }
    expect_booted(chain);
}

static void fill_layout(uint8_t value)
{
    struct sim_error error;
    uint8_t bytes[320];
    memset(bytes, value, sizeof bytes);
    assert_int_equal(sim_poke(host_chip, CHAIN_LAYOUT, bytes, sizeof bytes, &error), SIM_OK);
}

static void a_blank_layout_stops_the_chain(void **state)
{
    struct chain *chain = *state;
    restore(chain);
    fill_layout(0xFF);
    expect_stopped(chain, "iROT: layout record refused: nothing is stored there");
    fill_layout(0);
    expect_stopped(chain, "iROT: layout record refused: nothing is stored there");
    chain_write_layout(&chain_layout);
    expect_booted(chain);
}

/** Sealed as it should be, but it breaks a rule. */
static void a_wrong_layout_stops_the_chain(void **state)
{
    struct chain *chain = *state;
    struct layout_record layout = chain_layout;
    restore(chain);
    layout.version++;
    chain_write_layout(&layout);
    expect_stopped(chain, "iROT: layout record refused: not of the expected form: rule 2");
    layout = chain_layout;
    layout.slot[1].flags = 4;
    chain_write_layout(&layout);
    expect_stopped(chain, "iROT: layout record refused: not supported by this version: rule 6 by "
                          "manager");
    layout = chain_layout;
    layout.slot[2].off -= 0x2000;
    chain_write_layout(&layout);
    expect_stopped(chain, "iROT: layout record refused: not allowed: rule 18 by application");
    layout = chain_layout;
    layout.slot[0].off += 0x2000;
    layout.slot[0].size -= 0x2000;
    chain_write_layout(&layout);
    expect_stopped(chain, "iROT: layout record refused: not allowed: rule 10 by uROT");
    chain_write_layout(&chain_layout);
    expect_booted(chain);
}

/** A sound layout that puts an image elsewhere than it was made for starts nothing. */
static void a_layout_that_moves_an_image_stops_the_chain(void **state)
{
    struct chain *chain = *state;
    struct layout_record layout = chain_layout;
    restore(chain);
    layout.slot[1].off += 0x2000;
    layout.slot[1].size -= 0x2000;
    chain_write_layout(&layout);
    expect_stopped(chain, "uROT: manager refused: nothing is stored there: header");
    struct sim_error error;
    assert_int_equal(sim_poke(host_chip, 0x0C016000, chain->image[CHAIN_MANAGER].bytes,
                              chain->image[CHAIN_MANAGER].len, &error),
                     SIM_OK);
    expect_stopped(chain, "uROT: manager refused: not allowed");
    chain_write_layout(&chain_layout);
    expect_booted(chain);
}

/** What is left for the manager: the layout, and no key. */
static void the_layout_is_handed_on_and_the_keys_are_not(void **state)
{
    struct layout_record sealed = chain_layout;
    static const struct key_record none;
    restore(*state);
    expect_booted(*state);
    test_layout_seal(&sealed);
    assert_memory_equal(&port_handoff()->layout, &sealed, sizeof sealed);
    assert_memory_equal(&port_handoff()->keys, &none, sizeof none);
    assert_int_equal(layout_default.count, chain_layout.count);
    assert_memory_equal(&layout_default.magic, &chain_layout.magic,
                        sizeof chain_layout - sizeof chain_layout.digest);
}

static void a_good_boot_clears_the_verdict_of_a_bad_one(void **state)
{
    struct chain *chain = *state;
    restore(chain);
    chain_xor(chain_addr(CHAIN_MANAGER) + 0x410, 1);
    expect_refused(chain, CHAIN_MANAGER, "flipped");
    chain_xor(chain_addr(CHAIN_MANAGER) + 0x410, 1);
    expect_booted(chain);
    struct sim_state after;
    sim_state_get(host_chip, &after);
    assert_int_equal(after.backup[31], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_images_boot_and_are_handed_over),
        cmocka_unit_test(a_flipped_byte_anywhere_never_runs),
        cmocka_unit_test(a_truncated_image_never_runs),
        cmocka_unit_test(an_image_of_another_owner_never_runs),
        cmocka_unit_test(an_image_in_another_slot_never_runs),
        cmocka_unit_test(a_blank_slot_is_refused),
        cmocka_unit_test(damaged_keys_stop_the_chain),
        cmocka_unit_test(a_damaged_layout_stops_the_chain),
        cmocka_unit_test(a_blank_layout_stops_the_chain),
        cmocka_unit_test(a_wrong_layout_stops_the_chain),
        cmocka_unit_test(a_layout_that_moves_an_image_stops_the_chain),
        cmocka_unit_test(the_layout_is_handed_on_and_the_keys_are_not),
        cmocka_unit_test(a_good_boot_clears_the_verdict_of_a_bad_one),
    };
    return cmocka_run_group_tests(tests, open_chain, close_chain);
}

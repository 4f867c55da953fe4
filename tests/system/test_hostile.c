/*
 * A hostile application and a hostile module against the real manager: each attack of
 * firmware/hostile_list.h ends as its row says, and then as its end demands: somebody is served
 * again, and nothing that only the Secure side has is in a register or in memory that the application
 * can read. The table of attacks is printed.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "hostile_lab.h"

#define ATTACKS_MIN 60u
#define ENDED_BY    "partition hostile: " /* in the manager's log, before the words of an end */

#define COMMUNICATION_FAILURE (-145)

enum end { REFUSED, FUTILE, ENDED, STOPPED, WATCHED };

struct attack {
    const char *name;
    const char *what;
    enum end end;
    int32_t value;     /**< Status or value of the call that attacks, where it comes back. */
    const char *words; /**< In the manager's log, where it ends somebody. */
};

#define ARGUMENT_REFUSED(argument) .value = (argument)
#define ARGUMENT_FUTILE(argument)  .value = (argument)
#define ARGUMENT_ENDED(argument)   .value = COMMUNICATION_FAILURE, .words = (ENDED_BY argument)
#define ARGUMENT_STOPPED(argument) .words = (argument)
#define ARGUMENT_WATCHED(argument) .value = (argument)
#define ATTACK(function, what_, end_, argument)                                                    \
    {.name = #function, .what = (what_), .end = (end_), ARGUMENT_##end_(argument)},

static const struct attack application_attacks[] = {HOSTILE_APPLICATION_ATTACKS(ATTACK)};
static const struct attack module_attacks[] = {HOSTILE_MODULE_ATTACKS(ATTACK)};

#define ATTACKS (COUNT_OF(application_attacks) + COUNT_OF(module_attacks))

static const struct {
    const char *who;
    const struct attack *attack;
    size_t count;
    uint32_t order; /**< Number of the first one's order. */
} sides[] = {
    {"application", application_attacks, COUNT_OF(application_attacks), 0},
    {"module", module_attacks, COUNT_OF(module_attacks), HOSTILE_MODULE},
};

/** How a call of the module's honest service is answered that is its n-th since it began. */
static uint32_t served(uint32_t n)
{
    return HOSTILE_WORD + n + 0x10000u * n;
}

static void expect_nothing_leaked(const struct attack *attack, const char *when)
{
    char leak[160];
    if (scan_finds(&lab.scan, &lab.device, leak, sizeof leak)) {
        fail_msg("%s, %s: %s", attack->name, when, leak);
    }
}

/* What must hold after an attack, by its end. */

/** All services, the module's too, that has served so many calls since it began. */
static void expect_service(const struct attack *attack, uint32_t calls)
{
    struct hostile_mailbox answer;
    if (lab_order(HOSTILE_HONEST, &answer) != RETURNED || answer.value != 0 || answer.dirty != 0) {
        fail_msg("%s: afterwards an honest call has %d:\n%s\n%s", attack->name, (int)answer.value,
                 lab.device.uart, lab.device.events);
    }
    if (answer.found != served(calls)) {
        fail_msg("%s: afterwards the module answers %08X", attack->name, answer.found);
    }
    expect_nothing_leaked(attack, "when others are served");
}

static void expect_served_on(const struct attack *attack)
{
    expect_service(attack, 2); /* one was before the attack */
}

static void expect_module_anew(const struct attack *attack)
{
    expect_service(attack, 1);
}

static void expect_served_anew(const struct attack *attack)
{
    lab_plant();
    expect_service(attack, 2);
}

static void expect_boot(const struct attack *attack)
{
    if (!lab_boot()) {
        fail_msg("%s: no boot:\n%s\n%s", attack->name, lab.device.uart, lab.device.events);
    }
    expect_served_anew(attack);
}

static void expect_own_boot(const struct attack *attack)
{
    if (!lab_await_ready()) {
        fail_msg("%s: no boot:\n%s\n%s", attack->name, lab.device.uart, lab.device.events);
    }
    expect_served_anew(attack);
}

static const struct {
    const char *name;
    enum outcome outcome;
    const char *after; /**< What must hold then, in words. */
    void (*expect)(const struct attack *attack);
} ends[] = {
    [REFUSED] = {"refused", RETURNED, "served on", expect_served_on},
    [FUTILE] = {"futile", RETURNED, "served on", expect_served_on},
    [ENDED] = {"ended", RETURNED, "module anew, others served on", expect_module_anew},
    [STOPPED] = {"stopped", PANICKED, "serves when switched on again", expect_boot},
    [WATCHED] = {"watchdog", RESET, "serves by itself again", expect_own_boot},
};

static void make_attack(const struct attack *attack, uint32_t order)
{
    struct hostile_mailbox answer;
    lab_restore();
    const enum outcome outcome = lab_order(order, &answer);
    if (outcome != ends[attack->end].outcome ||
        (outcome == RETURNED && answer.value != attack->value) ||
        (attack->words != NULL && strstr(lab.device.uart, attack->words) == NULL) ||
        (attack->words == NULL && strstr(lab.device.uart, "partition ") != NULL)) {
        fail_msg("%s: outcome %u, value %d:\n%s\n%s", attack->name, (unsigned)outcome,
                 (int)answer.value, lab.device.uart, lab.device.events);
    }
    if (outcome == RETURNED &&
        (answer.dirty != 0 || (order >= HOSTILE_MODULE && answer.found != 0))) {
        fail_msg("%s: %u registers of %u calls hold something; the module's answer is %08X",
                 attack->name, answer.dirty, answer.calls, answer.found);
    }
    expect_nothing_leaked(attack, "at its end");
    ends[attack->end].expect(attack);
}

static void print_row(size_t number, const char *who, const struct attack *attack)
{
    char end[72];
    const size_t prefix = attack->end == ENDED ? strlen(ENDED_BY) : 0;
    if (attack->words != NULL) {
        (void)snprintf(end, sizeof end, "%s: %s", ends[attack->end].name, attack->words + prefix);
    } else {
        (void)snprintf(end, sizeof end, "%s: %d", ends[attack->end].name, (int)attack->value);
    }
    printf("%3zu  %-11s  %-21s  %-57s  %-50s  %s\n", number, who, attack->name, attack->what, end,
           ends[attack->end].after);
}

static void every_attack_ends_and_nothing_comes_out(void **state)
{
    size_t made = 0;
    (void)state;
    printf("\nAttacks, how each ends, and what holds afterwards\n");
    for (size_t side = 0; side < COUNT_OF(sides); side++) {
        for (uint32_t i = 0; i < sides[side].count; i++) {
            make_attack(&sides[side].attack[i], sides[side].order + i);
            made++;
            print_row(made, sides[side].who, &sides[side].attack[i]);
        }
    }
    printf("%zu attacks; after each, sequences of eight bytes looked for: %zu\n", made,
           lab.scan.count);
    assert_int_equal(made, ATTACKS);
    assert_true(made >= ATTACKS_MIN);
}

static void attacks_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        for (size_t k = 0; k < i; k++) {
            const size_t first = COUNT_OF(application_attacks);
            const struct attack *a =
                i < first ? &application_attacks[i] : &module_attacks[i - first];
            const struct attack *b =
                k < first ? &application_attacks[k] : &module_attacks[k - first];
            assert_string_not_equal(a->name, b->name);
        }
    }
}

/** What is looked for is there to be found, where it should be. */
static void secure_memory_holds_what_the_scan_looks_for(void **state)
{
    char leak[160];
    (void)state;
    lab_restore();
    for (size_t i = 0; i < lab.scan.names; i++) {
        const struct scan_named *named = &lab.scan.named[i];
        const bool in_secure = scan_in_secure(&lab.device, named->data, 32);
        /* SAES keeps the root key to itself, and what ITS stores is encrypted. */
        const bool expected = strcmp(named->name, "the device's root key") != 0 &&
                              strcmp(named->name, "the application's object") != 0;
        if (in_secure != expected) {
            fail_msg("%s is%s in Secure memory", named->name, in_secure ? "" : " not");
        }
    }
    assert_int_equal(lab.scan.names, 6);
    assert_true(lab.scan.count > 1000u);
    if (scan_finds(&lab.scan, &lab.device, leak, sizeof leak)) {
        fail_msg("before any attack: %s", leak);
    }
}

/** Whether the scan finds a secret, in that place. */
static void expect_found(const char *secret, const char *place)
{
    char leak[160] = "nothing";
    if (!scan_finds(&lab.scan, &lab.device, leak, sizeof leak) || strstr(leak, secret) == NULL ||
        strstr(leak, place) == NULL) {
        fail_msg("%s in %s: found %s", secret, place, leak);
    }
}

static const struct {
    uint32_t addr;
    const char *name;
} places[] = {
    {0x2000A001, "SRAM1"},
    {0x2009DFF8, "SRAM3"},
    {0x40036410, "backup SRAM"},
    {0x080F0003, "the application's flash"},
};

static void a_seeded_leak_of_every_secret_is_found_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < lab.scan.names; i++) {
        const struct scan_named *named = &lab.scan.named[i];
        for (size_t p = 0; p < COUNT_OF(places); p++) {
            lab_restore();
            lab_poke(places[p].addr, named->data + named->len - 8u, 8);
            expect_found(named->name, places[p].name);
        }
        for (unsigned reg = 0; reg <= 14u; reg++) {
            uint32_t word;
            memcpy(&word, named->data + 3, sizeof word);
            lab_restore();
            if (reg != SIM_REG_SP) {
                sim_reg_write(lab.device.sim, (enum sim_reg)reg, word);
                expect_found(named->name, "in r");
            }
        }
        lab_restore();
        memcpy(lab.device.uart, named->data, 16);
        lab.device.uart_len = 16;
        expect_found(named->name, "what was sent");
    }
}

/** Not all that Secure memory has can be named: any of it is found. */
static void a_seeded_leak_of_anything_else_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < lab.scan.count; i += lab.scan.count / 50u) {
        lab_restore();
        lab_poke(places[i % COUNT_OF(places)].addr, &lab.scan.pair[i], 8);
        expect_found("", places[i % COUNT_OF(places)].name);
    }
}

static int open_lab(void **state)
{
    (void)state;
    lab_open();
    return 0;
}

static int close_lab(void **state)
{
    (void)state;
    lab_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attacks_have_names_of_their_own),
        cmocka_unit_test(secure_memory_holds_what_the_scan_looks_for),
        cmocka_unit_test(a_seeded_leak_of_every_secret_is_found_everywhere),
        cmocka_unit_test(a_seeded_leak_of_anything_else_is_found),
        cmocka_unit_test(every_attack_ends_and_nothing_comes_out),
    };
    return cmocka_run_group_tests(tests, open_lab, close_lab);
}

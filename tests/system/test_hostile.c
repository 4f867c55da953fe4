/*
 * A hostile application against the real manager: each of its attacks ends as hostile_list.h says,
 * the manager serves on, and nothing that was in Secure RAM is in a register or in Non-secure RAM
 * afterwards. The table of attacks is printed.
 */
#define _GNU_SOURCE
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/hostile_list.h"
#include "layout.h"
#include "support/device_maker.h"

#define BOOT_INSNS   400000000u
#define ATTACK_INSNS 400000000u
#define STEP         20000u
#define TAIL_INSNS   200000u /* after the end: nothing may come out late */
#define ATTACKS_MIN  60u

enum end { REFUSED, FUTILE, STOPPED, WATCHED };

struct attack {
    const char *what;
    enum end end;
    int32_t value;     /**< Of the first two ends. */
    const char *words; /**< Of the third: in the manager's last line. */
};

#define ARGUMENT_REFUSED(argument) .value = (argument)
#define ARGUMENT_FUTILE(argument)  .value = (argument)
#define ARGUMENT_STOPPED(argument) .words = (argument)
#define ARGUMENT_WATCHED(argument) .value = (argument)
#define ATTACK(function, what_, end_, argument)                                                    \
    {.what = (what_), .end = (end_), ARGUMENT_##end_(argument)},

static const struct attack attacks[] = {HOSTILE_ATTACKS(ATTACK)};

static const char *const end_names[] = {"refused", "futile", "stopped", "watchdog"};

#define SRAM2_WORDS (LAYOUT_SRAM2_SIZE / 4u)

struct lab {
    struct device device;
    struct sim_snapshot *ready;
    uint32_t mailbox;
    struct hostile_mailbox planted;
    uint64_t secret[SRAM2_WORDS]; /**< Two words each of what only Secure RAM has; sorted. */
    size_t secrets;
    uint8_t ram[LAYOUT_SRAM1_SIZE + LAYOUT_SRAM3_SIZE]; /**< The application's. */
};

static void peek(struct lab *lab, uint32_t addr, void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_peek(lab->device.sim, addr, data, len, &error), SIM_OK);
}

static void poke(struct lab *lab, uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_poke(lab->device.sim, addr, data, len, &error), SIM_OK);
}

static void peek_ram(struct lab *lab)
{
    peek(lab, LAYOUT_SRAM1_NS, lab->ram, LAYOUT_SRAM1_SIZE);
    peek(lab, LAYOUT_SRAM3_NS, lab->ram + LAYOUT_SRAM1_SIZE, LAYOUT_SRAM3_SIZE);
}

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

/** Whether two words are no coincidence: most bytes differ, and none is an address of its own. */
static bool is_telling(uint64_t pair)
{
    unsigned different = 0;
    for (unsigned i = 0; i < 8u; i++) {
        bool first = true;
        for (unsigned k = 0; k < i; k++) {
            first = first && (uint8_t)(pair >> 8 * k) != (uint8_t)(pair >> 8 * i);
        }
        different += first;
    }
    const uint8_t top[2] = {(uint8_t)(pair >> 24), (uint8_t)(pair >> 56)};
    for (unsigned i = 0; i < 2u; i++) {
        if (top[i] == 0x20 || top[i] == 0x08) {
            return false;
        }
    }
    return different >= 6u;
}

static uint64_t pair_at(const uint8_t *data)
{
    uint64_t pair;
    memcpy(&pair, data, sizeof pair);
    return pair;
}

static bool is_secret(const struct lab *lab, uint64_t pair)
{
    return bsearch(&pair, lab->secret, lab->secrets, sizeof pair, compare) != NULL;
}

/** All that Secure RAM has and the application's does not. */
static void gather_secrets(struct lab *lab)
{
    static uint8_t secure[LAYOUT_SRAM2_SIZE];
    static uint64_t open[sizeof lab->ram / 4u];
    size_t opens = 0;
    peek(lab, LAYOUT_SRAM2_S - 0x10000000u, secure, sizeof secure);
    peek_ram(lab);
    for (size_t off = 0; off + 8u <= sizeof lab->ram; off += 4u) {
        open[opens++] = pair_at(lab->ram + off);
    }
    qsort(open, opens, sizeof open[0], compare);
    lab->secrets = 0;
    for (size_t off = 0; off + 8u <= sizeof secure; off += 4u) {
        const uint64_t pair = pair_at(secure + off);
        if (is_telling(pair) && bsearch(&pair, open, opens, sizeof pair, compare) == NULL) {
            lab->secret[lab->secrets++] = pair;
        }
    }
    qsort(lab->secret, lab->secrets, sizeof lab->secret[0], compare);
}

/** Any eight bytes of what was planted, in either order of bytes. */
static void expect_not_in_ram(struct lab *lab, const char *what, const uint8_t *planted)
{
    for (size_t off = 0; off + 8u <= HOSTILE_SECRET_BYTES; off += 4u) {
        uint8_t reversed[8];
        for (size_t i = 0; i < 8u; i++) {
            reversed[i] = planted[off + 7u - i];
        }
        if (memmem(lab->ram, sizeof lab->ram, planted + off, 8) != NULL ||
            memmem(lab->ram, sizeof lab->ram, reversed, 8) != NULL) {
            fail_msg("%s: a secret that was planted lies in open RAM", what);
        }
    }
}

static void expect_registers_clean(struct lab *lab, const char *what)
{
    for (unsigned i = 0; i <= 12u; i++) {
        const uint32_t value = sim_reg_read(lab->device.sim, (enum sim_reg)(SIM_REG_R0 + i));
        for (size_t off = 0; off < HOSTILE_SECRET_BYTES; off += 4u) {
            if (memcmp(lab->planted.secret + off, &value, 4) == 0 ||
                memcmp(lab->planted.object + off, &value, 4) == 0) {
                fail_msg("%s: r%u holds a secret", what, i);
            }
        }
    }
}

static void expect_nothing_leaked(struct lab *lab, const char *what)
{
    peek_ram(lab);
    expect_not_in_ram(lab, what, lab->planted.secret);
    expect_not_in_ram(lab, what, lab->planted.object);
    for (size_t off = 0; off + 8u <= sizeof lab->ram; off += 4u) {
        if (is_secret(lab, pair_at(lab->ram + off))) {
            fail_msg("%s: %016llX of Secure RAM lies in open RAM, at its byte 0x%zX", what,
                     (unsigned long long)pair_at(lab->ram + off), off);
        }
    }
    /* In Secure state they are the manager's own, as it stops. */
    if (sim_reg_read(lab->device.sim, SIM_REG_SECURE) == 0) {
        expect_registers_clean(lab, what);
    }
}

enum outcome { RETURNED, PANICKED, RESET, NOTHING };

/** Gives an order and runs until something has come of it. */
static enum outcome order(struct lab *lab, uint32_t number, struct hostile_mailbox *answer)
{
    const uint32_t words[3] = {1, number, 0}; /* go, number, done */
    poke(lab, lab->mailbox, words, sizeof words);
    const uint64_t end = sim_time(lab->device.sim) + ATTACK_INSNS;
    while (sim_time(lab->device.sim) < end) {
        const enum sim_stop stop = sim_run(lab->device.sim, STEP);
        peek(lab, lab->mailbox, answer, sizeof *answer);
        if (stop == SIM_STOP_RESET) {
            return RESET;
        }
        if (answer->done != 0) {
            return RETURNED;
        }
        if (strstr(lab->device.uart, "manager: ") != NULL) {
            (void)sim_run(lab->device.sim, TAIL_INSNS);
            return PANICKED;
        }
        if (stop != SIM_STOP_INSNS) {
            return NOTHING;
        }
    }
    return NOTHING;
}

static void forget_texts(struct lab *lab)
{
    lab->device.uart_len = 0;
    lab->device.uart[0] = '\0';
    lab->device.events_len = 0;
    lab->device.events[0] = '\0';
}

static int open_lab(void **state)
{
    static struct lab lab;
    const struct device_images images = {.application = "tests/system/firmware/hostile_app"};
    struct sim_error error;
    struct hostile_mailbox answer;
    device_open(&lab.device, &images);
    device_boot(&lab.device);
    if (!device_run_until(&lab.device, "hostile: ready\n", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", lab.device.uart, lab.device.events);
    }
    const char *at = strstr(lab.device.uart, "mailbox ");
    lab.mailbox = (uint32_t)strtoul(at + strlen("mailbox "), NULL, 16);
    for (unsigned i = 0; i < HOSTILE_SECRET_BYTES; i++) {
        lab.planted.secret[i] = (uint8_t)(0x51u + 37u * i);
        lab.planted.object[i] = (uint8_t)(0xA3u + 91u * i);
    }
    poke(&lab, lab.mailbox, &lab.planted, sizeof lab.planted);
    assert_int_equal(order(&lab, HOSTILE_PREPARE, &answer), RETURNED);
    assert_int_equal(answer.value, 0);
    assert_int_equal(order(&lab, HOSTILE_HONEST, &answer), RETURNED);
    assert_int_equal(answer.value, 0);
    gather_secrets(&lab);
    assert_int_equal(sim_snapshot_take(lab.device.sim, &lab.ready, &error), SIM_OK);
    *state = &lab;
    return 0;
}

static int close_lab(void **state)
{
    struct lab *lab = *state;
    sim_snapshot_free(lab->ready);
    device_close(&lab->device);
    return 0;
}

/** What was planted is where it can be found: the scan would see it come out. */
static void secure_ram_holds_what_the_scan_looks_for(void **state)
{
    struct lab *lab = *state;
    static uint8_t secure[LAYOUT_SRAM2_SIZE];
    sim_snapshot_restore(lab->device.sim, lab->ready);
    peek(lab, LAYOUT_SRAM2_S - 0x10000000u, secure, sizeof secure);
    assert_non_null(memmem(secure, sizeof secure, lab->planted.secret, HOSTILE_SECRET_BYTES));
    assert_true(is_secret(lab, pair_at(lab->planted.secret)));
    assert_true(lab->secrets > 100u);
    expect_nothing_leaked(lab, "before");
}

static void expect_service(struct lab *lab, const char *what)
{
    struct hostile_mailbox answer;
    if (order(lab, HOSTILE_HONEST, &answer) != RETURNED || answer.value != 0) {
        fail_msg("%s: afterwards an honest call has %d:\n%s\n%s", what, (int)answer.value,
                 lab->device.uart, lab->device.events);
    }
    expect_nothing_leaked(lab, what);
}

/** A new boot, from the flash as it is. */
static void expect_new_boot(struct lab *lab, const char *what)
{
    if (!device_run_until(&lab->device, "hostile: ready\n", BOOT_INSNS)) {
        fail_msg("%s: no boot:\n%s\n%s", what, lab->device.uart, lab->device.events);
    }
}

static void check_attack(struct lab *lab, uint32_t number)
{
    const struct attack *attack = &attacks[number];
    struct hostile_mailbox answer;
    sim_snapshot_restore(lab->device.sim, lab->ready);
    forget_texts(lab);
    const enum outcome outcome = order(lab, number, &answer);
    static const enum outcome expected[] = {RETURNED, RETURNED, PANICKED, RESET};
    if (outcome != expected[attack->end] ||
        (outcome == RETURNED && answer.value != attack->value) ||
        (outcome == PANICKED && strstr(lab->device.uart, attack->words) == NULL)) {
        fail_msg("%s: outcome %u, value %d:\n%s\n%s", attack->what, (unsigned)outcome,
                 (int)answer.value, lab->device.uart, lab->device.events);
    }
    expect_nothing_leaked(lab, attack->what);
    if (outcome == RETURNED) {
        if (answer.dirty != 0) {
            fail_msg("%s: %u registers of %u calls hold something", attack->what, answer.dirty,
                     answer.calls);
        }
        expect_service(lab, attack->what);
    } else if (outcome == RESET) {
        expect_new_boot(lab, attack->what);
    }
}

static void every_attack_ends_and_nothing_comes_out(void **state)
{
    struct lab *lab = *state;
    printf("\nAttacks of a hostile application, and how each ends\n");
    for (uint32_t i = 0; i < COUNT_OF(attacks); i++) {
        check_attack(lab, i);
        char end[48];
        (void)snprintf(end, sizeof end, attacks[i].words != NULL ? "%s, %s" : "%s",
                       end_names[attacks[i].end], attacks[i].words);
        printf("%3u  %-66s %s\n", i + 1, attacks[i].what, end);
    }
    printf("%zu attacks, %zu pairs of words of Secure RAM looked for after each\n",
           COUNT_OF(attacks), lab->secrets);
    assert_true(COUNT_OF(attacks) >= ATTACKS_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secure_ram_holds_what_the_scan_looks_for),
        cmocka_unit_test(every_attack_ends_and_nothing_comes_out),
    };
    return cmocka_run_group_tests(tests, open_lab, close_lab);
}

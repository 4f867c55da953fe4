/*
 * A hostile partition in the real manager: it runs unprivileged, reaches its own memory and devices
 * and nothing else, and the manager says what it tried.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/partition_lab.h"

#define MARK      0xA77AC4EDu /* what hostile_partition.h writes */
#define GATE_CALL 0x0C014818u

/* enum garrison_status */
#define STATUS_OK       0x3C6A59C3u
#define STATUS_ARGUMENT 0x1B2D4E87u

#define RESULT_WORDS 16u
#define SRAM2        0x30040000u
#define SRAM2_END    0x30050000u
#define REGION       0x20u  /* what the MPU tells apart */
#define STRIDE       0x400u /* between words that are tried everywhere */

struct attack {
    const char *what;
    char letter;
    enum place place;
    uint32_t off;
    const char *said;  /**< By the manager. */
    const char *fault; /**< Status bit that the journal names; NULL: no fault is taken. */
    const char
        *access; /**< How the journal names the access, before its address; NULL: not at all. */
};

#define PROTECTED  "MemManage at "
#define BUS        "BusFault at "
#define REFUSED    "supervisor call refused"
#define NOT_OWN    "programmer error: buffer is not its own"
#define READ       "read of 4 bytes at "
#define WRITE      "write of 4 bytes at "
#define FETCH      "fetch"
#define WORD_BELOW ((uint32_t)-4)

static const struct attack attacks[] = {
    {"reads the hand-over record", 'r', ABSOLUTE, 0x30040000, PROTECTED, "DACCVIOL", READ},
    {"writes the hand-over record", 'w', ABSOLUTE, 0x30040000, PROTECTED, "DACCVIOL", WRITE},
    {"reads the SPM's stack", 'r', ABSOLUTE, 0x30040C00, PROTECTED, "DACCVIOL", READ},
    {"reads the SPM's data", 'r', SPM_RAM_END, WORD_BELOW, PROTECTED, "DACCVIOL", READ},
    {"writes the SPM's data", 'w', SPM_RAM_END, WORD_BELOW, PROTECTED, "DACCVIOL", WRITE},
    {"reads the gate's stack", 'r', GATE_RAM_END, (uint32_t)-36, PROTECTED, "DACCVIOL", READ},
    {"writes the gate's stack", 'w', GATE_STACK, 0, PROTECTED, "DACCVIOL", WRITE},
    {"reads the other partition's stack", 'r', OTHER_RAM, 0, PROTECTED, "DACCVIOL", READ},
    {"writes the other partition's data", 'w', OTHER_RAM_END, WORD_BELOW, PROTECTED, "DACCVIOL",
     WRITE},
    {"reads the SPM's code", 'r', SPM_TEXT, 0, PROTECTED, "DACCVIOL", READ},
    {"reads the other partition's code", 'r', OTHER_TEXT, 0, PROTECTED, "DACCVIOL", READ},
    {"writes its own code", 'w', OWN_TEXT, 0, PROTECTED, "DACCVIOL", WRITE},
    {"writes the library", 'w', LIBRARY_TEXT, 0, PROTECTED, "DACCVIOL", WRITE},
    {"reads the vector table", 'r', ABSOLUTE, 0x0C014400, PROTECTED, "DACCVIOL", READ},
    {"reads an OBK", 'r', ABSOLUTE, 0x0FFD0200, PROTECTED, "DACCVIOL", READ},
    {"reads Non-secure flash", 'r', ABSOLUTE, 0x0803E000, PROTECTED, "DACCVIOL", READ},
    {"reads Non-secure RAM", 'r', ABSOLUTE, 0x20000000, PROTECTED, "DACCVIOL", READ},
    {"writes Non-secure RAM", 'w', ABSOLUTE, 0x20050000, PROTECTED, "DACCVIOL", WRITE},
    {"runs its own data", 'x', OWN_CODE, 0, PROTECTED, "IACCVIOL", FETCH},
    {"runs the SPM's code", 'x', SPM_TEXT, 0, PROTECTED, "IACCVIOL", FETCH},
    {"runs the other partition's code", 'x', OTHER_TEXT, 0, PROTECTED, "IACCVIOL", FETCH},
    {"runs Non-secure RAM", 'x', ABSOLUTE, 0x20000000, "SecureFault", "INVTRAN", FETCH},
    {"starts the application again", 'x', START_APPLICATION, 0, PROTECTED, "IACCVIOL", FETCH},
    {"enters the gate", 'x', ABSOLUTE, GATE_CALL, PROTECTED, "IACCVIOL", FETCH},
    {"reads USART1", 'r', ABSOLUTE, 0x4001381C, PROTECTED, "DACCVIOL", READ},
    {"writes the flash controller", 'w', ABSOLUTE, 0x50022028, PROTECTED, "DACCVIOL", WRITE},
    {"reads the storage areas", 'r', ABSOLUTE, 0x0C1EC000, PROTECTED, "DACCVIOL", READ},
    {"writes the storage areas", 'w', ABSOLUTE, 0x0C1FFFF0, PROTECTED, "DACCVIOL", WRITE},
    {"reads the storage areas by their other alias", 'r', ABSOLUTE, 0x081F4000, PROTECTED,
     "DACCVIOL", READ},
    {"writes the TZSC", 'w', ABSOLUTE, 0x50032410, PROTECTED, "DACCVIOL", WRITE},
    {"reads the register before AES's", 'r', ABSOLUTE, 0x520BFFFC, PROTECTED, "DACCVIOL", READ},
    {"reads SAES", 'r', ABSOLUTE, 0x520C0C00, PROTECTED, "DACCVIOL", READ},
    {"writes SAES", 'w', ABSOLUTE, 0x520C0C00, PROTECTED, "DACCVIOL", WRITE},
    {"reads the last register of SAES", 'r', ABSOLUTE, 0x520C0FFC, PROTECTED, "DACCVIOL", READ},
    {"reads SAES by its other alias", 'r', ABSOLUTE, 0x420C0C04, PROTECTED, "DACCVIOL", READ},
    {"reads the register before the PKA's", 'r', ABSOLUTE, 0x520C1FFC, PROTECTED, "DACCVIOL", READ},
    {"reads the register behind the PKA's", 'r', ABSOLUTE, 0x520C4000, PROTECTED, "DACCVIOL", READ},
    {"switches the MPU off", 'w', ABSOLUTE, 0xE000ED94, BUS, "PRECISERR", WRITE},
    {"reads the MPU", 'r', ABSOLUTE, 0xE000ED9C, BUS, "PRECISERR", READ},
    {"writes the SAU", 'w', ABSOLUTE, 0xE000EDD0, BUS, "PRECISERR", WRITE},
    {"moves the vector table", 'w', ABSOLUTE, 0xE000ED08, BUS, "PRECISERR", WRITE},
    {"has a message written into the SPM", 'i', SPM_RAM_END, WORD_BELOW, NOT_OWN, NULL, NULL},
    {"has a message written into the hand-over record", 'i', ABSOLUTE, 0x30040000, NOT_OWN, NULL,
     NULL},
    {"has a message written to the gate's stack", 'i', GATE_STACK, 0, NOT_OWN, NULL, NULL},
    {"has a message written to the other partition", 'i', OTHER_RAM, 0, NOT_OWN, NULL, NULL},
    {"has a message written over the end of its memory", 'i', OWN_RAM_END, (uint32_t)-2, NOT_OWN,
     NULL, NULL},
    {"has a message written into its code", 'i', OWN_TEXT, 0, NOT_OWN, NULL, NULL},
    {"has a message written to Non-secure RAM", 'i', ABSOLUTE, 0x20000000, NOT_OWN, NULL, NULL},
    {"sends the SPM's data", 'o', SPM_RAM_END, WORD_BELOW, NOT_OWN, NULL, NULL},
    {"sends the SPM's code", 'o', SPM_TEXT, 0, NOT_OWN, NULL, NULL},
    {"sends the hand-over record", 'o', ABSOLUTE, 0x30040000, NOT_OWN, NULL, NULL},
    {"sends what is before its memory", 'o', OWN_RAM, (uint32_t)-2, NOT_OWN, NULL, NULL},
    {"makes a call of the gate's", 'g', ABSOLUTE, 0, REFUSED, NULL, NULL},
    {"makes a call of an unknown number", 'n', ABSOLUTE, 0, REFUSED, NULL, NULL},
    {"makes a call of the gate's off its stack", 'G', OWN_DATA, 0, REFUSED, NULL, NULL},
    {"returns off its stack", 'R', OWN_DATA, 0, REFUSED, NULL, NULL},
    {"returns from the gate's stack", 'R', GATE_RAM_END, (uint32_t)-8, "UsageFault", "STKOF", NULL},
    {"returns from above its memory", 'R', OWN_RAM_END, 0x400, "MemManage", "MSTKERR", NULL},
    {"overflows its stack", 's', ABSOLUTE, 0, "UsageFault", "STKOF", NULL},
};

/* Areas of the partitions, as sector addresses, and their sizes; 0: there is none. */
#define FLASH    0x0C000000u
#define SECTOR   0x2000u
#define ITS      0x0C1EC000u
#define PS       0x0C1F4000u
#define COUNTERS 0x0C1FC000u
#define JOURNAL  0x0C1DE000u
#define UROT_NEW 0x0C1D0000u /* the uROT's download slot */

struct areas {
    const char *partition;
    uint32_t addr[2];
    uint32_t size[2];
    bool more; /**< It has areas 2 and 3 as well. */
};

static const struct areas areas[] = {
    {"crypto", {FLASH, FLASH}, {0, 0}, false},
    {"update", {JOURNAL, UROT_NEW}, {0x4000, 0xE000}, true},
    {"its", {ITS, FLASH}, {0x8000, 0}, false},
    {"ps", {PS, COUNTERS}, {0x8000, 0x4000}, false},
    {"attest", {FLASH, FLASH}, {0, 0}, false},
};

/** Flash that no partition but its owner may reach, and what stands there from the start. */
static const uint32_t marked[] = {ITS,      ITS + 0x7FF0,      PS,      PS + 0x7FF0,
                                  COUNTERS, COUNTERS + 0x3FF0, JOURNAL, JOURNAL + 0x3FF0,
                                  UROT_NEW, UROT_NEW + 0xDFF0};

static int open_lab(void **state, const char *partition)
{
    struct sim_error error;
    (void)lab_open(state, partition);
    struct lab *lab = *state;
    sim_snapshot_restore(lab->device.sim, lab->ready);
    for (size_t i = 0; i < COUNT_OF(marked); i++) {
        const uint32_t mark[4] = {marked[i], ~marked[i], marked[i], ~marked[i]};
        assert_int_equal(
            sim_poke(lab->device.sim, marked[i], (const uint8_t *)mark, sizeof mark, &error),
            SIM_OK);
    }
    sim_snapshot_free(lab->ready);
    assert_int_equal(sim_snapshot_take(lab->device.sim, &lab->ready, &error), SIM_OK);
    return 0;
}

static int open_crypto(void **state)
{
    return open_lab(state, "crypto");
}

static int open_update(void **state)
{
    return open_lab(state, "update");
}

static int open_its(void **state)
{
    return open_lab(state, "its");
}

static int open_ps(void **state)
{
    return open_lab(state, "ps");
}

static int open_attest(void **state)
{
    return open_lab(state, "attest");
}

/** The journal names who, what and where. */
static void expect_refusal(const struct lab *lab, const struct attack *tried, uint32_t addr)
{
    char words[64];
    (void)snprintf(words, sizeof words, "%s0x%08X", tried->access, addr);
    lab_expect_words(lab, tried->what, lab->device.events,
                     strcmp(tried->access, FETCH) == 0 ? FETCH : words);
    lab_expect_words(lab, tried->what, lab->device.events,
                     "Secure unprivileged thread code, HDPL 3");
}

static void expect_nothing_sent(struct lab *lab, const char *what)
{
    for (uint32_t i = 0; i < RESULT_WORDS; i++) {
        if (lab_peek(lab, lab->buffer + 4 * i) != 0) {
            fail_msg("%s: the client has word %u", what, i);
        }
    }
}

static void check_attack(struct lab *lab, const struct attack *tried)
{
    const uint32_t addr = lab->place[tried->place] + tried->off;
    if (lab_attack(lab, tried->letter, addr)) {
        fail_msg("%s: it came back:\n%s\n%s", tried->what, lab->device.uart, lab->device.events);
    }
    char words[80];
    (void)snprintf(words, sizeof words, "%s: %s", lab->partition, tried->said);
    lab_expect_words(lab, tried->what, lab->device.uart, words);
    lab_expect_words(lab, tried->what, lab->device.uart, LAB_STOPPED);
    if (tried->fault != NULL) {
        lab_expect_words(lab, tried->what, lab->device.events, tried->fault);
    } else {
        assert_null(strstr(lab->device.events, "fault:"));
    }
    if (tried->access != NULL) {
        expect_refusal(lab, tried, addr);
    }
    expect_nothing_sent(lab, tried->what);
    if ((tried->letter == 'w' || tried->letter == 'i') && addr >= SRAM2 && addr < SRAM2_END) {
        assert_int_not_equal(lab_peek(lab, addr), MARK);
    }
}

static void a_hostile_partition_is_stopped_and_named(void **state)
{
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        check_attack(*state, &attacks[i]);
    }
}

static void try_word_of_secure_ram(struct lab *lab, uint32_t addr)
{
    const bool own = addr >= lab->place[OWN_RAM] && addr < lab->place[OWN_RAM_END];
    if (lab_attack(lab, 'r', addr) != own) {
        fail_msg("read of 0x%08X: %s\n%s", addr, lab->device.uart, lab->device.events);
    }
    if (!own && (lab_attack(lab, 'w', addr) || lab_peek(lab, addr) == MARK)) {
        fail_msg("write of 0x%08X: %s\n%s", addr, lab->device.uart, lab->device.events);
    }
}

/** Everywhere, and at both ends of each of the MPU's regions about where its own begins and ends. */
static void of_secure_ram_only_its_own_is_open(void **state)
{
    static const enum place borders[] = {OWN_RAM, OWN_RAM_END};
    struct lab *lab = *state;
    for (uint32_t base = SRAM2; base < SRAM2_END; base += STRIDE) {
        try_word_of_secure_ram(lab, base);
        try_word_of_secure_ram(lab, base + STRIDE - 4);
    }
    for (size_t i = 0; i < COUNT_OF(borders); i++) {
        const uint32_t border = lab->place[borders[i]];
        for (uint32_t base = border - 2 * REGION; base < border + 2 * REGION; base += REGION) {
            try_word_of_secure_ram(lab, base);
            try_word_of_secure_ram(lab, base + REGION - 4);
        }
    }
}

static void its_own_memory_is_open(void **state)
{
    struct lab *lab = *state;
    assert_true(lab_attack(lab, 'w', lab->place[OWN_DATA]));
    assert_int_equal(lab_peek(lab, lab->place[OWN_DATA]), MARK);
    assert_true(lab_attack(lab, 'i', lab->place[OWN_DATA]));
    assert_int_equal(lab_peek(lab, lab->place[OWN_DATA]), MARK);
    assert_true(lab_attack(lab, 'r', lab->place[OWN_TEXT]));
    assert_true(lab_attack(lab, 'r', lab->place[LIBRARY_TEXT]));
}

static void a_device_is_open_to_the_partition_that_has_it(void **state)
{
    static const uint32_t blocks[] = {
        0x520C0000, /* AES_CR */
        0x520C0400, /* HASH_CR */
        0x520C0800, /* RNG_CR */
        0x520C2000, /* PKA_CR */
    };
    struct lab *lab = *state;
    const bool granted = strcmp(lab->partition, "crypto") == 0;
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        assert_int_equal(lab_attack(lab, 'r', blocks[i]), granted);
    }
}

/** No register has anything of the client's or of the manager's, and the client's come back. */
static void it_is_entered_with_registers_that_say_nothing(void **state)
{
    struct lab *lab = *state;
    uint32_t r[12];
    assert_true(lab_attack(lab, 'e', 0));
    lab_answer(lab, r, COUNT_OF(r));
    for (unsigned i = 0; i < COUNT_OF(r); i++) {
        if (r[i] != 0) {
            fail_msg("r%u is 0x%08X at entry", i + 1, r[i]);
        }
    }
    assert_null(strstr(lab->device.uart, "changed"));
}

static void it_cannot_make_itself_privileged(void **state)
{
    static const enum sim_reg kept[] = {
        SIM_REG_CONTROL_S,   SIM_REG_CONTROL_NS, SIM_REG_PRIMASK_S, SIM_REG_PRIMASK_NS,
        SIM_REG_BASEPRI_S,   SIM_REG_MSP_S,      SIM_REG_MSPLIM_S,  SIM_REG_MSPLIM_NS,
        SIM_REG_FAULTMASK_S, SIM_REG_PSPLIM_S,   SIM_REG_PSPLIM_NS,
    };
    struct lab *lab = *state;
    uint32_t before[COUNT_OF(kept)];
    uint32_t seen[4];

    sim_snapshot_restore(lab->device.sim, lab->ready);
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        before[i] = sim_reg_read(lab->device.sim, kept[i]);
    }
    assert_int_equal(before[0], 3); /* process stack, unprivileged */
    assert_true(lab_attack(lab, 'c', 0));
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        if (sim_reg_read(lab->device.sim, kept[i]) != before[i]) {
            fail_msg("register %u of the simulator's list changed", (unsigned)kept[i]);
        }
    }
    lab_answer(lab, seen, COUNT_OF(seen));
    assert_int_equal(seen[0], 3);
    for (size_t i = 1; i < COUNT_OF(seen); i++) {
        assert_int_equal(seen[i], 0); /* read as zero */
    }
}

/** It can hand its time to the client, as by a result; the manager serves no one from then on. */
static void a_partition_that_leaves_takes_nothing_along(void **state)
{
    struct lab *lab = *state;
    assert_true(lab_attack(lab, 'b', lab->place[BACK_DOOR]));
    lab_expect_words(lab, "leaves", lab->device.uart, "client: partition came out\n");
    lab_expect_words(lab, "leaves", lab->device.uart, "client: status -131\n");
    assert_int_equal(sim_reg_read(lab->device.sim, SIM_REG_SECURE), 0);
    assert_int_equal(sim_reg_read(lab->device.sim, SIM_REG_CONTROL_S), 3);
}

static const struct areas *own_areas(const struct lab *lab)
{
    size_t i = 0;
    while (strcmp(areas[i].partition, lab->partition) != 0) {
        i++;
    }
    return &areas[i];
}

/** The areas are as they were, apart from one sector. */
static void expect_areas_kept(struct lab *lab, const char *what, uint32_t but)
{
    for (size_t i = 0; i < COUNT_OF(marked); i++) {
        if (marked[i] / SECTOR == but / SECTOR) {
            continue;
        }
        if (lab_peek(lab, marked[i]) != marked[i] || lab_peek(lab, marked[i] + 12) != ~marked[i]) {
            fail_msg("%s %s: 0x%08X was changed", lab->partition, what, marked[i]);
        }
    }
}

/** Reads, programs, erases: the manager ends the partition, and the flash stays as it is. */
static void expect_not_its_flash(struct lab *lab, uint32_t index, uint32_t off)
{
    static const struct {
        const char *what;
        char letter;
    } operations[] = {{"reads", 'd'}, {"programs", 'D'}, {"erases", 'E'}};
    char words[80];
    (void)snprintf(words, sizeof words, "%s: programmer error: flash is not its own",
                   lab->partition);
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        if (lab_attack(lab, operations[i].letter, off | index)) {
            fail_msg("%s %s 0x%08X of area %u:\n%s", lab->partition, operations[i].what, off, index,
                     lab->device.uart);
        }
        lab_expect_words(lab, operations[i].what, lab->device.uart, words);
        expect_nothing_sent(lab, operations[i].what);
        assert_null(strstr(lab->device.events, "fault:"));
        const uint32_t addr = FLASH + (own_areas(lab)->addr[index & 1u] - FLASH + off) % 0x200000u;
        expect_areas_kept(lab, operations[i].what, 0);
        assert_int_not_equal(lab_peek(lab, addr), MARK);
    }
}

static void flash_that_is_not_its_own_is_its_end(void **state)
{
    struct lab *lab = *state;
    const struct areas *own = own_areas(lab);
    for (uint32_t index = 0; index < 2; index++) {
        static const uint32_t others[] = {ITS, PS, COUNTERS, FLASH, 0x0C014000, 0x0C040000};
        for (size_t i = 0; i < COUNT_OF(others); i++) {
            if (others[i] != own->addr[index] || own->size[index] == 0) {
                expect_not_its_flash(lab, index, others[i] - own->addr[index]);
            }
        }
        expect_not_its_flash(lab, index, own->size[index]);
        expect_not_its_flash(lab, index, (uint32_t)0 - SECTOR);
    }
    for (uint32_t index = 2; index < 4 && !own->more; index++) {
        expect_not_its_flash(lab, index, 0);
    }
}

static void its_own_areas_are_open_and_nothing_else_changes(void **state)
{
    struct lab *lab = *state;
    const struct areas *own = own_areas(lab);
    for (uint32_t index = 0; index < 2 && own->size[index] > 0; index++) {
        uint32_t words[2];
        const uint32_t addr = own->addr[index];
        assert_true(lab_attack(lab, 'd', index));
        lab_answer(lab, words, 2);
        assert_int_equal(words[0], STATUS_OK);
        assert_int_equal(words[1], addr);
        assert_true(lab_attack(lab, 'D', 16u | index));
        lab_answer(lab, words, 1);
        assert_int_equal(words[0], STATUS_OK);
        assert_int_equal(lab_peek(lab, addr + 16), MARK);
        expect_areas_kept(lab, "programs its own", 0);
        assert_true(lab_attack(lab, 'E', index));
        lab_answer(lab, words, 1);
        assert_int_equal(words[0], STATUS_OK);
        assert_int_equal(lab_peek(lab, addr), 0xFFFFFFFF);
        expect_areas_kept(lab, "erases its own", addr);
    }
}

static void an_area_is_a_device_that_answers_mistakes(void **state)
{
    struct lab *lab = *state;
    const struct areas *own = own_areas(lab);
    for (uint32_t index = 0; index < (own->more ? 2u : 3u); index++) {
        uint32_t words[12];
        assert_true(lab_attack(lab, 'v', index));
        lab_answer(lab, words, COUNT_OF(words));
        const uint32_t size = index < 2 ? own->size[index] : 0;
        assert_int_equal(words[0], size);
        if (size == 0) {
            continue;
        }
        assert_int_equal(words[1], SECTOR);
        assert_int_equal(words[2], 16);
        assert_int_equal(words[3], STATUS_OK);
        for (unsigned i = 4; i < 8; i++) {
            assert_int_equal(words[i], STATUS_ARGUMENT);
        }
        assert_int_equal(words[8], own->addr[index] + size - 16);
    }
}

static void flash_goes_through_its_own_memory_only(void **state)
{
    static const struct {
        char letter;
        enum place place;
        uint32_t off;
    } rows[] = {
        {'B', SPM_RAM_END, WORD_BELOW},    {'B', OTHER_RAM, 0},         {'B', OWN_TEXT, 0},
        {'B', ABSOLUTE, 0x30040000},       {'B', ABSOLUTE, 0x20000000}, {'P', SPM_TEXT, 0},
        {'P', SPM_RAM_END, (uint32_t)-16}, {'P', OTHER_TEXT, 0},        {'P', OTHER_RAM, 0},
        {'P', ABSOLUTE, 0x20000000},       {'P', ABSOLUTE, 0x0803E000}, {'P', ABSOLUTE, ITS},
    };
    struct lab *lab = *state;
    char words[80];
    if (own_areas(lab)->size[0] == 0) {
        return;
    }
    (void)snprintf(words, sizeof words, "%s: " NOT_OWN, lab->partition);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const uint32_t addr = lab->place[rows[i].place] + rows[i].off;
        assert_false(lab_attack(lab, rows[i].letter, addr));
        lab_expect_words(lab, "buffer", lab->device.uart, words);
        if (rows[i].letter == 'B' && addr < SRAM2_END) {
            assert_int_not_equal(lab_peek(lab, addr), own_areas(lab)->addr[0]);
        }
        expect_areas_kept(lab, "buffer", 0);
    }
}

/* Argument: the only partition to be hostile. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hostile_partition_is_stopped_and_named),
        cmocka_unit_test(of_secure_ram_only_its_own_is_open),
        cmocka_unit_test(its_own_memory_is_open),
        cmocka_unit_test(a_device_is_open_to_the_partition_that_has_it),
        cmocka_unit_test(it_is_entered_with_registers_that_say_nothing),
        cmocka_unit_test(it_cannot_make_itself_privileged),
        cmocka_unit_test(a_partition_that_leaves_takes_nothing_along),
        cmocka_unit_test(flash_that_is_not_its_own_is_its_end),
        cmocka_unit_test(its_own_areas_are_open_and_nothing_else_changes),
        cmocka_unit_test(an_area_is_a_device_that_answers_mistakes),
        cmocka_unit_test(flash_goes_through_its_own_memory_only),
    };
    static const struct {
        const char *name;
        CMFixtureFunction open;
    } partitions[] = {{"crypto", open_crypto},
                      {"update", open_update},
                      {"its", open_its},
                      {"ps", open_ps},
                      {"attest", open_attest}};
    int failed = 0;
    for (size_t i = 0; i < COUNT_OF(partitions); i++) {
        if (argc < 2 || strcmp(argv[1], partitions[i].name) == 0) {
            failed += cmocka_run_group_tests_name(partitions[i].name, tests, partitions[i].open,
                                                  lab_close);
        }
    }
    return failed;
}

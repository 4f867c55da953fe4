/*
 * The isolation matrix: everybody tries everything, by code that runs on the simulated chip, and
 * each answer is compared with what matrix_map.c says of it. The table is printed.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "matrix_map.h"
#include "support/device_maker.h"

#define BOOT_INSNS 400000000u
#define CELL_INSNS 200000u
#define STEP       4000u
#define MARK       0xA77AC4EDu
#define SRAM       0x20000000u
#define BX_LR      0x4770u
#define CELLS_MIN  2000u

#define APPLICATION     ((uint32_t)(LAYOUT_FLASH_NS + LAYOUT_APPLICATION_OFF + LAYOUT_HEADER_SIZE))
#define MODULE_AS_OPEN  ((uint32_t)(LAYOUT_FLASH_NS + MAP_MODULE_OFF + LAYOUT_HEADER_SIZE))
#define MANAGER_AS_OPEN ((uint32_t)(LAYOUT_FLASH_NS + LAYOUT_MANAGER_OFF + LAYOUT_HEADER_SIZE))

/** As matrix_map.h has it: the module's RAM is the end of SRAM3. */
static const char layout_text[] =
    "layout:\n"
    "  journal: {offset: 0x1DE000, size: 16K}\n"
    "  slots:\n"
    "    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1D0000, size: 56K}}\n"
    "    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x1A4000, size: 176K}}\n"
    "    - {role: application, offset: 0x3E000, size: 776K,\n"
    "       download: {offset: 0x106000, size: 784K}}\n"
    "    - {role: module0, offset: 0x100000, size: 24K, ram: 8K,\n"
    "       download: {offset: 0x106000, size: 32K}}\n";

static const struct {
    enum matrix_access access;
    uint32_t right;
    char shown;
} accesses[] = {
    {MATRIX_READ, MAY_READ, 'r'},
    {MATRIX_WRITE, MAY_WRITE, 'w'},
    {MATRIX_EXECUTE, MAY_EXECUTE, 'x'},
};

enum outcome {
    DONE,
    REFUSED, /**< With a fault, or in silence. */
    UNCLEAR,
};

struct lab {
    struct device device;
    struct sim_snapshot *ready;
    uint32_t mailbox;
    uint32_t spm_addr;
    struct matrix_spm spm;
    struct map map;
};

static void peek(struct lab *lab, uint32_t addr, void *data, size_t len)
{
    struct sim_error error;
    if (sim_peek(lab->device.sim, addr & ~0x10000000u, data, len, &error) != SIM_OK) {
        fail_msg("0x%08X: %s", addr, error.text);
    }
}

static void poke(struct lab *lab, uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    if (sim_poke(lab->device.sim, addr & ~0x10000000u, data, len, &error) != SIM_OK) {
        fail_msg("0x%08X: %s", addr, error.text);
    }
}

static uint32_t peek_word(struct lab *lab, uint32_t addr)
{
    uint32_t word = 0;
    peek(lab, addr, &word, sizeof word);
    return word;
}

static uint32_t told(const struct lab *lab, const char *what)
{
    const char *at = strstr(lab->device.uart, what);
    assert_non_null(at);
    return (uint32_t)strtoul(at + strlen(what), NULL, 16);
}

/** What must stay as it is: the chip uses it. */
static bool is_live(const struct map_target *target)
{
    const enum map_kind kind = target->kind;
    if (kind == MAP_MANAGER_DATA || kind == MAP_GATE_STACK) {
        return target->addr > target->base;
    }
    return kind == MAP_GATE || kind == MAP_GATE_INSIDE || kind == MAP_VECTORS ||
           kind == MAP_MANAGER_CODE || kind == MAP_MODULE_CONSTANTS ||
           ((kind == MAP_PARTITION || kind == MAP_LIBRARY || kind == MAP_MODULE_CODE) &&
            target->addr < SRAM) ||
           target->addr == MODULE_AS_OPEN || target->addr == APPLICATION ||
           target->addr == MANAGER_AS_OPEN;
}

/** Where nothing is needed any more, a function that returns at once: what is run comes back. */
static void plant_code(struct lab *lab)
{
    const uint16_t code[8] = {BX_LR, BX_LR, BX_LR, BX_LR, BX_LR, BX_LR, BX_LR, BX_LR};
    for (size_t i = 0; i < lab->map.targets; i++) {
        const struct map_target *target = &lab->map.target[i];
        if (target->memory && !is_live(target)) {
            poke(lab, target->addr, code, sizeof code);
        }
    }
}

static int open_lab(void **state)
{
    static struct lab lab;
    const struct device_images images = {
        .manager = "tests/system/firmware/hostile_manager",
        .application = "tests/system/firmware/matrix_client",
        .module = "tests/system/firmware/matrix_module",
        .layout = layout_text,
    };
    struct sim_error error;
    device_open(&lab.device, &images);
    device_boot(&lab.device);
    if (!device_run_until(&lab.device, "matrix: ready\n", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", lab.device.uart, lab.device.events);
    }
    lab.mailbox = told(&lab, "matrix: mailbox ");
    lab.spm_addr = told(&lab, "matrix: spm ");
    peek(&lab, lab.spm_addr, &lab.spm, sizeof lab.spm);
    map_draw(&lab.map, &lab.spm);
    plant_code(&lab);
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

/** Where to enter the target as a function: where it returns at once, if the chip's own code does. */
static uint32_t entry_of(struct lab *lab, const struct map_target *target)
{
    const bool at_end = target->addr > target->base;
    const uint32_t last = target->limit - 2u;
    if (!target->memory || !is_live(target)) {
        return target->addr;
    }
    for (uint32_t off = 0; target->base + off < target->limit; off += 2u) {
        const uint32_t at = at_end ? last - off : target->base + off;
        if ((peek_word(lab, at & ~3u) >> 8 * (at & 2u) & 0xFFFFu) == BX_LR) {
            return at;
        }
    }
    return target->addr;
}

/** Has the access made on the chip as it was. */
static void try_it(struct lab *lab, const struct map_domain *domain, uint32_t access, uint32_t addr)
{
    const struct matrix_mailbox order = {
        .go = 1,
        .actor = domain->actor,
        .handle = domain->record != NULL ? domain->record->handle : 0,
        .access = access,
        .addr = addr,
    };
    const uint32_t aim[2] = {access, addr};
    sim_snapshot_restore(lab->device.sim, lab->ready);
    lab->device.events_len = 0;
    lab->device.events[0] = '\0';
    poke(lab, lab->spm_addr, aim, sizeof aim);
    poke(lab, lab->mailbox, &order, sizeof order);
    const uint64_t end = sim_time(lab->device.sim) + CELL_INSNS;
    while (sim_time(lab->device.sim) < end) {
        (void)sim_run(lab->device.sim, STEP);
        if (strstr(lab->device.events, "fault: ") != NULL ||
            peek_word(lab, lab->mailbox + offsetof(struct matrix_mailbox, done)) != 0) {
            return;
        }
    }
}

static enum outcome outcome_of(struct lab *lab, uint32_t addr)
{
    struct matrix_mailbox answer;
    const char *events = lab->device.events;
    char words[64];
    peek(lab, lab->mailbox, &answer, sizeof answer);
    (void)snprintf(words, sizeof words, "PGSERR: a write to flash at offset 0x%X",
                   (unsigned)(addr & (LAYOUT_FLASH_SIZE - 1)));
    if (strstr(events, words) != NULL) {
        return REFUSED;
    }
    if (strstr(events, "refused: ") == NULL && strstr(events, "fault: ") == NULL) {
        return answer.done != 0 && answer.status == 0 ? DONE : UNCLEAR;
    }
    (void)snprintf(words, sizeof words, "0x%08X", addr);
    return strstr(events, words) != NULL ? REFUSED : UNCLEAR;
}

static uint32_t value_read(struct lab *lab, const struct map_domain *domain)
{
    const bool by_spm = domain->actor == MATRIX_SPM || domain->actor == MATRIX_SPM_IN_CALL;
    return by_spm ? peek_word(lab, lab->spm_addr + offsetof(struct matrix_spm, value))
                  : peek_word(lab, lab->mailbox + offsetof(struct matrix_mailbox, value));
}

/** Whether memory says what the outcome says. */
static bool is_borne_out(struct lab *lab, const struct map_domain *domain,
                         const struct map_target *target, uint32_t access, enum outcome outcome,
                         uint32_t before)
{
    if (!target->memory || access == MATRIX_EXECUTE) {
        return true;
    }
    const uint32_t after = peek_word(lab, target->addr);
    if (access == MATRIX_WRITE) {
        return after == (outcome == DONE ? MARK : before);
    }
    return outcome != DONE || value_read(lab, domain) == before;
}

/** @return the right as it is shown, or '!' where the chip does otherwise than it should */
static char check_cell(struct lab *lab, const struct map_domain *domain,
                       const struct map_target *target, size_t which)
{
    const uint32_t access = accesses[which].access;
    const bool may = (map_may(domain, target) & accesses[which].right) != 0;
    sim_snapshot_restore(lab->device.sim, lab->ready);
    const uint32_t addr = access == MATRIX_EXECUTE ? entry_of(lab, target) : target->addr;
    const uint32_t before = target->memory ? peek_word(lab, target->addr) : 0;
    try_it(lab, domain, access, addr);
    const enum outcome outcome = outcome_of(lab, addr);
    if (outcome == (may ? DONE : REFUSED) &&
        is_borne_out(lab, domain, target, access, outcome, before)) {
        return may ? accesses[which].shown : '-';
    }
    print_message("%s, %s, '%c' at 0x%08X: expected %s, was %s\n%s", domain->name, target->name,
                  accesses[which].shown, addr, may ? "done" : "refused",
                  outcome == DONE      ? "done"
                  : outcome == REFUSED ? "refused"
                                       : "unclear",
                  lab->device.events);
    return '!';
}

static void print_heads(const struct map *map)
{
    printf("\nThe isolation matrix; r, w, x: can be read, written, run.\n");
    for (size_t i = 0; i < map->domains; i++) {
        printf("%4zu  %s\n", i + 1, map->domain[i].name);
    }
    printf("%-40s %-10s", "", "");
    for (size_t i = 0; i < map->domains; i++) {
        printf(" %3zu", i + 1);
    }
    printf("\n");
}

static void everybody_reaches_what_his_record_says_and_nothing_else(void **state)
{
    struct lab *lab = *state;
    const struct map *map = &lab->map;
    unsigned cells = 0;
    unsigned wrong = 0;
    print_heads(map);
    for (size_t t = 0; t < map->targets; t++) {
        char line[4 * MAP_DOMAINS_MAX + 1] = "";
        char *at = line;
        for (size_t d = 0; d < map->domains; d++) {
            *at++ = ' ';
            for (size_t a = 0; a < COUNT_OF(accesses); a++) {
                *at = check_cell(lab, &map->domain[d], &map->target[t], a);
                wrong += *at++ == '!';
                cells++;
            }
        }
        printf("%-40s 0x%08X%s\n", map->target[t].name, (unsigned)map->target[t].addr, line);
    }
    printf("%u cells, %u wrong\n", cells, wrong);
    assert_true(cells >= CELLS_MIN);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_reaches_what_his_record_says_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, open_lab, close_lab);
}

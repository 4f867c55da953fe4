/*
 * The images that would be flashed, their power cut while they install: at flash operations that are
 * drawn, half of them those that matter most, the journal's and the erases; every other time once
 * more on the way back up.
 *
 * Verifying signatures takes a boot most of its time, and no part of it writes to flash. So a boot
 * after a cut is followed until the flash is as it is to be, beginning behind the iROT where that
 * has nothing to do; one in so many is followed from power-on to its end, with the boots after it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>

#include "cuts_chip.h"
#include "support/test.h"

#define UROT_UP     "uROT 0.1.0\n"
#define MANAGER_UP  "manager 0.1.0\n"
#define OLD_IS_UP   "hello_psa: ok"
#define NEW_IS_UP   "storage: boot"
#define NEW_PROGRAM "examples/storage/storage"
#define PROBE_UP    "probe"
#define NEW_MANAGER "tests/system/firmware/probe_manager"

#define BOOT_INSNS       400000000u
#define SIGNATURES_INSNS 300000000u /* of all that is verified before the flash is written */
#define QUIET_INSNS      150000u    /* without a flash operation, when no signature is verified */
#define PROGRAM_INSNS    900u
#define OBK_SWAP_INSNS   500000u /* is longer than any other operation */
#define OPERATIONS_MAX   24576u
#define POINTS_APART     128u
#define POINTS           256u
#define SECTOR           8192u

#define UROT_INDEX        0u
#define MANAGER_INDEX     1u
#define APPLICATION_INDEX 2u

#define ROUNDS 4u /* What a cut leaves depends on the number of the boot as well. */

/** A component that is installed. */
struct member {
    uint32_t index; /**< Its number. */
    bool secure;
    const struct layout_slot *slot;
    struct cuts_image old;
    struct cuts_image renewed;
};

/** A way that is swept: from a snapshot to the last of its flash operations. */
struct way {
    struct sim_snapshot *point[POINTS]; /**< The first one is before any operation. */
    uint64_t operations_at[POINTS];     /**< That had begun then. */
    uint32_t points;
    uint32_t operations;
    bool special[OPERATIONS_MAX]; /**< A record of the journal, an erase; by number. */
    bool met[OPERATIONS_MAX];     /**< Was cut in some round. */
    struct sim_snapshot *restart; /**< Where a boot after a cut is begun; NULL: at power-on. */
};

static struct {
    uint32_t share; /**< One cut in so many is made. */
    uint64_t random;
    uint64_t cuts;
    uint64_t positions;
    uint64_t lives;
    struct member member[2];
    uint32_t members;
} bench;

static uint64_t draw(uint64_t below)
{
    bench.random += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t value = bench.random;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return (value ^ (value >> 31)) % below;
}

static const struct layout_slot *slot_of(uint32_t role)
{
    for (uint32_t i = 0; i < cuts_layout.count; i++) {
        if (cuts_layout.slot[i].role == role) {
            return &cuts_layout.slot[i];
        }
    }
    fail_msg("no slot of role %u", role);
    return NULL;
}

static struct sim_snapshot *take(void)
{
    struct sim_snapshot *snapshot = NULL;
    struct sim_error error;
    assert_int_equal(sim_snapshot_take(cuts_device.sim, &snapshot, &error), SIM_OK);
    return snapshot;
}

/*
 * Rehearsing.
 */

/** Records in the journal's sectors, whatever they say. */
static uint32_t records(void)
{
    static uint8_t bytes[2u * SECTOR];
    static const uint8_t blank[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    struct sim_error error;
    uint32_t count = 0;
    assert_true(cuts_layout.journal_size <= sizeof bytes);
    assert_int_equal(sim_peek(cuts_device.sim, 0x0C000000u + cuts_layout.journal_off, bytes,
                              cuts_layout.journal_size, &error),
                     SIM_OK);
    for (uint32_t off = 0; off < cuts_layout.journal_size; off += 16u) {
        count += memcmp(bytes + off, blank, 16) != 0 ? 1u : 0u;
    }
    return count;
}

/** Runs to the next operation; false if the next stage is up before. @param waited  out: for long */
static bool run_to_next(uint64_t number, const char *end, bool *waited)
{
    *waited = false;
    for (uint64_t spent = 0; spent < SIGNATURES_INSNS; spent += QUIET_INSNS) {
        if (cuts_run_into(number, QUIET_INSNS)) {
            return true;
        }
        if (strstr(cuts_device.uart, end) != NULL) {
            return false;
        }
        *waited = spent > OBK_SWAP_INSNS;
    }
    fail_msg("neither an operation nor '%s'", end);
    return false;
}

static void add_point(struct way *way)
{
    assert_true(way->points < POINTS);
    way->point[way->points] = take();
    way->operations_at[way->points++] = sim_flash_operations(cuts_device.sim);
}

/**
 * Runs a way to its end, from where the chip is, with points to begin again from.
 * @param end  what the UART says then
 */
static void rehearse(struct way *way, const char *end, struct sim_snapshot *restart)
{
    uint32_t before = records();
    bool waited = false;
    way->points = 0;
    way->operations = 0;
    way->restart = restart;
    memset(way->special, 0, sizeof way->special);
    add_point(way);
    for (uint64_t number = way->operations_at[0] + 1u; run_to_next(number, end, &waited);
         number++) {
        const uint32_t now = records();
        if (now != before && way->operations > 0) {
            way->special[way->operations - 1u] = true; /* the one before was a record ... */
            way->special[way->operations] = true;      /* ... behind which a sector is erased */
        }
        before = now;
        if (waited || way->operations % POINTS_APART == 0) {
            add_point(way);
        }
        way->operations++;
        assert_true(way->operations < OPERATIONS_MAX);
    }
    assert_true(way->operations > 0);
    way->special[0] = true;
    way->special[way->operations - 1u] = true;
}

static void forget(struct way *way)
{
    for (uint32_t i = 0; i < way->points; i++) {
        sim_snapshot_free(way->point[i]);
    }
    sim_snapshot_free(way->restart);
}

/*
 * Cutting.
 */

static uint32_t draw_operation(const struct way *way)
{
    const bool special = draw(2) == 0;
    uint32_t at = (uint32_t)draw(way->operations);
    while (special && !way->special[at]) {
        at = (at + 1u) % way->operations;
    }
    return at;
}

/** Somewhere in the operation, or behind it. */
static void lose_power(uint32_t within)
{
    (void)sim_run(cuts_device.sim, 1u + draw(within));
    sim_power_on(cuts_device.sim);
    cuts_device.uart_len = 0;
    cuts_device.uart[0] = '\0';
    bench.cuts++;
}

/** Cuts the way at an operation, so many instructions behind its beginning at most. */
static void cut_way(struct way *way, uint32_t at, uint32_t within)
{
    const uint64_t number = way->operations_at[0] + at + 1u;
    uint32_t point = way->points - 1u;
    while (way->operations_at[point] > number) {
        point--;
    }
    sim_snapshot_restore(cuts_device.sim, way->point[point]);
    if (way->operations_at[point] != number || point == 0) {
        assert_true(cuts_run_into(number, SIGNATURES_INSNS));
    }
    bench.positions += !way->met[at];
    way->met[at] = true;
    lose_power(within);
}

static void restart(const struct way *way)
{
    if (way->restart != NULL) {
        sim_snapshot_restore_volatile(cuts_device.sim, way->restart);
    }
}

/** Every other time: cuts what the boot after the cut does, if it does anything soon. */
static void cut_again(const struct way *way)
{
    if (draw(2) != 0) {
        return;
    }
    const uint64_t number = sim_flash_operations(cuts_device.sim) + 1u + draw(way->operations);
    if (cuts_run_into(number, 3000000u)) {
        lose_power(PROGRAM_INSNS);
    }
    restart(way);
}

/** Runs until `state` says that the flash is as it is to be, and nothing writes to it. */
static void settle(bool (*done)(void))
{
    uint64_t operations = 0;
    for (uint64_t spent = 0; spent < SIGNATURES_INSNS; spent += QUIET_INSNS) {
        (void)sim_run(cuts_device.sim, QUIET_INSNS);
        const uint64_t now = sim_flash_operations(cuts_device.sim);
        if (now == operations && done()) {
            return;
        }
        operations = now;
    }
    fail_msg("never as it is to be: %s", cuts_device.uart);
}

/*
 * Sets that are swapped in, and back.
 */

/** Adds a component of the set, with its new image staged. */
static void add_member(uint32_t index, uint32_t role, const char *name, const char *program)
{
    struct member *member = &bench.member[bench.members++];
    char file[32];
    (void)snprintf(file, sizeof file, "%s.img", name);
    member->index = index;
    member->secure = role != IMAGE_ROLE_APPLICATION;
    member->slot = slot_of(role);
    cuts_device.counter = 1;
    cuts_load_image(&member->old, file, role);
    cuts_device.counter = 2;
    device_put_image(&cuts_device, name, name, program,
                     0x0C000000u + member->slot->download_off + SECTOR);
    cuts_load_image(&member->renewed, file, role);
}

static void stage_members(void)
{
    uint8_t components[2];
    for (uint32_t i = 0; i < bench.members; i++) {
        components[i] = (uint8_t)bench.member[i].index;
    }
    cuts_make_journal(components, bench.members, JOURNAL_STAGED);
}

static bool all_new(void)
{
    bool are = true;
    for (uint32_t i = 0; i < bench.members; i++) {
        const struct member *member = &bench.member[i];
        are = are && cuts_stands(&member->renewed, member->slot->off, member->secure) &&
              cuts_holds(&member->old, member->slot->download_off);
    }
    return are;
}

static bool all_old(void)
{
    bool are = true;
    for (uint32_t i = 0; i < bench.members; i++) {
        const struct member *member = &bench.member[i];
        are = are && cuts_stands(&member->old, member->slot->off, member->secure);
    }
    return are;
}

/** Nothing is left to swap, and what is active is what the journal says. */
static bool swap_is_over(void)
{
    static struct journal journal;
    uint32_t steps = 0;
    assert_true(cuts_journal(&journal));
    for (uint32_t i = 0; i < bench.members; i++) {
        const struct journal_component *component = &journal.component[bench.member[i].index];
        assert_int_equal(component->state, journal.component[bench.member[0].index].state);
        steps += 2u * component->sectors;
    }
    if (journal.operation.kind != JOURNAL_NOTHING) {
        if (journal.operation.steps < steps) {
            return false;
        }
        assert_true(journal.operation.kind == JOURNAL_INSTALL ? all_new() : all_old());
        return true;
    }
    const uint8_t state = journal.component[bench.member[0].index].state;
    if (state == JOURNAL_STAGED) {
        return false; /* it is being verified once more */
    }
    assert_true(state == JOURNAL_TRIAL ? all_new() : all_old());
    assert_true(state == JOURNAL_TRIAL || state == JOURNAL_FAILED);
    return true;
}

static void expect_counter(uint32_t level, uint32_t component, uint32_t counter)
{
    const struct boot_counters counters = cuts_counters(level);
    assert_int_equal(counters.counter[component], counter);
}

/** From power-on to the application, and on until the old one runs and stays. */
static void follow_life(void)
{
    bench.lives++;
    for (unsigned boot = 0; boot < 4; boot++) {
        device_boot(&cuts_device);
        if (device_run_until(&cuts_device, OLD_IS_UP, BOOT_INSNS)) {
            assert_true(all_old());
            expect_counter(BOOT_COUNTERS_OFF_HDPL2, APPLICATION_INDEX, 1);
            return;
        }
        if (strstr(cuts_device.uart, NEW_IS_UP) == NULL) {
            fail_msg("neither is up: %s\n%s", cuts_device.uart, cuts_device.events);
        }
        assert_true(all_new());
        expect_counter(BOOT_COUNTERS_OFF_HDPL2, APPLICATION_INDEX, 1);
    }
    fail_msg("the trial has no end: %s", cuts_device.uart);
}

/** @param life_every  one in so many is followed to its end; 0: none */
static void sweep_swap(struct way *way, uint32_t cuts, uint32_t life_every)
{
    const uint64_t end = bench.cuts + cuts / bench.share;
    for (uint32_t i = 0; bench.cuts < end; i++) {
        cut_way(way, draw_operation(way), PROGRAM_INSNS);
        restart(way);
        cut_again(way);
        if (life_every != 0 && i % life_every == life_every - 1u) {
            follow_life();
            continue;
        }
        settle(swap_is_over);
        for (uint32_t k = 0; k < bench.members; k++) {
            expect_counter(BOOT_COUNTERS_OFF_HDPL2, bench.member[k].index, 1);
        }
    }
}

/** Boots so often and so far that nothing is done to the flash, then to the uROT. */
static struct sim_snapshot *boot_to_urot(uint32_t before)
{
    for (uint32_t i = 0; i < before; i++) {
        device_boot(&cuts_device);
        (void)device_run(&cuts_device, 1);
    }
    device_boot(&cuts_device);
    assert_true(device_run_until(&cuts_device, UROT_UP, BOOT_INSNS));
    return take();
}

static void an_application_is_swapped_in_and_back(void **state)
{
    static struct way in;
    static struct way back;
    (void)state;
    add_member(APPLICATION_INDEX, IMAGE_ROLE_APPLICATION, "application", NEW_PROGRAM);
    stage_members();
    struct sim_snapshot *staged = take();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        sim_snapshot_restore(cuts_device.sim, staged);
        rehearse(&in, MANAGER_UP, boot_to_urot(round));
        assert_true(device_run_until(&cuts_device, NEW_IS_UP, BOOT_INSNS));
        rehearse(&back, MANAGER_UP, boot_to_urot(round));
        sweep_swap(&in, 300, 60);
        sweep_swap(&back, 250, 60);
        forget(&in);
        forget(&back);
    }
    sim_snapshot_free(staged);
    print_message("application: %u operations in, %u back\n", in.operations, back.operations);
}

/** The new manager is one that no application would run on; so none of these is followed further. */
static void manager_and_application_are_swapped_in_and_back(void **state)
{
    static struct way in;
    static struct way back;
    (void)state;
    add_member(MANAGER_INDEX, IMAGE_ROLE_MANAGER, "manager", NEW_MANAGER);
    add_member(APPLICATION_INDEX, IMAGE_ROLE_APPLICATION, "application", NEW_PROGRAM);
    stage_members();
    rehearse(&in, PROBE_UP, boot_to_urot(0));
    rehearse(&back, MANAGER_UP, boot_to_urot(0));
    sweep_swap(&in, 150, 0);
    sweep_swap(&back, 100, 0);
    forget(&in);
    forget(&back);
    print_message("manager and application: %u operations in, %u back\n", in.operations,
                  back.operations);
}

/*
 * The counter of what was accepted.
 */

static void a_counter_is_raised_or_not(void **state)
{
    static struct way way;
    static const uint8_t component = APPLICATION_INDEX;
    (void)state;
    add_member(APPLICATION_INDEX, IMAGE_ROLE_APPLICATION, "application", NEW_PROGRAM);
    device_erase(&cuts_device, 0x0C000000u + bench.member[0].slot->off, 8u * SECTOR);
    device_put_image(&cuts_device, "application", "application", NEW_PROGRAM,
                     0x0C000000u + bench.member[0].slot->off);
    cuts_make_journal(&component, 1, JOURNAL_UPDATED);
    const struct boot_counters before = cuts_counters(BOOT_COUNTERS_OFF_HDPL2);
    device_boot(&cuts_device);
    rehearse(&way, MANAGER_UP, NULL);
    const struct boot_counters after = cuts_counters(BOOT_COUNTERS_OFF_HDPL2);
    assert_int_equal(before.counter[APPLICATION_INDEX], 1);
    assert_int_equal(after.counter[APPLICATION_INDEX], 2);
    uint32_t raised = 0;
    const uint32_t cuts = 200 / bench.share;
    for (uint32_t i = 0; i < cuts; i++) {
        cut_way(&way, (uint32_t)draw(way.operations), i % 2 == 0 ? PROGRAM_INSNS : OBK_SWAP_INSNS);
        const struct boot_counters now = cuts_counters(BOOT_COUNTERS_OFF_HDPL2);
        const bool is_raised = memcmp(&now, &after, sizeof now) == 0;
        assert_true(is_raised || memcmp(&now, &before, sizeof now) == 0);
        raised += is_raised ? 1u : 0u;
        if (i % 50 == 49) {
            bench.lives++;
            device_boot(&cuts_device);
            assert_true(device_run_until(&cuts_device, NEW_IS_UP, BOOT_INSNS));
            expect_counter(BOOT_COUNTERS_OFF_HDPL2, APPLICATION_INDEX, 2);
        }
    }
    print_message("counter: %u operations, %u times raised\n", way.operations, raised);
    assert_true(raised < cuts && (raised > 0 || bench.share > 1));
    forget(&way);
}

/*
 * The uROT: overwritten by the iROT, which verifies it anew after each cut.
 */

static bool urot_is_over(void)
{
    static struct journal journal;
    const struct boot_counters counters = cuts_counters(BOOT_COUNTERS_OFF_HDPL1);
    assert_true(counters.counter[UROT_INDEX] == 1 || counters.counter[UROT_INDEX] == 2);
    assert_true(cuts_journal(&journal));
    if (journal.component[UROT_INDEX].state == JOURNAL_STAGED) {
        return false;
    }
    assert_int_equal(journal.component[UROT_INDEX].state, JOURNAL_UPDATED);
    assert_true(cuts_stands(&bench.member[0].renewed, bench.member[0].slot->off, true));
    return true;
}

static void a_urot_is_overwritten(void **state)
{
    static struct way way;
    (void)state;
    add_member(UROT_INDEX, IMAGE_ROLE_UROT, "urot", "port/stm32h573/urot");
    stage_members();
    device_boot(&cuts_device);
    rehearse(&way, UROT_UP, NULL);
    for (uint32_t i = 0; i < 120 / bench.share; i++) {
        cut_way(&way, draw_operation(&way), PROGRAM_INSNS);
        if (i % 40 == 39) {
            bench.lives++;
            device_boot(&cuts_device);
            assert_true(device_run_until(&cuts_device, OLD_IS_UP, BOOT_INSNS));
            expect_counter(BOOT_COUNTERS_OFF_HDPL1, UROT_INDEX, 2);
        } else {
            settle(urot_is_over);
        }
    }
    print_message("uROT: %u operations\n", way.operations);
    forget(&way);
}

/** As the device was before the first of the tests. */
static int begin_anew(void **state)
{
    (void)state;
    bench.members = 0;
    cuts_close();
    cuts_open();
    return 0;
}

static int open_all(void **state)
{
    const char *seed = getenv("GARRISON_SEED");
    (void)state;
    bench.random = seed != NULL ? strtoull(seed, NULL, 0) : 1;
    print_message("seed %llu\n", (unsigned long long)bench.random);
    cuts_open();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    print_message("%llu cuts at %llu operations, %llu followed to their end\n",
                  (unsigned long long)bench.cuts, (unsigned long long)bench.positions,
                  (unsigned long long)bench.lives);
    cuts_close();
    return bench.cuts >= 2000 / bench.share ? 0 : -1;
}

/** The argument: makes one cut in so many. */
int main(int argc, char **argv)
{
    bench.share = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_application_is_swapped_in_and_back, begin_anew),
        cmocka_unit_test_setup(manager_and_application_are_swapped_in_and_back, begin_anew),
        cmocka_unit_test_setup(a_counter_is_raised_or_not, begin_anew),
        cmocka_unit_test_setup(a_urot_is_overwritten, begin_anew),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

/*
 * Snapshots of a chip without a processor: devices, memories and time come back however they were
 * changed, in any order of snapshots.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim_internal.h"

#define SECURE_ALIAS 0x10000000u
#define FLASH        0x08000000u
#define SRAM1        0x20000000u
#define SRAM3        0x20050000u
#define BKPSRAM      0x40036400u
#define FLASH_NSKEYR 0x40022004u
#define FLASH_NSCR   0x40022028u
#define RAMCFG_M1CR  0x40026000u
#define RAMCFG_M1KEY 0x40026028u
#define PWR_DBPCR    0x44020824u

#define REGISTERS_MAX 1024u /* of one device, in words */

static struct sim *open_chip(void)
{
    const struct sim_config config = {.no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "OPTSR2", 0xB4000070u, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "SECWM1R", 0x0000007Fu, &error), SIM_OK);
    sim_power_on(sim);
    sim_advance(sim, 1000000);
    return sim;
}

static int set_up(void **state)
{
    *state = open_chip();
    return 0;
}

static int tear_down(void **state)
{
    sim_close(*state);
    return 0;
}

static struct sim_snapshot *take(struct sim *sim)
{
    struct sim_snapshot *snapshot = NULL;
    struct sim_error error;
    assert_int_equal(sim_snapshot_take(sim, &snapshot, &error), SIM_OK);
    return snapshot;
}

static void write_as(struct sim *sim, bool secure, uint32_t addr, uint32_t value)
{
    struct sim_access access = {.kind = SIM_WRITE,
                                .addr = secure ? addr + SECURE_ALIAS : addr,
                                .size = 4,
                                .attr = {.secure = secure, .privileged = true},
                                .value = value};
    (void)sim_access(sim, &access);
}

static void put(struct sim *sim, uint32_t addr, uint32_t value)
{
    write_as(sim, false, addr, value);
}

/** Everything that is stored or readable by the host, as one number. */
static uint64_t digest(const struct sim *sim)
{
    uint64_t sum = 0xCBF29CE484222325u;
    const struct sim_nv *nv = sim->nv;
    const uint8_t *stored = (const uint8_t *)nv;
    for (size_t i = 0; i < offsetof(struct sim_nv, dirty_sector); i++) {
        sum = (sum ^ stored[i]) * 0x100000001B3u;
    }
    for (unsigned id = CHIP_SRAM1; id <= CHIP_SRAM3; id++) {
        for (uint32_t i = 0; i < sim->chip->memory[id].size; i++) {
            sum = (sum ^ sim->chip->memory[id].bytes[i]) * 0x100000001B3u;
        }
    }
    return sum ^ sim->chip->now ^ sim->chip->next_event;
}

static uint32_t random_word(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed ^ (*seed >> 15);
}

/* ---- devices ---- */

static unsigned words_of(const struct sim_device *dev)
{
    const unsigned words = dev->size / 4u;
    return words < REGISTERS_MAX ? words : REGISTERS_MAX;
}

static void read_registers(struct sim *sim, const struct sim_device *dev, uint32_t *values)
{
    for (unsigned i = 0; i < words_of(dev); i++) {
        struct sim_access access = {.kind = SIM_READ,
                                    .addr = dev->base + SECURE_ALIAS + 4u * i,
                                    .size = 4,
                                    .attr = {.secure = true, .privileged = true}};
        (void)sim_access(sim, &access);
        values[i] = access.value;
    }
}

/** Writes everywhere in a device, through both aliases, and lets some of what it starts end. */
static void scribble(struct sim *sim, const struct sim_device *dev, uint32_t seed)
{
    for (unsigned i = 0; i < words_of(dev); i++) {
        write_as(sim, true, dev->base + 4u * i, random_word(&seed));
        write_as(sim, false, dev->base + 4u * i, random_word(&seed));
    }
    chip_advance(sim->chip, sim->chip->now + random_word(&seed) % 100000u);
}

static void every_device_comes_back(void **state)
{
    static uint32_t before[REGISTERS_MAX];
    static uint32_t after[REGISTERS_MAX];
    struct sim *sim = *state;
    struct sim_snapshot *snapshot = take(sim);
    const uint64_t sum = digest(sim);
    unsigned changed = 0;
    for (unsigned i = 0; i < sim->chip->devices; i++) {
        const struct sim_device *dev = sim->chip->device[i];
        uint8_t *copy = malloc(dev->bytes);
        assert_non_null(copy);
        memcpy(copy, dev, dev->bytes);
        read_registers(sim, dev, before);
        sim_snapshot_restore(sim, snapshot);
        for (uint32_t round = 0; round < 4; round++) {
            scribble(sim, dev, 100u * i + round);
            changed += memcmp(copy, dev, dev->bytes) != 0 ? 1u : 0u;
            sim_snapshot_restore(sim, snapshot);
            assert_memory_equal(copy, dev, dev->bytes);
        }
        read_registers(sim, dev, after);
        assert_memory_equal(before, after, sizeof before[0] * words_of(dev));
        sim_snapshot_restore(sim, snapshot);
        assert_int_equal(digest(sim), sum);
        free(copy);
    }
    assert_true(changed > 3u * sim->chip->devices);
    sim_snapshot_free(snapshot);
}

static void all_devices_come_back_together(void **state)
{
    struct sim *sim = *state;
    uint64_t ends[8];
    struct sim_snapshot *snapshot = take(sim);
    for (unsigned round = 0; round < 16; round++) { /* the second eight repeat the first */
        for (unsigned i = 0; i < sim->chip->devices; i++) {
            scribble(sim, sim->chip->device[i], 1000u * (round % 8u) + i);
        }
        const uint64_t end = digest(sim);
        if (round < 8) {
            ends[round] = end;
        }
        assert_int_equal(end, ends[round % 8u]);
        sim_snapshot_restore(sim, snapshot);
    }
    sim_snapshot_free(snapshot);
}

static void what_a_device_was_doing_goes_on(void **state)
{
    struct sim *sim = *state;
    put(sim, FLASH_NSKEYR, 0x45670123u);
    put(sim, FLASH_NSKEYR, 0xCDEF89ABu);
    put(sim, FLASH_NSCR, 0x24u | 3u << 6); /* SER, STRT, sector 3 */
    assert_true(sim->chip->next_event != SIM_NEVER);
    struct sim_snapshot *snapshot = take(sim);
    for (unsigned i = 0; i < 3; i++) {
        const uint64_t due = sim->chip->next_event;
        sim_advance(sim, 10000000);
        assert_true(sim->chip->next_event != due);
        sim_snapshot_restore(sim, snapshot);
        assert_int_equal(sim->chip->next_event, due);
    }
    sim_snapshot_free(snapshot);
}

/* ---- memories ---- */

static void by_host(struct sim *sim)
{
    static const uint32_t places[] = {FLASH + 0x12345u, SRAM1 + 0x3FFF0u, SRAM3,      BKPSRAM + 5u,
                                      0x08FFF000u,      0x0BFD0010u,      0x0BF88010u};
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        uint8_t data[16];
        struct sim_error error;
        memset(data, (int)(0x30u + i), sizeof data);
        assert_int_equal(sim_poke(sim, places[i], data, sizeof data, &error), SIM_OK);
    }
}

static void by_bus(struct sim *sim)
{
    write_as(sim, true, SRAM1 + 0x100u, 0x11223344u);
    put(sim, PWR_DBPCR, 1);
    write_as(sim, true, BKPSRAM, 0x55667788u);
}

static void by_programming(struct sim *sim)
{
    put(sim, FLASH_NSKEYR, 0x45670123u);
    put(sim, FLASH_NSKEYR, 0xCDEF89ABu);
    put(sim, FLASH_NSCR, 2);
    for (uint32_t i = 0; i < 4; i++) {
        put(sim, FLASH + 0x4000u + 4u * i, 0xA0B0C0D0u + i);
    }
    sim_advance(sim, 10000000);
}

static void by_erasing(struct sim *sim)
{
    by_programming(sim);
    put(sim, FLASH_NSCR, 0x24u | 2u << 6);
    sim_advance(sim, 10000000);
}

static void by_memory_controller(struct sim *sim)
{
    write_as(sim, true, RAMCFG_M1KEY, 0xCA);
    write_as(sim, true, RAMCFG_M1KEY, 0x53);
    write_as(sim, true, RAMCFG_M1CR, 0x100);
    sim_advance(sim, 10000000);
}

static void by_option(struct sim *sim)
{
    struct sim_error error;
    assert_int_equal(sim_option_write(sim, "HDP1R", 0x00030000u, &error), SIM_OK);
}

static void by_reset(struct sim *sim)
{
    sim_power_on(sim);
}

static void memories_come_back_however_they_were_written(void **state)
{
    static void (*const ways[])(struct sim *) = {
        by_host, by_bus, by_programming, by_erasing, by_option, by_reset, by_memory_controller};
    struct sim *sim = *state;
    struct sim_snapshot *snapshot = take(sim);
    const uint64_t sum = digest(sim);
    for (unsigned i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        ways[i](sim);
        if (digest(sim) == sum) {
            fail_msg("way %u has changed nothing", i);
        }
        sim_snapshot_restore(sim, snapshot);
        if (digest(sim) != sum) {
            fail_msg("way %u is not undone", i);
        }
    }
    sim_snapshot_free(snapshot);
}

static void a_restore_copies_only_what_was_written(void **state)
{
    struct sim *sim = *state;
    struct sim_snapshot *snapshot = take(sim);
    write_as(sim, true, SRAM1, 1);
    write_as(sim, true, SRAM1 + 1020u, 1);
    write_as(sim, true, SRAM1 + 4096u, 1);
    assert_int_equal(sim->chip->written->count, 2);
    const uint8_t byte = 0;
    struct sim_error error;
    assert_int_equal(sim_poke(sim, FLASH + 0x2345u, &byte, 1, &error), SIM_OK);
    assert_int_equal(sim->chip->written->count, 2 + 8); /* one sector */
    sim_snapshot_restore(sim, snapshot);
    assert_int_equal(sim->chip->written->count, 0);
    sim_snapshot_free(snapshot);
}

/** Flash with a torn sector, OTP, OBK and options; SRAM is as it was, and time. */
static void what_outlives_a_power_cut_can_stay(void **state)
{
    struct sim *sim = *state;
    struct sim_nv *nv = sim->nv;
    static struct sim_nv kept;
    const uint64_t sum = digest(sim);
    const uint64_t time = sim_time(sim);
    struct sim_snapshot *snapshot = take(sim);
    by_erasing(sim);
    put(sim, FLASH_NSCR, 0x24u | 3u << 6); /* SER, STRT, sector 3 */
    sim_power_on(sim);
    by_host(sim);
    by_option(sim);
    assert_true(memchr(nv->flash_cell, NV_CELL_ECC_DOUBLE, sizeof nv->flash_cell) != NULL);
    memcpy(&kept, nv, sizeof kept);
    for (unsigned i = 0; i < 2; i++) {
        by_bus(sim);
        put(sim, BKPSRAM, 0);
        memcpy(kept.bkpsram, nv->bkpsram, sizeof kept.bkpsram);
        sim_snapshot_restore_volatile(sim, snapshot);
        assert_int_equal(memcmp(nv, &kept, offsetof(struct sim_nv, dirty_sector)), 0);
        assert_int_equal(sim_time(sim), time);
        uint32_t word = 1;
        struct sim_error error;
        assert_int_equal(sim_peek(sim, SRAM1 + 0x100u, (uint8_t *)&word, 4, &error), SIM_OK);
        assert_int_not_equal(word, 0x11223344u);
    }
    sim_snapshot_restore(sim, snapshot); /* and all of it can come back */
    assert_int_equal(digest(sim), sum);
    by_programming(sim);
    sim_snapshot_restore_volatile(sim, snapshot);
    struct sim_snapshot *later = take(sim);
    const uint64_t later_sum = digest(sim);
    assert_true(later_sum != sum);
    sim_snapshot_restore(sim, snapshot);
    assert_int_equal(digest(sim), sum);
    sim_snapshot_restore(sim, later);
    assert_int_equal(digest(sim), later_sum);
    sim_snapshot_free(snapshot);
    sim_snapshot_free(later);
}

/* ---- several snapshots ---- */

static void change(struct sim *sim, uint32_t step)
{
    write_as(sim, true, SRAM1 + 1024u * (step % 7u), step);
    write_as(sim, true, SRAM3 + 1024u * (step % 5u), step);
    scribble(sim, sim->chip->device[step % sim->chip->devices], step);
}

static void many_snapshots_are_gone_to_in_any_order(void **state)
{
    enum { COUNT = 12 };
    struct sim *sim = *state;
    struct sim_snapshot *snapshots[COUNT];
    uint64_t sums[COUNT];
    uint32_t seed = 5;
    for (unsigned i = 0; i < COUNT; i++) {
        snapshots[i] = take(sim);
        sums[i] = digest(sim);
        change(sim, i);
    }
    for (unsigned i = 0; i < 60; i++) {
        const unsigned which = random_word(&seed) % COUNT;
        sim_snapshot_restore(sim, snapshots[which]);
        assert_int_equal(digest(sim), sums[which]);
        change(sim, 100u + i);
        if (i % 3u == 0) { /* and another branch of the tree */
            sim_snapshot_free(snapshots[which]);
            snapshots[which] = take(sim);
            sums[which] = digest(sim);
        }
    }
    for (unsigned i = 0; i < COUNT; i++) {
        sim_snapshot_free(snapshots[i]);
    }
    change(sim, 1000); /* the last one is gone: the chip goes on */
}

static void a_reset_that_was_asked_for_comes_back(void **state)
{
    struct sim *sim = *state;
    struct sim_snapshot *before = take(sim);
    chip_want_reset(sim->chip, CHIP_RESET_IWDG);
    struct sim_snapshot *after = take(sim);
    sim_snapshot_restore(sim, before);
    sim_advance(sim, 1);
    assert_int_equal(sim->nv->boots, 1);
    sim_snapshot_restore(sim, after);
    sim_advance(sim, 1);
    assert_int_equal(sim->nv->boots, 2);
    sim_snapshot_free(before);
    sim_snapshot_free(after);
}

/* ---- what is refused ---- */

static void a_device_file_that_is_written_has_no_snapshots(void **state)
{
    (void)state;
    char path[] = "/tmp/garrison-snapshot-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    (void)close(file);
    (void)unlink(path);
    const struct sim_identity identity = {.seed = 1};
    struct sim_error error;
    assert_int_equal(sim_create(path, &identity, &error), SIM_OK);
    struct sim_config config = {.device_path = path, .no_cpu = true};
    for (unsigned i = 0; i < 2; i++) {
        struct sim *sim = NULL;
        struct sim_snapshot *snapshot = NULL;
        config.ephemeral = i == 1;
        assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
        const enum sim_status expected = config.ephemeral ? SIM_OK : SIM_ERROR_USAGE;
        assert_int_equal(sim_snapshot_take(sim, &snapshot, &error), expected);
        assert_true((snapshot != NULL) == config.ephemeral);
        sim_snapshot_free(snapshot);
        sim_close(sim);
    }
    (void)unlink(path);
}

static void another_chips_snapshot_changes_nothing(void **state)
{
    struct sim *sim = *state;
    struct sim *other = open_chip();
    struct sim_snapshot *snapshot = take(other);
    write_as(sim, true, SRAM1, 17);
    const uint64_t sum = digest(sim);
    sim_snapshot_restore(sim, snapshot);
    assert_int_equal(digest(sim), sum);
    sim_snapshot_free(snapshot);
    sim_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_device_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_devices_come_back_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_device_was_doing_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memories_come_back_however_they_were_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_restore_copies_only_what_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_outlives_a_power_cut_can_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_snapshots_are_gone_to_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reset_that_was_asked_for_comes_back, set_up, tear_down),
        cmocka_unit_test(a_device_file_that_is_written_has_no_snapshots),
        cmocka_unit_test_setup_teardown(another_chips_snapshot_changes_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Both regressions: what they erase, what stays, and a cut at every operation, also while repeating. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dev_flash.h"
#include "sim_internal.h"

#define FLASH_S   0x0C000000u
#define OBK_S     0x0FFD0000u
#define OTP       0x08FFF000u
#define SRAM_S    0x30000000u
#define BKPSRAM_S 0x50036400u
#define SECTOR    0x2000u
#define SECTORS   256u
#define OBK_BYTES 0x2000u

/* Sectors 0 to 3 of bank 1 are Secure, and 2 to 5 of bank 2; WRP protects the first ones. */
#define SECWM1 0x00030000u
#define SECWM2 0x00050002u
#define WRP1   0xFFFFFFFEu

#define FULL    0x9Au
#define PARTIAL 0xA3u

static bool sector_is_secure(unsigned sector)
{
    return sector < 4u || (sector >= 130u && sector < 134u);
}

/** An OBK byte that a partial regression keeps; the last slot is the hardware's own. */
static bool obk_is_secure(unsigned off)
{
    return off < 0x1800u;
}

static void set_option(struct sim *sim, const char *name, uint32_t value)
{
    struct sim_error error;
    if (sim_option_write(sim, name, value, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
}

static uint32_t option(struct sim *sim, const char *name)
{
    struct sim_error error;
    uint32_t value = 0;
    assert_int_equal(sim_option_read(sim, name, &value, &error), SIM_OK);
    return value;
}

static void fill(struct sim *sim, uint32_t addr, uint32_t len)
{
    struct sim_error error;
    uint8_t *data = malloc(len);
    memset(data, 0x5A, len);
    assert_int_equal(sim_poke(sim, addr, data, len, &error), SIM_OK);
    free(data);
}

/** A chip full of data that has just been told to regress, with power and before its boot. */
static struct sim *regressing_chip(uint8_t code, bool cpu)
{
    const struct sim_config config = {.no_cpu = !cpu};
    struct sim_error error;
    struct sim *sim = NULL;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    for (unsigned sector = 0; sector < SECTORS; sector++) {
        fill(sim, FLASH_S + sector * SECTOR, 32);
    }
    fill(sim, OBK_S, OBK_BYTES - 16u);
    fill(sim, OTP, 64);
    fill(sim, BKPSRAM_S, 64);
    for (unsigned i = 0; i < 48u; i++) {
        sim->nv->backup[i] = 0;
    }
    sim->nv->backup[3] = 0xB0B0B0B0u;
    set_option(sim, "SECWM1R", SECWM1);
    set_option(sim, "SECWM2R", SECWM2);
    set_option(sim, "WRP1R", WRP1);
    set_option(sim, "SECBOOTR", 0x0C0000B4u);
    set_option(sim, "OPTSR2", 0xB400007Cu);
    set_option(sim, "SECEPOCHR", 7);
    set_option(sim, "NSEPOCHR", 0x00FFFFFFu);
    set_option(sim, "OPTSR", (option(sim, "OPTSR") & ~0xFF00u) | (uint32_t)code << 8);
    sim_power_on(sim);
    fill(sim, SRAM_S, 64);
    return sim;
}

static uint8_t state_now(struct sim *sim)
{
    return (uint8_t)(option(sim, "OPTSR") >> 8);
}

/** Lets the boot ROM work until the chip has another state, or nothing more happens. */
static void run_to_the_end(struct sim *sim, uint8_t code)
{
    uint32_t vectors = 0;
    assert_false(sim_boot(sim, &vectors));
    for (unsigned i = 0; i < 100000u && state_now(sim) == code; i++) {
        sim_advance(sim, 1000);
    }
}

static bool holds(const uint8_t *data, unsigned len, uint8_t byte)
{
    for (unsigned i = 0; i < len; i++) {
        if (data[i] != byte) {
            return false;
        }
    }
    return true;
}

static void expect_end(struct sim *sim, bool full)
{
    const struct sim_nv *nv = sim->nv;
    assert_int_equal(state_now(sim), full ? 0xEDu : 0xC6u);
    assert_int_equal(option(sim, "OPTSR2"), full ? 0xC300007Cu : 0xB400007Cu);
    assert_int_equal(option(sim, "SECEPOCHR"), full ? 8u : 7u);
    assert_int_equal(option(sim, "NSEPOCHR"), 0);
    assert_int_equal(option(sim, "SECBOOTR"), full ? 0x0C0000C3u : 0x0C0000B4u);
    assert_int_equal(option(sim, "SECWM2R"), SECWM2);
    assert_int_equal(option(sim, "WRP1R"), WRP1);
    for (unsigned sector = 0; sector < SECTORS; sector++) {
        const bool kept = !full && sector_is_secure(sector);
        assert_true(holds(nv->flash + (size_t)sector * SECTOR, 32, kept ? 0x5A : 0xFF));
        assert_int_equal(nv->flash_cell[sector * SECTOR / 16u],
                         kept ? NV_CELL_PROGRAMMED : NV_CELL_VIRGIN);
    }
    for (unsigned off = 0; off < OBK_BYTES - 16u; off += 16u) {
        const bool kept = full ? off < 0x100u : obk_is_secure(off);
        assert_true(holds(nv->obk[nv->obk_current] + off, 16, kept ? 0x5A : 0xFF));
        assert_int_equal(nv->obk_cell[nv->obk_current][off / 16u],
                         kept ? NV_CELL_PROGRAMMED : NV_CELL_VIRGIN);
        assert_true(holds(nv->obk[nv->obk_current ^ 1u] + off, 16, 0xFF));
    }
    assert_true(holds(nv->otp, 64, 0x5A));
    assert_true(holds(nv->bkpsram, 64, full ? 0 : 0x5A));
    assert_int_equal(nv->backup[3], full ? 0 : 0xB0B0B0B0u);
}

static void regression_leaves_what_the_reference_says(void **state)
{
    (void)state;
    for (unsigned full = 0; full < 2; full++) {
        struct sim *sim = regressing_chip(full != 0 ? FULL : PARTIAL, false);
        run_to_the_end(sim, full != 0 ? FULL : PARTIAL);
        expect_end(sim, full != 0);
        uint8_t sram[64];
        struct sim_error error;
        assert_int_equal(sim_peek(sim, SRAM_S, sram, sizeof sram, &error), SIM_OK);
        assert_true(holds(sram, sizeof sram, 0));
        sim_close(sim);
    }
}

/** Works until `operation` has begun, and on for some of it. @return whether it came so far */
static bool work_until(struct sim *sim, uint8_t code, uint64_t operation, unsigned eighth)
{
    uint32_t vectors = 0;
    assert_false(sim_boot(sim, &vectors));
    while (sim_flash_operations(sim) < operation && state_now(sim) == code) {
        if (sim->chip->next_event == SIM_NEVER) {
            return false;
        }
        sim_advance(sim, sim->chip->next_event - sim->chip->now);
    }
    if (state_now(sim) != code || sim->chip->next_event == SIM_NEVER) {
        return false;
    }
    sim_advance(sim, (sim->chip->next_event - sim->chip->now) * eighth / 8u);
    return true;
}

/** After a cut: the state is the transient one, nothing is open, and nothing of the user starts. */
static void expect_legal(struct sim *sim, uint8_t code)
{
    struct sim_debug_access access;
    assert_int_equal(state_now(sim), code);
    assert_int_equal(option(sim, "OPTSR2"), 0xB400007Cu);
    assert_int_equal(option(sim, "SECEPOCHR"), 7);
    sim_debug_access(sim, &access);
    assert_false(access.nonsecure || access.secure || access.access_port);
    assert_null(flash_of(sim->chip)->regression.what); /* Nothing goes on without the boot ROM. */
}

static unsigned sweep(uint8_t code, unsigned first_step, unsigned second_step)
{
    unsigned cuts = 0;
    for (uint64_t first = 1;; first += first_step) {
        for (unsigned eighth = 0; eighth < 8u; eighth += 2u) {
            struct sim *sim = regressing_chip(code, false);
            if (!work_until(sim, code, first, eighth)) {
                expect_end(sim, code == FULL);
                sim_close(sim);
                return cuts;
            }
            sim_power_on(sim);
            expect_legal(sim, code);
            cuts++;
            /* Once more, somewhere in the repetition. */
            if (work_until(sim, code, 1u + (first * 3u + eighth) * second_step % 9u, eighth + 1u)) {
                sim_power_on(sim);
                expect_legal(sim, code);
                cuts++;
                run_to_the_end(sim, code);
            }
            expect_end(sim, code == FULL);
            sim_close(sim);
        }
    }
}

static void full_regression_survives_a_cut_at_every_operation(void **state)
{
    (void)state;
    /* A mass erase, two of OBK, a swap, an option change: four instants of each, and again. */
    const unsigned cuts = sweep(FULL, 1, 1);
    assert_true(cuts >= 5u * 4u);
    printf("full regression: %u cuts\n", cuts);
}

static void partial_regression_survives_a_cut_at_every_operation(void **state)
{
    (void)state;
    const unsigned cuts = sweep(PARTIAL, 1, 31);
    assert_true(cuts >= (SECTORS - 8u + 4u) * 4u);
    printf("partial regression: %u cuts\n", cuts);
}

static void processor_waits_for_the_boot_rom(void **state)
{
    (void)state;
    struct sim *sim = regressing_chip(FULL, true);
    /* The third operation: the swap of OBK. */
    sim_flash_stop(sim, 3);
    assert_int_equal(sim_run(sim, 1000), SIM_STOP_INSNS);
    assert_int_equal(sim_time(sim), 1000);
    assert_int_equal(sim_run(sim, UINT64_MAX), SIM_STOP_ASKED);
    assert_int_equal(sim_flash_operations(sim), 3);
    assert_int_equal(state_now(sim), FULL);
    sim_power_on(sim);
    assert_int_equal(sim_run(sim, UINT64_MAX), SIM_STOP_ASKED);
    sim_flash_stop(sim, 0);
    sim_stop(sim);
    assert_int_equal(sim_run(sim, UINT64_MAX), SIM_STOP_ASKED);
    assert_int_equal(sim_run(sim, UINT64_MAX), SIM_STOP_RESET);
    expect_end(sim, true);
    assert_int_equal(sim_run(sim, 1000), SIM_STOP_HALTED); /* The flash is blank. */
    sim_close(sim);
}

static void snapshot_in_the_middle_goes_on_the_same(void **state)
{
    (void)state;
    struct sim *sim = regressing_chip(PARTIAL, true);
    struct sim_snapshot *snapshot = NULL;
    struct sim_error error;
    uint64_t ended[2];
    sim_flash_stop(sim, 40);
    assert_int_equal(sim_run(sim, UINT64_MAX), SIM_STOP_ASKED);
    assert_int_equal(sim_snapshot_take(sim, &snapshot, &error), SIM_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(sim_run(sim, UINT64_MAX), SIM_STOP_RESET);
        ended[i] = sim_flash_operations(sim);
        expect_end(sim, false);
        sim_snapshot_restore(sim, snapshot);
    }
    assert_int_equal(ended[0], ended[1]);
    assert_int_equal(state_now(sim), PARTIAL);
    sim_snapshot_free(snapshot);
    sim_close(sim);
}

static void host_that_takes_over_does_not_wait_for_the_boot_rom(void **state)
{
    (void)state;
    static const uint8_t loop[] = {0x00, 0x80, 0x00, 0x30, 0x09, 0x00,
                                   0x00, 0x30, 0x01, 0x30, 0xFD, 0xE7}; /* adds r0, #1; b . - 2 */
    struct sim *sim = regressing_chip(FULL, true);
    struct sim_error error;
    uint32_t vectors = 0;
    assert_false(sim_boot(sim, &vectors));
    assert_int_equal(sim_poke(sim, SRAM_S, loop, sizeof loop, &error), SIM_OK);
    sim_take_over(sim, SRAM_S);
    assert_int_equal(sim_run(sim, 100), SIM_STOP_INSNS);
    assert_in_range(sim_reg_read(sim, SIM_REG_R0), 49, 51);
    sim_close(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regression_leaves_what_the_reference_says),
        cmocka_unit_test(full_regression_survives_a_cut_at_every_operation),
        cmocka_unit_test(partial_regression_survives_a_cut_at_every_operation),
        cmocka_unit_test(processor_waits_for_the_boot_rom),
        cmocka_unit_test(host_that_takes_over_does_not_wait_for_the_boot_rom),
        cmocka_unit_test(snapshot_in_the_middle_goes_on_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

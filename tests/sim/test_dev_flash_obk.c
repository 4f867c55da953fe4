/* Option-byte keys: who reaches which slot, alternate sector, swap. */
#include "flash_fixture.h"

#include <string.h>

#define CASE(name) cmocka_unit_test_setup_teardown(name, obk_setup, fixture_teardown)

#define ALT_SECT      (1u << 2)
#define ALT_ERASE     (1u << 3)
#define SWAP_REQ      (1u << 1)
#define OFFSET(slots) ((uint32_t)(slots) << 16)

static int obk_setup(void **state)
{
    (void)fixture_setup(state);
    struct flash_fixture *f = *state;
    chip_hdpl_raise(f->chip);
    unlock(f);
    set_s(f, R_SECCR, CR_PG);
    set_s(f, R_SECOBKKEYR, 0x192A083Bu);
    set_s(f, R_SECOBKKEYR, 0x6E7F4C5Du);
    set_ns(f, R_NSOBKKEYR, 0x192A083Bu);
    set_ns(f, R_NSOBKKEYR, 0x6E7F4C5Du);
    return 0;
}

/** As provisioning leaves it. */
static void provision(struct flash_fixture *f, uint32_t off, uint8_t byte)
{
    memset(f->nv->obk[f->nv->obk_current] + off, byte, 16);
    f->nv->obk_cell[f->nv->obk_current][off / 16u] = NV_CELL_PROGRAMMED;
}

static void slot_is_read_at_its_own_level_only(void **state)
{
    struct flash_fixture *f = *state;
    provision(f, 0x200, 0x11);
    provision(f, 0x900, 0x22);
    assert_int_equal(load(f, OBK_S + 0x200u, 4), 0x11111111u);
    assert_int_equal(load(f, OBK_S + 0x900u, 4), 0);
    assert_int_equal(f->decision.filter, BUS_FILTER_OBK);
    chip_hdpl_raise(f->chip);
    assert_int_equal(load(f, OBK_S + 0x900u, 4), 0x22222222u);
    assert_int_equal(load(f, OBK_S + 0x200u, 4), 0);
    assert_string_equal(f->decision.why, "OBK slot at 0x200 belongs to HDPL1, OBK level is 2");
}

static void secure_slots_are_zero_for_non_secure_software(void **state)
{
    struct flash_fixture *f = *state;
    provision(f, 0x100, 0x11);
    assert_int_equal(load(f, OBK_NS + 0x100u, 4), 0);
    assert_string_equal(f->decision.why,
                        "OBK slot at 0x100 belongs to HDPL1, the access is Non-secure");
}

static void hdpl_3_has_slots_for_each_world(void **state)
{
    struct flash_fixture *f = *state;
    chip_hdpl_raise(f->chip);
    chip_hdpl_raise(f->chip);
    provision(f, 0xC00, 0x33);
    provision(f, 0x1800, 0x44);
    assert_int_equal(load(f, OBK_S + 0xC00u, 1), 0x33);
    assert_int_equal(load(f, OBK_NS + 0xC00u, 1), 0);
    assert_int_equal(load(f, OBK_NS + 0x1800u, 1), 0x44);
    assert_int_equal(load(f, OBK_S + 0x1800u, 1), 0);
}

static void selector_slot_belongs_to_nobody(void **state)
{
    struct flash_fixture *f = *state;
    provision(f, 0x1FF0, 0x55);
    for (unsigned level = 1; level <= 3; level++) {
        assert_int_equal(load(f, OBK_S + 0x1FF0u, 4), 0);
        assert_int_equal(load(f, OBK_NS + 0x1FF0u, 4), 0);
        chip_hdpl_raise(f->chip);
    }
}

static void write_to_another_level_raises_obkerr(void **state)
{
    struct flash_fixture *f = *state;
    assert_int_equal(store(f, OBK_S + 0x900u, 4, 0), SIM_ANSWER_IGNORED);
    assert_int_equal(reg_s(f, R_SECSR), SR_OBKERR);
}

static void slot_is_written_once(void **state)
{
    struct flash_fixture *f = *state;
    store_quad(f, OBK_S + 0x110u, 0x12345678u);
    wait_done(f);
    assert_int_equal(load(f, OBK_S + 0x11Cu, 4), 0x12345678u);
    (void)store(f, OBK_S + 0x110u, 4, 0);
    assert_int_equal(reg_s(f, R_SECSR), SR_EOP | SR_OBKWERR);
    assert_int_equal(load(f, OBK_S + 0x110u, 4), 0x12345678u);
}

static void locked_configuration_keeps_the_keys(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_SECOBKCFGR, 1);
    store_quad(f, OBK_S + 0x110u, 0);
    assert_int_equal(reg_s(f, R_SECSR), SR_OBKERR);
    set_s(f, R_SECOBKCFGR, ALT_SECT);
    assert_int_equal(reg_s(f, R_SECOBKCFGR), 1);
}

static void erase_is_of_the_alternate_sector_whichever_is_selected(void **state)
{
    struct flash_fixture *f = *state;
    f->nv->obk[0][0x110] = 0x11;
    f->nv->obk[1][0x110] = 0x22;
    set_s(f, R_SECOBKCFGR, ALT_ERASE);
    assert_int_equal(reg_s(f, R_SECSR), SR_BSY);
    wait_done(f);
    assert_int_equal(reg_s(f, R_SECOBKCFGR), 0);
    assert_int_equal(f->nv->obk[0][0x110], 0x11);
    assert_int_equal(f->nv->obk[1][0x110], 0xFF);
}

static void swap_keeps_old_keys_below_the_offset_and_takes_the_new(void **state)
{
    struct flash_fixture *f = *state;
    provision(f, 0x000, 0xA0);
    provision(f, 0x100, 0xA1);
    provision(f, 0x110, 0xA2);
    provision(f, 0x900, 0xA3);
    set_s(f, R_SECOBKCFGR, ALT_SECT | ALT_ERASE);
    assert_int_equal(reg_s(f, R_SECOBKCFGR), ALT_SECT | ALT_ERASE);
    wait_done(f);
    assert_int_equal(reg_s(f, R_SECOBKCFGR), ALT_SECT);
    store_quad(f, OBK_S + 0x110u, 0xBBBBBBBBu);
    wait_done(f);
    set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | OFFSET(511));
    wait_done(f);
    set_s(f, R_SECOBKCFGR, 0);
    assert_int_equal(f->nv->obk_current, 1);
    assert_int_equal(load(f, OBK_S + 0x100u, 1), 0xA1);
    assert_int_equal(load(f, OBK_S + 0x110u, 1), 0xBB);
    assert_int_equal(f->nv->obk[1][0], 0xA0);
    assert_int_equal(f->nv->obk[1][0x900], 0xA3);
    assert_int_equal(reg_s(f, R_SECSR), SR_EOP);
}

static void swap_below_the_least_offset_is_refused(void **state)
{
    struct flash_fixture *f = *state;
    set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | OFFSET(15));
    assert_int_equal(reg_s(f, R_SECSR), SR_OBKERR);
    set_s(f, R_SECCCR, SR_OBKERR);
    set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | OFFSET(16));
    assert_int_equal(reg_s(f, R_SECSR), SR_BSY);
}

static void swap_copies_only_slots_below_the_offset(void **state)
{
    struct flash_fixture *f = *state;
    static const unsigned offsets[] = {16, 144};
    for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        for (uint32_t off = 0; off < 0x1FF0u; off += 16u) {
            provision(f, off, 0xA5);
        }
        const unsigned to = f->nv->obk_current ^ 1u;
        set_s(f, R_SECOBKCFGR, ALT_SECT | ALT_ERASE);
        wait_done(f);
        set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | OFFSET(offsets[i]));
        wait_done(f);
        assert_int_equal(f->nv->obk_current, to);
        for (unsigned slot = 0; slot < 511; slot++) {
            const bool copied = slot < offsets[i];
            assert_int_equal(f->nv->obk[to][slot * 16u], copied ? 0xA5 : 0xFF);
            assert_int_equal(f->nv->obk[to][slot * 16u + 15u], copied ? 0xA5 : 0xFF);
            assert_int_equal(f->nv->obk_cell[to][slot],
                             copied ? NV_CELL_PROGRAMMED : NV_CELL_VIRGIN);
        }
    }
}

static void torn_slot_reads_with_an_nmi_and_a_mark(void **state)
{
    struct flash_fixture *f = *state;
    provision(f, 0x110, 0x11);
    f->nv->obk_cell[0][0x11] = NV_CELL_ECC_DOUBLE;
    (void)load(f, OBK_S + 0x100u, 4);
    (void)load(f, OBK_S + 0x118u, 4);
    assert_int_equal(f->nmis, 1);
    assert_int_equal(reg_s(f, R_ECCDETR), (1u << 31) | (1u << 20) | 0x11u);
    set_s(f, R_ECCDETR, 1u << 31);
    assert_int_equal(reg_s(f, R_ECCDETR), 0);
}

static void second_swap_needs_an_erase_in_between(void **state)
{
    struct flash_fixture *f = *state;
    for (unsigned swaps = 0; swaps < 2; swaps++) {
        set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | OFFSET(511));
        wait_done(f);
    }
    assert_int_equal(f->nv->obk_current, 0);
    set_s(f, R_SECOBKCFGR, ALT_SECT | SWAP_REQ | OFFSET(511));
    wait_done(f);
    assert_int_equal(reg_s(f, R_SECSR) & SR_OBKWERR, SR_OBKWERR);
    assert_int_equal(f->nv->obk_current, 0);
}

static void changing_sector_while_the_buffer_fills_loses_it(void **state)
{
    struct flash_fixture *f = *state;
    (void)store(f, OBK_S + 0x110u, 4, 0);
    set_s(f, R_SECOBKCFGR, ALT_SECT);
    assert_int_equal(reg_s(f, R_SECSR), SR_OBKERR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(slot_is_read_at_its_own_level_only),
        CASE(secure_slots_are_zero_for_non_secure_software),
        CASE(hdpl_3_has_slots_for_each_world),
        CASE(selector_slot_belongs_to_nobody),
        CASE(write_to_another_level_raises_obkerr),
        CASE(slot_is_written_once),
        CASE(locked_configuration_keeps_the_keys),
        CASE(erase_is_of_the_alternate_sector_whichever_is_selected),
        CASE(swap_keeps_old_keys_below_the_offset_and_takes_the_new),
        CASE(swap_below_the_least_offset_is_refused),
        CASE(swap_copies_only_slots_below_the_offset),
        CASE(torn_slot_reads_with_an_nmi_and_a_mark),
        CASE(second_swap_needs_an_erase_in_between),
        CASE(changing_sector_while_the_buffer_fills_loses_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the chip keeps without power: the notes of what has changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nv.h"

static int nv_setup(void **state)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct sim_nv *nv = malloc(sizeof(*nv));
    nv_init(nv, uid, secret);
    *state = nv;
    return 0;
}

static int nv_teardown(void **state)
{
    free(*state);
    return 0;
}

static void virgin_chip_is_open_erased_and_without_trustzone(void **state)
{
    const struct sim_nv *nv = *state;
    assert_int_equal((nv->option[NV_OB_OPTSR] >> 8) & 0xFFu, 0xED);
    assert_int_equal(nv->option[NV_OB_OPTSR2] >> 24, 0xC3);
    assert_int_equal(nv->flash[0], 0xFF);
    assert_int_equal(nv->flash[NV_FLASH_BYTES - 1u], 0xFF);
    assert_int_equal(nv->flash_cell[NV_FLASH_QUADWORDS - 1u], NV_CELL_VIRGIN);
    assert_true(nv->dirty && nv->dirty_sector[0] && nv->dirty_sector[NV_FLASH_SECTORS - 1u]);
    assert_true(nv->rng_state != 0);
}

static void touch_notes_every_sector_of_the_range_and_no_other(void **state)
{
    struct sim_nv *nv = *state;
    nv_clean(nv);
    nv_touch(nv, NV_PART_FLASH, 2u * NV_SECTOR_BYTES - 1u, 2u);
    assert_true(nv->dirty && nv->dirty_part[NV_PART_FLASH]);
    assert_false(nv->dirty_sector[0] || nv->dirty_sector[3]);
    assert_true(nv->dirty_sector[1] && nv->dirty_sector[2]);
    assert_false(nv->dirty_part[NV_PART_OBK]);
}

static void touch_of_another_part_leaves_the_flash_clean(void **state)
{
    struct sim_nv *nv = *state;
    nv_clean(nv);
    nv_touch(nv, NV_PART_OTP, 4, 2);
    assert_true(nv->dirty && nv->dirty_part[NV_PART_OTP]);
    assert_false(nv->dirty_part[NV_PART_FLASH] || nv->dirty_sector[0]);
}

static void clean_forgets_all_notes(void **state)
{
    struct sim_nv *nv = *state;
    nv_clean(nv);
    assert_false(nv->dirty);
    for (unsigned i = 0; i < NV_PART_COUNT; i++) {
        assert_false(nv->dirty_part[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(virgin_chip_is_open_erased_and_without_trustzone),
        cmocka_unit_test(touch_notes_every_sector_of_the_range_and_no_other),
        cmocka_unit_test(touch_of_another_part_leaves_the_flash_clean),
        cmocka_unit_test(clean_forgets_all_notes),
    };
    return cmocka_run_group_tests(tests, nv_setup, nv_teardown);
}

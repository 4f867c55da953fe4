/* What this part has of the processor's options, and its cycle counter. */
#include "cpu_fixture.h"

#define DEMCR     0xE000EDFCu
#define DWT_CTRL  0xE0001000u
#define CYCCNT    0xE0001004u
#define CYCCNTENA 1u
#define TRCENA    0x01000000u

#define STATE_MASK   0x0000FF00u
#define STATE_OPEN   0x0000ED00u
#define STATE_CLOSED 0x00007200u
#define STATE_LOCKED 0x00005C00u

static void product_state(struct cpu_fixture *f, uint32_t code)
{
    f->nv->option[NV_OB_OPTSR] = (f->nv->option[NV_OB_OPTSR] & ~STATE_MASK) | code;
}

static uint32_t cycles_of_a_loop(struct cpu_fixture *f)
{
    go(f, "count_cycles");
    return reg(f, 1) - reg(f, 0);
}

static void cycle_counter_needs_trcena(void **state)
{
    struct cpu_fixture *f = *state;
    product_state(f, STATE_OPEN);
    set_scs(f, DWT_CTRL, true, CYCCNTENA);
    set_scs(f, CYCCNT, true, 77);
    assert_int_equal(cycles_of_a_loop(f), 0);
    assert_int_equal(reg(f, 1), 77);
    set_scs(f, DEMCR, true, TRCENA);
    assert_in_range(cycles_of_a_loop(f), 200, 210);
    assert_in_range(reg(f, 0), 77, 90);
    set_scs(f, DEMCR, true, 0);
    assert_int_equal(cycles_of_a_loop(f), 0);
}

static void cycle_counter_needs_its_own_enable(void **state)
{
    struct cpu_fixture *f = *state;
    product_state(f, STATE_OPEN);
    set_scs(f, DEMCR, true, TRCENA);
    assert_int_equal(cycles_of_a_loop(f), 0);
    set_scs(f, DWT_CTRL, true, CYCCNTENA);
    assert_int_equal(scs(f, DWT_CTRL, true) & CYCCNTENA, CYCCNTENA);
    assert_in_range(cycles_of_a_loop(f), 200, 210);
}

static void cycle_counter_is_zero_where_debug_is_closed(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t closed[] = {STATE_CLOSED, STATE_LOCKED};
    for (unsigned i = 0; i < 2; i++) {
        product_state(f, closed[i]);
        set_scs(f, DEMCR, true, TRCENA);
        set_scs(f, DWT_CTRL, true, CYCCNTENA);
        set_scs(f, CYCCNT, true, 77);
        assert_int_equal(scs(f, DWT_CTRL, true) & CYCCNTENA, 0);
        assert_int_equal(cycles_of_a_loop(f), 0);
        assert_int_equal(reg(f, 1), 0);
    }
    product_state(f, STATE_OPEN);
}

static void tt_numbers_the_idau_by_the_upper_address_bits(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t addr[] = {0x08100000, 0x0C000000, 0x20050000,
                             0x30010000, 0x40000000, 0x50000000};
    for (unsigned i = 0; i < sizeof addr / sizeof addr[0]; i++) {
        set_reg(f, 0, addr[i]);
        go(f, "ask_tt");
        assert_int_equal(reg(f, 1) >> 24, addr[i] >> 28); /* IREGION */
        assert_int_equal((reg(f, 1) >> 23) & 1u, 1);      /* IRVALID */
    }
}

static void identity_and_sizes_are_the_parts(void **state)
{
    struct cpu_fixture *f = *state;
    assert_int_equal(scs(f, 0xE000ED00, true), 0x410FD214); /* CPUID: Cortex-M33 r0p4 */
    assert_int_equal(scs(f, 0xE000ED00, false), 0x410FD214);
    assert_int_equal(scs(f, 0xE000ED90, true), 12u << 8); /* MPU_TYPE */
    assert_int_equal(scs(f, 0xE000ED90, false), 8u << 8);
    assert_int_equal(scs(f, 0xE002ED90, true), 8u << 8);
    assert_int_equal(scs(f, 0xE000EDD4, true), 8); /* SAU_TYPE */
    assert_int_equal(scs(f, 0xE000EDD4, false), 0);
}

static void systick_calibration_is_the_parts(void **state)
{
    struct cpu_fixture *f = *state;
    assert_int_equal(scs(f, 0xE000E01C, true), 0x001003E8);
    assert_int_equal(scs(f, 0xE000E01C, false), 0x001003E8);
    set_scs(f, 0xE000E01C, true, 0);
    assert_int_equal(scs(f, 0xE000E01C, true), 0x001003E8);
}

static void last_secure_mpu_region_is_in_force(void **state)
{
    struct cpu_fixture *f = *state;
    mpu_region(f, true, 11, DATA_S | 4u, (DATA_S + 0x20u) | 1u); /* read-only, privileged */
    set_scs(f, 0xE000ED94, true, 5);                             /* with the default map */
    set_reg(f, 0, DATA_S + 0x3Cu);
    go(f, "ask_tt");
    assert_int_equal(reg(f, 1) & 0xD00FFu, 0x5000Bu); /* region 11, valid, R and not RW */
    set_reg(f, 0, DATA_S + 0x40u);
    go(f, "ask_tt");
    assert_int_equal(reg(f, 1) & 0xD0000u, 0xC0000u); /* no region, R and RW */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(cycle_counter_needs_trcena),
        TEST(cycle_counter_needs_its_own_enable),
        TEST(cycle_counter_is_zero_where_debug_is_closed),
        TEST(tt_numbers_the_idau_by_the_upper_address_bits),
        TEST(identity_and_sizes_are_the_parts),
        TEST(systick_calibration_is_the_parts),
        TEST(last_secure_mpu_region_is_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

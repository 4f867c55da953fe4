#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define DBGMCU      0x44024000u
#define IDCODE      (DBGMCU + 0x000u)
#define SR          (DBGMCU + 0x0fcu)
#define AUTH_HOST   (DBGMCU + 0x100u)
#define AUTH_DEVICE (DBGMCU + 0x104u)
#define AUTH_ACK    (DBGMCU + 0x108u)
#define CIDR0       (DBGMCU + 0xff0u)

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static void identity_is_that_of_the_part(void **state)
{
    static const uint32_t preamble[4] = {0x0d, 0xf0, 0x05, 0xb1};
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, IDCODE) & 0xfffu, 0x484);
    assert_int_equal(bench_read(b, IDCODE) >> 16, 0x1007);
    bench_write(b, IDCODE, 0);
    assert_int_equal(bench_read(b, IDCODE) & 0xfffu, 0x484);
    for (uint32_t i = 0; i < 4u; i++) {
        assert_int_equal(bench_read(b, CIDR0 + 4u * i), preamble[i]);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        uint32_t off, mask;
    } row[] = {{0x004, 0x000100f6}, {0x008, 0x00e019ff}, {0x00c, 0x00000020},
               {0x010, 0x00072800}, {0x014, 0x403e0c00}, {0x020, 0xffffffff},
               {0x100, 0xffffffff}, {0x104, 0xffffffff}, {0x108, 0x00000003}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        assert_int_equal(bench_read(b, DBGMCU + row[i].off), 0);
        bench_write(b, DBGMCU + row[i].off, 0xffffffff);
        assert_int_equal(bench_read(b, DBGMCU + row[i].off), row[i].mask);
    }
}

static void mailbox_survives_a_system_reset_but_not_power_off(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AUTH_HOST, 0x12345678);
    bench_write(b, AUTH_DEVICE, 0x87654321);
    bench_write(b, AUTH_ACK, 2);
    chip_reset(b->chip, CHIP_RESET_PIN);
    assert_int_equal(bench_read(b, AUTH_HOST), 0x12345678);
    assert_int_equal(bench_read(b, AUTH_DEVICE), 0x87654321);
    assert_int_equal(bench_read(b, AUTH_ACK), 2);
    bench_power(b);
    assert_int_equal(bench_read(b, AUTH_HOST), 0);
    assert_int_equal(bench_read(b, AUTH_ACK), 0);
}

static void access_ports_follow_the_product_state(void **state)
{
    static const struct {
        uint32_t state, sr;
    } row[] = {{0xed, 0x30003}, {0x17, 0x30003}, {0x2e, 0x30003},
               {0xc6, 0x30003}, {0x72, 0x10003}, {0x5c, 0x10003}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        b->nv->option[NV_OB_OPTSR] = (b->nv->option[NV_OB_OPTSR] & 0xffff00ffu) | row[i].state << 8;
        assert_int_equal(bench_read(b, SR), row[i].sr);
    }
    bench_write(b, SR, 0xffffffff);
    assert_int_equal(bench_read(b, SR), 0x10003);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(identity_is_that_of_the_part),
        CASE(reserved_bits_stay_zero),
        CASE(mailbox_survives_a_system_reset_but_not_power_off),
        CASE(access_ports_follow_the_product_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

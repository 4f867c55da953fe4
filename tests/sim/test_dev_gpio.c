#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define PORT(n) (0x42020000u + 0x400u * (n))
#define MODER   0x00u
#define OTYPER  0x04u
#define OSPEEDR 0x08u
#define PUPDR   0x0cu
#define IDR     0x10u
#define ODR     0x14u
#define BSRR    0x18u
#define LCKR    0x1cu
#define AFRL    0x20u
#define AFRH    0x24u
#define BRR     0x28u
#define HSLVR   0x2cu
#define SECCFGR 0x30u
#define C       PORT(2)

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int setup_trustzone(void **state)
{
    *state = bench_open(true);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static void reset_values_of_nine_ports(void **state)
{
    static const uint32_t moder[3] = {0xabffffff, 0xfffffebf, 0xffffffff};
    static const uint32_t ospeedr[3] = {0x0c000000, 0x000000c0, 0};
    static const uint32_t pupdr[3] = {0x64000000, 0x00000100, 0};
    struct dev_bench *b = *state;
    for (uint32_t port = 0; port < 9u; port++) {
        const uint32_t row = port < 2u ? port : 2u;
        assert_int_equal(bench_read(b, PORT(port) + MODER), moder[row]);
        assert_int_equal(bench_read(b, PORT(port) + OSPEEDR), ospeedr[row]);
        assert_int_equal(bench_read(b, PORT(port) + PUPDR), pupdr[row]);
        assert_int_equal(bench_read(b, PORT(port) + OTYPER), 0);
        assert_int_equal(bench_read(b, PORT(port) + ODR), 0);
        assert_int_equal(bench_read(b, PORT(port) + LCKR), 0);
        assert_int_equal(bench_read(b, PORT(port) + AFRL), 0);
        assert_int_equal(bench_read(b, PORT(port) + AFRH), 0);
        assert_int_equal(bench_read(b, PORT(port) + HSLVR), 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        uint32_t off, mask;
    } row[] = {{MODER, 0xffffffff}, {OTYPER, 0xffff}, {OSPEEDR, 0xffffffff},
               {PUPDR, 0xffffffff}, {ODR, 0xffff},    {AFRL, 0xffffffff},
               {AFRH, 0xffffffff},  {HSLVR, 0xffff},  {LCKR, 0xffff}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, C + row[i].off, 0xffffffff);
        assert_int_equal(bench_read(b, C + row[i].off), row[i].mask);
        bench_write(b, C + row[i].off, 0);
        assert_int_equal(bench_read(b, C + row[i].off), 0);
    }
}

static void set_and_reset_registers_change_odr(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, C + BSRR, 0x000000f0);
    assert_int_equal(bench_read(b, C + ODR), 0xf0);
    bench_write(b, C + BSRR, 0x00300001);
    assert_int_equal(bench_read(b, C + ODR), 0xc1);
    bench_write(b, C + BSRR, 0x00020002); /* both: set wins */
    assert_int_equal(bench_read(b, C + ODR), 0xc3);
    bench_write(b, C + BRR, 0xffff0001);
    assert_int_equal(bench_read(b, C + ODR), 0xc2);
    assert_int_equal(bench_read(b, C + BSRR), 0);
    assert_int_equal(bench_read(b, C + BRR), 0);
    bench_write_size(b, C + BSRR + 2u, 2, 0x00c0);
    assert_int_equal(bench_read(b, C + ODR), 0x02);
}

static void input_shows_what_is_driven_or_pulled(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, C + IDR), 0); /* analog */
    bench_write(b, C + MODER, 0x00000054);       /* pins 1 to 3 outputs, others inputs */
    bench_write(b, C + OTYPER, 0xc);             /* 2 and 3 open drain */
    bench_write(b, C + PUPDR, 0x00000141);       /* pull-ups on 0, 3, 4 */
    bench_write(b, C + ODR, 0xe);
    assert_int_equal(bench_read(b, C + IDR), 0x1b);
    bench_write(b, C + ODR, 0x0);
    assert_int_equal(bench_read(b, C + IDR), 0x11);
    bench_write(b, C + IDR, 0xffff);
    assert_int_equal(bench_read(b, C + IDR), 0x11);
}

static void lock_sequence_freezes_the_configuration(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, C + MODER, 0);
    bench_write(b, C + LCKR, 0x10001);
    bench_write(b, C + LCKR, 0x00001);
    bench_write(b, C + LCKR, 0x10001);
    assert_int_equal(bench_read(b, C + LCKR), 0x10001);
    bench_write(b, C + MODER, 0xffffffff);
    assert_int_equal(bench_read(b, C + MODER), 0xfffffffc);
    bench_write(b, C + AFRL, 0xffffffff);
    assert_int_equal(bench_read(b, C + AFRL), 0xfffffff0);
    bench_write(b, C + OTYPER, 0xffff);
    assert_int_equal(bench_read(b, C + OTYPER), 0xfffe);
    bench_write(b, C + ODR, 0xffff); /* data is not configuration */
    assert_int_equal(bench_read(b, C + ODR), 0xffff);
    bench_write(b, C + LCKR, 0);
    assert_int_equal(bench_read(b, C + LCKR), 0x10001);
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(bench_read(b, C + LCKR), 0);
}

static void broken_lock_sequence_locks_nothing(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, C + LCKR, 0x10001);
    bench_write(b, C + LCKR, 0x00003); /* other pins */
    bench_write(b, C + LCKR, 0x10001);
    assert_int_equal(bench_read(b, C + LCKR) & 0x10000u, 0);
    bench_write(b, C + LCKR, 0x10001);
    (void)bench_read(b, C + LCKR); /* a read in between */
    bench_write(b, C + LCKR, 0x00001);
    bench_write(b, C + LCKR, 0x10001);
    assert_int_equal(bench_read(b, C + LCKR) & 0x10000u, 0);
}

static void security_register_is_absent_without_trustzone(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, C + SECCFGR), 0);
    bench_write(b, C + SECCFGR, 0xffff);
    assert_int_equal(bench_read(b, C + SECCFGR), 0);
    bench_write(b, C + ODR, 0x5555);
    assert_int_equal(bench_read(b, C + ODR), 0x5555);
}

static void pins_are_secure_after_reset(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read_as(b, true, true, C + SECCFGR), 0xffff);
    assert_int_equal(bench_read(b, C + MODER), 0);
    bench_write(b, C + MODER, 0);
    assert_int_equal(bench_read_as(b, true, true, C + MODER), 0xffffffff);
}

static void nonsecure_reaches_its_own_pins_only(void **state)
{
    struct dev_bench *b = *state;
    bench_write_as(b, true, true, C + SECCFGR, 0xfffffffe);
    assert_int_equal(bench_read_as(b, true, true, C + SECCFGR), 0xfffe);
    bench_write(b, C + MODER, 0);
    assert_int_equal(bench_read(b, C + MODER), 0);
    assert_int_equal(bench_read_as(b, true, true, C + MODER), 0xfffffffc);
    bench_write_as(b, true, true, C + ODR, 0xf000);
    bench_write(b, C + BSRR, 0xf0000003);
    assert_int_equal(bench_read(b, C + ODR), 0x1);
    assert_int_equal(bench_read_as(b, true, true, C + ODR), 0xf001);
    bench_write(b, C + BRR, 0xffff);
    assert_int_equal(bench_read_as(b, true, true, C + ODR), 0xf000);
    bench_write(b, C + AFRL, 0xffffffff);
    assert_int_equal(bench_read_as(b, true, true, C + AFRL), 0xf);
    bench_write(b, C + AFRH, 0xffffffff);
    assert_int_equal(bench_read_as(b, true, true, C + AFRH), 0);
    bench_write(b, C + SECCFGR, 0);
    assert_int_equal(bench_read(b, C + SECCFGR), 0);
    assert_int_equal(bench_read_as(b, true, true, C + SECCFGR), 0xfffe);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values_of_nine_ports),
        CASE(reserved_bits_stay_zero),
        CASE(set_and_reset_registers_change_odr),
        CASE(input_shows_what_is_driven_or_pulled),
        CASE(lock_sequence_freezes_the_configuration),
        CASE(broken_lock_sequence_locks_nothing),
        CASE(security_register_is_absent_without_trustzone),
        CASE_TZ(pins_are_secure_after_reset),
        CASE_TZ(nonsecure_reaches_its_own_pins_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

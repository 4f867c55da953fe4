#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"

#define TZSC_SECCFGR3 (0x40032400u + 0x18u)
#define CRC           0x40023000u
#define DR            (CRC + 0x00u)
#define IDR           (CRC + 0x04u)
#define CR            (CRC + 0x08u)
#define INIT          (CRC + 0x10u)
#define POL           (CRC + 0x14u)

#define RESET        0x01u
#define SIZE_16      0x08u
#define SIZE_8       0x10u
#define SIZE_7       0x18u
#define REV_IN_BYTE  0x20u
#define REV_IN_HALF  0x40u
#define REV_IN_WORD  0x60u
#define REV_OUT      0x80u
#define TZSC_CRC_SEC 0x100u

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

/* The check string of the catalogue of CRC algorithms, "123456789", byte by byte. */
static uint32_t check(struct dev_bench *b, uint32_t cr, uint32_t pol, uint32_t init)
{
    bench_write(b, CR, cr);
    bench_write(b, POL, pol);
    bench_write(b, INIT, init);
    bench_write(b, CR, cr | RESET);
    for (uint32_t digit = '1'; digit <= '9'; digit++) {
        bench_write_size(b, DR, 1, digit);
    }
    return bench_read(b, DR);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, DR), 0xffffffff);
    assert_int_equal(bench_read(b, IDR), 0);
    assert_int_equal(bench_read(b, CR), 0);
    assert_int_equal(bench_read(b, INIT), 0xffffffff);
    assert_int_equal(bench_read(b, POL), 0x04c11db7);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0xffffffff);
    assert_int_equal(bench_read(b, CR), 0xf8);
    bench_write(b, IDR, 0x12345678);
    assert_int_equal(bench_read(b, IDR), 0x12345678);
}

static void catalogued_algorithms_give_their_check_values(void **state)
{
    static const struct {
        uint32_t cr, pol, init, xor, expected;
    } row[] = {
        {0, 0x04c11db7, 0xffffffff, 0, 0x0376e6e7},                              /* MPEG-2 */
        {REV_IN_BYTE | REV_OUT, 0x04c11db7, 0xffffffff, 0xffffffff, 0xcbf43926}, /* ISO-HDLC */
        {REV_IN_BYTE | REV_OUT, 0x1edc6f41, 0xffffffff, 0xffffffff, 0xe3069283}, /* iSCSI */
        {SIZE_16, 0x1021, 0xffff, 0, 0x29b1},                                    /* IBM-3740 */
        {SIZE_16, 0x1021, 0, 0, 0x31c3},                                         /* XMODEM */
        {SIZE_16 | REV_IN_BYTE | REV_OUT, 0x8005, 0xffff, 0, 0x4b37},            /* MODBUS */
        {SIZE_8, 0x07, 0, 0, 0xf4},                                              /* SMBUS */
        {SIZE_8 | REV_IN_BYTE | REV_OUT, 0x31, 0, 0, 0xa1},                      /* MAXIM-DOW */
        {SIZE_7, 0x09, 0, 0, 0x75},                                              /* MMC */
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const uint32_t crc = check(b, row[i].cr, row[i].pol, row[i].init);
        assert_int_equal(crc ^ row[i].xor, row[i].expected);
    }
}

static void words_and_half_words_go_in_from_their_top_bit(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, DR, 0x31323334);
    bench_write_size(b, DR, 2, 0x3536);
    bench_write_size(b, DR, 2, 0x3738);
    bench_write_size(b, DR, 1, 0x39);
    assert_int_equal(bench_read(b, DR), 0x0376e6e7);
}

static void input_is_reversed_within_the_unit_chosen(void **state)
{
    static const struct {
        uint32_t cr, same_as; /* What 0x11223344 is taken for. */
    } row[] = {{REV_IN_BYTE, 0x8844cc22}, {REV_IN_HALF, 0x448822cc}, {REV_IN_WORD, 0x22cc4488}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, CR, RESET);
        bench_write(b, DR, row[i].same_as);
        const uint32_t plain = bench_read(b, DR);
        bench_write(b, CR, row[i].cr | RESET);
        bench_write(b, DR, 0x11223344);
        assert_int_equal(bench_read(b, DR), plain);
    }
    bench_write(b, CR, RESET);
    bench_write_size(b, DR, 1, 0x48);
    const uint32_t plain = bench_read(b, DR);
    bench_write(b, CR, REV_IN_WORD | RESET); /* a byte has no more than its own bits */
    bench_write_size(b, DR, 1, 0x12);
    assert_int_equal(bench_read(b, DR), plain);
}

static void writing_init_begins_anew(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, DR, 1);
    bench_write(b, INIT, 0xabcd1234);
    assert_int_equal(bench_read(b, DR), 0xabcd1234);
    bench_write(b, DR, 1);
    bench_write(b, CR, RESET);
    assert_int_equal(bench_read(b, DR), 0xabcd1234);
    assert_int_equal(bench_read(b, CR), 0);
}

static void secured_by_the_tzsc_it_is_closed_to_nonsecure(void **state)
{
    struct dev_bench *b = *state;
    bench_write_as(b, true, true, TZSC_SECCFGR3, TZSC_CRC_SEC);
    const struct sim_attr ns = {.privileged = true};
    uint32_t value = 1;
    assert_int_equal(bus_read(b->chip, IDR, 4, ns, &value, NULL), SIM_ANSWER_IGNORED);
    assert_int_equal(bus_write(b->chip, IDR, 4, ns, 5, NULL), SIM_ANSWER_IGNORED);
    assert_int_equal(bench_read_as(b, true, true, IDR), 0);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(catalogued_algorithms_give_their_check_values),
        CASE(words_and_half_words_go_in_from_their_top_bit),
        CASE(input_is_reversed_within_the_unit_chosen),
        CASE(writing_init_begins_anew),
        CASE_TZ(secured_by_the_tzsc_it_is_closed_to_nonsecure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

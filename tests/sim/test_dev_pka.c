#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dev_tamp.h"
#include "pka_driver.h"

#define RCC_AHB2RSTR (0x44020c00u + 0x64u)
#define PWR_DBPCR    (0x44020800u + 0x24u)
#define TAMP_CR1     0x44007c00u
#define PKA_RESET    (1u << 19)

static int setup_off(void **state)
{
    *state = bench_open(false);
    return 0;
}

/* ---- registers ------------------------------------------------------------------------------ */

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, CR), 0);
    assert_int_equal(bench_read(b, SR), 0);
    assert_int_equal(bench_read(b, CLRFR), 0);
    for (uint32_t addr = RAM; addr < RAM_END; addr += 4u) {
        assert_int_equal(bench_read(b, addr), 0);
    }
    assert_int_equal(bench_read(b, SR), 0);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, 1000);
    bench_write(b, CR, 0xfffffffeu & ~START);
    assert_int_equal(bench_read(b, CR), 0x003a3f00);
}

static void enable_waits_for_the_ram(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, RCC_AHB2ENR, RNG_CLOCK);
    bench_write(b, CR, EN);
    bench_wait(b, 666);
    bench_write(b, CR, EN);
    assert_int_equal(bench_read(b, CR), 0);
    bench_wait(b, 1);
    bench_write(b, CR, EN);
    assert_int_equal(bench_read(b, CR), EN);
    assert_int_equal(bench_read(b, SR), 0);
    bench_wait(b, 64);
    assert_int_equal(bench_read(b, SR), INITOK);
    bench_write(b, CR, 0);
    assert_int_equal(bench_read(b, SR), 0);
}

static void nothing_starts_without_the_rng(void **state)
{
    struct dev_bench *b = *state;
    bench_wait(b, 1000);
    bench_write(b, CR, EN);
    bench_wait(b, 1000);
    assert_int_equal(bench_read(b, SR), 0);
    bench_write(b, CR, EN | MODE(0x09) | START);
    assert_int_equal(bench_read(b, SR), 0);
    bench_write(b, RCC_AHB2ENR, RNG_CLOCK);
    assert_int_equal(bench_read(b, SR), INITOK);
    bench_write(b, RCC_AHB2ENR, 0); /* one number is enough */
    assert_int_equal(bench_read(b, SR), INITOK);
}

static void ram_is_a_memory_of_words(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t addr = RAM; addr < RAM_END; addr += 4u) {
        bench_write(b, addr, addr * 0x9e3779b9u);
    }
    bench_write(b, CR, 0); /* it can be reached without EN, too */
    for (uint32_t addr = RAM; addr < RAM_END; addr += 4u) {
        assert_int_equal(bench_read(b, addr), addr * 0x9e3779b9u);
    }
    bench_write_size(b, RAM, 1, 0);
    bench_write_size(b, RAM, 2, 0);
    assert_int_equal(bench_read(b, RAM), RAM * 0x9e3779b9u);
    assert_int_equal(bench_read_size(b, RAM, 2), 0);
    bench_write(b, RCC_AHB2RSTR, PKA_RESET);
    bench_write(b, RCC_AHB2RSTR, 0);
    assert_int_equal(bench_read(b, RAM), 0);
    bench_write(b, RAM, 1); /* is lost: the RAM is being erased */
    bench_wait(b, 1000);
    assert_int_equal(bench_read(b, RAM), 0);
    assert_int_equal(bench_read(b, RAM_END - 4u), 0);
}

static void addresses_outside_are_an_error(void **state)
{
    static const uint32_t addr[] = {PKA + 0x0cu, RAM - 4u, RAM_END, PKA + 0x1ffcu};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof addr / sizeof addr[0]; i++) {
        assert_int_equal(bench_read(b, addr[i]), 0);
        assert_int_equal(bench_read(b, SR), INITOK | ADDRERRF);
        bench_write(b, CLRFR, ADDRERRF);
        assert_int_equal(bench_read(b, SR), INITOK);
        bench_write(b, addr[i], 1);
        assert_int_equal(bench_read(b, SR), INITOK | ADDRERRF);
        bench_write(b, CLRFR, ADDRERRF);
    }
}

static void ram_is_out_of_reach_while_busy(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 32);
    put_word(b, 0xa50, 5);
    put_word(b, 0xc68, 6);
    bench_write(b, CR, EN | MODE(0x09) | START);
    assert_int_equal(bench_read(b, PKA + 0xa50u), 0);
    assert_int_equal(bench_read(b, SR), INITOK | BUSY | RAMERRF);
    bench_write(b, CLRFR, RAMERRF);
    bench_write(b, PKA + 0xa50u, 7);
    assert_int_equal(bench_read(b, SR), INITOK | BUSY | RAMERRF);
    bench_write(b, CR, EN | MODE(0x0b) | START); /* neither mode nor start now */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, CR), EN | MODE(0x09));
    expect_word(b, 0xe78, 11);
}

static void clearing_en_aborts(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 32);
    put_word(b, 0xa50, 5);
    bench_write(b, CR, EN | MODE(0x09) | START);
    bench_write(b, CR, MODE(0x09));
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), 0);
    expect_word(b, 0xe78, 0);
}

static void unknown_operation_is_refused(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, EN | MODE(0x26));
    for (uint32_t mode = 0; mode < 64u; mode++) {
        const bool known = mode <= 0x03u || (mode >= 0x07u && mode <= 0x10u) || mode == 0x20u ||
                           mode == 0x23u || mode == 0x24u || (mode >= 0x26u && mode <= 0x28u) ||
                           mode == 0x2fu;
        bench_write(b, CR, EN | MODE(0x26));
        bench_write(b, CR, EN | MODE(mode));
        assert_int_equal(bench_read(b, CR), EN | MODE(known ? mode : 0x26u));
        assert_int_equal(bench_read(b, SR), INITOK | (known ? 0 : OPERRF));
        bench_write(b, CLRFR, OPERRF);
    }
    bench_write(b, CR, EN | MODE(0x3f) | START);
    assert_int_equal(bench_read(b, SR), INITOK | OPERRF);
}

static void interrupts_follow_their_flags(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 32);
    bench_write(b, CR, EN | MODE(0x09) | PROCENDF);
    bench_write(b, CR, EN | MODE(0x09) | PROCENDF | START);
    assert_false(bench_irq(b, IRQ_PKA));
    bench_wait(b, LONG_ENOUGH);
    assert_true(bench_irq(b, IRQ_PKA));
    bench_write(b, CLRFR, PROCENDF);
    assert_false(bench_irq(b, IRQ_PKA));
    (void)bench_read(b, RAM_END);
    assert_false(bench_irq(b, IRQ_PKA));
    bench_write(b, CR, EN | MODE(0x09) | ADDRERRF);
    assert_true(bench_irq(b, IRQ_PKA));
    bench_write(b, CLRFR, FLAGS);
    bench_write(b, CR, EN | MODE(0x3f) | OPERRF);
    assert_true(bench_irq(b, IRQ_PKA));
}

static void tamper_erases_the_ram(void **state)
{
    struct dev_bench *b = *state;
    put(b, 0xf28, p256_p);
    bench_write(b, PWR_DBPCR, 1);
    bench_write(b, TAMP_CR1, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    assert_int_equal(bench_read(b, CR), 0);
    bench_wait(b, 1000);
    expect(b, 0xf28, "0000000000000000000000000000000000000000000000000000000000000000");
}

/* ---- integers: all results by Python -------------------------------------------------------- */

static const char num_a[] = "661394c10b5530d8ef8f2c944";
static const char num_b[] = "1e9eb5755dadef4e7f60d3626";
static const char num_m[] = "b4283de5c980d23d2988700ad";

static void put_pair(struct dev_bench *b, const char *one, const char *two)
{
    put_word(b, 0x408, 100);
    put(b, 0xa50, one);
    put(b, 0xc68, two);
    put(b, 0x1088, num_m);
}

static void integers_are_added_subtracted_and_multiplied(void **state)
{
    static const struct {
        uint32_t mode;
        const char *one, *two, *result;
    } row[] = {
        {0x09, num_a, num_b, "84b24a36690320276eeffff6a"},
        {0x09, "fffffffffffffffffffffffff", "0000000000000000000000001",
         "10000000000000000000000000"},
        {0x0a, num_a, num_b, "4774df4bada7418a702e5931e"},
        {0x0a, num_b, num_a, "fffffffb88b20b45258be758fd1a6ce2"},
        {0x0b, num_a, num_b, "c3593df12f2eb3c37a3d0405288eae7c5fe8c89d3baf23818"},
        {0x0e, num_a, num_b, "84b24a36690320276eeffff6a"},
        {0x0e, num_a, num_a, "17feeb9c4d298f74b595e91db"},
        {0x0f, num_a, num_b, "4774df4bada7418a702e5931e"},
        {0x0f, num_b, num_a, "6cb35e9a1bd990b2b95a16d8f"},
        {0x10, num_a, num_b, "aa9b6e98c660093ccbb974ff8"},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        put_pair(b, row[i].one, row[i].two);
        run(b, row[i].mode);
        expect(b, 0xe78, row[i].result);
    }
}

static void sum_has_a_carry(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 128);
    put(b, 0xa50, "ffffffffffffffffffffffffffffffff");
    put(b, 0xc68, "00000000000000000000000000000001");
    run(b, 0x09);
    expect(b, 0xe78, "100000000000000000000000000000000");
}

static void integers_are_compared(void **state)
{
    struct dev_bench *b = *state;
    put_pair(b, num_a, num_b);
    run(b, 0x0c);
    expect_word(b, 0xe78, 0x7af8);
    put_pair(b, num_b, num_a);
    run(b, 0x0c);
    expect_word(b, 0xe78, 0x916a);
    put_pair(b, num_b, num_b);
    run(b, 0x0c);
    expect_word(b, 0xe78, 0xed2c);
}

static void integers_are_reduced_and_inverted(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x400, 300);
    put_word(b, 0x408, 100);
    put(b, 0xa50, "4ebfbf98bb8f1f70efb51b3fb3605092dfd6a5daa44404602d07f0de0a14d0167e9fb218ac1");
    put(b, 0xc68, num_m);
    run(b, 0x0d);
    expect(b, 0xe78, "304d4b5aaf29b8f6db1bd5965");
    put(b, 0xc68, "b4283de5c980d23d2988700ac"); /* an even modulus will do */
    run(b, 0x0d);
    expect(b, 0xe78, "7be2ea7df132eed4a5ff4e879");
    put_pair(b, num_a, num_m);
    run(b, 0x08);
    expect(b, 0xe78, "8aa3fe8f61b25c042b3e748c9");
    assert_int_equal(b->notes, 0);
    put_pair(b, "0000000000000000000000015",
             "0000000000000000000000033"); /* 21 and 51 have a factor in common */
    run(b, 0x08);
    expect(b, 0xe78, "0000000000000000");
    assert_int_equal(b->notes, 1);
}

static void montgomery_parameter_is_a_power_of_two(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 256);
    put(b, 0x1088, p256_p);
    run(b, 0x01);
    expect(b, 0x620, "00000004fffffffdfffffffffffffffefffffffbffffffff0000000000000003");
    put_pair(b, num_a, num_b);
    run(b, 0x01);
    expect(b, 0x620, "9bce14d0b0ecf89b7dafe617f");
}

/* RSA of 512 bits, made for this test. */
static const char rsa_p[] = "e02fdaa1ad864c44e049548e8a0a8c9632ea6928f6236bf2504b74ba4a0fe75d";
static const char rsa_q[] = "ea9e2de890d90e5a53777fec1ba0895d61c12c05003e181aa962740fe4ba40d5";
static const char rsa_n[] = "cd764394cc0b68bce12a2e9dec961135301c57dba6c6525b4c2e4c29f9bd45b8"
                            "94f949e6890a2245e5d1b7dc521eb9a4f4f98d8c7f604136e7a55d9386a4c061";
static const char rsa_d[] = "9aef2f8f293f01404d5b0dc431000901dec1c0cef6385f2a518c280b0f345739"
                            "bbc25a8b4a12f673119c029b48fbfad86b12e0d408e26fab0ab3abf198ba5241";
static const char rsa_phi[] = "cd764394cc0b68bce12a2e9dec961135301c57dba6c6525b4c2e4c29f9bd45b6"
                              "ca2b415c4aaac7a6b210e361ac73a3b1604df85e88febd29edf774c957da9830";
static const char rsa_message[] =
    "0007ac564a9f63967e50219339f125a5fa07ba826e82d4256de01c196037983b"
    "907599c8e42b0ae6e06248b4a1240c23535005d32404f2668a17aa7b9d7ba71e";
static const char rsa_signature[] =
    "57abbbd5f8fc7835df0ab9dd1a55867c3729b9e7b3869565cec49faac86e3c9c"
    "3d59a2ef596755ab47f075de78676f98c21f1b035cce3a60560f253fd9b8da6a";

static void modular_exponentiation(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t mode = 0; mode <= 2u; mode += 2u) {
        put_word(b, 0x400, 512);
        put_word(b, 0x408, 512);
        put(b, 0xc68, rsa_message);
        put(b, 0xe78, rsa_d);
        put(b, 0x1088, rsa_n);
        run(b, mode);
        expect(b, 0x838, rsa_signature);
        put_word(b, 0x400, 17); /* and back, with the public exponent */
        put(b, 0xc68, rsa_signature);
        put(b, 0xe78, "10001");
        run(b, mode);
        expect(b, 0x838, rsa_message);
    }
}

static void protected_exponentiation(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x400, 512);
    put_word(b, 0x408, 512);
    put(b, 0x16c8, rsa_message);
    put(b, 0x14b8, rsa_d);
    put(b, 0x0838, rsa_n);
    put(b, 0x0c68, rsa_phi);
    run(b, 0x03);
    expect(b, 0x838, rsa_signature);
    expect_word(b, 0x1298, OK);
    put(b, 0x0838, rsa_phi); /* an even modulus */
    run(b, 0x03);
    expect_word(b, 0x1298, FAILED);
}

static void rsa_by_the_chinese_remainder_theorem(void **state)
{
    struct dev_bench *b = *state;
    put_word(b, 0x408, 512);
    put(b, 0x0730, "b06a77ed8a9388291b2619782180b3a8ee6030689f68b86572722e64fa2b11b1");
    put(b, 0x0e78, "857df4ef13a37cc8261fa3388b4b9f7cf386feede5826f22946801539db7dff5");
    put(b, 0x0948, "21e1c6c787d3566bbfe4d9f8ef83a46c8b758513186cc80dd3e63fcdac67910a");
    put(b, 0x0b60, rsa_p);
    put(b, 0x1088, rsa_q);
    put(b, 0x12a0, rsa_message);
    run(b, 0x07);
    expect(b, 0x838, rsa_signature);
}

/* The largest length: 2^4160 - 1 squared, and 3^(2^4159) by squaring is left to firmware. */
static void largest_operands_fit(void **state)
{
    struct dev_bench *b = *state;
    char ones[1041];
    memset(ones, 'f', 1040);
    ones[1040] = '\0';
    put_word(b, 0x400, 2);
    put_word(b, 0x408, 4160);
    put_word(b, 0xc68, 2);
    put(b, 0xe78, "3");
    put(b, 0x1088, ones);
    run(b, 0x00);
    expect(b, 0x838, "0000000000000008");
    put(b, 0xa50, ones);
    put(b, 0xc68, ones);
    run(b, 0x0a);
    expect(b, 0xe78, "0000000000000000");
    put_word(b, 0x408, 4161);
    run(b, 0x0a);
    assert_int_equal(b->notes, 1);
}

/* Whatever stands in the RAM, the block stays within its arrays (the sanitizers watch). */
static void any_ram_is_survived(void **state)
{
    static const uint32_t mode[] = {0x00, 0x01, 0x03, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
                                    0x0e, 0x0f, 0x10, 0x20, 0x23, 0x24, 0x26, 0x27, 0x28, 0x2f};
    static const uint32_t length[] = {0, 1, 2, 63, 65, 160, 639, 640, 641, 0xffffffff};
    struct dev_bench *b = *state;
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof mode / sizeof mode[0]; i++) {
        for (size_t k = 0; k < sizeof length / sizeof length[0]; k++) {
            for (uint32_t addr = RAM; addr < RAM_END; addr += 4u) {
                x = x * 1664525u + 1013904223u;
                bench_write(b, addr, k % 2u != 0 ? x : x >> (x >> 27));
            }
            put_word(b, 0x400, length[(k + i) % 10u]);
            put_word(b, 0x408, length[k]);
            put_word(b, 0x4c8, length[k]);
            run(b, mode[i]);
        }
    }
}

#define CASE(name)     cmocka_unit_test_setup_teardown(name, pka_setup, pka_teardown)
#define CASE_OFF(name) cmocka_unit_test_setup_teardown(name, setup_off, pka_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_OFF(reset_values),
        CASE_OFF(reserved_bits_stay_zero),
        CASE_OFF(enable_waits_for_the_ram),
        CASE_OFF(nothing_starts_without_the_rng),
        CASE(ram_is_a_memory_of_words),
        CASE(addresses_outside_are_an_error),
        CASE(ram_is_out_of_reach_while_busy),
        CASE(clearing_en_aborts),
        CASE(unknown_operation_is_refused),
        CASE(interrupts_follow_their_flags),
        CASE(tamper_erases_the_ram),
        CASE(integers_are_added_subtracted_and_multiplied),
        CASE(sum_has_a_carry),
        CASE(integers_are_compared),
        CASE(integers_are_reduced_and_inverted),
        CASE(montgomery_parameter_is_a_power_of_two),
        CASE(modular_exponentiation),
        CASE(protected_exponentiation),
        CASE(rsa_by_the_chinese_remainder_theorem),
        CASE(largest_operands_fit),
        CASE(any_ram_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aes_driver.h"

#define PWR_DBPCR    (0x44020800u + 0x24u)
#define TAMP         0x44007c00u
#define TAMP_SECCFGR (TAMP + 0x20u)
#define TAMP_BKP(n)  (TAMP + 0x100u + 4u * (n))
#define EPOCHSELCR   (0x44000400u + 0xa0u)
#define NEXTHDPLCR   (0x44000400u + 0x18u)

#define IRQ_SAES   36u
#define STATE_MASK 0x0000ff00u
#define OPEN       0x0000ed00u

static const char key128[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char key256[] = "603deb1015ca71be2b73aef0857d7781"
                             "1f352c073b6108d72d9810a30914dff4";
static const char plaintext[] = "6bc1bee22e409f96e93d7e117393172a";
static const char ecb128[] = "3ad77bb40d7a3660a89ecaf32466ef97";
static const char ecb256[] = "f3eed1bdb5d2a03c064b5a7e3db181f8";
static const char zeros[] = "00000000000000000000000000000000";

static int setup(void **state)
{
    *state = closed_chip(false);
    return 0;
}

static int setup_without_clocks(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static void expect_key(struct dev_bench *b, uint32_t cr, const char *hex)
{
    uint32_t out[4];
    fingerprint(b, cr, out);
    expect_words(out, hex);
}

static void expect_another_key(struct dev_bench *b, uint32_t cr, const uint32_t one[4])
{
    uint32_t out[4];
    fingerprint(b, cr, out);
    assert_memory_not_equal(out, one, sizeof out);
}

/* ---- registers ------------------------------------------------------------------------------ */

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x30cu; off += 4u) {
        assert_int_equal(bench_read(b, SAES + off), 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SAES + CR, 0x0ffffffeu);
    assert_int_equal(bench_read(b, SAES + CR), 0x0ffd787eu);
    bench_write(b, SAES + IER, 0xffffffff);
    assert_int_equal(bench_read(b, SAES + IER), 0xf);
}

static void software_keys_work_as_in_aes(void **state)
{
    static const struct aead gcm = {
        .cr = GCM,
        .key = "feffe9928665731c6d6a8f9467308308",
        .iv = "cafebabefacedbaddecaf88800000002",
        .header = "feedfacedeadbeeffeedfacedeadbeefabaddad2000000000000000000000000",
        .lengths = "00000000000000a00000000000000000",
        .tag = "346434fd51d5cd0c5887ec63e39b907a",
    };
    struct dev_bench *b = *state;
    run_message(b, SAES, ECB, key128, NULL, plaintext, ecb128);
    run_message(b, SAES, ECB | KEY256 | DECRYPT, key256, NULL, ecb256, plaintext);
    run_message(b, SAES, CBC | DECRYPT, key128, "000102030405060708090a0b0c0d0e0f",
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    run_aead(b, SAES, &gcm, false);
}

static void block_takes_longer_than_in_aes(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SAES + CR, KEY256);
    set_key(b, SAES, key256);
    bench_write(b, SAES + CR, KEY256 | EN);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, SAES + DINR, 0);
    }
    bench_wait(b, 679);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID | BUSY);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID | CCF);
}

static void interrupt_has_its_own_line(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SAES + IER, KEIF);
    assert_false(bench_irq(b, IRQ_SAES));
    bench_write(b, SAES + KEYR(2), 0);
    assert_true(bench_irq(b, IRQ_SAES));
    bench_write(b, SAES + ICR, KEIF);
    assert_false(bench_irq(b, IRQ_SAES));
}

/* ---- random numbers ------------------------------------------------------------------------- */

static void first_access_fetches_a_random_number(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, RCC_AHB2ENR, RNG_CLOCK);
    assert_int_equal(bench_read(b, SAES + SR), BUSY);
    bench_write(b, SAES + CR, CTR); /* is lost */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), 0);
    assert_int_equal(bench_read(b, SAES + CR), 0);
    run_message(b, SAES, ECB, key128, NULL, plaintext, ecb128);

    bench_write(b, SAES + CR, IPRST);
    assert_int_equal(bench_read(b, SAES + SR), 0);
    bench_write(b, SAES + CR, 0);
    assert_int_equal(bench_read(b, SAES + SR), BUSY);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), 0);
}

static void clock_fetches_it_before_the_first_access(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, RCC_AHB2ENR, SAES_CLOCK);
    bench_wait(b, LONG_ENOUGH); /* in vain, but nobody has asked yet */
    bench_write(b, RCC_AHB2ENR, 0);
    bench_write(b, RCC_AHB2ENR, SAES_CLOCK);
    bench_write(b, RCC_AHB2ENR, SAES_CLOCK | RNG_CLOCK);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), 0);
    run_message(b, SAES, ECB, key128, NULL, plaintext, ecb128);
}

static void no_random_number_without_the_rng(void **state)
{
    struct dev_bench *b = *state;
    (void)bench_read(b, SAES + SR);
    bench_write(b, SAES + IER, RNGEIF);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + ISR), RNGEIF);
    assert_true(bench_irq(b, IRQ_SAES));
    set_key(b, SAES, key128);
    bench_write(b, SAES + CR, EN);
    assert_int_equal(bench_read(b, SAES + CR), 0);
    bench_write(b, SAES + CR, DHUK);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), 0);

    bench_write(b, SAES + ICR, RNGEIF); /* tries again */
    assert_int_equal(bench_read(b, SAES + SR), BUSY);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + ISR), RNGEIF);

    bench_write(b, RCC_AHB2ENR, RNG_CLOCK);
    bench_write(b, SAES + ICR, RNGEIF);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + ISR), 0);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID); /* now the DHUK has come, too */
    bench_write(b, SAES + CR, 0);
    run_message(b, SAES, ECB, key128, NULL, plaintext, ecb128);
}

/* ---- hardware keys -------------------------------------------------------------------------- */

/* Data stored under it must stay readable: values by Python's hashlib and cryptography. */
static void dhuk_is_the_same_for_ever(void **state)
{
    struct dev_bench *b = *state;
    expect_key(b, DHUK | KEY256, "b49bde06d5fac8c0f22f2d49e20cfde4");
    expect_key(b, DHUK, "37ac04c2020aa2c32d143374271536ca");
    again(b);
    expect_key(b, DHUK | KEY256, "b49bde06d5fac8c0f22f2d49e20cfde4");
    bench_power(b);
    clocks_on(b);
    expect_key(b, DHUK | KEY256, "b49bde06d5fac8c0f22f2d49e20cfde4");

    b->nv->option[NV_OB_NSEPOCH] = 5;
    chip_hdpl_raise(b->chip);
    bench_write(b, NEXTHDPLCR, 1);
    expect_key(b, DHUK | KEY256, "68743ff211fc7f2d52ce2a1e3c3de34f");
}

static void dhuk_is_of_one_device(void **state)
{
    struct dev_bench *b = *state;
    uint32_t one[4];
    fingerprint(b, DHUK | KEY256, one);
    b->nv->secret[31] ^= 1;
    again(b);
    expect_another_key(b, DHUK | KEY256, one);
}

static void dhuk_is_of_one_epoch(void **state)
{
    struct dev_bench *b = *state;
    uint32_t one[4], secure[4], none[4];
    b->nv->option[NV_OB_NSEPOCH] = 7;
    b->nv->option[NV_OB_SECEPOCH] = 9;
    fingerprint(b, DHUK | KEY256, one);
    bench_write(b, EPOCHSELCR, 1);
    fingerprint(b, DHUK | KEY256, secure);
    bench_write(b, EPOCHSELCR, 2);
    fingerprint(b, DHUK | KEY256, none);
    assert_memory_not_equal(one, secure, sizeof one);
    assert_memory_not_equal(one, none, sizeof one);
    assert_memory_not_equal(secure, none, sizeof one);
    bench_write(b, EPOCHSELCR, 0);
    b->nv->option[NV_OB_NSEPOCH] = 8;
    expect_another_key(b, DHUK | KEY256, one);
    b->nv->option[NV_OB_NSEPOCH] = 7;
    uint32_t same[4];
    fingerprint(b, DHUK | KEY256, same);
    assert_memory_equal(one, same, sizeof one);
}

static void dhuk_is_of_one_level(void **state)
{
    struct dev_bench *b = *state;
    uint32_t level[3][4], next[4];
    for (unsigned i = 0; i < 3u; i++) {
        fingerprint(b, DHUK | KEY256, level[i]);
        chip_hdpl_raise(b->chip);
    }
    assert_memory_not_equal(level[0], level[1], sizeof level[0]);
    assert_memory_not_equal(level[1], level[2], sizeof level[0]);
    assert_memory_not_equal(level[0], level[2], sizeof level[0]);
    again(b);
    bench_write(b, NEXTHDPLCR, 2); /* the level of the option-byte keys counts */
    fingerprint(b, DHUK | KEY256, next);
    assert_memory_equal(next, level[2], sizeof next);
}

static void dhuk_is_of_one_use(void **state)
{
    struct dev_bench *b = *state;
    uint32_t one[4], wrapped[4];
    fingerprint(b, DHUK | KEY256, one);
    fingerprint(b, DHUK | KEY256 | WRAPPED, wrapped);
    assert_memory_not_equal(one, wrapped, sizeof one);
    expect_another_key(b, DHUK | KEY256 | SHARED, one);
    expect_another_key(b, DHUK | KEY256 | SHARED, wrapped);

    select_key(b, DHUK | KEY256 | WRAPPED); /* and a loaded one changes with its use */
    bench_write(b, SAES + CR, DHUK | KEY256);
    bench_write(b, SAES + CR, DHUK | KEY256 | EN);
    run_blocks(b, SAES, zeros, "b49bde06d5fac8c0f22f2d49e20cfde4");
}

static void open_devices_have_one_dhuk(void **state)
{
    struct dev_bench *b = *state;
    b->nv->option[NV_OB_OPTSR] = (b->nv->option[NV_OB_OPTSR] & ~STATE_MASK) | OPEN;
    again(b);
    expect_key(b, DHUK | KEY256, "be52fa44e121d2cf41dfa9dfcdd990f0");
    b->nv->secret[0] ^= 0xff;
    again(b);
    expect_key(b, DHUK | KEY256, "be52fa44e121d2cf41dfa9dfcdd990f0");
}

static void boot_key_comes_from_the_backup_registers(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, PWR_DBPCR, 1);
    for (uint32_t i = 0; i < 8u; i++) {
        bench_write(b, TAMP_BKP(i), 0x11111111u * (i + 1u));
    }
    bench_write(b, TAMP_SECCFGR, 0x40000000u); /* BHKLOCK hides it from software only */
    assert_int_equal(bench_read(b, TAMP_BKP(0)), 0);
    expect_key(b, BHK | KEY256, "255d1df5b568263cadf3e388ba69dd54");
    expect_key(b, DHUK_XOR | KEY256, "8a84ee175e9a0fcf9dd46b78935a8664");
}

static void hardware_keys_are_neither_read_nor_written(void **state)
{
    struct dev_bench *b = *state;
    select_key(b, DHUK | KEY256);
    for (uint32_t i = 0; i < 8u; i++) {
        assert_int_equal(bench_read(b, SAES + KEYR(i)), 0);
    }
    set_key(b, SAES, key256);
    bench_write(b, SAES + CR, DHUK | KEY256 | EN);
    run_blocks(b, SAES, zeros, "b49bde06d5fac8c0f22f2d49e20cfde4");
}

static void another_key_source_erases_the_key(void **state)
{
    struct dev_bench *b = *state;
    select_key(b, DHUK | KEY256);
    bench_write(b, SAES + CR, DHUK | KEY256); /* the same one stays */
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
    bench_write(b, SAES + CR, KEY256);
    assert_int_equal(bench_read(b, SAES + SR), 0);
    bench_write(b, SAES + CR, KEY256 | EN);
    assert_int_equal(bench_read(b, SAES + CR), KEY256);
}

static void reserved_key_source_freezes_until_iprst(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SAES + CR, 0x30000000u);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), BUSY);
    bench_write(b, SAES + CR, 0);
    assert_int_equal(bench_read(b, SAES + CR), 0x30000000u);
    bench_write(b, SAES + CR, IPRST);
    bench_write(b, SAES + CR, 0);
    bench_wait(b, LONG_ENOUGH);
    run_message(b, SAES, ECB, key128, NULL, plaintext, ecb128);
}

#define CASE(name)       cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_CLOCK(name) cmocka_unit_test_setup_teardown(name, setup_without_clocks, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(software_keys_work_as_in_aes),
        CASE(block_takes_longer_than_in_aes),
        CASE(interrupt_has_its_own_line),
        CASE_CLOCK(first_access_fetches_a_random_number),
        CASE_CLOCK(clock_fetches_it_before_the_first_access),
        CASE_CLOCK(no_random_number_without_the_rng),
        CASE(dhuk_is_the_same_for_ever),
        CASE(dhuk_is_of_one_device),
        CASE(dhuk_is_of_one_epoch),
        CASE(dhuk_is_of_one_level),
        CASE(dhuk_is_of_one_use),
        CASE(open_devices_have_one_dhuk),
        CASE(boot_key_comes_from_the_backup_registers),
        CASE(hardware_keys_are_neither_read_nor_written),
        CASE(another_key_source_erases_the_key),
        CASE(reserved_key_source_freezes_until_iprst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

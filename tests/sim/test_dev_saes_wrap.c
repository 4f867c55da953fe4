#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aes_driver.h"
#include "dev_tamp.h"

#define RCC_AHB2RSTR (0x44020c00u + 0x64u)
#define PWR_DBPCR    (0x44020800u + 0x24u)
#define TAMP_CR1     (0x44007c00u + 0x00u)
#define TAMP_CR2     (0x44007c00u + 0x04u)

static const char key128[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char key256[] = "603deb1015ca71be2b73aef0857d7781"
                             "1f352c073b6108d72d9810a30914dff4";
static const char plaintext[] = "6bc1bee22e409f96e93d7e117393172a";
static const char ecb128[] = "3ad77bb40d7a3660a89ecaf32466ef97";
static const char ecb256[] = "f3eed1bdb5d2a03c064b5a7e3db181f8";

static int setup(void **state)
{
    *state = closed_chip(false);
    return 0;
}

static int setup_trustzone(void **state)
{
    *state = closed_chip(true);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

/* ---- wrapped and shared keys ---------------------------------------------------------------- */

static void wrap(struct dev_bench *b, uint32_t cr, const char *key, uint32_t wrapped[8])
{
    uint32_t words[8];
    const unsigned count = words_of(key, words);
    select_key(b, cr);
    set_iv(b, SAES, "8001d1ced1ced1ced1ce8001ced1ced1");
    bench_write(b, SAES + CR, cr | EN);
    for (unsigned i = 0; i < count; i += 4u) {
        put_block(b, SAES, &words[i]);
        get_block(b, SAES, &wrapped[i]);
    }
    bench_write(b, SAES + CR, 0);
}

static void unwrap(struct dev_bench *b, uint32_t cr, const uint32_t *wrapped)
{
    select_key(b, cr);
    bench_write(b, SAES + CR, cr | PREPARE);
    bench_write(b, SAES + CR, cr | PREPARE | EN);
    wait_ccf(b, SAES);
    bench_write(b, SAES + CR, cr | DECRYPT);
    set_iv(b, SAES, "8001d1ced1ced1ced1ce8001ced1ced1");
    bench_write(b, SAES + CR, cr | DECRYPT | EN);
    for (unsigned i = 0; i < (cr & KEY256 ? 8u : 4u); i += 4u) {
        assert_int_equal(bench_read(b, SAES + CR) & KEYSEL, DHUK);
        put_block(b, SAES, &wrapped[i]);
        assert_int_equal(bench_read(b, SAES + DOUTR), 0);
        bench_write(b, SAES + ICR, RWEIF);
    }
    assert_int_equal(bench_read(b, SAES + CR), (cr & ~KEYSEL) | DECRYPT | EN);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
    bench_write(b, SAES + CR, (cr & ~KEYSEL) | DECRYPT);
}

static void wrapped_key_is_used_without_being_seen(void **state)
{
    static const struct {
        uint32_t cr;
        const char *key, *ciphertext;
    } row[] = {
        {ECB, key128, ecb128},
        {CBC, key128, ecb128},
        {ECB | KEY256, key256, ecb256},
        {CBC | KEY256, key256, ecb256},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint32_t wrapped[8];
        wrap(b, row[i].cr | WRAPPED | DHUK, row[i].key, wrapped);
        unwrap(b, row[i].cr | WRAPPED | DHUK, wrapped);
        bench_write(b, SAES + CR, row[i].cr & KEY256); /* normal mode, ECB */
        assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
        bench_write(b, SAES + CR, (row[i].cr & KEY256) | EN);
        run_blocks(b, SAES, plaintext, row[i].ciphertext);
        bench_write(b, SAES + CR, IPRST);
        bench_write(b, SAES + CR, 0);
        bench_wait(b, LONG_ENOUGH);
    }
}

static void wrapped_key_does_not_come_out_in_normal_mode(void **state)
{
    struct dev_bench *b = *state;
    uint32_t wrapped[8], out[4], key[4];
    wrap(b, WRAPPED | DHUK, key128, wrapped);
    select_key(b, DHUK);
    bench_write(b, SAES + CR, DHUK | PREPARE);
    bench_write(b, SAES + CR, DHUK | PREPARE | EN);
    wait_ccf(b, SAES);
    bench_write(b, SAES + CR, DHUK | DECRYPT);
    bench_write(b, SAES + CR, DHUK | DECRYPT | EN);
    put_block(b, SAES, wrapped);
    get_block(b, SAES, out);
    (void)words_of(key128, key);
    assert_memory_not_equal(out, key, sizeof key);
}

static void shared_key_reaches_aes_alone(void **state)
{
    struct dev_bench *b = *state;
    uint32_t wrapped[8];
    for (uint32_t size = 0; size <= KEY256; size += KEY256) {
        wrap(b, size | SHARED | DHUK, size != 0 ? key256 : key128, wrapped);
        unwrap(b, size | SHARED | DHUK, wrapped);

        bench_write(b, AES + CR, SHARED | (size ^ KEY256)); /* not of that size */
        assert_int_equal(bench_read(b, AES + ISR), KEIF);
        bench_write(b, AES + CR, 0);
        bench_write(b, AES + ICR, KEIF);

        bench_write(b, AES + CR, SHARED | size);
        assert_int_equal(bench_read(b, AES + SR), KEYVALID);
        for (uint32_t i = 0; i < (size != 0 ? 8u : 4u); i++) {
            bench_write(b, AES + KEYR(i), i); /* software has no say */
        }
        bench_write(b, AES + CR, SHARED | size | EN);
        run_blocks(b, AES, plaintext, size != 0 ? ecb256 : ecb128);
        bench_write(b, AES + CR, size); /* the key goes with the mode */
        assert_int_equal(bench_read(b, AES + SR), 0);

        bench_write(b, SAES + CR, size); /* shared no longer */
        bench_write(b, AES + CR, SHARED | size);
        assert_int_equal(bench_read(b, AES + ISR), KEIF);
        bench_write(b, AES + CR, 0);
        bench_write(b, AES + ICR, KEIF);
    }
}

static void key_is_not_shared_before_it_is_unwrapped(void **state)
{
    struct dev_bench *b = *state;
    uint32_t wrapped[8];
    select_key(b, SHARED | DHUK);
    bench_write(b, AES + CR, SHARED);
    assert_int_equal(bench_read(b, AES + ISR), KEIF); /* the DHUK itself is never shared */
    bench_write(b, AES + CR, 0);
    bench_write(b, AES + ICR, KEIF);
    wrap(b, WRAPPED | DHUK, key128, wrapped);
    unwrap(b, WRAPPED | DHUK, wrapped); /* for SAES itself */
    bench_write(b, AES + CR, SHARED);
    assert_int_equal(bench_read(b, AES + ISR), KEIF);
    bench_write(b, AES + CR, 0);
    bench_write(b, AES + ICR, KEIF);
    wrap(b, SHARED | DHUK | KSHAREID, key128, wrapped);
    unwrap(b, SHARED | DHUK | KSHAREID, wrapped); /* with something else than AES */
    bench_write(b, AES + CR, SHARED);
    assert_int_equal(bench_read(b, AES + ISR), KEIF);
}

/* The key is what CTR makes of zeros: by Python's cryptography. */
static void counter_mode_generates_a_key(void **state)
{
    static const struct {
        uint32_t size;
        const char *key, *ciphertext;
    } row[] = {
        {0, key128, "949f524273b9857f3b54a00973f4a036"},
        {KEY256, key256, "9b1919322da75bf88faa39c684932aad"},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, SAES + CR, row[i].size | WRAPPED | CTR | DECRYPT);
        set_key(b, SAES, row[i].key);
        set_iv(b, SAES, "000102030405060708090a0b0c0d0e00");
        bench_write(b, SAES + CR, row[i].size | WRAPPED | CTR | DECRYPT | EN);
        wait_ccf(b, SAES);
        assert_int_equal(bench_read(b, SAES + DOUTR), 0);
        bench_write(b, SAES + ICR, RWEIF);
        bench_write(b, SAES + CR, row[i].size);
        bench_write(b, SAES + CR, row[i].size | EN);
        run_blocks(b, SAES, plaintext, row[i].ciphertext);
        bench_write(b, SAES + CR, 0);
    }
}

static void wrapped_mode_refuses_what_would_show_a_key(void **state)
{
    struct dev_bench *b = *state;
    select_key(b, WRAPPED | DHUK | GCM);
    bench_write(b, SAES + CR, WRAPPED | DHUK | GCM | EN);
    assert_int_equal(bench_read(b, SAES + CR), WRAPPED | DHUK | GCM);
    select_key(b, WRAPPED | DHUK | CTR);
    bench_write(b, SAES + CR, WRAPPED | DHUK | CTR | EN);
    assert_int_equal(bench_read(b, SAES + CR), WRAPPED | DHUK | CTR);
}

/* ---- security ------------------------------------------------------------------------------- */

static void select_as(struct dev_bench *b, bool secure, uint32_t cr)
{
    bench_write_as(b, secure, true, SAES + CR, cr);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read_as(b, secure, true, SAES + SR) & (KEYVALID | BUSY), KEYVALID);
}

static void key_of_one_domain_is_lost_to_the_other(void **state)
{
    static const uint32_t row[] = {DHUK, BHK, DHUK | WRAPPED};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        select_as(b, true, row[i]);
        assert_int_equal(bench_read(b, SAES + SR), 0); /* Non-secure: the key is gone */
        assert_int_equal(bench_read(b, SAES + ISR), KEIF);
        bench_write(b, SAES + CR, 0);
        bench_write(b, SAES + ICR, KEIF);
    }
}

/** Wraps and unwraps for AES as software of one domain, which then holds a key to share. */
static void share_as(struct dev_bench *b, bool secure)
{
    const uint32_t cr = SHARED | DHUK;
    select_as(b, secure, cr);
    bench_write_as(b, secure, true, SAES + CR, cr | PREPARE);
    bench_write_as(b, secure, true, SAES + CR, cr | PREPARE | EN);
    bench_wait(b, LONG_ENOUGH);
    bench_write_as(b, secure, true, SAES + ICR, CCF);
    bench_write_as(b, secure, true, SAES + CR, cr | DECRYPT);
    bench_write_as(b, secure, true, SAES + CR, cr | DECRYPT | EN);
    for (uint32_t i = 0; i < 4u; i++) {
        bench_write_as(b, secure, true, SAES + DINR, i);
    }
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read_as(b, secure, true, SAES + SR) & (KEYVALID | BUSY), KEYVALID);
}

static void key_is_not_shared_across_domains(void **state)
{
    struct dev_bench *b = *state;
    for (unsigned i = 0; i < 4u; i++) {
        const bool owner = (i & 1u) != 0;
        const bool user = (i & 2u) != 0;
        share_as(b, owner);
        bench_write_as(b, user, true, AES + CR, SHARED);
        assert_int_equal(bench_read_as(b, user, true, AES + SR), owner == user ? KEYVALID : 0);
        assert_int_equal(bench_read_as(b, user, true, AES + ISR), owner == user ? 0 : KEIF);
        bench_write_as(b, user, true, AES + CR, 0);
        bench_write_as(b, user, true, AES + ICR, KEIF);
        bench_write_as(b, owner, true, SAES + CR, 0);
        bench_write_as(b, owner, true, SAES + ICR, KEIF | CCF);
    }
}

static void protected_key_is_lost_by_cr_and_doutr_only(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SAES + CR, KEYPROT);
    set_key(b, SAES, key128);
    (void)bench_read_as(b, true, true, SAES + ISR);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
    assert_int_equal(bench_read_as(b, true, true, SAES + DOUTR), 0);
    assert_int_equal(bench_read(b, SAES + SR), 0);
    assert_int_equal(bench_read(b, SAES + ISR), KEIF);
    bench_write(b, SAES + ICR, KEIF);
    bench_write(b, SAES + CR, 0);
    set_key(b, SAES, key128); /* without KEYPROT the key stays */
    (void)bench_read_as(b, true, true, SAES + CR);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
}

static void dhuk_is_of_one_domain(void **state)
{
    struct dev_bench *b = *state;
    uint32_t one[4], other[4];
    fingerprint(b, DHUK, one);
    select_as(b, true, DHUK);
    bench_write_as(b, true, true, SAES + CR, DHUK | EN);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write_as(b, true, true, SAES + DINR, 0);
    }
    bench_wait(b, LONG_ENOUGH);
    for (unsigned i = 0; i < 4u; i++) {
        other[i] = bench_read_as(b, true, true, SAES + DOUTR);
    }
    assert_memory_not_equal(one, other, sizeof one);
}

static void tamper_takes_the_keys_until_a_reset(void **state)
{
    static const uint32_t row[] = {DHUK, BHK, DHUK_XOR};
    struct dev_bench *b = *state;
    uint32_t one[4];
    fingerprint(b, DHUK, one);
    select_key(b, DHUK);
    bench_write(b, PWR_DBPCR, 1);
    bench_write(b, TAMP_CR1, 1);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    assert_int_equal(bench_read(b, SAES + CR), 0);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), 0);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, SAES + CR, row[i]);
        bench_wait(b, LONG_ENOUGH);
        assert_int_equal(bench_read(b, SAES + SR), 0);
        assert_int_equal(bench_read(b, SAES + ISR), KEIF);
        bench_write(b, SAES + ICR, KEIF);
    }
    bench_write(b, RCC_AHB2RSTR, SAES_CLOCK); /* resetting the block alone changes nothing */
    bench_write(b, RCC_AHB2RSTR, 0);
    (void)bench_read(b, SAES + SR);
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, SAES + CR, DHUK);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + ISR), KEIF);

    again(b);
    uint32_t same[4];
    fingerprint(b, DHUK, same);
    assert_memory_equal(one, same, sizeof one);
}

static void potential_tamper_leaves_the_keys(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, PWR_DBPCR, 1);
    bench_write(b, TAMP_CR2, 1);
    bench_write(b, TAMP_CR1, 1);
    select_key(b, DHUK);
    tamp_detect(chip_device(b->chip, "TAMP"), 0);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(wrapped_key_is_used_without_being_seen),
        CASE(wrapped_key_does_not_come_out_in_normal_mode),
        CASE(shared_key_reaches_aes_alone),
        CASE(key_is_not_shared_before_it_is_unwrapped),
        CASE(counter_mode_generates_a_key),
        CASE(wrapped_mode_refuses_what_would_show_a_key),
        CASE_TZ(key_of_one_domain_is_lost_to_the_other),
        CASE_TZ(key_is_not_shared_across_domains),
        CASE_TZ(protected_key_is_lost_by_cr_and_doutr_only),
        CASE_TZ(dhuk_is_of_one_domain),
        CASE(tamper_takes_the_keys_until_a_reset),
        CASE(potential_tamper_leaves_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

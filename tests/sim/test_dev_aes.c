#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aes_driver.h"

#define IRQ_AES      116u
#define KMOD_SHARED  0x02000000u
#define TZSC_SECCFG3 (0x40032400u + 0x18u)
#define TZSC_PRIV3   (0x40032400u + 0x28u)
#define GTZC_AES     (1u << 16)

/* NIST SP 800-38A, appendix F. */
static const char key128[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char key256[] = "603deb1015ca71be2b73aef0857d7781"
                             "1f352c073b6108d72d9810a30914dff4";
static const char iv_cbc[] = "000102030405060708090a0b0c0d0e0f";
static const char iv_ctr[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
static const char plaintext[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const char ecb128[] = "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
                             "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4";
static const char ecb256[] = "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
                             "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7";
static const char cbc128[] = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
                             "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7";
static const char cbc256[] = "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
                             "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b";
static const char ctr128[] = "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
                             "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee";
static const char ctr256[] = "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                             "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";

/* Test cases 4 and 16 of the proposal of GCM; ciphertexts checked with Python's cryptography. */
static const struct aead gcm128 = {
    .cr = GCM,
    .key = "feffe9928665731c6d6a8f9467308308",
    .iv = "cafebabefacedbaddecaf88800000002",
    .header = "feedfacedeadbeeffeedfacedeadbeefabaddad2000000000000000000000000",
    .payload = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
               "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    .expected = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
    .lengths = "00000000000000a000000000000001e0",
    .tag = "5bc94fbc3221a5db94fae95ae7121a47",
};

/* NIST SP 800-38C, examples 1 to 3, with B0 as the vector. */
static const struct aead ccm_example[] = {
    {.cr = CCM,
     .key = "404142434445464748494a4b4c4d4e4f",
     .iv = "4f101112131415160000000000000004",
     .header = "00080001020304050607000000000000",
     .payload = "20212223",
     .expected = "7162015b",
     .tag = "4dac255d"},
    {.cr = CCM,
     .key = "404142434445464748494a4b4c4d4e4f",
     .iv = "56101112131415161700000000000010",
     .header = "0010000102030405060708090a0b0c0d0e0f0000000000000000000000000000",
     .payload = "202122232425262728292a2b2c2d2e2f",
     .expected = "d2a1f0e051ea5f62081a7792073d593d",
     .tag = "1fc64fbfaccd"},
    {.cr = CCM,
     .key = "404142434445464748494a4b4c4d4e4f",
     .iv = "5a101112131415161718191a1b000018",
     .header = "0014000102030405060708090a0b0c0d0e0f1011121300000000000000000000",
     .payload = "202122232425262728292a2b2c2d2e2f3031323334353637",
     .expected = "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5",
     .tag = "484392fbc1b09951"},
};

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

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x30cu; off += 4u) {
        assert_int_equal(bench_read(b, AES + off), 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, 0x7dfffffeu); /* KMOD without the shared key, no IPRST, no EN */
    assert_int_equal(bench_read(b, AES + CR), 0x01f5787eu);
    bench_write(b, AES + IER, 0xffffffff);
    assert_int_equal(bench_read(b, AES + IER), 7);
    bench_write(b, AES + ISR, 0xffffffff);
    bench_write(b, AES + SR, 0xffffffff);
    assert_int_equal(bench_read(b, AES + ISR), 0);
    assert_int_equal(bench_read(b, AES + SR), 0);
}

static void modes_without_phases_follow_the_standard(void **state)
{
    static const struct {
        uint32_t cr;
        const char *key, *iv, *ciphertext;
    } row[] = {
        {ECB, key128, NULL, ecb128},   {ECB | KEY256, key256, NULL, ecb256},
        {CBC, key128, iv_cbc, cbc128}, {CBC | KEY256, key256, iv_cbc, cbc256},
        {CTR, key128, iv_ctr, ctr128}, {CTR | KEY256, key256, iv_ctr, ctr256},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        run_message(b, AES, row[i].cr, row[i].key, row[i].iv, plaintext, row[i].ciphertext);
        run_message(b, AES, row[i].cr | DECRYPT, row[i].key, row[i].iv, row[i].ciphertext,
                    plaintext);
    }
}

/* The counter is the last word only; the key stream by Python's cryptography. */
static void counter_wraps_within_its_word(void **state)
{
    struct dev_bench *b = *state;
    run_message(b, AES, CTR, key128, "000102030405060708090a0bffffffff",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "bdb7c0ef49717942fc68eeb17692fcf494193f8116eb745cfe7465d70c756236");
    assert_int_equal(bench_read(b, AES + IVR(0)), 1);
    assert_int_equal(bench_read(b, AES + IVR(1)), 0x08090a0b);
}

static void gcm_encrypts_and_decrypts_with_a_short_last_block(void **state)
{
    struct dev_bench *b = *state;
    struct aead gcm256 = gcm128;
    gcm256.cr = GCM | KEY256;
    gcm256.key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    gcm256.expected = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
    gcm256.tag = "76fc6ece0f4e1768cddf8853bb2d551b";
    for (unsigned decrypt = 0; decrypt < 2u; decrypt++) {
        run_aead(b, AES, &gcm128, decrypt != 0);
        run_aead(b, AES, &gcm256, decrypt != 0);
    }
}

static void gmac_needs_no_payload(void **state)
{
    struct dev_bench *b = *state;
    struct aead gmac = gcm128;
    gmac.payload = NULL;
    gmac.lengths = "00000000000000a00000000000000000";
    gmac.tag = "346434fd51d5cd0c5887ec63e39b907a";
    run_aead(b, AES, &gmac, false);
}

static void ccm_follows_the_examples(void **state)
{
    struct dev_bench *b = *state;
    struct aead wide = ccm_example[2];
    wide.cr = CCM | KEY256;
    wide.key = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f";
    wide.iv = "7a101112131415161718191a1b000018";
    wide.expected = "04f883aeb3bd0730eaf50bb6de4fa2212034e4e41b0e75e5";
    wide.tag = "9bba3f3a107f3239bd63902923f80371";
    for (unsigned decrypt = 0; decrypt < 2u; decrypt++) {
        for (size_t i = 0; i < sizeof ccm_example / sizeof ccm_example[0]; i++) {
            run_aead(b, AES, &ccm_example[i], decrypt != 0);
        }
        run_aead(b, AES, &wide, decrypt != 0);
    }
}

static void data_types_swap_in_and_out(void **state)
{
    /* The first block of SP 800-38A, F.1.1, as each DATATYPE has it. */
    static const char *const in[4] = {
        "6bc1bee22e409f96e93d7e117393172a", "bee26bc19f962e407e11e93d172a7393",
        "e2bec16b969f402e117e3de92a179373", "477d83d669f90274887ebc9754e8c9ce"};
    static const char *const out[4] = {
        "3ad77bb40d7a3660a89ecaf32466ef97", "7bb43ad736600d7acaf3a89eef972466",
        "b47bd73a60367a0df3ca9ea897ef6624", "2ddeeb5c066c5eb0cf537915e9f76624"};
    struct dev_bench *b = *state;
    for (uint32_t type = 0; type < 4u; type++) {
        run_message(b, AES, ECB | DATATYPE(type), key128, NULL, in[type], out[type]);
    }
}

/* With bytes swapped, only the lengths that end GCM go in as they are. */
static void gcm_lengths_are_not_swapped(void **state)
{
    struct dev_bench *b = *state;
    struct aead gmac = gcm128;
    gmac.cr = GCM | DATATYPE(2);
    gmac.header = "cefaedfeefbeaddecefaedfeefbeadded2daadab000000000000000000000000";
    gmac.payload = NULL;
    gmac.lengths = "00000000000000a00000000000000000";
    gmac.tag = "fd3464340ccdd55163ec87587a909be3";
    run_aead(b, AES, &gmac, false);
}

static void block_takes_its_time(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB);
    set_key(b, AES, key128);
    bench_write(b, AES + CR, ECB | EN);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, AES + DINR, 0);
    }
    bench_wait(b, 50);
    assert_int_equal(bench_read(b, AES + SR), KEYVALID | BUSY);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, AES + SR), KEYVALID | CCF);
}

static void data_at_the_wrong_time_is_an_error(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB);
    set_key(b, AES, key128);
    bench_write(b, AES + CR, ECB | EN);
    assert_int_equal(bench_read(b, AES + DOUTR), 0); /* during input */
    assert_int_equal(bench_read(b, AES + SR), KEYVALID | RDERR);
    assert_int_equal(bench_read(b, AES + ISR), RWEIF);
    bench_write(b, AES + ICR, RWEIF);
    assert_int_equal(bench_read(b, AES + SR), KEYVALID);

    uint32_t words[4];
    (void)words_of("6bc1bee22e409f96e93d7e117393172a", words);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, AES + DINR, words[i]);
    }
    bench_write(b, AES + DINR, 0x12345678); /* during computation */
    assert_int_equal(bench_read(b, AES + SR), KEYVALID | WRERR | BUSY);
    assert_int_equal(bench_read(b, AES + DOUTR), 0);
    assert_int_equal(bench_read(b, AES + SR), KEYVALID | WRERR | RDERR | BUSY);
    bench_wait(b, LONG_ENOUGH);
    bench_write(b, AES + ICR, RWEIF | CCF);
    bench_write(b, AES + DINR, 0x12345678); /* during output */
    assert_int_equal(bench_read(b, AES + SR), KEYVALID | WRERR);
    get_block(b, AES, words); /* none of it has changed the result */
    expect_words(words, "3ad77bb40d7a3660a89ecaf32466ef97");
}

static void key_registers_go_in_order(void **state)
{
    struct dev_bench *b = *state;
    uint32_t words[8];
    (void)words_of(key256, words);
    bench_write(b, AES + CR, ECB | KEY256);
    for (unsigned i = 0; i < 8u; i++) { /* ascending */
        assert_int_equal(bench_read(b, AES + SR), 0);
        bench_write(b, AES + KEYR(i), words[7u - i]);
    }
    assert_int_equal(bench_read(b, AES + SR), KEYVALID);
    bench_write(b, AES + CR, ECB | KEY256 | EN);
    run_blocks(b, AES, plaintext, ecb256);
    bench_write(b, AES + CR, ECB | KEY256);

    bench_write(b, AES + KEYR(0), 0); /* a new key has begun */
    assert_int_equal(bench_read(b, AES + SR), 0);
    bench_write(b, AES + KEYR(2), 0);
    assert_int_equal(bench_read(b, AES + ISR), KEIF);
    set_key(b, AES, key256); /* in vain until KEIF is cleared */
    assert_int_equal(bench_read(b, AES + SR), 0);
    bench_write(b, AES + ICR, KEIF);
    set_key(b, AES, key256);
    assert_int_equal(bench_read(b, AES + SR), KEYVALID);
}

static void key_registers_are_never_read(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB | KEY256);
    set_key(b, AES, key256);
    for (uint32_t i = 0; i < 8u; i++) {
        assert_int_equal(bench_read(b, AES + KEYR(i)), 0);
    }
}

static void nothing_starts_without_a_key(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB | EN);
    assert_int_equal(bench_read(b, AES + CR), ECB);
    assert_int_equal(b->notes, 1);
    set_key(b, AES, key128);
    bench_write(b, AES + CR, ECB | KEY256); /* a key of another size is no key */
    assert_int_equal(bench_read(b, AES + SR), 0);
    bench_write(b, AES + CR, ECB | KEY256 | EN);
    assert_int_equal(bench_read(b, AES + CR), ECB | KEY256);
}

static void decryption_needs_a_prepared_key(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB | DECRYPT);
    set_key(b, AES, key128);
    bench_write(b, AES + CR, ECB | DECRYPT | EN);
    uint32_t words[4], right[4];
    (void)words_of("3ad77bb40d7a3660a89ecaf32466ef97", words);
    (void)words_of("6bc1bee22e409f96e93d7e117393172a", right);
    put_block(b, AES, words);
    get_block(b, AES, words);
    assert_memory_not_equal(words, right, sizeof right);
    assert_int_equal(b->notes, 1);
    run_message(b, AES, ECB | DECRYPT, key128, NULL, ecb128, plaintext);
    assert_int_equal(b->notes, 1);
}

static void configuration_is_frozen_while_enabled(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, CTR);
    set_key(b, AES, key128);
    set_iv(b, AES, iv_ctr);
    bench_write(b, AES + CR, CTR | EN);
    bench_write(b, AES + CR, CBC | DECRYPT | DATATYPE(2) | KEY256 | EN);
    assert_int_equal(bench_read(b, AES + CR), CTR | EN);
    set_key(b, AES, "00000000000000000000000000000000");
    set_iv(b, AES, iv_cbc);
    run_blocks(b, AES, plaintext, ctr128);
    bench_write(b, AES + CR, CBC); /* may change together with EN's end */
    assert_int_equal(bench_read(b, AES + CR), CBC);
}

static void clearing_en_forgets_a_block(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, CBC);
    set_key(b, AES, key128);
    set_iv(b, AES, iv_cbc);
    bench_write(b, AES + CR, CBC | EN);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, AES + DINR, i);
    }
    bench_write(b, AES + CR, CBC);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, AES + SR), KEYVALID);
    bench_write(b, AES + CR, CBC | EN);
    bench_write(b, AES + DINR, 0xdeadbeef);
    bench_write(b, AES + CR, CBC);
    bench_write(b, AES + CR, CBC | EN);
    run_blocks(b, AES, plaintext, cbc128);
}

static void save(struct dev_bench *b, uint32_t saved[12])
{
    for (uint32_t i = 0; i < 8u; i++) {
        saved[i] = bench_read(b, AES + SUSPR0 + 4u * i);
    }
    for (uint32_t i = 0; i < 4u; i++) {
        saved[8u + i] = bench_read(b, AES + IVR(i));
    }
    bench_write(b, AES + CR, 0);
}

static void restore(struct dev_bench *b, const uint32_t saved[12])
{
    for (uint32_t i = 0; i < 8u; i++) {
        bench_write(b, AES + SUSPR0 + 4u * i, saved[i]);
    }
    for (uint32_t i = 0; i < 4u; i++) {
        bench_write(b, AES + IVR(i), saved[8u + i]);
    }
}

static void suspended_message_goes_on(void **state)
{
    struct dev_bench *b = *state;
    uint32_t saved[12], words[4];
    bench_write(b, AES + CR, GCM);
    set_key(b, AES, gcm128.key);
    set_iv(b, AES, gcm128.iv);
    bench_write(b, AES + CR, GCM | EN);
    wait_ccf(b, AES);
    bench_write(b, AES + CR, GCM | HEADER | EN);
    run_blocks(b, AES, gcm128.header, NULL);
    bench_write(b, AES + CR, GCM | PAYLOAD | EN);
    run_blocks(b, AES, "d9313225f88406e5a55909c5aff5269a", "42831ec2217774244b7221b784d0d49c");
    save(b, saved);

    run_aead(b, AES, &ccm_example[2], false);

    bench_write(b, AES + CR, GCM | PAYLOAD);
    set_key(b, AES, gcm128.key);
    restore(b, saved);
    bench_write(b, AES + CR, GCM | PAYLOAD | EN);
    run_blocks(b, AES, "86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525",
               "e3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05");
    bench_write(b, AES + CR, GCM | PAYLOAD | EN | NPBLB(4));
    (void)words_of("b16aedf5aa0de657ba637b3900000000", words);
    put_block(b, AES, words);
    get_block(b, AES, words);
    expect_words(words, "1ba30b396a0aac973d58e091");
    bench_write(b, AES + CR, GCM | FINAL | EN);
    run_blocks(b, AES, gcm128.lengths, gcm128.tag);
}

static void interrupts_follow_their_flags(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB);
    set_key(b, AES, key128);
    bench_write(b, AES + CR, ECB | EN);
    bench_write(b, AES + IER, CCF);
    uint32_t words[4] = {0};
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, AES + DINR, words[i]);
    }
    assert_false(bench_irq(b, IRQ_AES));
    bench_wait(b, LONG_ENOUGH);
    assert_true(bench_irq(b, IRQ_AES));
    bench_write(b, AES + ICR, CCF);
    assert_false(bench_irq(b, IRQ_AES));
    get_block(b, AES, words);
    (void)bench_read(b, AES + DOUTR);
    assert_false(bench_irq(b, IRQ_AES));
    bench_write(b, AES + IER, RWEIF);
    assert_true(bench_irq(b, IRQ_AES));
    bench_write(b, AES + IER, KEIF);
    assert_false(bench_irq(b, IRQ_AES));
    bench_write(b, AES + CR, ECB);
    bench_write(b, AES + KEYR(2), 0);
    assert_true(bench_irq(b, IRQ_AES));
}

static void iprst_holds_the_block_in_reset(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB);
    set_key(b, AES, key128);
    set_iv(b, AES, iv_cbc);
    bench_write(b, AES + IER, 7);
    bench_write(b, AES + CR, IPRST | ECB | EN);
    assert_int_equal(bench_read(b, AES + CR), IPRST);
    assert_int_equal(bench_read(b, AES + SR), 0);
    assert_int_equal(bench_read(b, AES + IER), 0);
    assert_int_equal(bench_read(b, AES + IVR(3)), 0);
    set_key(b, AES, key128);
    assert_int_equal(bench_read(b, AES + SR), 0);
    bench_write(b, AES + CR, 0);
    assert_int_equal(bench_read(b, AES + CR), 0);
    run_message(b, AES, ECB, key128, NULL, plaintext, ecb128);
}

static void only_words_reach_the_registers(void **state)
{
    struct dev_bench *b = *state;
    bench_write_size(b, AES + CR, 2, KEY256 | CTR);
    bench_write_size(b, AES + IER, 1, 7);
    assert_int_equal(bench_read(b, AES + CR), 0);
    assert_int_equal(bench_read(b, AES + IER), 0);
    bench_write(b, AES + IER, 7);
    assert_int_equal(bench_read_size(b, AES + IER, 1), 0);
}

static void shared_key_needs_one_from_saes(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, AES + CR, ECB | KMOD_SHARED);
    assert_int_equal(bench_read(b, AES + SR), 0);
    assert_int_equal(bench_read(b, AES + ISR), KEIF);
    set_key(b, AES, key128); /* is not for software now */
    bench_write(b, AES + ICR, KEIF);
    assert_int_equal(bench_read(b, AES + SR), 0);
}

static enum sim_answer answer_to(struct dev_bench *b, uint32_t addr, bool secure, bool privileged)
{
    const struct sim_attr attr = {.secure = secure, .privileged = privileged};
    uint32_t value = 1;
    const enum sim_answer answer =
        bus_read(b->chip, secure ? addr + 0x10000000u : addr, 4, attr, &value, NULL);
    assert_int_equal(value, answer == SIM_ANSWER_OK ? 5 : 0);
    return answer;
}

static void secure_and_privileged_block_keeps_others_out(void **state)
{
    struct dev_bench *b = bench_open(true);
    (void)state;
    bench_write_as(b, true, true, AES + IER, 5);
    assert_int_equal(answer_to(b, AES + IER, false, false), SIM_ANSWER_OK);
    bench_write_as(b, true, true, TZSC_SECCFG3, GTZC_AES);
    assert_int_equal(answer_to(b, AES + IER, false, true), SIM_ANSWER_IGNORED);
    assert_int_equal(answer_to(b, AES + IER, true, false), SIM_ANSWER_OK);
    bench_write_as(b, true, true, TZSC_PRIV3, GTZC_AES);
    assert_int_equal(answer_to(b, AES + IER, true, false), SIM_ANSWER_IGNORED);
    assert_int_equal(answer_to(b, AES + IER, true, true), SIM_ANSWER_OK);
    bench_close(b);
}

/* Whatever is written, and whenever, the block stays within its arrays (the sanitizers watch). */
static void any_use_is_survived(void **state)
{
    struct dev_bench *b = *state;
    uint32_t x = 1;
    for (unsigned round = 0; round < 20000u; round++) {
        x = x * 1664525u + 1013904223u;
        const uint32_t off = (x >> 8) % 0x30cu & ~3u;
        bench_write(b, AES + (x >> 30 == 0 ? CR : off % 0x60u), x & ~IPRST);
        (void)bench_read(b, AES + (x >> 12) % 0x40u / 4u * 4u);
        bench_wait(b, x >> 25);
        if (round % 16u == 0) {
            bench_write(b, AES + CR, x & KEY256);
            set_key(b, AES, x & KEY256 ? key256 : key128);
            bench_write(b, AES + ICR, 7);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(modes_without_phases_follow_the_standard),
        CASE(counter_wraps_within_its_word),
        CASE(gcm_encrypts_and_decrypts_with_a_short_last_block),
        CASE(gmac_needs_no_payload),
        CASE(ccm_follows_the_examples),
        CASE(data_types_swap_in_and_out),
        CASE(gcm_lengths_are_not_swapped),
        CASE(block_takes_its_time),
        CASE(data_at_the_wrong_time_is_an_error),
        CASE(key_registers_go_in_order),
        CASE(key_registers_are_never_read),
        CASE(nothing_starts_without_a_key),
        CASE(decryption_needs_a_prepared_key),
        CASE(configuration_is_frozen_while_enabled),
        CASE(clearing_en_forgets_a_block),
        CASE(suspended_message_goes_on),
        CASE(interrupts_follow_their_flags),
        CASE(iprst_holds_the_block_in_reset),
        CASE(only_words_reach_the_registers),
        CASE(shared_key_needs_one_from_saes),
        cmocka_unit_test(secure_and_privileged_block_keeps_others_out),
        CASE(any_use_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The drivers of AES, HASH and PKA against registers that fail as the blocks may, or as they do when
 * somebody stops their clock: they give up in limited time, give no answer, and leave no secret.
 */
#include "support/test.h"

#include <string.h>

#include <garrison/entropy.h>

#include "base/bytes.h"
#include "hardware.h"
#include "reg_access.h"

/* Typed from the register texts, not taken from the port. */
#define AES_CR     0x520C0000u
#define AES_SR     0x520C0004u
#define AES_ISR    0x520C0304u
#define HASH_CR    0x520C0400u
#define HASH_SR    0x520C0424u
#define PKA_CR     0x520C2000u
#define PKA_SR     0x520C2004u
#define PKA_NONCE  (0x520C2000u + 0x12A0u)
#define PKA_DIGEST (0x520C2000u + 0x13A8u)
#define PKA_KEY    (0x520C2000u + 0xF28u)

#define BLOCKS     0x520C0000u
#define BLOCKS_LEN 0x4000u
#define MANY       200000000u

enum fault {
    SOUND,
    CLOCK_STOPPED,
    NEVER_READY,
    NEVER_DONE,
    KEY_LOST,
    ERROR_FLAG,
    OPERATION_ERROR,
    NONCE_LOST,
    PRIVATE_KEY_LOST,
    NO_RESULT,
    NO_ENTROPY,
    STRANGE_RESULT,
};

static struct {
    enum fault fault;
    uint32_t word[BLOCKS_LEN / 4u];
    uint32_t started; /**< Operations of the PKA. */
    uint64_t accesses;
} chip;

enum garrison_status port_entropy(uint8_t *data, size_t len)
{
    memset(data, 0x5A, len);
    return chip.fault == NO_ENTROPY ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

static uint32_t *word_at(uint32_t addr)
{
    assert_true(addr >= BLOCKS && addr < BLOCKS + BLOCKS_LEN && addr % 4u == 0);
    return &chip.word[(addr - BLOCKS) / 4u % COUNT_OF(chip.word)];
}

uint32_t reg_read(uint32_t addr)
{
    chip.accesses++;
    if (chip.fault == CLOCK_STOPPED) {
        return 0;
    }
    switch (addr) {
    case AES_SR:
        return chip.fault == KEY_LOST ? 0 : 1u << 7;
    case AES_ISR:
        if (chip.fault == NEVER_DONE) {
            return 0;
        }
        return chip.fault == ERROR_FLAG ? 7u : 1u;
    case HASH_SR:
        if (chip.fault == NEVER_READY) {
            return 1u << 3;
        }
        return chip.fault == NEVER_DONE ? 1u : 3u;
    case PKA_SR:
        if (chip.fault == NEVER_READY) {
            return 0;
        }
        if (chip.started == 0 || chip.fault == NEVER_DONE) {
            return 1u;
        }
        return 1u | 1u << 17 | (chip.fault == OPERATION_ERROR ? 1u << 21 : 0);
    default:
        return *word_at(addr);
    }
}

/** The results that an operation leaves where the driver reads them. */
static void pka_work(void)
{
    chip.started++;
    if (chip.fault != NO_RESULT) {
        const uint32_t result = chip.fault == STRANGE_RESULT ? 0xCBC9u : 0xD60Du;
        *word_at(PKA_CR + 0x680u) = result;
        *word_at(PKA_CR + 0xFE0u) = result;
        *word_at(PKA_CR + 0x5D0u) = result;
    }
}

void reg_write(uint32_t addr, uint32_t value)
{
    chip.accesses++;
    const bool lost = (chip.fault == NONCE_LOST && addr == PKA_NONCE + 4u) ||
                      (chip.fault == PRIVATE_KEY_LOST && addr == PKA_KEY + 28u);
    if (chip.fault != CLOCK_STOPPED && !lost) {
        *word_at(addr) = value;
    }
    if (addr == PKA_CR && (value & 2u)) {
        pka_work();
    }
}

void reg_pause(uint32_t cycles)
{
    chip.accesses += cycles;
}

static void break_chip(enum fault fault)
{
    memset(&chip, 0, sizeof chip);
    chip.fault = fault;
}

static void expect_limited_time(void)
{
    assert_true(chip.accesses < MANY);
}

static void hash_fails_without_a_digest(void **state)
{
    (void)state;
    static const enum fault faults[] = {CLOCK_STOPPED, NEVER_READY, NEVER_DONE};
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        uint8_t text[200] = {1};
        uint8_t digest[32];
        struct any_hash any;
        memset(digest, 0xEE, sizeof digest);
        break_chip(faults[i]);
        hash_start(&any.hash, HASH_SHA_256);
        assert_int_equal(hash_add(&any.hash, any.memory, text, sizeof text),
                         faults[i] == NEVER_DONE);
        hash_start(&any.hash, HASH_SHA_256);
        assert_false(hash_finish(&any.hash, any.memory, digest));
        assert_true(bytes_all(digest, sizeof digest, 0xEE));
        assert_int_equal(chip.word[(HASH_CR - BLOCKS) / 4u] & 4u,
                         chip.fault == CLOCK_STOPPED ? 0 : 4u);
        expect_limited_time();
    }
}

static void aes_fails_with_zeros(void **state)
{
    (void)state;
    static const enum fault faults[] = {CLOCK_STOPPED, NEVER_DONE, KEY_LOST, ERROR_FLAG};
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        for (unsigned decrypt = 0; decrypt < 2u; decrypt++) {
            uint8_t key[16] = {1};
            uint8_t block[16];
            mbedtls_aes_context aes;
            memset(block, 0xEE, sizeof block);
            break_chip(faults[i]);
            mbedtls_aes_init(&aes);
            assert_int_equal(hardware_aes_setkey_enc(&aes, key, 128), 0);
            assert_int_equal(decrypt ? hardware_internal_aes_decrypt(&aes, block, block)
                                     : hardware_internal_aes_encrypt(&aes, block, block),
                             -0x0070);
            assert_true(bytes_all(block, sizeof block, 0));
            assert_int_equal(*word_at(AES_CR), 0); /* after IPRST, which erases the key */
            expect_limited_time();
        }
    }
    break_chip(SOUND);
}

static const uint8_t priv[32] = {[0 ... 31] = 0x11};

/* The base point; 0x5A repeated, which the entropy source gives, is a scalar in range. */
static const uint8_t point[64] = {
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96,
    0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16,
    0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
};

static int sign(void)
{
    uint8_t sig[64];
    return hardware_p256_ecdsa_sign(sig, priv, point, 32);
}

static int generate(void)
{
    uint8_t key[32];
    uint8_t pub[64];
    return hardware_p256_gen_keypair(key, pub);
}

static int export_public(void)
{
    uint8_t pub[64];
    return hardware_p256_public_from_private(pub, priv);
}

static int agree(void)
{
    uint8_t secret[32];
    return hardware_p256_ecdh_shared_secret(secret, priv, point);
}

static int verify(void)
{
    return hardware_p256_ecdsa_verify(point, point, point, 32);
}

static int validate(void)
{
    return hardware_p256_validate_pubkey(point);
}

static void expect_failure(const char *what, int (*run)(void), enum fault fault)
{
    break_chip(fault);
    const int result = run();
    if (result != P256_RANDOM_FAILED) {
        fail_msg("%s with fault %d: %d", what, (int)fault, result);
    }
    assert_int_equal(*word_at(PKA_CR), 0);
    expect_limited_time();
}

static void every_operation_of_the_pka_fails_without_an_answer(void **state)
{
    (void)state;
    static const enum fault faults[] = {CLOCK_STOPPED,   NEVER_READY, NEVER_DONE,
                                        OPERATION_ERROR, NO_RESULT,   STRANGE_RESULT};
    static const struct {
        const char *what;
        int (*run)(void);
    } operations[] = {
        {"sign", sign},   {"generate", generate}, {"export", export_public},
        {"agree", agree}, {"verify", verify},     {"validate", validate},
    };
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        break_chip(SOUND);
        assert_int_equal(operations[i].run(), P256_SUCCESS);
        for (size_t j = 0; j < COUNT_OF(faults); j++) {
            expect_failure(operations[i].what, operations[i].run, faults[j]);
        }
    }
    expect_failure("sign", sign, NO_ENTROPY);
    expect_failure("generate", generate, NO_ENTROPY);
}

/** A signature with a nonce or a key that is not whole is never made. */
static void what_has_not_arrived_is_not_used(void **state)
{
    (void)state;
    expect_failure("sign", sign, NONCE_LOST);
    assert_int_equal(chip.started, 0);
    expect_failure("sign", sign, PRIVATE_KEY_LOST);
    assert_int_equal(chip.started, 0);
    expect_failure("export", export_public, NONCE_LOST);
    assert_int_equal(chip.started, 0);
}

/** What the software checks itself, since it is not known how the block takes it. */
static void the_pka_is_given_numbers_in_range_only(void **state)
{
    (void)state;
    uint8_t sig[64];
    uint8_t pub[64];
    uint8_t ones[32];
    memset(ones, 0xFF, sizeof ones);
    for (size_t i = 0; i < 4u; i++) { /* r or s: 0 or above the order */
        break_chip(SOUND);
        memcpy(sig, point, sizeof sig);
        memset(sig + 32u * (i & 1u), i < 2u ? 0 : 0xFF, 32);
        assert_int_equal(hardware_p256_ecdsa_verify(sig, point, ones, 32), P256_INVALID_SIGNATURE);
        assert_int_equal(chip.started, 0);
    }
    for (size_t i = 0; i < 2u; i++) {
        break_chip(SOUND);
        memcpy(pub, point, sizeof pub);
        memset(pub + 32u * i, 0xFF, 32);
        assert_int_equal(hardware_p256_ecdsa_verify(point, pub, ones, 32), P256_INVALID_PUBKEY);
        assert_int_equal(chip.started, 0);
    }
    break_chip(SOUND);
    assert_int_equal(hardware_p256_ecdsa_verify(point, point, ones, 32), P256_SUCCESS);
    assert_int_equal(*word_at(PKA_DIGEST), 0x039CDAAE); /* 2^256 - 1 less the order */
}

/** After each private operation, whatever it came to. */
static void no_secret_stays_in_the_pka(void **state)
{
    (void)state;
    static const enum fault faults[] = {SOUND, NEVER_DONE, OPERATION_ERROR, STRANGE_RESULT};
    int (*const private[])(void) = {sign, generate, export_public, agree};
    for (size_t i = 0; i < COUNT_OF(private); i++) {
        for (size_t j = 0; j < COUNT_OF(faults); j++) {
            break_chip(faults[j]);
            (void)private[i]();
            if (private[i] == agree && faults[j] != SOUND) {
                continue; /* it ends at the peer's key, which is public */
            }
            for (uint32_t off = 0x400; off < 0x18D8u; off += 4u) {
                assert_int_equal(*word_at(PKA_CR + off), 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_fails_without_a_digest),
        cmocka_unit_test(aes_fails_with_zeros),
        cmocka_unit_test(every_operation_of_the_pka_fails_without_an_answer),
        cmocka_unit_test(what_has_not_arrived_is_not_used),
        cmocka_unit_test(the_pka_is_given_numbers_in_range_only),
        cmocka_unit_test(no_secret_stays_in_the_pka),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

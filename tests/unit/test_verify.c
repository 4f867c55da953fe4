/*
 * Verification: one owner's whole image, and nothing else.
 */
#include "support/test.h"

#include <string.h>

#include "boot/sha256.h"
#include "boot/verify.h"
#include "support/flash_ram.h"
#include "support/image_maker.h"

#define SLOT_SIZE 0x2000u
#define ADDR      0x0C004000u

static struct flash_ram flash;
static struct image_recipe recipe;
static struct made_image made;
static struct image image;
static uint8_t owner[64];
static uint8_t measurement[32];
static struct hardened_verdict verdict;

static int set_up(void **state)
{
    (void)state;
    flash_ram_init(&flash);
    image_recipe(&recipe, ADDR, 0x20, 0x30040000);
    test_public_key(1, owner);
    return 0;
}

/** Parses and verifies what is in the slot, against `owner`. */
static enum garrison_status check(void)
{
    const struct image_slot slot = {&flash.device, 0, SLOT_SIZE};
    verdict = (struct hardened_verdict){HARDENED_YES, ~HARDENED_YES};
    enum garrison_status status = image_parse(&slot, &image);
    if (status != GARRISON_OK) {
        return status;
    }
    status = verify_image(&image, owner, measurement, &verdict);
    assert_true(hardened_granted(&verdict) == (status == GARRISON_OK));
    return status;
}

static void put(void)
{
    image_make(&recipe, &made);
    memcpy(flash.bytes, made.bytes, made.len);
}

static void verify_accepts_its_owners_image(void **state)
{
    uint8_t digest[32];
    (void)state;
    put();
    assert_int_equal(check(), GARRISON_OK);
    assert_int_equal(sha256_of((struct view){made.bytes, made.signed_len}, digest), GARRISON_OK);
    assert_memory_equal(measurement, digest, sizeof digest);
}

static void verify_accepts_bodies_around_the_chunk(void **state)
{
    (void)state;
    for (uint32_t len = 200; len <= 500; len++) {
        recipe.body_len = len;
        put();
        assert_int_equal(check(), GARRISON_OK);
    }
}

static void verify_rejects_flipped_bit_in_every_byte(void **state)
{
    uint32_t counter = 3;
    (void)state;
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    put();
    for (uint32_t off = 0; off < made.len; off++) {
        bool in_signature = off >= made.signature_off;
        for (unsigned bit = 0; bit < 8; bit++) {
            if (in_signature && bit != off % 8) {
                continue; /* a curve operation each: one bit of a byte will do */
            }
            flash.bytes[off] ^= (uint8_t)(1u << bit);
            enum garrison_status status = check();
            assert_true(status != GARRISON_OK);
            if (off >= 0x20 && off < 0x20 + recipe.body_len) {
                assert_int_equal(status, GARRISON_ERROR_DIGEST);
            }
            if (in_signature) {
                assert_int_equal(status, GARRISON_ERROR_SIGNATURE);
            }
            flash.bytes[off] ^= (uint8_t)(1u << bit);
        }
    }
    assert_int_equal(check(), GARRISON_OK);
}

static void verify_rejects_an_image_cut_at_every_byte(void **state)
{
    (void)state;
    put();
    for (uint32_t len = 0; len < made.len; len++) {
        memset(flash.bytes, 0xFF, SLOT_SIZE);
        memcpy(flash.bytes, made.bytes, len);
        assert_true(check() != GARRISON_OK);
    }
}

static void verify_rejects_another_owners_image(void **state)
{
    (void)state;
    recipe.owner = 2;
    put();
    assert_int_equal(check(), GARRISON_ERROR_SIGNATURE);
}

static void verify_rejects_another_owner_who_claims_to_be_ours(void **state)
{
    uint8_t keyhash[32];
    (void)state;
    assert_int_equal(verify_keyhash(owner, keyhash), GARRISON_OK);
    recipe.owner = 2;
    recipe.no_keyhash = true;
    recipe_add_extra(&recipe, IMAGE_TLV_KEYHASH, keyhash, sizeof keyhash);
    put();
    assert_int_equal(check(), GARRISON_ERROR_SIGNATURE);
}

static void verify_rejects_our_image_that_claims_another_owner(void **state)
{
    uint8_t other[64];
    uint8_t keyhash[32];
    (void)state;
    test_public_key(2, other);
    assert_int_equal(verify_keyhash(other, keyhash), GARRISON_OK);
    recipe.no_keyhash = true;
    recipe_add_extra(&recipe, IMAGE_TLV_KEYHASH, keyhash, sizeof keyhash);
    put();
    assert_int_equal(check(), GARRISON_ERROR_SIGNATURE);
}

static void verify_rejects_a_signature_over_another_image(void **state)
{
    uint8_t signature[72];
    uint32_t len;
    (void)state;
    put();
    len = made.signature_len;
    memcpy(signature, made.bytes + made.signature_off, len);
    recipe.body[20] ^= 1;
    recipe.no_ecdsa = true;
    recipe_add_extra(&recipe, IMAGE_TLV_ECDSA, signature, (uint16_t)len);
    put();
    assert_int_equal(check(), GARRISON_ERROR_SIGNATURE);
}

static void verify_rejects_degenerate_signatures(void **state)
{
    /* Order of P-256's group: r or s of this value, or zero, must never verify. */
    static const uint8_t order[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0,    0,    0,    0,
                                      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                      0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84,
                                      0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    uint8_t raw[64];
    uint8_t der[72];
    (void)state;
    for (int which = 0; which < 4; which++) {
        memset(raw, 0x33, sizeof raw);
        if (which == 3) {
            memset(raw, 0xFF, sizeof raw);
        } else {
            memcpy(raw + 32 * (which & 1), order, 32);
            memcpy(raw + (which == 2 ? 32 : 0), order, 32);
        }
        recipe.extra_len = 0;
        recipe.no_ecdsa = true;
        uint32_t len = test_der_encode(raw, der);
        recipe_add_extra(&recipe, IMAGE_TLV_ECDSA, der, (uint16_t)len);
        put();
        assert_int_equal(check(), GARRISON_ERROR_SIGNATURE);
    }
}

static void verify_names_a_key_that_is_no_point(void **state)
{
    (void)state;
    recipe.no_keyhash = true;
    for (int which = 0; which < 3; which++) {
        uint8_t keyhash[32];
        if (which == 0) {
            owner[63] ^= 1;
        } else {
            memset(owner, which == 1 ? 0 : 0xFF, sizeof owner);
        }
        assert_int_equal(verify_keyhash(owner, keyhash), GARRISON_OK);
        recipe.extra_len = 0;
        recipe_add_extra(&recipe, IMAGE_TLV_KEYHASH, keyhash, sizeof keyhash);
        put();
        assert_int_equal(check(), GARRISON_ERROR_KEY);
    }
}

static void verify_tells_flash_that_cannot_be_read(void **state)
{
    (void)state;
    put();
    flash.bad_from = 0x20 + 5;
    flash.bad_to = flash.bad_from + 1;
    assert_int_equal(check(), GARRISON_ERROR_DEVICE);
}

static void keyhash_is_that_of_the_public_key_info(void **state)
{
    /* `openssl ec -pubout -outform DER | sha256sum` of the P-256 base point. */
    static const uint8_t base[64] = {
        0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63,
        0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1,
        0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F,
        0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57,
        0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};
    static const uint8_t expected[32] = {0x5C, 0xD2, 0x52, 0xFB, 0x0C, 0xE8, 0x93, 0x24,
                                         0x36, 0xFA, 0xF8, 0xCC, 0xD1, 0x04, 0x09, 0x81,
                                         0xB8, 0x9E, 0xE4, 0xAD, 0x6B, 0x9F, 0xE9, 0xE2,
                                         0xA2, 0xB7, 0xE7, 0x1A, 0xAC, 0xB2, 0x7C, 0xD3};
    uint8_t keyhash[32];
    (void)state;
    assert_int_equal(verify_keyhash(base, keyhash), GARRISON_OK);
    assert_memory_equal(keyhash, expected, sizeof expected);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verify_accepts_its_owners_image),
        TEST(verify_accepts_bodies_around_the_chunk),
        TEST(verify_rejects_flipped_bit_in_every_byte),
        TEST(verify_rejects_an_image_cut_at_every_byte),
        TEST(verify_rejects_another_owners_image),
        TEST(verify_rejects_another_owner_who_claims_to_be_ours),
        TEST(verify_rejects_our_image_that_claims_another_owner),
        TEST(verify_rejects_a_signature_over_another_image),
        TEST(verify_rejects_degenerate_signatures),
        TEST(verify_names_a_key_that_is_no_point),
        TEST(verify_tells_flash_that_cannot_be_read),
        TEST(keyhash_is_that_of_the_public_key_info),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* AES-SIV as the protection of stored objects. */
#include "support/test.h"

#include <string.h>

#include "base/bytes.h"
#include "services/storage_protection.h"
#include "support/hex.h"

#define DATA_MAX 80u

static uint8_t key[STORAGE_KEY_BYTES];
static struct storage_keys keys;

static int setup(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)(7u * i + 3u);
    }
    return storage_keys_init(&keys, key, sizeof key) == GARRISON_OK ? 0 : -1;
}

static struct view view_of(const void *data, uint32_t len)
{
    return (struct view){data, len};
}

static void fill(uint8_t *data, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        data[i] = (uint8_t)(0xA0u + i);
    }
}

/** RFC 5297, appendix A.1: the deterministic example, with AES-128. */
static void rfc_5297_example(void **state)
{
    (void)state;
    uint8_t small[32];
    uint8_t associated[24];
    uint8_t data[14];
    uint8_t expected[14];
    uint8_t tag[16];
    uint8_t expected_tag[16];
    (void)hex_bytes("fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff",
                    small, sizeof small);
    (void)hex_bytes("10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627", associated,
                    sizeof associated);
    (void)hex_bytes("11223344 55667788 99aabbcc ddee", data, sizeof data);
    (void)hex_bytes("85632d07 c6e8f37f 950acd32 0a2ecc93", expected_tag, sizeof expected_tag);
    (void)hex_bytes("40c02b96 90c4dc04 daef7f6a fe5c", expected, sizeof expected);
    assert_int_equal(storage_keys_init(&keys, small, sizeof small), GARRISON_OK);
    storage_seal(&keys, view_of(associated, sizeof associated), data, sizeof data, tag);
    assert_memory_equal(tag, expected_tag, sizeof tag);
    assert_memory_equal(data, expected, sizeof data);
    assert_int_equal(
        storage_open(&keys, view_of(associated, sizeof associated), data, sizeof data, tag),
        GARRISON_OK);
    assert_int_equal(data[0], 0x11);
    assert_int_equal(data[13], 0xEE);
}

static void key_of_another_length_is_refused(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {0, 1, 16, 31, 33, 63, 65, 128};
    uint8_t bytes[128] = {0};
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(storage_keys_init(&keys, bytes, wrong[i]), GARRISON_ERROR_ARGUMENT);
        assert_true(bytes_all((const uint8_t *)&keys, sizeof keys, 0));
    }
    assert_int_equal(storage_keys_init(&keys, bytes, 48), GARRISON_OK);
    storage_keys_fini(&keys);
    assert_true(bytes_all((const uint8_t *)&keys, sizeof keys, 0));
}

static void opens_what_it_sealed_at_every_length(void **state)
{
    (void)state;
    for (uint32_t len = 0; len <= DATA_MAX; len++) {
        uint8_t data[DATA_MAX + 1u];
        uint8_t plain[DATA_MAX + 1u];
        uint8_t tag[16];
        fill(plain, sizeof plain);
        memcpy(data, plain, sizeof data);
        storage_seal(&keys, view_of("place", 5), data, len, tag);
        if (len >= 8) {
            assert_memory_not_equal(data, plain, len);
        }
        assert_memory_equal(data + len, plain + len, sizeof data - len);
        assert_int_equal(storage_open(&keys, view_of("place", 5), data, len, tag), GARRISON_OK);
        assert_memory_equal(data, plain, sizeof data);
    }
}

/** Sealed data and what goes with it, to be changed. */
struct change {
    uint8_t data[33];
    uint8_t tag[16];
    uint8_t associated[12];
};

static void must_refuse(struct change *change, uint32_t len, uint32_t associated_len)
{
    assert_int_equal(storage_open(&keys, view_of(change->associated, associated_len), change->data,
                                  len, change->tag),
                     GARRISON_ERROR_DIGEST);
    assert_true(bytes_all(change->data, len, 0));
}

static void refuses_and_wipes_after_any_changed_bit(void **state)
{
    (void)state;
    struct change sealed;
    fill(sealed.data, sizeof sealed.data);
    fill(sealed.associated, sizeof sealed.associated);
    storage_seal(&keys, view_of(sealed.associated, sizeof sealed.associated), sealed.data,
                 sizeof sealed.data, sealed.tag);
    for (uint32_t bit = 0; bit < 8u * sizeof sealed; bit++) {
        struct change change = sealed;
        ((uint8_t *)&change)[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        must_refuse(&change, sizeof change.data, sizeof change.associated);
    }
    for (uint32_t len = 0; len < sizeof sealed.data; len++) {
        struct change change = sealed;
        must_refuse(&change, len, sizeof change.associated);
    }
    for (uint32_t len = 0; len < sizeof sealed.associated; len++) {
        struct change change = sealed;
        must_refuse(&change, sizeof change.data, len);
    }
}

static void other_keys_open_nothing(void **state)
{
    (void)state;
    for (uint32_t half = 0; half < 2; half++) {
        uint8_t data[20];
        uint8_t other[STORAGE_KEY_BYTES];
        uint8_t tag[16];
        struct storage_keys others;
        fill(data, sizeof data);
        memcpy(other, key, sizeof other);
        other[32u * half + 31u] ^= 1u;
        assert_int_equal(storage_keys_init(&others, other, sizeof other), GARRISON_OK);
        storage_seal(&keys, view_of("place", 5), data, sizeof data, tag);
        assert_int_equal(storage_open(&others, view_of("place", 5), data, sizeof data, tag),
                         GARRISON_ERROR_DIGEST);
    }
}

/** Looks for a tag behind which the counter carries twice, and makes the second block's stream. */
static void counter_carries_from_byte_to_byte(void **state)
{
    (void)state;
    uint8_t tag[16] = {0};
    uint8_t data[32] = {0};
    for (uint32_t i = 0; tag[14] != 0xFF || tag[15] != 0xFF; i++) {
        memset(data, 0, sizeof data);
        storage_seal(&keys, view_of(&i, sizeof i), data, sizeof data, tag);
    }
    uint8_t counter[16];
    uint8_t stream[16];
    memcpy(counter, tag, sizeof counter);
    counter[8] &= 0x7F;
    counter[12] &= 0x7F;
    counter[15] = 0;
    counter[14] = 0;
    counter[13]++;
    assert_int_not_equal(counter[13], 0);
    assert_int_equal(mbedtls_aes_crypt_ecb(&keys.ctr, MBEDTLS_AES_ENCRYPT, counter, stream), 0);
    assert_memory_equal(data + 16, stream, sizeof stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rfc_5297_example, setup),
        cmocka_unit_test_setup(key_of_another_length_is_refused, setup),
        cmocka_unit_test_setup(opens_what_it_sealed_at_every_length, setup),
        cmocka_unit_test_setup(refuses_and_wipes_after_any_changed_bit, setup),
        cmocka_unit_test_setup(other_keys_open_nothing, setup),
        cmocka_unit_test_setup(counter_carries_from_byte_to_byte, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

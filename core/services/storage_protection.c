#include "services/storage_protection.h"

#include <stdbool.h>
#include <string.h>

#include "base/secret.h"

#define BLOCK CMAC_BYTES

static enum garrison_status encrypt_block(void *cipher, const uint8_t in[BLOCK], uint8_t out[BLOCK])
{
    return mbedtls_aes_crypt_ecb(cipher, MBEDTLS_AES_ENCRYPT, in, out) == 0 ? GARRISON_OK
                                                                            : GARRISON_ERROR_DEVICE;
}

enum garrison_status storage_keys_init(struct storage_keys *keys, const uint8_t *key, uint32_t len)
{
    static const uint8_t block_of_zeros[BLOCK] = {0};
    const uint32_t half = len / 2u;
    mbedtls_aes_init(&keys->mac);
    mbedtls_aes_init(&keys->ctr);
    if (len % 2u != 0 || mbedtls_aes_setkey_enc(&keys->mac, key, half * 8u) != 0 ||
        mbedtls_aes_setkey_enc(&keys->ctr, key + half, half * 8u) != 0) {
        storage_keys_fini(keys);
        return GARRISON_ERROR_ARGUMENT;
    }
    enum garrison_status status = cmac_init(&keys->cmac, encrypt_block, &keys->mac);
    if (status == GARRISON_OK) {
        status = cmac_compute(&keys->cmac, (struct view){block_of_zeros, BLOCK}, keys->zero);
    }
    return status;
}

void storage_keys_fini(struct storage_keys *keys)
{
    secret_wipe(keys, sizeof *keys);
}

static void add(uint8_t *sum, const uint8_t summand[BLOCK])
{
    for (uint32_t i = 0; i < BLOCK; i++) {
        sum[i] ^= summand[i];
    }
}

/**
 * S2V (RFC 5297, section 2.4) of the associated data and the plaintext. Of a plaintext of a block
 * or more, the last 16 bytes are changed meanwhile.
 */
static enum garrison_status s2v(const struct storage_keys *keys, struct view associated,
                                uint8_t *data, uint32_t len, uint8_t v[BLOCK])
{
    uint8_t sum[BLOCK];
    memcpy(sum, keys->zero, BLOCK);
    cmac_double(sum);
    enum garrison_status status = cmac_compute(&keys->cmac, associated, v);
    add(sum, v);
    if (len >= BLOCK) {
        add(data + len - BLOCK, sum);
        if (status == GARRISON_OK) {
            status = cmac_compute(&keys->cmac, (struct view){data, len}, v);
        }
        add(data + len - BLOCK, sum);
    } else {
        cmac_double(sum);
        for (uint32_t i = 0; i < len; i++) {
            sum[i] ^= data[i];
        }
        sum[len] ^= 0x80u;
        if (status == GARRISON_OK) {
            status = cmac_compute(&keys->cmac, (struct view){sum, BLOCK}, v);
        }
    }
    secret_wipe(sum, sizeof sum);
    return status;
}

static void increment(uint8_t counter[BLOCK])
{
    uint32_t carry = 1;
    for (uint32_t i = BLOCK; i > 0; i--) {
        carry += counter[i - 1u];
        counter[i - 1u] = (uint8_t)carry;
        carry >>= 8;
    }
}

/** AES-CTR from the tag, two bits of which are cleared (RFC 5297, section 2.5). */
static enum garrison_status add_stream(struct storage_keys *keys, const uint8_t v[BLOCK],
                                       uint8_t *data, uint32_t len)
{
    uint8_t counter[BLOCK];
    uint8_t stream[BLOCK];
    enum garrison_status status = GARRISON_OK;
    memcpy(counter, v, BLOCK);
    counter[8] &= 0x7Fu;
    counter[12] &= 0x7Fu;
    for (uint32_t done = 0; done < len && status == GARRISON_OK; done += BLOCK) {
        status = encrypt_block(&keys->ctr, counter, stream);
        for (uint32_t i = 0; i < BLOCK && i < len - done; i++) {
            data[done + i] ^= stream[i];
        }
        increment(counter);
    }
    secret_wipe(stream, sizeof stream);
    return status;
}

void storage_seal(void *context, struct view associated, uint8_t *data, uint32_t len,
                  uint8_t tag[STORE_TAG_BYTES])
{
    struct storage_keys *keys = context;
    enum garrison_status status = s2v(keys, associated, data, len, tag);
    if (status == GARRISON_OK) {
        status = add_stream(keys, tag, data, len);
    }
    if (status != GARRISON_OK) {
        /* Never in software. What is stored then opens as nothing and tells nothing. */
        secret_wipe(data, len);
        secret_wipe(tag, STORE_TAG_BYTES);
    }
}

enum garrison_status storage_open(void *context, struct view associated, uint8_t *data,
                                  uint32_t len, const uint8_t tag[STORE_TAG_BYTES])
{
    struct storage_keys *keys = context;
    uint8_t expected[STORE_TAG_BYTES];
    enum garrison_status status = add_stream(keys, tag, data, len);
    if (status == GARRISON_OK) {
        status = s2v(keys, associated, data, len, expected);
    }
    const bool authentic = status == GARRISON_OK && secret_equal(expected, tag, sizeof expected);
    secret_wipe(expected, sizeof expected); /* of a forgery, the tag it would have needed */
    if (!authentic) {
        secret_wipe(data, len);
    }
    return authentic ? GARRISON_OK : GARRISON_ERROR_DIGEST;
}

#include "boot/decrypt.h"

#include <string.h>

#include <p256-m.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "boot/sha256.h"

#define BLOCK_BYTES 16u
#define POINT_BYTES 65u /**< 0x04, X, Y. */
#define HASH_BLOCK  64u /**< Of SHA-256, for HMAC. */

/** What is told to the key derivation, so that the key is good for nothing else. */
static const uint8_t info[] = "MCUBoot_ECIES_v1";
#define INFO_BYTES (sizeof info - 1u)

/** HMAC-SHA256 (RFC 2104) of up to three parts; keys here are shorter than a block. */
static enum garrison_status hmac(struct view key, const struct view part[], uint32_t parts,
                                 uint8_t mac[SHA256_BYTES])
{
    uint8_t pad[HASH_BLOCK];
    struct sha256 hash;

    memset(pad, 0x36, sizeof pad);
    for (uint32_t i = 0; i < key.len; i++) {
        pad[i] ^= key.data[i];
    }
    sha256_start(&hash);
    sha256_add(&hash, (struct view){pad, sizeof pad});
    for (uint32_t i = 0; i < parts; i++) {
        sha256_add(&hash, part[i]);
    }
    enum garrison_status status = sha256_finish(&hash, mac);
    for (uint32_t i = 0; i < sizeof pad; i++) {
        pad[i] ^= 0x36u ^ 0x5Cu;
    }
    sha256_start(&hash);
    sha256_add(&hash, (struct view){pad, sizeof pad});
    sha256_add(&hash, (struct view){mac, SHA256_BYTES});
    const enum garrison_status outer = sha256_finish(&hash, mac);
    secret_wipe(pad, sizeof pad);
    return hardened_ok(status) ? outer : status;
}

/** HKDF-SHA256 (RFC 5869) without salt, to two blocks of output. */
static enum garrison_status derive(struct view secret, uint8_t out[2u * SHA256_BYTES])
{
    static const uint8_t no_salt[SHA256_BYTES] = {0};
    static const uint8_t number[] = {1, 2};
    uint8_t key[SHA256_BYTES];

    enum garrison_status status = hmac((struct view){no_salt, sizeof no_salt}, &secret, 1, key);
    const struct view first[] = {{info, INFO_BYTES}, {&number[0], 1}};
    if (hardened_ok(status)) {
        status = hmac((struct view){key, sizeof key}, first, 2, out);
    }
    const struct view second[] = {{out, SHA256_BYTES}, {info, INFO_BYTES}, {&number[1], 1}};
    if (hardened_ok(status)) {
        status = hmac((struct view){key, sizeof key}, second, 3, out + SHA256_BYTES);
    }
    secret_wipe(key, sizeof key);
    return status;
}

/** The two keys that the ephemeral point and ours agree on, one behind the other. */
static enum garrison_status agree(const uint8_t secret[32], const uint8_t *point,
                                  uint8_t keys[2u * SHA256_BYTES])
{
    uint8_t shared[32];
    volatile int result = P256_INVALID_PRIVKEY;
    result = p256_ecdh_shared_secret(shared, secret, point);
    enum garrison_status status = GARRISON_ERROR_KEY;
    if (result == P256_SUCCESS) {
        status = derive((struct view){shared, sizeof shared}, keys);
    }
    secret_wipe(shared, sizeof shared);
    return status;
}

/** AES in counter mode from the block at `off / 16` on; the counter's lower half begins at 0. */
static void apply_counter(struct decrypt *decrypt, uint32_t off, uint8_t *data, uint32_t len)
{
    uint8_t counter[BLOCK_BYTES];
    uint8_t stream[BLOCK_BYTES];
    uint32_t block = off / BLOCK_BYTES;
    uint32_t place = off % BLOCK_BYTES;

    memcpy(counter, decrypt->nonce, sizeof decrypt->nonce);
    while (len > 0) {
        for (uint32_t i = 0; i < 4; i++) {
            counter[BLOCK_BYTES - 1u - i] = (uint8_t)(block >> (8u * i));
        }
        /* It fails for a key that was not set only; then what follows is refused by its digest. */
        (void)!mbedtls_aes_crypt_ecb(&decrypt->aes, MBEDTLS_AES_ENCRYPT, counter, stream);
        while (place < BLOCK_BYTES && len > 0) {
            *data++ ^= stream[place++];
            len--;
        }
        place = 0;
        block++;
    }
    secret_wipe(stream, sizeof stream);
}

/** Opens the encrypted key with the first of the agreed keys, into the cipher. */
static enum garrison_status open_key(struct decrypt *decrypt, const uint8_t *key,
                                     struct view wrapped)
{
    uint8_t body_key[32];
    memcpy(body_key, wrapped.data, wrapped.len);
    mbedtls_aes_init(&decrypt->aes);
    enum garrison_status status = GARRISON_ERROR_KEY;
    if (mbedtls_aes_setkey_enc(&decrypt->aes, key, wrapped.len * 8u) == 0) {
        apply_counter(decrypt, 0, body_key, wrapped.len);
        if (mbedtls_aes_setkey_enc(&decrypt->aes, body_key, wrapped.len * 8u) == 0) {
            status = GARRISON_OK;
        }
    }
    secret_wipe(body_key, sizeof body_key);
    return status;
}

enum garrison_status decrypt_open(struct decrypt *decrypt, const uint8_t secret[32],
                                  struct view wrapped)
{
    uint8_t keys[2u * SHA256_BYTES];
    uint8_t mac[SHA256_BYTES];

    memset(decrypt, 0, sizeof *decrypt);
    if ((wrapped.len != DECRYPT_TLV_BYTES_128 && wrapped.len != DECRYPT_TLV_BYTES_256) ||
        wrapped.data[0] != 0x04) {
        return GARRISON_ERROR_FORMAT;
    }
    const uint8_t *tag = wrapped.data + POINT_BYTES;
    const struct view key = {tag + SHA256_BYTES, wrapped.len - POINT_BYTES - SHA256_BYTES};
    enum garrison_status status = agree(secret, wrapped.data + 1, keys);
    if (hardened_ok(status)) {
        status = hmac((struct view){keys + key.len, SHA256_BYTES}, &key, 1, mac);
    }
    if (hardened_ok(status) && !secret_equal(mac, tag, sizeof mac)) {
        status = GARRISON_ERROR_DIGEST;
    }
    if (hardened_ok(status)) {
        status = open_key(decrypt, keys, key);
    }
    if (!hardened_ok(status)) {
        decrypt_close(decrypt);
    }
    secret_wipe(keys, sizeof keys);
    secret_wipe(mac, sizeof mac);
    return status;
}

enum garrison_status decrypt_open_key(struct decrypt *decrypt, const uint8_t key[32],
                                      const uint8_t nonce[12])
{
    memset(decrypt, 0, sizeof *decrypt);
    mbedtls_aes_init(&decrypt->aes);
    memcpy(decrypt->nonce, nonce, sizeof decrypt->nonce);
    return mbedtls_aes_setkey_enc(&decrypt->aes, key, 256) == 0 ? GARRISON_OK
                                                                : GARRISON_ERROR_DEVICE;
}

void decrypt_apply(struct decrypt *decrypt, uint32_t off, uint8_t *data, uint32_t len)
{
    apply_counter(decrypt, off, data, len);
}

void decrypt_close(struct decrypt *decrypt)
{
    secret_wipe(decrypt, sizeof *decrypt);
}

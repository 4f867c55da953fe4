#include "image_wrap.h"

#include <p256-m.h>
#include <string.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "boot/sha256.h"
#include "file.h"
#include "report.h"

#define POINT_BYTES 65u
#define MAC_BYTES   SHA256_BYTES
#define HASH_BLOCK  64u

/** HMAC-SHA256 (RFC 2104) with a key of at most 32 bytes. */
static bool hmac(const uint8_t key[32], struct view data, uint8_t mac[MAC_BYTES])
{
    uint8_t inner_pad[HASH_BLOCK];
    uint8_t outer_pad[HASH_BLOCK];
    struct sha256 hash;
    for (size_t i = 0; i < HASH_BLOCK; i++) {
        const uint8_t byte = i < 32 ? key[i] : 0;
        inner_pad[i] = byte ^ 0x36u;
        outer_pad[i] = byte ^ 0x5Cu;
    }
    sha256_start(&hash);
    sha256_add(&hash, (struct view){inner_pad, HASH_BLOCK});
    sha256_add(&hash, data);
    bool done = hardened_ok(sha256_finish(&hash, mac));
    sha256_start(&hash);
    sha256_add(&hash, (struct view){outer_pad, HASH_BLOCK});
    sha256_add(&hash, (struct view){mac, MAC_BYTES});
    done = hardened_ok(sha256_finish(&hash, mac)) && done;
    secret_wipe(inner_pad, sizeof inner_pad);
    secret_wipe(outer_pad, sizeof outer_pad);
    return done;
}

/** 64 bytes of HKDF-SHA256 (RFC 5869) out of what the two keys agree on, for MCUboot's use. */
static bool agree(const uint8_t secret[32], const uint8_t point[64], uint8_t out[64])
{
    static const uint8_t no_salt[32] = {0};
    static const char info[] = "MCUBoot_ECIES_v1";
    enum { INFO_BYTES = sizeof info - 1 };
    uint8_t shared[32];
    uint8_t pseudo_random[32];
    uint8_t block[32 + INFO_BYTES + 1];
    if (p256_ecdh_shared_secret(shared, secret, point) != P256_SUCCESS) {
        return false;
    }
    bool done = hmac(no_salt, (struct view){shared, sizeof shared}, pseudo_random);
    memcpy(block + 32, info, INFO_BYTES);
    block[32 + INFO_BYTES] = 1;
    done = done && hmac(pseudo_random, (struct view){block + 32, INFO_BYTES + 1}, out);
    memcpy(block, out, 32);
    block[32 + INFO_BYTES] = 2;
    done = done && hmac(pseudo_random, (struct view){block, sizeof block}, out + 32);
    secret_wipe(shared, sizeof shared);
    secret_wipe(pseudo_random, sizeof pseudo_random);
    secret_wipe(block, sizeof block);
    return done;
}

/**
 * Fills in the TLV's value with a key pair made for it alone. What is random is the encrypted key: in
 * counter mode, the one that it opens to is as random.
 */
static bool wrap(const struct key *to, const struct key *once, uint32_t key_len, uint8_t *wrapped)
{
    uint8_t keys[64];
    uint8_t *mac = wrapped + POINT_BYTES;
    uint8_t *encrypted = mac + MAC_BYTES;
    wrapped[0] = 0x04;
    memcpy(wrapped + 1, once->point, sizeof once->point);
    const bool done = file_random(encrypted, key_len) == EXIT_DONE &&
                      agree(once->secret, to->point, keys) &&
                      hmac(keys + key_len, (struct view){encrypted, key_len}, mac);
    secret_wipe(keys, sizeof keys);
    return done;
}

int image_wrap_key(const struct key *to, uint32_t key_len, uint8_t wrapped[DECRYPT_TLV_BYTES_256],
                   struct decrypt *body)
{
    uint8_t mirrored[DECRYPT_TLV_BYTES_256];
    const uint32_t len = POINT_BYTES + MAC_BYTES + key_len;
    struct key once;
    int status = key_generate(&once);
    if (status == EXIT_DONE && !wrap(to, &once, key_len, wrapped)) {
        status = fail(EXIT_INTERNAL, "the image's key cannot be encrypted");
    }
    if (status == EXIT_DONE) {
        /* Both sides agree on the same secret: with the points exchanged, the boot stages' own code
         * opens what was written, with the private key that is at hand here. */
        memcpy(mirrored, wrapped, len);
        memcpy(mirrored + 1, to->point, sizeof to->point);
        if (!hardened_ok(decrypt_open(body, once.secret, (struct view){mirrored, len}))) {
            status = fail(EXIT_INTERNAL, "the encrypted key of the image does not open");
        }
    }
    key_wipe(&once);
    return status;
}

bool image_wrapped_short(const struct key *device, struct view wrapped)
{
    uint8_t keys[64];
    uint8_t mac[MAC_BYTES];
    if (wrapped.len != DECRYPT_TLV_BYTES_256 || wrapped.data[0] != 0x04 ||
        !agree(device->secret, wrapped.data + 1, keys)) {
        return false;
    }
    const struct view key = {wrapped.data + POINT_BYTES + MAC_BYTES, 32};
    const bool is_short =
        hmac(keys + 16, key, mac) && secret_equal(mac, wrapped.data + POINT_BYTES, MAC_BYTES);
    secret_wipe(keys, sizeof keys);
    return is_short;
}

#include "boot/sha256.h"

#include "base/secret.h"

void sha256_start(struct sha256 *hash)
{
    mbedtls_sha256_init(&hash->context);
    hash->status = GARRISON_OK;
    if (mbedtls_sha256_starts(&hash->context, 0) != 0) {
        hash->status = GARRISON_ERROR_DEVICE;
    }
}

void sha256_add(struct sha256 *hash, struct view part)
{
    if (hash->status == GARRISON_OK &&
        mbedtls_sha256_update(&hash->context, part.data, part.len) != 0) {
        hash->status = GARRISON_ERROR_DEVICE;
    }
}

enum garrison_status sha256_finish(struct sha256 *hash, uint8_t digest[SHA256_BYTES])
{
    if (hash->status == GARRISON_OK && mbedtls_sha256_finish(&hash->context, digest) != 0) {
        hash->status = GARRISON_ERROR_DEVICE;
    }
    secret_wipe(&hash->context, sizeof hash->context);
    return hash->status;
}

enum garrison_status sha256_of(struct view data, uint8_t digest[SHA256_BYTES])
{
    struct sha256 hash;
    sha256_start(&hash);
    sha256_add(&hash, data);
    return sha256_finish(&hash, digest);
}

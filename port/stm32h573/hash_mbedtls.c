/*
 * HASH in the place of Mbed TLS's SHA-1 and SHA-2: its alternative functions (MBEDTLS_SHA256_ALT).
 */
#include <string.h>

#include <mbedtls/error.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "hash.h"

static int answer(bool done)
{
    return done ? 0 : MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
}

/* What the three families have in common; headers declare where the digest goes in two ways. */
#define FAMILY(name, result)                                                                       \
    void mbedtls_##name##_init(mbedtls_##name##_context *ctx)                                      \
    {                                                                                              \
        memset(ctx, 0, sizeof *ctx);                                                               \
    }                                                                                              \
    void mbedtls_##name##_free(mbedtls_##name##_context *ctx)                                      \
    {                                                                                              \
        if (ctx != NULL) {                                                                         \
            mbedtls_platform_zeroize(ctx, sizeof *ctx);                                            \
        }                                                                                          \
    }                                                                                              \
    void mbedtls_##name##_clone(mbedtls_##name##_context *dst,                                     \
                                const mbedtls_##name##_context *src)                               \
    {                                                                                              \
        *dst = *src;                                                                               \
    }                                                                                              \
    int mbedtls_##name##_update(mbedtls_##name##_context *ctx, const unsigned char *input,         \
                                size_t ilen)                                                       \
    {                                                                                              \
        return answer(hash_add(&ctx->hash, ctx->memory, input, ilen));                             \
    }                                                                                              \
    int mbedtls_##name##_finish(mbedtls_##name##_context *ctx, unsigned char result)               \
    {                                                                                              \
        return answer(hash_finish(&ctx->hash, ctx->memory, output));                               \
    }

FAMILY(sha1, output[20])
FAMILY(sha256, *output)
FAMILY(sha512, *output)

int mbedtls_sha1_starts(mbedtls_sha1_context *ctx)
{
    hash_start(&ctx->hash, HASH_SHA_1);
    return 0;
}

int mbedtls_sha256_starts(mbedtls_sha256_context *ctx, int is224)
{
    hash_start(&ctx->hash, is224 ? HASH_SHA_224 : HASH_SHA_256);
    return 0;
}

int mbedtls_sha512_starts(mbedtls_sha512_context *ctx, int is384)
{
    hash_start(&ctx->hash, is384 ? HASH_SHA_384 : HASH_SHA_512);
    return 0;
}

/*
 * What the rest of the manager calls of the crypto service's part: the hash, for the SPM, and the
 * release of memory, for the library that it shares. Forced into every file of that part on the chip.
 */
#pragma once

#include <garrison/abi.h>
#include <mbedtls/platform.h>
#include <mbedtls/sha256.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
GARRISON_ENTRY void mbedtls_free(void *ptr);
GARRISON_ENTRY void mbedtls_sha256_init(mbedtls_sha256_context *ctx);
GARRISON_ENTRY int mbedtls_sha256_starts(mbedtls_sha256_context *ctx, int is224);
GARRISON_ENTRY int mbedtls_sha256_update(mbedtls_sha256_context *ctx, const unsigned char *input,
                                         size_t ilen);
GARRISON_ENTRY int mbedtls_sha256_finish(mbedtls_sha256_context *ctx, unsigned char *output);
#pragma GCC diagnostic pop

/*
 * An application's view of the PSA Crypto headers: operations are handles of the manager's, and a
 * key id carries no owner, since the manager knows who calls.
 */
#pragma once

#define MBEDTLS_PSA_CRYPTO_CLIENT
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "garrison_psa_wants.h"

/*
 * The same as garrison_client_config.h for a manager with the set "medium".
 */
#pragma once

#define MBEDTLS_PSA_CRYPTO_CLIENT
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "garrison_psa_wants_medium.h"

/*
 * A good version: it can reach what it needs.
 */
#include "self_check.h"

#include <psa/crypto.h>

psa_status_t self_check(void)
{
    uint8_t hash[PSA_HASH_LENGTH(PSA_ALG_SHA_256)];
    size_t len = 0;
    const psa_status_t status = psa_crypto_init();
    return status != PSA_SUCCESS
               ? status
               : psa_hash_compute(PSA_ALG_SHA_256, NULL, 0, hash, sizeof(hash), &len);
}

#include "services/attest_key.h"

#include <stdbool.h>

#include <psa/crypto.h>

#include "base/secret.h"

#define PRIVATE_BYTES 32u
#define CANDIDATES    (ATTEST_SEED_BYTES / PRIVATE_BYTES)
#define HASH_BYTES    32u

static uint8_t key_seed[ATTEST_SEED_BYTES];
static bool has_seed;

/** Of the seed that is there. */
static uint8_t public_point[ATTEST_POINT_BYTES];
static bool has_public;

void attest_key_set(const uint8_t *seed)
{
    secret_wipe(key_seed, sizeof key_seed);
    has_seed = seed != NULL;
    has_public = false;
    if (has_seed) {
        memcpy(key_seed, seed, sizeof key_seed);
    }
}

static psa_status_t answer_of(psa_status_t crypto)
{
    switch (crypto) {
    case PSA_SUCCESS:
    case PSA_ERROR_INSUFFICIENT_MEMORY:
    case PSA_ERROR_COMMUNICATION_FAILURE:
        return crypto;
    default:
        return PSA_ERROR_SERVICE_FAILURE;
    }
}

/** Gives the key to the crypto service; the caller destroys it there. */
static psa_status_t open_key(psa_key_id_t *key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = PSA_ERROR_INVALID_ARGUMENT;
    if (!has_seed) {
        return PSA_ERROR_SERVICE_FAILURE;
    }
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    for (uint32_t i = 0; i < CANDIDATES && status == PSA_ERROR_INVALID_ARGUMENT; i++) {
        status = psa_import_key(&attributes, key_seed + i * PRIVATE_BYTES, PRIVATE_BYTES, key);
    }
    return status;
}

static psa_status_t load_public(void)
{
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t len = 0;
    if (has_public) {
        return PSA_SUCCESS;
    }
    psa_status_t status = open_key(&key);
    if (status != PSA_SUCCESS) {
        return answer_of(status);
    }
    status = psa_export_public_key(key, public_point, sizeof public_point, &len);
    const psa_status_t closed = psa_destroy_key(key);
    has_public = status == PSA_SUCCESS && closed == PSA_SUCCESS && len == sizeof public_point;
    return has_public ? PSA_SUCCESS : answer_of(status != PSA_SUCCESS ? status : closed);
}

psa_status_t attest_key_public(uint8_t point[ATTEST_POINT_BYTES])
{
    const psa_status_t status = load_public();
    if (status == PSA_SUCCESS) {
        memcpy(point, public_point, sizeof public_point);
    }
    return status;
}

/** SHA-256 of two pieces, one behind the other. */
static psa_status_t hash(const struct view part[2], uint8_t digest[HASH_BYTES])
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    size_t len = 0;
    psa_status_t status = psa_hash_setup(&operation, PSA_ALG_SHA_256);
    for (uint32_t i = 0; i < 2 && status == PSA_SUCCESS; i++) {
        status = psa_hash_update(&operation, part[i].data, part[i].len);
    }
    if (status == PSA_SUCCESS) {
        status = psa_hash_finish(&operation, digest, HASH_BYTES, &len);
    }
    if (status != PSA_SUCCESS) {
        (void)psa_hash_abort(&operation);
    }
    return answer_of(status);
}

psa_status_t attest_key_id(uint8_t id[ATTEST_ID_BYTES])
{
    const struct view part[2] = {{public_point, sizeof public_point}, {NULL, 0}};
    const psa_status_t status = load_public();
    id[0] = 1;
    return status == PSA_SUCCESS ? hash(part, id + 1) : status;
}

psa_status_t attest_key_sign(const struct view part[2], uint8_t signature[COSE_SIGNATURE_BYTES])
{
    psa_key_id_t key = PSA_KEY_ID_NULL;
    uint8_t digest[HASH_BYTES];
    size_t len = 0;
    psa_status_t status = hash(part, digest);
    if (status != PSA_SUCCESS) {
        return status;
    }
    status = open_key(&key);
    if (status != PSA_SUCCESS) {
        return answer_of(status);
    }
    status = psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, sizeof digest, signature,
                           COSE_SIGNATURE_BYTES, &len);
    const psa_status_t closed = psa_destroy_key(key);
    return answer_of(status != PSA_SUCCESS ? status : closed);
}

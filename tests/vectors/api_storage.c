/*
 * What the functions that make keys answer when Internal Trusted Storage is full, by the client's own
 * objects.
 */
#include <psa/internal_trusted_storage.h>

#include "api.h"

#define KEPT        0x5A03u /* the id of a persistent key */
#define UID         0x5A000000u
#define OBJECTS_MAX 1000u

static const uint8_t sample[1024] = "sample";

/** Large objects, and then small ones. @return how many */
static uint32_t fill(void)
{
    uint32_t count = 0;
    for (size_t size = sizeof sample; size > 0; size /= 8) {
        psa_status_t status = PSA_SUCCESS;
        while (status == PSA_SUCCESS && count < OBJECTS_MAX) {
            status = psa_its_set(UID + count, size, sample, PSA_STORAGE_FLAG_NONE);
            count += status == PSA_SUCCESS;
        }
        CHECK("storage", PSA_ERROR_INSUFFICIENT_STORAGE, status);
    }
    return count;
}

static void make(const psa_key_attributes_t *attributes, psa_key_id_t source)
{
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    const psa_key_production_parameters_t params = PSA_KEY_PRODUCTION_PARAMETERS_INIT;
    psa_key_id_t key = 0;
    CALL(INSUFFICIENT_STORAGE, psa_import_key(attributes, sample, 16, &key));
    CALL(INSUFFICIENT_STORAGE, psa_generate_key(attributes, &key));
    CALL(INSUFFICIENT_STORAGE, psa_generate_key_custom(attributes, &custom, NULL, 0, &key));
    CALL(INSUFFICIENT_STORAGE, psa_generate_key_ext(attributes, &params, 0, &key));
    CALL(INSUFFICIENT_STORAGE, psa_copy_key(source, attributes, &key));
}

static void derive(const psa_key_attributes_t *attributes, psa_key_id_t secret)
{
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    const psa_key_production_parameters_t params = PSA_KEY_PRODUCTION_PARAMETERS_INIT;
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_id_t key = 0;
    OK("storage", psa_key_derivation_setup(&operation, PSA_ALG_HKDF(SHA256)));
    OK("storage",
       psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret));
    OK("storage",
       psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, sample, 6));
    CALL(INSUFFICIENT_STORAGE, psa_key_derivation_output_key(attributes, &operation, &key));
    CALL(INSUFFICIENT_STORAGE,
         psa_key_derivation_output_key_custom(attributes, &operation, &custom, NULL, 0, &key));
    CALL(INSUFFICIENT_STORAGE,
         psa_key_derivation_output_key_ext(attributes, &operation, &params, 0, &key));
    OK("storage", psa_key_derivation_abort(&operation));
}

static void agree(const psa_key_attributes_t *attributes)
{
    const psa_key_id_t pair = vectors_generate(P256_PAIR, 256, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH);
    uint8_t point[65];
    psa_key_id_t key = 0;
    OK("storage", psa_export_public_key(pair, point, sizeof point, LEN));
    CALL(INSUFFICIENT_STORAGE,
         psa_key_agreement(pair, point, sizeof point, PSA_ALG_ECDH, attributes, &key));
    OK("storage", psa_destroy_key(pair));
}

void api_storage(void)
{
    const psa_key_id_t source =
        vectors_generate(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_COPY, PSA_ALG_CTR);
    const psa_key_id_t secret =
        vectors_generate(PSA_KEY_TYPE_DERIVE, 256, PSA_KEY_USAGE_DERIVE, PSA_ALG_HKDF(SHA256));
    psa_key_attributes_t aes =
        vectors_attributes(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_COPY, PSA_ALG_CTR);
    psa_key_attributes_t agreed =
        vectors_attributes(PSA_KEY_TYPE_DERIVE, 0, PSA_KEY_USAGE_DERIVE, PSA_ALG_HKDF(SHA256));
    psa_key_id_t key = 0;
    psa_set_key_id(&aes, KEPT);
    psa_set_key_id(&agreed, KEPT);
    uint32_t count = fill();
    make(&aes, source);
    derive(&aes, secret);
    agree(&agreed);
    while (count > 0) {
        OK("storage", psa_its_remove(UID + --count));
    }
    OK("storage", psa_generate_key(&aes, &key)); /* nothing is left of those that failed */
    OK("storage", psa_destroy_key(KEPT));
    OK("storage", psa_destroy_key(source));
    OK("storage", psa_destroy_key(secret));
}

/*
 * Every function of PSA Crypto for keys, with each answer it documents.
 */
#include "api.h"

#define COPY      (PSA_KEY_USAGE_COPY | PSA_KEY_USAGE_EXPORT)
#define KEPT      0x5A01u /* the id of a persistent key */
#define NO_PLACE  PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(0, 9)
#define KEYS_MANY 64u

static const uint8_t sample[16] = "sample";
static psa_key_id_t key;

/** Attributes of a key of AES. */
static psa_key_attributes_t aes(size_t bits)
{
    return vectors_attributes(PSA_KEY_TYPE_AES, bits, COPY, PSA_ALG_CTR);
}

static psa_key_attributes_t kept(void)
{
    psa_key_attributes_t attributes = aes(128);
    psa_set_key_id(&attributes, KEPT);
    return attributes;
}

static void import(void)
{
    const psa_key_attributes_t right = aes(128);
    const psa_key_attributes_t other = aes(256);
    const psa_key_attributes_t persistent = kept();
    const psa_key_attributes_t none = vectors_attributes(PSA_KEY_TYPE_NONE, 0, 0, 0);
    const psa_key_attributes_t raw = vectors_attributes(PSA_KEY_TYPE_RAW_DATA, 0, 0, 0);
    psa_key_attributes_t nowhere = aes(128);
    psa_set_key_lifetime(&nowhere, NO_PLACE);
    CALL(SUCCESS, psa_import_key(&right, sample, 16, &key));
    CALL(SUCCESS, psa_destroy_key(key));
    CALL(INVALID_ARGUMENT, psa_import_key(&other, sample, 16, &key));
    CALL(INVALID_ARGUMENT, psa_import_key(&nowhere, sample, 16, &key));
    CALL(NOT_SUPPORTED, psa_import_key(&none, sample, 16, &key));
    CALL(INSUFFICIENT_MEMORY, psa_import_key(&raw, vectors_large, sizeof vectors_large, &key));
    CALL(SUCCESS, psa_import_key(&persistent, sample, 16, &key));
    CALL(ALREADY_EXISTS, psa_import_key(&persistent, sample, 16, &key));
    CALL(SUCCESS, psa_destroy_key(KEPT));
    CALL(INVALID_HANDLE, psa_destroy_key(KEPT));
    CALL(SUCCESS, psa_destroy_key(0));
}

static void generate(void)
{
    static const uint8_t three[1] = {3};
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    const psa_custom_key_parameters_t odd = {.flags = 1};
    const psa_key_production_parameters_t params = PSA_KEY_PRODUCTION_PARAMETERS_INIT;
    const psa_key_production_parameters_t odd_params = {.flags = 1};
    const psa_key_attributes_t right = aes(128);
    const psa_key_attributes_t wrong = aes(129);
    const psa_key_attributes_t none = vectors_attributes(PSA_KEY_TYPE_NONE, 128, 0, 0);
    const psa_key_attributes_t persistent = kept();
    OK("key", psa_generate_key(&persistent, &key));
    CALL(ALREADY_EXISTS, psa_generate_key(&persistent, &key));
    CALL(ALREADY_EXISTS, psa_generate_key_custom(&persistent, &custom, NULL, 0, &key));
    CALL(ALREADY_EXISTS, psa_generate_key_ext(&persistent, &params, 0, &key));
    OK("key", psa_destroy_key(KEPT));
    CALL(INVALID_ARGUMENT, psa_generate_key(&wrong, &key));
    CALL(INVALID_ARGUMENT, psa_generate_key_custom(&right, &odd, NULL, 0, &key));
    CALL(INVALID_ARGUMENT, psa_generate_key_custom(&right, &custom, three, 1, &key));
    CALL(INVALID_ARGUMENT, psa_generate_key_ext(&right, &odd_params, 0, &key));
    CALL(NOT_SUPPORTED, psa_generate_key(&none, &key));
    CALL(NOT_SUPPORTED, psa_generate_key_custom(&none, &custom, NULL, 0, &key));
    CALL(NOT_SUPPORTED, psa_generate_key_ext(&none, &params, 0, &key));
    CALL(SUCCESS, psa_generate_key_custom(&right, &custom, NULL, 0, &key));
    OK("key", psa_destroy_key(key));
    CALL(SUCCESS, psa_generate_key_ext(&right, &params, 0, &key));
    OK("key", psa_destroy_key(key));
    CALL(SUCCESS, psa_generate_key(&right, &key));
    OK("key", psa_destroy_key(key));
}

/** When no key has a place any more. */
static void too_many(void)
{
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    const psa_key_production_parameters_t params = PSA_KEY_PRODUCTION_PARAMETERS_INIT;
    const psa_key_attributes_t right = aes(128);
    psa_key_id_t keys[KEYS_MANY];
    size_t count = 0;
    while (count < KEYS_MANY && psa_generate_key(&right, &keys[count]) == PSA_SUCCESS) {
        count++;
    }
    TRUE("keys", count == 28); /* 32, of which partitions have 4 for themselves */
    CALL(INSUFFICIENT_MEMORY, psa_generate_key(&right, &key));
    CALL(INSUFFICIENT_MEMORY, psa_generate_key_custom(&right, &custom, NULL, 0, &key));
    CALL(INSUFFICIENT_MEMORY, psa_generate_key_ext(&right, &params, 0, &key));
    CALL(INSUFFICIENT_MEMORY, psa_import_key(&right, sample, 16, &key));
    CALL(INSUFFICIENT_MEMORY, psa_copy_key(keys[0], &right, &key));
    while (count > 0) {
        OK("keys", psa_destroy_key(keys[--count]));
    }
}

static void export_and_copy(void)
{
    const psa_key_id_t open = vectors_generate(PSA_KEY_TYPE_AES, 128, COPY, PSA_ALG_CTR);
    const psa_key_id_t closed = vectors_generate(PSA_KEY_TYPE_AES, 128, 0, PSA_ALG_CTR);
    const psa_key_id_t pair = vectors_generate(P256_PAIR, 256, 0, ECDSA);
    const psa_key_attributes_t right = aes(128);
    const psa_key_attributes_t other = aes(256);
    const psa_key_attributes_t persistent = kept();
    CALL(SUCCESS, psa_export_key(open, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_export_key(open, vectors_out, 15, LEN));
    CALL(NOT_PERMITTED, psa_export_key(closed, OUT, LEN));
    CALL(INVALID_HANDLE, psa_export_key(NO_KEY, OUT, LEN));
    CALL(SUCCESS, psa_export_public_key(pair, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_export_public_key(pair, vectors_out, 64, LEN));
    CALL(INVALID_ARGUMENT, psa_export_public_key(open, OUT, LEN));
    CALL(INVALID_HANDLE, psa_export_public_key(NO_KEY, OUT, LEN));
    CALL(SUCCESS, psa_copy_key(open, &right, &key));
    OK("key", psa_destroy_key(key));
    CALL(INVALID_ARGUMENT, psa_copy_key(open, &other, &key));
    CALL(NOT_PERMITTED, psa_copy_key(closed, &right, &key));
    CALL(INVALID_HANDLE, psa_copy_key(NO_KEY, &right, &key));
    CALL(SUCCESS, psa_copy_key(open, &persistent, &key));
    CALL(ALREADY_EXISTS, psa_copy_key(open, &persistent, &key));
    OK("key", psa_destroy_key(KEPT));
    OK("key", psa_destroy_key(open));
    OK("key", psa_destroy_key(closed));
    OK("key", psa_destroy_key(pair));
}

static void open_and_close(void)
{
    const psa_key_attributes_t persistent = kept();
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_handle_t handle = 0;
    OK("key", psa_generate_key(&persistent, &key));
    CALL(SUCCESS, psa_open_key(KEPT, &handle));
    CALL(DOES_NOT_EXIST, psa_open_key(KEPT + 1, &handle));
    CALL(SUCCESS, psa_close_key(KEPT));
    CALL(SUCCESS, psa_close_key(0));
    CALL(INVALID_HANDLE, psa_close_key(KEPT + 1));
    CALL(SUCCESS, psa_purge_key(KEPT));
    CALL(INVALID_HANDLE, psa_purge_key(KEPT + 1));
    CALL(SUCCESS, psa_get_key_attributes(KEPT, &attributes));
    TRUE("attributes", psa_get_key_type(&attributes) == PSA_KEY_TYPE_AES &&
                           psa_get_key_bits(&attributes) == 128 &&
                           psa_get_key_id(&attributes) == KEPT);
    NOTHING(psa_reset_key_attributes(&attributes));
    TRUE("attributes", psa_get_key_type(&attributes) == PSA_KEY_TYPE_NONE);
    CALL(INVALID_HANDLE, psa_get_key_attributes(KEPT + 1, &attributes));
    OK("key", psa_destroy_key(KEPT));
}

void api_keys(void)
{
    import();
    generate();
    too_many();
    export_and_copy();
    open_and_close();
}

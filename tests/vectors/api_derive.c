/*
 * Every function of PSA Crypto for key derivation, with each answer it documents.
 */
#include "api.h"

#define HKDF   PSA_ALG_HKDF(SHA256)
#define PBKDF2 PSA_ALG_PBKDF2_HMAC(SHA256)
#define SECRET PSA_KEY_DERIVATION_INPUT_SECRET
#define SALT   PSA_KEY_DERIVATION_INPUT_SALT
#define INFO   PSA_KEY_DERIVATION_INPUT_INFO
#define SEED   PSA_KEY_DERIVATION_INPUT_SEED
#define COST   PSA_KEY_DERIVATION_INPUT_COST
#define DERIVE PSA_KEY_USAGE_DERIVE
#define CHECKS PSA_KEY_USAGE_VERIFY_DERIVATION
#define KEPT   0x5A03u

typedef psa_key_derivation_operation_t operation_t;

static const uint8_t sample[32] = "sample";
static uint8_t point[65];

static struct {
    psa_key_id_t secret;   /**< For HKDF. */
    psa_key_id_t nothing;  /**< The same without a usage. */
    psa_key_id_t other;    /**< For HKDF, of a type that is no secret. */
    psa_key_id_t pair;     /**< For ECDH and HKDF. */
    psa_key_id_t silent;   /**< The same without a usage. */
    psa_key_id_t expected; /**< What the first 32 bytes will be. */
    psa_key_id_t unequal;  /**< What they will not be. */
    psa_key_id_t unusable; /**< The same without a usage. */
    psa_key_id_t raw;      /**< Of a type that is not compared. */
} keys;

/** Of an operation that is fresh, whatever it was. */
static void begin(operation_t *operation)
{
    OK("derivation", psa_key_derivation_abort(operation));
    OK("derivation", psa_key_derivation_setup(operation, HKDF));
}

static void begin_output(operation_t *operation)
{
    begin(operation);
    OK("derivation", psa_key_derivation_input_key(operation, SECRET, keys.secret));
    OK("derivation", psa_key_derivation_input_bytes(operation, INFO, sample, 6));
}

static void setups(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_hash_operation_t all[OPERATIONS];
    size_t capacity = 0;
    CALL(INVALID_ARGUMENT, psa_key_derivation_setup(&operation, SHA256));
    CALL(NOT_SUPPORTED, psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHAKE256_512)));
    CALL(BAD_STATE, psa_key_derivation_get_capacity(&operation, &capacity));
    CALL(BAD_STATE, psa_key_derivation_set_capacity(&operation, 1));
    CALL(SUCCESS, psa_key_derivation_setup(&operation, HKDF));
    CALL(BAD_STATE, psa_key_derivation_setup(&operation, HKDF));
    CALL(SUCCESS, psa_key_derivation_get_capacity(&operation, &capacity));
    TRUE("capacity", capacity == 255u * 32u);
    CALL(INVALID_ARGUMENT, psa_key_derivation_set_capacity(&operation, capacity + 1));
    CALL(SUCCESS, psa_key_derivation_set_capacity(&operation, 100));
    CALL(SUCCESS, psa_key_derivation_abort(&operation));
    CALL(SUCCESS, psa_key_derivation_abort(&operation));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY, psa_key_derivation_setup(&operation, HKDF));
    api_empty(all);
}

static void inputs(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    CALL(BAD_STATE, psa_key_derivation_input_bytes(&operation, SALT, sample, 6));
    CALL(BAD_STATE, psa_key_derivation_input_integer(&operation, COST, 2));
    CALL(BAD_STATE, psa_key_derivation_input_key(&operation, SECRET, keys.secret));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_key_derivation_input_bytes(&operation, SEED, sample, 6));
    begin(&operation);
    CALL(INSUFFICIENT_MEMORY,
         psa_key_derivation_input_bytes(&operation, INFO, vectors_large, sizeof vectors_large));
    begin(&operation);
    CALL(SUCCESS, psa_key_derivation_input_bytes(&operation, SALT, sample, 6));
    CALL(BAD_STATE, psa_key_derivation_input_bytes(&operation, SALT, sample, 6));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_key_derivation_input_integer(&operation, COST, 2));
    OK("derivation", psa_key_derivation_abort(&operation));
    OK("derivation", psa_key_derivation_setup(&operation, PBKDF2));
    CALL(SUCCESS, psa_key_derivation_input_integer(&operation, COST, 2));
    CALL(BAD_STATE, psa_key_derivation_input_integer(&operation, COST, 2));
    begin(&operation);
    CALL(SUCCESS, psa_key_derivation_input_key(&operation, SECRET, keys.secret));
    begin(&operation);
    CALL(INVALID_HANDLE, psa_key_derivation_input_key(&operation, SECRET, NO_KEY));
    begin(&operation);
    CALL(NOT_PERMITTED, psa_key_derivation_input_key(&operation, SECRET, keys.nothing));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_key_derivation_input_key(&operation, SECRET, keys.other));
    OK("derivation", psa_key_derivation_abort(&operation));
}

#define AGREEMENT PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, HKDF)

static void begin_agreement(operation_t *operation)
{
    OK("derivation", psa_key_derivation_abort(operation));
    OK("derivation", psa_key_derivation_setup(operation, AGREEMENT));
}

static void agreement(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    CALL(BAD_STATE, psa_key_derivation_key_agreement(&operation, SECRET, keys.pair, point, 65));
    begin_agreement(&operation);
    CALL(SUCCESS, psa_key_derivation_key_agreement(&operation, SECRET, keys.pair, point, 65));
    begin_agreement(&operation);
    CALL(INVALID_HANDLE, psa_key_derivation_key_agreement(&operation, SECRET, NO_KEY, point, 65));
    begin_agreement(&operation);
    CALL(NOT_PERMITTED,
         psa_key_derivation_key_agreement(&operation, SECRET, keys.silent, point, 65));
    begin_agreement(&operation);
    CALL(INVALID_ARGUMENT,
         psa_key_derivation_key_agreement(&operation, SECRET, keys.pair, point, 64));
    begin_agreement(&operation);
    CALL(INSUFFICIENT_MEMORY,
         psa_key_derivation_key_agreement(&operation, SECRET, keys.pair, vectors_large,
                                          sizeof vectors_large));
    OK("derivation", psa_key_derivation_abort(&operation));
}

static void outputs(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    CALL(BAD_STATE, psa_key_derivation_output_bytes(&operation, vectors_out, 32));
    CALL(BAD_STATE, psa_key_derivation_verify_bytes(&operation, sample, 32));
    CALL(BAD_STATE, psa_key_derivation_verify_key(&operation, keys.expected));
    begin(&operation);
    CALL(BAD_STATE, psa_key_derivation_output_bytes(&operation, vectors_out, 32)); /* no secret */
    begin_output(&operation);
    OK("derivation", psa_key_derivation_set_capacity(&operation, 33));
    CALL(INSUFFICIENT_DATA, psa_key_derivation_output_bytes(&operation, vectors_out, 34));
    begin_output(&operation);
    OK("derivation", psa_key_derivation_set_capacity(&operation, 33));
    CALL(INSUFFICIENT_DATA, psa_key_derivation_verify_bytes(&operation, vectors_large, 34));
    begin_output(&operation);
    CALL(INSUFFICIENT_MEMORY,
         psa_key_derivation_verify_bytes(&operation, vectors_large, sizeof vectors_large));
    begin_output(&operation);
    CALL(SUCCESS, psa_key_derivation_output_bytes(&operation, vectors_out, 32));
    begin_output(&operation);
    CALL(SUCCESS, psa_key_derivation_verify_bytes(&operation, vectors_out, 32));
    begin_output(&operation);
    CALL(INVALID_SIGNATURE, psa_key_derivation_verify_bytes(&operation, sample, 32));
    OK("derivation", psa_key_derivation_abort(&operation));
}

static void compared_keys(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    begin_output(&operation);
    CALL(SUCCESS, psa_key_derivation_verify_key(&operation, keys.expected));
    begin_output(&operation);
    CALL(INVALID_SIGNATURE, psa_key_derivation_verify_key(&operation, keys.unequal));
    begin_output(&operation);
    CALL(INVALID_HANDLE, psa_key_derivation_verify_key(&operation, NO_KEY));
    begin_output(&operation);
    CALL(INVALID_ARGUMENT, psa_key_derivation_verify_key(&operation, keys.raw));
    begin_output(&operation);
    CALL(NOT_PERMITTED, psa_key_derivation_verify_key(&operation, keys.unusable));
    begin_output(&operation);
    OK("derivation", psa_key_derivation_set_capacity(&operation, 31));
    CALL(INSUFFICIENT_DATA, psa_key_derivation_verify_key(&operation, keys.expected));
    OK("derivation", psa_key_derivation_abort(&operation));
}

/* Three functions make a key of what is derived; the table is each one's. */

static const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
static const psa_key_production_parameters_t params = PSA_KEY_PRODUCTION_PARAMETERS_INIT;

static void output_key(psa_status_t expected, const psa_key_attributes_t *attributes,
                       operation_t *operation)
{
    psa_key_id_t key = 0;
    CALL(expected, psa_key_derivation_output_key(attributes, operation, &key));
    OK("derivation", psa_destroy_key(key));
    CALL(expected,
         psa_key_derivation_output_key_custom(attributes, operation, &custom, NULL, 0, &key));
    OK("derivation", psa_destroy_key(key));
    CALL(expected, psa_key_derivation_output_key_ext(attributes, operation, &params, 0, &key));
    OK("derivation", psa_destroy_key(key));
}

/** A failure for want of bytes takes those that are left, so each function needs its own. */
static void too_few_bytes(operation_t *operation, const psa_key_attributes_t *aes)
{
    psa_key_id_t key = 0;
    begin_output(operation);
    OK("derivation", psa_key_derivation_set_capacity(operation, 15));
    CALL(INSUFFICIENT_DATA, psa_key_derivation_output_key(aes, operation, &key));
    begin_output(operation);
    OK("derivation", psa_key_derivation_set_capacity(operation, 15));
    CALL(INSUFFICIENT_DATA,
         psa_key_derivation_output_key_custom(aes, operation, &custom, NULL, 0, &key));
    begin_output(operation);
    OK("derivation", psa_key_derivation_set_capacity(operation, 15));
    CALL(INSUFFICIENT_DATA, psa_key_derivation_output_key_ext(aes, operation, &params, 0, &key));
}

static void derived_keys(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_key_attributes_t aes = vectors_attributes(PSA_KEY_TYPE_AES, 128, 0, PSA_ALG_CTR);
    const psa_key_attributes_t odd = vectors_attributes(PSA_KEY_TYPE_AES, 129, 0, PSA_ALG_CTR);
    const psa_key_attributes_t none = vectors_attributes(PSA_KEY_TYPE_NONE, 128, 0, 0);
    psa_key_attributes_t persistent = aes;
    psa_key_id_t many[64];
    psa_key_id_t key = 0;
    size_t count = 0;
    psa_set_key_id(&persistent, KEPT);
    output_key(BAD_STATE, &aes, &operation);
    begin_output(&operation);
    output_key(SUCCESS, &aes, &operation);
    output_key(INVALID_ARGUMENT, &odd, &operation);
    output_key(NOT_SUPPORTED, &none, &operation);
    OK("derivation", psa_key_derivation_output_key(&persistent, &operation, &key));
    output_key(ALREADY_EXISTS, &persistent, &operation);
    OK("derivation", psa_destroy_key(KEPT));
    while (count < 64 && psa_generate_key(&aes, &many[count]) == PSA_SUCCESS) {
        count++;
    }
    output_key(INSUFFICIENT_MEMORY, &aes, &operation);
    while (count > 0) {
        OK("keys", psa_destroy_key(many[--count]));
    }
    too_few_bytes(&operation, &aes);
    begin(&operation);
    OK("derivation", psa_key_derivation_input_bytes(&operation, SECRET, sample, 6));
    OK("derivation", psa_key_derivation_input_bytes(&operation, INFO, sample, 6));
    output_key(NOT_PERMITTED, &aes, &operation); /* the secret was no key */
    OK("derivation", psa_key_derivation_abort(&operation));
}

static psa_key_id_t password_hash(const uint8_t *data, size_t len, psa_key_type_t type,
                                  psa_key_usage_t usage)
{
    static struct bytes value;
    psa_key_id_t key = 0;
    memcpy(value.data, data, len);
    value.len = len;
    OK("derivation", vectors_import(type, usage, HKDF, &value, &key));
    return key;
}

static void make_keys(void)
{
    operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    keys.secret = vectors_generate(PSA_KEY_TYPE_DERIVE, 256, DERIVE, HKDF);
    keys.nothing = vectors_generate(PSA_KEY_TYPE_DERIVE, 256, 0, HKDF);
    keys.other = vectors_generate(PSA_KEY_TYPE_AES, 256, DERIVE, HKDF);
    keys.pair = vectors_generate(P256_PAIR, 256, DERIVE, AGREEMENT);
    keys.silent = vectors_generate(P256_PAIR, 256, 0, AGREEMENT);
    OK("point", psa_export_public_key(keys.pair, point, sizeof point, LEN));
    begin_output(&operation);
    OK("derivation", psa_key_derivation_output_bytes(&operation, vectors_out, 32));
    OK("derivation", psa_key_derivation_abort(&operation));
    keys.expected = password_hash(vectors_out, 32, PSA_KEY_TYPE_PASSWORD_HASH, CHECKS);
    keys.unequal = password_hash(sample, 32, PSA_KEY_TYPE_PASSWORD_HASH, CHECKS);
    keys.unusable = password_hash(vectors_out, 32, PSA_KEY_TYPE_PASSWORD_HASH, 0);
    keys.raw = password_hash(vectors_out, 32, PSA_KEY_TYPE_RAW_DATA, CHECKS);
}

void api_derive(void)
{
    make_keys();
    setups();
    inputs();
    agreement();
    outputs();
    compared_keys();
    derived_keys();
    const psa_key_id_t made[] = {keys.secret,   keys.nothing, keys.other,    keys.pair, keys.silent,
                                 keys.expected, keys.unequal, keys.unusable, keys.raw};
    for (size_t i = 0; i < VECTORS_COUNT_OF(made); i++) {
        OK("derivation", psa_destroy_key(made[i]));
    }
}

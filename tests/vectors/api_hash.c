/*
 * Every function of PSA Crypto for random bytes and message digests, with each answer it documents.
 */
#include "api.h"

void api_fill(psa_hash_operation_t operations[OPERATIONS])
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        operations[i] = psa_hash_operation_init();
        OK("filling", psa_hash_setup(&operations[i], SHA256));
    }
}

void api_empty(psa_hash_operation_t operations[OPERATIONS])
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        OK("filling", psa_hash_abort(&operations[i]));
    }
}

static const uint8_t sample[6] = "sample";

static void random_bytes(void)
{
    CALL(SUCCESS, psa_crypto_init());
    CALL(SUCCESS, psa_generate_random(vectors_out, 32));
    CALL(SUCCESS, psa_generate_random(vectors_out, 0));
    CALL(NOT_SUPPORTED, psa_random_reseed(sample, 6));
    CALL(NOT_SUPPORTED, psa_random_deplete());
    CALL(NOT_SUPPORTED, psa_random_set_prediction_resistance(1));
    NUMBER(1, psa_can_do_hash(SHA256));
    NUMBER(1, psa_can_do_cipher(PSA_KEY_TYPE_AES, PSA_ALG_CTR));
}

static void one_call(void)
{
    CALL(SUCCESS, psa_hash_compute(SHA256, sample, 6, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_hash_compute(SHA256, sample, 6, vectors_out, 31, LEN));
    CALL(NOT_SUPPORTED, psa_hash_compute(PSA_ALG_SHAKE256_512, sample, 6, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_hash_compute(PSA_ALG_GCM, sample, 6, OUT, LEN));
    OK("hash", psa_hash_compute(SHA256, sample, 6, OUT, LEN));
    CALL(SUCCESS, psa_hash_compare(SHA256, sample, 6, vectors_out, 32));
    CALL(INVALID_SIGNATURE, psa_hash_compare(SHA256, sample, 5, vectors_out, 32));
    CALL(NOT_SUPPORTED, psa_hash_compare(PSA_ALG_SHAKE256_512, sample, 6, vectors_out, 64));
    CALL(INVALID_ARGUMENT, psa_hash_compare(PSA_ALG_GCM, sample, 6, vectors_out, 32));
}

static void setups(void)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t all[OPERATIONS];
    CALL(NOT_SUPPORTED, psa_hash_setup(&operation, PSA_ALG_SHAKE256_512));
    CALL(INVALID_ARGUMENT, psa_hash_setup(&operation, PSA_ALG_GCM));
    CALL(BAD_STATE, psa_hash_clone(&operation, &clone)); /* of nothing */
    CALL(SUCCESS, psa_hash_setup(&operation, SHA256));
    CALL(BAD_STATE, psa_hash_setup(&operation, SHA256));
    CALL(SUCCESS, psa_hash_clone(&operation, &clone));
    CALL(BAD_STATE, psa_hash_clone(&operation, &clone)); /* into one that is active */
    CALL(SUCCESS, psa_hash_abort(&clone));
    CALL(SUCCESS, psa_hash_abort(&clone));
    CALL(SUCCESS, psa_hash_abort(&operation));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY, psa_hash_setup(&operation, SHA256));
    CALL(INSUFFICIENT_MEMORY, psa_hash_clone(&all[0], &clone));
    api_empty(all);
}

static void parts(void)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    CALL(BAD_STATE, psa_hash_update(&operation, sample, 6));
    CALL(BAD_STATE, psa_hash_finish(&operation, OUT, LEN));
    CALL(BAD_STATE, psa_hash_verify(&operation, vectors_out, 32));
    OK("hash", psa_hash_setup(&operation, SHA256));
    CALL(SUCCESS, psa_hash_update(&operation, sample, 6));
    CALL(BUFFER_TOO_SMALL, psa_hash_finish(&operation, vectors_out, 31, LEN));
    CALL(BAD_STATE, psa_hash_update(&operation, sample, 6)); /* a failure has ended it */
    OK("hash", psa_hash_abort(&operation));
    OK("hash", psa_hash_setup(&operation, SHA256));
    CALL(SUCCESS, psa_hash_finish(&operation, OUT, LEN));
    OK("hash", psa_hash_setup(&operation, SHA256));
    CALL(SUCCESS, psa_hash_verify(&operation, vectors_out, 32));
    OK("hash", psa_hash_setup(&operation, SHA256));
    CALL(INVALID_SIGNATURE, psa_hash_verify(&operation, sample, 6));
    OK("hash", psa_hash_abort(&operation));
}

void api_hash(void)
{
    random_bytes();
    one_call();
    setups();
    parts();
}

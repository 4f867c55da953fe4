/*
 * Every function of PSA Crypto for authenticated encryption, with each answer it documents.
 */
#include "api.h"

#define GCM   PSA_ALG_GCM
#define CCM   PSA_ALG_CCM
#define USAGE (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)

static const uint8_t sample[16] = "sample";
static const uint8_t nonce[12] = "nonce";
static uint8_t sealed[22];
static uint8_t tag[16];
static size_t tag_len;

typedef psa_aead_operation_t operation_t;

static struct {
    psa_key_id_t all;     /**< For GCM. */
    psa_key_id_t ccm;     /**< For CCM. */
    psa_key_id_t nothing; /**< Without a usage. */
    psa_key_id_t hmac;    /**< Of a type that encrypts nothing. */
} keys;

/* What a call is given, except for what is wrong with it. */
#define SEALING nonce, 12, NULL, 0, sample, 6, sealed
#define OPENING nonce, 12, NULL, 0, sealed

static void one_call(void)
{
    CALL(SUCCESS, psa_aead_encrypt(keys.all, GCM, SEALING, 22, LEN));
    CALL(BUFFER_TOO_SMALL, psa_aead_encrypt(keys.all, GCM, SEALING, 21, LEN));
    CALL(INVALID_HANDLE, psa_aead_encrypt(NO_KEY, GCM, SEALING, 22, LEN));
    CALL(NOT_PERMITTED, psa_aead_encrypt(keys.nothing, GCM, SEALING, 22, LEN));
    CALL(INVALID_ARGUMENT, psa_aead_encrypt(keys.all, PSA_ALG_CTR, SEALING, 22, LEN));
    CALL(NOT_SUPPORTED, psa_aead_encrypt(keys.hmac, GCM, SEALING, 22, LEN));
    CALL(INSUFFICIENT_MEMORY, psa_aead_encrypt(keys.all, GCM, nonce, 12, vectors_large,
                                               sizeof vectors_large, sample, 6, OUT, LEN));
    OK("AEAD", psa_aead_encrypt(keys.all, GCM, SEALING, 22, LEN));
    CALL(SUCCESS, psa_aead_decrypt(keys.all, GCM, OPENING, 22, vectors_out, 6, LEN));
    CALL(BUFFER_TOO_SMALL, psa_aead_decrypt(keys.all, GCM, OPENING, 22, vectors_out, 5, LEN));
    CALL(INVALID_HANDLE, psa_aead_decrypt(NO_KEY, GCM, OPENING, 22, vectors_out, 6, LEN));
    CALL(NOT_PERMITTED, psa_aead_decrypt(keys.nothing, GCM, OPENING, 22, vectors_out, 6, LEN));
    CALL(INVALID_ARGUMENT, psa_aead_decrypt(keys.all, GCM, OPENING, 15, vectors_out, 6, LEN));
    CALL(NOT_SUPPORTED, psa_aead_decrypt(keys.hmac, GCM, OPENING, 22, vectors_out, 6, LEN));
    CALL(INSUFFICIENT_MEMORY, psa_aead_decrypt(keys.all, GCM, nonce, 12, vectors_large,
                                               sizeof vectors_large, sealed, 22, OUT, LEN));
    sealed[0] ^= 1;
    CALL(INVALID_SIGNATURE, psa_aead_decrypt(keys.all, GCM, OPENING, 22, vectors_out, 6, LEN));
    sealed[0] ^= 1;
}

static void setups(void)
{
    operation_t operation = PSA_AEAD_OPERATION_INIT;
    psa_hash_operation_t all[OPERATIONS];
    CALL(INVALID_HANDLE, psa_aead_encrypt_setup(&operation, NO_KEY, GCM));
    CALL(NOT_PERMITTED, psa_aead_encrypt_setup(&operation, keys.nothing, GCM));
    CALL(INVALID_ARGUMENT, psa_aead_encrypt_setup(&operation, keys.all, PSA_ALG_CTR));
    CALL(NOT_SUPPORTED, psa_aead_encrypt_setup(&operation, keys.hmac, GCM));
    CALL(INVALID_HANDLE, psa_aead_decrypt_setup(&operation, NO_KEY, GCM));
    CALL(NOT_PERMITTED, psa_aead_decrypt_setup(&operation, keys.nothing, GCM));
    CALL(INVALID_ARGUMENT, psa_aead_decrypt_setup(&operation, keys.all, PSA_ALG_CTR));
    CALL(NOT_SUPPORTED, psa_aead_decrypt_setup(&operation, keys.hmac, GCM));
    CALL(SUCCESS, psa_aead_encrypt_setup(&operation, keys.all, GCM));
    CALL(BAD_STATE, psa_aead_encrypt_setup(&operation, keys.all, GCM));
    CALL(BAD_STATE, psa_aead_decrypt_setup(&operation, keys.all, GCM));
    CALL(SUCCESS, psa_aead_abort(&operation));
    CALL(SUCCESS, psa_aead_decrypt_setup(&operation, keys.all, GCM));
    CALL(SUCCESS, psa_aead_abort(&operation));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY, psa_aead_encrypt_setup(&operation, keys.all, GCM));
    CALL(INSUFFICIENT_MEMORY, psa_aead_decrypt_setup(&operation, keys.all, GCM));
    api_empty(all);
}

static void begin(operation_t *operation, psa_key_id_t key, psa_algorithm_t alg, bool encrypts)
{
    OK("AEAD", psa_aead_abort(operation));
    OK("AEAD", encrypts ? psa_aead_encrypt_setup(operation, key, alg)
                        : psa_aead_decrypt_setup(operation, key, alg));
}

static void begin_with_nonce(operation_t *operation, bool encrypts)
{
    begin(operation, keys.all, GCM, encrypts);
    OK("AEAD", psa_aead_set_nonce(operation, nonce, 12));
}

static void nonces(void)
{
    operation_t operation = PSA_AEAD_OPERATION_INIT;
    CALL(BAD_STATE, psa_aead_generate_nonce(&operation, OUT, LEN));
    CALL(BAD_STATE, psa_aead_set_nonce(&operation, nonce, 12));
    begin(&operation, keys.all, GCM, true);
    CALL(BUFFER_TOO_SMALL, psa_aead_generate_nonce(&operation, vectors_out, 11, LEN));
    begin(&operation, keys.all, GCM, true);
    CALL(SUCCESS, psa_aead_generate_nonce(&operation, OUT, LEN));
    CALL(BAD_STATE, psa_aead_generate_nonce(&operation, OUT, LEN));
    begin(&operation, keys.all, GCM, true);
    CALL(INVALID_ARGUMENT, psa_aead_set_nonce(&operation, nonce, 0));
    begin(&operation, keys.all, GCM, true);
    CALL(SUCCESS, psa_aead_set_nonce(&operation, nonce, 12));
    CALL(BAD_STATE, psa_aead_set_nonce(&operation, nonce, 12));
    begin(&operation, keys.all, GCM, false);
    CALL(BAD_STATE, psa_aead_generate_nonce(&operation, OUT, LEN)); /* it decrypts */
    OK("AEAD", psa_aead_abort(&operation));
}

static void lengths(void)
{
    operation_t operation = PSA_AEAD_OPERATION_INIT;
    CALL(BAD_STATE, psa_aead_set_lengths(&operation, 1, 1));
    begin(&operation, keys.ccm, CCM, true);
    CALL(INVALID_ARGUMENT, psa_aead_set_lengths(&operation, 0x10000, 1));
    begin(&operation, keys.ccm, CCM, true);
    CALL(SUCCESS, psa_aead_set_lengths(&operation, 2, 2));
    CALL(BAD_STATE, psa_aead_set_lengths(&operation, 2, 2));
    begin(&operation, keys.ccm, CCM, true);
    OK("AEAD", psa_aead_set_lengths(&operation, 2, 2));
    OK("AEAD", psa_aead_set_nonce(&operation, nonce, 12));
    CALL(INVALID_ARGUMENT, psa_aead_update_ad(&operation, sample, 3));
    begin(&operation, keys.ccm, CCM, true);
    OK("AEAD", psa_aead_set_lengths(&operation, 2, 2));
    OK("AEAD", psa_aead_set_nonce(&operation, nonce, 12));
    OK("AEAD", psa_aead_update_ad(&operation, sample, 2));
    CALL(INVALID_ARGUMENT, psa_aead_update(&operation, sample, 3, OUT, LEN));
    for (size_t encrypts = 0; encrypts < 2; encrypts++) {
        begin(&operation, keys.ccm, CCM, encrypts != 0);
        OK("AEAD", psa_aead_set_lengths(&operation, 0, 2));
        OK("AEAD", psa_aead_set_nonce(&operation, nonce, 12));
        OK("AEAD", psa_aead_update(&operation, sample, 1, OUT, LEN));
        if (encrypts != 0) {
            CALL(INVALID_ARGUMENT, psa_aead_finish(&operation, OUT, LEN, tag, 16, &tag_len));
        } else {
            CALL(INVALID_ARGUMENT, psa_aead_verify(&operation, OUT, LEN, tag, 16));
        }
    }
    OK("AEAD", psa_aead_abort(&operation));
}

static void parts(void)
{
    operation_t operation = PSA_AEAD_OPERATION_INIT;
    CALL(BAD_STATE, psa_aead_update_ad(&operation, sample, 6));
    CALL(BAD_STATE, psa_aead_update(&operation, sample, 6, OUT, LEN));
    CALL(BAD_STATE, psa_aead_finish(&operation, OUT, LEN, tag, 16, &tag_len));
    CALL(BAD_STATE, psa_aead_verify(&operation, OUT, LEN, tag, 16));
    begin(&operation, keys.all, GCM, true);
    CALL(BAD_STATE, psa_aead_update_ad(&operation, sample, 6)); /* no nonce yet */
    begin_with_nonce(&operation, true);
    CALL(SUCCESS, psa_aead_update_ad(&operation, sample, 6));
    CALL(SUCCESS, psa_aead_update(&operation, sample, 6, OUT, LEN));
    CALL(BAD_STATE, psa_aead_update_ad(&operation, sample, 6)); /* too late */
    begin_with_nonce(&operation, true);
    CALL(BUFFER_TOO_SMALL, psa_aead_update(&operation, sample, 16, vectors_out, 15, LEN));
    begin_with_nonce(&operation, true);
    CALL(BUFFER_TOO_SMALL, psa_aead_finish(&operation, OUT, LEN, tag, 15, &tag_len));
    begin_with_nonce(&operation, true);
    CALL(BAD_STATE, psa_aead_verify(&operation, OUT, LEN, tag, 16)); /* it encrypts */
    begin_with_nonce(&operation, true);
    CALL(SUCCESS, psa_aead_finish(&operation, OUT, LEN, tag, 16, &tag_len));
    begin_with_nonce(&operation, false);
    CALL(BAD_STATE, psa_aead_finish(&operation, OUT, LEN, tag, 16, &tag_len)); /* it decrypts */
    begin_with_nonce(&operation, false);
    CALL(SUCCESS, psa_aead_verify(&operation, OUT, LEN, tag, 16));
    begin_with_nonce(&operation, false);
    CALL(INVALID_SIGNATURE, psa_aead_verify(&operation, OUT, LEN, tag, 15));
    OK("AEAD", psa_aead_abort(&operation));
}

void api_aead(void)
{
    keys.all = vectors_generate(PSA_KEY_TYPE_AES, 128, USAGE, GCM);
    keys.ccm = vectors_generate(PSA_KEY_TYPE_AES, 128, USAGE, CCM);
    keys.nothing = vectors_generate(PSA_KEY_TYPE_AES, 128, 0, GCM);
    keys.hmac = vectors_generate(PSA_KEY_TYPE_HMAC, 128, USAGE, GCM);
    one_call();
    setups();
    nonces();
    lengths();
    parts();
    OK("AEAD", psa_destroy_key(keys.all));
    OK("AEAD", psa_destroy_key(keys.ccm));
    OK("AEAD", psa_destroy_key(keys.nothing));
    OK("AEAD", psa_destroy_key(keys.hmac));
}

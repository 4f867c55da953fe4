/*
 * Every function of PSA Crypto for ciphers, with each answer it documents.
 */
#include "api.h"

#define CBC   PSA_ALG_CBC_PKCS7
#define BARE  PSA_ALG_CBC_NO_PADDING
#define USAGE (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)

static const uint8_t sample[16] = "sample";
static uint8_t sealed[32];

static struct {
    psa_key_id_t all;     /**< For CBC with padding. */
    psa_key_id_t bare;    /**< For CBC without. */
    psa_key_id_t nothing; /**< Without a usage. */
    psa_key_id_t hmac;    /**< Of a type that encrypts nothing. */
} keys;

static void one_call(void)
{
    CALL(BUFFER_TOO_SMALL, psa_cipher_encrypt(keys.all, CBC, sample, 6, sealed, 31, LEN));
    CALL(INVALID_HANDLE, psa_cipher_encrypt(NO_KEY, CBC, sample, 6, OUT, LEN));
    CALL(NOT_PERMITTED, psa_cipher_encrypt(keys.nothing, CBC, sample, 6, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_cipher_encrypt(keys.all, SHA256, sample, 6, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_cipher_encrypt(keys.bare, BARE, sample, 6, OUT, LEN));
    CALL(NOT_SUPPORTED, psa_cipher_encrypt(keys.hmac, CBC, sample, 6, OUT, LEN));
    CALL(SUCCESS, psa_cipher_encrypt(keys.all, CBC, sample, 6, sealed, sizeof sealed, LEN));
    CALL(SUCCESS, psa_cipher_decrypt(keys.all, CBC, sealed, 32, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_cipher_decrypt(keys.all, CBC, sealed, 32, vectors_out, 5, LEN));
    CALL(INVALID_HANDLE, psa_cipher_decrypt(NO_KEY, CBC, sealed, 32, OUT, LEN));
    CALL(NOT_PERMITTED, psa_cipher_decrypt(keys.nothing, CBC, sealed, 32, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_cipher_decrypt(keys.all, CBC, sealed, 31, OUT, LEN));
    CALL(NOT_SUPPORTED, psa_cipher_decrypt(keys.hmac, CBC, sealed, 32, OUT, LEN));
    sealed[15] ^= 1; /* the last byte of the padding */
    CALL(INVALID_PADDING, psa_cipher_decrypt(keys.all, CBC, sealed, 32, OUT, LEN));
    sealed[15] ^= 1;
}

static void setups(void)
{
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    psa_hash_operation_t all[OPERATIONS];
    CALL(INVALID_HANDLE, psa_cipher_encrypt_setup(&operation, NO_KEY, CBC));
    CALL(NOT_PERMITTED, psa_cipher_encrypt_setup(&operation, keys.nothing, CBC));
    CALL(INVALID_ARGUMENT, psa_cipher_encrypt_setup(&operation, keys.all, SHA256));
    CALL(NOT_SUPPORTED, psa_cipher_encrypt_setup(&operation, keys.hmac, CBC));
    CALL(INVALID_HANDLE, psa_cipher_decrypt_setup(&operation, NO_KEY, CBC));
    CALL(NOT_PERMITTED, psa_cipher_decrypt_setup(&operation, keys.nothing, CBC));
    CALL(INVALID_ARGUMENT, psa_cipher_decrypt_setup(&operation, keys.all, SHA256));
    CALL(NOT_SUPPORTED, psa_cipher_decrypt_setup(&operation, keys.hmac, CBC));
    CALL(SUCCESS, psa_cipher_encrypt_setup(&operation, keys.all, CBC));
    CALL(BAD_STATE, psa_cipher_encrypt_setup(&operation, keys.all, CBC));
    CALL(BAD_STATE, psa_cipher_decrypt_setup(&operation, keys.all, CBC));
    CALL(SUCCESS, psa_cipher_abort(&operation));
    CALL(SUCCESS, psa_cipher_decrypt_setup(&operation, keys.all, CBC));
    CALL(SUCCESS, psa_cipher_abort(&operation));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY, psa_cipher_encrypt_setup(&operation, keys.all, CBC));
    CALL(INSUFFICIENT_MEMORY, psa_cipher_decrypt_setup(&operation, keys.all, CBC));
    api_empty(all);
}

static void begin(psa_cipher_operation_t *operation, bool encrypts)
{
    OK("cipher", psa_cipher_abort(operation));
    OK("cipher", encrypts ? psa_cipher_encrypt_setup(operation, keys.all, CBC)
                          : psa_cipher_decrypt_setup(operation, keys.all, CBC));
}

static void ivs(void)
{
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    CALL(BAD_STATE, psa_cipher_generate_iv(&operation, OUT, LEN));
    CALL(BAD_STATE, psa_cipher_set_iv(&operation, sample, 16));
    begin(&operation, true);
    CALL(BUFFER_TOO_SMALL, psa_cipher_generate_iv(&operation, vectors_out, 15, LEN));
    begin(&operation, true);
    CALL(SUCCESS, psa_cipher_generate_iv(&operation, OUT, LEN));
    CALL(BAD_STATE, psa_cipher_generate_iv(&operation, OUT, LEN));
    begin(&operation, true);
    CALL(INVALID_ARGUMENT, psa_cipher_set_iv(&operation, sample, 15));
    begin(&operation, true);
    CALL(SUCCESS, psa_cipher_set_iv(&operation, sample, 16));
    CALL(BAD_STATE, psa_cipher_set_iv(&operation, sample, 16));
    OK("cipher", psa_cipher_abort(&operation));
}

static void parts(void)
{
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    CALL(BAD_STATE, psa_cipher_update(&operation, sample, 16, OUT, LEN));
    CALL(BAD_STATE, psa_cipher_finish(&operation, OUT, LEN));
    begin(&operation, true);
    CALL(BAD_STATE, psa_cipher_update(&operation, sample, 16, OUT, LEN)); /* no IV yet */
    begin(&operation, true);
    OK("cipher", psa_cipher_set_iv(&operation, sample, 16));
    CALL(BUFFER_TOO_SMALL, psa_cipher_update(&operation, sample, 16, vectors_out, 15, LEN));
    begin(&operation, true);
    OK("cipher", psa_cipher_set_iv(&operation, sample, 16));
    CALL(SUCCESS, psa_cipher_update(&operation, sample, 16, OUT, LEN));
    CALL(BUFFER_TOO_SMALL, psa_cipher_finish(&operation, vectors_out, 15, LEN));
    begin(&operation, true);
    OK("cipher", psa_cipher_set_iv(&operation, sample, 16));
    CALL(SUCCESS, psa_cipher_finish(&operation, OUT, LEN));
    begin(&operation, false);
    OK("cipher", psa_cipher_set_iv(&operation, sealed, 16));
    OK("cipher", psa_cipher_update(&operation, sealed + 16, 15, OUT, LEN));
    CALL(INVALID_ARGUMENT, psa_cipher_finish(&operation, OUT, LEN)); /* half a block */
    begin(&operation, false);
    sealed[15] ^= 1;
    OK("cipher", psa_cipher_set_iv(&operation, sealed, 16));
    OK("cipher", psa_cipher_update(&operation, sealed + 16, 16, OUT, LEN));
    CALL(INVALID_PADDING, psa_cipher_finish(&operation, OUT, LEN));
    OK("cipher", psa_cipher_abort(&operation));
}

void api_cipher(void)
{
    keys.all = vectors_generate(PSA_KEY_TYPE_AES, 128, USAGE, CBC);
    keys.bare = vectors_generate(PSA_KEY_TYPE_AES, 128, USAGE, BARE);
    keys.nothing = vectors_generate(PSA_KEY_TYPE_AES, 128, 0, CBC);
    keys.hmac = vectors_generate(PSA_KEY_TYPE_HMAC, 128, USAGE, CBC);
    one_call();
    setups();
    ivs();
    parts();
    OK("cipher", psa_destroy_key(keys.all));
    OK("cipher", psa_destroy_key(keys.bare));
    OK("cipher", psa_destroy_key(keys.nothing));
    OK("cipher", psa_destroy_key(keys.hmac));
}

/*
 * Every function of PSA Crypto for signatures in steps, with each answer it documents. How many steps
 * there are is the library's business, so only a call that is not the last is looked at.
 */
#include "api.h"

#include "rsa_keys.h"

#define USAGE    (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH)
#define NO_LIMIT PSA_INTERRUPTIBLE_MAX_OPS_UNLIMITED

typedef psa_sign_hash_interruptible_operation_t sign_t;
typedef psa_verify_hash_interruptible_operation_t verify_t;

static const uint8_t hash[32] = "hash";
static uint8_t signature[64];

static struct {
    psa_key_id_t all;
    psa_key_id_t any;     /**< For ECDSA with any hash. */
    psa_key_id_t nothing; /**< Without a usage. */
    psa_key_id_t public;  /**< A public key, which cannot sign. */
    psa_key_id_t rsa;     /**< Which has no steps. */
} keys;

static void limits(void)
{
    NUMBER(-1, psa_interruptible_get_max_ops()); /* no limit */
    NOTHING(psa_interruptible_set_max_ops(1));
    NUMBER(1, psa_interruptible_get_max_ops());
}

static void sign_start(void)
{
    sign_t sign = psa_sign_hash_interruptible_operation_init();
    psa_hash_operation_t all[OPERATIONS];
    CALL(INVALID_HANDLE, psa_sign_hash_start(&sign, NO_KEY, ECDSA, hash, 32));
    CALL(NOT_PERMITTED, psa_sign_hash_start(&sign, keys.nothing, ECDSA, hash, 32));
    CALL(INVALID_ARGUMENT, psa_sign_hash_start(&sign, keys.public, ECDSA, hash, 32));
    CALL(INVALID_ARGUMENT, psa_sign_hash_start(&sign, keys.all, ECDSA, hash, 31));
    CALL(NOT_SUPPORTED,
         psa_sign_hash_start(&sign, keys.rsa, PSA_ALG_RSA_PKCS1V15_SIGN(SHA256), hash, 32));
    CALL(SUCCESS, psa_sign_hash_start(&sign, keys.all, ECDSA, hash, 32));
    CALL(BAD_STATE, psa_sign_hash_start(&sign, keys.all, ECDSA, hash, 32));
    CALL(SUCCESS, psa_sign_hash_abort(&sign));
    CALL(SUCCESS, psa_sign_hash_abort(&sign));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY, psa_sign_hash_start(&sign, keys.all, ECDSA, hash, 32));
    api_empty(all);
}

static void sign_complete(void)
{
    sign_t sign = psa_sign_hash_interruptible_operation_init();
    CALL(BAD_STATE, psa_sign_hash_complete(&sign, signature, 64, LEN));
    NUMBER(0, psa_sign_hash_get_num_ops(&sign));
    psa_interruptible_set_max_ops(NO_LIMIT);
    OK("sign", psa_sign_hash_start(&sign, keys.all, ECDSA, hash, 32));
    CALL(BUFFER_TOO_SMALL, psa_sign_hash_complete(&sign, signature, 63, LEN));
    OK("sign", psa_sign_hash_abort(&sign));
    psa_interruptible_set_max_ops(1);
    OK("sign", psa_sign_hash_start(&sign, keys.all, ECDSA, hash, 32));
    CALL(PSA_OPERATION_INCOMPLETE, psa_sign_hash_complete(&sign, signature, 64, LEN));
    TRUE("sign", psa_sign_hash_get_num_ops(&sign) > 0);
    psa_interruptible_set_max_ops(NO_LIMIT);
    CALL(SUCCESS, psa_sign_hash_complete(&sign, signature, 64, LEN));
    OK("sign", psa_sign_hash_abort(&sign));
}

static void verify_start(void)
{
    verify_t verify = psa_verify_hash_interruptible_operation_init();
    psa_hash_operation_t all[OPERATIONS];
    CALL(INVALID_HANDLE, psa_verify_hash_start(&verify, NO_KEY, ECDSA, hash, 32, signature, 64));
    CALL(NOT_PERMITTED,
         psa_verify_hash_start(&verify, keys.nothing, ECDSA, hash, 32, signature, 64));
    CALL(INVALID_ARGUMENT,
         psa_verify_hash_start(&verify, keys.all, ECDSA, hash, 31, signature, 64));
    CALL(NOT_SUPPORTED, psa_verify_hash_start(&verify, keys.rsa, PSA_ALG_RSA_PKCS1V15_SIGN(SHA256),
                                              hash, 32, signature, 64));
    CALL(SUCCESS, psa_verify_hash_start(&verify, keys.all, ECDSA, hash, 32, signature, 64));
    CALL(BAD_STATE, psa_verify_hash_start(&verify, keys.all, ECDSA, hash, 32, signature, 64));
    CALL(SUCCESS, psa_verify_hash_abort(&verify));
    CALL(SUCCESS, psa_verify_hash_abort(&verify));
    CALL(INSUFFICIENT_MEMORY,
         psa_verify_hash_start(&verify, keys.any, PSA_ALG_ECDSA_ANY, vectors_large,
                               sizeof vectors_large, signature, 64));
    api_fill(all);
    CALL(INSUFFICIENT_MEMORY,
         psa_verify_hash_start(&verify, keys.all, ECDSA, hash, 32, signature, 64));
    api_empty(all);
}

static void verify_complete(void)
{
    verify_t verify = psa_verify_hash_interruptible_operation_init();
    CALL(BAD_STATE, psa_verify_hash_complete(&verify));
    NUMBER(0, psa_verify_hash_get_num_ops(&verify));
    psa_interruptible_set_max_ops(1);
    OK("verify", psa_verify_hash_start(&verify, keys.all, ECDSA, hash, 32, signature, 64));
    CALL(PSA_OPERATION_INCOMPLETE, psa_verify_hash_complete(&verify));
    TRUE("verify", psa_verify_hash_get_num_ops(&verify) > 0);
    psa_interruptible_set_max_ops(NO_LIMIT);
    CALL(SUCCESS, psa_verify_hash_complete(&verify));
    OK("verify", psa_verify_hash_abort(&verify));
    signature[63] ^= 1;
    OK("verify", psa_verify_hash_start(&verify, keys.all, ECDSA, hash, 32, signature, 64));
    CALL(INVALID_SIGNATURE, psa_verify_hash_complete(&verify));
    OK("verify", psa_verify_hash_abort(&verify));
}

void api_steps(void)
{
    const psa_key_attributes_t rsa =
        vectors_attributes(PSA_KEY_TYPE_RSA_KEY_PAIR, 0, USAGE, PSA_ALG_RSA_PKCS1V15_SIGN(SHA256));
    const psa_key_attributes_t public = vectors_attributes(P256_PUBLIC, 0, USAGE, ECDSA);
    static struct bytes pair;
    vectors_read(&pair, PAIR);
    keys.all = vectors_generate(P256_PAIR, 256, USAGE, ECDSA);
    keys.any = vectors_generate(P256_PAIR, 256, USAGE, PSA_ALG_ECDSA_ANY);
    keys.nothing = vectors_generate(P256_PAIR, 256, 0, ECDSA);
    OK("RSA", psa_import_key(&rsa, pair.data, pair.len, &keys.rsa));
    OK("public", psa_export_public_key(keys.all, OUT, LEN));
    OK("public", psa_import_key(&public, vectors_out, vectors_len, &keys.public));
    limits();
    sign_start();
    sign_complete();
    verify_start();
    verify_complete();
    OK("steps", psa_destroy_key(keys.all));
    OK("steps", psa_destroy_key(keys.any));
    OK("steps", psa_destroy_key(keys.nothing));
    OK("steps", psa_destroy_key(keys.public));
    OK("steps", psa_destroy_key(keys.rsa));
}

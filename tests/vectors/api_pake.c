/*
 * Every function of PSA Crypto for J-PAKE, with each answer it documents.
 */
#include "api.h"

#define JPAKE     PSA_ALG_JPAKE
#define PREMASTER PSA_ALG_TLS12_ECJPAKE_TO_PMS
#define CURVE     PSA_PAKE_PRIMITIVE(PSA_PAKE_PRIMITIVE_TYPE_ECC, PSA_ECC_FAMILY_SECP_R1, 256)
#define SHARE     PSA_PAKE_STEP_KEY_SHARE
#define NO_STEP   99

typedef psa_pake_operation_t operation_t;

static struct {
    psa_key_id_t password;
    psa_key_id_t nothing; /**< Without a usage. */
    psa_key_id_t aes;     /**< Of a type that is no password. */
} keys;

static const uint8_t client[6] = "client";
static const uint8_t server[6] = "server";

static psa_pake_cipher_suite_t suite(psa_algorithm_t alg, psa_pake_primitive_t primitive,
                                     psa_algorithm_t hash)
{
    psa_pake_cipher_suite_t suite = psa_pake_cipher_suite_init();
    psa_pake_cs_set_algorithm(&suite, alg);
    psa_pake_cs_set_primitive(&suite, primitive);
    psa_pake_cs_set_hash(&suite, hash);
    return suite;
}

static void begin(operation_t *operation)
{
    const psa_pake_cipher_suite_t right = suite(JPAKE, CURVE, SHA256);
    OK("J-PAKE", psa_pake_abort(operation));
    OK("J-PAKE", psa_pake_setup(operation, &right));
}

static void setups(void)
{
    const psa_pake_cipher_suite_t right = suite(JPAKE, CURVE, SHA256);
    const psa_pake_cipher_suite_t no_pake = suite(SHA256, CURVE, SHA256);
    const psa_pake_cipher_suite_t no_hash = suite(JPAKE, CURVE, JPAKE);
    operation_t operation = PSA_PAKE_OPERATION_INIT;
    CALL(INVALID_ARGUMENT, psa_pake_setup(&operation, &no_pake));
    CALL(INVALID_ARGUMENT, psa_pake_setup(&operation, &no_hash));
    CALL(SUCCESS, psa_pake_setup(&operation, &right));
    CALL(BAD_STATE, psa_pake_setup(&operation, &right));
    CALL(SUCCESS, psa_pake_abort(&operation));
    CALL(SUCCESS, psa_pake_abort(&operation));
}

static void parties(void)
{
    operation_t operation = PSA_PAKE_OPERATION_INIT;
    CALL(BAD_STATE, psa_pake_set_user(&operation, client, 6));
    CALL(BAD_STATE, psa_pake_set_peer(&operation, server, 6));
    CALL(BAD_STATE, psa_pake_set_password_key(&operation, keys.password));
    CALL(BAD_STATE, psa_pake_set_role(&operation, PSA_PAKE_ROLE_NONE));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_pake_set_user(&operation, client, 0));
    begin(&operation);
    CALL(INSUFFICIENT_MEMORY, psa_pake_set_user(&operation, vectors_large, sizeof vectors_large));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_pake_set_peer(&operation, server, 0));
    begin(&operation);
    CALL(INSUFFICIENT_MEMORY, psa_pake_set_peer(&operation, vectors_large, sizeof vectors_large));
    begin(&operation);
    CALL(INVALID_HANDLE, psa_pake_set_password_key(&operation, NO_KEY));
    begin(&operation);
    CALL(NOT_PERMITTED, psa_pake_set_password_key(&operation, keys.nothing));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_pake_set_password_key(&operation, keys.aes));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_pake_set_role(&operation, PSA_PAKE_ROLE_CLIENT));
    begin(&operation);
    CALL(INVALID_ARGUMENT, psa_pake_set_role(&operation, 99));
    begin(&operation);
    CALL(SUCCESS, psa_pake_set_role(&operation, PSA_PAKE_ROLE_NONE));
    CALL(SUCCESS, psa_pake_set_user(&operation, client, 6));
    CALL(SUCCESS, psa_pake_set_peer(&operation, server, 6));
    CALL(SUCCESS, psa_pake_set_password_key(&operation, keys.password));
    OK("J-PAKE", psa_pake_abort(&operation));
}

/** Ready for messages. */
static void begin_messages(operation_t *operation, bool is_client)
{
    begin(operation);
    OK("J-PAKE", psa_pake_set_user(operation, is_client ? client : server, 6));
    OK("J-PAKE", psa_pake_set_peer(operation, is_client ? server : client, 6));
    OK("J-PAKE", psa_pake_set_password_key(operation, keys.password));
}

/** Ready for messages, with a curve that is not there for J-PAKE. */
static void no_curve(operation_t *operation)
{
    const psa_pake_primitive_t other =
        PSA_PAKE_PRIMITIVE(PSA_PAKE_PRIMITIVE_TYPE_ECC, PSA_ECC_FAMILY_SECP_R1, 384);
    const psa_pake_cipher_suite_t wanted = suite(JPAKE, other, SHA256);
    OK("J-PAKE", psa_pake_abort(operation));
    OK("J-PAKE", psa_pake_setup(operation, &wanted));
    OK("J-PAKE", psa_pake_set_user(operation, client, 6));
    OK("J-PAKE", psa_pake_set_peer(operation, server, 6));
    OK("J-PAKE", psa_pake_set_password_key(operation, keys.password));
}

static void messages(void)
{
    operation_t operation = PSA_PAKE_OPERATION_INIT;
    CALL(BAD_STATE, psa_pake_output(&operation, SHARE, OUT, LEN));
    CALL(BAD_STATE, psa_pake_input(&operation, SHARE, client, 6));
    begin(&operation);
    CALL(BAD_STATE, psa_pake_output(&operation, SHARE, OUT, LEN)); /* no password yet */
    begin_messages(&operation, true);
    CALL(INVALID_ARGUMENT, psa_pake_output(&operation, NO_STEP, OUT, LEN));
    begin_messages(&operation, true);
    CALL(SUCCESS, psa_pake_output(&operation, SHARE, OUT, LEN));
    begin_messages(&operation, true);
    CALL(BUFFER_TOO_SMALL, psa_pake_output(&operation, SHARE, vectors_out, 64, LEN));
    no_curve(&operation);
    CALL(NOT_SUPPORTED, psa_pake_output(&operation, SHARE, OUT, LEN));
    begin_messages(&operation, true);
    CALL(BAD_STATE, psa_pake_output(&operation, PSA_PAKE_STEP_ZK_PROOF, OUT, LEN)); /* too early */
    begin_messages(&operation, true);
    CALL(INVALID_ARGUMENT, psa_pake_input(&operation, NO_STEP, client, 6));
    begin_messages(&operation, true);
    CALL(INSUFFICIENT_MEMORY,
         psa_pake_input(&operation, SHARE, vectors_large, sizeof vectors_large));
    begin_messages(&operation, true);
    CALL(INVALID_ARGUMENT,
         psa_pake_input(&operation, SHARE, vectors_large, 67)); /* longer than a point */
    begin_messages(&operation, true);
    CALL(BAD_STATE, psa_pake_input(&operation, PSA_PAKE_STEP_ZK_PROOF, client, 6));
    OK("J-PAKE", psa_pake_abort(&operation));
}

static const psa_pake_step_t steps[] = {SHARE, PSA_PAKE_STEP_ZK_PUBLIC, PSA_PAKE_STEP_ZK_PROOF};

/** `count` triples of share, public key and proof; the last proof changed or not. */
static void pass(operation_t *from, operation_t *to, unsigned count, bool changed)
{
    uint8_t sent[6][72] = {0};
    size_t sizes[6];
    for (unsigned i = 0; i < 3 * count; i++) {
        OK("J-PAKE", psa_pake_output(from, steps[i % 3], sent[i], sizeof sent[i], &sizes[i]));
    }
    for (unsigned i = 0; i + 1 < 3 * count; i++) {
        OK("J-PAKE", psa_pake_input(to, steps[i % 3], sent[i], sizes[i]));
    }
    const unsigned last = 3 * count - 1;
    sent[last][sizes[last] > 0 ? sizes[last] - 1 : 0] ^= changed;
    if (changed) {
        CALL(PSA_ERROR_DATA_INVALID, psa_pake_input(to, steps[2], sent[last], sizes[last]));
    } else {
        CALL(SUCCESS, psa_pake_input(to, steps[2], sent[last], sizes[last]));
    }
}

static void implicit_keys(void)
{
    operation_t ours = PSA_PAKE_OPERATION_INIT;
    operation_t theirs = PSA_PAKE_OPERATION_INIT;
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    OK("J-PAKE", psa_key_derivation_setup(&derivation, PREMASTER));
    CALL(BAD_STATE, psa_pake_get_implicit_key(&ours, &derivation));
    begin_messages(&ours, true);
    begin_messages(&theirs, false);
    CALL(SUCCESS, psa_pake_output(&ours, SHARE, OUT, LEN));
    CALL(BAD_STATE, psa_pake_get_implicit_key(&ours, &derivation)); /* too early */
    begin_messages(&ours, true);
    pass(&ours, &theirs, 2, true);
    for (unsigned round = 0; round < 2; round++) {
        begin_messages(&ours, true);
        begin_messages(&theirs, false);
        pass(&ours, &theirs, 2, false);
        pass(&theirs, &ours, 2, false);
        pass(&ours, &theirs, 1, false);
        pass(&theirs, &ours, 1, false);
        if (round == 0) {
            CALL(SUCCESS, psa_pake_get_implicit_key(&ours, &derivation));
        } else {
            OK("J-PAKE", psa_key_derivation_abort(&derivation));
            OK("J-PAKE", psa_key_derivation_setup(&derivation, PSA_ALG_PBKDF2_HMAC(SHA256)));
            CALL(INVALID_ARGUMENT, psa_pake_get_implicit_key(&ours, &derivation));
        }
        OK("J-PAKE", psa_pake_abort(&ours));
        OK("J-PAKE", psa_pake_abort(&theirs));
    }
    OK("J-PAKE", psa_key_derivation_abort(&derivation));
}

void api_pake(void)
{
    static struct bytes value;
    vectors_read(&value, "746872656164");
    OK("J-PAKE",
       vectors_import(PSA_KEY_TYPE_PASSWORD, PSA_KEY_USAGE_DERIVE, JPAKE, &value, &keys.password));
    OK("J-PAKE", vectors_import(PSA_KEY_TYPE_PASSWORD, 0, JPAKE, &value, &keys.nothing));
    keys.aes = vectors_generate(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_DERIVE, JPAKE);
    setups();
    parties();
    messages();
    implicit_keys();
    OK("J-PAKE", psa_destroy_key(keys.password));
    OK("J-PAKE", psa_destroy_key(keys.nothing));
    OK("J-PAKE", psa_destroy_key(keys.aes));
}

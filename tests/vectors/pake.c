/*
 * J-PAKE with itself: there is no published run, since both sides choose at random.
 */
#include "table.h"

typedef psa_pake_operation_t operation_t;

static void begin(operation_t *operation, psa_key_id_t key, const char *user, const char *peer)
{
    psa_pake_cipher_suite_t suite = psa_pake_cipher_suite_init();
    psa_pake_cs_set_algorithm(&suite, PSA_ALG_JPAKE);
    psa_pake_cs_set_primitive(
        &suite, PSA_PAKE_PRIMITIVE(PSA_PAKE_PRIMITIVE_TYPE_ECC, PSA_ECC_FAMILY_SECP_R1, 256));
    psa_pake_cs_set_hash(&suite, PSA_ALG_SHA_256);
    *operation = psa_pake_operation_init();
    OK("J-PAKE", psa_pake_setup(operation, &suite));
    OK("J-PAKE", psa_pake_set_user(operation, (const uint8_t *)user, strlen(user)));
    OK("J-PAKE", psa_pake_set_peer(operation, (const uint8_t *)peer, strlen(peer)));
    OK("J-PAKE", psa_pake_set_password_key(operation, key));
}

static const psa_pake_step_t steps[] = {PSA_PAKE_STEP_KEY_SHARE, PSA_PAKE_STEP_ZK_PUBLIC,
                                        PSA_PAKE_STEP_ZK_PROOF};

/**
 * Passes `count` triples of share, public key and proof from one to the other. Each message from
 * number `changed` on arrives with one bit changed. @return the first answer that is not success
 */
static psa_status_t pass(operation_t *from, operation_t *to, unsigned count, unsigned changed)
{
    uint8_t sent[6][72] = {0};
    size_t sizes[6];
    psa_status_t status = PSA_SUCCESS;
    for (unsigned i = 0; i < 3 * count; i++) {
        OK("J-PAKE", psa_pake_output(from, steps[i % 3], sent[i], sizeof sent[i], &sizes[i]));
    }
    for (unsigned i = 0; i < 3 * count && status == PSA_SUCCESS; i++) {
        sent[i][sizes[i] > 0 ? sizes[i] - 1 : 0] ^= i >= changed;
        status = psa_pake_input(to, steps[i % 3], sent[i], sizes[i]);
    }
    return status;
}

static void finish(operation_t *operation, uint8_t secret[32])
{
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    OK("J-PAKE", psa_key_derivation_setup(&derivation, PSA_ALG_TLS12_ECJPAKE_TO_PMS));
    OK("J-PAKE", psa_pake_get_implicit_key(operation, &derivation));
    OK("J-PAKE", psa_key_derivation_output_bytes(&derivation, secret, 32));
    OK("J-PAKE", psa_key_derivation_abort(&derivation));
}

#define UNCHANGED 99u

static void exchange(psa_key_id_t ours, psa_key_id_t theirs, bool same)
{
    operation_t client;
    operation_t server;
    uint8_t secrets[2][32];
    begin(&client, ours, "client", "server");
    begin(&server, theirs, "server", "client");
    OK("J-PAKE", pass(&client, &server, 2, UNCHANGED));
    OK("J-PAKE", pass(&server, &client, 2, UNCHANGED));
    OK("J-PAKE", pass(&client, &server, 1, UNCHANGED));
    OK("J-PAKE", pass(&server, &client, 1, UNCHANGED));
    finish(&client, secrets[0]);
    finish(&server, secrets[1]);
    TRUE("J-PAKE", (memcmp(secrets[0], secrets[1], 32) == 0) == same);
}

/** A changed message is found by its own proof at the latest. */
static void changed(psa_key_id_t key)
{
    operation_t client;
    operation_t server;
    for (unsigned i = 0; i < 6; i += 5) {
        begin(&client, key, "client", "server");
        begin(&server, key, "server", "client");
        TRUE("J-PAKE changed", pass(&client, &server, 2, i) != PSA_SUCCESS);
        OK("J-PAKE", psa_pake_abort(&client));
        OK("J-PAKE", psa_pake_abort(&server));
    }
}

void vectors_pake(void)
{
    static struct bytes password;
    psa_key_id_t key = 0;
    psa_key_id_t other = 0;
    vectors_read(&password, "746872656164");
    OK("J-PAKE",
       vectors_import(PSA_KEY_TYPE_PASSWORD, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE, &password, &key));
    password.data[0] ^= 1;
    OK("J-PAKE", vectors_import(PSA_KEY_TYPE_PASSWORD, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE,
                                &password, &other));
    exchange(key, key, true);
    exchange(key, other, false);
    changed(key);
    OK("J-PAKE", psa_destroy_key(key));
    OK("J-PAKE", psa_destroy_key(other));
}

/*
 * The crypto service as a client sees it: J-PAKE.
 */
#include "crypto_fixture.h"

#include "support/psa_direct.h"

#define PREMASTER PSA_ALG_TLS12_ECJPAKE_TO_PMS

static psa_pake_cipher_suite_t suite(void)
{
    psa_pake_cipher_suite_t suite = psa_pake_cipher_suite_init();
    psa_pake_cs_set_algorithm(&suite, PSA_ALG_JPAKE);
    psa_pake_cs_set_primitive(
        &suite, PSA_PAKE_PRIMITIVE(PSA_PAKE_PRIMITIVE_TYPE_ECC, PSA_ECC_FAMILY_SECP_R1, 256));
    psa_pake_cs_set_hash(&suite, PSA_ALG_SHA_256);
    return suite;
}

static psa_key_id_t password(const char *digits)
{
    const struct bytes value = bytes_of(digits);
    return import_key(PSA_KEY_TYPE_PASSWORD, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE, &value);
}

static void begin(psa_pake_operation_t *operation, psa_key_id_t key, bool is_client)
{
    const psa_pake_cipher_suite_t wanted = suite();
    OK(psa_pake_setup(operation, &wanted));
    OK(psa_pake_set_user(operation, text(is_client ? "client" : "server"), 6));
    OK(psa_pake_set_peer(operation, text(is_client ? "server" : "client"), 6));
    OK(psa_pake_set_password_key(operation, key));
}

/** Passes `count` triples of share, public key and proof from one to the other. */
static psa_status_t pass(psa_pake_operation_t *from, psa_pake_operation_t *to, int count)
{
    static const psa_pake_step_t steps[] = {PSA_PAKE_STEP_KEY_SHARE, PSA_PAKE_STEP_ZK_PUBLIC,
                                            PSA_PAKE_STEP_ZK_PROOF};
    uint8_t sent[6][100];
    size_t sizes[6];
    for (int i = 0; i < 3 * count; i++) {
        OK(psa_pake_output(from, steps[i % 3], sent[i], sizeof sent[i], &sizes[i]));
    }
    psa_status_t status = PSA_SUCCESS;
    for (int i = 0; i < 3 * count && status == PSA_SUCCESS; i++) {
        status = psa_pake_input(to, steps[i % 3], sent[i], sizes[i]);
    }
    return status;
}

static void finish(psa_pake_operation_t *operation, uint8_t secret[32])
{
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    OK(psa_key_derivation_setup(&derivation, PREMASTER));
    OK(psa_pake_get_implicit_key(operation, &derivation));
    assert_int_equal(operation->handle, 0);
    OK(psa_key_derivation_output_bytes(&derivation, secret, 32));
    OK(psa_key_derivation_abort(&derivation));
}

static void both_sides_get_the_same_secret(void **state)
{
    const psa_key_id_t key = password("abcdef");
    psa_pake_operation_t client = PSA_PAKE_OPERATION_INIT;
    psa_pake_operation_t server = PSA_PAKE_OPERATION_INIT;
    uint8_t secrets[2][32];
    (void)state;
    begin(&client, key, true);
    begin(&server, key, false);
    OK(pass(&client, &server, 2));
    OK(pass(&server, &client, 2));
    OK(pass(&client, &server, 1));
    OK(pass(&server, &client, 1));
    finish(&client, secrets[0]);
    finish(&server, secrets[1]);
    assert_memory_equal(secrets[0], secrets[1], 32);
    OK(psa_destroy_key(key));
}

static void other_passwords_give_other_secrets(void **state)
{
    const psa_key_id_t key = password("abcdef");
    const psa_key_id_t other = password("abcdee");
    psa_pake_operation_t client = PSA_PAKE_OPERATION_INIT;
    psa_pake_operation_t server = PSA_PAKE_OPERATION_INIT;
    uint8_t secrets[2][32];
    (void)state;
    begin(&client, key, true);
    begin(&server, other, false);
    OK(pass(&client, &server, 2));
    OK(pass(&server, &client, 2));
    OK(pass(&client, &server, 1));
    OK(pass(&server, &client, 1));
    finish(&client, secrets[0]);
    finish(&server, secrets[1]);
    assert_memory_not_equal(secrets[0], secrets[1], 32);
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(other));
}

static void a_message_that_was_changed_is_refused(void **state)
{
    const psa_key_id_t key = password("abcdef");
    psa_pake_operation_t client = PSA_PAKE_OPERATION_INIT;
    psa_pake_operation_t server = PSA_PAKE_OPERATION_INIT;
    (void)state;
    begin(&client, key, true);
    begin(&server, key, false);
    OK(psa_pake_output(&client, PSA_PAKE_STEP_KEY_SHARE, out, sizeof out, &len));
    assert_int_equal(len, 65);
    out[10] ^= 1;
    psa_status_t status = psa_pake_input(&server, PSA_PAKE_STEP_KEY_SHARE, out, len);
    for (int i = 0; i < 2 && status == PSA_SUCCESS; i++) {
        const psa_pake_step_t step = i == 0 ? PSA_PAKE_STEP_ZK_PUBLIC : PSA_PAKE_STEP_ZK_PROOF;
        OK(psa_pake_output(&client, step, out, sizeof out, &len));
        status = psa_pake_input(&server, step, out, len);
    }
    for (int i = 0; i < 3 && status == PSA_SUCCESS; i++) {
        static const psa_pake_step_t steps[] = {PSA_PAKE_STEP_KEY_SHARE, PSA_PAKE_STEP_ZK_PUBLIC,
                                                PSA_PAKE_STEP_ZK_PROOF};
        OK(psa_pake_output(&client, steps[i], out, sizeof out, &len));
        status = psa_pake_input(&server, steps[i], out, len);
    }
    assert_int_not_equal(status, PSA_SUCCESS);
    OK(psa_pake_abort(&client));
    OK(psa_pake_abort(&server));
    OK(psa_destroy_key(key));
}

static void pake_has_its_errors(void **state)
{
    const psa_key_id_t key = password("abcdef");
    const psa_key_id_t aes =
        generate_key(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_DERIVE, PSA_ALG_JPAKE);
    const struct bytes value = bytes_of("abcdef");
    const psa_key_id_t useless = import_key(PSA_KEY_TYPE_PASSWORD, 0, PSA_ALG_JPAKE, &value);
    psa_pake_cipher_suite_t wanted = suite();
    psa_pake_operation_t operation = PSA_PAKE_OPERATION_INIT;
    (void)state;
    psa_pake_cs_set_algorithm(&wanted, PSA_ALG_SHA_256);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_pake_setup(&operation, &wanted));
    wanted = suite();
    psa_pake_cs_set_hash(&wanted, PSA_ALG_JPAKE);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_pake_setup(&operation, &wanted));
    wanted = suite();
    OK(psa_pake_setup(&operation, &wanted));
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_setup(&operation, &wanted));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_pake_set_password_key(&operation, aes));
    OK(psa_pake_abort(&operation));
    OK(psa_pake_setup(&operation, &wanted));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_pake_set_password_key(&operation, useless));
    OK(psa_pake_abort(&operation));
    OK(psa_pake_setup(&operation, &wanted));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_pake_set_password_key(&operation, 0));
    OK(psa_pake_abort(&operation));
    OK(psa_pake_setup(&operation, &wanted));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_pake_set_user(&operation, NULL, 0));
    OK(psa_pake_abort(&operation));
    OK(psa_pake_setup(&operation, &wanted));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_pake_set_peer(&operation, NULL, 0));
    OK(psa_pake_abort(&operation));
    OK(psa_pake_setup(&operation, &wanted));
    assert_true(psa_pake_set_role(&operation, PSA_PAKE_ROLE_SERVER) != PSA_SUCCESS);
    OK(psa_pake_abort(&operation));

    begin(&operation, key, true);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_pake_output(&operation, 99, out, sizeof out, &len));
    OK(psa_pake_abort(&operation));
    begin(&operation, key, true);
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
          psa_pake_output(&operation, PSA_PAKE_STEP_KEY_SHARE, out, 64, &len));
    OK(psa_pake_abort(&operation));
    begin(&operation, key, true);
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_pake_input(&operation, PSA_PAKE_STEP_KEY_SHARE, out, 200));
    OK(psa_pake_abort(&operation));
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(aes));
    OK(psa_destroy_key(useless));
}

static void pake_operations_have_their_states(void **state)
{
    const psa_key_id_t key = password("abcdef");
    psa_pake_operation_t operation = PSA_PAKE_OPERATION_INIT;
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    (void)state;
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_set_password_key(&operation, key));
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_set_user(&operation, text("client"), 6));
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_set_peer(&operation, text("server"), 6));
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_set_role(&operation, PSA_PAKE_ROLE_NONE));
    FAILS(PSA_ERROR_BAD_STATE,
          psa_pake_output(&operation, PSA_PAKE_STEP_KEY_SHARE, out, sizeof out, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_input(&operation, PSA_PAKE_STEP_KEY_SHARE, out, 65));
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_get_implicit_key(&operation, &derivation));
    OK(psa_pake_abort(&operation));

    OK(psa_key_derivation_setup(&derivation, PREMASTER));
    begin(&operation, key, true);
    FAILS(PSA_ERROR_BAD_STATE, psa_pake_get_implicit_key(&operation, &derivation)); /* too early */
    OK(psa_pake_abort(&operation));
    begin(&operation, key, true);
    psa_pake_operation_t stolen = operation;
    psa_direct_client = -2;
    FAILS(PSA_ERROR_BAD_STATE,
          psa_pake_output(&stolen, PSA_PAKE_STEP_KEY_SHARE, out, sizeof out, &len));
    OK(psa_pake_abort(&stolen));
    psa_direct_client = -1;
    OK(psa_pake_output(&operation, PSA_PAKE_STEP_KEY_SHARE, out, sizeof out, &len));
    OK(psa_pake_abort(&operation));
    OK(psa_key_derivation_abort(&derivation));
    OK(psa_destroy_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_sides_get_the_same_secret),        TEST(other_passwords_give_other_secrets),
        TEST(a_message_that_was_changed_is_refused), TEST(pake_has_its_errors),
        TEST(pake_operations_have_their_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

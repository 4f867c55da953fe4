/*
 * The crypto service as a client sees it: signatures of hashes in steps.
 */
#include "crypto_fixture.h"

#include "support/psa_direct.h"

#define USAGE (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH)

typedef psa_sign_hash_interruptible_operation_t sign_t;
typedef psa_verify_hash_interruptible_operation_t verify_t;

static const uint8_t hash[32] = {1, 2, 3};

static void a_signature_is_made_and_verified_in_steps(void **state)
{
    const psa_key_id_t key = generate_key(P256_PAIR, 256, USAGE, ECDSA);
    sign_t sign = psa_sign_hash_interruptible_operation_init();
    verify_t verify = psa_verify_hash_interruptible_operation_init();
    psa_status_t status;
    unsigned calls = 0;
    uint32_t steps = 0;
    (void)state;
    psa_interruptible_set_max_ops(50);
    assert_int_equal(psa_interruptible_get_max_ops(), 50);
    assert_int_equal(psa_sign_hash_get_num_ops(&sign), 0);
    OK(psa_sign_hash_start(&sign, key, ECDSA, hash, 32));
    while ((status = psa_sign_hash_complete(&sign, out, sizeof out, &len)) ==
           PSA_OPERATION_INCOMPLETE) {
        assert_int_equal(len, 0);
        assert_true(psa_sign_hash_get_num_ops(&sign) > steps);
        steps = psa_sign_hash_get_num_ops(&sign);
        calls++;
    }
    OK(status);
    assert_true(calls > 1);
    assert_int_equal(len, 64);
    assert_true(psa_sign_hash_get_num_ops(&sign) >= steps);
    FAILS(PSA_ERROR_BAD_STATE, psa_sign_hash_complete(&sign, out + 100, 64, &len));
    OK(psa_sign_hash_abort(&sign));
    assert_int_equal(psa_sign_hash_get_num_ops(&sign), 0);
    OK(psa_verify_hash(key, ECDSA, hash, 32, out, 64));

    calls = 0;
    OK(psa_verify_hash_start(&verify, key, ECDSA, hash, 32, out, 64));
    while ((status = psa_verify_hash_complete(&verify)) == PSA_OPERATION_INCOMPLETE) {
        assert_true(psa_verify_hash_get_num_ops(&verify) > 0);
        calls++;
    }
    OK(status);
    assert_true(calls > 1);
    assert_true(psa_verify_hash_get_num_ops(&verify) > 0);
    OK(psa_verify_hash_abort(&verify));
    assert_int_equal(psa_verify_hash_get_num_ops(&verify), 0);
    psa_interruptible_set_max_ops(PSA_INTERRUPTIBLE_MAX_OPS_UNLIMITED);
    OK(psa_destroy_key(key));
}

static void a_complete_operation_can_be_used_again(void **state)
{
    const psa_key_id_t key = generate_key(P256_PAIR, 256, USAGE, ECDSA);
    sign_t sign = psa_sign_hash_interruptible_operation_init();
    verify_t verify = psa_verify_hash_interruptible_operation_init();
    (void)state;
    for (int i = 0; i < 10; i++) { /* more than there are operations */
        OK(psa_sign_hash_start(&sign, key, ECDSA, hash, 32));
        OK(psa_sign_hash_complete(&sign, out, sizeof out, &len));
        OK(psa_verify_hash_start(&verify, key, ECDSA, hash, 32, out, 64));
        OK(psa_verify_hash_complete(&verify));
    }
    OK(psa_destroy_key(key));
}

static void a_wrong_signature_is_refused_in_steps(void **state)
{
    const psa_key_id_t key = generate_key(P256_PAIR, 256, USAGE, ECDSA);
    verify_t verify = psa_verify_hash_interruptible_operation_init();
    (void)state;
    OK(psa_sign_hash(key, ECDSA, hash, 32, out, 64, &len));
    out[63] ^= 1;
    OK(psa_verify_hash_start(&verify, key, ECDSA, hash, 32, out, 64));
    FAILS(PSA_ERROR_INVALID_SIGNATURE, psa_verify_hash_complete(&verify));
    FAILS(PSA_ERROR_BAD_STATE, psa_verify_hash_complete(&verify));
    OK(psa_verify_hash_abort(&verify));
    FAILS(PSA_ERROR_INVALID_SIGNATURE,
          psa_verify_hash_start(&verify, key, ECDSA, hash, 32, out, 63));
    OK(psa_verify_hash_abort(&verify));
    OK(psa_destroy_key(key));
}

static void steps_have_their_errors(void **state)
{
    const psa_key_id_t only_sign = generate_key(P256_PAIR, 256, PSA_KEY_USAGE_SIGN_HASH, ECDSA);
    const psa_key_id_t only_verify = generate_key(P256_PAIR, 256, PSA_KEY_USAGE_VERIFY_HASH, ECDSA);
    sign_t sign = psa_sign_hash_interruptible_operation_init();
    verify_t verify = psa_verify_hash_interruptible_operation_init();
    (void)state;
    FAILS(PSA_ERROR_BAD_STATE, psa_sign_hash_complete(&sign, out, 64, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_verify_hash_complete(&verify));
    OK(psa_sign_hash_abort(&sign));
    OK(psa_verify_hash_abort(&verify));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_sign_hash_start(&sign, only_verify, ECDSA, hash, 32));
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_verify_hash_start(&verify, only_sign, ECDSA, hash, 32, out, 64));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_sign_hash_start(&sign, 0, ECDSA, hash, 32));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_verify_hash_start(&verify, 0, ECDSA, hash, 32, out, 64));
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_sign_hash_start(&sign, only_sign, PSA_ALG_SHA_256, hash, 32));
    OK(psa_sign_hash_start(&sign, only_sign, ECDSA, hash, 32));
    FAILS(PSA_ERROR_BAD_STATE, psa_sign_hash_start(&sign, only_sign, ECDSA, hash, 32));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_sign_hash_complete(&sign, out, 63, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_sign_hash_complete(&sign, out, 64, &len));
    OK(psa_sign_hash_abort(&sign));
    OK(psa_destroy_key(only_sign));
    OK(psa_destroy_key(only_verify));
}

static void steps_belong_to_their_client(void **state)
{
    const psa_key_id_t key = generate_key(P256_PAIR, 256, USAGE, ECDSA);
    sign_t sign = psa_sign_hash_interruptible_operation_init();
    (void)state;
    OK(psa_sign_hash_start(&sign, key, ECDSA, hash, 32));
    sign_t stolen = sign;
    psa_direct_client = -2;
    FAILS(PSA_ERROR_BAD_STATE, psa_sign_hash_complete(&stolen, out, 64, &len));
    OK(psa_sign_hash_abort(&stolen));
    psa_direct_client = -1;
    OK(psa_sign_hash_complete(&sign, out, 64, &len));
    OK(psa_destroy_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_signature_is_made_and_verified_in_steps),
        TEST(a_complete_operation_can_be_used_again),
        TEST(a_wrong_signature_is_refused_in_steps),
        TEST(steps_have_their_errors),
        TEST(steps_belong_to_their_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

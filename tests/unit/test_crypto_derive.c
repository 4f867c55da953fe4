/*
 * The crypto service as a client sees it: key agreement and key derivation.
 */
#include "crypto_fixture.h"

#include "support/psa_direct.h"

#define HKDF   PSA_ALG_HKDF(PSA_ALG_SHA_256)
#define DERIVE PSA_KEY_USAGE_DERIVE
#define SECRET PSA_KEY_DERIVATION_INPUT_SECRET
#define SALT   PSA_KEY_DERIVATION_INPUT_SALT
#define INFO   PSA_KEY_DERIVATION_INPUT_INFO
#define SEED   PSA_KEY_DERIVATION_INPUT_SEED
#define LABEL  PSA_KEY_DERIVATION_INPUT_LABEL
#define COST   PSA_KEY_DERIVATION_INPUT_COST
#define ENOUGH PSA_ERROR_INSUFFICIENT_DATA

/* RFC 5869, test case 1. */
#define IKM       "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
#define HKDF_SALT "000102030405060708090a0b0c"
#define HKDF_INFO "f0f1f2f3f4f5f6f7f8f9"
#define HKDF_PRK  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
#define HKDF_OKM                                                                                   \
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"

/* RFC 5869 (the two halves too), RFC 6070 (PBKDF2, SHA-1), RFC 7914 (PBKDF2, SHA-256), the TLS 1.2 PRF
   vector for P_SHA256 that the IETF's TLS list published. */
static const struct vector {
    psa_algorithm_t alg;
    struct {
        psa_key_derivation_step_t step; /**< 0: no more. */
        const char *bytes;
    } input[3];
    uint64_t cost; /**< 0: none. */
    const char *output;
} vectors[] = {
    {HKDF, {{SALT, HKDF_SALT}, {SECRET, IKM}, {INFO, HKDF_INFO}}, 0, HKDF_OKM},
    {PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_256), {{SALT, HKDF_SALT}, {SECRET, IKM}}, 0, HKDF_PRK},
    {PSA_ALG_HKDF_EXPAND(PSA_ALG_SHA_256), {{SECRET, HKDF_PRK}, {INFO, HKDF_INFO}}, 0, HKDF_OKM},
    {PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_1),
     {{SALT, "73616c74"}, {PSA_KEY_DERIVATION_INPUT_PASSWORD, "70617373776f7264"}},
     2,
     "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
    {PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256),
     {{SALT, "73616c74"}, {PSA_KEY_DERIVATION_INPUT_PASSWORD, "706173737764"}},
     1,
     "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
     "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
    {PSA_ALG_TLS12_PRF(PSA_ALG_SHA_256),
     {{SEED, "a0ba9f936cda311827a6f796ffd5198c"},
      {SECRET, "9bbe436ba940f017b17652849a71db35"},
      {LABEL, "74657374206c6162656c"}},
     0,
     "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
     "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
     "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
     "87347b66"},
};

typedef psa_key_derivation_operation_t derivation_t;

/** Secrets come as keys, so that keys may be derived; what is to be destroyed then. */
static psa_key_id_t begin(derivation_t *operation, const struct vector *vector)
{
    psa_key_id_t key = 0;
    OK(psa_key_derivation_setup(operation, vector->alg));
    if (vector->cost != 0) {
        OK(psa_key_derivation_input_integer(operation, COST, vector->cost));
    }
    for (size_t i = 0; i < COUNT_OF(vector->input) && vector->input[i].step != 0; i++) {
        const psa_key_derivation_step_t step = vector->input[i].step;
        const struct bytes bytes = bytes_of(vector->input[i].bytes);
        if (step == SECRET || step == PSA_KEY_DERIVATION_INPUT_PASSWORD) {
            key = import_key(step == SECRET ? PSA_KEY_TYPE_DERIVE : PSA_KEY_TYPE_PASSWORD, DERIVE,
                             vector->alg, &bytes);
            OK(psa_key_derivation_input_key(operation, step, key));
        } else {
            OK(psa_key_derivation_input_bytes(operation, step, bytes.data, bytes.len));
        }
    }
    return key;
}

static void derivations_give_the_published_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const struct bytes expected = bytes_of(vectors[i].output);
        for (size_t cut = 0; cut <= expected.len; cut += 7) {
            derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
            const psa_key_id_t key = begin(&operation, &vectors[i]);
            OK(psa_key_derivation_output_bytes(&operation, out, cut));
            OK(psa_key_derivation_output_bytes(&operation, out + cut, expected.len - cut));
            assert_memory_equal(out, expected.data, expected.len);
            OK(psa_key_derivation_abort(&operation));
            OK(psa_destroy_key(key));
        }
    }
}

static void what_is_derived_can_be_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct bytes expected = bytes_of(vectors[i].output);
        const size_t places[] = {0, expected.len / 2, expected.len - 1, expected.len};
        for (size_t k = 0; k < COUNT_OF(places); k++) {
            derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
            const psa_key_id_t key = begin(&operation, &vectors[i]);
            const bool changed = places[k] < expected.len;
            expected.data[places[k]] ^= changed;
            FAILS(changed ? PSA_ERROR_INVALID_SIGNATURE : PSA_SUCCESS,
                  psa_key_derivation_verify_bytes(&operation, expected.data, expected.len));
            expected.data[places[k]] ^= changed;
            OK(psa_key_derivation_abort(&operation));
            OK(psa_destroy_key(key));
        }
    }
}

static void what_is_derived_can_be_compared_with_a_key(void **state)
{
    const struct vector *vector = &vectors[4];
    struct bytes value = bytes_of(vector->output);
    value.len = 32;
    const psa_key_id_t right = import_key(PSA_KEY_TYPE_PASSWORD_HASH,
                                          PSA_KEY_USAGE_VERIFY_DERIVATION, vector->alg, &value);
    const psa_key_id_t useless = import_key(PSA_KEY_TYPE_PASSWORD_HASH, 0, vector->alg, &value);
    const psa_key_id_t other =
        import_key(PSA_KEY_TYPE_PASSWORD_HASH, PSA_KEY_USAGE_VERIFY_DERIVATION, HKDF, &value);
    const psa_key_id_t raw =
        import_key(PSA_KEY_TYPE_RAW_DATA, PSA_KEY_USAGE_VERIFY_DERIVATION, vector->alg, &value);
    value.data[31] ^= 1;
    const psa_key_id_t wrong = import_key(PSA_KEY_TYPE_PASSWORD_HASH,
                                          PSA_KEY_USAGE_VERIFY_DERIVATION, vector->alg, &value);
    const struct {
        psa_status_t status;
        psa_key_id_t key;
    } rows[] = {
        {PSA_SUCCESS, right},
        {PSA_ERROR_INVALID_SIGNATURE, wrong},
        {PSA_ERROR_NOT_PERMITTED, useless},
        {PSA_ERROR_NOT_PERMITTED, other},
        {PSA_ERROR_INVALID_ARGUMENT, raw},
        {PSA_ERROR_INVALID_HANDLE, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
        const psa_key_id_t key = begin(&operation, vector);
        FAILS(rows[i].status, psa_key_derivation_verify_key(&operation, rows[i].key));
        OK(psa_key_derivation_abort(&operation));
        OK(psa_destroy_key(key));
        assert_int_equal(psa_destroy_key(rows[i].key), PSA_SUCCESS);
    }
}

static void capacity_limits_what_is_derived(void **state)
{
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_id_t key = begin(&operation, &vectors[0]);
    size_t capacity = 0;
    (void)state;
    OK(psa_key_derivation_get_capacity(&operation, &capacity));
    assert_int_equal(capacity, 255 * 32);
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_key_derivation_set_capacity(&operation, capacity + 1));
    OK(psa_key_derivation_set_capacity(&operation, 100));
    OK(psa_key_derivation_output_bytes(&operation, out, 42));
    OK(psa_key_derivation_get_capacity(&operation, &capacity));
    assert_int_equal(capacity, 58);
    memset(out, 0xEE, sizeof out);
    FAILS(ENOUGH, psa_key_derivation_output_bytes(&operation, out, 59));
    for (size_t i = 0; i < 59; i++) {
        assert_int_equal(out[i], 0xEE);
    }
    FAILS(ENOUGH, psa_key_derivation_output_bytes(&operation, out, 1));
    OK(psa_key_derivation_abort(&operation));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_output_bytes(&operation, out, 1));
    OK(psa_destroy_key(key));

    key = begin(&operation, &vectors[0]);
    OK(psa_key_derivation_set_capacity(&operation, 100));
    FAILS(ENOUGH, psa_key_derivation_output_bytes(&operation, out, 101));
    for (size_t i = 0; i < 101; i++) {
        assert_int_equal(out[i], 0xEE); /* not even what there was */
    }
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(key));

    key = begin(&operation, &vectors[0]);
    OK(psa_key_derivation_set_capacity(&operation, 10));
    FAILS(ENOUGH, psa_key_derivation_verify_bytes(&operation, out, 11));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(key));

    key = begin(&operation, &vectors[5]);
    OK(psa_key_derivation_get_capacity(&operation, &capacity));
    assert_true(capacity == PSA_KEY_DERIVATION_UNLIMITED_CAPACITY);
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(key));
}

static void keys_are_derived(void **state)
{
    const struct bytes okm = bytes_of(HKDF_OKM);
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_key_id_t secret = begin(&operation, &vectors[0]);
    psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_EXPORT, PSA_ALG_CTR);
    const psa_custom_key_parameters_t custom = PSA_CUSTOM_KEY_PARAMETERS_INIT;
    const psa_custom_key_parameters_t odd = {.flags = 1};
    const psa_key_production_parameters_t params = PSA_KEY_PRODUCTION_PARAMETERS_INIT;
    psa_key_id_t keys[3] = {0};
    (void)state;
    OK(psa_key_derivation_output_key(&attributes, &operation, &keys[0]));
    OK(psa_key_derivation_output_key_custom(&attributes, &operation, &custom, NULL, 0, &keys[1]));
    attributes = attributes_of(PSA_KEY_TYPE_HMAC, 80, PSA_KEY_USAGE_EXPORT, 0);
    OK(psa_key_derivation_output_key_ext(&attributes, &operation, &params, 0, &keys[2]));
    size_t at = 0;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        OK(psa_export_key(keys[i], out, sizeof out, &len));
        assert_memory_equal(out, okm.data + at, len);
        at += len;
        OK(psa_destroy_key(keys[i]));
    }
    assert_int_equal(at, 42);
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_derivation_output_key_custom(&attributes, &operation, &odd, NULL, 0, &keys[0]));
    assert_int_equal(keys[0], 0);
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(secret));

    /* A secret that was no key gives none. */
    OK(psa_key_derivation_setup(&operation, HKDF));
    OK(psa_key_derivation_input_bytes(&operation, SECRET, okm.data, okm.len));
    OK(psa_key_derivation_input_bytes(&operation, INFO, NULL, 0));
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_key_derivation_output_key(&attributes, &operation, &keys[0]));
    OK(psa_key_derivation_abort(&operation));
}

static void an_elliptic_key_is_derived(void **state)
{
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_key_id_t secret = begin(&operation, &vectors[0]);
    const psa_key_attributes_t attributes =
        attributes_of(P256_PAIR, 256, PSA_KEY_USAGE_EXPORT, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    const struct bytes okm = bytes_of(HKDF_OKM);
    psa_key_id_t key = 0;
    (void)state;
    OK(psa_key_derivation_output_key(&attributes, &operation, &key));
    OK(psa_export_key(key, out, sizeof out, &len));
    assert_int_equal(len, 32);
    assert_memory_equal(out, okm.data, 31); /* FIPS 186-4, B.4.2: and one more */
    assert_int_equal(out[31], okm.data[31] + 1);
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(secret));
}

static void derivation_has_its_errors(void **state)
{
    const struct bytes value = bytes_of(IKM);
    const psa_key_id_t useless = import_key(PSA_KEY_TYPE_DERIVE, 0, HKDF, &value);
    const psa_key_id_t other =
        import_key(PSA_KEY_TYPE_DERIVE, DERIVE, PSA_ALG_HKDF(PSA_ALG_SHA_512), &value);
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    (void)state;
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_key_derivation_setup(&operation, PSA_ALG_SHA_256));
    FAILS(PSA_ERROR_NOT_SUPPORTED,
          psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHAKE256_512)));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_key_derivation_input_key(&operation, SECRET, useless));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_key_derivation_input_key(&operation, SECRET, other));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_key_derivation_input_key(&operation, SECRET, 0));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_derivation_input_bytes(&operation, SEED, out, 5)); /* not HKDF's */
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_key_derivation_input_integer(&operation, COST, 5));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256)));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_key_derivation_input_integer(&operation, COST, 0));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    OK(psa_key_derivation_input_bytes(&operation, SECRET, out, 5));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_input_bytes(&operation, SALT, out, 5));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_output_bytes(&operation, out, 5));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(useless));
    OK(psa_destroy_key(other));
}

static void derivations_have_their_states(void **state)
{
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_AES, 128, 0, 0);
    psa_key_id_t key = 0;
    size_t capacity = 0;
    (void)state;
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_get_capacity(&operation, &capacity));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_set_capacity(&operation, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_input_bytes(&operation, SALT, out, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_input_integer(&operation, COST, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_input_key(&operation, SECRET, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_key_agreement(&operation, SECRET, 1, out, 65));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_output_bytes(&operation, out, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_output_key(&attributes, &operation, &key));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_verify_bytes(&operation, out, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_verify_key(&operation, 1));
    OK(psa_key_derivation_abort(&operation));

    OK(psa_key_derivation_setup(&operation, HKDF));
    derivation_t stolen = operation;
    psa_direct_client = -2;
    FAILS(PSA_ERROR_BAD_STATE, psa_key_derivation_input_bytes(&stolen, SECRET, out, 5));
    OK(psa_key_derivation_abort(&stolen));
    psa_direct_client = -1;
    OK(psa_key_derivation_input_bytes(&operation, SECRET, out, 5));
    OK(psa_key_derivation_abort(&operation));
}

/* Agreement. */

/** RFC 5903 section 8.1 (P-256), RFC 7748 section 5.2 (X25519). */
static const struct {
    psa_ecc_family_t family;
    const char *own;
    const char *peer;
    const char *secret;
} agreements[] = {
    {PSA_ECC_FAMILY_SECP_R1, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
     "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
     "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {PSA_ECC_FAMILY_MONTGOMERY, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
};

static void agreement_gives_the_published_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(agreements); i++) {
        const struct bytes own = bytes_of(agreements[i].own);
        const struct bytes peer = bytes_of(agreements[i].peer);
        const struct bytes secret = bytes_of(agreements[i].secret);
        const psa_key_type_t type = PSA_KEY_TYPE_ECC_KEY_PAIR(agreements[i].family);
        const psa_key_id_t key =
            import_key(type, DERIVE | PSA_KEY_USAGE_EXPORT, PSA_ALG_ECDH, &own);
        OK(psa_raw_key_agreement(PSA_ALG_ECDH, key, peer.data, peer.len, out, sizeof out, &len));
        assert_out(&secret);
        psa_key_attributes_t attributes =
            attributes_of(PSA_KEY_TYPE_DERIVE, 0, PSA_KEY_USAGE_EXPORT, 0);
        psa_key_id_t agreed = 0;
        OK(psa_key_agreement(key, peer.data, peer.len, PSA_ALG_ECDH, &attributes, &agreed));
        OK(psa_export_key(agreed, out, sizeof out, &len));
        assert_out(&secret);
        OK(psa_destroy_key(agreed));
        OK(psa_destroy_key(key));
    }
}

static void agreement_has_its_errors(void **state)
{
    const struct bytes own = bytes_of(agreements[0].own);
    struct bytes peer = bytes_of(agreements[0].peer);
    const psa_key_id_t key = import_key(P256_PAIR, DERIVE, PSA_ALG_ECDH, &own);
    const psa_key_id_t useless = import_key(P256_PAIR, 0, PSA_ALG_ECDH, &own);
    psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_AES, 256, 0, 0);
    psa_key_id_t agreed = 1;
    (void)state;
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_agreement(key, peer.data, peer.len, PSA_ALG_ECDH, &attributes, &agreed));
    assert_int_equal(agreed, 0);
    attributes = attributes_of(PSA_KEY_TYPE_DERIVE, 128, 0, 0); /* the secret has 256 */
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_agreement(key, peer.data, peer.len, PSA_ALG_ECDH, &attributes, &agreed));
    attributes = attributes_of(PSA_KEY_TYPE_DERIVE, 256, 0, 0);
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_key_agreement(useless, peer.data, peer.len, PSA_ALG_ECDH, &attributes, &agreed));
    FAILS(PSA_ERROR_INVALID_HANDLE,
          psa_key_agreement(0, peer.data, peer.len, PSA_ALG_ECDH, &attributes, &agreed));
    FAILS(PSA_ERROR_NOT_PERMITTED,
          psa_raw_key_agreement(PSA_ALG_ECDH, useless, peer.data, peer.len, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_raw_key_agreement(PSA_ALG_SHA_256, key, peer.data, peer.len, out, sizeof out, &len));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
          psa_raw_key_agreement(PSA_ALG_ECDH, key, peer.data, peer.len, out, 31, &len));
    FAILS(PSA_ERROR_INVALID_HANDLE,
          psa_raw_key_agreement(PSA_ALG_ECDH, 0, peer.data, peer.len, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_raw_key_agreement(PSA_ALG_ECDH, key, peer.data, peer.len - 1, out, sizeof out, &len));
    peer.data[64] ^= 1; /* not on the curve */
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_raw_key_agreement(PSA_ALG_ECDH, key, peer.data, peer.len, out, sizeof out, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_agreement(key, peer.data, peer.len, PSA_ALG_ECDH, &attributes, &agreed));
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(useless));
}

static void finite_fields_agree_too(void **state)
{
    const psa_key_type_t type = PSA_KEY_TYPE_DH_KEY_PAIR(PSA_DH_FAMILY_RFC7919);
    const psa_key_id_t own = generate_key(type, 2048, DERIVE, PSA_ALG_FFDH);
    const psa_key_id_t other = generate_key(type, 2048, DERIVE, PSA_ALG_FFDH);
    static uint8_t peer[256];
    static uint8_t secret[256];
    size_t peer_len = 0;
    (void)state;
    OK(psa_export_public_key(other, peer, sizeof peer, &peer_len));
    OK(psa_raw_key_agreement(PSA_ALG_FFDH, own, peer, peer_len, secret, sizeof secret, &len));
    OK(psa_export_public_key(own, peer, sizeof peer, &peer_len));
    OK(psa_raw_key_agreement(PSA_ALG_FFDH, other, peer, peer_len, out, sizeof out, &len));
    assert_int_equal(len, 256);
    assert_memory_equal(out, secret, 256);
    OK(psa_destroy_key(own));
    OK(psa_destroy_key(other));
}

static void agreement_feeds_a_derivation(void **state)
{
    const psa_algorithm_t alg = PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, HKDF);
    const struct bytes own = bytes_of(agreements[0].own);
    const struct bytes peer = bytes_of(agreements[0].peer);
    const struct bytes secret = bytes_of(agreements[0].secret);
    const psa_key_id_t key = import_key(P256_PAIR, DERIVE, alg, &own);
    const psa_key_id_t same = import_key(PSA_KEY_TYPE_DERIVE, DERIVE, HKDF, &secret);
    derivation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    uint8_t expected[40];
    (void)state;
    OK(psa_key_derivation_setup(&operation, alg));
    OK(psa_key_derivation_key_agreement(&operation, SECRET, key, peer.data, peer.len));
    OK(psa_key_derivation_input_bytes(&operation, INFO, text("x"), 1));
    OK(psa_key_derivation_output_bytes(&operation, out, sizeof expected));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    OK(psa_key_derivation_input_key(&operation, SECRET, same));
    OK(psa_key_derivation_input_bytes(&operation, INFO, text("x"), 1));
    OK(psa_key_derivation_output_bytes(&operation, expected, sizeof expected));
    OK(psa_key_derivation_abort(&operation));
    assert_memory_equal(out, expected, sizeof expected);

    OK(psa_key_derivation_setup(&operation, alg));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_derivation_key_agreement(&operation, SECRET, key, peer.data, peer.len - 1));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_key_derivation_setup(&operation, HKDF));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_key_derivation_key_agreement(&operation, SECRET, key, peer.data, peer.len));
    OK(psa_key_derivation_abort(&operation));
    OK(psa_destroy_key(key));
    OK(psa_destroy_key(same));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(derivations_give_the_published_values),
        TEST(what_is_derived_can_be_compared),
        TEST(what_is_derived_can_be_compared_with_a_key),
        TEST(capacity_limits_what_is_derived),
        TEST(keys_are_derived),
        TEST(an_elliptic_key_is_derived),
        TEST(derivation_has_its_errors),
        TEST(derivations_have_their_states),
        TEST(agreement_gives_the_published_values),
        TEST(agreement_has_its_errors),
        TEST(finite_fields_agree_too),
        TEST(agreement_feeds_a_derivation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

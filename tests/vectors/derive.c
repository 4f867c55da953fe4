/*
 * Key derivation: RFC 5869 (HKDF), RFC 6070 and 7914 (PBKDF2), the vectors for the TLS 1.2 PRF that
 * the IETF's TLS list has, RFC 4279 (pre-shared keys). A long run of PBKDF2 has fewer rounds here.
 */
#include "table.h"

#include <stdio.h>

#define SALT     PSA_KEY_DERIVATION_INPUT_SALT
#define SECRET   PSA_KEY_DERIVATION_INPUT_SECRET
#define INFO     PSA_KEY_DERIVATION_INPUT_INFO
#define SEED     PSA_KEY_DERIVATION_INPUT_SEED
#define LABEL    PSA_KEY_DERIVATION_INPUT_LABEL
#define PASSWORD PSA_KEY_DERIVATION_INPUT_PASSWORD

static const struct vector {
    const char *name;
    psa_algorithm_t alg;
    bool medium;
    struct {
        psa_key_derivation_step_t step; /**< 0: no more. */
        const char *bytes;
    } input[3];
    unsigned cost; /**< Rounds; 0: none. */
    const char *output;
} rows[] = {
    {"HKDF-SHA-256 RFC 5869 A.1",
     PSA_ALG_HKDF(PSA_ALG_SHA_256),
     true,
     {{SALT, "000102030405060708090a0b0c"},
      {SECRET, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"},
      {INFO, "f0f1f2f3f4f5f6f7f8f9"}},
     0,
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
     "5865"},
    {"HKDF-Extract-SHA-256 RFC 5869 A.1",
     PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_256),
     false,
     {{SALT, "000102030405060708090a0b0c"},
      {SECRET, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"}},
     0,
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"},
    {"HKDF-Expand-SHA-256 RFC 5869 A.1",
     PSA_ALG_HKDF_EXPAND(PSA_ALG_SHA_256),
     false,
     {{SECRET, "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"},
      {INFO, "f0f1f2f3f4f5f6f7f8f9"}},
     0,
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
     "5865"},
    {"HKDF-SHA-256 RFC 5869 A.2",
     PSA_ALG_HKDF(PSA_ALG_SHA_256),
     true,
     {{SALT, "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
             "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf"},
      {SECRET, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
               "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f"},
      {INFO, "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
             "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"}},
     0,
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
     "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
     "1d87"},
    {"HKDF-SHA-256 RFC 5869 A.3",
     PSA_ALG_HKDF(PSA_ALG_SHA_256),
     true,
     {{SALT, ""}, {SECRET, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"}, {INFO, ""}},
     0,
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
     "96c8"},
    {"HKDF-SHA-1 RFC 5869 A.4",
     PSA_ALG_HKDF(PSA_ALG_SHA_1),
     false,
     {{SALT, "000102030405060708090a0b0c"},
      {SECRET, "0b0b0b0b0b0b0b0b0b0b0b"},
      {INFO, "f0f1f2f3f4f5f6f7f8f9"}},
     0,
     "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3"
     "f896"},
    {"HKDF-Extract-SHA-1 RFC 5869 A.4",
     PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_1),
     false,
     {{SALT, "000102030405060708090a0b0c"}, {SECRET, "0b0b0b0b0b0b0b0b0b0b0b"}},
     0,
     "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243"},
    {"HKDF-Expand-SHA-1 RFC 5869 A.4",
     PSA_ALG_HKDF_EXPAND(PSA_ALG_SHA_1),
     false,
     {{SECRET, "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243"}, {INFO, "f0f1f2f3f4f5f6f7f8f9"}},
     0,
     "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3"
     "f896"},
    {"HKDF-SHA-1 RFC 5869 A.5",
     PSA_ALG_HKDF(PSA_ALG_SHA_1),
     false,
     {{SALT, "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
             "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf"},
      {SECRET, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
               "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f"},
      {INFO, "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
             "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"}},
     0,
     "0bd770a74d1160f7c9f12cd5912a06ebff6adcae899d92191fe4305673ba2ffe8fa3f1a4e5ad79f3"
     "f334b3b202b2173c486ea37ce3d397ed034c7f9dfeb15c5e927336d0441f4c4300e2cff0d0900b52"
     "d3b4"},
    {"HKDF-SHA-1 RFC 5869 A.6",
     PSA_ALG_HKDF(PSA_ALG_SHA_1),
     false,
     {{SALT, ""}, {SECRET, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"}, {INFO, ""}},
     0,
     "0ac1af7002b3d761d1e55298da9d0506b9ae52057220a306e07b6b87e8df21d0ea00033de03984d3"
     "4918"},
    {"PBKDF2-HMAC-SHA-1 RFC 6070 1",
     PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_1),
     false,
     {{SALT, "73616c74"}, {PASSWORD, "70617373776f7264"}},
     1,
     "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
    {"PBKDF2-HMAC-SHA-1 RFC 6070 2",
     PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_1),
     false,
     {{SALT, "73616c74"}, {PASSWORD, "70617373776f7264"}},
     2,
     "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
    {"PBKDF2-HMAC-SHA-1 RFC 6070 3",
     PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_1),
     false,
     {{SALT, "73616c74"}, {PASSWORD, "70617373776f7264"}},
     4096,
     "4b007901b765489abead49d926f721d065a429c1"},
    {"PBKDF2-HMAC-SHA-1 RFC 6070 with fewer rounds 5",
     PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_1),
     false,
     {{SALT, "73616c7453414c5473616c7453414c5473616c7453414c5473616c7453414c5473616c74"},
      {PASSWORD, "70617373776f726450415353574f524470617373776f7264"}},
     64,
     "1111d8ca2597225fb6e8a9a55c907c453ef953cc780ba5de3b"},
    {"PBKDF2-HMAC-SHA-1 RFC 6070 with fewer rounds 6",
     PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_1),
     false,
     {{SALT, "7361006c74"}, {PASSWORD, "7061737300776f7264"}},
     64,
     "37d4d692b40f0f51d6a99246bbbad98e"},
    {"PBKDF2-HMAC-SHA-256 RFC 7914 1",
     PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_256),
     false,
     {{SALT, "73616c74"}, {PASSWORD, "706173737764"}},
     1,
     "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645"
     "991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
    {"PBKDF2-AES-CMAC-PRF-128 RFC 4615 keys",
     PSA_ALG_PBKDF2_AES_CMAC_PRF_128,
     false,
     {{SALT, "73616c74"}, {PASSWORD, "000102030405060708090a0b0c0d0e0fedcb"}},
     2,
     "b10bfb3b8a2f3dd7ff293510e5877fd908a61f4494f70094"},
    {"TLS12-PRF-SHA-256 IETF TLS list",
     PSA_ALG_TLS12_PRF(PSA_ALG_SHA_256),
     true,
     {{SEED, "a0ba9f936cda311827a6f796ffd5198c"},
      {SECRET, "9bbe436ba940f017b17652849a71db35"},
      {LABEL, "74657374206c6162656c"}},
     0,
     "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9"
     "c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789ba"
     "a48082d122ee42c5a72e5a5110fff70187347b66"},
    {"TLS12-PRF-SHA-384 IETF TLS list",
     PSA_ALG_TLS12_PRF(PSA_ALG_SHA_384),
     false,
     {{SEED, "cd665cf6a8447dd6ff8b27555edb7465"},
      {SECRET, "b80b733d6ceefcdc71566ea48e5567df"},
      {LABEL, "74657374206c6162656c"}},
     0,
     "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe3"
     "4f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3"
     "d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236"
     "a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f"},
    {"TLS12-PSK-to-MS-SHA-256 RFC 4279",
     PSA_ALG_TLS12_PSK_TO_MS(PSA_ALG_SHA_256),
     true,
     {{SEED, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
             "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"},
      {SECRET, "70736b206f662031342062797465"},
      {LABEL, "6d617374657220736563726574"}},
     0,
     "3f74b6049f31a0c3eb9b9472cbf932c845e59468b97b730a2a6eec6d63f8a6409f8252efbf4cdff0"
     "7aec5a38cf94518b"},
    {"TLS12-ECJPAKE-to-PMS Thread 1.1",
     PSA_ALG_TLS12_ECJPAKE_TO_PMS,
     false,
     {{SECRET, "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
               "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"}},
     0,
     "10985c901b9bc6c098258f3ae43e4f3f129066efd8335271ec7e07c89bda39c9"},
};

typedef psa_key_derivation_operation_t operation_t;

/** All inputs; a secret is one as bytes. */
static void begin(const struct vector *row, operation_t *operation)
{
    static struct bytes bytes;
    *operation = psa_key_derivation_operation_init();
    OK(row->name, psa_key_derivation_setup(operation, row->alg));
    if (row->cost != 0) {
        OK(row->name,
           psa_key_derivation_input_integer(operation, PSA_KEY_DERIVATION_INPUT_COST, row->cost));
    }
    for (size_t i = 0; i < VECTORS_COUNT_OF(row->input) && row->input[i].bytes != NULL; i++) {
        vectors_read(&bytes, row->input[i].bytes);
        OK(row->name,
           psa_key_derivation_input_bytes(operation, row->input[i].step, bytes.data, bytes.len));
    }
}

static void run(const struct vector *row, struct bytes *output)
{
    operation_t operation;
    /* A premaster secret comes whole or not at all. */
    const bool whole = row->alg == PSA_ALG_TLS12_ECJPAKE_TO_PMS;
    const size_t cut = whole ? 0 : output->len / 3;
    begin(row, &operation);
    if (!whole) {
        OK(row->name, psa_key_derivation_output_bytes(&operation, vectors_out, cut));
    }
    OK(row->name,
       psa_key_derivation_output_bytes(&operation, vectors_out + cut, output->len - cut));
    vectors_equal(row->name, output, vectors_out, output->len);
    OK(row->name, psa_key_derivation_abort(&operation));
    const size_t places[] = {0, output->len / 2, output->len - 1};
    for (size_t i = 0; i < VECTORS_COUNT_OF(places) && row->cost < 100; i++) {
        begin(row, &operation);
        output->data[places[i]] ^= 1;
        CHECK(row->name, PSA_ERROR_INVALID_SIGNATURE,
              psa_key_derivation_verify_bytes(&operation, output->data, output->len));
        output->data[places[i]] ^= 1;
        OK(row->name, psa_key_derivation_abort(&operation));
    }
}

void vectors_derive(void)
{
    static struct bytes output;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        const char *third = row->input[2].bytes;
        const char *second = row->input[1].bytes;
        char rounds[9];
        (void)snprintf(rounds, sizeof rounds, "%08x", row->cost);
        vectors_tell((const char *[]){"derive", row->name, row->output, rounds, row->input[0].bytes,
                                      second != NULL ? second : "", third != NULL ? third : "",
                                      NULL});
        vectors_read(&output, row->output);
        if (vectors_absent(row->medium)) {
            operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
            vectors_refused(row->name, PSA_SUCCESS, psa_key_derivation_setup(&operation, row->alg));
        } else {
            run(row, &output);
        }
    }
}

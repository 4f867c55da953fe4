/*
 * The crypto service as a client sees it: hashes, random bytes, and the protocol by hand.
 */
#include "crypto_fixture.h"

#include <psa/client.h>

#include "services/clients.h"
#include "services/crypto.h"
#include "services/crypto_protocol.h"
#include "support/port_fake.h"
#include "support/psa_direct.h"

#define SHA256 PSA_ALG_SHA_256

/* Hashes: FIPS 180-4 examples, and a million times "a". */

static const uint8_t sha256_empty[32] = {
    0xE3, 0xB0, 0xC4, 0x42, 0x98, 0xFC, 0x1C, 0x14, 0x9A, 0xFB, 0xF4, 0xC8, 0x99, 0x6F, 0xB9, 0x24,
    0x27, 0xAE, 0x41, 0xE4, 0x64, 0x9B, 0x93, 0x4C, 0xA4, 0x95, 0x99, 0x1B, 0x78, 0x52, 0xB8, 0x55};
static const uint8_t sha256_two_blocks[32] = {
    0x24, 0x8D, 0x6A, 0x61, 0xD2, 0x06, 0x38, 0xB8, 0xE5, 0xC0, 0x26, 0x93, 0x0C, 0x3E, 0x60, 0x39,
    0xA3, 0x3C, 0xE4, 0x59, 0x64, 0xFF, 0x21, 0x67, 0xF6, 0xEC, 0xED, 0xD4, 0x19, 0xDB, 0x06, 0xC1};
static const uint8_t sha256_million[32] = {
    0xCD, 0xC7, 0x6E, 0x5C, 0x99, 0x14, 0xFB, 0x92, 0x81, 0xA1, 0xC7, 0xE2, 0x84, 0xD7, 0x3E, 0x67,
    0xF1, 0x80, 0x9A, 0x48, 0xA4, 0x97, 0x20, 0x0E, 0x04, 0x6D, 0x39, 0xCC, 0xC7, 0x11, 0x2C, 0xD0};
static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static void hash_compute_gives_the_published_values(void **state)
{
    static uint8_t million[1000000];
    (void)state;
    assert_int_equal(psa_hash_compute(SHA256, text("abc"), 3, out, 32, &len), PSA_SUCCESS);
    assert_int_equal(len, 32);
    assert_memory_equal(out, sha256_abc, 32);
    assert_int_equal(psa_hash_compute(SHA256, NULL, 0, out, 32, &len), PSA_SUCCESS);
    assert_memory_equal(out, sha256_empty, 32);
    assert_int_equal(psa_hash_compute(SHA256, text(two_blocks), 56, out, 32, &len), PSA_SUCCESS);
    assert_memory_equal(out, sha256_two_blocks, 32);
    memset(million, 'a', sizeof million);
    assert_int_equal(psa_hash_compute(SHA256, million, sizeof million, out, 32, &len), PSA_SUCCESS);
    assert_memory_equal(out, sha256_million, 32);
}

/** "abc": FIPS 180-4, FIPS 202, RFC 1321, the RIPEMD-160 page. */
static void every_hash_gives_its_published_value(void **state)
{
    static const struct {
        psa_algorithm_t alg;
        const char *hash;
    } rows[] = {
        {PSA_ALG_MD5, "900150983cd24fb0d6963f7d28e17f72"},
        {PSA_ALG_RIPEMD160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
        {PSA_ALG_SHA_1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {PSA_ALG_SHA_224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {PSA_ALG_SHA_256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {PSA_ALG_SHA_384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
                          "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
        {PSA_ALG_SHA_512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
        {PSA_ALG_SHA3_224, "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"},
        {PSA_ALG_SHA3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
        {PSA_ALG_SHA3_384, "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c25"
                           "96da7cf0e49be4b298d88cea927ac7f539f1edf228376d25"},
        {PSA_ALG_SHA3_512, "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
                           "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct bytes hash = bytes_of(rows[i].hash);
        OK(psa_hash_compute(rows[i].alg, text("abc"), 3, out, sizeof out, &len));
        assert_out(&hash);
        OK(psa_hash_compare(rows[i].alg, text("abc"), 3, hash.data, hash.len));
    }
}

/** Many blocks: a million times "a" through the hashes whose loops are our own. */
static void old_hashes_of_a_million_bytes(void **state)
{
    static const struct {
        psa_algorithm_t alg;
        const char *hash;
    } rows[] = {
        {PSA_ALG_MD5, "7707d6ae4e027c70eea2a935c2296f21"},
        {PSA_ALG_RIPEMD160, "52783243c1697bdbe16d37f97f68f08325dc1528"},
        {PSA_ALG_SHA_1, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
    };
    static uint8_t million[1000000];
    (void)state;
    memset(million, 'a', sizeof million);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct bytes hash = bytes_of(rows[i].hash);
        OK(psa_hash_compute(rows[i].alg, million, sizeof million, out, sizeof out, &len));
        assert_out(&hash);
    }
}

static void hash_compute_writes_only_the_hash(void **state)
{
    (void)state;
    memset(out, 0xEE, sizeof out);
    assert_int_equal(psa_hash_compute(SHA256, text("abc"), 3, out, sizeof out, &len), PSA_SUCCESS);
    assert_int_equal(len, 32);
    for (size_t i = 32; i < sizeof out; i++) {
        assert_int_equal(out[i], 0xEE);
    }
}

static void hash_compute_has_its_errors(void **state)
{
    (void)state;
    for (size_t size = 0; size < 32; size++) {
        len = 99;
        assert_int_equal(psa_hash_compute(SHA256, text("abc"), 3, out, size, &len),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        assert_int_equal(len, 0);
    }
    assert_int_equal(psa_hash_compute(PSA_ALG_SHAKE256_512, text("abc"), 3, out, 32, &len),
                     PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(psa_hash_compute(ECDSA, text("abc"), 3, out, 32, &len),
                     PSA_ERROR_INVALID_ARGUMENT);
}

static void hash_compare_sees_every_byte(void **state)
{
    uint8_t hash[33] = {0};
    (void)state;
    memcpy(hash, sha256_abc, 32);
    assert_int_equal(psa_hash_compare(SHA256, text("abc"), 3, hash, 32), PSA_SUCCESS);
    assert_int_equal(psa_hash_compare(SHA256, text("abc"), 3, hash, 31),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_hash_compare(SHA256, text("abc"), 3, hash, 33),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_hash_compare(SHA256, text("abc"), 3, NULL, 0),
                     PSA_ERROR_INVALID_SIGNATURE);
    for (size_t i = 0; i < 32; i++) {
        hash[i] ^= 0x80;
        assert_int_equal(psa_hash_compare(SHA256, text("abc"), 3, hash, 32),
                         PSA_ERROR_INVALID_SIGNATURE);
        hash[i] ^= 0x80;
    }
}

static void the_longest_hash_is_not_cut_when_compared(void **state)
{
    uint8_t hash[65] = {0};
    (void)state;
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_512, text("abc"), 3, hash, 64, &len),
                     PSA_SUCCESS);
    assert_int_equal(psa_hash_compare(PSA_ALG_SHA_512, text("abc"), 3, hash, 64), PSA_SUCCESS);
    assert_int_equal(psa_hash_compare(PSA_ALG_SHA_512, text("abc"), 3, hash, 65),
                     PSA_ERROR_INVALID_SIGNATURE);
}

static void hash_in_parts_equals_hash_at_once(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    (void)state;
    for (size_t cut = 0; cut <= 56; cut++) {
        assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
        assert_int_equal(psa_hash_update(&operation, text(two_blocks), cut), PSA_SUCCESS);
        assert_int_equal(psa_hash_clone(&operation, &clone), PSA_SUCCESS);
        assert_int_equal(psa_hash_update(&operation, text(two_blocks) + cut, 56 - cut),
                         PSA_SUCCESS);
        assert_int_equal(psa_hash_finish(&operation, out, sizeof out, &len), PSA_SUCCESS);
        assert_int_equal(len, 32);
        assert_memory_equal(out, sha256_two_blocks, 32);
        assert_int_equal(psa_hash_update(&clone, text(two_blocks) + cut, 56 - cut), PSA_SUCCESS);
        assert_int_equal(psa_hash_verify(&clone, sha256_two_blocks, 32), PSA_SUCCESS);
    }
}

static void hash_operations_have_their_states(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t other = PSA_HASH_OPERATION_INIT;
    (void)state;
    assert_int_equal(psa_hash_update(&operation, out, 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_finish(&operation, out, 32, &len), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_verify(&operation, out, 32), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_clone(&operation, &other), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);

    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_setup(&other, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_clone(&operation, &other), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&other), PSA_SUCCESS);

    /* After a failure only psa_hash_abort() helps. */
    assert_int_equal(psa_hash_finish(&operation, out, 31, &len), PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(psa_hash_finish(&operation, out, 32, &len), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_verify(&operation, sha256_abc, 32), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);

    assert_int_equal(psa_hash_setup(&operation, PSA_ALG_SHAKE256_512), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
}

static void hash_operations_are_limited_and_come_back(void **state)
{
    psa_hash_operation_t operation[9] = {0};
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 8; i++) {
            assert_int_equal(psa_hash_setup(&operation[i], SHA256), PSA_SUCCESS);
        }
        assert_int_equal(psa_hash_setup(&operation[8], SHA256), PSA_ERROR_INSUFFICIENT_MEMORY);
        assert_int_equal(psa_hash_clone(&operation[0], &operation[8]),
                         PSA_ERROR_INSUFFICIENT_MEMORY);
        for (size_t i = 0; i < 8; i++) {
            assert_int_equal(psa_hash_abort(&operation[i]), PSA_SUCCESS);
        }
    }
}

static void hash_operations_belong_to_their_client(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    (void)state;
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_update(&operation, text("ab"), 2), PSA_SUCCESS);
    psa_hash_operation_t stolen = operation;
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    psa_direct_client = -2;
    assert_int_equal(psa_hash_update(&stolen, text("x"), 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_clone(&stolen, &clone), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_finish(&stolen, out, 32, &len), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&stolen), PSA_SUCCESS); /* aborts nothing */
    psa_direct_client = -1;
    assert_int_equal(psa_hash_update(&operation, text("c"), 1), PSA_SUCCESS);
    assert_int_equal(psa_hash_verify(&operation, sha256_abc, 32), PSA_SUCCESS);
}

static void a_replayed_operation_names_nothing(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t next = PSA_HASH_OPERATION_INIT;
    (void)state;
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    psa_hash_operation_t replayed = operation;
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
    assert_int_equal(psa_hash_setup(&next, SHA256), PSA_SUCCESS); /* the same place */
    assert_int_equal(psa_hash_update(&replayed, text("x"), 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&replayed), PSA_SUCCESS);
    assert_int_equal(psa_hash_verify(&next, sha256_empty, 32), PSA_SUCCESS);
}

static void random_fills_exactly_what_was_asked(void **state)
{
    uint8_t data[300];
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        memset(data, 0, sizeof data);
        assert_int_equal(psa_generate_random(data, size), PSA_SUCCESS);
        size_t zeros = 0;
        for (size_t i = 0; i < sizeof data; i++) {
            zeros += data[i] == 0;
            assert_true(i < size || data[i] == 0);
        }
        assert_true(zeros <= sizeof data - size + 8);
    }
}

static void random_fails_when_its_source_does(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 55;
    (void)state;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    port_fake.entropy = GARRISON_ERROR_DEVICE;
    assert_int_equal(psa_generate_random(out, 16), PSA_ERROR_INSUFFICIENT_ENTROPY);
    assert_true(psa_generate_key(&attributes, &key) != PSA_SUCCESS);
    assert_int_equal(key, 0);
}

static psa_status_t call(const void *request, size_t request_len, psa_outvec *out_vec)
{
    psa_invec in = {request, request_len};
    return psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, out_vec, out_vec != NULL);
}

static void unknown_functions_are_not_supported(void **state)
{
    struct crypto_request request = {0};
    (void)state;
    for (uint32_t function = 0; function < 300; function++) {
        request.function = function;
        if (function == 0 || function >= CRYPTO_FUNCTIONS) {
            assert_int_equal(call(&request, sizeof request, NULL), PSA_ERROR_NOT_SUPPORTED);
        }
    }
    request.function = UINT32_MAX;
    assert_int_equal(call(&request, sizeof request, NULL), PSA_ERROR_NOT_SUPPORTED);
    request.function = CRYPTO_RANDOM;
    psa_invec in = {&request, sizeof request};
    assert_int_equal(psa_call(CRYPTO_HANDLE, 1, &in, 1, NULL, 0), PSA_ERROR_NOT_SUPPORTED);
}

static void requests_may_leave_out_zeros_at_their_end(void **state)
{
    uint8_t request[128] = {CRYPTO_RANDOM};
    (void)state;
    for (size_t size = 0; size <= sizeof request; size++) {
        const bool right =
            size >= CRYPTO_REQUEST_BYTES_MIN && size <= sizeof(struct crypto_request);
        assert_int_equal(call(request, size, NULL),
                         right ? PSA_SUCCESS : PSA_ERROR_PROGRAMMER_ERROR);
    }
    assert_int_equal(psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, NULL, 0, NULL, 0),
                     PSA_ERROR_PROGRAMMER_ERROR);
}

static bool needs_nothing(uint32_t function)
{
    return function == CRYPTO_RANDOM || function == CRYPTO_ABORT || function == CRYPTO_FORGET ||
           function == CRYPTO_DESTROY_KEY || function == CRYPTO_CLOSE_KEY;
}

static void every_function_survives_missing_vectors(void **state)
{
    struct crypto_request request = {0};
    (void)state;
    for (uint32_t function = 1; function < CRYPTO_FUNCTIONS; function++) {
        request.function = function;
        request.alg = SHA256;
        const psa_status_t status = call(&request, sizeof request, NULL);
        assert_int_equal(status == PSA_SUCCESS, needs_nothing(function));
        assert_int_not_equal(status, PSA_ERROR_NOT_SUPPORTED);
    }
    assert_int_equal(port_fake.panic[0], '\0');
}

static void every_function_of_an_operation_wants_one_of_its_kind(void **state)
{
    psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    struct crypto_request request = {0};
    uint8_t room[64];
    (void)state;
    for (uint32_t function = 1; function < CRYPTO_FUNCTIONS; function++) {
        const bool of_hash = function >= CRYPTO_HASH_SETUP && function <= CRYPTO_HASH_CLONE;
        const bool of_derivation =
            function >= CRYPTO_DERIVATION_SETUP && function <= CRYPTO_DERIVATION_VERIFY_KEY;
        OK(psa_hash_setup(&hash, SHA256));
        OK(psa_key_derivation_setup(&derivation, PSA_ALG_HKDF(SHA256)));
        request = (struct crypto_request){.function = function, .operation = hash.handle};
        psa_outvec vec = {room, 4};
        if (!of_hash && function != CRYPTO_FORGET) {
            const psa_status_t status = call(&request, sizeof request, &vec);
            assert_true(status != PSA_SUCCESS || needs_nothing(function));
        }
        request.operation = derivation.handle;
        if (!of_derivation && function != CRYPTO_FORGET && function != CRYPTO_ABORT) {
            const psa_status_t status = call(&request, sizeof request, &vec);
            assert_true(status != PSA_SUCCESS || needs_nothing(function));
            size_t capacity = 0;
            OK(psa_key_derivation_get_capacity(&derivation, &capacity));
        }
        OK(psa_hash_abort(&hash));
        OK(psa_key_derivation_abort(&derivation));
    }
}

static void a_client_that_starts_anew_has_nothing(void **state)
{
    psa_hash_operation_t operation[4] = {0};
    psa_hash_operation_t others = PSA_HASH_OPERATION_INIT;
    const struct crypto_request request = {.function = CRYPTO_FORGET};
    psa_key_id_t key = 0;
    (void)state;
    psa_direct_client = -2;
    OK(psa_hash_setup(&others, SHA256));
    const psa_key_id_t others_key = generate_key(PSA_KEY_TYPE_AES, 128, 0, 0);
    psa_direct_client = -1;
    for (size_t i = 0; i < COUNT_OF(operation); i++) {
        OK(psa_hash_setup(&operation[i], SHA256));
        key = generate_key(PSA_KEY_TYPE_AES, 128, 0, 0);
    }
    OK(call(&request, sizeof request, NULL));
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_get_key_attributes(key, &attributes));
    FAILS(PSA_ERROR_BAD_STATE, psa_hash_update(&operation[0], out, 1));
    psa_direct_client = -2;
    OK(psa_hash_verify(&others, sha256_empty, 32));
    OK(psa_destroy_key(others_key));
}

/** As the manager tells it of a partition. */
static void of_a_client_that_has_ended_nothing_is_left(void **state)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t others = PSA_HASH_OPERATION_INIT;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    const psa_msg_t ended = {.type = PSA_IPC_CLIENT_ENDED, .client_id = -1};
    (void)state;
    psa_direct_client = -2;
    OK(psa_hash_setup(&others, SHA256));
    psa_direct_client = -1;
    OK(psa_hash_setup(&operation, SHA256));
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, 0, 0);
    OK(crypto_service(&ended));
    OK(crypto_service(&ended)); /* which has nothing */
    FAILS(PSA_ERROR_INVALID_HANDLE, psa_get_key_attributes(key, &attributes));
    FAILS(PSA_ERROR_BAD_STATE, psa_hash_update(&operation, out, 1));
    psa_direct_client = -2;
    OK(psa_hash_verify(&others, sha256_empty, 32));
}

static void one_client_cannot_use_up_what_others_need(void **state)
{
    psa_hash_operation_t operation[9] = {0};
    psa_hash_operation_t others = PSA_HASH_OPERATION_INIT;
    psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_RAW_DATA, 8 * 512, 0, 0);
    const struct crypto_request request = {.function = CRYPTO_FORGET};
    const psa_key_id_t aes =
        generate_key(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_ENCRYPT, PSA_ALG_GCM);
    psa_key_id_t key = 0;
    psa_status_t status = PSA_SUCCESS;
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        OK(psa_hash_setup(&operation[i], SHA256));
    }
    FAILS(PSA_ERROR_INSUFFICIENT_MEMORY, psa_hash_setup(&operation[8], SHA256));
    psa_direct_client = -2;
    OK(psa_hash_setup(&others, SHA256)); /* not a place of the first client's */
    psa_direct_client = -1;
    while (status == PSA_SUCCESS) { /* until the arena has no more for it */
        status = psa_generate_key(&attributes, &key);
    }
    assert_int_equal(status, PSA_ERROR_INSUFFICIENT_MEMORY);
    /* Room for what is needed only during a call is still there. */
    OK(psa_aead_encrypt(aes, PSA_ALG_GCM, out, 12, NULL, 0, out + 12, 1000, out + 12, 1016, &len));
    for (psa_direct_client = -2; psa_direct_client < 0; psa_direct_client++) {
        OK(call(&request, sizeof request, NULL));
    }
}

/** All modules have theirs at once, and the application its own. */
static void modules_have_operations_of_their_own(void **state)
{
    psa_hash_operation_t operation[CLIENT_MODULES][4] = {0};
    psa_hash_operation_t own[8] = {0};
    psa_msg_t ended = {.type = PSA_IPC_CLIENT_ENDED};
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int32_t module = 0; module < (int32_t)CLIENT_MODULES; module++) {
            psa_direct_client = CLIENT_MODULE_FIRST + module;
            for (size_t i = 0; i < 3; i++) {
                OK(psa_hash_setup(&operation[module][i], SHA256));
            }
            FAILS(PSA_ERROR_INSUFFICIENT_MEMORY, psa_hash_setup(&operation[module][3], SHA256));
        }
        psa_direct_client = -1;
        for (size_t i = 0; i < COUNT_OF(own); i++) {
            OK(psa_hash_setup(&own[i], SHA256));
        }
        for (size_t i = 0; i < COUNT_OF(own); i++) {
            OK(psa_hash_abort(&own[i]));
        }
        for (int32_t module = 0; module < (int32_t)CLIENT_MODULES; module++) {
            ended.client_id = CLIENT_MODULE_FIRST + module;
            OK(crypto_service(&ended));
            for (size_t i = 0; i < 3; i++) {
                operation[module][i] = psa_hash_operation_init();
            }
        }
    }
}

/** A label that an operation keeps counts as what a module holds. */
static void an_operation_does_not_grow_beyond_a_modules_share(void **state)
{
    static const uint8_t label[3000];
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    (void)state;
    for (int module = 0; module < 2; module++) {
        psa_direct_client = module != 0 ? CLIENT_MODULE_FIRST : -1;
        OK(psa_key_derivation_setup(&operation, PSA_ALG_TLS12_PRF(SHA256)));
        assert_int_equal(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SEED,
                                                        label, sizeof label),
                         module != 0 ? PSA_ERROR_INSUFFICIENT_MEMORY : PSA_SUCCESS);
        OK(psa_key_derivation_abort(&operation));
    }
    OK(psa_key_derivation_setup(&operation, PSA_ALG_TLS12_PRF(SHA256)));
    OK(psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SEED, label, 1000));
    OK(psa_key_derivation_abort(&operation));
    psa_direct_client = -1;
}

/** What the application's operations are given leaves modules and partitions the reserve. */
static void operations_do_not_grow_into_the_reserve(void **state)
{
    static const uint8_t info[7400];
    static const size_t sizes[] = {7400, 3600, 1750, 800, 360, 140, 40, 10};
    psa_key_derivation_operation_t operations[COUNT_OF(sizes)];
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    unsigned refused = 0;
    (void)state;
    memset(operations, 0, sizeof operations);
    psa_direct_client = -1;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        OK(psa_key_derivation_setup(&operations[i], PSA_ALG_HKDF(SHA256)));
        OK(psa_key_derivation_input_bytes(&operations[i], PSA_KEY_DERIVATION_INPUT_SECRET, info,
                                          32));
    }
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const psa_status_t status = psa_key_derivation_input_bytes(
            &operations[i], PSA_KEY_DERIVATION_INPUT_INFO, info, sizes[i]);
        assert_true(status == PSA_SUCCESS || status == PSA_ERROR_INSUFFICIENT_MEMORY);
        refused += status != PSA_SUCCESS ? 1u : 0u;
    }
    assert_true(refused > 0);
    psa_direct_client = CLIENT_MODULE_FIRST;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RAW_DATA);
    OK(psa_import_key(&attributes, info, 512, &key));
    OK(psa_destroy_key(key));
    psa_direct_client = -1;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        OK(psa_key_derivation_abort(&operations[i]));
    }
}

static void results_of_a_wrong_size_are_refused_before_anything_is_made(void **state)
{
    static const uint32_t functions[] = {CRYPTO_HASH_SETUP, CRYPTO_HASH_CLONE, CRYPTO_GENERATE_KEY,
                                         CRYPTO_IMPORT_KEY};
    struct crypto_request request = {.alg = SHA256};
    (void)state;
    for (int round = 0; round < 20; round++) { /* more than there are operations */
        for (size_t i = 0; i < COUNT_OF(functions); i++) {
            psa_outvec vec = {out, round % 2 == 0 ? 3 : 5};
            request.function = functions[i];
            assert_int_equal(call(&request, sizeof request, &vec), PSA_ERROR_PROGRAMMER_ERROR);
        }
    }
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    assert_int_equal(psa_hash_setup(&operation, SHA256), PSA_SUCCESS);
    assert_int_equal(psa_hash_abort(&operation), PSA_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hash_compute_gives_the_published_values),
        TEST(every_hash_gives_its_published_value),
        TEST(old_hashes_of_a_million_bytes),
        TEST(hash_compute_writes_only_the_hash),
        TEST(hash_compute_has_its_errors),
        TEST(hash_compare_sees_every_byte),
        TEST(the_longest_hash_is_not_cut_when_compared),
        TEST(hash_in_parts_equals_hash_at_once),
        TEST(hash_operations_have_their_states),
        TEST(hash_operations_are_limited_and_come_back),
        TEST(hash_operations_belong_to_their_client),
        TEST(a_replayed_operation_names_nothing),
        TEST(random_fills_exactly_what_was_asked),
        TEST(random_fails_when_its_source_does),
        TEST(unknown_functions_are_not_supported),
        TEST(requests_may_leave_out_zeros_at_their_end),
        TEST(every_function_survives_missing_vectors),
        TEST(every_function_of_an_operation_wants_one_of_its_kind),
        TEST(a_client_that_starts_anew_has_nothing),
        TEST(of_a_client_that_has_ended_nothing_is_left),
        TEST(one_client_cannot_use_up_what_others_need),
        TEST(modules_have_operations_of_their_own),
        TEST(an_operation_does_not_grow_beyond_a_modules_share),
        TEST(operations_do_not_grow_into_the_reserve),
        TEST(results_of_a_wrong_size_are_refused_before_anything_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The crypto service as a client sees it: authenticated encryption.
 */
#include "crypto_fixture.h"

#include "support/psa_direct.h"

#define ENCRYPT PSA_KEY_USAGE_ENCRYPT
#define DECRYPT PSA_KEY_USAGE_DECRYPT
#define GCM     PSA_ALG_GCM

#define GCM_KEY "feffe9928665731c6d6a8f9467308308"
#define GCM_PLAIN                                                                                  \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"                             \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define GCM_AD "feedfacedeadbeeffeedfacedeadbeefabaddad2"

/* The GCM specification's test cases 4, 5 and 6 (the last with a nonce of 60 bytes), SP 800-38C
   examples 1 and 2 (CCM), RFC 8439 section 2.8.2. */
static const struct vector {
    psa_key_type_t type;
    psa_algorithm_t alg;
    const char *key;
    const char *nonce;
    const char *ad;
    const char *plain;
    const char *cipher; /**< And the tag. */
} vectors[] = {
    {PSA_KEY_TYPE_AES, GCM, GCM_KEY, "cafebabefacedbaddecaf888", GCM_AD, GCM_PLAIN,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {PSA_KEY_TYPE_AES, GCM, GCM_KEY, "cafebabefacedbad", GCM_AD, GCM_PLAIN,
     "61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c7423"
     "73806900e49f24b22b097544d4896b424989b5e1ebac0f07c23f4598"
     "3612d2e79e3b0785561be14aaca2fccb"},
    {PSA_KEY_TYPE_AES, GCM, GCM_KEY,
     "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728"
     "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
     GCM_AD, GCM_PLAIN,
     "8ce24998625615b603a033aca13fb894be9112a5c3a211a8ba262a3cca7e2ca7"
     "01e4a9a4fba43c90ccdcb281d48c7c6fd62875d2aca417034c34aee5"
     "619cc5aefffe0bfa462af43c1699d050"},
    {PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 4),
     "404142434445464748494a4b4c4d4e4f", "10111213141516", "0001020304050607", "20212223",
     "7162015b4dac255d"},
    {PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 6),
     "404142434445464748494a4b4c4d4e4f", "1011121314151617", "000102030405060708090a0b0c0d0e0f",
     "202122232425262728292a2b2c2d2e2f", "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd"},
    {PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
     "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
     "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
     "637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
     "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
     "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd060"
     "0691"},
};

/** A vector's bytes, and a key with its value. */
struct material {
    struct bytes nonce;
    struct bytes ad;
    struct bytes plain;
    struct bytes cipher;
    size_t tag;
    psa_key_id_t key;
};

static void take(const struct vector *vector, struct material *material)
{
    const struct bytes value = bytes_of(vector->key);
    material->nonce = bytes_of(vector->nonce);
    material->ad = bytes_of(vector->ad);
    material->plain = bytes_of(vector->plain);
    material->cipher = bytes_of(vector->cipher);
    material->tag = material->cipher.len - material->plain.len;
    material->key = import_key(vector->type, ENCRYPT | DECRYPT, vector->alg, &value);
}

static psa_status_t encrypt(const struct material *m, psa_algorithm_t alg, size_t size)
{
    return psa_aead_encrypt(m->key, alg, m->nonce.data, m->nonce.len, m->ad.data, m->ad.len,
                            m->plain.data, m->plain.len, out, size, &len);
}

static psa_status_t decrypt(const struct material *m, psa_algorithm_t alg, size_t size)
{
    return psa_aead_decrypt(m->key, alg, m->nonce.data, m->nonce.len, m->ad.data, m->ad.len,
                            m->cipher.data, m->cipher.len, out, size, &len);
}

static void aead_gives_the_published_values(void **state)
{
    static struct material m;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        take(&vectors[i], &m);
        OK(encrypt(&m, vectors[i].alg, sizeof out));
        assert_out(&m.cipher);
        OK(decrypt(&m, vectors[i].alg, sizeof out));
        assert_out(&m.plain);
        OK(psa_destroy_key(m.key));
    }
}

/** Nonce and lengths, and the additional data in two parts. */
static void begin(psa_aead_operation_t *operation, const struct material *m, size_t cut)
{
    cut = cut < m->ad.len ? cut : m->ad.len;
    OK(psa_aead_set_lengths(operation, m->ad.len, m->plain.len));
    OK(psa_aead_set_nonce(operation, m->nonce.data, m->nonce.len));
    OK(psa_aead_update_ad(operation, m->ad.data, cut));
    OK(psa_aead_update_ad(operation, m->ad.data + cut, m->ad.len - cut));
}

static void aead_in_parts_equals_aead_at_once(void **state)
{
    static struct material m;
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE];
    size_t part = 0;
    size_t tag_len = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        take(&vectors[i], &m);
        for (size_t cut = 0; cut <= m.plain.len; cut += 3) {
            psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
            OK(psa_aead_encrypt_setup(&operation, m.key, vectors[i].alg));
            begin(&operation, &m, cut);
            OK(psa_aead_update(&operation, m.plain.data, cut, out, sizeof out, &len));
            OK(psa_aead_update(&operation, m.plain.data + cut, m.plain.len - cut, out + len,
                               sizeof out - len, &part));
            len += part;
            OK(psa_aead_finish(&operation, out + len, sizeof out - len, &part, tag, sizeof tag,
                               &tag_len));
            assert_int_equal(len + part, m.plain.len);
            assert_memory_equal(out, m.cipher.data, m.plain.len);
            assert_int_equal(tag_len, m.tag);
            assert_memory_equal(tag, m.cipher.data + m.plain.len, m.tag);

            OK(psa_aead_decrypt_setup(&operation, m.key, vectors[i].alg));
            begin(&operation, &m, cut);
            OK(psa_aead_update(&operation, m.cipher.data, m.plain.len, out, sizeof out, &len));
            OK(psa_aead_verify(&operation, out + len, sizeof out - len, &part, tag, tag_len));
            assert_memory_equal(out, m.plain.data, m.plain.len);
        }
        OK(psa_destroy_key(m.key));
    }
}

static void nothing_that_was_changed_is_decrypted(void **state)
{
    static struct material m;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        take(&vectors[i], &m);
        for (size_t at = 0; at < m.cipher.len; at += 5) {
            memset(out, 0, sizeof out);
            m.cipher.data[at] ^= 0x10;
            FAILS(PSA_ERROR_INVALID_SIGNATURE, decrypt(&m, vectors[i].alg, sizeof out));
            assert_int_equal(len, 0);
            for (size_t k = 0; k < m.plain.len; k++) {
                assert_int_equal(out[k], 0);
            }
            m.cipher.data[at] ^= 0x10;
        }
        m.ad.data[0] ^= 1;
        FAILS(PSA_ERROR_INVALID_SIGNATURE, decrypt(&m, vectors[i].alg, sizeof out));
        m.ad.data[0] ^= 1;
        m.nonce.data[0] ^= 1;
        FAILS(PSA_ERROR_INVALID_SIGNATURE, decrypt(&m, vectors[i].alg, sizeof out));
        OK(psa_destroy_key(m.key));
    }
}

static void a_tag_is_compared_whole(void **state)
{
    static struct material m;
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    size_t part = 0;
    (void)state;
    take(&vectors[0], &m);
    for (size_t size = 0; size <= 20; size++) {
        OK(psa_aead_decrypt_setup(&operation, m.key, GCM));
        begin(&operation, &m, 0);
        OK(psa_aead_update(&operation, m.cipher.data, m.plain.len, out, sizeof out, &len));
        FAILS(size == 16 ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE,
              psa_aead_verify(&operation, out, 0, &part, m.cipher.data + m.plain.len, size));
        OK(psa_aead_abort(&operation));
    }
    OK(psa_destroy_key(m.key));
}

static void one_call_has_its_errors(void **state)
{
    static struct material m;
    static const uint8_t large[40000];
    static uint8_t room[41000];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        take(&vectors[i], &m);
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL, encrypt(&m, vectors[i].alg, m.cipher.len - 1));
        assert_int_equal(len, 0);
        FAILS(PSA_ERROR_BUFFER_TOO_SMALL, decrypt(&m, vectors[i].alg, m.plain.len - 1));
        m.cipher.len = m.tag - 1;
        FAILS(PSA_ERROR_INVALID_ARGUMENT, decrypt(&m, vectors[i].alg, sizeof out));
        m.nonce.len = 0;
        FAILS(PSA_ERROR_INVALID_ARGUMENT, encrypt(&m, vectors[i].alg, sizeof out));
        OK(psa_destroy_key(m.key));
        FAILS(PSA_ERROR_INVALID_HANDLE, encrypt(&m, vectors[i].alg, sizeof out));
        FAILS(PSA_ERROR_INVALID_HANDLE, decrypt(&m, vectors[i].alg, sizeof out));
    }
    take(&vectors[0], &m);
    FAILS(PSA_ERROR_NOT_PERMITTED, encrypt(&m, PSA_ALG_CCM, sizeof out));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, encrypt(&m, PSA_ALG_CTR, sizeof out));
    FAILS(PSA_ERROR_INSUFFICIENT_MEMORY,
          psa_aead_encrypt(m.key, GCM, m.nonce.data, 12, NULL, 0, large, sizeof large, room,
                           sizeof room, &len));
    OK(psa_destroy_key(m.key));
    m.key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT, GCM);
    FAILS(PSA_ERROR_NOT_PERMITTED, decrypt(&m, GCM, sizeof out));
    OK(psa_destroy_key(m.key));
    m.key = generate_key(PSA_KEY_TYPE_HMAC, 128, ENCRYPT, GCM);
    FAILS(PSA_ERROR_NOT_SUPPORTED, encrypt(&m, GCM, sizeof out));
    OK(psa_destroy_key(m.key));
}

static void text_of_any_length_passes_in_parts(void **state)
{
    static uint8_t plain[100000];
    static uint8_t cipher[100000];
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 256, ENCRYPT | DECRYPT, GCM);
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    uint8_t nonce[12];
    uint8_t tag[16];
    size_t part = 0;
    size_t tag_len = 0;
    (void)state;
    OK(psa_aead_encrypt_setup(&operation, key, GCM));
    OK(psa_aead_generate_nonce(&operation, nonce, sizeof nonce, &len));
    assert_int_equal(len, 12);
    OK(psa_aead_update_ad(&operation, plain, sizeof plain));
    OK(psa_aead_update(&operation, plain, sizeof plain, cipher, sizeof cipher, &len));
    assert_int_equal(len, sizeof cipher);
    OK(psa_aead_finish(&operation, out, 0, &part, tag, 16, &tag_len));
    OK(psa_aead_decrypt_setup(&operation, key, GCM));
    OK(psa_aead_set_nonce(&operation, nonce, 12));
    OK(psa_aead_update_ad(&operation, plain, sizeof plain));
    OK(psa_aead_update(&operation, cipher, sizeof cipher, cipher, sizeof cipher, &len));
    OK(psa_aead_verify(&operation, out, 0, &part, tag, 16));
    assert_memory_equal(plain, cipher, sizeof plain);
    OK(psa_destroy_key(key));
}

static void aead_operations_have_their_states(void **state)
{
    static struct material m;
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    size_t part = 0;
    size_t tag_len = 0;
    uint8_t tag[16];
    (void)state;
    take(&vectors[0], &m);
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_generate_nonce(&operation, out, 12, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_set_nonce(&operation, m.nonce.data, 12));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_set_lengths(&operation, 1, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_update_ad(&operation, out, 1));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_update(&operation, out, 1, out, 16, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_finish(&operation, out, 16, &part, tag, 16, &tag_len));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_verify(&operation, out, 16, &part, tag, 16));
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_encrypt_setup(&operation, m.key, GCM));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_decrypt_setup(&operation, m.key, GCM));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_update_ad(&operation, out, 1)); /* no nonce yet */
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_set_nonce(&operation, m.nonce.data, 12));
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, 12));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_generate_nonce(&operation, out, 12, &len));
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_aead_generate_nonce(&operation, out, 11, &len));
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, 12));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL, psa_aead_update(&operation, out, 16, out, 15, &len));
    assert_int_equal(len, 0);
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    OK(psa_aead_set_lengths(&operation, 4, 4));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, 12));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_aead_update_ad(&operation, out, 5));
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    OK(psa_aead_set_lengths(&operation, 0, 4));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, 12));
    OK(psa_aead_update(&operation, out, 3, out, 16, &len));
    FAILS(PSA_ERROR_INVALID_ARGUMENT,
          psa_aead_finish(&operation, out, 16, &part, tag, 16, &tag_len));
    OK(psa_aead_abort(&operation));

    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, 12));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_verify(&operation, out, 16, &part, tag, 16));
    OK(psa_aead_abort(&operation));
    OK(psa_aead_encrypt_setup(&operation, m.key, GCM));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, 12));
    FAILS(PSA_ERROR_BUFFER_TOO_SMALL,
          psa_aead_finish(&operation, out, 16, &part, tag, 15, &tag_len));
    OK(psa_aead_abort(&operation));
    OK(psa_destroy_key(m.key));
}

static void ccm_wants_its_lengths_first(void **state)
{
    static struct material m;
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    (void)state;
    take(&vectors[3], &m);
    OK(psa_aead_encrypt_setup(&operation, m.key, vectors[3].alg));
    OK(psa_aead_set_nonce(&operation, m.nonce.data, m.nonce.len));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_update_ad(&operation, m.ad.data, m.ad.len));
    OK(psa_aead_abort(&operation));
    OK(psa_aead_encrypt_setup(&operation, m.key, vectors[3].alg));
    FAILS(PSA_ERROR_INVALID_ARGUMENT, psa_aead_set_lengths(&operation, 0x10000, 4));
    OK(psa_aead_abort(&operation));
    OK(psa_destroy_key(m.key));
}

static void aead_operations_belong_to_their_client(void **state)
{
    const psa_key_id_t key = generate_key(PSA_KEY_TYPE_AES, 128, ENCRYPT, GCM);
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    size_t part = 0;
    (void)state;
    OK(psa_aead_encrypt_setup(&operation, key, GCM));
    psa_aead_operation_t stolen = operation;
    psa_direct_client = -2;
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_generate_nonce(&stolen, out, 12, &len));
    FAILS(PSA_ERROR_BAD_STATE, psa_aead_finish(&stolen, out, 16, &part, out, 16, &len));
    OK(psa_aead_abort(&stolen));
    psa_direct_client = -1;
    OK(psa_aead_generate_nonce(&operation, out, 12, &len));
    OK(psa_aead_finish(&operation, out, 0, &part, out, 16, &len));
    OK(psa_destroy_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(aead_gives_the_published_values),
        TEST(aead_in_parts_equals_aead_at_once),
        TEST(nothing_that_was_changed_is_decrypted),
        TEST(a_tag_is_compared_whole),
        TEST(one_call_has_its_errors),
        TEST(text_of_any_length_passes_in_parts),
        TEST(aead_operations_have_their_states),
        TEST(ccm_wants_its_lengths_first),
        TEST(aead_operations_belong_to_their_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Authenticated encryption: SP 800-38C and RFC 3610 (CCM), the specification of GCM, RFC 8439.
 */
#include "table.h"

#define USAGE (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)

static const struct vector {
    const char *name;
    psa_key_type_t type;
    psa_algorithm_t alg;
    bool medium;
    const char *key;
    const char *nonce;
    const char *ad;
    const char *plain;
    const char *cipher; /**< And the tag. */
} rows[] = {
    {"AES-CCM SP 800-38C 1", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 4),
     true, "404142434445464748494a4b4c4d4e4f", "10111213141516", "0001020304050607", "20212223",
     "7162015b4dac255d"},
    {"AES-CCM SP 800-38C 2", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 6),
     true, "404142434445464748494a4b4c4d4e4f", "1011121314151617",
     "000102030405060708090a0b0c0d0e0f", "202122232425262728292a2b2c2d2e2f",
     "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd"},
    {"AES-CCM SP 800-38C 3", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 8),
     true, "404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b",
     "000102030405060708090a0b0c0d0e0f10111213", "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"},
    {"AES-CCM RFC 3610 1", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 8), true,
     "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000003020100a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
     "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
    {"AES-CCM RFC 3610 2", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 8), true,
     "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000004030201a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"},
    {"AES-CCM RFC 3610 4", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 8), true,
     "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000006050403a0a1a2a3a4a5", "000102030405060708090a0b",
     "0c0d0e0f101112131415161718191a1b1c1d1e",
     "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c96c861b9c9e61ef1"},
    {"AES-CCM RFC 3610 7", PSA_KEY_TYPE_AES, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 10), true,
     "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000009080706a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
     "0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490"},
    {"AES-GCM specification 1", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "00000000000000000000000000000000", "000000000000000000000000", "", "",
     "58e2fccefa7e3061367f1d57a4e7455a"},
    {"AES-GCM specification 2", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "00000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000",
     "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
    {"AES-GCM specification 3", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
     "7d8f6a5aac84aa051ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4"},
    {"AES-GCM specification 4", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
     "7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47"},
    {"AES-GCM specification 5", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308", "cafebabefacedbad",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c742373806900e49f24b2"
     "2b097544d4896b424989b5e1ebac0f07c23f45983612d2e79e3b0785561be14aaca2fccb"},
    {"AES-GCM specification 6", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308",
     "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539"
     "fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "8ce24998625615b603a033aca13fb894be9112a5c3a211a8ba262a3cca7e2ca701e4a9a4fba43c90"
     "ccdcb281d48c7c6fd62875d2aca417034c34aee5619cc5aefffe0bfa462af43c1699d050"},
    {"AES-GCM specification 7", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
     "cd33b28ac773f74ba00ed1f312572435"},
    {"AES-GCM specification 8", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000",
     "98e7247c07f0fe411c267e4384b0f6002ff58d80033927ab8ef4d4587514f0fb"},
    {"AES-GCM specification 9", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525"
     "ac619d18c84a3f4718e2448b2fe324d9ccda2710acade2569924a7c8587336bfb118024db8674a14"},
    {"AES-GCM specification 10", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525"
     "ac619d18c84a3f4718e2448b2fe324d9ccda27102519498e80f1478f37ba55bd6d27618c"},
    {"AES-GCM specification 11", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabefacedbad",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "0f10f599ae14a154ed24b36e25324db8c566632ef2bbb34f8347280fc4507057fddc29df9a471f75"
     "c66541d4d4dad1c9e93a19a58e8b473fa0f062f765dcc57fcf623a24094fcca40d3533f8"},
    {"AES-GCM specification 12", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c",
     "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539"
     "fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "d27e88681ce3243c4830165a8fdcf9ff1de9a1d8e6b447ef6ef7b79828666e4581e79012af34ddd9"
     "e2f037589b292db3e67c036745fa22e7e9b7373bdcf566ff291c25bbb8568fc3d376a6d9"},
    {"AES-GCM specification 13", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"AES-GCM specification 14", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"AES-GCM specification 15", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
     "a7b08b1056828838c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c"},
    {"AES-GCM specification 16", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
     "a7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
    {"AES-GCM specification 17", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbad",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0feb582d33934a4f0"
     "954cc2363bc73f7862ac430e64abe499f47c9b1f3a337dbf46a792c45e454913fe2ea8f2"},
    {"AES-GCM specification 18", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false,
     "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539"
     "fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
     "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf40fc0c3b780f24445"
     "2da3ebf1c5d82cdea2418997200ef82e44ae7e3fa44a8266ee1c8eb0c8b5d4cf5ae9f19a"},
    {"ChaCha20-Poly1305 RFC 8439 2.8.2", PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305, false,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f6620273939"
     "3a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220"
     "746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca96712"
     "82fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58"
     "fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09"
     "e26a7e902ecbd0600691"},
    {"ChaCha20-Poly1305 RFC 8439 A.5", PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305, false,
     "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0", "000000000102030405060708",
     "f33388860000000000004e91",
     "496e7465726e65742d4472616674732061726520647261667420646f63756d656e74732076616c69"
     "6420666f722061206d6178696d756d206f6620736978206d6f6e74687320616e64206d6179206265"
     "20757064617465642c207265706c616365642c206f72206f62736f6c65746564206279206f746865"
     "7220646f63756d656e747320617420616e792074696d652e20497420697320696e617070726f7072"
     "6961746520746f2075736520496e7465726e65742d447261667473206173207265666572656e6365"
     "206d6174657269616c206f7220746f2063697465207468656d206f74686572207468616e20617320"
     "2fe2809c776f726b20696e2070726f67726573732e2fe2809d",
     "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43ee"
     "a09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b9481"
     "14ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0"
     "f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
     "af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa7699"
     "1955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130"
     "305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f"
     "38"},
};

struct material {
    psa_key_id_t key;
    psa_algorithm_t alg;
    struct bytes nonce;
    struct bytes ad;
    struct bytes plain;
    struct bytes cipher;
};

/** Ciphertexts longer than this are not tried with each byte changed and each length. */
#define LONG_TEXT 100u

static psa_status_t encrypt(const struct material *m)
{
    return psa_aead_encrypt(m->key, m->alg, m->nonce.data, m->nonce.len, m->ad.data, m->ad.len,
                            m->plain.data, m->plain.len, vectors_out, sizeof vectors_out,
                            &vectors_len);
}

static psa_status_t decrypt(const struct material *m)
{
    return psa_aead_decrypt(m->key, m->alg, m->nonce.data, m->nonce.len, m->ad.data, m->ad.len,
                            m->cipher.data, m->cipher.len, vectors_out, sizeof vectors_out,
                            &vectors_len);
}

static void in_parts(const char *name, const struct material *m)
{
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    const size_t cut = m->plain.len / 3;
    uint8_t tag[PSA_AEAD_TAG_MAX_SIZE];
    size_t part = 0;
    size_t rest = 0;
    size_t tag_len = 0;
    OK(name, psa_aead_encrypt_setup(&operation, m->key, m->alg));
    OK(name, psa_aead_set_lengths(&operation, m->ad.len, m->plain.len));
    OK(name, psa_aead_set_nonce(&operation, m->nonce.data, m->nonce.len));
    OK(name, psa_aead_update_ad(&operation, m->ad.data, m->ad.len));
    OK(name, psa_aead_update(&operation, m->plain.data, cut, vectors_out, sizeof vectors_out,
                             &vectors_len));
    OK(name, psa_aead_update(&operation, m->plain.data + cut, m->plain.len - cut,
                             vectors_out + vectors_len, sizeof vectors_out - vectors_len, &part));
    OK(name, psa_aead_finish(&operation, vectors_out + vectors_len + part, 32, &rest, tag,
                             sizeof tag, &tag_len));
    vectors_len += part + rest;
    memcpy(vectors_out + vectors_len, tag, tag_len);
    vectors_equal(name, &m->cipher, vectors_out, vectors_len + tag_len);
    OK(name, psa_aead_decrypt_setup(&operation, m->key, m->alg));
    OK(name, psa_aead_set_lengths(&operation, m->ad.len, m->plain.len));
    OK(name, psa_aead_set_nonce(&operation, m->nonce.data, m->nonce.len));
    OK(name, psa_aead_update_ad(&operation, m->ad.data, m->ad.len));
    OK(name, psa_aead_update(&operation, m->cipher.data, m->plain.len, vectors_out,
                             sizeof vectors_out, &vectors_len));
    OK(name, psa_aead_verify(&operation, vectors_out + vectors_len, 32, &rest, tag, tag_len));
    vectors_equal(name, &m->plain, vectors_out, vectors_len + rest);
}

/** One bit of each byte, one byte after the other; and nothing of the text comes out. */
static void each_byte_changed(const char *name, const struct material *m, struct bytes *field)
{
    bool silent = true;
    for (size_t i = 0; i < field->len; i++) {
        memset(vectors_out, 0, m->plain.len);
        field->data[i] ^= 1u << (i % 8);
        CHECK(name, PSA_ERROR_INVALID_SIGNATURE, decrypt(m));
        field->data[i] ^= 1u << (i % 8);
        silent = silent && vectors_len == 0;
        for (size_t k = 0; k < m->plain.len; k++) {
            silent = silent && vectors_out[k] == 0;
        }
    }
    TRUE(name, silent);
}

/** Bytes taken away from the end, which is the tag's, or from the front; or put there. */
static void other_lengths(const char *name, struct material *m)
{
    const size_t tag = m->cipher.len - m->plain.len;
    const size_t len = m->cipher.len;
    for (m->cipher.len = 0; m->cipher.len < len; m->cipher.len++) {
        CHECK(name, m->cipher.len < tag ? PSA_ERROR_INVALID_ARGUMENT : PSA_ERROR_INVALID_SIGNATURE,
              decrypt(m));
    }
    m->cipher.data[len] = 0;
    m->cipher.len = len + 1;
    CHECK(name, PSA_ERROR_INVALID_SIGNATURE, decrypt(m));
    m->cipher.len = len;
    m->ad.data[m->ad.len++] = 0;
    CHECK(name, PSA_ERROR_INVALID_SIGNATURE, decrypt(m));
    m->ad.len--;
}

/* Lengths of nonces up to 16. Mbed TLS has no 8 bytes for ChaCha20-Poly1305, which the API allows. */
static psa_status_t nonce_status(psa_algorithm_t alg, size_t len, bool at_once)
{
    const psa_algorithm_t base = PSA_ALG_AEAD_WITH_DEFAULT_LENGTH_TAG(alg);
    if (base == PSA_ALG_GCM) {
        return len != 0 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
    }
    if (base == PSA_ALG_CHACHA20_POLY1305 && len == 8) {
        return at_once ? PSA_ERROR_NOT_SUPPORTED : PSA_ERROR_INVALID_ARGUMENT;
    }
    const bool right = base == PSA_ALG_CCM ? len >= 7 && len <= 13 : len == 12;
    return right ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
}

static void nonce_lengths(const char *name, struct material *m)
{
    const size_t len = m->nonce.len;
    psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
    for (m->nonce.len = 0; m->nonce.len <= 16; m->nonce.len++) {
        CHECK(name, nonce_status(m->alg, m->nonce.len, true), encrypt(m));
        OK(name, psa_aead_encrypt_setup(&operation, m->key, m->alg));
        OK(name, psa_aead_set_lengths(&operation, 0, 0));
        CHECK(name, nonce_status(m->alg, m->nonce.len, false),
              psa_aead_set_nonce(&operation, m->nonce.data, m->nonce.len));
        OK(name, psa_aead_abort(&operation));
    }
    m->nonce.len = len;
}

static void run(const struct vector *row, struct material *m)
{
    OK(row->name, encrypt(m));
    vectors_equal(row->name, &m->cipher, vectors_out, vectors_len);
    OK(row->name, decrypt(m));
    vectors_equal(row->name, &m->plain, vectors_out, vectors_len);
    in_parts(row->name, m);
    each_byte_changed(row->name, m, &m->nonce);
    each_byte_changed(row->name, m, &m->ad);
    if (m->cipher.len <= LONG_TEXT) {
        each_byte_changed(row->name, m, &m->cipher);
        other_lengths(row->name, m);
    }
    nonce_lengths(row->name, m);
}

/* Lengths of tags: those an algorithm has are allowed, the others are refused. */
static const struct {
    const char *name;
    psa_key_type_t type;
    psa_algorithm_t alg;
    bool medium;
    uint32_t lengths;     /**< Bit n: n bytes are a length. */
    psa_status_t refusal; /**< In one call. */
} tags[] = {
    {"AES-CCM tag", PSA_KEY_TYPE_AES, PSA_ALG_CCM, true, 0x15550, PSA_ERROR_INVALID_ARGUMENT},
    {"AES-GCM tag", PSA_KEY_TYPE_AES, PSA_ALG_GCM, false, 0x1F110, PSA_ERROR_INVALID_ARGUMENT},
    {"ChaCha20-Poly1305 tag", PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305, false, 0x10000,
     PSA_ERROR_NOT_SUPPORTED},
};

static bool has(uint32_t lengths, size_t len)
{
    return (lengths >> len & 1) != 0;
}

static void tag_lengths(struct material *m)
{
    static struct bytes value;
    vectors_read(&value, rows[VECTORS_COUNT_OF(rows) - 1].key);
    for (size_t i = 0; i < VECTORS_COUNT_OF(tags); i++) {
        const char *name = tags[i].name;
        for (size_t len = 1; len <= 16 && !vectors_absent(tags[i].medium); len++) {
            psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;
            m->alg = PSA_ALG_AEAD_WITH_SHORTENED_TAG(tags[i].alg, len);
            OK(name, vectors_import(tags[i].type, USAGE, m->alg, &value, &m->key));
            CHECK(name, has(tags[i].lengths, len) ? PSA_SUCCESS : tags[i].refusal, encrypt(m));
            CHECK(name, has(tags[i].lengths, len) ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT,
                  psa_aead_encrypt_setup(&operation, m->key, m->alg));
            OK(name, psa_aead_abort(&operation));
            OK(name, psa_destroy_key(m->key));
        }
    }
}

void vectors_aead(void)
{
    static struct material m;
    static struct bytes value;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        vectors_tell((const char *[]){"aead", row->name, row->key, row->nonce, row->ad, row->plain,
                                      row->cipher, NULL});
        vectors_read(&value, row->key);
        vectors_read(&m.nonce, row->nonce);
        vectors_read(&m.ad, row->ad);
        vectors_read(&m.plain, row->plain);
        vectors_read(&m.cipher, row->cipher);
        m.alg = row->alg;
        const psa_status_t import = vectors_import(row->type, USAGE, row->alg, &value, &m.key);
        if (vectors_absent(row->medium)) {
            vectors_refused(row->name, import, encrypt(&m));
        } else {
            OK(row->name, import);
            run(row, &m);
        }
        OK(row->name, psa_destroy_key(m.key));
    }
    m.nonce.len = 12;
    tag_lengths(&m);
}

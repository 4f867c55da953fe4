/*
 * Ciphers: SP 800-38A (AES in five modes), RFC 8439 (ChaCha20), RFC 5794 (ARIA), RFC 3713 (Camellia),
 * SP 800-67 (TDES). The set "medium" has none.
 */
#include "table.h"

#define USAGE (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)

static const struct vector {
    const char *name;
    psa_key_type_t type;
    psa_algorithm_t alg;
    const char *key;
    const char *iv;
    const char *plain;
    const char *cipher;
} rows[] = {
    {"AES-ECB SP 800-38A 128", PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING,
     "2b7e151628aed2a6abf7158809cf4f3c", "",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf43b1cd7f598ece23"
     "881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"},
    {"AES-ECB SP 800-38A 192", PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING,
     "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eefef7afd2270e2e60a"
     "dce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e"},
    {"AES-ECB SP 800-38A 256", PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870b6ed21b99ca6f4f9"
     "f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7"},
    {"AES-CBC SP 800-38A 128", PSA_KEY_TYPE_AES, PSA_ALG_CBC_NO_PADDING,
     "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b"
     "7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
    {"AES-CBC SP 800-38A 192", PSA_KEY_TYPE_AES, PSA_ALG_CBC_NO_PADDING,
     "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae0"
     "7fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
    {"AES-CBC SP 800-38A 256", PSA_KEY_TYPE_AES, PSA_ALG_CBC_NO_PADDING,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacf"
     "a530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
    {"AES-CFB SP 800-38A 128", PSA_KEY_TYPE_AES, PSA_ALG_CFB, "2b7e151628aed2a6abf7158809cf4f3c",
     "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b26751f67a3cbb140"
     "b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6"},
    {"AES-CFB SP 800-38A 192", PSA_KEY_TYPE_AES, PSA_ALG_CFB,
     "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "cdc80d6fddf18cab34c25909c99a417467ce7f7f81173621961a2b70171d3d7a2e1e8a1dd59b88b1"
     "c8e60fed1efac4c9c05f9f9ca9834fa042ae8fba584b09ff"},
    {"AES-CFB SP 800-38A 256", PSA_KEY_TYPE_AES, PSA_ALG_CFB,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407bdf10132415e54b92"
     "a13ed0a8267ae2f975a385741ab9cef82031623d55b1e471"},
    {"AES-OFB SP 800-38A 128", PSA_KEY_TYPE_AES, PSA_ALG_OFB, "2b7e151628aed2a6abf7158809cf4f3c",
     "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed8259740051e9c5fecf6"
     "4344f7a82260edcc304c6528f659c77866a510d9c1d6ae5e"},
    {"AES-OFB SP 800-38A 192", PSA_KEY_TYPE_AES, PSA_ALG_OFB,
     "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "cdc80d6fddf18cab34c25909c99a4174fcc28b8d4c63837c09e81700c11004018d9a9aeac0f6596f"
     "559c6d4daf59a5f26d9f200857ca6c3e9cac524bd9acc92a"},
    {"AES-OFB SP 800-38A 256", PSA_KEY_TYPE_AES, PSA_ALG_OFB,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "dc7e84bfda79164b7ecd8486985d38604febdc6740d20b3ac88f6ad82a4fb08d71ab47a086e86eed"
     "f39d1c5bba97c4080126141d67f37be8538f5a8be740e484"},
    {"AES-CTR SP 800-38A 128", PSA_KEY_TYPE_AES, PSA_ALG_CTR, "2b7e151628aed2a6abf7158809cf4f3c",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e"
     "5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
    {"AES-CTR SP 800-38A 192", PSA_KEY_TYPE_AES, PSA_ALG_CTR,
     "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e941e36b26bd1ebc670"
     "d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050"},
    {"AES-CTR SP 800-38A 256", PSA_KEY_TYPE_AES, PSA_ALG_CTR,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
     "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94c"
     "e87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
    {"Camellia-ECB RFC 3713 128", PSA_KEY_TYPE_CAMELLIA, PSA_ALG_ECB_NO_PADDING,
     "0123456789abcdeffedcba9876543210", "", "0123456789abcdeffedcba9876543210",
     "67673138549669730857065648eabe43"},
    {"Camellia-ECB RFC 3713 192", PSA_KEY_TYPE_CAMELLIA, PSA_ALG_ECB_NO_PADDING,
     "0123456789abcdeffedcba98765432100011223344556677", "", "0123456789abcdeffedcba9876543210",
     "b4993401b3e996f84ee5cee7d79b09b9"},
    {"Camellia-ECB RFC 3713 256", PSA_KEY_TYPE_CAMELLIA, PSA_ALG_ECB_NO_PADDING,
     "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff", "",
     "0123456789abcdeffedcba9876543210", "9acc237dff16d76c20ef7c919e3a7509"},
    {"ARIA-ECB RFC 5794 128", PSA_KEY_TYPE_ARIA, PSA_ALG_ECB_NO_PADDING,
     "000102030405060708090a0b0c0d0e0f", "", "00112233445566778899aabbccddeeff",
     "d718fbd6ab644c739da95f3be6451778"},
    {"ARIA-ECB RFC 5794 192", PSA_KEY_TYPE_ARIA, PSA_ALG_ECB_NO_PADDING,
     "000102030405060708090a0b0c0d0e0f1011121314151617", "", "00112233445566778899aabbccddeeff",
     "26449c1805dbe7aa25a468ce263a9e79"},
    {"ARIA-ECB RFC 5794 256", PSA_KEY_TYPE_ARIA, PSA_ALG_ECB_NO_PADDING,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "",
     "00112233445566778899aabbccddeeff", "f92bd7c79fb72e2f2b8f80c1972d24fc"},
    {"TDES-ECB SP 800-67 B.1", PSA_KEY_TYPE_DES, PSA_ALG_ECB_NO_PADDING,
     "0123456789abcdef23456789abcdef01456789abcdef0123", "",
     "54686520717566636b2062726f776e20666f78206a756d70",
     "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900"},
    {"ChaCha20 RFC 8439 A.1 1", PSA_KEY_TYPE_CHACHA20, PSA_ALG_STREAM_CIPHER,
     "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000",
     "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d"
     "7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"},
    {"ChaCha20 RFC 8439 A.1 4", PSA_KEY_TYPE_CHACHA20, PSA_ALG_STREAM_CIPHER,
     "0000000000000000000000000000000000000000000000000000000000000001", "000000000000000000000002",
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000",
     "ecfa254f845f647473d3cb140da9e87606cb33066c447b87bc2666dde3fbb739a371c9ec7abcb4cf"
     "a9211f7d90f64c2d07f89e5cf9b93e330a6e4c08af5ba6d5"},
};

struct material {
    psa_key_id_t key;
    struct bytes iv;
    struct bytes plain;
    struct bytes cipher;
};

typedef psa_cipher_operation_t operation_t;

/** The input in two parts. */
static void run(const struct vector *row, operation_t *operation, const struct bytes *iv,
                const struct bytes *in, size_t cut)
{
    size_t part = 0;
    size_t rest = 0;
    if (iv->len > 0) {
        OK(row->name, psa_cipher_set_iv(operation, iv->data, iv->len));
    }
    OK(row->name,
       psa_cipher_update(operation, in->data, cut, vectors_out, sizeof vectors_out, &vectors_len));
    OK(row->name,
       psa_cipher_update(operation, in->data + cut, in->len - cut, vectors_out + vectors_len,
                         sizeof vectors_out - vectors_len, &part));
    vectors_len += part;
    OK(row->name, psa_cipher_finish(operation, vectors_out + vectors_len,
                                    sizeof vectors_out - vectors_len, &rest));
    vectors_len += rest;
}

static void both_directions(const struct vector *row, const struct material *m)
{
    for (size_t cut = 0; cut <= m->plain.len; cut += 7) {
        operation_t operation = PSA_CIPHER_OPERATION_INIT;
        OK(row->name, psa_cipher_encrypt_setup(&operation, m->key, row->alg));
        run(row, &operation, &m->iv, &m->plain, cut);
        vectors_equal(row->name, &m->cipher, vectors_out, vectors_len);
        OK(row->name, psa_cipher_decrypt_setup(&operation, m->key, row->alg));
        run(row, &operation, &m->iv, &m->cipher, cut);
        vectors_equal(row->name, &m->plain, vectors_out, vectors_len);
    }
}

/** IV and ciphertext together, as one call takes them. */
static void at_once(const struct vector *row, const struct material *m)
{
    static uint8_t sealed[2 * VECTORS_BYTES_MAX];
    memcpy(sealed, m->iv.data, m->iv.len);
    memcpy(sealed + m->iv.len, m->cipher.data, m->cipher.len);
    OK(row->name, psa_cipher_decrypt(m->key, row->alg, sealed, m->iv.len + m->cipher.len,
                                     vectors_out, sizeof vectors_out, &vectors_len));
    vectors_equal(row->name, &m->plain, vectors_out, vectors_len);
}

static bool is_of_blocks(const struct vector *row)
{
    return row->alg == PSA_ALG_ECB_NO_PADDING || row->alg == PSA_ALG_CBC_NO_PADDING;
}

static void wrong_lengths(const struct vector *row, const struct material *m)
{
    operation_t operation = PSA_CIPHER_OPERATION_INIT;
    for (size_t len = 0; len <= 17 && m->iv.len > 0; len++) {
        const psa_status_t expected = len == m->iv.len ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
        OK(row->name, psa_cipher_encrypt_setup(&operation, m->key, row->alg));
        CHECK(row->name, expected, psa_cipher_set_iv(&operation, m->plain.data, len));
        OK(row->name, psa_cipher_abort(&operation));
    }
    for (size_t len = 1; len < 8 && is_of_blocks(row); len++) {
        OK(row->name, psa_cipher_encrypt_setup(&operation, m->key, row->alg));
        if (m->iv.len > 0) {
            OK(row->name, psa_cipher_set_iv(&operation, m->iv.data, m->iv.len));
        }
        OK(row->name, psa_cipher_update(&operation, m->plain.data, len, vectors_out,
                                        sizeof vectors_out, &vectors_len));
        CHECK(row->name, PSA_ERROR_INVALID_ARGUMENT,
              psa_cipher_finish(&operation, vectors_out, sizeof vectors_out, &vectors_len));
        OK(row->name, psa_cipher_abort(&operation));
    }
}

void vectors_cipher(void)
{
    static struct material m;
    static struct bytes value;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        vectors_tell((const char *[]){"cipher", row->name, row->key, row->iv, row->plain,
                                      row->cipher, NULL});
        vectors_read(&value, row->key);
        vectors_read(&m.iv, row->iv);
        vectors_read(&m.plain, row->plain);
        vectors_read(&m.cipher, row->cipher);
        const psa_status_t import = vectors_import(row->type, USAGE, row->alg, &value, &m.key);
        if (vectors_absent(false)) {
            vectors_refused(row->name, import,
                            psa_cipher_encrypt(m.key, row->alg, m.plain.data, m.plain.len,
                                               vectors_out, sizeof vectors_out, &vectors_len));
        } else {
            OK(row->name, import);
            both_directions(row, &m);
            at_once(row, &m);
            wrong_lengths(row, &m);
        }
        OK(row->name, psa_destroy_key(m.key));
    }
}

/* The last block of a text in CBC with padding, as it is decrypted. */
static const struct {
    const char *name;
    const char *block;
    psa_status_t status;
    size_t len; /**< Of the text, if it is right. */
} endings[] = {
    {"1 byte", "2b7e151628aed2a6abf7158809cf4f01", PSA_SUCCESS, 15},
    {"2 bytes", "2b7e151628aed2a6abf7158809cf0202", PSA_SUCCESS, 14},
    {"15 bytes", "2b0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", PSA_SUCCESS, 1},
    {"a whole block", "10101010101010101010101010101010", PSA_SUCCESS, 0},
    {"0", "00000000000000000000000000000000", PSA_ERROR_INVALID_PADDING, 0},
    {"0 at the end", "2b7e151628aed2a6abf7158809cf4f00", PSA_ERROR_INVALID_PADDING, 0},
    {"17", "11111111111111111111111111111111", PSA_ERROR_INVALID_PADDING, 0},
    {"255", "ffffffffffffffffffffffffffffffff", PSA_ERROR_INVALID_PADDING, 0},
    {"128 at the end", "2b7e151628aed2a6abf7158809cf4f80", PSA_ERROR_INVALID_PADDING, 0},
    {"first of 3 wrong", "2b7e151628aed2a6abf7158809020303", PSA_ERROR_INVALID_PADDING, 0},
    {"second of 3 wrong", "2b7e151628aed2a6abf7158809030203", PSA_ERROR_INVALID_PADDING, 0},
    {"first of 16 wrong", "0f101010101010101010101010101010", PSA_ERROR_INVALID_PADDING, 0},
    {"first of 15 wrong", "2b0e0f0f0f0f0f0f0f0f0f0f0f0f0f0f", PSA_ERROR_INVALID_PADDING, 0},
    {"other byte before the last", "2b7e151628aed2a6abf7158809cf0102", PSA_ERROR_INVALID_PADDING,
     0},
    {"ISO 7816", "2b7e151628aed2a6abf7158809800000", PSA_ERROR_INVALID_PADDING, 0},
};

void vectors_padding(void)
{
    static struct bytes value;
    static struct bytes block;
    uint8_t sealed[32];
    psa_key_id_t raw = 0;
    psa_key_id_t padded = 0;
    vectors_read(&value, "2b7e151628aed2a6abf7158809cf4f3c");
    OK("padding", vectors_import(PSA_KEY_TYPE_AES, USAGE, PSA_ALG_CBC_NO_PADDING, &value, &raw));
    OK("padding", vectors_import(PSA_KEY_TYPE_AES, USAGE, PSA_ALG_CBC_PKCS7, &value, &padded));
    for (size_t i = 0; i < VECTORS_COUNT_OF(endings); i++) {
        const char *name = endings[i].name;
        vectors_read(&block, endings[i].block);
        OK(name, psa_cipher_encrypt(raw, PSA_ALG_CBC_NO_PADDING, block.data, 16, sealed,
                                    sizeof sealed, &vectors_len));
        CHECK(name, endings[i].status,
              psa_cipher_decrypt(padded, PSA_ALG_CBC_PKCS7, sealed, sizeof sealed, vectors_out,
                                 sizeof vectors_out, &vectors_len));
        block.len = endings[i].len;
        vectors_equal(name, &block, vectors_out, vectors_len);
    }
    OK("padding", psa_destroy_key(raw));
    OK("padding", psa_destroy_key(padded));
}

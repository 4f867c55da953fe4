/*
 * ECDSA: RFC 6979's signatures, which a deterministic signer must make again; signatures of other
 * curves, by OpenSSL; and changed ones.
 */
#include "table.h"

#define SIGN_AND_VERIFY (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)

static const struct vector {
    const char *name;
    psa_ecc_family_t family;
    size_t bits;
    psa_algorithm_t hash;
    bool medium;
    const char *key;
    const char *point;
    const char *message;
    const char *signature;
} rows[] = {
    {"P-192 SHA-256 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 192, PSA_ALG_SHA_256, false,
     "6fab034934e4c0fc9ae67f5b5659a9d7d1fefd187ee09fd4",
     "04ac2c77f529f91689fea0ea5efec7f210d8eea0b9e047ed563bc723e57670bd4887ebc732c52306"
     "3d0a7c957bc97c1c43",
     "73616d706c65",
     "4b0b8ce98a92866a2820e20aa6b75b56382e0f9bfd5ecb55ccdb006926ea9565cbadc840829d8c38"
     "4e06de1f1e381b85"},
    {"P-224 SHA-256 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 224, PSA_ALG_SHA_256, false,
     "f220266e1105bfe3083e03ec7a3a654651f45e37167e88600bf257c1",
     "0400cf08da5ad719e42707fa431292dea11244d64fc51610d94b130d6ceeab6f3debe455e3dbf854"
     "16f7030cbd94f34f2d6f232c69f3c1385a",
     "73616d706c65",
     "61aa3da010e8e8406c656bc477a7a7189895e7e840cdfe8ff42307babc814050dab5d23770879494"
     "f9e0a680dc1af7161991bde692b10101"},
    {"P-256 SHA-256 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 256, PSA_ALG_SHA_256, true,
     "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     "73616d706c65",
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
    {"P-256 SHA-512 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 256, PSA_ALG_SHA_512, false,
     "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     "73616d706c65",
     "8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f002362ab1adbe2b8ad"
     "f9cb9edab740ea6049c028114f2460f96554f61fae3302fe"},
    {"P-384 SHA-256 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 384, PSA_ALG_SHA_256, false,
     "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825"
     "f872c9ea60d2edf5",
     "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"
     "6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9d"
     "b1288b231c3ae0d4fe7344fd2533264720",
     "73616d706c65",
     "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d9"
     "2fa2b3c36d8fb2cdf3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feeb"
     "efdc63eccd1ac42ec0cb8668a4fa0ab0"},
    {"P-384 SHA-384 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 384, PSA_ALG_SHA_384, false,
     "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825"
     "f872c9ea60d2edf5",
     "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"
     "6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9d"
     "b1288b231c3ae0d4fe7344fd2533264720",
     "73616d706c65",
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9"
     "6e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
     "a329c145786e679e7b82c71a38628ac8"},
    {"P-521 SHA-256 RFC 6979", PSA_ECC_FAMILY_SECP_R1, 521, PSA_ALG_SHA_256, false,
     "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c"
     "70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
     "0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db"
     "6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a400493101c962cd4d2fddf78228"
     "5e64584139c2f91b47f87ff82354d6630f746a28a0db25741b5b34a828008b22acc23f924faafbd4"
     "d33f81ea66956dfeaa2bfdfcf5",
     "73616d706c65",
     "01511bb4d675114fe266fc4372b87682baecc01d3cc62cf2303c92b3526012659d16876e25c7c1e5"
     "7648f23b73564d67f61c6f14d527d54972810421e7d87589e1a7004a171143a83163d6df460aaf61"
     "522695f207a58b95c0644d87e52aa1a347916e4f7a72930b1bc06dbe22ce3f58264afd23704cbb63"
     "b29b931f7de6c9d949a7ecfc"},
    {"secp256k1 SHA-256 OpenSSL", PSA_ECC_FAMILY_SECP_K1, 256, PSA_ALG_SHA_256, false,
     "0101010101010101010101010101010101010101010101010101010101010101",
     "041b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f70beaf8f588b54"
     "1507fed6a642c5ab42dfdf8120a7f639de5122d47a69a8e8d1",
     "73616d706c65",
     "d5dedac97504ed218aac714f53bc009776036453c8081db7f5494684496c73a7704aaa069615e793"
     "e26b274857f581b2c679dcb1a425523ef1ae52f6a80480ff"},
    {"brainpoolP256r1 SHA-256 OpenSSL", PSA_ECC_FAMILY_BRAINPOOL_P_R1, 256, PSA_ALG_SHA_256, false,
     "0202020202020202020202020202020202020202020202020202020202020202",
     "04254f55f7a63b107be00b3ac3ca76f770c2755167338c292b0f713475c909c7f59904f768a3ba83"
     "c4a5eb8290b1f7ef72a99b3ef9f9f92030b5d8990115ec8c2d",
     "73616d706c65",
     "9978ae62ed314a8bca786d7d0ec09192653805032d0feb6853e975fc2d1a6892834ad9fcf75aab48"
     "8de528d43de38416c28b3e0b08fb23a2ae3c5212dcd0992f"},
};

struct material {
    struct bytes key;
    struct bytes point;
    struct bytes message;
    struct bytes signature;
};

/** Whether a row's key also signs by chance here; on a processor without blocks larger ones are slow. */
static bool signs_by_chance(const struct vector *row)
{
    return row->family == PSA_ECC_FAMILY_SECP_R1 && row->bits <= 256;
}

/** The private key gives the point, and the signature that RFC 6979 has. */
static void sign(const struct vector *row, const struct material *m)
{
    const psa_key_type_t type = PSA_KEY_TYPE_ECC_KEY_PAIR(row->family);
    const psa_algorithm_t alg = PSA_ALG_DETERMINISTIC_ECDSA(row->hash);
    psa_key_id_t key = 0;
    OK(row->name, vectors_import(type, SIGN_AND_VERIFY, alg, &m->key, &key));
    OK(row->name, psa_sign_message(key, alg, m->message.data, m->message.len, vectors_out,
                                   sizeof vectors_out, &vectors_len));
    vectors_equal(row->name, &m->signature, vectors_out, vectors_len);
    OK(row->name, psa_destroy_key(key));
}

static void sign_by_chance(const struct vector *row, const struct material *m)
{
    const psa_key_type_t type = PSA_KEY_TYPE_ECC_KEY_PAIR(row->family);
    const psa_algorithm_t alg = PSA_ALG_ECDSA(row->hash);
    psa_key_id_t key = 0;
    OK(row->name, vectors_import(type, SIGN_AND_VERIFY, alg, &m->key, &key));
    OK(row->name, psa_export_public_key(key, vectors_out, sizeof vectors_out, &vectors_len));
    vectors_equal(row->name, &m->point, vectors_out, vectors_len);
    OK(row->name, psa_sign_message(key, alg, m->message.data, m->message.len, vectors_out,
                                   sizeof vectors_out, &vectors_len));
    OK(row->name,
       psa_verify_message(key, alg, m->message.data, m->message.len, vectors_out, vectors_len));
    OK(row->name, psa_destroy_key(key));
}

static psa_status_t verify(psa_key_id_t key, psa_algorithm_t hash, const struct bytes *message,
                           const struct bytes *signature)
{
    return psa_verify_message(key, PSA_ALG_ECDSA(hash), message->data, message->len,
                              signature->data, signature->len);
}

void vectors_ecdsa(void)
{
    static struct material m;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        const psa_key_type_t type = PSA_KEY_TYPE_ECC_PUBLIC_KEY(row->family);
        const psa_algorithm_t alg = PSA_ALG_ECDSA(row->hash);
        psa_key_id_t key = 0;
        vectors_tell((const char *[]){"ecdsa", row->name, row->key, row->point, row->message,
                                      row->signature, NULL});
        vectors_read(&m.key, row->key);
        vectors_read(&m.point, row->point);
        vectors_read(&m.message, row->message);
        vectors_read(&m.signature, row->signature);
        const psa_status_t import = vectors_import(type, SIGN_AND_VERIFY, alg, &m.point, &key);
        const psa_status_t status = verify(key, row->hash, &m.message, &m.signature);
        if (vectors_absent(row->medium)) {
            vectors_refused(row->name, import, status);
        } else {
            OK(row->name, import);
            OK(row->name, status);
            if (!vectors.medium && row->bits <= 384) {
                sign(row, &m);
            }
            if (signs_by_chance(row)) {
                sign_by_chance(row, &m);
                m.message.data[0] ^= 1;
                CHECK(row->name, PSA_ERROR_INVALID_SIGNATURE,
                      verify(key, row->hash, &m.message, &m.signature));
            }
        }
        OK(row->name, psa_destroy_key(key));
    }
}

/* Keys of RFC 6979, A.2.5 and A.2.6, and changes of the signatures of "sample". */
#define KEY_256                                                                                    \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"             \
    "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define KEY_384                                                                                    \
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"             \
    "6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9d"             \
    "b1288b231c3ae0d4fe7344fd2533264720"

static const struct {
    const char *name;
    size_t bits;
    psa_algorithm_t hash;
    bool medium;
    const char *point;
    const char *signature;
    psa_status_t status;
} changes[] = {
    {"P-256: r is 0", 256, PSA_ALG_SHA_256, true, KEY_256,
     "0000000000000000000000000000000000000000000000000000000000000000f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: s is 0", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf37160000000000000000"
     "000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: both are 0", 256, PSA_ALG_SHA_256, true, KEY_256,
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: r is the order", 256, PSA_ALG_SHA_256, true, KEY_256,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: s is the order", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716ffffffff00000000"
     "ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: both are the order", 256, PSA_ALG_SHA_256, true, KEY_256,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551ffffffff00000000"
     "ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: r is 1", 256, PSA_ALG_SHA_256, true, KEY_256,
     "0000000000000000000000000000000000000000000000000000000000000001f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: both are 1", 256, PSA_ALG_SHA_256, true, KEY_256,
     "00000000000000000000000000000000000000000000000000000000000000010000000000000000"
     "000000000000000000000000000000000000000000000001",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: r is the order less 1", 256, PSA_ALG_SHA_256, true, KEY_256,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: s is the order less 1", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716ffffffff00000000"
     "ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: s is the order and 1", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716ffffffff00000000"
     "ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: r is all ones", 256, PSA_ALG_SHA_256, true, KEY_256,
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: s is all ones", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716ffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffff",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: swapped", 256, PSA_ALG_SHA_256, true, KEY_256,
     "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8efd48b2aacb6a8fd"
     "1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: r is negated", 256, PSA_ALG_SHA_256, true, KEY_256,
     "102b74d453495703eebf22632ba17e291fba7332506ca4f3306cbc1aadb3ee3bf7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: empty", 256, PSA_ALG_SHA_256, true, KEY_256, "", PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: half", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: short by a byte", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acd",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: long by a byte", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41"
     "d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda800",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: zero before r", 256, PSA_ALG_SHA_256, true, KEY_256,
     "00efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c"
     "41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: DER", 256, PSA_ALG_SHA_256, true, KEY_256,
     "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100"
     "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-256: s is negated", 256, PSA_ALG_SHA_256, true, KEY_256,
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf37160834e36ad29a83bf"
     "2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9",
     PSA_SUCCESS},
    {"P-384: r is 0", 384, PSA_ALG_SHA_384, false, KEY_384,
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000099ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
     "a329c145786e679e7b82c71a38628ac8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: s is 0", 384, PSA_ALG_SHA_384, false, KEY_384,
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9"
     "6e36dd1e80fabe460000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: both are 0", 384, PSA_ALG_SHA_384, false, KEY_384,
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: r is the order", 384, PSA_ALG_SHA_384, false, KEY_384,
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77a"
     "ecec196accc5297399ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
     "a329c145786e679e7b82c71a38628ac8",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: s is the order", 384, PSA_ALG_SHA_384, false, KEY_384,
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9"
     "6e36dd1e80fabe46ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
     "581a0db248b0a77aecec196accc52973",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: swapped", 384, PSA_ALG_SHA_384, false, KEY_384,
     "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e"
     "7b82c71a38628ac894edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
     "81a648152e44acf96e36dd1e80fabe46",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: half", 384, PSA_ALG_SHA_384, false, KEY_384,
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9"
     "6e36dd1e80fabe46",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: long by a byte", 384, PSA_ALG_SHA_384, false, KEY_384,
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9"
     "6e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
     "a329c145786e679e7b82c71a38628ac800",
     PSA_ERROR_INVALID_SIGNATURE},
    {"P-384: s is negated", 384, PSA_ALG_SHA_384, false, KEY_384,
     "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf9"
     "6e36dd1e80fabe466610b514ea0e87315e01bf24d9fcec70ecf18bf5e69dbad9a727ea302393848f"
     "b4f04c6cd0423fdc7169525094629eab",
     PSA_SUCCESS},
};

/** One bit of each byte of RFC 6979's signature for P-256. */
static void each_byte_changed(void)
{
    static struct bytes point;
    static struct bytes message;
    static struct bytes signature;
    const char *name = "P-256: byte changed";
    psa_key_id_t key = 0;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        if (rows[i].medium) {
            vectors_read(&point, rows[i].point);
            vectors_read(&message, rows[i].message);
            vectors_read(&signature, rows[i].signature);
        }
    }
    OK(name, vectors_import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), SIGN_AND_VERIFY,
                            PSA_ALG_ECDSA(PSA_ALG_SHA_256), &point, &key));
    for (size_t i = 0; i < signature.len; i++) {
        signature.data[i] ^= 1u << (i % 8);
        CHECK(name, PSA_ERROR_INVALID_SIGNATURE,
              verify(key, PSA_ALG_SHA_256, &message, &signature));
        signature.data[i] ^= 1u << (i % 8);
    }
    OK(name, verify(key, PSA_ALG_SHA_256, &message, &signature));
    OK(name, psa_destroy_key(key));
}

void vectors_ecdsa_changed(void)
{
    static struct bytes point;
    static struct bytes message;
    static struct bytes signature;
    const psa_key_type_t type = PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
    vectors_read(&message, rows[0].message);
    for (size_t i = 0; i < VECTORS_COUNT_OF(changes); i++) {
        const char *name = changes[i].name;
        const bool right = changes[i].status == PSA_SUCCESS;
        psa_key_id_t key = 0;
        if (vectors_absent(changes[i].medium)) {
            continue;
        }
        vectors_tell((const char *[]){"ecdsa changed", name, changes[i].point, changes[i].signature,
                                      right ? "right" : "wrong", NULL});
        vectors_read(&point, changes[i].point);
        vectors_read(&signature, changes[i].signature);
        OK(name,
           vectors_import(type, SIGN_AND_VERIFY, PSA_ALG_ECDSA(changes[i].hash), &point, &key));
        CHECK(name, changes[i].status, verify(key, changes[i].hash, &message, &signature));
        OK(name, psa_destroy_key(key));
    }
    each_byte_changed();
}

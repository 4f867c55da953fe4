/*
 * Keys of elliptic curves, right and wrong: points, scalars, and agreement on a secret with them.
 * RFC 5903, NIST's CAVP, RFC 7748. Two curves by OpenSSL.
 */
#include "table.h"

#define ECDH       PSA_ALG_ECDH
#define AGREE      PSA_KEY_USAGE_DERIVE
#define NIST       PSA_ECC_FAMILY_SECP_R1
#define MONTGOMERY PSA_ECC_FAMILY_MONTGOMERY

struct key_row {
    const char *name;
    psa_ecc_family_t family;
    size_t bits;
    bool medium;
    const char *key;
    psa_status_t status; /**< Of its import, or of agreement with it. */
};

static const struct key_row points[] = {
    {"P-256: the point itself", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     PSA_SUCCESS},
    {"P-256: its negative", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb686fc01eef74743"
     "675be51616a9d7439b0d0e4df4d28160ae885c3d6b2bb9dd66",
     PSA_SUCCESS},
    {"P-256: x is 0", NIST, 256, true,
     "04000000000000000000000000000000000000000000000000000000000000000066485c780e2f83"
     "d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
     PSA_SUCCESS},
    {"P-256: x is small", NIST, 256, true,
     "040000000000000000000000000000000000000000000000000000000000000005459243b9aa5818"
     "06fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
     PSA_SUCCESS},
    {"P-256: y changed", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: x changed", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb77903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: swapped", NIST, 256, true,
     "047903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d446229960fed4ba255a9d"
     "31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: both are 0", NIST, 256, true,
     "04000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: x is the prime", NIST, 256, true,
     "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff66485c780e2f83"
     "d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: x and the prime", NIST, 256, true,
     "04ffffffff00000001000000000000000000000001000000000000000000000004459243b9aa5818"
     "06fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: y is the prime", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6ffffffff000000"
     "01000000000000000000000000ffffffffffffffffffffffff",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: both are all ones", NIST, 256, true,
     "04ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffff",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: 2 and 1", NIST, 256, true,
     "04000000000000000000000000000000000000000000000000000000000000000200000000000000"
     "00000000000000000000000000000000000000000000000001",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: infinity", NIST, 256, true, "00", PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: infinity of full length", NIST, 256, true,
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: compressed", NIST, 256, true,
     "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: compressed, full length", NIST, 256, true,
     "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: hybrid", NIST, 256, true,
     "0760fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: prefix 5", NIST, 256, true,
     "0560fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: no prefix", NIST, 256, true,
     "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99"
     "a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: empty", NIST, 256, true, "", PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: only the prefix", NIST, 256, true, "04", PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: short by a byte", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d44622",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: long by a byte", NIST, 256, true,
     "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"
     "99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d446229900",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: P-224 point padded", NIST, 256, true,
     "040000000031c49ae75bce7807cdff22055d94ee9021fedbb5ab51c57526f011aa0000000027e8bf"
     "f1745635ec5ba0c9f1c2ede15414c6507d29ffe37e790a079b",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: the point itself", NIST, 384, false,
     "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"
     "6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9d"
     "b1288b231c3ae0d4fe7344fd2533264720",
     PSA_SUCCESS},
    {"P-384: y changed", NIST, 384, false,
     "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"
     "6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9d"
     "b1288b231c3ae0d4fe7344fd2533264721",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: both are 0", NIST, 384, false,
     "04000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: y is the prime", NIST, 384, false,
     "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"
     "6064a254515480bc13ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "feffffffff0000000000000000ffffffff",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: infinity", NIST, 384, false, "00", PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: compressed", NIST, 384, false,
     "02ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"
     "6064a254515480bc13",
     PSA_ERROR_INVALID_ARGUMENT},
};

static const struct key_row scalars[] = {
    {"P-256: 1", NIST, 256, true,
     "0000000000000000000000000000000000000000000000000000000000000001", PSA_SUCCESS},
    {"P-256: the order less 1", NIST, 256, true,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", PSA_SUCCESS},
    {"P-256: 0", NIST, 256, true,
     "0000000000000000000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: the order", NIST, 256, true,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: the order and 1", NIST, 256, true,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: all ones", NIST, 256, true,
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: empty", NIST, 256, true, "", PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: short by a byte", NIST, 256, true,
     "00000000000000000000000000000000000000000000000000000000000001", PSA_ERROR_INVALID_ARGUMENT},
    {"P-256: long by a byte", NIST, 256, true,
     "000000000000000000000000000000000000000000000000000000000000000001",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: 1", NIST, 384, false,
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000001",
     PSA_SUCCESS},
    {"P-384: the order less 1", NIST, 384, false,
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77a"
     "ecec196accc52972",
     PSA_SUCCESS},
    {"P-384: 0", NIST, 384, false,
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"P-384: the order", NIST, 384, false,
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77a"
     "ecec196accc52973",
     PSA_ERROR_INVALID_ARGUMENT},
};

/** Points whose order is small would give a secret that everybody knows: RFC 7748, section 6.1. */
static const struct key_row peers[] = {
    {"X25519: 0", MONTGOMERY, 255, false,
     "0000000000000000000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: 1", MONTGOMERY, 255, false,
     "0100000000000000000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: of order 8", MONTGOMERY, 255, false,
     "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: of order 8, the other", MONTGOMERY, 255, false,
     "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: -1", MONTGOMERY, 255, false,
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: the prime", MONTGOMERY, 255, false,
     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: the prime and 1", MONTGOMERY, 255, false,
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: the prime, top bit set", MONTGOMERY, 255, false,
     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: short by a byte", MONTGOMERY, 255, false,
     "09000000000000000000000000000000000000000000000000000000000000", PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: long by a byte", MONTGOMERY, 255, false,
     "090000000000000000000000000000000000000000000000000000000000000000",
     PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: empty", MONTGOMERY, 255, false, "", PSA_ERROR_INVALID_ARGUMENT},
    {"X25519: 9", MONTGOMERY, 255, false,
     "0900000000000000000000000000000000000000000000000000000000000000", PSA_SUCCESS},
};

static const struct agreement {
    const char *name;
    psa_ecc_family_t family;
    size_t bits;
    bool medium;
    const char *key;
    const char *peer;
    const char *secret;
} agreements[] = {
    {"P-256 RFC 5903 8.1", NIST, 256, true,
     "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
     "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc2"
     "3e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {"P-384 RFC 5903 8.2", NIST, 384, false,
     "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee"
     "3faef896783ab194",
     "04e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336de"
     "f96fda41d0774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1"
     "fff83fa40142209dff5eaad96db9e6386c",
     "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d0"
     "9cf5d4a270f59746"},
    {"P-521 RFC 5903 8.3", NIST, 521, false,
     "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c295"
     "2c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52",
     "0400d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc"
     "6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f015c68226383956e3bd066e797"
     "b623c27ce0eac2f551a10c2c724d9852077b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f"
     "4732296579ab44fcd17f0fc56a",
     "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa24"
     "0a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea"},
    {"P-256 NIST CAVP 0", NIST, 256, true,
     "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
     "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3fd9b"
     "060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
     "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"},
    {"secp256k1 OpenSSL", PSA_ECC_FAMILY_SECP_K1, 256, false,
     "0505050505050505050505050505050505050505050505050505050505050505",
     "04f006a18d5653c4edf5391ff23a61f03ff83d237e880ee61187fa9f379a028e0a5e7846f81ddfd6"
     "a90eddc9a91c023f0e916a6ce42a149be5a64512506983e085",
     "afe62948ab1f77266adf8e83d9b9963d1c6df2f9b0fa24c88bd6f224f7b65cb7"},
    {"brainpoolP256r1 OpenSSL", PSA_ECC_FAMILY_BRAINPOOL_P_R1, 256, false,
     "0505050505050505050505050505050505050505050505050505050505050505",
     "04a0b943ce4eb789fdc6c8aaac0bcb8a16fa25dde34842e0adc8000693e4e4fe368acee1cf4323f5"
     "5937fd6167a2c27db9f45c02fa4924cbe35255f5e814a0f81d",
     "a778b08018ffad05390ed87330da5d0346a8622ea98d6967c1f16d050877a952"},
    {"X25519 RFC 7748 5.2 1", MONTGOMERY, 255, false,
     "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
    {"X25519 RFC 7748 5.2 2", MONTGOMERY, 255, false,
     "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
     "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
     "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
    {"X25519 RFC 7748 6.1", MONTGOMERY, 255, false,
     "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {"X448 RFC 7748 5.2 1", MONTGOMERY, 448, false,
     "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbf"
     "f44943eba368f54b29259a4f1c600ad3",
     "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da25"
     "83fa5429db94ada18aa7a7fb4ef8a086",
     "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b077"
     "9d98223961111e21766282f73dd96b6f"},
};

static psa_status_t agree(psa_key_id_t key, const struct bytes *peer)
{
    return psa_raw_key_agreement(ECDH, key, peer->data, peer->len, vectors_out, sizeof vectors_out,
                                 &vectors_len);
}

/** Of the length of a key: the set "medium" takes another one for that of a key it does not have. */
static psa_status_t expected(const struct key_row *row, size_t len, size_t right)
{
    return vectors.medium && len != 0 && len != right ? PSA_ERROR_NOT_SUPPORTED : row->status;
}

/** A key of any value, to agree with. */
static psa_key_id_t own_key(const struct key_row *row)
{
    static struct bytes value;
    psa_key_id_t key = 0;
    memset(value.data, 0x5A, sizeof value.data);
    value.len = PSA_BITS_TO_BYTES(row->bits);
    OK(row->name,
       vectors_import(PSA_KEY_TYPE_ECC_KEY_PAIR(row->family), AGREE, ECDH, &value, &key));
    return key;
}

static void tell(const char *table, const struct key_row *row)
{
    vectors_tell((const char *[]){table, row->name, row->key,
                                  row->status == PSA_SUCCESS ? "right" : "wrong", NULL});
}

/** A point that is refused by import is no peer either. */
static void import_point(const struct key_row *row)
{
    static struct bytes value;
    psa_key_id_t key = 0;
    if (vectors_absent(row->medium)) {
        return;
    }
    tell("points", row);
    vectors_read(&value, row->key);
    CHECK(row->name, expected(row, value.len, 1 + 2 * PSA_BITS_TO_BYTES(row->bits)),
          vectors_import(PSA_KEY_TYPE_ECC_PUBLIC_KEY(row->family), PSA_KEY_USAGE_VERIFY_HASH,
                         PSA_ALG_ECDSA(PSA_ALG_SHA_256), &value, &key));
    TRUE(row->name, (key != 0) == (row->status == PSA_SUCCESS));
    OK(row->name, psa_destroy_key(key));
    const psa_key_id_t own = own_key(row);
    CHECK(row->name, row->status, agree(own, &value));
    OK(row->name, psa_destroy_key(own));
}

static void import_scalar(const struct key_row *row)
{
    static struct bytes value;
    psa_key_id_t key = 0;
    if (vectors_absent(row->medium)) {
        return;
    }
    tell("scalars", row);
    vectors_read(&value, row->key);
    CHECK(row->name, expected(row, value.len, PSA_BITS_TO_BYTES(row->bits)),
          vectors_import(PSA_KEY_TYPE_ECC_KEY_PAIR(row->family), AGREE, ECDH, &value, &key));
    OK(row->name, psa_destroy_key(key));
}

void vectors_ecc_keys(void)
{
    static struct bytes value;
    for (size_t i = 0; i < VECTORS_COUNT_OF(points); i++) {
        import_point(&points[i]);
    }
    for (size_t i = 0; i < VECTORS_COUNT_OF(scalars); i++) {
        import_scalar(&scalars[i]);
    }
    for (size_t i = 0; i < VECTORS_COUNT_OF(peers) && !vectors.medium; i++) {
        const psa_key_id_t own = own_key(&peers[i]);
        tell("peers", &peers[i]);
        vectors_read(&value, peers[i].key);
        CHECK(peers[i].name, peers[i].status, agree(own, &value));
        OK(peers[i].name, psa_destroy_key(own));
    }
}

void vectors_agreement(void)
{
    static struct bytes value;
    static struct bytes peer;
    static struct bytes secret;
    for (size_t i = 0; i < VECTORS_COUNT_OF(agreements); i++) {
        const struct agreement *row = &agreements[i];
        const psa_key_type_t type = PSA_KEY_TYPE_ECC_KEY_PAIR(row->family);
        psa_key_id_t key = 0;
        vectors_tell(
            (const char *[]){"agreement", row->name, row->key, row->peer, row->secret, NULL});
        vectors_read(&value, row->key);
        vectors_read(&peer, row->peer);
        vectors_read(&secret, row->secret);
        const psa_status_t import = vectors_import(type, AGREE, ECDH, &value, &key);
        const psa_status_t status = agree(key, &peer);
        if (vectors_absent(row->medium)) {
            vectors_refused(row->name, import, status);
        } else {
            OK(row->name, import);
            OK(row->name, status);
            vectors_equal(row->name, &secret, vectors_out, vectors_len);
        }
        OK(row->name, psa_destroy_key(key));
    }
}

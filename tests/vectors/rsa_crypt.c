/*
 * RSA: ciphertexts, right ones and such as are padded wrongly. The key pair and one ciphertext are of
 * example 1 of oaep-vect (RSA Laboratories' vectors for PKCS #1 v2.1).
 */
#include "rsa_keys.h"
#include "table.h"

#define USAGE (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)

static const struct vector {
    const char *name;
    psa_algorithm_t alg;
    const char *label;
    const char *cipher;
    const char *plain;
    psa_status_t status;
} rows[] = {
    {"PKCS#1 v1.5: right", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "185c85874feac45ce6ae54a9b6dd90f507093fd43a56ee6aff2271c281c822ee5542bc1176e08eff"
     "c38b85bff7ed631743ce221a08cbce00c342f5b051939ad3b9c8640fef0a8fdaa09b07f59af080a6"
     "092f4e7f826745ae4711aae4276e8593ea5e1a80f241846a900ac7f2a6d9f86f7af8f78294c280d8"
     "a8958be55d88272b",
     "73616d706c65", PSA_SUCCESS},
    {"PKCS#1 v1.5: nothing", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "2a74c9e687d0bcab1faba1d320cbe10fdcc0484456c01f1b133f581bc9e051f2e5c23ac4886e0422"
     "188a1a417cd58ae5ca01b3381cf7f96352c33f3628016c134c1955272b32140dd9a82886de5a9a07"
     "2993aea4c1077d7908feca941304cc648fdcfbaa6e8a8315d9556c4d14c0521a1659ae4fc582e6f0"
     "c2828f04207ca829",
     "", PSA_SUCCESS},
    {"PKCS#1 v1.5: block type 1", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "3dbc8f4f06547383548de48495cc6ab5be43d316fabcf170643769ebf6befd8b0d8e510df7578ed8"
     "c774b018802964e3d8fba3cb645927dc37e0317ebd4e027c759731f917e159f563e91884e76fddda"
     "75281ece8a8d907df25b709a2e2eb1a7fd07f22a009cc77e4240553e36cdca1980914728163e4d31"
     "19850f13555101a7",
     "", PSA_ERROR_INVALID_PADDING},
    {"PKCS#1 v1.5: block type 0", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "5841cb23c719bbb1199e7bad8555c5f6190b8bc0c67aac0d1be5139b14a18cb3bb59622c0c0a8658"
     "9061d343d1ab125ee643174cdde2759849ad15c1703ea4963553569c1ad35053f72904b1b960ddc0"
     "fb8cdb748de1a8579641784d2508066ed8ec7838c546b1afd50b0893c6f3ae8d7046948383271142"
     "17f8085ee8d71e97",
     "", PSA_ERROR_INVALID_PADDING},
    {"PKCS#1 v1.5: first byte 1", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "7a154e8d22c78ec276cd93e4026d1a3e24a35f002265e731dd20d13ed0febc326672b8ba71371073"
     "e5632d1c493cc65ae65475d78eb04ef9c82d36c49ff4aa9bd70d23ac5665ca5a415320b192be1ead"
     "73b0996147e98e4e2d9f5fbd7c1a80ec026a2b25f02787b2ae0c4e89915f4805e09cb2c58db65f86"
     "0b859edc00b5f423",
     "", PSA_ERROR_INVALID_PADDING},
    {"PKCS#1 v1.5: no zero", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "78b6d228b5455fc3f257248433c4f005f2004ebe2143d3917f0694d9d7c1ba6f140f45345198b691"
     "729940101233228c495c968273f193ee9368db7736210760c79fb968cb257eef4b2f371df43a33a0"
     "1550cf022a672cca75da64b195eb9ee5583e740d1421acab3c0b98cb09fefb40f42f4c0b7c2b174b"
     "741aacfa2b284db0",
     "", PSA_ERROR_INVALID_PADDING},
    {"PKCS#1 v1.5: zero at once", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "3991dfdd57b6389fa9dfe0593f89ed3b9b2cc54a7c2a50fdade47b3df75d9cac95b5f55e434d6e17"
     "ae480af9805a00006646c41cbae8ba153f49e87cebe21923f59349b89c003f8954b97980c6d36b51"
     "f7c57c5627cf07f1eb36be7617cc706b756daa4c792a53b139d4544235732ff1841e339c4d53c387"
     "3ea2798dee20fff8",
     "", PSA_ERROR_INVALID_PADDING},
    {"PKCS#1 v1.5: 7 bytes of padding", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "05639fdd81935961827d7c9b2a5896527ae50e16c80e7ec4acec4de6656b2eb08875ea6c3f5ddae1"
     "208e14dea6b53c40e52cf4109addff268512da42be61d5aa8cd37c009f76b2a46560e6c85225649c"
     "7cabe22aa53cb1e12231f5abe7611e7682cb5673e2eb6b7eb84997a5c5ffe73e5631754d04e4d09f"
     "3311eeee84d3dce8",
     "", PSA_ERROR_INVALID_PADDING},
    {"PKCS#1 v1.5: 8 bytes of padding", PSA_ALG_RSA_PKCS1V15_CRYPT, "",
     "8799dc467b352cfc57c67259c2293e5c5aa9aa095acf2eaef2f60725ef043a2175b644fb88029bcb"
     "3b7aeb8e231c0b62318721e9e1549df65faeea481cf623c78b713eb2e2c4fc05811019c1a908d43a"
     "b4f868652ecf66dc83f314dc6bd2aa78ad560f8caa39ec41cdae63022281c2e701918ca4f3d49ea0"
     "6c8461861d0055e0",
     "09090909090909090909090909090909090909090909090909090909090909090909090909090909"
     "09090909090909090909090909090909090909090909090909090909090909090909090909090909"
     "09090909090909090909090909090909090909090909090909090909090909090909090909",
     PSA_SUCCESS},
    {"OAEP SHA-1: oaep-vect 1.1", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_1), "",
     "354fe67b4a126d5d35fe36c777791a3f7ba13def484e2d3908aff722fad468fb21696de95d0be911"
     "c2d3174f8afcc201035f7b6d8e69402de5451618c21a535fa9d7bfc5b8dd9fc243f8cf927db31322"
     "d6e881eaa91a996170e657a05a266426d98c88003f8477c1227094a0d9fa1e8c4024309ce1ecccb5"
     "210035d47ac72e8a",
     "6628194e12073db03ba94cda9ef9532397d50dba79b987004afefe34", PSA_SUCCESS},
    {"OAEP SHA-1: other label", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_1), "6c6162656c",
     "354fe67b4a126d5d35fe36c777791a3f7ba13def484e2d3908aff722fad468fb21696de95d0be911"
     "c2d3174f8afcc201035f7b6d8e69402de5451618c21a535fa9d7bfc5b8dd9fc243f8cf927db31322"
     "d6e881eaa91a996170e657a05a266426d98c88003f8477c1227094a0d9fa1e8c4024309ce1ecccb5"
     "210035d47ac72e8a",
     "", PSA_ERROR_INVALID_PADDING},
    {"OAEP SHA-1: changed", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_1), "",
     "354fe67b4a126d5d35fe36c777791a3f7ba13def484e2d3908aff722fad468fb21696de95d0be911"
     "c2d3174f8afcc201035f7b6d8e69402de5451618c21a535fa9d7bfc5b8dd9fc243f8cf927db31322"
     "d6e881eaa91a996170e657a05a266426d98c88003f8477c1227094a0d9fa1e8c4024309ce1ecccb5"
     "210035d47ac72e8b",
     "", PSA_ERROR_INVALID_PADDING},
    {"OAEP SHA-256: right", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "633a870e0d336267f0bd04cff1a738049c68dc0a7e29478e72c659684aa5f63ea8dff29b655b6e43"
     "438c4f3f4ea69875ac8baab350883951f190274b48892ddf5e5a5eff2619df1fc856b7f0b45364e2"
     "6a1e95652bfb5f1c984f39b326fd0c4bdf61019adcfac059fc745b63288c1c3aa8e905db847a5927"
     "866e81aae27f03a0",
     "73616d706c65", PSA_SUCCESS},
    {"OAEP SHA-256: with a label", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "6c6162656c",
     "0d803479bf4601717aa0cd1d70e6a319a6ce2050f90bc7eabc8194035f4dd0c5f92669857a730a53"
     "3e3c8b00ed47bb8726bfbfab9cdbb6e510ec21089ce2e5e1275e33fae6e24007a61cd0e3cae8c897"
     "ff912635f95134e4d3e42b0e8936759022200692342f07716b39cd960537d9a72e0baea983e28ee3"
     "d3264dacde92442b",
     "73616d706c65", PSA_SUCCESS},
    {"OAEP SHA-256: nothing", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "630cd713473b1133697bc2d881e7d8a5615165f06809e6b1b37b33b124d3337e77608764bc0ebacd"
     "586b0d4b9bc5dd18760e4f23a60623f0e5abe05c942ee9c5a7093a50d21ec2561cc9606792694463"
     "b37fa2366a0a2280c44c257ee8283af48a45bf10e3325cdd5cc3e817266a004b51a59fbbb0007191"
     "b665e7c1ce6af985",
     "", PSA_SUCCESS},
    {"OAEP SHA-256: first byte 1", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "334f5b26eacdc7a23321b487bbf763e182700cded611cf467d922325c070551c746934dc6b61ad31"
     "a9f4e2d594abadef8e657db62485df437f88c2e5eb6ee86a4fdca8206d27abeef09e861e35e38445"
     "629b8013a048afec25e7cbb1f32333161396d21f09c17de84f211f2be726cfc9c391f21f1beae3ec"
     "bc163202dd3675e7",
     "", PSA_ERROR_INVALID_PADDING},
    {"OAEP SHA-256: no byte before the text", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "a0ed916f320607c47a2525dd696ba36addbd6b2c51169214d5dd75c47384a96371991e0804e8e393"
     "1d20ac552a241f459980a53cb05e29a81d8712941c79bd18556570d80b08e1df8392f1c368b1e285"
     "38b020e116af82f0296a3a0a03f973a0c2a3b0892b6d0801c7af9549a28e6a4c9f8e4c9fbe3c0876"
     "e2e5b701f21214e5",
     "", PSA_ERROR_INVALID_PADDING},
    {"OAEP SHA-256: byte 2 before the text", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "04748d3c03ba272472ef6e45b357b237d6a34df11b1e47b33487672ca8470eea4d1e02ceff9bd839"
     "4e03b6032784f8cb5d97ba3d0ce2ec367a44a83796f25bd4dee5a531101ff35a2b0c568e302abea3"
     "bb3edb7312a0f86be2299098afc529e866d2470dab9516600b943223731fb12c2de1f9e43880aac8"
     "c3a7150f2308e54a",
     "", PSA_ERROR_INVALID_PADDING},
    {"OAEP SHA-256: padding is not 0", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "7bcc886ff1154c54b9cc6a21cb76ae1d62dc7ea3ab9b45fde6ffcdc591345c8c63d8b146c02f82d2"
     "a4a9993aefca18124c636dc90dcead981e935b61cd30b6acd612348d0fbaacccfa3831444684eba3"
     "b46070694366cb0bf72e9dd2c483f69de503b4c7438b83e12c64892c3ee3dcda7ebebfa5e2668bf6"
     "c793a043c4cf92c5",
     "", PSA_ERROR_INVALID_PADDING},
    {"OAEP SHA-256: no label wanted", PSA_ALG_RSA_OAEP(PSA_ALG_SHA_256), "",
     "0d803479bf4601717aa0cd1d70e6a319a6ce2050f90bc7eabc8194035f4dd0c5f92669857a730a53"
     "3e3c8b00ed47bb8726bfbfab9cdbb6e510ec21089ce2e5e1275e33fae6e24007a61cd0e3cae8c897"
     "ff912635f95134e4d3e42b0e8936759022200692342f07716b39cd960537d9a72e0baea983e28ee3"
     "d3264dacde92442b",
     "", PSA_ERROR_INVALID_PADDING},
};

static psa_status_t decrypt(psa_key_id_t key, const struct vector *row, const struct bytes *label,
                            const struct bytes *cipher)
{
    return psa_asymmetric_decrypt(key, row->alg, cipher->data, cipher->len, label->data, label->len,
                                  vectors_out, sizeof vectors_out, &vectors_len);
}

/** What the key encrypts, it decrypts. */
static void there_and_back(const struct vector *row, psa_key_id_t key, const struct bytes *label,
                           const struct bytes *plain)
{
    static struct bytes cipher;
    OK(row->name, psa_asymmetric_encrypt(key, row->alg, plain->data, plain->len, label->data,
                                         label->len, cipher.data, sizeof cipher.data, &cipher.len));
    OK(row->name, decrypt(key, row, label, &cipher));
    vectors_equal(row->name, plain, vectors_out, vectors_len);
}

void vectors_rsa_crypt(void)
{
    static struct bytes pair;
    static struct bytes label;
    static struct bytes cipher;
    static struct bytes plain;
    vectors_read(&pair, PAIR);
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        const char *status = row->status == PSA_SUCCESS ? "right" : "wrong";
        psa_key_id_t key = 0;
        vectors_tell((const char *[]){"rsa crypt", row->name, PAIR, row->label, row->cipher,
                                      row->plain, status, NULL});
        vectors_read(&label, row->label);
        vectors_read(&cipher, row->cipher);
        vectors_read(&plain, row->plain);
        const psa_status_t import =
            vectors_import(PSA_KEY_TYPE_RSA_KEY_PAIR, USAGE, row->alg, &pair, &key);
        const psa_status_t decrypted = decrypt(key, row, &label, &cipher);
        if (vectors_absent(false)) {
            vectors_refused(row->name, import, decrypted);
            continue;
        }
        OK(row->name, import);
        vectors_status(row->name, "decrypt", row->status, decrypted);
        vectors_equal(row->name, &plain, vectors_out, vectors_len);
        if (row->status == PSA_SUCCESS) {
            there_and_back(row, key, &label, &plain);
        }
        OK(row->name, psa_destroy_key(key));
    }
}

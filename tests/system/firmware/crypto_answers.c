/*
 * Asks the manager for answers that do not depend on chance, and prints them; then for others, and
 * checks those with each other. The same source runs on the chip and on the host, and must say the
 * same whether the chip's blocks or software compute.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>

#define SIGNING  PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define TEXT_LEN 700u

static uint8_t text[TEXT_LEN];

static void print_hex(const char *name, psa_status_t status, const uint8_t *data, size_t len)
{
    printf("%s %d ", name, (int)status);
    for (size_t i = 0; status == PSA_SUCCESS && i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

static const struct {
    const char *name;
    psa_algorithm_t alg;
} hashes[] = {
    {"SHA-224", PSA_ALG_SHA_224},
    {"SHA-256", PSA_ALG_SHA_256},
    {"SHA-384", PSA_ALG_SHA_384},
    {"SHA-512", PSA_ALG_SHA_512},
};
#define HASHES (sizeof hashes / sizeof hashes[0])

static void tell_hashes(void)
{
    static const size_t lengths[] = {0, 3, 64, 129, TEXT_LEN};
    for (size_t i = 0; i < HASHES; i++) {
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            uint8_t hash[PSA_HASH_MAX_SIZE];
            size_t len = 0;
            const psa_status_t status =
                psa_hash_compute(hashes[i].alg, text, lengths[j], hash, sizeof hash, &len);
            print_hex(hashes[i].name, status, hash, len);
        }
    }
}

/** Two messages at a time, which take turns. */
static void tell_turns(void)
{
    for (size_t i = 0; i < HASHES; i++) {
        psa_hash_operation_t operation[2] = {PSA_HASH_OPERATION_INIT, PSA_HASH_OPERATION_INIT};
        psa_status_t status = PSA_SUCCESS;
        for (size_t j = 0; j < 2; j++) {
            status |= psa_hash_setup(&operation[j], hashes[(i + j) % HASHES].alg);
        }
        for (size_t at = 0; at < TEXT_LEN; at += 35) {
            status |= psa_hash_update(&operation[0], text + at, 35);
            status |= psa_hash_update(&operation[1], text + TEXT_LEN - 35 - at, 35);
        }
        for (size_t j = 0; j < 2; j++) {
            uint8_t hash[PSA_HASH_MAX_SIZE];
            size_t len = 0;
            status |= psa_hash_finish(&operation[j], hash, sizeof hash, &len);
            print_hex("turns", status, hash, len);
        }
    }
}

/* RFC 6979, A.2.5: the key, and a signature of the SHA-256 of "sample". */
static const uint8_t key[32] = {
    0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
    0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
};
static const uint8_t sample[] = "sample";
static const uint8_t signature[64] = {
    0xEF, 0xD4, 0x8B, 0x2A, 0xAC, 0xB6, 0xA8, 0xFD, 0x11, 0x40, 0xDD, 0x9C, 0xD4, 0x5E, 0x81, 0xD6,
    0x9D, 0x2C, 0x87, 0x7B, 0x56, 0xAA, 0xF9, 0x91, 0xC3, 0x4D, 0x0E, 0xA8, 0x4E, 0xAF, 0x37, 0x16,
    0xF7, 0xCB, 0x1C, 0x94, 0x2D, 0x65, 0x7C, 0x41, 0xD4, 0x36, 0xC7, 0xA1, 0xB6, 0xE2, 0x9F, 0x65,
    0xF3, 0xE9, 0x00, 0xDB, 0xB9, 0xAF, 0xF4, 0x06, 0x4D, 0xC4, 0xAB, 0x2F, 0x84, 0x3A, 0xCD, 0xA8,
};

static psa_status_t import(psa_key_type_t type, const uint8_t *data, size_t len, psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH |
                                             PSA_KEY_USAGE_VERIFY_MESSAGE);
    psa_set_key_algorithm(&attributes, SIGNING);
    return psa_import_key(&attributes, data, len, id);
}

/** A fresh signature of the pair's verifies, and no longer when it has changed. */
static void tell_own_signature(psa_key_id_t pair)
{
    uint8_t own[64];
    size_t len = 0;
    psa_status_t status = psa_sign_hash(pair, SIGNING, text, 32, own, sizeof own, &len);
    print_hex("signs", status, NULL, 0);
    print_hex("verifies", psa_verify_hash(pair, SIGNING, text, 32, own, len), NULL, 0);
    own[40] ^= 4;
    print_hex("refuses", psa_verify_hash(pair, SIGNING, text, 32, own, len), NULL, 0);
}

static void tell_keys(void)
{
    uint8_t point[65];
    size_t len = 0;
    psa_key_id_t pair = 0;
    psa_key_id_t public = 0;
    psa_key_id_t none = 0;
    print_hex("pair", import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), key, 32, &pair),
              NULL, 0);
    print_hex("point", psa_export_public_key(pair, point, sizeof point, &len), point, sizeof point);
    const psa_key_type_t type = PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
    print_hex("public", import(type, point, sizeof point, &public), NULL, 0);
    print_hex("published",
              psa_verify_message(public, SIGNING, sample, 6, signature, sizeof signature), NULL, 0);
    print_hex("other", psa_verify_message(public, SIGNING, sample, 5, signature, sizeof signature),
              NULL, 0);
    tell_own_signature(pair);
    point[64] ^= 1;
    print_hex("no point", import(type, point, sizeof point, &none), NULL, 0);
    static const uint8_t zero[32];
    print_hex("no scalar",
              import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), zero, 32, &none), NULL, 0);
}

int main(void)
{
    for (size_t i = 0; i < TEXT_LEN; i++) {
        text[i] = (uint8_t)(i * 7u + 3u);
    }
    if (psa_crypto_init() != PSA_SUCCESS) {
        return 1;
    }
    printf("answers:\n");
    tell_hashes();
    tell_turns();
    tell_keys();
    printf("answers: end\n");
    return 0;
}

/*
 * The smallest tour of the PSA APIs: what is installed, a hash, random bytes, a signature.
 *
 * It includes standard headers only, so the same source runs on the chip and on the host.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>
#include <psa/update.h>

/** Says which step failed, and why. @return whether it succeeded */
static bool succeeded(const char *step, psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        printf("hello_psa: FAILED %s %d\n", step, (int)status);
        return false;
    }
    return true;
}

static void print_hex(const char *label, const uint8_t *data, size_t len)
{
    printf("%s ", label);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

static bool show_versions(void)
{
    static const struct {
        psa_fwu_component_t component;
        const char *name;
    } components[] = {
        {PSA_FWU_COMPONENT_IROT, "iROT"},
        {PSA_FWU_COMPONENT_UROT, "uROT"},
        {PSA_FWU_COMPONENT_MANAGER, "manager"},
        {PSA_FWU_COMPONENT_APPLICATION, "application"},
    };
    for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
        psa_fwu_component_info_t info;
        const psa_status_t status = psa_fwu_query(components[i].component, &info);
        if (status == PSA_ERROR_DOES_NOT_EXIST) { /* on the host, without a boot chain */
            printf("%s: not on this device\n", components[i].name);
            continue;
        }
        if (!succeeded("psa_fwu_query", status)) {
            return false;
        }
        printf("%s %u.%u.%u\n", components[i].name, (unsigned)info.version.major,
               (unsigned)info.version.minor, (unsigned)info.version.patch);
    }
    return true;
}

static bool show_hash(const char *text, uint8_t hash[PSA_HASH_LENGTH(PSA_ALG_SHA_256)])
{
    size_t len;
    const psa_status_t status =
        psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)text, strlen(text), hash,
                         PSA_HASH_LENGTH(PSA_ALG_SHA_256), &len);
    if (!succeeded("psa_hash_compute", status)) {
        return false;
    }
    print_hex("SHA-256", hash, len);
    return true;
}

static bool show_random(void)
{
    uint8_t random[16];
    if (!succeeded("psa_generate_random", psa_generate_random(random, sizeof(random)))) {
        return false;
    }
    print_hex("random", random, sizeof(random));
    return true;
}

/** Verifies the signature, then the same one over another hash, which must be refused. */
static bool check_signature(psa_key_id_t key, const uint8_t hash[32], const uint8_t *signature,
                            size_t len)
{
    const psa_algorithm_t alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    uint8_t tampered[32];

    if (!succeeded("psa_verify_hash", psa_verify_hash(key, alg, hash, 32, signature, len))) {
        return false;
    }
    memcpy(tampered, hash, sizeof(tampered));
    tampered[0] ^= 1;
    const psa_status_t status =
        psa_verify_hash(key, alg, tampered, sizeof(tampered), signature, len);
    if (status != PSA_ERROR_INVALID_SIGNATURE) {
        printf("hello_psa: FAILED tampered hash %d\n", (int)status);
        return false;
    }
    return true;
}

static bool show_signature(const uint8_t hash[32])
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    uint8_t signature[64];
    size_t len;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    if (!succeeded("psa_generate_key", psa_generate_key(&attributes, &key))) {
        return false;
    }
    const psa_status_t status = psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, 32,
                                              signature, sizeof(signature), &len);
    if (!succeeded("psa_sign_hash", status)) {
        return false;
    }
    print_hex("signature", signature, len);
    return check_signature(key, hash, signature, len) &&
           succeeded("psa_destroy_key", psa_destroy_key(key));
}

int main(void)
{
    uint8_t hash[PSA_HASH_LENGTH(PSA_ALG_SHA_256)];

    if (!succeeded("psa_crypto_init", psa_crypto_init()) || !show_versions() ||
        !show_hash("hello from the Non-secure side", hash) || !show_random() ||
        !show_signature(hash)) {
        return 1;
    }
    printf("hello_psa: ok\n");
    return 0;
}

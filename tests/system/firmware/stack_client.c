/*
 * A client that makes the services work as hard as they can, for the depth of their stacks: every
 * function of them, objects of all sizes, areas that run full. It waits for a byte on USART1 first.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <garrison/attestation.h>
#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
#include <psa/update.h>

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART_ISR_RXNE (1u << 5)

#define OBJECT_BYTES 3000u
#define OBJECTS_MAX  32u

static uint8_t object[OBJECT_BYTES];
static unsigned failures;

static void expect(const char *what, psa_status_t status, psa_status_t expected)
{
    if (status != expected) {
        printf("stack: %s: %ld\n", what, (long)status);
        failures++;
    }
}

static void use_crypto(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_key_id_t key = 0;
    uint8_t hash[32];
    uint8_t signature[64];
    uint8_t public_key[65];
    size_t len = 0;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    expect("init", psa_crypto_init(), PSA_SUCCESS);
    expect("hash setup", psa_hash_setup(&operation, PSA_ALG_SHA_256), PSA_SUCCESS);
    expect("hash update", psa_hash_update(&operation, object, sizeof object), PSA_SUCCESS);
    expect("hash finish", psa_hash_finish(&operation, hash, sizeof hash, &len), PSA_SUCCESS);
    expect("random", psa_generate_random(object, sizeof object), PSA_SUCCESS);
    expect("key", psa_generate_key(&attributes, &key), PSA_SUCCESS);
    expect("public key", psa_export_public_key(key, public_key, sizeof public_key, &len),
           PSA_SUCCESS);
    expect("sign",
           psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof hash, signature,
                         sizeof signature, &len),
           PSA_SUCCESS);
    expect("verify",
           psa_verify_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof hash, signature, len),
           PSA_SUCCESS);
    expect("destroy", psa_destroy_key(key), PSA_SUCCESS);
}

/** Curves without a block of the chip's, and a key that ITS keeps: the deepest that there is. */
static void use_deep_crypto(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_derivation_operation_t derivation = PSA_KEY_DERIVATION_OPERATION_INIT;
    const psa_algorithm_t alg = PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384);
    const psa_key_id_t id = 5;
    psa_key_id_t key = 0;
    uint8_t signature[96];
    uint8_t plain[16];
    size_t len = 0;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 384);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE);
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_id(&attributes, id);
    (void)psa_destroy_key(id); /* of an earlier run, whose power was cut */
    expect("persistent key", psa_generate_key(&attributes, &key), PSA_SUCCESS);
    expect("sign message",
           psa_sign_message(id, alg, object, sizeof object, signature, sizeof signature, &len),
           PSA_SUCCESS);
    expect("verify message", psa_verify_message(id, alg, object, sizeof object, signature, len),
           PSA_SUCCESS);
    expect("destroy it", psa_destroy_key(id), PSA_SUCCESS);
    expect("it is gone", psa_purge_key(id), PSA_ERROR_INVALID_HANDLE);

    attributes = psa_key_attributes_init();
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    psa_set_key_algorithm(&attributes, PSA_ALG_CCM);
    expect("derivation", psa_key_derivation_setup(&derivation, PSA_ALG_HKDF(PSA_ALG_SHA_256)),
           PSA_SUCCESS);
    expect("secret",
           psa_key_derivation_input_bytes(&derivation, PSA_KEY_DERIVATION_INPUT_SECRET, object, 32),
           PSA_SUCCESS);
    expect("info",
           psa_key_derivation_input_bytes(&derivation, PSA_KEY_DERIVATION_INPUT_INFO, object, 8),
           PSA_SUCCESS);
    expect("output", psa_key_derivation_output_bytes(&derivation, plain, sizeof plain),
           PSA_SUCCESS);
    expect("abort", psa_key_derivation_abort(&derivation), PSA_SUCCESS);
    expect("import", psa_import_key(&attributes, plain, sizeof plain, &key), PSA_SUCCESS);
    expect("encrypt",
           psa_aead_encrypt(key, PSA_ALG_CCM, object, 13, NULL, 0, plain, sizeof plain, signature,
                            sizeof signature, &len),
           PSA_SUCCESS);
    expect("decrypt",
           psa_aead_decrypt(key, PSA_ALG_CCM, object, 13, NULL, 0, signature, len, plain,
                            sizeof plain, &len),
           PSA_SUCCESS);
    expect("destroy", psa_destroy_key(key), PSA_SUCCESS);
}

static void use_update(void)
{
    const psa_fwu_component_t manager = PSA_FWU_COMPONENT_MANAGER;
    psa_fwu_component_info_t info;
    expect("query", psa_fwu_query(PSA_FWU_COMPONENT_APPLICATION, &info), PSA_SUCCESS);
    /* Whatever an earlier run has left when its power was cut. */
    (void)psa_fwu_cancel(manager);
    (void)psa_fwu_reject(0);
    (void)psa_fwu_clean(manager);
    expect("start", psa_fwu_start(manager, NULL, 0), PSA_SUCCESS);
    expect("write", psa_fwu_write(manager, 0, object, PSA_FWU_MAX_WRITE_SIZE), PSA_SUCCESS);
    /* Other bytes: its sector is copied, erased and copied back. */
    expect("write again", psa_fwu_write(manager, 16, object, PSA_FWU_MAX_WRITE_SIZE), PSA_SUCCESS);
    expect("query", psa_fwu_query(manager, &info), PSA_SUCCESS);
    expect("finish", psa_fwu_finish(manager), PSA_SUCCESS);
    expect("install", psa_fwu_install(), PSA_SUCCESS_REBOOT);
    expect("accept", psa_fwu_accept(), PSA_ERROR_BAD_STATE);
    expect("reject", psa_fwu_reject(1), PSA_SUCCESS);
    expect("query", psa_fwu_query(manager, &info), PSA_SUCCESS);
    expect("error", info.error, 1);
    expect("clean", psa_fwu_clean(manager), PSA_SUCCESS);
}

/** The one form of both services. */
struct storage {
    const char *name;
    psa_status_t (*set)(psa_storage_uid_t uid, size_t len, const void *data,
                        psa_storage_create_flags_t flags);
    psa_status_t (*get)(psa_storage_uid_t uid, size_t off, size_t size, void *data, size_t *len);
    psa_status_t (*get_info)(psa_storage_uid_t uid, struct psa_storage_info_t *info);
    psa_status_t (*remove)(psa_storage_uid_t uid);
};

static void use_storage(const struct storage *storage)
{
    struct psa_storage_info_t info;
    size_t len = 0;
    unsigned objects = 0;
    psa_status_t status = PSA_SUCCESS;
    while (objects < OBJECTS_MAX && status == PSA_SUCCESS) {
        status = storage->set(objects + 1, sizeof object, object, PSA_STORAGE_FLAG_NONE);
        objects += status == PSA_SUCCESS ? 1u : 0u;
    }
    expect("full", status, PSA_ERROR_INSUFFICIENT_STORAGE);
    printf("stack: %s has room for %u objects\n", storage->name, objects);
    expect("remove", storage->remove(2), PSA_SUCCESS);
    for (unsigned size = 0; size <= 1100u; size += 275u) { /* round the ring */
        for (unsigned times = 0; times < 8u; times++) {
            expect("set", storage->set(2, size, object, PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
        }
    }
    expect("get", storage->get(1, 0, sizeof object, object, &len), PSA_SUCCESS);
    expect("get info", storage->get_info(1, &info), PSA_SUCCESS);
    expect("get nothing", storage->get(999, 0, sizeof object, object, &len),
           PSA_ERROR_DOES_NOT_EXIST);
    for (unsigned i = 0; i < objects; i++) {
        expect("remove", storage->remove(i + 1), PSA_SUCCESS);
    }
}

static void use_extended(void)
{
    expect("create", psa_ps_create(7, sizeof object, PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
    for (unsigned off = 0; off < sizeof object; off += 750u) {
        expect("set extended", psa_ps_set_extended(7, off, 750u, object + off), PSA_SUCCESS);
    }
    expect("remove", psa_ps_remove(7), PSA_SUCCESS);
    expect("support", (psa_status_t)psa_ps_get_support(), PSA_STORAGE_SUPPORT_SET_EXTENDED);
}

static void use_attestation(void)
{
    static const uint8_t challenge[PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64];
    static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    size_t len = 0;
    for (unsigned profile = 0; profile < 2; profile++) {
        expect("token",
               garrison_attest_get_token((enum garrison_attest_profile)profile, challenge,
                                         sizeof challenge, token, sizeof token, &len),
               PSA_SUCCESS);
    }
    expect("token size", psa_initial_attest_get_token_size(32, &len), PSA_SUCCESS);
}

int main(void)
{
    static const struct storage its = {"its", psa_its_set, psa_its_get, psa_its_get_info,
                                       psa_its_remove};
    static const struct storage ps = {"ps", psa_ps_set, psa_ps_get, psa_ps_get_info, psa_ps_remove};
    printf("stack: ready\n");
    while ((USART1_ISR & USART_ISR_RXNE) == 0) {
    }
    use_crypto();
    use_deep_crypto();
    use_update();
    use_storage(&its);
    use_storage(&ps);
    use_extended();
    use_attestation();
    printf("stack: %u failures\n", failures);
    return 0;
}

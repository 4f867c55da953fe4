/*
 * Uses each service again and again, while the test has them fail: see tests/system/test_lost.c.
 */
#include <stdint.h>
#include <stdio.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
#include <psa/update.h>

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART1_RDR     (*(volatile uint32_t *)0x40013824u)
#define USART_ISR_RXNE (1u << 5)

#define SHA256 PSA_ALG_SHA_256

static uint8_t out[32];
static size_t len;

/** For the test's byte: meanwhile it changes the manager. */
static void wait(void)
{
    printf("lost: ready\n");
    while ((USART1_ISR & USART_ISR_RXNE) == 0) {
    }
    (void)USART1_RDR;
}

static psa_status_t hash(void)
{
    return psa_hash_compute(SHA256, out, 1, out, sizeof out, &len);
}

static psa_key_id_t make_key(psa_status_t *status)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_EXPORT);
    *status = psa_generate_key(&attributes, &key);
    return key;
}

static psa_status_t its(void)
{
    return psa_its_set(1, 1, out, 0);
}

static psa_status_t ps(void)
{
    return psa_ps_set(1, 1, out, 0);
}

static psa_status_t update(void)
{
    psa_fwu_component_info_t info;
    return psa_fwu_query(PSA_FWU_COMPONENT_APPLICATION, &info);
}

static void tell(const char *name, psa_status_t (*call)(void))
{
    wait();
    for (unsigned i = 0; i < 6; i++) {
        printf("lost: %s %d\n", name, (int)call());
    }
}

/** The service begins anew, and what it has named before names nothing, nor anything new. */
static void tell_stale_names(void)
{
    psa_hash_operation_t old = PSA_HASH_OPERATION_INIT;
    psa_hash_operation_t now = PSA_HASH_OPERATION_INIT;
    psa_status_t status = psa_hash_setup(&old, SHA256);
    const psa_key_id_t old_key = make_key(&status);
    wait();
    printf("lost: anew %d\n", (int)hash());
    wait();
    const psa_key_id_t key = make_key(&status);
    printf("lost: new key %d\n", (int)status);
    printf("lost: new operation %d\n", (int)psa_hash_setup(&now, SHA256));
    printf("lost: old operation %d\n", (int)psa_hash_update(&old, out, 1));
    printf("lost: old key %d\n", (int)psa_export_key(old_key, out, sizeof out, &len));
    printf("lost: old key destroyed %d\n", (int)psa_destroy_key(old_key));
    printf("lost: key %d\n", (int)psa_export_key(key, out, sizeof out, &len));
    printf("lost: operation %d\n", (int)psa_hash_finish(&now, out, sizeof out, &len));
    printf("lost: ids %s\n", key != old_key ? "differ" : "are the same");
}

int main(void)
{
    if (psa_crypto_init() != PSA_SUCCESS || its() != PSA_SUCCESS || ps() != PSA_SUCCESS) {
        printf("lost: FAILED\n");
        return 1;
    }
    tell_stale_names();
    tell("its", its);
    tell("ps", ps);
    tell("update", update);
    tell("crypto", hash);
    printf("lost: end\n");
    return 0;
}

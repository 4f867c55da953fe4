/*
 * Two preemptive threads that share the manager: one makes random bytes and stores them, the other
 * signs. With the lock below they wait for each other; without it a call that finds another one
 * under way would answer PSA_ERROR_CONNECTION_BUSY.
 */
#include <stdint.h>
#include <stdio.h>

#include <garrison/client.h>
#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "scheduler.h"

#define ROUNDS       10u
#define SLICE_CYCLES 20000u

/* First come, first served. */
static volatile uint32_t next_ticket;
static volatile uint32_t serving;

void garrison_client_lock(void)
{
    const uint32_t ticket = __atomic_fetch_add(&next_ticket, 1u, __ATOMIC_ACQUIRE);
    while (serving != ticket) {
        threads_yield();
    }
}

void garrison_client_unlock(void)
{
    serving++;
}

static uint32_t stored;
static uint32_t signatures;

static void keep_random_bytes(void)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint8_t bytes[16];
        if (psa_generate_random(bytes, sizeof(bytes)) == PSA_SUCCESS &&
            psa_its_set(1, sizeof(bytes), bytes, PSA_STORAGE_FLAG_NONE) == PSA_SUCCESS) {
            stored++;
        }
    }
}

static void sign(void)
{
    static const uint8_t message[] = "threads";
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    if (psa_generate_key(&attributes, &key) != PSA_SUCCESS) {
        return;
    }
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint8_t signature[64];
        size_t len = 0;
        if (psa_sign_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), message, sizeof(message),
                             signature, sizeof(signature), &len) == PSA_SUCCESS &&
            psa_verify_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), message, sizeof(message),
                               signature, len) == PSA_SUCCESS) {
            signatures++;
        }
    }
    (void)psa_destroy_key(key);
}

int main(void)
{
    threads_run(keep_random_bytes, sign, SLICE_CYCLES);
    printf("threads: %u of %u stored, %u of %u signed\n", (unsigned)stored, (unsigned)ROUNDS,
           (unsigned)signatures, (unsigned)ROUNDS);
    printf("threads: switched within calls: %s\n", threads_switched_in_call() > 0 ? "yes" : "no");
    printf("threads: %s\n", stored == ROUNDS && signatures == ROUNDS ? "ok" : "FAILED");
    return 0;
}

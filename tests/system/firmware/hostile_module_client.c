/*
 * The client of the hostile module: takes letters and words from its mailbox, and tells what came of
 * them; after each call it asks the crypto service for a hash, which must go on. 'N' reads a word
 * itself, 'Q' and 'K' are its own ITS.
 */
#include <stdint.h>
#include <stdio.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "hostile_module.h"

static volatile uint32_t *const mailbox = (volatile uint32_t *)0x20060000u;

static psa_status_t call_module(uint32_t letter, uint32_t aim, uint32_t *found)
{
    const psa_invec in = {&aim, sizeof aim};
    psa_outvec out = {found, sizeof *found};
    return psa_call(HOSTILE_HANDLE, (int32_t)letter, &in, 1, &out, 1);
}

static psa_status_t hash(void)
{
    uint8_t digest[32];
    size_t len;
    return psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, digest, sizeof digest,
                            &len);
}

static psa_status_t do_letter(uint32_t letter, uint32_t aim, uint32_t *found)
{
    size_t len = 0;
    switch (letter) {
    case 'N':
        *found = *(volatile uint32_t *)(uintptr_t)aim;
        return PSA_SUCCESS;
    case 'K':
        return psa_its_set(7, sizeof aim, &aim, 0);
    case 'Q':
        return psa_its_get(7, 0, sizeof *found, found, &len);
    default:
        return call_module(letter, aim, found);
    }
}

int main(void)
{
    printf("client: version %lu\n", (unsigned long)psa_version(HOSTILE_SID));
    mailbox[0] = 0;
    printf("client: ready\n");
    for (;;) {
        while (mailbox[0] == 0) {
        }
        uint32_t found = 0;
        const psa_status_t status = do_letter(mailbox[0], mailbox[1], &found);
        mailbox[0] = 0;
        printf("client: status %d found %08lx crypto %d\n", (int)status, (unsigned long)found,
               (int)hash());
        printf("client: done\n");
    }
}

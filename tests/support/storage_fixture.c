#include "support/storage_fixture.h"

#include <string.h>

#include <garrison/spm.h>

#include "services/its.h"
#include "services/ps.h"
#include "support/test.h"

static void note_keys(uint8_t seed)
{
    uint8_t key[64];
    memset(key, seed, sizeof key);
    its_note_key(key);
    memset(key, seed + 1, sizeof key);
    ps_note_key(key);
}

void storage_start(void)
{
    port_fake_reset();
    psa_direct_client = SPM_CLIENT_NON_SECURE;
    note_keys(STORAGE_SEED);
}

void storage_restart(void)
{
    note_keys(STORAGE_SEED);
}

void storage_start_with(uint8_t seed)
{
    note_keys(seed);
}

void storage_client(int32_t client_id)
{
    psa_direct_client = client_id;
}

void storage_forbid(const void *data, size_t len)
{
    port_fake.client_may_all = false;
    port_fake.client_base = (uintptr_t)data + len;
    port_fake.client_limit = UINTPTR_MAX;
    port_fake.client_read_only_from = UINTPTR_MAX;
}

void storage_fill(uint8_t *data, size_t len, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525u + 1013904223u;
        data[i] = (uint8_t)(state >> 24);
    }
}

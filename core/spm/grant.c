#include "spm/grant.h"

#include <garrison/port.h>

#include "base/hardened.h"

bool claim_is_own(const struct partition *partition, uintptr_t base, size_t len, uint32_t access)
{
    for (uint32_t i = 0; i < PARTITION_REGIONS_MAX; i++) {
        const struct partition_region *region = &partition->memory->region[i];
        if ((region->access & (access | PARTITION_DEVICE)) == access && base >= region->base &&
            base < region->limit && len <= region->limit - base) {
            return true;
        }
    }
    return false;
}

static bool may(const struct partition *client, struct claim claim)
{
    const uint32_t access = claim.write ? PARTITION_READ | PARTITION_WRITE : PARTITION_READ;
    if (client != NULL) {
        return claim_is_own(client, claim.base, claim.len, access);
    }
    return claim.len <= UINTPTR_MAX - claim.base &&
           port_client_may(claim.base, claim.len, claim.write);
}

bool grant_check(const struct partition *client, struct claim claim, struct grant *grant)
{
    struct hardened_verdict verdict = HARDENED_REFUSED;

    *grant = (struct grant){0};
    if (claim.len == 0) {
        return true;
    }
    /* Asked twice: a skipped check must not open Secure memory to the client. */
    if (may(client, claim)) {
        hardened_grant_first(&verdict);
    }
    hardened_forget();
    if (may(client, claim)) {
        hardened_grant_second(&verdict);
    }
    if (!hardened_granted(&verdict)) {
        return false;
    }
    grant->data = (uint8_t *)claim.base; /* from here on it is memory */
    grant->len = claim.len;
    return true;
}

size_t grant_take(struct grant *grant, size_t len, uint8_t **data)
{
    size_t left = grant->len - grant->used;
    size_t taken = len < left ? len : left;
    *data = taken > 0 ? grant->data + grant->used : NULL;
    grant->used += taken;
    return taken;
}

bool claims_overlap(struct claim a, struct claim b)
{
    if (a.len == 0 || b.len == 0) {
        return false;
    }
    return a.base < b.base ? b.base - a.base < a.len : a.base - b.base < b.len;
}

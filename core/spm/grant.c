#include "spm/grant.h"

#include <garrison/port.h>

#include "base/hardened.h"

static bool may(struct claim claim)
{
    return claim.len <= UINTPTR_MAX - claim.base &&
           port_client_may(claim.base, claim.len, claim.write);
}

bool grant_check(struct claim claim, struct grant *grant)
{
    struct hardened_verdict verdict = HARDENED_REFUSED;

    *grant = (struct grant){0};
    if (claim.len == 0) {
        return true;
    }
    /* Asked twice: a skipped check must not open Secure memory to the client. */
    if (may(claim)) {
        hardened_grant_first(&verdict);
    }
    if (may(claim)) {
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

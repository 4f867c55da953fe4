/* TrustZone-aware blocks with SECCFGR and PRIVCFGR (SPRIV, NSPRIV): RCC and PWR. */
#pragma once

#include "dev_reg.h"

#define AWARE_SPRIV  (1u << 0)
#define AWARE_NSPRIV (1u << 1)

/**
 * The bits of a register that an access reaches: `secure_bits` are those that SECCFGR makes
 * Secure. Secure software reaches all, Non-secure the others; SPRIV and NSPRIV keep unprivileged
 * software from the two kinds.
 */
static inline uint32_t aware_reach(uint32_t secure_bits, uint32_t privcfgr, struct sim_attr attr)
{
    uint32_t reach = 0;
    if (attr.privileged || (privcfgr & AWARE_NSPRIV) == 0) {
        reach |= ~secure_bits;
    }
    if (attr.secure && (attr.privileged || (privcfgr & AWARE_SPRIV) == 0)) {
        reach |= secure_bits;
    }
    return reach;
}

/** PRIVCFGR after a write: SPRIV by Secure privileged, NSPRIV by privileged software. */
static inline uint32_t aware_put_priv(uint32_t privcfgr, const struct sim_txn *txn, uint32_t value)
{
    if (!txn->attr.privileged) {
        return privcfgr;
    }
    const uint32_t mask = txn->attr.secure ? AWARE_SPRIV | AWARE_NSPRIV : AWARE_NSPRIV;
    return reg_put(privcfgr, txn, value, mask);
}

/*
 * What debug is open for: by product state, and by what debug authentication has left in SBS_DBGCR.
 *
 * DBGCR opens something once HDPL has reached DBG_AUTH_HDPL, so that code of lower levels stays
 * unseen. [U]
 */
#include "chip.h"
#include "product_state.h"

#include <stdio.h>

#define DBGCR_AP(dbgcr)     (0xFFu & (dbgcr))
#define DBGCR_DBG(dbgcr)    (((dbgcr) >> 8) & 0xFFu)
#define DBGCR_SEC(dbgcr)    ((dbgcr) >> 24)
#define DBGCR_UNLOCKED      0xB4u
#define DBGCR_SEC_ALSO      0xB4u /* Secure and Non-secure. */
#define DBGCR_SEC_NONSECURE 0x3Cu /* Non-secure only. */

/** What authentication has opened, whatever HDPL is. */
static enum product_debug debug_authenticated(const struct product_state *state, uint32_t dbgcr)
{
    if (!state->authentication || DBGCR_AP(dbgcr) != DBGCR_UNLOCKED ||
        DBGCR_DBG(dbgcr) != DBGCR_UNLOCKED) {
        return PRODUCT_DEBUG_NONE;
    }
    switch (DBGCR_SEC(dbgcr)) {
    case DBGCR_SEC_ALSO:
        return PRODUCT_DEBUG_FULL;
    case DBGCR_SEC_NONSECURE:
        return PRODUCT_DEBUG_NONSECURE;
    default:
        return PRODUCT_DEBUG_NONE;
    }
}

/** Why Secure debug, or all, is closed. */
static void debug_explain(const struct sim_chip *chip, const struct product_state *state,
                          bool waiting, struct sim_debug_access *out)
{
    const char *what = out->nonsecure ? "Secure debug" : "debug";
    if (waiting) {
        (void)snprintf(out->why, sizeof out->why,
                       "%s has been authenticated from HDPL %u on, HDPL is %u", what, out->hdpl,
                       chip_hdpl(chip));
    } else if (state == NULL) {
        (void)snprintf(out->why, sizeof out->why, "debug is closed: the product state is invalid");
    } else {
        (void)snprintf(out->why, sizeof out->why, "%s is closed in product state %s%s", what,
                       state->name,
                       state->authentication        ? " until it is authenticated"
                       : state->bit == STATE_LOCKED ? " for ever"
                                                    : "");
    }
}

void chip_debug_access(const struct sim_chip *chip, struct sim_debug_access *out)
{
    const struct product_state *state = product_state_of(chip->nv->option[NV_OB_OPTSR]);
    const uint32_t dbgcr = chip_dbgcr(chip);
    enum product_debug open = PRODUCT_DEBUG_NONE;
    bool waiting = false;
    *out = (struct sim_debug_access){0};
    if (state != NULL) {
        const enum product_debug authenticated = debug_authenticated(state, dbgcr);
        open = state->debug;
        out->access_port = open != PRODUCT_DEBUG_NONE || authenticated != PRODUCT_DEBUG_NONE;
        if (authenticated > open) {
            out->hdpl = chip_debug_hdpl(chip);
            waiting = chip_hdpl(chip) < out->hdpl;
            open = waiting ? open : authenticated;
        }
    }
    out->trustzone = chip_trustzone(chip);
    out->nonsecure = open != PRODUCT_DEBUG_NONE;
    out->secure = out->trustzone && open == PRODUCT_DEBUG_FULL;
    if (!out->nonsecure || (out->trustzone && !out->secure)) {
        debug_explain(chip, state, waiting, out);
    }
}

bool chip_debug_closed(const struct sim_chip *chip)
{
    const struct product_state *state = product_state_of(chip->nv->option[NV_OB_OPTSR]);
    return state != NULL && (state->bit & (STATE_CLOSED | STATE_LOCKED)) != 0;
}

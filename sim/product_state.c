#include "product_state.h"

#include <stddef.h>

/*
 * That LOCKED knows no debug authentication, and what the others leave open, is as public tools and
 * logs show it. That OPEN and PROVISIONING do not honour SBS_DBGCR is assumed. [U]
 */
const struct product_state product_states[PRODUCT_STATES] = {
    {0xED, STATE_OPEN, "OPEN", true, false, PRODUCT_DEBUG_FULL},
    {0x17, STATE_PROVISIONING, "PROVISIONING", false, false, PRODUCT_DEBUG_NONSECURE},
    {0x2E, STATE_IROT, "IROT-PROVISIONED", true, true, PRODUCT_DEBUG_NONSECURE},
    {0xC6, STATE_TZ_CLOSED, "TZ-CLOSED", true, true, PRODUCT_DEBUG_NONSECURE},
    {0x72, STATE_CLOSED, "CLOSED", true, true, PRODUCT_DEBUG_NONE},
    {0x5C, STATE_LOCKED, "LOCKED", true, false, PRODUCT_DEBUG_NONE},
    {0x9A, STATE_REGRESSION, "REGRESSION", false, false, PRODUCT_DEBUG_NONE},
    {0xA3, STATE_NS_REGRESSION, "NS-REGRESSION", false, false, PRODUCT_DEBUG_NONE},
};

/*
 * What public tools, logs and the vendor's employees show; the ways marked are assumed. [U]
 * User code never runs in PROVISIONING, so firmware asks for nothing there.
 */
const struct product_transition product_transitions[] = {
    {STATE_OPEN, STATE_PROVISIONING, ASK_TOOL | ASK_FIRMWARE, 0, 3}, /* Firmware: [U]. */
    {STATE_OPEN, STATE_IROT, ASK_TOOL | ASK_FIRMWARE, NEED_IROT, 3}, /* Tool: [U]. */
    {STATE_PROVISIONING, STATE_IROT | STATE_CLOSED | STATE_LOCKED, ASK_TOOL, 0, 3},
    {STATE_PROVISIONING, STATE_TZ_CLOSED, ASK_TOOL, NEED_TRUSTZONE, 3},
    {STATE_IROT, STATE_CLOSED, ASK_FIRMWARE, 0, 3},
    {STATE_PROVISIONING | STATE_TZ_CLOSED | STATE_CLOSED, STATE_REGRESSION, ASK_AUTHENTICATION,
     NEED_DA, 3},
    {STATE_IROT, STATE_REGRESSION, ASK_AUTHENTICATION, NEED_DA, 3}, /* [U] */
    {STATE_TZ_CLOSED | STATE_CLOSED, STATE_REGRESSION, ASK_FIRMWARE, 0, 1},
    {STATE_IROT, STATE_REGRESSION, ASK_FIRMWARE, 0, 1}, /* [U] */
    {STATE_CLOSED, STATE_NS_REGRESSION, ASK_AUTHENTICATION, NEED_TRUSTZONE | NEED_DA, 3},
    {STATE_IROT, STATE_NS_REGRESSION, ASK_AUTHENTICATION, NEED_TRUSTZONE | NEED_DA, 3}, /* [U] */
    {STATE_IROT | STATE_CLOSED, STATE_NS_REGRESSION, ASK_FIRMWARE, NEED_TRUSTZONE, 1},  /* [U] */
    {STATE_REGRESSION, STATE_OPEN, ASK_REGRESSION, 0, 3},
    {STATE_NS_REGRESSION, STATE_TZ_CLOSED, ASK_REGRESSION, 0, 3},
};
const unsigned product_transition_count =
    sizeof product_transitions / sizeof product_transitions[0];

const struct product_regression product_regressions[PRODUCT_REGRESSIONS] = {
    {
        .from = STATE_REGRESSION,
        .to = STATE_OPEN,
        .backup = true,
        .secure_flash = true,
        .obk_slots = 0x10, /* HDPL0. */
        .secure_epoch = true,
        .trustzone_off = true,
        .boot_locks_opened = true,
    },
    {
        .from = STATE_NS_REGRESSION,
        .to = STATE_TZ_CLOSED,
        .obk_slots = 0x180, /* All but HDPL3, Non-secure. */
    },
};

const struct product_transition *product_transition_of(uint8_t from, uint8_t to,
                                                       enum product_asker asker)
{
    for (unsigned i = 0; i < product_transition_count; i++) {
        const struct product_transition *way = &product_transitions[i];
        if ((way->from & from) != 0 && (way->to & to) != 0 && (way->askers & asker) != 0) {
            return way;
        }
    }
    return NULL;
}

const struct product_regression *product_regression_of(uint8_t state)
{
    for (unsigned i = 0; i < PRODUCT_REGRESSIONS; i++) {
        if (product_regressions[i].from == state) {
            return &product_regressions[i];
        }
    }
    return NULL;
}

const struct product_state *product_state_of(uint32_t optsr)
{
    const uint8_t code = (uint8_t)(optsr >> 8);
    for (unsigned i = 0; i < PRODUCT_STATES; i++) {
        if (product_states[i].code == code) {
            return &product_states[i];
        }
    }
    return NULL;
}

const char *product_state_name(uint32_t optsr)
{
    const struct product_state *state = product_state_of(optsr);
    return state != NULL ? state->name : "INVALID";
}

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

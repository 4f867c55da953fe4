/* The product states: their codes in OPTSR, and what each leaves open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** As bits of a set. */
enum product_state_bit {
    STATE_OPEN = 0x01,
    STATE_PROVISIONING = 0x02,
    STATE_IROT = 0x04, /**< iROT-PROVISIONED. */
    STATE_TZ_CLOSED = 0x08,
    STATE_CLOSED = 0x10,
    STATE_LOCKED = 0x20,
    STATE_REGRESSION = 0x40,
    STATE_NS_REGRESSION = 0x80,
};

/** What debug a product state leaves open by itself, without debug authentication. */
enum product_debug {
    PRODUCT_DEBUG_NONE = 0,
    PRODUCT_DEBUG_NONSECURE,
    PRODUCT_DEBUG_FULL,
};

struct product_state {
    uint8_t code; /**< OPTSR.PRODUCT_STATE. */
    uint8_t bit;  /**< One of enum product_state_bit. */
    const char *name;
    bool user_code;           /**< Whether user code ever runs. */
    bool authentication;      /**< Whether debug authentication can open more. */
    enum product_debug debug; /**< By itself. */
};

#define PRODUCT_STATES 8u
extern const struct product_state product_states[PRODUCT_STATES];

/** The state that a value of OPTSR has; NULL: its code is no product state's. */
const struct product_state *product_state_of(uint32_t optsr);

/** "OPEN", "PROVISIONING", "IROT-PROVISIONED", "TZ-CLOSED", "CLOSED", "LOCKED" ... or "INVALID". */
const char *product_state_name(uint32_t optsr);

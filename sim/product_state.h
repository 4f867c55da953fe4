/*
 * The product states: their codes in OPTSR, what each leaves open, the ways from one to another, and
 * what a regression erases. The model obeys these tables; docs/SIM.md and tests/sim print them.
 */
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

/** Bytes of a reason in words. */
#define PRODUCT_WHY 192u

#define PRODUCT_STATES 8u
extern const struct product_state product_states[PRODUCT_STATES];

/** The state that a value of OPTSR has; NULL: its code is no product state's. */
const struct product_state *product_state_of(uint32_t optsr);

/** Who asks for another product state; as bits of a set. */
enum product_asker {
    ASK_TOOL = 1,           /**< A programming tool, over the processor's access port. */
    ASK_FIRMWARE = 2,       /**< User code, Secure where there is TrustZone. */
    ASK_AUTHENTICATION = 4, /**< The boot ROM, for a host that debug authentication has accepted. */
    ASK_REGRESSION = 8,     /**< The boot ROM, at the end of a regression. */
};

/** What must be so before; as bits of a set. */
enum product_need {
    NEED_TRUSTZONE = 1,
    NEED_IROT = 2, /**< Something for BOOT_UBE to start: 0xB4, or an iROT in system flash. */
    NEED_DA = 4,   /**< Debug-authentication data in OBK that the boot ROM can read. */
};

/** One way, or several that are alike. Every other one is refused. */
struct product_transition {
    uint8_t from;     /**< Set of states. */
    uint8_t to;       /**< Likewise. */
    uint8_t askers;   /**< Set of enum product_asker. */
    uint8_t needs;    /**< Set of enum product_need. */
    uint8_t max_hdpl; /**< Highest HDPL at which firmware may ask. */
};

extern const struct product_transition product_transitions[];
extern const unsigned product_transition_count;

/** @return the way; NULL: there is none for that asker */
const struct product_transition *product_transition_of(uint8_t from, uint8_t to,
                                                       enum product_asker asker);

/** What a regression does, in the order of the members, and where it ends. */
struct product_regression {
    uint8_t from; /**< STATE_REGRESSION or STATE_NS_REGRESSION. */
    uint8_t to;
    bool backup;            /**< Backup registers and backup SRAM are erased, as all SRAM is. [U] */
    bool secure_flash;      /**< Secure sectors are erased, as all others are. */
    uint16_t obk_slots;     /**< Slots of OBK that are kept, from the first one on. */
    bool secure_epoch;      /**< SECEPOCH is raised, as NSEPOCH is. */
    bool trustzone_off;     /**< TZEN is 0xC3 in the end. */
    bool boot_locks_opened; /**< [U] */
};

#define PRODUCT_REGRESSIONS 2u
extern const struct product_regression product_regressions[PRODUCT_REGRESSIONS];

/** @return NULL: the state is no regression */
const struct product_regression *product_regression_of(uint8_t state);

/** "OPEN", "PROVISIONING", "IROT-PROVISIONED", "TZ-CLOSED", "CLOSED", "LOCKED" ... or "INVALID". */
const char *product_state_name(uint32_t optsr);

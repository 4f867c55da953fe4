/*
 * The gate: the only way from the Non-secure side into the manager.
 *
 * Its functions stand at fixed addresses at the start of the manager's slot, 8 bytes each, so an
 * application keeps working over every manager of the same GARRISON_GATE_VERSION. They follow the
 * Arm procedure call standard; a call that is not made from Non-secure state faults.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Functions in the order of the gate. Append only. */
enum gate_function {
    GATE_FRAMEWORK_VERSION = 0, /**< uint32_t psa_framework_version(void) */
    GATE_VERSION = 1,           /**< uint32_t psa_version(uint32_t sid) */
    GATE_CONNECT = 2,           /**< psa_handle_t psa_connect(uint32_t sid, uint32_t version) */
    GATE_CALL = 3,              /**< psa_status_t (handle, control, in_vec, out_vec) */
    GATE_CLOSE = 4,             /**< void psa_close(psa_handle_t handle) */
    GATE_LIFE_CYCLE = 5,        /**< uint32_t psa_rot_lifecycle_state(void) */
    GATE_FUNCTIONS
};

#define GATE_ENTRY_BYTES 8u

/*
 * The control word of GATE_CALL: type in bits 0-15, number of input vectors in bits 16-18, number
 * of output vectors in bits 24-26; every other bit is zero.
 */
#define GATE_CONTROL(type, in, out)                                                                \
    (((uint32_t)(type)&0xFFFFu) | ((uint32_t)(in) << 16) | ((uint32_t)(out) << 24))
#define GATE_CONTROL_TYPE(control) ((int32_t)((control)&0xFFFFu))
#define GATE_CONTROL_IN(control)   (((control) >> 16) & 7u)
#define GATE_CONTROL_OUT(control)  (((control) >> 24) & 7u)
#define GATE_CONTROL_KNOWN         0x0707FFFFu

/**
 * The control word for arguments as psa_call() takes them. What does not fit gives a word with an
 * unknown bit, which the manager answers with PSA_ERROR_PROGRAMMER_ERROR.
 */
static inline uint32_t gate_control(int32_t type, size_t in_len, size_t out_len)
{
    if (type < 0 || type > 0x7FFF || in_len > 7 || out_len > 7) {
        return ~GATE_CONTROL_KNOWN;
    }
    return GATE_CONTROL(type, in_len, out_len);
}

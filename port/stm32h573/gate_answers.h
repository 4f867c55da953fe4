/*
 * What the gate answers without a call being made, for C and assembler.
 */
#pragma once

#define GATE_FRAMEWORK     0x0101 /* PSA_FRAMEWORK_VERSION */
#define GATE_BUSY          -131   /* PSA_ERROR_CONNECTION_BUSY */
#define GATE_NO_VERSION    0      /* PSA_VERSION_NONE */
#define GATE_NO_LIFE_CYCLE 0      /* PSA_LIFECYCLE_UNKNOWN */

/** From here on a return address is a forgery: EXC_RETURN, FNC_RETURN, or no memory. */
#define GATE_FORGED 0xFE000000

/** Where its caller goes: Non-secure, and devices, so the fault is that side's own. */
#define GATE_NOWHERE 0x40000000

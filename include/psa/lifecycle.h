/*
 * The life cycle of the device, as its clients may know it.
 * Source: Arm Firmware Framework for M 1.1, section 5.2 (DEN 0063). The framework has it for partitions;
 * here the application may ask too.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/** Parts of a state: the framework's, and one for the implementation, which is 0 here. */
#define PSA_LIFECYCLE_PSA_STATE_MASK 0xff00u
#define PSA_LIFECYCLE_IMP_STATE_MASK 0x00ffu

#define PSA_LIFECYCLE_UNKNOWN                   0x0000u /**< A call is under way: ask again. */
#define PSA_LIFECYCLE_ASSEMBLY_AND_TEST         0x1000u
#define PSA_LIFECYCLE_PSA_ROT_PROVISIONING      0x2000u
#define PSA_LIFECYCLE_SECURED                   0x3000u
#define PSA_LIFECYCLE_NON_PSA_ROT_DEBUG         0x4000u /**< Debug of the Non-secure side is open. */
#define PSA_LIFECYCLE_RECOVERABLE_PSA_ROT_DEBUG 0x5000u /**< Debug of both is, until a reset. */
#define PSA_LIFECYCLE_DECOMMISSIONED            0x6000u /**< Not here. */

/** The present state, as the chip's registers say. PSA_LIFECYCLE_UNKNOWN: a call is under way. */
uint32_t psa_rot_lifecycle_state(void);

GARRISON_ABI_END

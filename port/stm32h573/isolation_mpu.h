/*
 * Rows of the Secure MPU, whose bounds are symbols of the linker script.
 *
 * port/host has a file of this name without any: there the Secure side is a process of the host, and
 * what stands beside these rows in the manager's table is in force all the same.
 */
#pragma once

#include "isolation.h"

#define ROW_MPU(at, base, limit, attributes)                                                       \
    ROW_REGION(ISOLATION_MPU, at, PLACE_FIXED, (uint32_t)(base), (uint32_t)(limit), attributes)
#define ROW_MPU_ON ROW_WORD(MPU_CTRL, 0x7u, MPU_CTRL_ENABLE | MPU_CTRL_HFNMIENA)

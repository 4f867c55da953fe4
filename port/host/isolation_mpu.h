/*
 * Rows of the Secure MPU where no code of the chip is Secure: every region is off, and so is the MPU.
 */
#pragma once

#include "../stm32h573/isolation.h"

#define ROW_MPU(at, base, limit, attributes) ROW_MPU_OFF(at, 1)
#define ROW_MPU_ON                           ROW_WORD(MPU_CTRL, 0x7u, 0)

/*
 * The RCC, shared between its files and with PWR.
 *
 *   dev_rcc.c        registers, ready flags, security, the clock's frequency
 *   dev_rcc_gates.c  which bit of the reset and clock-enable registers is whose
 */
#pragma once

#include "chip.h"

/** First and last reset register; the clock-enable registers follow in the same order. */
#define RCC_AHB1RSTR  0x060u
#define RCC_AHB2RSTR  0x064u
#define RCC_AHB4RSTR  0x06Cu
#define RCC_APB1LRSTR 0x074u
#define RCC_APB1HRSTR 0x078u
#define RCC_APB2RSTR  0x07Cu
#define RCC_APB3RSTR  0x080u
#define RCC_AHB1ENR   0x088u
#define RCC_AHB2ENR   0x08Cu
#define RCC_AHB1LPENR 0x0B0u
#define RCC_APB3LPENR 0x0D0u

/** Bits of a reset, clock-enable or sleep-clock register that belong to Secure blocks. */
uint32_t rcc_gates_secure(const struct sim_chip *chip, uint32_t off);

/** Resets the modelled devices of the bits `set` of a reset register. */
void rcc_gates_reset(struct sim_chip *chip, uint32_t off, uint32_t set);

/** Ticks of the core's clock in one cycle of PCLKn, `apb` being 1 to 3. */
uint32_t rcc_pclk_ticks(const struct sim_chip *chip, unsigned apb);

/** The same of the clock that the timers of APB1 or APB2 count (PPREn and TIMPRE decide). */
uint32_t rcc_timer_ticks(const struct sim_chip *chip, unsigned apb);

/** Frequency of RTCCLK in Hz; 0 while it has none (RTCEN, RTCSEL, an oscillator that is off). */
uint32_t rcc_rtc_hz(const struct sim_chip *chip);

/** Whether RCC_SECCFGR.SYSCLKSEC is set, which also makes PWR_VOSCR Secure. */
bool rcc_sysclk_secure(const struct sim_chip *chip);

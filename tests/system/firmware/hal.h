/*
 * Drivers in the manner of a vendor's HAL: a status for every call, a tick of a millisecond that
 * every wait times out on, and one step of the test for each thing that firmware does with them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal_chip.h"

#define HAL_BIT(n) (1u << (n))

enum hal_status { HAL_OK = 0, HAL_ERROR, HAL_BUSY, HAL_TIMEOUT };

/* Ticks: milliseconds since hal_tick_init(). */
void hal_tick_init(uint32_t clock_hz);
uint32_t hal_tick(void);
void hal_delay(uint32_t ms);

static inline void hal_set(hal_reg *reg, uint32_t bits)
{
    *reg |= bits;
}

static inline void hal_clear(hal_reg *reg, uint32_t bits)
{
    *reg &= ~bits;
}

static inline void hal_modify(hal_reg *reg, uint32_t mask, uint32_t bits)
{
    *reg = (*reg & ~mask) | bits;
}

void hal_nvic_enable(enum hal_irq irq);
void hal_nvic_disable(enum hal_irq irq);

/**
 * Polls until the bits of `mask` are `wanted`, with a time-out; a failure is noted under the
 * register's name.
 */
enum hal_status hal_wait(const char *name, const hal_reg *reg, uint32_t mask, uint32_t wanted,
                         uint32_t timeout_ms);

/** Whether both are equal; if not, the step's report names the register and what it held. */
bool hal_check(const char *name, uint32_t value, uint32_t wanted);

/** The same for the words of a result; the first that differs is the one reported. */
bool hal_check_words(const char *name, const uint32_t *words, const uint32_t *wanted, size_t count);

/** Turns on the clock of a block, and reads back as a HAL does, so that the write has arrived. */
static inline void hal_clock_enable(hal_reg *enr, uint32_t bits)
{
    *enr |= bits;
    (void)*enr;
}

/* USART1. */
bool hal_uart_ready(void);
enum hal_status hal_uart_transmit(const char *text, uint32_t timeout_ms);

/* Steps: each drives one block as firmware does, and says by hal_check() what went wrong. */
bool hal_step_voltage(void);
bool hal_step_latency(void);
bool hal_step_oscillators(void);
bool hal_step_backup_domain(void);
bool hal_step_pll(void);
bool hal_step_icache(void);
bool hal_step_dcache(void);
bool hal_step_tick(void);
bool hal_step_uart_init(void);
bool hal_step_uart_transmit(void);
bool hal_step_uart_receive(void);
bool hal_step_flash_unlock(void);
bool hal_step_flash_erase(void);
bool hal_step_flash_program(void);
bool hal_step_flash_interrupt(void);
bool hal_step_flash_busy_bank(void);
bool hal_step_flash_errors(void);
bool hal_step_flash_lock(void);
bool hal_step_option_bytes(void);
bool hal_step_obk(void);
bool hal_step_rng(void);
bool hal_step_hash(void);
bool hal_step_saes_software_key(void);
bool hal_step_saes_hardware_key(void);
bool hal_step_aes(void);
bool hal_step_aes_gcm(void);
bool hal_step_pka_power(void);
bool hal_step_pka_ecdsa(void);
bool hal_step_mpcbb(void);
bool hal_step_tzsc(void);
bool hal_step_tzic(void);
bool hal_step_rtc_init(void);
bool hal_step_rtc_wakeup(void);
bool hal_step_tamp(void);
bool hal_step_tim6(void);
bool hal_step_tim2(void);
bool hal_step_gpdma(void);
bool hal_step_exti(void);
bool hal_step_crc(void);
bool hal_step_ramcfg(void);
bool hal_step_wwdg(void);
bool hal_step_iwdg(void);

/* Handlers, named in the vector table. */
void hal_systick_handler(void);
void hal_rtc_handler(void);
void hal_flash_handler(void);
void hal_gtzc_handler(void);
void hal_exti0_handler(void);
void hal_gpdma_handler(void);
void hal_tim2_handler(void);
void hal_tim6_handler(void);
void hal_usart1_handler(void);

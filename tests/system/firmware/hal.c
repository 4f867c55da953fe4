/* What all drivers share: tick, waits, checks, and the report on USART1. */
#include "hal.h"

#define SYSTICK_ENABLE    HAL_BIT(0)
#define SYSTICK_TICKINT   HAL_BIT(1)
#define SYSTICK_CLKSOURCE HAL_BIT(2) /* the processor's clock */
#define NVIC_ISER         ((hal_reg *)0xE000E100u)
#define NVIC_ICER         ((hal_reg *)0xE000E180u)
#define RESET_CLOCK_HZ    32000000u

#define REPORT_TIMEOUT_MS 100u

struct hal_step {
    const char *name;
    bool (*run)(void);
};

/** In this order: clocks, then the console that the report goes to, then the rest. */
static const struct hal_step steps[] = {
    {"voltage scaling", hal_step_voltage},
    {"flash latency", hal_step_latency},
    {"oscillators", hal_step_oscillators},
    {"backup domain oscillators", hal_step_backup_domain},
    {"PLL1 250 MHz", hal_step_pll},
    {"instruction cache", hal_step_icache},
    {"data cache", hal_step_dcache},
    {"tick", hal_step_tick},
    {"USART1 init", hal_step_uart_init},
    {"USART1 transmit", hal_step_uart_transmit},
    {"USART1 receive", hal_step_uart_receive},
    {"flash unlock", hal_step_flash_unlock},
    {"flash erase", hal_step_flash_erase},
    {"flash program", hal_step_flash_program},
    {"flash interrupt", hal_step_flash_interrupt},
    {"flash busy bank", hal_step_flash_busy_bank},
    {"flash errors", hal_step_flash_errors},
    {"option bytes", hal_step_option_bytes},
    {"option-byte keys", hal_step_obk},
    {"flash lock", hal_step_flash_lock},
    {"RNG", hal_step_rng},
    {"HASH SHA-256", hal_step_hash},
    {"SAES software key", hal_step_saes_software_key},
    {"SAES DHUK", hal_step_saes_hardware_key},
    {"AES", hal_step_aes},
    {"AES GCM", hal_step_aes_gcm},
    {"PKA exponentiation", hal_step_pka_power},
    {"PKA ECDSA", hal_step_pka_ecdsa},
    {"MPCBB", hal_step_mpcbb},
    {"TZSC", hal_step_tzsc},
    {"TZIC", hal_step_tzic},
    {"RTC init", hal_step_rtc_init},
    {"RTC wakeup", hal_step_rtc_wakeup},
    {"TAMP backup registers", hal_step_tamp},
    {"TIM6 update", hal_step_tim6},
    {"TIM2 compare", hal_step_tim2},
    {"GPDMA1", hal_step_gpdma},
    {"EXTI", hal_step_exti},
    {"CRC", hal_step_crc},
    {"RAMCFG", hal_step_ramcfg},
    {"WWDG", hal_step_wwdg},
    {"IWDG", hal_step_iwdg},
};

#define STEPS (sizeof steps / sizeof steps[0])

/** How a step ended. */
struct hal_outcome {
    bool good;
    const char *reg; /**< What was not as expected; NULL: nothing noted. */
    uint32_t value;  /**< What it held. */
};

static struct hal_outcome outcomes[STEPS];
static struct hal_outcome *outcome;
static volatile uint32_t ticks;

void hal_systick_handler(void)
{
    ticks++;
}

uint32_t hal_tick(void)
{
    return ticks;
}

void hal_tick_init(uint32_t clock_hz)
{
    HAL_SYSTICK->load = clock_hz / 1000u - 1u;
    HAL_SYSTICK->val = 0;
    HAL_SYSTICK->ctrl = SYSTICK_CLKSOURCE | SYSTICK_TICKINT | SYSTICK_ENABLE;
}

void hal_delay(uint32_t ms)
{
    const uint32_t start = hal_tick();
    while (hal_tick() - start < ms) {
        __asm__ volatile("wfi");
    }
}

void hal_nvic_enable(enum hal_irq irq)
{
    NVIC_ISER[irq / 32u] = HAL_BIT(irq % 32u);
}

void hal_nvic_disable(enum hal_irq irq)
{
    NVIC_ICER[irq / 32u] = HAL_BIT(irq % 32u);
    __asm__ volatile("dsb\nisb" ::: "memory");
}

static void note(const char *name, uint32_t value)
{
    if (outcome->reg == NULL) {
        outcome->reg = name;
        outcome->value = value;
    }
}

enum hal_status hal_wait(const char *name, const hal_reg *reg, uint32_t mask, uint32_t wanted,
                         uint32_t timeout_ms)
{
    const uint32_t start = hal_tick();
    while ((*reg & mask) != wanted) {
        if (hal_tick() - start > timeout_ms) {
            note(name, *reg);
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

bool hal_check(const char *name, uint32_t value, uint32_t wanted)
{
    if (value != wanted) {
        note(name, value);
    }
    return value == wanted;
}

bool hal_check_words(const char *name, const uint32_t *words, const uint32_t *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!hal_check(name, words[i], wanted[i])) {
            return false;
        }
    }
    return true;
}

static void print(const char *text)
{
    (void)hal_uart_transmit(text, REPORT_TIMEOUT_MS);
}

static void print_hex(uint32_t value)
{
    static const char digits[] = "0123456789abcdef";
    char text[] = " 0x00000000";
    for (unsigned i = 0; i < 8u; i++) {
        text[3u + i] = digits[value >> (28u - 4u * i) & 0xFu];
    }
    print(text);
}

static void report(size_t step)
{
    const struct hal_outcome *result = &outcomes[step];
    print("hal: ");
    print(steps[step].name);
    if (result->good) {
        print(" ok\n");
        return;
    }
    print(" FAILED ");
    print(result->reg != NULL ? result->reg : "-");
    print_hex(result->value);
    print("\n");
}

_Noreturn void hal_main(void);

/** Steps before the console is up are reported as soon as it is. */
_Noreturn void hal_main(void)
{
    size_t reported = 0;
    bool all = true;
    hal_tick_init(RESET_CLOCK_HZ);
    for (size_t i = 0; i < STEPS; i++) {
        outcome = &outcomes[i];
        outcome->good = steps[i].run() && outcome->reg == NULL;
        all = all && outcome->good;
        while (hal_uart_ready() && reported <= i) {
            report(reported++);
        }
    }
    print(all ? "hal: all ok\n" : "hal: not all ok\n");
    for (;;) {
        __asm__ volatile("wfi");
    }
}

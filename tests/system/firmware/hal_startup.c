/* Start-up in the manner of a vendor's package: vectors, data, system control block, main. */
#include "hal.h"

#define EXCEPTIONS 16u
#define SCB_VTOR   ((hal_reg *)0xE000ED08u)

extern uint32_t linker_stack_limit[];
extern uint32_t linker_stack_top[];

/** What the linker script lists: from, to, end. */
extern uint32_t *const linker_copy[];
extern uint32_t *const linker_copy_end[];
extern uint32_t *const linker_clear[];
extern uint32_t *const linker_clear_end[];

void startup_reset(void);
_Noreturn void startup_c(void);
_Noreturn void startup_default(void);
_Noreturn void hal_main(void);

struct startup_vectors {
    uint32_t *stack;
    void (*handler[EXCEPTIONS - 1u + HAL_IRQS])(void);
};

#define EXCEPTION(n) [(n)-1u]
#define IRQ(n)       [EXCEPTIONS - 1u + (n)]

__attribute__((section(".vectors"), used)) static const struct startup_vectors vectors = {
    .stack = linker_stack_top,
    .handler =
        {
            EXCEPTION(1) = startup_reset,
            [1 ... 13] = startup_default,
            EXCEPTION(15) = hal_systick_handler,
            IRQ(HAL_IRQ_RTC_S) = hal_rtc_handler,
            IRQ(HAL_IRQ_FLASH_S) = hal_flash_handler,
            IRQ(HAL_IRQ_GTZC) = hal_gtzc_handler,
            IRQ(HAL_IRQ_EXTI0) = hal_exti0_handler,
            IRQ(HAL_IRQ_GPDMA1_CH0) = hal_gpdma_handler,
            IRQ(HAL_IRQ_TIM2) = hal_tim2_handler,
            IRQ(HAL_IRQ_TIM6) = hal_tim6_handler,
            IRQ(HAL_IRQ_USART1) = hal_usart1_handler,
        },
};

__attribute__((naked)) void startup_reset(void)
{
    __asm__ volatile("ldr r0, =linker_stack_limit\n"
                     "msr msplim, r0\n"
                     "ldr r0, =linker_stack_top\n"
                     "msr msp, r0\n"
                     "b startup_c\n");
}

/** Any exception that no step expects: an endless loop, as in the vendor's start-up files. */
_Noreturn void startup_default(void)
{
    for (;;) {
        __asm__ volatile("");
    }
}

_Noreturn void startup_c(void)
{
    for (uint32_t *const *row = linker_copy; row != linker_copy_end; row += 3) {
        const uint32_t *from = row[0];
        for (volatile uint32_t *to = row[1]; to != row[2]; to++) {
            *to = *from++;
        }
    }
    for (uint32_t *const *row = linker_clear; row != linker_clear_end; row += 2) {
        for (volatile uint32_t *to = row[0]; to != row[1]; to++) {
            *to = 0;
        }
    }
    *SCB_VTOR = (uint32_t)&vectors;
    hal_main();
}

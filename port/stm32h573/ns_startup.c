/*
 * Vector table and reset of an application. Its own handlers replace the weak ones by name, as
 * CMSIS calls those of the processor; interrupts share ns_interrupt().
 */
#include <stdint.h>
#include <stdlib.h>

#include "ns.h"
#include "regs.h"

#define EXCEPTIONS 16u
#define INTERRUPTS 131u

extern uint32_t linker_data_from[];
extern uint32_t linker_data[];
extern uint32_t linker_data_end[];
extern uint32_t linker_bss[];
extern uint32_t linker_bss_end[];
extern uint32_t linker_stack_top[];

typedef void ns_handler(void);

int main(void);
void ns_reset(void);
void ns_unexpected(void);

void NMI_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void HardFault_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void MemManage_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void BusFault_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void UsageFault_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void SVC_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void PendSV_Handler(void) __attribute__((weak, alias("ns_unexpected")));
void SysTick_Handler(void) __attribute__((weak, alias("ns_unexpected")));
/** Every interrupt of the device; the number is in IPSR. */
void ns_interrupt(void) __attribute__((weak, alias("ns_unexpected")));

struct ns_vectors {
    uint32_t *stack;
    ns_handler *handler[EXCEPTIONS - 1u + INTERRUPTS];
};

__attribute__((section(".vectors"), used)) static const struct ns_vectors vectors = {
    .stack = linker_stack_top,
    .handler =
        {
            [0] = ns_reset,
            [1] = NMI_Handler,
            [2] = HardFault_Handler,
            [3] = MemManage_Handler,
            [4] = BusFault_Handler,
            [5] = UsageFault_Handler,
            [10] = SVC_Handler,
            [13] = PendSV_Handler,
            [14] = SysTick_Handler,
            [15 ... 14 + INTERRUPTS] = ns_interrupt,
        },
};

void ns_unexpected(void)
{
    for (;;) {
        __asm__ volatile("wfi");
    }
}

void ns_reset(void)
{
    const uint32_t *from = linker_data_from;
    for (uint32_t *to = linker_data; to != linker_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = linker_bss; to != linker_bss_end; to++) {
        *to = 0;
    }
    ns_uart_init();
    exit(main());
}

#include "scheduler.h"

#include <stdbool.h>
#include <stddef.h>

#define ICSR         (*(volatile uint32_t *)0xE000ED04u)
#define ICSR_PENDSV  (1u << 28)
#define SHPR3        (*(volatile uint32_t *)0xE000ED20u)
#define SHPR3_PENDSV 0x00FF0000u /* the lowest priority: no handler is switched away from */
#define SYST_CSR     (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR     (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR     (*(volatile uint32_t *)0xE000E018u)
#define SYST_ON      7u

#define XPSR_THUMB        (1u << 24)
#define EXC_RETURN_THREAD 0xFFFFFFBCu /* to Non-secure Thread mode, process stack */
#define EXC_RETURN_SECURE (1u << 6)

#define THREADS     3u
#define STACK_WORDS 512u

/* What PendSV_Handler leaves on a thread's stack, and below it the processor. */
struct context {
    uint32_t r4_to_r11[8];
    uint32_t exc_return; /* of each thread its own: it may be within the manager */
    uint32_t r0_to_r3[4];
    uint32_t r12;
    uint32_t lr;
    uint32_t pc;
    uint32_t xpsr;
};

static struct {
    void (*function)(void);
    struct context *context;
    volatile bool done;
} threads[THREADS];
static uint64_t stacks[THREADS][STACK_WORDS / 2u];
static volatile uint32_t current;
static volatile uint32_t switched_in_call;

void PendSV_Handler(void);
void SysTick_Handler(void);
struct context *threads_next(struct context *context);

struct context *threads_next(struct context *context)
{
    switched_in_call += (context->exc_return & EXC_RETURN_SECURE) != 0;
    threads[current].context = context;
    do {
        current = (current + 1u) % THREADS;
    } while (threads[current].done);
    return threads[current].context;
}

__attribute__((naked)) void PendSV_Handler(void)
{
    __asm__ volatile("mrs r0, psp\n"
                     "stmdb r0!, {r4-r11, lr}\n"
                     "bl threads_next\n"
                     "ldmia r0!, {r4-r11, lr}\n"
                     "msr psp, r0\n"
                     "bx lr\n");
}

void SysTick_Handler(void)
{
    ICSR = ICSR_PENDSV;
}

void threads_yield(void)
{
    ICSR = ICSR_PENDSV;
    __asm__ volatile("dsb\nisb" ::: "memory");
}

uint32_t threads_current(void)
{
    return current;
}

uint32_t threads_switched_in_call(void)
{
    return switched_in_call;
}

static void thread_main(void)
{
    threads[current].function();
    threads[current].done = true;
    for (;;) {
        threads_yield();
    }
}

static void prepare(uint32_t thread, void (*function)(void))
{
    uint64_t *const top = &stacks[thread][STACK_WORDS / 2u];
    struct context *const context = (struct context *)top - 1;
    threads[thread].function = function;
    context->exc_return = EXC_RETURN_THREAD;
    context->pc = (uint32_t)thread_main & ~1u;
    context->xpsr = XPSR_THUMB;
    threads[thread].context = context;
}

/* main() goes on where it is, but on the process stack; handlers have what lies below. */
static void use_process_stack(void)
{
    __asm__ volatile("mov r0, sp\n"
                     "msr psp, r0\n"
                     "sub r0, #0x2000\n"
                     "msr msp, r0\n"
                     "movs r0, #2\n"
                     "msr control, r0\n"
                     "isb\n" ::
                         : "r0", "memory");
}

void threads_run(void (*first)(void), void (*second)(void), uint32_t slice_cycles)
{
    prepare(1, first);
    prepare(2, second);
    use_process_stack();
    SHPR3 |= SHPR3_PENDSV;
    SYST_RVR = slice_cycles;
    SYST_CVR = 0;
    SYST_CSR = SYST_ON;
    while (!threads[1].done || !threads[2].done) {
        threads_yield();
    }
    SYST_CSR = 0;
}

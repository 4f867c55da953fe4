/*
 * The tick, and the handlers of partitions' interrupts: when they run, and how long.
 *
 * An interrupt returns at once to its handler, in Thread mode, as a call does; what it has
 * interrupted, a handler of the Non-secure side's perhaps, stays active below. BASEPRI keeps all
 * other interrupts away, so whatever comes above finds the manager's stack empty.
 *
 * A handler's cycles are owed to all others. Each tick takes its handlers' share of them off; while
 * more than that is owed, all lines are off.
 */
#include "interrupt.h"

#include <garrison/port.h>
#include <garrison/spm.h>

#include "fault.h"
#include "regs.h"

/* The processor's cycles are what a partition is given, however fast the application makes them. */
#define TICK_CYCLES (SPM_TICK_MS * 64000u)

/* Of a tick; less than half of it. */
#define SHARE (1u << 18)

/* Of the modules' devices, in the order of partition.c: TIM6 and TIM7, with the signals 0x10, 0x20. */
#define IRQ               49u
#define WORD              (IRQ / 32u)
#define SIGNAL(exception) PARTITION_SIGNAL((exception)-16u - IRQ)
#define LINES(signals)    ((signals) << (IRQ % 32u - 4u))
#define IRQ_OF(signal)    (IRQ + ((signal) >> 5))
#define ALL               (PARTITION_SIGNAL(0) | PARTITION_SIGNAL(1))

/* Behind the tick, before all of the Non-secure side's. */
#define PRIORITY 0x60u

#define CPACR_FP 0xF00000u
#define NSACR_FP 0xC00u

static struct {
    psa_signal_t wanted; /**< Whose interrupts partitions have enabled. */
    uint32_t owed;       /**< Cycles. */
    uint32_t start;      /**< What the counter of the tick was when the handler began. */
    uint32_t running;    /**< chain_exc_return as the handler found it, and 1; 0: there is none. */
} state;

GARRISON_ENTRY void interrupt_tick(uint32_t exc_return);
GARRISON_ENTRY uint64_t interrupt_begin(struct frame *interrupted, struct registers *registers,
                                        uintptr_t limit, uint32_t exception);

uint32_t interrupt_is_running(void)
{
    return state.running;
}

/* An interrupt is over when its handler begins, so what the handler then does away with has come a
 * second time; what it does not, the devices' levels being what counts, comes once more all the same. */
static void lines_update(void)
{
    reg_write(NVIC_ICER(WORD), LINES(ALL));
    reg_write(NVIC_ICPR(WORD), LINES(ALL));
    if (state.owed < SHARE) {
        reg_write(NVIC_ISER(WORD), LINES(state.wanted));
    }
}

psa_signal_t port_interrupts_switch(psa_signal_t signals, bool on)
{
    const psa_signal_t wanted = state.wanted;
    if (on) {
        *(volatile uint8_t *)(uintptr_t)NVIC_IPR(IRQ_OF(signals)) = PRIORITY; /* it is one */
        state.wanted = wanted | signals;
    } else {
        state.wanted = wanted & ~signals;
    }
    lines_update();
    return wanted & signals;
}

/* A call does not start anew what goes on for handlers: the application could put off its end. */
void tick_start(void)
{
    if (reg_read(SYST_CSR) == 0) {
        reg_write(SYST_RVR, TICK_CYCLES - 1u);
        reg_write(SYST_CVR, 0);
        reg_write(SYST_CSR, SYST_CSR_RUN);
    }
}

void tick_stop(void)
{
    if (state.owed == 0 && spm_running() == NULL) {
        reg_write(SYST_CSR, 0);
        reg_write(SCB_ICSR, ICSR_PENDSTCLR);
    }
}

/* What runs above a partition's code, interrupts of the Non-secure side's, is not its time. Above a
 * handler nothing does. */
void interrupt_tick(uint32_t exc_return)
{
    if (state.running != 0) {
        state.owed += state.start;
        state.start = TICK_CYCLES;
    }
    state.owed -= state.owed < SHARE ? state.owed : SHARE;
    lines_update();
    tick_stop();
    if (fault_is_partitions(exc_return)) {
        spm_tick();
    }
}

/* An interrupt handler of the Non-secure side's that calls the gate is refused there, but in Handler
 * mode, on the manager's stack: it is to be gone first. Floating point is refused to handlers: what
 * is in the registers is neither seen nor disturbed. */
uint64_t interrupt_begin(struct frame *interrupted, struct registers *registers, uintptr_t limit,
                         uint32_t exception)
{
    const uint32_t mode = registers->exc_return & (EXC_RETURN_SECURE | EXC_RETURN_THREAD);
    const psa_signal_t signal = SIGNAL(exception);
    const struct partition *partition = NULL;
    tick_start();
    state.start = reg_read(SYST_CVR);
    if (mode != EXC_RETURN_SECURE) {
        partition = spm_interrupt(signal);
    }
    if (partition == NULL) {
        state.owed += SHARE;
        lines_update();
        return chain_resume(interrupted, limit);
    }
    state.running = chain_exc_return | 1u;
    reg_write(SCB_CPACR, 0);
    reg_write(SCB_NSACR, 0);
    __asm__ volatile("msr basepri, %0" ::"r"(PRIORITY));
    return chain_interrupt(partition, signal, interrupted, limit, registers);
}

void interrupt_end(void)
{
    const uint32_t now = reg_read(SYST_CVR);
    state.owed += state.start - now + (state.start < now ? TICK_CYCLES : 0);
    chain_exc_return = state.running;
    state.running = 0;
    reg_write(SCB_CPACR, CPACR_FP);
    reg_write(SCB_NSACR, NSACR_FP);
    __asm__ volatile("msr basepri, %0" ::"r"(0));
    lines_update();
}

#include "chain.h"

#include <string.h>

#include <garrison/port.h>
#include <garrison/spm.h>

#include "fault.h"
#include "gate.h"
#include "interrupt.h"
#include "regs.h"

#define FRAME_FP_SIZE (18u * sizeof(uint32_t)) /* s0 to s15, FPSCR and a reserved word */

/** Who waits for a call, or for the handler of an interrupt, to end. */
struct waiting {
    struct frame *frame; /**< Where it goes on. */
    uintptr_t limit;     /**< Of that stack. */
    struct frame entry;  /**< Its registers, out of everybody's reach; interrupted: in the frame, */
    struct registers registers;
};

static struct {
    struct waiting waiting[SPM_CHAIN_MAX];
    uint32_t depth;
} chain;

uint32_t chain_exc_return;

uint32_t chain_frame_size(uint32_t exc_return)
{
    return sizeof(struct frame) + (exc_return == EXC_RETURN_PARTITION_FP ? FRAME_FP_SIZE : 0);
}

uint64_t chain_resume(const struct frame *frame, uintptr_t limit)
{
    return (uint64_t)limit << 32 | (uintptr_t)frame;
}

/**
 * Goes on with another frame than the one the call was stacked in. The floating-point registers are
 * not in either of them yet: an interrupt that is taken instead of the return would have them
 * stored where this register says.
 */
static uint64_t resume_other(struct frame *frame, uintptr_t limit)
{
    if (chain_exc_return == EXC_RETURN_PARTITION_FP) {
        reg_write(FPCAR, (uint32_t)(frame + 1));
    }
    return chain_resume(frame, limit);
}

bool chain_is_running(const struct call *call)
{
    const struct partition *partition = spm_running();
    const uint32_t exc_return = call->registers->exc_return;
    if (partition == NULL || exc_return != chain_exc_return) {
        return false;
    }
    const struct partition_memory *memory = partition->memory;
    const uintptr_t stack = (uintptr_t)call->frame;
    return stack % sizeof(uint32_t) == 0 && stack >= memory->stack_base &&
           stack <= memory->stack_limit - chain_frame_size(exc_return);
}

/** Has a function of a partition's run as if interrupted at its first instruction. */
static uint64_t run(const struct partition *partition, uintptr_t function, uintptr_t stack,
                    struct registers *registers)
{
    struct frame *frame = (struct frame *)(stack - chain_frame_size(chain_exc_return));
    *frame = (struct frame){
        .r0 = stack, /* the message of a call */
        .lr = (uint32_t)partition_return,
        .pc = function & ~1u,
        .xpsr = XPSR_THUMB,
    };
    memset(registers->r, 0, sizeof registers->r);
    registers->exc_return = chain_exc_return;
    return resume_other(frame, partition->memory->stack_base);
}

/** The place of whoever begins to wait. */
static struct waiting *push(struct frame *frame, uintptr_t limit, const struct registers *registers)
{
    struct waiting *waiting = &chain.waiting[chain.depth];
    waiting->frame = frame;
    waiting->limit = limit;
    waiting->registers = *registers;
    chain.depth++;
    return waiting;
}

uint64_t chain_enter(const struct partition *partition, const psa_msg_t *message,
                     const struct call *call, uintptr_t limit)
{
    push(call->frame, limit, call->registers)->entry = call->entry;
    chain_exc_return = call->registers->exc_return;
    tick_start();
    return chain_repeat(partition, message, call->registers);
}

uint64_t chain_repeat(const struct partition *partition, const psa_msg_t *message,
                      struct registers *registers)
{
    return run(partition, (uintptr_t)partition->function, (uintptr_t)message, registers);
}

uint64_t chain_interrupt(const struct partition *partition, psa_signal_t signal,
                         struct frame *interrupted, uintptr_t limit, struct registers *registers)
{
    const struct partition_memory *memory = partition->memory;
    const uintptr_t lowest = memory->stack_base + sizeof(struct frame);
    uintptr_t stack = memory->stack_limit;
    (void)push(interrupted, limit, registers);
    for (uint32_t i = 0; i < chain.depth; i++) {
        if (chain.waiting[i].limit == memory->stack_base) {
            stack = (uintptr_t)chain.waiting[i].frame;
        }
    }
    chain_exc_return = EXC_RETURN_PARTITION;
    if (stack - lowest > memory->stack_limit - lowest) {
        spm_partition_failed("no stack");
    }
    const uint64_t resumed = run(partition, (uintptr_t)partition->handler, stack, registers);
    ((struct frame *)(uintptr_t)resumed)->r0 = signal;
    return resumed;
}

uint64_t chain_leave(uint32_t result, struct registers *registers)
{
    chain.depth--;
    struct waiting *waiting = &chain.waiting[chain.depth];
    struct frame *frame = waiting->frame;
    const uintptr_t limit = waiting->limit;
    *registers = waiting->registers;
    if (interrupt_is_running() != 0) {
        interrupt_end();
    } else {
        *frame = (struct frame){
            .r0 = result,
            .lr = waiting->entry.lr,
            .pc = waiting->entry.pc,
            .xpsr = waiting->entry.xpsr,
        };
        (void)resume_other(frame, limit);
    }
    memset(waiting, 0, sizeof *waiting);
    tick_stop();
    return chain_resume(frame, limit);
}

/**
 * What an exception out of a partition does to floating-point registers that are in use, unless it
 * could not stack anything: then they are still the client's, and are marked here.
 */
static void mark_floating(void)
{
    if (interrupt_is_running() != 0) {
        return;
    }
    const uint32_t pending = FPCCR_LSPACT | FPCCR_USER | FPCCR_S | FPCCR_THREAD;
    if (chain_exc_return == EXC_RETURN_PARTITION_FP) {
        reg_update(FPCCR, pending | FPCCR_SPLIMVIOL, pending);
    } else {
        reg_update(FPCCR, FPCCR_LSPACT, 0); /* a partition that has used them */
    }
}

/** The exception that this runs in may have been taken in the place of a supervisor call. */
void port_partition_leave(psa_status_t result)
{
    reg_write(SCB_CFSR, reg_read(SCB_CFSR));
    reg_write(SCB_HFSR, reg_read(SCB_HFSR));
    reg_write(SFSR, reg_read(SFSR));
    reg_update(SCB_SHCSR, SHCSR_SVCALLPENDED, 0);
    mark_floating();
    chain_abandon((uint32_t)result);
}

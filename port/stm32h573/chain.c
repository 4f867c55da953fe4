#include "chain.h"

#include <string.h>

#include <garrison/port.h>
#include <garrison/spm.h>

#include "fault.h"
#include "gate.h"
#include "regs.h"

#define FRAME_FP_SIZE (18u * sizeof(uint32_t)) /* s0 to s15, FPSCR and a reserved word */

#define XPSR_THUMB (1u << 24)

/* The processor's cycles are what a partition is given, however fast the application makes them. */
#define TICK_CYCLES (SPM_TICK_MS * 64000u)

/** Who waits for a call to end. */
struct waiting {
    struct frame *frame; /**< Where it goes on. */
    uintptr_t limit;     /**< Of that stack. */
    struct frame entry;  /**< Its registers, out of everybody's reach, */
    struct callee_saved callee;
};

static struct {
    struct waiting waiting[SPM_DEPTH_MAX];
    uint32_t depth;
} chain;

GARRISON_ENTRY uint32_t chain_exc_return;

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
    if (partition == NULL || call->exc_return != chain_exc_return) {
        return false;
    }
    const struct partition_memory *memory = partition->memory;
    const uintptr_t stack = (uintptr_t)call->frame;
    return stack % sizeof(uint32_t) == 0 && stack >= memory->stack_base &&
           stack <= memory->stack_limit - chain_frame_size(call->exc_return);
}

static void tick_start(void)
{
    reg_write(SYST_RVR, TICK_CYCLES - 1u);
    reg_write(SYST_CVR, 0);
    reg_write(SYST_CSR, SYST_CSR_RUN);
}

static void tick_stop(void)
{
    reg_write(SYST_CSR, 0);
    reg_write(SCB_ICSR, ICSR_PENDSTCLR);
}

/* What runs above a partition's code, interrupts of the Non-secure side's, is not its time. */
void chain_tick(uint32_t exc_return)
{
    const uint32_t partition = EXC_RETURN_SECURE | EXC_RETURN_THREAD;
    if ((exc_return & partition) == partition) {
        spm_tick();
    }
}

uint64_t chain_enter(const struct partition *partition, const psa_msg_t *message,
                     const struct call *call, uintptr_t limit)
{
    chain.waiting[chain.depth] = (struct waiting){call->frame, limit, call->entry, *call->callee};
    if (chain.depth == 0) {
        tick_start();
    }
    chain.depth++;
    chain_exc_return = call->exc_return;
    return chain_repeat(partition, message, call->callee);
}

uint64_t chain_repeat(const struct partition *partition, const psa_msg_t *message,
                      struct callee_saved *callee)
{
    struct frame *frame = (struct frame *)((uintptr_t)message - chain_frame_size(chain_exc_return));
    *frame = (struct frame){
        .r0 = (uint32_t)message,
        .lr = (uint32_t)partition_return,
        .pc = (uint32_t)partition->function & ~1u,
        .xpsr = XPSR_THUMB,
    };
    memset(callee, 0, sizeof(*callee));
    return resume_other(frame, partition->memory->stack_base);
}

uint64_t chain_leave(uint32_t result, struct callee_saved *callee)
{
    chain.depth--;
    if (chain.depth == 0) {
        tick_stop();
    }
    struct waiting *waiting = &chain.waiting[chain.depth];
    struct frame *frame = waiting->frame;
    const uintptr_t limit = waiting->limit;
    *frame = (struct frame){
        .r0 = result,
        .lr = waiting->entry.lr,
        .pc = waiting->entry.pc,
        .xpsr = waiting->entry.xpsr,
    };
    *callee = waiting->callee;
    memset(waiting, 0, sizeof(*waiting));
    return resume_other(frame, limit);
}

/**
 * What an exception out of a partition does to floating-point registers that are in use, unless it
 * could not stack anything: then they are still the client's, and are marked here.
 */
static void mark_floating(void)
{
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

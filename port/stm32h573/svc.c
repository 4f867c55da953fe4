/*
 * Supervisor calls: the only privileged code that runs once the application has been started.
 *
 * A call by the client suspends the gate's entry, runs the partition's function as if it had been
 * interrupted at its first instruction, and resumes the entry when the function has returned.
 */
#include <string.h>

#include <garrison/gate.h>
#include <garrison/port.h>
#include <garrison/spm.h>

#include "fault.h"
#include "gate.h"
#include "image.h"
#include "layout.h"
#include "linker.h"
#include "regs.h"
#include "svc_numbers.h"

const char image_name[] = "manager";

/** What the processor stacks at an exception; behind it, room for floating-point registers. */
struct frame {
    uint32_t r0;
    uint32_t r1;
    uint32_t r2;
    uint32_t r3;
    uint32_t r12;
    uint32_t lr;
    uint32_t pc;
    uint32_t xpsr;
};

/** r4 to r11. */
struct callee_saved {
    uint32_t r[8];
};

/**
 * Return to unprivileged Secure code on the process stack: the one place calls come from. The
 * second is for a client whose floating-point registers are live: Secure code never touches them,
 * but each frame keeps the processor's room for them, so that an interrupt of the client's or a
 * switch of its threads finds them marked as in use.
 */
#define EXC_RETURN_PARTITION    0xFFFFFFFDu
#define EXC_RETURN_PARTITION_FP 0xFFFFFFEDu
#define FRAME_FP_SIZE           (18u * sizeof(uint32_t)) /* s0 to s15, FPSCR and a reserved word */

#define XPSR_THUMB (1u << 24)

/** The call under way; `partition` is NULL between calls. */
static struct {
    const struct partition *partition;
    struct frame entry;         /**< Of the gate's entry, out of the partition's reach. */
    uint32_t exc_return;        /**< With which the gate's entry was left; the same to the end. */
    struct callee_saved callee; /**< The client's. */
} running;

static uint32_t frame_size(uint32_t exc_return)
{
    return sizeof(struct frame) + (exc_return == EXC_RETURN_PARTITION_FP ? FRAME_FP_SIZE : 0);
}

/** Where an entry of the gate has its registers stacked, its stack being empty before. */
static struct frame *gate_frame(uint32_t exc_return)
{
    return (struct frame *)((uintptr_t)linker_gate_stack_top - frame_size(exc_return));
}

/** Process stack pointer in the low half, its limit in the high one: r0 and r1 of the result. */
static uint64_t resume_with(uintptr_t pointer, uintptr_t limit)
{
    return (uint64_t)limit << 32 | pointer;
}

/** A supervisor call. */
struct call {
    struct frame *frame;
    struct callee_saved *callee;
    uint32_t exc_return;
};

uint64_t svc_dispatch(struct frame *frame, uint32_t exc_return, struct callee_saved *callee);

const char *fault_partition(void)
{
    return running.partition != NULL ? running.partition->name : NULL;
}

static _Noreturn void refuse(void)
{
    fault_stop("supervisor call refused: wrong number, stack or state");
}

static void switch_to(const struct partition *partition)
{
    if (port_partition_switch(partition) != GARRISON_OK) {
        fault_stop("memory protection does not read back as written");
    }
}

/** The number in the instruction before the one that the caller goes on with. */
static uint32_t svc_number(const struct frame *frame)
{
    return *(const uint8_t *)(frame->pc - 2u);
}

/**
 * Goes on with another frame than the one the call was stacked in. The floating-point registers are
 * not in either of them yet: an interrupt that is taken instead of the return would have them
 * stored where this register says.
 */
static uint64_t resume_other(struct frame *frame, uintptr_t limit, uint32_t exc_return)
{
    if (exc_return == EXC_RETURN_PARTITION_FP) {
        reg_write(FPCAR, (uint32_t)(frame + 1));
    }
    return resume_with((uintptr_t)frame, limit);
}

/** Makes the partition's function the thing to go on with. */
static uint64_t enter_partition(const struct partition *partition, const psa_msg_t *message,
                                const struct call *call)
{
    running.partition = partition;
    running.entry = *call->frame;
    running.exc_return = call->exc_return;
    running.callee = *call->callee;
    switch_to(partition);

    struct frame *frame = (struct frame *)((uintptr_t)message - frame_size(call->exc_return));
    *frame = (struct frame){
        .r0 = (uint32_t)message,
        .lr = (uint32_t)partition_return,
        .pc = (uint32_t)partition->function & ~1u,
        .xpsr = XPSR_THUMB,
    };
    memset(call->callee, 0, sizeof(*call->callee));
    return resume_other(frame, partition->memory->stack_base, call->exc_return);
}

/** Makes the gate's entry the thing to go on with. */
static uint64_t leave_partition(psa_status_t status, const struct call *call)
{
    status = spm_end(status);
    switch_to(NULL);

    struct frame *frame = gate_frame(running.exc_return);
    *frame = (struct frame){
        .r0 = (uint32_t)status,
        .lr = running.entry.lr,
        .pc = running.entry.pc,
        .xpsr = running.entry.xpsr,
    };
    *call->callee = running.callee;
    memset(&running, 0, sizeof(running));
    return resume_other(frame, (uintptr_t)linker_gate_stack_limit, call->exc_return);
}

static uint64_t serve_gate(uint32_t number, const struct call *call)
{
    struct frame *frame = call->frame;
    const struct partition *partition;
    const psa_msg_t *message;

    switch (number) {
    case GATE_VERSION:
        frame->r0 = spm_version(SPM_CLIENT_NON_SECURE, frame->r0);
        break;
    case GATE_CONNECT:
        frame->r0 = (uint32_t)spm_connect(SPM_CLIENT_NON_SECURE, frame->r0, frame->r1);
        break;
    case GATE_CALL:
        frame->r0 = (uint32_t)spm_begin(SPM_CLIENT_NON_SECURE, (psa_handle_t)frame->r0, frame->r1,
                                        (const psa_invec *)frame->r2, (psa_outvec *)frame->r3,
                                        &partition, &message);
        if (frame->r0 == PSA_SUCCESS) {
            return enter_partition(partition, message, call);
        }
        break;
    case GATE_CLOSE:
        frame->r0 = (uint32_t)spm_close(SPM_CLIENT_NON_SECURE, (psa_handle_t)frame->r0);
        break;
    default:
        refuse();
    }
    return resume_with((uintptr_t)frame, (uintptr_t)linker_gate_stack_limit);
}

static uint64_t serve_partition(uint32_t number, const struct call *call)
{
    struct frame *frame = call->frame;
    switch (number) {
    case SVC_PARTITION_RETURN:
        return leave_partition((psa_status_t)frame->r0, call);
    case SVC_READ:
        frame->r0 = spm_read((psa_handle_t)frame->r0, frame->r1, (void *)frame->r2, frame->r3);
        break;
    case SVC_SKIP:
        frame->r0 = spm_skip((psa_handle_t)frame->r0, frame->r1, frame->r2);
        break;
    case SVC_WRITE:
        spm_write((psa_handle_t)frame->r0, frame->r1, (const void *)frame->r2, frame->r3);
        break;
    case SVC_AREA_SIZE:
        frame->r0 = spm_area_size(frame->r0);
        break;
    case SVC_AREA_READ:
        frame->r0 = (uint32_t)spm_area_read(frame->r0, frame->r1, (uint8_t *)frame->r2, frame->r3);
        break;
    case SVC_AREA_PROGRAM:
        frame->r0 =
            (uint32_t)spm_area_program(frame->r0, frame->r1, (const uint8_t *)frame->r2, frame->r3);
        break;
    case SVC_AREA_ERASE:
        frame->r0 = (uint32_t)spm_area_erase(frame->r0, frame->r1, frame->r2);
        break;
    case SVC_RESET:
        spm_reset();
    case SVC_PANIC:
        fault_stop("psa_panic");
    default:
        refuse();
    }
    return resume_with((uintptr_t)frame, running.partition->memory->stack_base);
}

/** Whether the frame is where the gate's entries leave it, and nowhere else. */
static bool is_gate(const struct call *call)
{
    const uint32_t gate = LAYOUT_FLASH_S + LAYOUT_GATE_OFF;
    return running.partition == NULL && call->frame == gate_frame(call->exc_return) &&
           call->frame->pc >= gate && call->frame->pc < gate + LAYOUT_GATE_SIZE;
}

/** Whether the frame is on the running partition's stack, in the form it was entered with. */
static bool is_partition(const struct call *call)
{
    if (running.partition == NULL || call->exc_return != running.exc_return) {
        return false;
    }
    const struct partition_memory *memory = running.partition->memory;
    const uintptr_t stack = (uintptr_t)call->frame;
    return stack % sizeof(uint32_t) == 0 && stack >= memory->stack_base &&
           stack <= memory->stack_limit - frame_size(call->exc_return);
}

uint64_t svc_dispatch(struct frame *frame, uint32_t exc_return, struct callee_saved *callee)
{
    const struct call call = {.frame = frame, .callee = callee, .exc_return = exc_return};
    if (exc_return != EXC_RETURN_PARTITION && exc_return != EXC_RETURN_PARTITION_FP) {
        refuse();
    }
    if (is_partition(&call)) {
        return serve_partition(svc_number(frame), &call);
    }
    if (is_gate(&call)) {
        return serve_gate(svc_number(frame), &call);
    }
    refuse();
}

_Noreturn void image_main(void)
{
    board_init();
    rng_init();
    manager_main();
}

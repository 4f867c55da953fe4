/*
 * Supervisor calls: the only privileged code that runs once the application has been started.
 *
 * A call by the client suspends the gate's entry, runs the partition's function as if it had been
 * interrupted at its first instruction, and resumes the entry when the function has returned.
 */
#include <garrison/abi.h>
#include <garrison/gate.h>
#include <garrison/port.h>
#include <garrison/spm.h>

#include "chain.h"
#include "fault.h"
#include "image.h"
#include "interrupt.h"
#include "layout.h"
#include "linker.h"
#include "regs.h"
#include "svc_numbers.h"

const char image_name[] = "manager";

/** Where an entry of the gate has its registers stacked, its stack being empty before. */
static const struct frame *gate_frame(uint32_t exc_return)
{
    return (const struct frame *)((uintptr_t)linker_gate_stack_top - chain_frame_size(exc_return));
}

GARRISON_ENTRY uint64_t svc_dispatch(struct frame *frame, struct registers *registers);

void fault_partition(const char *reason)
{
    if (spm_running() != NULL) {
        spm_partition_failed(reason);
    }
}

bool fault_is_partitions(uint32_t exc_return)
{
    const uint32_t partition = EXC_RETURN_SECURE | EXC_RETURN_THREAD;
    return (exc_return & partition) == partition;
}

static _Noreturn void refuse(void)
{
    fault_stop("supervisor call refused: wrong number, stack or state");
}

/** The number in the instruction before the one that the caller goes on with. */
static uint32_t svc_number(const struct frame *frame)
{
    return *(const uint8_t *)(frame->pc - 2u);
}

/** psa_connect(), psa_call() or psa_close() of a client, whose stack has that limit. */
static uint64_t serve_client(uint32_t function, int32_t client_id, const struct call *call,
                             uintptr_t limit)
{
    const struct frame *entry = &call->entry;
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    psa_status_t result;

    switch (function) {
    case GATE_CONNECT:
        result = spm_connect(client_id, entry->r0, entry->r1, &partition, &message);
        break;
    case GATE_CALL:
        result =
            spm_begin(client_id, (psa_handle_t)entry->r0, entry->r1, (const psa_invec *)entry->r2,
                      (psa_outvec *)entry->r3, &partition, &message);
        break;
    default:
        result = spm_close(client_id, (psa_handle_t)entry->r0, &partition, &message);
        break;
    }
    if (partition != NULL) {
        return chain_enter(partition, message, call, limit);
    }
    call->frame->r0 = (uint32_t)result;
    return chain_resume(call->frame, limit);
}

static uint64_t serve_gate(uint32_t number, const struct call *call)
{
    const uintptr_t limit = (uintptr_t)linker_gate_stack_limit;
    struct frame *frame = call->frame;

    switch (number) {
    case GATE_VERSION:
        frame->r0 = spm_version(SPM_CLIENT_NON_SECURE, frame->r0);
        break;
    case GATE_LIFE_CYCLE:
        frame->r0 = spm_life_cycle();
        break;
    case GATE_CONNECT:
    case GATE_CALL:
    case GATE_CLOSE:
        return serve_client(number, SPM_CLIENT_NON_SECURE, call, limit);
    default:
        refuse();
    }
    return chain_resume(frame, limit);
}

/** The partition's function has returned: it hears the next message, or its client goes on. */
static uint64_t serve_return(const struct partition *partition, const struct call *call)
{
    const psa_status_t status = (psa_status_t)call->entry.r0;
    const psa_msg_t *message = spm_next();
    return message != NULL ? chain_repeat(partition, message, call->registers)
                           : chain_leave((uint32_t)spm_end(status), call->registers);
}

/* What a handler may ask for: all else would wait for somebody, or is the call's. Numbers that share
 * a bit with these are no calls of a partition's. */
#define BIT(number) (1u << (number) % 32u)
#define HANDLER_CALLS                                                                              \
    (BIT(SVC_PARTITION_RETURN) | BIT(SVC_PANIC) | BIT(SVC_IRQ_ENABLE) | BIT(SVC_IRQ_DISABLE) |     \
     BIT(SVC_RESET_SIGNAL))

/** psa_wait(); to block is to ask again, so that others interrupt it and its time passes. */
static void wait(struct frame *frame)
{
    const psa_signal_t set = spm_signals(frame->r0);
    if (set == 0 && (frame->r1 & PSA_BLOCK) != 0) {
        frame->pc -= 2u;
        return;
    }
    frame->r0 = set;
}

static uint64_t serve_partition(uint32_t number, const struct call *call)
{
    const struct partition *partition = spm_running();
    const uintptr_t limit = partition->memory->stack_base;
    struct frame *frame = call->frame;
    spm_require_sound();
    if (interrupt_is_running() != 0 && (HANDLER_CALLS >> number % 32u & 1u) == 0) {
        refuse();
    }
    switch (number) {
    case SVC_PARTITION_RETURN:
        return serve_return(partition, call);
    case SVC_VERSION:
        frame->r0 = spm_version(partition->id, frame->r0);
        break;
    case SVC_CONNECT:
        return serve_client(GATE_CONNECT, partition->id, call, limit);
    case SVC_CALL:
        return serve_client(GATE_CALL, partition->id, call, limit);
    case SVC_CLOSE:
        return serve_client(GATE_CLOSE, partition->id, call, limit);
    case SVC_SET_RHANDLE:
        spm_set_rhandle((psa_handle_t)frame->r0, (void *)frame->r1);
        break;
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
    case SVC_WAIT:
        wait(frame);
        break;
    case SVC_IRQ_ENABLE:
    case SVC_IRQ_DISABLE:
        frame->r0 = spm_irq_switch(frame->r0, number == SVC_IRQ_ENABLE);
        break;
    case SVC_RESET_SIGNAL:
        spm_reset_signal(frame->r0);
        break;
    case SVC_LIFE_CYCLE:
        frame->r0 = spm_life_cycle();
        break;
    case SVC_RESET:
        spm_reset();
    case SVC_PANIC:
        spm_partition_failed("psa_panic");
    default:
        refuse();
    }
    return chain_resume(frame, limit);
}

/** Whether the frame is where the gate's entries leave it, and nowhere else. */
static bool is_gate(const struct call *call)
{
    const uint32_t gate = LAYOUT_FLASH_S + LAYOUT_GATE_OFF;
    return spm_running() == NULL && call->frame == gate_frame(call->registers->exc_return) &&
           call->frame->pc >= gate && call->frame->pc < gate + LAYOUT_GATE_SIZE;
}

uint64_t svc_dispatch(struct frame *frame, struct registers *registers)
{
    struct call call = {.frame = frame, .registers = registers};
    const uint32_t exc_return = registers->exc_return;
    if (exc_return != EXC_RETURN_PARTITION && exc_return != EXC_RETURN_PARTITION_FP) {
        refuse();
    }
    if (chain_is_running(&call)) {
        call.entry = *frame;
        return serve_partition(svc_number(frame), &call);
    }
    if (is_gate(&call)) {
        call.entry = *frame;
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

/*
 * The chain of calls as the processor sees it: who waits for the partition above, and how the
 * floating-point registers of the Non-secure client come through.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/partition.h>

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

#define XPSR_THUMB (1u << 24)

/** What gate.S has on the handler's stack: of whoever was interrupted, and goes on with. */
struct registers {
    uint32_t r3; /**< For alignment. */
    uint32_t exc_return;
    uint32_t r[8]; /**< r4 to r11 */
};

/** A supervisor call. */
struct call {
    struct frame *frame;
    struct frame entry; /**< What the frame was, out of a partition's reach. */
    struct registers *registers;
};

/**
 * Return to unprivileged Secure code on the process stack: the one place calls come from. The
 * second is for a client whose floating-point registers are live: Secure code never touches them,
 * but each frame keeps the processor's room for them, so that an interrupt of the client's or a
 * switch of its threads finds them marked as in use.
 */
#define EXC_RETURN_PARTITION    0xFFFFFFFDu
#define EXC_RETURN_PARTITION_FP 0xFFFFFFEDu

/** With which the first call was entered: the same for all of the chain. */
extern uint32_t chain_exc_return;

uint32_t chain_frame_size(uint32_t exc_return);

/** Whether a frame is on the running partition's stack, in the form that the chain began with. */
bool chain_is_running(const struct call *call);

/** Process stack pointer in the low half, its limit in the high one: r0 and r1 of image_svc. */
uint64_t chain_resume(const struct frame *frame, uintptr_t limit);

/** Makes the partition's function the thing to go on with; `limit` is that of the caller's stack. */
uint64_t chain_enter(const struct partition *partition, const psa_msg_t *message,
                     const struct call *call, uintptr_t limit);

/** Makes the partition's function, which has returned, the thing to go on with, for a next message. */
uint64_t chain_repeat(const struct partition *partition, const psa_msg_t *message,
                      struct registers *registers);

/**
 * Makes the caller of the call that has ended the thing to go on with, or what the interrupt has
 * interrupted; `registers` become its own.
 */
GARRISON_ENTRY uint64_t chain_leave(uint32_t result, struct registers *registers);

/**
 * Makes the handler of a partition's interrupt the thing to go on with, below what the partition has
 * on its stack. @param limit  of the stack that was interrupted
 */
uint64_t chain_interrupt(const struct partition *partition, psa_signal_t signal,
                         struct frame *interrupted, uintptr_t limit, struct registers *registers);

/**
 * chain_leave() out of any exception that interrupted a partition, whatever the handler's stack
 * holds by now.
 */
_Noreturn void chain_abandon(uint32_t result);

/*
 * The gate while a partition runs: it is closed then, so a call of an interrupt handler's, or of
 * another thread, faults where it would enter. That is a MemManage of the Secure side, whose MPU
 * refuses the fetch, out of Non-secure state: nothing Secure has been stacked, and the caller's
 * registers lie on its own stack. What is read there is not believed: the answer gives that side
 * nothing that it could not have done itself.
 */
#include "busy.h"

#include <garrison/gate.h>
#include <garrison/spm.h>

#include "chain.h"
#include "client.h"
#include "fault.h"
#include "gate_answers.h"
#include "layout.h"
#include "regs.h"

#define GATE_ADDR     (LAYOUT_FLASH_S + LAYOUT_GATE_OFF)
#define FRAME_ALIGN   8u
#define XPSR_STACKING 0x3FFu /* the exception, and whether the frame was aligned */

static uint32_t answer_of(uint32_t function)
{
    switch (function) {
    case GATE_FRAMEWORK_VERSION:
        return GATE_FRAMEWORK;
    case GATE_VERSION:
        return GATE_NO_VERSION;
    case GATE_LIFE_CYCLE:
        return GATE_NO_LIFE_CYCLE;
    default:
        return (uint32_t)GATE_BUSY;
    }
}

bool busy_answer(uint32_t exc_return)
{
    const uint32_t stack = fault_non_secure_frame(exc_return);
    if (spm_running() == NULL || (reg_read(SCB_CFSR) & CFSR_MEMORY) != CFSR_IACCVIOL ||
        stack % FRAME_ALIGN != 0 || !client_may_stack(stack, sizeof(struct frame), exc_return)) {
        return false;
    }
    volatile struct frame *frame = (volatile struct frame *)stack;
    const uint32_t off = frame->pc - GATE_ADDR;
    if (off % GATE_ENTRY_BYTES != 0 || off / GATE_ENTRY_BYTES >= GATE_FUNCTIONS) {
        return false;
    }
    const uint32_t lr = frame->lr;
    const uint32_t to = lr < GATE_FORGED ? lr & ~1u : GATE_NOWHERE;
    frame->r0 = answer_of(off / GATE_ENTRY_BYTES);
    frame->r1 = 0;
    frame->r2 = 0;
    frame->r3 = 0;
    frame->r12 = 0;
    frame->lr = to;
    frame->pc = to;
    frame->xpsr = (frame->xpsr & XPSR_STACKING) | XPSR_THUMB;
    reg_write(SCB_CFSR, CFSR_IACCVIOL);
    return true;
}

__attribute__((naked)) void busy_entry(void)
{
    __asm__ volatile("tst lr, #64\n" /* EXC_RETURN_SECURE */
                     "bne fault_entry\n"
                     "mov r0, lr\n"
                     "push {r4, lr}\n"
                     "bl busy_answer\n"
                     "pop {r4, lr}\n"
                     "cmp r0, #0\n"
                     "beq fault_entry\n"
                     "bx lr\n");
}

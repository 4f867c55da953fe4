/*
 * Faults of Non-secure code that come to the manager: where they happened.
 */
#include <stdbool.h>

#include "fault.h"
#include "layout.h"
#include "line.h"
#include "regs.h"

#define CONTROL_SPSEL (1u << 1)
#define FRAME_WORDS   8u

uint32_t fault_non_secure_frame(uint32_t exc_return)
{
    uint32_t control;
    uint32_t stack;
    __asm__ volatile("mrs %0, control_ns" : "=r"(control));
    /* SPSEL of EXC_RETURN is the Secure side's, whatever state was interrupted. */
    if ((exc_return & EXC_RETURN_THREAD) && (control & CONTROL_SPSEL)) {
        __asm__ volatile("mrs %0, psp_ns" : "=r"(stack));
    } else {
        __asm__ volatile("mrs %0, msp_ns" : "=r"(stack));
    }
    return stack;
}

/* Non-secure code can point its stack anywhere: only a frame in its own RAM is looked at. */
void fault_add_non_secure(struct line *line, uint32_t exc_return)
{
    const uint32_t stack = fault_non_secure_frame(exc_return);
    const uint32_t size = FRAME_WORDS * sizeof(uint32_t);
    line_add(line, " in Non-secure state");
    const bool in_ram1 =
        stack >= LAYOUT_SRAM1_NS && stack <= LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE - size;
    const bool in_ram3 =
        stack >= LAYOUT_SRAM3_NS && stack <= LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE - size;
    if (stack % sizeof(uint32_t) == 0 && (in_ram1 || in_ram3)) {
        line_add_hex(line, " at ", reg_read(stack + FAULT_FRAME_PC * sizeof(uint32_t)));
    }
}

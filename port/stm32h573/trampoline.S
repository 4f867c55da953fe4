/*
 * The trampoline: wipes the stage's RAM, hides its flash, raises the level, starts the next image.
 *
 * r0 vectors, r1 HDP extension or 0, r2 level expected. Runs from RAM, uses no stack and leaves
 * nothing in the registers. When the level does not rise, the next image must not run: it would
 * run with this one's rights, so the part stops here.
 */
#include "layout.h"

    .syntax unified
    .thumb

#define FLASH_HDPEXTR 0x50022048
#define SBS_HDPLCR    0x54000410 /* SBS_HDPLSR is the next word */
#define SCB_VTOR      0xE000ED08
#define MPU_CTRL      0xE000ED94

    .section .trampoline, "ax"
    .global leave_trampoline
    .type leave_trampoline, %function
leave_trampoline:
    cpsid   i
    ldr     r3, =LAYOUT_STAGE_RAM_ADDR
    ldr     r4, =LAYOUT_TRAMPOLINE_ADDR
    movs    r5, #0
1:  stmia   r3!, {r5}
    cmp     r3, r4
    bne     1b

    cbz     r1, 2f
    ldr     r3, =FLASH_HDPEXTR
    str     r1, [r3]
    dsb
    ldr     r4, [r3]
    cmp     r4, r1
    bne     leave_stop
2:  ldr     r3, =SBS_HDPLCR
    movs    r4, #0x6A
    str     r4, [r3]
    dsb
    isb
    ldr     r4, [r3, #4]
    cmp     r4, r2
    bne     leave_stop
    ldr     r4, [r3, #4] /* twice: one skipped branch must not be enough */
    cmp     r4, r2
    bne     leave_stop

    ldr     r3, =MPU_CTRL
    str     r5, [r3]
    ldr     r3, =SCB_VTOR
    str     r0, [r3]
    dsb
    isb
    msr     msplim, r5
    ldr     r1, [r0]
    msr     msp, r1
    ldr     lr, [r0, #4]
    movs    r0, #0
    mov     r1, r0
    mov     r2, r0
    mov     r3, r0
    mov     r4, r0
    mov     r6, r0
    mov     r7, r0
    mov     r8, r0
    mov     r9, r0
    mov     r10, r0
    mov     r11, r0
    mov     r12, r0
    msr     apsr_nzcvq, r0
    bx      lr

leave_stop:
    wfi
    b       leave_stop
    .ltorg
    .size leave_trampoline, . - leave_trampoline

/*
 * The gate: what the Non-secure side can call, and the supervisor calls behind it.
 *
 * All Secure code outside exceptions is unprivileged, so an entry has no rights: it asks for
 * everything by SVC. It must not touch its stack before that. While a partition runs nobody can run
 * the gate, and busy.c answers. Otherwise the Secure process stack pointer stands exactly at the top
 * of the gate's stack; anywhere else means that an interrupt has taken the processor from another
 * thread in these very instructions. A call out of a handler is answered in the same way: it would run
 * privileged.
 */
#include "gate_answers.h"
#include "svc_numbers.h"

#define STACK_SEAL 0xFEF5EDA5

    .syntax unified
    .thumb

/* One function of the gate; 8 bytes. */
    .macro entry handler
    sg
    b.w     \handler
    .endm

/* Its body: refuses with \busy in r0 or makes supervisor call \number with r0 to r3 as they are. */
    .macro handle number, busy
    mrs     r12, ipsr
    cmp     r12, #0
    bne     1f
    movw    r12, #:lower16:linker_gate_stack_top
    movt    r12, #:upper16:linker_gate_stack_top
    cmp     sp, r12
    bne     1f
    svc     #\number
    b       gate_leave
1:  mvn     r0, #(-(\busy) - 1)
    b       gate_leave
    .endm

    .section .gate, "ax"
    .global gate_entries
gate_entries:
    entry   gate_framework_version
    entry   gate_version
    entry   gate_connect
    entry   gate_call
    entry   gate_close
    entry   gate_life_cycle

    .type gate_framework_version, %function
gate_framework_version:
    movw    r0, #GATE_FRAMEWORK
    b       gate_leave

    .type gate_version, %function
gate_version:
    handle  1, GATE_NO_VERSION

    .type gate_connect, %function
gate_connect:
    handle  2, GATE_BUSY

    .type gate_call, %function
gate_call:
    handle  3, GATE_BUSY

    .type gate_close, %function
gate_close:
    handle  4, GATE_BUSY

    .type gate_life_cycle, %function
gate_life_cycle:
    handle  5, GATE_NO_LIFE_CYCLE

/* Back to the caller with nothing in the registers but the result. An exception-return value in lr
 * is a forgery: SG was reached by a branch, not by a call. Its caller goes where no code can be. There
 * is one BXNS only; what is unprivileged and not the gate itself runs with the gate closed. */
    .type gate_leave, %function
gate_leave:
    cmp     lr, #GATE_FORGED
    it      hs
    movhs   lr, #GATE_NOWHERE
    movs    r1, #0
    mov     r2, r1
    mov     r3, r1
    mov     r12, r1
    msr     apsr_nzcvq, r1
    bxns    lr

    .global gate_start_application
    .type gate_start_application, %function
gate_start_application:
    msr     msp_ns, r1
    movs    r1, #0
    msr     psp_ns, r1
    msr     msplim_ns, r1
    msr     psplim_ns, r1
    msr     control_ns, r1
    msr     primask_ns, r1
    msr     basepri_ns, r1
    msr     faultmask_ns, r1
    ldr     r2, =linker_stack_top
    msr     msp, r2
    ldr     r2, =linker_gate_stack_top
    ldr     r3, =STACK_SEAL
    str     r3, [r2]
    str     r3, [r2, #4]
    msr     psp, r2
    ldr     r3, =linker_gate_stack_limit
    msr     psplim, r3
    movs    r2, #3 /* process stack, unprivileged */
    msr     control, r2
    isb
    mov     r2, r1
    mov     r3, r1
    mov     r4, r1
    mov     r5, r1
    mov     r6, r1
    mov     r7, r1
    mov     r8, r1
    mov     r9, r1
    mov     r10, r1
    mov     r11, r1
    mov     r12, r1
    mov     lr, r0
    mov     r0, r1
    b       gate_leave /* by the one BXNS that there is */
    .ltorg

/* What a partition calls, in the library's part of the flash. Arguments and result pass through the
 * registers that SVC stacks. */
    .macro supervisor_call name, number
    .section .library.\name, "ax"
    .global \name
    .type \name, %function
\name:
    svc     #\number
    bx      lr
    .size \name, . - \name
    .endm

    supervisor_call partition_return, SVC_PARTITION_RETURN
    supervisor_call psa_read, SVC_READ
    supervisor_call psa_skip, SVC_SKIP
    supervisor_call psa_write, SVC_WRITE
    supervisor_call psa_panic, SVC_PANIC
    supervisor_call area_call_size, SVC_AREA_SIZE
    supervisor_call area_call_read, SVC_AREA_READ
    supervisor_call area_call_program, SVC_AREA_PROGRAM
    supervisor_call area_call_erase, SVC_AREA_ERASE
    supervisor_call reset_request, SVC_RESET
    supervisor_call psa_version, SVC_VERSION
    supervisor_call psa_connect, SVC_CONNECT
    supervisor_call partition_call, SVC_CALL
    supervisor_call psa_close, SVC_CLOSE
    supervisor_call psa_set_rhandle, SVC_SET_RHANDLE
    supervisor_call psa_rot_lifecycle_state, SVC_LIFE_CYCLE

/* Supervisor calls: lr and r4 to r11 of whoever called lie on the handler's stack for svc_dispatch()
 * to save, clear or replace; it returns the process stack to go on with, and its limit. */
    .section .text.image_svc, "ax"
    .global image_svc
    .type image_svc, %function
image_svc:
    mrs     r0, psp
    push    {r4-r11}
    push    {r3, lr}
    mov     r1, sp
    bl      svc_dispatch
chain_go_on:
    pop     {r3, lr}
    pop     {r4-r11}
    movs    r2, #0
    msr     psplim, r2
    msr     psp, r0
    msr     psplim, r1
    bx      lr
    .size image_svc, . - image_svc

    .section .text.image_tick, "ax"
    .global image_tick
    .type image_tick, %function
image_tick:
    mov     r0, lr
    b       interrupt_tick
    .size image_tick, . - image_tick

/* The same as image_svc for an interrupt of a partition's. */
    .section .text.image_interrupt, "ax"
    .global image_interrupt
    .type image_interrupt, %function
image_interrupt:
    mrs     r0, psp
    mrs     r2, psplim
    mrs     r3, ipsr
    push    {r4-r11}
    push    {r3, lr}
    mov     r1, sp
    bl      interrupt_begin
    b       chain_go_on
    .size image_interrupt, . - image_interrupt

/* Only one exception is ever active here, and it was taken with an empty stack. */
    .section .text.chain_abandon, "ax"
    .global chain_abandon
    .type chain_abandon, %function
chain_abandon:
    ldr     r1, =linker_stack_top
    mov     sp, r1
    ldr     r1, =linker_stack_limit
    msr     msplim, r1
    sub     sp, #40
    mov     r1, sp
    bl      chain_leave
    b       chain_go_on
    .size chain_abandon, . - chain_abandon
    .ltorg

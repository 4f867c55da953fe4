/* Vectors, entry points and state changes of the test image. */
    .syntax unified
    .thumb
    .cpu cortex-m33

    .section .vectors_s, "a"
    .word 0x30004400
    .word image_start
    .rept 138
    .word entry_s
    .endr

    .section .vectors_ns, "a"
    .balign 1024
    .word 0x20006C00
    .word 0
    .rept 138
    .word entry_ns
    .endr

    .text
    .global image_start
    .thumb_func
image_start:
    ldr r1, =0x30004400
    msr msp, r1
    bl rt_main
    b .

    .thumb_func
entry_s:
    push {r0-r12, lr}
    mrs r0, ipsr
    mov r1, sp
    bl handle_s
    pop {r0-r12, pc}

    .section .ns_text, "ax"
    .thumb_func
entry_ns:
    push {r0-r12, lr}
    mrs r0, ipsr
    mov r1, sp
    bl handle_ns
    pop {r0-r12, pc}

    .text
    .global ns_call
    .thumb_func
ns_call:
    push {r4-r12, lr}
    bic r4, r0, #1
    mov r0, r1
    mov r1, r2
    blxns r4
    pop {r4-r12, pc}

/* Runs a program with nothing in the registers that could differ between machines. */
    .global run_program
    .thumb_func
run_program:
    push {r3-r11, lr}
    mov r12, r0
    movs r0, #0
    movs r1, #0
    movs r2, #0
    movs r3, #0
    movs r4, #0
    movs r5, #0
    movs r6, #0
    movs r7, #0
    mov r8, r0
    mov r9, r0
    mov r10, r0
    mov r11, r0
    msr apsr_nzcvqg, r0
    blx r12
    pop {r3-r11, pc}

    .thumb_func
gate_call_s:
    push {r4, lr}
    mov r4, r0
    mov r0, r1
    mov r1, r2
    blx r4
    pop {r4, lr}
    bxns lr

    .section .nsc, "ax"
    .global gate_call
    .thumb_func
gate_call:
    sg
    b.w gate_call_s

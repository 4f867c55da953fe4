/*
 * An application as it may be in the field for ten years: it was made from the numbers in docs/SPEC.md
 * alone, and shares no source with the manager or the client library. It has the manager replaced by
 * the image that lies behind it, and accepts the new one.
 *
 * It is frozen: tests/system/test_frozen.py knows its hash. What it cannot do any more, no application
 * in the field can; a manager that needs another one breaks them all.
 */
    .syntax unified
    .cpu cortex-m33
    .thumb

    /* The gate: 8 bytes a function, from this address; 1 for Thumb. */
    .equ GATE_FRAMEWORK_VERSION, 0x0C014801
    .equ GATE_VERSION, 0x0C014809
    .equ GATE_CALL, 0x0C014819

    /* The service update, its functions, and the states of a component. */
    .equ SID, 0x47410002
    .equ HANDLE, 0x40000102
    .equ QUERY, 1
    .equ START, 2
    .equ WRITE, 3
    .equ FINISH, 4
    .equ INSTALL, 7
    .equ REBOOT, 8
    .equ ACCEPT, 10
    .equ INFO_BYTES, 64
    .equ INFO_MAJOR, 8

    /* Behind the program, in its slot: u32 bytes of the image, at 16 the image. */
    .equ PAYLOAD, 0x080A0000

    .equ USART1_ISR, 0x4001381C
    .equ USART1_TDR, 0x40013828

    .equ STACK, 0x20001000
    .equ REQUEST, 0x20002000
    .equ IN_VEC, 0x20002010
    .equ OUT_VEC, 0x20002020
    .equ INFO, 0x20002040

    .section .text.frozen, "ax"
    .word STACK
    .word reset
    .rept 145
    .word unexpected
    .endr

    .thumb_func
unexpected:
    ldr     r4, =text_unexpected
    bl      print
    .thumb_func
end:
    wfi
    b       end

    .global reset
    .thumb_func
reset:
    ldr     r4, =text_framework
    bl      print
    ldr     r3, =GATE_FRAMEWORK_VERSION
    blx     r3
    lsrs    r0, r0, #8
    bl      digit
    ldr     r4, =text_service
    bl      print
    ldr     r0, =SID
    ldr     r3, =GATE_VERSION
    blx     r3
    bl      digit

    movs    r0, #QUERY
    movs    r7, #INFO_BYTES
    bl      request
    ldr     r6, =INFO
    ldr     r4, =text_manager
    bl      print
    ldrb    r0, [r6, #INFO_MAJOR]
    bl      digit
    ldr     r4, =text_state
    bl      print
    ldrb    r0, [r6]
    bl      digit
    ldr     r4, =text_newline
    bl      print

    ldrb    r0, [r6]
    cmp     r0, #5 /* TRIAL */
    beq     accept
    cmp     r0, #0 /* READY */
    bne     end
    ldr     r8, =PAYLOAD
    ldr     r9, [r8]
    adds    r3, r9, #1
    beq     end /* erased flash: there is no image */
    add     r8, r8, #16

    movs    r0, #START
    bl      request_plain
    mov     r10, #0 /* offset */
write:
    sub     r6, r9, r10
    cmp     r6, #1024
    it      hi
    movhi   r6, #1024
    add     r5, r8, r10
    movs    r0, #WRITE
    movs    r7, #0
    bl      request_block
    add     r10, r10, r6
    cmp     r10, r9
    bne     write
    movs    r0, #FINISH
    bl      request_plain
    movs    r0, #INSTALL
    bl      request_plain
    movs    r0, #REBOOT
    bl      request_plain
    b       end

accept:
    movs    r0, #ACCEPT
    bl      request_plain
    ldr     r4, =text_accepted
    bl      print
    b       end

    /* A request for the manager, component 0: function r0, offset r10 of a block r5, r6, or none;
       r7 bytes of answer. A negative status is the end. */
    .thumb_func
request_plain:
    movs    r7, #0
    .thumb_func
request:
    mov     r10, #0
    movs    r6, #0
    .thumb_func
request_block:
    push    {r4, lr}
    ldr     r1, =REQUEST
    movs    r2, #0
    str     r0, [r1]
    str     r2, [r1, #4]
    str     r10, [r1, #8]
    str     r2, [r1, #12]
    ldr     r2, =IN_VEC
    str     r1, [r2]
    movs    r3, #16
    str     r3, [r2, #4]
    str     r5, [r2, #8]
    str     r6, [r2, #12]
    ldr     r3, =OUT_VEC
    ldr     r0, =INFO
    str     r0, [r3]
    str     r7, [r3, #4]
    mov     r1, #0x10000 /* one input */
    cmp     r6, #0
    it      ne
    addne   r1, r1, #0x10000
    cmp     r7, #0
    it      ne
    orrne   r1, r1, #0x1000000 /* one output */
    ldr     r0, =HANDLE
    ldr     r4, =GATE_CALL
    blx     r4
    cmp     r0, #0
    bge     1f
    ldr     r4, =text_failed
    bl      print
    b       end
1:  pop     {r4, pc}

    /* The text at r4. */
    .thumb_func
print:
    push    {r5, lr}
1:  ldrb    r5, [r4], #1
    cbz     r5, 2f
    bl      send
    b       1b
2:  pop     {r5, pc}

    /* The digit r0. */
    .thumb_func
digit:
    push    {r5, lr}
    add     r5, r0, #0x30
    bl      send
    pop     {r5, pc}

    .thumb_func
send:
    ldr     r1, =USART1_ISR
1:  ldr     r2, [r1]
    lsls    r2, r2, #24
    bpl     1b
    ldr     r1, =USART1_TDR
    str     r5, [r1]
    bx      lr

    .align  2
    .ltorg
text_framework:
    .asciz  "frozen: framework "
text_service:
    .asciz  ", update service "
text_manager:
    .asciz  ", manager "
text_state:
    .asciz  ", state "
text_newline:
    .asciz  "\n"
text_accepted:
    .asciz  "frozen: accepted\n"
text_failed:
    .asciz  "frozen: FAILED\n"
text_unexpected:
    .asciz  "frozen: FAILED, unexpected exception\n"

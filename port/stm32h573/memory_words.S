/*
 * What a compiler calls for copies and comparisons, for the manager and all partitions: words at any
 * address, which the processor allows in memory that is no device's. The C library's are as fast, and
 * three times as long; LDM and STM would want aligned addresses.
 */
    .syntax unified
    .thumb

/* In the library's part of the image, which everybody may run. */
    .macro function name
    .section .library.\name, "ax"
    .global \name
    .type \name, %function
\name:
    .endm

    .macro copy_word
    ldr     r3, [r1], #4
    str     r3, [r12], #4
    .endm

/* r0 to, r1 from, r2 len; r0 stays. */
    function memcpy
    mov     r12, r0
    subs    r2, #16
    blo     2f
1:  copy_word
    copy_word
    copy_word
    copy_word
    subs    r2, #16
    bhs     1b
2:  adds    r2, #12
    bcc     4f
3:  copy_word
    subs    r2, #4
    bhs     3b
4:  adds    r2, #4
    beq     6f
5:  ldrb    r3, [r1], #1
    strb    r3, [r12], #1
    subs    r2, #1
    bne     5b
6:  bx      lr
    .size memcpy, . - memcpy

/* The same; downwards where `to` lies in what is copied. */
    function memmove
    subs    r3, r0, r1
    cmp     r3, r2
    bhs     memcpy
    add     r1, r2
    add     r12, r0, r2
1:  ldrb    r3, [r1, #-1]!
    strb    r3, [r12, #-1]!
    subs    r2, #1
    bne     1b
    bx      lr
    .size memmove, . - memmove

/* r0 to, r1 value, r2 len; r0 stays. */
    function memset
    mov     r12, r0
    uxtb    r1, r1
    orr     r1, r1, r1, lsl #8
    orr     r1, r1, r1, lsl #16
    subs    r2, #16
    blo     2f
1:  str     r1, [r12], #4
    str     r1, [r12], #4
    str     r1, [r12], #4
    str     r1, [r12], #4
    subs    r2, #16
    bhs     1b
2:  adds    r2, #12
    bcc     4f
3:  str     r1, [r12], #4
    subs    r2, #4
    bhs     3b
4:  adds    r2, #4
    beq     6f
5:  strb    r1, [r12], #1
    subs    r2, #1
    bne     5b
6:  bx      lr
    .size memset, . - memset

/* r0 and r1, r2 len. */
    function memcmp
1:  subs    r2, #1
    blo     2f
    ldrb    r3, [r0], #1
    ldrb    r12, [r1], #1
    subs    r3, r12
    beq     1b
    mov     r0, r3
    bx      lr
2:  movs    r0, #0
    bx      lr
    .size memcmp, . - memcmp

/*
 * Shared by the test programs: vector tables of both states.
 *
 * Handlers that a program does not define stop in `caught`: r10 = exception number, r11 = EXC_RETURN,
 * r9 = state (1 Secure).
 */
    .syntax unified
    .thumb

    .macro snippet name
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

    .macro done
    wfi
    b .
    .endm

    .macro vectors state
    .word 0
    .word reset_\state + 1
    .set n, 2
    .rept 145
    .weak handler_\state\()_n
    .word caught_\state + 1
    .set n, n + 1
    .endr
    .endm

    .macro catcher state number
    .thumb_func
caught_\state:
    mrs r10, ipsr
    mov r11, lr
    mov r9, #\number
    done
    .thumb_func
reset_\state:
    done
    .endm

    .section .secure, "ax"
    vectors s
    catcher s 1
    .section .veneers, "ax"
    .section .plain, "ax"
    vectors ns
    catcher ns 0

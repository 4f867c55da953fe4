/* Programs about running: time, sleep, code that changes, devices, reset. */
#include "cpu_macros.S"

    .section .secure
snippet endless
1:  adds r0, #1
    b 1b

snippet tick_and_sleep
    /* SysTick: 1000 counts of the processor's clock, with interrupt */
    ldr r0, =0xE000E010
    ldr r1, =999
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    wfi
    b .
    .ltorg

snippet poll_countflag
    ldr r0, =0xE000E010
    ldr r1, =499
    str r1, [r0, #4]
    str r1, [r0, #8]
    movs r1, #5
    str r1, [r0]
    movs r3, #0
1:  adds r3, #1
    ldr r2, [r0]
    lsls r2, r2, #15
    bpl 1b
    ldr r2, [r0]
    done
    .ltorg

snippet masked_wfi
    cpsid i
    ldr r0, =0xE000ED04
    mov r1, #0x10000000
    str r1, [r0]
    dsb
    wfi
    movs r7, #1
    cpsie i
    isb
    movs r7, #2
    done
    .ltorg

snippet wait_for_event
    sev
    wfe
    movs r6, #1
    wfe
    done

snippet copy_and_call
    /* r0: where the code is written, r1: where it is called, r2: new first half-word */
    strh r2, [r0]
    ldr r4, =0x4770
    strh r4, [r0, #2]
    dsb
    isb
    movs r7, #0
    blx r1
    done
    .ltorg

snippet rewrite_often
    /* writes and calls the same code r5 times, with data in the same page */
    push {r4, lr}
    movs r7, #0
1:  strh r2, [r0]
    ldr r4, =0x4770
    strh r4, [r0, #2]
    dsb
    isb
    blx r1
    str r7, [r0, #64]
    eor r2, #3
    subs r5, #1
    bne 1b
    pop {r4, lr}
    done
    .ltorg

snippet request_reset
    ldr r0, =0xE000ED0C
    ldr r1, =0x05FA0004
    str r1, [r0]
    dsb
    b .
    .ltorg

snippet close_block
    /* r0: MPCBB register, r1: value, r2: address in the block */
    ldr r3, [r2]
    str r1, [r0]
    dsb
    isb
    ldr r4, [r2]
    done

snippet change_sau
    /* the Non-secure view of r2 is Secure from now on */
    ldr r0, =0xE000EDD8
    movs r1, #4
    str r1, [r0]
    movs r1, #0
    str r1, [r0, #8]
    dsb
    isb
    ldr r3, =ns_load
    bic r3, #1
    bxns r3
    .ltorg

snippet program_flash
    /* one quad-word at r0 of words r4 to r7, through the Secure controller at r1 */
    ldr r2, =0x45670123
    str r2, [r1, #8]
    ldr r2, =0xCDEF89AB
    str r2, [r1, #8]
    movs r2, #2
    str r2, [r1, #0x2C]
    stm r0!, {r4-r7}
1:  ldr r2, [r1, #0x24]
    tst r2, #3
    bne 1b
    done
    .ltorg

snippet bad_vectors
    ldr r0, =0xE000ED08
    ldr r1, =0x28000000
    str r1, [r0]
    udf #1
    .ltorg

snippet deep
    push {r0-r7}
    b deep

snippet divide
    movs r0, #5
    movs r1, #0
    udiv r2, r0, r1
    done

snippet count_cycles
    ldr r0, =0xE000EDFC
    mov r1, #0x01000000
    str r1, [r0]
    ldr r0, =0xE0001000
    movs r1, #1
    str r1, [r0]
    ldr r2, [r0, #4]
    nop
    nop
    b 1f
1:  ldr r3, [r0, #4]
    subs r3, r3, r2
    done
    .ltorg

snippet dual_at
    ldrd r2, r3, [r1]
    done
snippet dual_over_base
    ldrd r1, r3, [r1]
    done
snippet multiple_at
    ldm r1, {r2, r3}
    done
snippet word_at
    ldr r2, [r1]
    done
snippet store_loop
    str r2, [r1]
    subs r0, #1
    bne store_loop
    done

    .section .plain
snippet ns_load
    ldr r4, [r2]
    done
snippet ns_call
    blx r1
    done
snippet ns_endless
1:  adds r0, #1
    b 1b
snippet ns_loop_refused
1:  ldr r3, [r2]
    adds r1, #1
    cmp r1, #100
    bne 1b
    done
snippet ns_divide
    movs r0, #5
    movs r1, #0
    udiv r2, r0, r1
    done

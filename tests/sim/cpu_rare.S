/* Programs about what is rare: faults at negative priority, lines that stay high. */
#include "cpu_macros.S"

    .section .secure
snippet fault_in_hard_fault
    /* r0: CCR to set, r1: address to read and write in the handler, r2: an old value */
    ldr r3, =0xE000ED14
    str r0, [r3]
    ldr r4, =0xE000ED24
    movs r5, #0
    str r5, [r4]
    udf #1
    movs r7, #1
    done
    .ltorg

snippet handler_hard
    ldr r2, [r1]
    movs r6, #1
    str r6, [r1]
    ldmia r1!, {r4, r5}
    movs r6, #2
    ldr r3, [sp, #24]
    adds r3, #2
    str r3, [sp, #24]
    bx lr

snippet branch_in_hard_fault
    ldr r3, =0xE000ED14
    str r0, [r3]
    cpsid f
    bx r1
    .ltorg

snippet read_at_faultmask
    ldr r3, =0xE000ED14
    str r0, [r3]
    cpsid f
    ldr r2, [r1]
    movs r6, #1
    done
    .ltorg

snippet word_at
    ldr r2, [r1]
    done

snippet undefined_in_nmi
    ldr r0, =0xE000ED04
    mov r1, #0x80000000
    str r1, [r0]
    dsb
    isb
    movs r7, #1
    done
    .ltorg

snippet handler_nmi
    movs r6, #1
    udf #1
    movs r6, #2
    bx lr

snippet count_interrupts
    /* r5 counts what handler_irq sees */
    movs r5, #0
    cpsie i
1:  cmp r5, #3
    bne 1b
    movs r7, #1
    done

snippet handler_irq
    adds r5, #1
    cmp r5, #3
    bne 1f
    ldr r0, =0xE000E180
    movs r1, #1
    str r1, [r0]
1:  bx lr
    .ltorg

    .section .plain
snippet ns_undefined
    udf #1
    done

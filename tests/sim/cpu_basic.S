#include "cpu_macros.S"

    .section .secure
snippet arithmetic
    movs r0, #5
    adds r0, #7
    bl   1f
    adds r0, #1
    done
1:  adds r0, #100
    bx   lr

snippet supervisor_call
    movs r0, #1
    svc  #3
    done

snippet call_non_secure
    ldr  r0, =ns_add
    bic  r0, #1
    movs r1, #40
    push {r4, lr}
    blxns r0
    adds r1, #2
    mrs r2, control
    done
    .ltorg

snippet branch_non_secure
    ldr r0, =ns_gate
    bic r0, #1
    bxns r0
    .ltorg

snippet read_secure_word
    ldr r1, =0x20000000
    done

    .section .veneers
snippet gate
    sg
    push {r7, lr}
    adds r1, #1
    pop  {r7, lr}
    bxns lr
snippet not_a_gate
    nop
    bx lr

    .section .plain
snippet ns_add
    adds r1, #1
    bx lr
snippet ns_gate
    movs r1, #10
    ldr  r3, =gate
    blx  r3
    adds r1, #1
    done
    .ltorg
snippet ns_bad_gate
    ldr r3, =not_a_gate
    blx r3
    done
    .ltorg
snippet ns_read_secure
    ldr r3, =0x30000010
    ldr r4, [r3]
    done
    .ltorg
snippet ns_svc
    svc #1
    done

/* Programs about code in pages that are open in part: what they run there, a test puts there. */
#include "cpu_macros.S"

    .macro programs state
    /* Where code returns to. */
snippet back_\state
    done
    /* One access each, at r1. */
snippet load_\state
    ldrb r2, [r1]
    done
snippet store_\state
    strb r2, [r1]
    done
    /* Calls r0, r4 times; then stores r5 at r6, an MPU register, and calls r0 once more. */
snippet close_\state
1:  blx r0
    subs r4, #1
    bne 1b
    str r5, [r6]
    dsb
    isb
    blx r0
    done
    .endm

    .section .secure
    programs s
    .section .plain
    programs ns

/* Programs about the part's own values. */
#include "cpu_macros.S"

    .section .secure
snippet ask_tt
    /* r0: address; r1: what TT says */
    tt r1, r0
    done

snippet count_cycles
    /* r0: CYCCNT before a loop, r1: after it */
    ldr r4, =0xE0001004
    ldr r0, [r4]
    movs r2, #100
1:  subs r2, #1
    bne 1b
    ldr r1, [r4]
    done
    .ltorg

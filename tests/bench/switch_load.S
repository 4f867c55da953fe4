/* What bench_switch measures; r0 counts down. */
#include "cpu_macros.S"

    .section .secure
snippet call_supervisor
1:  svc #0
    subs r0, #1
    bne 1b
    done

snippet svc_handler
    bx lr

snippet read_device
1:  ldr r2, [r1]
    subs r0, #1
    bne 1b
    done

snippet write_device
    movs r2, #1
1:  str r2, [r1]
    subs r0, #1
    bne 1b
    done

/* Copies 16 bytes a round, within SRAM. */
snippet copy_multiple
    add r7, r1, #0x400
1:  ldm r1, {r3-r6}
    stm r7, {r3-r6}
    subs r0, #1
    bne 1b
    done

/* The same by single words. */
snippet copy_single
    add r7, r1, #0x400
1:  ldr r3, [r1]
    ldr r4, [r1, #4]
    ldr r5, [r1, #8]
    ldr r6, [r1, #12]
    str r3, [r7]
    str r4, [r7, #4]
    str r5, [r7, #8]
    str r6, [r7, #12]
    subs r0, #1
    bne 1b
    done

/* The base comes from memory in each round. */
snippet chase_multiple
    str r1, [r1]
1:  ldr r1, [r1]
    ldm r1, {r3-r6}
    subs r0, #1
    bne 1b
    done

    .section .veneers, "ax"
snippet gateway
    sg
    bxns lr

    .section .plain, "ax"
snippet call_secure
1:  blx r1
    subs r0, #1
    bne 1b
    done

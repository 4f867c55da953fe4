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

/* Programs about what the processor keeps of the code it has run: hooks, facts, copies. */
#include "cpu_macros.S"

    .section .plain
    /* r1 goes on by 2 in the second of three blocks. */
snippet moved_between
    ldrd r2, r3, [r1]
    b 1f
1:  adds r1, #2
    b 2f
2:  subs r0, #1
    bne moved_between
    done

    /* Two bases are known at the start of the block, one is not. */
snippet one_base_unknown
    ldr r1, [r6]
    ldrd r2, r3, [r1]
    ldrd r4, r5, [r7]
    ldrd r4, r5, [r8]
    done

snippet fp_loop
    vadd.f32 s0, s0, s1
    subs r0, #1
    bne fp_loop
    done

snippet pair
    ldr r1, [r6]
    ldrd r2, r3, [r1]
    done

    /* Instructions that are ours, half in the next page. */
    .balign 1024
    .skip 1022
snippet across_basepri
    msr basepri, r0
    done
    .balign 1024
    .skip 1022
snippet across_control
    mrs r0, basepri
    done

    .section .secure
snippet mask_faults
    cpsid f
    done

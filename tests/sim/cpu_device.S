/* Blocks with several accesses to devices, of which each must be told from the others. */
#include "cpu_macros.S"

    .section .plain
    /* Aligned in the first round, not in the second. */
snippet again
    ldrh r2, [r1]
    adds r1, r4
    subs r0, #1
    bne again
    done

    /* The unaligned one is not done. */
snippet skipped
    cmp r0, #0
    it eq
    ldrheq r2, [r1]
    ldrh r3, [r4]
    done

    /* A list whose base is unaligned by the time that the device is reached. */
snippet list_before
    ldmia r5, {r6, r7}
    add r5, r8
    ldr r2, [r1]
    ldr r3, [r4]
    done

    /* The base is gone when the second word is read; an unaligned access is not done. */
snippet own_base
    ldrd r1, r3, [r1]
    cmp r0, #0
    it eq
    ldreq r2, [r4]
    done

    /* Code that is written over and over: r6 and r8 in turn at r5. */
snippet rewrite
    strh r6, [r5]
    dsb
    isb
    blx r9
    strh r8, [r5]
    dsb
    isb
    blx r9
    subs r0, #1
    bne rewrite
    done
    .section .secure

/* One access each: at r1, data in r2 to r5 or s0 to s3. */
#include "cpu_macros.S"

    .macro access name, insn:vararg
snippet \name
    \insn
    done
    .endm

    .section .plain
    access load_byte,      ldrb r2, [r1]
    access load_signed,    ldrsh r2, [r1]
    access load_half,      ldrh r2, [r1]
    access load_word,      ldr r2, [r1]
    access load_indexed,   ldr r2, [r1], #4
    access load_register,  ldr r2, [r1, r0]
    access load_dual,      ldrd r2, r3, [r1]
    access load_own_base,  ldrd r1, r3, [r1]
    access load_multiple,  ldm r1!, {r2-r5}
    access load_down,      ldmdb r0!, {r2-r5}
    access load_float,     vldr s0, [r1]
    access load_double,    vldr d0, [r1]
    access load_floats,    vldm r1!, {s0-s3}
    access store_byte,     strb r2, [r1]
    access store_half,     strh r2, [r1]
    access store_word,     str r2, [r1]
    access store_indexed,  str r2, [r1, #0]!
    access store_dual,     strd r2, r3, [r1]
    access store_multiple, stm r1!, {r2-r5}
    access store_float,    vstr s0, [r1]
    access store_double,   vstr d0, [r1]
    access store_floats,   vstm r1!, {s0-s3}
snippet store_in_it
    cmp r0, r0
    itte eq
    moveq r6, #1
    streq r2, [r1]
    movne r6, #2
    done
snippet load_exclusive
    ldrex r2, [r1]
    adds r2, #1
    strex r3, r2, [r1]
    done
snippet load_unprivileged
    ldrt r2, [r1]
    done
snippet store_unprivileged
    strt r2, [r1]
    done
snippet walk_across
    adr r6, 1f
    movs r7, #0
1:  nop.w
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    adds r7, #1
    done

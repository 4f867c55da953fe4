/*
 * Loads and stores that must be aligned: at r1 (one of them at lr), data in r2 to r5, s0 to s3. Each
 * loop goes round r0 times, then once more with its base unaligned.
 */
#include "cpu_macros.S"

    .macro form name, insn:vararg
/* The base is what it was when the block began. */
snippet kept_\name
1:  \insn
    subs r0, #1
    bne 1b
    movs r0, #1
    add r1, #2
    add lr, #2
    b 1b
/* The block loads it. */
snippet loaded_\name
1:  ldr r1, [r6]
    mov lr, r1
    \insn
    subs r0, #1
    bne 1b
    movs r0, #1
    ldr r7, [r6]
    adds r7, #2
    str r7, [r6]
    b 1b
/* Other blocks are between. */
snippet apart_\name
1:  nop
    \insn
    cbz r0, 3f
    lsls r7, r0, #31
    bmi 2f
    nop
    b 2f
2:  subs r0, #1
    b 1b
3:  add r1, #1
    add lr, #1
    b 1b
/* It is copied and moved by words. */
snippet moved_\name
1:  sub r7, r1, #8
    add r1, r7, #8
    mov lr, r1
    \insn
    subs r0, #1
    bne 1b
    movs r0, #1
    add r1, #3
    b 1b
    .endm

    .section .plain
    form load_multiple,   ldm r1, {r2-r5}
    form load_moving,     ldm r1!, {r2-r5}
    form load_down,       ldmdb r1, {r2-r5}
    form load_link,       ldm lr!, {r2-r5}
    form load_dual,       ldrd r2, r3, [r1]
    form load_dual_pre,   ldrd r2, r3, [r1, #8]!
    form load_dual_post,  ldrd r2, r3, [r1], #8
    form load_float,      vldr s0, [r1]
    form load_double,     vldr d0, [r1, #4]
    form load_floats,     vldm r1!, {s0-s3}
    form load_doubles,    vldmdb r1!, {d0-d1}
    form store_multiple,  stm r1!, {r2-r5}
    form store_down,      stmdb r1, {r2-r5}
    form store_dual,      strd r2, r3, [r1, #-8]
    form store_dual_post, strd r2, r3, [r1], #8
    form store_float,     vstr s0, [r1]
    form store_double,    vstr d0, [r1]
    form store_floats,    vstm r1, {s0-s3}

/* The instruction is done where r0 is 0; elsewhere it does not count. */
    .macro conditional name, insn:vararg
snippet in_it_\name
1:  cmp r0, #0
    ite ne
    addne r7, #1
    \insn
    subs r0, #1
    bpl 1b
    done
    .endm
    conditional load_multiple, ldmeq r1, {r2-r5}
    conditional load_dual,     ldrdeq r2, r3, [r1]
    conditional store_dual,    strdeq r2, r3, [r1]
    conditional store_float,   vstreq s0, [r1]

/* A base that is unaligned only if the condition does not hold. */
snippet base_in_it
    cmp r0, r0
    it ne
    addne r1, #2
    ldm r1, {r2, r3}
    cmp r0, #1
    it ne
    addne r1, #2
    ldm r1, {r2, r3}
    done

/* Aligned under a condition that does not hold. */
snippet aligned_in_it
    cmp r0, r0
    it ne
    bicne r1, r1, #3
    ldm r1, {r2, r3}
    done
snippet copied_in_it
    cmp r0, r0
    it ne
    movne r1, r6
    ldm r1, {r2, r3}
    done

/* Each round moves the base by r6. */
snippet moving
1:  ldm r1, {r2, r3}
    add r1, r6
    subs r0, #1
    bne 1b
    done

/* More of them than have a hook at a time, each with a base from the table at r6. */
snippet many
    .rept 150
    ldr r1, [r6], #4
    ldm r1, {r2, r3}
    .endr
    done

/* Devices. The word at r7 is reached before and after, aligned. */
    .macro device name, insn:vararg
snippet device_\name
    nop
    \insn
    done
snippet after_\name
    ldr r3, [r7]
    \insn
    ldr r3, [r7]
    done
    .endm
    device load_half,          ldrh r2, [r1]
    device load_signed,        ldrsh r2, [r1]
    device load_half_wide,     ldrh.w r2, [r1, #0x100]
    device load_half_register, ldrh r2, [r1, r4]
    device load_half_post,     ldrh r2, [r1], #4
    device load_word,          ldr r2, [r1]
    device load_word_offset,   ldr r2, [r1, #4]
    device load_word_wide,     ldr.w r2, [r1, #0x101]
    device load_word_back,     ldr r2, [r1, #-4]
    device load_word_register, ldr r2, [r1, r4]
    device load_word_shifted,  ldr.w r2, [r1, r4, lsl #2]
    device load_word_pre,      ldr r2, [r1, #4]!
    device load_word_post,     ldr r2, [r1], #4
    device load_word_own,      ldr r1, [r1]
    device load_dual,          ldrd r2, r3, [r1]
    device load_multiple,      ldm r1!, {r2, r3}
    device load_float,         vldr s0, [r1]
    device load_double,        vldr d0, [r1]
    device store_half,         strh r2, [r1]
    device store_half_register, strh r2, [r1, r4]
    device store_half_post,    strh r2, [r1], #2
    device store_word,         str r2, [r1]
    device store_word_offset,  str r2, [r1, #4]
    device store_word_wide,    str.w r2, [r1, #0x101]
    device store_word_register, str r2, [r1, r4]
    device store_word_shifted, str.w r2, [r1, r4, lsl #2]
    device store_word_pre,     str r2, [r1, #-4]!
    device store_word_post,    str r2, [r1], #4
    device store_dual,         strd r2, r3, [r1]
    device store_multiple,     stm r1!, {r2, r3}
    device store_float,        vstr s0, [r1]
    device store_double,       vstr d0, [r1]

snippet device_in_it
    cmp r0, r0
    itte eq
    addeq r6, #1
    ldreq r2, [r1]
    addne r6, #2
    done

/* Only aligned accesses reach a device, whatever other addresses are about. */
snippet device_aligned
    ldr r2, [r7]
    ldr r3, [r4]
    ldrh r2, [r7]
    ldrh r3, [r4]
    str r2, [r7]
    strb r2, [r7, #1]
    str r3, [r4]
    ldr r4, [r6], #4
    ldr r2, [r7]
    ldr r3, [r4, #1]
    ldr r4, [r6], #4
    ldr r3, [r4]
    done

    .section .secure

/*
 * Loads and stores with what v8m_operand() must say of them. The assembler encodes, the table says
 * what the instruction does by the manual's section on it; nothing of this is executed.
 *
 * Each row is 16 bytes: the instruction, or a narrow one and a NOP; size of each access (0: reaches
 * no data), count of accesses, load (1) or store (0), base, index (-1: none; as base: any), shift,
 * two bytes of nothing; a word with the offset.
 */
#include "cpu_macros.S"

    .macro row text, size, count, load, base, index, shift, offset
    .balign 4
    \text
    .balign 4
    .byte \size, \count, \load, \base, \index, \shift, 0, 0
    .word \offset
    .endm

    /* One access at base and offset. */
    .macro load text, size, base, offset
    row "\text", \size, 1, 1, \base, -1, 0, \offset
    .endm
    .macro store text, size, base, offset
    row "\text", \size, 1, 0, \base, -1, 0, \offset
    .endm
    /* Several. */
    .macro loads text, size, count, base, offset
    row "\text", \size, \count, 1, \base, -1, 0, \offset
    .endm
    .macro stores text, size, count, base, offset
    row "\text", \size, \count, 0, \base, -1, 0, \offset
    .endm
    .macro none text
    row "\text", 0, 0, 0, 0, 0, 0, 0
    .endm

    .section .plain
    .balign 4
snippet rows
    /* Narrow, a register as offset. */
    row "str r0, [r1, r2]", 4, 1, 0, 1, 2, 0, 0
    row "strh r0, [r3, r4]", 2, 1, 0, 3, 4, 0, 0
    row "strb r0, [r5, r6]", 1, 1, 0, 5, 6, 0, 0
    row "ldrsb r0, [r7, r1]", 1, 1, 1, 7, 1, 0, 0
    row "ldr r0, [r1, r2]", 4, 1, 1, 1, 2, 0, 0
    row "ldrh r0, [r3, r4]", 2, 1, 1, 3, 4, 0, 0
    row "ldrb r0, [r5, r6]", 1, 1, 1, 5, 6, 0, 0
    row "ldrsh r0, [r7, r0]", 2, 1, 1, 7, 0, 0, 0
    /* Narrow, a number. */
    load "ldr.n r7, [pc, #1020]", 4, 15, 1020
    load "ldr.n r0, [pc, #4]", 4, 15, 4
    store "str r0, [r1, #124]", 4, 1, 124
    load "ldr r0, [r2, #4]", 4, 2, 4
    store "strb r0, [r3, #31]", 1, 3, 31
    load "ldrb r0, [r4, #1]", 1, 4, 1
    store "strh r0, [r5, #62]", 2, 5, 62
    load "ldrh r0, [r6, #2]", 2, 6, 2
    store "str.n r7, [sp, #1020]", 4, 13, 1020
    load "ldr.n r1, [sp, #8]", 4, 13, 8
    /* Narrow lists. */
    stores "push {r0, r2, r7}", 4, 3, 13, -12
    stores "push {r4, lr}", 4, 2, 13, -8
    loads "pop {r0, r2, r7}", 4, 3, 13, 0
    loads "pop {r4, pc}", 4, 2, 13, 0
    stores "stmia.n r0!, {r0-r7}", 4, 8, 0, 0
    loads "ldmia.n r6!, {r0, r1}", 4, 2, 6, 0

    /* Lists. */
    loads "ldmia.w r8!, {r0-r3, r9, lr}", 4, 6, 8, 0
    stores "stmia.w r9, {r0, r12}", 4, 2, 9, 0
    loads "ldmdb r10!, {r0-r3, r12}", 4, 5, 10, -20
    stores "stmdb r11, {r1, lr}", 4, 2, 11, -8
    stores "push.w {r0-r12, lr}", 4, 14, 13, -56
    loads "pop.w {r0-r12, pc}", 4, 14, 13, 0
    /* Pairs. */
    loads "ldrd r2, r3, [r1]", 4, 2, 1, 0
    loads "ldrd r2, r3, [r1, #1020]", 4, 2, 1, 1020
    loads "ldrd r2, r3, [r1, #-8]", 4, 2, 1, -8
    loads "ldrd r2, r3, [r12, #-16]!", 4, 2, 12, -16
    loads "ldrd r2, r3, [r12, #16]!", 4, 2, 12, 16
    loads "ldrd r2, r3, [r1], #-8", 4, 2, 1, 0
    loads "ldrd r2, r3, [r1], #8", 4, 2, 1, 0
    loads "ldrd r2, r3, [pc, #24]", 4, 2, 15, 24
    loads "ldrd r2, r3, [pc, #-24]", 4, 2, 15, -24
    stores "strd r2, r3, [r1, #1020]", 4, 2, 1, 1020
    stores "strd r2, r3, [r1, #-1020]", 4, 2, 1, -1020
    stores "strd r2, r3, [sp, #-8]!", 4, 2, 13, -8
    stores "strd r2, r3, [r4], #-8", 4, 2, 4, 0
    stores "strd r1, r3, [r1, #8]", 4, 2, 1, 8
    /* The first word takes the base away, and with it the address of the second. */
    loads "ldrd r1, r3, [r1, #8]", 4, 2, -1, 8
    loads "ldrd r3, r1, [r1, #8]", 4, 2, 1, 8
    /* Exclusives and their kin, tables of branches. */
    load "ldrex r0, [r1, #1020]", 4, 1, 1020
    load "ldrex r0, [r1]", 4, 1, 0
    store "strex r0, r2, [r3, #8]", 4, 3, 8
    load "ldrexb r0, [r4]", 1, 4, 0
    load "ldrexh r0, [r5]", 2, 5, 0
    store "strexb r0, r2, [r6]", 1, 6, 0
    store "strexh r0, r2, [r7]", 2, 7, 0
    load "lda r0, [r8]", 4, 8, 0
    load "ldab r0, [r9]", 1, 9, 0
    load "ldah r0, [r10]", 2, 10, 0
    load "ldaex r0, [r11]", 4, 11, 0
    load "ldaexb r0, [r12]", 1, 12, 0
    load "ldaexh r0, [r1]", 2, 1, 0
    store "stl r0, [r2]", 4, 2, 0
    store "stlb r0, [r3]", 1, 3, 0
    store "stlh r0, [r4]", 2, 4, 0
    store "stlex r0, r1, [r5]", 4, 5, 0
    store "stlexb r0, r1, [r6]", 1, 6, 0
    store "stlexh r0, r1, [r7]", 2, 7, 0
    row "tbb [r1, r2]", 1, 1, 1, 1, 2, 0, 0
    row "tbh [r3, r4, lsl #1]", 2, 1, 1, 3, 4, 1, 0
    row "tbb [pc, r5]", 1, 1, 1, 15, 5, 0, 0

    /* One register: literals. */
    load "ldr.w r0, [pc, #4095]", 4, 15, 4095
    load "ldr.w r0, [pc, #-4095]", 4, 15, -4095
    load "ldrh.w r0, [pc, #6]", 2, 15, 6
    load "ldrh.w r0, [pc, #-6]", 2, 15, -6
    load "ldrb.w r0, [pc, #5]", 1, 15, 5
    load "ldrb.w r0, [pc, #-5]", 1, 15, -5
    load "ldrsh.w r0, [pc, #-2]", 2, 15, -2
    load "ldrsb.w r0, [pc, #-1]", 1, 15, -1
    /* A number upwards. */
    load "ldr.w r0, [r8, #4095]", 4, 8, 4095
    store "str.w r0, [r9, #1]", 4, 9, 1
    load "ldrh.w r0, [r10, #4095]", 2, 10, 4095
    store "strh.w r0, [r11, #3]", 2, 11, 3
    load "ldrb.w r0, [r12, #2048]", 1, 12, 2048
    store "strb.w r0, [lr, #256]", 1, 14, 256
    load "ldrsh.w r0, [r1, #256]", 2, 1, 256
    load "ldrsb.w r0, [r1, #512]", 1, 1, 512
    load "ldr.w pc, [r1, #4]", 4, 1, 4
    /* A number downwards, before and after. */
    load "ldr r0, [r1, #-255]", 4, 1, -255
    store "str r0, [r2, #-4]", 4, 2, -4
    load "ldrh r0, [r3, #-2]", 2, 3, -2
    load "ldrsb r0, [r3, #-3]", 1, 3, -3
    load "ldr r0, [r1, #255]!", 4, 1, 255
    load "ldr r0, [r1, #-255]!", 4, 1, -255
    store "strh r0, [r4, #-6]!", 2, 4, -6
    load "ldr r0, [r1], #255", 4, 1, 0
    load "ldr r0, [r1], #-255", 4, 1, 0
    store "strb r0, [r5], #-1", 1, 5, 0
    /* Unprivileged. */
    load "ldrt r0, [r1, #252]", 4, 1, 252
    store "strt r0, [r2, #4]", 4, 2, 4
    load "ldrht r0, [r3, #2]", 2, 3, 2
    store "strbt r0, [r4, #1]", 1, 4, 1
    /* A register as offset. */
    row "ldr.w r0, [r8, r9]", 4, 1, 1, 8, 9, 0, 0
    row "ldr.w r0, [r8, r9, lsl #3]", 4, 1, 1, 8, 9, 3, 0
    row "str.w r0, [r8, r10, lsl #2]", 4, 1, 0, 8, 10, 2, 0
    row "ldrh.w r0, [r1, r11, lsl #1]", 2, 1, 1, 1, 11, 1, 0
    row "strb.w r0, [r1, r12, lsl #3]", 1, 1, 0, 1, 12, 3, 0
    row "ldrsh.w r0, [r1, lr, lsl #1]", 2, 1, 1, 1, 14, 1, 0

    /* Registers of the FPU. */
    load "vldr s0, [r1, #1020]", 4, 1, 1020
    load "vldr s1, [r1, #-1020]", 4, 1, -1020
    load "vldr d0, [r2, #8]", 8, 2, 8
    load "vldr d15, [r2, #-4]", 8, 2, -4
    load "vldr s31, [pc, #-8]", 4, 15, -8
    load "vldr d7, [pc, #8]", 8, 15, 8
    store "vstr s0, [r3, #4]", 4, 3, 4
    store "vstr d8, [r3, #-8]", 8, 3, -8
    loads "vldmia r1, {s0-s4}", 4, 5, 1, 0
    loads "vldmia r1!, {s31}", 4, 1, 1, 0
    loads "vldmia r1!, {d0-d2}", 8, 3, 1, 0
    loads "vldmdb r1!, {s0-s4}", 4, 5, 1, -20
    loads "vldmdb r1!, {d0-d2}", 8, 3, 1, -24
    stores "vstmia r1, {d0-d15}", 8, 16, 1, 0
    stores "vstmdb r1!, {s3}", 4, 1, 1, -4
    stores "vpush {d8-d9}", 8, 2, 13, -16
    loads "vpop {d8-d9}", 8, 2, 13, 0

    /* What reaches no data. */
    none "movs r0, #1"
    none "adds r0, r1, r2"
    none "lsls r0, r1, #2"
    none "ands r0, r1"
    none "mov r8, r0"
    none "bx lr"
    none "add r0, sp, #4"
    none "add r0, pc, #4"
    none "sub sp, #8"
    none "cbz r0, . + 8"
    none "cbnz r0, . + 8"
    none "sxtb r0, r1"
    none "rev r0, r1"
    none "cpsid i"
    none "bkpt #0"
    none "nop"
    none ".inst.n 0xBF08"
    none "beq.n . + 8"
    none "svc #0"
    none "b.n . + 8"
    none "bl . + 8"
    none "b.w . + 8"
    none "movw r0, #1"
    none "add.w r0, r1, #1"
    none "add.w r0, r1, r2"
    none "mrs r0, primask"
    none "dsb"
    none "clrex"
    none "uxtb.w r8, r9"
    none "clz r0, r1"
    none "mul r0, r1, r2"
    none "umull r0, r1, r2, r3"
    none "udiv r0, r1, r2"
    none "vmov r0, s0"
    none "vmov r0, r1, d0"
    none "vmov s0, s1, r0, r1"
    none "vadd.f32 s0, s1, s2"
    none "vmrs r0, fpscr"
    none "tt r0, r1"
    none "tta r0, r1"
    none "ttt r0, r1"
    none "ttat r0, r1"
    none "sg"
    none "pld [r1, #4]"
    none "pld [r1, #-4]"
    none "pld [r1, r2, lsl #1]"
    none "pli [r1, #4]"
    none "pld [pc, #-4]"
snippet rows_end
    .section .secure

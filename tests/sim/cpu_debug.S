/* Programs for a debugger: a story with everything that a stop may fall into, and single places. */
#include "cpu_macros.S"

    .section .plain
    .balign 1024
snippet table
    .word 0
    .rept 10
    .word caught_ns
    .endr
    .word on_svc, caught_ns, caught_ns, caught_ns, on_tick

    /* r0: SysTick, r4: rounds, r5: a sum of all that is seen, time too, r6: data */
snippet story
    ldr r0, =0xE000E010
    movs r1, #36
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    movs r4, #0
    movs r5, #0
    ldr r6, =0x20050000
snippet story_round
    adds r4, #1
    ldr r1, [r0, #8] /* the time as this code sees it */
    add r5, r5, r1
    tst r4, #1
    ittee eq
snippet story_it
    addeq r5, #3
    streq r5, [r6, #4]
    addne r5, #5
    strne r5, [r6, #8]
    push {r0-r5, lr}
    ldr r1, =gate
    blx r1
    mov r7, r0
    pop {r0-r5, lr}
    add r5, r5, r7
    strd r4, r5, [r6, #16]
    ldm r6, {r1, r2, r3}
    add r5, r5, r2
    add r5, r5, r3
    cmp r4, #99
    itt hi /* skipped, and the block of the engine ends with it */
    addhi r5, #1
    bhi caught_ns
snippet story_svc
    svc #1
snippet story_after_svc
    ldr r1, [r6, #32]
    add r5, r5, r1
    ldr r1, [r6, #5] /* unaligned */
    add r5, r5, r1
    ldr r1, 2f
    add r5, r5, r1
    tbb [pc, r7]
    .byte 2, 2, 2, 2
    wfi
    ldr r1, [r6, #64] /* interrupts so far */
    add r5, r5, r1
    cmp r4, #30
    bne story_round
    movs r1, #0
    str r1, [r0]
    str r1, [r0, #8]
    done
    .balign 4
2:  .word 0x12345678
    .ltorg

snippet on_svc
    ldr r2, =0x20050020
    ldr r3, [r2]
    adds r3, #1
    str r3, [r2]
    bx lr

snippet on_tick
    ldr r2, =0x20050040
    ldr r3, [r2]
    adds r3, #1
    str r3, [r2]
    tst lr, #0x40 /* a frame of this state's: where the interrupt came */
    itttt eq
    ldreq r3, [r2, #4]
    ldreq r1, [sp, #24]
    addeq r3, r3, r1
    streq r3, [r2, #4]
    bx lr
    .ltorg

    /* r0: pointer; r1: value */
snippet stores
    strb r1, [r0, #1]
    strh r1, [r0, #4]
    str r1, [r0, #8]
    strd r1, r2, [r0, #16]
    stmia r0!, {r1, r2, r3}
    str r1, [r0, #3]
    cmp r1, r1
    it ne
    strne r1, [r0]
    ldrb r4, [r0, #1]
    ldmdb r0, {r4, r5}
    done

snippet busy
1:  adds r0, #1
    b 1b

snippet program_breakpoint
    movs r0, #1
    bkpt #0
    movs r0, #2
    done

snippet undefined
    movs r0, #1
    udf #0
    done

snippet call_gate
    ldr r3, =gate
    blx r3
snippet called_gate
    movs r3, #1
    done
    .ltorg

    /* The last instructions of a page of 1 KB, and the first of the next. */
    .balign 1024
    .space 1024 - 8
snippet before_border
    adds r0, #1
    adds r0, #1
    adds r0, #1
    adds r0, #1
snippet behind_border
    adds r0, #1
    adds r0, #1
    done

    .section .veneers
snippet gate
    sg
snippet gate_inside
    b.w inside

    .section .secure
snippet inside
    movs r0, #0
    ldr r1, =0x30010000
    ldr r2, [r1]
    adds r2, #1
    str r2, [r1]
    and r0, r2, #1
snippet inside_return
    bxns lr
    .ltorg

snippet secure_busy
    ldr r1, =200000
1:  subs r1, #1
    bne 1b
    ldr r0, =busy
    bic r0, #1
    bxns r0
    .ltorg

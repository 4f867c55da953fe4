/* cpu_load.c on QEMU's mps2-an505: it starts from the vector table and ends the machine. */
    .syntax unified
    .thumb
    .section .vectors, "a"
    .global vectors
vectors:
    .word 0x38010000
    .word reset + 1

    .text
    .type reset, %function
reset:
    ldr r0, =load_blocks
    bl start

    .global load_end
    .type load_end, %function
load_end:
    movs r0, #0x18 /* SYS_EXIT */
    ldr r1, =0x20026 /* ADP_Stopped_ApplicationExit */
    bkpt #0xAB
    b load_end

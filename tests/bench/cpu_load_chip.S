/* cpu_load.c on the simulated chip: it ends asleep. */
    .syntax unified
    .thumb
    .text
    .global load_end
    .type load_end, %function
load_end:
    wfi
    b load_end

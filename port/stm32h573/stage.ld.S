/*
 * Linker script of a boot stage. The build defines STAGE_ADDR and STAGE_SIZE: where its vector
 * table stands, and how much flash it has from there.
 */
#include "layout.h"

ENTRY(startup_reset)

MEMORY
{
    FLASH (rx)       : ORIGIN = STAGE_ADDR, LENGTH = STAGE_SIZE
    RAM (rw)         : ORIGIN = LAYOUT_STAGE_RAM_ADDR,
                       LENGTH = LAYOUT_STAGE_RAM_SIZE - LAYOUT_TRAMPOLINE_SIZE
    TRAMPOLINE (rx)  : ORIGIN = LAYOUT_TRAMPOLINE_ADDR, LENGTH = LAYOUT_TRAMPOLINE_SIZE
}

linker_stage = ORIGIN(FLASH);
linker_stage_end = ORIGIN(FLASH) + LENGTH(FLASH);

SECTIONS
{
    .text :
    {
        linker_vectors = .;
        KEEP(*(.vectors))
        *(.text .text.*)
        *(.rodata .rodata.*)
        . = ALIGN(4);
        linker_copy = .;
        LONG(LOADADDR(.data)) LONG(ADDR(.data)) LONG(ADDR(.data) + SIZEOF(.data))
        LONG(LOADADDR(.trampoline)) LONG(ADDR(.trampoline))
        LONG(ADDR(.trampoline) + SIZEOF(.trampoline))
        linker_copy_end = .;
        linker_clear = .;
        LONG(ADDR(.bss)) LONG(ADDR(.bss) + SIZEOF(.bss))
        linker_clear_end = .;
    } > FLASH

    /* Two words above the stack seal it. */
    .stack (NOLOAD) :
    {
        linker_stack_limit = .;
        . = . + LAYOUT_STAGE_STACK_SIZE - 8;
        linker_stack_top = .;
        . = . + 8;
    } > RAM

    .data :
    {
        *(.data .data.*)
        . = ALIGN(4);
    } > RAM AT > FLASH

    .trampoline :
    {
        KEEP(*(.trampoline))
        . = ALIGN(4);
    } > TRAMPOLINE AT > FLASH

    .bss (NOLOAD) :
    {
        *(.bss .bss.* COMMON)
        . = ALIGN(4);
    } > RAM

    /DISCARD/ :
    {
        *(.ARM.exidx* .ARM.extab* .comment)
    }
}

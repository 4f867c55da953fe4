/*
 * Linker script of an application: in its slot behind the header, with SRAM3 for its data and
 * SRAM1 for its stack and heap. Where these are, the linker reads from the application_memory.ld that
 * it finds first: the default layout's, or one that `garrison layout ld` has made.
 */
#define STACK_SIZE 0x4000

ENTRY(ns_reset)

INCLUDE application_memory.ld

SECTIONS
{
    .text :
    {
        KEEP(*(.vectors))
        *(.text .text.*)
        *(.rodata .rodata.*)
        . = ALIGN(4);
    } > FLASH

    /* The stack is the lowest: an overflow leaves the RAM. */
    .stack (NOLOAD) :
    {
        . = . + STACK_SIZE;
        linker_stack_top = .;
        linker_heap = .;
        linker_heap_end = ORIGIN(SRAM1) + LENGTH(SRAM1);
    } > SRAM1

    .data :
    {
        linker_data = .;
        *(.data .data.*)
        . = ALIGN(4);
        linker_data_end = .;
    } > SRAM3 AT > FLASH
    linker_data_from = LOADADDR(.data);

    .bss (NOLOAD) :
    {
        linker_bss = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(4);
        linker_bss_end = .;
    } > SRAM3

    /DISCARD/ :
    {
        *(.ARM.exidx* .ARM.extab* .comment)
    }
}

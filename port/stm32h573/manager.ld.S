/*
 * Linker script of the manager: every part that the MPU tells apart is a section of its own.
 *
 * The parts are told by where an object comes from: the SPM is core_spm and this folder, a
 * partition is its files of core_services and the libraries it alone uses, and whatever is left is
 * the library that all of them run: it may have no data. Where these objects were made one of by
 * link-time optimisation, it is named first.
 */
#include "layout.h"

#define SPM(what)    *domain_spm.o(what) *libcore_spm.a:*(what) :*.c.o(what) :*.S.o(what)
#define CRYPTO(what) *domain_crypto.o(what) *libcore_services.a:*services_crypto*(what) *libmbedcrypto.a:*(what) *libport_crypto.a:*(what)
#define UPDATE(what) *domain_update.o(what) *libcore_services.a:*services_update*(what)
#define ITS(what)    *domain_its.o(what) *libcore_services.a:*services_its*(what)
#define PS(what)     *domain_ps.o(what) *libcore_services.a:*services_ps*(what)

#define ATTEST(what) *domain_attest.o(what) *libcore_services.a:*services_attest*(what)

#define TEXT .text .text.* .rodata .rodata.*
#define DATA .data .data.*

#define BSS  .bss .bss.* COMMON

#define COPY(section) LONG(LOADADDR(section)) LONG(ADDR(section)) LONG(ADDR(section) + SIZEOF(section))
#define CLEAR(section) LONG(ADDR(section)) LONG(ADDR(section) + SIZEOF(section))

/* The stack of a region: its lowest part, sealed by two words above it. */
#define STACK(size, limit, top) limit = .; . = . + size - 8; top = .; . = . + 8;

ENTRY(startup_reset)

MEMORY
{
    FLASH (rx) : ORIGIN = LAYOUT_FLASH_S + LAYOUT_MANAGER_OFF + LAYOUT_HEADER_SIZE,
                 LENGTH = LAYOUT_MANAGER_SIZE - LAYOUT_HEADER_SIZE
    RAM (rw)   : ORIGIN = LAYOUT_STAGE_RAM_ADDR, LENGTH = LAYOUT_STAGE_RAM_SIZE
}

SECTIONS
{
    .vectors :
    {
        linker_vectors = .;
        KEEP(*(.vectors))
    } > FLASH

    .gate LAYOUT_FLASH_S + LAYOUT_GATE_OFF :
    {
        KEEP(*(.gate))
        . = LAYOUT_GATE_SIZE;
    } > FLASH

    .spm : ALIGN(LAYOUT_REGION_ALIGN)
    {
        linker_spm_text = .;
        :*.c.o(TEXT) :*.S.o(TEXT) *libcore_spm.a:*spm_[!m]*(TEXT)
        SPM(TEXT) /* manager.c, module_check.c, modules.c */
        . = ALIGN(4);
        linker_copy = .;
        COPY(.spm_data) COPY(.crypto_data) COPY(.update_data) COPY(.its_data) COPY(.ps_data)
        COPY(.attest_data)
        linker_copy_end = .;
        linker_clear = .;
        CLEAR(.spm_bss) CLEAR(.crypto_bss) CLEAR(.update_bss) CLEAR(.its_bss) CLEAR(.ps_bss)
        CLEAR(.attest_bss)
        linker_clear_end = .;
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_spm_text_end = .;
    } > FLASH

    /* The crypto service's code comes last, so that one region covers it and the library. */
    .partition : ALIGN(LAYOUT_REGION_ALIGN)
    {
        linker_partition_text = .;
        linker_update_text = .;
        UPDATE(.rodata .rodata.*)
        UPDATE(TEXT)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_update_text_end = .;
        linker_its_text = .;
        ITS(TEXT)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_its_text_end = .;
        linker_ps_text = .;
        PS(TEXT)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_ps_text_end = .;
        linker_attest_text = .;
        ATTEST(TEXT)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_attest_text_end = .;
        linker_crypto_text = .;
        CRYPTO(TEXT)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_crypto_text_end = .;
        linker_partition_text_end = .;
    } > FLASH

    .library : ALIGN(LAYOUT_REGION_ALIGN)
    {
        linker_library_text = .;
        *libcore_base.a:*boot_*(TEXT) *libcore_store.a:*store_mount*(TEXT)
        *(.library .library.*)
        *(.text .text.*)
        *libaes.a:*(.rodata .rodata.*)
        *(.rodata .rodata.*)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_library_text_end = .;
    } > FLASH

    .spm_stack (NOLOAD) :
    {
        STACK(LAYOUT_SPM_STACK_SIZE, linker_stack_limit, linker_stack_top)
    } > RAM
    .spm_data : { SPM(DATA) . = ALIGN(4); } > RAM AT > FLASH
    .spm_bss (NOLOAD) :
    {
        SPM(BSS)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_spm_ram_end = .;
    } > RAM

    .gate_stack (NOLOAD) :
    {
        STACK(LAYOUT_GATE_STACK_SIZE, linker_gate_stack_limit, linker_gate_stack_top)
        linker_gate_ram_end = .;
    } > RAM

    .crypto_stack (NOLOAD) :
    {
        linker_partition_ram = .;
        STACK(LAYOUT_CRYPTO_STACK_SIZE, linker_crypto_ram, linker_crypto_stack_top)
    } > RAM
    .crypto_data : { CRYPTO(DATA) . = ALIGN(4); } > RAM AT > FLASH
    .crypto_bss (NOLOAD) :
    {
        CRYPTO(BSS)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_crypto_ram_end = .;
    } > RAM

    .update_stack (NOLOAD) :
    {
        STACK(LAYOUT_UPDATE_STACK_SIZE, linker_update_ram, linker_update_stack_top)
    } > RAM
    .update_data : { UPDATE(DATA) . = ALIGN(4); } > RAM AT > FLASH
    .update_bss (NOLOAD) :
    {
        UPDATE(BSS)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_update_ram_end = .;
    } > RAM

    .its_stack (NOLOAD) :
    {
        STACK(LAYOUT_ITS_STACK_SIZE, linker_its_ram, linker_its_stack_top)
    } > RAM
    .its_data : { ITS(DATA) . = ALIGN(4); } > RAM AT > FLASH
    /* Read most of the storage partitions' data, so not where their memory ends: their keys. */
    .its_bss (NOLOAD) :
    {
        ITS(.bss.keys*)
        ITS(BSS)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_its_ram_end = .;
    } > RAM

    .ps_stack (NOLOAD) :
    {
        STACK(LAYOUT_PS_STACK_SIZE, linker_ps_ram, linker_ps_stack_top)
    } > RAM
    .ps_data : { PS(DATA) . = ALIGN(4); } > RAM AT > FLASH
    .ps_bss (NOLOAD) :
    {
        PS(.bss.keys*)
        PS(BSS)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_ps_ram_end = .;
    } > RAM

    /* A manager without attestation has no stack for it. */
    .attest_stack (NOLOAD) :
    {
        linker_attest_ram = .;
        . = . + (linker_attest_text_end > linker_attest_text ? LAYOUT_ATTEST_STACK_SIZE - 8 : 0);
        linker_attest_stack_top = .;
        . = ALIGN(LAYOUT_REGION_ALIGN);
    } > RAM
    .attest_data : { ATTEST(DATA) . = ALIGN(4); } > RAM AT > FLASH
    .attest_bss (NOLOAD) :
    {
        ATTEST(BSS)
        . = ALIGN(LAYOUT_REGION_ALIGN);
        linker_attest_ram_end = .;
        linker_partition_ram_end = .;
    } > RAM

    .library_data : { *(DATA) *(BSS) } > RAM AT > FLASH

    /* Behind the library: what the data sections are copied from. */
    linker_image_end = ALIGN(LOADADDR(.library_data), LAYOUT_REGION_ALIGN);

    /DISCARD/ :
    {
        *(.ARM.exidx* .ARM.extab* .comment)
    }
}

ASSERT(SIZEOF(.vectors) <= LAYOUT_GATE_OFF - LAYOUT_MANAGER_OFF - LAYOUT_HEADER_SIZE,
       "the vector table reaches into the gate")
ASSERT(linker_crypto_text_end == linker_library_text, "code lies between the crypto service's and the library")
ASSERT(SIZEOF(.library_data) == 0, "code that all partitions share must have no data")

/*
 * Symbols of the linker scripts: where the parts of the images begin and end.
 */
#pragma once

#include <stdint.h>

/* A boot stage: its flash, from the vector table to the end of its slot. */
extern uint8_t linker_stage[];
extern uint8_t linker_stage_end[];

/*
 * The manager.
 */

/* Flash: code and constants together, each part readable and executable, none writable. */
extern uint8_t linker_spm_text[];
extern uint8_t linker_spm_text_end[];
extern uint8_t linker_library_text[];
extern uint8_t linker_library_text_end[];
extern uint8_t linker_partition_text[]; /* all partitions, in the order of their rows */
extern uint8_t linker_partition_text_end[];
extern uint8_t linker_crypto_text[];
extern uint8_t linker_crypto_text_end[];
extern uint8_t linker_update_text[];
extern uint8_t linker_update_text_end[];
extern uint8_t linker_its_text[];
extern uint8_t linker_its_text_end[];
extern uint8_t linker_ps_text[];
extern uint8_t linker_ps_text_end[];
extern uint8_t linker_attest_text[];
extern uint8_t linker_attest_text_end[];
extern uint8_t linker_image_end[]; /* behind the library: data as linked, of SPM and partitions */

/* RAM, in this order; each stack is the lowest part of its region. */
extern uint8_t linker_spm_ram_end[];
extern uint8_t linker_gate_stack_limit[];
extern uint8_t linker_gate_stack_top[];
extern uint8_t linker_gate_ram_end[];
extern uint8_t linker_partition_ram[];
extern uint8_t linker_crypto_ram[];
extern uint8_t linker_crypto_stack_top[];
extern uint8_t linker_crypto_ram_end[];
extern uint8_t linker_update_ram[];
extern uint8_t linker_update_stack_top[];
extern uint8_t linker_update_ram_end[];
extern uint8_t linker_its_ram[];
extern uint8_t linker_its_stack_top[];
extern uint8_t linker_its_ram_end[];
extern uint8_t linker_ps_ram[];
extern uint8_t linker_ps_stack_top[];
extern uint8_t linker_ps_ram_end[];
extern uint8_t linker_attest_ram[];
extern uint8_t linker_attest_stack_top[];
extern uint8_t linker_attest_ram_end[];
extern uint8_t linker_partition_ram_end[];

/*
 * The only memory map of this port: where everything stands in flash and RAM.
 *
 * Linker scripts and C sources both include it, so it holds plain macros only. Flash offsets count
 * from the start of the user flash; a sector is 8 KB and a write-protection group four sectors.
 */
#pragma once

/* Flash: 2 MB at 0x08000000 (Non-secure alias) and 0x0C000000 (Secure alias). */
#define LAYOUT_FLASH_NS   0x08000000
#define LAYOUT_FLASH_S    0x0C000000
#define LAYOUT_FLASH_SIZE 0x00200000
#define LAYOUT_BANK_SIZE  0x00100000
#define LAYOUT_SECTOR     0x2000
#define LAYOUT_UNIT       16 /* bytes programmed together: a quad-word */

/*
 * Where iROT, uROT and manager are linked to. Whatever layout a device has must put them there.
 */
#define LAYOUT_IROT_OFF     0x00000000 /* sectors 0-3: one write-protection group, hidden by HDP */
#define LAYOUT_IROT_SIZE    0x00008000
#define LAYOUT_UROT_OFF     0x00008000 /* sectors 4-9: hidden by HDPEXT */
#define LAYOUT_UROT_SIZE    0x0000C000
#define LAYOUT_MANAGER_OFF  0x00014000 /* sectors 10-30 */
#define LAYOUT_MANAGER_SIZE 0x0002A000

/*
 * The storage areas, the same in every layout: sectors 118 to 127 of bank 2. They are in the other
 * bank than the manager, so that it runs on while they are erased.
 */
#define LAYOUT_STORAGE_OFF      0x001EC000 /* to the end of the flash */
#define LAYOUT_ITS_OFF          0x001EC000 /* sectors 118-121 */
#define LAYOUT_ITS_SIZE         0x00008000
#define LAYOUT_PS_OFF           0x001F4000 /* sectors 122-125 */
#define LAYOUT_PS_SIZE          0x00008000
#define LAYOUT_PS_COUNTERS_OFF  0x001FC000 /* sectors 126-127 */
#define LAYOUT_PS_COUNTERS_SIZE 0x00004000

/*
 * The rest of the layout of a device whose description has none (layout_default.c). No Secure image
 * knows it; applications are linked to it.
 */
#define LAYOUT_APPLICATION_OFF   0x0003E000 /* sectors 31-127 of bank 1, 0-2 of bank 2 */
#define LAYOUT_APPLICATION_SIZE  0x000C8000
#define LAYOUT_DOWNLOAD_OFF      0x00106000 /* sectors 3-103 of bank 2 */
#define LAYOUT_DOWNLOAD_SIZE     0x000CA000
#define LAYOUT_UROT_DOWNLOAD_OFF 0x001D0000 /* sectors 104-110 */
#define LAYOUT_JOURNAL_OFF       0x001DE000 /* sectors 111-112 */
#define LAYOUT_JOURNAL_SIZE      0x00004000

/* Every image but the iROT starts with a header of this size; its vector table follows. */
#define LAYOUT_HEADER_SIZE   0x400
#define LAYOUT_VECTORS_ALIGN 0x400 /* what VTOR needs for 147 vectors */

/*
 * The gate: the Non-secure callable kilobyte of the manager, at a fixed place behind its vector
 * table, so that applications need not be linked again when the manager changes.
 */
#define LAYOUT_GATE_OFF  (LAYOUT_MANAGER_OFF + 0x800)
#define LAYOUT_GATE_SIZE 0x400

/*
 * The other place of the iROT: in system flash, where a part comes with one (BOOT_UBE 0xC3). The
 * user flash keeps its sectors free then. Where in the Secure 64 KB below the part that Non-secure
 * code may call is not confirmed: the upper half. [U]
 */
#define LAYOUT_SYSTEM_IROT_S 0x0FF88000

/* Other read-only memories. */
#define LAYOUT_OBK_S         0x0FFD0000
#define LAYOUT_OBK_SIZE      0x2000
#define LAYOUT_SYSTEM_NS     0x0BF90000 /* the part of system flash that Non-secure code may call */
#define LAYOUT_SYSTEM_NS_END 0x0BFA9000

/* SRAM2 (64 KB) is Secure: the hand-over record, then the running stage's data. */
#define LAYOUT_SRAM2_S        0x30040000
#define LAYOUT_SRAM2_SIZE     0x00010000
#define LAYOUT_HANDOFF_ADDR   0x30040000
#define LAYOUT_HANDOFF_SIZE   0xC00
#define LAYOUT_STAGE_RAM_ADDR 0x30040C00
#define LAYOUT_STAGE_RAM_SIZE 0x0000F400

/*
 * Of a boot stage's RAM, the lowest part is its stack, so that an overflow meets the limit and no
 * data, and the highest the code that leaves the stage when its flash is about to be hidden.
 */
#define LAYOUT_STAGE_STACK_SIZE 0x2000
#define LAYOUT_TRAMPOLINE_SIZE  0x100
#define LAYOUT_TRAMPOLINE_ADDR                                                                     \
    (LAYOUT_STAGE_RAM_ADDR + LAYOUT_STAGE_RAM_SIZE - LAYOUT_TRAMPOLINE_SIZE)

/*
 * What the MPU tells apart of the manager, in flash and in RAM, begins at a multiple of this: of 32
 * bytes, as regions of the MPU do. A simulator looks at each load and store in a page of 1 KB in
 * which two such parts meet, so there lies what is seldom read: texts, the depth of stacks, and what
 * runs at start only, with its constants.
 */
#define LAYOUT_REGION_ALIGN 0x20

/*
 * The manager's RAM: SPM, gate and one region for each partition, its stack lowest. The gate takes 32
 * bytes of its stack and an interrupt in it up to 212, with all floating-point registers.
 */
#define LAYOUT_SPM_STACK_SIZE    0xC00
#define LAYOUT_GATE_STACK_SIZE   0x160
#define LAYOUT_CRYPTO_STACK_SIZE 0x2000
#define LAYOUT_UPDATE_STACK_SIZE 0x800
#define LAYOUT_ITS_STACK_SIZE    0xA00
#define LAYOUT_PS_STACK_SIZE     0xA00
#define LAYOUT_ATTEST_STACK_SIZE 0x900

/* SRAM1 (256 KB) and SRAM3 (320 KB) are the application's, but for the modules' RAM: windows that are
 * counted from the top of SRAM3 downwards. */
#define LAYOUT_SRAM1_NS   0x20000000
#define LAYOUT_SRAM1_SIZE 0x00040000
#define LAYOUT_SRAM3_NS   0x20050000
#define LAYOUT_SRAM3_SIZE 0x00050000

#define LAYOUT_MODULES_RAM_END 0x300A0000 /* top of SRAM3, Secure alias */

/* Devices that modules may be granted, a bit for each number: 0 TIM6, 1 TIM7. */
#define LAYOUT_MODULE_DEVICES 0x3

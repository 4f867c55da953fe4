/*
 * Borders that only the STM32H573 has, and accesses that cross one in the middle of a word or of a
 * double, which QEMU does not check. What is right is computed; nothing is compared.
 */
#include "borders.h"
#include "stm32h573.h"

#define FIRST (WINDOW_S + 0x100u)
#define LAST  (WINDOW_S + 0x11Fu)

#define GTZC_MPCBB1_SECCFGR 0x50032D00u
#define BLOCK               512u
#define SRAM_END            0x300A0000u /* of SRAM3, and of all SRAM */
#define FLASH_NS            0x08000000u
#define FLASH_NS_LAST       0x081FFFFFu

PROGRAM(unaligned_across_a_read_only_region)
{
    borders_catch();
    mpu_region(0, 0, FIRST, LAST, MPU_RO_ANY);
    mpu_on(0);
    borders_try(&(struct border){.first = FIRST, .last = LAST, .unaligned = true, .upper = true});
}

PROGRAM(unaligned_across_the_sau)
{
    borders_catch();
    sau_region(1, NS_FIRST, WINDOW_NS + 0xFFu, 1);
    sau_region(2, WINDOW_NS + 0x120u, NS_LAST, 1);
    borders_try(&(struct border){.first = WINDOW_NS + 0x100u,
                                 .last = WINDOW_NS + 0x11Fu,
                                 .refusal = REFUSED_BY_SAU,
                                 .loads = true,
                                 .non_secure = true,
                                 .unaligned = true,
                                 .upper = true});
}

/** The window's second block of 512 bytes becomes Secure: the bus refuses it, in silence. */
static void close_block(void)
{
    const uint32_t block = (WINDOW_NS + BLOCK - 0x20000000u) / BLOCK;
    const uint32_t addr = GTZC_MPCBB1_SECCFGR + block / 32u * 4u;
    store(addr, load(addr) | 1u << block % 32u);
}

PROGRAM(border_of_a_secure_block)
{
    borders_catch();
    close_block();
    borders_try(&(struct border){.first = WINDOW_NS + BLOCK,
                                 .last = WINDOW_NS + 2u * BLOCK - 1u,
                                 .refusal = REFUSED_IN_SILENCE,
                                 .loads = true,
                                 .non_secure = true});
}

static NS_CODE uint32_t ns_crosses(uint32_t at, uint32_t value)
{
    uint32_t seen;
    __asm volatile("ldr %0, [%1]\n str %2, [%1]" : "=&r"(seen) : "r"(at), "r"(value) : "memory");
    return seen;
}

PROGRAM(a_secure_block_reads_zero_and_keeps_its_bytes)
{
    const uint32_t border = WINDOW_NS + BLOCK;
    store(border - 4u, 0x44332211u);
    store(border, 0x88776655u);
    close_block();
    /* Bytes: 33 44 from the open block, zeros from the closed one. */
    const uint32_t seen = ns_call(ns_crosses, border - 2u, 0xDDCCBBAAu);
    const uint32_t open = load(border - 4u);
    sau_region(1, NS_FIRST, border - 1u, 1);
    sau_region(2, WINDOW_NS + 2u * BLOCK, NS_LAST, 1);
    const uint32_t closed = load(border + 0x10000000u);
    if (seen != 0x00004433u || open != 0xBBAA2211u || closed != 0x88776655u) {
        note("wrong bytes", seen);
    }
    note("seen", seen);
    note("open", open);
    note("closed", closed);
}

/* The option bytes make the first bank Secure up to here: see run_sim.c. */
PROGRAM(border_of_a_secure_flash_sector)
{
    borders_catch();
    sau_region(3, FLASH_NS, FLASH_NS_LAST, 1);
    borders_try(&(struct border){.first = FLASH_NS,
                                 .last = FLASH_NS + STM32H573_SECURE_FLASH - 1u,
                                 .refusal = REFUSED_IN_SILENCE,
                                 .loads = true,
                                 .non_secure = true,
                                 .upper = true,
                                 .no_lower = true,
                                 .no_stores = true});
}

PROGRAM(end_of_the_sram)
{
    borders_catch();
    borders_try(&(struct border){
        .first = SRAM_END, .last = SRAM_END + 0xFFFu, .refusal = REFUSED_BY_BUS, .loads = true});
}

PROGRAM(unaligned_across_the_end_of_the_sram)
{
    borders_catch();
    borders_try(&(struct border){.first = SRAM_END,
                                 .last = SRAM_END + 0xFFFu,
                                 .refusal = REFUSED_BY_BUS,
                                 .loads = true,
                                 .unaligned = true});
}

PROGRAM(doubles_across_a_read_only_region)
{
    borders_catch();
    mpu_region(0, 0, FIRST, LAST, MPU_RO_ANY);
    mpu_on(0);
    borders_try(&(struct border){.first = FIRST, .last = LAST, .upper = true, .pairs = true});
}

PROGRAM(doubles_across_the_sau)
{
    borders_catch();
    sau_region(1, NS_FIRST, WINDOW_NS + 0xFFu, 1);
    sau_region(2, WINDOW_NS + 0x120u, NS_LAST, 1);
    borders_try(&(struct border){.first = WINDOW_NS + 0x100u,
                                 .last = WINDOW_NS + 0x11Fu,
                                 .refusal = REFUSED_BY_SAU,
                                 .loads = true,
                                 .non_secure = true,
                                 .upper = true,
                                 .pairs = true});
}

PROGRAM(doubles_across_the_border_of_a_secure_block)
{
    borders_catch();
    close_block();
    borders_try(&(struct border){.first = WINDOW_NS + BLOCK,
                                 .last = WINDOW_NS + 2u * BLOCK - 1u,
                                 .refusal = REFUSED_IN_SILENCE,
                                 .loads = true,
                                 .non_secure = true,
                                 .pairs = true});
}

PROGRAM(doubles_across_the_end_of_the_sram)
{
    borders_catch();
    borders_try(&(struct border){.first = SRAM_END,
                                 .last = SRAM_END + 0xFFFu,
                                 .refusal = REFUSED_BY_BUS,
                                 .loads = true,
                                 .pairs = true});
}

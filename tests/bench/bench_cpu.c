/*
 * How fast the processor executes: the same program on the simulated chip, with SAU, both MPUs and
 * every filter of the chip at work, and on Unicorn alone. Both run in turn; the best run counts.
 */
#include <stdio.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "chip.h"
#include "cpu_image.h"
#include "load_chip.h"

#define ROUNDS     41
#define BLOCKS     20000u
#define FLASH_ADDR LOAD_FLASH
#define FLASH_SIZE LOAD_BYTES
#define RAM_ADDR   LOAD_RAM
#define RAM_SIZE   LOAD_BYTES
#define STACK      LOAD_STACK
#define RESULT     LOAD_RESULT

/* ---- Unicorn alone ---- */

static uint8_t plain_flash[FLASH_SIZE] __attribute__((aligned(4096)));
static uint8_t plain_ram[RAM_SIZE] __attribute__((aligned(4096)));

static uc_engine *open_plain(void)
{
    uc_engine *uc = NULL;
    if (uc_open(UC_ARCH_ARM, (uc_mode)(UC_MODE_THUMB | UC_MODE_MCLASS), &uc) != UC_ERR_OK ||
        uc_ctl_set_cpu_model(uc, UC_CPU_ARM_CORTEX_M33) != UC_ERR_OK) {
        load_quit("no engine");
    }
    for (const struct cpu_part *part = cpu_parts; part->bytes != NULL; part++) {
        memcpy(plain_flash + (part->addr - FLASH_ADDR), part->bytes, part->len);
    }
    if (uc_mem_map_ptr(uc, FLASH_ADDR, FLASH_SIZE, UC_PROT_ALL, plain_flash) != UC_ERR_OK ||
        uc_mem_map_ptr(uc, RAM_ADDR, RAM_SIZE, UC_PROT_ALL, plain_ram) != UC_ERR_OK) {
        load_quit("no memory for the engine");
    }
    return uc;
}

static double run_plain(uc_engine *uc)
{
    uint32_t value = STACK;
    (void)uc_reg_write(uc, UC_ARM_REG_SP, &value);
    value = BLOCKS;
    (void)uc_reg_write(uc, UC_ARM_REG_R0, &value);
    const double start = load_now();
    if (uc_emu_start(uc, FLASH_ADDR | 1u, FLASH_ADDR + FLASH_SIZE - 2u, 0, 0) != UC_ERR_OK) {
        load_quit("the engine stopped with an error");
    }
    return load_now() - start;
}

int main(void)
{
    struct sim_chip *chip = load_open();
    uc_engine *uc = open_plain();
    double best_chip = 1e9;
    double best_plain = 1e9;
    uint64_t insns = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const double plain = run_plain(uc);
        const double with = load_run(chip, BLOCKS, &insns);
        best_plain = plain < best_plain ? plain : best_plain;
        best_chip = with < best_chip ? with : best_chip;
    }
    if (memcmp(plain_ram + (RESULT - RAM_ADDR),
               chip->memory[CHIP_SRAM3].bytes + (RESULT - RAM_ADDR), 32) != 0) {
        load_quit("the two results differ");
    }
    printf("cpu.mips = %.0f MIPS\n", (double)insns / best_chip / 1e6);
    printf("cpu.ratio_to_unicorn = %.3f\n", best_plain / best_chip);
    (void)uc_close(uc);
    load_close(chip);
    return 0;
}

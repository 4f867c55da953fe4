/*
 * Regressions: operations of the flash controller, one after the other, and a reset in the end.
 *
 * The product state is the transient one until the last operation, which changes all option words at
 * once. So a cut anywhere before it leaves a chip that begins anew at the next reset, and each step
 * may be done again.
 */
#include "rss.h"

#include "dev_flash.h"

#include <string.h>

#define OPTSR_STATE     0x0000FF00u
#define OPTSR2_TZEN     0xFF000000u
#define OPTSR2_TZEN_OFF 0xC3000000u
#define BOOT_LOCK       0x000000FFu
#define BOOT_LOCK_OPEN  0x000000C3u
#define EPOCH_MASK      0x00FFFFFFu

#define BACKUP_REGISTERS 32u /* What follows is TAMP's own. */

enum regression_step {
    STEP_FLASH = 0,   /* Once, or once for each sector. */
    STEP_OBK_ERASE,   /* The alternate sector. */
    STEP_OBK_KEEP,    /* What is kept goes there, and it becomes the current one. */
    STEP_OBK_ERASE_2, /* The one that was. */
    STEP_OPTIONS,
    STEP_RESET,
};

/** @return false: no sector is left */
static bool erase_next_sector(struct dev_flash *flash)
{
    struct flash_regression *regression = &flash->regression;
    while (regression->sector < NV_FLASH_SECTORS &&
           flash_is_secure(flash, regression->sector * NV_SECTOR_BYTES)) {
        regression->sector++;
    }
    if (regression->sector == NV_FLASH_SECTORS) {
        return false;
    }
    const struct flash_operation op = {
        .code = FLASH_OP_SECTOR_ERASE,
        .off = regression->sector++ * NV_SECTOR_BYTES,
        .len = NV_SECTOR_BYTES,
    };
    flash_operation_start(flash, &op);
    return true;
}

static void erase_all_sectors(struct dev_flash *flash)
{
    const struct flash_operation op = {.code = FLASH_OP_MASS_ERASE, .len = NV_FLASH_BYTES};
    flash_operation_start(flash, &op);
}

static void obk_operation(struct dev_flash *flash, enum flash_op code, uint32_t len)
{
    const struct flash_operation op = {
        .code = code,
        .space = FLASH_OBK,
        .sector = (uint8_t)((flash->dev.chip->nv->obk_current & 1u) ^ 1u),
        .len = len,
    };
    flash_operation_start(flash, &op);
}

static uint32_t with_state(uint32_t optsr, uint8_t bit)
{
    unsigned i = 0;
    while (i < PRODUCT_STATES - 1u && product_states[i].bit != bit) {
        i++;
    }
    return (optsr & ~OPTSR_STATE) | (uint32_t)product_states[i].code << 8;
}

static void open_boot_lock(uint32_t *word)
{
    *word = (*word & ~BOOT_LOCK) | BOOT_LOCK_OPEN;
}

/** Everything else stays: tools take write protection and the like back themselves. [U] */
static void change_options(struct dev_flash *flash)
{
    const struct product_regression *what = flash->regression.what;
    uint32_t *prg = flash->prg;
    char why[PRODUCT_WHY];
    memcpy(prg, flash->dev.chip->nv->option, sizeof(flash->prg));
    prg[NV_OB_OPTSR] = with_state(prg[NV_OB_OPTSR], what->to);
    prg[NV_OB_NSEPOCH] = (prg[NV_OB_NSEPOCH] + 1u) & EPOCH_MASK;
    if (what->secure_epoch) {
        prg[NV_OB_SECEPOCH] = (prg[NV_OB_SECEPOCH] + 1u) & EPOCH_MASK;
    }
    if (what->trustzone_off) {
        prg[NV_OB_OPTSR2] = (prg[NV_OB_OPTSR2] & ~OPTSR2_TZEN) | OPTSR2_TZEN_OFF;
    }
    if (what->boot_locks_opened) {
        open_boot_lock(&prg[NV_OB_NSBOOT]);
        open_boot_lock(&prg[NV_OB_SECBOOT]);
    }
    (void)flash_option_start(flash, ASK_REGRESSION, why);
}

void rss_regression_step(struct dev_flash *flash)
{
    struct flash_regression *regression = &flash->regression;
    const struct product_regression *what = regression->what;
    if (regression->step == STEP_FLASH && !what->secure_flash && erase_next_sector(flash)) {
        return; /* Again, for the next one. */
    }
    if (regression->step == STEP_FLASH && !what->secure_flash) {
        regression->step++;
    }
    switch (regression->step++) {
    case STEP_FLASH:
        erase_all_sectors(flash);
        return;
    case STEP_OBK_ERASE:
    case STEP_OBK_ERASE_2:
        obk_operation(flash, FLASH_OP_OBK_ERASE, NV_OBK_BYTES);
        return;
    case STEP_OBK_KEEP:
        obk_operation(flash, FLASH_OP_OBK_SWAP, (uint32_t)what->obk_slots * FLASH_QUAD);
        return;
    case STEP_OPTIONS:
        change_options(flash);
        return;
    default:
        memset(regression, 0, sizeof(*regression));
        chip_want_reset(flash->dev.chip, CHIP_RESET_OPTION_LOAD);
        return;
    }
}

/** All SRAM: which of it was Non-secure is forgotten at a reset. [U] It takes no time. */
static void erase_memories(struct sim_chip *chip, const struct product_regression *what)
{
    static const enum chip_memory_id ids[] = {CHIP_SRAM1, CHIP_SRAM2, CHIP_SRAM3, CHIP_BKPSRAM};
    for (unsigned i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct chip_memory *memory = &chip->memory[ids[i]];
        if (ids[i] != CHIP_BKPSRAM || what->backup) {
            memset(memory->bytes, 0, memory->size);
            chip_memory_changed(chip, ids[i], 0, memory->size);
        }
    }
    if (what->backup) {
        memset(chip->nv->backup, 0, BACKUP_REGISTERS * sizeof(chip->nv->backup[0]));
        nv_touch(chip->nv, NV_PART_BACKUP, 0, 0);
    }
}

bool rss_regression_ask(struct sim_chip *chip, uint8_t state, char why[PRODUCT_WHY])
{
    struct dev_flash *flash = flash_of(chip);
    flash->prg[NV_OB_OPTSR] = with_state(chip->nv->option[NV_OB_OPTSR], state);
    return flash_option_start(flash, ASK_AUTHENTICATION, why);
}

void rss_regression_begin(struct sim_chip *chip, const struct product_regression *what)
{
    struct dev_flash *flash = flash_of(chip);
    flash->regression = (struct flash_regression){.what = what};
    erase_memories(chip, what);
    rss_regression_step(flash);
}

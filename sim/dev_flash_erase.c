/* Erase requests of NSCR and SECCR: sector, bank, mass. */
#include "dev_flash.h"

#include <stdio.h>

/** Says in `why` what keeps one sector from being erased; false when nothing does. */
static bool flash_erase_barred(const struct dev_flash *flash, uint32_t phys, struct sim_attr attr,
                               char *why, size_t size)
{
    struct bus_decision decision = {.answer = SIM_ANSWER_OK};
    if (!flash_check_sector(flash, phys, SIM_WRITE, attr, &decision)) {
        snprintf(why, size, "%s", decision.why);
        return true;
    }
    if (flash_write_protected(flash, phys)) {
        const unsigned bank = phys >= FLASH_BANK_BYTES ? 2u : 1u;
        snprintf(why, size, "sector %u of bank %u is write-protected (WRP%u)",
                 (unsigned)((phys % FLASH_BANK_BYTES) / NV_SECTOR_BYTES), bank, bank);
        return true;
    }
    return false;
}

/** The one operation that CR asks for; code FLASH_OP_NONE when it asks for none or several. */
static struct flash_operation flash_erase_asked(uint32_t cr)
{
    struct flash_operation op = {.code = FLASH_OP_NONE, .space = FLASH_MAIN};
    const uint32_t bank = (cr & FLASH_CR_BKSEL) != 0 ? FLASH_BANK_BYTES : 0;
    switch (cr & (FLASH_CR_PG | FLASH_CR_SER | FLASH_CR_BER | FLASH_CR_MER)) {
    case FLASH_CR_SER:
        op.code = FLASH_OP_SECTOR_ERASE;
        op.off = bank + ((cr >> FLASH_CR_SNB_SHIFT) & 0x7Fu) * NV_SECTOR_BYTES;
        op.len = NV_SECTOR_BYTES;
        break;
    case FLASH_CR_BER:
        op.code = FLASH_OP_BANK_ERASE;
        op.off = bank;
        op.len = FLASH_BANK_BYTES;
        break;
    case FLASH_CR_MER:
        op.code = FLASH_OP_MASS_ERASE;
        op.len = NV_FLASH_BYTES;
        break;
    default:
        break;
    }
    return op;
}

void flash_erase_request(struct dev_flash *flash, enum flash_world world, struct sim_attr attr)
{
    flash_operation_settle(flash);
    struct flash_operation op = flash_erase_asked(flash->cr[world]);
    if (op.code == FLASH_OP_NONE || flash->buffer.filled != 0) {
        flash_error(flash, world, FLASH_SR_PGSERR,
                    flash->buffer.filled != 0
                        ? "an erase was started while the write buffer is not empty"
                        : "an erase was started with not exactly one of SER, BER, MER, or with PG");
        return;
    }
    /* The request is for the world of the register, whoever wrote it. */
    const struct sim_attr asker = {.secure = world == FLASH_S, .privileged = attr.privileged};
    char why[160];
    for (uint32_t phys = op.off; phys < op.off + op.len; phys += NV_SECTOR_BYTES) {
        if (flash_erase_barred(flash, phys, asker, why, sizeof(why))) {
            flash_error(flash, world, FLASH_SR_WRPERR, "an erase was refused: %s", why);
            return;
        }
    }
    op.world = world;
    if (op.code == FLASH_OP_SECTOR_ERASE && flash_is_edata(flash->dev.chip->nv, op.off)) {
        op.space = FLASH_EDATA;
    }
    flash_operation_start(flash, &op);
}

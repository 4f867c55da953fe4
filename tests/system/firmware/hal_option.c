/* Option bytes and option-byte keys: unlock, write, wait, lock. */
#include "hal.h"

#define TIMEOUT_MS 1000u

#define OPTION_KEY_1 0x08192A3Bu
#define OPTION_KEY_2 0x4C5D6E7Fu
#define OBK_KEY_1    0x192A083Bu
#define OBK_KEY_2    0x6E7F4C5Du

#define OPTCR_OPTLOCK HAL_BIT(0)
#define OPTCR_OPTSTRT HAL_BIT(1)
#define OPTSR_BOR_LEV 3u
#define SR_PENDING    0xBu
#define SR_ERRORS     0x00FE0000u
#define CR_PG         HAL_BIT(1)

#define OBKCFGR_LOCK           HAL_BIT(0)
#define OBKCFGR_SWAP_SECT_REQ  HAL_BIT(1)
#define OBKCFGR_ALT_SECT       HAL_BIT(2)
#define OBKCFGR_ALT_SECT_ERASE HAL_BIT(3)
#define OBKCFGR_SWAP_OFF_POS   16u
#define OBK_ALL_SLOTS          0x1FFu

#define OBK_HDPL1_ADDR 0x0FFD0100u /* first slot of temporal isolation level 1 */

bool hal_step_option_bytes(void)
{
    if (!hal_check("FLASH_OPTCR.OPTLOCK", HAL_FLASH->optcr & OPTCR_OPTLOCK, OPTCR_OPTLOCK)) {
        return false;
    }
    HAL_FLASH->optkeyr = OPTION_KEY_1;
    HAL_FLASH->optkeyr = OPTION_KEY_2;
    if (!hal_check("FLASH_OPTCR.OPTLOCK", HAL_FLASH->optcr & OPTCR_OPTLOCK, 0)) {
        return false;
    }
    hal_modify(&HAL_FLASH->optsr_prg, OPTSR_BOR_LEV, 1u);
    hal_set(&HAL_FLASH->optcr, OPTCR_OPTSTRT);
    if (hal_wait("FLASH_NSSR", &HAL_FLASH->nssr, SR_PENDING, 0, TIMEOUT_MS) != HAL_OK ||
        !hal_check("FLASH_NSSR", HAL_FLASH->nssr & SR_ERRORS, 0) ||
        !hal_check("FLASH_OPTSR_PRG", HAL_FLASH->optsr_prg & OPTSR_BOR_LEV, 1u)) {
        return false;
    }
    hal_set(&HAL_FLASH->optcr, OPTCR_OPTLOCK);
    return hal_check("FLASH_OPTCR.OPTLOCK", HAL_FLASH->optcr & OPTCR_OPTLOCK, OPTCR_OPTLOCK);
}

static enum hal_status obk_wait(void)
{
    if (hal_wait("FLASH_SECSR", &HAL_FLASH->secsr, SR_PENDING, 0, TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    return hal_check("FLASH_SECSR", HAL_FLASH->secsr & SR_ERRORS, 0) ? HAL_OK : HAL_ERROR;
}

static enum hal_status obk_erase_alternate(void)
{
    hal_set(&HAL_FLASH->secobkcfgr, OBKCFGR_ALT_SECT_ERASE);
    return obk_wait();
}

static enum hal_status obk_program(const uint32_t quad[4])
{
    volatile uint32_t *to = (volatile uint32_t *)OBK_HDPL1_ADDR;
    hal_set(&HAL_FLASH->secobkcfgr, OBKCFGR_ALT_SECT);
    hal_set(&HAL_FLASH->seccr, CR_PG);
    for (unsigned i = 0; i < 4u; i++) {
        to[i] = quad[i];
    }
    const enum hal_status status = obk_wait();
    hal_clear(&HAL_FLASH->seccr, CR_PG);
    hal_clear(&HAL_FLASH->secobkcfgr, OBKCFGR_ALT_SECT);
    return status;
}

static enum hal_status obk_swap(void)
{
    hal_modify(&HAL_FLASH->secobkcfgr, OBK_ALL_SLOTS << OBKCFGR_SWAP_OFF_POS,
               OBK_ALL_SLOTS << OBKCFGR_SWAP_OFF_POS);
    hal_set(&HAL_FLASH->secobkcfgr, OBKCFGR_SWAP_SECT_REQ);
    return obk_wait();
}

bool hal_step_obk(void)
{
    static const uint32_t quad[4] = {0x00112233, 0x44556677, 0x8899AABB, 0xCCDDEEFF};
    HAL_FLASH->secobkkeyr = OBK_KEY_1;
    HAL_FLASH->secobkkeyr = OBK_KEY_2;
    if (!hal_check("FLASH_SECOBKCFGR.LOCK", HAL_FLASH->secobkcfgr & OBKCFGR_LOCK, 0) ||
        obk_erase_alternate() != HAL_OK || obk_program(quad) != HAL_OK || obk_swap() != HAL_OK) {
        return false;
    }
    hal_set(&HAL_FLASH->secobkcfgr, OBKCFGR_LOCK);
    uint32_t read[4];
    for (unsigned i = 0; i < 4u; i++) {
        read[i] = ((const volatile uint32_t *)OBK_HDPL1_ADDR)[i];
    }
    return hal_check("FLASH_SECOBKCFGR.LOCK", HAL_FLASH->secobkcfgr & OBKCFGR_LOCK, OBKCFGR_LOCK) &&
           hal_check_words("OBK", read, quad, 4);
}

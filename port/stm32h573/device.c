/*
 * What the device is and has been through: life cycle, id, cause of the reset, boot verdict.
 */
#include <string.h>

#include <garrison/port.h>

#include "layout.h"
#include "regs.h"

/* TAMP_BKP31R: kept across every reset but the loss of the backup supply. */
#define VERDICT_REGISTER 31u

enum port_reset_cause port_reset_cause(void)
{
    /* Every reset also pulls the pin, and older flags stay until cleared: the rarest one decides. */
    const uint32_t rsr = reg_read(RCC_RSR);
    if (rsr & (RCC_RSR_IWDGRSTF | RCC_RSR_WWDGRSTF)) {
        return PORT_RESET_WATCHDOG;
    }
    if (rsr & RCC_RSR_SFTRSTF) {
        return PORT_RESET_SOFTWARE;
    }
    if (rsr & RCC_RSR_BORRSTF) {
        return PORT_RESET_POWER;
    }
    return (rsr & RCC_RSR_PINRSTF) ? PORT_RESET_PIN : PORT_RESET_OTHER;
}

/** What debug authentication has opened of a closed part, if anything. */
static enum port_life_cycle with_debug(enum port_life_cycle closed)
{
    reg_set(RCC_APB3ENR, RCC_APB3ENR_SBSEN); /* the application may have stopped its clock */
    switch (reg_read(SBS_DBGCR) & SBS_DBGCR_OPEN_MASK) {
    case SBS_DBGCR_OPEN_ALL:
        return PORT_LIFE_SECURE_DEBUG;
    case SBS_DBGCR_OPEN_NS:
        return PORT_LIFE_DEBUG;
    default:
        return closed;
    }
}

enum port_life_cycle port_life_cycle(void)
{
    switch (FLASH_OPTSR_STATE(reg_read(FLASH_OPTSR_CUR))) {
    case FLASH_STATE_OPEN:
        return PORT_LIFE_OPEN;
    case FLASH_STATE_PROVISIONING:
    case FLASH_STATE_IROT_PROVISIONED:
        return PORT_LIFE_PROVISIONING;
    case FLASH_STATE_TZ_CLOSED:
        return with_debug(PORT_LIFE_TZ_CLOSED);
    case FLASH_STATE_CLOSED:
        return with_debug(PORT_LIFE_CLOSED);
    default:
        /* LOCKED, or a code that no code should ever see: nothing may be changed. */
        return PORT_LIFE_LOCKED;
    }
}

void port_device_id(uint8_t id[12])
{
    for (uint32_t i = 0; i < 3u; i++) {
        const uint32_t word = reg_read(UID_BASE + 4u * i);
        memcpy(id + 4u * i, &word, sizeof(word));
    }
}

void port_boot_verdict(uint32_t verdict)
{
    reg_set(RCC_APB3ENR, RCC_APB3ENR_RTCAPBEN);
    reg_set(PWR_DBPCR, PWR_DBPCR_DBP);
    reg_write(TAMP_BKPR(VERDICT_REGISTER), verdict);
}

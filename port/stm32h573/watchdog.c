/*
 * The watchdog of a trial: the IWDG, which nothing but a reset stops.
 */
#include <garrison/port.h>

#include "regs.h"

/* Values take three periods of the LSI, 3000 cycles; without a limit a dead LSI would hold the boot. */
#define UPDATE_POLLS 10000u

void port_watchdog_start(void)
{
    reg_write(IWDG_KR, IWDG_KR_START); /* first, since it turns the LSI on */
    reg_write(IWDG_KR, IWDG_KR_UNLOCK);
    reg_write(IWDG_PR, IWDG_PR_64);
    reg_write(IWDG_RLR, IWDG_RLR_MAX); /* 4096 * 64 / 32 kHz: 8.2 seconds */
    for (uint32_t poll = 0; poll < UPDATE_POLLS; poll++) {
        if ((reg_read(IWDG_SR) & IWDG_SR_UPDATES) == 0) {
            break;
        }
    }
    reg_write(IWDG_KR, IWDG_KR_REFRESH);
}

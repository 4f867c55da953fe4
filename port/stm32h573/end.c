/*
 * The two ways a Secure image ends without a successor.
 */
#include <garrison/port.h>

#include "regs.h"

_Noreturn void port_panic(const char *reason)
{
    __asm__ volatile("cpsid i" ::: "memory");
    port_log(reason);
    for (;;) {
        __asm__ volatile("wfi");
    }
}

_Noreturn void port_reset(void)
{
    __asm__ volatile("dsb 0xF" ::: "memory");
    reg_write(SCB_AIRCR, AIRCR_KEY | (reg_read(SCB_AIRCR) & AIRCR_PRIS) | AIRCR_SYSRESETREQ);
    __asm__ volatile("dsb 0xF" ::: "memory");
    for (;;) {
        __asm__ volatile("wfi");
    }
}

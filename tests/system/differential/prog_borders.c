/* Borders that both machines have: regions of the MPUs and of the SAU. */
#include "borders.h"

#define FIRST (WINDOW_S + 0x100u)
#define LAST  (WINDOW_S + 0x11Fu)

PROGRAM(border_of_a_read_only_region)
{
    borders_catch();
    mpu_region(0, 0, FIRST, LAST, MPU_RO_ANY);
    mpu_on(0);
    borders_try(&(struct border){.first = FIRST, .last = LAST, .upper = true});
}

/** All memory but the window is open to unprivileged Secure code; the window as said. */
static void open_all_but_window(void)
{
    mpu_region(0, 4, 0x30000000u, WINDOW_S - 1u, MPU_RW_ANY);
    mpu_region(0, 5, NS_FIRST, NS_LAST, MPU_RW_ANY);
    mpu_region(0, 1, WINDOW_S, FIRST - 1u, MPU_RW_ANY);
    mpu_region(0, 2, LAST + 1u, GATES - 1u, MPU_RW_ANY);
}

PROGRAM(border_of_a_privileged_region)
{
    borders_catch();
    open_all_but_window();
    mpu_region(0, 3, FIRST, LAST, MPU_RW_PRIV);
    mpu_on(0);
    borders_try(&(struct border){
        .first = FIRST, .last = LAST, .loads = true, .unprivileged = true, .upper = true});
}

PROGRAM(border_of_no_region)
{
    borders_catch();
    open_all_but_window();
    mpu_on(0);
    borders_try(&(struct border){
        .first = FIRST, .last = LAST, .loads = true, .unprivileged = true, .upper = true});
}

PROGRAM(border_of_overlapping_regions)
{
    borders_catch();
    mpu_region(0, 0, WINDOW_S + 0x80u, LAST, MPU_RW_ANY);
    mpu_region(0, 1, FIRST, WINDOW_S + 0x1FFu, MPU_RW_ANY);
    mpu_on(0);
    borders_try(&(struct border){.first = FIRST, .last = LAST, .loads = true, .upper = true});
}

PROGRAM(border_of_a_region_of_the_non_secure_mpu)
{
    borders_catch();
    mpu_region(NS, 0, WINDOW_NS + 0x100u, WINDOW_NS + 0x11Fu, MPU_RO_PRIV);
    mpu_on(NS);
    borders_try(&(struct border){.first = WINDOW_NS + 0x100u,
                                 .last = WINDOW_NS + 0x11Fu,
                                 .non_secure = true,
                                 .upper = true});
}

PROGRAM(border_of_the_sau)
{
    borders_catch();
    sau_region(1, NS_FIRST, WINDOW_NS + 0xFFu, 1);
    sau_region(2, WINDOW_NS + 0x120u, NS_LAST, 1);
    borders_try(&(struct border){.first = WINDOW_NS + 0x100u,
                                 .last = WINDOW_NS + 0x11Fu,
                                 .refusal = REFUSED_BY_SAU,
                                 .loads = true,
                                 .non_secure = true,
                                 .upper = true});
}

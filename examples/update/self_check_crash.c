/*
 * A version that crashes: it writes where nothing is.
 */
#include "self_check.h"

psa_status_t self_check(void)
{
    *(volatile uint32_t *)0x60000000u = 1;
    return PSA_SUCCESS;
}

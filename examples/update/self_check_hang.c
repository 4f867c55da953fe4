/*
 * A version that hangs: it waits for what never comes.
 */
#include "self_check.h"

#include <stdbool.h>

psa_status_t self_check(void)
{
    static volatile bool ready;
    while (!ready) {
    }
    return PSA_SUCCESS;
}

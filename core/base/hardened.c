#include "base/hardened.h"

bool hardened_ok(enum garrison_status status)
{
    if (hardened_launder((uint32_t)status) != (uint32_t)GARRISON_OK) {
        return false;
    }
    return hardened_launder(~(uint32_t)status) == ~(uint32_t)GARRISON_OK;
}

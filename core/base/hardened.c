#include "base/hardened.h"

bool hardened_ok(enum garrison_status status)
{
    if (hardened_launder((uint32_t)status) != (uint32_t)GARRISON_OK) {
        return false;
    }
    return hardened_launder(~(uint32_t)status) == ~(uint32_t)GARRISON_OK;
}

enum garrison_status hardened_both(bool first, bool second, enum garrison_status otherwise)
{
    const uint32_t differ = (uint32_t)otherwise ^ (uint32_t)GARRISON_OK;
    uint32_t status = (uint32_t)otherwise;
    if (first) {
        status = hardened_launder(status) ^ (differ & 0xFFFF0000u);
    }
    if (second) {
        status = hardened_launder(status) ^ (differ & 0x0000FFFFu);
    }
    return (enum garrison_status)status;
}

enum garrison_status hardened_equal(uint32_t a, uint32_t b, enum garrison_status otherwise)
{
    return hardened_both(hardened_launder(a) == b, hardened_launder(~a) == ~b, otherwise);
}

enum garrison_status hardened_at_most(uint32_t value, uint32_t limit,
                                      enum garrison_status otherwise)
{
    return hardened_both(hardened_launder(value) <= limit, hardened_launder(~value) >= ~limit,
                         otherwise);
}

enum garrison_status hardened_join(enum garrison_status first, enum garrison_status next)
{
    if (!hardened_ok(first)) {
        return first;
    }
    return (enum garrison_status)hardened_sum((uint32_t)first, (uint32_t)next);
}

uint32_t hardened_steps_off(const struct hardened_steps *steps, uint32_t expected)
{
    return (hardened_launder(steps->sum) - expected) |
           (hardened_launder(steps->negative) + hardened_launder(expected));
}

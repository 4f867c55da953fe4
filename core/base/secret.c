#include "base/secret.h"

#include <stdint.h>
#include <string.h>

void secret_wipe(void *data, size_t len)
{
    if (len == 0) {
        return;
    }
    memset(data, 0, len);
    /* The compiler must assume that this reads the memory. */
    __asm__ volatile("" : : "r"(data) : "memory");
}

__attribute__((noinline)) void secret_wipe_stack(size_t len)
{
    uint8_t part[SECRET_STACK_PART];
    if (len > sizeof part) {
        secret_wipe_stack(len - sizeof part);
    }
    secret_wipe(part, sizeof part); /* behind the call, which so has a frame of its own */
}

bool secret_equal(const void *a, const void *b, size_t len)
{
    const uint8_t *left = a;
    const uint8_t *right = b;
    uint32_t differ = 0;
    for (size_t i = 0; i < len; i++) {
        differ |= (uint32_t)(left[i] ^ right[i]);
        __asm__ volatile("" : "+r"(differ)); /* no early exit can be invented */
    }
    return differ == 0;
}

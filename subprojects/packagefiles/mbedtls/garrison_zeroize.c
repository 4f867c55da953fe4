/*
 * Wiping without the release's writable pointer to memset(): code that all partitions share has no
 * data, and a wipe that somebody else can redirect is none.
 */
#include <string.h>

#include "common.h"
#include "mbedtls/platform_util.h"

void mbedtls_platform_zeroize(void *buf, size_t len)
{
    if (len == 0) {
        return;
    }
    memset(buf, 0, len);
    /* The compiler must assume that this reads the memory. */
    __asm__ volatile("" : : "r"(buf) : "memory");
}

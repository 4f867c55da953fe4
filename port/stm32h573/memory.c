/*
 * What a compiler calls for copies and comparisons, small rather than fast: for the boot stages.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The compiler must not see what these loops are: it would call them. */
#define AS_WRITTEN __attribute__((optimize("no-tree-loop-distribute-patterns")))

AS_WRITTEN void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    const unsigned char *at = from;
    for (unsigned char *out = to; len > 0; len--) {
        *out++ = *at++;
    }
    return to;
}

AS_WRITTEN void *memmove(void *to, const void *from, size_t len)
{
    const unsigned char *at = from;
    unsigned char *out = to;
    const bool upwards = (uintptr_t)to < (uintptr_t)from;
    for (size_t i = 0; i < len; i++) {
        const size_t next = upwards ? i : len - 1u - i;
        out[next] = at[next];
    }
    return to;
}

AS_WRITTEN void *memset(void *to, int value, size_t len)
{
    for (unsigned char *out = to; len > 0; len--) {
        *out++ = (unsigned char)value;
    }
    return to;
}

AS_WRITTEN int memcmp(const void *a, const void *b, size_t len)
{
    const unsigned char *left = a;
    const unsigned char *right = b;
    for (; len > 0; len--, left++, right++) {
        if (*left != *right) {
            return *left < *right ? -1 : 1;
        }
    }
    return 0;
}

#include "vendor_number.h"

#include <stdio.h>
#include <string.h>

#define DIGITS (2u * VENDOR_NUMBER_BYTES)

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool vendor_number_parse(const char *text, size_t len, uint8_t number[VENDOR_NUMBER_BYTES])
{
    unsigned count = 0;
    memset(number, 0, VENDOR_NUMBER_BYTES);
    if (len < 3u || text[0] != '0' || (text[1] | 0x20) != 'x') {
        return false;
    }
    for (size_t i = len; i > 2u; i--) {
        const int value = digit_value(text[i - 1u]);
        if (text[i - 1u] == '_') {
            continue;
        }
        if (value < 0 || count == DIGITS) {
            return false;
        }
        number[count / 2u] |= (uint8_t)((unsigned)value << (4u * (count % 2u)));
        count++;
    }
    return count > 0;
}

/** Writes the `count` least significant bytes. */
static void write_bytes(const uint8_t number[VENDOR_NUMBER_BYTES], size_t count, bool groups,
                        char text[VENDOR_NUMBER_TEXT])
{
    int used = snprintf(text, VENDOR_NUMBER_TEXT, "0x");
    for (size_t i = count; i > 0; i--) {
        const bool gap = groups && i < count && i % 4u == 0;
        used += snprintf(text + used, VENDOR_NUMBER_TEXT - (size_t)used, "%s%02x", gap ? "_" : "",
                         number[i - 1u]);
    }
}

void vendor_number_text(const uint8_t number[VENDOR_NUMBER_BYTES], char text[VENDOR_NUMBER_TEXT])
{
    write_bytes(number, VENDOR_NUMBER_BYTES, true, text);
}

void vendor_number_short_text(const uint8_t number[VENDOR_NUMBER_BYTES],
                              char text[VENDOR_NUMBER_TEXT])
{
    size_t count = VENDOR_NUMBER_BYTES;
    while (count > 1u && number[count - 1u] == 0) {
        count--;
    }
    write_bytes(number, count, false, text);
}

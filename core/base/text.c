#include "base/text.h"

void text_start(struct text *text)
{
    text->used = 0;
    text->line[0] = '\0';
}

void text_add(struct text *text, const char *words)
{
    while (*words != '\0' && text->used < TEXT_LINE_BYTES - 1) {
        text->line[text->used] = *words;
        text->used++;
        words++;
    }
    text->line[text->used] = '\0';
}

void text_add_number(struct text *text, uint32_t number)
{
    char digits[sizeof "4294967295"];
    uint32_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        at--;
        digits[at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_add(text, &digits[at]);
}

void text_add_address(struct text *text, uint32_t number)
{
    char digits[sizeof "0x00000000"] = "0x";
    for (uint32_t i = 0; i < 8; i++) {
        digits[2u + i] = "0123456789ABCDEF"[number >> (28u - 4u * i) & 0xFu];
    }
    text_add(text, digits);
}

void text_add_version(struct text *text, uint32_t major, uint32_t minor, uint32_t revision)
{
    text_add_number(text, major);
    text_add(text, ".");
    text_add_number(text, minor);
    text_add(text, ".");
    text_add_number(text, revision);
}

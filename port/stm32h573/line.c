#include "line.h"

#include "image.h"

void line_start(struct line *line)
{
    line->used = 0;
    line->text[0] = '\0';
    line_add(line, image_name);
    line_add(line, ": ");
}

void line_add(struct line *line, const char *words)
{
    while (*words != '\0' && line->used < sizeof(line->text) - 1u) {
        line->text[line->used++] = *words++;
    }
    line->text[line->used] = '\0';
}

void line_add_hex(struct line *line, const char *words, uint32_t value)
{
    char digits[] = "0x00000000";
    for (unsigned i = 0; i < 8u; i++) {
        digits[2u + i] = "0123456789abcdef"[(value >> (28u - 4u * i)) & 0xFu];
    }
    line_add(line, words);
    line_add(line, digits);
}

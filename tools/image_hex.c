#include "image_hex.h"

#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "report.h"

#define RECORD_BYTES      16u
#define RECORD_CHARACTERS 44u /* a full record: colon, 4 + 16 + 1 bytes as digits, line end */
#define PAGE_BYTES        0x10000u

/** Secure and Non-secure addresses of the same cell differ in this bit. */
#define ALIAS_BIT 0x04000000u

enum hex_record { HEX_DATA = 0, HEX_END = 1, HEX_UPPER = 4 };

struct text {
    char *data;
    size_t len;
};

static void put_byte(struct text *text, uint8_t byte, uint8_t *sum)
{
    static const char digits[] = "0123456789ABCDEF";
    text->data[text->len++] = digits[byte >> 4];
    text->data[text->len++] = digits[byte & 15u];
    *sum = (uint8_t)(*sum + byte);
}

static void put_record(struct text *text, enum hex_record type, uint16_t addr, const uint8_t *data,
                       size_t len)
{
    uint8_t sum = 0;
    text->data[text->len++] = ':';
    put_byte(text, (uint8_t)len, &sum);
    put_byte(text, (uint8_t)(addr >> 8), &sum);
    put_byte(text, (uint8_t)addr, &sum);
    put_byte(text, (uint8_t)type, &sum);
    for (size_t i = 0; i < len; i++) {
        put_byte(text, data[i], &sum);
    }
    put_byte(text, (uint8_t)(0u - sum), &sum);
    text->data[text->len++] = '\n';
}

/** One part; the upper half of an address stands before its page, and no record crosses into it. */
static void put_part(struct text *text, const struct hex_part *part)
{
    size_t done = 0;
    while (done < part->len) {
        const uint32_t addr = part->addr + (uint32_t)done;
        if (done == 0 || addr % PAGE_BYTES == 0) {
            const uint8_t upper[2] = {(uint8_t)(addr >> 24), (uint8_t)(addr >> 16)};
            put_record(text, HEX_UPPER, 0, upper, sizeof upper);
        }
        const size_t left = part->len - done;
        const size_t len = left < RECORD_BYTES ? left : RECORD_BYTES;
        put_record(text, HEX_DATA, (uint16_t)addr, part->data + done, len);
        done += len;
    }
}

static int compare(const void *a, const void *b)
{
    const uint32_t left = ((const struct hex_part *)a)->addr;
    const uint32_t right = ((const struct hex_part *)b)->addr;
    return left < right ? -1 : left > right ? 1 : 0;
}

static int check_overlap(const struct hex_part *a, const struct hex_part *b)
{
    const uint64_t a_start = a->addr & ~ALIAS_BIT;
    const uint64_t b_start = b->addr & ~ALIAS_BIT;
    return a_start < b_start + b->len && b_start < a_start + a->len
               ? fail(EXIT_USAGE, "%s: at 0x%08lX it overlaps %s at 0x%08lX", b->name,
                      (unsigned long)b->addr, a->name, (unsigned long)a->addr)
               : EXIT_DONE;
}

int image_hex_write(const char *path, struct hex_part *part, size_t count)
{
    size_t room = RECORD_CHARACTERS;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            const int status = check_overlap(&part[k], &part[i]);
            if (status != EXIT_DONE) {
                return status;
            }
        }
        room += (part[i].len / RECORD_BYTES + part[i].len / PAGE_BYTES + 4u) * RECORD_CHARACTERS;
    }
    struct text text = {.data = malloc(room)};
    if (text.data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    qsort(part, count, sizeof *part, compare);
    for (size_t i = 0; i < count; i++) {
        put_part(&text, &part[i]);
    }
    put_record(&text, HEX_END, 0, NULL, 0);
    const int status = file_write(path, (const uint8_t *)text.data, text.len, FILE_REPLACE, 0644);
    free(text.data);
    return status;
}

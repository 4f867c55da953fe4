#include "boot/der.h"

#include <string.h>

#define TAG_INTEGER  0x02u
#define TAG_SEQUENCE 0x30u
#define NUMBER_BYTES 32u

/** What is left to read; `wrong` is sticky. */
struct reader {
    struct view rest;
    bool wrong;
};

static uint8_t read_byte(struct reader *reader)
{
    if (reader->wrong || reader->rest.len == 0) {
        reader->wrong = true;
        return 0;
    }
    uint8_t byte = reader->rest.data[0];
    reader->rest.data++;
    reader->rest.len--;
    return byte;
}

/** Reads tag and length of an element that must fit into what is left. */
static uint32_t read_head(struct reader *reader, uint8_t tag)
{
    uint8_t found = read_byte(reader);
    uint8_t len = read_byte(reader);
    if (found != tag || len >= 0x80 || len > reader->rest.len) {
        reader->wrong = true;
    }
    return len;
}

/** Reads an unsigned INTEGER into 32 bytes, right aligned. */
static void read_number(struct reader *reader, uint8_t number[NUMBER_BYTES])
{
    uint32_t len = read_head(reader, TAG_INTEGER);
    memset(number, 0, NUMBER_BYTES);
    if (reader->wrong || len == 0) {
        reader->wrong = true;
        return;
    }
    if (reader->rest.data[0] == 0) {
        (void)read_byte(reader);
        len--;
        if (len == 0 || reader->rest.data[0] < 0x80) {
            reader->wrong = true; /* zero, or a leading zero that no sign bit needs */
        }
    } else if (reader->rest.data[0] >= 0x80) {
        reader->wrong = true; /* negative */
    }
    if (len > NUMBER_BYTES) {
        reader->wrong = true;
        return;
    }
    for (uint32_t i = 0; i < len; i++) {
        number[NUMBER_BYTES - len + i] = read_byte(reader);
    }
}

enum garrison_status der_read_signature(struct view der, uint8_t raw[64])
{
    struct reader reader = {der, false};
    uint32_t len = read_head(&reader, TAG_SEQUENCE);
    if (len != reader.rest.len) {
        reader.wrong = true;
    }
    read_number(&reader, &raw[0]);
    read_number(&reader, &raw[NUMBER_BYTES]);
    if (reader.wrong || reader.rest.len != 0) {
        return GARRISON_ERROR_FORMAT;
    }
    return GARRISON_OK;
}

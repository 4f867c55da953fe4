#include "tools/token_item.h"

static struct token_item none(struct token_reader *reader)
{
    reader->bad = true;
    reader->rest.len = 0;
    return (struct token_item){.type = TOKEN_SIMPLE};
}

static uint8_t next_byte(struct token_reader *reader)
{
    if (reader->rest.len == 0) {
        reader->bad = true;
        return 0;
    }
    reader->rest.len--;
    return *reader->rest.data++;
}

/** The number of a head, which must be in its shortest form. */
static uint64_t head_value(struct token_reader *reader, uint8_t low)
{
    static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000u};
    uint64_t value = 0;
    if (low < 24) {
        return low;
    }
    if (low > 27) { /* reserved, or of no definite length */
        reader->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < 1u << (low - 24); i++) {
        value = value << 8 | next_byte(reader);
    }
    reader->bad = reader->bad || value < least[low - 24];
    return value;
}

struct token_item token_item(struct token_reader *reader)
{
    struct token_item item = {.type = TOKEN_SIMPLE};
    const uint8_t first = next_byte(reader);
    item.type = (enum token_type)(first >> 5);
    const uint8_t low = first & 31u;
    if (item.type == TOKEN_SIMPLE) {
        /* Floating point may be short: only false to undefined, and its three sizes. */
        const bool is_float = low >= 25 && low <= 27;
        for (unsigned i = 0; is_float && i < 1u << (low - 24); i++) {
            (void)next_byte(reader);
        }
        reader->bad = reader->bad || (!is_float && (low < 20 || low > 23));
        return reader->bad ? none(reader) : item;
    }
    item.value = head_value(reader, low);
    /* What a container holds takes a byte or more of each item, so that a count is bounded. */
    const bool counts = item.type >= TOKEN_BYTES && item.type <= TOKEN_MAP;
    if (reader->bad || (counts && item.value > reader->rest.len)) {
        return none(reader);
    }
    if (item.type == TOKEN_BYTES || item.type == TOKEN_TEXT) {
        item.string = (struct view){reader->rest.data, (uint32_t)item.value};
        reader->rest.data += item.value;
        reader->rest.len -= (uint32_t)item.value;
    }
    return item;
}

uint64_t token_item_value(struct token_reader *reader, enum token_type type)
{
    const struct token_item item = token_item(reader);
    if (reader->bad || item.type != type) {
        (void)none(reader);
        return 0;
    }
    return item.value;
}

struct view token_item_string(struct token_reader *reader, enum token_type type)
{
    const struct token_item item = token_item(reader);
    if (reader->bad || item.type != type) {
        (void)none(reader);
        return (struct view){NULL, 0};
    }
    return item.string;
}

int64_t token_item_number(struct token_reader *reader)
{
    const struct token_item item = token_item(reader);
    if (reader->bad || item.type > TOKEN_NEGATIVE || item.value > INT64_MAX) {
        (void)none(reader);
        return 0;
    }
    return item.type == TOKEN_UNSIGNED ? (int64_t)item.value : -1 - (int64_t)item.value;
}

void token_item_skip(struct token_reader *reader)
{
    /* Each item takes a byte, so the loop ends with the bytes, and the sum is at most twice them. */
    for (uint64_t open = 1; open > 0 && !reader->bad; open--) {
        const struct token_item item = token_item(reader);
        open += item.type == TOKEN_ARRAY ? item.value : 0;
        open += item.type == TOKEN_MAP ? 2 * item.value : 0;
        open += item.type == TOKEN_TAG ? 1 : 0;
    }
}

#include "token/cbor.h"

#include <cbor/encoding.h>

/** Where the next item goes, and what is left there; nothing is left once something did not fit. */
static uint8_t *next(const struct room *room)
{
    return room->data + room->used;
}

static size_t left(const struct room *room)
{
    return room->full ? 0 : room->size - room->used;
}

/** Takes what the encoder says it wrote: 0 bytes when the item did not fit. */
static void take(struct room *room, size_t written)
{
    room->full = room->full || written == 0;
    room->used += (uint32_t)written;
}

void cbor_put_int(struct room *room, int64_t value)
{
    if (value < 0) {
        take(room, cbor_encode_negint((uint64_t)(-1 - value), next(room), left(room)));
        return;
    }
    take(room, cbor_encode_uint((uint64_t)value, next(room), left(room)));
}

void cbor_put_bytes_head(struct room *room, uint32_t len)
{
    take(room, cbor_encode_bytestring_start(len, next(room), left(room)));
}

void cbor_put_bytes(struct room *room, struct view bytes)
{
    cbor_put_bytes_head(room, bytes.len);
    room_append(room, bytes);
}

void cbor_put_text(struct room *room, struct view text)
{
    take(room, cbor_encode_string_start(text.len, next(room), left(room)));
    room_append(room, text);
}

void cbor_put_array(struct room *room, uint32_t count)
{
    take(room, cbor_encode_array_start(count, next(room), left(room)));
}

void cbor_put_map(struct room *room, uint32_t count)
{
    take(room, cbor_encode_map_start(count, next(room), left(room)));
}

void cbor_put_tag(struct room *room, uint32_t tag)
{
    take(room, cbor_encode_tag(tag, next(room), left(room)));
}

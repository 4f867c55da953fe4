/*
 * The two buffer types of the core: bytes to be read, and room to be filled.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Bytes that somebody else owns. */
struct view {
    const uint8_t *data;
    uint32_t len; /**< Bytes. */
};

/** Room that somebody else owns. Appending too much adds nothing and sets `full`, which stays. */
struct room {
    uint8_t *data;
    uint32_t size; /**< Bytes there are. */
    uint32_t used; /**< Bytes filled, from the start. */
    bool full;     /**< Something did not fit. */
};

static inline struct room room_of(uint8_t *data, uint32_t size)
{
    struct room room = {.data = data, .size = size};
    return room;
}

static inline void room_append(struct room *room, struct view bytes)
{
    if (room->full || bytes.len > room->size - room->used) {
        room->full = true;
        return;
    }
    if (bytes.len > 0) {
        memcpy(room->data + room->used, bytes.data, bytes.len);
        room->used += bytes.len;
    }
}

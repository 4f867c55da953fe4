/*
 * CBOR (RFC 8949) into a buffer, by libcbor's streaming encoder: no heap, definite lengths, each
 * number in its shortest form.
 *
 * An item that does not fit is left out and sets `full` of the room, which stays: it is looked at
 * once, at the end.
 */
#pragma once

#include <stdint.h>

#include "base/view.h"

void cbor_put_int(struct room *room, int64_t value);

/** A byte string. */
void cbor_put_bytes(struct room *room, struct view bytes);

/** A text string. @param text  UTF-8, which is not checked */
void cbor_put_text(struct room *room, struct view text);

/** The head of an array; its `count` items follow. */
void cbor_put_array(struct room *room, uint32_t count);

/** The head of a map; its `count` pairs follow. */
void cbor_put_map(struct room *room, uint32_t count);

/** The head of a byte string; its `len` bytes follow. */
void cbor_put_bytes_head(struct room *room, uint32_t len);

/** A tag; what is tagged follows. */
void cbor_put_tag(struct room *room, uint32_t tag);

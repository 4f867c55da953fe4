/*
 * Items of CBOR (RFC 8949), one after the other, with a sticky error: once something was wrong, there is
 * nothing more to be read.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/view.h"

/** Major types. */
enum token_type {
    TOKEN_UNSIGNED = 0,
    TOKEN_NEGATIVE = 1,
    TOKEN_BYTES = 2,
    TOKEN_TEXT = 3,
    TOKEN_ARRAY = 4,
    TOKEN_MAP = 5,
    TOKEN_TAG = 6,
    TOKEN_SIMPLE = 7,
};

struct token_reader {
    struct view rest; /**< Not read yet. */
    bool bad;
};

/** An item: of an array or a map its head, of a string all of it. */
struct token_item {
    enum token_type type;
    uint64_t value;     /**< Number, length, count of items or of pairs. */
    struct view string; /**< Of a string. */
};

/** Reads an item; TOKEN_SIMPLE with `bad` set when there is none that is well formed. */
struct token_item token_item(struct token_reader *reader);

/** Reads an item that must be of a type. @return its value; 0 when it is bad */
uint64_t token_item_value(struct token_reader *reader, enum token_type type);
struct view token_item_string(struct token_reader *reader, enum token_type type);

/** Reads a number, negative or not, that fits. */
int64_t token_item_number(struct token_reader *reader);

/** Passes over an item with all that it holds. */
void token_item_skip(struct token_reader *reader);

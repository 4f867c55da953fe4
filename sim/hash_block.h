/*
 * The hash functions of the HASH block, one block of the message at a time.
 *
 * The block pads and counts by itself, bit by bit, so a hash is only its state here: up to sixteen
 * words, most significant half first for the 64-bit functions, as the digest registers show them.
 */
#pragma once

#include <stdint.h>

#define HASH_STATE_WORDS     16u
#define HASH_BLOCK_WORDS_MAX 32u

struct hash_function {
    uint8_t code;                     /**< HASH_CR.ALGO. */
    uint8_t block_words;              /**< Words of a block: 16 or 32. */
    uint8_t digest_words;             /**< Words of the digest: 5 to 16. */
    uint8_t state_words;              /**< Words of the state: 5, 8 or 16. */
    uint32_t start[HASH_STATE_WORDS]; /**< The initial state. */
};

/** The function with that code; SHA-1 for a code that is reserved [U]. */
const struct hash_function *hash_function(unsigned code);

/** Works one block, `function->block_words` words, into the state. */
void hash_block(const struct hash_function *function, uint32_t state[HASH_STATE_WORDS],
                const uint32_t *block);

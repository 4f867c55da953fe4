/*
 * Hashes by the HASH block: SHA-1 and the SHA-2 family, any number of messages at a time.
 *
 * The block holds one message, so a call that gives it words loads the message's state before and
 * saves it behind, and leaves nothing in the block. `memory` is what follows the struct
 * garrison_hash in the context that the algorithm needs: small up to SHA-256, large above.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison_hash.h>

enum hash_algorithm {
    HASH_SHA_1,
    HASH_SHA_224,
    HASH_SHA_256,
    HASH_SHA_384,
    HASH_SHA_512_224,
    HASH_SHA_512_256,
    HASH_SHA_512,
};

void hash_start(struct garrison_hash *hash, enum hash_algorithm algorithm);

/** @return false: the block does not answer, and the hash cannot go on */
bool hash_add(struct garrison_hash *hash, uint32_t *memory, const uint8_t *data, size_t len);

/**
 * Ends a message; the context may be started again.
 * @param digest  as many bytes as the algorithm's digest has
 * @return false: the block does not answer; there is no digest
 */
bool hash_finish(struct garrison_hash *hash, uint32_t *memory, uint8_t *digest);

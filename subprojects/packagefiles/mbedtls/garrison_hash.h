/*
 * What is kept of a hash between two calls when the chip's HASH block computes it: the alternative
 * contexts of Mbed TLS's SHA-1, SHA-224 and SHA-256, and of SHA-384 and SHA-512.
 *
 * The block can hold one message; its state is saved in words that only it understands, and bytes
 * that it cannot take yet are kept beside them.
 */
#pragma once

#include <stdint.h>

/* Words that hold the state of a message without HMAC; as many as Linux's driver saves. */
#define GARRISON_HASH_SAVED_SMALL 38u
#define GARRISON_HASH_SAVED_LARGE 91u

/* A block, and the word behind it with which the hardware begins to work on it. */
#define GARRISON_HASH_KEPT_SMALL 17u
#define GARRISON_HASH_KEPT_LARGE 33u

struct garrison_hash {
    uint32_t algorithm; /**< The port's number for it. */
    uint32_t len;       /**< Bytes kept. */
    uint32_t begun;     /**< Not 0: words were given to the block, and its state is saved. */
};

struct garrison_hash_small {
    struct garrison_hash hash;
    uint32_t memory[GARRISON_HASH_SAVED_SMALL + GARRISON_HASH_KEPT_SMALL];
};

struct garrison_hash_large {
    struct garrison_hash hash;
    uint32_t memory[GARRISON_HASH_SAVED_LARGE + GARRISON_HASH_KEPT_LARGE];
};

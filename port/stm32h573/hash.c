#include "hash.h"

#include <string.h>

#include "regs.h"

/* A block of a message takes less than a hundred cycles. */
#define POLLS_MAX 100000u

/* Bytes, most significant first: words of memory go in as they are. */
#define CR_BYTES    (2u << 4)
#define CR_ALGO(n)  ((uint32_t)(n) << 17)
#define WORD_BYTES  4u
#define WORDS(bits) ((bits) / 32u)

static const struct function {
    uint32_t algo;   /**< CR.ALGO. */
    uint32_t saved;  /**< Words of its state. */
    uint32_t block;  /**< Words of a block. */
    uint32_t digest; /**< Words of the digest. */
} functions[] = {
    [HASH_SHA_1] = {CR_ALGO(0), GARRISON_HASH_SAVED_SMALL, 16, WORDS(160)},
    [HASH_SHA_224] = {CR_ALGO(2), GARRISON_HASH_SAVED_SMALL, 16, WORDS(224)},
    [HASH_SHA_256] = {CR_ALGO(3), GARRISON_HASH_SAVED_SMALL, 16, WORDS(256)},
    [HASH_SHA_384] = {CR_ALGO(12), GARRISON_HASH_SAVED_LARGE, 32, WORDS(384)},
    [HASH_SHA_512_224] = {CR_ALGO(13), GARRISON_HASH_SAVED_LARGE, 32, WORDS(224)},
    [HASH_SHA_512_256] = {CR_ALGO(14), GARRISON_HASH_SAVED_LARGE, 32, WORDS(256)},
    [HASH_SHA_512] = {CR_ALGO(15), GARRISON_HASH_SAVED_LARGE, 32, WORDS(512)},
};

static const struct function *function_of(const struct garrison_hash *hash)
{
    return &functions[hash->algorithm];
}

static bool block_wait(uint32_t flag)
{
    for (uint32_t poll = 0; poll < POLLS_MAX; poll++) {
        if ((reg_read(HASH_SR) & (HASH_SR_BUSY | flag)) == flag) {
            return true;
        }
    }
    return false;
}

/** Begins a message, or goes on with one. */
static void block_load(const struct garrison_hash *hash, const uint32_t *memory)
{
    const struct function *function = function_of(hash);
    reg_write(HASH_CR, function->algo | CR_BYTES | HASH_CR_INIT);
    for (uint32_t i = 0; hash->begun && i < function->saved; i++) {
        reg_write(HASH_CSR(i), memory[i]);
    }
}

/** Nothing of the message stays in the block. */
static void block_clear(void)
{
    reg_write(HASH_CR, HASH_CR_INIT);
}

static void block_save(struct garrison_hash *hash, uint32_t *memory)
{
    for (uint32_t i = 0; i < function_of(hash)->saved; i++) {
        memory[i] = reg_read(HASH_CSR(i));
    }
    hash->begun = 1;
}

static void block_give(const uint8_t *data, uint32_t words)
{
    for (size_t i = 0; i < words; i++) {
        uint32_t word;
        memcpy(&word, data + WORD_BYTES * i, WORD_BYTES);
        reg_write(HASH_DIN, word);
    }
}

/**
 * Bytes after which the state can be saved: the block works when it gets the first word of the next
 * one, and only then is ready.
 */
static uint32_t step_bytes(const struct garrison_hash *hash)
{
    return WORD_BYTES * (function_of(hash)->block + (hash->begun ? 0 : 1u));
}

void hash_start(struct garrison_hash *hash, enum hash_algorithm algorithm)
{
    *hash = (struct garrison_hash){.algorithm = algorithm};
}

bool hash_add(struct garrison_hash *hash, uint32_t *memory, const uint8_t *data, size_t len)
{
    uint8_t *const kept = (uint8_t *)&memory[function_of(hash)->saved];
    bool given = true;
    if (len >= step_bytes(hash) - hash->len) {
        block_load(hash, memory);
        while (given && len >= step_bytes(hash) - hash->len) {
            const uint32_t step = step_bytes(hash);
            const uint32_t taken = step - hash->len;
            if (hash->len > 0) {
                memcpy(kept + hash->len, data, taken);
            }
            block_give(hash->len > 0 ? kept : data, step / WORD_BYTES);
            given = block_wait(HASH_SR_DINIS);
            data += taken;
            len -= taken;
            hash->len = 0;
            hash->begun = 1;
        }
        block_save(hash, memory);
        block_clear();
    }
    if (given && len > 0) {
        memcpy(kept + hash->len, data, len);
        hash->len += (uint32_t)len;
    }
    return given;
}

bool hash_finish(struct garrison_hash *hash, uint32_t *memory, uint8_t *digest)
{
    const struct function *function = function_of(hash);
    uint8_t *const kept = (uint8_t *)&memory[function->saved];
    memset(kept + hash->len, 0, step_bytes(hash) - hash->len);
    block_load(hash, memory);
    block_give(kept, (hash->len + WORD_BYTES - 1u) / WORD_BYTES);
    reg_write(HASH_STR, 8u * (hash->len % WORD_BYTES)); /* valid bits of the last word; 0: all */
    reg_set(HASH_STR, HASH_STR_DCAL);
    const bool done = block_wait(HASH_SR_DCIS);
    for (uint32_t i = 0; done && i < function->digest; i++) {
        const uint32_t word = reg_read(HASH_HR(i));
        for (uint32_t byte = 0; byte < WORD_BYTES; byte++) {
            digest[WORD_BYTES * i + byte] = (uint8_t)(word >> (24u - 8u * byte));
        }
    }
    block_clear();
    return done;
}

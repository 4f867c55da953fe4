/*
 * The chaining modes of AES and SAES, one block at a time.
 *
 * A block is sixteen bytes in the order of the standards: byte 0 is the most significant byte of
 * the register with the highest number. The caller splits a message into blocks and phases; what
 * must live from one block to the next stands in struct aes_chain, and is all that suspending a
 * message has to save.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define AES_BLOCK_BYTES 16u

/** CR.CHMOD. */
enum aes_mode { AES_ECB = 0, AES_CBC, AES_CTR, AES_GCM, AES_CCM };

/** CR.GCMPH. */
enum aes_phase { AES_PHASE_INIT = 0, AES_PHASE_HEADER, AES_PHASE_PAYLOAD, AES_PHASE_FINAL };

struct aes_key {
    uint8_t bytes[32];
    unsigned len; /**< 16 or 32. */
};

struct aes_chain {
    uint8_t iv[AES_BLOCK_BYTES];       /**< IVR3 to IVR0: vector, or counter block of the next. */
    uint8_t hash_key[AES_BLOCK_BYTES]; /**< H of GCM. */
    uint8_t mac[AES_BLOCK_BYTES];      /**< GHASH or CBC-MAC so far. */
};

/** How one block is to be worked. */
struct aes_step {
    enum aes_mode mode;
    enum aes_phase phase;
    bool decrypt;
    unsigned padding; /**< Bytes at the end of the block that are not payload: CR.NPBLB. */
};

/** One block under the bare cipher; `out` may be `in`. */
void aes_cipher(const struct aes_key *key, bool decrypt, const uint8_t in[AES_BLOCK_BYTES],
                uint8_t out[AES_BLOCK_BYTES]);

/**
 * Works one block as `step` says. GCM and CCM ignore `in` in the initial phase, CCM also in the
 * final one; `out` means something for payload, final tag and the modes without phases only.
 */
void aes_chain_work(struct aes_chain *chain, const struct aes_key *key, const struct aes_step *step,
                    const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES]);

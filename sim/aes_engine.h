/*
 * What AES and SAES have in common: registers, the flow of blocks and phases, software keys.
 *
 * A block of four words goes in through DINR, is worked for a while, sets CCF and comes out through
 * DOUTR. The two devices differ in a const struct aes_variant, whose functions know about key
 * sources, wrapped and shared keys.
 */
#pragma once

#include <stddef.h>

#include "aes_chain.h"
#include "device.h"

#define AES_CR    0x00u
#define AES_SR    0x04u
#define AES_DINR  0x08u
#define AES_DOUTR 0x0cu
#define AES_KEYR0 0x10u
#define AES_KEYR4 0x30u
#define AES_IVR0  0x20u
#define AES_SUSPR 0x40u
#define AES_IER   0x300u
#define AES_ISR   0x304u
#define AES_ICR   0x308u

#define AES_CR_EN        (1u << 0)
#define AES_CR_DATATYPE  (3u << 1)
#define AES_CR_MODE      (3u << 3)
#define AES_CR_CHMOD     (1u << 16 | 3u << 5)
#define AES_CR_DMAIN     (1u << 11)
#define AES_CR_DMAOUT    (1u << 12)
#define AES_CR_DMA       (AES_CR_DMAIN | AES_CR_DMAOUT)
#define AES_CR_GCMPH     (3u << 13)
#define AES_CR_KEYSIZE   (1u << 18)
#define AES_CR_KEYPROT   (1u << 19)
#define AES_CR_NPBLB     (0xfu << 20)
#define AES_CR_KMOD      (3u << 24)
#define AES_CR_KMOD_WRAP (1u << 24)
#define AES_CR_KMOD_LEND (2u << 24)
#define AES_CR_KSHAREID  (3u << 26)
#define AES_CR_KEYSEL    (7u << 28)
#define AES_CR_IPRST     (1u << 31)

/** The bits of CR that both devices have. */
#define AES_CR_COMMON                                                                              \
    (AES_CR_EN | AES_CR_DATATYPE | AES_CR_MODE | AES_CR_CHMOD | AES_CR_DMA | AES_CR_GCMPH |        \
     AES_CR_KEYSIZE | AES_CR_NPBLB | AES_CR_KMOD)

#define AES_ISR_CCF    (1u << 0)
#define AES_ISR_RWEIF  (1u << 1)
#define AES_ISR_KEIF   (1u << 2)
#define AES_ISR_RNGEIF (1u << 3)

#define AES_KEY_WORDS 8u

/** CR.MODE. */
enum aes_operation { AES_ENCRYPT = 0, AES_PREPARE_KEY, AES_DECRYPT };

/** Where the block under way is. */
enum aes_stage {
    AES_STAGE_IDLE = 0, /**< EN is 0. */
    AES_STAGE_INPUT,    /**< Words are taken through DINR. */
    AES_STAGE_WORK,     /**< The block is worked. */
    AES_STAGE_OUTPUT,   /**< Words are given through DOUTR. */
};

/** What makes SR.BUSY one. */
enum aes_busy {
    AES_BUSY_NONE = 0,
    AES_BUSY_BLOCK,  /**< A block or a key preparation. */
    AES_BUSY_RANDOM, /**< SAES fetches a random number. */
    AES_BUSY_KEY,    /**< SAES loads a hardware key. */
    AES_BUSY_FROZEN, /**< Until IPRST. */
};

struct aes_engine;

/** What distinguishes the two devices. Functions may be NULL. */
struct aes_variant {
    uint32_t cr_mask;        /**< Bits of CR that exist, IPRST apart. */
    uint32_t isr_mask;       /**< Bits of IER, ISR and ICR that exist. */
    uint32_t key_locks;      /**< Bits of CR that keep software from writing the key registers. */
    uint16_t block_ticks[2]; /**< To work one block, by KEYSIZE. */
    uint16_t hash_ticks;     /**< To work one block into GHASH. */

    /** Whether EN may be set, key and phase apart. */
    bool (*may_start)(const struct aes_engine *engine);
    /** Whether the engine works at EN, without a block through DINR. */
    bool (*works_alone)(const struct aes_engine *engine);
    /** CR has changed from `before`, before EN takes effect. */
    void (*configured)(struct aes_engine *engine, uint32_t before, bool secure);
    /** Takes a worked block away from DOUTR; false leaves it there. */
    bool (*take_output)(struct aes_engine *engine, const uint8_t out[AES_BLOCK_BYTES]);
    /** BUSY for anything but a block has ended. */
    void (*busy_ended)(struct aes_engine *engine, enum aes_busy what);
    /** Flags of ISR have been cleared by software. */
    void (*flags_cleared)(struct aes_engine *engine, uint32_t flags);
    /** Software has released IPRST. */
    void (*released)(struct aes_engine *engine);
};

/** First member of either device's own struct. */
struct aes_engine {
    struct sim_device dev;
    const struct aes_variant *variant;
    uint32_t cr, sr, ier, isr;    /**< Of SR, only RDERR and WRERR. */
    uint32_t keyr[AES_KEY_WORDS]; /**< KEYR0 is the least significant word. */
    unsigned key_step;            /**< Key registers written in order so far. */
    bool key_down;                /**< In descending order. */
    bool key_valid;
    bool key_prepared; /**< For the decryption of ECB and CBC. */
    struct aes_chain chain;
    enum aes_stage stage;
    uint8_t block[AES_BLOCK_BYTES]; /**< Going in or coming out. */
    size_t words;                   /**< Of `block` that have gone. */
    enum aes_busy busy;
    uint64_t busy_until; /**< SIM_NEVER for an end that only IPRST brings. */
};

/* The functions of struct sim_device_ops, for either device to call. */
void aes_engine_reset(struct aes_engine *engine);
uint32_t aes_engine_read(struct aes_engine *engine, const struct sim_txn *txn);
void aes_engine_write(struct aes_engine *engine, const struct sim_txn *txn, uint32_t value);
void aes_engine_event(struct aes_engine *engine, uint64_t now);
bool aes_engine_dma_request(const struct sim_device *dev, bool to_device);

/* For a variant's functions. */

/** Bytes of the key: 16 or 32. */
unsigned aes_engine_key_len(const struct aes_engine *engine);
/** The key as the standards write it, from the key registers. */
void aes_engine_key(const struct aes_engine *engine, struct aes_key *key);
/** Fills the key registers and makes the key valid, unless KEIF is pending. */
void aes_engine_load_key(struct aes_engine *engine, const uint32_t keyr[AES_KEY_WORDS]);
void aes_engine_erase_key(struct aes_engine *engine);
/** Erases the key, clears EN and raises KEIF; `why` goes to the journal. */
void aes_engine_key_error(struct aes_engine *engine, const char *why);
void aes_engine_set_busy(struct aes_engine *engine, enum aes_busy what, uint64_t until);
/** Drives interrupt and deadline; after every change that does not come through the above. */
void aes_engine_update(struct aes_engine *engine);

/** CR's fields. */
static inline enum aes_mode aes_engine_mode(const struct aes_engine *engine)
{
    const uint32_t chmod = (engine->cr >> 5 & 3u) | (engine->cr >> 14 & 4u);
    return chmod <= AES_CCM ? (enum aes_mode)chmod : AES_ECB; /* [U] for reserved ones. */
}

static inline uint32_t aes_engine_operation(const struct aes_engine *engine)
{
    return engine->cr >> 3 & 3u;
}

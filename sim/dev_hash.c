/*
 * HASH: SHA-1, the SHA-2 family and HMAC over them, bit by bit as the block does it.
 *
 * A block of the message is worked in when the first word of the next one is written; DCAL pads
 * and works in the rest. Writing while BUSY waits on the chip's bus; here the work is then done at
 * once. HMAC takes key, message and key again, each ended by DCAL, or by the end of a DMA transfer
 * unless MDMAT says that another one follows.
 */
#include <string.h>

#include "dev.h"
#include "dev_reg.h"
#include "hash_block.h"

#define CR     0x00u
#define DIN    0x04u
#define STR    0x08u
#define HRA0   0x0cu
#define HRA4   0x1cu
#define IMR    0x20u
#define SR     0x24u
#define CSR0   0xf8u
#define CSR102 0x290u
#define HR0    0x310u
#define HR15   0x34cu

#define CR_INIT         (1u << 2)
#define CR_DMAE         (1u << 3)
#define CR_DATATYPE(cr) ((cr) >> 4 & 3u)
#define CR_MODE         (1u << 6)
#define CR_MDMAT        (1u << 13)
#define CR_LKEY         (1u << 16)
#define CR_ALGO(cr)     ((cr) >> 17 & 0xfu)
#define CR_MASK         0x001f2078u
#define STR_NBLW        0x1fu
#define STR_DCAL        (1u << 8)
#define SR_DINIS        (1u << 0)
#define SR_DCIS         (1u << 1)
#define SR_DMAS         (1u << 2)
#define SR_BUSY         (1u << 3)
#define SR_DINNE        (1u << 15)

#define CSR_WORDS  103u
#define FIFO_WORDS (HASH_BLOCK_WORDS_MAX + 1u)

/* Ticks to work in one block. [U] Only their order of magnitude is meant. */
#define HASH_BLOCK_TICKS 66u

/* Steps of HMAC. */
enum { STEP_INNER_KEY, STEP_MESSAGE, STEP_OUTER_KEY };

/* Fields of `control`. */
#define CONTROL_ALGO  0xfu
#define CONTROL_HMAC  (1u << 4)
#define CONTROL_LKEY  (1u << 5)
#define CONTROL_DINNE (1u << 6)

/*
 * All that a computation needs to go on, as words: HASH_CSR0 onwards read and write them. [U] The
 * part's own layout is not known; software only saves and restores it. Without HMAC, SHA-256 needs
 * the first 38 words and SHA-512 the first 91.
 */
struct hash_live {
    uint32_t control;
    uint32_t step;   /* Of HMAC. */
    uint32_t blocks; /* Worked in so far. */
    uint32_t count;  /* Words in `fifo`. */
    uint32_t state[HASH_STATE_WORDS];
    uint32_t fifo[FIFO_WORDS];
    uint32_t inner[HASH_STATE_WORDS]; /* Digest of HMAC's inner hash. */
};
_Static_assert(sizeof(struct hash_live) <= CSR_WORDS * 4u, "the context fits its registers");

struct hash {
    struct sim_device dev;
    uint32_t cr, str, imr, sr;
    uint32_t digest[HASH_STATE_WORDS];
    struct hash_live live;
    uint32_t outcome; /* Flag to set when the work under way is done. */
    uint64_t idle_at; /* When it is done; SIM_NEVER: not busy. */
    uint32_t work;    /* Blocks worked in by the present write. */
};

static const struct hash_function *hash_which(const struct hash *hash)
{
    return hash_function(hash->live.control & CONTROL_ALGO);
}

static bool hash_dma_request(const struct sim_device *dev, bool to_device)
{
    const struct hash *hash = (const struct hash *)dev;
    return to_device && (hash->cr & CR_DMAE) && hash->idle_at == SIM_NEVER;
}

static void hash_update(struct hash *hash)
{
    chip_irq(hash->dev.chip, hash->dev.row->irq[0],
             (hash->sr & hash->imr & (SR_DINIS | SR_DCIS)) != 0);
    chip_deadline(hash->dev.chip, &hash->dev, hash->idle_at);
    if (hash_dma_request(&hash->dev, true)) {
        gpdma_wake(hash->dev.chip);
    }
}

/* ---- computation ---------------------------------------------------------------------------- */

static void hash_begin(struct hash *hash)
{
    memcpy(hash->live.state, hash_which(hash)->start, sizeof hash->live.state);
    hash->live.blocks = 0;
}

static void hash_work(struct hash *hash, const uint32_t *block)
{
    hash_block(hash_which(hash), hash->live.state, block);
    hash->live.blocks++;
    hash->work++;
}

/* Busy for the blocks worked in; then `outcome` is set. */
static void hash_busy(struct hash *hash, uint32_t outcome)
{
    hash->outcome = outcome;
    hash->sr &= ~(SR_DINIS | SR_DCIS);
    hash->idle_at = hash->dev.chip->now + (uint64_t)HASH_BLOCK_TICKS * hash->work;
    hash->work = 0;
}

static void hash_done(struct hash *hash)
{
    if (hash->idle_at != SIM_NEVER) {
        hash->idle_at = SIM_NEVER;
        hash->sr |= hash->outcome;
    }
}

/* Bits of the message in the FIFO, whose last word has `nblw` of them; 0 means all 32. */
static uint32_t hash_fifo_bits(const struct hash_live *live, uint32_t nblw)
{
    if (live->count == 0) {
        return 0;
    }
    return 32u * live->count - (nblw != 0 ? 32u - nblw : 0);
}

/* Pads (FIPS 180-4, section 5.1) and works in what is left; the digest is then in `state`. */
static void hash_finish(struct hash *hash, uint32_t nblw)
{
    struct hash_live *live = &hash->live;
    const uint32_t block = hash_which(hash)->block_words;
    const uint32_t bits = hash_fifo_bits(live, nblw);
    const uint64_t total = (uint64_t)live->blocks * block * 32u + bits;
    const uint32_t length_words = block / 8u;
    uint32_t rest[2u * HASH_BLOCK_WORDS_MAX] = {0};

    memcpy(rest, live->fifo, live->count * sizeof rest[0]);
    if (bits % 32u != 0) {
        rest[bits / 32u] &= ~(0xffffffffu >> bits % 32u);
    }
    rest[bits / 32u] |= 0x80000000u >> bits % 32u;
    const uint32_t end = bits / 32u + 1u + length_words <= block ? block : 2u * block;
    rest[end - 2u] = (uint32_t)(total >> 32);
    rest[end - 1u] = (uint32_t)total;
    for (uint32_t i = 0; i < end; i += block) {
        hash_work(hash, &rest[i]);
    }
    live->count = 0;
}

/* The key as a block (FIPS 198-1): as written, or its digest when it is longer than a block. */
static void hash_key_block(struct hash *hash, uint32_t nblw, uint32_t key[HASH_BLOCK_WORDS_MAX])
{
    struct hash_live *live = &hash->live;
    memset(key, 0, HASH_BLOCK_WORDS_MAX * sizeof key[0]);
    if (live->control & CONTROL_LKEY) {
        hash_finish(hash, nblw);
        memcpy(key, live->state, hash_which(hash)->digest_words * sizeof key[0]);
        return;
    }
    const uint32_t bits = hash_fifo_bits(live, nblw);
    memcpy(key, live->fifo, live->count * sizeof key[0]);
    if (bits % 32u != 0) {
        key[bits / 32u] &= ~(0xffffffffu >> bits % 32u);
    }
    live->count = 0;
}

static void hash_keyed_begin(struct hash *hash, uint32_t nblw, uint32_t pad)
{
    uint32_t key[HASH_BLOCK_WORDS_MAX];
    hash_key_block(hash, nblw, key);
    for (unsigned i = 0; i < HASH_BLOCK_WORDS_MAX; i++) {
        key[i] ^= pad;
    }
    hash_begin(hash);
    hash_work(hash, key);
}

static void hash_give_digest(struct hash *hash)
{
    const struct hash_function *function = hash_which(hash);
    memset(hash->digest, 0, sizeof hash->digest);
    memcpy(hash->digest, hash->live.state, function->digest_words * sizeof hash->digest[0]);
    hash_busy(hash, SR_DCIS);
}

static void hash_dcal_hmac(struct hash *hash, uint32_t nblw)
{
    struct hash_live *live = &hash->live;
    if (live->step == STEP_INNER_KEY) {
        hash_keyed_begin(hash, nblw, 0x36363636u);
        live->step = STEP_MESSAGE;
        hash_busy(hash, SR_DINIS);
        return;
    }
    if (live->step == STEP_MESSAGE) {
        hash_finish(hash, nblw);
        memcpy(live->inner, live->state, sizeof live->inner);
        hash_begin(hash);
        live->step = STEP_OUTER_KEY;
        hash_busy(hash, SR_DINIS);
        return;
    }
    hash_keyed_begin(hash, nblw, 0x5c5c5c5cu);
    live->count = hash_which(hash)->digest_words;
    memcpy(live->fifo, live->inner, live->count * sizeof live->fifo[0]);
    hash_finish(hash, 0);
    live->step = STEP_INNER_KEY;
    hash_give_digest(hash);
}

static void hash_dcal(struct hash *hash)
{
    const uint32_t nblw = hash->str & STR_NBLW;
    hash_done(hash);
    hash->live.control &= ~CONTROL_DINNE;
    if (hash->live.control & CONTROL_HMAC) {
        hash_dcal_hmac(hash, nblw);
        return;
    }
    hash_finish(hash, nblw);
    hash_give_digest(hash);
}

static void hash_push(struct hash *hash, uint32_t value)
{
    struct hash_live *live = &hash->live;
    const uint32_t block = hash_which(hash)->block_words;
    const bool short_key = (live->control & (CONTROL_HMAC | CONTROL_LKEY)) == CONTROL_HMAC &&
                           live->step != STEP_MESSAGE;
    hash_done(hash);
    hash->sr &= ~SR_DINIS;
    live->control |= CONTROL_DINNE;
    if (short_key && live->count == block) {
        return; /* Longer than a block without LKEY: not allowed, and lost here. [U] */
    }
    live->fifo[live->count++] = reg_swap(value, CR_DATATYPE(hash->cr));
    if (live->count > block) {
        hash_work(hash, live->fifo);
        live->fifo[0] = live->fifo[block];
        live->count = 1;
        hash_busy(hash, SR_DINIS);
    }
}

/* ---- registers ------------------------------------------------------------------------------ */

static void hash_init(struct hash *hash)
{
    struct hash_live *live = &hash->live;
    memset(live, 0, sizeof *live);
    live->control = CR_ALGO(hash->cr);
    live->control |= hash->cr & CR_MODE ? CONTROL_HMAC : 0;
    live->control |= (hash->cr & CR_MODE) && (hash->cr & CR_LKEY) ? CONTROL_LKEY : 0;
    hash_begin(hash);
    memset(hash->digest, 0, sizeof hash->digest);
    hash->idle_at = SIM_NEVER;
    hash->work = 0;
    hash->sr = SR_DINIS;
}

/* Any value may come back through the context registers: none may lead outside the arrays. */
static void hash_write_csr(struct hash *hash, uint32_t off, uint32_t value)
{
    const uint32_t at = off - CSR0;
    if (at >= sizeof hash->live) {
        return;
    }
    memcpy((uint8_t *)&hash->live + at, &value, sizeof value);
    const uint32_t block = hash_which(hash)->block_words;
    hash->live.count = hash->live.count <= block ? hash->live.count : block;
    hash->live.step = hash->live.step <= STEP_OUTER_KEY ? hash->live.step : STEP_OUTER_KEY;
}

static uint32_t hash_read_csr(const struct hash *hash, uint32_t off)
{
    const uint32_t at = off - CSR0;
    uint32_t value = 0;
    if (at < sizeof hash->live && (hash->sr & SR_DINIS)) {
        memcpy(&value, (const uint8_t *)&hash->live + at, sizeof value);
    }
    return value;
}

static void hash_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct hash *hash = (struct hash *)dev;
    const uint32_t off = reg_off(txn);
    const uint32_t ones = reg_ones(txn, value);
    if (off == CR) {
        hash->cr = reg_put(hash->cr, txn, value, CR_MASK);
        if (ones & CR_INIT) {
            hash_init(hash);
        }
    } else if (off == DIN) {
        hash_push(hash, ones);
    } else if (off == STR && (ones & STR_DCAL)) {
        hash_dcal(hash); /* With DCAL, NBLW is not written. */
    } else if (off == STR) {
        hash->str = reg_put(hash->str, txn, value, STR_NBLW);
    } else if (off == IMR) {
        hash->imr = reg_put(hash->imr, txn, value, SR_DINIS | SR_DCIS);
    } else if (off == SR) { /* Cleared by writing 0. */
        hash->sr &= txn_merge(txn, 0xffffffffu, value) | ~(SR_DINIS | SR_DCIS);
    } else if (off >= CSR0 && off <= CSR102) {
        hash_write_csr(hash, off, value);
    }
    hash_update(hash);
}

static uint32_t hash_read_cr(const struct hash *hash)
{
    const uint32_t dinne = hash->live.control & CONTROL_DINNE ? 1u << 12 : 0;
    return hash->cr | (hash->live.count & 0xfu) << 8 | dinne;
}

/* NBWP and NBWE are wide enough for the 32 words of the 64-bit functions. [U] */
static uint32_t hash_read_sr(const struct hash *hash)
{
    const uint32_t expected = hash_which(hash)->block_words + 1u - hash->live.count;
    uint32_t sr = hash->sr | hash->live.count << 9 | expected << 16;
    sr |= hash->cr & CR_DMAE ? SR_DMAS : 0;
    sr |= hash->idle_at != SIM_NEVER ? SR_BUSY : 0;
    sr |= hash->live.control & CONTROL_DINNE ? SR_DINNE : 0;
    return sr;
}

static uint32_t hash_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct hash *hash = (const struct hash *)dev;
    const uint32_t off = reg_off(txn);
    const bool ready = hash->idle_at == SIM_NEVER;
    if (off >= HRA0 && off <= HRA4) {
        return ready ? txn_cut(txn, hash->digest[(off - HRA0) / 4u]) : 0;
    }
    if (off >= HR0 && off <= HR15) {
        return ready ? txn_cut(txn, hash->digest[(off - HR0) / 4u]) : 0;
    }
    if (off >= CSR0 && off <= CSR102) {
        return txn_cut(txn, hash_read_csr(hash, off));
    }
    switch (off) {
    case CR:
        return txn_cut(txn, hash_read_cr(hash));
    case STR:
        return txn_cut(txn, hash->str);
    case IMR:
        return txn_cut(txn, hash->imr);
    case SR:
        return txn_cut(txn, hash_read_sr(hash));
    default:
        return 0;
    }
}

static void hash_event(struct sim_device *dev, uint64_t now)
{
    struct hash *hash = (struct hash *)dev;
    if (hash->idle_at <= now) {
        hash_done(hash);
    }
    hash_update(hash);
}

static void hash_dma_end(struct sim_device *dev, bool to_device)
{
    struct hash *hash = (struct hash *)dev;
    if (to_device && (hash->cr & CR_DMAE) && !(hash->cr & CR_MDMAT)) {
        hash->cr &= ~CR_DMAE;
        hash_dcal(hash);
        hash_update(hash);
    }
}

static void hash_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct hash *hash = (struct hash *)dev;
    (void)kind;
    hash->cr = hash->str = hash->imr = 0;
    hash_init(hash);
    hash_update(hash);
}

static const struct sim_device_ops hash_ops = {
    .reset = hash_reset,
    .read = hash_read,
    .write = hash_write,
    .event = hash_event,
    .dma_request = hash_dma_request,
    .dma_end = hash_dma_end,
};

struct sim_device *hash_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct hash *hash = device_new(sizeof *hash);
    if (hash == NULL) {
        return NULL;
    }
    hash->dev.ops = &hash_ops;
    hash->idle_at = SIM_NEVER;
    return &hash->dev;
}

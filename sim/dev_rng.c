/*
 * RNG: the true random number generator, without the truth.
 *
 * Its numbers come from xoshiro256** (Blackman and Vigna), seeded through SplitMix64 from
 * chip->seed at each reset: the same device and inputs give the same numbers, and each boot gives
 * others. The noise source never fails, so the error flags stay clear, and HSI48 is taken as
 * running. The register set is that of the STM32H573: one HTCR, six bits of RNG_CONFIG1.
 */
#include "dev.h"
#include "dev_reg.h"

#define CR   0x00u
#define SR   0x04u
#define DR   0x08u
#define NSCR 0x0cu
#define HTCR 0x10u

#define CR_RNGEN      (1u << 2)
#define CR_IE         (1u << 3)
#define CR_CONFIG     0x03ffffa0u /* CED, ARDIS, CONFIG1 to 3, NISTC, CLKDIV. */
#define CR_CONDRST    (1u << 30)
#define CR_CONFIGLOCK (1u << 31)
#define CR_RESET      0x00871f00u

#define SR_DRDY (1u << 0)
#define SR_CEIS (1u << 5)
#define SR_SEIS (1u << 6)

#define NSCR_MASK  0x0003ffffu
#define HTCR_RESET 0x000072acu
/* Written to HTCR before a value; taken as a key that is not stored. [U] */
#define HTCR_MAGIC 0x17590abcu

#define RNG_WORDS 4u /* One conditioned output is 128 bits. */
/* Durations in ticks. [U] Only their order of magnitude is meant. */
#define RNG_CONDRST_TICKS 8u
#define RNG_START_US      20u
#define RNG_REFILL_US     5u

struct rng {
    struct sim_device dev;
    uint32_t cr, sr, nscr, htcr;
    uint64_t state[4];    /* Of the generator. */
    unsigned words;       /* Ready to be read. */
    uint64_t condrst_end; /* When CONDRST reads as 0 again; SIM_NEVER: it is not ending. */
    uint64_t words_at;    /* When the next four words are ready; SIM_NEVER: none are made. */
};

static uint64_t rotate_left(uint64_t x, unsigned bits)
{
    return (x << bits) | (x >> (64u - bits));
}

static void rng_seed(struct rng *rng, uint64_t seed)
{
    for (unsigned i = 0; i < 4u; i++) {
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        rng->state[i] = z ^ (z >> 31);
    }
}

static uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate_left(s[1] * 5u, 7) * 9u;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* A word as DR gives it: never zero, since software takes zero for a seed error. */
static uint32_t rng_word(struct rng *rng)
{
    uint32_t word;
    do {
        word = (uint32_t)(rng_next(rng) >> 32);
    } while (word == 0);
    return word;
}

static void rng_update(struct rng *rng)
{
    const uint32_t sr = rng->sr | (rng->words > 0 ? SR_DRDY : 0);
    const bool level = (rng->cr & CR_IE) && (sr & (SR_DRDY | SR_CEIS | SR_SEIS));
    chip_irq(rng->dev.chip, rng->dev.row->irq[0], level);
    chip_deadline(rng->dev.chip, &rng->dev,
                  rng->condrst_end < rng->words_at ? rng->condrst_end : rng->words_at);
}

/* Begins to make words if the generator runs and has none. */
static void rng_start(struct rng *rng, uint32_t us)
{
    const bool runs = (rng->cr & (CR_RNGEN | CR_CONDRST)) == CR_RNGEN;
    if (!runs) {
        rng->words_at = SIM_NEVER;
        return;
    }
    if (rng->words == 0 && rng->words_at == SIM_NEVER) {
        rng->words_at = rng->dev.chip->now + chip_ticks(rng->dev.chip, us);
    }
}

static void rng_write_cr(struct rng *rng, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t word = txn_merge(txn, rng->cr, value);
    const bool locked = (rng->cr & CR_CONFIGLOCK) != 0;
    uint32_t mask = CR_RNGEN | CR_IE;
    if ((word & CR_CONDRST) && !locked) {
        mask |= CR_CONFIG;
    }
    const uint32_t old = rng->cr;
    rng->cr = (old & ~mask) | (word & mask) | (word & CR_CONFIGLOCK);
    if (word & CR_CONDRST) {
        rng->cr |= CR_CONDRST;
        rng->sr = 0;
        rng->words = 0;
        rng->condrst_end = SIM_NEVER;
    } else if ((old & CR_CONDRST) && rng->condrst_end == SIM_NEVER) {
        rng->condrst_end = rng->dev.chip->now + RNG_CONDRST_TICKS;
    }
    rng_start(rng, RNG_START_US);
}

static void rng_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct rng *rng = (struct rng *)dev;
    const bool open = (rng->cr & (CR_CONDRST | CR_CONFIGLOCK)) == CR_CONDRST;
    switch (reg_off(txn)) {
    case CR:
        rng_write_cr(rng, txn, value);
        break;
    case SR: /* Cleared by writing 0. */
        rng->sr &= txn_merge(txn, 0xffffffffu, value) | ~(SR_CEIS | SR_SEIS);
        break;
    case NSCR:
        rng->nscr = open ? reg_put(rng->nscr, txn, value, NSCR_MASK) : rng->nscr;
        break;
    case HTCR:
        if (open && txn_merge(txn, rng->htcr, value) != HTCR_MAGIC) {
            rng->htcr = txn_merge(txn, rng->htcr, value);
        }
        break;
    default:
        break;
    }
    rng_update(rng);
}

static uint32_t rng_read_dr(struct rng *rng)
{
    if (rng->words == 0) {
        return 0;
    }
    rng->words--;
    rng_start(rng, RNG_REFILL_US);
    rng_update(rng);
    return rng_word(rng);
}

static uint32_t rng_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct rng *rng = (struct rng *)dev;
    switch (reg_off(txn)) {
    case CR:
        return txn_cut(txn, rng->cr);
    case SR:
        return txn_cut(txn, rng->sr | (rng->words > 0 ? SR_DRDY : 0));
    case DR:
        return txn_cut(txn, rng_read_dr(rng));
    case NSCR:
        return txn_cut(txn, rng->nscr);
    case HTCR:
        return txn_cut(txn, rng->htcr);
    default:
        return 0;
    }
}

static void rng_event(struct sim_device *dev, uint64_t now)
{
    struct rng *rng = (struct rng *)dev;
    if (rng->condrst_end <= now) {
        rng->condrst_end = SIM_NEVER;
        rng->cr &= ~CR_CONDRST;
        rng_start(rng, RNG_START_US);
    }
    if (rng->words_at <= now) {
        rng->words_at = SIM_NEVER;
        rng->words = RNG_WORDS;
    }
    rng_update(rng);
}

static void rng_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct rng *rng = (struct rng *)dev;
    (void)kind;
    rng->cr = CR_RESET;
    rng->sr = 0;
    rng->nscr = NSCR_MASK;
    rng->htcr = HTCR_RESET;
    rng->words = 0;
    rng->condrst_end = SIM_NEVER;
    rng->words_at = SIM_NEVER;
    rng_seed(rng, dev->chip->seed);
    rng_update(rng);
}

static const struct sim_device_ops rng_ops = {
    .reset = rng_reset,
    .read = rng_read,
    .write = rng_write,
    .event = rng_event,
};

struct sim_device *rng_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct rng *rng = device_new(sizeof *rng);
    if (rng == NULL) {
        return NULL;
    }
    rng->dev.ops = &rng_ops;
    return &rng->dev;
}

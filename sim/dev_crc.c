/*
 * CRC: the calculation unit, with any polynomial of 7, 8, 16 or 32 bits.
 *
 * A write to DR is worked in at once, most significant bit of what was written first; the part
 * stalls the bus for the few cycles that takes.
 */
#include "dev.h"
#include "dev_reg.h"

#define DR   0x00u
#define IDR  0x04u
#define CR   0x08u
#define INIT 0x10u
#define POL  0x14u

#define CR_RESET        (1u << 0)
#define CR_POLYSIZE(cr) ((cr) >> 3 & 3u)
#define CR_REV_IN(cr)   ((cr) >> 5 & 3u)
#define CR_REV_OUT      (1u << 7)
#define CR_MASK         0x000000f8u

#define INIT_RESET 0xffffffffu
#define POL_RESET  0x04c11db7u

struct crc {
    struct sim_device dev;
    uint32_t dr; /* As computed, before REV_OUT. */
    uint32_t idr, cr, init, pol;
};

/* The low `bits` bits of `word` in reverse order. */
static uint32_t crc_reverse(uint32_t word, unsigned bits)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < bits; i++) {
        reversed = reversed << 1 | (word >> i & 1u);
    }
    return reversed;
}

static unsigned crc_bits(const struct crc *crc)
{
    static const uint8_t bits[4] = {32, 16, 8, 7};
    return bits[CR_POLYSIZE(crc->cr)];
}

static uint32_t crc_mask(const struct crc *crc)
{
    return 0xffffffffu >> (32u - crc_bits(crc));
}

/* REV_IN reverses within bytes, half-words or words, but never beyond what is written. [U] */
static uint32_t crc_reverse_input(const struct crc *crc, uint32_t data, unsigned bits)
{
    static const uint8_t unit_bits[4] = {0, 8, 16, 32};
    unsigned unit = unit_bits[CR_REV_IN(crc->cr)];
    if (unit == 0) {
        return data;
    }
    unit = unit < bits ? unit : bits;
    uint32_t reversed = 0;
    for (unsigned at = 0; at < bits; at += unit) {
        reversed |= crc_reverse(data >> at, unit) << at;
    }
    return reversed;
}

static void crc_work(struct crc *crc, uint32_t data, unsigned bits)
{
    const unsigned top = crc_bits(crc) - 1u;
    data = crc_reverse_input(crc, data, bits);
    for (unsigned i = bits; i-- > 0;) {
        const uint32_t feedback = (crc->dr >> top ^ data >> i) & 1u;
        crc->dr = crc->dr << 1 ^ (feedback != 0 ? crc->pol : 0);
    }
    crc->dr &= crc_mask(crc);
}

/* Bits above the polynomial's size read as zero; REV_OUT reverses those below. [U] */
static uint32_t crc_result(const struct crc *crc)
{
    const uint32_t dr = crc->dr & crc_mask(crc);
    return crc->cr & CR_REV_OUT ? crc_reverse(dr, crc_bits(crc)) : dr;
}

static void crc_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct crc *crc = (struct crc *)dev;
    switch (reg_off(txn)) {
    case DR:
        crc_work(crc, value, 8u * txn->size);
        break;
    case IDR:
        crc->idr = txn_merge(txn, crc->idr, value);
        break;
    case CR:
        crc->cr = reg_put(crc->cr, txn, value, CR_MASK);
        if (reg_ones(txn, value) & CR_RESET) {
            crc->dr = crc->init;
        }
        break;
    case INIT: /* Also begins a new computation with it. */
        crc->init = txn_merge(txn, crc->init, value);
        crc->dr = crc->init;
        break;
    case POL:
        crc->pol = txn_merge(txn, crc->pol, value);
        break;
    default:
        break;
    }
}

static uint32_t crc_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct crc *crc = (const struct crc *)dev;
    switch (reg_off(txn)) {
    case DR:
        return txn_cut(txn, crc_result(crc));
    case IDR:
        return txn_cut(txn, crc->idr);
    case CR:
        return txn_cut(txn, crc->cr);
    case INIT:
        return txn_cut(txn, crc->init);
    case POL:
        return txn_cut(txn, crc->pol);
    default:
        return 0;
    }
}

static void crc_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct crc *crc = (struct crc *)dev;
    (void)kind;
    crc->dr = INIT_RESET;
    crc->idr = 0;
    crc->cr = 0;
    crc->init = INIT_RESET;
    crc->pol = POL_RESET;
}

static const struct sim_device_ops crc_ops = {
    .reset = crc_reset,
    .read = crc_read,
    .write = crc_write,
};

struct sim_device *crc_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct crc *crc = device_new(sizeof *crc);
    if (crc == NULL) {
        return NULL;
    }
    crc->dev.ops = &crc_ops;
    return &crc->dev;
}

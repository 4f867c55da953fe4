/*
 * MPCBB1 to MPCBB3: the security and the privilege of each 512-byte block of SRAM1 to SRAM3.
 */
#include <stdio.h>

#include "bus.h"
#include "dev.h"
#include "dev_reg.h"

#define MPCBB_CR        0x000u
#define MPCBB_CFGLOCKR1 0x010u
#define MPCBB_SECCFGR0  0x100u
#define MPCBB_PRIVCFGR0 0x200u

#define MPCBB_CR_GLOCK       (1u << 0)
#define MPCBB_CR_INVSECSTATE (1u << 30) /* only the RCC looks at it: stored, without effect */
#define MPCBB_CR_SRWILADIS   (1u << 31)
#define MPCBB_CR_MASK        (MPCBB_CR_GLOCK | MPCBB_CR_INVSECSTATE | MPCBB_CR_SRWILADIS)

#define MPCBB_BLOCK_BYTES      512u
#define MPCBB_BLOCKS           32u /* in a superblock: one word of SECCFGR and PRIVCFGR */
#define MPCBB_SUPERBLOCK_BYTES (MPCBB_BLOCK_BYTES * MPCBB_BLOCKS)
#define MPCBB_SUPERBLOCKS_MAX  20u

/** Privilege after reset without TrustZone. [U] With it, SECCFGR and PRIVCFGR are all ones (SVD). */
#define MPCBB_PRIV_WITHOUT_TRUSTZONE 0u

_Static_assert(CHIP_SRAM2 == CHIP_SRAM1 + 1 && CHIP_SRAM3 == CHIP_SRAM1 + 2,
               "MPCBBn stands before memory CHIP_SRAM1 + n - 1");

struct mpcbb {
    struct sim_device dev;
    unsigned superblocks;
    uint32_t cr;
    uint32_t lock;
    uint32_t sec[MPCBB_SUPERBLOCKS_MAX];
    uint32_t priv[MPCBB_SUPERBLOCKS_MAX];
};

static void mpcbb_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    struct mpcbb *mpcbb = (struct mpcbb *)dev;
    const bool trustzone = chip_trustzone(dev->chip);
    mpcbb->cr = 0;
    mpcbb->lock = 0;
    for (unsigned i = 0; i < mpcbb->superblocks; i++) {
        mpcbb->sec[i] = trustzone ? 0xFFFFFFFFu : 0u;
        mpcbb->priv[i] = trustzone ? 0xFFFFFFFFu : MPCBB_PRIV_WITHOUT_TRUSTZONE;
    }
}

static uint32_t mpcbb_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct mpcbb *mpcbb = (const struct mpcbb *)dev;
    const uint32_t off = reg_off(txn);
    if (off == MPCBB_CR) {
        return txn_cut(txn, mpcbb->cr);
    }
    if (off == MPCBB_CFGLOCKR1) {
        return txn_cut(txn, mpcbb->lock);
    }
    if (off - MPCBB_SECCFGR0 < 4u * mpcbb->superblocks) {
        return txn_cut(txn, mpcbb->sec[(off - MPCBB_SECCFGR0) / 4u]);
    }
    if (off - MPCBB_PRIVCFGR0 < 4u * mpcbb->superblocks) {
        return txn_cut(txn, mpcbb->priv[(off - MPCBB_PRIVCFGR0) / 4u]);
    }
    return 0;
}

static bool mpcbb_locked(const struct mpcbb *mpcbb, unsigned superblock)
{
    return (mpcbb->lock & (1u << superblock)) != 0;
}

/** Whether a Non-secure write reaches a register that only Secure software may write. */
static bool mpcbb_illegal(const struct mpcbb *mpcbb, const struct sim_txn *txn)
{
    if (txn->attr.secure || !chip_trustzone(mpcbb->dev.chip)) {
        return false;
    }
    gtzc_flag(mpcbb->dev.chip, mpcbb->dev.row->gtzc);
    return true;
}

static void mpcbb_write_sec(struct mpcbb *mpcbb, const struct sim_txn *txn, uint32_t value,
                            unsigned superblock)
{
    if (mpcbb_illegal(mpcbb, txn) || mpcbb_locked(mpcbb, superblock) ||
        !chip_trustzone(mpcbb->dev.chip)) {
        return;
    }
    const uint32_t mask = txn->attr.privileged ? 0xFFFFFFFFu : ~mpcbb->priv[superblock];
    mpcbb->sec[superblock] = reg_put(mpcbb->sec[superblock], txn, value, mask);
}

static void mpcbb_write_priv(struct mpcbb *mpcbb, const struct sim_txn *txn, uint32_t value,
                             unsigned superblock)
{
    if (!txn->attr.privileged || mpcbb_locked(mpcbb, superblock)) {
        return;
    }
    const uint32_t mask = txn->attr.secure ? 0xFFFFFFFFu : ~mpcbb->sec[superblock];
    mpcbb->priv[superblock] = reg_put(mpcbb->priv[superblock], txn, value, mask);
}

static void mpcbb_write_control(struct mpcbb *mpcbb, const struct sim_txn *txn, uint32_t value)
{
    if (mpcbb_illegal(mpcbb, txn) || !txn->attr.privileged) {
        return;
    }
    if (reg_off(txn) == MPCBB_CFGLOCKR1) {
        mpcbb->lock |= reg_ones(txn, value) & ((1u << mpcbb->superblocks) - 1u);
    } else if ((mpcbb->cr & MPCBB_CR_GLOCK) == 0) {
        mpcbb->cr = reg_put(mpcbb->cr, txn, value, MPCBB_CR_MASK);
    }
}

static void mpcbb_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct mpcbb *mpcbb = (struct mpcbb *)dev;
    const uint32_t off = reg_off(txn);
    if (off == MPCBB_CR || off == MPCBB_CFGLOCKR1) {
        mpcbb_write_control(mpcbb, txn, value);
    } else if (off - MPCBB_SECCFGR0 < 4u * mpcbb->superblocks) {
        mpcbb_write_sec(mpcbb, txn, value, (off - MPCBB_SECCFGR0) / 4u);
    } else if (off - MPCBB_PRIVCFGR0 < 4u * mpcbb->superblocks) {
        mpcbb_write_priv(mpcbb, txn, value, (off - MPCBB_PRIVCFGR0) / 4u);
    }
    chip_map_changed(dev->chip);
}

static const struct sim_device_ops mpcbb_ops = {
    .reset = mpcbb_reset,
    .read = mpcbb_read,
    .write = mpcbb_write,
};

struct sim_device *mpcbb_new(struct sim_chip *chip, const struct dev_row *row)
{
    struct mpcbb *mpcbb = device_new(sizeof *mpcbb);
    if (mpcbb == NULL) {
        return NULL;
    }
    mpcbb->dev.ops = &mpcbb_ops;
    const unsigned n = row->index - 1u;
    mpcbb->superblocks = chip_memories[CHIP_SRAM1 + n].size / MPCBB_SUPERBLOCK_BYTES;
    chip->mpcbb[n] = &mpcbb->dev;
    return &mpcbb->dev;
}

static bool mpcbb_bit(const uint32_t *words, unsigned block)
{
    return (words[block / MPCBB_BLOCKS] & (1u << (block % MPCBB_BLOCKS))) != 0;
}

/** Narrows a decision on a block to its neighbours in the superblock with the same two bits. */
static void mpcbb_narrow(const struct mpcbb *mpcbb, unsigned block, struct bus_decision *out)
{
    const uint32_t base = out->first;
    const bool sec = mpcbb_bit(mpcbb->sec, block);
    const bool priv = mpcbb_bit(mpcbb->priv, block);
    unsigned first = block;
    unsigned last = block;
    while (first % MPCBB_BLOCKS != 0 && mpcbb_bit(mpcbb->sec, first - 1u) == sec &&
           mpcbb_bit(mpcbb->priv, first - 1u) == priv) {
        first--;
    }
    while ((last + 1u) % MPCBB_BLOCKS != 0 && mpcbb_bit(mpcbb->sec, last + 1u) == sec &&
           mpcbb_bit(mpcbb->priv, last + 1u) == priv) {
        last++;
    }
    out->first = base + first * MPCBB_BLOCK_BYTES;
    out->last = base + (last + 1u) * MPCBB_BLOCK_BYTES - 1u;
}

static bool mpcbb_refuse(struct bus_decision *out, bool illegal, enum sim_access_kind kind,
                         const char *what_it_is, const char *what_came, unsigned n, unsigned block)
{
    out->answer = kind == SIM_FETCH ? SIM_ANSWER_ERROR : SIM_ANSWER_IGNORED;
    out->filter = BUS_FILTER_MPCBB;
    out->illegal = illegal;
    (void)snprintf(out->why, sizeof out->why, "SRAM%u block %u is %s (MPCBB%u), the access is %s",
                   n + 1u, block, what_it_is, n + 1u, what_came);
    return false;
}

bool gtzc_check_sram(const struct sim_chip *chip, enum chip_memory_id id, uint32_t off,
                     struct sim_attr attr, enum sim_access_kind kind, struct bus_decision *out)
{
    const unsigned n = (unsigned)(id - CHIP_SRAM1);
    const struct mpcbb *mpcbb = (const struct mpcbb *)chip->mpcbb[n];
    const unsigned block = off / MPCBB_BLOCK_BYTES;
    mpcbb_narrow(mpcbb, block, out);
    const bool secure = mpcbb_bit(mpcbb->sec, block);
    if (secure && !attr.secure) {
        return mpcbb_refuse(out, true, kind, "Secure", "Non-secure", n, block);
    }
    const bool tolerated = kind != SIM_FETCH && (mpcbb->cr & MPCBB_CR_SRWILADIS) != 0;
    if (!secure && attr.secure && !tolerated) {
        return mpcbb_refuse(out, true, kind, "Non-secure", "Secure", n, block);
    }
    if (mpcbb_bit(mpcbb->priv, block) && !attr.privileged) {
        return mpcbb_refuse(out, false, kind, "privileged", "unprivileged", n, block);
    }
    return true;
}

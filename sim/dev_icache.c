/*
 * ICACHE: the registers of the instruction cache, and the time an invalidation takes.
 *
 * There is no cache behind them: execution never differs, the monitors stay at zero and the
 * regions of CRRx remap nothing.
 */
#include "dev.h"
#include "dev_reg.h"

#define CR   0x00u
#define SR   0x04u
#define IER  0x08u
#define FCR  0x0cu
#define CRR0 0x20u
#define CRR3 0x2cu

#define CR_EN       (1u << 0)
#define CR_CACHEINV (1u << 1)
#define CR_WAYSEL   (1u << 2)
#define CR_MONITORS 0x000f0000u /* HITMEN, MISSMEN, HITMRST, MISSMRST. */

#define SR_BUSYF   (1u << 0)
#define SR_BSYENDF (1u << 1)
#define SR_ERRF    (1u << 2)

#define CRR_MASK  0x97ff8effu
#define CRR_RESET 0x00000200u

#define ICACHE_INVALIDATE_TICKS 128u /* [U] Only its order of magnitude is meant. */

struct icache {
    struct sim_device dev;
    uint32_t cr, sr, ier, crr[4];
    bool asked;       /* The operation under way is one of CACHEINV, so its end is flagged. */
    uint64_t idle_at; /* When the operation ends; SIM_NEVER: none. */
};

static void icache_update(struct icache *icache)
{
    chip_irq(icache->dev.chip, icache->dev.row->irq[0],
             (icache->sr & icache->ier & (SR_BSYENDF | SR_ERRF)) != 0);
    chip_deadline(icache->dev.chip, &icache->dev, icache->idle_at);
}

static void icache_invalidate(struct icache *icache, bool asked)
{
    icache->sr |= SR_BUSYF;
    icache->asked = asked;
    icache->idle_at = icache->dev.chip->now + ICACHE_INVALIDATE_TICKS;
}

static void icache_write_cr(struct icache *icache, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t waysel = icache->cr & CR_EN ? 0 : CR_WAYSEL;
    icache->cr = reg_put(icache->cr, txn, value, CR_EN | CR_MONITORS | waysel);
    if ((reg_ones(txn, value) & CR_CACHEINV) && !(icache->sr & SR_BUSYF)) {
        icache_invalidate(icache, true);
    }
}

static void icache_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct icache *icache = (struct icache *)dev;
    const uint32_t off = reg_off(txn);
    if (off == CR) {
        icache_write_cr(icache, txn, value);
    } else if (off == IER) {
        icache->ier = reg_put(icache->ier, txn, value, SR_BSYENDF | SR_ERRF);
    } else if (off == FCR) {
        icache->sr &= ~(reg_ones(txn, value) & (SR_BSYENDF | SR_ERRF));
    } else if (off >= CRR0 && off <= CRR3 && !(icache->cr & CR_EN)) {
        uint32_t *crr = &icache->crr[(off - CRR0) / 4u];
        *crr = reg_put(*crr, txn, value, CRR_MASK);
    }
    icache_update(icache);
}

static uint32_t icache_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct icache *icache = (const struct icache *)dev;
    const uint32_t off = reg_off(txn);
    if (off >= CRR0 && off <= CRR3) {
        return txn_cut(txn, icache->crr[(off - CRR0) / 4u]);
    }
    switch (off) {
    case CR:
        return txn_cut(txn, icache->cr);
    case SR:
        return txn_cut(txn, icache->sr);
    case IER:
        return txn_cut(txn, icache->ier);
    default:
        return 0;
    }
}

static void icache_event(struct sim_device *dev, uint64_t now)
{
    struct icache *icache = (struct icache *)dev;
    if (icache->idle_at <= now) {
        icache->idle_at = SIM_NEVER;
        icache->sr &= ~SR_BUSYF;
        icache->sr |= icache->asked ? SR_BSYENDF : 0;
    }
    icache_update(icache);
}

/* A reset invalidates the cache; whether its end sets BSYENDF is unconfirmed: here it does not. [U] */
static void icache_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct icache *icache = (struct icache *)dev;
    (void)kind;
    icache->cr = CR_WAYSEL;
    icache->sr = 0;
    icache->ier = 0;
    for (unsigned i = 0; i < 4u; i++) {
        icache->crr[i] = CRR_RESET;
    }
    icache_invalidate(icache, false);
    icache_update(icache);
}

static const struct sim_device_ops icache_ops = {
    .reset = icache_reset,
    .read = icache_read,
    .write = icache_write,
    .event = icache_event,
};

struct sim_device *icache_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct icache *icache = device_new(sizeof *icache);
    if (icache == NULL) {
        return NULL;
    }
    icache->dev.ops = &icache_ops;
    return &icache->dev;
}

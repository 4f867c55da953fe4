/*
 * DCACHE1: the registers of the data cache, and the time its operations take.
 *
 * There is no cache behind them (it would serve external memories, which are not modelled): the
 * monitors stay at zero and no error occurs.
 */
#include "dev.h"
#include "dev_reg.h"

#define CR         0x00u
#define SR         0x04u
#define IER        0x08u
#define FCR        0x0cu
#define CMDRSADDRR 0x28u
#define CMDREADDRR 0x2cu

#define CR_EN       (1u << 0)
#define CR_CACHEINV (1u << 1)
#define CR_CACHECMD (7u << 8)
#define CR_STARTCMD (1u << 11)
#define CR_PLAIN    0x80ff0000u /* Monitors and HBURST. */

#define CMD(cr)  ((cr) >> 8 & 7u)
#define CMD_LAST 3u /* 1 clean, 2 invalidate, 3 both; the others do nothing. */

#define SR_BUSYF    (1u << 0)
#define SR_BSYENDF  (1u << 1)
#define SR_ERRF     (1u << 2)
#define SR_BUSYCMDF (1u << 3)
#define SR_CMDENDF  (1u << 4)
#define SR_ENDS     (SR_BSYENDF | SR_ERRF | SR_CMDENDF)

#define ADDR_MASK 0xfffffff0u

/* Of a full invalidation and of a command, whatever its range. [U] Only the order is meant. */
#define DCACHE_BUSY_TICKS 256u

struct dcache {
    struct sim_device dev;
    uint32_t cr, sr, ier, first, last;
    uint32_t outcome; /* Flag to set when the operation ends; 0 for the one that a reset begins. */
    uint64_t idle_at; /* When it ends; SIM_NEVER: none. */
};

static void dcache_update(struct dcache *dcache)
{
    chip_irq(dcache->dev.chip, dcache->dev.row->irq[0], (dcache->sr & dcache->ier) != 0);
    chip_deadline(dcache->dev.chip, &dcache->dev, dcache->idle_at);
}

static void dcache_begin(struct dcache *dcache, uint32_t busy, uint32_t outcome)
{
    dcache->sr |= busy;
    dcache->outcome = outcome;
    dcache->idle_at = dcache->dev.chip->now + DCACHE_BUSY_TICKS;
}

static void dcache_write_cr(struct dcache *dcache, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t ones = reg_ones(txn, value);
    const bool busy = (dcache->sr & (SR_BUSYF | SR_BUSYCMDF)) != 0;
    const uint32_t command = dcache->sr & SR_BUSYCMDF ? 0 : CR_CACHECMD;
    const bool enabled = (dcache->cr & CR_EN) != 0; /* Before this write: EN comes first. */
    dcache->cr = reg_put(dcache->cr, txn, value, CR_EN | CR_PLAIN | command);
    if (!enabled || busy) {
        return;
    }
    if (ones & CR_CACHEINV) {
        dcache_begin(dcache, SR_BUSYF, SR_BSYENDF);
    } else if ((ones & CR_STARTCMD) && CMD(dcache->cr) >= 1u && CMD(dcache->cr) <= CMD_LAST) {
        dcache_begin(dcache, SR_BUSYCMDF, SR_CMDENDF);
    }
}

static void dcache_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct dcache *dcache = (struct dcache *)dev;
    switch (reg_off(txn)) {
    case CR:
        dcache_write_cr(dcache, txn, value);
        break;
    case IER:
        dcache->ier = reg_put(dcache->ier, txn, value, SR_ENDS);
        break;
    case FCR:
        dcache->sr &= ~(reg_ones(txn, value) & SR_ENDS);
        break;
    case CMDRSADDRR:
        dcache->first = reg_put(dcache->first, txn, value, ADDR_MASK);
        break;
    case CMDREADDRR:
        dcache->last = reg_put(dcache->last, txn, value, ADDR_MASK);
        break;
    default:
        break;
    }
    dcache_update(dcache);
}

static uint32_t dcache_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct dcache *dcache = (const struct dcache *)dev;
    switch (reg_off(txn)) {
    case CR:
        return txn_cut(txn, dcache->cr);
    case SR:
        return txn_cut(txn, dcache->sr);
    case IER:
        return txn_cut(txn, dcache->ier);
    case CMDRSADDRR:
        return txn_cut(txn, dcache->first);
    case CMDREADDRR:
        return txn_cut(txn, dcache->last);
    default:
        return 0;
    }
}

static void dcache_event(struct sim_device *dev, uint64_t now)
{
    struct dcache *dcache = (struct dcache *)dev;
    if (dcache->idle_at <= now) {
        dcache->idle_at = SIM_NEVER;
        dcache->sr = (dcache->sr & ~(SR_BUSYF | SR_BUSYCMDF)) | dcache->outcome;
    }
    dcache_update(dcache);
}

/* A reset invalidates the cache; as with ICACHE, its end sets no flag. [U] */
static void dcache_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct dcache *dcache = (struct dcache *)dev;
    (void)kind;
    dcache->cr = dcache->sr = dcache->ier = dcache->first = dcache->last = 0;
    dcache_begin(dcache, SR_BUSYF, 0);
    dcache_update(dcache);
}

static const struct sim_device_ops dcache_ops = {
    .reset = dcache_reset,
    .read = dcache_read,
    .write = dcache_write,
    .event = dcache_event,
};

struct sim_device *dcache_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct dcache *dcache = device_new(sizeof *dcache);
    if (dcache == NULL) {
        return NULL;
    }
    dcache->dev.ops = &dcache_ops;
    return &dcache->dev;
}

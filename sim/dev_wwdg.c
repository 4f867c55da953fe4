/*
 * WWDG: the window watchdog, on PCLK1 / 4096, in virtual time.
 *
 * The counter runs freely from reset on, even while the watchdog is off; writing it begins a new
 * period of the divider. [U] The watchdog is not frozen in debug.
 */
#include "dev.h"
#include "dev_rcc.h"
#include "dev_reg.h"

#define CR  0x00u
#define CFR 0x04u
#define SR  0x08u

#define T_MASK        0x7fu
#define T6            0x40u
#define CR_WDGA       (1u << 7)
#define CFR_W         0x7fu
#define CFR_EWI       (1u << 9)
#define CFR_WDGTB(r)  ((r) >> 11 & 7u)
#define CFR_MASK      0x00003a7fu
#define SR_EWIF       (1u << 0)
#define DIVIDER       4096u
#define OPTSR_WWDG_SW (1u << 4)

struct wwdg {
    struct sim_device dev;
    uint32_t cfr;
    bool active;
    bool early;    /* EWIF. */
    bool bitten;   /* The reset has been asked for. */
    uint32_t from; /* The count at `since`. */
    uint64_t since;
    uint64_t step; /* Ticks per count, as of `since`. */
};

static uint32_t wwdg_count(const struct wwdg *wwdg)
{
    const uint64_t steps = (wwdg->dev.chip->now - wwdg->since) / wwdg->step;
    return (wwdg->from - (uint32_t)steps) & T_MASK;
}

/* When the count, above `target` now, comes down to it; SIM_NEVER while the watchdog is off. */
static uint64_t wwdg_when(const struct wwdg *wwdg, uint32_t target)
{
    if (!wwdg->active || wwdg->bitten || wwdg->from <= target) {
        return SIM_NEVER;
    }
    return wwdg->since + wwdg->step * (wwdg->from - target);
}

static void wwdg_update(struct wwdg *wwdg)
{
    const uint64_t early = wwdg->early ? SIM_NEVER : wwdg_when(wwdg, T6);
    const uint64_t bite = wwdg_when(wwdg, T6 - 1u);
    chip_irq(wwdg->dev.chip, wwdg->dev.row->irq[0], wwdg->early && (wwdg->cfr & CFR_EWI));
    chip_deadline(wwdg->dev.chip, &wwdg->dev, early < bite ? early : bite);
}

static uint64_t wwdg_step(const struct wwdg *wwdg)
{
    return ((uint64_t)DIVIDER << CFR_WDGTB(wwdg->cfr)) * rcc_pclk_ticks(wwdg->dev.chip, 1);
}

/* Counts down from `from`, starting now. */
static void wwdg_count_from(struct wwdg *wwdg, uint32_t from)
{
    wwdg->from = from;
    wwdg->since = wwdg->dev.chip->now;
    wwdg->step = wwdg_step(wwdg);
}

static void wwdg_bite(struct wwdg *wwdg)
{
    wwdg->bitten = true;
    chip_want_reset(wwdg->dev.chip, CHIP_RESET_WWDG);
}

static void wwdg_write_cr(struct wwdg *wwdg, uint32_t value)
{
    const bool too_early = wwdg->active && wwdg_count(wwdg) > (wwdg->cfr & CFR_W);
    wwdg->active = wwdg->active || (value & CR_WDGA);
    wwdg_count_from(wwdg, value & T_MASK);
    if (wwdg->bitten || !wwdg->active) {
        return;
    }
    if (too_early || !(value & T6)) {
        wwdg_bite(wwdg);
        return;
    }
    /* Written as 0x40 it has reached 0x40: EWIF at once. [U] */
    wwdg->early = wwdg->early || wwdg->from == T6;
}

static void wwdg_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct wwdg *wwdg = (struct wwdg *)dev;
    const uint32_t off = reg_off(txn);
    const uint32_t count = wwdg_count(wwdg);
    if (off == CR) {
        wwdg_write_cr(wwdg, txn_merge(txn, count, value));
    } else if (off == CFR) {
        wwdg->cfr = reg_put(wwdg->cfr, txn, value, CFR_MASK) | (wwdg->cfr & CFR_EWI);
        wwdg_count_from(wwdg, count);
    } else if (off == SR) { /* Cleared by writing 0. */
        wwdg->early = wwdg->early && (txn_merge(txn, SR_EWIF, value) & SR_EWIF);
    }
    wwdg_update(wwdg);
}

static uint32_t wwdg_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct wwdg *wwdg = (const struct wwdg *)dev;
    switch (reg_off(txn)) {
    case CR:
        return txn_cut(txn, wwdg_count(wwdg) | (wwdg->active ? CR_WDGA : 0));
    case CFR:
        return txn_cut(txn, wwdg->cfr);
    case SR:
        return txn_cut(txn, wwdg->early ? SR_EWIF : 0);
    default:
        return 0;
    }
}

static void wwdg_event(struct sim_device *dev, uint64_t now)
{
    struct wwdg *wwdg = (struct wwdg *)dev;
    if (wwdg_when(wwdg, T6) <= now) {
        wwdg->early = true;
    }
    if (wwdg_when(wwdg, T6 - 1u) <= now) {
        wwdg_bite(wwdg);
    }
    wwdg_update(wwdg);
}

static void wwdg_clock(struct sim_device *dev)
{
    struct wwdg *wwdg = (struct wwdg *)dev;
    if (wwdg->step != wwdg_step(wwdg)) {
        wwdg_count_from(wwdg, wwdg_count(wwdg));
        wwdg_update(wwdg);
    }
}

static void wwdg_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct wwdg *wwdg = (struct wwdg *)dev;
    (void)kind;
    wwdg->cfr = CFR_W;
    wwdg->early = false;
    wwdg->bitten = false;
    wwdg->active = !(dev->chip->nv->option[NV_OB_OPTSR] & OPTSR_WWDG_SW);
    wwdg_count_from(wwdg, T_MASK);
    wwdg_update(wwdg);
}

static const struct sim_device_ops wwdg_ops = {
    .reset = wwdg_reset,
    .read = wwdg_read,
    .write = wwdg_write,
    .event = wwdg_event,
    .clock = wwdg_clock,
};

struct sim_device *wwdg_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct wwdg *wwdg = device_new(sizeof *wwdg);
    if (wwdg == NULL) {
        return NULL;
    }
    wwdg->dev.ops = &wwdg_ops;
    wwdg->step = DIVIDER;
    return &wwdg->dev;
}

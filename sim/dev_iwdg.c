/*
 * IWDG: the independent watchdog, on the LSI of 32 kHz, in virtual time.
 *
 * How many ticks an LSI period has follows the core's clock at the moment of a refresh; a change
 * of clock counts from the next refresh on. The watchdog is not frozen in Stop, Standby or debug.
 */
#include "dev.h"
#include "dev_reg.h"

#define KR   0x00u
#define PR   0x04u
#define RLR  0x08u
#define SR   0x0cu
#define WINR 0x10u
#define EWCR 0x14u

#define KEY_UNLOCK  0x5555u
#define KEY_REFRESH 0xaaaau
#define KEY_START   0xccccu

#define SR_PVU  (1u << 0)
#define SR_RVU  (1u << 1)
#define SR_WVU  (1u << 2)
#define SR_EWU  (1u << 3)
#define SR_ONF  (1u << 8)
#define SR_EWIF (1u << 14)

#define EWCR_EWIT 0xfffu
#define EWCR_EWIC (1u << 14)
#define EWCR_EWIE (1u << 15)

#define COUNT_MAX 0xfffu
#define PR_MAX    8u /* /1024; larger codes are taken as this one. [U] */
#define LSI_HZ    32000u
/* Periods of LSI until a written value has crossed to the watchdog; it takes "up to" three. [U] */
#define UPDATE_PERIODS 3u
/* In place of a time: the update waits for the LSI, which RCC or the watchdog's start turns on. */
#define NO_LSI        (SIM_NEVER - 1u)
#define OPTSR_IWDG_SW (1u << 3)

enum { FIELD_PR, FIELD_RLR, FIELD_WINR, FIELD_EWCR, FIELDS };

struct iwdg {
    struct sim_device dev;
    uint32_t value[FIELDS];      /* PR, RLR, WINR, EWCR. */
    uint64_t update_end[FIELDS]; /* While it is not SIM_NEVER, the field's flag in SR is set. */
    bool unlocked;
    bool started;
    bool early;       /* EWIF. */
    bool early_taken; /* The early interrupt of this count has happened. */
    uint32_t from;    /* The count at `since`. */
    uint64_t since;
    uint64_t step; /* Ticks per count, as of `since`. */
};

static uint64_t iwdg_lsi_ticks(const struct iwdg *iwdg)
{
    const uint64_t ticks = chip_clock_hz(iwdg->dev.chip) / LSI_HZ;
    return ticks > 0 ? ticks : 1u;
}

static uint32_t iwdg_count(const struct iwdg *iwdg)
{
    const uint64_t steps = (iwdg->dev.chip->now - iwdg->since) / iwdg->step;
    return steps >= iwdg->from ? 0 : iwdg->from - (uint32_t)steps;
}

/* When the count falls below 0: the reset. */
static uint64_t iwdg_reset_at(const struct iwdg *iwdg)
{
    return iwdg->started ? iwdg->since + iwdg->step * (iwdg->from + 1u) : SIM_NEVER;
}

/* When the count comes down to EWIT - 1; with EWIT 0 or 1 there is no early interrupt. [U] */
static uint64_t iwdg_early_at(const struct iwdg *iwdg)
{
    const uint32_t compare = iwdg->value[FIELD_EWCR] & EWCR_EWIT;
    const bool enabled = (iwdg->value[FIELD_EWCR] & EWCR_EWIE) != 0 && compare > 1u;
    if (!iwdg->started || !enabled || iwdg->early_taken) {
        return SIM_NEVER;
    }
    const uint32_t target = compare - 1u;
    const uint32_t steps = iwdg->from > target ? iwdg->from - target : 0;
    return iwdg->since + iwdg->step * steps;
}

static void iwdg_update(struct iwdg *iwdg)
{
    uint64_t when = iwdg_reset_at(iwdg);
    const uint64_t early = iwdg_early_at(iwdg);
    when = early < when ? early : when;
    for (unsigned i = 0; i < FIELDS; i++) {
        const uint64_t end = iwdg->update_end[i];
        when = end < when && end != NO_LSI ? end : when;
    }
    chip_irq(iwdg->dev.chip, iwdg->dev.row->irq[0], iwdg->early);
    chip_deadline(iwdg->dev.chip, &iwdg->dev, when);
}

/* Counts down from `from`, starting now. */
static void iwdg_count_from(struct iwdg *iwdg, uint32_t from)
{
    const uint32_t code = iwdg->value[FIELD_PR] > PR_MAX ? PR_MAX : iwdg->value[FIELD_PR];
    iwdg->from = from;
    iwdg->since = iwdg->dev.chip->now;
    iwdg->step = iwdg_lsi_ticks(iwdg) << (code + 2u);
    iwdg->early_taken = false;
}

static void iwdg_bite(struct iwdg *iwdg)
{
    iwdg->started = false;
    chip_want_reset(iwdg->dev.chip, CHIP_RESET_IWDG);
}

static void iwdg_refresh(struct iwdg *iwdg)
{
    if (!iwdg->started) {
        return;
    }
    if (iwdg_count(iwdg) > iwdg->value[FIELD_WINR]) {
        iwdg_bite(iwdg);
        return;
    }
    iwdg_count_from(iwdg, iwdg->value[FIELD_RLR]);
}

/* When a value written now has crossed to the watchdog's own clock. */
static uint64_t iwdg_update_at(const struct iwdg *iwdg)
{
    if (!iwdg->started && !rcc_lsi_on(iwdg->dev.chip)) {
        return NO_LSI;
    }
    return iwdg->dev.chip->now + UPDATE_PERIODS * iwdg_lsi_ticks(iwdg);
}

/* The LSI may have been turned on: what waits for it begins to cross. */
static void iwdg_resume(struct iwdg *iwdg)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        if (iwdg->update_end[i] == NO_LSI) {
            iwdg->update_end[i] = iwdg_update_at(iwdg);
        }
    }
}

static void iwdg_start(struct iwdg *iwdg)
{
    if (!iwdg->started) {
        iwdg->started = true;
        iwdg_count_from(iwdg, COUNT_MAX);
        iwdg_resume(iwdg);
    }
}

static void iwdg_clock(struct sim_device *dev)
{
    iwdg_resume((struct iwdg *)dev);
    iwdg_update((struct iwdg *)dev);
}

/* Any other key than 0x5555 locks the registers again. */
static void iwdg_write_key(struct iwdg *iwdg, uint32_t key)
{
    iwdg->unlocked = key == KEY_UNLOCK;
    if (key == KEY_REFRESH) {
        iwdg_refresh(iwdg);
    } else if (key == KEY_START) {
        iwdg_start(iwdg);
    }
}

/* A protected field: ignored while locked or while its last value is still crossing over. */
static void iwdg_write_field(struct iwdg *iwdg, unsigned field, const struct sim_txn *txn,
                             uint32_t value, uint32_t mask)
{
    if (!iwdg->unlocked || iwdg->update_end[field] != SIM_NEVER) {
        return;
    }
    const uint32_t count = iwdg->started ? iwdg_count(iwdg) : 0;
    iwdg->value[field] = reg_put(iwdg->value[field], txn, value, mask);
    iwdg->update_end[field] = iwdg_update_at(iwdg);
    if (!iwdg->started) {
        return;
    }
    if (field == FIELD_PR) {
        iwdg_count_from(iwdg, count);
    } else if (field == FIELD_WINR) {
        iwdg_count_from(iwdg, iwdg->value[FIELD_RLR]);
    }
}

static void iwdg_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct iwdg *iwdg = (struct iwdg *)dev;
    switch (reg_off(txn)) {
    case KR:
        iwdg_write_key(iwdg, reg_ones(txn, value) & 0xffffu);
        break;
    case PR:
        iwdg_write_field(iwdg, FIELD_PR, txn, value, 0xfu);
        break;
    case RLR:
        iwdg_write_field(iwdg, FIELD_RLR, txn, value, COUNT_MAX);
        break;
    case WINR:
        iwdg_write_field(iwdg, FIELD_WINR, txn, value, COUNT_MAX);
        break;
    case EWCR:
        if (reg_ones(txn, value) & EWCR_EWIC) {
            iwdg->early = false;
        }
        iwdg_write_field(iwdg, FIELD_EWCR, txn, value, EWCR_EWIE | EWCR_EWIT);
        break;
    default:
        break;
    }
    iwdg_update(iwdg);
}

static uint32_t iwdg_sr(const struct iwdg *iwdg)
{
    static const uint32_t flag[FIELDS] = {SR_PVU, SR_RVU, SR_WVU, SR_EWU};
    uint32_t sr = (iwdg->started ? SR_ONF : 0) | (iwdg->early ? SR_EWIF : 0);
    for (unsigned i = 0; i < FIELDS; i++) {
        sr |= iwdg->update_end[i] != SIM_NEVER ? flag[i] : 0;
    }
    return sr;
}

static uint32_t iwdg_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct iwdg *iwdg = (const struct iwdg *)dev;
    switch (reg_off(txn)) {
    case PR:
        return txn_cut(txn, iwdg->value[FIELD_PR]);
    case RLR:
        return txn_cut(txn, iwdg->value[FIELD_RLR]);
    case SR:
        return txn_cut(txn, iwdg_sr(iwdg));
    case WINR:
        return txn_cut(txn, iwdg->value[FIELD_WINR]);
    case EWCR:
        return txn_cut(txn, iwdg->value[FIELD_EWCR]);
    default:
        return 0;
    }
}

static void iwdg_event(struct sim_device *dev, uint64_t now)
{
    struct iwdg *iwdg = (struct iwdg *)dev;
    for (unsigned i = 0; i < FIELDS; i++) {
        if (iwdg->update_end[i] <= now) {
            iwdg->update_end[i] = SIM_NEVER;
        }
    }
    if (iwdg_early_at(iwdg) <= now) {
        iwdg->early = true;
        iwdg->early_taken = true;
    }
    if (iwdg_reset_at(iwdg) <= now) {
        iwdg_bite(iwdg);
    }
    iwdg_update(iwdg);
}

static void iwdg_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct iwdg *iwdg = (struct iwdg *)dev;
    (void)kind;
    iwdg->value[FIELD_PR] = 0;
    iwdg->value[FIELD_RLR] = COUNT_MAX;
    iwdg->value[FIELD_WINR] = COUNT_MAX;
    iwdg->value[FIELD_EWCR] = 0;
    for (unsigned i = 0; i < FIELDS; i++) {
        iwdg->update_end[i] = SIM_NEVER;
    }
    iwdg->unlocked = false;
    iwdg->started = false;
    iwdg->early = false;
    iwdg->early_taken = false;
    if (!(dev->chip->nv->option[NV_OB_OPTSR] & OPTSR_IWDG_SW)) {
        iwdg_start(iwdg);
    }
    iwdg_update(iwdg);
}

static const struct sim_device_ops iwdg_ops = {
    .reset = iwdg_reset,
    .read = iwdg_read,
    .write = iwdg_write,
    .event = iwdg_event,
    .clock = iwdg_clock,
};

struct sim_device *iwdg_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct iwdg *iwdg = device_new(sizeof *iwdg);
    if (iwdg == NULL) {
        return NULL;
    }
    iwdg->dev.ops = &iwdg_ops;
    iwdg->step = 1;
    return &iwdg->dev;
}

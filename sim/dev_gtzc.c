/*
 * GTZC: TZSC (who may use a peripheral), TZIC (what was refused), and the check of backup SRAM.
 * dev_mpcbb.c has the block-based controllers of the SRAMs.
 */
#include <stdio.h>

#include "bus.h"
#include "dev.h"
#include "dev_reg.h"

/** A Secure access reaches a Non-secure peripheral through the Secure alias. [U] */
#define GTZC_SECURE_REACHES_NS true

/** With TrustZone, backup SRAM outside the enabled sub-region is Secure and privileged. [U] */
#define BKPSRAM_REST_SECURE true

#define GTZC_TZSC_REGS 3u
#define GTZC_TZIC_REGS 4u

/** TZIC_SR4 bits of what is not a block of the chip's table. */
enum gtzc_bit {
    GTZC_FLASH_MEMORY = 96 + 3,
    GTZC_BKPSRAM = 96 + 20,
    GTZC_SRAM1 = 96 + 24, /* SRAM2 and SRAM3: 2 and 4 further */
};

/** Implemented bits of TZSC_SECCFGRn, TZSC_PRIVCFGRn and the TZIC registers. */
static const uint32_t gtzc_mask[GTZC_TZIC_REGS] = {0xFFFFFFFF, 0xFF0FFF07, 0x05FFFF03, 0x3F1F0FDF};

/* TZSC registers. */
#define TZSC_CR          0x00u
#define TZSC_SECCFGR1    0x10u
#define TZSC_PRIVCFGR1   0x20u
#define TZSC_MPCWM1ACFGR 0x40u
#define TZSC_MPCWM_END   0x80u
#define TZSC_CR_LCK      1u

#define MPCWM_COUNT           8u /* regions 1 to 4, each with sub-regions A and B */
#define MPCWM_4A              6u
#define MPCWM_SREN            (1u << 0)
#define MPCWM_SRLOCK          (1u << 1)
#define MPCWM_SEC             (1u << 8)
#define MPCWM_PRIV            (1u << 9)
#define MPCWM_CFGR_MASK       (MPCWM_SREN | MPCWM_SRLOCK | MPCWM_SEC | MPCWM_PRIV)
#define MPCWM_R_MASK          0x0FFF07FFu
#define MPCWM_START(r)        ((r)&0x7FFu)
#define MPCWM_LENGTH(r)       (((r) >> 16) & 0xFFFu)
#define MPCWM_BKPSRAM_GRANULE 32u

struct tzsc {
    struct sim_device dev;
    uint32_t cr;
    uint32_t sec[GTZC_TZSC_REGS];
    uint32_t priv[GTZC_TZSC_REGS];
    uint32_t window_cfg[MPCWM_COUNT];
    uint32_t window[MPCWM_COUNT];
};

/* TZIC registers. */
#define TZIC_IER1 0x00u
#define TZIC_SR1  0x10u
#define TZIC_FCR1 0x20u

struct tzic {
    struct sim_device dev;
    uint32_t enable[GTZC_TZIC_REGS];
    uint32_t flag[GTZC_TZIC_REGS];
};

static void tzsc_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    struct tzsc *tzsc = (struct tzsc *)dev;
    tzsc->cr = 0;
    for (unsigned i = 0; i < GTZC_TZSC_REGS; i++) {
        tzsc->sec[i] = 0;
        tzsc->priv[i] = 0;
    }
    for (unsigned i = 0; i < MPCWM_COUNT; i++) {
        tzsc->window_cfg[i] = 0;
        tzsc->window[i] = 0;
    }
}

static uint32_t tzsc_word(const struct tzsc *tzsc, uint32_t off)
{
    if (off == TZSC_CR) {
        return tzsc->cr;
    }
    if (off - TZSC_SECCFGR1 < 4u * GTZC_TZSC_REGS) {
        return tzsc->sec[(off - TZSC_SECCFGR1) / 4u];
    }
    if (off - TZSC_PRIVCFGR1 < 4u * GTZC_TZSC_REGS) {
        return tzsc->priv[(off - TZSC_PRIVCFGR1) / 4u];
    }
    if (off >= TZSC_MPCWM1ACFGR && off < TZSC_MPCWM_END) {
        const unsigned window = (off - TZSC_MPCWM1ACFGR) / 8u;
        return (off & 4u) != 0 ? tzsc->window[window] : tzsc->window_cfg[window];
    }
    return 0;
}

static uint32_t tzsc_read(struct sim_device *dev, const struct sim_txn *txn)
{
    return txn_cut(txn, tzsc_word((const struct tzsc *)dev, reg_off(txn)));
}

/** SECCFGR: Secure; what is privileged changes by privileged writes only. [U] */
static void tzsc_write_sec(struct tzsc *tzsc, const struct sim_txn *txn, uint32_t value,
                           unsigned reg)
{
    if ((tzsc->cr & TZSC_CR_LCK) != 0 || !chip_trustzone(tzsc->dev.chip)) {
        return;
    }
    if (!txn->attr.secure) {
        gtzc_flag(tzsc->dev.chip, tzsc->dev.row->gtzc);
        return;
    }
    const uint32_t mask = txn->attr.privileged ? gtzc_mask[reg] : gtzc_mask[reg] & ~tzsc->priv[reg];
    tzsc->sec[reg] = reg_put(tzsc->sec[reg], txn, value, mask);
}

/** PRIVCFGR: privileged; what is Secure changes by Secure writes only. */
static void tzsc_write_priv(struct tzsc *tzsc, const struct sim_txn *txn, uint32_t value,
                            unsigned reg)
{
    if ((tzsc->cr & TZSC_CR_LCK) != 0 || !txn->attr.privileged) {
        return;
    }
    const uint32_t mask = txn->attr.secure ? gtzc_mask[reg] : gtzc_mask[reg] & ~tzsc->sec[reg];
    tzsc->priv[reg] = reg_put(tzsc->priv[reg], txn, value, mask);
}

/** Whether a register that only Secure privileged software may write takes this write. */
static bool tzsc_trusts(const struct tzsc *tzsc, const struct sim_txn *txn)
{
    if (!txn->attr.secure && chip_trustzone(tzsc->dev.chip)) {
        gtzc_flag(tzsc->dev.chip, tzsc->dev.row->gtzc);
        return false;
    }
    return txn->attr.privileged;
}

static void tzsc_write_window(struct tzsc *tzsc, const struct sim_txn *txn, uint32_t value,
                              uint32_t off)
{
    const unsigned window = (off - TZSC_MPCWM1ACFGR) / 8u;
    if (!tzsc_trusts(tzsc, txn) || (tzsc->window_cfg[window] & MPCWM_SRLOCK) != 0) {
        return;
    }
    if ((off & 4u) != 0) {
        tzsc->window[window] = reg_put(tzsc->window[window], txn, value, MPCWM_R_MASK);
    } else {
        tzsc->window_cfg[window] = reg_put(tzsc->window_cfg[window], txn, value, MPCWM_CFGR_MASK);
    }
}

static void tzsc_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct tzsc *tzsc = (struct tzsc *)dev;
    const uint32_t off = reg_off(txn);
    if (off == TZSC_CR) {
        if (tzsc_trusts(tzsc, txn)) {
            tzsc->cr |= reg_ones(txn, value) & TZSC_CR_LCK;
        }
    } else if (off - TZSC_SECCFGR1 < 4u * GTZC_TZSC_REGS) {
        tzsc_write_sec(tzsc, txn, value, (off - TZSC_SECCFGR1) / 4u);
    } else if (off - TZSC_PRIVCFGR1 < 4u * GTZC_TZSC_REGS) {
        tzsc_write_priv(tzsc, txn, value, (off - TZSC_PRIVCFGR1) / 4u);
    } else if (off >= TZSC_MPCWM1ACFGR && off < TZSC_MPCWM_END) {
        tzsc_write_window(tzsc, txn, value, off);
    }
    chip_map_changed(dev->chip);
}

static const struct sim_device_ops tzsc_ops = {
    .reset = tzsc_reset,
    .read = tzsc_read,
    .write = tzsc_write,
};

struct sim_device *tzsc_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct tzsc *tzsc = device_new(sizeof *tzsc);
    if (tzsc == NULL) {
        return NULL;
    }
    tzsc->dev.ops = &tzsc_ops;
    chip->tzsc = &tzsc->dev;
    return &tzsc->dev;
}

static void tzic_update(struct tzic *tzic)
{
    bool level = false;
    for (unsigned i = 0; i < GTZC_TZIC_REGS; i++) {
        level = level || (tzic->flag[i] & tzic->enable[i]) != 0;
    }
    chip_irq(tzic->dev.chip, tzic->dev.row->irq[0], level);
}

static void tzic_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    struct tzic *tzic = (struct tzic *)dev;
    for (unsigned i = 0; i < GTZC_TZIC_REGS; i++) {
        tzic->enable[i] = 0;
        tzic->flag[i] = 0;
    }
    tzic_update(tzic);
}

/** The whole block is for Secure privileged software. */
static bool tzic_trusts(const struct tzic *tzic, const struct sim_txn *txn)
{
    if (!txn->attr.secure) {
        gtzc_flag(tzic->dev.chip, tzic->dev.row->gtzc);
        return false;
    }
    return txn->attr.privileged;
}

static uint32_t tzic_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct tzic *tzic = (const struct tzic *)dev;
    const uint32_t off = reg_off(txn);
    if (!tzic_trusts(tzic, txn)) {
        return 0;
    }
    if (off - TZIC_IER1 < 4u * GTZC_TZIC_REGS) {
        return txn_cut(txn, tzic->enable[(off - TZIC_IER1) / 4u]);
    }
    if (off - TZIC_SR1 < 4u * GTZC_TZIC_REGS) {
        return txn_cut(txn, tzic->flag[(off - TZIC_SR1) / 4u]);
    }
    return 0;
}

static void tzic_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct tzic *tzic = (struct tzic *)dev;
    const uint32_t off = reg_off(txn);
    if (!tzic_trusts(tzic, txn)) {
        return;
    }
    if (off - TZIC_IER1 < 4u * GTZC_TZIC_REGS) {
        const unsigned reg = (off - TZIC_IER1) / 4u;
        tzic->enable[reg] = reg_put(tzic->enable[reg], txn, value, gtzc_mask[reg]);
    } else if (off - TZIC_FCR1 < 4u * GTZC_TZIC_REGS) {
        tzic->flag[(off - TZIC_FCR1) / 4u] &= ~reg_ones(txn, value);
    }
    tzic_update(tzic);
}

static const struct sim_device_ops tzic_ops = {
    .reset = tzic_reset,
    .read = tzic_read,
    .write = tzic_write,
};

struct sim_device *tzic_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct tzic *tzic = device_new(sizeof *tzic);
    if (tzic == NULL) {
        return NULL;
    }
    tzic->dev.ops = &tzic_ops;
    chip->tzic = &tzic->dev;
    return &tzic->dev;
}

void gtzc_flag(struct sim_chip *chip, unsigned gtzc)
{
    struct tzic *tzic = (struct tzic *)chip->tzic;
    const unsigned reg = gtzc / 32u;
    if (reg >= GTZC_TZIC_REGS || !chip_trustzone(chip)) {
        return;
    }
    tzic->flag[reg] |= (1u << (gtzc % 32u)) & gtzc_mask[reg];
    tzic_update(tzic);
}

void gtzc_flag_illegal(struct sim_chip *chip, const struct bus_decision *decision)
{
    /* A refusal for privilege alone sets no flag. [U] */
    if (!decision->illegal && decision->filter != BUS_FILTER_SECWM &&
        decision->filter != BUS_FILTER_SECBB) {
        return;
    }
    if (decision->device != NULL) {
        gtzc_flag(chip, decision->device->row->gtzc);
        return;
    }
    if (decision->memory == NULL) {
        return;
    }
    const enum chip_memory_id id = (enum chip_memory_id)(decision->memory - chip->memory);
    if (id == CHIP_FLASH) {
        gtzc_flag(chip, GTZC_FLASH_MEMORY);
    } else if (id == CHIP_BKPSRAM) {
        gtzc_flag(chip, GTZC_BKPSRAM);
    } else if (id >= CHIP_SRAM1 && id <= CHIP_SRAM3) {
        gtzc_flag(chip, GTZC_SRAM1 + 2u * (unsigned)(id - CHIP_SRAM1));
    }
}

/** Refuses with the reason; a fetch is made a bus error by the caller. */
static bool gtzc_refuse(struct bus_decision *out, bool illegal, const char *name,
                        const char *what_it_is, const char *what_came)
{
    out->answer = SIM_ANSWER_IGNORED;
    out->filter = BUS_FILTER_TZSC;
    out->illegal = illegal;
    (void)snprintf(out->why, sizeof out->why, "%s is %s (TZSC), the access is %s", name, what_it_is,
                   what_came);
    return false;
}

bool gtzc_is_secure(const struct sim_chip *chip, unsigned gtzc)
{
    const struct tzsc *tzsc = (const struct tzsc *)chip->tzsc;
    return gtzc < DEV_GTZC_AWARE && (tzsc->sec[gtzc / 32u] & (1u << (gtzc % 32u))) != 0;
}

bool gtzc_check_device(const struct sim_chip *chip, const struct sim_device *dev,
                       struct sim_attr attr, struct bus_decision *out)
{
    const struct tzsc *tzsc = (const struct tzsc *)chip->tzsc;
    const unsigned gtzc = dev->row->gtzc;
    if (gtzc >= DEV_GTZC_AWARE) {
        return true;
    }
    const uint32_t bit = 1u << (gtzc % 32u);
    const bool secure = gtzc_is_secure(chip, gtzc);
    if (secure && !attr.secure) {
        return gtzc_refuse(out, true, dev->name, "Secure", "Non-secure");
    }
    if (!secure && attr.secure && !GTZC_SECURE_REACHES_NS) {
        return gtzc_refuse(out, true, dev->name, "Non-secure", "Secure");
    }
    if ((tzsc->priv[gtzc / 32u] & bit) != 0 && !attr.privileged) {
        return gtzc_refuse(out, false, dev->name, "privileged", "unprivileged");
    }
    return true;
}

bool gtzc_check_bkpsram(const struct sim_chip *chip, uint32_t off, struct sim_attr attr,
                        struct bus_decision *out)
{
    const struct tzsc *tzsc = (const struct tzsc *)chip->tzsc;
    const uint32_t cfg = tzsc->window_cfg[MPCWM_4A];
    const uint32_t base = out->first;
    const uint32_t start = MPCWM_START(tzsc->window[MPCWM_4A]) * MPCWM_BKPSRAM_GRANULE;
    const uint32_t end = start + MPCWM_LENGTH(tzsc->window[MPCWM_4A]) * MPCWM_BKPSRAM_GRANULE;
    const bool on = (cfg & MPCWM_SREN) != 0 && end > start;
    const bool rest_closed = chip_trustzone(chip) && BKPSRAM_REST_SECURE;
    bool secure = rest_closed;
    bool privileged = rest_closed;
    if (on && off >= start && off < end) {
        secure = (cfg & MPCWM_SEC) != 0;
        privileged = (cfg & MPCWM_PRIV) != 0;
        out->first = base + start;
        out->last = out->last < base + (end - 1u) ? out->last : base + (end - 1u);
    } else if (on && off < start) {
        out->last = out->last < base + (start - 1u) ? out->last : base + (start - 1u);
    } else if (on) {
        out->first = base + end;
    }
    if (secure && !attr.secure && chip_trustzone(chip)) {
        return gtzc_refuse(out, true, "BKPSRAM", "Secure", "Non-secure");
    }
    if (privileged && !attr.privileged) {
        return gtzc_refuse(out, false, "BKPSRAM", "privileged", "unprivileged");
    }
    return true;
}

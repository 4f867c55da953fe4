/*
 * GPDMA1 and GPDMA2: eight channels each, in virtual time.
 *
 * A channel's registers belong to Secure software if SECCFGR says so, and to privileged software
 * if PRIVCFGR does. Its transfers are then Secure as SSEC and DSEC say. Triggers, priorities other
 * than the order of channels that are due at once, and the two ports are not modelled.
 */
#include "dev_gpdma.h"

#include <string.h>

#include "dev.h"
#include "dev_reg.h"

#define SECCFGR      0x00u
#define PRIVCFGR     0x04u
#define RCFGLOCKR    0x08u
#define MISR         0x0cu
#define SMISR        0x10u
#define CHANNEL0     0x50u
#define STRIDE       0x80u
#define CHANNELS_END (CHANNEL0 + GPDMA_CHANNELS * STRIDE)

/* Within a channel. */
#define LBAR 0x00u
#define FCR  0x0cu
#define CSR  0x10u
#define CCR  0x14u
#define TR1  0x40u
#define TR2  0x44u
#define BR1  0x48u
#define SAR  0x4cu
#define DAR  0x50u
#define TR3  0x54u
#define BR2  0x58u
#define LLR  0x7cu

#define ALL_CHANNELS 0xffu
#define FLAGS        0x00007f00u /* TCF to TOF in SR and FCR, and their enables in CR. */
#define CR_SETTINGS  0x00c30000u
#define CR_PRIO(cr)  ((cr) >> 22 & 3u)
#define TR1_MASK     0xcffbfbfbu
#define TR2_MASK     0xc33fceffu /* REQSEL has eight bits here: the part has that many requests. */
#define BR1_LINEAR   0x0000ffffu
#define BR1_2D       0xf7ffffffu
#define TR3_MASK     0x1fff1fffu
#define LLR_LINEAR   0xf801fffcu
#define LLR_2D       0xfe01fffcu

uint32_t gpdma_tr1_mask(const struct gpdma *gpdma, unsigned n)
{
    const uint32_t security = GPDMA_TR1_SSEC | GPDMA_TR1_DSEC;
    return gpdma->seccfgr >> n & 1u ? TR1_MASK : TR1_MASK & ~security;
}

uint32_t gpdma_llr_mask(unsigned n)
{
    return n >= GPDMA_FIRST_2D ? LLR_2D : LLR_LINEAR;
}

/* Channels with an enabled flag. */
static uint32_t gpdma_masked(const struct gpdma *gpdma)
{
    uint32_t channels = 0;
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        const struct gpdma_channel *channel = &gpdma->channel[n];
        channels |= (channel->sr & channel->cr & FLAGS) != 0 ? 1u << n : 0;
    }
    return channels;
}

static void gpdma_update(struct gpdma *gpdma)
{
    const uint32_t masked = gpdma_masked(gpdma);
    uint64_t when = SIM_NEVER;
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        chip_irq(gpdma->dev.chip, gpdma->dev.row->irq[0] + n, (masked >> n & 1u) != 0);
        when = gpdma->channel[n].when < when ? gpdma->channel[n].when : when;
    }
    chip_deadline(gpdma->dev.chip, &gpdma->dev, when);
}

/* Whether a channel waits: it is enabled, goes on by requests, and there was none. */
static bool gpdma_waits(const struct gpdma_channel *channel)
{
    return (channel->cr & (GPDMA_CR_EN | GPDMA_CR_SUSP)) == GPDMA_CR_EN &&
           channel->when == SIM_NEVER;
}

void gpdma_wake(struct sim_chip *chip)
{
    static const char *const name[] = {"GPDMA1", "GPDMA2"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        struct gpdma *gpdma = (struct gpdma *)chip_device(chip, name[i]);
        bool woken = false;
        for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
            struct gpdma_channel *channel = &gpdma->channel[n];
            if (gpdma_waits(channel) && gpdma_requested(gpdma, channel)) {
                channel->when = chip->now;
                woken = true;
            }
        }
        if (woken) {
            gpdma_update(gpdma);
        }
    }
}

/* ---- registers of a channel ----------------------------------------------------------------- */

static void gpdma_write_control(struct gpdma *gpdma, unsigned n, const struct sim_txn *txn,
                                uint32_t value)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const bool enabled = (channel->cr & GPDMA_CR_EN) != 0;
    const uint32_t word = txn_merge(txn, channel->cr, value);
    const bool suspended = (channel->cr & GPDMA_CR_SUSP) != 0;
    channel->cr = reg_put(channel->cr, txn, value, FLAGS | (enabled ? 0 : CR_SETTINGS));
    if (word & GPDMA_CR_RESET) {
        if (!enabled || suspended) { /* Otherwise it is not in a steady state. */
            channel->cr &= ~(GPDMA_CR_EN | GPDMA_CR_SUSP);
            channel->sr |= GPDMA_SR_IDLEF;
            channel->fill = 0;
            channel->when = SIM_NEVER;
        }
        return;
    }
    channel->cr = (channel->cr & ~GPDMA_CR_SUSP) | (word & GPDMA_CR_SUSP);
    if (!enabled && (word & GPDMA_CR_EN)) {
        channel->cr |= GPDMA_CR_EN;
        gpdma_begin(gpdma, n);
    }
    if (!(channel->cr & GPDMA_CR_EN)) {
        return;
    }
    if ((word & GPDMA_CR_SUSP) && !(suspended && enabled)) {
        channel->sr |= GPDMA_SR_SUSPF | GPDMA_SR_IDLEF;
        channel->when = SIM_NEVER;
    } else if (suspended && !(word & GPDMA_CR_SUSP)) {
        channel->sr &= ~GPDMA_SR_IDLEF;
        channel->when = gpdma->dev.chip->now + 1u;
    }
}

/* The registers that only a disabled channel takes; NULL: there is none at that offset. */
static uint32_t *gpdma_setting(struct gpdma *gpdma, unsigned n, uint32_t off, uint32_t *mask)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const bool has_2d = n >= GPDMA_FIRST_2D;
    *mask = 0xffffffffu;
    switch (off) {
    case LBAR:
        *mask = 0xffff0000u;
        return &channel->lbar;
    case TR1:
        *mask = gpdma_tr1_mask(gpdma, n);
        return &channel->tr1;
    case TR2:
        *mask = TR2_MASK;
        return &channel->tr2;
    case BR1:
        *mask = has_2d ? BR1_2D : BR1_LINEAR;
        return &channel->br1;
    case SAR:
        return &channel->sar;
    case DAR:
        return &channel->dar;
    case TR3:
        *mask = has_2d ? TR3_MASK : 0;
        return &channel->tr3;
    case BR2:
        *mask = has_2d ? 0xffffffffu : 0;
        return &channel->br2;
    case LLR:
        *mask = gpdma_llr_mask(n);
        return &channel->llr;
    default:
        return NULL;
    }
}

static void gpdma_write_channel(struct gpdma *gpdma, unsigned n, const struct sim_txn *txn,
                                uint32_t value)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const uint32_t off = (reg_off(txn) - CHANNEL0) % STRIDE;
    uint32_t mask;
    if (off == CCR) {
        gpdma_write_control(gpdma, n, txn, value);
        return;
    }
    if (off == FCR) {
        channel->sr &= ~(reg_ones(txn, value) & FLAGS);
        return;
    }
    uint32_t *word = gpdma_setting(gpdma, n, off, &mask);
    if (word != NULL && !(channel->cr & GPDMA_CR_EN)) {
        *word = reg_put(*word, txn, value, mask);
    }
}

static uint32_t gpdma_read_channel(struct gpdma *gpdma, unsigned n, const struct sim_txn *txn)
{
    const uint32_t off = (reg_off(txn) - CHANNEL0) % STRIDE;
    uint32_t mask;
    if (off == CSR) {
        return gpdma->channel[n].sr;
    }
    if (off == CCR) {
        return gpdma->channel[n].cr;
    }
    const uint32_t *word = gpdma_setting(gpdma, n, off, &mask);
    return word != NULL ? *word : 0;
}

/* ---- registers of the controller ------------------------------------------------------------ */

static bool gpdma_trusted(const struct gpdma *gpdma, const struct sim_txn *txn)
{
    return txn->attr.secure || !chip_trustzone(gpdma->dev.chip);
}

/* The channels that an access reaches. */
static uint32_t gpdma_reach(const struct gpdma *gpdma, const struct sim_txn *txn)
{
    uint32_t reach = ALL_CHANNELS;
    reach &= gpdma_trusted(gpdma, txn) ? reach : ~gpdma->seccfgr;
    reach &= txn->attr.privileged ? reach : ~gpdma->privcfgr;
    return reach;
}

/* Whether an access reaches channel n; tells the TZIC if it is too little Secure. */
static bool gpdma_allows(const struct gpdma *gpdma, const struct sim_txn *txn, unsigned n)
{
    if (!gpdma_trusted(gpdma, txn) && (gpdma->seccfgr >> n & 1u)) {
        gtzc_flag(gpdma->dev.chip, gpdma->dev.row->gtzc);
        return false;
    }
    return (gpdma_reach(gpdma, txn) >> n & 1u) != 0;
}

/* Channels whose attributes may change: neither enabled nor locked. */
static uint32_t gpdma_open(const struct gpdma *gpdma)
{
    uint32_t open = ALL_CHANNELS & ~gpdma->lockr;
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        open &= gpdma->channel[n].cr & GPDMA_CR_EN ? ~(1u << n) : ALL_CHANNELS;
    }
    return open;
}

/* Secure software; of privileged channels privileged software only. */
static void gpdma_write_sec(struct gpdma *gpdma, const struct sim_txn *txn, uint32_t value)
{
    if (!chip_trustzone(gpdma->dev.chip)) {
        return; /* Reads as zero then. [U] */
    }
    if (!txn->attr.secure) {
        gtzc_flag(gpdma->dev.chip, gpdma->dev.row->gtzc);
        return;
    }
    const uint32_t mask = gpdma_open(gpdma) & gpdma_reach(gpdma, txn);
    gpdma->seccfgr = reg_put(gpdma->seccfgr, txn, value, mask);
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        gpdma->channel[n].tr1 &= gpdma_tr1_mask(gpdma, n);
    }
}

static void gpdma_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct gpdma *gpdma = (struct gpdma *)dev;
    const uint32_t off = reg_off(txn);
    if (off == SECCFGR) {
        gpdma_write_sec(gpdma, txn, value);
    } else if (off == PRIVCFGR && txn->attr.privileged) {
        const uint32_t mask = gpdma_open(gpdma) & gpdma_reach(gpdma, txn);
        gpdma->privcfgr = reg_put(gpdma->privcfgr, txn, value, mask);
    } else if (off == RCFGLOCKR && txn->attr.privileged && gpdma_trusted(gpdma, txn)) {
        gpdma->lockr |= reg_ones(txn, value) & ALL_CHANNELS;
    } else if (off >= CHANNEL0 && off < CHANNELS_END) {
        const unsigned n = (off - CHANNEL0) / STRIDE;
        if (gpdma_allows(gpdma, txn, n)) {
            gpdma_write_channel(gpdma, n, txn, value);
        }
    }
    gpdma_update(gpdma);
}

static uint32_t gpdma_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct gpdma *gpdma = (struct gpdma *)dev;
    const uint32_t off = reg_off(txn);
    if (off >= CHANNEL0 && off < CHANNELS_END) {
        const unsigned n = (off - CHANNEL0) / STRIDE;
        return gpdma_allows(gpdma, txn, n) ? txn_cut(txn, gpdma_read_channel(gpdma, n, txn)) : 0;
    }
    switch (off) {
    case SECCFGR:
        return txn_cut(txn, gpdma->seccfgr);
    case PRIVCFGR:
        return txn_cut(txn, gpdma->privcfgr);
    case RCFGLOCKR:
        return txn_cut(txn, gpdma->lockr);
    case MISR:
        return txn_cut(txn, gpdma_masked(gpdma) & ~gpdma->seccfgr);
    case SMISR:
        return txn->attr.secure ? txn_cut(txn, gpdma_masked(gpdma) & gpdma->seccfgr) : 0;
    default:
        return 0;
    }
}

/* ---- work ----------------------------------------------------------------------------------- */

/* The channel that is due and goes first: of the highest priority, then of the lowest number. */
static struct gpdma_channel *gpdma_due(struct gpdma *gpdma, uint64_t now)
{
    struct gpdma_channel *first = NULL;
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        struct gpdma_channel *channel = &gpdma->channel[n];
        if (channel->when <= now && (first == NULL || CR_PRIO(channel->cr) > CR_PRIO(first->cr))) {
            first = channel;
        }
    }
    return first;
}

static void gpdma_event(struct sim_device *dev, uint64_t now)
{
    struct gpdma *gpdma = (struct gpdma *)dev;
    struct gpdma_channel *channel = gpdma_due(gpdma, now);
    if (channel != NULL) {
        gpdma_step(gpdma, (unsigned)(channel - gpdma->channel));
    }
    gpdma_update(gpdma);
}

static void gpdma_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct gpdma *gpdma = (struct gpdma *)dev;
    (void)kind;
    gpdma->seccfgr = gpdma->privcfgr = gpdma->lockr = 0;
    memset(gpdma->channel, 0, sizeof gpdma->channel);
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        gpdma->channel[n].sr = GPDMA_SR_IDLEF;
        gpdma->channel[n].when = SIM_NEVER;
    }
    gpdma_update(gpdma);
}

static const struct sim_device_ops gpdma_ops = {
    .reset = gpdma_reset,
    .read = gpdma_read,
    .write = gpdma_write,
    .event = gpdma_event,
};

struct sim_device *gpdma_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct gpdma *gpdma = device_new(sizeof *gpdma);
    if (gpdma == NULL) {
        return NULL;
    }
    gpdma->dev.ops = &gpdma_ops;
    for (unsigned n = 0; n < GPDMA_CHANNELS; n++) {
        gpdma->channel[n].when = SIM_NEVER;
    }
    return &gpdma->dev;
}

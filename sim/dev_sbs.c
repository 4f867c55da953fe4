/*
 * SBS: temporal isolation (HDPL), debug control, EPOCH selection, locks of the processor's security
 * registers. Owns the HDPL.
 */
#include "dev.h"
#include "dev_reg.h"

#define SBS_HDPLCR     0x010u
#define SBS_HDPLSR     0x014u
#define SBS_NEXTHDPLCR 0x018u
#define SBS_DBGCR      0x020u
#define SBS_DBGLOCKR   0x024u
#define SBS_RSSCMDR    0x034u
#define SBS_EPOCHSELCR 0x0A0u
#define SBS_SECCFGR    0x0C0u
#define SBS_PMCR       0x100u
#define SBS_FPUIMR     0x104u
#define SBS_MESR       0x108u
#define SBS_CCCSR      0x110u
#define SBS_CCVALR     0x114u
#define SBS_CCSWCR     0x118u
#define SBS_CFGR2      0x120u
#define SBS_CNSLCKR    0x144u
#define SBS_CSLCKR     0x148u
#define SBS_ECCNMIR    0x14Cu

#define HDPL_MAX 3u

/** HDPLCR: this value changes nothing, any other raises the level (SVD); it always reads so. [U] */
#define HDPLCR_IDLE 0xB4u

#define NEXTHDPL_MASK 3u

/** As the vendor's driver has them; the register text has them the other way round. [U] */
#define EPOCHSEL_NONSECURE 0u
#define EPOCHSEL_SECURE    1u
#define EPOCH_MASK         0x00FFFFFFu

#define DBGLOCKR_OPEN         0xB4u
#define DBGLOCKR_READS_LOCKED 0x6Au
#define DBGCR_AUTH_HDPL_SHIFT 16u
#define DBGCR_AUTH_HDPL_MASK  (0xFFu << DBGCR_AUTH_HDPL_SHIFT)

#define SECCFGR_SBSSEC    (1u << 0)
#define SECCFGR_CLASSBSEC (1u << 1)
#define SECCFGR_FPUSEC    (1u << 3)
#define SECCFGR_MASK      0x8000000Bu

#define CCCSR_EN     0x005u
#define CCCSR_MASK   0x00Fu
#define CCCSR_RESET  0x00Au /* CS1 and CS2: the text says 1 after reset, the SVD's value 0. [U] */
#define CCVALR_VALUE 0x88u
#define MESR_MASK    0x00010001u
#define CFGR2_LOCKS  0x7u /* CLL, SEL, PVDL: set only */
#define CFGR2_ECCL   0x8u

/** Codes of HDPLSR and DBGCR.DBG_AUTH_HDPL, by level. */
static const uint8_t sbs_hdpl_code[HDPL_MAX + 1u] = {0xB4, 0x51, 0x8A, 0x6F};

/** A register that is only stored: bits that can be written, value after reset. */
struct sbs_register {
    uint32_t off;
    uint32_t mask;
    uint32_t set_only; /**< Bits of `mask` that a write can set but not clear. */
    uint32_t reset;
    uint32_t sec; /**< Bit of SECCFGR that keeps Non-secure accesses out; 0: none. */
    bool secure;  /**< With TrustZone, written by Secure privileged software only. [U] */
};

enum sbs_word {
    SBS_WORD_NEXTHDPL,
    SBS_WORD_RSSCMD,
    SBS_WORD_EPOCHSEL,
    SBS_WORD_SECCFG,
    SBS_WORD_PMCR,
    SBS_WORD_FPUIMR,
    SBS_WORD_CCCSR,
    SBS_WORD_CCSWCR,
    SBS_WORD_CFGR2,
    SBS_WORD_CNSLCK,
    SBS_WORD_CSLCK,
    SBS_WORD_ECCNMI,
    SBS_WORDS
};

static const struct sbs_register sbs_registers[SBS_WORDS] = {
    [SBS_WORD_NEXTHDPL] = {SBS_NEXTHDPLCR, NEXTHDPL_MASK, 0, 0, 0, true},
    [SBS_WORD_RSSCMD] = {SBS_RSSCMDR, 0xFFFF, 0, 0, 0, true},
    [SBS_WORD_EPOCHSEL] = {SBS_EPOCHSELCR, 3, 0, 0, 0, true},
    [SBS_WORD_SECCFG] = {SBS_SECCFGR, SECCFGR_MASK, 0, 0, 0, true},
    [SBS_WORD_PMCR] = {SBS_PMCR, 0x00EF0300, 0, 0, SECCFGR_SBSSEC, false},
    [SBS_WORD_FPUIMR] = {SBS_FPUIMR, 0x3F, 0, 0x1F, SECCFGR_FPUSEC, false},
    [SBS_WORD_CCCSR] = {SBS_CCCSR, CCCSR_MASK, 0, CCCSR_RESET, SECCFGR_SBSSEC, false},
    [SBS_WORD_CCSWCR] = {SBS_CCSWCR, 0xFFFF, 0, 0x7878, SECCFGR_SBSSEC, false},
    [SBS_WORD_CFGR2] = {SBS_CFGR2, CFGR2_LOCKS | CFGR2_ECCL, CFGR2_LOCKS, 0, SECCFGR_CLASSBSEC,
                        false},
    [SBS_WORD_CNSLCK] = {SBS_CNSLCKR, 3, 3, 0, 0, false},
    [SBS_WORD_CSLCK] = {SBS_CSLCKR, 7, 7, 0, 0, true},
    [SBS_WORD_ECCNMI] = {SBS_ECCNMIR, 1, 0, 0, 0, true},
};

struct sbs {
    struct sim_device dev;
    unsigned hdpl;
    uint32_t dbgcr;
    uint32_t mesr;
    bool debug_locked;
    uint32_t word[SBS_WORDS];
};

static void sbs_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct sbs *sbs = (struct sbs *)dev;
    const uint32_t command = sbs->word[SBS_WORD_RSSCMD];
    sbs->hdpl = 0;
    sbs->dbgcr = 0;
    sbs->mesr = 0;
    sbs->debug_locked = false;
    for (unsigned i = 0; i < SBS_WORDS; i++) {
        sbs->word[i] = sbs_registers[i].reset;
    }
    if (kind == SIM_RESET_SYSTEM) {
        sbs->word[SBS_WORD_RSSCMD] = command; /* it is for the RSS of the next boot. [U] */
    }
}

/** What a write to a register that decides over security needs. */
static bool sbs_trusts(const struct sbs *sbs, struct sim_attr attr)
{
    if (!attr.secure && chip_trustzone(sbs->dev.chip)) {
        gtzc_flag(sbs->dev.chip, sbs->dev.row->gtzc);
        return false;
    }
    return attr.privileged;
}

static const struct sbs_register *sbs_find(uint32_t off)
{
    for (unsigned i = 0; i < SBS_WORDS; i++) {
        if (sbs_registers[i].off == off) {
            return &sbs_registers[i];
        }
    }
    return NULL;
}

/** Whether SECCFGR keeps an access out, which the part then flags. */
static bool sbs_hidden(const struct sbs *sbs, uint32_t sec, struct sim_attr attr)
{
    if (attr.secure || (sbs->word[SBS_WORD_SECCFG] & sec) == 0) {
        return false;
    }
    gtzc_flag(sbs->dev.chip, sbs->dev.row->gtzc);
    return true;
}

static uint32_t sbs_stored(const struct sbs *sbs, uint32_t off, struct sim_attr attr)
{
    const struct sbs_register *reg = sbs_find(off);
    if (reg == NULL || sbs_hidden(sbs, reg->sec, attr)) {
        return 0;
    }
    return sbs->word[reg - sbs_registers];
}

static uint32_t sbs_word_read(const struct sbs *sbs, uint32_t off, struct sim_attr attr)
{
    uint32_t value;
    switch (off) {
    case SBS_HDPLCR:
        return HDPLCR_IDLE;
    case SBS_HDPLSR:
        return sbs_hdpl_code[sbs->hdpl];
    case SBS_DBGCR:
        return sbs->dbgcr;
    case SBS_DBGLOCKR:
        return sbs->debug_locked ? DBGLOCKR_READS_LOCKED : DBGLOCKR_OPEN;
    case SBS_MESR:
        return sbs_hidden(sbs, SECCFGR_SBSSEC, attr) ? 0 : sbs->mesr;
    case SBS_CCCSR:
        /* EN1 and EN2 are bits 0 and 2, RDY1 and RDY2 bits 8 and 9. */
        value = sbs_stored(sbs, off, attr);
        return value | (value & 1u) << 8 | (value & 4u) << 7;
    case SBS_CCVALR:
        return sbs_hidden(sbs, SECCFGR_SBSSEC, attr) ? 0 : CCVALR_VALUE;
    default:
        return sbs_stored(sbs, off, attr);
    }
}

static uint32_t sbs_read(struct sim_device *dev, const struct sim_txn *txn)
{
    return txn_cut(txn, sbs_word_read((const struct sbs *)dev, reg_off(txn), txn->attr));
}

static bool sbs_hdpl_code_known(uint32_t code)
{
    return code == sbs_hdpl_code[1] || code == sbs_hdpl_code[2] || code == sbs_hdpl_code[3];
}

static void sbs_write_dbgcr(struct sbs *sbs, const struct sim_txn *txn, uint32_t value)
{
    if (!sbs_trusts(sbs, txn->attr) || sbs->debug_locked) {
        return;
    }
    uint32_t word = txn_merge(txn, sbs->dbgcr, value);
    if (!sbs_hdpl_code_known((word >> DBGCR_AUTH_HDPL_SHIFT) & 0xFFu)) {
        word = (word & ~DBGCR_AUTH_HDPL_MASK) | (sbs->dbgcr & DBGCR_AUTH_HDPL_MASK);
    }
    sbs->dbgcr = word;
}

static void sbs_write_stored(struct sbs *sbs, const struct sim_txn *txn, uint32_t value)
{
    const struct sbs_register *reg = sbs_find(reg_off(txn));
    if (reg == NULL || sbs_hidden(sbs, reg->sec, txn->attr)) {
        return;
    }
    if (reg->secure ? !sbs_trusts(sbs, txn->attr) : !txn->attr.privileged) {
        return;
    }
    uint32_t *word = &sbs->word[reg - sbs_registers];
    const uint32_t kept = *word & reg->set_only;
    *word = reg_put(*word, txn, value, reg->mask) | kept;
    if (reg->off == SBS_SECCFGR && !chip_trustzone(sbs->dev.chip)) {
        *word = 0;
    }
    if (reg->off == SBS_NEXTHDPLCR) {
        chip_map_changed(sbs->dev.chip);
    }
}

static void sbs_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct sbs *sbs = (struct sbs *)dev;
    switch (reg_off(txn)) {
    case SBS_HDPLCR:
        if ((txn_merge(txn, HDPLCR_IDLE, value) & 0xFFu) != HDPLCR_IDLE &&
            sbs_trusts(sbs, txn->attr)) {
            chip_hdpl_raise(dev->chip);
        }
        return;
    case SBS_DBGCR:
        sbs_write_dbgcr(sbs, txn, value);
        return;
    case SBS_DBGLOCKR:
        if ((txn_merge(txn, DBGLOCKR_OPEN, value) & 0xFFu) != DBGLOCKR_OPEN &&
            sbs_trusts(sbs, txn->attr)) {
            sbs->debug_locked = true;
        }
        return;
    case SBS_MESR:
        if (!sbs_hidden(sbs, SECCFGR_SBSSEC, txn->attr)) {
            sbs->mesr &= ~(reg_ones(txn, value) & MESR_MASK);
        }
        return;
    default:
        sbs_write_stored(sbs, txn, value);
        return;
    }
}

static const struct sim_device_ops sbs_ops = {
    .reset = sbs_reset,
    .read = sbs_read,
    .write = sbs_write,
};

struct sim_device *sbs_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct sbs *sbs = device_new(sizeof *sbs);
    if (sbs == NULL) {
        return NULL;
    }
    sbs->dev.ops = &sbs_ops;
    chip->sbs = &sbs->dev;
    return &sbs->dev;
}

unsigned chip_hdpl(const struct sim_chip *chip)
{
    return ((const struct sbs *)chip->sbs)->hdpl;
}

unsigned chip_obk_hdpl(const struct sim_chip *chip)
{
    const struct sbs *sbs = (const struct sbs *)chip->sbs;
    const unsigned level = sbs->hdpl + sbs->word[SBS_WORD_NEXTHDPL];
    return level < HDPL_MAX ? level : HDPL_MAX;
}

uint32_t chip_rss_command(const struct sim_chip *chip)
{
    return ((const struct sbs *)chip->sbs)->word[SBS_WORD_RSSCMD];
}

uint32_t chip_dbgcr(const struct sim_chip *chip)
{
    return ((const struct sbs *)chip->sbs)->dbgcr;
}

unsigned chip_debug_hdpl(const struct sim_chip *chip)
{
    const uint32_t code = (chip_dbgcr(chip) & DBGCR_AUTH_HDPL_MASK) >> DBGCR_AUTH_HDPL_SHIFT;
    unsigned level = 1;
    while (level < HDPL_MAX && sbs_hdpl_code[level] != code) {
        level++;
    }
    return level;
}

uint32_t chip_epoch(const struct sim_chip *chip)
{
    const struct sbs *sbs = (const struct sbs *)chip->sbs;
    switch (sbs->word[SBS_WORD_EPOCHSEL]) {
    case EPOCHSEL_NONSECURE:
        return chip->nv->option[NV_OB_NSEPOCH] & EPOCH_MASK;
    case EPOCHSEL_SECURE:
        return chip->nv->option[NV_OB_SECEPOCH] & EPOCH_MASK;
    default:
        return 0;
    }
}

void chip_hdpl_raise(struct sim_chip *chip)
{
    struct sbs *sbs = (struct sbs *)chip->sbs;
    if (sbs->hdpl == HDPL_MAX) {
        return;
    }
    sbs->hdpl++;
    chip_map_changed(chip);
    chip_event(chip, SIM_EVENT_BOOT, "HDPL raised to %u", sbs->hdpl);
}

uint32_t chip_core_lock(const struct sim_chip *chip, bool secure)
{
    const struct sbs *sbs = (const struct sbs *)chip->sbs;
    return sbs->word[secure ? SBS_WORD_CSLCK : SBS_WORD_CNSLCK];
}

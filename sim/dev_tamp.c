/*
 * TAMP: backup registers, their zones, the monotonic counter and what a tamper does.
 *
 * All of it lies in the backup domain, so all state is in nv->backup: 32 backup registers, then
 * the words of `enum tamp_word`. Neither a system reset nor losing power changes it. Writes need
 * PWR_DBPCR.DBP. The tamper inputs are not connected; active tampers have no generator.
 *
 * A tamper erases the device's secrets. One in potential mode (NOER) only keeps everybody from
 * them until its flag is cleared, which says it was none, or BKERASE says it was one.
 */
#include "dev_tamp.h"

#include <string.h>

#include "dev.h"
#include "dev_reg.h"
#include "dev_rtc.h"

#define SECCFGR  0x20u
#define PRIVCFGR 0x24u
#define SR       0x30u
#define MISR     0x34u
#define SMISR    0x38u
#define SCR      0x3cu
#define COUNT1R  0x40u
#define BKP0R    0x100u
#define BKP31R   0x17cu
#define CR2      0x04u

#define CR2_NOER           0x000000ffu
#define CR2_MSK(n)         (1u << (16u + (n)))
#define CR2_MASKABLE       3u
#define CR2_BKBLOCK        (1u << 22)
#define CR2_BKERASE        (1u << 23)
#define SECCFGR_BKPRWSEC   0x000000ffu
#define SECCFGR_CNT1SEC    (1u << 15)
#define SECCFGR_BKPWSEC    0x00ff0000u
#define SECCFGR_BHKLOCK    (1u << 30)
#define SECCFGR_TAMPSEC    (1u << 31)
#define PRIVCFGR_CNT1PRIV  (1u << 15)
#define PRIVCFGR_BKPRWPRIV (1u << 29)
#define PRIVCFGR_BKPWPRIV  (1u << 30)
#define PRIVCFGR_TAMPPRIV  (1u << 31)
#define RPCFGR_BKPSRAM     (1u << 0)   /* Configurable resource 0: the backup SRAM. [U] */
#define TAMPERS            0x5dff00ffu /* Every tamper the part has. */
#define BKP_REGISTERS      32u
#define ATCR1_RESET        0x00070000u /* Kept inverted in these bits: a virgin word is 0. */
#define INTERNAL           16u         /* Number of internal tamper 1. */
#define ITAMP_COUNTER      23u         /* Internal tamper 8: the monotonic counter is full. */
#define BHK_REGISTERS      8u          /* BKP0R to BKP7R feed the boot hardware key. [U] */

/** Where nv->backup keeps each register of TAMP, behind the backup registers. */
enum tamp_word {
    TAMP_CR1 = BKP_REGISTERS,
    TAMP_CR2,
    TAMP_CR3,
    TAMP_FLTCR,
    TAMP_ATCR1,
    TAMP_ATCR2,
    TAMP_SECCFGR,
    TAMP_PRIVCFGR,
    TAMP_IER,
    TAMP_SR,
    TAMP_COUNT1R,
    TAMP_OR,
    TAMP_RPCFGR,
    TAMP_WORDS_END
};
_Static_assert(TAMP_WORDS_END <= NV_BACKUP_REGISTERS, "nv->backup holds all registers of TAMP");

/* Registers that TAMPSEC and TAMPPRIV protect and that are otherwise plain. */
static const struct {
    uint32_t off, mask;
    enum tamp_word word;
} tamp_plain[] = {
    {0x00, TAMPERS, TAMP_CR1},        {0x04, 0xff4700ffu, TAMP_CR2},
    {0x08, 0x00005dffu, TAMP_CR3},    {0x0c, 0x000000ffu, TAMP_FLTCR},
    {0x10, 0xc707ffffu, TAMP_ATCR1},  {0x1c, 0xffffff00u, TAMP_ATCR2},
    {0x2c, TAMPERS, TAMP_IER},        {0x50, 0x0000070eu, TAMP_OR},
    {0x54, 0x00000001u, TAMP_RPCFGR},
};

struct tamp {
    struct sim_device dev;
    bool blocked; /* What the bus has been told of tamp_blocks(). */
};

static uint32_t tamp_word(const struct sim_device *dev, enum tamp_word word)
{
    return dev->chip->nv->backup[word];
}

static void tamp_set(struct sim_device *dev, unsigned word, uint32_t value)
{
    struct sim_nv *nv = dev->chip->nv;
    if (nv->backup[word] != value) {
        nv->backup[word] = value;
        nv_touch(nv, NV_PART_BACKUP, 4u * word, 4u);
    }
}

/* Whether the secrets are kept from everybody: BKBLOCK, or a tamper that is not confirmed. */
static bool tamp_withholds(const struct sim_chip *chip)
{
    const uint32_t *backup = chip->nv->backup;
    const uint32_t potential = backup[TAMP_CR3] << INTERNAL | (backup[TAMP_CR2] & CR2_NOER);
    return (backup[TAMP_CR2] & CR2_BKBLOCK) || (backup[TAMP_SR] & potential);
}

bool tamp_active(const struct sim_chip *chip)
{
    return chip->secrets_blocked || tamp_withholds(chip);
}

bool tamp_blocks(const struct sim_chip *chip, enum chip_memory_id id)
{
    if (id == CHIP_BKPSRAM && !(chip->nv->backup[TAMP_RPCFGR] & RPCFGR_BKPSRAM)) {
        return false;
    }
    return (id == CHIP_SRAM2 || id == CHIP_BKPSRAM) && tamp_withholds(chip);
}

static void tamp_update(struct sim_device *dev)
{
    struct tamp *tamp = (struct tamp *)dev;
    const bool blocked = tamp_withholds(dev->chip);
    chip_irq(dev->chip, dev->row->irq[0],
             (tamp_word(dev, TAMP_SR) & tamp_word(dev, TAMP_IER)) != 0);
    if (tamp->blocked != blocked) {
        tamp->blocked = blocked;
        chip_map_changed(dev->chip);
    }
}

/* Whether a resource with these protection bits lets the access through. */
static bool tamp_allows(const struct sim_device *dev, const struct sim_txn *txn, uint32_t seccfgr,
                        uint32_t privcfgr)
{
    const bool secure = txn->attr.secure || !chip_trustzone(dev->chip);
    if ((tamp_word(dev, TAMP_SECCFGR) & seccfgr) && !secure) {
        return false;
    }
    return !(tamp_word(dev, TAMP_PRIVCFGR) & privcfgr) || txn->attr.privileged;
}

/* Tells the TZIC of an access that was refused for its security. */
static void tamp_refuse(const struct sim_device *dev, const struct sim_txn *txn)
{
    if (!txn->attr.secure && chip_trustzone(dev->chip)) {
        gtzc_flag(dev->chip, dev->row->gtzc);
    }
}

/* ---- backup registers ----------------------------------------------------------------------- */

/* Zone 1 is Secure, zone 2 is written by Secure only, zone 3 is anybody's. */
static bool tamp_backup_allows(const struct sim_device *dev, const struct sim_txn *txn,
                               unsigned index, bool write)
{
    const uint32_t seccfgr = tamp_word(dev, TAMP_SECCFGR);
    const uint32_t zone1_end = seccfgr & SECCFGR_BKPRWSEC;
    const uint32_t zone2_end = (seccfgr & SECCFGR_BKPWSEC) >> 16;
    if (tamp_withholds(dev->chip)) {
        return false;
    }
    if (index < BHK_REGISTERS && (seccfgr & SECCFGR_BHKLOCK)) {
        return false;
    }
    const bool zone1 = index < zone1_end;
    if (!zone1 && !(write && index < zone2_end)) {
        return true;
    }
    const uint32_t privileged = zone1 ? PRIVCFGR_BKPRWPRIV : PRIVCFGR_BKPWPRIV;
    const bool secure = txn->attr.secure || !chip_trustzone(dev->chip);
    return secure && (!(tamp_word(dev, TAMP_PRIVCFGR) & privileged) || txn->attr.privileged);
}

/** The device's secrets: keys in the cryptographic blocks, and those that SAES would derive. */
static void tamp_erase_secrets(struct sim_device *dev)
{
    static const char *const block[] = {"AES", "HASH", "SAES", "PKA"};
    dev->chip->secrets_blocked = true;
    for (size_t i = 0; i < sizeof block / sizeof block[0]; i++) {
        struct sim_device *holder = chip_device(dev->chip, block[i]);
        holder->ops->reset(holder, SIM_RESET_SYSTEM);
    }
}

static void tamp_erase(struct sim_device *dev)
{
    struct sim_nv *nv = dev->chip->nv;
    memset(nv->backup, 0, BKP_REGISTERS * sizeof nv->backup[0]);
    nv_touch(nv, NV_PART_BACKUP, 0, BKP_REGISTERS * sizeof nv->backup[0]);
    tamp_set(dev, TAMP_SECCFGR, tamp_word(dev, TAMP_SECCFGR) & ~SECCFGR_BHKLOCK);
    memset(dev->chip->memory[CHIP_SRAM2].bytes, 0, dev->chip->memory[CHIP_SRAM2].size);
    chip_memory_changed(dev->chip, CHIP_SRAM2, 0, dev->chip->memory[CHIP_SRAM2].size);
    if (tamp_word(dev, TAMP_RPCFGR) & RPCFGR_BKPSRAM) {
        memset(nv->bkpsram, 0, sizeof nv->bkpsram);
        chip_memory_changed(dev->chip, CHIP_BKPSRAM, 0, sizeof nv->bkpsram);
    }
    tamp_erase_secrets(dev);
}

/* ---- tamper --------------------------------------------------------------------------------- */

void tamp_detect(struct sim_device *dev, unsigned number)
{
    const bool internal = number >= INTERNAL;
    const uint32_t flag = number < 32u ? 1u << number : 0;
    const bool masked = number < CR2_MASKABLE && (tamp_word(dev, TAMP_CR2) & CR2_MSK(number)) != 0;
    if (!(tamp_word(dev, TAMP_CR1) & flag) || masked) {
        return; /* A masked tamper is a trigger for others only: no flag, nothing erased. */
    }
    tamp_set(dev, TAMP_SR, tamp_word(dev, TAMP_SR) | flag);
    const uint32_t potential =
        tamp_word(dev, TAMP_CR3) << INTERNAL | (tamp_word(dev, TAMP_CR2) & CR2_NOER);
    chip_event(dev->chip, SIM_EVENT_NOTE, "TAMP: %s tamper %u%s",
               internal ? "internal" : "external", internal ? number - 15u : number + 1u,
               potential & flag ? ", in potential mode: the device's secrets are withheld"
                                : " erased the device's secrets");
    rtc_tamper(chip_device(dev->chip, "RTC"));
    if (!(potential & flag)) {
        tamp_erase(dev);
    }
    tamp_update(dev);
}

void tamp_domain_reset(struct sim_device *dev)
{
    struct sim_nv *nv = dev->chip->nv;
    memset(nv->backup, 0, sizeof nv->backup);
    nv_touch(nv, NV_PART_BACKUP, 0, sizeof nv->backup);
    tamp_update(dev);
}

/* ---- registers ------------------------------------------------------------------------------ */

/* Only Secure code writes it; each part also obeys the privilege of what it protects. */
static void tamp_write_seccfgr(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    static const struct {
        uint32_t bits, privcfgr;
    } part[] = {
        {SECCFGR_BKPRWSEC, PRIVCFGR_BKPRWPRIV},
        {SECCFGR_CNT1SEC, PRIVCFGR_CNT1PRIV},
        {SECCFGR_BKPWSEC, PRIVCFGR_BKPWPRIV},
        {SECCFGR_TAMPSEC | SECCFGR_BHKLOCK, PRIVCFGR_TAMPPRIV},
    };
    const uint32_t old = tamp_word(dev, TAMP_SECCFGR);
    uint32_t mask = 0;
    if (!txn->attr.secure && chip_trustzone(dev->chip)) {
        tamp_refuse(dev, txn);
        return;
    }
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        mask |= tamp_allows(dev, txn, 0, part[i].privcfgr) ? part[i].bits : 0;
    }
    tamp_set(dev, TAMP_SECCFGR, reg_put(old, txn, value, mask) | (old & SECCFGR_BHKLOCK));
}

/* Only privileged code writes it; each bit also obeys the security of what it protects. */
static void tamp_write_privcfgr(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    const bool secure = txn->attr.secure || !chip_trustzone(dev->chip);
    uint32_t mask = 0;
    if (!txn->attr.privileged) {
        return;
    }
    mask |= tamp_allows(dev, txn, SECCFGR_CNT1SEC, 0) ? PRIVCFGR_CNT1PRIV : 0;
    mask |= tamp_allows(dev, txn, SECCFGR_TAMPSEC, 0) ? PRIVCFGR_TAMPPRIV : 0;
    mask |= secure ? PRIVCFGR_BKPRWPRIV | PRIVCFGR_BKPWPRIV : 0; /* [U] */
    tamp_set(dev, TAMP_PRIVCFGR, reg_put(tamp_word(dev, TAMP_PRIVCFGR), txn, value, mask));
}

static void tamp_write_backup(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    const unsigned index = (reg_off(txn) - BKP0R) / 4u;
    if (tamp_backup_allows(dev, txn, index, true)) {
        tamp_set(dev, index, txn_merge(txn, dev->chip->nv->backup[index], value));
    } else {
        tamp_refuse(dev, txn);
    }
}

static void tamp_count(struct sim_device *dev, const struct sim_txn *txn)
{
    const uint32_t count = tamp_word(dev, TAMP_COUNT1R);
    if (tamp_allows(dev, txn, SECCFGR_CNT1SEC, PRIVCFGR_CNT1PRIV) && count != UINT32_MAX) {
        tamp_set(dev, TAMP_COUNT1R, count + 1u);
        if (count + 1u == UINT32_MAX) {
            tamp_detect(dev, ITAMP_COUNTER);
        }
    }
}

static void tamp_write_plain(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t off = reg_off(txn);
    if (off == SCR) {
        tamp_set(dev, TAMP_SR, tamp_word(dev, TAMP_SR) & ~reg_ones(txn, value));
        return;
    }
    for (size_t i = 0; i < sizeof tamp_plain / sizeof tamp_plain[0]; i++) {
        if (tamp_plain[i].off == off) {
            const enum tamp_word word = tamp_plain[i].word;
            const uint32_t inverted = word == TAMP_ATCR1 ? ATCR1_RESET : 0;
            const uint32_t old = tamp_word(dev, word) ^ inverted;
            tamp_set(dev, word, reg_put(old, txn, value, tamp_plain[i].mask) ^ inverted);
        }
    }
    if (off == CR2 && (reg_ones(txn, value) & CR2_BKERASE)) {
        tamp_erase(dev);
    }
}

static void tamp_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t off = reg_off(txn);
    if (!pwr_backup_open(dev->chip)) {
        return;
    }
    if (off >= BKP0R && off <= BKP31R) {
        tamp_write_backup(dev, txn, value);
    } else if (off == SECCFGR) {
        tamp_write_seccfgr(dev, txn, value);
    } else if (off == PRIVCFGR) {
        tamp_write_privcfgr(dev, txn, value);
    } else if (off == COUNT1R) {
        tamp_count(dev, txn);
    } else if (tamp_allows(dev, txn, SECCFGR_TAMPSEC, PRIVCFGR_TAMPPRIV)) {
        tamp_write_plain(dev, txn, value);
    } else {
        tamp_refuse(dev, txn);
    }
    tamp_update(dev);
}

/* The masked flags belong to one world: the Secure one when TAMPSEC is set. */
static uint32_t tamp_misr(const struct sim_device *dev, bool secure)
{
    const bool tampsec = (tamp_word(dev, TAMP_SECCFGR) & SECCFGR_TAMPSEC) != 0;
    return tampsec == secure ? tamp_word(dev, TAMP_SR) & tamp_word(dev, TAMP_IER) : 0;
}

static uint32_t tamp_read_word(const struct sim_device *dev, const struct sim_txn *txn)
{
    const uint32_t off = reg_off(txn);
    if (off >= BKP0R && off <= BKP31R) {
        const unsigned index = (off - BKP0R) / 4u;
        if (tamp_backup_allows(dev, txn, index, false)) {
            return dev->chip->nv->backup[index];
        }
        tamp_refuse(dev, txn);
        return 0;
    }
    switch (off) {
    case SECCFGR:
        return tamp_word(dev, TAMP_SECCFGR);
    case PRIVCFGR:
        return tamp_word(dev, TAMP_PRIVCFGR);
    case COUNT1R:
        return tamp_word(dev, TAMP_COUNT1R);
    case MISR:
        return tamp_misr(dev, false);
    case SMISR:
        return txn->attr.secure ? tamp_misr(dev, true) : 0;
    default:
        break;
    }
    if (!tamp_allows(dev, txn, SECCFGR_TAMPSEC, PRIVCFGR_TAMPPRIV)) {
        tamp_refuse(dev, txn);
        return 0; /* [U] What is protected against writing is taken as unreadable, too. */
    }
    if (off == SR) {
        return tamp_word(dev, TAMP_SR);
    }
    for (size_t i = 0; i < sizeof tamp_plain / sizeof tamp_plain[0]; i++) {
        if (tamp_plain[i].off == off) {
            const uint32_t inverted = tamp_plain[i].word == TAMP_ATCR1 ? ATCR1_RESET : 0;
            return tamp_word(dev, tamp_plain[i].word) ^ inverted;
        }
    }
    return 0;
}

static uint32_t tamp_read(struct sim_device *dev, const struct sim_txn *txn)
{
    return txn_cut(txn, tamp_read_word(dev, txn));
}

static void tamp_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    tamp_update(dev);
}

static const struct sim_device_ops tamp_ops = {
    .reset = tamp_reset,
    .read = tamp_read,
    .write = tamp_write,
};

struct sim_device *tamp_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct tamp *tamp = device_new(sizeof *tamp);
    if (tamp == NULL) {
        return NULL;
    }
    tamp->dev.ops = &tamp_ops;
    return &tamp->dev;
}

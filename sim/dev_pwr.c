/*
 * PWR: voltage scaling, supply, backup-domain write protection, to the point that start-up code
 * sees what it waits for. Low-power modes are stored, not entered.
 */
#include "dev.h"
#include "dev_aware.h"
#include "dev_rcc.h"

#define PWR_PMCR     0x000u
#define PWR_PMSR     0x004u
#define PWR_VOSCR    0x010u
#define PWR_VOSSR    0x014u
#define PWR_BDCR     0x020u
#define PWR_DBPCR    0x024u
#define PWR_BDSR     0x028u
#define PWR_UCPDR    0x02Cu
#define PWR_SCCR     0x030u
#define PWR_VMCR     0x034u
#define PWR_USBSCR   0x038u
#define PWR_VMSR     0x03Cu
#define PWR_WUSCR    0x040u
#define PWR_WUSR     0x044u
#define PWR_WUCR     0x048u
#define PWR_IORETR   0x050u
#define PWR_SECCFGR  0x100u
#define PWR_PRIVCFGR 0x104u

#define DBPCR_DBP        (1u << 0)
#define BDCR_BREN        (1u << 0)
#define BDSR_BRRDY       (1u << 16)
#define VOSSR_READY      0x2008u /* VOSRDY and ACTVOSRDY: the voltage follows at once */
#define VOSCR_VOS(voscr) (((voscr) >> 4) & 3u)
#define VMSR_VDDIO2RDY   (1u << 20)
#define VMSR_USB33RDY    (1u << 24)
#define USBSCR_USB33DEN  (1u << 24)

#define SECCFGR_WUP  0x00FFu
#define SECCFGR_RET  (1u << 11)
#define SECCFGR_LPM  (1u << 12)
#define SECCFGR_SCM  (1u << 13)
#define SECCFGR_VB   (1u << 14)
#define SECCFGR_VUSB (1u << 15)
#define SECCFGR_MASK 0xF8FFu

/** Supply of the package: SMPS, as on the discovery board's STM32H573IIK3Q. [U] for others. */
#define SCCR_PACKAGE (1u << 9)

enum pwr_word {
    PWR_WORD_PM,
    PWR_WORD_VOS,
    PWR_WORD_BD,
    PWR_WORD_DBP,
    PWR_WORD_UCPD,
    PWR_WORD_SC,
    PWR_WORD_VM,
    PWR_WORD_USBS,
    PWR_WORD_WU,
    PWR_WORD_IORET,
    PWR_WORDS
};

struct pwr_register {
    uint32_t off;
    uint32_t mask; /**< Bits that are stored. */
    uint32_t reset;
    uint32_t sec; /**< Bit of SECCFGR that makes the register Secure; 0: none. */
};

static const struct pwr_register pwr_registers[PWR_WORDS] = {
    [PWR_WORD_PM] = {PWR_PMCR, 0x0781320D, 0x0000000C, SECCFGR_LPM},
    [PWR_WORD_VOS] = {PWR_VOSCR, 0x00000030, 0, 0}, /* Secure by RCC_SECCFGR.SYSCLKSEC */
    [PWR_WORD_BD] = {PWR_BDCR, 0x00000303, 0, SECCFGR_VB},
    [PWR_WORD_DBP] = {PWR_DBPCR, DBPCR_DBP, 0, SECCFGR_VB},
    [PWR_WORD_UCPD] = {PWR_UCPDR, 0x00000003, 0, 0},
    [PWR_WORD_SC] = {PWR_SCCR, 0x00000001, SCCR_PACKAGE, SECCFGR_SCM},
    [PWR_WORD_VM] = {PWR_VMCR, 0x0000070F, 0, SECCFGR_SCM},
    [PWR_WORD_USBS] = {PWR_USBSCR, 0x03000000, 0, SECCFGR_VUSB},
    [PWR_WORD_WU] = {PWR_WUCR, 0xFFFFFFFF, 0, SECCFGR_WUP}, /* bit by bit, see pwr_sec_mask() */
    [PWR_WORD_IORET] = {PWR_IORETR, 0x00010001, 0, SECCFGR_RET},
};

struct pwr {
    struct sim_device dev;
    uint32_t word[PWR_WORDS];
    uint32_t sec;
    uint32_t priv;
};

static void pwr_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    struct pwr *pwr = (struct pwr *)dev;
    for (unsigned i = 0; i < PWR_WORDS; i++) {
        pwr->word[i] = pwr_registers[i].reset;
    }
    pwr->sec = 0;
    pwr->priv = 0;
}

/** The Secure bits of a register: all or none, except for the wake-up pins. */
static uint32_t pwr_sec_mask(const struct pwr *pwr, const struct pwr_register *reg)
{
    if (reg->off == PWR_VOSCR) {
        return rcc_sysclk_secure(pwr->dev.chip) ? 0xFFFFFFFFu : 0;
    }
    if (reg->off != PWR_WUCR) {
        return (pwr->sec & reg->sec) != 0 ? 0xFFFFFFFFu : 0;
    }
    uint32_t mask = 0;
    for (unsigned pin = 0; pin < 8; pin++) {
        if ((pwr->sec & (1u << pin)) != 0) {
            mask |= 1u << pin | 1u << (8u + pin) | 3u << (16u + 2u * pin);
        }
    }
    return mask;
}

/** The bits of a register that an access reaches; one that reaches none for its security is flagged. */
static uint32_t pwr_reach(const struct pwr *pwr, const struct pwr_register *reg,
                          struct sim_attr attr)
{
    const uint32_t secure_bits = pwr_sec_mask(pwr, reg);
    if (secure_bits == 0xFFFFFFFFu && !attr.secure) {
        gtzc_flag(pwr->dev.chip, pwr->dev.row->gtzc);
    }
    return aware_reach(secure_bits, pwr->priv, attr);
}

static const struct pwr_register *pwr_find(uint32_t off)
{
    for (unsigned i = 0; i < PWR_WORDS; i++) {
        if (pwr_registers[i].off == off) {
            return &pwr_registers[i];
        }
    }
    return NULL;
}

static uint32_t pwr_status(const struct pwr *pwr, uint32_t off)
{
    switch (off) {
    case PWR_VOSSR:
        return VOSSR_READY | VOSCR_VOS(pwr->word[PWR_WORD_VOS]) << 14;
    case PWR_BDSR:
        return (pwr->word[PWR_WORD_BD] & BDCR_BREN) != 0 ? BDSR_BRRDY : 0;
    case PWR_VMSR:
        return VMSR_VDDIO2RDY |
               ((pwr->word[PWR_WORD_USBS] & USBSCR_USB33DEN) != 0 ? VMSR_USB33RDY : 0);
    case PWR_SECCFGR:
        return pwr->sec;
    case PWR_PRIVCFGR:
        return pwr->priv;
    default:
        return 0; /* PMSR and WUSR: no low-power mode is ever entered; WUSCR reads as zero */
    }
}

static uint32_t pwr_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct pwr *pwr = (const struct pwr *)dev;
    const struct pwr_register *reg = pwr_find(reg_off(txn));
    if (reg == NULL) {
        return txn_cut(txn, pwr_status(pwr, reg_off(txn)));
    }
    const uint32_t reach = pwr_reach(pwr, reg, txn->attr);
    return txn_cut(txn, pwr->word[reg - pwr_registers] & reach);
}

static void pwr_write_sec(struct pwr *pwr, const struct sim_txn *txn, uint32_t value)
{
    if (!chip_trustzone(pwr->dev.chip)) {
        return;
    }
    if (!txn->attr.secure) {
        gtzc_flag(pwr->dev.chip, pwr->dev.row->gtzc);
        return;
    }
    if (txn->attr.privileged || (pwr->priv & AWARE_SPRIV) == 0) {
        pwr->sec = reg_put(pwr->sec, txn, value, SECCFGR_MASK);
    }
}

static void pwr_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct pwr *pwr = (struct pwr *)dev;
    const struct pwr_register *reg = pwr_find(reg_off(txn));
    if (reg != NULL) {
        uint32_t *word = &pwr->word[reg - pwr_registers];
        const uint32_t reach = pwr_reach(pwr, reg, txn->attr);
        *word = reg_put(*word, txn, value, reg->mask & reach);
        if (reg->off == PWR_DBPCR) {
            chip_map_changed(dev->chip); /* stores to backup SRAM */
        }
    } else if (reg_off(txn) == PWR_SECCFGR) {
        pwr_write_sec(pwr, txn, value);
    } else if (reg_off(txn) == PWR_PRIVCFGR) {
        pwr->priv = aware_put_priv(pwr->priv, txn, value);
    }
}

static const struct sim_device_ops pwr_ops = {
    .reset = pwr_reset,
    .read = pwr_read,
    .write = pwr_write,
};

struct sim_device *pwr_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct pwr *pwr = device_new(sizeof *pwr);
    if (pwr == NULL) {
        return NULL;
    }
    pwr->dev.ops = &pwr_ops;
    chip->pwr = &pwr->dev;
    return &pwr->dev;
}

bool pwr_backup_open(const struct sim_chip *chip)
{
    return (((const struct pwr *)chip->pwr)->word[PWR_WORD_DBP] & DBPCR_DBP) != 0;
}

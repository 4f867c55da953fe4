/*
 * EXTI: edges of the pins and software triggers as pending interrupts, per line Secure and
 * privileged.
 *
 * Of the lines that are not pins only line 16 (PVD and AVD) has an interrupt here, and nothing but
 * software triggers it; lines 46, 50 and 53 only become pending. The direct lines only wake the
 * part from Stop, which is not modelled: their mask bits are storage, and so is all of EMR.
 */
#include "dev_exti.h"

#include "dev.h"
#include "dev_reg.h"

#define BANK_STRIDE 0x20u
#define BANKS_END   0x40u
#define RTSR        0x00u
#define FTSR        0x04u
#define SWIER       0x08u
#define RPR         0x0cu
#define FPR         0x10u
#define SECCFGR     0x14u
#define PRIVCFGR    0x18u
#define EXTICR1     0x60u
#define EXTICR4     0x6cu
#define LOCKR       0x70u
#define IMR1        0x80u
#define EMR1        0x84u
#define IMR2        0x90u
#define EMR2        0x94u

#define LOCKR_LOCK  1u
#define BANKS       2u
#define PINS        16u
#define LINE_PVD    16u
#define IRQ_PVD_AVD 1u

/* Lines with an edge detector; lines that exist; mask after reset (the direct lines are let by). */
static const uint32_t exti_edges[BANKS] = {0x0001ffffu, 0x00244000u};
static const uint32_t exti_lines[BANKS] = {0xffffffffu, 0x03ffffffu};
static const uint32_t exti_imr_reset[BANKS] = {0xfffe0000u, 0x03dbbfffu};

struct exti_bank {
    uint32_t rtsr, ftsr, rpr, fpr, seccfgr, privcfgr, imr, emr;
};

struct exti {
    struct sim_device dev;
    struct exti_bank bank[BANKS];
    uint8_t port[PINS]; /* EXTICR: one byte for each pin. */
    bool locked;
};

static void exti_update(struct exti *exti)
{
    const struct exti_bank *bank = &exti->bank[0];
    const uint32_t pending = (bank->rpr | bank->fpr) & bank->imr;
    for (unsigned pin = 0; pin < PINS; pin++) {
        chip_irq(exti->dev.chip, exti->dev.row->irq[0] + pin, (pending >> pin & 1u) != 0);
    }
    chip_irq(exti->dev.chip, IRQ_PVD_AVD, (pending >> LINE_PVD & 1u) != 0);
}

void exti_pin(struct sim_chip *chip, unsigned port, unsigned pin, bool level)
{
    struct exti *exti = (struct exti *)chip_device(chip, "EXTI");
    struct exti_bank *bank = &exti->bank[0];
    if (pin >= PINS || exti->port[pin] != port) {
        return;
    }
    if (level) {
        bank->rpr |= bank->rtsr & 1u << pin;
    } else {
        bank->fpr |= bank->ftsr & 1u << pin;
    }
    exti_update(exti);
}

static bool exti_trusted(const struct exti *exti, const struct sim_txn *txn)
{
    return txn->attr.secure || !chip_trustzone(exti->dev.chip);
}

/* The lines of a bank that an access reaches. */
static uint32_t exti_reach(const struct exti *exti, const struct sim_txn *txn, unsigned n)
{
    uint32_t reach = 0xffffffffu;
    reach &= exti_trusted(exti, txn) ? reach : ~exti->bank[n].seccfgr;
    reach &= txn->attr.privileged ? reach : ~exti->bank[n].privcfgr;
    return reach;
}

/* ---- registers ------------------------------------------------------------------------------ */

/* Secure software; what is privileged changes by privileged writes only. */
static void exti_write_sec(struct exti *exti, const struct sim_txn *txn, uint32_t value, unsigned n)
{
    struct exti_bank *bank = &exti->bank[n];
    if (!chip_trustzone(exti->dev.chip) || exti->locked) {
        return; /* Without TrustZone it reads as zero. [U] */
    }
    if (!txn->attr.secure) {
        gtzc_flag(exti->dev.chip, exti->dev.row->gtzc);
        return;
    }
    const uint32_t open = txn->attr.privileged ? 0xffffffffu : ~bank->privcfgr;
    bank->seccfgr = reg_put(bank->seccfgr, txn, value, exti_lines[n] & open);
}

/* Privileged software; what is Secure changes by Secure writes only. */
static void exti_write_priv(struct exti *exti, const struct sim_txn *txn, uint32_t value,
                            unsigned n)
{
    struct exti_bank *bank = &exti->bank[n];
    if (txn->attr.privileged && !exti->locked) {
        const uint32_t open = exti_reach(exti, txn, n);
        bank->privcfgr = reg_put(bank->privcfgr, txn, value, exti_lines[n] & open);
    }
}

static void exti_write_bank(struct exti *exti, const struct sim_txn *txn, uint32_t value)
{
    const unsigned n = reg_off(txn) / BANK_STRIDE;
    struct exti_bank *bank = &exti->bank[n];
    const uint32_t reach = exti_edges[n] & exti_reach(exti, txn, n);
    const uint32_t ones = reg_ones(txn, value) & reach;
    switch (reg_off(txn) % BANK_STRIDE) {
    case RTSR:
        bank->rtsr = reg_put(bank->rtsr, txn, value, reach);
        break;
    case FTSR:
        bank->ftsr = reg_put(bank->ftsr, txn, value, reach);
        break;
    case SWIER: /* A rising edge, whatever RTSR says. */
        bank->rpr |= ones;
        break;
    case RPR:
        bank->rpr &= ~ones;
        break;
    case FPR:
        bank->fpr &= ~ones;
        break;
    case SECCFGR:
        exti_write_sec(exti, txn, value, n);
        break;
    case PRIVCFGR:
        exti_write_priv(exti, txn, value, n);
        break;
    default:
        break;
    }
}

/* The bytes of an EXTICR that an access reaches, as a mask. */
static uint32_t exti_port_reach(const struct exti *exti, const struct sim_txn *txn, unsigned first)
{
    const uint32_t reach = exti_reach(exti, txn, 0) >> first;
    uint32_t mask = 0;
    for (unsigned i = 0; i < 4u; i++) {
        mask |= (reach >> i & 1u) != 0 ? 0xffu << (8u * i) : 0;
    }
    return mask;
}

static uint32_t exti_port_word(const struct exti *exti, unsigned first)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 4u; i++) {
        word |= (uint32_t)exti->port[first + i] << (8u * i);
    }
    return word;
}

static void exti_write_port(struct exti *exti, const struct sim_txn *txn, uint32_t value)
{
    const unsigned first = reg_off(txn) - EXTICR1; /* One byte of the register for each pin. */
    const uint32_t mask = exti_port_reach(exti, txn, first);
    const uint32_t word = reg_put(exti_port_word(exti, first), txn, value, mask);
    for (unsigned i = 0; i < 4u; i++) {
        exti->port[first + i] = (uint8_t)(word >> (8u * i));
    }
}

/* Set once, by Secure privileged software. [U] */
static void exti_write_lock(struct exti *exti, const struct sim_txn *txn, uint32_t value)
{
    if (exti_trusted(exti, txn) && txn->attr.privileged && (reg_ones(txn, value) & LOCKR_LOCK)) {
        exti->locked = true;
    }
}

static void exti_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct exti *exti = (struct exti *)dev;
    const uint32_t off = reg_off(txn);
    if (off < BANKS_END) {
        exti_write_bank(exti, txn, value);
    } else if (off >= EXTICR1 && off <= EXTICR4) {
        exti_write_port(exti, txn, value);
    } else if (off == LOCKR) {
        exti_write_lock(exti, txn, value);
    } else if (off == IMR1 || off == IMR2 || off == EMR1 || off == EMR2) {
        const unsigned n = off < IMR2 ? 0 : 1u;
        struct exti_bank *bank = &exti->bank[n];
        uint32_t *word = off == IMR1 || off == IMR2 ? &bank->imr : &bank->emr;
        *word = reg_put(*word, txn, value, exti_lines[n] & exti_reach(exti, txn, n));
    }
    exti_update(exti);
}

static uint32_t exti_read_bank(const struct exti *exti, const struct sim_txn *txn)
{
    const unsigned n = reg_off(txn) / BANK_STRIDE;
    const struct exti_bank *bank = &exti->bank[n];
    const uint32_t reach = exti_reach(exti, txn, n);
    switch (reg_off(txn) % BANK_STRIDE) {
    case RTSR:
        return bank->rtsr & reach;
    case FTSR:
        return bank->ftsr & reach;
    case RPR:
        return bank->rpr & reach;
    case FPR:
        return bank->fpr & reach;
    case SECCFGR:
        return bank->seccfgr;
    case PRIVCFGR:
        return bank->privcfgr;
    default:
        return 0;
    }
}

static uint32_t exti_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct exti *exti = (const struct exti *)dev;
    const uint32_t off = reg_off(txn);
    if (off < BANKS_END) {
        return txn_cut(txn, exti_read_bank(exti, txn));
    }
    if (off >= EXTICR1 && off <= EXTICR4) {
        const unsigned first = off - EXTICR1;
        return txn_cut(txn, exti_port_word(exti, first) & exti_port_reach(exti, txn, first));
    }
    switch (off) {
    case LOCKR:
        return txn_cut(txn, exti->locked ? LOCKR_LOCK : 0);
    case IMR1:
        return txn_cut(txn, exti->bank[0].imr & exti_reach(exti, txn, 0));
    case EMR1:
        return txn_cut(txn, exti->bank[0].emr & exti_reach(exti, txn, 0));
    case IMR2:
        return txn_cut(txn, exti->bank[1].imr & exti_reach(exti, txn, 1));
    case EMR2:
        return txn_cut(txn, exti->bank[1].emr & exti_reach(exti, txn, 1));
    default:
        return 0;
    }
}

static void exti_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct exti *exti = (struct exti *)dev;
    (void)kind;
    for (unsigned n = 0; n < BANKS; n++) {
        exti->bank[n] = (struct exti_bank){.imr = exti_imr_reset[n]};
    }
    for (unsigned pin = 0; pin < PINS; pin++) {
        exti->port[pin] = 0;
    }
    exti->locked = false;
    exti_update(exti);
}

static const struct sim_device_ops exti_ops = {
    .reset = exti_reset,
    .read = exti_read,
    .write = exti_write,
};

struct sim_device *exti_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct exti *exti = device_new(sizeof *exti);
    if (exti == NULL) {
        return NULL;
    }
    exti->dev.ops = &exti_ops;
    return &exti->dev;
}

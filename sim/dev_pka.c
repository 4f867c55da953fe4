/*
 * PKA: registers, RAM and time around the operations of pka_operation.h.
 *
 * After a reset it erases its RAM, and ignores EN meanwhile; EN then makes it fetch a random
 * number, and INITOK tells that it has one. While it is busy nobody reaches its RAM.
 */
#include <string.h>

#include "dev.h"
#include "pka_operation.h"

#define CR    0x00u
#define SR    0x04u
#define CLRFR 0x08u

#define CR_EN       (1u << 0)
#define CR_START    (1u << 1)
#define CR_MODE     (0x3fu << 8)
#define MODE(cr)    ((cr) >> 8 & 0x3fu)
#define SR_INITOK   (1u << 0)
#define SR_BUSY     (1u << 16)
#define SR_PROCENDF (1u << 17)
#define SR_RAMERRF  (1u << 19)
#define SR_ADDRERRF (1u << 20)
#define SR_OPERRF   (1u << 21)

/* The flags; the enable bits of CR and the clear bits of CLRFR stand in the same places. */
#define SR_FLAGS (SR_PROCENDF | SR_RAMERRF | SR_ADDRERRF | SR_OPERRF)

/* Ticks to erase the RAM (one double word each), and to get a random number. [U] */
#define PKA_ERASE_TICKS 667u
#define PKA_INIT_TICKS  64u

struct pka {
    struct sim_device dev;
    uint32_t cr;    /* Without START. */
    uint32_t flags; /* Of SR. */
    bool random;    /* INITOK. */
    bool running;
    uint64_t done_at;   /* When what is running ends. */
    uint64_t usable_at; /* When the RAM is erased. */
    uint64_t init_at;   /* When the random number is there, if the RNG has a clock. */
    uint32_t ram[PKA_RAM_WORDS];
};

static void pka_update(struct pka *pka)
{
    chip_irq(pka->dev.chip, pka->dev.row->irq[0], (pka->flags & pka->cr & SR_FLAGS) != 0);
    chip_deadline(pka->dev.chip, &pka->dev, pka->running ? pka->done_at : SIM_NEVER);
}

static bool pka_erasing(const struct pka *pka)
{
    return pka->dev.chip->now < pka->usable_at;
}

/** Whether the random number has come. */
static bool pka_initialized(struct pka *pka)
{
    const bool enabled = (pka->cr & CR_EN) != 0;
    if (enabled && pka->dev.chip->now >= pka->init_at && rcc_rng_clocked(pka->dev.chip)) {
        pka->random = true;
    }
    return enabled && pka->random;
}

/* ---- operations ----------------------------------------------------------------------------- */

static void pka_start(struct pka *pka)
{
    if (!pka_initialized(pka) || pka->running) {
        return; /* Without a random number nothing starts. [U] */
    }
    pka->running = true;
    pka->done_at = pka->dev.chip->now + pka_operation_ticks(MODE(pka->cr), pka->ram);
}

static void pka_finish(struct pka *pka)
{
    pka->running = false;
    const char *why = pka_operation_run(MODE(pka->cr), pka->ram);
    if (why != NULL) {
        chip_event(pka->dev.chip, SIM_EVENT_NOTE, "%s: operation 0x%02X: %s", pka->dev.name,
                   MODE(pka->cr), why);
    }
    pka->flags |= SR_PROCENDF;
}

/* ---- registers ------------------------------------------------------------------------------ */

/** EN: 0 aborts, 1 asks for a random number. */
static void pka_enable(struct pka *pka, bool enable)
{
    const bool enabled = (pka->cr & CR_EN) != 0;
    if (enable == enabled || (enable && pka_erasing(pka))) {
        return;
    }
    pka->cr ^= CR_EN;
    pka->random = false;
    pka->running = false;
    pka->init_at = pka->dev.chip->now + PKA_INIT_TICKS;
}

static void pka_write_cr(struct pka *pka, uint32_t value)
{
    pka_enable(pka, (value & CR_EN) != 0);
    pka->cr = (pka->cr & ~SR_FLAGS) | (value & SR_FLAGS);
    if (pka->running) {
        return;
    }
    if ((pka->cr & CR_EN) && !pka_operation_known(MODE(value))) {
        pka->flags |= SR_OPERRF;
        return;
    }
    pka->cr = (pka->cr & ~CR_MODE) | (value & CR_MODE);
    if (value & CR_START) {
        pka_start(pka);
    }
}

/** A word of the RAM, or NULL, and the flag that says why not. */
static uint32_t *pka_ram_word(struct pka *pka, uint32_t off)
{
    if (off < PKA_RAM || off >= PKA_RAM_END) {
        pka->flags |= SR_ADDRERRF;
        return NULL;
    }
    if (pka->running) {
        pka->flags |= SR_RAMERRF;
        return NULL;
    }
    return pka_erasing(pka) ? NULL : &pka->ram[(off - PKA_RAM) / 4u];
}

/* Only words: the part answers anything else with a bus error. [U] */
static void pka_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct pka *pka = (struct pka *)dev;
    if (txn->size != 4u) {
        return;
    }
    if (txn->off == CR) {
        pka_write_cr(pka, value);
    } else if (txn->off == CLRFR) {
        pka->flags &= ~value;
    } else if (txn->off != SR) {
        uint32_t *word = pka_ram_word(pka, txn->off);
        if (word != NULL) {
            *word = value;
        }
    }
    pka_update(pka);
}

static uint32_t pka_read_sr(struct pka *pka)
{
    uint32_t sr = pka->flags;
    sr |= pka_initialized(pka) ? SR_INITOK : 0;
    sr |= pka->running ? SR_BUSY : 0;
    return sr;
}

static uint32_t pka_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct pka *pka = (struct pka *)dev;
    if (txn->size != 4u || txn->off == CLRFR) {
        return 0;
    }
    if (txn->off == CR) {
        return pka->cr;
    }
    if (txn->off == SR) {
        return pka_read_sr(pka);
    }
    const uint32_t *word = pka_ram_word(pka, txn->off);
    pka_update(pka);
    return word != NULL ? *word : 0;
}

static void pka_event(struct sim_device *dev, uint64_t now)
{
    struct pka *pka = (struct pka *)dev;
    if (pka->running && pka->done_at <= now) {
        pka_finish(pka);
    }
    pka_update(pka);
}

static void pka_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct pka *pka = (struct pka *)dev;
    (void)kind;
    pka->cr = pka->flags = 0;
    pka->random = false;
    pka->running = false;
    pka->usable_at = dev->chip->now + PKA_ERASE_TICKS;
    memset(pka->ram, 0, sizeof pka->ram);
    pka_update(pka);
}

static const struct sim_device_ops pka_ops = {
    .reset = pka_reset,
    .read = pka_read,
    .write = pka_write,
    .event = pka_event,
};

struct sim_device *pka_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct pka *pka = device_new(sizeof *pka);
    if (pka == NULL) {
        return NULL;
    }
    pka->dev.ops = &pka_ops;
    return &pka->dev;
}

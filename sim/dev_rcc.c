/*
 * RCC: every oscillator and PLL is ready as soon as it is on; the board has a 25 MHz and a 32 kHz
 * crystal. What real start-up code polls follows what it wrote.
 */
#include "dev_rcc.h"

#include "dev.h"
#include "dev_aware.h"
#include "dev_rtc.h"
#include "dev_saes.h"
#include "dev_tamp.h"

#define RCC_CR        0x000u
#define RCC_CFGR1     0x01Cu
#define RCC_CFGR2     0x020u
#define RCC_PLL1CFGR  0x028u
#define RCC_PLL1DIVR  0x034u
#define RCC_PLL1FRACR 0x038u
#define RCC_CIER      0x050u
#define RCC_CIFR      0x054u
#define RCC_CICR      0x058u
#define RCC_BDCR      0x0F0u
#define RCC_RSR       0x0F4u
#define RCC_SECCFGR   0x110u
#define RCC_PRIVCFGR  0x114u

#define RCC_HSI_HZ 64000000u
#define RCC_CSI_HZ 4000000u
#define RCC_HSE_HZ 25000000u /* the crystal of the discovery board */
#define RCC_LSE_HZ 32768u
#define RCC_LSI_HZ 32000u

#define CR_HSION       (1u << 0)
#define CR_HSIRDY      (1u << 1)
#define CR_HSIDIV(cr)  (((cr) >> 3) & 3u)
#define CR_HSIDIV_MASK (3u << 3)
#define CR_HSIDIVF     (1u << 5)
#define CR_CSION       (1u << 8)
#define CR_CSIRDY      (1u << 9)
#define CR_HSI48ON     (1u << 12)
#define CR_HSI48RDY    (1u << 13)
#define CR_HSEON       (1u << 16)
#define CR_HSERDY      (1u << 17)
#define CR_HSEBYP      (1u << 18)
#define CR_HSECSSON    (1u << 19)
#define CR_HSEEXT      (1u << 20)
#define CR_PLLON(n)    (1u << (24u + 2u * (n)))
#define CR_PLLRDY(n)   (1u << (25u + 2u * (n)))

/** RCC_CR after reset, as read on an STM32H563: HSI on and divided by 2. The SVD has 0x23. */
#define CR_RESET 0x2Bu

#define CFGR1_SW(cfgr1)  ((cfgr1)&7u)
#define CFGR1_SWS(cfgr1) (((cfgr1) >> 3) & 7u)
#define CFGR1_RTCPRE(r)  (((r) >> 8) & 0x3Fu)
#define CFGR1_TIMPRE     (1u << 15)
#define CFGR1_SWS_SHIFT  3u
#define CFGR1_SWS_MASK   (7u << CFGR1_SWS_SHIFT)

enum rcc_source { RCC_SOURCE_HSI = 0, RCC_SOURCE_CSI = 1, RCC_SOURCE_HSE = 2, RCC_SOURCE_PLL1 = 3 };

#define PLLS                 3u
#define PLLCFGR_SRC(cfg)     ((cfg)&3u) /* 0 none, then as enum rcc_source + 1 */
#define PLLCFGR_DIVM(cfg)    (((cfg) >> 8) & 0x3Fu)
#define PLLCFGR_FRACEN       (1u << 4)
#define PLLCFGR_PEN          (1u << 16)
#define PLLCFGR_RUNNING      0x00070010u /* outputs and FRACEN: can be written while the PLL is on [U] */
#define PLLDIVR_N(div)       (((div)&0x1FFu) + 1u)
#define PLLDIVR_P(div)       ((((div) >> 9) & 0x7Fu) + 1u)
#define PLLFRACR_FRACN(frac) (((frac) >> 3) & 0x1FFFu)
#define PLL_FRAC_UNIT        8192u

#define BDCR_LSEON       (1u << 0)
#define BDCR_LSERDY      (1u << 1)
#define BDCR_LSE_STOPPED 0x0000009Cu /* LSEBYP, LSEDRV, LSEEXT: while LSEON is 0 */
#define BDCR_LSECSSON    (1u << 5)
#define BDCR_RTCSEL      0x00000300u
#define BDCR_RTCEN       (1u << 15)
#define BDCR_VSWRST      (1u << 16)
#define BDCR_LSION       (1u << 26)
#define BDCR_LSIRDY      (1u << 27)
#define BDCR_WRITABLE    0x0F0183BDu
#define BDCR_VSWITCH     0x000083FFu /* cleared by VSWRST */

#define RSR_RMVF     (1u << 23)
#define RSR_PINRSTF  (1u << 26)
#define RSR_BORRSTF  (1u << 27)
#define RSR_SFTRSTF  (1u << 28)
#define RSR_IWDGRSTF (1u << 29)
#define RSR_WWDGRSTF (1u << 30)

#define SECCFGR_SYSCLKSEC (1u << 5)
#define SECCFGR_RMVFSEC   (1u << 12)
#define SECCFGR_MASK      0x3BFFu

#define AHB2ENR_RNG  (1u << 18)
#define AHB2ENR_SAES (1u << 20)

#define RCC_WORDS 70u

/** What each reset leaves in RSR: an internal reset drives the pin as well. LOCKUP, OPTION: [U]. */
static const uint32_t rcc_cause_flags[] = {
    [CHIP_RESET_POWER_ON] = RSR_BORRSTF | RSR_PINRSTF,
    [CHIP_RESET_PIN] = RSR_PINRSTF,
    [CHIP_RESET_SOFTWARE] = RSR_SFTRSTF | RSR_PINRSTF,
    [CHIP_RESET_IWDG] = RSR_IWDGRSTF | RSR_PINRSTF,
    [CHIP_RESET_WWDG] = RSR_WWDGRSTF | RSR_PINRSTF,
    [CHIP_RESET_OPTION_LOAD] = RSR_PINRSTF,
    [CHIP_RESET_LOCKUP] = RSR_SFTRSTF | RSR_PINRSTF,
};

struct rcc_register {
    uint16_t off;
    uint32_t mask; /**< Bits that a write changes. */
    uint32_t reset;
};

static const struct rcc_register rcc_registers[] = {
    {RCC_CR, 0x151D151D, CR_RESET},
    {0x010, 0x007F0000, 0x00400000}, /* HSICFGR */
    {0x018, 0x003F0000, 0x00200000}, /* CSICFGR */
    {RCC_CFGR1, 0xFFFCBFC7, 0},
    {RCC_CFGR2, 0x007B777F, 0},
    {0x028, 0x00073F3F, 0}, /* PLL1CFGR to PLL3CFGR */
    {0x02C, 0x00073F3F, 0},
    {0x030, 0x00073F3F, 0},
    {0x034, 0x7F7FFFFF, 0x01010280}, /* PLLnDIVR and PLLnFRACR */
    {0x038, 0x0000FFF8, 0},
    {0x03C, 0x7F7FFFFF, 0x01010280},
    {0x040, 0x0000FFF8, 0},
    {0x044, 0x7F7FFFFF, 0x01010280},
    {0x048, 0x0000FFF8, 0},
    {RCC_CIER, 0x000001FF, 0},
    {RCC_AHB1RSTR, 0x010AD003, 0},
    {RCC_AHB2RSTR, 0x001F1DFF, 0},
    {RCC_AHB4RSTR, 0x00111880, 0},
    {RCC_APB1LRSTR, 0xDFFEC1FF, 0},
    {RCC_APB1HRSTR, 0x0080022B, 0},
    {RCC_APB2RSTR, 0x017F7800, 0},
    {RCC_APB3RSTR, 0x0010FBE2, 0},
    {RCC_AHB1ENR, 0xD13AD103, 0xD0000100},
    {RCC_AHB2ENR, 0xC01F1DFF, 0xC0000000},
    {0x094, 0x00111880, 0}, /* AHB4ENR */
    {0x09C, 0xDFFEC9FF, 0}, /* APB1LENR */
    {0x0A0, 0x0080022B, 0}, /* APB1HENR */
    {0x0A4, 0x017F7800, 0}, /* APB2ENR */
    {0x0A8, 0x0030FBE2, 0}, /* APB3ENR */
    {RCC_AHB1LPENR, 0xF13AD103, 0xF13AD103},
    {0x0B4, 0xC01F1DFF, 0xC01F1DFF}, /* AHB2LPENR */
    {0x0BC, 0x00111880, 0x00111880}, /* AHB4LPENR */
    {0x0C4, 0xDFFEC9FF, 0xDFFEC9FF}, /* APB1LLPENR */
    {0x0C8, 0x0080022B, 0x0080022B}, /* APB1HLPENR */
    {0x0CC, 0x017F7800, 0x017F7800}, /* APB2LPENR */
    {RCC_APB3LPENR, 0x0030FBE2, 0x0030FBE2},
    {0x0D8, 0xBFFFFFFF, 0}, /* CCIPR1 to CCIPR5 */
    {0x0DC, 0x77777777, 0},
    {0x0E0, 0x0703FFFF, 0},
    {0x0E4, 0x0FFF00FF, 0},
    {0x0E8, 0xC03F03FF, 0},
};

/** Fields that a bit of SECCFGR makes Secure. */
struct rcc_secure_field {
    uint16_t off;
    uint32_t mask;
    uint8_t sec; /**< Bit number in SECCFGR. */
};

static const struct rcc_secure_field rcc_secure_fields[] = {
    {RCC_CR, 0x0000003F, 0},    {0x010, 0xFFFFFFFF, 0},     /* HSI */
    {RCC_CR, 0x001F0000, 1},                                /* HSE */
    {RCC_CR, 0x00000700, 2},    {0x018, 0xFFFFFFFF, 2},     /* CSI */
    {RCC_BDCR, 0x0C000000, 3},                              /* LSI */
    {RCC_BDCR, 0x000000FF, 4},                              /* LSE */
    {RCC_CFGR1, 0xFFFC007F, 5},                             /* SYSCLK, STOPWUCK, MCO */
    {RCC_CFGR1, 0x00008000, 6}, {RCC_CFGR2, 0xFFFFFFFF, 6}, /* prescalers */
    {RCC_CR, 0x03000000, 7},    {0x028, 0xFFFFFFFF, 7},     /* PLL1 */
    {0x034, 0xFFFFFFFF, 7},     {0x038, 0xFFFFFFFF, 7},
    {RCC_CR, 0x0C000000, 8},    {0x02C, 0xFFFFFFFF, 8}, /* PLL2 */
    {0x03C, 0xFFFFFFFF, 8},     {0x040, 0xFFFFFFFF, 8},
    {RCC_CR, 0x30000000, 9},    {0x030, 0xFFFFFFFF, 9}, /* PLL3 */
    {0x044, 0xFFFFFFFF, 9},     {0x048, 0xFFFFFFFF, 9},
    {RCC_CR, 0x00003000, 11},   {0x014, 0xFFFFFFFF, 11}, /* HSI48 */
    {RCC_RSR, RSR_RMVF, 12},                             /* RMVF */
    {0x0E8, 0xC0000000, 13},                             /* per_ck */
};

/** Bits of CIER, CIFR and CICR, by bit of SECCFGR. */
static const uint16_t rcc_interrupt_of_sec[] = {
    1u << 3, 1u << 4 | 1u << 10, 1u << 2, 1u << 0, 1u << 1, 0, 0, 1u << 6, 1u << 7, 1u << 8, 0,
    1u << 5};

struct rcc {
    struct sim_device dev;
    uint32_t word[RCC_WORDS];
    uint32_t ready; /**< In the bits of CIFR: which clocks are ready. */
};

static uint32_t *rcc_at(struct rcc *rcc, uint32_t off)
{
    return &rcc->word[off / 4u];
}

static uint32_t rcc_get(const struct rcc *rcc, uint32_t off)
{
    return rcc->word[off / 4u];
}

static const struct rcc_register *rcc_find(uint32_t off)
{
    for (unsigned i = 0; i < sizeof rcc_registers / sizeof rcc_registers[0]; i++) {
        if (rcc_registers[i].off == off) {
            return &rcc_registers[i];
        }
    }
    return NULL;
}

static bool rcc_source_on(const struct rcc *rcc, unsigned source)
{
    static const uint32_t on[] = {CR_HSION, CR_CSION, CR_HSEON, CR_PLLRDY(0)};
    return source < sizeof on / sizeof on[0] && (rcc_get(rcc, RCC_CR) & on[source]) != 0;
}

/** Whether a PLL that is on can lock: it has a running source and a divider that is not off. */
static bool rcc_pll_locks(const struct rcc *rcc, unsigned pll)
{
    const uint32_t cfg = rcc_get(rcc, RCC_PLL1CFGR + 4u * pll);
    return PLLCFGR_SRC(cfg) != 0 && PLLCFGR_DIVM(cfg) != 0 &&
           rcc_source_on(rcc, PLLCFGR_SRC(cfg) - 1u);
}

static uint32_t rcc_interrupt_secure(const struct rcc *rcc)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < sizeof rcc_interrupt_of_sec / sizeof rcc_interrupt_of_sec[0]; i++) {
        if ((rcc_get(rcc, RCC_SECCFGR) & (1u << i)) != 0) {
            mask |= rcc_interrupt_of_sec[i];
        }
    }
    return mask;
}

/** Makes flags, switch status and interrupts follow what is on. */
static void rcc_update(struct rcc *rcc)
{
    uint32_t *cr = rcc_at(rcc, RCC_CR);
    *cr &= ~(CR_HSIRDY | CR_CSIRDY | CR_HSI48RDY | CR_HSERDY);
    *cr |= CR_HSIDIVF;
    *cr |= (*cr & (CR_HSION | CR_CSION | CR_HSI48ON | CR_HSEON)) << 1;
    uint32_t ready = 0;
    for (unsigned pll = 0; pll < PLLS; pll++) {
        *cr &= ~CR_PLLRDY(pll);
        if ((*cr & CR_PLLON(pll)) != 0 && rcc_pll_locks(rcc, pll)) {
            *cr |= CR_PLLRDY(pll);
            ready |= 1u << (6u + pll);
        }
    }
    uint32_t *bdcr = rcc_at(rcc, RCC_BDCR);
    *bdcr &= ~(BDCR_LSERDY | BDCR_LSIRDY);
    *bdcr |= (*bdcr & (BDCR_LSEON | BDCR_LSION)) << 1;
    uint32_t *cfgr1 = rcc_at(rcc, RCC_CFGR1);
    if (rcc_source_on(rcc, CFGR1_SW(*cfgr1))) {
        *cfgr1 = (*cfgr1 & ~CFGR1_SWS_MASK) | CFGR1_SW(*cfgr1) << CFGR1_SWS_SHIFT;
    }
    ready |= ((*bdcr & BDCR_LSION) != 0 ? 1u << 0 : 0) | ((*bdcr & BDCR_LSEON) != 0 ? 1u << 1 : 0) |
             ((*cr & CR_CSION) != 0 ? 1u << 2 : 0) | ((*cr & CR_HSION) != 0 ? 1u << 3 : 0) |
             ((*cr & CR_HSEON) != 0 ? 1u << 4 : 0) | ((*cr & CR_HSI48ON) != 0 ? 1u << 5 : 0);
    *rcc_at(rcc, RCC_CIFR) |= ready & ~rcc->ready & rcc_get(rcc, RCC_CIER);
    rcc->ready = ready;
    const uint32_t pending = rcc_get(rcc, RCC_CIFR);
    const uint32_t secure = rcc_interrupt_secure(rcc);
    chip_irq(rcc->dev.chip, rcc->dev.row->irq[0], (pending & ~secure) != 0);
    chip_irq(rcc->dev.chip, rcc->dev.row->irq[1], (pending & secure) != 0);
    chip_clock_changed(rcc->dev.chip);
}

static void rcc_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct rcc *rcc = (struct rcc *)dev;
    const uint32_t bdcr = kind == SIM_RESET_POWER ? 0 : rcc_get(rcc, RCC_BDCR);
    const uint32_t rsr = kind == SIM_RESET_POWER ? 0 : rcc_get(rcc, RCC_RSR);
    for (unsigned i = 0; i < RCC_WORDS; i++) {
        rcc->word[i] = 0;
    }
    for (unsigned i = 0; i < sizeof rcc_registers / sizeof rcc_registers[0]; i++) {
        *rcc_at(rcc, rcc_registers[i].off) = rcc_registers[i].reset;
    }
    *rcc_at(rcc, RCC_BDCR) = bdcr;
    *rcc_at(rcc, RCC_RSR) = rsr | rcc_cause_flags[dev->chip->cause];
    rcc->ready = 0;
    rcc_update(rcc);
}

static uint32_t rcc_secure_bits(const struct rcc *rcc, uint32_t off)
{
    uint32_t mask = 0;
    if (off >= RCC_CIER && off <= RCC_CICR) {
        return rcc_interrupt_secure(rcc);
    }
    if (off >= RCC_AHB1RSTR && off <= RCC_APB3LPENR) {
        return rcc_gates_secure(rcc->dev.chip, off);
    }
    for (unsigned i = 0; i < sizeof rcc_secure_fields / sizeof rcc_secure_fields[0]; i++) {
        const struct rcc_secure_field *field = &rcc_secure_fields[i];
        if (field->off == off && (rcc_get(rcc, RCC_SECCFGR) & (1u << field->sec)) != 0) {
            mask |= field->mask;
        }
    }
    return mask;
}

static uint32_t rcc_reach(const struct rcc *rcc, const struct sim_txn *txn)
{
    const uint32_t secure_bits = rcc_secure_bits(rcc, reg_off(txn));
    if (secure_bits == 0xFFFFFFFFu && !txn->attr.secure) {
        gtzc_flag(rcc->dev.chip, rcc->dev.row->gtzc);
    }
    return aware_reach(secure_bits, rcc_get(rcc, RCC_PRIVCFGR), txn->attr);
}

static uint32_t rcc_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct rcc *rcc = (const struct rcc *)dev;
    const uint32_t off = reg_off(txn);
    if (off / 4u >= RCC_WORDS || off == RCC_CICR) {
        return 0;
    }
    if (off == RCC_SECCFGR || off == RCC_PRIVCFGR) {
        return txn_cut(txn, rcc_get(rcc, off));
    }
    uint32_t reach = rcc_reach(rcc, txn);
    if (off == RCC_RSR) {
        reach = 0xFFFFFFFFu; /* RMVFSEC is about clearing; RMVF itself reads as zero. [U] */
    }
    return txn_cut(txn, rcc_get(rcc, off) & reach);
}

/** The bits of CR that cannot change as they were written, because the clock is in use. */
static uint32_t rcc_cr_allowed(const struct rcc *rcc, uint32_t now, uint32_t wanted)
{
    const unsigned source = CFGR1_SWS(rcc_get(rcc, RCC_CFGR1));
    static const uint32_t on[] = {CR_HSION, CR_CSION, CR_HSEON, CR_PLLON(0)};
    wanted |= now & on[source & 3u];
    for (unsigned pll = 0; pll < PLLS; pll++) {
        const unsigned reference = PLLCFGR_SRC(rcc_get(rcc, RCC_PLL1CFGR + 4u * pll));
        if ((now & CR_PLLON(pll)) == 0 || reference == 0) {
            continue;
        }
        if (pll == 0) {
            wanted |= now & on[reference - 1u];
        }
        if (reference - 1u == RCC_SOURCE_HSI) {
            wanted = (wanted & ~CR_HSIDIV_MASK) | (now & CR_HSIDIV_MASK);
        }
    }
    if ((now & CR_HSEON) != 0) {
        wanted = (wanted & ~(CR_HSEBYP | CR_HSEEXT)) | (now & (CR_HSEBYP | CR_HSEEXT));
    }
    return wanted | (now & CR_HSECSSON);
}

static void rcc_write_bdcr(struct rcc *rcc, const struct sim_txn *txn, uint32_t value)
{
    uint32_t *bdcr = rcc_at(rcc, RCC_BDCR);
    uint32_t mask = BDCR_WRITABLE & rcc_reach(rcc, txn) & ~(uint32_t)BDCR_LSIRDY;
    if (!pwr_backup_open(rcc->dev.chip)) {
        mask &= BDCR_LSION; /* The vendor's driver starts the LSI without DBP and waits for it. */
    }
    if ((*bdcr & BDCR_LSEON) != 0) {
        mask &= ~BDCR_LSE_STOPPED;
    }
    if ((*bdcr & BDCR_RTCSEL) != 0) {
        mask &= ~BDCR_RTCSEL;
    }
    *bdcr = reg_put(*bdcr, txn, value, mask) | (*bdcr & BDCR_LSECSSON);
    if ((*bdcr & BDCR_VSWRST) != 0) {
        *bdcr &= ~BDCR_VSWITCH;
        rtc_domain_reset(chip_device(rcc->dev.chip, "RTC"));
        tamp_domain_reset(chip_device(rcc->dev.chip, "TAMP"));
    }
}

static void rcc_write_stored(struct rcc *rcc, const struct sim_txn *txn, uint32_t value,
                             const struct rcc_register *reg)
{
    uint32_t *word = rcc_at(rcc, reg->off);
    const uint32_t before = *word;
    uint32_t mask = reg->mask & rcc_reach(rcc, txn);
    const bool pll_cfg = reg->off >= RCC_PLL1CFGR && reg->off < RCC_PLL1DIVR;
    const bool pll_div =
        reg->off >= RCC_PLL1DIVR && reg->off <= 0x044 && (reg->off - RCC_PLL1DIVR) % 8u == 0;
    if (pll_cfg || pll_div) {
        const unsigned pll =
            pll_cfg ? (reg->off - RCC_PLL1CFGR) / 4u : (reg->off - RCC_PLL1DIVR) / 8u;
        if ((rcc_get(rcc, RCC_CR) & CR_PLLON(pll)) != 0) {
            mask &= pll_cfg ? PLLCFGR_RUNNING : 0;
        }
    }
    *word = reg_put(*word, txn, value, mask);
    if (reg->off == RCC_CR) {
        *word = rcc_cr_allowed(rcc, before, *word);
    } else if (reg->off >= RCC_AHB1RSTR && reg->off <= RCC_APB3RSTR) {
        rcc_gates_reset(rcc->dev.chip, reg->off, *word & ~before);
    } else if (reg->off == RCC_AHB2ENR && (*word & ~before & AHB2ENR_SAES) != 0) {
        saes_clocked(rcc->dev.chip);
    }
}

static void rcc_write_sec(struct rcc *rcc, const struct sim_txn *txn, uint32_t value)
{
    if (!chip_trustzone(rcc->dev.chip)) {
        return;
    }
    if (!txn->attr.secure) {
        gtzc_flag(rcc->dev.chip, rcc->dev.row->gtzc);
        return;
    }
    if (txn->attr.privileged || (rcc_get(rcc, RCC_PRIVCFGR) & AWARE_SPRIV) == 0) {
        *rcc_at(rcc, RCC_SECCFGR) = reg_put(rcc_get(rcc, RCC_SECCFGR), txn, value, SECCFGR_MASK);
    }
}

static void rcc_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct rcc *rcc = (struct rcc *)dev;
    const uint32_t off = reg_off(txn);
    const struct rcc_register *reg = rcc_find(off);
    if (reg != NULL) {
        rcc_write_stored(rcc, txn, value, reg);
    } else if (off == RCC_BDCR) {
        rcc_write_bdcr(rcc, txn, value);
    } else if (off == RCC_CICR) {
        *rcc_at(rcc, RCC_CIFR) &= ~(reg_ones(txn, value) & rcc_reach(rcc, txn));
    } else if (off == RCC_RSR) {
        if ((reg_ones(txn, value) & rcc_reach(rcc, txn) & RSR_RMVF) != 0) {
            *rcc_at(rcc, RCC_RSR) = 0;
        }
    } else if (off == RCC_SECCFGR) {
        rcc_write_sec(rcc, txn, value);
    } else if (off == RCC_PRIVCFGR) {
        *rcc_at(rcc, off) = aware_put_priv(rcc_get(rcc, off), txn, value);
    }
    rcc_update(rcc);
}

static const struct sim_device_ops rcc_ops = {
    .reset = rcc_reset,
    .read = rcc_read,
    .write = rcc_write,
};

struct sim_device *rcc_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct rcc *rcc = device_new(sizeof *rcc);
    if (rcc == NULL) {
        return NULL;
    }
    rcc->dev.ops = &rcc_ops;
    chip->rcc = &rcc->dev;
    return &rcc->dev;
}

bool rcc_sysclk_secure(const struct sim_chip *chip)
{
    return (rcc_get((const struct rcc *)chip->rcc, RCC_SECCFGR) & SECCFGR_SYSCLKSEC) != 0;
}

static uint32_t rcc_oscillator_hz(const struct rcc *rcc, unsigned source)
{
    switch (source) {
    case RCC_SOURCE_HSI:
        return RCC_HSI_HZ >> CR_HSIDIV(rcc_get(rcc, RCC_CR));
    case RCC_SOURCE_CSI:
        return RCC_CSI_HZ;
    default:
        return RCC_HSE_HZ;
    }
}

static uint32_t rcc_pll1_hz(const struct rcc *rcc)
{
    const uint32_t cfg = rcc_get(rcc, RCC_PLL1CFGR);
    const uint32_t div = rcc_get(rcc, RCC_PLL1DIVR);
    if (!rcc_pll_locks(rcc, 0) || (cfg & PLLCFGR_PEN) == 0) {
        return 0;
    }
    uint64_t times = (uint64_t)PLLDIVR_N(div) * PLL_FRAC_UNIT;
    if ((cfg & PLLCFGR_FRACEN) != 0) {
        times += PLLFRACR_FRACN(rcc_get(rcc, RCC_PLL1FRACR));
    }
    const uint32_t reference = rcc_oscillator_hz(rcc, PLLCFGR_SRC(cfg) - 1u) / PLLCFGR_DIVM(cfg);
    return (uint32_t)(reference * times / PLL_FRAC_UNIT / PLLDIVR_P(div));
}

uint32_t chip_clock_hz(const struct sim_chip *chip)
{
    static const uint8_t hpre_shift[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9};
    const struct rcc *rcc = (const struct rcc *)chip->rcc;
    const unsigned source = CFGR1_SWS(rcc_get(rcc, RCC_CFGR1));
    const uint32_t hz =
        source == RCC_SOURCE_PLL1 ? rcc_pll1_hz(rcc) : rcc_oscillator_hz(rcc, source);
    return hz >> hpre_shift[rcc_get(rcc, RCC_CFGR2) & 0xFu];
}

uint32_t rcc_pclk_ticks(const struct sim_chip *chip, unsigned apb)
{
    static const uint8_t ticks[8] = {1, 1, 1, 1, 2, 4, 8, 16};
    const uint32_t cfgr2 = rcc_get((const struct rcc *)chip->rcc, RCC_CFGR2);
    return ticks[(cfgr2 >> (4u * apb)) & 7u];
}

uint32_t rcc_timer_ticks(const struct sim_chip *chip, unsigned apb)
{
    const uint32_t cfgr1 = rcc_get((const struct rcc *)chip->rcc, RCC_CFGR1);
    const uint32_t times = (cfgr1 & CFGR1_TIMPRE) != 0 ? 4u : 2u;
    const uint32_t ticks = rcc_pclk_ticks(chip, apb);
    return ticks > times ? ticks / times : 1u;
}

uint32_t rcc_rtc_hz(const struct sim_chip *chip)
{
    const struct rcc *rcc = (const struct rcc *)chip->rcc;
    const uint32_t bdcr = rcc_get(rcc, RCC_BDCR);
    const uint32_t divider = CFGR1_RTCPRE(rcc_get(rcc, RCC_CFGR1));
    if ((bdcr & BDCR_RTCEN) == 0) {
        return 0;
    }
    switch ((bdcr & BDCR_RTCSEL) >> 8) {
    case 1:
        return (bdcr & BDCR_LSERDY) != 0 ? RCC_LSE_HZ : 0;
    case 2:
        return (bdcr & BDCR_LSIRDY) != 0 ? RCC_LSI_HZ : 0;
    case 3:
        return divider > 1u && rcc_source_on(rcc, RCC_SOURCE_HSE) ? RCC_HSE_HZ / divider : 0;
    default:
        return 0;
    }
}

bool rcc_lsi_on(const struct sim_chip *chip)
{
    return (rcc_get((const struct rcc *)chip->rcc, RCC_BDCR) & BDCR_LSION) != 0;
}

bool rcc_rng_clocked(const struct sim_chip *chip)
{
    return (rcc_get((const struct rcc *)chip->rcc, RCC_AHB2ENR) & AHB2ENR_RNG) != 0;
}

/*
 * RTC: the BCD calendar with alarms and wake-up timer, in virtual time.
 *
 * It lies in the backup domain: a system reset leaves it running, writes need PWR_DBPCR.DBP. What
 * happens while the power is off is not known, so power-on resets it. Binary and mixed modes,
 * calibration, reference clock, WUTOCLR and outputs are plain storage; the time stamp is taken by
 * tampers only.
 */
#include "dev_rtc.h"

#include "dev.h"
#include "dev_reg.h"

#define TR       0x00u
#define DR       0x04u
#define SSR      0x08u
#define ICSR     0x0cu
#define PRER     0x10u
#define WUTR     0x14u
#define CR       0x18u
#define PRIVCFGR 0x1cu
#define SECCFGR  0x20u
#define WPR      0x24u
#define CALR     0x28u
#define SHIFTR   0x2cu
#define TSTR     0x30u
#define TSDR     0x34u
#define TSSSR    0x38u
#define ALRMAR   0x40u
#define ALRMBSSR 0x4cu
#define SR       0x50u
#define MISR     0x54u
#define SMISR    0x58u
#define SCR      0x5cu
#define OPTION   0x60u
#define ALRABINR 0x70u
#define ALRBBINR 0x74u

#define DR_RESET     0x00002101u
#define PRER_RESET   0x007f00ffu
#define PRER_MASK    0x007f7fffu
#define ICSR_OLD     0x00000003u /* Bits 0 and 1 read as ones, as the reset value says. [U] */
#define ICSR_WUTWF   (1u << 2)
#define ICSR_INITS   (1u << 4)
#define ICSR_RSF     (1u << 5)
#define ICSR_INITF   (1u << 6)
#define ICSR_INIT    (1u << 7)
#define ICSR_MODE    0x00001f00u
#define CR_MASK      0xfffcffffu
#define CR_LOCKED    0x00030050u /* FMT, ADD1H, SUB1H, REFCKON: under WPR. */
#define CR_ADD1H     (1u << 16)
#define CR_SUB1H     (1u << 17)
#define CALR_MASK    0x0000f1ffu
#define SHIFTR_SUBFS 0x00007fffu
#define SHIFTR_ADD1S (1u << 31)
#define ALRMSSR_SS   0x00007fffu
#define ALRMSSR_MASK 0xbf000000u
#define CFGR_MASK    0x0000e00fu
#define KEY_1        0xcau
#define KEY_2        0x53u

/* Pulses until INITF, RSF and WUTWF follow; "up to two". [U] */
#define SYNC_PULSES 2

/* Functions, by their bits in SECCFGR and PRIVCFGR; the last one covers all. */
enum rtc_function {
    FN_ALRA = 0,
    FN_ALRB = 1,
    FN_WUT = 2,
    FN_TS = 3,
    FN_CAL = 13,
    FN_INIT = 14,
    FN_ALL = 15
};

/* Bits of CR and SR of each function; those of none are FN_ALL's. */
static const struct {
    enum rtc_function function;
    uint32_t cr, sr;
} rtc_bits[] = {
    {FN_ALRA, 0x08001180u, 0x41u}, {FN_ALRB, 0x10002200u, 0x02u}, {FN_WUT, 0x00004407u, 0x04u},
    {FN_TS, 0x03008808u, 0x38u},   {FN_CAL, 0x00070010u, 0},      {FN_INIT, 0x00000040u, 0},
};

static bool rtc_secured(const struct rtc *rtc, enum rtc_function function)
{
    return chip_trustzone(rtc->dev.chip) && (rtc->seccfgr & (1u << function | 1u << FN_ALL)) != 0;
}

/* Whether an access may have to do with a function; tells the TZIC if it is too little Secure. */
static bool rtc_allows(const struct rtc *rtc, const struct sim_txn *txn, enum rtc_function function)
{
    if (rtc_secured(rtc, function) && !txn->attr.secure) {
        gtzc_flag(rtc->dev.chip, rtc->dev.row->gtzc);
        return false;
    }
    return txn->attr.privileged || (rtc->privcfgr & (1u << function | 1u << FN_ALL)) == 0;
}

/* The bits of CR, or of SR and its kin, that an access may change. */
static uint32_t rtc_reach(const struct rtc *rtc, const struct sim_txn *txn, bool cr)
{
    uint32_t reach = 0xffffffffu;
    for (size_t i = 0; i < sizeof rtc_bits / sizeof rtc_bits[0]; i++) {
        const uint32_t bits = cr ? rtc_bits[i].cr : rtc_bits[i].sr;
        const enum rtc_function function = rtc_bits[i].function;
        const bool open =
            (!rtc_secured(rtc, function) || txn->attr.secure) &&
            (txn->attr.privileged || (rtc->privcfgr & (1u << function | 1u << FN_ALL)) == 0);
        reach &= open ? 0xffffffffu : ~bits;
    }
    return reach;
}

/* Flags whose interrupts are enabled. */
static uint32_t rtc_masked(const struct rtc *rtc)
{
    uint32_t enabled = rtc->cr >> 12 & 0xfu; /* ALRAIE, ALRBIE, WUTIE, TSIE are in SR's order. */
    enabled |= rtc->cr & RTC_CR_TSIE ? 0x30u : 0;
    enabled |= rtc->cr & RTC_CR_SSRUIE ? RTC_SR_SSRUF : 0;
    return rtc->sr & enabled;
}

/* Flags that belong to the Secure interrupt. */
static uint32_t rtc_secure_flags(const struct rtc *rtc)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < sizeof rtc_bits / sizeof rtc_bits[0]; i++) {
        flags |= rtc_secured(rtc, rtc_bits[i].function) ? rtc_bits[i].sr : 0;
    }
    return flags;
}

static void rtc_update(struct rtc *rtc)
{
    const uint32_t secure = rtc_secure_flags(rtc);
    chip_irq(rtc->dev.chip, rtc->dev.row->irq[0], (rtc_masked(rtc) & ~secure) != 0);
    chip_irq(rtc->dev.chip, rtc->dev.row->irq[1], (rtc_masked(rtc) & secure) != 0);
    chip_deadline(rtc->dev.chip, &rtc->dev, rtc_next(rtc));
}

static uint32_t rtc_icsr(const struct rtc *rtc)
{
    const int64_t pulse = rtc_pulse(rtc);
    uint32_t icsr = ICSR_OLD | rtc->mode;
    icsr |= !rtc->init && pulse >= rtc->wutwf ? ICSR_WUTWF : 0;
    icsr |= rtc->calendar.dr & RTC_DR_YEAR ? ICSR_INITS : 0;
    icsr |= !rtc->init && !(rtc->cr & RTC_CR_BYPSHAD) && pulse >= rtc->rsf ? ICSR_RSF : 0;
    icsr |= rtc->init ? ICSR_INIT : 0;
    icsr |= rtc->init && pulse >= rtc->initf ? ICSR_INITF : 0;
    return icsr;
}

/* The pulse by which a request has crossed to RTCCLK. */
static int64_t rtc_crossed(const struct rtc *rtc)
{
    return rtc_pulse(rtc) + SYNC_PULSES;
}

/* ---- writes --------------------------------------------------------------------------------- */

static void rtc_leave_init(struct rtc *rtc)
{
    rtc->init = false;
    rtc->second = rtc_pulse(rtc); /* The dividers begin anew. */
    rtc->rsf = rtc_crossed(rtc);
}

static void rtc_write_icsr(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t word = txn_merge(txn, rtc_icsr(rtc), value);
    if (!(word & ICSR_RSF)) {
        rtc->rsf = rtc_crossed(rtc);
    }
    if (!rtc->unlocked || !rtc_allows(rtc, txn, FN_INIT)) {
        return;
    }
    if (rtc_icsr(rtc) & ICSR_INITF) {
        rtc->mode = word & ICSR_MODE;
    }
    if ((word & ICSR_INIT) && !rtc->init) {
        rtc->init = true;
        rtc->initf = rtc_crossed(rtc);
    } else if (!(word & ICSR_INIT) && rtc->init) {
        rtc_leave_init(rtc);
    }
}

static void rtc_write_cr(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    const bool twelve = (rtc->cr & RTC_CR_FMT) != 0;
    uint32_t reach = rtc_reach(rtc, txn, true);
    if (!rtc->unlocked) {
        reach &= ~CR_LOCKED;
    }
    const uint32_t ones = reg_ones(txn, value) & reach;
    if ((ones & CR_ADD1H) && !rtc->init) {
        rtc_calendar_advance(&rtc->calendar, 3600, twelve);
    }
    if ((ones & CR_SUB1H) && !rtc->init) {
        rtc_calendar_subtract_hour(&rtc->calendar, twelve);
    }
    const uint32_t old = rtc->cr;
    const uint32_t running = old & RTC_CR_WUTE ? RTC_CR_WUCKSEL : 0;
    rtc->cr = reg_put(old, txn, value, CR_MASK & reach & ~running);
    if ((rtc->cr & ~old) & RTC_CR_WUTE) {
        rtc->wut_reload = rtc_pulse(rtc);
        rtc->wutwf = RTC_NEVER;
    } else if ((old & ~rtc->cr) & RTC_CR_WUTE) {
        rtc->wutwf = rtc_crossed(rtc);
    }
    if ((old & ~rtc->cr) & RTC_CR_BYPSHAD) {
        rtc->rsf = rtc_crossed(rtc);
    }
}

static void rtc_write_key(struct rtc *rtc, uint32_t key)
{
    rtc->unlocked = rtc->half_key && key == KEY_2;
    rtc->half_key = key == KEY_1;
}

/* Delays by SUBFS of the fraction's units and advances by a second. */
static void rtc_shift(struct rtc *rtc, uint32_t value)
{
    rtc->second += (int64_t)(value & SHIFTR_SUBFS) * (RTC_PREDIV_A(rtc->prer) + 1u);
    if (value & SHIFTR_ADD1S) {
        rtc_calendar_advance(&rtc->calendar, 1, (rtc->cr & RTC_CR_FMT) != 0);
    }
    rtc->rsf = rtc_crossed(rtc);
}

/* TR, DR and PRER; CALR and SHIFTR: what the keys of WPR protect. */
static void rtc_write_locked(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t off = reg_off(txn);
    if (!rtc->unlocked) {
        return;
    }
    if (off == CALR || off == SHIFTR) {
        if (rtc_allows(rtc, txn, FN_CAL)) {
            rtc->calr = off == CALR ? reg_put(rtc->calr, txn, value, CALR_MASK) : rtc->calr;
            if (off == SHIFTR && !rtc->init) {
                rtc_shift(rtc, reg_ones(txn, value));
            }
        }
        return;
    }
    if (!rtc_allows(rtc, txn, FN_INIT) || !(rtc_icsr(rtc) & ICSR_INITF)) {
        return;
    }
    if (off == TR) {
        rtc->calendar.tr = reg_put(rtc->calendar.tr, txn, value, RTC_TR_MASK);
    } else if (off == DR) {
        rtc->calendar.dr = reg_put(rtc->calendar.dr, txn, value, RTC_DR_MASK);
    } else {
        rtc->prer = reg_put(rtc->prer, txn, value, PRER_MASK);
    }
}

static void rtc_write_sec(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    if (!chip_trustzone(rtc->dev.chip)) {
        return; /* Reads as zero then. [U] */
    }
    if (!txn->attr.secure) {
        gtzc_flag(rtc->dev.chip, rtc->dev.row->gtzc);
        return;
    }
    if (txn->attr.privileged || (rtc->privcfgr & 1u << FN_ALL) == 0) {
        const uint32_t open = txn->attr.privileged ? CFGR_MASK : CFGR_MASK & ~rtc->privcfgr;
        rtc->seccfgr = reg_put(rtc->seccfgr, txn, value, open);
    }
}

static void rtc_write_priv(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    const bool trusted = txn->attr.secure || !chip_trustzone(rtc->dev.chip);
    if (!txn->attr.privileged || (!trusted && rtc_secured(rtc, FN_ALL))) {
        return;
    }
    const uint32_t open = trusted ? CFGR_MASK : CFGR_MASK & ~rtc->seccfgr;
    rtc->privcfgr = reg_put(rtc->privcfgr, txn, value, open);
}

/* The alarm that a register belongs to: A and B have the same registers one after the other. */
static unsigned rtc_alarm_of(uint32_t off)
{
    if (off == ALRABINR || off == ALRBBINR) {
        return off == ALRABINR ? 0 : 1u;
    }
    return (off - ALRMAR) / 8u;
}

static void rtc_write_alarm(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t off = reg_off(txn);
    const unsigned n = rtc_alarm_of(off);
    struct rtc_alarm *alarm = &rtc->alarm[n];
    if (!rtc_allows(rtc, txn, n == 0 ? FN_ALRA : FN_ALRB)) {
        return;
    }
    if (off == ALRABINR || off == ALRBBINR) {
        alarm->bin = txn_merge(txn, alarm->bin, value);
    } else if ((off - ALRMAR) % 8u == 0) {
        alarm->when = txn_merge(txn, alarm->when, value);
    } else {
        alarm->bin = reg_put(alarm->bin, txn, value, ALRMSSR_SS);
        alarm->mask = reg_put(alarm->mask, txn, value, ALRMSSR_MASK);
    }
}

static void rtc_write_register(struct rtc *rtc, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t off = reg_off(txn);
    switch (off) {
    case TR:
    case DR:
    case PRER:
    case CALR:
    case SHIFTR:
        rtc_write_locked(rtc, txn, value);
        break;
    case ICSR:
        rtc_write_icsr(rtc, txn, value);
        break;
    case WUTR: /* Only while WUTWF is set. */
        if (rtc_allows(rtc, txn, FN_WUT) && (rtc_icsr(rtc) & ICSR_WUTWF)) {
            rtc->wutr = txn_merge(txn, rtc->wutr, value);
        }
        break;
    case CR:
        rtc_write_cr(rtc, txn, value);
        break;
    case SCR:
        rtc->sr &= ~(reg_ones(txn, value) & rtc_reach(rtc, txn, false));
        break;
    case OPTION:
        rtc->option = reg_put(rtc->option, txn, value, 1u);
        break;
    default:
        if ((off >= ALRMAR && off <= ALRMBSSR) || off == ALRABINR || off == ALRBBINR) {
            rtc_write_alarm(rtc, txn, value);
        }
        break;
    }
}

static void rtc_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct rtc *rtc = (struct rtc *)dev;
    const uint32_t off = reg_off(txn);
    if (!pwr_backup_open(dev->chip)) {
        return;
    }
    rtc_sync(rtc);
    if (off == SECCFGR) {
        rtc_write_sec(rtc, txn, value);
    } else if (off == PRIVCFGR) {
        rtc_write_priv(rtc, txn, value);
    } else if (!rtc_allows(rtc, txn, FN_ALL)) {
        return;
    } else if (off == WPR) {
        rtc_write_key(rtc, reg_ones(txn, value) & 0xffu);
    } else {
        rtc_write_register(rtc, txn, value);
    }
    rtc_update(rtc);
}

/* ---- reads ---------------------------------------------------------------------------------- */

/* With shadow registers, reading SSR holds TR and DR, and reading TR holds DR, until DR is read. */
static uint32_t rtc_read_calendar(struct rtc *rtc, uint32_t off)
{
    if (rtc->cr & RTC_CR_BYPSHAD) {
        rtc->tr_locked = rtc->dr_locked = false;
    } else if (off != DR) {
        rtc->latch.tr = rtc->tr_locked ? rtc->latch.tr : rtc->calendar.tr;
        rtc->latch.dr = rtc->dr_locked ? rtc->latch.dr : rtc->calendar.dr;
        rtc->tr_locked = rtc->tr_locked || off == SSR;
        rtc->dr_locked = true;
    }
    if (off == SSR) {
        return rtc_subsecond(rtc);
    }
    if (off == TR) {
        return rtc->tr_locked ? rtc->latch.tr : rtc->calendar.tr;
    }
    const uint32_t dr = rtc->dr_locked ? rtc->latch.dr : rtc->calendar.dr;
    rtc->tr_locked = rtc->dr_locked = false;
    return dr;
}

static uint32_t rtc_read_alarm(const struct rtc *rtc, const struct sim_txn *txn)
{
    const uint32_t off = reg_off(txn);
    const unsigned n = rtc_alarm_of(off);
    const struct rtc_alarm *alarm = &rtc->alarm[n];
    if (!rtc_allows(rtc, txn, n == 0 ? FN_ALRA : FN_ALRB)) {
        return 0;
    }
    if (off == ALRABINR || off == ALRBBINR) {
        return alarm->bin;
    }
    return (off - ALRMAR) % 8u == 0 ? alarm->when : alarm->mask | (alarm->bin & ALRMSSR_SS);
}

/* What is protected can be read all the same, but for alarms, wake-up timer and time stamp. [U] */
static uint32_t rtc_read_word(struct rtc *rtc, const struct sim_txn *txn)
{
    const uint32_t off = reg_off(txn);
    switch (off) {
    case TR:
    case DR:
    case SSR:
        return rtc_read_calendar(rtc, off);
    case ICSR:
        return rtc_icsr(rtc);
    case PRER:
        return rtc->prer;
    case WUTR:
        return rtc_allows(rtc, txn, FN_WUT) ? rtc->wutr : 0;
    case CR:
        return rtc->cr;
    case PRIVCFGR:
        return rtc->privcfgr;
    case SECCFGR:
        return rtc->seccfgr;
    case CALR:
        return rtc->calr;
    case TSTR:
        return rtc_allows(rtc, txn, FN_TS) ? rtc->tstr : 0;
    case TSDR:
        return rtc_allows(rtc, txn, FN_TS) ? rtc->tsdr : 0;
    case TSSSR:
        return rtc_allows(rtc, txn, FN_TS) ? rtc->tsssr : 0;
    case SR:
        return rtc->sr;
    case MISR:
        return rtc_masked(rtc) & ~rtc_secure_flags(rtc);
    case SMISR:
        return txn->attr.secure ? rtc_masked(rtc) & rtc_secure_flags(rtc) : 0;
    case OPTION:
        return rtc->option;
    default:
        break;
    }
    if ((off >= ALRMAR && off <= ALRMBSSR) || off == ALRABINR || off == ALRBBINR) {
        return rtc_read_alarm(rtc, txn);
    }
    return 0;
}

static uint32_t rtc_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct rtc *rtc = (struct rtc *)dev;
    rtc_sync(rtc);
    return txn_cut(txn, rtc_read_word(rtc, txn));
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void rtc_event(struct sim_device *dev, uint64_t now)
{
    struct rtc *rtc = (struct rtc *)dev;
    (void)now;
    rtc_sync(rtc);
    rtc_update(rtc);
}

static void rtc_clock(struct sim_device *dev)
{
    struct rtc *rtc = (struct rtc *)dev;
    rtc_follow_clock(rtc);
    rtc_update(rtc);
}

void rtc_tamper(struct sim_device *dev)
{
    struct rtc *rtc = (struct rtc *)dev;
    if (!(rtc->cr & RTC_CR_TAMPTS)) {
        return;
    }
    rtc_sync(rtc);
    if (rtc->sr & RTC_SR_TSF) {
        rtc->sr |= RTC_SR_TSOVF;
    } else {
        rtc->sr |= RTC_SR_TSF;
        rtc->tstr = rtc->calendar.tr;
        rtc->tsdr = rtc->calendar.dr & 0xffffu; /* Without the year. */
        rtc->tsssr = rtc_subsecond(rtc);
    }
    rtc_update(rtc);
}

void rtc_domain_reset(struct sim_device *dev)
{
    struct rtc *rtc = (struct rtc *)dev;
    const struct sim_device own = rtc->dev;
    *rtc = (struct rtc){.dev = own,
                        .prer = PRER_RESET,
                        .wutr = 0xffffu,
                        .calendar = {0, DR_RESET},
                        .hz = rtc->hz,
                        .core_hz = rtc->core_hz,
                        .since = own.chip->now,
                        .rsf = SYNC_PULSES};
    rtc_update(rtc);
}

/* A system reset ends the initialization and the synchronization of the shadow registers only;
   not even the lock of WPR changes. */
static void rtc_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct rtc *rtc = (struct rtc *)dev;
    if (kind == SIM_RESET_POWER) {
        rtc->hz = 0;
        rtc_domain_reset(dev);
        return;
    }
    rtc_sync(rtc);
    if (rtc->init) {
        rtc_leave_init(rtc);
    }
    rtc->rsf = rtc_crossed(rtc);
    rtc->tr_locked = rtc->dr_locked = false;
    rtc_update(rtc);
}

static const struct sim_device_ops rtc_ops = {
    .reset = rtc_reset,
    .read = rtc_read,
    .write = rtc_write,
    .event = rtc_event,
    .clock = rtc_clock,
};

struct sim_device *rtc_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct rtc *rtc = device_new(sizeof *rtc);
    if (rtc == NULL) {
        return NULL;
    }
    rtc->dev.ops = &rtc_ops;
    rtc->core_hz = 1;
    rtc->prer = PRER_RESET;
    return &rtc->dev;
}

/*
 * What time does in the RTC. RTCCLK is divided by PREDIV_A + 1 (ck_apre, which SSR counts down)
 * and by PREDIV_S + 1 (seconds). Calibration (CALR) has no effect on it.
 */
#include "chip.h"
#include "dev_rcc.h"
#include "dev_rtc.h"

#define ALRM_MSK1   (1u << 7)
#define ALRM_MSK2   (1u << 15)
#define ALRM_MSK3   (1u << 23)
#define ALRM_MSK4   (1u << 31)
#define ALRM_WDSEL  (1u << 30)
#define MASKSS(ssr) ((ssr) >> 24 & 0x3fu)
#define SS_BITS     15u

static int64_t rtc_second_pulses(const struct rtc *rtc)
{
    return (int64_t)(RTC_PREDIV_A(rtc->prer) + 1u) * (RTC_PREDIV_S(rtc->prer) + 1u);
}

int64_t rtc_pulse(const struct rtc *rtc)
{
    if (rtc->hz == 0) {
        return rtc->base;
    }
    const uint64_t ticks = rtc->dev.chip->now - rtc->since;
    const uint64_t whole = ticks / rtc->core_hz * rtc->hz;
    return rtc->base + (int64_t)(whole + ticks % rtc->core_hz * rtc->hz / rtc->core_hz);
}

uint64_t rtc_tick(const struct rtc *rtc, int64_t pulse)
{
    if (rtc->hz == 0 || pulse == RTC_NEVER) {
        return SIM_NEVER;
    }
    if (pulse <= rtc->base) {
        return rtc->since;
    }
    const uint64_t pulses = (uint64_t)(pulse - rtc->base);
    const uint64_t rest = (pulses % rtc->hz * rtc->core_hz + rtc->hz - 1u) / rtc->hz;
    return rtc->since + pulses / rtc->hz * rtc->core_hz + rest;
}

void rtc_follow_clock(struct rtc *rtc)
{
    const uint32_t hz = rcc_rtc_hz(rtc->dev.chip);
    const uint32_t core_hz = chip_clock_hz(rtc->dev.chip);
    if (hz == rtc->hz && core_hz == rtc->core_hz) {
        return;
    }
    rtc_sync(rtc);
    rtc->base = rtc_pulse(rtc);
    rtc->since = rtc->dev.chip->now;
    rtc->hz = core_hz > 0 ? hz : 0;
    rtc->core_hz = core_hz > 0 ? core_hz : 1u;
}

uint32_t rtc_subsecond(const struct rtc *rtc)
{
    const int64_t pulse = rtc->init ? rtc->second : rtc_pulse(rtc);
    const int64_t counted = (pulse - rtc->second) / (RTC_PREDIV_A(rtc->prer) + 1u);
    return (uint32_t)((int64_t)RTC_PREDIV_S(rtc->prer) - counted) & 0xffffu;
}

/* ---- alarms --------------------------------------------------------------------------------- */

/* Pulses into a second at which SS matches under MASKSS; RTC_NEVER: at none. */
static int64_t rtc_alarm_offset(const struct rtc *rtc, unsigned n)
{
    const uint32_t bits =
        MASKSS(rtc->alarm[n].mask) < SS_BITS ? MASKSS(rtc->alarm[n].mask) : SS_BITS;
    const uint32_t last = RTC_PREDIV_S(rtc->prer);
    const uint32_t count = (last - rtc->alarm[n].bin) & ((1u << bits) - 1u);
    return count > last ? RTC_NEVER : (int64_t)count * (RTC_PREDIV_A(rtc->prer) + 1u);
}

/* Whether the present second is the alarm's. */
static bool rtc_alarm_matches(const struct rtc *rtc, unsigned n)
{
    const uint32_t when = rtc->alarm[n].when;
    const uint32_t time = when ^ rtc->calendar.tr;
    const uint32_t day = when >> 24 & 0x3fu;
    if (!(when & ALRM_MSK1) && (time & 0x0000007fu) != 0) {
        return false;
    }
    if (!(when & ALRM_MSK2) && (time & 0x00007f00u) != 0) {
        return false;
    }
    if (!(when & ALRM_MSK3) && (time & 0x007f0000u) != 0) {
        return false;
    }
    if (when & ALRM_MSK4) {
        return true;
    }
    if (when & ALRM_WDSEL) {
        return (day & 0xfu) == (rtc->calendar.dr >> 13 & 7u);
    }
    return day == (rtc->calendar.dr & 0x3fu);
}

/* Flags the alarms of the present second whose moment came after `checked`, up to `pulse`. */
static void rtc_alarms(struct rtc *rtc, int64_t pulse)
{
    for (unsigned n = 0; n < RTC_ALARMS; n++) {
        const int64_t offset = rtc_alarm_offset(rtc, n);
        const bool on = (rtc->cr & RTC_CR_ALRE(n)) && offset != RTC_NEVER;
        if (!on || rtc->second + offset <= rtc->checked || rtc->second + offset > pulse) {
            continue;
        }
        if (rtc_alarm_matches(rtc, n)) {
            rtc->sr |= RTC_SR_ALRF(n);
        }
    }
}

/* The next moment at which alarm n may match. */
static int64_t rtc_alarm_next(const struct rtc *rtc, unsigned n)
{
    const int64_t offset = rtc_alarm_offset(rtc, n);
    if (offset == RTC_NEVER) {
        return RTC_NEVER;
    }
    const int64_t here = rtc->second + offset;
    return here > rtc->checked ? here : here + rtc_second_pulses(rtc);
}

/* ---- going on ------------------------------------------------------------------------------- */

static void rtc_seconds(struct rtc *rtc, int64_t pulse)
{
    const bool twelve = (rtc->cr & RTC_CR_FMT) != 0;
    const int64_t length = rtc_second_pulses(rtc);
    const bool alarms = (rtc->cr & (RTC_CR_ALRE(0) | RTC_CR_ALRE(1))) != 0;
    rtc_alarms(rtc, pulse);
    while (pulse - rtc->second >= length) {
        const int64_t seconds = alarms ? 1 : (pulse - rtc->second) / length;
        rtc_calendar_advance(&rtc->calendar, (uint64_t)seconds, twelve);
        rtc->second += seconds * length;
        rtc->sr |= RTC_SR_SSRUF;
        rtc_alarms(rtc, pulse);
    }
}

int64_t rtc_wakeup_period(const struct rtc *rtc)
{
    const uint32_t select = rtc->cr & RTC_CR_WUCKSEL;
    const int64_t count = (int64_t)(rtc->wutr & 0xffffu) + 1 + (select >= 6u ? 0x10000 : 0);
    return count * (select >= 4u ? rtc_second_pulses(rtc) : 16 >> select);
}

void rtc_sync(struct rtc *rtc)
{
    const int64_t pulse = rtc_pulse(rtc);
    if (!rtc->init) {
        rtc_seconds(rtc, pulse);
    }
    rtc->checked = pulse;
    if (rtc->cr & RTC_CR_WUTE) {
        const int64_t period = rtc_wakeup_period(rtc);
        const int64_t periods = (pulse - rtc->wut_reload) / period;
        rtc->wut_reload += periods * period;
        rtc->sr |= periods > 0 ? RTC_SR_WUTF : 0;
    }
}

uint64_t rtc_next(const struct rtc *rtc)
{
    int64_t next = RTC_NEVER;
    for (unsigned n = 0; n < RTC_ALARMS && !rtc->init; n++) {
        const uint32_t on = RTC_CR_ALRE(n) | RTC_CR_ALRIE(n);
        if ((rtc->cr & on) == on && !(rtc->sr & RTC_SR_ALRF(n))) {
            const int64_t alarm = rtc_alarm_next(rtc, n);
            next = alarm < next ? alarm : next;
        }
    }
    if (!rtc->init && (rtc->cr & RTC_CR_SSRUIE) && !(rtc->sr & RTC_SR_SSRUF)) {
        const int64_t second = rtc->second + rtc_second_pulses(rtc);
        next = second < next ? second : next;
    }
    const uint32_t wakeup = RTC_CR_WUTE | RTC_CR_WUTIE;
    if ((rtc->cr & wakeup) == wakeup && !(rtc->sr & RTC_SR_WUTF)) {
        const int64_t wut = rtc->wut_reload + rtc_wakeup_period(rtc);
        next = wut < next ? wut : next;
    }
    return rtc_tick(rtc, next);
}

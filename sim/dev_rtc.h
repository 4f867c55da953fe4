/*
 * The RTC, shared between its files and with RCC and TAMP.
 *
 *   dev_rtc.c       registers, their protection, interrupts
 *   dev_rtc_time.c  what time does: calendar, alarms, wake-up timer
 *   rtc_calendar.c  arithmetic of time and date
 *
 * Time is counted in pulses of RTCCLK since the backup domain was reset.
 */
#pragma once

#include "device.h"
#include "rtc_calendar.h"

/** A pulse that does not come. */
#define RTC_NEVER INT64_MAX

#define RTC_ALARMS 2u

#define RTC_CR_WUCKSEL  0x00000007u
#define RTC_CR_BYPSHAD  (1u << 5)
#define RTC_CR_FMT      (1u << 6)
#define RTC_CR_SSRUIE   (1u << 7)
#define RTC_CR_ALRE(n)  (1u << (8u + (n)))
#define RTC_CR_WUTE     (1u << 10)
#define RTC_CR_ALRIE(n) (1u << (12u + (n)))
#define RTC_CR_WUTIE    (1u << 14)
#define RTC_CR_TSIE     (1u << 15)
#define RTC_CR_TAMPTS   (1u << 25)
#define RTC_SR_ALRF(n)  (1u << (n))
#define RTC_SR_WUTF     (1u << 2)
#define RTC_SR_TSF      (1u << 3)
#define RTC_SR_TSOVF    (1u << 4)
#define RTC_SR_SSRUF    (1u << 6)
#define RTC_PREDIV_A(r) ((r) >> 16 & 0x7fu)
#define RTC_PREDIV_S(r) ((r)&0x7fffu)

struct rtc_alarm {
    uint32_t when; /**< ALRMxR. */
    uint32_t mask; /**< MASKSS and SSCLR of ALRMxSSR. */
    uint32_t bin;  /**< ALRxBINR, whose low 15 bits are SS of ALRMxSSR. */
};

struct rtc {
    struct sim_device dev;
    uint32_t cr, prer, wutr, calr, seccfgr, privcfgr, sr, option;
    uint32_t mode; /**< BIN and BCDU of ICSR: stored, the calendar is always BCD. */
    uint32_t tstr, tsdr, tsssr;
    struct rtc_alarm alarm[RTC_ALARMS];
    bool init;     /**< ICSR.INIT: the calendar stands. */
    bool half_key; /**< The first key has been written to WPR ... */
    bool unlocked; /**< ... and the second. */

    uint32_t hz;      /**< RTCCLK; 0: it stands. */
    uint32_t core_hz; /**< Ticks per second. Both as of `since`. */
    uint64_t since;   /**< Tick in which pulse `base` came. */
    int64_t base;

    struct rtc_calendar calendar; /**< The second that began with pulse `second`. */
    int64_t second;
    int64_t checked;           /**< Pulse up to which alarms have been looked for. */
    int64_t wut_reload;        /**< Pulse of the wake-up timer's last reload. */
    int64_t initf, rsf, wutwf; /**< Pulses from which these flags of ICSR are set. */
    bool tr_locked, dr_locked; /**< Shadow registers that stand until DR is read. */
    struct rtc_calendar latch;
};

/** The pulse of now. */
int64_t rtc_pulse(const struct rtc *rtc);
/** The tick in which `pulse` comes; SIM_NEVER if it does not. */
uint64_t rtc_tick(const struct rtc *rtc, int64_t pulse);
/** Brings calendar, alarms and wake-up timer to now. */
void rtc_sync(struct rtc *rtc);
/** Follows RTCCLK and the core's clock from now on. */
void rtc_follow_clock(struct rtc *rtc);
/** The tick of the next event that an enabled interrupt waits for; SIM_NEVER if there is none. */
uint64_t rtc_next(const struct rtc *rtc);
/** SSR at the pulse of now. */
uint32_t rtc_subsecond(const struct rtc *rtc);
/** Pulses in a period of the wake-up timer. */
int64_t rtc_wakeup_period(const struct rtc *rtc);

/** RCC_BDCR.VSWRST: every register takes its reset value. */
void rtc_domain_reset(struct sim_device *dev);

/** A tamper was detected: takes a time stamp if CR.TAMPTS asks for it. */
void rtc_tamper(struct sim_device *dev);

/* The calendar of the RTC: time and date in BCD as in RTC_TR and RTC_DR, and how they advance. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** RTC_TR and RTC_DR. */
struct rtc_calendar {
    uint32_t tr; /**< BCD hhmmss, with PM in bit 22. */
    uint32_t dr; /**< yy, weekday (3 bits) and month (5 bits), dd. */
};

#define RTC_TR_PM   0x00400000u
#define RTC_TR_MASK 0x007f7f7fu
#define RTC_DR_MASK 0x00ffff3fu
#define RTC_DR_YEAR 0x00ff0000u

/**
 * Advances by `seconds`, with leap years from 2000 to 2099; year 99 is followed by year 0.
 * Values that are no time or date are first brought into their range. `twelve` is CR.FMT.
 */
void rtc_calendar_advance(struct rtc_calendar *calendar, uint64_t seconds, bool twelve);

/** Subtracts an hour, unless it is hour 0: CR.SUB1H. */
void rtc_calendar_subtract_hour(struct rtc_calendar *calendar, bool twelve);

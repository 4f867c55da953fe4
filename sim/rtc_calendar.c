#include "rtc_calendar.h"

#define SECONDS_PER_DAY  86400u
#define SECONDS_PER_HOUR 3600u
#define DAYS_PER_CENTURY 36525u /* 2000 to 2099: every fourth year is a leap year. */

/* A calendar taken apart. */
struct moment {
    uint32_t second;                    /* Of the day. */
    uint32_t year, month, day, weekday; /* Of the century; 1 to 12; 1 to 31; 1 to 7, Monday is 1. */
};

static uint32_t from_bcd(uint32_t bcd)
{
    return 10u * (bcd >> 4) + (bcd & 0xfu);
}

static uint32_t to_bcd(uint32_t value)
{
    return (value / 10u) << 4 | value % 10u;
}

/* What is out of its range becomes the nearest value in it. [U] */
static uint32_t clamp(uint32_t value, uint32_t low, uint32_t high)
{
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}

static uint32_t days_in_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2u && year % 4u == 0 ? 29u : days[month];
}

static struct moment moment_of(const struct rtc_calendar *calendar, bool twelve)
{
    struct moment m;
    uint32_t hour = from_bcd(calendar->tr >> 16 & 0x3fu);
    if (twelve) {
        hour = clamp(hour, 1, 12) % 12u + (calendar->tr & RTC_TR_PM ? 12u : 0);
    }
    m.second = clamp(hour, 0, 23) * SECONDS_PER_HOUR +
               clamp(from_bcd(calendar->tr >> 8 & 0x7fu), 0, 59) * 60u +
               clamp(from_bcd(calendar->tr & 0x7fu), 0, 59);
    m.year = clamp(from_bcd(calendar->dr >> 16 & 0xffu), 0, 99);
    m.month = clamp(from_bcd(calendar->dr >> 8 & 0x1fu), 1, 12);
    m.day = clamp(from_bcd(calendar->dr & 0x3fu), 1, days_in_month(m.year, m.month));
    m.weekday = clamp(calendar->dr >> 13 & 7u, 1, 7);
    return m;
}

static struct rtc_calendar calendar_of(const struct moment *m, bool twelve)
{
    struct rtc_calendar calendar;
    uint32_t hour = m->second / SECONDS_PER_HOUR;
    const uint32_t pm = twelve && hour >= 12u ? RTC_TR_PM : 0;
    if (twelve) {
        hour = hour % 12u == 0 ? 12u : hour % 12u;
    }
    calendar.tr =
        pm | to_bcd(hour) << 16 | to_bcd(m->second / 60u % 60u) << 8 | to_bcd(m->second % 60u);
    calendar.dr = to_bcd(m->year) << 16 | m->weekday << 13 | to_bcd(m->month) << 8 | to_bcd(m->day);
    return calendar;
}

static void add_days(struct moment *m, uint64_t days)
{
    m->weekday = (uint32_t)((m->weekday - 1u + days) % 7u) + 1u;
    days %= DAYS_PER_CENTURY;
    while (days > 0) {
        const uint32_t left = days_in_month(m->year, m->month) - m->day;
        if (days <= left) {
            m->day += (uint32_t)days;
            return;
        }
        days -= left + 1u;
        m->day = 1;
        m->month = m->month % 12u + 1u;
        m->year = m->month == 1u ? (m->year + 1u) % 100u : m->year;
    }
}

void rtc_calendar_advance(struct rtc_calendar *calendar, uint64_t seconds, bool twelve)
{
    struct moment m = moment_of(calendar, twelve);
    const uint64_t total = m.second + seconds;
    m.second = (uint32_t)(total % SECONDS_PER_DAY);
    add_days(&m, total / SECONDS_PER_DAY);
    *calendar = calendar_of(&m, twelve);
}

void rtc_calendar_subtract_hour(struct rtc_calendar *calendar, bool twelve)
{
    struct moment m = moment_of(calendar, twelve);
    if (m.second >= SECONDS_PER_HOUR) {
        m.second -= SECONDS_PER_HOUR;
        *calendar = calendar_of(&m, twelve);
    }
}

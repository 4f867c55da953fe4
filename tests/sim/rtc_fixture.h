/* The RTC on a bench: its registers, its clock, and how a driver sets it. */
#pragma once

#include <stdint.h>

#include "dev_bench.h"

#define RTC      0x44007800u
#define TR       (RTC + 0x00u)
#define DR       (RTC + 0x04u)
#define SSR      (RTC + 0x08u)
#define ICSR     (RTC + 0x0cu)
#define PRER     (RTC + 0x10u)
#define WUTR     (RTC + 0x14u)
#define CR       (RTC + 0x18u)
#define PRIVCFGR (RTC + 0x1cu)
#define SECCFGR  (RTC + 0x20u)
#define WPR      (RTC + 0x24u)
#define CALR     (RTC + 0x28u)
#define SHIFTR   (RTC + 0x2cu)
#define TSTR     (RTC + 0x30u)
#define TSDR     (RTC + 0x34u)
#define ALRMAR   (RTC + 0x40u)
#define ALRMASSR (RTC + 0x44u)
#define ALRMBR   (RTC + 0x48u)
#define ALRMBSSR (RTC + 0x4cu)
#define SR       (RTC + 0x50u)
#define MISR     (RTC + 0x54u)
#define SMISR    (RTC + 0x58u)
#define SCR      (RTC + 0x5cu)
#define OPTION   (RTC + 0x60u)
#define ALRABINR (RTC + 0x70u)

#define WUTWF   0x004u
#define INITS   0x010u
#define RSF     0x020u
#define INITF   0x040u
#define INIT    0x080u
#define BYPSHAD 0x00000020u
#define FMT     0x00000040u
#define ALRAE   0x00000100u
#define ALRBE   0x00000200u
#define WUTE    0x00000400u
#define ALRAIE  0x00001000u
#define ALRBIE  0x00002000u
#define WUTIE   0x00004000u
#define TSIE    0x00008000u
#define ADD1H   0x00010000u
#define SUB1H   0x00020000u
#define TAMPTS  0x02000000u
#define ALRAF   0x01u
#define ALRBF   0x02u
#define WUTF    0x04u
#define TSF     0x08u
#define TSOVF   0x10u
#define MSK_ALL 0x80808080u

#define BDCR_LSE  0x00008101u /* RTCEN, RTCSEL LSE, LSEON */
#define BDCR_LSI  0x04008200u
#define IRQ_RTC   2u
#define IRQ_RTC_S 3u

#define CORE_HZ 32000000u /* After reset. */
#define SECOND  CORE_HZ   /* Ticks in a second. */
#define PULSE   977u      /* Ticks in a pulse of LSE, rounded up. */

/** cmocka set-up: after power-on, the backup domain closed and without a clock ... */
int rtc_setup_dead(void **state);
/** ... or open, with the LSE as RTCCLK and the keys of WPR written; without or with TrustZone. */
int rtc_setup(void **state);
int rtc_setup_trustzone(void **state);
int rtc_teardown(void **state);

void rtc_open_domain(struct dev_bench *b);
/** Writes the keys to WPR. */
void rtc_unlock(struct dev_bench *b);
/** Sets time and date as a driver does. */
void rtc_set(struct dev_bench *b, uint32_t tr, uint32_t dr);
/** The calendar must read so. */
void rtc_expect(struct dev_bench *b, uint32_t tr, uint32_t dr);

/* The backup domain: RTC and its wake-up timer, TAMP's backup registers. */
#include "hal.h"

#define RCC_APB3_RTCAPB HAL_BIT(21)
#define BDCR_RTCSEL     (3u << 8)
#define BDCR_RTCSEL_LSE (1u << 8)
#define BDCR_RTCEN      HAL_BIT(15)
#define DBPCR_DBP       HAL_BIT(0)

#define TIMEOUT_MS 1000u

#define WPR_KEY_1    0xCAu
#define WPR_KEY_2    0x53u
#define WPR_LOCK     0xFFu
#define ICSR_WUTWF   HAL_BIT(2)
#define ICSR_INITS   HAL_BIT(4)
#define ICSR_RSF     HAL_BIT(5)
#define ICSR_INITF   HAL_BIT(6)
#define ICSR_INIT    HAL_BIT(7)
#define CR_WUCKSEL   7u
#define CR_WUTE      HAL_BIT(10)
#define CR_WUTIE     HAL_BIT(14)
#define SR_WUTF      HAL_BIT(2)
#define SECCFGR_ALL  0x0000E00Fu
#define TIME         0x00123456u /* 12:34:56 */
#define DATE         0x00240229u /* 2024-02-29; bits 13 to 15 are the day of the week */
#define DATE_WEEKDAY (4u << 13)
#define WAKEUPS      3u

static volatile unsigned wakeups;

static enum hal_status rtc_enter_init(void)
{
    if ((HAL_RTC->icsr & ICSR_INITF) != 0) {
        return HAL_OK;
    }
    hal_set(&HAL_RTC->icsr, ICSR_INIT);
    return hal_wait("RTC_ICSR.INITF", &HAL_RTC->icsr, ICSR_INITF, ICSR_INITF, TIMEOUT_MS);
}

/** Leaves the initialisation and waits for the shadow registers. */
static enum hal_status rtc_exit_init(void)
{
    hal_clear(&HAL_RTC->icsr, ICSR_INIT);
    hal_clear(&HAL_RTC->icsr, ICSR_RSF);
    return hal_wait("RTC_ICSR.RSF", &HAL_RTC->icsr, ICSR_RSF, ICSR_RSF, TIMEOUT_MS);
}

static void rtc_unlock(void)
{
    HAL_RTC->wpr = WPR_KEY_1;
    HAL_RTC->wpr = WPR_KEY_2;
}

bool hal_step_rtc_init(void)
{
    hal_clock_enable(&HAL_RCC->apb3enr, RCC_APB3_RTCAPB);
    hal_modify(&HAL_RCC->bdcr, BDCR_RTCSEL, BDCR_RTCSEL_LSE);
    hal_set(&HAL_RCC->bdcr, BDCR_RTCEN);
    HAL_RTC->seccfgr = SECCFGR_ALL;
    rtc_unlock();
    if (rtc_enter_init() != HAL_OK) {
        return false;
    }
    HAL_RTC->prer = 255u;
    HAL_RTC->prer |= 127u << 16;
    HAL_RTC->tr = TIME;
    HAL_RTC->dr = DATE | DATE_WEEKDAY;
    if (rtc_exit_init() != HAL_OK) {
        return false;
    }
    HAL_RTC->wpr = WPR_LOCK;
    const uint32_t time = HAL_RTC->tr;
    const uint32_t date = HAL_RTC->dr; /* Reading it frees the shadow registers. */
    return hal_check("RTC_TR", time, TIME) && hal_check("RTC_DR", date, DATE | DATE_WEEKDAY) &&
           hal_check("RTC_ICSR.INITS", HAL_RTC->icsr & ICSR_INITS, ICSR_INITS);
}

void hal_rtc_handler(void)
{
    if ((HAL_RTC->smisr & SR_WUTF) != 0) {
        HAL_RTC->scr = SR_WUTF;
        wakeups++;
    }
}

/** 2048 Hz / 16: three wake-ups take 23 ms. */
bool hal_step_rtc_wakeup(void)
{
    wakeups = 0;
    rtc_unlock();
    hal_clear(&HAL_RTC->cr, CR_WUTE);
    HAL_RTC->scr = SR_WUTF;
    if (hal_wait("RTC_ICSR.WUTWF", &HAL_RTC->icsr, ICSR_WUTWF, ICSR_WUTWF, TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    HAL_RTC->wutr = 15u;
    hal_modify(&HAL_RTC->cr, CR_WUCKSEL, 0);
    hal_set(&HAL_RTC->cr, CR_WUTIE | CR_WUTE);
    HAL_RTC->wpr = WPR_LOCK;
    hal_nvic_enable(HAL_IRQ_RTC_S);
    const uint32_t start = hal_tick();
    while (wakeups < WAKEUPS && hal_tick() - start < TIMEOUT_MS) {
        __asm__ volatile("wfi");
    }
    const uint32_t took = hal_tick() - start;
    hal_nvic_disable(HAL_IRQ_RTC_S);
    rtc_unlock();
    hal_clear(&HAL_RTC->cr, CR_WUTIE | CR_WUTE);
    HAL_RTC->wpr = WPR_LOCK;
    return hal_check("wake-ups", wakeups, WAKEUPS) &&
           hal_check("RTC wake-up time", took >= 22u && took <= 25u ? 0 : took, 0);
}

bool hal_step_tamp(void)
{
    hal_clear(&HAL_PWR->dbpcr, DBPCR_DBP);
    HAL_TAMP->bkpr[0] = 0xBAD0BAD0u;
    if (!hal_check("TAMP_BKP0R", HAL_TAMP->bkpr[0], 0)) {
        return false;
    }
    hal_set(&HAL_PWR->dbpcr, DBPCR_DBP);
    if (hal_wait("PWR_DBPCR.DBP", &HAL_PWR->dbpcr, DBPCR_DBP, DBPCR_DBP, TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    for (uint32_t i = 0; i < 32u; i++) {
        HAL_TAMP->bkpr[i] = 0xB0000000u | i;
    }
    for (uint32_t i = 0; i < 32u; i++) {
        if (!hal_check("TAMP_BKPR", HAL_TAMP->bkpr[i], 0xB0000000u | i)) {
            return false;
        }
    }
    return hal_check("TAMP_SR", HAL_TAMP->sr, 0);
}

/* Timers and watchdogs: TIM6 by interrupt, TIM2 by its flags, WWDG untouched, IWDG refreshed. */
#include "hal.h"

#define RCC_APB1L_TIM2 HAL_BIT(0)
#define RCC_APB1L_TIM6 HAL_BIT(4)
#define TIMEOUT_MS     100u

#define TIM_CR1_CEN  HAL_BIT(0)
#define TIM_CR1_URS  HAL_BIT(2)
#define TIM_CR1_ARPE HAL_BIT(7)
#define TIM_UIF      HAL_BIT(0)
#define TIM_CC1IF    HAL_BIT(1)
#define TIM_EGR_UG   HAL_BIT(0)

#define UPDATES 10u

static volatile unsigned updates;
static volatile unsigned compares;

/** Counts at 1 MHz of 250 and wraps after `period` counts. */
static void tim_base_init(struct hal_tim *tim, uint32_t period)
{
    tim->cr1 = TIM_CR1_ARPE;
    tim->arr = period - 1u;
    tim->psc = 250u - 1u;
    hal_set(&tim->cr1, TIM_CR1_URS);
    tim->egr = TIM_EGR_UG;
    hal_clear(&tim->cr1, TIM_CR1_URS);
}

void hal_tim6_handler(void)
{
    if ((HAL_TIM6->sr & TIM_UIF) != 0 && (HAL_TIM6->dier & TIM_UIF) != 0) {
        HAL_TIM6->sr = ~TIM_UIF;
        updates++;
    }
}

bool hal_step_tim6(void)
{
    updates = 0;
    hal_clock_enable(&HAL_RCC->apb1lenr, RCC_APB1L_TIM6);
    tim_base_init(HAL_TIM6, 1000u);
    if (!hal_check("TIM6_SR", HAL_TIM6->sr, 0)) {
        return false;
    }
    hal_nvic_enable(HAL_IRQ_TIM6);
    hal_set(&HAL_TIM6->dier, TIM_UIF);
    const uint32_t start = hal_tick();
    hal_set(&HAL_TIM6->cr1, TIM_CR1_CEN);
    while (updates < UPDATES && hal_tick() - start < TIMEOUT_MS) {
        __asm__ volatile("wfi");
    }
    const uint32_t took = hal_tick() - start;
    hal_clear(&HAL_TIM6->dier, TIM_UIF);
    hal_clear(&HAL_TIM6->cr1, TIM_CR1_CEN);
    hal_nvic_disable(HAL_IRQ_TIM6);
    return hal_check("updates", updates, UPDATES) &&
           hal_check("TIM6 time", took >= UPDATES - 1u && took <= UPDATES + 1u ? 0 : took, 0);
}

void hal_tim2_handler(void)
{
    if ((HAL_TIM2->sr & TIM_CC1IF) != 0) {
        HAL_TIM2->sr = ~TIM_CC1IF;
        compares++;
    }
}

/** A period of 2 ms is polled; the compare in the middle of the next interrupts. */
bool hal_step_tim2(void)
{
    compares = 0;
    hal_clock_enable(&HAL_RCC->apb1lenr, RCC_APB1L_TIM2);
    tim_base_init(HAL_TIM2, 2000u);
    HAL_TIM2->ccr[0] = 1000u;
    HAL_TIM2->sr = 0;
    hal_set(&HAL_TIM2->cr1, TIM_CR1_CEN);
    const uint32_t first = HAL_TIM2->cnt;
    hal_delay(1);
    if (!hal_check("TIM2_CNT", HAL_TIM2->cnt > first, 1u) ||
        hal_wait("TIM2_SR.UIF", &HAL_TIM2->sr, TIM_UIF, TIM_UIF, TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    HAL_TIM2->sr = 0;
    hal_set(&HAL_TIM2->dier, TIM_CC1IF);
    hal_nvic_enable(HAL_IRQ_TIM2);
    hal_delay(3);
    hal_clear(&HAL_TIM2->cr1, TIM_CR1_CEN);
    hal_nvic_disable(HAL_IRQ_TIM2);
    const uint32_t stopped = HAL_TIM2->cnt;
    return hal_check("compares", compares != 0, 1u) &&
           hal_check("TIM2_CNT", HAL_TIM2->cnt, stopped);
}

/* ---- watchdogs ------------------------------------------------------------------------------ */

#define WWDG_CR_WDGA HAL_BIT(7)

#define IWDG_KEY_REFRESH  0xAAAAu
#define IWDG_KEY_UNLOCK   0x5555u
#define IWDG_KEY_START    0xCCCCu
#define IWDG_SR_UPDATING  0xFu /* PVU, RVU, WVU, EWU */
#define IWDG_PR_64        4u
#define IWDG_RELOAD       249u /* of 500 Hz: half a second */
#define IWDG_TIMEOUT_MS   49u
#define IWDG_REFRESHES    4u
#define IWDG_BETWEEN_MS   200u
#define IWDG_WINDOW_NEVER 0xFFFu

/** Off unless an option byte starts it; the count can be read all the same. */
bool hal_step_wwdg(void)
{
    hal_clock_enable(&HAL_RCC->apb1lenr, HAL_BIT(11));
    return hal_check("WWDG_CR", HAL_WWDG->cr & WWDG_CR_WDGA, 0) &&
           hal_check("WWDG_SR", HAL_WWDG->sr, 0);
}

/** The last step: from here on somebody must refresh it. Without that it would have bitten. */
bool hal_step_iwdg(void)
{
    HAL_IWDG->kr = IWDG_KEY_START;
    HAL_IWDG->kr = IWDG_KEY_UNLOCK;
    HAL_IWDG->pr = IWDG_PR_64;
    HAL_IWDG->rlr = IWDG_RELOAD;
    if (hal_wait("IWDG_SR", &HAL_IWDG->sr, IWDG_SR_UPDATING, 0, IWDG_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    if (HAL_IWDG->winr != IWDG_WINDOW_NEVER) {
        HAL_IWDG->winr = IWDG_WINDOW_NEVER;
    } else {
        HAL_IWDG->kr = IWDG_KEY_REFRESH;
    }
    for (unsigned i = 0; i < IWDG_REFRESHES; i++) {
        hal_delay(IWDG_BETWEEN_MS);
        HAL_IWDG->kr = IWDG_KEY_REFRESH;
    }
    return hal_check("IWDG_PR", HAL_IWDG->pr, IWDG_PR_64) &&
           hal_check("IWDG_RLR", HAL_IWDG->rlr, IWDG_RELOAD);
}

/*
 * SysTick of both states, counting virtual time.
 *
 * A counting timer is not stepped: `zero` is the time at which it next reaches zero, from which the
 * counter and every wrap in between follow.
 */
#include "cpu_v8m.h"

#define CTRL_ENABLE    1u
#define CTRL_TICKINT   2u
#define CTRL_CLKSOURCE 4u
#define CTRL_COUNTFLAG (1u << 16)
#define COUNTER_MASK   0x00FFFFFFu

/** As measured on an STM32H563, which has the same core: TENMS, an exact reference clock. */
#define CALIB_VALUE 0x001003E8u

/** The external clock is HCLK / 8. [U] for every other setting of RCC_CCIPR4.SYSTICKSEL. */
#define EXTERNAL_DIVIDER 8u

#define REG_CSR   0x0u
#define REG_RVR   0x4u
#define REG_CVR   0x8u
#define REG_CALIB 0xCu

/** Instructions per count. */
static uint64_t step(const struct v8m_systick *timer)
{
    return (timer->ctrl & CTRL_CLKSOURCE) != 0 ? 1u : EXTERNAL_DIVIDER;
}

static uint64_t period(const struct v8m_systick *timer)
{
    return ((uint64_t)timer->reload + 1u) * step(timer);
}

static bool counting(const struct v8m_systick *timer)
{
    return (timer->ctrl & CTRL_ENABLE) != 0 && timer->zero != SIM_NEVER;
}

static void start(struct v8m_systick *timer, uint64_t now)
{
    if (timer->value == 0 && timer->reload == 0) {
        timer->zero = SIM_NEVER;
        return;
    }
    const uint64_t counts = timer->value != 0 ? timer->value : (uint64_t)timer->reload + 1u;
    timer->zero = now + counts * step(timer);
}

static uint32_t counter(const struct v8m_systick *timer, uint64_t now)
{
    if (!counting(timer)) {
        return timer->value;
    }
    const uint64_t left = (timer->zero - now + step(timer) - 1u) / step(timer);
    return left > timer->reload && timer->value == 0 ? 0 : (uint32_t)(left & COUNTER_MASK);
}

/** Stops the arithmetic: what the counter shows becomes its value. */
static void freeze(struct v8m_systick *timer, uint64_t now)
{
    timer->value = counter(timer, now);
    timer->zero = SIM_NEVER;
}

static void expire(struct v8m *v, bool bank)
{
    struct v8m_systick *timer = &v->systick[bank];
    while (counting(timer) && timer->zero <= v->time) {
        timer->countflag = true;
        timer->value = 0;
        if ((timer->ctrl & CTRL_TICKINT) != 0) {
            v8m_pend(v, V8M_SYSTICK, bank);
        }
        if (timer->reload == 0) {
            timer->zero = SIM_NEVER;
            return;
        }
        const uint64_t passed = v->time - timer->zero;
        timer->zero += (passed / period(timer) + 1u) * period(timer);
    }
}

uint64_t v8m_systick_advance(struct v8m *v)
{
    uint64_t next = SIM_NEVER;
    for (unsigned bank = 0; bank < 2; bank++) {
        struct v8m_systick *timer = &v->systick[bank];
        expire(v, bank != 0);
        const bool interrupts = (timer->ctrl & CTRL_TICKINT) != 0; /* others are found by reading */
        if (interrupts && counting(timer) && timer->zero < next) {
            next = timer->zero;
        }
    }
    return next;
}

uint32_t v8m_systick_read(struct v8m *v, bool bank, uint32_t off)
{
    struct v8m_systick *timer = &v->systick[bank];
    expire(v, bank);
    switch (off) {
    case REG_CSR: {
        const uint32_t value = timer->ctrl | (timer->countflag ? CTRL_COUNTFLAG : 0u);
        timer->countflag = false;
        return value;
    }
    case REG_RVR:
        return timer->reload;
    case REG_CVR:
        return counter(timer, v->time);
    case REG_CALIB:
        return CALIB_VALUE;
    default:
        return 0;
    }
}

void v8m_systick_write(struct v8m *v, bool bank, uint32_t off, uint32_t value)
{
    struct v8m_systick *timer = &v->systick[bank];
    expire(v, bank);
    freeze(timer, v->time);
    switch (off) {
    case REG_CSR:
        timer->ctrl = value & (CTRL_ENABLE | CTRL_TICKINT | CTRL_CLKSOURCE);
        break;
    case REG_RVR:
        timer->reload = value & COUNTER_MASK;
        break;
    case REG_CVR:
        timer->value = 0;
        timer->countflag = false;
        break;
    default:
        break;
    }
    if ((timer->ctrl & CTRL_ENABLE) != 0) {
        start(timer, v->time);
    }
    v->host.attention(v->host.context);
}

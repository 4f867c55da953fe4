/*
 * TIM2 to TIM7 and TIM12 to TIM14: counters with auto-reload and compare channels in virtual time.
 *
 * The counter is worked out when somebody looks: tim_sync() brings it from the moment it was last
 * known to now, update by update, and skips whole periods. Events are asked for only where an
 * interrupt is to come. Nothing is connected to inputs and outputs: no capture, no slave, encoder
 * or external clock mode (the counter counts its internal clock), no dithering, no DMA requests,
 * no pulses on pins; their bits are plain storage.
 */
#include "dev.h"
#include "dev_rcc.h"
#include "dev_reg.h"

#define CR1   0x00u
#define CR2   0x04u
#define SMCR  0x08u
#define DIER  0x0cu
#define SR    0x10u
#define EGR   0x14u
#define CCMR1 0x18u
#define CCMR2 0x1cu
#define CCER  0x20u
#define CNT   0x24u
#define PSC   0x28u
#define ARR   0x2cu
#define CCR1  0x34u
#define CCR4  0x40u
#define ECR   0x58u
#define TISEL 0x5cu
#define AF1   0x60u
#define AF2   0x64u
#define DCR   0x3dcu

#define CR1_CEN      (1u << 0)
#define CR1_UDIS     (1u << 1)
#define CR1_URS      (1u << 2)
#define CR1_OPM      (1u << 3)
#define CR1_DIR      (1u << 4)
#define CR1_CMS(cr1) ((cr1) >> 5 & 3u)
#define CR1_ARPE     (1u << 7)
#define CR1_UIFREMAP (1u << 11)

#define SR_UIF     (1u << 0)
#define SR_CCIF(n) (2u << (n))
#define SR_TIF     (1u << 6)
#define EGR_UG     (1u << 0)
#define CNT_UIFCPY (1u << 31)
#define CCMR_CCS   3u
#define CCMR_OCPE  8u
#define CHANNELS   4u
#define CMS_DOWN   1u /* Compare flags only while counting down ... */
#define CMS_UP     2u /* ... or only up; 3 is both. */

/* Which bits exist. */
struct tim_kind {
    uint8_t channels;
    uint32_t width; /* Of CNT, ARR and CCRn. */
    uint32_t cr1, cr2, smcr, dier, ccmr[2], ccer;
    bool rest; /* ECR, TISEL, AF1, AF2 and DCR. */
};

static const struct tim_kind tim_wide = {
    .channels = 4,
    .width = 0xffffffffu,
    .cr1 = 0x00001bffu,
    .cr2 = 0x020000f8u,
    .smcr = 0x0331ffffu,
    .dier = 0x00f05f5fu,
    .ccmr = {0x0101ffffu, 0x0101ffffu},
    .ccer = 0x0000bbbbu,
    .rest = true,
};
static const struct tim_kind tim_general = {
    .channels = 4,
    .width = 0x0000ffffu,
    .cr1 = 0x00001bffu,
    .cr2 = 0x020000f8u,
    .smcr = 0x0331ffffu,
    .dier = 0x00f05f5fu,
    .ccmr = {0x0101ffffu, 0x0101ffffu},
    .ccer = 0x0000bbbbu,
    .rest = true,
};
static const struct tim_kind tim_basic = {
    .width = 0x0000ffffu,
    .cr1 = 0x0000188fu,
    .cr2 = 0x00000070u,
    .dier = 0x00000101u,
};
/* Masks of TIM12 to TIM14: [U]. */
static const struct tim_kind tim_two = {
    .channels = 2,
    .width = 0x0000ffffu,
    .cr1 = 0x00001b8fu,
    .cr2 = 0x000000f0u,
    .smcr = 0x003100f7u,
    .dier = 0x00000047u,
    .ccmr = {0x0101ffffu, 0},
    .ccer = 0x000000bbu,
};
static const struct tim_kind tim_one = {
    .channels = 1,
    .width = 0x0000ffffu,
    .cr1 = 0x00001b8fu,
    .dier = 0x00000003u,
    .ccmr = {0x000100ffu, 0},
    .ccer = 0x0000000bu,
};

/* By dev_row.index, the number in the timer's name. */
static const struct tim_kind *const tim_kinds[15] = {
    [2] = &tim_wide,  [3] = &tim_general, [4] = &tim_general, [5] = &tim_wide, [6] = &tim_basic,
    [7] = &tim_basic, [12] = &tim_two,    [13] = &tim_one,    [14] = &tim_one,
};

/* Registers that are plain storage. */
static const struct {
    uint32_t off, mask;
} tim_rest[] = {
    {ECR, 0x07ff00ffu}, {TISEL, 0x0f0f0f0fu}, {AF1, 0x0003c000u},
    {AF2, 0x00070000u}, {DCR, 0x000f1f1fu},
};
#define RESTS (sizeof tim_rest / sizeof tim_rest[0])

struct tim {
    struct sim_device dev;
    const struct tim_kind *kind;
    uint32_t cr1, cr2, smcr, dier, sr, ccmr[2], ccer, psc, arr, ccr[CHANNELS], rest[RESTS];
    uint32_t psc_now, arr_now, ccr_now[CHANNELS]; /* In use: the preloads were taken over. */
    uint32_t cnt;                                 /* At `since`, where a count begins. */
    uint64_t since;
    uint32_t clock; /* Ticks of the timer's own clock, as of `since`. */
};

static uint64_t tim_step(const struct tim *tim)
{
    return (uint64_t)tim->clock * (tim->psc_now + 1u);
}

/* The counter stands while ARR is 0. */
static bool tim_runs(const struct tim *tim)
{
    return (tim->cr1 & CR1_CEN) && tim->arr_now != 0;
}

/* ---- counting ------------------------------------------------------------------------------- */

/* Counts until the counter turns or reloads; always at least 1. */
static uint64_t tim_to_turn(const struct tim *tim)
{
    if (tim->cr1 & CR1_DIR) {
        if (CR1_CMS(tim->cr1) != 0) {
            return tim->cnt > 0 ? tim->cnt : 1u;
        }
        return (uint64_t)tim->cnt + 1u;
    }
    if (tim->cnt > tim->arr_now) { /* Past ARR it runs to its end and wraps. */
        return (uint64_t)tim->kind->width - tim->cnt + 1u;
    }
    const uint64_t left = (uint64_t)tim->arr_now - tim->cnt;
    if (CR1_CMS(tim->cr1) != 0) {
        return left > 0 ? left : 1u;
    }
    return left + 1u;
}

/* The mode of channel n: its half of CCMR1 or CCMR2. */
static uint32_t tim_mode(const struct tim *tim, unsigned n)
{
    return tim->ccmr[n / 2u] >> (8u * (n % 2u));
}

/* Whether channel n compares; otherwise it is an input. */
static bool tim_is_output(const struct tim *tim, unsigned n)
{
    return (tim_mode(tim, n) & CCMR_CCS) == 0;
}

/* Whether channel n compares, in the direction in which the counter counts. */
static bool tim_compares(const struct tim *tim, unsigned n)
{
    const uint32_t way = tim->cr1 & CR1_DIR ? CMS_DOWN : CMS_UP;
    return tim_is_output(tim, n) && (CR1_CMS(tim->cr1) == 0 || (CR1_CMS(tim->cr1) & way) != 0);
}

/* Counts from here until the counter equals CCRn within this run; SIM_NEVER: not in this run. */
static uint64_t tim_to_match(const struct tim *tim, unsigned n)
{
    const uint32_t target = tim->ccr_now[n];
    const uint64_t turn = tim_to_turn(tim);
    if (!tim_compares(tim, n)) {
        return SIM_NEVER;
    }
    if (target > tim->arr_now) {
        return turn; /* Never reached: the flag comes where the counter turns. */
    }
    if (tim->cr1 & CR1_DIR) {
        if (target < tim->cnt) {
            return tim->cnt - target;
        }
        return CR1_CMS(tim->cr1) == 0 && target == tim->arr_now ? turn : SIM_NEVER;
    }
    if (target > tim->cnt) {
        return target - tim->cnt;
    }
    return CR1_CMS(tim->cr1) == 0 && target == 0 ? turn : SIM_NEVER;
}

/* Sets the compare flags of the next `counts` counts, which do not reach beyond the turn. */
static void tim_match(struct tim *tim, uint64_t counts)
{
    for (unsigned n = 0; n < tim->kind->channels; n++) {
        if (tim_to_match(tim, n) <= counts) {
            tim->sr |= SR_CCIF(n);
        }
    }
}

/* The update event: preloaded registers come into use. */
static void tim_load(struct tim *tim)
{
    tim->psc_now = tim->psc;
    tim->arr_now = tim->arr;
    for (unsigned n = 0; n < CHANNELS; n++) {
        tim->ccr_now[n] = tim->ccr[n];
    }
}

static void tim_update_event(struct tim *tim)
{
    if (tim->cr1 & CR1_UDIS) {
        return;
    }
    tim->sr |= SR_UIF;
    tim_load(tim);
    if (tim->cr1 & CR1_OPM) {
        tim->cr1 &= ~CR1_CEN;
    }
}

/* The counter turns or reloads; past ARR it only wraps, without an update. [U] */
static void tim_turn(struct tim *tim)
{
    const bool wraps = !(tim->cr1 & CR1_DIR) && tim->cnt > tim->arr_now;
    if (CR1_CMS(tim->cr1) != 0 && !wraps) {
        tim->cnt = tim->cr1 & CR1_DIR ? 0 : tim->arr_now;
        tim->cr1 ^= CR1_DIR;
        tim_update_event(tim);
        return;
    }
    if (wraps) {
        tim->cnt = 0;
        return;
    }
    const bool down = (tim->cr1 & CR1_DIR) != 0;
    tim->cnt = 0;
    tim_update_event(tim);
    tim->cnt = down ? tim->arr_now : 0;
}

/* Counts in a whole period, from a turn to the same turn again. */
static uint64_t tim_period(const struct tim *tim)
{
    return CR1_CMS(tim->cr1) != 0 ? 2u * (uint64_t)tim->arr_now : (uint64_t)tim->arr_now + 1u;
}

static void tim_skip_periods(struct tim *tim)
{
    const uint64_t ticks = tim_period(tim) * tim_step(tim);
    const uint64_t skipped = (tim->dev.chip->now - tim->since) / ticks;
    if (skipped == 0) {
        return;
    }
    tim->since += skipped * ticks;
    for (unsigned n = 0; n < tim->kind->channels; n++) {
        tim->sr |= tim_is_output(tim, n) ? SR_CCIF(n) : 0;
    }
}

/* Brings the counter to now. */
static void tim_sync(struct tim *tim)
{
    const uint64_t now = tim->dev.chip->now;
    unsigned turns = 0;
    while (tim_runs(tim)) {
        const uint64_t turn = tim_to_turn(tim);
        const uint64_t counts = (now - tim->since) / tim_step(tim);
        if (counts < turn) {
            tim_match(tim, counts);
            tim->cnt += (uint32_t)(tim->cr1 & CR1_DIR ? 0u - counts : counts);
            tim->since += counts * tim_step(tim);
            return;
        }
        tim_match(tim, turn);
        tim->since += turn * tim_step(tim);
        tim_turn(tim);
        turns++;
        if (turns == 3u && tim_runs(tim)) { /* From the second turn on all periods are alike. */
            tim_skip_periods(tim);
        }
    }
    tim->since = now;
}

/* ---- interrupts ----------------------------------------------------------------------------- */

/* When the next enabled interrupt that is not pending may come, or the counter turns before it. */
static uint64_t tim_next(const struct tim *tim)
{
    const uint32_t wanted = tim->dier & ~tim->sr;
    const bool update = (wanted & SR_UIF) && !(tim->cr1 & CR1_UDIS);
    uint64_t counts = SIM_NEVER;
    if (!tim_runs(tim)) {
        return SIM_NEVER;
    }
    for (unsigned n = 0; n < tim->kind->channels; n++) {
        if ((wanted & SR_CCIF(n)) && tim_is_output(tim, n)) {
            const uint64_t match = tim_to_match(tim, n);
            const uint64_t turn = tim_to_turn(tim);
            const uint64_t due = match < turn ? match : turn;
            counts = due < counts ? due : counts;
        }
    }
    if (update && tim_to_turn(tim) < counts) {
        counts = tim_to_turn(tim);
    }
    return counts == SIM_NEVER ? SIM_NEVER : tim->since + counts * tim_step(tim);
}

static void tim_update(struct tim *tim)
{
    chip_irq(tim->dev.chip, tim->dev.row->irq[0], (tim->sr & tim->dier & 0x00f0005fu) != 0);
    chip_deadline(tim->dev.chip, &tim->dev, tim_next(tim));
}

/* ---- registers ------------------------------------------------------------------------------ */

/* UG: the counter and its divider begin anew. */
static void tim_generate(struct tim *tim, uint32_t ones)
{
    for (unsigned n = 0; n < tim->kind->channels; n++) {
        if (ones & SR_CCIF(n)) {
            tim->ccr[n] = tim_is_output(tim, n) ? tim->ccr[n] : tim->cnt;
            tim->sr |= SR_CCIF(n);
        }
    }
    tim->sr |= tim->kind->smcr != 0 ? ones & SR_TIF : 0;
    if (!(ones & EGR_UG)) {
        return;
    }
    if (!(tim->cr1 & CR1_UDIS)) {
        tim->sr |= tim->cr1 & CR1_URS ? 0 : SR_UIF;
        tim_load(tim);
    }
    if (CR1_CMS(tim->cr1) != 0) {
        tim->cr1 &= ~CR1_DIR;
    }
    tim->cnt = tim->cr1 & CR1_DIR ? tim->arr_now : 0;
    tim->since = tim->dev.chip->now;
}

static void tim_write_cr1(struct tim *tim, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t locked = CR1_CMS(tim->cr1) != 0 ? CR1_DIR : 0;
    const bool ran = (tim->cr1 & CR1_CEN) != 0;
    tim->cr1 = reg_put(tim->cr1, txn, value, tim->kind->cr1 & ~locked);
    if (ran || !(tim->cr1 & CR1_CEN)) {
        return;
    }
    tim->since = tim->dev.chip->now;
    for (unsigned n = 0; n < tim->kind->channels; n++) {
        if (tim_compares(tim, n) && tim->ccr_now[n] == tim->cnt) {
            tim->sr |= SR_CCIF(n); /* It compares from the first count on. */
        }
    }
}

static void tim_write_ccr(struct tim *tim, const struct sim_txn *txn, uint32_t value)
{
    const unsigned n = (reg_off(txn) - CCR1) / 4u;
    if (n >= tim->kind->channels || !tim_is_output(tim, n)) {
        return; /* Of an input it is read-only. */
    }
    tim->ccr[n] = reg_put(tim->ccr[n], txn, value, tim->kind->width);
    if (!(tim_mode(tim, n) & CCMR_OCPE)) {
        tim->ccr_now[n] = tim->ccr[n];
    }
}

static void tim_write_rest(struct tim *tim, const struct sim_txn *txn, uint32_t value)
{
    for (size_t i = 0; i < RESTS && tim->kind->rest; i++) {
        if (tim_rest[i].off == reg_off(txn)) {
            tim->rest[i] = reg_put(tim->rest[i], txn, value, tim_rest[i].mask);
        }
    }
}

static void tim_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct tim *tim = (struct tim *)dev;
    const struct tim_kind *kind = tim->kind;
    tim_sync(tim);
    switch (reg_off(txn)) {
    case CR1:
        tim_write_cr1(tim, txn, value);
        break;
    case CR2:
        tim->cr2 = reg_put(tim->cr2, txn, value, kind->cr2);
        break;
    case SMCR:
        tim->smcr = reg_put(tim->smcr, txn, value, kind->smcr);
        break;
    case DIER:
        tim->dier = reg_put(tim->dier, txn, value, kind->dier);
        break;
    case SR: /* Cleared by writing 0. */
        tim->sr &= txn_merge(txn, 0xffffffffu, value);
        break;
    case EGR:
        tim_generate(tim, reg_ones(txn, value));
        break;
    case CCMR1:
    case CCMR2: {
        const unsigned i = reg_off(txn) == CCMR1 ? 0 : 1u;
        tim->ccmr[i] = reg_put(tim->ccmr[i], txn, value, kind->ccmr[i]);
        break;
    }
    case CCER:
        tim->ccer = reg_put(tim->ccer, txn, value, kind->ccer);
        break;
    case CNT:
        tim->cnt = reg_put(tim->cnt, txn, value, kind->width);
        break;
    case PSC:
        tim->psc = reg_put(tim->psc, txn, value, 0xffffu);
        break;
    case ARR:
        tim->arr = reg_put(tim->arr, txn, value, kind->width);
        tim->arr_now = tim->cr1 & CR1_ARPE ? tim->arr_now : tim->arr;
        break;
    default:
        if (reg_off(txn) >= CCR1 && reg_off(txn) <= CCR4) {
            tim_write_ccr(tim, txn, value);
        } else {
            tim_write_rest(tim, txn, value);
        }
        break;
    }
    tim_update(tim);
}

static uint32_t tim_read_cnt(const struct tim *tim)
{
    if (!(tim->cr1 & CR1_UIFREMAP)) {
        return tim->cnt;
    }
    return (tim->cnt & ~CNT_UIFCPY) | (tim->sr & SR_UIF ? CNT_UIFCPY : 0);
}

static uint32_t tim_read_rest(const struct tim *tim, uint32_t off)
{
    if (off >= CCR1 && off <= CCR4) {
        return tim->ccr[(off - CCR1) / 4u];
    }
    for (size_t i = 0; i < RESTS; i++) {
        if (tim_rest[i].off == off) {
            return tim->rest[i];
        }
    }
    return 0;
}

static uint32_t tim_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct tim *tim = (struct tim *)dev;
    tim_sync(tim);
    switch (reg_off(txn)) {
    case CR1:
        return txn_cut(txn, tim->cr1);
    case CR2:
        return txn_cut(txn, tim->cr2);
    case SMCR:
        return txn_cut(txn, tim->smcr);
    case DIER:
        return txn_cut(txn, tim->dier);
    case SR:
        return txn_cut(txn, tim->sr);
    case CCMR1:
        return txn_cut(txn, tim->ccmr[0]);
    case CCMR2:
        return txn_cut(txn, tim->ccmr[1]);
    case CCER:
        return txn_cut(txn, tim->ccer);
    case CNT:
        return txn_cut(txn, tim_read_cnt(tim));
    case PSC:
        return txn_cut(txn, tim->psc);
    case ARR:
        return txn_cut(txn, tim->arr);
    default:
        return txn_cut(txn, tim_read_rest(tim, reg_off(txn)));
    }
}

static void tim_event(struct sim_device *dev, uint64_t now)
{
    struct tim *tim = (struct tim *)dev;
    (void)now;
    tim_sync(tim);
    tim_update(tim);
}

/* A change of clock begins a new count of the divider. */
static void tim_clock(struct sim_device *dev)
{
    struct tim *tim = (struct tim *)dev;
    const uint32_t clock = rcc_timer_ticks(dev->chip, 1);
    if (clock == tim->clock) {
        return;
    }
    tim_sync(tim);
    tim->clock = clock;
    tim->since = dev->chip->now;
    tim_update(tim);
}

static void tim_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct tim *tim = (struct tim *)dev;
    (void)kind;
    tim->cr1 = tim->cr2 = tim->smcr = tim->dier = tim->sr = tim->ccer = tim->psc = tim->cnt = 0;
    tim->ccmr[0] = tim->ccmr[1] = 0;
    tim->arr = tim->kind->width;
    for (unsigned n = 0; n < CHANNELS; n++) {
        tim->ccr[n] = 0;
    }
    for (size_t i = 0; i < RESTS; i++) {
        tim->rest[i] = 0;
    }
    tim_load(tim);
    tim->since = dev->chip->now;
    tim->clock = rcc_timer_ticks(dev->chip, 1);
    tim_update(tim);
}

static const struct sim_device_ops tim_ops = {
    .reset = tim_reset,
    .read = tim_read,
    .write = tim_write,
    .event = tim_event,
    .clock = tim_clock,
};

struct sim_device *tim_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    struct tim *tim = device_new(sizeof *tim);
    if (tim == NULL) {
        return NULL;
    }
    tim->dev.ops = &tim_ops;
    tim->kind = tim_kinds[row->index];
    tim->clock = 1;
    return &tim->dev;
}

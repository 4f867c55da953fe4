/*
 * What a GPDMA channel does, one burst at a time: read, put into the FIFO, write; blocks, repeated
 * blocks, and the items of a linked list. Every access goes over the bus with the channel's own
 * security and privilege, so the chip's filters refuse it what they refuse a processor. A refusal
 * that is silent for a processor is silent here, too, but for the journal.
 */
#include <string.h>

#include "bus.h"
#include "dev_gpdma.h"

#define TR1_SDW(tr1) ((tr1)&3u)
#define TR1_SINC     (1u << 3)
#define TR1_SBL(tr1) (((tr1) >> 4 & 0x3fu) + 1u)
#define TR1_PAM(tr1) ((tr1) >> 11 & 3u)
#define TR1_SBX      (1u << 13)
#define TR1_DDW(tr1) ((tr1) >> 16 & 3u)
#define TR1_DINC     (1u << 19)
#define TR1_DBL(tr1) (((tr1) >> 20 & 0x3fu) + 1u)
#define TR1_DBX      (1u << 26)
#define TR1_DHX      (1u << 27)
#define PAM_SIGN     1u /* Sign-extended, or cut on the right; 0: zero-extended, or on the left. */
#define PAM_PACK     2u /* And 3. */
#define DW_WORD      2u

#define BR1_BRC     0x07ff0000u
#define BR1_BRC_ONE 0x00010000u
#define BR1_SDEC    (1u << 28)
#define BR1_DDEC    (1u << 29)
#define BR1_BRSDEC  (1u << 30)
#define BR1_BRDDEC  (1u << 31)
#define TR2_TCEM(r) ((r) >> 30)
#define TR2_TRIG(r) (((r) >> 24 & 3u) == 1u || ((r) >> 24 & 3u) == 2u)
#define LLR_LA      0x0000fffcu
#define LLR_UT1     (1u << 31)
#define LLR_UT2     (1u << 30)
#define LLR_UB1     (1u << 29)
#define LLR_USA     (1u << 28)
#define LLR_UDA     (1u << 27)
#define LLR_UT3     (1u << 26)
#define LLR_UB2     (1u << 25)
#define LLR_ULL     (1u << 16)

enum { TCEM_BLOCK, TCEM_REPEATED, TCEM_ITEM, TCEM_CHANNEL };

/* Ticks until a channel's first beat, and of each beat. [U] Only their order is meant. */
#define START_TICKS 8u
#define BEAT_TICKS  2u
/* Beats that memory-to-memory transfers do in one step at least; nobody sees them apart. */
#define STEP_BEATS 16u

enum gpdma_end { END_SOURCE, END_DESTINATION, END_LINK };

static bool gpdma_is_2d(unsigned n)
{
    return n >= GPDMA_FIRST_2D;
}

static void gpdma_stop(struct gpdma_channel *channel, uint32_t flag)
{
    channel->sr |= GPDMA_SR_IDLEF | flag;
    channel->cr &= ~GPDMA_CR_EN;
    channel->when = SIM_NEVER;
}

/* ---- the bus -------------------------------------------------------------------------------- */

static struct sim_attr gpdma_attr(const struct gpdma *gpdma, unsigned n, enum gpdma_end end)
{
    static const uint32_t bit[] = {GPDMA_TR1_SSEC, GPDMA_TR1_DSEC};
    const bool secure = (gpdma->seccfgr >> n & 1u) != 0 &&
                        (end == END_LINK || (gpdma->channel[n].tr1 & bit[end]) != 0);
    return (struct sim_attr){.secure = secure, .privileged = (gpdma->privcfgr >> n & 1u) != 0};
}

/* One line for the first refusal since the channel was enabled. */
static void gpdma_tell(struct gpdma *gpdma, unsigned n, const char *what, uint32_t addr,
                       const struct bus_decision *decision)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    if (!channel->told) {
        channel->told = true;
        chip_event(gpdma->dev.chip, SIM_EVENT_REFUSED,
                   "%s channel %u: %s of 0x%08X refused by %s: %s", gpdma->dev.name, n, what, addr,
                   bus_filter_name(decision->filter), decision->why);
    }
}

/* false: a bus error. */
static bool gpdma_read_bus(struct gpdma *gpdma, unsigned n, enum gpdma_end end, uint32_t addr,
                           unsigned size, uint32_t *value)
{
    struct bus_decision decision;
    const struct sim_attr attr = gpdma_attr(gpdma, n, end);
    const enum sim_answer answer = bus_read(gpdma->dev.chip, addr, size, attr, value, &decision);
    if (answer != SIM_ANSWER_OK) {
        gpdma_tell(gpdma, n, end == END_LINK ? "link" : "read", addr, &decision);
    }
    return answer != SIM_ANSWER_ERROR;
}

static bool gpdma_write_bus(struct gpdma *gpdma, unsigned n, uint32_t addr, unsigned size,
                            uint32_t value)
{
    struct bus_decision decision;
    const struct sim_attr attr = gpdma_attr(gpdma, n, END_DESTINATION);
    const enum sim_answer answer = bus_write(gpdma->dev.chip, addr, size, attr, value, &decision);
    if (answer != SIM_ANSWER_OK) {
        gpdma_tell(gpdma, n, "write", addr, &decision);
    }
    return answer != SIM_ANSWER_ERROR;
}

/* ---- beats ---------------------------------------------------------------------------------- */

static uint32_t gpdma_swap_bytes(uint32_t value)
{
    return (value & 0x00ff00ffu) << 8 | (value >> 8 & 0x00ff00ffu);
}

/* A beat as it goes into the FIFO: of the source's width when packing, else of the destination's. */
static uint32_t gpdma_align(uint32_t tr1, uint32_t value)
{
    const unsigned from = 8u << TR1_SDW(tr1);
    const unsigned to = 8u << TR1_DDW(tr1);
    if (TR1_PAM(tr1) != PAM_SIGN || from == to) {
        return value;
    }
    if (from > to) {
        return value >> (from - to);
    }
    const uint32_t sign = 1u << (from - 1u);
    return (value ^ sign) - sign;
}

/* The next address after a beat: contiguous, and an offset after each programmed burst. */
static uint32_t gpdma_next(uint32_t addr, uint32_t width, uint32_t offset, bool down)
{
    return addr + width + (down ? 0u - offset : offset);
}

static bool gpdma_read_beat(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const uint32_t tr1 = channel->tr1;
    const unsigned width = 1u << TR1_SDW(tr1);
    const unsigned kept = TR1_PAM(tr1) >= PAM_PACK ? width : 1u << TR1_DDW(tr1);
    uint32_t value;
    if (!gpdma_read_bus(gpdma, n, END_SOURCE, channel->sar, width, &value)) {
        return false;
    }
    if ((tr1 & TR1_SBX) && width == 4u) {
        value = (value & 0xff0000ffu) | (value & 0x0000ff00u) << 8 | (value >> 8 & 0x0000ff00u);
    }
    value = gpdma_align(tr1, value);
    for (unsigned i = 0; i < kept; i++) {
        channel->fifo[channel->fill++] = (uint8_t)(value >> (8u * i));
    }
    channel->br1 -= width;
    channel->burst_in++;
    const bool end = channel->burst_in == TR1_SBL(tr1);
    channel->burst_in = end ? 0 : channel->burst_in;
    channel->sar = gpdma_next(channel->sar, tr1 & TR1_SINC ? width : 0,
                              end ? channel->tr3 & 0x1fffu : 0, (channel->br1 & BR1_SDEC) != 0);
    return true;
}

static bool gpdma_write_beat(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const uint32_t tr1 = channel->tr1;
    const unsigned width = 1u << TR1_DDW(tr1);
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value |= (uint32_t)channel->fifo[i] << (8u * i);
    }
    channel->fill -= width;
    memmove(&channel->fifo[0], &channel->fifo[width], channel->fill);
    if ((tr1 & TR1_DBX) && width >= 2u) {
        value = gpdma_swap_bytes(value);
    }
    if ((tr1 & TR1_DHX) && width == 4u) {
        value = value << 16 | value >> 16;
    }
    if (!gpdma_write_bus(gpdma, n, channel->dar, width, value)) {
        return false;
    }
    channel->burst_out++;
    const bool end = channel->burst_out == TR1_DBL(tr1);
    channel->burst_out = end ? 0 : channel->burst_out;
    channel->dar = gpdma_next(channel->dar, tr1 & TR1_DINC ? width : 0,
                              end ? channel->tr3 >> 16 : 0, (channel->br1 & BR1_DDEC) != 0);
    return true;
}

/* Reads up to `beats` of the source and writes what they fill. */
static bool gpdma_push(struct gpdma *gpdma, unsigned n, unsigned beats)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const unsigned width = 1u << TR1_DDW(channel->tr1);
    for (unsigned i = 0; i < beats && GPDMA_BNDT(channel->br1) > 0; i++) {
        if (!gpdma_read_beat(gpdma, n)) {
            return false;
        }
        while (channel->fill >= width) {
            if (!gpdma_write_beat(gpdma, n)) {
                return false;
            }
        }
    }
    return true;
}

/* Writes up to `beats` of the destination and reads what they need. */
static bool gpdma_pull(struct gpdma *gpdma, unsigned n, unsigned beats)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const unsigned width = 1u << TR1_DDW(channel->tr1);
    for (unsigned i = 0; i < beats; i++) {
        while (channel->fill < width && GPDMA_BNDT(channel->br1) > 0) {
            if (!gpdma_read_beat(gpdma, n)) {
                return false;
            }
        }
        if (channel->fill < width) {
            return true;
        }
        if (!gpdma_write_beat(gpdma, n)) {
            return false;
        }
    }
    return true;
}

/* ---- settings ------------------------------------------------------------------------------- */

static bool gpdma_setting_is_wrong(const struct gpdma_channel *channel, unsigned n)
{
    const uint32_t source = 1u << TR1_SDW(channel->tr1);
    const uint32_t destination = 1u << TR1_DDW(channel->tr1);
    const uint32_t bytes = GPDMA_BNDT(channel->br1);
    const bool packs = TR1_PAM(channel->tr1) >= PAM_PACK;
    if (TR1_SDW(channel->tr1) > DW_WORD || TR1_DDW(channel->tr1) > DW_WORD) {
        return true;
    }
    if (bytes == 0) {
        return false;
    }
    if (bytes % source != 0 || (packs && bytes % destination != 0) || channel->sar % source != 0 ||
        channel->dar % destination != 0) {
        return true;
    }
    return gpdma_is_2d(n) &&
           ((channel->tr3 & 0x1fffu) % source != 0 || (channel->tr3 >> 16) % destination != 0 ||
            (channel->br2 & 0xffffu) % source != 0 || (channel->br2 >> 16) % destination != 0);
}

/* A block, or the next one, begins. */
static void gpdma_begin_block(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    channel->fill = 0;
    channel->burst_in = channel->burst_out = 0;
    channel->half = false;
    channel->requested = false;
    channel->when = gpdma->dev.chip->now + START_TICKS;
    if (gpdma_setting_is_wrong(channel, n)) {
        gpdma_stop(channel, GPDMA_SR_USEF);
    }
}

void gpdma_begin(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    channel->block = channel->br1;
    channel->told = false;
    channel->sr &= ~GPDMA_SR_IDLEF;
    if (TR2_TRIG(channel->tr2)) {
        chip_event(gpdma->dev.chip, SIM_EVENT_NOTE,
                   "%s channel %u: triggers are not modelled, it does not wait for one",
                   gpdma->dev.name, n);
    }
    gpdma_begin_block(gpdma, n);
}

/* ---- blocks and lists ----------------------------------------------------------------------- */

/* Loads the registers that LLR names from the next item. */
static bool gpdma_load(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const struct {
        uint32_t *word;
        uint32_t update, mask;
    } row[] = {
        {&channel->tr1, LLR_UT1, gpdma_tr1_mask(gpdma, n)},
        {&channel->tr2, LLR_UT2, 0xc33fceffu},
        {&channel->br1, LLR_UB1, gpdma_is_2d(n) ? 0xf7ffffffu : 0x0000ffffu},
        {&channel->sar, LLR_USA, 0xffffffffu},
        {&channel->dar, LLR_UDA, 0xffffffffu},
        {&channel->tr3, LLR_UT3, 0x1fff1fffu},
        {&channel->br2, LLR_UB2, 0xffffffffu},
        {&channel->llr, LLR_ULL, gpdma_llr_mask(n)},
    };
    const uint32_t llr = channel->llr;
    uint32_t addr = channel->lbar | (llr & LLR_LA);
    channel->br1 = channel->block; /* What UB1 does not replace is restored. */
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint32_t value;
        if (!(llr & row[i].update)) {
            continue;
        }
        if (!gpdma_read_bus(gpdma, n, END_LINK, addr, 4, &value)) {
            return false;
        }
        *row[i].word = value & row[i].mask;
        addr += 4u;
    }
    channel->block = channel->br1;
    return true;
}

/* An item's data have been moved, or it had none: goes on to the next one or ends. */
static void gpdma_end_item(struct gpdma *gpdma, unsigned n, bool had_data)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const uint32_t tcem = TR2_TCEM(channel->tr2);
    const bool last = channel->llr == 0;
    const bool step = (channel->cr & GPDMA_CR_LSM) != 0;
    const bool event = tcem == TCEM_ITEM || (had_data && (tcem != TCEM_CHANNEL || last));
    if (last) {
        gpdma_stop(channel, had_data ? GPDMA_SR_TCF : 0);
        return;
    }
    if (!gpdma_load(gpdma, n)) {
        gpdma_stop(channel, GPDMA_SR_ULEF);
        return;
    }
    channel->sr |= event ? GPDMA_SR_TCF : 0;
    if (step) {
        gpdma_stop(channel, 0);
        return;
    }
    gpdma_begin_block(gpdma, n);
}

/* The next of repeated blocks: their counter, and the offsets between them. */
static void gpdma_repeat(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const uint32_t source = channel->br2 & 0xffffu;
    const uint32_t destination = channel->br2 >> 16;
    channel->br1 = (channel->br1 - BR1_BRC_ONE) | GPDMA_BNDT(channel->block);
    channel->sar += channel->br1 & BR1_BRSDEC ? 0u - source : source;
    channel->dar += channel->br1 & BR1_BRDDEC ? 0u - destination : destination;
    channel->sr |= TR2_TCEM(channel->tr2) == TCEM_BLOCK ? GPDMA_SR_TCF : 0;
    gpdma_begin_block(gpdma, n);
}

/* The half-transfer event of a block; of repeated ones, unless each counts, of half of them. */
static void gpdma_half(struct gpdma_channel *channel)
{
    const uint32_t tcem = TR2_TCEM(channel->tr2);
    const uint32_t blocks = ((channel->block & BR1_BRC) >> 16) + 1u;
    const uint32_t blocks_left = ((channel->br1 & BR1_BRC) >> 16) + 1u;
    uint32_t all = GPDMA_BNDT(channel->block);
    uint32_t done = all - GPDMA_BNDT(channel->br1);
    if (tcem != TCEM_BLOCK && blocks > 1u) {
        all = blocks;
        done = blocks - blocks_left + (GPDMA_BNDT(channel->br1) == 0 ? 1u : 0);
        channel->half = channel->half || blocks - blocks_left >= (blocks + 1u) / 2u;
    }
    if (channel->half || done < (all + 1u) / 2u || (tcem == TCEM_CHANNEL && channel->llr != 0)) {
        return;
    }
    channel->half = true;
    channel->sr |= GPDMA_SR_HTF;
}

/* Moves one burst, or a few beats of memory. */
static bool gpdma_move(struct gpdma *gpdma, unsigned n)
{
    const struct gpdma_channel *channel = &gpdma->channel[n];
    const unsigned burst = TR1_SBL(channel->tr1);
    if (channel->tr2 & GPDMA_TR2_SWREQ) {
        return gpdma_push(gpdma, n, burst > STEP_BEATS ? burst : STEP_BEATS);
    }
    if (channel->tr2 & GPDMA_TR2_DREQ) {
        return gpdma_pull(gpdma, n, TR1_DBL(channel->tr1));
    }
    return gpdma_push(gpdma, n, burst);
}

void gpdma_step(struct gpdma *gpdma, unsigned n)
{
    struct gpdma_channel *channel = &gpdma->channel[n];
    const uint32_t before = GPDMA_BNDT(channel->br1);
    if (before == 0 && channel->fill == 0) {
        gpdma_end_item(gpdma, n, false);
        return;
    }
    if (!(channel->tr2 & GPDMA_TR2_SWREQ) && !channel->requested) {
        if (!gpdma_requested(gpdma, channel)) {
            channel->when = SIM_NEVER;
            return;
        }
        channel->requested = (channel->tr2 & GPDMA_TR2_BREQ) != 0;
    }
    if (!gpdma_move(gpdma, n)) {
        gpdma_stop(channel, GPDMA_SR_DTEF);
        return;
    }
    gpdma_half(channel);
    const uint64_t beats = (before - GPDMA_BNDT(channel->br1)) >> TR1_SDW(channel->tr1);
    channel->when = gpdma->dev.chip->now + BEAT_TICKS * (beats > 0 ? beats : 1u);
    if (GPDMA_BNDT(channel->br1) > 0 || channel->fill > 0) {
        return;
    }
    if (channel->br1 & BR1_BRC) {
        gpdma_repeat(gpdma, n);
        return;
    }
    if (channel->llr == 0) {
        gpdma_ended(gpdma, channel);
    }
    gpdma_end_item(gpdma, n, true);
}

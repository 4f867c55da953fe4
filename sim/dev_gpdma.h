/*
 * The GPDMA controllers, shared between their files.
 *
 *   dev_gpdma.c          registers, security, interrupts, which channel works when
 *   dev_gpdma_channel.c  what a channel does: beats, blocks, linked lists
 *   dev_gpdma_request.c  the request lines of the peripherals
 */
#pragma once

#include "device.h"

#define GPDMA_CHANNELS 8u
#define GPDMA_FIFO     8u
/** First channel with repeated blocks and address offsets. */
#define GPDMA_FIRST_2D 6u

#define GPDMA_CR_EN     (1u << 0)
#define GPDMA_CR_RESET  (1u << 1)
#define GPDMA_CR_SUSP   (1u << 2)
#define GPDMA_CR_LSM    (1u << 16)
#define GPDMA_SR_IDLEF  (1u << 0)
#define GPDMA_SR_TCF    (1u << 8)
#define GPDMA_SR_HTF    (1u << 9)
#define GPDMA_SR_DTEF   (1u << 10)
#define GPDMA_SR_ULEF   (1u << 11)
#define GPDMA_SR_USEF   (1u << 12)
#define GPDMA_SR_SUSPF  (1u << 13)
#define GPDMA_TR1_SSEC  (1u << 15)
#define GPDMA_TR1_DSEC  (1u << 31)
#define GPDMA_TR2_SWREQ (1u << 9)
#define GPDMA_TR2_DREQ  (1u << 10)
#define GPDMA_TR2_BREQ  (1u << 11)
#define GPDMA_BNDT(br1) ((br1)&0xffffu)

struct gpdma_channel {
    uint32_t lbar, sr, cr, tr1, tr2, br1, sar, dar, tr3, br2, llr;
    uint32_t block;           /**< BR1 as it was set or loaded: what a restart restores. */
    uint8_t fifo[GPDMA_FIFO]; /**< Bytes read and not yet written, first ones first. */
    unsigned fill;
    unsigned burst_in, burst_out; /**< Beats done of the present bursts. */
    bool half;                    /**< The half-transfer event of this block has happened. */
    bool requested;               /**< The request that a whole block needs (BREQ) has come. */
    bool told;                    /**< A refusal is in the journal since the channel was enabled. */
    uint64_t when; /**< Its next step; SIM_NEVER: it is idle, or waits for a request. */
};

struct gpdma {
    struct sim_device dev;
    uint32_t seccfgr, privcfgr, lockr;
    struct gpdma_channel channel[GPDMA_CHANNELS];
};

/** Bits of TR1 and LLR that a channel has; without SSEC and DSEC while it is Non-secure. */
uint32_t gpdma_tr1_mask(const struct gpdma *gpdma, unsigned n);
uint32_t gpdma_llr_mask(unsigned n);

/** Begins, EN having been set: flags a wrong setting instead. */
void gpdma_begin(struct gpdma *gpdma, unsigned n);
/** Does the next part of channel n's work and sets `when` for the one after it. */
void gpdma_step(struct gpdma *gpdma, unsigned n);

/** Whether the peripheral that REQSEL selects asks for a transfer. An unknown one never does. */
bool gpdma_requested(const struct gpdma *gpdma, const struct gpdma_channel *channel);
/** Tells that peripheral that the last of the data has been moved. */
void gpdma_ended(const struct gpdma *gpdma, const struct gpdma_channel *channel);

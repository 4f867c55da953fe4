/*
 * Entropy from the RNG block.
 *
 * port_entropy() runs in a partition, unprivileged, so it uses the block's own registers only, and
 * no static data; clocks are set up before by rng_init().
 */
#include <garrison/port.h>

#include "image.h"
#include "regs.h"

/* NIST-certifiable configuration with the values that the vendor's driver writes. */
#define RNG_CONFIG 0x00F00E00u
#define RNG_NOISE  0x0003AF66u
#define RNG_HEALTH 0x00006A91u

#define POLLS_MAX    1000000u
#define ATTEMPTS_MAX 4u

static bool rng_wait(uint32_t addr, uint32_t mask, uint32_t value)
{
    for (uint32_t poll = 0; poll < POLLS_MAX; poll++) {
        if ((reg_read(addr) & mask) == value) {
            return true;
        }
    }
    return false;
}

/** Configures the block afresh; also how a seed error is recovered from. */
static bool rng_condition(void)
{
    reg_write(RNG_CR, RNG_CONFIG | RNG_CR_CONDRST);
    reg_write(RNG_NSCR, RNG_NOISE);
    reg_write(RNG_HTCR, RNG_HEALTH);
    reg_write(RNG_CR, RNG_CONFIG);
    if (!rng_wait(RNG_CR, RNG_CR_CONDRST, 0)) {
        return false;
    }
    reg_write(RNG_SR, 0); /* clears CEIS and SEIS */
    reg_write(RNG_CR, RNG_CONFIG | RNG_CR_RNGEN);
    return true;
}

void rng_init(void)
{
    crypto_blocks_init();
    /* A block that does not come up shows in port_entropy(), which has a status to tell it with. */
    (void)rng_condition();
}

static bool rng_word(uint32_t *word)
{
    const uint32_t errors = RNG_SR_CECS | RNG_SR_SECS | RNG_SR_CEIS | RNG_SR_SEIS;
    for (uint32_t poll = 0; poll < POLLS_MAX; poll++) {
        const uint32_t sr = reg_read(RNG_SR);
        if (sr & errors) {
            return false;
        }
        if (sr & RNG_SR_DRDY) {
            *word = reg_read(RNG_DR);
            return *word != 0; /* DR reads 0 when a seed error came between. */
        }
    }
    return false;
}

enum garrison_status port_entropy(uint8_t *data, size_t len)
{
    uint32_t attempts = 0;
    for (size_t i = 0; i < len;) {
        uint32_t word;
        if (!rng_word(&word)) {
            if (++attempts == ATTEMPTS_MAX || !rng_condition()) {
                return GARRISON_ERROR_DEVICE;
            }
            continue;
        }
        for (unsigned byte = 0; byte < 4u && i < len; byte++) {
            data[i++] = (uint8_t)(word >> (8u * byte));
        }
    }
    return GARRISON_OK;
}

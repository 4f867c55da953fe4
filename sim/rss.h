/*
 * The root secure services: what the boot ROM does besides starting something (bootrom.h).
 *
 *   rss_obk.c         option-byte keys: provisioning, encryption at rest
 *   rss_regression.c  full and partial regression
 */
#pragma once

#include "chip.h"
#include "product_state.h"

struct dev_flash;

/* rss_obk.c */

/**
 * En- or decrypts option-byte keys of a level, as they are to stand or stand from the first slot on.
 * @param len  of `in` and `out`, which may be the same; a multiple of 16
 */
void rss_obk_cipher(const struct sim_chip *chip, unsigned level, bool decrypt, const uint8_t *in,
                    uint8_t *out, uint32_t len);

/**
 * Whether OBK holds debug-authentication data as the boot ROM accepts it: encrypted under the key of
 * this product state and EPOCH, and beginning with the SHA-256 of the rest.
 */
bool rss_authentication_valid(const struct sim_chip *chip);

/* rss_regression.c */

/**
 * Starts the change to STATE_REGRESSION or STATE_NS_REGRESSION that debug authentication has
 * permitted. The regression itself begins at the next reset.
 * @return false, with the reason: the product state, TrustZone or OBK do not allow it
 */
bool rss_regression_ask(struct sim_chip *chip, uint8_t state, char why[PRODUCT_WHY]);
/** Begins a regression: the chip has just been reset. It ends with a reset, on its own. */
void rss_regression_begin(struct sim_chip *chip, const struct product_regression *what);
/** An operation of the flash controller has ended: goes on with the next one. */
void rss_regression_step(struct dev_flash *flash);

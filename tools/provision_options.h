/*
 * From the option bytes of a device description to changes of option words.
 */
#pragma once

#include "device_config.h"

/** A change of an option word: the bits of `mask` become those of `value`. */
struct plan_option {
    const char *word; /**< As sim_option_write() knows it. */
    uint32_t mask;
    uint32_t value;
    char text[80]; /**< In words: "trustzone on". */
};

#define PLAN_OPTIONS_MAX 16u

struct plan_options {
    struct plan_option item[PLAN_OPTIONS_MAX];
    unsigned count;
};

/**
 * Adds what the description says, in the order of the words.
 * @return EXIT_DONE; EXIT_USAGE: a value is no boot address, which has been said with its place.
 */
int plan_options_add(const struct config *config, const struct device_options *options,
                     struct plan_options *out);

/** Adds a watermark of Secure sectors of a bank, from 0. */
void plan_options_watermark(struct plan_options *out, unsigned bank, uint32_t first, uint32_t last);

/** Adds what takes HDP and write protection away from all of the flash. */
void plan_options_unprotect(struct plan_options *out);

/** Name of a product state by its byte in OPTSR, as descriptions have it; NULL: it is none. */
const char *plan_state_name(uint32_t code);

/** The product state that they lead to, as in OPTSR; 0: they leave it as it is. */
uint32_t plan_options_state(const struct plan_options *options);

/**
 * Applies the changes to a word.
 * @return whether any of them concerns it
 */
bool plan_options_apply(const struct plan_options *options, const char *word, uint32_t *value);

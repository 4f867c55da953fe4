/*
 * A part of a flash device as a device of its own.
 */
#pragma once

#include <garrison/flash.h>

/** The caller's; must stay where it is while `device` is used. */
struct window {
    struct flash_device device; /**< Offsets count from the start of the part. */
    const struct flash_device *base;
    uint32_t off; /**< Of the part. */
};

/**
 * Opens the part of `base` from `off` on. What leaves it is GARRISON_ERROR_ARGUMENT, and so is all of
 * a part that leaves the base.
 * @param size  bytes; both are multiples of a sector
 */
void window_init(struct window *window, const struct flash_device *base, uint32_t off,
                 uint32_t size);

/*
 * Measured boot: what runs on this device since the last reset, as the stage that verified each image
 * has seen it. It comes from the hand-over record, which only the manager can read; a service that
 * attests is told it image by image, at the manager's start.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/handoff.h>
#include <garrison/image.h>

GARRISON_ABI_BEGIN

/** One image that runs, or its stage has run. */
struct measured {
    uint32_t role; /**< What it is: enum image_role. */
    uint32_t size; /**< Bytes of its body; of the iROT: of its slot. */
    struct image_version version;
    uint8_t measurement[32]; /**< SHA-256 of header, body and protected TLVs, in clear; of the iROT:
                                  of its slot, to the end. */
    uint8_t signer[32];      /**< SHA-256 of its owner's public key (X || Y); zero: the iROT. */
};

/**
 * Tells of an image.
 * @param record  checked
 * @param place   from 0, in the order in which they were verified: the iROT first
 * @return whether there is one; without, `image` is as it was
 */
bool measured_at(const struct handoff *record, uint32_t place, struct measured *image);

GARRISON_ABI_END

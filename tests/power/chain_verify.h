/*
 * Whether an image is signed, without a line of the boot stages: a parser of its own, and the hash
 * and the elliptic curve of the simulated chip's HASH and PKA.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** @param bytes  from the header to the last TLV, nothing behind; @param point  X then Y */
bool chain_verify(const uint8_t *bytes, uint32_t len, const uint8_t point[64]);

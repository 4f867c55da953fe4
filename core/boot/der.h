/*
 * ECDSA-P256 signatures in DER, as images carry them.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

/**
 * Turns SEQUENCE { INTEGER r, INTEGER s } into r || s, 32 bytes each, big-endian.
 *
 * Only the one shortest encoding is accepted: definite one-byte lengths, no leading zero but the one
 * that a set top bit needs, no negative number, nothing behind. Whether r and s are in range is the
 * verifier's to say.
 * @return GARRISON_ERROR_FORMAT: anything else.
 */
enum garrison_status der_read_signature(struct view der, uint8_t raw[64]) GARRISON_MUST_USE;

/*
 * A record of the option-byte keys: its SHA-256, then what that covers.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

/**
 * Looks at what stands in memory.
 * @param len  bytes, the digest's 32 included
 * @return GARRISON_ERROR_BLANK: zeros or ones only; GARRISON_ERROR_DIGEST; GARRISON_ERROR_DEVICE
 */
enum garrison_status record_check(const uint8_t *record, uint32_t len) GARRISON_MUST_USE;

/** Reads `len` bytes at `off` of the keys store and checks them. What cannot be read is zero. */
enum garrison_status record_load(uint32_t off, uint8_t *record, uint32_t len) GARRISON_MUST_USE;

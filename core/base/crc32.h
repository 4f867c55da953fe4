/*
 * CRC-32: finds accidents, not attacks.
 */
#pragma once

#include <stdint.h>

/** CRC-32 of IEEE 802.3 (reflected, polynomial 0x04C11DB7). Slow and small: for a few bytes. */
static inline uint32_t crc32_of(const uint8_t *data, uint32_t len)
{
    uint32_t crc = UINT32_MAX;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

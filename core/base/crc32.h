/*
 * CRC-32: finds accidents, not attacks.
 */
#pragma once

#include <stdint.h>

/** Continues a checksum that crc32_of() or this has given for the bytes before; 0 for none. */
static inline uint32_t crc32_more(uint32_t before, const uint8_t *data, uint32_t len)
{
    uint32_t crc = ~before;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

/** CRC-32 of IEEE 802.3 (reflected, polynomial 0x04C11DB7). Slow and small. */
static inline uint32_t crc32_of(const uint8_t *data, uint32_t len)
{
    return crc32_more(0, data, len);
}

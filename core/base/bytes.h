/*
 * Bytes: loads and stores at any alignment, and ranges that cannot wrap.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t bytes_load_le16(const uint8_t at[2])
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t bytes_load_le32(const uint8_t at[4])
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline void bytes_store_le16(uint8_t at[2], uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static inline void bytes_store_le32(uint8_t at[4], uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    at[2] = (uint8_t)(value >> 16);
    at[3] = (uint8_t)(value >> 24);
}

/** Whether [off, off + len) lies in [0, size), whatever the values are. */
static inline bool bytes_range_fits(uint32_t off, uint32_t len, uint32_t size)
{
    return off <= size && len <= size - off;
}

/** Whether all bytes have the value. */
static inline bool bytes_all(const uint8_t *data, uint32_t len, uint8_t value)
{
    uint8_t differ = 0;
    for (uint32_t i = 0; i < len; i++) {
        differ |= data[i] ^ value;
    }
    return differ == 0;
}

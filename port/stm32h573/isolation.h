/*
 * Isolation as a table: what one image wants of SAU, MPU, memory and peripheral filters.
 *
 * Each image has one const table of rows. isolation.c writes them in order and compares them in the
 * same order, so nothing can be set up that is not checked.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum isolation_kind {
    ISOLATION_WORDS, /**< `count` equal words from address `at`. */
    ISOLATION_KEYED, /**< One word that takes the key of AIRCR with each write. */
    ISOLATION_SAU,   /**< SAU region `at`. */
    ISOLATION_MPU,   /**< Secure MPU region `at`. */
    /** Flash from offset `base` to `limit`, of one bank, must be Secure by the watermark at `at`:
        option bytes, which the image cannot set up. */
    ISOLATION_WATERMARK,
};

struct isolation_row {
    enum isolation_kind kind;
    uint32_t at;    /**< Address, or number of the region. */
    uint32_t base;  /**< First byte of the region. */
    uint32_t limit; /**< First byte behind it; 0: the region is off. */
    uint32_t value; /**< Word's value, or ISOLATION_* attributes of the region. */
    uint32_t mask;  /**< The word's bits that the row decides; the others keep what they are. */
    uint32_t count; /**< Words. */
};

/* SAU regions: Non-secure, unless */
#define ISOLATION_CALLABLE 1u

/* MPU regions: bits 0-4 as in RBAR, memory type above. */
#define ISOLATION_XN         1u
#define ISOLATION_RW         0u /* privileged only */
#define ISOLATION_RW_ANY     2u
#define ISOLATION_RO         4u /* privileged only */
#define ISOLATION_RO_ANY     6u
#define ISOLATION_RBAR_MASK  0x1Fu
#define ISOLATION_NORMAL     0x000u /* index into ISOLATION_MAIR, from bit 8 */
#define ISOLATION_DEVICE     0x100u
#define ISOLATION_UNCACHED   0x200u
#define ISOLATION_TYPE(attr) ((attr) >> 8)
#define ISOLATION_MAIR       0x004404FFu

#define ROW_WORDS(at_, count_, mask_, value_)                                                      \
    {                                                                                              \
        .kind = ISOLATION_WORDS, .at = (at_), .count = (count_), .mask = (mask_),                  \
        .value = (value_)                                                                          \
    }
#define ROW_WORD(at, mask, value) ROW_WORDS(at, 1, mask, value)
#define ROW_KEYED(at_, mask_, value_)                                                              \
    {                                                                                              \
        .kind = ISOLATION_KEYED, .at = (at_), .count = 1, .mask = (mask_), .value = (value_)       \
    }
#define ROW_REGION(kind_, at_, base_, limit_, value_)                                              \
    {                                                                                              \
        .kind = (kind_), .at = (at_), .base = (base_), .limit = (limit_), .value = (value_)        \
    }
#define ROW_SAU(at, base, limit, attributes)                                                       \
    ROW_REGION(ISOLATION_SAU, at, (uint32_t)(base), (uint32_t)(limit), attributes)
#define ROW_WATERMARK(at, base, limit) ROW_REGION(ISOLATION_WATERMARK, at, base, limit, 0)
#define ROW_SAU_OFF(at)                ROW_REGION(ISOLATION_SAU, at, 0, 0, 0)
#define ROW_MPU(at, base, limit, attributes)                                                       \
    ROW_REGION(ISOLATION_MPU, at, (uint32_t)(base), (uint32_t)(limit), attributes)
#define ROW_MPU_OFF(at) ROW_REGION(ISOLATION_MPU, at, 0, 0, 0)

/** The image's table. */
extern const struct isolation_row isolation_rows[];
extern const uint32_t isolation_row_count;

/** Of the manager's table: the regions of the MPU that change with the partition that runs. */
extern const struct isolation_row isolation_idle[];

/** Writes one region of the Secure MPU; `limit` 0: off. @return whether it reads back so */
bool isolation_mpu_write(uint32_t region, uint32_t base, uint32_t limit, uint32_t attributes);

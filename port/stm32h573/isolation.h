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
    /** Of bank `limit`, 0 or 1, the watermark at `at` must make Secure what the layout needs, and no
        more: option bytes, which the image cannot set up. */
    ISOLATION_WATERMARK,
    /** Blocks of RAM, a bit for each, in `count` words from address `at`: Secure from block `value`
        on, which the layout gives: the modules' RAM. */
    ISOLATION_BLOCKS,
};

/** Where a region's bounds come from. What the layout decides is off while there is none. */
enum isolation_place {
    PLACE_FIXED = 0,        /**< The row. */
    PLACE_UROT,             /**< The uROT's slot; without a layout, where it is linked to. */
    PLACE_BEHIND_IROT,      /**< Secure flash of bank 1, but for the iROT. */
    PLACE_BEHIND_UROT,      /**< The same, but for the iROT and the uROT. */
    PLACE_SECURE_2,         /**< Secure flash of bank 2. */
    PLACE_APPLICATION,      /**< The application's slot, by its Non-secure address. */
    PLACE_FROM_APPLICATION, /**< From there to the row's limit. */
    PLACE_TO_MODULES,       /**< The row's, but for the modules' RAM at its end. */
    /** No place but bits: those of the devices that are modules', from bit `limit` on, are inverted
        in `value`, and all there are if `mask` is 0. */
    PLACE_DEVICES,
};

struct isolation_row {
    enum isolation_kind kind;
    enum isolation_place place;
    uint16_t count; /**< Words, or regions from `at` on. */
    uint32_t at;    /**< Address, or number of the region. */
    uint32_t value; /**< Word's value, or ISOLATION_* attributes of the region. */
    union {
        uint32_t mask; /**< The word's bits that the row decides; the others keep what they are. */
        uint32_t base; /**< First byte of the region. */
    };
    uint32_t limit; /**< First byte behind the region; 0: it is off. Of a watermark, its bank. */
};

/* Peripherals by their Non-secure aliases. */
#define PERIPHERALS_NS     0x40000000u
#define PERIPHERALS_NS_END 0x50000000u

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
        .kind = (kind_), .count = 1, .at = (at_), .base = (base_), .limit = (limit_),              \
        .value = (value_)                                                                          \
    }
#define ROW_OFF(kind_, first_, count_)                                                             \
    {                                                                                              \
        .kind = (kind_), .count = (count_), .at = (first_)                                         \
    }
#define ROW_SAU(at, base, limit, attributes)                                                       \
    ROW_REGION(ISOLATION_SAU, at, (uint32_t)(base), (uint32_t)(limit), attributes)
#define ROW_WATERMARK(at, bank) ROW_REGION(ISOLATION_WATERMARK, at, 0, bank, 0)

/** Regions that are off: `count` from the `first` on. */
#define ROW_SAU_OFF(first, count) ROW_OFF(ISOLATION_SAU, first, count)
#define ROW_MPU_OFF(first, count) ROW_OFF(ISOLATION_MPU, first, count)

/** Regions that the layout decides about. */
#define ROW_PLACE(kind_, at_, place_, limit_, value_)                                              \
    {                                                                                              \
        .kind = (kind_), .count = 1, .at = (at_), .place = (place_), .limit = (limit_),            \
        .value = (value_)                                                                          \
    }
#define ROW_SAU_PLACE(at, place, attributes) ROW_PLACE(ISOLATION_SAU, at, place, 0, attributes)
#define ROW_MPU_PLACE(at, place, attributes) ROW_PLACE(ISOLATION_MPU, at, place, 0, attributes)
#define ROW_MPU_FROM(at, place, limit, attributes)                                                 \
    ROW_PLACE(ISOLATION_MPU, at, place, limit, attributes)

#define ROW_TO_MODULES(kind_, at_, base_, limit_, value_)                                          \
    {                                                                                              \
        .kind = (kind_), .count = 1, .at = (at_), .place = PLACE_TO_MODULES, .base = (base_),      \
        .limit = (limit_), .value = (value_)                                                       \
    }

/** A word with a bit for each device that a module may have. */
#define ROW_DEVICES(at_, mask_, value_, shift_)                                                    \
    {                                                                                              \
        .kind = ISOLATION_WORDS, .at = (at_), .count = 1, .place = PLACE_DEVICES, .mask = (mask_), \
        .value = (value_), .limit = (shift_)                                                       \
    }

/** The filter of a RAM of `size` bytes at whose end the modules' lies. */
#define ROW_BLOCKS(at_, count_, size_)                                                             \
    {                                                                                              \
        .kind = ISOLATION_BLOCKS, .at = (at_), .count = (count_), .limit = (size_)                 \
    }

/** Devices that are modules', a bit for each number. */
extern uint32_t isolation_granted;

/** The image's table. */
extern const struct isolation_row isolation_rows[];
extern const uint32_t isolation_row_count;

/** Of the manager's table: the regions of the MPU that change with the partition that runs. */
extern const struct isolation_row isolation_idle[];

/** Writes one region of the Secure MPU; `limit` 0: off. @return whether it reads back so */
bool isolation_mpu_write(uint32_t region, uint32_t base, uint32_t limit, uint32_t attributes);

/** Writes the row of a region of the Secure MPU once more. @return whether it reads back so */
bool isolation_mpu_restore(uint32_t region);

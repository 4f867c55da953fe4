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
    ISOLATION_ALIKE, /**< The word at `at`, and the same of the next ones of `count` like blocks. */
    ISOLATION_KEYED, /**< One word that takes the key of AIRCR with each write. */
    ISOLATION_SAU,   /**< SAU region `number`. */
    ISOLATION_MPU,   /**< Secure MPU region `number`. */
    /** Of bank `number`, 0 or 1, the watermark at `at` must make Secure what the layout needs, and no
        more: option bytes, which the image cannot set up. */
    ISOLATION_WATERMARK,
    /** Blocks of a RAM of `limit` bytes, a bit for each, in `count` words from address `at`: Secure
        from block `value` on, which the layout gives: the modules' RAM. */
    ISOLATION_BLOCKS,
};

/** Between one block of registers and the next like one: ports of GPIO, filters of RAM. */
#define ISOLATION_ALIKE_STEP 0x400u

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
    /** No place but bits: those of the devices that are modules', from bit `number` on, are inverted
        in `value`, and all there are if `mask` is 0. */
    PLACE_DEVICES,
};

struct isolation_row {
    enum isolation_kind kind;
    enum isolation_place place;
    uint8_t count;  /**< Words, or regions from `number` on. */
    uint8_t number; /**< Of the region; of a watermark, its bank. */
    union {
        uint32_t at;   /**< Address of the word. */
        uint32_t base; /**< First byte of the region. */
    };
    uint32_t value; /**< Word's value, or ISOLATION_* attributes of the region. */
    union {
        uint32_t mask;  /**< The word's bits that the row decides; the others keep what they are. */
        uint32_t limit; /**< First byte behind the region, or RAM; 0: it is off. */
    };
};

/* Peripherals by their Non-secure aliases. */
#define PERIPHERALS_NS     0x40000000u
#define PERIPHERALS_NS_END 0x50000000u

/* Regions: bits 0-4 as in RBAR, from bit 8 on those of RLAR from bit 1 on. */

/* SAU regions: Non-secure, unless */
#define ISOLATION_CALLABLE 0x100u

/* MPU regions. */
#define ISOLATION_XN       1u
#define ISOLATION_RW       0u /* privileged only */
#define ISOLATION_RW_ANY   2u
#define ISOLATION_RO       4u /* privileged only */
#define ISOLATION_RO_ANY   6u
#define ISOLATION_NORMAL   0x000u /* memory type: index into ISOLATION_MAIR */
#define ISOLATION_DEVICE   0x100u
#define ISOLATION_UNCACHED 0x200u
#define ISOLATION_MAIR     0x004404FFu

#define ROW_WORDS_OF(kind_, at_, count_, mask_, value_)                                            \
    {                                                                                              \
        .kind = (kind_), .at = (at_), .count = (count_), .mask = (mask_), .value = (value_)        \
    }
#define ROW_WORDS(at, count, mask, value) ROW_WORDS_OF(ISOLATION_WORDS, at, count, mask, value)
#define ROW_ALIKE(at, count, mask, value) ROW_WORDS_OF(ISOLATION_ALIKE, at, count, mask, value)
#define ROW_WORD(at, mask, value)         ROW_WORDS(at, 1, mask, value)
#define ROW_KEYED(at, mask, value)        ROW_WORDS_OF(ISOLATION_KEYED, at, 1, mask, value)
#define ROW_WATERMARK(at_, bank)                                                                   \
    {                                                                                              \
        .kind = ISOLATION_WATERMARK, .count = 1, .at = (at_), .number = (bank)                     \
    }

/** A region; the layout may decide about its bounds. */
#define ROW_REGION(kind_, number_, place_, base_, limit_, value_)                                  \
    {                                                                                              \
        .kind = (kind_), .place = (place_), .count = 1, .number = (number_), .base = (base_),      \
        .limit = (limit_), .value = (value_)                                                       \
    }
#define ROW_SAU(number, base, limit, attributes)                                                   \
    ROW_REGION(ISOLATION_SAU, number, PLACE_FIXED, base, limit, attributes)
#define ROW_SAU_PLACE(number, place, attributes)                                                   \
    ROW_REGION(ISOLATION_SAU, number, place, 0, 0, attributes)
#define ROW_MPU_PLACE(number, place, attributes)                                                   \
    ROW_REGION(ISOLATION_MPU, number, place, 0, 0, attributes)
#define ROW_MPU_FROM(number, place, limit, attributes)                                             \
    ROW_REGION(ISOLATION_MPU, number, place, 0, limit, attributes)
#define ROW_TO_MODULES(kind, number, base, limit, value)                                           \
    ROW_REGION(kind, number, PLACE_TO_MODULES, base, limit, value)

/** Regions that are off: `count` from the `first` on. */
#define ROW_OFF(kind_, first_, count_)                                                             \
    {                                                                                              \
        .kind = (kind_), .count = (count_), .number = (first_)                                     \
    }
#define ROW_SAU_OFF(first, count) ROW_OFF(ISOLATION_SAU, first, count)
#define ROW_MPU_OFF(first, count) ROW_OFF(ISOLATION_MPU, first, count)

/** A word with a bit for each device that a module may have, the first one being `shift`. */
#define ROW_DEVICES(at_, mask_, value_, shift_)                                                    \
    {                                                                                              \
        .kind = ISOLATION_WORDS, .at = (at_), .count = 1, .place = PLACE_DEVICES, .mask = (mask_), \
        .value = (value_), .number = (shift_)                                                      \
    }

/** The filter of a RAM of `size` bytes at whose end the modules' lies. */
#define ROW_BLOCKS(at_, count_, size_)                                                             \
    {                                                                                              \
        .kind = ISOLATION_BLOCKS, .at = (at_), .count = (count_), .limit = (size_)                 \
    }

/** Devices that are modules', a bit for each number. */
extern uint32_t isolation_granted;

/** The image's table. Of the manager's, row n is region n of the Secure MPU, for each that it has. */
extern const struct isolation_row isolation_rows[];
extern const uint32_t isolation_row_count;

/** RBAR and RLAR of a region of SAU or MPU. */
struct isolation_words {
    uint32_t rbar;
    uint32_t rlar;
};

#define ISOLATION_REGION_MASK 0xFFFFFFE0u /* bounds are multiples of 32 bytes */
#define ISOLATION_RLAR_ENABLE 1u

/** `limit` 0: off. */
static inline struct isolation_words isolation_words(uint32_t base, uint32_t limit,
                                                     uint32_t attributes)
{
    struct isolation_words words = {0, 0};
    if (limit != 0) {
        words.rbar = (base & ISOLATION_REGION_MASK) | (attributes & ~ISOLATION_REGION_MASK);
        words.rlar =
            ((limit - 1u) & ISOLATION_REGION_MASK) | (attributes >> 8) << 1 | ISOLATION_RLAR_ENABLE;
    }
    return words;
}

/** Writes one row for a region, with its bounds by the device's layout. @return whether it reads back so */
bool isolation_write_region(const struct isolation_row *row);

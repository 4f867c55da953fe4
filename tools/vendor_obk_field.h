/*
 * The fields of known option-byte keys that are plain numbers, for showing them.
 */
#pragma once

#include <stdint.h>

#include "vendor_obk.h"

struct vendor_obk_field {
    const char *kind; /**< Name of a struct vendor_obk_kind. */
    uint16_t off;     /**< From the first byte of the data. */
    uint8_t width;    /**< Bytes: 1 or 4, little-endian. */
    const char *name; /**< One word. */
};

extern const struct vendor_obk_field vendor_obk_fields[];
extern const unsigned vendor_obk_field_count;

uint32_t vendor_obk_field_value(const struct vendor_obk *obk, const struct vendor_obk_field *field);

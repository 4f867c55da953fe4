/*
 * The keys store: the option-byte keys (OBK), of which only the slots of the present level read.
 */
#include <garrison/port.h>

#include "image.h"
#include "layout.h"
#include "regs.h"

/** Slots of one level, in bytes from the start of the store (RM0481, "OBK"). */
struct keys_area {
    uint32_t first;
    uint32_t behind;
};

static const struct keys_area areas[] = {
    [0] = {0x0000, 0x0100},
    [1] = {0x0100, 0x0900},
    [2] = {0x0900, 0x0C00},
    [3] = {0x0C00, 0x1800}, /* the Secure part */
};

enum garrison_status port_keys_read(uint32_t off, uint8_t *data, uint32_t len)
{
    const unsigned level = port_hdpl();
    if (level >= sizeof(areas) / sizeof(areas[0])) {
        return GARRISON_ERROR_DEVICE;
    }
    const struct keys_area *area = &areas[level];
    if (off < area->first || off > area->behind || len > area->behind - off) {
        return GARRISON_ERROR_DEVICE;
    }
    flash_clear_ecc_error();
    mapped_read(LAYOUT_OBK_S + off, data, len);
    return flash_ecc_failed() ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

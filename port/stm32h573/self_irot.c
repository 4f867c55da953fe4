/*
 * The iROT's own memory, in the user flash or in system flash: the linker script says which, so that
 * one set of objects makes both images.
 */
#include <garrison/flash.h>

#include "image.h"
#include "layout.h"
#include "linker.h"
#include "reg_access.h"
#include "stage.h"

static enum garrison_status own_read(const struct flash_device *device, uint32_t off, uint8_t *data,
                                     uint32_t len)
{
    if (off > device->size || len > device->size - off) {
        return GARRISON_ERROR_ARGUMENT;
    }
    flash_clear_ecc_error();
    mapped_read((uint32_t)linker_stage + off, data, len);
    return flash_ecc_failed() ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

/** Read-only: nobody programs or erases what it runs from. */
static const struct flash_device own = {
    .size = LAYOUT_IROT_SIZE,
    .sector = LAYOUT_SECTOR,
    .unit = LAYOUT_UNIT,
    .erased = 0xFF,
    .read = own_read,
};

const struct boot_self irot_self = {
    .flash = &own,
    .size = LAYOUT_IROT_SIZE,
    .addr = (uint32_t)linker_stage,
};

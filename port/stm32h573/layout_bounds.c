#include "layout.h"
#include "layout_data.h"

const struct layout_bounds layout_bounds = {
    .flash_size = LAYOUT_FLASH_SIZE,
    .sector = LAYOUT_SECTOR,
    .free_off = LAYOUT_IROT_OFF + LAYOUT_IROT_SIZE,
    .free_end = LAYOUT_STORAGE_OFF,
};

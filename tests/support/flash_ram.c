#include "support/flash_ram.h"

#include <string.h>

static struct flash_ram *of(const struct flash_device *device)
{
    return device->context;
}

static bool fits(uint32_t off, uint32_t len, uint32_t align)
{
    return off <= FLASH_RAM_BYTES && len <= FLASH_RAM_BYTES - off && off % align == 0 &&
           len % align == 0;
}

static enum garrison_status ram_read(const struct flash_device *device, uint32_t off, uint8_t *data,
                                     uint32_t len)
{
    struct flash_ram *flash = of(device);
    flash->reads++;
    if (!fits(off, len, 1)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (off + len > flash->read_limit) {
        flash->read_limit = off + len;
    }
    if (off < flash->bad_to && off + len > flash->bad_from) {
        return GARRISON_ERROR_DEVICE;
    }
    memcpy(data, flash->bytes + off, len);
    return GARRISON_OK;
}

static enum garrison_status ram_program(const struct flash_device *device, uint32_t off,
                                        const uint8_t *data, uint32_t len)
{
    struct flash_ram *flash = of(device);
    if (!fits(off, len, device->unit)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    memcpy(flash->bytes + off, data, len);
    return GARRISON_OK;
}

static enum garrison_status ram_erase(const struct flash_device *device, uint32_t off, uint32_t len)
{
    struct flash_ram *flash = of(device);
    if (!fits(off, len, device->sector)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    memset(flash->bytes + off, device->erased, len);
    return GARRISON_OK;
}

void flash_ram_init(struct flash_ram *flash)
{
    memset(flash, 0, sizeof *flash);
    memset(flash->bytes, 0xFF, sizeof flash->bytes);
    flash->device = (struct flash_device){
        .size = FLASH_RAM_BYTES,
        .sector = 0x2000,
        .unit = 16,
        .erased = 0xFF,
        .context = flash,
        .read = ram_read,
        .program = ram_program,
        .erase = ram_erase,
    };
}

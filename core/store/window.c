#include "store/window.h"

#include "base/bytes.h"

static const struct window *window_of(const struct flash_device *device)
{
    return device->context;
}

static enum garrison_status window_read(const struct flash_device *device, uint32_t off,
                                        uint8_t *data, uint32_t len)
{
    const struct window *window = window_of(device);
    return bytes_range_fits(off, len, device->size)
               ? window->base->read(window->base, window->off + off, data, len)
               : GARRISON_ERROR_ARGUMENT;
}

static enum garrison_status window_program(const struct flash_device *device, uint32_t off,
                                           const uint8_t *data, uint32_t len)
{
    const struct window *window = window_of(device);
    return bytes_range_fits(off, len, device->size)
               ? window->base->program(window->base, window->off + off, data, len)
               : GARRISON_ERROR_ARGUMENT;
}

static enum garrison_status window_erase(const struct flash_device *device, uint32_t off,
                                         uint32_t len)
{
    const struct window *window = window_of(device);
    return bytes_range_fits(off, len, device->size)
               ? window->base->erase(window->base, window->off + off, len)
               : GARRISON_ERROR_ARGUMENT;
}

void window_init(struct window *window, const struct flash_device *base, uint32_t off,
                 uint32_t size)
{
    const bool fits = bytes_range_fits(off, size, base->size);
    *window = (struct window){
        .device =
            {
                .size = fits ? size : 0,
                .sector = base->sector,
                .unit = base->unit,
                .erased = base->erased,
                .context = window,
                .read = window_read,
                .program = window_program,
                .erase = window_erase,
            },
        .base = base,
        .off = off,
    };
}

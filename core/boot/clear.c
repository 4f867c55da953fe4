#include "boot/clear.h"

#include <string.h>

#include "base/secret.h"

/** Applies the cipher to that part of the bytes at `off` of the image which is encrypted. */
static void apply(void *context, uint32_t off, uint8_t *data, uint32_t len)
{
    struct clear *clear = context;
    uint32_t skip = clear->from > off ? clear->from - off : 0;
    skip = skip < len ? skip : len;
    off += skip;
    if (off >= clear->to) {
        return;
    }
    const uint32_t left = len - skip;
    const uint32_t encrypted = clear->to - off < left ? clear->to - off : left;
    if (encrypted > 0) {
        decrypt_apply(&clear->cipher, off - clear->from, data + skip, encrypted);
    }
}

static enum garrison_status clear_read(const struct flash_device *device, uint32_t off,
                                       uint8_t *data, uint32_t len)
{
    struct clear *clear = device->context;
    const enum garrison_status status = clear->base->read(clear->base, off, data, len);
    if (status != GARRISON_OK) {
        return status;
    }
    if (off < clear->start) {
        return GARRISON_ERROR_ARGUMENT;
    }
    apply(clear, off - clear->start, data, len);
    return GARRISON_OK;
}

static enum garrison_status refuse_program(const struct flash_device *device, uint32_t off,
                                           const uint8_t *data, uint32_t len)
{
    (void)device;
    (void)off;
    (void)data;
    (void)len;
    return GARRISON_ERROR_ARGUMENT;
}

static enum garrison_status refuse_erase(const struct flash_device *device, uint32_t off,
                                         uint32_t len)
{
    (void)device;
    (void)off;
    (void)len;
    return GARRISON_ERROR_ARGUMENT;
}

void clear_init(struct clear *clear, const struct flash_device *base, uint32_t start)
{
    memset(clear, 0, sizeof *clear);
    clear->base = base;
    clear->start = start;
    clear->device = *base;
    clear->device.context = clear;
    clear->device.read = clear_read;
    clear->device.program = refuse_program;
    clear->device.erase = refuse_erase;
}

enum garrison_status clear_body(struct clear *clear, const struct image *image,
                                const uint8_t *secret)
{
    if (image->wrapped_len == 0) {
        return GARRISON_OK;
    }
    if (secret == NULL) {
        return GARRISON_ERROR_KEY;
    }
    const struct view wrapped = {image->wrapped, image->wrapped_len};
    const enum garrison_status status = decrypt_open(&clear->cipher, secret, wrapped);
    if (status == GARRISON_OK) {
        clear->from = image->header.header_size;
        clear->to = clear->from + image->header.body_size;
    }
    return status;
}

enum garrison_status clear_sealed(struct clear *clear, const uint8_t key[32],
                                  const uint8_t nonce[12])
{
    clear->from = 0;
    clear->to = UINT32_MAX;
    return decrypt_open_key(&clear->cipher, key, nonce);
}

struct swap_transform clear_transform(struct clear *clear)
{
    return (struct swap_transform){clear, apply};
}

void clear_close(struct clear *clear)
{
    secret_wipe(&clear->cipher, sizeof clear->cipher);
    clear->from = 0;
    clear->to = 0;
}

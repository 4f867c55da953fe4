#include "boot/image.h"

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/decrypt.h"

#define TLV_HEAD_BYTES  4u
#define TLV_BOOT_RECORD 0x60u
#define TLV_VENDOR_LOW  0xA0u

/** Reads forward through [off, end) of a slot. After the first failure nothing more is read. */
struct cursor {
    const struct image_slot *slot;
    uint32_t off;
    uint32_t end;
    enum garrison_status status; /**< Sticky. */
};

struct tlv {
    uint16_t type;
    uint16_t len;
};

static void cursor_fail(struct cursor *cursor, enum garrison_status status)
{
    if (cursor->status == GARRISON_OK) {
        cursor->status = status;
    }
}

/** On failure the data are zeros. */
static void cursor_read(struct cursor *cursor, uint8_t *data, uint32_t len)
{
    memset(data, 0, len);
    if (cursor->status != GARRISON_OK) {
        return;
    }
    if (cursor->off > cursor->end || len > cursor->end - cursor->off) {
        cursor_fail(cursor, GARRISON_ERROR_BOUNDS);
        return;
    }
    const struct flash_device *flash = cursor->slot->flash;
    enum garrison_status status = flash->read(flash, cursor->slot->off + cursor->off, data, len);
    if (status != GARRISON_OK) {
        memset(data, 0, len);
        cursor_fail(cursor, status);
        return;
    }
    cursor->off += len;
}

static void cursor_skip(struct cursor *cursor, uint32_t len)
{
    if (cursor->status != GARRISON_OK) {
        return;
    }
    if (cursor->off > cursor->end || len > cursor->end - cursor->off) {
        cursor_fail(cursor, GARRISON_ERROR_BOUNDS);
        return;
    }
    cursor->off += len;
}

static bool cursor_at_end(const struct cursor *cursor)
{
    return cursor->status != GARRISON_OK || cursor->off == cursor->end;
}

static struct tlv cursor_read_tlv_head(struct cursor *cursor)
{
    uint8_t head[TLV_HEAD_BYTES];
    cursor_read(cursor, head, sizeof head);
    struct tlv tlv = {bytes_load_le16(&head[0]), bytes_load_le16(&head[2])};
    return tlv;
}

static enum garrison_status parse_header(struct image *image)
{
    struct image_header *header = &image->header;
    struct cursor cursor = {&image->slot, 0, image->slot.size, GARRISON_OK};
    uint8_t raw[IMAGE_HEADER_BYTES];

    image->where = "header";
    cursor_read(&cursor, raw, sizeof raw);
    if (cursor.status != GARRISON_OK) {
        return cursor.status;
    }
    memcpy(header, raw, sizeof raw);
    if (bytes_all(raw, sizeof raw, image->slot.flash->erased)) {
        return GARRISON_ERROR_BLANK;
    }
    if (header->magic != IMAGE_MAGIC || header->pad != 0) {
        return GARRISON_ERROR_FORMAT;
    }
    if ((header->flags & ~IMAGE_FLAGS_KNOWN) != 0) {
        return GARRISON_ERROR_UNSUPPORTED;
    }
    if (header->header_size < IMAGE_HEADER_BYTES || header->body_size == 0) {
        return GARRISON_ERROR_FORMAT;
    }
    return GARRISON_OK;
}

/** Notes that a TLV was found; a second one of its kind or another size is refused. */
static void note_tlv(struct cursor *cursor, struct image *image, uint32_t found, bool size_is_right)
{
    if ((image->found & found) != 0 || !size_is_right) {
        cursor_fail(cursor, GARRISON_ERROR_FORMAT);
        return;
    }
    image->found |= found;
}

static void parse_dependency(struct cursor *cursor, struct image *image, struct tlv tlv)
{
    uint8_t raw[sizeof(struct image_dependency)];
    if (tlv.len != sizeof raw || image->dependencies >= IMAGE_DEPENDENCIES_MAX) {
        cursor_fail(cursor,
                    tlv.len != sizeof raw ? GARRISON_ERROR_FORMAT : GARRISON_ERROR_UNSUPPORTED);
        return;
    }
    cursor_read(cursor, raw, sizeof raw);
    memcpy(&image->dependency[image->dependencies], raw, sizeof raw);
    image->dependencies++;
}

static void parse_protected_tlv(struct cursor *cursor, struct image *image, struct tlv tlv)
{
    uint8_t raw[4];
    switch (tlv.type) {
    case IMAGE_TLV_COUNTER:
        note_tlv(cursor, image, IMAGE_FOUND_COUNTER, tlv.len == sizeof raw);
        cursor_read(cursor, raw, sizeof raw);
        image->counter = bytes_load_le32(raw);
        return;
    case IMAGE_TLV_DEPENDENCY:
        parse_dependency(cursor, image, tlv);
        return;
    case IMAGE_TLV_SHA256:
    case IMAGE_TLV_ECDSA:
    case IMAGE_TLV_ECIES:
    case IMAGE_TLV_KEYHASH:
        cursor_fail(cursor, GARRISON_ERROR_FORMAT);
        return;
    default:
        if (tlv.type != TLV_BOOT_RECORD && (tlv.type & 0xFFu) < TLV_VENDOR_LOW) {
            cursor_fail(cursor, GARRISON_ERROR_UNSUPPORTED);
        }
        cursor_skip(cursor, tlv.len);
        return;
    }
}

static void parse_unprotected_tlv(struct cursor *cursor, struct image *image, struct tlv tlv)
{
    switch (tlv.type) {
    case IMAGE_TLV_SHA256:
        note_tlv(cursor, image, IMAGE_FOUND_SHA256, tlv.len == sizeof image->digest);
        cursor_read(cursor, image->digest, sizeof image->digest);
        return;
    case IMAGE_TLV_KEYHASH:
        note_tlv(cursor, image, IMAGE_FOUND_KEYHASH, tlv.len == sizeof image->keyhash);
        cursor_read(cursor, image->keyhash, sizeof image->keyhash);
        return;
    case IMAGE_TLV_ECDSA:
        note_tlv(cursor, image, IMAGE_FOUND_ECDSA, tlv.len <= sizeof image->signature);
        if (cursor->status == GARRISON_OK) {
            cursor_read(cursor, image->signature, tlv.len);
            image->signature_len = tlv.len;
        }
        return;
    case IMAGE_TLV_ECIES:
        note_tlv(cursor, image, IMAGE_FOUND_ECIES, tlv.len <= sizeof image->wrapped);
        if (cursor->status == GARRISON_OK) {
            cursor_read(cursor, image->wrapped, tlv.len);
            image->wrapped_len = tlv.len;
        }
        return;
    case IMAGE_TLV_COUNTER:
    case IMAGE_TLV_DEPENDENCY:
        cursor_fail(cursor, GARRISON_ERROR_FORMAT);
        return;
    default:
        cursor_fail(cursor, GARRISON_ERROR_UNSUPPORTED);
        return;
    }
}

typedef void parse_tlv_fn(struct cursor *cursor, struct image *image, struct tlv tlv);

/** Reads the TLV area at the cursor. An area ends where its head says, not at the cursor's end. */
static void parse_tlv_area(struct cursor *cursor, struct image *image, uint16_t magic,
                           parse_tlv_fn *parse_tlv)
{
    uint32_t start = cursor->off;
    struct tlv head = cursor_read_tlv_head(cursor);
    if (cursor->status == GARRISON_OK && (head.type != magic || head.len < TLV_HEAD_BYTES)) {
        cursor_fail(cursor, GARRISON_ERROR_FORMAT);
    }
    if (cursor->status == GARRISON_OK && !bytes_range_fits(start, head.len, cursor->end)) {
        cursor_fail(cursor, GARRISON_ERROR_BOUNDS);
    }
    if (cursor->status != GARRISON_OK) {
        return;
    }
    struct cursor area = {cursor->slot, cursor->off, start + head.len, GARRISON_OK};
    while (!cursor_at_end(&area)) {
        struct tlv tlv = cursor_read_tlv_head(&area);
        parse_tlv(&area, image, tlv);
    }
    cursor->off = area.off;
    cursor->status = area.status;
}

static enum garrison_status parse_areas(struct image *image)
{
    const struct image_header *header = &image->header;
    struct cursor cursor = {&image->slot, 0, image->slot.size, GARRISON_OK};

    image->where = "body";
    cursor_skip(&cursor, header->header_size);
    cursor_skip(&cursor, header->body_size);
    if (cursor.status != GARRISON_OK) {
        return cursor.status;
    }
    if (header->protected_tlv_size != 0) {
        image->where = "protected TLVs";
        uint32_t start = cursor.off;
        parse_tlv_area(&cursor, image, IMAGE_TLV_PROTECTED_MAGIC, parse_protected_tlv);
        if (cursor.status == GARRISON_OK && cursor.off - start != header->protected_tlv_size) {
            cursor_fail(&cursor, GARRISON_ERROR_FORMAT);
        }
    }
    image->signed_size = cursor.off;
    if (cursor.status == GARRISON_OK) {
        image->where = "unprotected TLVs";
    }
    parse_tlv_area(&cursor, image, IMAGE_TLV_MAGIC, parse_unprotected_tlv);
    image->total_size = cursor.off;
    return cursor.status;
}

/** Whether the key of an encrypted body is there, and of the size that the header says. */
static bool wrapped_key_fits(const struct image *image)
{
    switch (image->header.flags & IMAGE_FLAGS_ENCRYPTED) {
    case 0:
        return (image->found & IMAGE_FOUND_ECIES) == 0;
    case IMAGE_FLAG_ENCRYPTED_128:
        return image->wrapped_len == DECRYPT_TLV_BYTES_128;
    case IMAGE_FLAG_ENCRYPTED_256:
        return image->wrapped_len == DECRYPT_TLV_BYTES_256;
    default:
        return false;
    }
}

enum garrison_status image_parse(const struct image_slot *slot, struct image *image)
{
    const uint32_t required = IMAGE_FOUND_SHA256 | IMAGE_FOUND_KEYHASH | IMAGE_FOUND_ECDSA;

    memset(image, 0, sizeof *image);
    image->slot = *slot;
    image->where = "slot";
    if (!bytes_range_fits(slot->off, slot->size, slot->flash->size)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    enum garrison_status status = parse_header(image);
    if (!hardened_ok(status)) {
        return status;
    }
    status = parse_areas(image);
    if (!hardened_ok(status)) {
        return status;
    }
    if ((image->found & required) != required || !wrapped_key_fits(image)) {
        return GARRISON_ERROR_FORMAT;
    }
    image->where = NULL;
    return GARRISON_OK;
}

enum garrison_status image_read(const struct image *image, uint32_t off, uint8_t *data,
                                uint32_t len)
{
    const struct flash_device *flash = image->slot.flash;
    if (!bytes_range_fits(off, len, image->total_size)) {
        return GARRISON_ERROR_BOUNDS;
    }
    return flash->read(flash, image->slot.off + off, data, len);
}

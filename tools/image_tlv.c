#include "image_tlv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <garrison/image.h>

#include "base/bytes.h"

#define TLV_HEAD_BYTES 4u
#define TLV_PUBKEY     0x02u

static const struct {
    uint16_t type;
    const char *name;
} tlv_names[] = {
    {0x01, "key hash"},
    {0x02, "full public key"},
    {0x10, "SHA-256"},
    {0x11, "SHA-384"},
    {0x12, "SHA-512"},
    {0x20, "RSA-2048 signature"},
    {0x21, "ECDSA-P224 signature"},
    {0x22, "ECDSA signature"},
    {0x23, "RSA-3072 signature"},
    {0x24, "Ed25519 signature"},
    {0x25, "mark of a signature over the content"},
    {0x30, "image key by RSA-OAEP"},
    {0x31, "image key by AES key wrap"},
    {0x32, "image key by ECIES-P256"},
    {0x33, "image key by ECIES-X25519"},
    {0x34, "image key by ECIES-X25519 with SHA-512"},
    {0x40, "dependency"},
    {0x50, "security counter"},
    {0x60, "boot record"},
    {0x70, "size when decompressed"},
    {0x71, "digest when decompressed"},
    {0x72, "signature when decompressed"},
    {0x73, "dependency when decompressed"},
    {0x74, "vendor UUID"},
    {0x75, "class UUID"},
};

static const struct {
    uint32_t flag;
    const char *name;
} flag_names[] = {
    {0x1, "position independent"},
    {0x2, "primary slot only"},
    {0x4, "AES-128"},
    {0x8, "AES-256"},
    {0x10, "not bootable"},
    {0x20, "RAM load"},
    {0x100, "fixed address"},
    {0x200, "LZMA1"},
    {0x400, "LZMA2"},
    {0x800, "ARM Thumb filtered"},
};

const char *image_tlv_name(uint16_t type)
{
    for (size_t i = 0; i < sizeof tlv_names / sizeof tlv_names[0]; i++) {
        if (tlv_names[i].type == type) {
            return tlv_names[i].name;
        }
    }
    return NULL;
}

const char *image_flag_name(uint32_t flag)
{
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++) {
        if (flag_names[i].flag == flag) {
            return flag_names[i].name;
        }
    }
    return NULL;
}

void image_walk_start(struct image_walk *walk, const uint8_t *data, size_t len)
{
    *walk = (struct image_walk){.data = data, .len = len, .at = len, .area_end = len};
    if (len >= IMAGE_HEADER_BYTES) {
        walk->at = (size_t)bytes_load_le16(data + 8) + bytes_load_le32(data + 12);
        walk->area_end = walk->at;
    }
}

/** Enters the TLV area at walk->at; false: there is none. */
static bool enter_area(struct image_walk *walk)
{
    if (walk->areas == 2 || walk->at > walk->len || walk->len - walk->at < TLV_HEAD_BYTES) {
        return false;
    }
    const uint16_t magic = bytes_load_le16(walk->data + walk->at);
    const uint16_t size = bytes_load_le16(walk->data + walk->at + 2);
    if ((magic != IMAGE_TLV_MAGIC && magic != IMAGE_TLV_PROTECTED_MAGIC) || size < TLV_HEAD_BYTES ||
        size > walk->len - walk->at) {
        return false;
    }
    walk->is_protected = magic == IMAGE_TLV_PROTECTED_MAGIC;
    walk->area_end = walk->at + size;
    walk->at += TLV_HEAD_BYTES;
    walk->areas++;
    return true;
}

bool image_walk_next(struct image_walk *walk, struct image_entry *entry)
{
    while (walk->at == walk->area_end) {
        if ((walk->areas > 0 && !walk->is_protected) || !enter_area(walk)) {
            return false;
        }
    }
    if (walk->at > walk->area_end || walk->area_end - walk->at < TLV_HEAD_BYTES) {
        return false;
    }
    *entry = (struct image_entry){
        .is_protected = walk->is_protected,
        .type = bytes_load_le16(walk->data + walk->at),
        .len = bytes_load_le16(walk->data + walk->at + 2),
        .off = walk->at + TLV_HEAD_BYTES,
    };
    if (entry->len > walk->area_end - entry->off) {
        return false;
    }
    walk->at = entry->off + entry->len;
    return true;
}

/* Refusals. */

/** What a file that does not begin like an image is instead. */
static const char *other_format(const uint8_t *data, size_t len)
{
    static const struct {
        const char *name;
        uint8_t magic[4];
    } formats[] = {
        {"it is an ELF file; objcopy -O binary makes a body of it", {0x7F, 'E', 'L', 'F'}},
        {"it is an image for a big-endian CPU", {0x96, 0xF3, 0xB8, 0x3D}},
        {"it is an image of ST's own boot stage", {0x24, 0x10, 0xAB, 0x73}},
        {"it is a data image of ST's own boot stage", {0x4E, 0x39, 0xF7, 0x55}},
    };
    for (size_t i = 0; len >= 4 && i < sizeof formats / sizeof formats[0]; i++) {
        if (memcmp(data, formats[i].magic, 4) == 0) {
            return formats[i].name;
        }
    }
    return len > 0 && data[0] == ':' ? "it looks like Intel HEX text" : NULL;
}

/** The lowest flag that is not known, and its name. */
static bool explain_flags(const uint8_t *data, size_t len, char *text, size_t room)
{
    const uint32_t unknown =
        len >= IMAGE_HEADER_BYTES ? bytes_load_le32(data + 16) & ~IMAGE_FLAGS_KNOWN : 0;
    const uint32_t flag = unknown & (~unknown + 1u);
    const char *name = image_flag_name(flag);
    if (flag != 0) {
        (void)snprintf(text, room, "flag 0x%" PRIx32 "%s%s%s", flag, name != NULL ? " (" : "",
                       name != NULL ? name : "", name != NULL ? ")" : "");
    }
    return flag != 0;
}

/** Whether the boot stages take a TLV of that type in that area. */
static bool type_is_taken(const struct image_entry *entry)
{
    switch (entry->type) {
    case IMAGE_TLV_KEYHASH:
    case IMAGE_TLV_SHA256:
    case IMAGE_TLV_ECDSA:
    case IMAGE_TLV_ECIES:
        return !entry->is_protected;
    case IMAGE_TLV_DEPENDENCY:
    case IMAGE_TLV_COUNTER:
    case 0x60:
        return entry->is_protected;
    default:
        return entry->is_protected && (entry->type & 0xFFu) >= 0xA0u;
    }
}

/** The first TLV that the boot stages do not take. */
static bool explain_entry(const uint8_t *data, size_t len, char *text, size_t room)
{
    struct image_walk walk;
    struct image_entry entry;
    image_walk_start(&walk, data, len);
    while (image_walk_next(&walk, &entry)) {
        if (type_is_taken(&entry)) {
            continue;
        }
        const char *name = image_tlv_name(entry.type);
        (void)snprintf(text, room, "0x%02X (%s) at byte 0x%zX%s", entry.type,
                       name != NULL ? name : "without a name", entry.off - TLV_HEAD_BYTES,
                       entry.type == TLV_PUBKEY ? ": imgtool's --public-key-format must be hash"
                                                : "");
        return true;
    }
    return false;
}

/** What every image must have, and this one has not or has twice. */
static bool explain_count(const uint8_t *data, size_t len, char *text, size_t room)
{
    static const uint16_t required[] = {IMAGE_TLV_SHA256, IMAGE_TLV_KEYHASH, IMAGE_TLV_ECDSA,
                                        IMAGE_TLV_ECIES};
    const uint32_t flags = len >= IMAGE_HEADER_BYTES ? bytes_load_le32(data + 16) : 0;
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        struct image_walk walk;
        struct image_entry entry;
        unsigned count = 0;
        image_walk_start(&walk, data, len);
        while (image_walk_next(&walk, &entry)) {
            count += entry.type == required[i] ? 1u : 0u;
        }
        const bool wanted = required[i] != IMAGE_TLV_ECIES || (flags & IMAGE_FLAGS_ENCRYPTED) != 0;
        if (count != (wanted ? 1u : 0u)) {
            (void)snprintf(text, room, "0x%02X (%s) is there %u times, not %s", required[i],
                           image_tlv_name(required[i]), count, wanted ? "once" : "never");
            return true;
        }
    }
    return false;
}

static bool explain(const uint8_t *data, size_t len, const char *where, enum garrison_status status,
                    char *text, size_t room)
{
    const char *other = other_format(data, len);
    const bool in_tlvs = where != NULL && strstr(where, "TLVs") != NULL;
    if (other != NULL) {
        (void)snprintf(text, room, "%s", other);
        return true;
    }
    if (status == GARRISON_ERROR_UNSUPPORTED && !in_tlvs) {
        return explain_flags(data, len, text, room);
    }
    return in_tlvs && (status == GARRISON_ERROR_UNSUPPORTED || status == GARRISON_ERROR_FORMAT) &&
           (explain_entry(data, len, text, room) || explain_count(data, len, text, room));
}

void image_refusal(const uint8_t *data, size_t len, const char *where, enum garrison_status status,
                   char reason[IMAGE_REASON_BYTES])
{
    char more[128];
    const bool explained = explain(data, len, where, status, more, sizeof more);
    (void)snprintf(reason, IMAGE_REASON_BYTES, "%s%s: %s%s%s",
                   status == GARRISON_ERROR_UNSUPPORTED ? "is an image that no boot stage takes: "
                                                        : "is not an image: ",
                   where != NULL ? where : "file", garrison_status_text(status),
                   explained ? ": " : "", explained ? more : "");
}

const char *image_tail_name(const uint8_t *data, size_t len)
{
    /* Both magics of image trailers: for a write unit of 8 bytes, and for larger ones. */
    static const uint8_t usual[16] = {0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F,
                                      0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};
    static const uint8_t wide[14] = {0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D,
                                     0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A};
    if (len >= sizeof usual && (memcmp(data + len - sizeof usual, usual, sizeof usual) == 0 ||
                                memcmp(data + len - sizeof wide, wide, sizeof wide) == 0)) {
        return "a trailer of MCUboot";
    }
    return bytes_all(data, (uint32_t)len, 0xFF) ? "erased" : "other data";
}

size_t image_record_type(const uint8_t *record, size_t len, const char **type)
{
    /* A map of five; 1: the type, a text of fewer than 24 bytes. */
    if (len < 3 || record[0] != 0xA5 || record[1] != 0x01 || record[2] < 0x60 || record[2] > 0x77) {
        return 0;
    }
    const size_t text_len = record[2] - 0x60u;
    if (text_len > len - 3) {
        return 0;
    }
    *type = (const char *)record + 3;
    return text_len;
}

#include "elf_flat.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "image_file.h"
#include "report.h"

/* ELF for 32-bit Arm, little-endian: offsets in the headers. */
#define HEADER_BYTES  52u
#define MACHINE       18u
#define MACHINE_ARM   40u
#define PHOFF         28u
#define PHENTSIZE     42u
#define PHNUM         44u
#define SEGMENT_BYTES 32u
#define SEGMENT_LOAD  1u
#define SHOFF         32u
#define SHENTSIZE     46u
#define SHNUM         48u
#define SECTION_BYTES 40u
#define SECTION_EMPTY 8u /* NOBITS */
#define SECTION_ALLOC 2u

/** A run of bytes that is loaded. */
struct run {
    uint32_t off;
    uint32_t addr; /**< Where it is loaded. */
    uint32_t size; /**< Bytes in the file; 0: nothing to load. */
};

bool elf_is(const struct file_data *file)
{
    return file->len >= 4 && memcmp(file->data,
                                    "\x7F"
                                    "ELF",
                                    4) == 0;
}

/** The load address of what stands at `off` in the file: that of a segment around it. */
static bool load_address(const struct file_data *file, uint32_t off, uint32_t *addr)
{
    const uint8_t *at = file->data + bytes_load_le32(file->data + PHOFF);
    for (uint32_t i = 0; i < bytes_load_le16(file->data + PHNUM); i++) {
        const uint32_t first = bytes_load_le32(at + 4);
        if (bytes_load_le32(at) == SEGMENT_LOAD && off >= first &&
            off - first < bytes_load_le32(at + 16)) {
            *addr = bytes_load_le32(at + 12) + (off - first);
            return true;
        }
        at += SEGMENT_BYTES;
    }
    return false;
}

/** One section, as the headers say it; a segment may begin with what no section holds. */
static struct run run_at(const struct file_data *file, uint32_t number)
{
    const uint8_t *at = file->data + bytes_load_le32(file->data + SHOFF) + number * SECTION_BYTES;
    struct run run = {.off = bytes_load_le32(at + 16), .size = bytes_load_le32(at + 20)};
    const bool loaded =
        bytes_load_le32(at + 4) != SECTION_EMPTY && (bytes_load_le32(at + 8) & SECTION_ALLOC) != 0;
    if (!loaded || !load_address(file, run.off, &run.addr)) {
        run.size = 0;
    }
    return run;
}

static bool headers_are_sound(const struct file_data *file)
{
    static const uint8_t ident[] = {0x7F, 'E', 'L', 'F', 1, 1, 1}; /* 32 bits, little-endian */
    if (file->len < HEADER_BYTES || memcmp(file->data, ident, sizeof ident) != 0 ||
        bytes_load_le16(file->data + MACHINE) != MACHINE_ARM ||
        bytes_load_le16(file->data + PHENTSIZE) != SEGMENT_BYTES ||
        bytes_load_le16(file->data + SHENTSIZE) != SECTION_BYTES) {
        return false;
    }
    return bytes_range_fits(bytes_load_le32(file->data + PHOFF),
                            bytes_load_le16(file->data + PHNUM) * SEGMENT_BYTES,
                            (uint32_t)file->len) &&
           bytes_range_fits(bytes_load_le32(file->data + SHOFF),
                            bytes_load_le16(file->data + SHNUM) * SECTION_BYTES,
                            (uint32_t)file->len);
}

/** Where the runs begin and end. @return whether all lie in the file and in a few MB */
static bool find_extent(const struct file_data *file, uint32_t *base, uint64_t *limit)
{
    *base = UINT32_MAX;
    *limit = 0;
    for (uint32_t i = 0; i < bytes_load_le16(file->data + SHNUM); i++) {
        const struct run run = run_at(file, i);
        const uint64_t end = (uint64_t)run.addr + run.size;
        if (run.size == 0) {
            continue;
        }
        if (!bytes_range_fits(run.off, run.size, (uint32_t)file->len)) {
            return false;
        }
        *base = run.addr < *base ? run.addr : *base;
        *limit = end > *limit ? end : *limit;
    }
    return *limit > *base && *limit - *base <= IMAGE_FILE_BYTES_MAX;
}

int elf_flatten(const char *path, struct file_data *file, uint32_t *addr)
{
    uint64_t limit = 0;
    if (!headers_are_sound(file) || !find_extent(file, addr, &limit)) {
        return fail(EXIT_USAGE, "%s: is not a program for this chip that could be loaded", path);
    }
    struct file_data flat = {.len = (size_t)(limit - *addr)};
    flat.data = calloc(1, flat.len + 1u);
    if (flat.data == NULL) {
        return fail(EXIT_INTERNAL, "%s: no memory", path);
    }
    for (uint32_t i = 0; i < bytes_load_le16(file->data + SHNUM); i++) {
        const struct run run = run_at(file, i);
        if (run.size != 0) {
            memcpy(flat.data + (run.addr - *addr), file->data + run.off, run.size);
        }
    }
    file_free(file);
    *file = flat;
    return EXIT_DONE;
}

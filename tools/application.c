#include "application.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "image_open.h"
#include "report.h"

/* ELF: System V ABI, chapters 4 and 5. */
#define ELF_HEADER   52u
#define ELF_PHOFF    28u
#define ELF_PHENT    42u
#define ELF_PHNUM    44u
#define ELF_MACHINE  18u
#define ELF_ARM      40u
#define SEGMENT_LEN  32u
#define SEGMENT_LOAD 1u

#define IMAGE_MAGIC     0x96F3B83Du
#define FLASH_BYTES_MAX 0x200000u
#define FILE_BYTES_MAX  0x10000000u /* with names and sources */

static uint32_t get16(const uint8_t *data)
{
    return (uint32_t)data[0] | (uint32_t)data[1] << 8;
}

static uint32_t get32(const uint8_t *data)
{
    return get16(data) | get16(data + 2) << 16;
}

/** A part of an ELF file that is loaded. */
struct segment {
    uint32_t off;
    uint32_t addr;
    uint32_t len;
};

/** The program header with that number. @return false: it is not in the file */
static bool segment_at(const struct file_data *file, uint32_t number, struct segment *segment)
{
    const uint64_t at =
        (uint64_t)get32(file->data + ELF_PHOFF) + (uint64_t)number * get16(file->data + ELF_PHENT);
    if (at + SEGMENT_LEN > file->len) {
        return false;
    }
    const uint8_t *header = file->data + at;
    segment->off = get32(header + 4);
    segment->addr = get32(header + 12);
    segment->len = get32(header) == SEGMENT_LOAD ? get32(header + 16) : 0;
    return segment->len <= file->len && segment->off <= file->len - segment->len &&
           segment->len <= UINT32_MAX - segment->addr;
}

/** First address and first one behind of what is loaded. @return exit status, having said why */
static int elf_bounds(const char *path, const struct file_data *file, uint32_t *first,
                      uint32_t *end)
{
    *first = UINT32_MAX;
    *end = 0;
    for (uint32_t i = 0; i < get16(file->data + ELF_PHNUM); i++) {
        struct segment segment;
        if (!segment_at(file, i, &segment)) {
            return fail(EXIT_USAGE, "%s: program header %u is damaged: it leads out of the file",
                        path, (unsigned)i);
        }
        if (segment.len > 0) {
            *first = segment.addr < *first ? segment.addr : *first;
            *end = segment.addr + segment.len > *end ? segment.addr + segment.len : *end;
        }
    }
    if (*end <= *first) {
        return fail(EXIT_USAGE, "%s: nothing of it is loaded into memory", path);
    }
    if (*end - *first > FLASH_BYTES_MAX) {
        return fail(EXIT_USAGE,
                    "%s: it is loaded from 0x%08X to 0x%08X, which is no flash of the chip", path,
                    (unsigned)*first, (unsigned)*end);
    }
    return EXIT_DONE;
}

static int read_elf(const char *path, const struct file_data *file, struct application *out)
{
    uint32_t first = 0;
    uint32_t end = 0;
    if (file->len < ELF_HEADER || file->data[4] != 1 || file->data[5] != 1 ||
        get16(file->data + ELF_MACHINE) != ELF_ARM) {
        return fail(EXIT_USAGE, "%s: an ELF file, but none for 32-bit Arm", path);
    }
    const int status = elf_bounds(path, file, &first, &end);
    if (status != EXIT_DONE) {
        return status;
    }
    out->data = malloc(end - first);
    if (out->data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    memset(out->data, 0xFF, end - first);
    for (uint32_t i = 0; i < get16(file->data + ELF_PHNUM); i++) {
        struct segment segment;
        if (segment_at(file, i, &segment) && segment.len > 0) {
            memcpy(out->data + (segment.addr - first), file->data + segment.off, segment.len);
        }
    }
    out->addr = first;
    out->len = end - first;
    out->is_elf = true;
    return EXIT_DONE;
}

static int read_image(const char *path, struct application *out)
{
    struct image_open open;
    uint8_t *copy = NULL;
    int status = image_open(&open, path, NULL);
    if (status == EXIT_DONE && open.body == IMAGE_BODY_ENCRYPTED) {
        status =
            fail(EXIT_USAGE, "%s: its body is encrypted, or damaged: garrison image decrypt", path);
    } else if (status == EXIT_DONE && !open.digest_matches) {
        status = fail(EXIT_USAGE, "%s: its digest does not match: sign it again", path);
    }
    if (status == EXIT_DONE) {
        status = image_copy(&open, &copy);
    }
    if (status == EXIT_DONE) {
        out->len = open.image.header.body_size;
        memmove(copy, copy + open.image.header.header_size, out->len);
        out->data = copy;
    }
    image_close(&open);
    return status;
}

int application_read(const char *path, struct application *application)
{
    static const uint8_t elf[] = {0x7F, 'E', 'L', 'F'};
    struct file_data file = {0};
    *application = (struct application){0};
    int status = file_read(path, FILE_BYTES_MAX, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (file.len >= sizeof elf && memcmp(file.data, elf, sizeof elf) == 0) {
        status = read_elf(path, &file, application);
    } else if (file.len >= 4 && get32(file.data) == IMAGE_MAGIC) {
        status = read_image(path, application);
    } else if (file.len == 0 || file.len > FLASH_BYTES_MAX) {
        status = fail(EXIT_USAGE, "%s: %s", path,
                      file.len == 0 ? "it is empty" : "it is larger than the chip's flash");
    } else {
        application->data = file.data;
        application->len = file.len;
        return EXIT_DONE;
    }
    file_free(&file);
    return status;
}

void application_free(struct application *application)
{
    free(application->data);
    application->data = NULL;
}

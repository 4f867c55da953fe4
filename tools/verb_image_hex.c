#define _POSIX_C_SOURCE 200809L

/*
 * garrison image hex
 */
#include <stdlib.h>
#include <string.h>

#include "image_hex.h"
#include "image_open.h"
#include "port/stm32h573/layout.h"
#include "report.h"
#include "verbs.h"

#define PARTS_MAX (CLI_LIST_MAX + CLI_LIST_MAX)

/** What flash is programmed in. */
#define PROGRAM_UNIT 16u

struct hex_args {
    struct cli_list image;
    struct cli_list data;
};

static const struct cli_option options[] = {
    {"image", 'i', CLI_LIST, offsetof(struct hex_args, image), "FILE[@ADDR]",
     "an image, at the address it is signed for or at ADDR; several times"},
    {"data", 'd', CLI_LIST, offsetof(struct hex_args, data), "FILE@ADDR",
     "plain bytes, such as the iROT, at ADDR; several times"},
    {.name = NULL},
};

/** The parts so far, with the memory that they stand in. */
struct parts {
    struct hex_part part[PARTS_MAX];
    char *name[PARTS_MAX];
    uint8_t *data[PARTS_MAX];
    size_t count;
};

/** Splits "FILE@ADDR"; `path` is on the heap. The address is behind the last '@', if it is one. */
static int split(const char *option, const char *text, char **path, struct cli_number *addr)
{
    const char *at = strrchr(text, '@');
    *addr = (struct cli_number){0};
    if (at != NULL && cli_parse_number(at + 1, &addr->value)) {
        addr->given = true;
    }
    *path = strndup(text, addr->given ? (size_t)(at - text) : strlen(text));
    if (*path == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    if (addr->given && addr->value > UINT32_MAX) {
        return fail(EXIT_USAGE, "--%s: '%s': the address is beyond 32 bits", option, text);
    }
    return EXIT_DONE;
}

static bool fits_flash(uint32_t addr, size_t len)
{
    const uint32_t base = addr >= LAYOUT_FLASH_S ? LAYOUT_FLASH_S : LAYOUT_FLASH_NS;
    return addr >= base && addr - base < IMAGE_FILE_BYTES_MAX &&
           len <= IMAGE_FILE_BYTES_MAX - (addr - base);
}

/** Takes over `data`, which is freed with the parts. */
static int add_part(struct parts *parts, const char *name, uint8_t *data, size_t len, uint32_t addr)
{
    parts->data[parts->count] = data;
    parts->part[parts->count] = (struct hex_part){name, data, len, addr};
    parts->count++;
    if (addr % PROGRAM_UNIT != 0) {
        return fail(EXIT_USAGE, "%s: its address 0x%08lX is not a multiple of %u", name,
                    (unsigned long)addr, PROGRAM_UNIT);
    }
    if (!fits_flash(addr, len)) {
        return fail(EXIT_USAGE, "%s: its %zu bytes at 0x%08lX are not in user flash", name, len,
                    (unsigned long)addr);
    }
    return EXIT_DONE;
}

/** Where an image is to stand. */
static int image_place(const struct image_open *open, const struct cli_number *given,
                       uint32_t *addr)
{
    const struct image_header *header = &open->image.header;
    const bool fixed = (header->flags & IMAGE_FLAG_ROM_FIXED) != 0;
    if (!fixed && !given->given) {
        return fail(EXIT_USAGE, "%s: runs at any address; say which: FILE@ADDR", open->path);
    }
    *addr = given->given ? (uint32_t)given->value : header->load_addr;
    return EXIT_DONE;
}

/** An image: encrypted as it is only where that was asked for, by an address of a download slot. */
static int add_image(struct parts *parts, const char *text)
{
    struct image_open open = {0};
    struct cli_number given;
    uint32_t addr = 0;
    uint8_t *data = NULL;
    char **path = &parts->name[parts->count];
    int status = split("image", text, path, &given);
    status = status == EXIT_DONE ? image_open(&open, *path, NULL) : status;
    status = status == EXIT_DONE ? image_place(&open, &given, &addr) : status;
    if (status == EXIT_DONE && open.body == IMAGE_BODY_ENCRYPTED && !given.given) {
        status = fail(EXIT_USAGE,
                      "%s: its body is encrypted and would not run, or is damaged: `image decrypt` "
                      "comes first; or give the ADDR of a download area",
                      *path);
    }
    if (status == EXIT_DONE && open.body != IMAGE_BODY_ENCRYPTED && !open.digest_matches) {
        status = fail(EXIT_VERDICT, "%s: refused: content: %s", *path,
                      garrison_status_text(GARRISON_ERROR_DIGEST));
    }
    status = status == EXIT_DONE ? image_copy(&open, &data) : status;
    if (status == EXIT_DONE) {
        status = add_part(parts, *path, data, open.image.total_size, addr);
    } else {
        free(data);
    }
    image_close(&open);
    return status;
}

static int add_data(struct parts *parts, const char *text)
{
    struct file_data file = {0};
    struct cli_number given;
    char **path = &parts->name[parts->count];
    int status = split("data", text, path, &given);
    if (status == EXIT_DONE && !given.given) {
        status = fail(EXIT_USAGE, "--data: '%s' is not like FILE@ADDR", text);
    }
    status = status == EXIT_DONE ? file_read(*path, IMAGE_FILE_BYTES_MAX, &file) : status;
    if (status != EXIT_DONE) {
        return status;
    }
    if (file.len == 0) {
        file_free(&file);
        return fail(EXIT_USAGE, "%s: is empty", *path);
    }
    return add_part(parts, *path, file.data, file.len, (uint32_t)given.value);
}

static int run_hex(const void *opaque, const char *const *operands)
{
    const struct hex_args *args = opaque;
    struct parts parts = {.count = 0};
    int status = EXIT_DONE;
    if (args->image.count + args->data.count == 0) {
        return fail(EXIT_USAGE, "image hex: --image or --data is missing");
    }
    for (unsigned i = 0; status == EXIT_DONE && i < args->image.count; i++) {
        status = add_image(&parts, args->image.item[i]);
    }
    for (unsigned i = 0; status == EXIT_DONE && i < args->data.count; i++) {
        status = add_data(&parts, args->data.item[i]);
    }
    if (status == EXIT_DONE) {
        status = image_hex_write(operands[0], parts.part, parts.count);
    }
    for (size_t i = 0; i < PARTS_MAX; i++) {
        free(parts.data[i]);
        free(parts.name[i]);
    }
    return status;
}

const struct cli_verb verb_image_hex = {
    .name = "image hex",
    .operands = "OUT",
    .operand_count = 1,
    .summary = "write images at their addresses as Intel HEX, to program a chip",
    .notes =
        "An encrypted image is written only to an ADDR that is given: a download area. A slot "
        "must\n"
        "hold it in clear, as `image decrypt` makes it. Signatures are not verified: see `image\n"
        "verify`. Bytes behind an image are left out.\n\n"
        "exit status: 0 done, 1 an image is damaged or its key does not open, 2 a file or an "
        "option\n"
        "is wrong, 3 internal error",
    .options = options,
    .args_size = sizeof(struct hex_args),
    .run = run_hex,
};

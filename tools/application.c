#include "application.h"

#include <string.h>

#include <garrison/image.h>

#include "base/bytes.h"
#include "elf_flat.h"
#include "image_open.h"
#include "report.h"

#define ELF_FILE_BYTES_MAX 0x10000000u /* with names and sources */

/** Replaces an image's file by its body. */
static int read_image(const char *path, struct file_data *file)
{
    struct image_open open;
    int status = image_open(&open, path, NULL);
    if (status == EXIT_DONE && open.body == IMAGE_BODY_ENCRYPTED) {
        status =
            fail(EXIT_USAGE, "%s: its body is encrypted, or damaged: garrison image decrypt", path);
    } else if (status == EXIT_DONE && !open.digest_matches) {
        status = fail(EXIT_USAGE, "%s: its digest does not match: sign it again", path);
    }
    if (status == EXIT_DONE) {
        file_free(file);
        status = image_copy(&open, &file->data);
    }
    if (status == EXIT_DONE) {
        file->len = open.image.header.body_size;
        memmove(file->data, file->data + open.image.header.header_size, file->len);
    }
    image_close(&open);
    return status;
}

int application_read(const char *path, struct application *application)
{
    struct file_data *body = &application->body;
    *application = (struct application){0};
    const int status = file_read(path, ELF_FILE_BYTES_MAX, body);
    if (status != EXIT_DONE) {
        return status;
    }
    if (elf_is(body)) {
        application->is_elf = true;
        return elf_flatten(path, body, &application->addr);
    }
    if (body->len >= 4 && bytes_load_le32(body->data) == IMAGE_MAGIC) {
        return read_image(path, body);
    }
    if (body->len == 0) {
        return fail(EXIT_USAGE, "%s: it is empty", path);
    }
    return body->len <= IMAGE_FILE_BYTES_MAX
               ? EXIT_DONE
               : fail(EXIT_USAGE, "%s: it is larger than the chip's flash", path);
}

void application_free(struct application *application)
{
    file_free(&application->body);
}

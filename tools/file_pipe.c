#include "file_pipe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static bool is_pipe(const char *path)
{
    return strcmp(path, "-") == 0;
}

int file_pipe_read(const char *path, size_t max, struct file_data *out)
{
    if (!is_pipe(path)) {
        return file_read(path, max, out);
    }
    /* One byte more than allowed, to see that there is more, and a NUL. */
    *out = (struct file_data){.data = malloc(max + 2u)};
    if (out->data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    out->len = fread(out->data, 1, max + 1u, stdin);
    out->data[out->len] = 0;
    if (ferror(stdin) != 0) {
        file_free(out);
        return fail(EXIT_USAGE, "standard input cannot be read: %s", strerror(errno));
    }
    if (out->len > max) {
        file_free(out);
        return fail(EXIT_USAGE, "standard input: has more bytes than the %zu that can be used",
                    max);
    }
    return EXIT_DONE;
}

int file_pipe_write(const char *path, const uint8_t *data, size_t len, enum file_write_mode mode,
                    unsigned permissions)
{
    if (!is_pipe(path)) {
        return file_write(path, data, len, mode, permissions);
    }
    /* What cannot be written is told when standard output ends. */
    (void)fwrite(data, 1, len, stdout);
    return EXIT_DONE;
}

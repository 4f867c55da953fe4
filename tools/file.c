#define _GNU_SOURCE

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

/** Reads exactly `len` bytes, or fewer at the end of the file; -1 is an error. */
static ssize_t read_all(int fd, uint8_t *data, size_t len)
{
    size_t done = 0;
    while (done < len) {
        const ssize_t got = read(fd, data + done, len - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0 ? (ssize_t)done : -1;
        }
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static int read_open(int fd, const char *path, size_t max, struct file_data *out)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return fail(EXIT_USAGE, "%s: cannot be read: %s", path, strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(EXIT_USAGE, "%s: is not a regular file", path);
    }
    if (info.st_size < 0 || (uint64_t)info.st_size > max) {
        return fail(EXIT_USAGE, "%s: has %lld bytes; at most %zu can be used", path,
                    (long long)info.st_size, max);
    }
    out->data = malloc((size_t)info.st_size + 1);
    if (out->data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    const ssize_t len = read_all(fd, out->data, (size_t)info.st_size);
    if (len < 0) {
        file_free(out);
        return fail(EXIT_USAGE, "%s: cannot be read: %s", path, strerror(errno));
    }
    out->len = (size_t)len;
    out->data[out->len] = 0;
    return EXIT_DONE;
}

int file_read(const char *path, size_t max, struct file_data *out)
{
    *out = (struct file_data){0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return fail(EXIT_USAGE, "%s: cannot be opened: %s", path, strerror(errno));
    }
    const int status = read_open(fd, path, max, out);
    (void)close(fd);
    return status;
}

void file_free(struct file_data *file)
{
    free(file->data);
    *file = (struct file_data){0};
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        const ssize_t done = write(fd, data, len);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        data += done;
        len -= (size_t)done;
    }
    return true;
}

/** Gives the finished file its name. link(), unlike rename(), never replaces a file. */
static bool give_name(const char *made, const char *path, enum file_write_mode mode)
{
    return mode == FILE_REPLACE ? rename(made, path) == 0 : link(made, path) == 0;
}

int file_write(const char *path, const uint8_t *data, size_t len, enum file_write_mode mode,
               unsigned permissions)
{
    char *making = NULL;
    if (asprintf(&making, "%s.XXXXXX", path) < 0) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    const int fd = mkstemp(making);
    bool done = fd >= 0;
    if (done) {
        done = write_all(fd, data, len) && fchmod(fd, (mode_t)permissions) == 0 && fsync(fd) == 0;
        done = close(fd) == 0 && done;
        done = done && give_name(making, path, mode);
    }
    const int cause = errno;
    if (fd >= 0) {
        (void)unlink(making);
    }
    free(making);
    if (done) {
        return EXIT_DONE;
    }
    if (cause == EEXIST) {
        return fail(EXIT_USAGE, "%s: exists already and is not replaced", path);
    }
    return fail(EXIT_USAGE, "%s: cannot be written: %s", path, strerror(cause));
}

int file_random(uint8_t *data, size_t len)
{
    while (len > 0) {
        const ssize_t got = getrandom(data, len, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail(EXIT_INTERNAL, "the system gives no random bytes: %s", strerror(errno));
        }
        data += got;
        len -= (size_t)got;
    }
    return EXIT_DONE;
}

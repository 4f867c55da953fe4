#include "obk_file.h"

#include <mbedtls/platform_util.h>

#include "file_pipe.h"

#define FILE_BYTES_MAX 65536u /* So that a longer file is refused for what it is. */

const char *obk_file_wrong(enum vendor_obk_verdict verdict)
{
    switch (verdict) {
    case VENDOR_OBK_SOUND:
    case VENDOR_OBK_STRANGE:
        return NULL;
    case VENDOR_OBK_WRONG_SIZE:
        return "its size is not that of what stands at its address";
    case VENDOR_OBK_WRONG_ENCRYPTION:
        return "what stands at its address is to be encrypted by the chip, or is not to be, "
               "otherwise than it says";
    case VENDOR_OBK_WRONG_DIGEST:
        return "its data does not begin with the SHA-256 of the rest";
    }
    return NULL;
}

int obk_file_read(const char *path, enum exit_status damaged, struct file_data *file,
                  struct vendor_obk *obk)
{
    struct vendor_obk_problem problem;
    const int status = file_pipe_read(path, FILE_BYTES_MAX, file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_obk_read(file->data, file->len, obk, &problem)) {
        file_free(file);
        return fail(damaged, "%s: byte %zu: %s", path, problem.off, problem.why);
    }
    return EXIT_DONE;
}

int obk_file_read_da(const char *path, struct vendor_obk_da *da)
{
    struct file_data file;
    struct vendor_obk obk;
    const struct vendor_obk_kind *kind;
    int status = obk_file_read(path, EXIT_USAGE, &file, &obk);
    if (status != EXIT_DONE) {
        return status;
    }
    const char *wrong = obk_file_wrong(vendor_obk_judge(&obk, &kind));
    if (obk.off != VENDOR_OBK_DA_OFF) {
        status = fail(EXIT_USAGE, "%s: is not debug-authentication data: it is for 0x%08X", path,
                      (unsigned)(VENDOR_OBK_BASE + obk.off));
    } else if (wrong != NULL || !vendor_obk_da_read(&obk, da)) {
        status = fail(EXIT_USAGE, "%s: %s", path, wrong != NULL ? wrong : "cannot be read");
    }
    file_free(&file);
    return status;
}

int obk_file_read_password(const char *path, uint8_t password[VENDOR_PASSWORD_BYTES])
{
    struct file_data file;
    int status = file_pipe_read(path, FILE_BYTES_MAX, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    const char *why = vendor_password_read(file.data, file.len, password);
    if (why != NULL) {
        status = fail(EXIT_USAGE, "%s: %s", path, why);
    }
    mbedtls_platform_zeroize(file.data, file.len);
    file_free(&file);
    return status;
}

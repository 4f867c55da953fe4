/*
 * garrison password new
 */
#include <mbedtls/platform_util.h>
#include <string.h>

#include "file_pipe.h"
#include "report.h"
#include "vendor_password.h"
#include "verbs.h"

struct new_args {
    const char *from;
};

static const struct cli_option options[] = {
    {"from", 0, CLI_TEXT, offsetof(struct new_args, from), "FILE",
     "16 bytes to take, a line's end behind them or not (random ones)"},
    {.name = NULL},
};

static int take_password(const char *path, uint8_t password[VENDOR_PASSWORD_BYTES])
{
    struct file_data file;
    int status = file_pipe_read(path, 4096, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    const bool line = file.len == VENDOR_PASSWORD_BYTES + 1u && file.data[file.len - 1u] == '\n';
    if (file.len != VENDOR_PASSWORD_BYTES && !line) {
        status = fail(EXIT_USAGE, "%s: has %zu bytes; a password has 16", path, file.len);
    } else {
        memcpy(password, file.data, VENDOR_PASSWORD_BYTES);
    }
    mbedtls_platform_zeroize(file.data, file.len);
    file_free(&file);
    return status;
}

static int run_new(const void *opaque, const char *const *operands)
{
    const struct new_args *args = opaque;
    uint8_t password[VENDOR_PASSWORD_BYTES];
    uint8_t file[VENDOR_PASSWORD_FILE];
    int status = args->from != NULL ? take_password(args->from, password)
                                    : file_random(password, sizeof password);
    if (status == EXIT_DONE) {
        vendor_password_write(password, file);
        status = file_pipe_write(operands[0], file, sizeof file, FILE_NEW, 0600);
    }
    mbedtls_platform_zeroize(password, sizeof password);
    mbedtls_platform_zeroize(file, sizeof file);
    return status;
}

const struct cli_verb verb_password_new = {
    .name = "password new",
    .operands = "OUT",
    .operand_count = 1,
    .summary = "make a password file of debug authentication, for devices without TrustZone",
    .notes =
        "OUT is as the vendor's tools read it, readable by you alone; a file that exists is never\n"
        "replaced. - is standard output, and as FILE standard input. What a device keeps of it is\n"
        "made by garrison obk new --password.\n\n"
        "exit status: 0 done, 2 FILE is not 16 bytes, OUT exists or cannot be written,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct new_args),
    .run = run_new,
};

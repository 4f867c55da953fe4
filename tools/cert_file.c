#include "cert_file.h"

#include "file_pipe.h"

#define CERT_FILE_BYTES_MAX 16384u /* With much white space. */

int cert_file_wrong(const char *path, enum exit_status status,
                    const struct vendor_cert_problem *problem)
{
    return fail(status, "%s: certificate %u %s", path, problem->index + 1u, problem->why);
}

int cert_file_read(const char *path, enum exit_status damaged, struct vendor_cert_chain *chain)
{
    struct file_data file;
    struct vendor_cert_problem problem;
    int status = file_pipe_read(path, CERT_FILE_BYTES_MAX, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_cert_chain_read_text((const char *)file.data, file.len, chain, &problem)) {
        status = cert_file_wrong(path, damaged, &problem);
    }
    file_free(&file);
    return status;
}

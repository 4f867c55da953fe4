/*
 * Certificate chains of debug authentication in files.
 */
#pragma once

#include "report.h"
#include "vendor_cert.h"

/**
 * Reads a chain of one to three certificates from a file in base 64, or from standard input for "-".
 * @param damaged  what to return when the file is no chain
 * @return EXIT_DONE; or another status, having said why
 */
int cert_file_read(const char *path, enum exit_status damaged, struct vendor_cert_chain *chain);

/** Says where in a file something is wrong. @return `status` */
int cert_file_wrong(const char *path, enum exit_status status,
                    const struct vendor_cert_problem *problem);

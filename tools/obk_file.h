/*
 * Files of option-byte keys and passwords, read from disk or standard input ("-").
 */
#pragma once

#include "file.h"
#include "report.h"
#include "vendor_obk.h"
#include "vendor_password.h"

/**
 * Reads an .obk file; obk->data points into *file, which the caller frees.
 * @param damaged  what to return when it is none
 * @return EXIT_DONE; or another status, having said why
 */
int obk_file_read(const char *path, enum exit_status damaged, struct file_data *file,
                  struct vendor_obk *obk);

/**
 * Reads the debug-authentication data of an .obk file that would do on a chip.
 * @return EXIT_DONE; EXIT_USAGE for another file, or EXIT_INTERNAL, having said why
 */
int obk_file_read_da(const char *path, struct vendor_obk_da *da);

/** "refused: ..." of a file that would not do; NULL: it would, as far as is known. */
const char *obk_file_wrong(enum vendor_obk_verdict verdict);

/** Reads a password file. @return EXIT_DONE; EXIT_USAGE or EXIT_INTERNAL, having said why */
int obk_file_read_password(const char *path, uint8_t password[VENDOR_PASSWORD_BYTES]);

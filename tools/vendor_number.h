/*
 * Numbers of 128 bits as the vendor's tools write them, "0x00000000_00000000_00000000_00005077", kept
 * with the least significant byte first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VENDOR_NUMBER_BYTES 16u
#define VENDOR_NUMBER_TEXT  40u /**< Of the longest text written, with its NUL. */

/** Reads `len` characters: 0x, then 1 to 32 hexadecimal digits, '_' anywhere among them. */
bool vendor_number_parse(const char *text, size_t len, uint8_t number[VENDOR_NUMBER_BYTES]);

/** Writes all 32 digits in four groups. */
void vendor_number_text(const uint8_t number[VENDOR_NUMBER_BYTES], char text[VENDOR_NUMBER_TEXT]);

/** Writes whole bytes from the first that is not zero on. */
void vendor_number_short_text(const uint8_t number[VENDOR_NUMBER_BYTES],
                              char text[VENDOR_NUMBER_TEXT]);

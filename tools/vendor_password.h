/*
 * Password files of debug authentication: one TLV of type 0x8000 with 16 bytes, as the host sends them
 * to a device whose TrustZone is off. The device knows their SHA-256. [I]
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define VENDOR_PASSWORD_TLV   0x8000u
#define VENDOR_PASSWORD_BYTES 16u
#define VENDOR_PASSWORD_FILE  (8u + VENDOR_PASSWORD_BYTES)

/** Reads a file of `len` bytes. @return NULL: read; or what it is not, in words */
const char *vendor_password_read(const uint8_t *file, size_t len,
                                 uint8_t password[VENDOR_PASSWORD_BYTES]);

void vendor_password_write(const uint8_t password[VENDOR_PASSWORD_BYTES],
                           uint8_t file[VENDOR_PASSWORD_FILE]);

/** What the device knows a password by. */
void vendor_password_hash(const uint8_t password[VENDOR_PASSWORD_BYTES], uint8_t hash[32]);

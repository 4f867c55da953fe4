#include "vendor_password.h"

#include <string.h>

#include "boot/sha256.h"

/** What stands in front of the password: reserved, type, length. */
static const uint8_t password_head[] = {0x00, 0x00, 0x00, 0x80, 0x10, 0x00, 0x00, 0x00};

_Static_assert(sizeof password_head + VENDOR_PASSWORD_BYTES == VENDOR_PASSWORD_FILE,
               "a head and a password");

const char *vendor_password_read(const uint8_t *file, size_t len,
                                 uint8_t password[VENDOR_PASSWORD_BYTES])
{
    if (len != VENDOR_PASSWORD_FILE) {
        return "is not a password file: it has not 24 bytes";
    }
    if (memcmp(file, password_head, sizeof password_head) != 0) {
        return "is not a password file: it does not begin with type 0x8000 and length 16";
    }
    memcpy(password, file + sizeof password_head, VENDOR_PASSWORD_BYTES);
    return NULL;
}

void vendor_password_write(const uint8_t password[VENDOR_PASSWORD_BYTES],
                           uint8_t file[VENDOR_PASSWORD_FILE])
{
    memcpy(file, password_head, sizeof password_head);
    memcpy(file + sizeof password_head, password, VENDOR_PASSWORD_BYTES);
}

void vendor_password_hash(const uint8_t password[VENDOR_PASSWORD_BYTES], uint8_t hash[32])
{
    if (sha256_of((struct view){password, VENDOR_PASSWORD_BYTES}, hash) != GARRISON_OK) {
        memset(hash, 0, 32); /* Nobody's password. */
    }
}

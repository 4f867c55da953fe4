#include "boot/record.h"

#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/sha256.h"

enum garrison_status record_check(const uint8_t *record, uint32_t len)
{
    uint8_t digest[SHA256_BYTES];
    if (bytes_all(record, len, 0xFF) || bytes_all(record, len, 0)) {
        return GARRISON_ERROR_BLANK;
    }
    const enum garrison_status status =
        sha256_of((struct view){record + sizeof digest, len - (uint32_t)sizeof digest}, digest);
    if (!hardened_ok(status)) {
        return status;
    }
    return memcmp(digest, record, sizeof digest) == 0 ? GARRISON_OK : GARRISON_ERROR_DIGEST;
}

enum garrison_status record_load(uint32_t off, uint8_t *record, uint32_t len)
{
    memset(record, 0, len);
    const enum garrison_status status = port_keys_read(off, record, len);
    return hardened_ok(status) ? record_check(record, len) : status;
}

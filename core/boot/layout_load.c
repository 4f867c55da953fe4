#include "boot/layout_load.h"

#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/sha256.h"

enum garrison_status layout_load(const struct layout_bounds *bounds, struct layout_record *record,
                                 struct layout_fault *fault)
{
    const uint32_t digest_bytes = sizeof record->digest;
    uint8_t *bytes = (uint8_t *)record;
    uint8_t digest[SHA256_BYTES];

    memset(record, 0, sizeof *record);
    *fault = (struct layout_fault){0};
    enum garrison_status status = port_keys_read(LAYOUT_RECORD_OFF, bytes, sizeof *record);
    if (!hardened_ok(status)) {
        return status;
    }
    if (bytes_all(bytes, sizeof *record, 0xFF) || bytes_all(bytes, sizeof *record, 0)) {
        return GARRISON_ERROR_BLANK;
    }
    status = sha256_of((struct view){bytes + digest_bytes, sizeof *record - digest_bytes}, digest);
    if (!hardened_ok(status)) {
        return status;
    }
    return memcmp(digest, record->digest, sizeof digest) == 0 ? layout_check(record, bounds, fault)
                                                              : GARRISON_ERROR_DIGEST;
}

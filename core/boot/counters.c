#include "boot/counters.h"

#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/sha256.h"

static enum garrison_status digest_of(const struct boot_counters *record,
                                      uint8_t digest[SHA256_BYTES])
{
    const uint32_t skip = sizeof record->digest;
    return sha256_of((struct view){(const uint8_t *)record + skip, sizeof *record - skip}, digest);
}

static void reset(struct boot_counters *record)
{
    memset(record, 0, sizeof *record);
    record->magic = BOOT_COUNTERS_MAGIC;
    record->version = BOOT_COUNTERS_VERSION;
}

enum garrison_status counters_load(uint32_t off, struct boot_counters *record)
{
    uint8_t digest[SHA256_BYTES];
    uint8_t *bytes = (uint8_t *)record;

    memset(record, 0, sizeof *record);
    enum garrison_status status = port_keys_read(off, bytes, sizeof *record);
    if (!hardened_ok(status)) {
        return status;
    }
    if (bytes_all(bytes, sizeof *record, 0xFF) || bytes_all(bytes, sizeof *record, 0)) {
        reset(record);
        return GARRISON_OK;
    }
    status = digest_of(record, digest);
    if (!hardened_ok(status)) {
        return status;
    }
    if (memcmp(digest, record->digest, sizeof digest) != 0) {
        return GARRISON_ERROR_DIGEST;
    }
    return record->magic == BOOT_COUNTERS_MAGIC && record->version == BOOT_COUNTERS_VERSION
               ? GARRISON_OK
               : GARRISON_ERROR_FORMAT;
}

enum garrison_status counters_store(uint32_t off, struct boot_counters *record)
{
    const enum garrison_status status = digest_of(record, record->digest);
    if (!hardened_ok(status)) {
        return status;
    }
    const struct port_keys_update update = {off, (const uint8_t *)record, sizeof *record};
    return port_keys_write(&update, 1);
}

#include "boot/counters.h"

#include <string.h>

#include <garrison/port.h>

#include "base/hardened.h"
#include "boot/record.h"
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
    const enum garrison_status status = record_load(off, (uint8_t *)record, sizeof *record);
    if (status == GARRISON_ERROR_BLANK) {
        reset(record);
        return GARRISON_OK;
    }
    if (!hardened_ok(status)) {
        return status;
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

#include "boot/keys.h"

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/record.h"

static enum garrison_status check_entries(const struct key_record *record)
{
    const uint8_t *unused = (const uint8_t *)&record->key[record->count];
    const uint8_t *end = (const uint8_t *)record + sizeof *record;
    if (!bytes_all(unused, (uint32_t)(end - unused), 0)) {
        return GARRISON_ERROR_FORMAT;
    }
    for (uint32_t i = 0; i < record->count; i++) {
        if (keys_find(record, record->key[i].role) != record->key[i].point) {
            return GARRISON_ERROR_POLICY;
        }
    }
    return GARRISON_OK;
}

/** What is asked of a record besides its digest. */
static enum garrison_status check_content(const struct key_record *record)
{
    if (record->magic != KEY_RECORD_MAGIC || record->version != KEY_RECORD_VERSION ||
        record->count > KEY_RECORD_KEYS_MAX) {
        return GARRISON_ERROR_FORMAT;
    }
    return check_entries(record);
}

enum garrison_status keys_check(const struct key_record *record)
{
    const enum garrison_status status = record_check((const uint8_t *)record, sizeof *record);
    return hardened_ok(status) ? check_content(record) : status;
}

enum garrison_status keys_load(uint32_t off, struct key_record *record)
{
    const enum garrison_status status = record_load(off, (uint8_t *)record, sizeof *record);
    return hardened_ok(status) ? check_content(record) : status;
}

const uint8_t *keys_find(const struct key_record *record, uint32_t role)
{
    for (uint32_t i = 0; i < record->count && i < KEY_RECORD_KEYS_MAX; i++) {
        if (record->key[i].role == role) {
            return record->key[i].point;
        }
    }
    return NULL;
}

#include "boot/keys.h"

#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/sha256.h"

static bool is_blank(const struct key_record *record)
{
    const uint8_t *bytes = (const uint8_t *)record;
    return bytes_all(bytes, sizeof *record, 0xFF) || bytes_all(bytes, sizeof *record, 0x00);
}

static enum garrison_status check_digest(const struct key_record *record)
{
    const uint32_t digest_bytes = sizeof record->digest;
    struct view covered = {(const uint8_t *)record + digest_bytes, sizeof *record - digest_bytes};
    uint8_t digest[SHA256_BYTES];
    enum garrison_status status = sha256_of(covered, digest);
    if (!hardened_ok(status)) {
        return status;
    }
    return memcmp(digest, record->digest, sizeof digest) == 0 ? GARRISON_OK : GARRISON_ERROR_DIGEST;
}

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

enum garrison_status keys_check(const struct key_record *record)
{
    if (is_blank(record)) {
        return GARRISON_ERROR_BLANK;
    }
    enum garrison_status status = check_digest(record);
    if (!hardened_ok(status)) {
        return status;
    }
    if (record->magic != KEY_RECORD_MAGIC || record->version != KEY_RECORD_VERSION ||
        record->count > KEY_RECORD_KEYS_MAX) {
        return GARRISON_ERROR_FORMAT;
    }
    return check_entries(record);
}

enum garrison_status keys_load(uint32_t off, struct key_record *record)
{
    memset(record, 0, sizeof *record);
    enum garrison_status status = port_keys_read(off, (uint8_t *)record, sizeof *record);
    if (!hardened_ok(status)) {
        return status;
    }
    return keys_check(record);
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

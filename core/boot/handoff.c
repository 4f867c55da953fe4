#include <garrison/handoff.h>

#include <string.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/sha256.h"

void handoff_init(struct handoff *record, uint32_t reset_cause)
{
    memset(record, 0, sizeof *record);
    record->magic = HANDOFF_MAGIC;
    record->version = HANDOFF_VERSION;
    record->reset_cause = reset_cause;
}

enum garrison_status handoff_append(struct handoff *record, const struct handoff_entry *entry)
{
    if (record->count >= HANDOFF_ENTRIES_MAX) {
        return GARRISON_ERROR_BOUNDS;
    }
    if (handoff_find(record, entry->role) != NULL) {
        return GARRISON_ERROR_POLICY;
    }
    record->entry[record->count] = *entry;
    record->count++;
    return GARRISON_OK;
}

static enum garrison_status record_digest(const struct handoff *record,
                                          uint8_t digest[SHA256_BYTES])
{
    struct view covered = {(const uint8_t *)record, offsetof(struct handoff, digest)};
    return sha256_of(covered, digest);
}

enum garrison_status handoff_seal(struct handoff *record)
{
    return record_digest(record, record->digest);
}

static bool form_is_known(const struct handoff *record)
{
    return record->magic == HANDOFF_MAGIC && record->version == HANDOFF_VERSION &&
           record->reserved == 0 && record->count <= HANDOFF_ENTRIES_MAX;
}

static bool roles_are_distinct(const struct handoff *record)
{
    for (uint32_t i = 0; i < record->count; i++) {
        if (handoff_find(record, record->entry[i].role) != &record->entry[i]) {
            return false;
        }
    }
    return true;
}

enum garrison_status handoff_check(const struct handoff *record)
{
    uint8_t digest[SHA256_BYTES];
    if (!form_is_known(record)) {
        return GARRISON_ERROR_FORMAT;
    }
    enum garrison_status status = record_digest(record, digest);
    if (!hardened_ok(status)) {
        return status;
    }
    if (memcmp(digest, record->digest, sizeof digest) != 0) {
        return GARRISON_ERROR_DIGEST;
    }
    return roles_are_distinct(record) ? GARRISON_OK : GARRISON_ERROR_POLICY;
}

const struct handoff_entry *handoff_find(const struct handoff *record, uint32_t role)
{
    for (uint32_t i = 0; i < record->count && i < HANDOFF_ENTRIES_MAX; i++) {
        if (record->entry[i].role == role) {
            return &record->entry[i];
        }
    }
    return NULL;
}

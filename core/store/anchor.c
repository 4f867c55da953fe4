#include "store/anchor.h"

#include <string.h>

#include "base/bytes.h"
#include "base/secret.h"

enum garrison_status anchor_sum_state(struct store *store)
{
    struct record record;
    enum garrison_status status = GARRISON_OK;
    for (uint32_t off = 0; status == GARRISON_OK && log_next_live(store, &off);
         off += FORMAT_QUAD) {
        if (log_read_header(store, off, &record) &&
            (record.kind == RECORD_HEAD || record.kind == RECORD_CHUNK)) {
            status = log_toggle_state(store, &record, store->state);
        }
    }
    return status;
}

void anchor_renew_state(struct store *store)
{
    memset(store->state, 0, sizeof store->state);
    if (store->config->anchor != NULL && anchor_sum_state(store) != GARRISON_OK) {
        store->state[0] ^= 1; /* what cannot be read will not be found by the next mount either */
    }
}

enum garrison_status anchor_state_after(const struct store *store, const struct record *record,
                                        uint8_t state[STORE_TAG_BYTES])
{
    struct record other = {.off = 0};
    enum garrison_status status = GARRISON_OK;
    memcpy(state, store->state, STORE_TAG_BYTES);
    for (; status == GARRISON_OK && log_next_of(store, &record->key, &other);
         other.off += FORMAT_QUAD) {
        if (log_replaces(record, &other)) {
            status = log_toggle_state(store, &other, state);
        }
    }
    return status;
}

static enum garrison_status read_commit_tag(const struct store *store, uint8_t tag[STORE_TAG_BYTES])
{
    struct record record;
    if (!log_read_sound(store, store->commit_off, &record)) {
        return GARRISON_ERROR_DEVICE;
    }
    uint32_t at = record.off + format_record_bytes(record.len) - STORE_TAG_BYTES;
    return store->config->device->read(store->config->device, at, tag, STORE_TAG_BYTES);
}

enum garrison_status anchor_confirm(struct store *store)
{
    const struct store_anchor *anchor = store->config->anchor;
    uint8_t tag[STORE_TAG_BYTES];
    if (anchor == NULL || !store->unconfirmed) {
        return GARRISON_OK;
    }
    enum garrison_status status = read_commit_tag(store, tag);
    if (status == GARRISON_OK) {
        status = anchor->confirm(anchor->context, store->committed, tag);
    }
    store->unconfirmed = status != GARRISON_OK;
    return status;
}

enum garrison_status anchor_check(struct store *store)
{
    const struct store_anchor *anchor = store->config->anchor;
    struct record commit = {.version = 0};
    uint8_t state[STORE_TAG_BYTES] = {0};
    uint8_t tag[STORE_TAG_BYTES] = {0};
    uint32_t before = 0;
    uint32_t number;
    bool matches;
    if (store->committed != 0) {
        if (!log_read_header(store, store->commit_off, &commit) ||
            (commit.flags & RECORD_ANCHORED) == 0 || log_load(store, &commit) != GARRISON_OK) {
            return GARRISON_ERROR_STALE;
        }
        before = bytes_load_le32(log_body(store));
        memcpy(state, log_body(store) + 4, sizeof state);
        memcpy(tag, store->buffer + format_record_bytes(commit.len) - sizeof tag, sizeof tag);
        if (commit.kind == RECORD_HEAD) {
            format_toggle_state(store->config, tag, state);
        }
    }
    enum garrison_status status = anchor->check(anchor->context, &number, tag, &matches);
    if (status != GARRISON_OK) {
        return status;
    }
    store->unconfirmed = number != store->committed;
    if (store->unconfirmed ? number != before || number > store->committed
                           : !matches && number != 0) {
        return GARRISON_ERROR_STALE;
    }
    return secret_equal(state, store->state, sizeof state) ? anchor_confirm(store)
                                                           : GARRISON_ERROR_DIGEST;
}

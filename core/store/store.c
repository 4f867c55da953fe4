#include "store/store.h"

#include <string.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "store/anchor.h"
#include "store/gc.h"
#include "store/log.h"
#include "store/mount.h"

static const uint8_t no_tag[STORE_TAG_BYTES];

/* Ends what used the buffer: plaintext does not stay there. */
static enum garrison_status done(struct store *store, enum garrison_status status)
{
    secret_wipe(store->buffer, sizeof store->buffer);
    return status;
}

static uint32_t commit_bytes(const struct store *store)
{
    return store->config->anchor == NULL ? 0 : FORMAT_COMMIT_BYTES;
}

/* ---- mounting ---- */

/* An area with nothing in it is new only if the anchor has never confirmed anything. */
static enum garrison_status make_new(struct store *store)
{
    const struct store_anchor *anchor = store->config->anchor;
    if (anchor != NULL) {
        uint32_t number;
        bool matches;
        enum garrison_status status = anchor->check(anchor->context, &number, no_tag, &matches);
        if (status != GARRISON_OK || number != 0) {
            return status != GARRISON_OK ? status : GARRISON_ERROR_STALE;
        }
    }
    return mount_make_new(store);
}

enum garrison_status store_mount(struct store *store, const struct store_config *config,
                                 struct store_report *report)
{
    struct store_report unused;
    if (report == NULL) {
        report = &unused;
    }
    memset(report, 0, sizeof *report);
    report->first_drop_off = config->device->size;
    enum garrison_status status = mount_start(store, config);
    if (status != GARRISON_OK) {
        return status;
    }
    status = mount_find_log(store);
    if (status == GARRISON_ERROR_BLANK) {
        report->formatted = true;
        return make_new(store);
    }
    if (status != GARRISON_OK) {
        return status;
    }
    mount_scan(store, report);
    if (config->anchor != NULL) {
        status = anchor_sum_state(store);
        status = status == GARRISON_OK ? anchor_check(store) : status;
        store->damaged_count = 0; /* the state is complete: what was damaged was needed no more */
        report->damaged = 0;
    }
    return done(store, status);
}

/* ---- changes ---- */

/* A body's first bytes with an anchor: the number before, and the state without this record. */
static enum garrison_status put_commit(struct store *store, struct record *record)
{
    uint8_t *body = log_body(store);
    if (store->config->anchor == NULL) {
        return GARRISON_OK;
    }
    record->flags |= RECORD_ANCHORED;
    bytes_store_le32(body, store->committed);
    return anchor_state_after(store, record, body + 4);
}

/* Writes the record that finishes a change; its body behind the commit bytes is in the buffer. */
static enum garrison_status commit(struct store *store, struct record *record)
{
    struct record earlier = {.off = 0};
    enum garrison_status status = put_commit(store, record);
    if (status != GARRISON_OK) {
        return status;
    }
    if (store->config->anchor != NULL) {
        memcpy(store->state, log_body(store) + 4, sizeof store->state);
    }
    format_seal(store->config, record, store->buffer);
    status = gc_append(store, record);
    if (status != GARRISON_OK) {
        return status;
    }
    for (; log_next_of(store, &record->key, &earlier); earlier.off += FORMAT_QUAD) {
        if (log_replaces(record, &earlier)) {
            log_set_live(store, &earlier, false);
        }
    }
    log_set_commit(store, record);
    log_clear_damage(store, &record->key);
    store->unconfirmed = true;
    if (store->config->anchor != NULL && record->kind == RECORD_HEAD) {
        status = log_toggle_state(store, record, store->state);
    }
    return status == GARRISON_OK ? anchor_confirm(store) : status;
}

/* Takes back what a change that failed has written. */
static void abandon(struct store *store, const struct store_key *key, uint32_t version)
{
    struct record record = {.off = 0};
    for (; log_next_of(store, key, &record); record.off += FORMAT_QUAD) {
        if (record.version == version) {
            log_set_live(store, &record, false);
        }
    }
    anchor_renew_state(store);
}

/* Bytes of the records of an object of that size. */
static uint64_t object_bytes(const struct store *store, uint32_t size)
{
    uint32_t part = format_chunk_bytes(store->config);
    uint32_t head = commit_bytes(store) + FORMAT_INFO_BYTES;
    if (size <= part) {
        return format_record_bytes(head + size);
    }
    return (uint64_t)(size / part) * format_record_bytes(part) + format_record_bytes(head) +
           (size % part == 0 ? 0 : format_record_bytes(size % part));
}

uint32_t store_object_bytes(const struct store *store, uint32_t size)
{
    const uint64_t bytes = object_bytes(store, size);
    return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

void store_keep_free(struct store *store, uint32_t bytes)
{
    store->keep_free = bytes;
}

/* Whether an object of that size, and tombstones after it, find room beside all there is. */
static enum garrison_status check_room(const struct store *store, uint32_t size)
{
    uint32_t tombstones = 2u * format_record_bytes(commit_bytes(store));
    uint64_t needed = store->live_bytes + object_bytes(store, size) + tombstones + store->keep_free;
    uint32_t capacity = gc_capacity(store);
    if (capacity == 0) {
        return GARRISON_ERROR_DEVICE;
    }
    return needed <= capacity ? GARRISON_OK : GARRISON_ERROR_FULL;
}

/* ---- objects ---- */

static bool maybe_damaged(const struct store *store, const struct store_key *key)
{
    if (store->damaged_count == 0) {
        return false;
    }
    uint32_t name = format_name(store->config, key);
    bool found = store->damaged_count > STORE_DAMAGED_MAX;
    for (uint32_t i = 0; i < STORE_DAMAGED_MAX && i < store->damaged_count; i++) {
        found |= store->damaged[i] == name;
    }
    return found;
}

/* What a head's body says, and where in it the data would be. */
static void get_info(const struct store *store, const struct record *head, struct store_info *info,
                     uint32_t *data_off)
{
    uint32_t at = (head->flags & RECORD_ANCHORED) != 0 ? FORMAT_COMMIT_BYTES : 0;
    const uint8_t *body = store->buffer + FORMAT_HEADER_BYTES + at;
    info->size = bytes_load_le32(body);
    info->capacity = bytes_load_le32(body + 4);
    info->flags = bytes_load_le32(body + 8);
    *data_off = at + FORMAT_INFO_BYTES;
}

/*
 * Looks at all living headers again: one that was damaged since mounting may hide an object, or be
 * taken for another's. What is not sound is given up; whether there was such a one.
 */
static bool drop_unsound(struct store *store)
{
    bool found = false;
    uint32_t live_bytes = 0;
    for (uint32_t off = 0; log_next_live(store, &off); off += FORMAT_QUAD) {
        struct record record;
        if (!log_read_sound(store, off, &record)) {
            log_drop(store, &record, false);
            found = true;
        } else if (record.kind == RECORD_HEAD || record.kind == RECORD_CHUNK) {
            live_bytes += format_record_bytes(record.len);
        }
    }
    if (found) {
        store->live_bytes = live_bytes;
        anchor_renew_state(store);
    }
    return found;
}

/* Finds an object's head, as far as headers can be believed, and leaves it in the buffer. */
static enum garrison_status find_head(struct store *store, const struct store_key *key,
                                      struct record *head, struct store_info *info,
                                      uint32_t *data_off)
{
    if (!log_find(store, key, RECORD_HEAD, 0, 0, head)) {
        head->kind = 0;
        return maybe_damaged(store, key) ? GARRISON_ERROR_DIGEST : GARRISON_ERROR_BLANK;
    }
    enum garrison_status status = log_load(store, head);
    if (status == GARRISON_OK) {
        get_info(store, head, info, data_off);
        /* Sealed here, but nothing is copied out of the buffer's bounds for that. */
        uint32_t part = format_chunk_bytes(store->config);
        bool whole = head->index == 0 ? head->len == *data_off + info->size
                                      : (info->size - 1u) / part + 1u == head->index;
        status = whole ? GARRISON_OK : GARRISON_ERROR_DIGEST;
    }
    return status;
}

/* Finds an object's head and leaves it in the buffer; its kind is 0 if there is none. */
static enum garrison_status load_head(struct store *store, const struct store_key *key,
                                      struct record *head, struct store_info *info,
                                      uint32_t *data_off)
{
    enum garrison_status status = find_head(store, key, head, info, data_off);
    if (status != GARRISON_OK && drop_unsound(store)) {
        status = find_head(store, key, head, info, data_off);
    }
    return status;
}

/* One object as it is, being read in portions of a chunk. */
struct reader {
    struct record head;
    struct store_info info;
    uint32_t data_off; /* In the head's body. */
};

/* Brings the portion with that index, from 0, into the buffer; says where in it. */
static enum garrison_status load_portion(struct store *store, const struct reader *reader,
                                         uint32_t index, const uint8_t **data, uint32_t *len)
{
    uint32_t part = format_chunk_bytes(store->config);
    bool within = reader->head.index == 0; /* the head; it may have been moved meanwhile */
    struct record record;
    *data = log_body(store) + (within ? reader->data_off : 0);
    *len = reader->info.size - index * part < part ? reader->info.size - index * part : part;
    if (!log_find(store, &reader->head.key, within ? RECORD_HEAD : RECORD_CHUNK,
                  reader->head.version, index + 1u, &record) ||
        record.len != *len + (within ? reader->data_off : 0)) {
        return GARRISON_ERROR_DIGEST;
    }
    return log_load(store, &record);
}

enum garrison_status store_info(struct store *store, struct store_key key, struct store_info *info)
{
    struct record head;
    uint32_t data_off;
    return done(store, load_head(store, &key, &head, info, &data_off));
}

enum garrison_status store_read(struct store *store, struct store_key key, uint32_t off,
                                uint8_t *data, uint32_t len)
{
    struct reader reader;
    uint32_t part = format_chunk_bytes(store->config);
    enum garrison_status status =
        load_head(store, &key, &reader.head, &reader.info, &reader.data_off);
    if (status == GARRISON_OK && !bytes_range_fits(off, len, reader.info.size)) {
        status = GARRISON_ERROR_ARGUMENT;
    }
    for (uint32_t got = 0; status == GARRISON_OK && got < len;) {
        const uint8_t *portion;
        uint32_t size;
        uint32_t skip = (off + got) % part;
        status = load_portion(store, &reader, (off + got) / part, &portion, &size);
        if (status == GARRISON_OK) {
            uint32_t now = size - skip < len - got ? size - skip : len - got;
            memcpy(data + got, portion + skip, now);
            got += now;
        } else {
            secret_wipe(data, got);
        }
    }
    return done(store, status);
}

/* Whether the chunks of an object are there; with an anchor, whose sum they are in, also sound. */
static bool has_its_chunks(struct store *store, const struct reader *reader)
{
    const struct record *head = &reader->head;
    struct record record;
    uint32_t bytes = 0;
    for (uint32_t i = 1; i <= head->index; i++) {
        if (!log_find(store, &head->key, RECORD_CHUNK, head->version, i, &record) ||
            (store->config->anchor != NULL && log_load(store, &record) != GARRISON_OK)) {
            return false;
        }
        bytes += record.len;
    }
    return head->index == 0 || bytes == reader->info.size;
}

/* Gives up what is damaged of an object that is to be replaced: its terms in the state are lost. */
static void drop_damaged(struct store *store, const struct store_key *key)
{
    struct record record = {.off = 0};
    (void)drop_unsound(store);
    for (; log_next_of(store, key, &record); record.off += FORMAT_QUAD) {
        if (log_load(store, &record) != GARRISON_OK) {
            log_drop(store, &record, true);
        }
    }
    anchor_renew_state(store);
}

/* Finds the object that is to be changed. What is left of it then is what the change replaces. */
static enum garrison_status load_old(struct store *store, const struct store_key *key,
                                     struct reader *old)
{
    enum garrison_status status = load_head(store, key, &old->head, &old->info, &old->data_off);
    /* Its header says it too, for when its body is damaged. */
    if (old->head.kind == RECORD_HEAD && (old->head.flags & RECORD_ONCE) != 0) {
        return GARRISON_ERROR_POLICY;
    }
    if (status == GARRISON_ERROR_DIGEST || (status == GARRISON_OK && !has_its_chunks(store, old))) {
        drop_damaged(store, key);
        status = find_head(store, key, &old->head, &old->info, &old->data_off);
    }
    return status;
}

/* A new version of an object: `len` bytes at `off` from the source, the rest from the old one. */
struct writing {
    struct store_key key;
    struct store_info info; /* As it will be. */
    uint32_t off;
    uint32_t len;
    store_source_fn *source;
    void *context;
    const struct reader *old; /* NULL: there is none, or nothing of it is kept. */
    uint32_t version;
};

/* Puts the portion with that index, from 0, into the buffer at `at` of the body. */
static enum garrison_status compose(struct store *store, const struct writing *writing,
                                    uint32_t index, uint32_t at, uint32_t len)
{
    uint32_t start = index * format_chunk_bytes(store->config);
    uint8_t *body = log_body(store) + at;
    uint32_t from = writing->off < start ? start : writing->off;
    uint32_t to = writing->off + writing->len;
    to = to > start + len ? start + len : to;
    bool keeps = from >= to || from > start || to < start + len;
    if (writing->old != NULL && keeps && start < writing->old->info.size) {
        const uint8_t *portion;
        uint32_t size;
        enum garrison_status status = load_portion(store, writing->old, index, &portion, &size);
        if (status != GARRISON_OK) {
            return status;
        }
        memmove(body, portion, size < len ? size : len);
    }
    return from < to ? writing->source(writing->context, body + (from - start), to - from)
                     : GARRISON_OK;
}

static enum garrison_status write_chunks(struct store *store, const struct writing *writing,
                                         uint32_t chunks)
{
    uint32_t part = format_chunk_bytes(store->config);
    for (uint32_t i = 0; i < chunks; i++) {
        uint32_t rest = writing->info.size - i * part;
        struct record record = {
            .kind = RECORD_CHUNK,
            .index = (uint16_t)(i + 1u),
            .len = (uint16_t)(rest < part ? rest : part),
            .key = writing->key,
            .version = writing->version,
        };
        enum garrison_status status = compose(store, writing, i, 0, record.len);
        if (status == GARRISON_OK) {
            format_seal(store->config, &record, store->buffer);
            status = gc_append(store, &record);
        }
        if (status != GARRISON_OK) {
            return status;
        }
        log_set_live(store, &record, true);
        if (store->config->anchor != NULL) {
            status = log_toggle_state(store, &record, store->state);
        }
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return GARRISON_OK;
}

static enum garrison_status write_head(struct store *store, const struct writing *writing,
                                       uint32_t chunks)
{
    uint32_t at = commit_bytes(store);
    uint8_t *info = log_body(store) + at;
    struct record record = {
        .kind = RECORD_HEAD,
        .flags = (writing->info.flags & STORE_WRITE_ONCE) != 0 ? RECORD_ONCE : 0,
        .index = (uint16_t)chunks,
        .len = (uint16_t)(at + FORMAT_INFO_BYTES + (chunks == 0 ? writing->info.size : 0)),
        .key = writing->key,
        .version = writing->version,
    };
    enum garrison_status status = GARRISON_OK;
    if (chunks == 0) {
        status = compose(store, writing, 0, at + FORMAT_INFO_BYTES, writing->info.size);
    }
    if (status != GARRISON_OK) {
        return status;
    }
    bytes_store_le32(info, writing->info.size);
    bytes_store_le32(info + 4, writing->info.capacity);
    bytes_store_le32(info + 8, writing->info.flags);
    return commit(store, &record);
}

static enum garrison_status write_object(struct store *store, struct writing *writing)
{
    uint32_t part = format_chunk_bytes(store->config);
    uint32_t size = writing->info.size;
    uint32_t chunks = size <= part ? 0 : (size - 1u) / part + 1u;
    enum garrison_status status = check_room(store, writing->info.capacity);
    if (status != GARRISON_OK || chunks > UINT16_MAX) {
        return status != GARRISON_OK ? status : GARRISON_ERROR_FULL;
    }
    status = anchor_confirm(store);
    if (status != GARRISON_OK) {
        return status;
    }
    writing->version = ++store->version;
    status = write_chunks(store, writing, chunks);
    if (status == GARRISON_OK) {
        status = write_head(store, writing, chunks);
    }
    if (status != GARRISON_OK && store->committed != writing->version) {
        abandon(store, &writing->key, writing->version);
    }
    return status;
}

enum garrison_status store_set(struct store *store, struct store_key key,
                               const struct store_info *info, store_source_fn *source,
                               void *context)
{
    struct reader old;
    struct writing writing = {
        .key = key, .info = *info, .len = info->size, .source = source, .context = context};
    if (info->capacity < info->size || info->flags > UINT16_MAX) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (load_old(store, &key, &old) == GARRISON_ERROR_POLICY) {
        return done(store, GARRISON_ERROR_POLICY);
    }
    return done(store, write_object(store, &writing));
}

enum garrison_status store_write(struct store *store, struct store_key key, uint32_t off,
                                 uint32_t len, store_source_fn *source, void *context)
{
    struct reader old;
    enum garrison_status status = load_old(store, &key, &old);
    if (status != GARRISON_OK) {
        return done(store, status);
    }
    if (off > old.info.size || !bytes_range_fits(off, len, old.info.capacity)) {
        return done(store, GARRISON_ERROR_ARGUMENT);
    }
    struct writing writing = {.key = key,
                              .info = old.info,
                              .off = off,
                              .len = len,
                              .source = source,
                              .context = context,
                              .old = &old};
    if (off + len > old.info.size) {
        writing.info.size = off + len;
    }
    return done(store, write_object(store, &writing));
}

enum garrison_status store_remove(struct store *store, struct store_key key)
{
    struct reader old;
    enum garrison_status status = load_old(store, &key, &old);
    if (status == GARRISON_ERROR_POLICY || status == GARRISON_ERROR_BLANK) {
        return done(store, status);
    }
    status = anchor_confirm(store);
    if (status == GARRISON_OK) {
        struct record record = {.kind = RECORD_TOMBSTONE,
                                .key = key,
                                .len = (uint16_t)commit_bytes(store),
                                .version = ++store->version};
        status = commit(store, &record);
        if (status != GARRISON_OK && store->committed != record.version) {
            abandon(store, &key, record.version);
        }
    }
    return done(store, status);
}

enum garrison_status store_each(struct store *store, store_visit_fn *visit, void *context)
{
    struct record record;
    bool goes_on = true;
    for (uint32_t off = 0; goes_on && log_next_live(store, &off); off += FORMAT_QUAD) {
        struct store_info info;
        uint32_t data_off;
        if (log_read_header(store, off, &record) && record.kind == RECORD_HEAD &&
            log_load(store, &record) == GARRISON_OK) {
            get_info(store, &record, &info, &data_off);
            goes_on = visit(context, record.key, &info);
        }
    }
    return done(store, GARRISON_OK);
}

/* ---- the area as a whole ---- */

/* What is there cannot be gone on from: the first turn begins anew. */
static enum garrison_status erase_all(struct store *store)
{
    const struct flash_device *device = store->config->device;
    store->sequence = log_sectors(store) - 1u;
    return device->erase(device, 0, device->size);
}

enum garrison_status store_format(struct store *store, const struct store_config *config)
{
    enum garrison_status status = mount_start(store, config);
    if (status != GARRISON_OK) {
        return status;
    }
    if (config->anchor != NULL) {
        bool matches;
        status =
            config->anchor->check(config->anchor->context, &store->committed, no_tag, &matches);
    }
    if (status == GARRISON_OK && mount_find_log(store) != GARRISON_OK) {
        status = erase_all(store);
    }
    store->tail = store->sequence + 1u;
    store->version = store->committed + 1u;
    if (status == GARRISON_OK) {
        status = log_open_sector(store);
    }
    if (status == GARRISON_OK) {
        struct record record = {.kind = RECORD_MARK,
                                .index = 1,
                                .len = (uint16_t)commit_bytes(store),
                                .version = store->version,
                                .key = {0, store->tail}};
        status = commit(store, &record);
    }
    return done(store, status);
}

enum garrison_status store_upgrade(struct store *store)
{
    uint32_t format =
        store->config->write_format == 0 ? STORE_FORMAT_CURRENT : store->config->write_format;
    return done(store, gc_rewrite(store, mount_below(store, format)));
}

#include "store/gc.h"

#define TRIES 4u /* Sectors that refuse a record before it is given up. */

uint32_t gc_capacity(const struct store *store)
{
    const struct store_config *config = store->config;
    uint32_t longest = format_record_bytes(format_body_max(config));
    /* In each sector: its header, a mark, the room for another, and what is too short at its end. */
    uint32_t lost = FORMAT_SECTOR_BYTES + FORMAT_BARE_BYTES + LOG_MARK_ROOM + longest - FORMAT_QUAD;
    uint32_t good = log_sectors(store) - (uint32_t)__builtin_popcountll(store->bad);
    return good < STORE_SECTORS_MIN ? 0 : (good - 1u) * (config->device->sector - lost);
}

/* Appends what reclaiming has to: in the sector that is written to, else in the next. */
static enum garrison_status append(struct store *store, struct record *record, const uint8_t *raw,
                                   uint32_t from)
{
    enum garrison_status status = log_append(store, record, raw, from);
    if (status == GARRISON_ERROR_MISMATCH) {
        status = log_open_sector(store);
        status = status == GARRISON_OK ? log_append(store, record, raw, from) : status;
    }
    return status == GARRISON_ERROR_MISMATCH ? GARRISON_ERROR_DEVICE : status;
}

static enum garrison_status move(struct store *store, uint32_t off)
{
    struct record record;
    bool sound = log_read_sound(store, off, &record);
    struct record copy = record;
    copy.flags |= RECORD_COPY;
    enum garrison_status status = sound ? append(store, &copy, NULL, off) : GARRISON_ERROR_DIGEST;
    if (status == GARRISON_ERROR_DIGEST) {
        log_drop(store, &record, sound); /* what cannot be read is not copied */
        return GARRISON_OK;
    }
    if (status == GARRISON_OK) {
        log_set_live(store, &record, false);
        log_set_live(store, &copy, true);
        store->commit_off = store->commit_off == off ? copy.off : store->commit_off;
    }
    return status;
}

/* Says that sectors before that one are not needed any more. */
static enum garrison_status mark(struct store *store, uint32_t tail)
{
    struct record record = {.kind = RECORD_MARK, .version = store->version, .key = {0, tail}};
    uint8_t raw[FORMAT_BARE_BYTES];
    format_seal(store->config, &record, raw);
    enum garrison_status status = append(store, &record, raw, 0);
    if (status == GARRISON_OK) {
        store->tail = tail;
    }
    return status;
}

static bool has_living(const struct store *store, uint32_t sequence)
{
    uint32_t off = log_sector_off(store, sequence);
    uint32_t end = off + store->config->device->sector;
    return log_next_live(store, &off) && off < end;
}

static bool is_bad(const struct store *store, uint32_t sequence)
{
    return (store->bad >> sequence % log_sectors(store) & 1u) != 0;
}

static enum garrison_status reclaim(struct store *store)
{
    if (store->tail == store->sequence) {
        enum garrison_status status = log_open_sector(store);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    uint32_t off = log_sector_off(store, store->tail);
    uint32_t end = off + store->config->device->sector;
    for (; log_next_live(store, &off) && off < end; off += FORMAT_QUAD) {
        enum garrison_status status = move(store, off);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    /* Sectors that were passed over hold nothing, and would give no room. */
    uint32_t tail = store->tail + 1u;
    while (tail < store->sequence && is_bad(store, tail) && !has_living(store, tail)) {
        tail++;
    }
    return mark(store, tail);
}

static enum garrison_status make_room(struct store *store, uint32_t bytes)
{
    for (uint32_t step = 0; step <= 2u * log_sectors(store); step++) {
        uint32_t spare = log_free_sectors(store);
        if (spare > 0 && log_fits(store, bytes, RECORD_CHUNK)) {
            return GARRISON_OK;
        }
        enum garrison_status status = spare > 1 ? log_open_sector(store) : reclaim(store);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return GARRISON_ERROR_FULL;
}

enum garrison_status gc_rewrite(struct store *store, uint32_t sequence)
{
    enum garrison_status status = GARRISON_OK;
    if (store->sequence < sequence) {
        store->end = store->config->device->sector; /* the next record opens another */
    }
    while (status == GARRISON_OK && store->tail < sequence) {
        status = reclaim(store);
    }
    return status;
}

enum garrison_status gc_append(struct store *store, struct record *record)
{
    enum garrison_status status = GARRISON_ERROR_MISMATCH;
    for (uint32_t i = 0; i < TRIES && status == GARRISON_ERROR_MISMATCH; i++) {
        status = make_room(store, format_record_bytes(record->len));
        status = status == GARRISON_OK ? log_append(store, record, store->buffer, 0) : status;
    }
    return status == GARRISON_ERROR_MISMATCH ? GARRISON_ERROR_DEVICE : status;
}

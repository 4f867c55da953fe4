#include "store/gc.h"

uint32_t gc_capacity(const struct store *store)
{
    const struct store_config *config = store->config;
    uint32_t longest = format_record_bytes(format_body_max(config));
    /* In each sector: its header, a mark, the room for another, and what is too short at its end. */
    uint32_t lost = FORMAT_SECTOR_BYTES + FORMAT_BARE_BYTES + LOG_MARK_ROOM + longest - FORMAT_QUAD;
    uint32_t good = log_sectors(store) - (uint32_t)__builtin_popcountll(store->bad);
    return good < STORE_SECTORS_MIN ? 0 : (good - 1u) * (config->device->sector - lost);
}

/* What cannot be read any more is not copied. Its object is damaged from now on. */
static void drop(struct store *store, struct record *record, bool readable)
{
    if (!readable) {
        record->kind = 0;
        store->damaged_count = STORE_DAMAGED_MAX + 1u; /* whose it was is not known */
    } else if (record->kind == RECORD_HEAD) {
        log_add_damage(store, format_name(store->config, record->key));
    }
    log_set_live(store, record, false);
}

static enum garrison_status move(struct store *store, uint32_t off)
{
    struct record record;
    bool readable = log_read_header(store, off, &record);
    if (!readable || log_read_raw(store, &record) != GARRISON_OK) {
        drop(store, &record, readable);
        return GARRISON_OK;
    }
    if (!log_fits(store, format_record_bytes(record.len), RECORD_CHUNK)) {
        enum garrison_status status = log_open_sector(store);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    struct record copy = record;
    copy.flags |= RECORD_COPY;
    enum garrison_status status = log_append(store, &copy);
    if (status != GARRISON_OK) {
        return status;
    }
    log_set_live(store, &record, false);
    log_set_live(store, &copy, true);
    if (store->commit_off == off) {
        store->commit_off = copy.off;
    }
    return GARRISON_OK;
}

/* Says that sectors before that one are not needed any more. */
static enum garrison_status mark(struct store *store, uint32_t tail)
{
    struct record record = {.kind = RECORD_MARK, .version = store->version, .key = {0, tail}};
    if (!log_fits(store, FORMAT_BARE_BYTES, RECORD_MARK)) {
        enum garrison_status status = log_open_sector(store);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    format_seal(store->config, &record, store->buffer);
    enum garrison_status status = log_append(store, &record);
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

enum garrison_status gc_make_room(struct store *store, uint32_t bytes)
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

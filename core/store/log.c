#include "store/log.h"

#include <string.h>

#define TRIES 3u /* To write a record before its sector is given up. */

uint32_t log_sectors(const struct store *store)
{
    return store->config->device->size / store->config->device->sector;
}

uint32_t log_sector_off(const struct store *store, uint32_t sequence)
{
    return sequence % log_sectors(store) * store->config->device->sector;
}

static uint64_t bit_of(const struct store *store, uint32_t sequence)
{
    return (uint64_t)1 << sequence % log_sectors(store);
}

uint32_t log_free_sectors(const struct store *store)
{
    uint32_t count = 0;
    uint32_t limit = store->tail + log_sectors(store);
    for (uint32_t sequence = store->sequence + 1u; sequence < limit; sequence++) {
        count += (store->bad & bit_of(store, sequence)) == 0;
    }
    return count;
}

static enum garrison_status flash_read(const struct store *store, uint32_t off, uint8_t *data,
                                       uint32_t len)
{
    return store->config->device->read(store->config->device, off, data, len);
}

bool log_read_header(const struct store *store, uint32_t off, struct record *record)
{
    uint8_t raw[FORMAT_HEADER_BYTES];
    record->off = off;
    return flash_read(store, off, raw, sizeof raw) == GARRISON_OK &&
           format_get_record(store->config, raw, record);
}

uint32_t log_sequence_at(const struct store *store, uint32_t off)
{
    uint32_t sectors = log_sectors(store);
    uint32_t sector = off / store->config->device->sector;
    return store->tail + (sector + sectors - store->tail % sectors) % sectors;
}

bool log_read_sound(const struct store *store, uint32_t off, struct record *record)
{
    uint8_t raw[FORMAT_HEADER_BYTES];
    record->off = off;
    return flash_read(store, off, raw, sizeof raw) == GARRISON_OK &&
           format_get_record(store->config, raw, record) &&
           format_check_record(store->config, log_sequence_at(store, off), off, raw);
}

enum garrison_status log_load(struct store *store, const struct record *record)
{
    if (flash_read(store, record->off, store->buffer, format_record_bytes(record->len)) !=
        GARRISON_OK) {
        return GARRISON_ERROR_DIGEST;
    }
    return format_open(store->config, record, store->buffer);
}

uint8_t *log_body(struct store *store)
{
    return store->buffer + FORMAT_HEADER_BYTES;
}

void log_set_live(struct store *store, const struct record *record, bool live)
{
    uint32_t *word = &store->config->live[record->off / FORMAT_QUAD / 32u];
    uint32_t bit = 1u << record->off / FORMAT_QUAD % 32u;
    if (((*word & bit) != 0) == live) {
        return;
    }
    *word ^= bit;
    if (record->kind == RECORD_HEAD || record->kind == RECORD_CHUNK) {
        uint32_t bytes = format_record_bytes(record->len);
        store->live_bytes += live ? bytes : 0u - bytes;
    }
}

bool log_next_live(const struct store *store, uint32_t *off)
{
    const uint32_t *live = store->config->live;
    uint32_t count = store->config->device->size / FORMAT_QUAD;
    uint32_t quad = *off / FORMAT_QUAD;
    while (quad < count) {
        uint32_t rest = live[quad / 32u] >> quad % 32u;
        if (rest != 0) {
            *off = (quad + (uint32_t)__builtin_ctz(rest)) * FORMAT_QUAD;
            return true;
        }
        quad = (quad / 32u + 1u) * 32u;
    }
    return false;
}

bool log_next_of(const struct store *store, const struct store_key *key, struct record *record)
{
    for (uint32_t off = record->off; log_next_live(store, &off); off += FORMAT_QUAD) {
        if (log_read_header(store, off, record) && record->key.uid == key->uid &&
            record->key.owner == key->owner &&
            (record->kind == RECORD_HEAD || record->kind == RECORD_CHUNK)) {
            return true;
        }
    }
    return false;
}

bool log_find(const struct store *store, const struct store_key *key, enum record_kind kind,
              uint32_t version, uint32_t index, struct record *record)
{
    for (record->off = 0; log_next_of(store, key, record); record->off += FORMAT_QUAD) {
        if (record->kind == kind &&
            (kind == RECORD_HEAD || (record->version == version && record->index == index))) {
            return true;
        }
    }
    return false;
}

bool log_replaces(const struct record *record, const struct record *other)
{
    return other->kind != RECORD_CHUNK || other->version != record->version;
}

bool log_fits(const struct store *store, uint32_t bytes, enum record_kind kind)
{
    uint32_t limit = store->config->device->sector - (kind == RECORD_MARK ? 0 : LOG_MARK_ROOM);
    return store->end <= limit && bytes <= limit - store->end;
}

/* Programs and reads back; false: the place is bad. */
static bool program(const struct store *store, uint32_t off, const uint8_t *data, uint32_t len)
{
    uint8_t back[4u * FORMAT_QUAD];
    const struct flash_device *device = store->config->device;
    if (device->program(device, off, data, len) != GARRISON_OK) {
        return false;
    }
    for (uint32_t done = 0; done < len; done += sizeof back) {
        uint32_t part = len - done < sizeof back ? len - done : sizeof back;
        if (device->read(device, off + done, back, part) != GARRISON_OK ||
            memcmp(back, data + done, part) != 0) {
            return false;
        }
    }
    return true;
}

static bool open_at(struct store *store, uint32_t sequence)
{
    const struct flash_device *device = store->config->device;
    uint8_t raw[FORMAT_SECTOR_BYTES];
    uint32_t off = log_sector_off(store, sequence);
    struct sector_header header = {
        .format = (uint8_t)store->config->write_format,
        .tail = (uint8_t)(sequence - store->tail),
        .sequence = sequence,
    };
    if (header.format == 0) {
        header.format = STORE_FORMAT_CURRENT;
    }
    if (header.format >= FORMAT_NUMBERED_SINCE) {
        header.serial = store->serial;
        header.link = store->link;
    }
    format_put_sector(store->config, &header, raw);
    if (device->erase(device, off, device->sector) != GARRISON_OK ||
        !program(store, off, raw, sizeof raw)) {
        return false;
    }
    store->sequence = sequence;
    store->format = header.format;
    store->end = FORMAT_SECTOR_BYTES;
    return true;
}

/*
 * Erases a free sector if it holds records for its coming sequence. They are of an earlier life of
 * the area, of which the headers were lost, and the next mount would take them for the log's end.
 */
static void forget_later(struct store *store, uint32_t sequence)
{
    const struct flash_device *device = store->config->device;
    uint32_t off = log_sector_off(store, sequence);
    uint32_t end = off + device->sector;
    struct record record;
    for (uint32_t at = off + FORMAT_SECTOR_BYTES; at + FORMAT_BARE_BYTES <= end;
         at += FORMAT_QUAD) {
        if (log_read_sound(store, at, &record)) {
            if (device->erase(device, off, device->sector) != GARRISON_OK) {
                store->bad |= bit_of(store, sequence);
            }
            return;
        }
    }
}

enum garrison_status log_open_sector(struct store *store)
{
    uint32_t limit = store->tail + log_sectors(store);
    for (uint32_t sequence = store->sequence + 1u; sequence < limit; sequence++) {
        if ((store->bad & bit_of(store, sequence)) != 0) {
            continue;
        }
        if (sequence + 1u < limit) {
            forget_later(store, sequence + 1u);
        }
        if (open_at(store, sequence)) {
            return GARRISON_OK;
        }
        store->bad |= bit_of(store, sequence);
    }
    return GARRISON_ERROR_DEVICE;
}

/* Copies from one place of the device to another. GARRISON_ERROR_DIGEST: it cannot be read. */
static enum garrison_status copy(const struct store *store, uint32_t from, uint32_t to,
                                 uint32_t len)
{
    uint8_t piece[4u * FORMAT_QUAD];
    for (uint32_t done = 0; done < len; done += sizeof piece) {
        uint32_t part = len - done < sizeof piece ? len - done : sizeof piece;
        if (flash_read(store, from + done, piece, part) != GARRISON_OK) {
            return GARRISON_ERROR_DIGEST;
        }
        if (!program(store, to + done, piece, part)) {
            return GARRISON_ERROR_MISMATCH;
        }
    }
    return GARRISON_OK;
}

/* Writes a record: behind its header what stands in `raw`, or without that at `from` in flash. */
static enum garrison_status write_at(const struct store *store, const struct record *record,
                                     const uint8_t *raw, uint32_t from)
{
    uint8_t header[FORMAT_HEADER_BYTES];
    uint32_t to = record->off + FORMAT_HEADER_BYTES;
    uint32_t len = format_record_bytes(record->len) - FORMAT_HEADER_BYTES;
    format_put_record(store->config, store->sequence, record, header);
    if (!program(store, record->off, header, sizeof header)) {
        return GARRISON_ERROR_MISMATCH;
    }
    if (raw == NULL) {
        return copy(store, from + FORMAT_HEADER_BYTES, to, len);
    }
    return program(store, to, raw + FORMAT_HEADER_BYTES, len) ? GARRISON_OK
                                                              : GARRISON_ERROR_MISMATCH;
}

enum garrison_status log_append(struct store *store, struct record *record, const uint8_t *raw,
                                uint32_t from)
{
    bool numbered = store->format >= FORMAT_NUMBERED_SINCE;
    uint32_t bytes = format_record_bytes(record->len);
    record->serial = numbered ? store->serial : 0;
    record->link = numbered ? store->link : 0;
    for (uint32_t tries = 0; tries < TRIES; tries++) {
        if (!log_fits(store, bytes, record->kind)) {
            return GARRISON_ERROR_MISMATCH;
        }
        record->off = log_sector_off(store, store->sequence) + store->end;
        store->end += bytes;
        enum garrison_status status = write_at(store, record, raw, from);
        if (status == GARRISON_OK) {
            bool names = record->kind == RECORD_HEAD || record->kind == RECORD_TOMBSTONE;
            store->link = names ? format_name(store->config, &record->key) : 0;
            store->serial = format_next_serial(store->serial);
        }
        if (status != GARRISON_ERROR_MISMATCH) {
            return status;
        }
    }
    store->bad |= bit_of(store, store->sequence);
    store->end = store->config->device->sector;
    return GARRISON_ERROR_MISMATCH;
}

void log_set_commit(struct store *store, const struct record *record)
{
    if (store->commit_bare) {
        log_set_live(store, &(struct record){.off = store->commit_off}, false);
    }
    store->committed = record->version;
    store->commit_off = record->off;
    store->commit_bare = record->kind != RECORD_HEAD;
    log_set_live(store, record, true);
}

enum garrison_status log_toggle_state(const struct store *store, const struct record *record,
                                      uint8_t state[STORE_TAG_BYTES])
{
    uint8_t tag[STORE_TAG_BYTES];
    uint32_t at = record->off + format_record_bytes(record->len) - STORE_TAG_BYTES;
    enum garrison_status status = flash_read(store, at, tag, sizeof tag);
    if (status == GARRISON_OK) {
        format_toggle_state(store->config, tag, state);
    }
    return status;
}

void log_add_damage(struct store *store, uint32_t name)
{
    for (uint32_t i = 0; i < store->damaged_count && i < STORE_DAMAGED_MAX; i++) {
        if (store->damaged[i] == name) {
            return;
        }
    }
    if (store->damaged_count < STORE_DAMAGED_MAX) {
        store->damaged[store->damaged_count] = name;
    }
    if (store->damaged_count <= STORE_DAMAGED_MAX) {
        store->damaged_count++;
    }
}

void log_drop(struct store *store, struct record *record, bool sound)
{
    if (!sound) {
        record->kind = 0;
        store->damaged_count = STORE_DAMAGED_MAX + 1u;
    } else if (record->kind == RECORD_HEAD) {
        log_add_damage(store, format_name(store->config, &record->key));
    }
    store->commit_bare &= record->off != store->commit_off; /* another may stand there some day */
    log_set_live(store, record, false);
}

void log_clear_damage(struct store *store, const struct store_key *key)
{
    if (store->damaged_count == 0) {
        return;
    }
    uint32_t name = format_name(store->config, key);
    uint32_t known =
        store->damaged_count < STORE_DAMAGED_MAX ? store->damaged_count : STORE_DAMAGED_MAX;
    for (uint32_t i = 0; i < known; i++) {
        if (store->damaged[i] == name) {
            store->damaged[i] = store->damaged[known - 1u];
            store->damaged_count -= store->damaged_count <= STORE_DAMAGED_MAX;
            store->damaged[known - 1u] = 0;
            return;
        }
    }
}

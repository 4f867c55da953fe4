#include "store/mount.h"

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

enum look { LOOK_BLANK, LOOK_BAD, LOOK_RECORD };

/*
 * The log as it is read, oldest record first. Serial numbers tell what stands in a place that
 * cannot be read: if the next record goes on counting, it was never finished and is void; if a
 * number is missing, a record was damaged later, and the link names the object it belonged to.
 */
struct scan {
    struct store *store;
    struct store_report *report;
    bool known; /* `serial` is what the next record should have. */
    uint16_t serial;
    uint32_t bad;          /* Quad-words that could not be read since the last record. */
    uint32_t torn;         /* Records with a header but without their tag, since then. */
    uint32_t drop_off;     /* Where the first of both stands. */
    struct record kept[2]; /* The first of the torn ones. */
    struct record last;    /* The last record. */
};

static const struct flash_device *device_of(const struct store *store)
{
    return store->config->device;
}

enum garrison_status mount_start(struct store *store, const struct store_config *config)
{
    const struct flash_device *device = config->device;
    uint32_t sectors = device->sector == 0 ? 0 : device->size / device->sector;
    if (device->unit != FORMAT_QUAD || device->sector == 0 || device->sector % 512u != 0 ||
        sectors < STORE_SECTORS_MIN || sectors > STORE_SECTORS_MAX ||
        sectors * device->sector != device->size || config->write_format > STORE_FORMAT_CURRENT) {
        return GARRISON_ERROR_ARGUMENT;
    }
    memset(store, 0, offsetof(struct store, buffer));
    memset(config->live, 0, STORE_LIVE_WORDS(device->size) * sizeof config->live[0]);
    store->config = config;
    store->serial = FORMAT_FIRST_SERIAL;
    return GARRISON_OK;
}

/* Whether the sector for that sequence has an authentic header, of whatever sequence. */
static bool has_header(const struct store *store, uint32_t sequence, struct sector_header *header)
{
    uint8_t raw[FORMAT_SECTOR_BYTES];
    const struct flash_device *device = device_of(store);
    return device->read(device, log_sector_off(store, sequence), raw, sizeof raw) == GARRISON_OK &&
           format_get_sector(store->config, raw, header);
}

/* Whether the sector has an authentic header with that sequence. */
static bool read_sector(const struct store *store, uint32_t sequence, struct sector_header *header)
{
    return has_header(store, sequence, header) && header->sequence == sequence;
}

/* What stands at an offset of a sector: two quad-words are looked at, if there are two. */
static enum look look_at(const struct store *store, uint32_t sequence, uint32_t at,
                         struct record *record)
{
    uint8_t raw[FORMAT_HEADER_BYTES];
    const struct flash_device *device = device_of(store);
    uint32_t left = device->sector - at;
    record->off = log_sector_off(store, sequence) + at;
    if (left < FORMAT_BARE_BYTES ||
        device->read(device, record->off, raw, sizeof raw) != GARRISON_OK) {
        left = 0;
        if (device->read(device, record->off, raw, FORMAT_QUAD) != GARRISON_OK) {
            return LOOK_BAD;
        }
    }
    if (raw[0] == device->erased && bytes_all(raw, FORMAT_QUAD, device->erased)) {
        return LOOK_BLANK;
    }
    if (left == 0 || !format_get_record(store->config, raw, record) ||
        format_record_bytes(record->len) > left ||
        !format_check_record(store->config, sequence, record->off, raw)) {
        return LOOK_BAD;
    }
    return LOOK_RECORD;
}

/*
 * Whether the sector belongs to the log, and which is the oldest one needed then. It does not while
 * it holds nothing but copies for whose sake the last free sector was opened: all their originals
 * are still there. A record that is no copy, or a mark, says that copying had come to its end.
 * Behind the header of another sequence there is nothing of this one: opening erases first.
 */
static bool survey(struct store *store, uint32_t sequence, uint32_t *tail)
{
    uint32_t sectors = log_sectors(store);
    struct sector_header header;
    struct record record;
    bool opened = has_header(store, sequence, &header);
    if (opened && header.sequence != sequence) {
        return false;
    }
    *tail = opened ? sequence - header.tail : 0;
    bool belongs = opened && *tail + sectors > sequence + 1u;
    for (uint32_t at = FORMAT_SECTOR_BYTES; at < device_of(store)->sector; at += FORMAT_QUAD) {
        uint8_t start[2];
        const struct flash_device *device = device_of(store);
        if (device->read(device, log_sector_off(store, sequence) + at, start, 2) != GARRISON_OK ||
            (start[0] != RECORD_MARK && (belongs || start[0] == device->erased)) ||
            look_at(store, sequence, at, &record) != LOOK_RECORD) {
            continue;
        }
        if (record.kind != RECORD_MARK) {
            belongs |= (record.flags & RECORD_COPY) == 0;
        } else if (log_load(store, &record) == GARRISON_OK) {
            belongs = true;
            *tail = (uint32_t)record.key.uid > *tail ? (uint32_t)record.key.uid : *tail;
        }
    }
    uint32_t least = sequence + 2u - sectors < sectors ? sectors : sequence + 2u - sectors;
    *tail = *tail < least ? least : *tail;
    return belongs;
}

/* Highest sequence among the authentic headers, 0 if there is none. */
static enum garrison_status newest_header(const struct store *store, uint32_t *newest)
{
    const struct flash_device *device = device_of(store);
    enum garrison_status status = GARRISON_ERROR_BLANK;
    *newest = 0;
    for (uint32_t off = 0; off < device->size; off += device->sector) {
        uint8_t raw[FORMAT_SECTOR_BYTES + FORMAT_QUAD];
        struct sector_header header;
        if (device->read(device, off, raw, sizeof raw) != GARRISON_OK &&
            device->read(device, off, raw, FORMAT_SECTOR_BYTES) != GARRISON_OK) {
            continue;
        }
        if (!format_get_sector(store->config, raw, &header)) {
            if (format_like_sector(raw) &&
                !bytes_all(raw + FORMAT_SECTOR_BYTES, FORMAT_QUAD, device->erased)) {
                status = GARRISON_ERROR_DIGEST;
            }
            continue;
        }
        if (header.format < STORE_FORMAT_OLDEST || header.format > STORE_FORMAT_CURRENT) {
            return GARRISON_ERROR_UNSUPPORTED;
        }
        if (log_sector_off(store, header.sequence) == off && header.sequence > *newest) {
            *newest = header.sequence;
        }
    }
    return *newest != 0 ? GARRISON_OK : status;
}

enum garrison_status mount_find_log(struct store *store)
{
    uint32_t sectors = log_sectors(store);
    uint32_t newest;
    enum garrison_status status = newest_header(store, &newest);
    if (status == GARRISON_ERROR_UNSUPPORTED) {
        return status;
    }
    if (newest == 0) {
        newest = sectors - 1u; /* the first sector of all may have lost its header */
    }
    /* One more than the newest header: that sector's own may be damaged. */
    for (uint32_t sequence = newest + 1u; sequence >= sectors && sequence + sectors > newest;
         sequence--) {
        if (survey(store, sequence, &store->tail)) {
            store->sequence = sequence;
            return GARRISON_OK;
        }
    }
    return status == GARRISON_OK ? GARRISON_ERROR_DIGEST : status;
}

enum garrison_status mount_make_new(struct store *store)
{
    store->sequence = log_sectors(store) - 1u;
    store->tail = log_sectors(store);
    return log_open_sector(store);
}

static void note_drop(struct scan *scan, enum store_drop reason, uint32_t count)
{
    scan->report->dropped[reason] += count;
    if (count > 0 && reason != STORE_DROP_UNFINISHED &&
        scan->drop_off < scan->report->first_drop_off) {
        scan->report->first_drop_off = scan->drop_off;
    }
}

/*
 * An object whose newest record is lost has none; older ones before it must not come back. Nothing
 * is older than what can be written but once.
 */
static void note_damage(struct store *store, uint32_t name)
{
    struct record record;
    for (uint32_t off = 0; log_next_live(store, &off); off += FORMAT_QUAD) {
        if (log_read_header(store, off, &record) && record.kind == RECORD_HEAD &&
            (record.flags & RECORD_ONCE) == 0 && format_name(store->config, &record.key) == name) {
            log_set_live(store, &record, false);
        }
    }
    log_add_damage(store, name);
}

/* How many numbers were left out; none, if it is lower than expected. */
static uint32_t missing_before(uint16_t expected, uint16_t serial)
{
    uint32_t ahead = ((uint32_t)serial + UINT16_MAX - expected) % UINT16_MAX;
    return ahead > UINT16_MAX / 2u ? 0 : ahead;
}

/* Whether, of two records of an object, the one later in the log is what counts. */
static bool replaces(const struct record *later, const struct record *earlier)
{
    if (earlier->kind == RECORD_HEAD) {
        return later->kind != RECORD_CHUNK && later->version >= earlier->version;
    }
    if (later->kind == RECORD_CHUNK) {
        return later->version == earlier->version && later->index == earlier->index;
    }
    return later->version > earlier->version ||
           (later->version == earlier->version &&
            (later->kind == RECORD_TOMBSTONE || earlier->index > later->index));
}

static void resolve(struct store *store, const struct record *record)
{
    struct record earlier = {.off = 0};
    bool lives = record->kind != RECORD_TOMBSTONE;
    for (; log_next_of(store, &record->key, &earlier); earlier.off += FORMAT_QUAD) {
        if (replaces(record, &earlier)) {
            log_set_live(store, &earlier, false);
        } else if (earlier.kind == RECORD_HEAD && earlier.version > record->version) {
            lives = false;
        }
    }
    if (lives) {
        log_set_live(store, record, true);
    }
    if (record->kind != RECORD_CHUNK) {
        log_clear_damage(store, &record->key);
    }
}

/*
 * A record that finished a change, of which the header is left. A head that says write-once stays: it
 * cannot be read, nor replaced. With an anchor it does not, and the state will not fit.
 */
static void note_torn(struct store *store, const struct record *record)
{
    uint32_t name = format_name(store->config, &record->key);
    if (record->kind == RECORD_HEAD && (record->flags & RECORD_ONCE) != 0 &&
        store->config->anchor == NULL) {
        resolve(store, record);
        log_add_damage(store, name);
    } else if (format_commits(record)) {
        note_damage(store, name);
    }
}

/* The next thing in the log that can be read has that number and link. */
static void go_on_at(struct scan *scan, uint16_t serial, uint32_t link)
{
    struct store *store = scan->store;
    uint32_t missing = scan->known && serial != 0 ? missing_before(scan->serial, serial) : 0;
    uint32_t told = 0;
    note_drop(scan, missing > 0 ? STORE_DROP_UNREADABLE : STORE_DROP_UNFINISHED, scan->bad);
    note_drop(scan, missing > 0 ? STORE_DROP_NOT_AUTHENTIC : STORE_DROP_UNFINISHED, scan->torn);
    for (uint32_t i = 0; missing > 0 && i < scan->torn && i < 2u; i++) {
        const struct record *record = &scan->kept[i];
        uint32_t ahead = missing_before(scan->serial, record->serial);
        if (ahead < missing) {
            note_torn(store, record);
            told += ahead + 1u < missing; /* the last is told by the link as well */
        }
    }
    if (missing > 0 && link != 0) {
        note_damage(store, link);
    }
    if (missing > told + 1u) {
        store->damaged_count = STORE_DAMAGED_MAX + 1u;
    }
    scan->bad = 0;
    scan->torn = 0;
    scan->known = serial != 0;
    scan->serial = serial;
}

static void take(struct scan *scan, const struct record *record)
{
    struct store *store = scan->store;
    go_on_at(scan, record->serial, record->link);
    scan->serial = format_next_serial(record->serial);
    scan->last = *record;
    if (record->version > store->version) {
        store->version = record->version;
    }
    if (record->kind != RECORD_MARK) {
        resolve(store, record);
    }
    if (format_commits(record) && record->version >= store->committed) {
        log_set_commit(store, record);
    }
}

static void note_bad(struct scan *scan, const struct record *record, enum look look)
{
    if (scan->bad == 0 && scan->torn == 0) {
        scan->drop_off = record->off;
    }
    if (look == LOOK_BAD) {
        scan->bad++;
        return;
    }
    if (scan->torn < 2u) {
        scan->kept[scan->torn] = *record;
    }
    scan->torn++;
}

/* Reads a sector; returns the offset behind the last quad-word that is not blank. */
static uint32_t scan_sector(struct scan *scan, uint32_t sequence)
{
    struct store *store = scan->store;
    uint32_t end = FORMAT_SECTOR_BYTES;
    uint32_t at = end;
    while (at < device_of(store)->sector) {
        struct record record;
        enum look look = look_at(store, sequence, at, &record);
        uint32_t bytes = FORMAT_QUAD;
        if (look == LOOK_RECORD && log_load(store, &record) == GARRISON_OK) {
            bytes = format_record_bytes(record.len);
            take(scan, &record);
        } else if (look != LOOK_BLANK) {
            /* Its second quad-word is passed over as well: together they were authentic. */
            bytes = look == LOOK_RECORD ? FORMAT_HEADER_BYTES : FORMAT_QUAD;
            note_bad(scan, &record, look);
        }
        at += bytes;
        end = look == LOOK_BLANK ? end : at;
    }
    return end;
}

/* Chunks without a head were never finished; heads without all their chunks are damaged. */
static void settle_objects(struct store *store, struct store_report *report)
{
    struct record record;
    struct record other;
    for (uint32_t off = 0; log_next_live(store, &off); off += FORMAT_QUAD) {
        if (log_read_header(store, off, &record) && record.kind == RECORD_CHUNK &&
            (!log_find(store, &record.key, RECORD_HEAD, 0, 0, &other) ||
             other.version != record.version || other.index < record.index)) {
            log_set_live(store, &record, false);
            report->dropped[STORE_DROP_ORPHAN]++;
        }
    }
    for (uint32_t off = 0; log_next_live(store, &off); off += FORMAT_QUAD) {
        if (!log_read_header(store, off, &record) || record.kind != RECORD_HEAD) {
            continue;
        }
        uint32_t chunks = 0;
        other.off = 0;
        for (; record.index > 0 && log_next_of(store, &record.key, &other);
             other.off += FORMAT_QUAD) {
            chunks += other.kind == RECORD_CHUNK;
        }
        report->objects++;
        report->damaged += chunks != record.index;
    }
}

void mount_scan(struct store *store, struct store_report *report)
{
    struct scan scan = {.store = store, .report = report};
    uint32_t format =
        store->config->write_format == 0 ? STORE_FORMAT_CURRENT : store->config->write_format;
    for (uint32_t sequence = store->tail; sequence <= store->sequence; sequence++) {
        struct sector_header header;
        store->format = 0;
        if (read_sector(store, sequence, &header)) {
            store->format = header.format;
            report->upgraded |= header.format < format;
            go_on_at(&scan, header.serial, header.link);
        }
        store->end = scan_sector(&scan, sequence);
        if (store->format == 0 && store->end > FORMAT_SECTOR_BYTES) {
            scan.drop_off = log_sector_off(store, sequence);
            note_drop(&scan, STORE_DROP_SECTOR, 1);
            store->format = scan.last.serial == 0 ? STORE_FORMAT_OLDEST : STORE_FORMAT_CURRENT;
        }
    }
    note_drop(&scan, STORE_DROP_UNFINISHED, scan.bad + scan.torn);
    store->serial = scan.known ? scan.serial : FORMAT_FIRST_SERIAL;
    if (scan.last.kind == RECORD_HEAD || scan.last.kind == RECORD_TOMBSTONE) {
        store->link = format_name(store->config, &scan.last.key);
    }
    settle_objects(store, report);
    report->damaged += store->damaged_count;
}

uint32_t mount_below(const struct store *store, uint32_t format)
{
    uint32_t below = store->tail;
    for (uint32_t sequence = store->tail; sequence <= store->sequence; sequence++) {
        struct sector_header header;
        if (read_sector(store, sequence, &header) && header.format != format) {
            below = sequence + 1u;
        }
    }
    return below;
}

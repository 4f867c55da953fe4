#include "store/counter.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/secret.h"

#define FORMAT 1u

#define SECTORS_MIN 2u
#define SECTORS_MAX 64u
#define SECTOR_MIN  512u
#define SECTOR_MAX  (1u << 24)

/* docs/SPEC.md, "Counter area". */
#define QUAD         16u
#define MAGIC        0x54434147u /* "GACT" */
#define TABLE_OFF    QUAD
#define ENTRY_BYTES  (4u + COUNTER_BINDING_BYTES)
#define TAG_OFF      (TABLE_OFF + COUNTER_MAX * ENTRY_BYTES)
#define HEADER_BYTES (TAG_OFF + STORE_TAG_BYTES)

#define STEP_MAGIC     0x53434147u /* "GACS"; in what the check covers only */
#define STEP_ID_OFF    4u
#define STEP_BIND_OFF  6u
#define STEP_CHECK_OFF 12u
#define STEP_CHECKED   (4u + STEP_CHECK_OFF + 12u)

/* Quad-words that fail one after the other before a sector is given up; a torn one is single. */
#define STEP_TRIES 4u
/* Erasing and opening of a sector, before it is. */
#define OPEN_TRIES 2u

_Static_assert(HEADER_BYTES % QUAD == 0, "a header is whole quad-words");
_Static_assert(SECTOR_MIN >= HEADER_BYTES + STEP_TRIES * QUAD, "steps fit behind a header");

/** What a sector begins with. */
enum sector_kind {
    SECTOR_UNREADABLE = 0,
    SECTOR_PLAIN,  /**< No header: blank, or cut short while being opened or erased. */
    SECTOR_FORGED, /**< A header that is sound, but the table is not authentic. */
    SECTOR_NEWER,  /**< A header of a newer format. */
    SECTOR_TABLE,  /**< A table that is authentic. */
};

/* ---- bytes ---------------------------------------------------------------------------------- */

static uint32_t sector_count(const struct counters *counters)
{
    return counters->config->device->size / counters->config->device->sector;
}

/** Offset in the device of the sector with that sequence. */
static uint32_t sector_off(const struct counters *counters, uint32_t sequence)
{
    return sequence % sector_count(counters) * counters->config->device->sector;
}

/** The tag covers the header and the area; its place is the sequence. */
static struct view header_associated(const struct counters *counters,
                                     const uint8_t header[HEADER_BYTES],
                                     uint8_t associated[TAG_OFF + 4u])
{
    memcpy(associated, header, TAG_OFF);
    bytes_store_le32(associated + TAG_OFF, counters->config->area_id);
    return (struct view){associated, TAG_OFF + 4u};
}

static void header_encode(const struct counters *counters, uint32_t sequence,
                          uint8_t header[HEADER_BYTES])
{
    const struct store_protection *protection = counters->config->protection;
    uint8_t associated[TAG_OFF + 4u];
    bytes_store_le32(header, MAGIC);
    bytes_store_le32(header + 4, FORMAT | sector_count(counters) << 16);
    bytes_store_le32(header + 8, sequence);
    bytes_store_le32(header + 12, crc32_of(header, 12));
    for (uint32_t id = 0; id < COUNTER_MAX; id++) {
        uint8_t *entry = header + TABLE_OFF + id * ENTRY_BYTES;
        bytes_store_le32(entry, counters->counter[id].value);
        memcpy(entry + 4, counters->counter[id].binding, COUNTER_BINDING_BYTES);
    }
    protection->seal(protection->context, header_associated(counters, header, associated), NULL, 0,
                     header + TAG_OFF);
}

static void header_decode(struct counters *counters, const uint8_t header[HEADER_BYTES])
{
    for (uint32_t id = 0; id < COUNTER_MAX; id++) {
        const uint8_t *entry = header + TABLE_OFF + id * ENTRY_BYTES;
        counters->counter[id].value = bytes_load_le32(entry);
        memcpy(counters->counter[id].binding, entry + 4, COUNTER_BINDING_BYTES);
    }
}

/** The check says that this step was made for this place of this opening of the sector. */
static void step_check(const struct counters *counters, uint32_t sequence, uint32_t off,
                       const uint8_t step[QUAD], uint8_t check[4])
{
    const struct store_protection *protection = counters->config->protection;
    uint8_t covered[STEP_CHECKED];
    uint8_t tag[STORE_TAG_BYTES];
    bytes_store_le32(covered, STEP_MAGIC);
    memcpy(covered + 4, step, STEP_CHECK_OFF);
    bytes_store_le32(covered + 16, counters->config->area_id);
    bytes_store_le32(covered + 20, sequence);
    bytes_store_le32(covered + 24, off | sector_count(counters) << 24);
    protection->seal(protection->context, (struct view){covered, sizeof covered}, NULL, 0, tag);
    memcpy(check, tag, 4);
}

/* ---- mounting ------------------------------------------------------------------------------- */

static bool config_fits(const struct counters_config *config)
{
    const struct flash_device *device = config->device;
    return device->unit == QUAD && device->sector >= SECTOR_MIN && device->sector <= SECTOR_MAX &&
           device->sector % QUAD == 0 && device->size % device->sector == 0 &&
           device->size / device->sector >= SECTORS_MIN &&
           device->size / device->sector <= SECTORS_MAX;
}

/** Reads a sector's header. */
static enum sector_kind sector_read(const struct counters *counters, uint32_t sector,
                                    uint8_t header[HEADER_BYTES], uint32_t *sequence)
{
    const struct store_protection *protection = counters->config->protection;
    const struct flash_device *device = counters->config->device;
    const uint32_t off = sector * device->sector;
    if (device->read(device, off, header, QUAD) != GARRISON_OK) {
        return SECTOR_UNREADABLE;
    }
    if (bytes_load_le32(header) != MAGIC || bytes_load_le32(header + 12) != crc32_of(header, 12)) {
        return SECTOR_PLAIN;
    }
    *sequence = bytes_load_le32(header + 8);
    if (bytes_load_le16(header + 4) > FORMAT) {
        return SECTOR_NEWER;
    }
    uint8_t associated[TAG_OFF + 4u];
    if (device->read(device, off + QUAD, header + QUAD, HEADER_BYTES - QUAD) != GARRISON_OK ||
        bytes_load_le32(header + 4) != (FORMAT | sector_count(counters) << 16) ||
        *sequence % sector_count(counters) != sector ||
        protection->open(protection->context, header_associated(counters, header, associated), NULL,
                         0, header + TAG_OFF) != GARRISON_OK) {
        return SECTOR_FORGED;
    }
    return SECTOR_TABLE;
}

/** Takes over a step if it is authentic. */
static bool step_apply(struct counters *counters, uint32_t sequence, uint32_t off,
                       const uint8_t step[QUAD])
{
    const uint32_t id = bytes_load_le16(step + STEP_ID_OFF);
    const uint32_t value = bytes_load_le32(step);
    uint8_t check[4];
    step_check(counters, sequence, off, step, check);
    if (!secret_equal(check, step + STEP_CHECK_OFF, sizeof check) || id >= COUNTER_MAX ||
        value < counters->counter[id].value) {
        return false;
    }
    counters->counter[id].value = value;
    memcpy(counters->counter[id].binding, step + STEP_BIND_OFF, COUNTER_BINDING_BYTES);
    return true;
}

/** What the steps of a sector were. */
struct steps {
    uint32_t applied;
    uint32_t dropped;
    uint32_t end; /**< Behind the last quad-word that is not blank. */
};

/** Applies all steps that stand in the sector of that sequence. */
static struct steps steps_apply(struct counters *counters, uint32_t sequence)
{
    const struct flash_device *device = counters->config->device;
    struct steps steps = {.end = HEADER_BYTES};
    for (uint32_t off = HEADER_BYTES; off < device->sector; off += QUAD) {
        uint8_t step[QUAD];
        const bool readable =
            device->read(device, sector_off(counters, sequence) + off, step, QUAD) == GARRISON_OK;
        if (readable && bytes_all(step, QUAD, device->erased)) {
            continue;
        }
        steps.end = off + QUAD;
        if (readable && step_apply(counters, sequence, off, step)) {
            steps.applied++;
        } else {
            steps.dropped++;
        }
    }
    return steps;
}

/**
 * Goes on over sectors whose own table has gone bad, from the table that counts, or with `first` 0
 * from that of zeros with which an area begins. Steps are written only into a sector whose header
 * has been read back, so where there are some, it was there.
 * @return whether there were any
 */
static bool steps_recover(struct counters *counters, uint32_t first, uint32_t *dropped)
{
    bool recovered = false;
    for (uint32_t ahead = 0; ahead < sector_count(counters); ahead++) {
        uint8_t header[HEADER_BYTES];
        uint32_t sequence;
        const uint32_t sector = (first + ahead) % sector_count(counters);
        if (sector_read(counters, sector, header, &sequence) == SECTOR_TABLE) {
            continue; /* An older one. */
        }
        const struct steps steps = steps_apply(counters, first + ahead);
        if (steps.applied > 0) {
            recovered = true;
            counters->sequence = first + ahead;
            counters->end = counters->config->device->sector; /* Nothing is added to it. */
            *dropped += steps.dropped + 1u;
        } else if (first == 0 && ahead == 0) {
            return false; /* No later sector's steps begin with zeros. */
        }
    }
    return recovered;
}

/** Finds the newest table. @return GARRISON_ERROR_BLANK: there is no header at all. */
static enum garrison_status table_find(struct counters *counters)
{
    uint8_t header[HEADER_BYTES];
    bool found = false;
    bool newer = false;
    uint32_t newer_sequence = 0;
    uint32_t count[SECTOR_TABLE + 1] = {0};
    for (uint32_t sector = 0; sector < sector_count(counters); sector++) {
        uint32_t sequence = 0;
        const enum sector_kind kind = sector_read(counters, sector, header, &sequence);
        count[kind]++;
        if (kind == SECTOR_NEWER && (!newer || sequence > newer_sequence)) {
            newer = true;
            newer_sequence = sequence;
        }
        if (kind == SECTOR_TABLE && (!found || sequence > counters->sequence)) {
            found = true;
            counters->sequence = sequence;
            counters->table = sector;
            header_decode(counters, header);
        }
    }
    if (newer && (!found || newer_sequence > counters->sequence)) {
        return GARRISON_ERROR_UNSUPPORTED;
    }
    if (found) {
        return GARRISON_OK;
    }
    if (count[SECTOR_UNREADABLE] == sector_count(counters)) {
        return GARRISON_ERROR_DEVICE;
    }
    return count[SECTOR_FORGED] > 0 ? GARRISON_ERROR_DIGEST : GARRISON_ERROR_BLANK;
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool write_back(const struct flash_device *device, uint32_t off, const uint8_t *data,
                       uint32_t len)
{
    uint8_t back[HEADER_BYTES];
    return device->program(device, off, data, len) == GARRISON_OK &&
           device->read(device, off, back, len) == GARRISON_OK && memcmp(back, data, len) == 0;
}

/**
 * Erases a sector and gives it a table of the counters as they are. Its first quad-word is written
 * when all others have been read back: a sector that has one is complete.
 */
static bool sector_open(struct counters *counters, uint32_t sequence)
{
    const struct flash_device *device = counters->config->device;
    const uint32_t off = sector_off(counters, sequence);
    uint8_t header[HEADER_BYTES];
    header_encode(counters, sequence, header);
    for (uint32_t attempt = 0; attempt < OPEN_TRIES; attempt++) {
        if (device->erase(device, off, device->sector) == GARRISON_OK &&
            write_back(device, off + QUAD, header + QUAD, HEADER_BYTES - QUAD) &&
            write_back(device, off, header, QUAD)) {
            counters->sequence = sequence;
            counters->table = sequence % sector_count(counters);
            counters->end = HEADER_BYTES;
            return true;
        }
    }
    return false;
}

/** Opens the next good sector of the ring, from `first` on, but never the one whose table counts. */
static enum garrison_status sector_next(struct counters *counters, uint32_t first, bool has_table)
{
    for (uint32_t i = 0; i < sector_count(counters); i++) {
        const uint32_t sequence = first + i;
        const uint32_t sector = sequence % sector_count(counters);
        if (sequence < first) {
            return GARRISON_ERROR_DEVICE; /* Four thousand million erases: it is not ours. */
        }
        if ((counters->bad >> sector & 1u) || (has_table && sector == counters->table)) {
            continue;
        }
        if (sector_open(counters, sequence)) {
            return GARRISON_OK;
        }
        counters->bad |= (uint64_t)1 << sector;
    }
    return GARRISON_ERROR_DEVICE;
}

/** Appends a step to the present sector. False: there is no room, or it has been given up. */
static bool step_append(struct counters *counters, unsigned id, const struct counter *next)
{
    const struct flash_device *device = counters->config->device;
    uint8_t step[QUAD];
    bytes_store_le32(step, next->value);
    bytes_store_le32(step + STEP_ID_OFF, id); /* 16 bits of it; the binding follows */
    memcpy(step + STEP_BIND_OFF, next->binding, COUNTER_BINDING_BYTES);
    uint32_t tries = 0;
    while (tries < STEP_TRIES && device->sector - counters->end >= QUAD) {
        const uint32_t off = counters->end;
        step_check(counters, counters->sequence, off, step, step + STEP_CHECK_OFF);
        counters->end += QUAD;
        if (write_back(device, sector_off(counters, counters->sequence) + off, step, QUAD)) {
            return true;
        }
        tries++;
    }
    if (tries == STEP_TRIES) {
        counters->bad |= (uint64_t)1 << counters->sequence % sector_count(counters);
        counters->end = device->sector;
    }
    return false;
}

/* ---- interface ------------------------------------------------------------------------------ */

enum garrison_status counters_mount(struct counters *counters, const struct counters_config *config,
                                    struct counters_report *report)
{
    struct counters_report found = {0};
    *counters = (struct counters){.config = config};
    if (!config_fits(config)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    enum garrison_status status = table_find(counters);
    if (status == GARRISON_OK) {
        const struct steps steps = steps_apply(counters, counters->sequence);
        counters->end = steps.end;
        found.dropped = steps.dropped;
        (void)steps_recover(counters, counters->sequence + 1u, &found.dropped);
    } else if (status != GARRISON_ERROR_BLANK && status != GARRISON_ERROR_DIGEST) {
        return status;
    } else if (steps_recover(counters, 0, &found.dropped)) {
        /* In its first turn an area can do without a table: the first one was of zeros. */
        counters->table = counters->sequence % sector_count(counters);
        status = GARRISON_OK;
    } else if (status == GARRISON_ERROR_BLANK) {
        found.formatted = true;
        status = sector_next(counters, 0, false);
    }
    if (report != NULL) {
        *report = found;
    }
    return status;
}

enum garrison_status counter_read(const struct counters *counters, unsigned id,
                                  struct counter *counter)
{
    if (id >= COUNTER_MAX) {
        return GARRISON_ERROR_ARGUMENT;
    }
    *counter = counters->counter[id];
    return GARRISON_OK;
}

enum garrison_status counter_raise(struct counters *counters, unsigned id, uint32_t value,
                                   const uint8_t binding[COUNTER_BINDING_BYTES])
{
    if (id >= COUNTER_MAX) {
        return GARRISON_ERROR_ARGUMENT;
    }
    struct counter next = {.value = value};
    if (binding != NULL) {
        memcpy(next.binding, binding, sizeof next.binding);
    }
    const struct counter *now = &counters->counter[id];
    const bool bound_alike = memcmp(now->binding, next.binding, sizeof next.binding) == 0;
    if (value < now->value || (value == now->value && !bound_alike)) {
        return GARRISON_ERROR_POLICY;
    }
    if (value == now->value) {
        return GARRISON_OK;
    }
    while (!step_append(counters, id, &next)) {
        const enum garrison_status status = sector_next(counters, counters->sequence + 1u, true);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    counters->counter[id] = next;
    return GARRISON_OK;
}

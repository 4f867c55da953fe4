#include "store/journal.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"

#define MAGIC   0x4C4A4147u /* "GAJL" */
#define VERSION 1u
#define RECORD  16u
#define CRC_OFF 12u

#define SECTORS_MIN 2u
#define SECTORS_MAX 8u

/** Quad-words that may turn out bad in a row before a sector is given up. */
#define TRIES 8u

/** First byte of a record. Append only; an unknown one is passed over. */
enum record_type {
    RECORD_COMPONENT = 1, /**< u8 index, u8 state, u8 reason, u32 size, u16 sectors, u16 sealed. */
    RECORD_BEGIN = 2,     /**< u8 kind, u16 set, u32 number, u8 state, u8 reason, u16 0. */
    RECORD_STEP = 3,      /**< u24 0, u32 number, u32 steps. */
    RECORD_OPERATION = 4, /**< u8 kind, u16 set, u32 number, u32 steps. */
};

/** CRC-32 of a record in a sector of that sequence. */
static uint32_t record_crc(const uint8_t record[RECORD], uint32_t sequence)
{
    uint8_t place[4];
    bytes_store_le32(place, sequence);
    return crc32_more(crc32_of(record, CRC_OFF), place, sizeof place);
}

static void record_seal(uint8_t record[RECORD], uint32_t sequence)
{
    bytes_store_le32(record + CRC_OFF, record_crc(record, sequence));
}

static bool record_is_sound(const uint8_t record[RECORD], uint32_t sequence)
{
    return bytes_load_le32(record + CRC_OFF) == record_crc(record, sequence);
}

/** Reads a quad-word; false if it cannot be read. */
static bool quad_read(const struct flash_device *device, uint32_t off, uint8_t quad[RECORD])
{
    return device->read(device, off, quad, RECORD) == GARRISON_OK;
}

/** Programs a quad-word and reads it back. */
static bool quad_write(const struct flash_device *device, uint32_t off, const uint8_t quad[RECORD])
{
    uint8_t back[RECORD];
    return device->program(device, off, quad, RECORD) == GARRISON_OK &&
           quad_read(device, off, back) && memcmp(back, quad, RECORD) == 0;
}

static uint32_t sector_off(const struct journal *journal, uint32_t sector)
{
    return sector * journal->device->sector;
}

static uint32_t sector_count(const struct journal *journal)
{
    return journal->device->size / journal->device->sector;
}

/*
 * The records, each as bytes.
 */

static void make_component(uint8_t record[RECORD], unsigned index,
                           const struct journal_component *component)
{
    memset(record, 0, RECORD);
    record[0] = RECORD_COMPONENT;
    record[1] = (uint8_t)index;
    record[2] = component->state;
    record[3] = component->reason;
    bytes_store_le32(record + 4, component->size);
    bytes_store_le32(record + 8, component->sectors | (uint32_t)component->sealed << 16);
}

static void make_head(uint8_t record[RECORD], enum record_type type, uint8_t kind, uint16_t set,
                      uint32_t number)
{
    memset(record, 0, RECORD);
    record[0] = (uint8_t)type;
    record[1] = kind;
    bytes_store_le16(record + 2, set);
    bytes_store_le32(record + 4, number);
}

static void make_operation(uint8_t record[RECORD], const struct journal_operation *operation)
{
    make_head(record, RECORD_OPERATION, operation->kind, operation->set, operation->number);
    bytes_store_le32(record + 8, operation->steps);
}

static void take_set(struct journal *journal, uint16_t set, uint8_t state, uint8_t reason)
{
    for (unsigned i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        if ((1u << i & set) != 0) {
            journal->component[i].state = state;
            journal->component[i].reason = reason;
        }
    }
}

/** Applies a sound record; what it says of components or kinds that are not known is passed over. */
static void take_record(struct journal *journal, const uint8_t record[RECORD])
{
    struct journal_operation *operation = &journal->operation;
    switch (record[0]) {
    case RECORD_COMPONENT:
        if (record[1] < JOURNAL_COMPONENTS_MAX && record[2] <= JOURNAL_UPDATED) {
            journal->component[record[1]] = (struct journal_component){
                .state = record[2],
                .reason = record[3],
                .size = bytes_load_le32(record + 4),
                .sectors = bytes_load_le16(record + 8),
                .sealed = bytes_load_le16(record + 10),
            };
        }
        return;
    case RECORD_BEGIN:
        *operation = (struct journal_operation){.kind = record[1],
                                                .set = bytes_load_le16(record + 2),
                                                .number = bytes_load_le32(record + 4)};
        take_set(journal, operation->set, record[8], record[9]);
        return;
    case RECORD_STEP:
        if (bytes_load_le32(record + 4) == operation->number) {
            operation->steps = bytes_load_le32(record + 8);
        }
        return;
    case RECORD_OPERATION:
        *operation = (struct journal_operation){.kind = record[1],
                                                .set = bytes_load_le16(record + 2),
                                                .number = bytes_load_le32(record + 4),
                                                .steps = bytes_load_le32(record + 8)};
        return;
    default:
        return;
    }
}

/*
 * Opening.
 */

/** Reads a sector's header. GARRISON_ERROR_BLANK: there is none that is sound. */
static enum garrison_status read_header(const struct journal *journal, uint32_t sector,
                                        uint32_t *sequence)
{
    uint8_t header[RECORD];
    if (!quad_read(journal->device, sector_off(journal, sector), header)) {
        return GARRISON_ERROR_BLANK;
    }
    *sequence = bytes_load_le32(header + 8);
    if (bytes_load_le32(header) != MAGIC || !record_is_sound(header, *sequence)) {
        return GARRISON_ERROR_BLANK;
    }
    return bytes_load_le16(header + 4) == VERSION ? GARRISON_OK : GARRISON_ERROR_UNSUPPORTED;
}

/** Takes over all records of the newest sector and finds where the next one goes. */
static void read_records(struct journal *journal)
{
    const uint32_t start = sector_off(journal, journal->sector);
    uint8_t record[RECORD];

    journal->end = start + RECORD;
    for (uint32_t off = start + RECORD; off < start + journal->device->sector; off += RECORD) {
        const bool readable = quad_read(journal->device, off, record);
        if (readable && bytes_all(record, RECORD, journal->device->erased)) {
            continue;
        }
        journal->end = off + RECORD;
        if (readable && record_is_sound(record, journal->sequence)) {
            take_record(journal, record);
        }
    }
}

static bool device_is_sound(const struct flash_device *device)
{
    if (device->unit != RECORD || device->sector % RECORD != 0 ||
        device->sector < (JOURNAL_COMPONENTS_MAX + TRIES + 8u) * RECORD ||
        device->size % device->sector != 0) {
        return false;
    }
    const uint32_t sectors = device->size / device->sector;
    return sectors >= SECTORS_MIN && sectors <= SECTORS_MAX;
}

enum garrison_status journal_open(struct journal *journal, const struct flash_device *device)
{
    memset(journal, 0, sizeof *journal);
    journal->device = device;
    if (!device_is_sound(device)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    for (uint32_t sector = 0; sector < sector_count(journal); sector++) {
        uint32_t sequence = 0;
        const enum garrison_status status = read_header(journal, sector, &sequence);
        if (status == GARRISON_ERROR_UNSUPPORTED) {
            return status;
        }
        if (status == GARRISON_OK && sequence > journal->sequence) {
            journal->sequence = sequence;
            journal->sector = sector;
        }
    }
    if (journal->sequence != 0) {
        read_records(journal);
    }
    return GARRISON_OK;
}

/*
 * Writing.
 */

/** Writes a record at `end` or a little behind, where the flash takes it. */
static bool append(struct journal *journal, uint32_t limit, uint8_t record[RECORD])
{
    record_seal(record, journal->sequence);
    for (unsigned tries = 0; tries < TRIES && journal->end < limit; tries++) {
        const uint32_t off = journal->end;
        journal->end += RECORD;
        if (quad_write(journal->device, off, record)) {
            return true;
        }
    }
    return false;
}

/** Writes all that counts into an erased sector, its header last. */
static bool fill_sector(struct journal *journal, uint32_t start)
{
    const uint32_t limit = start + journal->device->sector;
    uint8_t record[RECORD];

    journal->end = start + RECORD;
    for (unsigned i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        make_component(record, i, &journal->component[i]);
        if (!append(journal, limit, record)) {
            return false;
        }
    }
    make_operation(record, &journal->operation);
    if (!append(journal, limit, record)) {
        return false;
    }
    memset(record, 0, sizeof record);
    bytes_store_le32(record, MAGIC);
    record[4] = VERSION;
    bytes_store_le32(record + 8, journal->sequence);
    record_seal(record, journal->sequence);
    return quad_write(journal->device, start, record);
}

/** Goes on in the next sector of the ring that takes it; never in the one that counts now. */
static enum garrison_status turn(struct journal *journal)
{
    const struct journal before = *journal;
    const uint32_t count = sector_count(journal);
    /* Without any sector there is none to be kept. */
    const uint32_t candidates = before.sequence == 0 ? count : count - 1u;
    const uint32_t first = before.sequence == 0 ? 0 : before.sector + 1u;

    for (uint32_t i = 0; i < candidates; i++) {
        journal->sector = (first + i) % count;
        journal->sequence = before.sequence + 1u;
        const uint32_t start = sector_off(journal, journal->sector);
        const struct flash_device *device = journal->device;
        if (device->erase(device, start, device->sector) == GARRISON_OK &&
            fill_sector(journal, start)) {
            return GARRISON_OK;
        }
    }
    *journal = before;
    return GARRISON_ERROR_DEVICE;
}

/** Makes a record the newest, and true in memory when it is so on the flash. */
static enum garrison_status put(struct journal *journal, uint8_t record[RECORD])
{
    if (journal->sequence == 0) {
        const enum garrison_status status = turn(journal);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    if (!append(journal, sector_off(journal, journal->sector) + journal->device->sector, record)) {
        const enum garrison_status status = turn(journal);
        if (status != GARRISON_OK) {
            return status;
        }
        if (!append(journal, sector_off(journal, journal->sector) + journal->device->sector,
                    record)) {
            return GARRISON_ERROR_DEVICE;
        }
    }
    take_record(journal, record);
    return GARRISON_OK;
}

enum garrison_status journal_set(struct journal *journal, unsigned index,
                                 const struct journal_component *component)
{
    uint8_t record[RECORD];
    if (index >= JOURNAL_COMPONENTS_MAX || component->state > JOURNAL_UPDATED) {
        return GARRISON_ERROR_ARGUMENT;
    }
    make_component(record, index, component);
    return put(journal, record);
}

enum garrison_status journal_begin(struct journal *journal, enum journal_kind kind, uint16_t set,
                                   enum journal_state state, uint8_t reason)
{
    uint8_t record[RECORD];
    if (set >> JOURNAL_COMPONENTS_MAX != 0 || (unsigned)kind > JOURNAL_REVERT ||
        (unsigned)state > JOURNAL_UPDATED) {
        return GARRISON_ERROR_ARGUMENT;
    }
    make_head(record, RECORD_BEGIN, (uint8_t)kind, set, journal->operation.number + 1u);
    record[8] = (uint8_t)state;
    record[9] = reason;
    return put(journal, record);
}

enum garrison_status journal_step(struct journal *journal)
{
    uint8_t record[RECORD];
    make_head(record, RECORD_STEP, 0, 0, journal->operation.number);
    bytes_store_le32(record + 8, journal->operation.steps + 1u);
    return put(journal, record);
}

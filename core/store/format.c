#include "store/format.h"

#include <string.h>

#include "base/bytes.h"
#include "base/secret.h"

/* Where the fields of a record's header stand. What comes before SERIAL is under the tag, which is
 * copied as it is; the rest belongs to the place. */
enum {
    AT_KIND = 0,
    AT_FLAGS = 1,
    AT_INDEX = 2,
    AT_OWNER = 4,
    AT_UID = 8,
    AT_VERSION = 16,
    AT_LEN = 20,
    AT_SERIAL = 22,
    AT_LINK = 24,
    AT_CHECK = 28
};

/* And those of a sector's header; its tag follows. */
enum {
    AT_SECTOR_MAGIC = 0,
    AT_SECTOR_FORMAT = 2,
    AT_SECTOR_COUNT = 3,
    AT_SECTOR_TAIL = 4,
    AT_SECTOR_RESERVED = 5,
    AT_SECTOR_SERIAL = 6,
    AT_SECTOR_SEQUENCE = 8,
    AT_SECTOR_LINK = 12
};

_Static_assert(AT_CHECK + 4 == FORMAT_HEADER_BYTES, "a record's header is two quad-words");
_Static_assert(AT_SECTOR_LINK + 4 == FORMAT_QUAD, "a sector's header is a quad-word and its tag");

#define MAGIC 0x5347u /* "GS" */

/* What is authenticated: a letter for the purpose, so that no tag serves two, and the area. */
struct associated {
    uint8_t bytes[48];
    uint32_t len;
};

_Static_assert(FORMAT_BARE_BYTES + FORMAT_COMMIT_BYTES + FORMAT_INFO_BYTES + STORE_CHUNK_BYTES <=
                   sizeof((struct store *)0)->buffer,
               "the longest record fits the buffer");

static void associated_start(struct associated *associated, const struct store_config *config,
                             char purpose)
{
    associated->bytes[0] = (uint8_t)purpose;
    bytes_store_le32(associated->bytes + 1, config->area_id);
    associated->len = 5;
}

static void associated_add(struct associated *associated, const uint8_t *data, uint32_t len)
{
    memcpy(associated->bytes + associated->len, data, len);
    associated->len += len;
}

static void associated_add_le32(struct associated *associated, uint32_t value)
{
    bytes_store_le32(associated->bytes + associated->len, value);
    associated->len += 4;
}

static struct view view_of(const struct associated *associated)
{
    return (struct view){associated->bytes, associated->len};
}

static void authenticate(const struct store_config *config, const struct associated *associated,
                         uint8_t tag[STORE_TAG_BYTES])
{
    config->protection->seal(config->protection->context, view_of(associated), NULL, 0, tag);
}

uint32_t format_chunk_bytes(const struct store_config *config)
{
    uint32_t part = config->device->sector / 8u / FORMAT_QUAD * FORMAT_QUAD;
    return part < STORE_CHUNK_BYTES ? part : STORE_CHUNK_BYTES;
}

uint32_t format_record_bytes(uint32_t len)
{
    return FORMAT_BARE_BYTES + (len + FORMAT_QUAD - 1u) / FORMAT_QUAD * FORMAT_QUAD;
}

uint32_t format_body_max(const struct store_config *config)
{
    return FORMAT_COMMIT_BYTES + FORMAT_INFO_BYTES + format_chunk_bytes(config);
}

bool format_commits(const struct record *record)
{
    return record->kind == RECORD_HEAD || record->kind == RECORD_TOMBSTONE ||
           (record->kind == RECORD_MARK && record->index == 1);
}

uint16_t format_next_serial(uint16_t serial)
{
    return serial == UINT16_MAX ? FORMAT_FIRST_SERIAL : (uint16_t)(serial + 1u);
}

static uint32_t check_of(const struct store_config *config, uint32_t sequence, uint32_t off,
                         const uint8_t raw[FORMAT_HEADER_BYTES])
{
    struct associated associated;
    uint8_t tag[STORE_TAG_BYTES];
    associated_start(&associated, config, 'C');
    associated_add(&associated, raw, AT_CHECK);
    associated_add_le32(&associated, sequence);
    associated_add_le32(&associated, off);
    authenticate(config, &associated, tag);
    return bytes_load_le32(tag);
}

/* The fields that are the same wherever the record stands. */
static void put_lasting(const struct record *record, uint8_t raw[FORMAT_HEADER_BYTES])
{
    raw[AT_KIND] = record->kind;
    raw[AT_FLAGS] = record->flags;
    bytes_store_le16(raw + AT_INDEX, record->index);
    bytes_store_le32(raw + AT_OWNER, (uint32_t)record->key.owner);
    bytes_store_le32(raw + AT_UID, (uint32_t)record->key.uid);
    bytes_store_le32(raw + AT_UID + 4, (uint32_t)(record->key.uid >> 32));
    bytes_store_le32(raw + AT_VERSION, record->version);
    bytes_store_le16(raw + AT_LEN, record->len);
}

void format_put_record(const struct store_config *config, uint32_t sequence,
                       const struct record *record, uint8_t raw[FORMAT_HEADER_BYTES])
{
    put_lasting(record, raw);
    bytes_store_le16(raw + AT_SERIAL, record->serial);
    bytes_store_le32(raw + AT_LINK, record->link);
    bytes_store_le32(raw + AT_CHECK, check_of(config, sequence, record->off, raw));
}

bool format_get_record(const struct store_config *config, const uint8_t raw[FORMAT_HEADER_BYTES],
                       struct record *record)
{
    record->kind = raw[AT_KIND];
    record->flags = raw[AT_FLAGS];
    record->index = bytes_load_le16(raw + AT_INDEX);
    record->key.owner = (int32_t)bytes_load_le32(raw + AT_OWNER);
    record->key.uid = bytes_load_le32(raw + AT_UID) | (uint64_t)bytes_load_le32(raw + AT_UID + 4)
                                                          << 32;
    record->version = bytes_load_le32(raw + AT_VERSION);
    record->len = bytes_load_le16(raw + AT_LEN);
    record->serial = bytes_load_le16(raw + AT_SERIAL);
    record->link = bytes_load_le32(raw + AT_LINK);
    return record->kind >= RECORD_HEAD && record->kind <= RECORD_MARK &&
           record->flags <= RECORD_FLAGS && record->len <= format_body_max(config);
}

bool format_check_record(const struct store_config *config, uint32_t sequence, uint32_t off,
                         const uint8_t raw[FORMAT_HEADER_BYTES])
{
    return bytes_load_le32(raw + AT_CHECK) == check_of(config, sequence, off, raw);
}

static void associated_of_body(struct associated *associated, const struct store_config *config,
                               const uint8_t *raw)
{
    associated_start(associated, config, 'T');
    associated_add(associated, raw, AT_SERIAL);
    associated->bytes[5 + AT_FLAGS] &= RECORD_FLAGS & ~RECORD_COPY;
}

void format_seal(const struct store_config *config, const struct record *record, uint8_t *raw)
{
    struct associated associated;
    uint8_t *body = raw + FORMAT_HEADER_BYTES;
    uint32_t end = format_record_bytes(record->len) - STORE_TAG_BYTES;
    put_lasting(record, raw);
    associated_of_body(&associated, config, raw);
    memset(body + record->len, 0, end - FORMAT_HEADER_BYTES - record->len);
    config->protection->seal(config->protection->context, view_of(&associated), body, record->len,
                             raw + end);
}

enum garrison_status format_open(const struct store_config *config, const struct record *record,
                                 uint8_t *raw)
{
    struct associated associated;
    uint32_t end = format_record_bytes(record->len) - STORE_TAG_BYTES;
    associated_of_body(&associated, config, raw);
    return config->protection->open(config->protection->context, view_of(&associated),
                                    raw + FORMAT_HEADER_BYTES, record->len, raw + end);
}

static void tag_of_sector(const struct store_config *config, const uint8_t raw[FORMAT_SECTOR_BYTES],
                          uint8_t tag[STORE_TAG_BYTES])
{
    struct associated associated;
    associated_start(&associated, config, 'S');
    associated_add(&associated, raw, FORMAT_QUAD);
    authenticate(config, &associated, tag);
}

void format_put_sector(const struct store_config *config, const struct sector_header *header,
                       uint8_t raw[FORMAT_SECTOR_BYTES])
{
    bytes_store_le16(raw + AT_SECTOR_MAGIC, MAGIC);
    raw[AT_SECTOR_FORMAT] = header->format;
    raw[AT_SECTOR_COUNT] = (uint8_t)(config->device->size / config->device->sector);
    raw[AT_SECTOR_TAIL] = header->tail;
    raw[AT_SECTOR_RESERVED] = 0;
    bytes_store_le16(raw + AT_SECTOR_SERIAL, header->serial);
    bytes_store_le32(raw + AT_SECTOR_SEQUENCE, header->sequence);
    bytes_store_le32(raw + AT_SECTOR_LINK, header->link);
    tag_of_sector(config, raw, raw + FORMAT_QUAD);
}

bool format_like_sector(const uint8_t raw[FORMAT_SECTOR_BYTES])
{
    return bytes_load_le16(raw + AT_SECTOR_MAGIC) == MAGIC;
}

bool format_get_sector(const struct store_config *config, const uint8_t raw[FORMAT_SECTOR_BYTES],
                       struct sector_header *header)
{
    uint8_t tag[STORE_TAG_BYTES];
    if (!format_like_sector(raw)) {
        return false;
    }
    tag_of_sector(config, raw, tag);
    if (!secret_equal(tag, raw + FORMAT_QUAD, sizeof tag)) {
        return false;
    }
    header->format = raw[AT_SECTOR_FORMAT];
    header->tail = raw[AT_SECTOR_TAIL];
    header->serial = bytes_load_le16(raw + AT_SECTOR_SERIAL);
    header->sequence = bytes_load_le32(raw + AT_SECTOR_SEQUENCE);
    header->link = bytes_load_le32(raw + AT_SECTOR_LINK);
    return raw[AT_SECTOR_COUNT] == config->device->size / config->device->sector;
}

uint32_t format_name(const struct store_config *config, const struct store_key *key)
{
    struct associated associated;
    uint8_t tag[STORE_TAG_BYTES];
    associated_start(&associated, config, 'N');
    associated_add_le32(&associated, (uint32_t)key->owner);
    associated_add_le32(&associated, (uint32_t)key->uid);
    associated_add_le32(&associated, (uint32_t)(key->uid >> 32));
    authenticate(config, &associated, tag);
    uint32_t name = bytes_load_le32(tag);
    return name == 0 ? 1 : name;
}

void format_toggle_state(const struct store_config *config, const uint8_t tag[STORE_TAG_BYTES],
                         uint8_t state[STORE_TAG_BYTES])
{
    struct associated associated;
    uint8_t term[STORE_TAG_BYTES];
    associated_start(&associated, config, 'L');
    associated_add(&associated, tag, STORE_TAG_BYTES);
    authenticate(config, &associated, term);
    for (uint32_t i = 0; i < STORE_TAG_BYTES; i++) {
        state[i] ^= term[i];
    }
}

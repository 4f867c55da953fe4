#include "vendor_obk.h"

#include <string.h>

#include "boot/sha256.h"

/* Where the words of the header stand. */
#define AT_DESTINATION 0u
#define AT_SIZE        4u
#define AT_ENCRYPTION  8u

_Static_assert(VENDOR_OBK_DIGEST == SHA256_BYTES, "digests are SHA-256");

/** Slots of a level, as bytes of the keys store. That other levels' are refused is [U]. */
static const struct {
    uint32_t first;
    uint32_t end; /**< The byte behind. */
    unsigned level;
} levels[] = {{0x100, 0x900, 1}, {0x900, 0xC00, 2}, {0xC00, 0x1800, 3}};

const struct vendor_obk_kind vendor_obk_kinds[] = {
    {VENDOR_OBK_DA_NAME, "who may open debug, and for what", VENDOR_OBK_DA_OFF, VENDOR_OBK_DA_LEN,
     VENDOR_OBK_YES, VENDOR_OBK_YES},
    {"stirot-config", "configuration of ST-iROT, or of the Secure Manager's boot stages", 0x200,
     0x100, VENDOR_OBK_YES, VENDOR_OBK_YES},
    {"stirot-data", "data of ST-iROT", 0x400, 0x60, VENDOR_OBK_UNKNOWN, VENDOR_OBK_UNKNOWN},
    {"sm-keys", "keys of the Secure Manager's owner", 0x9D0, 0xB0, VENDOR_OBK_YES, VENDOR_OBK_NO},
    {"sm-general", "configuration of the Secure Manager", 0xA80, 0x60, VENDOR_OBK_YES,
     VENDOR_OBK_YES},
    {"garrison-keys", "key record of Garrison", 0x200, 0x330, VENDOR_OBK_NO, VENDOR_OBK_YES},
    {"garrison-layout", "layout record of Garrison", 0x600, 0x140, VENDOR_OBK_NO, VENDOR_OBK_YES},
    {"garrison-counters-1", "boot counters of Garrison's iROT", 0x740, 0x60, VENDOR_OBK_NO,
     VENDOR_OBK_YES},
    {"garrison-decryption-1", "decryption key of Garrison's iROT", 0x7A0, 0x20, VENDOR_OBK_NO,
     VENDOR_OBK_NO},
    {"garrison-counters-2", "boot counters of Garrison's uROT", 0x900, 0x60, VENDOR_OBK_NO,
     VENDOR_OBK_YES},
    {"garrison-decryption-2", "decryption key of Garrison's uROT", 0x960, 0x20, VENDOR_OBK_NO,
     VENDOR_OBK_NO},
};
const unsigned vendor_obk_kind_count = sizeof vendor_obk_kinds / sizeof vendor_obk_kinds[0];

static uint32_t get_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static void put_word(uint8_t *bytes, uint32_t word)
{
    for (unsigned i = 0; i < 4u; i++) {
        bytes[i] = (uint8_t)(word >> (8u * i));
    }
}

/* Files. */

const char *vendor_obk_check(struct vendor_obk *obk)
{
    obk->level = 0;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (obk->off >= levels[i].first && obk->off < levels[i].end) {
            obk->level = levels[i].level;
            if (obk->off % VENDOR_OBK_SLOT != 0) {
                return "the address is not a slot's: a multiple of 16";
            }
            if (obk->len == 0 || obk->len % VENDOR_OBK_SLOT != 0) {
                return "the size is not one of whole slots of 16 bytes";
            }
            return obk->len <= levels[i].end - obk->off
                       ? NULL
                       : "the size reaches over the end of the level's slots";
        }
    }
    return "the address is not one of slots of HDPL1, HDPL2 or Secure HDPL3";
}

static bool wrong(struct vendor_obk_problem *problem, size_t off, const char *why)
{
    *problem = (struct vendor_obk_problem){off, why};
    return false;
}

bool vendor_obk_read(const uint8_t *file, size_t len, struct vendor_obk *obk,
                     struct vendor_obk_problem *problem)
{
    *obk = (struct vendor_obk){0};
    if (len < VENDOR_OBK_HEADER) {
        return wrong(problem, len, "the header of 12 bytes is cut off");
    }
    const uint32_t encryption = get_word(file + AT_ENCRYPTION);
    obk->off = get_word(file + AT_DESTINATION) - VENDOR_OBK_BASE;
    obk->len = get_word(file + AT_SIZE);
    obk->data = file + VENDOR_OBK_HEADER;
    if (obk->len > len - VENDOR_OBK_HEADER) {
        return wrong(problem, len, "the file ends before the data that its header announces");
    }
    if (obk->len < len - VENDOR_OBK_HEADER) {
        return wrong(problem, VENDOR_OBK_HEADER + obk->len,
                     "there is more than the data that the header announces");
    }
    if (encryption > 1u) {
        return wrong(problem, AT_ENCRYPTION, "the word about encryption is neither 0 nor 1");
    }
    obk->encrypt = encryption == 1u;
    const char *why = vendor_obk_check(obk);
    if (why != NULL) {
        const bool about_size = obk->level != 0 && obk->off % VENDOR_OBK_SLOT == 0;
        return wrong(problem, about_size ? AT_SIZE : AT_DESTINATION, why);
    }
    return true;
}

size_t vendor_obk_write(const struct vendor_obk *obk, uint8_t *file)
{
    put_word(file + AT_DESTINATION, VENDOR_OBK_BASE + obk->off);
    put_word(file + AT_SIZE, obk->len);
    put_word(file + AT_ENCRYPTION, obk->encrypt ? 1u : 0u);
    memcpy(file + VENDOR_OBK_HEADER, obk->data, obk->len);
    return VENDOR_OBK_HEADER + obk->len;
}

void vendor_obk_digest(uint8_t *data, uint32_t len)
{
    const struct view rest = {data + VENDOR_OBK_DIGEST, len - VENDOR_OBK_DIGEST};
    if (sha256_of(rest, data) != GARRISON_OK) {
        memset(data, 0, VENDOR_OBK_DIGEST); /* Nothing has that digest. */
    }
}

/* Kinds. */

const struct vendor_obk_kind *vendor_obk_kind_named(const char *name)
{
    for (unsigned i = 0; i < vendor_obk_kind_count; i++) {
        if (strcmp(vendor_obk_kinds[i].name, name) == 0) {
            return &vendor_obk_kinds[i];
        }
    }
    return NULL;
}

/** The kind at that place, of that size if there are several; NULL: none. */
static const struct vendor_obk_kind *kind_at(uint32_t off, uint32_t len)
{
    const struct vendor_obk_kind *found = NULL;
    for (unsigned i = 0; i < vendor_obk_kind_count; i++) {
        const struct vendor_obk_kind *kind = &vendor_obk_kinds[i];
        if (kind->off == off && (found == NULL || kind->len == len)) {
            found = kind;
        }
    }
    return found;
}

bool vendor_obk_has_digest(const struct vendor_obk *obk)
{
    uint8_t digest[SHA256_BYTES];
    if (obk->len <= VENDOR_OBK_DIGEST) {
        return false;
    }
    const struct view rest = {obk->data + VENDOR_OBK_DIGEST, obk->len - VENDOR_OBK_DIGEST};
    return sha256_of(rest, digest) == GARRISON_OK && memcmp(digest, obk->data, sizeof digest) == 0;
}

enum vendor_obk_verdict vendor_obk_judge(const struct vendor_obk *obk,
                                         const struct vendor_obk_kind **kind)
{
    const struct vendor_obk_kind *is = kind_at(obk->off, obk->len);
    *kind = is;
    if (is == NULL) {
        return VENDOR_OBK_STRANGE;
    }
    if (is->len != obk->len) {
        return VENDOR_OBK_WRONG_SIZE;
    }
    if (is->encrypt != VENDOR_OBK_UNKNOWN && (is->encrypt == VENDOR_OBK_YES) != obk->encrypt) {
        return VENDOR_OBK_WRONG_ENCRYPTION;
    }
    return is->digest == VENDOR_OBK_YES && !vendor_obk_has_digest(obk) ? VENDOR_OBK_WRONG_DIGEST
                                                                       : VENDOR_OBK_SOUND;
}

/* Debug authentication: digest, hash, mask, 16 bytes of zeros. [I] */

#define DA_HASH        VENDOR_OBK_DIGEST
#define DA_PERMISSIONS (DA_HASH + 32u)

bool vendor_obk_da_read(const struct vendor_obk *obk, struct vendor_obk_da *da)
{
    if (obk->off != VENDOR_OBK_DA_OFF || obk->len != VENDOR_OBK_DA_LEN) {
        return false;
    }
    memcpy(da->hash, obk->data + DA_HASH, sizeof da->hash);
    memcpy(da->permissions, obk->data + DA_PERMISSIONS, sizeof da->permissions);
    return true;
}

void vendor_obk_da_write(const struct vendor_obk_da *da, uint8_t file[VENDOR_OBK_DA_FILE])
{
    uint8_t data[VENDOR_OBK_DA_LEN] = {0};
    const struct vendor_obk obk = {
        .off = VENDOR_OBK_DA_OFF, .len = VENDOR_OBK_DA_LEN, .encrypt = true, .data = data};
    memcpy(data + DA_HASH, da->hash, sizeof da->hash);
    memcpy(data + DA_PERMISSIONS, da->permissions, sizeof da->permissions);
    vendor_obk_digest(data, sizeof data);
    (void)vendor_obk_write(&obk, file);
}

/*
 * The layout record: where everything stands in the flash, as data.
 *
 * Provisioning writes one into the option-byte keys of HDPL1; the first stage checks it and hands it
 * on, so one iROT, uROT and manager serve any layout. Offsets and sizes are bytes from the start of
 * the user flash and multiples of a sector. docs/SPEC.md, "Layout record".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/status.h>

GARRISON_ABI_BEGIN

#define LAYOUT_RECORD_MAGIC   0x594C4147u /**< "GALY" */
#define LAYOUT_RECORD_VERSION 1u
#define LAYOUT_RECORD_OFF     0x600u /**< From the start of the keys store. */
#define LAYOUT_SLOTS_MAX      11u    /**< uROT, manager, application, eight modules. */

/** What a slot is asked for; any other bit makes the record unsupported. */
#define LAYOUT_SLOT_ENCRYPTED 1u /**< Images must come encrypted and leave encrypted. */
#define LAYOUT_SLOT_OPTIONAL  2u /**< May be empty. */
#define LAYOUT_SLOT_FLAGS     0xFF03u

/** Bits 8-15 of a module's flags: KB of RAM that are its own. */
#define LAYOUT_SLOT_RAM_POS    8u
#define LAYOUT_SLOT_RAM(flags) (((flags) >> LAYOUT_SLOT_RAM_POS & 0xFFu) * 1024u)
#define LAYOUT_MODULES_RAM_MAX 0x20000u /**< Of all modules together. */

/** One component. */
struct layout_slot {
    uint32_t role; /**< enum image_role: names the owner's key and the rollback counter. */
    uint32_t off;  /**< Where it runs. */
    uint32_t size;
    uint32_t download_off;  /**< Where a new image is staged; slots may share sectors here. */
    uint32_t download_size; /**< 0: cannot be updated. At least one sector more than `size`. */
    uint32_t flags;         /**< LAYOUT_SLOT_*, and a module's RAM. */
};

struct layout_record {
    uint8_t digest[32]; /**< SHA-256 of all bytes behind it, unused slots included. */
    uint32_t magic;     /**< LAYOUT_RECORD_MAGIC. */
    uint16_t version;   /**< LAYOUT_RECORD_VERSION. */
    uint16_t count;     /**< Slots in use; the rest are zero. */
    uint32_t journal_off;
    uint32_t journal_size; /**< Two to eight sectors. */
    struct layout_slot slot[LAYOUT_SLOTS_MAX];
    uint8_t reserved[8]; /**< Zero; makes the record whole quad-words. */
};

GARRISON_ASSERT(sizeof(struct layout_slot) == 24, "slot is 24 bytes");
GARRISON_ASSERT(sizeof(struct layout_record) == 320, "record is 320 bytes");

/** What a layout must fit; a port's or a tool's constants. */
struct layout_bounds {
    uint32_t flash_size;
    uint32_t sector;
    uint32_t free_off; /**< First byte that slots may use: behind the first stage. */
    uint32_t free_end; /**< First byte behind: where the storage areas begin. */
};

/** The rules of a layout. A stage names the one that is broken by its number: append only. */
enum layout_rule {
    LAYOUT_RULE_NONE = 0,
    LAYOUT_RULE_MAGIC = 1,
    LAYOUT_RULE_VERSION = 2,
    LAYOUT_RULE_COUNT = 3,
    LAYOUT_RULE_UNUSED = 4,
    LAYOUT_RULE_ROLE = 5,
    LAYOUT_RULE_FLAGS = 6,
    LAYOUT_RULE_OPTIONAL = 7,
    LAYOUT_RULE_SLOT_WHOLE = 8,
    LAYOUT_RULE_SLOT_BOUNDS = 9,
    LAYOUT_RULE_UROT = 10,
    LAYOUT_RULE_NO_DOWNLOAD = 11,
    LAYOUT_RULE_DOWNLOAD_WHOLE = 12,
    LAYOUT_RULE_DOWNLOAD_BOUNDS = 13,
    LAYOUT_RULE_DOWNLOAD_ROOM = 14,
    LAYOUT_RULE_JOURNAL = 15,
    LAYOUT_RULE_REQUIRED = 16,
    LAYOUT_RULE_ROLE_ONCE = 17,
    LAYOUT_RULE_OVERLAP = 18,
    LAYOUT_RULE_DOWNLOAD_OVERLAP = 19,
    LAYOUT_RULE_APPLICATION_END = 20,
    LAYOUT_RULE_APPLICATION_START = 21,
    LAYOUT_RULE_RAM_ROLE = 22,
    LAYOUT_RULE_RAM_SUM = 23,
};

/** A rule that is broken, and by what. */
struct layout_fault {
    enum layout_rule rule;
    uint32_t role;       /**< The slot; 0: the journal or the record itself. */
    uint32_t other_role; /**< What it collides with; 0: nothing or the journal. */
};

/**
 * The rules: multiples of a sector; inside the bounds; active slots, the journal and download slots
 * do not overlap, but download slots may overlap each other; a role stands there once; uROT,
 * manager and application are there, the uROT right behind the first stage; a download slot has room
 * for the slot and one sector more; Secure slots lie below and above one Non-secure range, the
 * application's, so that one watermark for each bank protects them; only modules have RAM of their
 * own, at most 128 KB together; unused slots and reserved bytes are zero.
 * @param fault  out: the first rule that is broken
 * @return GARRISON_ERROR_FORMAT: magic, version, count or a reserved byte; GARRISON_ERROR_UNSUPPORTED:
 *         a flag; GARRISON_ERROR_POLICY: a rule above. The digest is not looked at.
 */
enum garrison_status layout_check(const struct layout_record *record,
                                  const struct layout_bounds *bounds,
                                  struct layout_fault *fault) GARRISON_MUST_USE;

/** A rule in words: "slots do not overlap". Never NULL. The stages do without. */
const char *layout_rule_text(enum layout_rule rule);

/** Sectors of a bank that must be Secure by its watermark, and no others. */
struct layout_secure {
    uint32_t first;
    uint32_t last;
};

/** What a layout that follows the rules needs of a bank. @param bank  0 or 1 */
struct layout_secure layout_secure(const struct layout_record *record,
                                   const struct layout_bounds *bounds, unsigned bank);

/**
 * A module's RAM: a window of the RAM that the port sets apart, counted from its top downwards, that
 * of module 0 topmost.
 */
struct layout_window {
    uint32_t below; /**< Bytes from its first byte to the top of that RAM. */
    uint32_t size;  /**< Bytes, a multiple of 1 KB; 0: it has none. */
};

struct layout_window layout_window(const struct layout_record *record, uint32_t role);

/** Bytes of all windows together. */
uint32_t layout_windows_size(const struct layout_record *record);

/** The slot of a role, or NULL. */
const struct layout_slot *layout_find(const struct layout_record *record, uint32_t role);

GARRISON_ABI_END

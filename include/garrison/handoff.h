/*
 * The hand-over record: what each boot stage tells the next.
 *
 * It lies at the start of Secure SRAM2, is never reachable from the Non-secure side, and is
 * appended to by each stage. The reader checks it whole before using any of it. The first stage puts
 * the device's layout and the owners' keys into it; the last one takes the keys out again.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/image.h>
#include <garrison/keys.h>
#include <garrison/layout.h>
#include <garrison/status.h>

GARRISON_ABI_BEGIN

#define HANDOFF_MAGIC       0x46484147u /**< "GAHF" */
#define HANDOFF_VERSION     2u
#define HANDOFF_ENTRIES_MAX 12u

/** What an image is for. The numbers are stored in key records and layouts: append only. */
enum image_role {
    IMAGE_ROLE_IROT = 1,
    IMAGE_ROLE_UROT = 2,
    IMAGE_ROLE_MANAGER = 3,
    IMAGE_ROLE_APPLICATION = 4,
    IMAGE_ROLE_MODULE_0 = 16, /**< Modules 0 to 7 are 16 to 23. */
};

/** One thing that runs, as the stage that verified it saw it. */
struct handoff_entry {
    uint32_t role;    /**< enum image_role. */
    uint32_t addr;    /**< Address of its vector table or body, as the CPU uses it. */
    uint32_t size;    /**< Bytes of its body. */
    uint32_t counter; /**< Security counter of the image; 0 if it has none. */
    struct image_version version;
    uint8_t measurement[32]; /**< SHA-256 over header, body and protected TLVs. */
    uint8_t signer[32];      /**< SHA-256 of the owner's public key (X || Y); zero for iROT. */
};

struct handoff {
    uint32_t magic;       /**< HANDOFF_MAGIC. */
    uint16_t version;     /**< HANDOFF_VERSION. */
    uint16_t count;       /**< Entries in use. */
    uint32_t reset_cause; /**< enum port_reset_cause of this boot. */
    uint32_t reserved;    /**< 0. */
    struct handoff_entry entry[HANDOFF_ENTRIES_MAX];
    struct layout_record layout; /**< Of this device, as the first stage has read it. */
    struct key_record keys;      /**< Of all owners; zero once nothing is left to verify. */
    uint8_t digest[32]; /**< SHA-256 of all bytes before; guards against decay, not attack. */
};

GARRISON_ASSERT(sizeof(struct handoff_entry) == 88, "entry is 88 bytes");
GARRISON_ASSERT(offsetof(struct handoff, entry) == 16, "entries start at 16");
GARRISON_ASSERT(offsetof(struct handoff, layout) == 1072, "the layout starts at 1072");
GARRISON_ASSERT(offsetof(struct handoff, keys) == 1392, "the keys start at 1392");
GARRISON_ASSERT(sizeof(struct handoff) == 2240, "record is 2240 bytes");

/** The role in words: "iROT", "uROT", "manager", "application", "module 0". Never NULL. */
const char *image_role_text(uint32_t role);

/** Empties the record, layout and keys as well; the first stage does it. @param reset_cause  enum port_reset_cause */
void handoff_init(struct handoff *record, uint32_t reset_cause);

/**
 * Adds an entry; the digest is stale until handoff_seal().
 * @return GARRISON_ERROR_BOUNDS: full; GARRISON_ERROR_POLICY: the role is there already.
 */
enum garrison_status handoff_append(struct handoff *record,
                                    const struct handoff_entry *entry) GARRISON_MUST_USE;

/** Writes the digest. */
enum garrison_status handoff_seal(struct handoff *record) GARRISON_MUST_USE;

/**
 * Checks the whole record, before any of it is used.
 * @return GARRISON_ERROR_FORMAT: magic, version, count or a reserved field; GARRISON_ERROR_DIGEST;
 *         GARRISON_ERROR_POLICY: a role stands there twice.
 */
enum garrison_status handoff_check(const struct handoff *record) GARRISON_MUST_USE;

/** The entry of a role in a checked record, or NULL. It lives as long as the record. */
const struct handoff_entry *handoff_find(const struct handoff *record, uint32_t role);

GARRISON_ABI_END

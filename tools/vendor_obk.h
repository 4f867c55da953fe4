/*
 * Files of option-byte keys (.obk): which bytes a programming tool has the boot ROM write into which
 * slots, and the data of debug authentication in them. docs/SPEC.md has every byte.
 *
 * Nothing here says anything: what is wrong is told in words. Numbers are little-endian.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vendor_permission.h"

#define VENDOR_OBK_BASE     0x0FFD0000u /**< Address of the keys store, by its Secure alias. */
#define VENDOR_OBK_HEADER   12u
#define VENDOR_OBK_SLOT     16u
#define VENDOR_OBK_DIGEST   32u
#define VENDOR_OBK_DATA_MAX 0xC00u /**< Bytes of the largest level's slots. */
#define VENDOR_OBK_FILE_MAX (VENDOR_OBK_HEADER + VENDOR_OBK_DATA_MAX)

/** What a file asks for. */
struct vendor_obk {
    uint32_t off;        /**< First byte to be written, from VENDOR_OBK_BASE on; of a slot. */
    uint32_t len;        /**< Bytes; whole slots. */
    bool encrypt;        /**< Whether the chip encrypts them with a key of its own. */
    unsigned level;      /**< HDPL that reads the slots; found by vendor_obk_check(). */
    const uint8_t *data; /**< Somebody else's. */
};

/** Where in a file something is wrong. */
struct vendor_obk_problem {
    size_t off;      /**< Byte of the file. */
    const char *why; /**< In words. */
};

/**
 * What the boot ROM has against off and len, in words; NULL: nothing, and `level` is set. It writes
 * whole slots of one level, from HDPL1 to HDPL3 of the Secure state. [U] That it takes
 * debug-authentication data of one size only is for vendor_obk_judge().
 */
const char *vendor_obk_check(struct vendor_obk *obk);

/** Reads a file; obk->data points into it. @return false: *problem says where and why */
bool vendor_obk_read(const uint8_t *file, size_t len, struct vendor_obk *obk,
                     struct vendor_obk_problem *problem);

/**
 * Writes a file of what vendor_obk_check() has nothing against.
 * @param file  of VENDOR_OBK_HEADER + obk->len bytes
 * @return these bytes
 */
size_t vendor_obk_write(const struct vendor_obk *obk, uint8_t *file);

/** SHA-256 of what is behind a digest, in front of it. `len` counts both. */
void vendor_obk_digest(uint8_t *data, uint32_t len);

/* What is known to stand in the keys store. */

enum vendor_obk_has { VENDOR_OBK_NO, VENDOR_OBK_YES, VENDOR_OBK_UNKNOWN };

struct vendor_obk_kind {
    const char *name;  /**< One word. */
    const char *words; /**< For people. */
    uint32_t off;      /**< Both as in struct vendor_obk. */
    uint32_t len;
    enum vendor_obk_has encrypt; /**< Whether the chip must encrypt it. */
    enum vendor_obk_has digest;  /**< Whether it begins with the SHA-256 of the rest. */
};

extern const struct vendor_obk_kind vendor_obk_kinds[];
extern const unsigned vendor_obk_kind_count;

/** The kind of that name; NULL: none. */
const struct vendor_obk_kind *vendor_obk_kind_named(const char *name);

enum vendor_obk_verdict {
    VENDOR_OBK_SOUND,            /**< Just as the kind must be. */
    VENDOR_OBK_STRANGE,          /**< Of no known kind: nothing can be said. */
    VENDOR_OBK_WRONG_SIZE,       /**< At the kind's place, with another size. */
    VENDOR_OBK_WRONG_ENCRYPTION, /**< Encrypted where it must not be, or the other way round. */
    VENDOR_OBK_WRONG_DIGEST,     /**< The SHA-256 in front is not of the rest. */
};

/**
 * What a file is, and whether it would do.
 * @param kind  out: what stands at its place, of its size where there are several; NULL: nothing known
 */
enum vendor_obk_verdict vendor_obk_judge(const struct vendor_obk *obk,
                                         const struct vendor_obk_kind **kind);

/** Whether data begins with the SHA-256 of the rest. */
bool vendor_obk_has_digest(const struct vendor_obk *obk);

/* Debug authentication: what the device knows of who may open it. */

#define VENDOR_OBK_DA_NAME "debug-authentication"
#define VENDOR_OBK_DA_OFF  0x100u
#define VENDOR_OBK_DA_LEN  0x60u
#define VENDOR_OBK_DA_FILE (VENDOR_OBK_HEADER + VENDOR_OBK_DA_LEN)

/**
 * The data does not tell certificates from a password: with TrustZone on the boot ROM takes the hash
 * for the root key's, with TrustZone off for the password's.
 */
struct vendor_obk_da {
    uint8_t hash[32]; /**< SHA-256 of the root key's X and Y, or of the password. */
    uint8_t permissions[VENDOR_PERMISSION_BYTES]; /**< The most that can ever be opened. */
};

/** Takes them from a file of that kind. @return false: it is of another kind or size */
bool vendor_obk_da_read(const struct vendor_obk *obk, struct vendor_obk_da *da);

/** Writes the whole file. */
void vendor_obk_da_write(const struct vendor_obk_da *da, uint8_t file[VENDOR_OBK_DA_FILE]);

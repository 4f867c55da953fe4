/*
 * The one list of results of the portable core.
 *
 * Values are far apart in Hamming distance, success included, so that a flipped bit or a skipped
 * assignment does not turn one result into another. Nothing is ever compared with zero.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

#define GARRISON_MUST_USE __attribute__((warn_unused_result))

enum garrison_status {
    GARRISON_OK = 0x3C6A59C3,              /**< Done. */
    GARRISON_ERROR_ARGUMENT = 0x1B2D4E87,  /**< A caller's mistake: a range, a size, a name. */
    GARRISON_ERROR_DEVICE = 0x2D4B8E17,    /**< The flash, the OBK or the entropy source failed. */
    GARRISON_ERROR_BLANK = 0x4E871B2D,     /**< Nothing is stored there. */
    GARRISON_ERROR_FORMAT = 0x5A93C60F,    /**< Not of the expected form: magic, version, sizes. */
    GARRISON_ERROR_BOUNDS = 0x66F0A53C,    /**< A length or offset leads outside its container. */
    GARRISON_ERROR_DIGEST = 0x718E4B2D,    /**< The content does not match its digest. */
    GARRISON_ERROR_SIGNATURE = 0x0FC35A96, /**< The signature is not by the expected owner. */
    GARRISON_ERROR_KEY = 0x17E8D24B,       /**< The owner's key is absent or not a valid point. */
    GARRISON_ERROR_POLICY = 0x69C5F03A,    /**< Refused by rule: address, role, version, state. */
    GARRISON_ERROR_MISMATCH = 0x7B1D24E8,  /**< Read back differently than written. */
    GARRISON_ERROR_UNSUPPORTED = 0x55AA33CC, /**< Well formed, but not known here. */
    GARRISON_ERROR_FULL = 0x4B2DE871,        /**< No room is left. */
    GARRISON_ERROR_STALE = 0x39A65CF0,       /**< Authentic, but older than what a counter says. */
    GARRISON_ERROR_DEPENDENCY = 0x5C0F3AA6,  /**< Another image must be there, or be newer. */
    GARRISON_ERROR_UNACCEPTED = 0x2687D8E1,  /**< On trial, and not accepted before the reset. */
    GARRISON_ERROR_REJECTED = 0x47D1B27E,    /**< On trial, and rejected. */
    GARRISON_ERROR_DECRYPT = 0x434685DB      /**< Encrypted, and not to a key that is here. */
};

/** The result in words, for logs: "signature is not by the expected owner". Never NULL. */
const char *garrison_status_text(enum garrison_status status);

/**
 * A number for a status, for records that have one byte for it: its place in the list above,
 * GARRISON_OK being 0; 0xFF for anything else. Stored in boot verdicts: the list is append only.
 */
uint8_t garrison_status_index(enum garrison_status status);

/** The status with that number; GARRISON_ERROR_ARGUMENT for a number that none has. */
enum garrison_status garrison_status_at(uint8_t index);

GARRISON_ABI_END

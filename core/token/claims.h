/*
 * The claims of a PSA attestation token, in two profiles from one table: that of RFC 9783, and PSA IoT
 * profile 1 (PSA Certified Attestation API 1.0, IHI 0085).
 *
 * What a claim may be is in the table only; encoder and readers of tokens take it from there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/status.h>

#include "base/view.h"

enum claims_profile {
    CLAIMS_RFC9783 = 0, /**< "tag:psacertified.org,2023:psa#tfm". */
    CLAIMS_IOT_1 = 1,   /**< "PSA_IOT_PROFILE_1". */
};
#define CLAIMS_PROFILES 2u

/** A software component. An absent text has no bytes. */
struct claims_component {
    struct view type;        /**< Text: what it is, such as "manager". */
    struct view measurement; /**< Digest; 32, 48 or 64 bytes. Required. */
    struct view version;     /**< Text. */
    struct view signer;      /**< Digest of the owner's public key; as long as one. Required. */
    struct view description; /**< Text: the algorithm of the measurement, such as "sha-256". */
};

/** Values. What is not there has no bytes; whether that may be is the table's to say. */
struct claims {
    struct view challenge;   /**< 32, 48 or 64 bytes. */
    struct view instance_id; /**< 33 bytes: 1, then the digest of the device key. */
    struct view boot_seed;   /**< 32 bytes; RFC 9783: 8 to 32. */
    int32_t client_id;       /**< Secure ones are above 0, Non-secure ones below, none is 0. */
    uint32_t life_cycle;     /**< PSA_LIFECYCLE_*, with the low byte for the implementation. */
    struct view implementation_id;    /**< 32 bytes. */
    struct view certification;        /**< Text: EAN-13, in RFC 9783 with "-" and five digits. */
    struct view verification_service; /**< Text. */
    const struct claims_component *component;
    uint32_t
        components; /**< There must be one, but in profile 1, which can say that there is none. */
};

enum claims_kind {
    CLAIMS_CHALLENGE, /**< struct view; byte string of 32, 48 or 64 bytes. */
    CLAIMS_BYTES,     /**< struct view; byte string. */
    CLAIMS_TEXT,      /**< struct view; text string. */
    CLAIMS_CERTIFIED, /**< struct view; text string of digits. */
    CLAIMS_CLIENT,    /**< int32_t, not 0. */
    CLAIMS_LIFE,      /**< uint32_t, at most 65535. */
    CLAIMS_PROFILE,   /**< No value: claims_profile_text(). */
    CLAIMS_SOFTWARE,  /**< The components. */
};

/** What a claim is in one profile. */
struct claims_form {
    int32_t key;
    uint8_t min; /**< Bytes of a string. */
    uint8_t max;
    bool required;
};

struct claims_row {
    const char *name; /**< In words. */
    enum claims_kind kind;
    uint32_t offset; /**< Of its value in struct claims. */
    struct claims_form form[CLAIMS_PROFILES];
};

#define CLAIMS_ROWS 10u
extern const struct claims_row claims_table[CLAIMS_ROWS];

/** Profile 1: the claim that no software was measured; its value is 1. */
#define CLAIMS_IOT_1_NOTHING_MEASURED (-75007)

/** Keys of a component's map. */
enum claims_component_key {
    CLAIMS_COMPONENT_TYPE = 1,
    CLAIMS_COMPONENT_MEASUREMENT = 2,
    CLAIMS_COMPONENT_VERSION = 4,
    CLAIMS_COMPONENT_SIGNER = 5,
    CLAIMS_COMPONENT_DESCRIPTION = 6,
};

/** The profile's name, which is the value of its own claim. */
struct view claims_profile_text(enum claims_profile profile);

/**
 * Whether the values are what the profile allows, all that it requires among them.
 * @return GARRISON_ERROR_ARGUMENT: not.
 */
enum garrison_status claims_check(enum claims_profile profile,
                                  const struct claims *claims) GARRISON_MUST_USE;

/**
 * Encodes the claims as a map.
 * @return GARRISON_ERROR_ARGUMENT: the values are not what the profile allows, nothing was written;
 *         GARRISON_ERROR_FULL: no room.
 */
enum garrison_status claims_put(struct room *room, enum claims_profile profile,
                                const struct claims *claims) GARRISON_MUST_USE;

/*
 * Debug authentication by Arm's ADAC 1.0, on the device's side: requests in, responses out.
 *
 *   adac.c              packets and commands
 *   adac_certificate.c  certificates and tokens: who may ask for what
 *   adac_permission.c   permissions and their names
 *
 * Nothing here knows a chip: what is true of it comes as facts, what may be done with it as
 * functions. Bytes are little-endian, as on the mailbox. docs/SPEC.md, "Debug authentication".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum adac_command {
    ADAC_DISCOVERY = 1,
    ADAC_AUTH_START = 2,
    ADAC_AUTH_RESPONSE = 3,
    ADAC_RESUME_BOOT = 5,
    ADAC_LOCK_DEBUG = 6,
    ADAC_LCS_CHANGE = 7,
};

enum adac_status {
    ADAC_OK = 0,
    ADAC_FAILURE = 1, /**< What should prove something does not. */
    ADAC_NEED_MORE_DATA = 2,
    ADAC_UNSUPPORTED = 3,
    ADAC_UNAUTHORIZED = 4, /**< Proven, but it may not. */
    ADAC_INVALID_PARAMETERS = 5,
    ADAC_INVALID_COMMAND = 0x7FFF,
};

enum adac_type {
    ADAC_TLV_AUTH_VERSION = 0x0001,
    ADAC_TLV_VENDOR_ID = 0x0002,
    ADAC_TLV_SOC_CLASS = 0x0003,
    ADAC_TLV_SOC_ID = 0x0004,
    ADAC_TLV_PERMISSION_MASK = 0x0007,
    ADAC_TLV_LIFECYCLE = 0x0008,
    ADAC_TLV_SDA_ID = 0x000A,
    ADAC_TLV_TOKEN_FORMATS = 0x0100,
    ADAC_TLV_CERT_FORMATS = 0x0101,
    ADAC_TLV_CRYPTOSYSTEMS = 0x0102,
    ADAC_TLV_TOKEN = 0x0200,
    ADAC_TLV_CERTIFICATE = 0x0201,
    ADAC_TLV_ST_PASSWORD = 0x8000, /**< In a discovery: whether the credentials are sound. */
    ADAC_TLV_ST_HDPL1 = 0x8001,    /**< HDPL2 and HDPL3 follow. */
};

#define ADAC_HEADER_BYTES      8u /**< Of a packet, and of a TLV. */
#define ADAC_CHALLENGE_BYTES   32u
#define ADAC_DIGEST_BYTES      32u
#define ADAC_KEY_BYTES         64u /**< X, then Y, most significant byte first. */
#define ADAC_SIGNATURE_BYTES   64u /**< r, then s, most significant byte first. */
#define ADAC_PERMISSION_BYTES  16u
#define ADAC_SOC_ID_BYTES      16u
#define ADAC_PASSWORD_BYTES    16u
#define ADAC_CERTIFICATE_BYTES 212u
#define ADAC_TOKEN_BYTES       120u
#define ADAC_LEVELS            3u /**< Certificates in a chain, at most. */

/** Data of a request, at most: a chain and a token in one. The part's own limit is not known. [U] */
#define ADAC_REQUEST_BYTES  1024u
#define ADAC_RESPONSE_BYTES 256u

/** Bytes of a reason in words. */
#define ADAC_WHY 240u

/* Permissions, bits of a set. That bits 0 to 2 and 4 to 6 are levels 1 to 3 is inferred. [I] */
#define ADAC_PERMIT_LEVEL_NONSECURE(level) (1u << ((level)-1u))   /**< Level 1 to 3. */
#define ADAC_PERMIT_LEVEL_SECURE(level)    (1u << (3u + (level))) /**< Non-secure debug too. */
#define ADAC_PERMIT_PARTIAL_REGRESSION     (1u << 12)
#define ADAC_PERMIT_FULL_REGRESSION        (1u << 14)
#define ADAC_PERMIT_REGRESSIONS            0x5000u
#define ADAC_PERMIT_ALL                    0x5077u

/** Bytes of all names. */
#define ADAC_NAMES 160u
/** Names of permissions, "level3-nonsecure, full-regression"; "none". */
void adac_permission_names(uint16_t permissions, char text[ADAC_NAMES]);

/** What is true of the chip while a session lasts. */
struct adac_facts {
    const char *state;       /**< Product state, for words. */
    bool trustzone;          /**< Certificates; without it a password. */
    bool credentials;        /**< Debug-authentication data is there and sound. */
    bool opens_debug;        /**< The product state lets authentication open debug. */
    uint16_t lifecycle;      /**< As certificates name it. */
    uint32_t soc_class;      /**< Likewise. */
    uint32_t integrity;      /**< As a discovery tells it. */
    uint32_t hdpl_status[3]; /**< Likewise. */
    uint8_t soc_id[ADAC_SOC_ID_BYTES];
    uint8_t hash[ADAC_DIGEST_BYTES];     /**< Of the root's key, or of the password. */
    uint8_t mask[ADAC_PERMISSION_BYTES]; /**< What the credentials permit at most. */
};

/** What authentication opens: the lowest level, and whether Secure debug too. */
struct adac_debug {
    unsigned level; /**< HDPL from which on, 1 to 3. */
    bool secure;
};

/** What may be done with the chip. Each gets the context of the session. */
struct adac_ops {
    /** New random bytes. @return false: there are none */
    bool (*random)(void *context, uint8_t out[ADAC_CHALLENGE_BYTES]);
    /** Whether an ECDSA signature with P-256 of a SHA-256 digest is valid. */
    bool (*verify)(void *context, const uint8_t key[ADAC_KEY_BYTES],
                   const uint8_t digest[ADAC_DIGEST_BYTES],
                   const uint8_t signature[ADAC_SIGNATURE_BYTES]);
    void (*open)(void *context, const struct adac_debug *debug);
    void (*close)(void *context);
    /** Starts a regression. @return false, and why: the chip does not let it */
    bool (*regress)(void *context, bool full, char why[ADAC_WHY]);
    /** A line about what was done, or refused. */
    void (*note)(void *context, bool refused, const char *text);
};

/** How far an authentication has got. */
enum adac_step {
    ADAC_STEP_NONE = 0, /**< No challenge is open. */
    ADAC_STEP_CHALLENGED,
    ADAC_STEP_ROOT, /**< The last certificate was the root's. */
    ADAC_STEP_INTERMEDIATE,
    ADAC_STEP_LEAF,
};

/** What follows when the host has read the response. */
enum adac_then {
    ADAC_THEN_LISTEN = 0, /**< The next request. */
    ADAC_THEN_BOOT,
    ADAC_THEN_REGRESS, /**< `regress` has returned true. */
};

/** A session. */
struct adac {
    const struct adac_ops *ops;
    void *context;
    struct adac_facts facts;
    enum adac_step step;
    enum adac_then then;
    unsigned levels;                                   /**< Certificates accepted. */
    uint8_t challenge[ADAC_CHALLENGE_BYTES];           /**< Open unless ADAC_STEP_NONE. */
    uint8_t key[ADAC_KEY_BYTES];                       /**< Of the last certificate. */
    uint8_t masks[ADAC_LEVELS][ADAC_PERMISSION_BYTES]; /**< Of each certificate. */
};

/** Begins a session; `ops` and `context` outlive it. */
void adac_begin(struct adac *adac, const struct adac_ops *ops, void *context,
                const struct adac_facts *facts);

/**
 * Answers one request.
 *
 * @param request   the packet as far as it is kept; any bytes
 * @param len       of it; a packet that says it is longer is refused
 * @param response  out: the packet that answers
 * @return bytes of the response, a multiple of 4; `adac->then` says what follows
 */
size_t adac_request(struct adac *adac, const uint8_t *request, size_t len,
                    uint8_t response[ADAC_RESPONSE_BYTES]);

/* For the files of the protocol. */

/** Says why something is refused. @return status */
enum adac_status adac_refuse(struct adac *adac, enum adac_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

uint16_t adac_load16(const uint8_t *at);
uint32_t adac_load32(const uint8_t *at);

/** Takes the next certificate of a chain. @return ADAC_NEED_MORE_DATA: it is accepted */
enum adac_status adac_certificate(struct adac *adac, const uint8_t *certificate, size_t len);

/**
 * Takes a token that ends a chain.
 * @param permissions  out: what is asked for and permitted, not none
 */
enum adac_status adac_token(struct adac *adac, const uint8_t *token, size_t len,
                            uint16_t *permissions);

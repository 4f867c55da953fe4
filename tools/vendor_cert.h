/*
 * Certificates of debug authentication (Arm PSA ADAC, version 1.0) with keys of P-256, and chains of
 * them: read, written, signed, verified. docs/SPEC.md has every byte.
 *
 * A root certificate is signed with its own key, each other one with the key of the one before it. A
 * device knows the SHA-256 of its root's key. What a chain permits is what each of its masks permits.
 *
 * Nothing here says anything: what is wrong is told in words. Numbers are little-endian, points and
 * signatures big-endian, as files have them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vendor_permission.h"

#define VENDOR_CERT_BYTES        212u
#define VENDOR_CERT_SIGNED_BYTES 148u /**< From the first on. */

/** A chain's bytes are one TLV of type VENDOR_CERT_TLV for each certificate, the root's first. */
#define VENDOR_CERT_TLV         0x0201u
#define VENDOR_CERT_TLV_BYTES   (8u + VENDOR_CERT_BYTES)
#define VENDOR_CERT_CHAIN_MAX   3u
#define VENDOR_CERT_CHAIN_BYTES (VENDOR_CERT_CHAIN_MAX * VENDOR_CERT_TLV_BYTES)
/** Most bytes of a chain written in base 64, with a line's end and a NUL. */
#define VENDOR_CERT_TEXT_BYTES (VENDOR_CERT_CHAIN_BYTES / 3u * 4u + 2u)

enum vendor_cert_role {
    VENDOR_CERT_ROOT = 1,
    VENDOR_CERT_INTERMEDIATE = 2,
    VENDOR_CERT_LEAF = 3,
};

enum vendor_cert_usage {
    VENDOR_CERT_USAGE_NEUTRAL = 0,
    VENDOR_CERT_USAGE_AUTHENTICATION = 1, /**< What the vendor's own certificates have. */
    VENDOR_CERT_USAGE_RMA = 2,            /**< Leads to the life cycle of returned devices. */
};

struct vendor_cert {
    uint8_t role;            /**< enum vendor_cert_role. */
    uint8_t usage;           /**< enum vendor_cert_usage. */
    uint16_t life_cycle;     /**< The only one it holds in; 0: any. Values: [U]. */
    uint16_t oem_constraint; /**< The owner's own mark; 0: none. */
    uint32_t soc_class;      /**< The only one it holds on; 0: any. */
    /** The only chip it holds on: its unique id as the registers have it, zeros [I]; zeros: any. */
    uint8_t soc_id[16];
    uint8_t permissions[VENDOR_PERMISSION_BYTES]; /**< The most that it permits. */
    uint8_t point[64];                            /**< Its owner's public key: X, then Y. */
    uint8_t signature[64];                        /**< Of its issuer: r, then s. */
};

struct vendor_cert_chain {
    unsigned count; /**< 1 to VENDOR_CERT_CHAIN_MAX. */
    struct vendor_cert cert[VENDOR_CERT_CHAIN_MAX];
};

/** Where in a chain something is wrong. */
struct vendor_cert_problem {
    unsigned index;  /**< Of the certificate, from 0. */
    const char *why; /**< What it is not, in words. */
};

/**
 * Reads a certificate; its signature and the values of role and usage are checked elsewhere.
 * Certificates with extensions, and of other versions or kinds of key, are refused.
 * @return NULL: read; or what it is not, in words. Whatever is read is written alike.
 */
const char *vendor_cert_read(const uint8_t bytes[VENDOR_CERT_BYTES], struct vendor_cert *cert);
void vendor_cert_write(const struct vendor_cert *cert, uint8_t bytes[VENDOR_CERT_BYTES]);

/** Signs with the issuer's private key, big-endian. @return false: it could not be signed. */
bool vendor_cert_sign(struct vendor_cert *cert, const uint8_t secret[32]);

/** Whether the issuer of that public key signed the certificate. */
bool vendor_cert_verify(const struct vendor_cert *cert, const uint8_t issuer[64]);

/** SHA-256 of a public key as devices know a root by: of X and Y. */
void vendor_cert_key_hash(const uint8_t point[64], uint8_t hash[32]);

/* Chains. */

/** Reads the TLVs of a chain, all of `len`. @return whether it was read; else *problem says where. */
bool vendor_cert_chain_read(const uint8_t *bytes, size_t len, struct vendor_cert_chain *chain,
                            struct vendor_cert_problem *problem);
/** @return how many bytes were written */
size_t vendor_cert_chain_write(const struct vendor_cert_chain *chain,
                               uint8_t bytes[VENDOR_CERT_CHAIN_BYTES]);

/**
 * The same as files have it: in base 64, with white space anywhere; `len` characters. Files of one
 * certificate each may follow one another.
 */
bool vendor_cert_chain_read_text(const char *text, size_t len, struct vendor_cert_chain *chain,
                                 struct vendor_cert_problem *problem);
/** Writes one line with its end and a NUL. @return its length, the NUL not counted */
size_t vendor_cert_chain_write_text(const struct vendor_cert_chain *chain,
                                    char text[VENDOR_CERT_TEXT_BYTES]);

/**
 * Verifies a chain: roles (a root, then at most one intermediate, then at most one leaf), usage, keys,
 * signatures, and that a chip exists on which all of its certificates hold.
 * @param root_hash  what the device knows its root's key by; NULL: any root will do
 * @return false: *problem says where and why
 */
bool vendor_cert_chain_verify(const struct vendor_cert_chain *chain, const uint8_t *root_hash,
                              struct vendor_cert_problem *problem);

/** What all certificates of a chain permit together. */
void vendor_cert_chain_permissions(const struct vendor_cert_chain *chain,
                                   uint8_t mask[VENDOR_PERMISSION_BYTES]);

/* Words for people. */

/** "root", "intermediate", "leaf"; NULL: no role. */
const char *vendor_cert_role_name(unsigned role);
/** "neutral", "authentication", "rma"; NULL: no usage that is known. */
const char *vendor_cert_usage_name(unsigned usage);

/*
 * Debug authentication as a host does it, for tests: certificates, tokens and requests made from the
 * numbers of docs/SPEC.md, signed by owners with a number each.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ADAC_CERT  212u
#define ADAC_TOKEN 120u
#define ADAC_CHAIN (3u * (8u + ADAC_CERT))

#define ADAC_ROLE_ROOT         1u
#define ADAC_ROLE_INTERMEDIATE 2u
#define ADAC_ROLE_LEAF         3u

/** What goes into a certificate; zero is what the vendor's have, role, owner and issuer apart. */
struct adac_recipe {
    uint8_t role;
    uint8_t owner;  /**< Whose key it holds: adac_make_key(). */
    uint8_t issuer; /**< Who signs it. */
    uint8_t usage;
    uint16_t lifecycle;
    uint16_t oem;
    uint32_t soc_class;
    uint8_t soc_id[16];
    uint16_t withheld; /**< Permissions that it does not have. */
};

/** The public key of an owner: X, then Y. */
void adac_make_key(uint8_t owner, uint8_t point[64]);

void adac_make_cert(const struct adac_recipe *recipe, uint8_t cert[ADAC_CERT]);

/** Signed by `owner` over the challenge. */
void adac_make_token(uint16_t permissions, const uint8_t challenge[32], uint8_t owner,
                     uint8_t token[ADAC_TOKEN]);

/** Signs what a test has changed: the first 148 bytes of a certificate. */
void adac_sign_cert(uint8_t cert[ADAC_CERT], uint8_t issuer);

/** Adds a TLV. @return bytes of `data` then */
size_t adac_add_tlv(uint8_t *data, size_t used, uint16_t type, const void *value, size_t len);

/** Root (owner 1), intermediate (2), leaf (3), each TLV after the other. */
void adac_make_chain(uint8_t chain[ADAC_CHAIN]);

/** A request of `len` bytes of data, a multiple of 4. @return its bytes */
size_t adac_make_request(uint8_t *request, uint16_t command, const void *data, size_t len);

/** Debug-authentication data, 96 bytes as they stand before encryption. */
void adac_make_credentials(const uint8_t hash[32], uint16_t mask, uint8_t data[96]);
/** The hash for certificates: of the key of `owner`. And for a password. */
void adac_hash_key(uint8_t owner, uint8_t hash[32]);
void adac_hash_password(const uint8_t password[16], uint8_t hash[32]);

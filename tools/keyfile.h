/*
 * Keys of image owners: P-256, in PEM files as openssl and imgtool write and read them.
 *
 * Read: "PRIVATE KEY" (PKCS#8, RFC 5958), "EC PRIVATE KEY" (SEC 1, RFC 5915) and "PUBLIC KEY"
 * (SubjectPublicKeyInfo, RFC 5480). Written: PKCS#8 and SubjectPublicKeyInfo.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key {
    bool has_private;
    bool development;   /**< The file says that it is for development only. */
    uint8_t secret[32]; /**< Private key, big-endian; when has_private. */
    uint8_t point[64];  /**< Public key: X, then Y, big-endian. */
};

/** Longest text written. */
#define KEY_PEM_BYTES 576u

/** A line in front of the PEM text of a key that must not get into a product. */
#define KEY_DEVELOPMENT "For development only: this key must not get into a product."

/** Makes a key from random bytes of the operating system. @return exit status. */
int key_generate(struct key *key);

/**
 * Reads a key from a PEM file and checks that it is one of the curve.
 * @return EXIT_DONE; or EXIT_USAGE, having said why.
 */
int key_read(const char *path, bool need_private, struct key *key);

/** Writes PEM text, NUL-terminated, into `pem`. @return false: it cannot be encoded. */
bool key_pem_private(const struct key *key, char pem[KEY_PEM_BYTES]);
bool key_pem_public(const struct key *key, char pem[KEY_PEM_BYTES]);

/** Signs a SHA-256 digest. @param raw  out: r, then s, big-endian. @return exit status. */
int key_sign(const struct key *key, const uint8_t digest[32], uint8_t raw[64]);

/** Overwrites a key's secret. */
void key_wipe(struct key *key);

#include "keyfile.h"

#include <mbedtls/asn1.h>
#include <mbedtls/pem.h>
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>
#include <p256-m.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "report.h"

#define KEY_FILE_BYTES_MAX 65536u
#define KEY_DER_BYTES_MAX  512u /* of a P-256 key with all its options */

/* DER of the object identifiers id-ecPublicKey and prime256v1. */
static const uint8_t oid_ec[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
static const uint8_t oid_p256[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};

/* Everything in front of the variable bytes of the two files that are written. */
static const uint8_t pkcs8_head[] = {0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06,
                                     0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
                                     0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
                                     0x04, 0x6D, 0x30, 0x6B, 0x02, 0x01, 0x01, 0x04, 0x20};
static const uint8_t pkcs8_middle[] = {0xA1, 0x44, 0x03, 0x42, 0x00, 0x04};
static const uint8_t spki_head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                    0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                    0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

/** p256-m's source of randomness; it stands here because only this file makes keys and signs. */
int p256_generate_random(uint8_t *output, unsigned output_size)
{
    return file_random(output, output_size) == EXIT_DONE ? 0 : P256_RANDOM_FAILED;
}

int key_generate(struct key *key)
{
    *key = (struct key){.has_private = true};
    return p256_gen_keypair(key->secret, key->point) == P256_SUCCESS
               ? EXIT_DONE
               : fail(EXIT_INTERNAL, "no key could be made");
}

void key_wipe(struct key *key)
{
    mbedtls_platform_zeroize(key, sizeof *key);
}

/** Mbed TLS is configured without a heap; its PEM functions need one. */
static void use_heap(void)
{
    mbedtls_platform_set_calloc_free(calloc, free);
}

/* Reading. */

/** The content of the element with that tag at *at, which moves behind it; NULL: it is another. */
static const uint8_t *der_take(unsigned char **at, const unsigned char *end, int tag, size_t *len)
{
    if (mbedtls_asn1_get_tag(at, end, len, tag) != 0) {
        return NULL;
    }
    const uint8_t *content = *at;
    *at += *len;
    return content;
}

static bool der_take_exact(unsigned char **at, const unsigned char *end, int tag,
                           const uint8_t *expected, size_t expected_len)
{
    size_t len = 0;
    const uint8_t *content = der_take(at, end, tag, &len);
    return content != NULL && len == expected_len && memcmp(content, expected, len) == 0;
}

/** AlgorithmIdentifier of an elliptic curve key: P-256 named, nothing else. */
static bool der_take_p256(unsigned char **at, const unsigned char *end)
{
    size_t len = 0;
    if (mbedtls_asn1_get_tag(at, end, &len, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) !=
        0) {
        return false;
    }
    const unsigned char *inner_end = *at + len;
    return der_take_exact(at, inner_end, MBEDTLS_ASN1_OID, oid_ec, sizeof oid_ec) &&
           der_take_exact(at, inner_end, MBEDTLS_ASN1_OID, oid_p256, sizeof oid_p256) &&
           *at == inner_end;
}

/** ECPrivateKey (RFC 5915); its public key is computed, not believed. */
static bool read_sec1(unsigned char *at, const unsigned char *end, bool curve_known,
                      struct key *key)
{
    int version = 0;
    size_t len = 0;
    if (mbedtls_asn1_get_tag(&at, end, &len, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) !=
            0 ||
        at + len != end || mbedtls_asn1_get_int(&at, end, &version) != 0 || version != 1) {
        return false;
    }
    const uint8_t *secret = der_take(&at, end, MBEDTLS_ASN1_OCTET_STRING, &len);
    if (secret == NULL || len != sizeof key->secret) {
        return false;
    }
    unsigned char *curve = at;
    if (mbedtls_asn1_get_tag(&curve, end, &len,
                             MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED) == 0) {
        if (!der_take_exact(&curve, end, MBEDTLS_ASN1_OID, oid_p256, sizeof oid_p256)) {
            return false;
        }
    } else if (!curve_known) {
        return false;
    }
    memcpy(key->secret, secret, sizeof key->secret);
    key->has_private = true;
    return p256_public_from_private(key->point, key->secret) == P256_SUCCESS;
}

static bool read_pkcs8(unsigned char *at, const unsigned char *end, struct key *key)
{
    int version = 0;
    size_t len = 0;
    if (mbedtls_asn1_get_tag(&at, end, &len, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) !=
            0 ||
        at + len != end || mbedtls_asn1_get_int(&at, end, &version) != 0 ||
        (version != 0 && version != 1) || !der_take_p256(&at, end) ||
        mbedtls_asn1_get_tag(&at, end, &len, MBEDTLS_ASN1_OCTET_STRING) != 0) {
        return false;
    }
    return read_sec1(at, at + len, true, key);
}

static bool read_spki(unsigned char *at, const unsigned char *end, struct key *key)
{
    size_t len = 0;
    if (mbedtls_asn1_get_tag(&at, end, &len, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) !=
            0 ||
        at + len != end || !der_take_p256(&at, end)) {
        return false;
    }
    const uint8_t *bits = der_take(&at, end, MBEDTLS_ASN1_BIT_STRING, &len);
    if (bits == NULL || at != end || len != 2 + sizeof key->point || bits[0] != 0 ||
        bits[1] != 0x04) {
        return false;
    }
    memcpy(key->point, bits + 2, sizeof key->point);
    return p256_validate_pubkey(key->point) == P256_SUCCESS;
}

static bool read_sec1_alone(unsigned char *at, const unsigned char *end, struct key *key)
{
    return read_sec1(at, end, false, key);
}

static const struct key_form {
    const char *begin;
    const char *end;
    bool (*read)(unsigned char *at, const unsigned char *end, struct key *key);
} key_forms[] = {
    {"-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", read_pkcs8},
    {"-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----", read_sec1_alone},
    {"-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----", read_spki},
};

static int read_form(const char *path, const struct file_data *file, const struct key_form *form,
                     struct key *key)
{
    mbedtls_pem_context pem;
    size_t used = 0;
    mbedtls_pem_init(&pem);
    const int code =
        mbedtls_pem_read_buffer(&pem, form->begin, form->end, file->data, NULL, 0, &used);
    int status = EXIT_DONE;
    if (code != 0) {
        status =
            fail(EXIT_USAGE, "%s: its PEM text is damaged, or encrypted with a passphrase", path);
    } else {
        size_t len = 0;
        const uint8_t *content = mbedtls_pem_get_buffer(&pem, &len);
        uint8_t der[KEY_DER_BYTES_MAX]; /* Mbed TLS's parser wants what it could write to. */
        const bool fits = len > 0 && len <= sizeof der;
        if (fits) {
            memcpy(der, content, len);
        }
        if (!fits || !form->read(der, der + len, key)) {
            status = fail(EXIT_USAGE, "%s: is not a P-256 key", path);
        }
        mbedtls_platform_zeroize(der, sizeof der);
    }
    mbedtls_pem_free(&pem);
    return status;
}

static int read_text(const char *path, const struct file_data *file, bool need_private,
                     struct key *key)
{
    const char *text = (const char *)file->data;
    if (strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL) {
        return fail(EXIT_USAGE, "%s: is encrypted with a passphrase, which is not supported", path);
    }
    for (size_t i = 0; i < sizeof key_forms / sizeof key_forms[0]; i++) {
        if (strstr(text, key_forms[i].begin) == NULL) {
            continue;
        }
        const int status = read_form(path, file, &key_forms[i], key);
        if (status == EXIT_DONE && need_private && !key->has_private) {
            return fail(EXIT_USAGE, "%s: is a public key; the private one is needed", path);
        }
        return status;
    }
    return fail(EXIT_USAGE, "%s: holds no key in PEM form", path);
}

int key_read(const char *path, bool need_private, struct key *key)
{
    struct file_data file;
    *key = (struct key){0};
    int status = file_read(path, KEY_FILE_BYTES_MAX, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    use_heap();
    status = read_text(path, &file, need_private, key);
    key->development = strstr((const char *)file.data, KEY_DEVELOPMENT) != NULL;
    mbedtls_platform_zeroize(file.data, file.len);
    file_free(&file);
    return status;
}

/* Writing. */

/** Text in front of the boundary is no part of it (RFC 7468). @return its bytes */
static size_t put_mark(const struct key *key, char pem[KEY_PEM_BYTES])
{
    static const char mark[] = KEY_DEVELOPMENT "\n";
    if (!key->development) {
        return 0;
    }
    memcpy(pem, mark, sizeof mark);
    return sizeof mark - 1;
}

bool key_pem_private(const struct key *key, char pem[KEY_PEM_BYTES])
{
    uint8_t der[sizeof pkcs8_head + 32 + sizeof pkcs8_middle + 64];
    const size_t mark = put_mark(key, pem);
    size_t len = 0;
    uint8_t *at = der;
    use_heap();
    memcpy(at, pkcs8_head, sizeof pkcs8_head);
    at += sizeof pkcs8_head;
    memcpy(at, key->secret, sizeof key->secret);
    at += sizeof key->secret;
    memcpy(at, pkcs8_middle, sizeof pkcs8_middle);
    at += sizeof pkcs8_middle;
    memcpy(at, key->point, sizeof key->point);
    const int code = mbedtls_pem_write_buffer(
        "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n", der, sizeof der,
        (unsigned char *)pem + mark, KEY_PEM_BYTES - mark, &len);
    mbedtls_platform_zeroize(der, sizeof der);
    return code == 0;
}

bool key_pem_public(const struct key *key, char pem[KEY_PEM_BYTES])
{
    uint8_t der[sizeof spki_head + 64];
    const size_t mark = put_mark(key, pem);
    size_t len = 0;
    use_heap();
    memcpy(der, spki_head, sizeof spki_head);
    memcpy(der + sizeof spki_head, key->point, sizeof key->point);
    return mbedtls_pem_write_buffer("-----BEGIN PUBLIC KEY-----\n", "-----END PUBLIC KEY-----\n",
                                    der, sizeof der, (unsigned char *)pem + mark,
                                    KEY_PEM_BYTES - mark, &len) == 0;
}

int key_sign(const struct key *key, const uint8_t digest[32], uint8_t raw[64])
{
    if (p256_ecdsa_sign(raw, key->secret, digest, 32) != P256_SUCCESS ||
        p256_ecdsa_verify(raw, key->point, digest, 32) != P256_SUCCESS) {
        return fail(EXIT_INTERNAL, "signing failed");
    }
    return EXIT_DONE;
}

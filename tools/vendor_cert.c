#include "vendor_cert.h"

#include <p256-m.h>
#include <string.h>

#include "boot/sha256.h"

/* Where the fields stand in a certificate. */
enum {
    AT_VERSION = 0, /* Major, minor. */
    AT_SIGNATURE_TYPE = 2,
    AT_KEY_TYPE = 3,
    AT_ROLE = 4,
    AT_USAGE = 5,
    AT_RESERVED = 6,
    AT_LIFE_CYCLE = 8,
    AT_OEM_CONSTRAINT = 10,
    AT_EXTENSION_BYTES = 12,
    AT_SOC_CLASS = 16,
    AT_SOC_ID = 20,
    AT_PERMISSIONS = 36,
    AT_POINT = 52,
    AT_EXTENSION_HASH = 116,
    AT_SIGNATURE = 148,
};

_Static_assert(AT_SIGNATURE == VENDOR_CERT_SIGNED_BYTES, "the signature follows what it signs");

#define VERSION_MAJOR     1u
#define VERSION_MINOR     0u
#define ECDSA_P256_SHA256 1u

static const char *const role_names[] = {NULL, "root", "intermediate", "leaf"};
static const char *const usage_names[] = {"neutral", "authentication", "rma"};

const char *vendor_cert_role_name(unsigned role)
{
    return role < sizeof role_names / sizeof role_names[0] ? role_names[role] : NULL;
}

const char *vendor_cert_usage_name(unsigned usage)
{
    return usage < sizeof usage_names / sizeof usage_names[0] ? usage_names[usage] : NULL;
}

/* One certificate. */

static uint32_t get(const uint8_t *bytes, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = size; i > 0; i--) {
        value = value << 8 | bytes[i - 1u];
    }
    return value;
}

static void put(uint8_t *bytes, unsigned size, uint32_t value)
{
    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8u * i));
    }
}

static bool all_zero(const uint8_t *bytes, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= bytes[i];
    }
    return any == 0;
}

const char *vendor_cert_read(const uint8_t bytes[VENDOR_CERT_BYTES], struct vendor_cert *cert)
{
    *cert = (struct vendor_cert){0};
    if (bytes[AT_VERSION] != VERSION_MAJOR || bytes[AT_VERSION + 1] != VERSION_MINOR) {
        return "is not a certificate of ADAC version 1.0";
    }
    if (bytes[AT_SIGNATURE_TYPE] != ECDSA_P256_SHA256) {
        return "is not signed with ECDSA-P256-SHA256";
    }
    if (bytes[AT_KEY_TYPE] != ECDSA_P256_SHA256) {
        return "is not of a key of P-256";
    }
    if (get(bytes + AT_RESERVED, 2) != 0) {
        return "has reserved bytes that are not zero";
    }
    if (get(bytes + AT_EXTENSION_BYTES, 4) != 0 || !all_zero(bytes + AT_EXTENSION_HASH, 32)) {
        return "has extensions, which are not supported";
    }
    cert->role = bytes[AT_ROLE];
    cert->usage = bytes[AT_USAGE];
    cert->life_cycle = (uint16_t)get(bytes + AT_LIFE_CYCLE, 2);
    cert->oem_constraint = (uint16_t)get(bytes + AT_OEM_CONSTRAINT, 2);
    cert->soc_class = get(bytes + AT_SOC_CLASS, 4);
    memcpy(cert->soc_id, bytes + AT_SOC_ID, sizeof cert->soc_id);
    memcpy(cert->permissions, bytes + AT_PERMISSIONS, sizeof cert->permissions);
    memcpy(cert->point, bytes + AT_POINT, sizeof cert->point);
    memcpy(cert->signature, bytes + AT_SIGNATURE, sizeof cert->signature);
    return NULL;
}

void vendor_cert_write(const struct vendor_cert *cert, uint8_t bytes[VENDOR_CERT_BYTES])
{
    memset(bytes, 0, VENDOR_CERT_BYTES);
    bytes[AT_VERSION] = VERSION_MAJOR;
    bytes[AT_VERSION + 1] = VERSION_MINOR;
    bytes[AT_SIGNATURE_TYPE] = ECDSA_P256_SHA256;
    bytes[AT_KEY_TYPE] = ECDSA_P256_SHA256;
    bytes[AT_ROLE] = cert->role;
    bytes[AT_USAGE] = cert->usage;
    put(bytes + AT_LIFE_CYCLE, 2, cert->life_cycle);
    put(bytes + AT_OEM_CONSTRAINT, 2, cert->oem_constraint);
    put(bytes + AT_SOC_CLASS, 4, cert->soc_class);
    memcpy(bytes + AT_SOC_ID, cert->soc_id, sizeof cert->soc_id);
    memcpy(bytes + AT_PERMISSIONS, cert->permissions, sizeof cert->permissions);
    memcpy(bytes + AT_POINT, cert->point, sizeof cert->point);
    memcpy(bytes + AT_SIGNATURE, cert->signature, sizeof cert->signature);
}

/** What is signed. @return false: no digest */
static bool cert_digest(const struct vendor_cert *cert, uint8_t digest[SHA256_BYTES])
{
    uint8_t bytes[VENDOR_CERT_BYTES];
    vendor_cert_write(cert, bytes);
    return sha256_of((struct view){bytes, VENDOR_CERT_SIGNED_BYTES}, digest) == GARRISON_OK;
}

bool vendor_cert_sign(struct vendor_cert *cert, const uint8_t secret[32])
{
    uint8_t digest[SHA256_BYTES];
    return cert_digest(cert, digest) &&
           p256_ecdsa_sign(cert->signature, secret, digest, sizeof digest) == P256_SUCCESS;
}

bool vendor_cert_verify(const struct vendor_cert *cert, const uint8_t issuer[64])
{
    uint8_t digest[SHA256_BYTES];
    return cert_digest(cert, digest) &&
           p256_ecdsa_verify(cert->signature, issuer, digest, sizeof digest) == P256_SUCCESS;
}

void vendor_cert_key_hash(const uint8_t point[64], uint8_t hash[32])
{
    if (sha256_of((struct view){point, 64}, hash) != GARRISON_OK) {
        memset(hash, 0, 32); /* Nobody's key. */
    }
}

/* Chains as bytes. */

static bool wrong(struct vendor_cert_problem *problem, unsigned index, const char *why)
{
    *problem = (struct vendor_cert_problem){index, why};
    return false;
}

bool vendor_cert_chain_read(const uint8_t *bytes, size_t len, struct vendor_cert_chain *chain,
                            struct vendor_cert_problem *problem)
{
    *chain = (struct vendor_cert_chain){0};
    if (len == 0) {
        return wrong(problem, 0, "is missing: there are no bytes");
    }
    while (len > 0) {
        const unsigned index = chain->count;
        if (index == VENDOR_CERT_CHAIN_MAX) {
            return wrong(problem, index, "is one too many: a chain has at most three");
        }
        if (len < VENDOR_CERT_TLV_BYTES) {
            return wrong(problem, index, "is cut off");
        }
        if (get(bytes, 2) != 0 || get(bytes + 2, 2) != VENDOR_CERT_TLV) {
            return wrong(problem, index, "does not begin with the type of certificates, 0x0201");
        }
        if (get(bytes + 4, 4) != VENDOR_CERT_BYTES) {
            return wrong(problem, index, "is not 212 bytes long");
        }
        const char *why = vendor_cert_read(bytes + 8, &chain->cert[index]);
        if (why != NULL) {
            return wrong(problem, index, why);
        }
        chain->count++;
        bytes += VENDOR_CERT_TLV_BYTES;
        len -= VENDOR_CERT_TLV_BYTES;
    }
    return true;
}

size_t vendor_cert_chain_write(const struct vendor_cert_chain *chain,
                               uint8_t bytes[VENDOR_CERT_CHAIN_BYTES])
{
    uint8_t *at = bytes;
    for (unsigned i = 0; i < chain->count && i < VENDOR_CERT_CHAIN_MAX; i++) {
        put(at, 2, 0);
        put(at + 2, 2, VENDOR_CERT_TLV);
        put(at + 4, 4, VENDOR_CERT_BYTES);
        vendor_cert_write(&chain->cert[i], at + 8);
        at += VENDOR_CERT_TLV_BYTES;
    }
    return (size_t)(at - bytes);
}

/* Chains as text: base 64 (RFC 4648, section 4). */

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** Bytes of text in progress: six bits of each character. */
struct decoder {
    uint8_t *bytes;
    size_t size;
    size_t used;
    uint32_t bits;
    unsigned count;   /**< Characters that are no space, the padding counted. */
    unsigned padding; /**< In the group of four that is not complete. */
};

/** Takes a character. @return NULL; or what is wrong */
static const char *decode_character(struct decoder *decoder, char c)
{
    const char *digit = c != '\0' ? strchr(base64_digits, c) : NULL;
    if (c == '=') {
        decoder->padding++;
        digit = base64_digits;
    } else if (decoder->padding > 0 || digit == NULL) {
        return "is not text in base 64";
    }
    decoder->bits = decoder->bits << 6 | (uint32_t)(digit - base64_digits);
    if (++decoder->count % 4u != 0) {
        return NULL;
    }
    if (decoder->padding > 2u) {
        return "is not text in base 64";
    }
    const unsigned bytes = 3u - decoder->padding;
    if ((decoder->bits & ((1u << (8u * decoder->padding)) - 1u)) != 0) {
        return "has bits behind the last byte of its base 64";
    }
    for (unsigned i = 0; i < bytes; i++) {
        if (decoder->used == decoder->size) {
            return "is one too many: a chain has at most three";
        }
        decoder->bytes[decoder->used++] = (uint8_t)(decoder->bits >> (16u - 8u * i));
    }
    decoder->bits = 0;
    decoder->padding = 0;
    return NULL;
}

bool vendor_cert_chain_read_text(const char *text, size_t len, struct vendor_cert_chain *chain,
                                 struct vendor_cert_problem *problem)
{
    uint8_t bytes[VENDOR_CERT_CHAIN_BYTES];
    struct decoder decoder = {.bytes = bytes, .size = sizeof bytes};
    *chain = (struct vendor_cert_chain){0};
    for (size_t i = 0; i < len; i++) {
        const char *why = is_space(text[i]) ? NULL : decode_character(&decoder, text[i]);
        if (why != NULL) {
            return wrong(problem, (unsigned)(decoder.used / VENDOR_CERT_TLV_BYTES), why);
        }
    }
    if (decoder.count % 4u != 0) {
        return wrong(problem, (unsigned)(decoder.used / VENDOR_CERT_TLV_BYTES),
                     "is cut off: base 64 comes in groups of four characters");
    }
    return vendor_cert_chain_read(bytes, decoder.used, chain, problem);
}

size_t vendor_cert_chain_write_text(const struct vendor_cert_chain *chain,
                                    char text[VENDOR_CERT_TEXT_BYTES])
{
    uint8_t bytes[VENDOR_CERT_CHAIN_BYTES + 2u] = {0};
    const size_t len = vendor_cert_chain_write(chain, bytes);
    size_t used = 0;
    for (size_t off = 0; off < len; off += 3u) {
        const uint32_t group =
            (uint32_t)bytes[off] << 16 | (uint32_t)bytes[off + 1u] << 8 | bytes[off + 2u];
        for (unsigned i = 0; i < 4u; i++) {
            const bool padding = off + i > len;
            text[used++] = padding ? '=' : base64_digits[group >> (18u - 6u * i) & 63u];
        }
    }
    text[used++] = '\n';
    text[used] = '\0';
    return used;
}

/* Chains as a whole. */

/** What is wrong with the fields of one, as the one of that index; NULL: nothing. */
static const char *check_fields(const struct vendor_cert_chain *chain, unsigned index)
{
    const struct vendor_cert *cert = &chain->cert[index];
    if (vendor_cert_role_name(cert->role) == NULL) {
        return "has a role that is none of root, intermediate and leaf";
    }
    if ((index == 0) != (cert->role == VENDOR_CERT_ROOT)) {
        return index == 0 ? "is not a root's, with which a chain begins"
                          : "is a root's, with which a chain begins";
    }
    if (index > 0 && cert->role <= chain->cert[index - 1u].role) {
        return "has not a role below the one before it: root, intermediate, leaf";
    }
    if (cert->usage != VENDOR_CERT_USAGE_NEUTRAL &&
        cert->usage != VENDOR_CERT_USAGE_AUTHENTICATION) {
        return "has a usage that is not authentication";
    }
    return p256_validate_pubkey(cert->point) == P256_SUCCESS
               ? NULL
               : "has a public key that is no point of P-256";
}

/** Whether two limits, of which zero is none, leave nothing. */
static bool disjoint(const uint8_t *a, const uint8_t *b, size_t len)
{
    return !all_zero(a, len) && !all_zero(b, len) && memcmp(a, b, len) != 0;
}

/** What is wrong with a certificate beside one further up in its chain; NULL: nothing. */
static const char *check_pair(const struct vendor_cert *upper, const struct vendor_cert *cert)
{
    uint8_t a[VENDOR_CERT_BYTES];
    uint8_t b[VENDOR_CERT_BYTES];
    vendor_cert_write(upper, a);
    vendor_cert_write(cert, b);
    if (disjoint(a + AT_SOC_ID, b + AT_SOC_ID, 16)) {
        return "is for another chip than one before it";
    }
    if (disjoint(a + AT_SOC_CLASS, b + AT_SOC_CLASS, 4)) {
        return "is for another class of chips than one before it";
    }
    if (disjoint(a + AT_LIFE_CYCLE, b + AT_LIFE_CYCLE, 2)) {
        return "is for another life cycle than one before it";
    }
    return disjoint(a + AT_OEM_CONSTRAINT, b + AT_OEM_CONSTRAINT, 2)
               ? "has another OEM constraint than one before it"
               : NULL;
}

static const char *check_one(const struct vendor_cert_chain *chain, unsigned index)
{
    const struct vendor_cert *cert = &chain->cert[index];
    const char *why = check_fields(chain, index);
    for (unsigned i = 0; i < index && why == NULL; i++) {
        why = check_pair(&chain->cert[i], cert);
    }
    if (why != NULL) {
        return why;
    }
    if (!vendor_cert_verify(cert, chain->cert[index > 0 ? index - 1u : 0].point)) {
        return index > 0 ? "is not signed with the key of the one before it"
                         : "is not signed with its own key";
    }
    return NULL;
}

bool vendor_cert_chain_verify(const struct vendor_cert_chain *chain, const uint8_t *root_hash,
                              struct vendor_cert_problem *problem)
{
    uint8_t hash[32];
    if (chain->count == 0 || chain->count > VENDOR_CERT_CHAIN_MAX) {
        return wrong(problem, 0, "is missing: there are no bytes");
    }
    for (unsigned i = 0; i < chain->count; i++) {
        const char *why = check_one(chain, i);
        if (why != NULL) {
            return wrong(problem, i, why);
        }
    }
    vendor_cert_key_hash(chain->cert[0].point, hash);
    if (root_hash != NULL && memcmp(hash, root_hash, sizeof hash) != 0) {
        return wrong(problem, 0, "is of another root than the one asked for");
    }
    return true;
}

void vendor_cert_chain_permissions(const struct vendor_cert_chain *chain,
                                   uint8_t mask[VENDOR_PERMISSION_BYTES])
{
    memset(mask, chain->count > 0 ? 0xFF : 0, VENDOR_PERMISSION_BYTES);
    for (unsigned i = 0; i < chain->count && i < VENDOR_CERT_CHAIN_MAX; i++) {
        vendor_permission_keep(mask, chain->cert[i].permissions);
    }
}

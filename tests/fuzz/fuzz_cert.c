/*
 * Certificates of debug authentication and their permissions, found by libFuzzer. What must hold:
 *
 * - whatever is read is written back alike, as bytes and as text;
 * - a chain that is verified consists of certificates that were signed here, in the order of their
 *   roles, and permits nothing that one of them does not;
 * - a mask that was read is written as words that are the same mask.
 *
 * Input: byte 0: what it is (0 a chain as bytes, 1 as text, 2 permissions, 3 a chain of certificates
 * made here, by number, with bytes exchanged); then that.
 */
#include <stdlib.h>
#include <string.h>

#include <p256-m.h>

#include "tools/vendor_cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define MADE 5u

/** What was signed: a root, intermediates and leaves of it, one leaf of the root's own. */
static const struct {
    uint8_t role, owner, issuer;
} recipes[MADE] = {{1, 1, 1}, {2, 2, 1}, {3, 3, 2}, {3, 4, 1}, {1, 5, 5}};

static uint8_t made[MADE][VENDOR_CERT_BYTES];

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

int p256_generate_random(uint8_t *output, unsigned output_size)
{
    memset(output, 0x5A, output_size);
    return P256_SUCCESS;
}

static void secret_of(uint8_t owner, uint8_t secret[32])
{
    memset(secret, 0x11, 32);
    secret[31] = owner;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    for (unsigned i = 0; i < MADE; i++) {
        struct vendor_cert cert = {.role = recipes[i].role,
                                   .usage = VENDOR_CERT_USAGE_AUTHENTICATION,
                                   .permissions = {0x77, 0x50}};
        uint8_t secret[32];
        secret_of(recipes[i].owner, secret);
        must(p256_public_from_private(cert.point, secret) == P256_SUCCESS);
        secret_of(recipes[i].issuer, secret);
        must(vendor_cert_sign(&cert, secret));
        vendor_cert_write(&cert, made[i]);
    }
    return 0;
}

static bool was_made(const struct vendor_cert *cert)
{
    uint8_t bytes[VENDOR_CERT_BYTES];
    vendor_cert_write(cert, bytes);
    for (unsigned i = 0; i < MADE; i++) {
        if (memcmp(made[i], bytes, VENDOR_CERT_SIGNED_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static void judge_chain(const struct vendor_cert_chain *chain)
{
    struct vendor_cert_problem problem = {0};
    uint8_t mask[VENDOR_PERMISSION_BYTES];
    uint8_t hash[32];
    must(chain->count >= 1u && chain->count <= VENDOR_CERT_CHAIN_MAX);
    vendor_cert_chain_permissions(chain, mask);
    vendor_cert_key_hash(chain->cert[0].point, hash);
    const bool verified = vendor_cert_chain_verify(chain, hash, &problem);
    must(verified || (problem.index < chain->count && problem.why != NULL));
    for (unsigned i = 0; i < chain->count; i++) {
        must(!vendor_permission_beyond(mask, chain->cert[i].permissions));
        must(!verified || was_made(&chain->cert[i]));
        must(!verified || (i == 0) == (chain->cert[i].role == VENDOR_CERT_ROOT));
    }
}

static void try_bytes(const uint8_t *data, size_t size)
{
    struct vendor_cert_chain chain;
    struct vendor_cert_chain again;
    struct vendor_cert_problem problem = {0};
    uint8_t bytes[VENDOR_CERT_CHAIN_BYTES];
    char text[VENDOR_CERT_TEXT_BYTES];
    if (!vendor_cert_chain_read(data, size, &chain, &problem)) {
        must(problem.why != NULL && problem.index <= VENDOR_CERT_CHAIN_MAX);
        return;
    }
    must(vendor_cert_chain_write(&chain, bytes) == size && memcmp(bytes, data, size) == 0);
    const size_t len = vendor_cert_chain_write_text(&chain, text);
    must(len < sizeof text && vendor_cert_chain_read_text(text, len, &again, &problem));
    must(vendor_cert_chain_write(&again, bytes) == size && memcmp(bytes, data, size) == 0);
    judge_chain(&chain);
}

static void try_text(const char *text, size_t size)
{
    struct vendor_cert_chain chain;
    struct vendor_cert_problem problem = {0};
    uint8_t bytes[VENDOR_CERT_CHAIN_BYTES];
    if (!vendor_cert_chain_read_text(text, size, &chain, &problem)) {
        must(problem.why != NULL && problem.index <= VENDOR_CERT_CHAIN_MAX);
        return;
    }
    try_bytes(bytes, vendor_cert_chain_write(&chain, bytes));
}

static void try_permissions(const uint8_t *data, size_t size)
{
    char text[VENDOR_PERMISSION_TEXT];
    char why[VENDOR_PERMISSION_TEXT];
    uint8_t mask[VENDOR_PERMISSION_BYTES];
    uint8_t again[VENDOR_PERMISSION_BYTES];
    char *words = malloc(size + 1u);
    must(words != NULL);
    memcpy(words, data, size);
    words[size] = '\0';
    if (vendor_permission_parse(words, mask, why)) {
        vendor_permission_text(mask, text);
        must(vendor_permission_parse(text, again, why) && memcmp(mask, again, sizeof mask) == 0);
    } else {
        must(why[0] != '\0' && memchr(why, '\0', sizeof why) != NULL);
    }
    free(words);
}

/** Three bytes choose certificates (from MADE on: none); then pairs exchange bytes. */
static void try_made(const uint8_t *data, size_t size)
{
    uint8_t bytes[VENDOR_CERT_CHAIN_BYTES];
    size_t used = 0;
    for (unsigned i = 0; i < VENDOR_CERT_CHAIN_MAX && i < size; i++) {
        static const uint8_t head[8] = {0, 0, 1, 2, VENDOR_CERT_BYTES};
        if (data[i] < MADE) {
            memcpy(bytes + used, head, sizeof head);
            memcpy(bytes + used + sizeof head, made[data[i]], VENDOR_CERT_BYTES);
            used += VENDOR_CERT_TLV_BYTES;
        }
    }
    for (size_t i = VENDOR_CERT_CHAIN_MAX; used > 0 && i + 2u < size; i += 3u) {
        bytes[(data[i] | (size_t)data[i + 1u] << 8) % used] ^= data[i + 2u];
    }
    try_bytes(bytes, used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1u) {
        return 0;
    }
    switch (data[0] & 3u) {
    case 0:
        try_bytes(data + 1, size - 1u);
        break;
    case 1:
        try_text((const char *)data + 1, size - 1u);
        break;
    case 2:
        try_permissions(data + 1, size - 1u);
        break;
    default:
        try_made(data + 1, size - 1u);
        break;
    }
    return 0;
}

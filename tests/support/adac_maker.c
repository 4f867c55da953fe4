#include "support/adac_maker.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>
#include <p256-m.h>

#define PERMISSIONS 0x5077u

/** Signatures must be the same in every run; nobody's secret depends on these. */
int p256_generate_random(uint8_t *output, unsigned output_size)
{
    static uint8_t next = 1;
    for (unsigned i = 0; i < output_size; i++) {
        output[i] = next;
        next = (uint8_t)(next * 5 + 1);
    }
    return P256_SUCCESS;
}

static void put(uint8_t *at, uint32_t number, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        at[i] = (uint8_t)(number >> (8u * i));
    }
}

static void hash(const void *data, size_t len, uint8_t digest[32])
{
    if (mbedtls_sha256(data, len, digest, 0) != 0) {
        abort();
    }
}

static void private_key(uint8_t owner, uint8_t key[32])
{
    memset(key, 0x22, 32);
    key[31] = owner;
}

void adac_make_key(uint8_t owner, uint8_t point[64])
{
    uint8_t key[32];
    private_key(owner, key);
    if (p256_public_from_private(point, key) != P256_SUCCESS) {
        abort();
    }
}

static void sign(const void *data, size_t len, uint8_t owner, uint8_t signature[64])
{
    uint8_t digest[32];
    uint8_t key[32];
    hash(data, len, digest);
    private_key(owner, key);
    if (p256_ecdsa_sign(signature, key, digest, sizeof digest) != P256_SUCCESS) {
        abort();
    }
}

void adac_sign_cert(uint8_t cert[ADAC_CERT], uint8_t issuer)
{
    sign(cert, 148, issuer, cert + 148);
}

void adac_make_cert(const struct adac_recipe *recipe, uint8_t cert[ADAC_CERT])
{
    memset(cert, 0, ADAC_CERT);
    cert[0] = 1;
    cert[2] = 1;
    cert[3] = 1;
    cert[4] = recipe->role;
    cert[5] = recipe->usage;
    put(cert + 8, recipe->lifecycle, 2);
    put(cert + 10, recipe->oem, 2);
    put(cert + 16, recipe->soc_class, 4);
    memcpy(cert + 20, recipe->soc_id, 16);
    put(cert + 36, PERMISSIONS & ~(uint32_t)recipe->withheld, 2);
    adac_make_key(recipe->owner, cert + 52);
    adac_sign_cert(cert, recipe->issuer);
}

void adac_make_token(uint16_t permissions, const uint8_t challenge[32], uint8_t owner,
                     uint8_t token[ADAC_TOKEN])
{
    uint8_t data[56 + 32];
    memset(token, 0, ADAC_TOKEN);
    token[0] = 1;
    token[2] = 1;
    put(token + 8, permissions, 2);
    memcpy(data, token, 56);
    memcpy(data + 56, challenge, 32);
    sign(data, sizeof data, owner, token + 56);
}

size_t adac_add_tlv(uint8_t *data, size_t used, uint16_t type, const void *value, size_t len)
{
    put(data + used, (uint32_t)type << 16, 4);
    put(data + used + 4, (uint32_t)len, 4);
    memcpy(data + used + 8, value, len);
    return used + 8 + len;
}

void adac_make_chain(uint8_t chain[ADAC_CHAIN])
{
    size_t used = 0;
    for (uint8_t level = 1; level <= 3; level++) {
        uint8_t cert[ADAC_CERT];
        const struct adac_recipe recipe = {
            .role = level, .owner = level, .issuer = level == 1 ? 1 : (uint8_t)(level - 1)};
        adac_make_cert(&recipe, cert);
        used = adac_add_tlv(chain, used, 0x0201, cert, sizeof cert);
    }
}

size_t adac_make_request(uint8_t *request, uint16_t command, const void *data, size_t len)
{
    put(request, (uint32_t)command << 16, 4);
    put(request + 4, (uint32_t)(len / 4u), 4);
    if (len > 0) {
        memcpy(request + 8, data, len);
    }
    return 8 + len;
}

void adac_make_credentials(const uint8_t hash_of[32], uint16_t mask, uint8_t data[96])
{
    memset(data, 0, 96);
    memcpy(data + 0x20, hash_of, 32);
    put(data + 0x40, mask, 2);
    hash(data + 0x20, 0x40, data);
}

void adac_hash_key(uint8_t owner, uint8_t digest[32])
{
    uint8_t point[64];
    adac_make_key(owner, point);
    hash(point, sizeof point, digest);
}

void adac_hash_password(const uint8_t password[16], uint8_t digest[32])
{
    hash(password, 16, digest);
}

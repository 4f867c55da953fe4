#include "base/cmac.h"

#include <string.h>

#include "base/secret.h"

/* x^128 = x^7 + x^2 + x + 1. */
#define FIELD_POLYNOMIAL 0x87u

/* i, the byte between label and context, and L. */
#define KDF_OWN_BYTES 9u

void cmac_double(uint8_t block[CMAC_BYTES])
{
    const uint32_t carry = (uint32_t)block[0] >> 7;
    for (uint32_t i = 0; i < CMAC_BYTES - 1u; i++) {
        block[i] = (uint8_t)(block[i] << 1 | block[i + 1u] >> 7);
    }
    /* No branch on a secret bit. */
    const uint32_t last = (uint32_t)block[CMAC_BYTES - 1u] << 1;
    block[CMAC_BYTES - 1u] = (uint8_t)(last ^ (FIELD_POLYNOMIAL & (0u - carry)));
}

enum garrison_status cmac_init(struct cmac *cmac, cmac_encrypt_fn *encrypt, void *cipher)
{
    *cmac = (struct cmac){.encrypt = encrypt, .cipher = cipher};
    const enum garrison_status status = encrypt(cipher, cmac->whole, cmac->whole);
    cmac_double(cmac->whole);
    memcpy(cmac->incomplete, cmac->whole, sizeof cmac->incomplete);
    cmac_double(cmac->incomplete);
    return status;
}

static void add(uint8_t sum[CMAC_BYTES], const uint8_t *summand, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        sum[i] ^= summand[i];
    }
}

enum garrison_status cmac_compute(const struct cmac *cmac, struct view message,
                                  uint8_t mac[CMAC_BYTES])
{
    enum garrison_status status = GARRISON_OK;
    memset(mac, 0, CMAC_BYTES);
    const uint8_t *block = message.data;
    uint32_t left = message.len;
    for (; left > CMAC_BYTES && status == GARRISON_OK; left -= CMAC_BYTES) {
        add(mac, block, CMAC_BYTES);
        status = cmac->encrypt(cmac->cipher, mac, mac);
        block += CMAC_BYTES;
    }
    if (status == GARRISON_OK) {
        add(mac, block, left);
        if (left < CMAC_BYTES) {
            mac[left] ^= 0x80u;
        }
        add(mac, left == CMAC_BYTES ? cmac->whole : cmac->incomplete, CMAC_BYTES);
        status = cmac->encrypt(cmac->cipher, mac, mac);
    }
    if (status != GARRISON_OK) {
        secret_wipe(mac, CMAC_BYTES);
    }
    return status;
}

static void store_be32(uint8_t at[4], uint32_t value)
{
    for (uint32_t i = 0; i < 4u; i++) {
        at[i] = (uint8_t)(value >> (24u - 8u * i));
    }
}

enum garrison_status cmac_kdf(const struct cmac *cmac, struct view label, struct view context,
                              uint8_t *key, uint32_t len)
{
    uint8_t input[CMAC_KDF_INPUT_MAX + KDF_OWN_BYTES];
    uint8_t number[4] = {0};
    struct room room = room_of(input, sizeof input);
    store_be32(number, len * 8u);
    room_append(&room, (struct view){(const uint8_t[4]){0}, 4});
    room_append(&room, label);
    room_append(&room, (struct view){(const uint8_t[1]){0}, 1});
    room_append(&room, context);
    room_append(&room, (struct view){number, sizeof number});
    if (room.full || len % CMAC_BYTES != 0 || len > UINT32_MAX / 8u) {
        return GARRISON_ERROR_ARGUMENT;
    }
    enum garrison_status status = GARRISON_OK;
    for (uint32_t done = 0; done < len && status == GARRISON_OK; done += CMAC_BYTES) {
        store_be32(input, done / CMAC_BYTES + 1u);
        status = cmac_compute(cmac, (struct view){input, room.used}, key + done);
    }
    if (status != GARRISON_OK) {
        secret_wipe(key, len);
    }
    return status;
}

/*
 * Option-byte keys as the boot ROM writes and reads them.
 *
 * Encrypted ones stand in OBK as AES-256 in CBC mode leaves them: SAES without swapping, the derived
 * hardware unique key of the secure EPOCH and of the level that the slots belong to, and a vector
 * that is always the same. What was written in product state OPEN, or under another EPOCH, is
 * therefore unreadable.
 */
#include "rss.h"

#include "dev_flash.h"
#include "dev_saes.h"

#include <string.h>

#include <mbedtls/sha256.h>

#define DIGEST_BYTES 32u

/** Where the data of debug authentication stands, in every product state. */
#define DA_OFF   0x100u
#define DA_BYTES 0x60u
#define DA_LEVEL 1u

/* Within it, behind the SHA-256 of the rest; what follows the mask is padding. [I] */
#define DA_HASH_OFF 0x20u
#define DA_MASK_OFF 0x40u

/** IVR3 to IVR0, most significant byte first. */
static const uint8_t obk_vector[AES_BLOCK_BYTES] = {0x80, 0x01, 0xD1, 0xCE, 0xD1, 0xCE, 0xD1, 0xCE,
                                                    0xD1, 0xCE, 0x80, 0x01, 0xCE, 0xD1, 0xCE, 0xD1};

static void obk_key(const struct sim_chip *chip, unsigned level, struct aes_key *key)
{
    const struct saes_key_use use = {.source = SAES_KEY_DHUK, .secure = true};
    uint32_t keyr[AES_KEY_WORDS];
    saes_dhuk(chip, &use, chip->nv->option[NV_OB_SECEPOCH] & 0x00FFFFFFu, level, keyr);
    key->len = 4u * AES_KEY_WORDS;
    for (unsigned i = 0; i < key->len; i++) {
        key->bytes[i] = (uint8_t)(keyr[AES_KEY_WORDS - 1u - i / 4u] >> (24u - 8u * (i % 4u)));
    }
}

/** SAES takes a word of memory as it is, so its most significant byte comes first. */
static void obk_turn(const uint8_t in[AES_BLOCK_BYTES], uint8_t out[AES_BLOCK_BYTES])
{
    for (unsigned i = 0; i < AES_BLOCK_BYTES; i++) {
        out[i] = in[i ^ 3u];
    }
}

void rss_obk_cipher(const struct sim_chip *chip, unsigned level, bool decrypt, const uint8_t *in,
                    uint8_t *out, uint32_t len)
{
    const struct aes_step step = {.mode = AES_CBC, .decrypt = decrypt};
    struct aes_chain chain = {0};
    struct aes_key key;
    memcpy(chain.iv, obk_vector, sizeof chain.iv);
    obk_key(chip, level, &key);
    for (uint32_t off = 0; off < len; off += AES_BLOCK_BYTES) {
        uint8_t block[AES_BLOCK_BYTES];
        uint8_t worked[AES_BLOCK_BYTES];
        obk_turn(in + off, block);
        aes_chain_work(&chain, &key, &step, block, worked);
        obk_turn(worked, out + off);
    }
}

bool rss_credentials_read(const struct sim_chip *chip, struct rss_credentials *out)
{
    const struct sim_nv *nv = chip->nv;
    uint8_t data[DA_BYTES];
    uint8_t digest[DIGEST_BYTES];
    memset(out, 0, sizeof *out);
    rss_obk_cipher(chip, DA_LEVEL, true, nv->obk[nv->obk_current & 1u] + DA_OFF, data, DA_BYTES);
    (void)mbedtls_sha256(data + DIGEST_BYTES, DA_BYTES - DIGEST_BYTES, digest,
                         0); /* Cannot fail. */
    if (memcmp(data, digest, DIGEST_BYTES) != 0) {
        return false;
    }
    memcpy(out->hash, data + DA_HASH_OFF, sizeof out->hash);
    memcpy(out->mask, data + DA_MASK_OFF, sizeof out->mask);
    return true;
}

bool rss_authentication_valid(const struct sim_chip *chip)
{
    struct rss_credentials credentials;
    return rss_credentials_read(chip, &credentials);
}

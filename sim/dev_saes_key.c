#include <string.h>

#include <mbedtls/sha256.h>

#include "dev.h"
#include "dev_saes.h"

#define OPTSR_PRODUCT_STATE(optsr) (((optsr) >> 8) & 0xffu)
#define PRODUCT_STATE_OPEN         0xedu

/*
 * The part derives its keys in a way that is not public. [U] Here a key is the SHA-256 of the
 * bytes of this struct; stored data is encrypted under it, so it must never change.
 */
struct dhuk_input {
    char label[16];
    uint8_t root[32];
    uint8_t epoch[4]; /* Least significant byte first. */
    uint8_t hdpl;
    uint8_t secure;
    uint8_t kmod;
    uint8_t reserved;
};
_Static_assert(sizeof(struct dhuk_input) == 56, "no padding goes into a key");

/* The root in product state OPEN, where all devices have the same. [U] */
static const char open_root[32] = "the root of every open device";

void saes_dhuk(const struct sim_chip *chip, const struct saes_key_use *use, uint32_t epoch,
               unsigned level, uint32_t keyr[AES_KEY_WORDS])
{
    const bool open = OPTSR_PRODUCT_STATE(chip->nv->option[NV_OB_OPTSR]) == PRODUCT_STATE_OPEN;
    struct dhuk_input input = {
        .label = "DHUK",
        .hdpl = (uint8_t)level,
        .secure = use->secure,
        .kmod = use->kmod,
    };
    uint8_t key[32];
    memcpy(input.root, open ? (const void *)open_root : chip->nv->secret, sizeof input.root);
    for (unsigned i = 0; i < sizeof input.epoch; i++) {
        input.epoch[i] = (uint8_t)(epoch >> 8u * i);
    }
    (void)mbedtls_sha256((const uint8_t *)&input, sizeof input, key, 0); /* Cannot fail. */
    for (size_t i = 0; i < AES_KEY_WORDS; i++) {
        const uint8_t *bytes = &key[4u * i];
        keyr[i] = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                  (uint32_t)bytes[3] << 24;
    }
}

bool saes_hardware_key(const struct sim_chip *chip, const struct saes_key_use *use,
                       uint32_t keyr[AES_KEY_WORDS])
{
    if (tamp_active(chip)) {
        return false;
    }
    memset(keyr, 0, AES_KEY_WORDS * sizeof keyr[0]);
    if (use->source != SAES_KEY_BHK) {
        saes_dhuk(chip, use, chip_epoch(chip), chip_obk_hdpl(chip), keyr);
    }
    if (use->source != SAES_KEY_DHUK) {
        /* BKP0R to BKP7R, least significant word first. [U] */
        for (unsigned i = 0; i < AES_KEY_WORDS; i++) {
            keyr[i] ^= chip->nv->backup[i];
        }
    }
    return true;
}

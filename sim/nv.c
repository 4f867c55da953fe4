#include "nv.h"

#include <string.h>

/** Option words as delivered; values in the order of enum nv_option. */
static const uint32_t nv_option_default[NV_OB_COUNT] = {
    /* BOOT_UBE OEM-iROT, watchdogs by software, no reset on Stop or Standby, state OPEN. */
    [NV_OB_OPTSR] = 0x2D30EDD8u,
    /* TZEN off, no erase of SRAM at reset, no SRAM ECC. */
    [NV_OB_OPTSR2] = 0xC300007Cu,
    [NV_OB_NSBOOT] = 0x080000C3u,
    [NV_OB_SECBOOT] = 0x0C0000C3u,
    /* Should TrustZone be enabled, all flash is Secure until said otherwise. [U] */
    [NV_OB_SECWM1] = 0x007F0000u,
    [NV_OB_SECWM2] = 0x007F0000u,
    [NV_OB_WRP1] = 0xFFFFFFFFu,
    [NV_OB_WRP2] = 0xFFFFFFFFu,
    /* First sector after the last: no hidden area. */
    [NV_OB_HDP1] = 0x00000001u,
    [NV_OB_HDP2] = 0x00000001u,
};

/** Folds bytes into a seed that is never zero (FNV-1a). */
static uint64_t nv_seed(const uint8_t *data, size_t len, uint64_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = (seed ^ data[i]) * 0x100000001B3u;
    }
    return seed != 0 ? seed : 1u;
}

void nv_init(struct sim_nv *nv, const uint8_t uid[12], const uint8_t secret[32])
{
    memset(nv, 0, sizeof(*nv));
    memset(nv->flash, 0xFF, sizeof(nv->flash));
    memset(nv->system, 0xFF, sizeof(nv->system));
    memset(nv->otp, 0xFF, sizeof(nv->otp));
    memset(nv->obk, 0xFF, sizeof(nv->obk));
    memcpy(nv->option, nv_option_default, sizeof(nv_option_default));
    memcpy(nv->uid, uid, sizeof(nv->uid));
    memcpy(nv->secret, secret, sizeof(nv->secret));
    nv->rng_state = nv_seed(secret, 32, nv_seed(uid, 12, 0xCBF29CE484222325u));
    memset(nv->dirty_sector, true, sizeof(nv->dirty_sector));
    memset(nv->dirty_part, true, sizeof(nv->dirty_part));
    nv->dirty = true;
}

void nv_touch(struct sim_nv *nv, enum nv_part part, uint32_t off, uint32_t len)
{
    nv->dirty = true;
    nv->dirty_part[part] = true;
    if (part != NV_PART_FLASH || len == 0) {
        return;
    }
    const uint32_t last = (off + len - 1u) / NV_SECTOR_BYTES;
    for (uint32_t sector = off / NV_SECTOR_BYTES; sector <= last; sector++) {
        nv->dirty_sector[sector] = true;
    }
}

void nv_clean(struct sim_nv *nv)
{
    memset(nv->dirty_sector, false, sizeof(nv->dirty_sector));
    memset(nv->dirty_part, false, sizeof(nv->dirty_part));
    nv->dirty = false;
}

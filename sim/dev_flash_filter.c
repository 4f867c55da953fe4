/* Who may reach which sector of the flash: HDP, SECWM, SECBB, PRIVBB, and the direct path. */
#include "dev_flash.h"

#include <stdio.h>

/** Part of a bank that the temporal isolation hides. */
enum hdp_part {
    HDP_NONE = 0,
    HDP_BASE, /**< HDPx_STRT to HDPx_END. */
    HDP_EXT,  /**< The HDPx_EXT sectors after it. */
};

/** The first HDPL that no longer sees each part. [U] */
static const uint8_t hdp_hidden_from[] = {
    [HDP_NONE] = 4,
    [HDP_BASE] = 2,
    [HDP_EXT] = 3,
};

/** A watermark word: STRT in bits 0-6, END in 16-22, nothing when STRT > END. */
static bool watermark_covers(uint32_t word, uint32_t sector)
{
    return sector >= (word & 0x7Fu) && sector <= ((word >> 16) & 0x7Fu);
}

static uint32_t sector_of(uint32_t phys)
{
    return (phys % FLASH_BANK_BYTES) / NV_SECTOR_BYTES;
}

static bool bit_of(const uint32_t bits[8], uint32_t phys)
{
    const uint32_t sector = phys / NV_SECTOR_BYTES;
    return ((bits[sector / 32u] >> (sector % 32u)) & 1u) != 0;
}

void flash_narrow(struct bus_decision *out, uint32_t lo, uint32_t hi)
{
    out->first = out->first > lo ? out->first : lo;
    out->last = out->last < hi ? out->last : hi;
}

bool flash_refuse(struct bus_decision *out, enum bus_filter filter, enum sim_access_kind kind)
{
    out->answer = kind == SIM_FETCH ? SIM_ANSWER_ERROR : SIM_ANSWER_IGNORED;
    out->filter = filter;
    return false;
}

uint32_t flash_physical(const struct sim_chip *chip, uint32_t off)
{
    const bool swapped = (chip->nv->option[NV_OB_OPTSR] & FLASH_SWAP_BANK) != 0;
    return swapped ? off ^ FLASH_BANK_BYTES : off;
}

/** EDATAx_EN reserves the last EDATAx_STRT + 1 sectors of its bank. [U] */
bool flash_is_edata(const struct sim_nv *nv, uint32_t phys)
{
    const uint32_t word = nv->option[phys >= FLASH_BANK_BYTES ? NV_OB_EDATA2 : NV_OB_EDATA1];
    const uint32_t sectors = (word & 0x8000u) != 0 ? (word & 7u) + 1u : 0;
    return sector_of(phys) >= FLASH_BANK_SECTORS - sectors;
}

static bool flash_in_secwm(const struct dev_flash *flash, uint32_t phys)
{
    const uint32_t *option = flash->dev.chip->nv->option;
    const enum nv_option word = phys >= FLASH_BANK_BYTES ? NV_OB_SECWM2 : NV_OB_SECWM1;
    return watermark_covers(option[word], sector_of(phys));
}

bool flash_is_secure(const struct dev_flash *flash, uint32_t phys)
{
    return chip_trustzone(flash->dev.chip) &&
           (flash_in_secwm(flash, phys) || bit_of(flash->secbb, phys));
}

/** Without a base area there is no extension. [U] */
static enum hdp_part flash_hdp_part(const struct dev_flash *flash, uint32_t phys)
{
    const bool second = phys >= FLASH_BANK_BYTES;
    const uint32_t word = flash->dev.chip->nv->option[second ? NV_OB_HDP2 : NV_OB_HDP1];
    const uint32_t end = (word >> 16) & 0x7Fu;
    const uint32_t extra = (flash->hdpextr >> (second ? 16 : 0)) & 0x7Fu;
    const uint32_t sector = sector_of(phys);
    if (watermark_covers(word, sector)) {
        return HDP_BASE;
    }
    const bool none = (word & 0x7Fu) > end;
    return !none && sector > end && sector <= end + extra ? HDP_EXT : HDP_NONE;
}

static bool flash_check_hdp(const struct dev_flash *flash, uint32_t phys, enum sim_access_kind kind,
                            struct bus_decision *out)
{
    const enum hdp_part part = flash_hdp_part(flash, phys);
    const unsigned hdpl = chip_hdpl(flash->dev.chip);
    if (hdpl < hdp_hidden_from[part]) {
        return true;
    }
    const unsigned bank = phys >= FLASH_BANK_BYTES ? 2u : 1u;
    const uint32_t word = flash->dev.chip->nv->option[bank == 2u ? NV_OB_HDP2 : NV_OB_HDP1];
    const uint32_t end = (word >> 16) & 0x7Fu;
    const uint32_t extra = (flash->hdpextr >> (bank == 2u ? 16 : 0)) & 0x7Fu;
    (void)snprintf(
        out->why, sizeof(out->why),
        "flash sector %u of bank %u is hidden: %s%u covers sectors %u..%u and HDPL is %u",
        (unsigned)sector_of(phys), bank, part == HDP_BASE ? "HDP" : "HDPEXT", bank,
        (unsigned)(part == HDP_BASE ? word & 0x7Fu : end + 1u),
        (unsigned)(part == HDP_BASE ? end : end + extra), hdpl);
    return flash_refuse(out, BUS_FILTER_HDP, kind);
}

static bool flash_check_security(const struct dev_flash *flash, uint32_t phys,
                                 enum sim_access_kind kind, struct sim_attr attr,
                                 struct bus_decision *out)
{
    if (!chip_trustzone(flash->dev.chip)) {
        return true;
    }
    const bool secwm = flash_in_secwm(flash, phys);
    const bool secure = secwm || bit_of(flash->secbb, phys);
    const unsigned bank = phys >= FLASH_BANK_BYTES ? 2u : 1u;
    const unsigned sector = (unsigned)sector_of(phys);
    if (secure == attr.secure) {
        return true;
    }
    if (!secure) { /* Secure software reaches Non-secure flash as Non-secure only. [U] */
        (void)snprintf(out->why, sizeof(out->why),
                       "flash sector %u of bank %u is Non-secure (not in SECWM%u, not in SECBB%u), "
                       "the access is Secure",
                       sector, bank, bank, bank);
        return flash_refuse(out, BUS_FILTER_ALIAS, kind);
    }
    out->illegal = true;
    (void)snprintf(out->why, sizeof(out->why),
                   "flash sector %u of bank %u is Secure (%s%u), the access is Non-secure", sector,
                   bank, secwm ? "SECWM" : "SECBB", bank);
    return flash_refuse(out, secwm ? BUS_FILTER_SECWM : BUS_FILTER_SECBB, kind);
}

bool flash_check_sector(const struct dev_flash *flash, uint32_t phys, enum sim_access_kind kind,
                        struct sim_attr attr, struct bus_decision *out)
{
    if (!flash_check_security(flash, phys, kind, attr, out) ||
        !flash_check_hdp(flash, phys, kind, out)) {
        return false;
    }
    if (attr.privileged || !bit_of(flash->privbb, phys)) {
        return true;
    }
    const unsigned bank = phys >= FLASH_BANK_BYTES ? 2u : 1u;
    (void)snprintf(
        out->why, sizeof(out->why),
        "flash sector %u of bank %u is privileged (PRIVBB%u), the access is unprivileged",
        (unsigned)sector_of(phys), bank, bank);
    return flash_refuse(out, BUS_FILTER_PRIVBB, kind);
}

bool flash_check(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                 struct sim_attr attr, struct bus_decision *out)
{
    const uint32_t phys = flash_physical(chip, off);
    const uint32_t first = out->first + off - off % NV_SECTOR_BYTES;
    flash_narrow(out, first, first + NV_SECTOR_BYTES - 1u);
    if (flash_is_edata(chip->nv, phys)) { /* Reached at the high-cycle addresses only. [U] */
        const unsigned bank = phys >= FLASH_BANK_BYTES ? 2u : 1u;
        (void)snprintf(
            out->why, sizeof(out->why),
            "flash sector %u of bank %u is high-cycle data (EDATA%u), not for this address",
            (unsigned)sector_of(phys), bank, bank);
        return flash_refuse(out, BUS_FILTER_DECODE, kind);
    }
    return flash_check_sector(flash_of(chip), phys, kind, attr, out);
}

static bool quad_is_direct(const struct sim_nv *nv, uint32_t phys)
{
    const uint8_t cell = nv->flash_cell[phys / FLASH_QUAD];
    return cell == NV_CELL_VIRGIN || cell == NV_CELL_PROGRAMMED;
}

/** A decision reaches no further than this: the processor asks page by page. */
#define FLASH_DIRECT_BYTES 1024u

bool flash_direct(const struct sim_chip *chip, uint32_t off, struct bus_decision *out)
{
    const struct sim_nv *nv = chip->nv;
    const uint32_t phys = flash_physical(chip, off) & ~(FLASH_QUAD - 1u);
    const uint32_t page = phys & ~(FLASH_DIRECT_BYTES - 1u);
    uint32_t lo = phys;
    uint32_t hi = phys;
    const bool direct = quad_is_direct(nv, phys);
    while (lo > page && quad_is_direct(nv, lo - FLASH_QUAD) == direct) {
        lo -= FLASH_QUAD;
    }
    while (hi < page + FLASH_DIRECT_BYTES - FLASH_QUAD &&
           quad_is_direct(nv, hi + FLASH_QUAD) == direct) {
        hi += FLASH_QUAD;
    }
    /* flash_check() has left this sector in [first, last], or less. */
    const uint32_t base = (out->first & ~(NV_SECTOR_BYTES - 1u)) + page % NV_SECTOR_BYTES;
    flash_narrow(out, base + (lo - page), base + (hi - page) + FLASH_QUAD - 1u);
    return direct;
}

uint32_t flash_memory_read(struct sim_chip *chip, uint32_t off, unsigned size)
{
    const struct sim_nv *nv = chip->nv;
    struct dev_flash *flash = flash_of(chip);
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        const uint32_t phys = flash_physical(chip, (off + i) % NV_FLASH_BYTES);
        value |= (uint32_t)nv->flash[phys] << (8u * i);
        if (i == 0 || phys % FLASH_QUAD == 0) {
            flash_ecc_report(flash, FLASH_MAIN, phys & ~(FLASH_QUAD - 1u),
                             (enum nv_cell)nv->flash_cell[phys / FLASH_QUAD], 0);
        }
    }
    return value;
}

void flash_memory_write(struct sim_chip *chip, uint32_t off, unsigned size, uint32_t value,
                        struct sim_attr attr)
{
    flash_write_quad(flash_of(chip), flash_world(chip, attr), FLASH_MAIN, 0,
                     flash_physical(chip, off), size, value);
}

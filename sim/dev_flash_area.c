/* OTP, device identity and high-cycle data, as devices on the bus. */
#include "dev_flash.h"

#include <stdio.h>

/* The read-only area: OTP, then what the maker has written. */
#define AREA_UID_OFF   0x800u
#define AREA_UID_BYTES 12u
#define AREA_SIZE_OFF  0x80Cu /* Size of the flash in KB, 16 bits. */
#define AREA_OTP_BLOCK 64u

/* High-cycle data: the last eight sectors of bank 1, then of bank 2, 6 KB each. */
#define EDATA_SECTORS      8u
#define EDATA_BANK_BYTES   (EDATA_SECTORS * FLASH_EDATA_BYTES)
#define EDATA_FIRST_SECTOR (FLASH_BANK_SECTORS - EDATA_SECTORS)

/** The state of a half-word as it stands in the last 2 KB of the sector (nv.h). */
static const uint8_t edata_bits[] = {
    [NV_CELL_VIRGIN] = 3,
    [NV_CELL_PROGRAMMED] = 2,
    [NV_CELL_ECC_SINGLE] = 1,
    [NV_CELL_ECC_DOUBLE] = 0,
};

/** The byte with the state of the half-word at `phys`, and where in it. */
static uint32_t edata_state_at(uint32_t phys, unsigned *shift)
{
    const uint32_t half = (phys % NV_SECTOR_BYTES) / 2u;
    *shift = 2u * (half % 4u);
    return (phys & ~(NV_SECTOR_BYTES - 1u)) + FLASH_EDATA_BYTES + half / 4u;
}

enum nv_cell flash_edata_cell(const struct sim_nv *nv, uint32_t phys)
{
    unsigned shift;
    const uint8_t byte = nv->flash[edata_state_at(phys, &shift)];
    return (enum nv_cell)(3u - ((byte >> shift) & 3u));
}

void flash_edata_set_cell(struct sim_nv *nv, uint32_t phys, enum nv_cell cell)
{
    unsigned shift;
    uint8_t *byte = &nv->flash[edata_state_at(phys, &shift)];
    *byte = (uint8_t)((*byte & ~(3u << shift)) | ((unsigned)edata_bits[cell] << shift));
}

uint32_t flash_edata_phys(uint32_t off)
{
    const uint32_t bank = off / EDATA_BANK_BYTES;
    const uint32_t sector = EDATA_FIRST_SECTOR + (off % EDATA_BANK_BYTES) / FLASH_EDATA_BYTES;
    return bank * FLASH_BANK_BYTES + sector * NV_SECTOR_BYTES + off % FLASH_EDATA_BYTES;
}

static uint32_t area_gather(const uint8_t *bytes, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint32_t)bytes[i] << (8u * i);
    }
    return value;
}

/** A virgin half-word has no valid ECC: reading it is a double error. */
static enum nv_cell area_cell(enum nv_cell cell)
{
    return cell == NV_CELL_VIRGIN ? NV_CELL_ECC_DOUBLE : cell;
}

static void area_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)dev;
    (void)kind;
}

static uint32_t otp_read_identity(const struct sim_nv *nv, uint32_t off)
{
    if (off >= AREA_UID_OFF && off < AREA_UID_OFF + AREA_UID_BYTES) {
        return area_gather(nv->uid + (off - AREA_UID_OFF), 4u);
    }
    return off == AREA_SIZE_OFF ? NV_FLASH_BYTES / 1024u : 0;
}

static uint32_t otp_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct sim_nv *nv = dev->chip->nv;
    if (txn->off >= NV_OTP_BYTES) {
        return txn_cut(txn, otp_read_identity(nv, txn->off & ~3u));
    }
    for (uint32_t off = txn->off & ~1u; off < txn->off + txn->size; off += 2u) {
        flash_ecc_report(flash_of(dev->chip), FLASH_OTP, off,
                         area_cell((enum nv_cell)nv->otp_cell[off / 2u]),
                         area_gather(nv->otp + off, 2u));
    }
    return area_gather(nv->otp + txn->off, txn->size);
}

static void otp_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct dev_flash *flash = flash_of(dev->chip);
    const enum flash_world world = flash_world(dev->chip, txn->attr);
    const uint32_t block = txn->off / AREA_OTP_BLOCK;
    const bool locked =
        txn->off >= NV_OTP_BYTES || ((dev->chip->nv->option[NV_OB_OTPBL] >> block) & 1u) != 0;
    if (locked) {
        flash_operation_settle(flash);
        flash_error(flash, world, FLASH_SR_WRPERR, "OTP block %u is locked (OTPBLR)",
                    (unsigned)block);
        return;
    }
    flash_write_half(flash, world, FLASH_OTP, txn->off, txn->size, value);
}

static uint32_t edata_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct sim_nv *nv = dev->chip->nv;
    for (uint32_t off = txn->off & ~1u; off < txn->off + txn->size; off += 2u) {
        const uint32_t phys = flash_edata_phys(off);
        flash_ecc_report(flash_of(dev->chip), FLASH_EDATA, phys,
                         area_cell(flash_edata_cell(nv, phys)), area_gather(nv->flash + phys, 2u));
    }
    return area_gather(nv->flash + flash_edata_phys(txn->off), txn->size);
}

static void edata_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    flash_write_half(flash_of(dev->chip), flash_world(dev->chip, txn->attr), FLASH_EDATA,
                     flash_edata_phys(txn->off), txn->size, value);
}

static const struct sim_device_ops otp_ops = {
    .reset = area_reset,
    .read = otp_read,
    .write = otp_write,
};

static const struct sim_device_ops edata_ops = {
    .reset = area_reset,
    .read = edata_read,
    .write = edata_write,
};

static struct sim_device *area_new(const struct sim_device_ops *ops)
{
    struct sim_device *dev = device_new(sizeof *dev);
    if (dev != NULL) {
        dev->ops = ops;
    }
    return dev;
}

struct sim_device *otp_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    return area_new(&otp_ops);
}

struct sim_device *edata_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    return area_new(&edata_ops);
}

/* What the bus asks before an access. */

bool flash_is_edata_area(const struct sim_device *dev)
{
    return dev->ops == &edata_ops;
}

bool flash_owns_area(const struct sim_device *dev)
{
    return flash_is_obk(dev) || dev->ops == &otp_ops || flash_is_edata_area(dev);
}

/** The sector under a high-cycle address has to be one, and to be open like any sector. */
static bool edata_check(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                        struct sim_attr attr, struct bus_decision *out)
{
    const uint32_t phys = flash_edata_phys(off);
    const uint32_t first = out->first + off - off % FLASH_EDATA_BYTES;
    flash_narrow(out, first, first + FLASH_EDATA_BYTES - 1u);
    if (!flash_is_edata(chip->nv, phys)) {
        const unsigned bank = phys >= FLASH_BANK_BYTES ? 2u : 1u;
        (void)snprintf(out->why, sizeof(out->why),
                       "flash sector %u of bank %u is not high-cycle data (EDATA%u)",
                       (unsigned)((phys % FLASH_BANK_BYTES) / NV_SECTOR_BYTES), bank, bank);
        return flash_refuse(out, BUS_FILTER_DECODE, kind);
    }
    return flash_check_sector(flash_of(chip), phys, kind, attr, out);
}

bool flash_check_area(const struct sim_chip *chip, const struct sim_device *dev, uint32_t off,
                      enum sim_access_kind kind, struct sim_attr attr, struct bus_decision *out)
{
    if (flash_is_obk(dev)) {
        return flash_obk_check(chip, off, kind, attr, out);
    }
    if (dev->ops == &edata_ops) {
        return edata_check(chip, off, kind, attr, out);
    }
    return true;
}

/*
 * DBGMCU: identity of the chip, freeze bits, and the mailbox of debug authentication.
 *
 * The mailbox is plain registers here; a session of the boot ROM hears of accesses to it. A system
 * reset ends that session and leaves the rest alone: a debugger writes its first word before the
 * reset that begins one.
 */
#include "dev_dbgmcu.h"
#include "dev_reg.h"

#include <string.h>

#define IDCODE 0x000u
#define SR     0x0fcu

#define DBGMCU_DEV_ID 0x484u
#define DBGMCU_REV_ID 0x1007u /* Revision X: any of A, Z, X, W may be met. [U] */

#define AP_PRESENT  0x00000003u
#define AP0_ENABLED 0x00010000u /* The mailbox's own port is always open. */
#define AP1_ENABLED 0x00020000u /* The processor's. */

/* A register that software can write, and its bits. */
static const struct {
    uint32_t off, mask;
} dbgmcu_register[DBGMCU_REGISTERS] = {
    [DBGMCU_CR] = {0x004, 0x000100f6u},
    [DBGMCU_APB1LFZR] = {0x008, 0x00e019ffu},
    [DBGMCU_APB1HFZR] = {0x00c, 0x00000020u},
    [DBGMCU_APB2FZR] = {0x010, 0x00072800u},
    [DBGMCU_APB3FZR] = {0x014, 0x403e0c00u},
    [DBGMCU_AHB1FZR] = {0x020, 0xffffffffu},
    [DBGMCU_AUTH_HOST] = {0x100, 0xffffffffu},
    [DBGMCU_AUTH_DEV] = {0x104, 0xffffffffu},
    [DBGMCU_AUTH_ACK] = {0x108, DBGMCU_HOST_ACK | DBGMCU_DEV_ACK},
};

/* CoreSight identity, PIDR4 at 0xfd0 to CIDR3 at 0xffc. [U] The part number is not known. */
#define IDENTITY 0xfd0u
static const uint8_t dbgmcu_identity[12] = {
    0x00, 0,    0,    0,    /* PIDR4 to PIDR7. */
    0x00, 0x00, 0x0a, 0x00, /* PIDR0 to PIDR3: JEP106 code 0x20, STMicroelectronics. */
    0x0d, 0xf0, 0x05, 0xb1, /* CIDR0 to CIDR3: the CoreSight preamble. */
};

/* AP1 is open as soon as something of debug is, or will be at a higher HDPL. [U] */
static uint32_t dbgmcu_sr(const struct sim_chip *chip)
{
    struct sim_debug_access access;
    chip_debug_access(chip, &access);
    return AP_PRESENT | AP0_ENABLED | (access.access_port ? AP1_ENABLED : 0);
}

static uint32_t dbgmcu_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct dbgmcu *dbgmcu = (const struct dbgmcu *)dev;
    const uint32_t off = reg_off(txn);
    if (off == IDCODE) {
        return txn_cut(txn, DBGMCU_REV_ID << 16 | DBGMCU_DEV_ID);
    }
    if (off == SR) {
        return txn_cut(txn, dbgmcu_sr(dev->chip));
    }
    if (off >= IDENTITY && (off - IDENTITY) / 4u < sizeof dbgmcu_identity) {
        return txn_cut(txn, dbgmcu_identity[(off - IDENTITY) / 4u]);
    }
    for (size_t i = 0; i < DBGMCU_REGISTERS; i++) {
        if (dbgmcu_register[i].off == off) {
            return txn_cut(txn, dbgmcu->value[i]);
        }
    }
    return 0;
}

static void dbgmcu_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct dbgmcu *dbgmcu = (struct dbgmcu *)dev;
    for (size_t i = 0; i < DBGMCU_REGISTERS; i++) {
        if (dbgmcu_register[i].off == reg_off(txn)) {
            dbgmcu->value[i] = reg_put(dbgmcu->value[i], txn, value, dbgmcu_register[i].mask);
        }
    }
    rss_adac_mailbox(dbgmcu);
}

static void dbgmcu_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct dbgmcu *dbgmcu = (struct dbgmcu *)dev;
    for (size_t i = 0; kind == SIM_RESET_POWER && i < DBGMCU_REGISTERS; i++) {
        dbgmcu->value[i] = 0;
    }
    memset(&dbgmcu->adac, 0, sizeof dbgmcu->adac);
}

static void dbgmcu_event(struct sim_device *dev, uint64_t now)
{
    (void)now;
    rss_adac_event((struct dbgmcu *)dev);
}

static const struct sim_device_ops dbgmcu_ops = {
    .reset = dbgmcu_reset,
    .read = dbgmcu_read,
    .write = dbgmcu_write,
    .event = dbgmcu_event,
};

struct sim_device *dbgmcu_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct dbgmcu *dbgmcu = device_new(sizeof *dbgmcu);
    if (dbgmcu == NULL) {
        return NULL;
    }
    dbgmcu->dev.ops = &dbgmcu_ops;
    chip->dbgmcu = &dbgmcu->dev;
    return &dbgmcu->dev;
}

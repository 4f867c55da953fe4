/* The flash controller's registers: locks, privilege, interrupts, reset. */
#include "dev_flash.h"

#include <stdio.h>
#include <string.h>

/** ACR after reset: LATENCY 3, WRHIGHFREQ 1; as read on an STM32H563. */
#define FLASH_ACR_RESET 0x00000013u
#define FLASH_ACR_MASK  0x0000013Fu

#define FLASH_FLAGS_NS 0x00FF0000u
#define FLASH_FLAGS_S  0x007F0000u /* No OPTCHANGEERR in SECSR. */

/** Bits of NSCR and SECCR that hold what is written: SNB, MER, enables, BKSEL; S also INV. */
static const uint32_t flash_cr_mask[FLASH_WORLDS] = {
    [FLASH_NS] = FLASH_CR_PG | FLASH_CR_SER | FLASH_CR_BER | (0x7Fu << FLASH_CR_SNB_SHIFT) |
                 FLASH_CR_MER | FLASH_FLAGS_NS | FLASH_CR_BKSEL,
    [FLASH_S] = FLASH_CR_PG | FLASH_CR_SER | FLASH_CR_BER | (0x7Fu << FLASH_CR_SNB_SHIFT) |
                FLASH_CR_MER | FLASH_FLAGS_S | FLASH_CR_INV | FLASH_CR_BKSEL,
};

static const uint32_t flash_keys[FLASH_LOCKS][2] = {
    [FLASH_LOCK_NSCR] = {0x45670123u, 0xCDEF89ABu},
    [FLASH_LOCK_SECCR] = {0x45670123u, 0xCDEF89ABu},
    [FLASH_LOCK_OPTCR] = {0x08192A3Bu, 0x4C5D6E7Fu},
    [FLASH_LOCK_NSOBK] = {0x192A083Bu, 0x6E7F4C5Du},
    [FLASH_LOCK_SECOBK] = {0x192A083Bu, 0x6E7F4C5Du},
};

struct dev_flash *flash_of(const struct sim_chip *chip)
{
    return (struct dev_flash *)(void *)chip->flash;
}

enum flash_world flash_world(const struct sim_chip *chip, struct sim_attr attr)
{
    return attr.secure && chip_trustzone(chip) ? FLASH_S : FLASH_NS;
}

/* Interrupts and flags. */

void flash_irq_update(struct dev_flash *flash)
{
    struct sim_chip *chip = flash->dev.chip;
    for (unsigned world = 0; world < FLASH_WORLDS; world++) {
        const uint32_t pending = flash->sr[world] & flash->cr[world] & FLASH_FLAGS_NS;
        const bool ecc = flash_ecc_wants_irq(flash, (enum flash_world)world);
        chip_irq(chip, flash->dev.row->irq[world], pending != 0 || ecc);
    }
}

void flash_flag(struct dev_flash *flash, enum flash_world world, uint32_t flag)
{
    flash->sr[world] |= flag;
    flash_irq_update(flash);
}

void flash_error(struct dev_flash *flash, enum flash_world world, uint32_t flag, const char *format,
                 ...)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {FLASH_SR_WRPERR, "WRPERR"},
        {FLASH_SR_PGSERR, "PGSERR"},
        {FLASH_SR_STRBERR, "STRBERR"},
        {FLASH_SR_INCERR, "INCERR"},
        {FLASH_SR_OBKERR, "OBKERR"},
        {FLASH_SR_OBKWERR, "OBKWERR"},
        {FLASH_SR_OPTCHANGEERR, "OPTCHANGEERR"},
    };
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    const char *name = "error";
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].flag == flag) {
            name = names[i].name;
        }
    }
    chip_event(flash->dev.chip, SIM_EVENT_FLASH, "%s: %s", name, text);
    flash_flag(flash, world, flag);
}

void flash_refuse_write(struct sim_chip *chip, const struct bus_decision *decision,
                        struct sim_attr attr)
{
    struct dev_flash *flash = flash_of(chip);
    const bool in_flash = decision->memory == &chip->memory[CHIP_FLASH];
    const bool in_area = decision->device != NULL && flash_owns_area(decision->device);
    if (!in_flash && !in_area) {
        return;
    }
    const bool obk = decision->filter == BUS_FILTER_OBK;
    flash_flag(flash, flash_world(chip, attr), obk ? FLASH_SR_OBKERR : FLASH_SR_WRPERR);
}

/* Locks. */

/**
 * A write to a key register. A wrong key, or a key while unlocked, locks until the next reset.
 * Whether the part also answers with a bus error is not known: here it does not. [U]
 */
static void flash_key_write(struct dev_flash *flash, unsigned id, uint32_t key,
                            struct sim_attr attr)
{
    (void)attr;
    enum flash_lock *lock = &flash->lock[id];
    if (*lock == FLASH_LOCKED && key == flash_keys[id][0]) {
        *lock = FLASH_HALF_OPEN;
    } else if (*lock == FLASH_HALF_OPEN && key == flash_keys[id][1]) {
        *lock = FLASH_UNLOCKED;
    } else {
        *lock = FLASH_DEAD;
    }
}

static bool flash_unlocked(const struct dev_flash *flash, unsigned id)
{
    return flash->lock[id] == FLASH_UNLOCKED;
}

/* Registers: one read and one write function per kind, `index` says which of several. */

static uint32_t flash_none_read(const struct dev_flash *flash, unsigned index)
{
    (void)flash;
    (void)index;
    return 0;
}

static uint32_t flash_acr_read(const struct dev_flash *flash, unsigned index)
{
    (void)index;
    return flash->acr;
}

static void flash_acr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                            struct sim_attr attr)
{
    (void)index;
    (void)attr;
    flash->acr = value & FLASH_ACR_MASK;
}

static uint32_t flash_opsr_read(const struct dev_flash *flash, unsigned index)
{
    (void)index;
    return flash->opsr;
}

static uint32_t flash_optcr_read(const struct dev_flash *flash, unsigned index)
{
    (void)index;
    const uint32_t swap = flash->dev.chip->nv->option[NV_OB_OPTSR] & FLASH_SWAP_BANK;
    return swap | (flash_unlocked(flash, FLASH_LOCK_OPTCR) ? 0 : FLASH_OPTCR_OPTLOCK) |
           (flash->op.code == FLASH_OP_OPTION ? FLASH_OPTCR_OPTSTRT : 0);
}

static void flash_optcr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                              struct sim_attr attr)
{
    (void)index;
    (void)attr;
    if (!flash_unlocked(flash, FLASH_LOCK_OPTCR)) {
        return;
    }
    if ((value & FLASH_OPTCR_OPTLOCK) != 0) {
        flash->lock[FLASH_LOCK_OPTCR] = FLASH_LOCKED;
        return;
    }
    if ((value & FLASH_OPTCR_OPTSTRT) != 0) {
        flash_option_request(flash);
    }
}

/** BSY is one flag for both worlds; WBNE and DBNE are the filling world's. [U] */
static uint32_t flash_sr_read(const struct dev_flash *flash, unsigned index)
{
    const bool busy = flash->op.code != FLASH_OP_NONE;
    const bool half = flash->op.space == FLASH_EDATA || flash->op.space == FLASH_OTP;
    const bool data = flash->op.code == FLASH_OP_WRITE && half && flash->op.world == index;
    const bool waiting = flash->buffer.filled != 0 && flash->buffer.world == index;
    return flash->sr[index] | (busy ? FLASH_SR_BSY : 0) | (data ? FLASH_SR_DBNE : 0) |
           (waiting ? FLASH_SR_WBNE : 0);
}

static uint32_t flash_cr_read(const struct dev_flash *flash, unsigned index)
{
    const unsigned lock = index == FLASH_S ? FLASH_LOCK_SECCR : FLASH_LOCK_NSCR;
    const bool erasing =
        flash->op.code >= FLASH_OP_SECTOR_ERASE && flash->op.code <= FLASH_OP_MASS_ERASE;
    return flash->cr[index] | (flash_unlocked(flash, lock) ? 0 : FLASH_CR_LOCK) |
           (erasing && flash->op.world == index ? FLASH_CR_STRT : 0);
}

static void flash_cr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                           struct sim_attr attr)
{
    const enum flash_world world = (enum flash_world)index;
    const unsigned lock = world == FLASH_S ? FLASH_LOCK_SECCR : FLASH_LOCK_NSCR;
    if (!flash_unlocked(flash, lock)) {
        return;
    }
    if ((value & FLASH_CR_LOCK) != 0) {
        flash->lock[lock] = FLASH_LOCKED;
        return;
    }
    flash->cr[world] = value & flash_cr_mask[world];
    if ((value & FLASH_CR_FW) != 0) {
        flash_write_force(flash, world);
    }
    if ((value & FLASH_CR_STRT) != 0) {
        flash_erase_request(flash, world, attr);
    }
    flash_irq_update(flash);
}

static void flash_ccr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                            struct sim_attr attr)
{
    (void)attr;
    flash->sr[index] &= ~(value & (index == FLASH_S ? FLASH_FLAGS_S : FLASH_FLAGS_NS));
    flash_irq_update(flash);
}

static uint32_t flash_privcfgr_read(const struct dev_flash *flash, unsigned index)
{
    (void)index;
    return flash->privcfgr;
}

/** SPRIV is for privileged Secure, NSPRIV for privileged software of either world. */
static void flash_privcfgr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                                 struct sim_attr attr)
{
    (void)index;
    const bool secure = flash_world(flash->dev.chip, attr) == FLASH_S;
    const uint32_t mask = !attr.privileged ? 0 : secure ? 3u : 2u;
    flash->privcfgr = (flash->privcfgr & ~mask) | (value & mask);
}

static uint32_t flash_obkcfgr_read(const struct dev_flash *flash, unsigned index)
{
    const unsigned lock = index == FLASH_S ? FLASH_LOCK_SECOBK : FLASH_LOCK_NSOBK;
    const bool mine = flash->op.world == index;
    return flash->obkcfgr[index] | (flash_unlocked(flash, lock) ? 0 : FLASH_OBKCFGR_LOCK) |
           (mine && flash->op.code == FLASH_OP_OBK_ERASE ? FLASH_OBKCFGR_ALT_SECT_ERASE : 0) |
           (mine && flash->op.code == FLASH_OP_OBK_SWAP ? FLASH_OBKCFGR_SWAP_SECT_REQ : 0);
}

static void flash_obkcfgr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                                struct sim_attr attr)
{
    (void)attr;
    const unsigned lock = index == FLASH_S ? FLASH_LOCK_SECOBK : FLASH_LOCK_NSOBK;
    if (!flash_unlocked(flash, lock)) {
        return;
    }
    if ((value & FLASH_OBKCFGR_LOCK) != 0) {
        flash->lock[lock] = FLASH_LOCKED;
        return;
    }
    flash_obk_configure(flash, (enum flash_world)index, value);
}

static uint32_t flash_hdpextr_read(const struct dev_flash *flash, unsigned index)
{
    (void)index;
    return flash->hdpextr;
}

/** The last HDPL that may extend the hidden area. [U] */
#define FLASH_HDPEXT_MAX_HDPL 2u

/** Each half only grows until the next reset. */
static void flash_hdpextr_write(struct dev_flash *flash, unsigned index, uint32_t value,
                                struct sim_attr attr)
{
    (void)index;
    struct sim_chip *chip = flash->dev.chip;
    const bool secure = flash_world(chip, attr) == FLASH_S || !chip_trustzone(chip);
    if (!secure || !attr.privileged || chip_hdpl(chip) > FLASH_HDPEXT_MAX_HDPL) {
        return;
    }
    for (unsigned shift = 0; shift <= 16u; shift += 16u) {
        const uint32_t mask = 0x7Fu << shift;
        if ((value & mask) > (flash->hdpextr & mask)) {
            flash->hdpextr = (flash->hdpextr & ~mask) | (value & mask);
        }
    }
    chip_map_changed(chip);
}

static uint32_t flash_secbb_read(const struct dev_flash *flash, unsigned index)
{
    return flash->secbb[index];
}

static void flash_secbb_write(struct dev_flash *flash, unsigned index, uint32_t value,
                              struct sim_attr attr)
{
    (void)attr;
    flash->secbb[index] = value;
    chip_map_changed(flash->dev.chip);
}

static uint32_t flash_privbb_read(const struct dev_flash *flash, unsigned index)
{
    return flash->privbb[index];
}

/** Privileged software only; Non-secure software reaches the bits of Non-secure sectors. [U] */
static void flash_privbb_write(struct dev_flash *flash, unsigned index, uint32_t value,
                               struct sim_attr attr)
{
    if (!attr.privileged) {
        return;
    }
    uint32_t mask = 0;
    for (uint32_t bit = 0; bit < 32u; bit++) {
        const uint32_t phys = (32u * index + bit) * NV_SECTOR_BYTES;
        const bool reach =
            flash_world(flash->dev.chip, attr) == FLASH_S || !flash_is_secure(flash, phys);
        mask |= reach ? 1u << bit : 0;
    }
    flash->privbb[index] = (flash->privbb[index] & ~mask) | (value & mask);
    chip_map_changed(flash->dev.chip);
}

static uint32_t flash_ecc_read(const struct dev_flash *flash, unsigned index)
{
    const uint32_t words[] = {flash->ecccorr, flash->eccdetr, flash->eccdr};
    return words[index];
}

static void flash_ecc_write(struct dev_flash *flash, unsigned index, uint32_t value,
                            struct sim_attr attr)
{
    (void)attr;
    flash_ecc_clear(flash, index, value);
}

/** Who may reach a register; the others read zero and write nothing. */
enum flash_owner {
    FLASH_ANY = 0,  /**< Everybody; unprivileged software while NSPRIV is clear. */
    FLASH_SECURE,   /**< Secure; unprivileged software while SPRIV is clear. */
    FLASH_EVERYONE, /**< Everybody; the write function looks further. */
};

struct flash_register {
    uint16_t off;
    uint8_t count; /**< Words from there. */
    uint8_t owner; /**< enum flash_owner. */
    uint8_t index; /**< Passed to the functions, for the first word. */
    uint32_t (*read)(const struct dev_flash *flash, unsigned index);
    void (*write)(struct dev_flash *flash, unsigned index, uint32_t value, struct sim_attr attr);
};

/** All but the option words (dev_flash_option.c). */
static const struct flash_register flash_registers[] = {
    {0x000, 1, FLASH_ANY, 0, flash_acr_read, flash_acr_write},
    {0x004, 1, FLASH_ANY, FLASH_LOCK_NSCR, flash_none_read, flash_key_write},
    {0x008, 1, FLASH_SECURE, FLASH_LOCK_SECCR, flash_none_read, flash_key_write},
    {0x00C, 1, FLASH_ANY, FLASH_LOCK_OPTCR, flash_none_read, flash_key_write},
    {0x010, 1, FLASH_ANY, FLASH_LOCK_NSOBK, flash_none_read, flash_key_write},
    {0x014, 1, FLASH_SECURE, FLASH_LOCK_SECOBK, flash_none_read, flash_key_write},
    {0x018, 1, FLASH_ANY, 0, flash_opsr_read, NULL},
    {0x01C, 1, FLASH_ANY, 0, flash_optcr_read, flash_optcr_write},
    {0x020, 1, FLASH_ANY, FLASH_NS, flash_sr_read, NULL},
    {0x024, 1, FLASH_SECURE, FLASH_S, flash_sr_read, NULL},
    {0x028, 1, FLASH_ANY, FLASH_NS, flash_cr_read, flash_cr_write},
    {0x02C, 1, FLASH_SECURE, FLASH_S, flash_cr_read, flash_cr_write},
    {0x030, 1, FLASH_ANY, FLASH_NS, flash_none_read, flash_ccr_write},
    {0x034, 1, FLASH_SECURE, FLASH_S, flash_none_read, flash_ccr_write},
    {0x03C, 1, FLASH_EVERYONE, 0, flash_privcfgr_read, flash_privcfgr_write},
    {0x040, 1, FLASH_ANY, FLASH_NS, flash_obkcfgr_read, flash_obkcfgr_write},
    {0x044, 1, FLASH_SECURE, FLASH_S, flash_obkcfgr_read, flash_obkcfgr_write},
    {0x048, 1, FLASH_EVERYONE, 0, flash_hdpextr_read, flash_hdpextr_write},
    {0x0A0, 4, FLASH_SECURE, 0, flash_secbb_read, flash_secbb_write},
    {0x0C0, 4, FLASH_EVERYONE, 0, flash_privbb_read, flash_privbb_write},
    {0x100, 3, FLASH_ANY, 0, flash_ecc_read, flash_ecc_write},
    {0x1A0, 4, FLASH_SECURE, 4, flash_secbb_read, flash_secbb_write},
    {0x1C0, 4, FLASH_EVERYONE, 4, flash_privbb_read, flash_privbb_write},
};

static const struct flash_register *flash_register_at(uint32_t off)
{
    for (size_t i = 0; i < sizeof(flash_registers) / sizeof(flash_registers[0]); i++) {
        const struct flash_register *reg = &flash_registers[i];
        if (off >= reg->off && off < reg->off + 4u * reg->count) {
            return reg;
        }
    }
    return NULL;
}

static bool flash_register_open(const struct dev_flash *flash, const struct flash_register *reg,
                                struct sim_attr attr)
{
    const bool secure = flash_world(flash->dev.chip, attr) == FLASH_S;
    const uint32_t spriv = flash->privcfgr & 1u;
    const uint32_t nspriv = flash->privcfgr & 2u;
    if (reg->owner == FLASH_SECURE) {
        return secure && (attr.privileged || spriv == 0);
    }
    return reg->owner == FLASH_EVERYONE || attr.privileged || nspriv == 0;
}

/** Non-secure software at a Secure register is an illegal access. */
static void flash_register_flag(const struct dev_flash *flash, const struct flash_register *reg,
                                struct sim_attr attr)
{
    struct sim_chip *chip = flash->dev.chip;
    if (reg != NULL && reg->owner == FLASH_SECURE && chip_trustzone(chip) && !attr.secure) {
        gtzc_flag(chip, flash->dev.row->gtzc);
    }
}

static uint32_t flash_word_read(const struct dev_flash *flash, uint32_t off, struct sim_attr attr)
{
    const struct flash_register *reg = flash_register_at(off);
    if (reg == NULL) {
        return flash_option_read(flash, off);
    }
    if (!flash_register_open(flash, reg, attr)) {
        return 0;
    }
    return reg->read(flash, reg->index + (off - reg->off) / 4u);
}

static uint32_t flash_read(struct sim_device *dev, const struct sim_txn *txn)
{
    const struct dev_flash *flash = (struct dev_flash *)(void *)dev;
    const uint32_t off = txn->off & ~3u;
    flash_register_flag(flash, flash_register_at(off), txn->attr);
    return txn_cut(txn, flash_word_read(flash, off, txn->attr));
}

static void flash_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct dev_flash *flash = (struct dev_flash *)(void *)dev;
    const uint32_t off = txn->off & ~3u;
    const uint32_t word = txn_merge(txn, flash_word_read(flash, off, txn->attr), value);
    const struct flash_register *reg = flash_register_at(off);
    flash_register_flag(flash, reg, txn->attr);
    if (reg == NULL) {
        if (flash_unlocked(flash, FLASH_LOCK_OPTCR)) {
            flash_option_write(flash, off, word, txn->attr);
        }
        return;
    }
    if (reg->write != NULL && flash_register_open(flash, reg, txn->attr)) {
        reg->write(flash, reg->index + (off - reg->off) / 4u, word, txn->attr);
    }
}

static void flash_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct dev_flash *flash = (struct dev_flash *)(void *)dev;
    struct sim_chip *chip = dev->chip;
    (void)kind; /* A reset of either kind aborts what is running. */
    flash_operation_cut(flash);
    memset(&flash->regression, 0, sizeof(flash->regression));
    memset(flash->lock, 0, sizeof(flash->lock));
    memset(flash->cr, 0, sizeof(flash->cr));
    memset(flash->sr, 0, sizeof(flash->sr));
    memset(flash->obkcfgr, 0, sizeof(flash->obkcfgr));
    memset(flash->secbb, 0, sizeof(flash->secbb));
    memset(flash->privbb, 0, sizeof(flash->privbb));
    memset(&flash->buffer, 0, sizeof(flash->buffer));
    flash->acr = FLASH_ACR_RESET;
    flash->privcfgr = 0;
    flash->hdpextr = 0;
    flash->ecccorr = 0;
    flash->eccdetr = 0;
    flash->eccdr = 0;
    flash_option_load(flash);
    flash_irq_update(flash);
    chip_map_changed(chip);
}

static const struct sim_device_ops flash_ops = {
    .reset = flash_reset,
    .read = flash_read,
    .write = flash_write,
    .event = flash_operation_event,
};

struct sim_device *flash_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)row;
    struct dev_flash *flash = device_new(sizeof *flash);
    if (flash == NULL) {
        return NULL;
    }
    flash->dev.ops = &flash_ops;
    chip->flash = &flash->dev;
    return &flash->dev;
}

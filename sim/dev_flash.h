/*
 * The flash controller, shared between its files.
 *
 *   dev_flash.c            registers, locks, interrupts, reset
 *   dev_flash_write.c      from a store to a write operation: write buffer and data buffer
 *   dev_flash_operation.c  operations that take time: durations, completion, power cut
 *   dev_flash_erase.c      erase requests of NSCR and SECCR
 *   dev_flash_option.c     option words: registers, rules per product state, load
 *   dev_flash_obk.c        option-byte keys: access rule, alternate sector, swap
 *   dev_flash_area.c       OTP, device id and high-cycle data as devices on the bus
 *   dev_flash_ecc.c        ECC errors
 *   dev_flash_filter.c     who may reach which sector
 *   dev_flash_wait.c       who has to wait for the end of an operation
 *   rss_regression.c       the operations of a regression, one after the other
 *
 * Offsets named `phys` are in physical order (bank 1, then bank 2), as in nv->flash.
 */
#pragma once

#include "bus.h"
#include "dev.h"
#include "product_state.h"

#define FLASH_BANK_BYTES   (NV_FLASH_BYTES / 2u)
#define FLASH_BANK_SECTORS (NV_FLASH_SECTORS / 2u)
#define FLASH_QUAD         16u
#define FLASH_EDATA_BYTES  6144u /* Of a sector used as high-cycle data. */

/* FLASH_NSSR and SECSR; NSCR and SECCR have the interrupt enables at the flags' places. */
#define FLASH_SR_BSY          (1u << 0)
#define FLASH_SR_WBNE         (1u << 1)
#define FLASH_SR_DBNE         (1u << 3)
#define FLASH_SR_EOP          (1u << 16)
#define FLASH_SR_WRPERR       (1u << 17)
#define FLASH_SR_PGSERR       (1u << 18)
#define FLASH_SR_STRBERR      (1u << 19)
#define FLASH_SR_INCERR       (1u << 20)
#define FLASH_SR_OBKERR       (1u << 21)
#define FLASH_SR_OBKWERR      (1u << 22)
#define FLASH_SR_OPTCHANGEERR (1u << 23)

#define FLASH_CR_LOCK      (1u << 0)
#define FLASH_CR_PG        (1u << 1)
#define FLASH_CR_SER       (1u << 2)
#define FLASH_CR_BER       (1u << 3)
#define FLASH_CR_FW        (1u << 4)
#define FLASH_CR_STRT      (1u << 5)
#define FLASH_CR_SNB_SHIFT 6u
#define FLASH_CR_MER       (1u << 15)
#define FLASH_CR_INV       (1u << 29)
#define FLASH_CR_BKSEL     (1u << 31)

#define FLASH_OBKCFGR_LOCK           (1u << 0)
#define FLASH_OBKCFGR_SWAP_SECT_REQ  (1u << 1)
#define FLASH_OBKCFGR_ALT_SECT       (1u << 2)
#define FLASH_OBKCFGR_ALT_SECT_ERASE (1u << 3)

/** The last slot of an OBK sector says that the sector has become current. */
#define FLASH_OBK_SELECTOR 511u

#define FLASH_OPTCR_OPTLOCK (1u << 0)
#define FLASH_OPTCR_OPTSTRT (1u << 1)
#define FLASH_SWAP_BANK     (1u << 31) /* In OPTCR and OPTSR. */

/** Whose registers: an access that is Secure on the bus, with TrustZone enabled, or any other. */
enum flash_world { FLASH_NS = 0, FLASH_S = 1, FLASH_WORLDS };

/** What a store or an operation is on. */
enum flash_space {
    FLASH_MAIN = 0, /**< Quad-words; offset: phys. */
    FLASH_EDATA,    /**< Half-words; offset: phys. */
    FLASH_OTP,      /**< Half-words; offset in nv->otp. */
    FLASH_OBK,      /**< Quad-words; offset in nv->obk[sector]. */
};

/** Operations that take time; the values are those of OPSR.CODE_OP. */
enum flash_op {
    FLASH_OP_NONE = 0,
    FLASH_OP_WRITE = 1,
    FLASH_OP_OBK_ERASE = 2,
    FLASH_OP_SECTOR_ERASE = 3,
    FLASH_OP_BANK_ERASE = 4,
    FLASH_OP_MASS_ERASE = 5,
    FLASH_OP_OPTION = 6,
    FLASH_OP_OBK_SWAP = 7,
};

struct flash_operation {
    enum flash_op code;
    enum flash_world world; /**< Whose SR gets EOP. */
    enum flash_space space;
    uint8_t sector; /**< OBK: which of the two. */
    uint32_t off;   /**< First byte, in its space. */
    uint32_t len;   /**< Bytes written or erased; OBK swap: bytes kept from below. */
    uint8_t data[FLASH_QUAD];
    uint64_t begin; /**< Virtual time: from here, set by flash_operation_start(), ... */
    uint64_t end;   /**< ... to here. */
};

/** What waits to become a write operation. */
struct flash_buffer {
    uint16_t filled; /**< One bit per byte of the quad-word; 0: the buffer is empty. */
    enum flash_world world;
    enum flash_space space; /**< FLASH_MAIN or FLASH_OBK. */
    uint8_t sector;         /**< OBK: which of the two. */
    uint32_t off;           /**< Of the quad-word, in its space. */
    uint8_t data[FLASH_QUAD];
};

/** A regression under way (rss_regression.c). */
struct flash_regression {
    const struct product_regression *what; /**< NULL: none. */
    unsigned step;
    uint32_t sector; /**< The next one of a step that goes through the flash. */
};

/** Registers that a pair of keys unlocks. */
enum flash_lock_id {
    FLASH_LOCK_NSCR = 0,
    FLASH_LOCK_SECCR,
    FLASH_LOCK_OPTCR,
    FLASH_LOCK_NSOBK,
    FLASH_LOCK_SECOBK,
    FLASH_LOCKS
};

enum flash_lock {
    FLASH_LOCKED = 0,
    FLASH_HALF_OPEN, /**< The first key has been written. */
    FLASH_UNLOCKED,
    FLASH_DEAD, /**< Locked until the next reset. */
};

struct dev_flash {
    struct sim_device dev;
    enum flash_lock lock[FLASH_LOCKS];
    uint32_t acr;
    uint32_t opsr;
    uint32_t cr[FLASH_WORLDS];      /**< Without LOCK. */
    uint32_t sr[FLASH_WORLDS];      /**< Flags from bit 16 on. */
    uint32_t obkcfgr[FLASH_WORLDS]; /**< Without LOCK. */
    uint32_t privcfgr;
    uint32_t hdpextr;
    uint32_t prg[NV_OB_COUNT];
    uint32_t secbb[8];  /**< Bit per physical sector, 32 a word. */
    uint32_t privbb[8]; /**< Likewise. */
    uint32_t ecccorr;
    uint32_t eccdetr;
    uint32_t eccdr;
    struct flash_buffer buffer;
    struct flash_operation op;
    struct flash_regression regression;
};

/* dev_flash.c */
struct dev_flash *flash_of(const struct sim_chip *chip);
enum flash_world flash_world(const struct sim_chip *chip, struct sim_attr attr);
/** Raises an error flag and puts a line into the journal; `format` says what failed and why. */
void flash_error(struct dev_flash *flash, enum flash_world world, uint32_t flag, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));
void flash_flag(struct dev_flash *flash, enum flash_world world, uint32_t flag);
void flash_irq_update(struct dev_flash *flash);

/* dev_flash_write.c */
/** A store of 1, 2 or 4 bytes to quad-words: main flash or OBK. */
void flash_write_quad(struct dev_flash *flash, enum flash_world world, enum flash_space space,
                      uint8_t sector, uint32_t off, unsigned size, uint32_t value);
/** A store to half-words: OTP or high-cycle data. */
void flash_write_half(struct dev_flash *flash, enum flash_world world, enum flash_space space,
                      uint32_t off, unsigned size, uint32_t value);
/** NSCR.FW or SECCR.FW. */
void flash_write_force(struct dev_flash *flash, enum flash_world world);
/** Whether WRP forbids changing the sector at `phys`. */
bool flash_write_protected(const struct dev_flash *flash, uint32_t phys);
/** Completes a write operation. */
void flash_write_finish(struct dev_flash *flash, const struct flash_operation *op);

/* dev_flash_operation.c */
void flash_operation_start(struct dev_flash *flash, const struct flash_operation *op);
/**
 * Ends a running operation now. The part stalls whoever touches a busy controller until it is
 * free; here the operation is over at once instead.
 */
void flash_operation_settle(struct dev_flash *flash);
/** A reset in the middle: leaves what it leaves in the cells, and says so in OPSR. */
void flash_operation_cut(struct dev_flash *flash);
void flash_operation_event(struct sim_device *dev, uint64_t now);
/** Says that bytes of nv->flash changed: to the store, to the memory, to the processor. */
void flash_changed(struct dev_flash *flash, uint32_t phys, uint32_t len);

/* dev_flash_erase.c */
void flash_erase_request(struct dev_flash *flash, enum flash_world world, struct sim_attr attr);

/* dev_flash_option.c */
uint32_t flash_option_read(const struct dev_flash *flash, uint32_t off);
void flash_option_write(struct dev_flash *flash, uint32_t off, uint32_t value,
                        struct sim_attr attr);
/**
 * Starts the change to what the _PRG registers hold.
 * @return false, with the reason: a rule forbids it, and the _PRG registers are as before. A
 *         regression breaks the rules.
 */
bool flash_option_start(struct dev_flash *flash, enum product_asker asker, char why[PRODUCT_WHY]);
/** Sets a _PRG register. @return false: that word has none, or not for who asks */
bool flash_option_set(struct dev_flash *flash, enum nv_option word, uint32_t value,
                      struct sim_attr attr);
/** OPTCR.OPTSTRT: checks every word against its rule and starts the change. */
void flash_option_request(struct dev_flash *flash);
void flash_option_finish(struct dev_flash *flash);
/** The load at reset: what waited is in force. */
void flash_option_load(struct dev_flash *flash);

/* dev_flash_obk.c */
void flash_obk_configure(struct dev_flash *flash, enum flash_world world, uint32_t value);
void flash_obk_finish(struct dev_flash *flash, const struct flash_operation *op);
/**
 * The slot that a swap writes next, from `slot` on: those to be copied, upwards, then the selector.
 */
uint32_t flash_obk_next_slot(const struct sim_nv *nv, const struct flash_operation *op,
                             uint32_t slot);
/** What a swap writes into a slot. */
const uint8_t *flash_obk_slot_data(const struct sim_nv *nv, const struct flash_operation *op,
                                   uint32_t slot);
/** Writes it; the selector makes the alternate sector the current one. @return false: it did */
bool flash_obk_write_slot(struct sim_nv *nv, const struct flash_operation *op, uint32_t slot);
bool flash_obk_check(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                     struct sim_attr attr, struct bus_decision *out);
bool flash_is_obk(const struct sim_device *dev);

/* dev_flash_area.c */
/** Whether a device is FLASH_OBK, FLASH_OTP or FLASH_EDATA. */
bool flash_owns_area(const struct sim_device *dev);
bool flash_is_edata_area(const struct sim_device *dev);
/** Where an offset of FLASH_EDATA is, in physical order. */
uint32_t flash_edata_phys(uint32_t off);
/** State of a high-cycle half-word, kept in the last 2 KB of its sector (nv.h). */
enum nv_cell flash_edata_cell(const struct sim_nv *nv, uint32_t phys);
void flash_edata_set_cell(struct sim_nv *nv, uint32_t phys, enum nv_cell cell);

/* dev_flash_ecc.c */
/** Reports the ECC state of a unit that is being read; `half` is its data in 6-bit ECC areas. */
void flash_ecc_report(struct dev_flash *flash, enum flash_space space, uint32_t off,
                      enum nv_cell cell, uint32_t half);
/** A write to ECCCORR (0), ECCDETR (1) or ECCDR (2). */
void flash_ecc_clear(struct dev_flash *flash, unsigned index, uint32_t value);
bool flash_ecc_wants_irq(const struct dev_flash *flash, enum flash_world world);

/* dev_flash_filter.c */
/** Whether the sector at `phys` is used as high-cycle data. */
bool flash_is_edata(const struct sim_nv *nv, uint32_t phys);
/** Whether the sector is Secure by SECWM or SECBB; false while TrustZone is off. */
bool flash_is_secure(const struct dev_flash *flash, uint32_t phys);
/** Asks for one physical sector; the reason, when refused, is left in `out`. */
bool flash_check_sector(const struct dev_flash *flash, uint32_t phys, enum sim_access_kind kind,
                        struct sim_attr attr, struct bus_decision *out);
/** Fills a refusal: fetches end in a bus error, data accesses are ignored. */
bool flash_refuse(struct bus_decision *out, enum bus_filter filter, enum sim_access_kind kind);
/** Keeps [first, last] within [lo, hi]. */
void flash_narrow(struct bus_decision *out, uint32_t lo, uint32_t hi);

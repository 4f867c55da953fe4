/*
 * What the chip keeps without power.
 *
 * One plain struct, so that a device can be tested without a file and a file without a device.
 * Whoever changes a byte calls nv_touch(); the store writes only what was touched.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NV_FLASH_BYTES      0x200000u
#define NV_FLASH_QUADWORDS  (NV_FLASH_BYTES / 16u)
#define NV_SYSTEM_BYTES     0x29000u /* system flash */
#define NV_OTP_BYTES        2048u
#define NV_OBK_BYTES        8192u
#define NV_BACKUP_REGISTERS 48u /* BKP0R to BKP31R, then TAMP's own registers (dev_tamp.c). */
#define NV_BKPSRAM_BYTES    4096u
#define NV_OPTION_WORDS     32u

/** State of one write unit (a quad-word of flash and OBK, a half-word of OTP). */
enum nv_cell {
    NV_CELL_VIRGIN = 0,     /**< Erased: reads as ones, may be programmed once. */
    NV_CELL_PROGRAMMED = 1, /**< Programmed since the last erase. */
    NV_CELL_ECC_SINGLE = 2, /**< Reads right, with a corrected error. */
    NV_CELL_ECC_DOUBLE = 3, /**< Reading it is a detected, uncorrectable error. */
};

/** The option words, by name; each is the value in force after the last option-byte load. */
enum nv_option {
    NV_OB_OPTSR = 0, /**< PRODUCT_STATE in bits 8-15, BOOT_UBE 22-29, SWAP_BANK 31. */
    NV_OB_OPTSR2,    /**< TZEN in bits 24-31. */
    NV_OB_NSEPOCH,
    NV_OB_SECEPOCH,
    NV_OB_NSBOOT,
    NV_OB_SECBOOT,
    NV_OB_OTPBL,
    NV_OB_SECWM1,
    NV_OB_WRP1,
    NV_OB_EDATA1,
    NV_OB_HDP1,
    NV_OB_SECWM2,
    NV_OB_WRP2,
    NV_OB_EDATA2,
    NV_OB_HDP2,
    NV_OB_COUNT
};

/**
 * An option change is stored at once and in force from the next load, at reset: word i waits in
 * option[NV_OPTION_PENDING + i] as long as option[NV_OPTION_WAITING] is not 0.
 */
#define NV_OPTION_PENDING 16u
#define NV_OPTION_WAITING 31u

/** Parts that the store writes separately. */
enum nv_part {
    NV_PART_FLASH = 0, /**< nv_touch() offsets are bytes of `flash`. */
    NV_PART_SYSTEM,    /**< The iROT's part of system flash: always written whole. */
    NV_PART_OTP,
    NV_PART_OBK,     /**< Both sectors and the selector: always written whole. */
    NV_PART_OPTIONS, /**< Option words, life cycle included. */
    NV_PART_BACKUP,  /**< Backup registers and backup SRAM. */
    NV_PART_COUNT
};

/*
 * A sector used as high-cycle data holds 3072 half-words in its first 6 KB and the state of each,
 * where the part has its ECC, in the last 2 KB: two bits each, 3 virgin, 2 programmed, 1 single,
 * 0 double error. Erasing it leaves ones, so it is virgin.
 */
#define NV_SECTOR_BYTES  8192u
#define NV_FLASH_SECTORS (NV_FLASH_BYTES / NV_SECTOR_BYTES)

/*
 * System flash has its content from the factory. Of it, the iROT's part is modelled: what stands
 * there is put in when the device is made. Where it is, is not confirmed. [U]
 */
#define NV_SYSTEM_IROT_OFF     0x8000u
#define NV_SYSTEM_IROT_BYTES   0x8000u
#define NV_SYSTEM_IROT_SECTORS (NV_SYSTEM_IROT_BYTES / NV_SECTOR_BYTES)

struct sim_nv {
    uint8_t flash[NV_FLASH_BYTES];          /**< Physical order: bank 1, then bank 2. */
    uint8_t flash_cell[NV_FLASH_QUADWORDS]; /**< enum nv_cell. */
    uint8_t system[NV_SYSTEM_BYTES];        /**< Erased but for the iROT's part. */
    uint8_t otp[NV_OTP_BYTES];
    uint8_t otp_cell[NV_OTP_BYTES / 2u]; /**< enum nv_cell, per half-word. */
    uint8_t obk[2][NV_OBK_BYTES];        /**< The two sectors; slot n at byte 16 n. */
    uint8_t obk_cell[2][NV_OBK_BYTES / 16u];
    uint8_t obk_current;              /**< Which of the two sectors is read. */
    uint32_t option[NV_OPTION_WORDS]; /**< By enum nv_option. */
    uint32_t backup[NV_BACKUP_REGISTERS];
    uint8_t bkpsram[NV_BKPSRAM_BYTES];
    uint8_t uid[12];    /**< Unique device id, made with the device. */
    uint8_t secret[32]; /**< Root of every device-unique key; never read by code. */
    uint64_t rng_state; /**< Seed of the entropy source at the next power-on. */
    uint32_t boots;     /**< Boots since the device was made. */

    /* Not stored: what has changed since the last commit. */
    bool dirty_sector[NV_FLASH_SECTORS];
    bool dirty_part[NV_PART_COUNT];
    bool overlaid[NV_FLASH_SECTORS]; /**< Not to be stored: something else lies over it. */
    bool dirty;
};

/** Makes `nv` a virgin chip as delivered: erased, product state OPEN, TrustZone off. */
void nv_init(struct sim_nv *nv, const uint8_t uid[12], const uint8_t secret[32]);

/** Notes that `len` bytes from `off` of a part have changed. */
void nv_touch(struct sim_nv *nv, enum nv_part part, uint32_t off, uint32_t len);

/** Forgets all notes; the store calls it after a commit. */
void nv_clean(struct sim_nv *nv);

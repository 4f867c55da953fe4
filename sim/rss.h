/*
 * The root secure services: what the boot ROM does besides starting something (bootrom.h).
 *
 *   rss_obk.c         option-byte keys: encryption at rest, what is valid
 *   rss_provision.c   option-byte keys: writing them for a tool or firmware
 *   rss_service.c     the functions that code calls: their table in system flash, what they do
 *   rss_regression.c  full and partial regression
 *   rss_adac.c        debug authentication over the mailbox
 */
#pragma once

#include "chip.h"
#include "product_state.h"

struct dev_flash;

/* rss_obk.c */

/**
 * En- or decrypts option-byte keys of a level, as they are to stand or stand from the first slot on.
 * @param len  of `in` and `out`, which may be the same; a multiple of 16
 */
void rss_obk_cipher(const struct sim_chip *chip, unsigned level, bool decrypt, const uint8_t *in,
                    uint8_t *out, uint32_t len);

/** What debug-authentication data says. For a root key and for a password it looks alike. [U] */
struct rss_credentials {
    uint8_t hash[32]; /**< SHA-256 of the root's public key, X and Y, or of the password. */
    uint8_t mask[16]; /**< Permissions that can be given at most, bit 0 first. */
};

/**
 * Reads debug-authentication data out of OBK, as the boot ROM accepts it: encrypted under the key of
 * this product state and EPOCH, and beginning with the SHA-256 of the rest.
 * @return false: there is none, and `out` is zero
 */
bool rss_credentials_read(const struct sim_chip *chip, struct rss_credentials *out);
/** The same, without reading it. */
bool rss_authentication_valid(const struct sim_chip *chip);

/* rss_provision.c */

/** What services return. */
#define RSS_SUCCESS 0xEAEAEAEAu
#define RSS_ERROR   0xF5F5F5F5u

/** Words of the descriptor of DataProvisioning, in memory one after the other. */
enum rss_descriptor {
    RSS_SOURCE = 0,  /**< In SRAM3, by either alias. */
    RSS_DESTINATION, /**< In OBK, by its Secure alias; its first slot. */
    RSS_SIZE,        /**< Bytes: whole slots. */
    RSS_ENCRYPTION,  /**< 0 or 1. */
    RSS_CRC,         /**< rss_crc() of the data, then of the four words before. */
    RSS_DESCRIPTOR_WORDS
};

/** CRC-32 with polynomial 0x04C11DB7, each word from its most significant bit on; first 0xFFFFFFFF. */
uint32_t rss_crc(uint32_t crc, uint32_t word);

/**
 * DataProvisioning: writes option-byte keys, and lets the time pass that it takes. The sectors of OBK
 * change places in the end, so a cut leaves the old content.
 *
 * @param descriptor  address of RSS_DESCRIPTOR_WORDS words, read as everything with `attr`
 * @return RSS_SUCCESS, or RSS_ERROR with the reason in `why`
 */
uint32_t rss_provision(struct sim_chip *chip, uint32_t descriptor, struct sim_attr attr,
                       char why[PRODUCT_WHY]);

/* rss_service.c */

enum rss_service {
    RSS_NO_SERVICE = 0,
    RSS_DATA_PROVISIONING, /**< Called by Non-secure or Secure code. */
    RSS_JUMP_HDPL2,        /**< Of a vector table and an MPU region. */
    RSS_JUMP_HDPL3,
    RSS_JUMP_HDPL3_NS, /**< Of a Non-secure vector table. */
    RSS_PLAIN_HDPL2,   /**< The same without TrustZone. */
    RSS_PLAIN_HDPL3,
    RSS_SERVICES
};

/** Puts magic, table and entries into the chip's system flash. */
void rss_install(struct sim_nv *nv);

/** Which service an undefined instruction at `pc`, without bit 0, stands for. */
enum rss_service rss_service_at(uint32_t pc);

/** Where a service goes on, instead of returning. */
struct rss_jump {
    uint32_t vectors;
    uint32_t sp; /**< The table's first word. */
    uint32_t pc; /**< Its second, with bit 0. */
    bool secure; /**< State that it runs in; false without TrustZone. */
};

/**
 * Reads the vector table and raises HDPL for one of the jumps.
 * @return false, with the reason in the journal: the service returns RSS_ERROR
 */
bool rss_jump(struct sim_chip *chip, enum rss_service service, uint32_t vectors,
              struct rss_jump *out);

/* rss_regression.c */

/**
 * Starts the change to STATE_REGRESSION or STATE_NS_REGRESSION that debug authentication has
 * permitted. The regression itself begins at the next reset.
 * @return false, with the reason: the product state, TrustZone or OBK do not allow it
 */
bool rss_regression_ask(struct sim_chip *chip, uint8_t state, char why[PRODUCT_WHY]);
/** Begins a regression: the chip has just been reset. It ends with a reset, on its own. */
void rss_regression_begin(struct sim_chip *chip, const struct product_regression *what);
/** An operation of the flash controller has ended: goes on with the next one. */
void rss_regression_step(struct dev_flash *flash);

/* rss_adac.c */

/**
 * Begins a session if a host has asked for one: the chip has just been reset. Any earlier one is over.
 * @return whether there is one; the boot ROM then starts nothing before rss_adac_boots()
 */
bool rss_adac_begin(struct sim_chip *chip, const struct product_state *state);
/** Whether the host has told the boot ROM to go on with the boot. */
bool rss_adac_boots(const struct sim_chip *chip);

/*
 * SAES, shared between its files and with AES and RCC.
 *
 *   dev_saes.c      key sources, wrapped and shared keys, random numbers, the security context
 *   dev_saes_key.c  the values of the hardware keys
 */
#pragma once

#include "aes_engine.h"

/** CR.KEYSEL. */
enum saes_key_source {
    SAES_KEY_SOFTWARE = 0,
    SAES_KEY_DHUK = 1,
    SAES_KEY_BHK = 2,
    SAES_KEY_BOTH = 4, /**< DHUK xor BHK. */
};

/** What a derived hardware unique key is for; a key for one use is no key for any other. */
struct saes_key_use {
    enum saes_key_source source;
    uint8_t kmod; /**< CR.KMOD: normal, wrapped, shared. */
    bool secure;  /**< Security of the software that selects the key. */
};

/**
 * A hardware key, as KEYR0 to KEYR7 hold it. It depends on the device, on the EPOCH that SBS
 * selects, on the level whose option-byte keys are accessible, and on its use. In product state
 * OPEN it depends on no device.
 * @return false while a tamper blocks the device's secrets
 */
bool saes_hardware_key(const struct sim_chip *chip, const struct saes_key_use *use,
                       uint32_t keyr[AES_KEY_WORDS]);

/** The derived hardware unique key of any EPOCH and level of option-byte keys, for the boot ROM. */
void saes_dhuk(const struct sim_chip *chip, const struct saes_key_use *use, uint32_t epoch,
               unsigned level, uint32_t keyr[AES_KEY_WORDS]);

/**
 * The key that SAES shares with AES at present.
 * @param secure security of the software that asks
 * @param len    bytes of the key that AES is set to
 * @return false when SAES shares none with it
 */
bool saes_shared_key(const struct sim_chip *chip, bool secure, unsigned len,
                     uint32_t keyr[AES_KEY_WORDS]);

/** The clock of SAES has been switched on: it fetches its random number. */
void saes_clocked(const struct sim_chip *chip);

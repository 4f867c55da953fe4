/*
 * A chip and the host at its mailbox, word by word: what tests of debug authentication share.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sim_internal.h"
#include "support/adac_maker.h"

#define MAGIC_HOST   0x4F454441u
#define MAGIC_DEVICE 0x44414F4Bu

#define DISCOVERY 1u
#define START     2u
#define RESPONSE  3u
#define RESUME    5u
#define LOCK      6u

#define OK           0u
#define FAILED       1u
#define MORE         2u
#define UNSUPPORTED  3u
#define UNAUTHORIZED 4u
#define INVALID      5u

#define PARTIAL 0x1000u
#define FULL    0x4000u

#define OPEN      0xEDu
#define PROVISION 0x17u
#define IROT      0x2Eu
#define TZ_CLOSED 0xC6u
#define CLOSED    0x72u
#define LOCKED    0x5Cu

#define FLASH_S  0x0C000000u
#define FLASH_NS 0x08000000u
#define PATIENCE 100000u /* Ticks for a word, without work. */
#define WORK     5000000u

extern const uint8_t adac_chip_password[16];

/** What the journal says of authentication last, and how often it was refused. */
extern char adac_chip_text[256];
extern unsigned adac_chip_refusals;

/**
 * A chip with an endless loop at the start of its flash, Secure up to the half, provisioned for owner
 * 1's key or, without TrustZone, for the password; powered on in CLOSED, before its boot.
 */
struct sim *adac_chip_make(bool cpu, bool trustzone);
/** Provisions debug-authentication data in a product state. */
void adac_chip_provision(struct sim *sim, uint8_t in_state, bool by_password, uint16_t mask);

uint32_t adac_chip_option(struct sim *sim, const char *name);
uint8_t adac_chip_state(struct sim *sim);
/** Puts the chip into a product state, powered on. */
void adac_chip_be_in(struct sim *sim, uint8_t code);
struct sim_debug_access adac_chip_access(const struct sim *sim);

/** Lets the boot ROM work; boots. */
void adac_chip_pass(struct sim *sim, uint64_t ticks);
void adac_chip_boot(struct sim *sim);

/* The host. */

struct answer {
    unsigned status;
    size_t len;
    uint8_t data[256];
};

/** Asks for a session. @return whether somebody answers */
bool adac_chip_session(struct sim *sim);
/** One word to the chip, which takes it. */
void adac_chip_give(struct sim *sim, uint32_t word);
void adac_chip_answer(struct sim *sim, struct answer *answer);
/** A request and its answer. @return the status */
unsigned adac_chip_ask(struct sim *sim, uint16_t command, const void *data, size_t len,
                       struct answer *answer);
/** Challenge and a chain of three. @return OK and the token in a TLV; or the last status */
unsigned adac_chip_prove(struct sim *sim, uint16_t permissions, uint8_t tlv[8 + ADAC_TOKEN]);
/** All of an authentication. @return the last status */
unsigned adac_chip_authenticate(struct sim *sim, uint16_t permissions);
/** The same but for the last answer, which nobody reads. The last word has just been put. */
void adac_chip_authenticate_and_leave(struct sim *sim, uint16_t permissions);
/** Tells the boot ROM to go on, and lets it. */
void adac_chip_resume(struct sim *sim);

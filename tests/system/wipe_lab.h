/*
 * Secrets that the Secure side has left behind, on the chip.
 *
 * The test is the client: psa_call() of this file has the relay make the call on a device, with all
 * that it passes in the relay's mailbox, which is zeros again before the chip is searched. So the
 * client library's functions are called here as in an application, and whatever is found afterwards,
 * somebody has kept.
 *
 * Searched are, behind all filters: SRAM1 to SRAM3 and the backup SRAM; the whole state of every device,
 * what its registers do not show included; the processor's registers of both states. Looked for is any
 * piece of eight bytes of a watched value, at any byte, in any order of the bytes in a word and of the
 * two words; of four bytes in a register that calls use.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>

#include "support/device_maker.h"

#define OK(call)           assert_int_equal((call), PSA_SUCCESS)
#define FAILS(error, call) assert_int_equal((call), (error))

extern struct device wipe_device;

/** A device with the relay and the example's module, and nothing in its storage. */
void wipe_open(void);
void wipe_close(void);

/** As it was when it was opened: nothing is watched, nothing held. */
void wipe_restore(void);

/** Looks for a value from the next search on. @param len  8 bytes or more */
void wipe_watch(const void *value, size_t len);

/** A watched value that stands nowhere else; it lives until wipe_restore(). */
const uint8_t *wipe_mark(size_t len);

/**
 * How often a whole watched value, and nothing else of one, is to be found: in the crypto service's
 * arena, where the keys stand that the client has.
 */
void wipe_expect_held(unsigned copies);

/** The client has an operation: in the arena there may be anything of a value, and nowhere else. */
void wipe_expect_open(void);

/** A place that may have of a value what it wants, until wipe_restore(): its owner keeps it there. */
void wipe_except(const char *symbol);

/** Searches, as each call does when it has come back; fails the test by what it finds. */
void wipe_search(void);

/** Whether anything is found. */
bool wipe_finds(void);

/*
 * Keys of the client's.
 */

psa_key_attributes_t wipe_attributes(psa_key_type_t type, psa_key_usage_t usage,
                                     psa_algorithm_t alg);

/** A key with a watched value, of which the service then has one copy and nothing else. */
psa_key_id_t wipe_import(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                         size_t size);

/** The same with a value that is watched already. */
psa_key_id_t wipe_import_value(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                               const uint8_t *value, size_t size);

/** Destroys the client's last key, after which nothing is to be found. */
void wipe_destroy(psa_key_id_t key);

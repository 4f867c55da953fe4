/*
 * Partition "attest": Initial Attestation. What it offers is in attest_protocol.h.
 *
 * Where each claim comes from
 *   challenge            the message
 *   instance id          1, then SHA-256 of the device key's public point (4, X, Y): a UEID of RFC 9711
 *                        that also names the key
 *   implementation id    the iROT's measurement: all that is immutable of a device, and the same on each
 *                        device of a product
 *   client id            the message: as the SPM knows the caller, never what the caller says
 *   life cycle           psa_rot_lifecycle_state(), at each token
 *   boot seed            attest_note_boot(): random bytes of this boot
 *   software             attest_note_image(), from the hand-over record, in the order of verification
 * Certification reference and verification service are the product's to have; there are none.
 * Nothing comes from memory that the partition did not get before its first message.
 *
 * A client cannot have anything signed but a map of claims. The device key is in attest_key.h.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/measured.h>
#include <psa/service.h>

#define ATTEST_BOOT_SEED_BYTES 32u

/** The secure function. */
GARRISON_ENTRY psa_status_t attest_service(const psa_msg_t *message);

/*
 * What the partition cannot find out itself: the manager calls these before the first message, with its
 * own rights.
 */

/**
 * Tells of the boot, and forgets all that was told before.
 * @param seed  ATTEST_BOOT_SEED_BYTES random bytes, the same until the next reset; NULL: there are none, and
 *              the service refuses
 */
GARRISON_ENTRY void attest_note_boot(const uint8_t *seed);

/** Tells of an image that runs, in the order of verification; what does not fit is left out. */
GARRISON_ENTRY void attest_note_image(const struct measured *image);

/** Gives the seed of the device key. @param seed  as attest_key_set() */
GARRISON_ENTRY void attest_note_key(const uint8_t *seed);

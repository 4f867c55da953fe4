/*
 * Partition "attest": Initial Attestation. What it offers is in attest_protocol.h.
 *
 * Where each claim comes from
 *   challenge            the message
 *   instance id          1, then SHA-256 of the device key's public point as psa_export_public_key()
 *                        gives it (4, X, Y): a UEID of RFC 9711 that also names the key
 *   implementation id    attest_note_device(): SHA-256 that names the immutable part, of the iROT's
 *                        measurement, the chip's name and the format's version; the same on each device
 *                        of a product
 *   client id            the message: as the SPM knows the caller, never what the caller says
 *   life cycle           attest_note_device(), at each start
 *   boot seed            attest_note_device(): 32 random bytes of this boot; two tokens of the same
 *                        session have it in common
 *   software             attest_note_image(), from the hand-over record, in the order of verification
 *   certification, verification service   a row of text of the product's; none by default
 * Nothing comes from memory that the partition did not get before its first message.
 *
 * The life cycle is 0x1000 in OPEN, 0x2000 in PROVISIONING, 0x4000 in TZ-CLOSED, since Non-secure debug
 * is open there, and 0x3000 in CLOSED and LOCKED.
 *
 * The device key
 * - It is made on the device and never stored. The manager derives a seed from the root key at HDPL3, with
 *   a label of its own, as it does for the storage services. The service gives it to the crypto service
 *   as a key to derive from, and has a P-256 key derived (HKDF, then psa_key_derivation_output_key(),
 *   which is specified to the bit): volatile, to sign hashes with, not to be exported.
 * - So it needs no room, cannot be torn by a power cut, and is the same after every update. It goes with the
 *   root key: each product state has a key of its own, so that what an OPEN device signs is never taken for
 *   a CLOSED one's word, and a regression, which raises the EPOCH, makes another device of it.
 * - Its public part is therefore read in the product state in which the device will be used, as the last
 *   step of provisioning.
 * - Rejected: a random key kept in ITS, which an erased storage area would lose together with the
 *   device's identity, and which is bound to the product state just the same, as ITS is; a key that
 *   provisioning brings, which is known outside.
 * - A restarted crypto service has lost its volatile keys: what answers PSA_ERROR_INVALID_HANDLE is
 *   derived anew, once, from the seed, which stays in the partition's own memory.
 *
 * Signing is a nested call: the partition's `uses` names the crypto service. It hashes the two parts that
 * cose_close() tells (psa_hash_*()), then calls psa_sign_hash() with PSA_ALG_ECDSA(PSA_ALG_SHA_256). A
 * client cannot make it sign anything but a map of claims.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/measured.h>
#include <psa/service.h>

/** Bytes of the seed of the device key: all that port_derive_key() gives. */
#define ATTEST_SEED_BYTES 64u

/** What the partition cannot find out itself. */
struct attest_device {
    uint32_t life_cycle; /**< PSA life cycle, RFC 9783 section 4.3.1; 0 when it is unknown. */
    uint8_t implementation_id[32];
    uint8_t boot_seed[32];
};

/** The secure function. */
GARRISON_ENTRY psa_status_t attest_service(const psa_msg_t *message);

/*
 * The manager calls these before the first message, with its own rights.
 */

/** Tells what device this is, and forgets all that was told before. */
GARRISON_ENTRY void attest_note_device(const struct attest_device *device);

/** Tells of an image that runs, in the order of verification. */
GARRISON_ENTRY void attest_note_image(const struct measured *image);

/** Gives the seed of the device key. @param seed  ATTEST_SEED_BYTES bytes; NULL: there is none, and the service refuses */
GARRISON_ENTRY void attest_note_seed(const uint8_t *seed);

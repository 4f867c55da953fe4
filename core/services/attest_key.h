/*
 * The device key: a P-256 key of this device, which signs attestation tokens.
 *
 * It is made on the device and never stored. The manager derives a seed from the root key, which nobody
 * can read, with a label of its own; of the seed's two halves the first that is a private key (from 1 to
 * the curve's order less 1) is the key, as in FIPS 186-5, A.2.2. All but one in 2^32 of the first halves
 * are. So the key needs no room, no power cut can tear it, no erased storage takes it, and updates do not
 * change it. The root key is the device's own from the moment that provisioning takes it out of OPEN, and
 * another one after a regression: so is this key.
 *
 * The crypto service signs with it. It has the key only while a token is made: a volatile one of this
 * partition's, for ECDSA over SHA-256 alone and not to be exported, destroyed behind each use. A restart of
 * that service therefore costs nothing.
 *
 * Errors of all functions: PSA_ERROR_INSUFFICIENT_MEMORY and PSA_ERROR_COMMUNICATION_FAILURE as the
 * crypto service says; PSA_ERROR_SERVICE_FAILURE: all else, or there is no seed.
 */
#pragma once

#include <stdint.h>

#include <psa/error.h>

#include "base/view.h"
#include "services/attest_protocol.h"
#include "token/cose.h"

#define ATTEST_SEED_BYTES 64u /* all that port_derive_key() gives */
#define ATTEST_ID_BYTES   33u

/** Takes the seed, and forgets the key of another one. @param seed  ATTEST_SEED_BYTES bytes; NULL: there is none */
void attest_key_set(const uint8_t *seed);

/** The public point. */
psa_status_t attest_key_public(uint8_t point[ATTEST_POINT_BYTES]);

/** The instance id: 1, then SHA-256 of the public point. */
psa_status_t attest_key_id(uint8_t id[ATTEST_ID_BYTES]);

/** Signs two pieces, one behind the other. */
psa_status_t attest_key_sign(const struct view part[2], uint8_t signature[COSE_SIGNATURE_BYTES]);

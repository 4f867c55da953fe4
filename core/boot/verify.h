/*
 * Whether an image is whole and its owner's.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

#include "base/hardened.h"
#include "boot/image.h"

/** Bytes of a P-256 public key as key records hold it: X then Y, big-endian. */
#define VERIFY_POINT_BYTES 64u

/**
 * Computes the digest over header, body and protected TLVs of a parsed image.
 * @return GARRISON_ERROR_DEVICE, or GARRISON_ERROR_BOUNDS when the image was not parsed.
 */
enum garrison_status verify_measure(const struct image *image,
                                    uint8_t measurement[32]) GARRISON_MUST_USE;

/**
 * Verifies a parsed image against its owner's key. The signature is verified twice, over the digest
 * that was computed, never over the one that the image carries.
 * @param measurement  out: the digest, valid with GARRISON_OK only
 * @param verdict      out: granted with GARRISON_OK, refused otherwise
 * @return GARRISON_ERROR_DIGEST: content and SHA256 TLV differ; GARRISON_ERROR_SIGNATURE: the key did
 *         not make the signature, its encoding is not DER's, or KEYHASH names another key;
 *         GARRISON_ERROR_KEY: not a point of the curve; GARRISON_ERROR_DEVICE: a read failed.
 */
enum garrison_status verify_image(const struct image *image,
                                  const uint8_t point[VERIFY_POINT_BYTES], uint8_t measurement[32],
                                  struct hardened_verdict *verdict) GARRISON_MUST_USE;

/** SHA-256 of the key as DER SubjectPublicKeyInfo: what the KEYHASH TLV holds. */
enum garrison_status verify_keyhash(const uint8_t point[VERIFY_POINT_BYTES],
                                    uint8_t keyhash[32]) GARRISON_MUST_USE;

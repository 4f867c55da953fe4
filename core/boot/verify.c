#include "boot/verify.h"

#include <string.h>

#include <p256-m.h>

#include "base/secret.h"
#include "boot/der.h"
#include "boot/sha256.h"

/** Bytes read from the flash at a time; they stand on the stack. */
#define CHUNK_BYTES 256u

/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to the point (RFC 5480). */
static const uint8_t public_key_info[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
    0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
};

enum garrison_status verify_measure(const struct image *image, uint8_t measurement[32])
{
    struct sha256 hash;
    uint8_t chunk[CHUNK_BYTES];
    uint32_t off = 0;

    sha256_start(&hash);
    while (off < image->signed_size) {
        uint32_t left = image->signed_size - off;
        uint32_t len = left < CHUNK_BYTES ? left : CHUNK_BYTES;
        enum garrison_status status = image_read(image, off, chunk, len);
        if (!hardened_ok(status)) {
            return status;
        }
        sha256_add(&hash, (struct view){chunk, len});
        off += len;
    }
    if (!hardened_loop_complete(off, image->signed_size)) {
        return GARRISON_ERROR_DEVICE;
    }
    return sha256_finish(&hash, measurement);
}

enum garrison_status verify_keyhash(const uint8_t point[VERIFY_POINT_BYTES], uint8_t keyhash[32])
{
    struct sha256 hash;
    sha256_start(&hash);
    sha256_add(&hash, (struct view){public_key_info, sizeof public_key_info});
    sha256_add(&hash, (struct view){point, VERIFY_POINT_BYTES});
    return sha256_finish(&hash, keyhash);
}

/** GARRISON_ERROR_SIGNATURE: the image says that another key signed it. */
static enum garrison_status check_keyhash(const struct image *image,
                                          const uint8_t point[VERIFY_POINT_BYTES])
{
    uint8_t keyhash[32];
    enum garrison_status status = verify_keyhash(point, keyhash);
    if (!hardened_ok(status)) {
        return status;
    }
    const bool first = secret_equal(keyhash, image->keyhash, sizeof keyhash);
    hardened_forget();
    const bool second = secret_equal(keyhash, image->keyhash, sizeof keyhash);
    return hardened_both(first, second, GARRISON_ERROR_SIGNATURE);
}

/** p256-m answers 0 for a good signature; here a leftover 0 is no answer. */
static enum garrison_status check_signature(const uint8_t signature[64],
                                            const uint8_t point[VERIFY_POINT_BYTES],
                                            const uint8_t measurement[32])
{
    volatile int result = P256_INVALID_SIGNATURE;
    result = p256_ecdsa_verify(signature, point, measurement, 32);
    if (result == P256_INVALID_PUBKEY) {
        return GARRISON_ERROR_KEY;
    }
    if (result != P256_SUCCESS) {
        return GARRISON_ERROR_SIGNATURE;
    }
    return result == P256_SUCCESS ? GARRISON_OK : GARRISON_ERROR_SIGNATURE;
}

enum garrison_status verify_image(const struct image *image,
                                  const uint8_t point[VERIFY_POINT_BYTES], uint8_t measurement[32],
                                  struct hardened_verdict *verdict)
{
    uint8_t signature[64];

    *verdict = (struct hardened_verdict)HARDENED_REFUSED;
    enum garrison_status status = verify_measure(image, measurement);
    if (!hardened_ok(status)) {
        return status;
    }
    if (memcmp(measurement, image->digest, sizeof image->digest) != 0) {
        return GARRISON_ERROR_DIGEST;
    }
    const enum garrison_status owner = check_keyhash(image, point);
    if (!hardened_ok(owner)) {
        return owner;
    }
    status = der_read_signature((struct view){image->signature, image->signature_len}, signature);
    if (!hardened_ok(status)) {
        return GARRISON_ERROR_SIGNATURE;
    }
    /* Verified twice: no single skipped instruction inside the arithmetic makes a signature good. */
    status = check_signature(signature, point, measurement);
    if (!hardened_ok(status)) {
        return status;
    }
    hardened_grant_first(verdict);
    status = check_signature(signature, point, measurement);
    if (!hardened_ok(status)) {
        return status;
    }
    hardened_grant_second(verdict);
    return hardened_granted(verdict) ? owner : GARRISON_ERROR_SIGNATURE;
}

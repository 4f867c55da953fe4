/*
 * Images: the format in which everything that runs is stored, signed and delivered.
 *
 * The format is MCUboot's (image.h of MCUboot 2.x): a 32-byte header, the body, an optional
 * protected TLV area (covered by digest and signature) and an unprotected one. All integers are
 * little-endian. docs/SPEC.md, "Image", lists every byte.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>

#define IMAGE_MAGIC               0x96F3B83Du
#define IMAGE_HEADER_BYTES        32u
#define IMAGE_TLV_MAGIC           0x6907u
#define IMAGE_TLV_PROTECTED_MAGIC 0x6908u

/** TLV types that this version reads. */
enum image_tlv {
    IMAGE_TLV_KEYHASH = 0x01, /**< SHA-256 of the signer's public key (DER SubjectPublicKeyInfo). */
    IMAGE_TLV_SHA256 = 0x10,  /**< Digest of header, body and protected TLVs; 32 bytes. */
    IMAGE_TLV_ECDSA = 0x22,   /**< ECDSA-P256 over the digest, DER. */
    IMAGE_TLV_ECIES = 0x32,   /**< Key of an encrypted body; see core/boot/decrypt.h. */
    IMAGE_TLV_DEPENDENCY = 0x40, /**< struct image_dependency; protected. */
    IMAGE_TLV_COUNTER = 0x50,    /**< Security counter, u32; protected. */
};

/** Header flags. An image with any flag outside IMAGE_FLAGS_KNOWN is refused. */
#define IMAGE_FLAG_ENCRYPTED_128 0x00000004u /**< Delivered with the body under AES-128. */
#define IMAGE_FLAG_ENCRYPTED_256 0x00000008u /**< Delivered with the body under AES-256. */
#define IMAGE_FLAG_ROM_FIXED     0x00000100u /**< The load address is where the image must stand. */
#define IMAGE_FLAGS_ENCRYPTED    (IMAGE_FLAG_ENCRYPTED_128 | IMAGE_FLAG_ENCRYPTED_256)
#define IMAGE_FLAGS_KNOWN        (IMAGE_FLAGS_ENCRYPTED | IMAGE_FLAG_ROM_FIXED)

struct image_version {
    uint8_t major;
    uint8_t minor;
    uint16_t revision;
    uint32_t build;
};

struct image_header {
    uint32_t magic;       /**< IMAGE_MAGIC. */
    uint32_t load_addr;   /**< With ROM_FIXED: address of the header in flash. */
    uint16_t header_size; /**< Bytes from the start of the image to the body. */
    uint16_t
        protected_tlv_size; /**< Bytes of the protected area, its 4-byte head included; or 0. */
    uint32_t body_size;     /**< Bytes of the body. */
    uint32_t flags;         /**< IMAGE_FLAG_*. */
    struct image_version version;
    uint32_t pad; /**< 0. */
};

GARRISON_ASSERT(sizeof(struct image_header) == IMAGE_HEADER_BYTES, "header is 32 bytes");

/** Another image that must be there, in this version or a later one. */
struct image_dependency {
    uint8_t role; /**< enum image_role; MCUboot's image number. */
    uint8_t pad[3];
    struct image_version version; /**< Lowest; the build number does not count. */
};

GARRISON_ASSERT(sizeof(struct image_dependency) == 12, "dependency is 12 bytes");

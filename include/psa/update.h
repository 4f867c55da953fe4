/*
 * Firmware Update: prepares new images, has them installed at the next reset, and takes the verdict
 * of whoever tries them.
 * Source: PSA Certified Firmware Update API 1.0.1, section 5 (IHI 0093).
 *
 * Conventions
 * - Every component but the iROT has the full state model; the uROT has no TRIAL, it goes from STAGED
 *   to UPDATED. All states persist, so does what was written; PSA_FWU_FLAG_VOLATILE_STAGING is never
 *   set. Manifests are part of the image.
 * - Images are verified at the reset that installs them, against their owner's key, and nothing is
 *   replaced before. What was found wrong is then the `error` of PSA_FWU_FAILED.
 * - After a power cut at any moment the component has its old or its new state. A download goes on:
 *   what psa_fwu_write() had stored is there, and writing the same again is cheap.
 * - install, accept and reject are for all components in the state, together, power cut or not.
 *
 * Errors of every function
 *   PSA_ERROR_NOT_PERMITTED     the caller has no right to the component
 *   PSA_ERROR_DOES_NOT_EXIST    no such component on this device; nothing has changed
 *   PSA_ERROR_BAD_STATE         not in this state; nothing has changed
 *   PSA_ERROR_INVALID_ARGUMENT  also: the caller may not access a buffer, or it is NULL
 *   PSA_ERROR_STORAGE_FAILURE   the flash fails
 *   PSA_ERROR_COMMUNICATION_FAILURE  the service has failed; it begins anew, three times a boot
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/error.h>

GARRISON_ABI_BEGIN

#define PSA_FWU_API_VERSION_MAJOR 1
#define PSA_FWU_API_VERSION_MINOR 0

#define PSA_ERROR_DEPENDENCY_NEEDED  ((psa_status_t)-156) /**< Another component is too old. */
#define PSA_ERROR_FLASH_ABUSE        ((psa_status_t)-160) /**< Not used here. */
#define PSA_ERROR_INSUFFICIENT_POWER ((psa_status_t)-161) /**< Not used here. */

#define PSA_SUCCESS_REBOOT  ((psa_status_t)1) /**< Done, and a reset completes it. */
#define PSA_SUCCESS_RESTART ((psa_status_t)2) /**< Not used here. */

/** Names a component: PSA_FWU_COMPONENT_*. */
typedef uint8_t psa_fwu_component_t;

#define PSA_FWU_COMPONENT_MANAGER     ((psa_fwu_component_t)0)
#define PSA_FWU_COMPONENT_APPLICATION ((psa_fwu_component_t)1)
#define PSA_FWU_COMPONENT_UROT        ((psa_fwu_component_t)2)
#define PSA_FWU_COMPONENT_IROT        ((psa_fwu_component_t)3)          /**< Never updated. */
#define PSA_FWU_COMPONENT_MODULE(n)   ((psa_fwu_component_t)(4u + (n))) /**< n: 0 to 7. */
#define PSA_FWU_COMPONENT_COUNT       12u

typedef struct psa_fwu_image_version_t {
    uint8_t major;
    uint8_t minor;
    uint16_t patch;
    uint32_t build;
} psa_fwu_image_version_t;

#define PSA_FWU_READY     0u
#define PSA_FWU_WRITING   1u
#define PSA_FWU_CANDIDATE 2u
#define PSA_FWU_STAGED    3u
#define PSA_FWU_FAILED    4u
#define PSA_FWU_TRIAL     5u
#define PSA_FWU_REJECTED  6u
#define PSA_FWU_UPDATED   7u

#define PSA_FWU_FLAG_VOLATILE_STAGING 0x00000001u
#define PSA_FWU_FLAG_ENCRYPTION       0x00000002u

/** Offsets of psa_fwu_write() are multiples of 16; a last block that is not is padded with 0xFF. */
#define PSA_FWU_LOG2_WRITE_ALIGN 4
#define PSA_FWU_MAX_WRITE_SIZE   1024u /**< Bytes. */

/** This implementation's own. */
typedef struct psa_fwu_impl_info_t {
    uint8_t
        digest[32];   /**< Measured when the active image was started: SHA-256 over header, body and
                             protected TLVs; iROT: over its flash. */
    uint32_t written; /**< In PSA_FWU_WRITING: bytes from the image's start to the end of the last
                             quad-word that is not erased; holes in between do not count. A client
                             that writes in order goes on one block before. Otherwise 0. */
} psa_fwu_impl_info_t;

typedef struct psa_fwu_component_info_t {
    uint8_t state;                   /**< PSA_FWU_READY and its kin. */
    psa_status_t error;              /**< Of FAILED and REJECTED: why; PSA_SUCCESS: cancelled. */
    psa_fwu_image_version_t version; /**< Of the active image. */
    uint32_t max_size; /**< Largest image that can be staged now, bytes; 0: none. Download slots may
                            share flash: what other components have there leaves less. */
    uint32_t flags;    /**< PSA_FWU_FLAG_*. */
    uint32_t location; /**< 0. */
    psa_fwu_impl_info_t impl;
} psa_fwu_component_info_t;

/* It crosses the gate, on whose other side may be another build. */
GARRISON_ASSERT(offsetof(psa_fwu_component_info_t, version) == 8, "the version is at 8");
GARRISON_ASSERT(offsetof(psa_fwu_component_info_t, max_size) == 16, "the size is at 16");
GARRISON_ASSERT(offsetof(psa_fwu_component_info_t, impl) == 28, "the digest is at 28");
GARRISON_ASSERT(sizeof(psa_fwu_component_info_t) == 64, "the answer is 64 bytes");

/**
 * Tells what is installed, and how far an update of it is.
 * `error` of PSA_FWU_FAILED: PSA_ERROR_INVALID_SIGNATURE: not the owner's, or damaged;
 * PSA_ERROR_INVALID_ARGUMENT: no image; PSA_ERROR_NOT_PERMITTED: not for this slot, or older than the
 * rollback counter; PSA_ERROR_DEPENDENCY_NEEDED; PSA_ERROR_NOT_SUPPORTED: of a kind unknown here;
 * PSA_ERROR_INSUFFICIENT_STORAGE: it met another one in the download area; PSA_ERROR_STORAGE_FAILURE;
 * PSA_ERROR_GENERIC_ERROR: not accepted before the next reset; otherwise what psa_fwu_reject() was
 * given.
 * @param info  unchanged after an error
 */
psa_status_t psa_fwu_query(psa_fwu_component_t component, psa_fwu_component_info_t *info);

/**
 * READY -> WRITING; makes the staging area blank first, which may take a while.
 * @param manifest  NULL, and its size 0: else PSA_ERROR_INVALID_ARGUMENT
 * @return PSA_ERROR_BAD_STATE: also while an installation is under way, whichever component's;
 *         PSA_ERROR_NOT_PERMITTED: also a component that is never updated;
 *         PSA_ERROR_INSUFFICIENT_STORAGE: other components' images stand in the way.
 */
psa_status_t psa_fwu_start(psa_fwu_component_t component, const void *manifest,
                           size_t manifest_size);

/**
 * Stores a block, in any order. What stands there already is passed over; other data replace it.
 * After an error or a power cut the block itself may be there in part, and is written again by the
 * same call; everything else is as it was.
 * @param image_offset  a multiple of 16
 * @param block         1 to PSA_FWU_MAX_WRITE_SIZE bytes
 * @return PSA_ERROR_INVALID_ARGUMENT: offset, size, or behind `max_size`;
 *         PSA_ERROR_NOT_PERMITTED: also a component that another client has started.
 */
psa_status_t psa_fwu_write(psa_fwu_component_t component, size_t image_offset, const void *block,
                           size_t block_size);

/**
 * WRITING -> CANDIDATE.
 * @return PSA_ERROR_INVALID_ARGUMENT: nothing was written; the component is FAILED then;
 *         PSA_ERROR_NOT_PERMITTED: also a component that another client has started.
 */
psa_status_t psa_fwu_finish(psa_fwu_component_t component);

/** WRITING or CANDIDATE -> FAILED. Any client with a right to the component may. */
psa_status_t psa_fwu_cancel(psa_fwu_component_t component);

/** FAILED or UPDATED -> READY; erases the staging area, which may take a while. */
psa_status_t psa_fwu_clean(psa_fwu_component_t component);

/**
 * CANDIDATE -> STAGED, all of them.
 * @return PSA_SUCCESS_REBOOT; PSA_ERROR_BAD_STATE: no CANDIDATE, or an installation is under way;
 *         PSA_ERROR_NOT_PERMITTED: also the uROT and another component at once: it cannot be taken
 *         back with the others. They stay CANDIDATE.
 */
psa_status_t psa_fwu_install(void);

/** Resets the chip; does not return. @return PSA_ERROR_NOT_PERMITTED */
psa_status_t psa_fwu_request_reboot(void);

/**
 * STAGED -> FAILED, or TRIAL -> REJECTED, all of them.
 * @param error  told in `error` from then on; 0: nothing in particular
 * @return PSA_SUCCESS: STAGED before; PSA_SUCCESS_REBOOT: TRIAL before, and the next reset brings the
 *         old images back.
 */
psa_status_t psa_fwu_reject(psa_status_t error);

/** TRIAL -> UPDATED, all of them. */
psa_status_t psa_fwu_accept(void);

GARRISON_ABI_END

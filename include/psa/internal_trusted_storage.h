/*
 * Internal Trusted Storage: small objects in the chip's own flash, encrypted and authenticated.
 * Source: PSA Certified Secure Storage API 1.0.4, section 5.3 (IHI 0087).
 *
 * Conventions
 * - An object belongs to the caller that made it; nobody else can read, replace or count it.
 * - Its size is limited by the storage area only. A buffer may be NULL if its length is 0.
 * - After a power cut at any moment the object concerned has its old or its new value, whole, and
 *   every other one is as it was. Once a function has returned, the new value is there for good.
 * - An object that is known to have been damaged is never replaced by an older value of itself: it
 *   is PSA_ERROR_DATA_CORRUPT until it is set or removed.
 *
 * Errors of every function
 *   PSA_ERROR_INVALID_ARGUMENT   uid is 0, or the caller may not access a buffer
 *   PSA_ERROR_STORAGE_FAILURE    the flash fails, or the area was refused when it was mounted and
 *                                the function has no better word for it
 *   PSA_ERROR_COMMUNICATION_FAILURE  the service has failed; it begins anew, three times a boot
 * Errors of functions that read, beyond those the specification lists for them
 *   PSA_ERROR_DATA_CORRUPT       the object is damaged
 *   PSA_ERROR_INVALID_SIGNATURE  the whole area is not authentic
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/error.h>
#include <psa/storage_common.h>

GARRISON_ABI_BEGIN

#define PSA_ITS_API_VERSION_MAJOR 1
#define PSA_ITS_API_VERSION_MINOR 0

/**
 * Makes an object, or replaces it whole, flags included. Its capacity is its size.
 * @param p_data        `data_length` bytes
 * @param create_flags  PSA_STORAGE_FLAG_*
 * @return PSA_ERROR_NOT_PERMITTED: it is there and PSA_STORAGE_FLAG_WRITE_ONCE;
 *         PSA_ERROR_NOT_SUPPORTED: a flag that is none of the above;
 *         PSA_ERROR_INSUFFICIENT_STORAGE: no room, and nothing has changed.
 */
psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags);

/**
 * Reads `data_size` bytes from `data_offset`, or as many as there are; at the end of the object
 * that is none.
 * @param p_data         room for `data_size` bytes; behind what was read it is left as it was
 * @param p_data_length  bytes read; unchanged after an error
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object;
 *         PSA_ERROR_INVALID_ARGUMENT: also `data_offset` behind the end of the object.
 */
psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length);

/**
 * Tells what an object is.
 * @param p_info  unchanged after an error
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object.
 */
psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info);

/**
 * Removes an object; that works in a full area too.
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object;
 *         PSA_ERROR_NOT_PERMITTED: it is PSA_STORAGE_FLAG_WRITE_ONCE.
 */
psa_status_t psa_its_remove(psa_storage_uid_t uid);

GARRISON_ABI_END

/*
 * Protected Storage: objects that are encrypted, authenticated, and protected against replay: who
 * puts back an older image of the storage area, whole or in part, is noticed, as long as the
 * counters' area is not put back with it: both lie in the same flash (docs/DESIGN.md).
 * Source: PSA Certified Secure Storage API 1.0.4, section 5.4 (IHI 0087).
 *
 * Conventions
 * - An object belongs to the caller that made it; nobody else can read, replace or count it.
 * - Its size is limited by the storage area only. A buffer may be NULL if its length is 0.
 * - After a power cut at any moment the object concerned has its old or its new value, whole, and
 *   every other one is as it was. Once a function has returned, the new value is there for good.
 * - An area that is not the one last written is refused as a whole: functions that read answer
 *   PSA_ERROR_INVALID_SIGNATURE, the others PSA_ERROR_STORAGE_FAILURE.
 * - An object whose bytes have been damaged since the last reset is PSA_ERROR_DATA_CORRUPT until it
 *   is set or removed; if it is neither, the next reset finds an area that is not the one written.
 *
 * Errors of every function
 *   PSA_ERROR_INVALID_ARGUMENT   uid is 0, or the caller may not access a buffer
 *   PSA_ERROR_STORAGE_FAILURE    the flash fails, or the area was refused when it was mounted and
 *                                the function has no better word for it
 *   PSA_ERROR_COMMUNICATION_FAILURE  the service has failed; it begins anew, three times a boot
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <psa/error.h>
#include <psa/storage_common.h>

GARRISON_ABI_BEGIN

#define PSA_PS_API_VERSION_MAJOR 1
#define PSA_PS_API_VERSION_MINOR 0

/**
 * Makes an object, or replaces it whole, flags and capacity included. Its capacity is its size.
 * @param p_data        `data_length` bytes
 * @param create_flags  PSA_STORAGE_FLAG_*
 * @return PSA_ERROR_NOT_PERMITTED: it is there and PSA_STORAGE_FLAG_WRITE_ONCE;
 *         PSA_ERROR_NOT_SUPPORTED: a flag that is none of the above;
 *         PSA_ERROR_INSUFFICIENT_STORAGE: no room, and nothing has changed.
 */
psa_status_t psa_ps_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                        psa_storage_create_flags_t create_flags);

/**
 * Reads `data_size` bytes from `data_offset`, or as many as there are; at the end of the object
 * that is none.
 * @param p_data         room for `data_size` bytes; behind what was read it is left as it was
 * @param p_data_length  bytes read; unchanged after an error
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object;
 *         PSA_ERROR_INVALID_ARGUMENT: also `data_offset` behind the end of the object;
 *         PSA_ERROR_DATA_CORRUPT: the object is damaged;
 *         PSA_ERROR_INVALID_SIGNATURE: the area is not the one last written.
 */
psa_status_t psa_ps_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                        size_t *p_data_length);

/**
 * Tells what an object is.
 * @param p_info  unchanged after an error
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object;
 *         PSA_ERROR_DATA_CORRUPT, PSA_ERROR_INVALID_SIGNATURE: as psa_ps_get().
 */
psa_status_t psa_ps_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info);

/**
 * Removes an object; that works in a full area too.
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object;
 *         PSA_ERROR_NOT_PERMITTED: it is PSA_STORAGE_FLAG_WRITE_ONCE.
 */
psa_status_t psa_ps_remove(psa_storage_uid_t uid);

/**
 * Makes an empty object with room for more, to be filled by psa_ps_set_extended().
 * @param capacity  bytes that are reserved for it
 * @return PSA_ERROR_ALREADY_EXISTS: there is one of that name, be it damaged;
 *         PSA_ERROR_NOT_SUPPORTED: PSA_STORAGE_FLAG_WRITE_ONCE, or a flag that is none;
 *         PSA_ERROR_INSUFFICIENT_STORAGE: no room, and nothing has changed.
 */
psa_status_t psa_ps_create(psa_storage_uid_t uid, size_t capacity,
                           psa_storage_create_flags_t create_flags);

/**
 * Writes part of an object; the rest is kept, and the object changes as a whole. The size grows if
 * need be, the capacity never. A `data_length` of 0 changes nothing. The object is written anew
 * beside the old one: psa_ps_create() has reserved the room for that, psa_ps_set() has not.
 * @param data_offset  at most the size: there are no gaps
 * @param data_length  `data_offset + data_length` is at most the capacity
 * @return PSA_ERROR_DOES_NOT_EXIST: no such object;
 *         PSA_ERROR_NOT_PERMITTED: it is PSA_STORAGE_FLAG_WRITE_ONCE;
 *         PSA_ERROR_INVALID_ARGUMENT: also a range that breaks a rule above;
 *         PSA_ERROR_STORAGE_FAILURE: also an object of psa_ps_set() and no room; nothing has changed;
 *         PSA_ERROR_DATA_CORRUPT, PSA_ERROR_INVALID_SIGNATURE: as psa_ps_get().
 */
psa_status_t psa_ps_set_extended(psa_storage_uid_t uid, size_t data_offset, size_t data_length,
                                 const void *p_data);

/** Optional features: PSA_STORAGE_SUPPORT_SET_EXTENDED. */
uint32_t psa_ps_get_support(void);

GARRISON_ABI_END

/*
 * What Internal Trusted Storage and Protected Storage have in common.
 * Source: PSA Certified Secure Storage API 1.0.4, section 5.2 (IHI 0087).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/** Properties of an object: PSA_STORAGE_FLAG_*. */
typedef uint32_t psa_storage_create_flags_t;

/** Names an object of the caller's; each caller has all of them to itself. 0 is no name. */
typedef uint64_t psa_storage_uid_t;

/** What an object is, without its data. */
struct psa_storage_info_t {
    size_t capacity;                  /**< Bytes reserved for it. */
    size_t size;                      /**< Bytes of data. */
    psa_storage_create_flags_t flags; /**< As it was created. */
};

#define PSA_STORAGE_FLAG_NONE 0u

/** The object can never be changed or removed. */
#define PSA_STORAGE_FLAG_WRITE_ONCE (1u << 0)

/** The data need not be secret. Here they are all the same; the flag is only remembered. */
#define PSA_STORAGE_FLAG_NO_CONFIDENTIALITY (1u << 1)

/** An older value may be put back. Here it is refused all the same; the flag is only remembered. */
#define PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION (1u << 2)

/** psa_ps_get_support(): psa_ps_create() and psa_ps_set_extended() are there. */
#define PSA_STORAGE_SUPPORT_SET_EXTENDED (1u << 0)

GARRISON_ABI_END

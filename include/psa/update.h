/*
 * Firmware Update: what this version offers of it, the query.
 * Source: PSA Certified Firmware Update API 1.0.1, section 5 (IHI 0093).
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <psa/error.h>

GARRISON_ABI_BEGIN

#define PSA_FWU_API_VERSION_MAJOR 1
#define PSA_FWU_API_VERSION_MINOR 0

/** Names a component: PSA_FWU_COMPONENT_*. */
typedef uint8_t psa_fwu_component_t;

#define PSA_FWU_COMPONENT_MANAGER     ((psa_fwu_component_t)0)
#define PSA_FWU_COMPONENT_APPLICATION ((psa_fwu_component_t)1)
#define PSA_FWU_COMPONENT_UROT        ((psa_fwu_component_t)2)
#define PSA_FWU_COMPONENT_IROT        ((psa_fwu_component_t)3)
#define PSA_FWU_COMPONENT_COUNT       4u

typedef struct psa_fwu_image_version_t {
    uint8_t major;
    uint8_t minor;
    uint16_t patch;
    uint32_t build;
} psa_fwu_image_version_t;

#define PSA_FWU_READY 0u

/** This implementation's own: what was measured when the active image was started. */
typedef struct psa_fwu_impl_info_t {
    uint8_t digest[32]; /**< SHA-256 over header, body and protected TLVs; iROT: over its flash. */
} psa_fwu_impl_info_t;

typedef struct psa_fwu_component_info_t {
    uint8_t state;                   /**< PSA_FWU_READY. */
    psa_status_t error;              /**< PSA_SUCCESS. */
    psa_fwu_image_version_t version; /**< Of the active image. */
    uint32_t max_size;               /**< Largest image that can be staged, bytes; 0: none. */
    uint32_t flags;                  /**< 0. */
    uint32_t location;               /**< 0. */
    psa_fwu_impl_info_t impl;
} psa_fwu_component_info_t;

/**
 * Tells what is installed.
 * @return PSA_ERROR_DOES_NOT_EXIST: no such component on this device.
 */
psa_status_t psa_fwu_query(psa_fwu_component_t component, psa_fwu_component_info_t *info);

GARRISON_ABI_END

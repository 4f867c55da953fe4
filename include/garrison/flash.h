/*
 * A flash device: data first, then operations.
 *
 * Offsets and lengths are bytes from the start of the device. An implementation checks every range
 * and answers GARRISON_ERROR_ARGUMENT for one that leaves the device or breaks an alignment.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

struct flash_device {
    uint32_t size;   /**< Bytes; a multiple of `sector`. */
    uint32_t sector; /**< Bytes erased together. */
    uint32_t unit;   /**< Bytes programmed together; each may be programmed once per erase. */
    uint8_t erased;  /**< What an erased byte reads as. */
    void *context;   /**< The implementation's own. */

    /** Reads; GARRISON_ERROR_DEVICE: an uncorrectable ECC error in the range. */
    enum garrison_status (*read)(const struct flash_device *device, uint32_t off, uint8_t *data,
                                 uint32_t len) GARRISON_MUST_USE;
    /**
     * Programs whole units that are erased. After a power cut each unit of the range is old
     * (erased), new, or reads as GARRISON_ERROR_DEVICE or garbage; nothing outside has changed.
     */
    enum garrison_status (*program)(const struct flash_device *device, uint32_t off,
                                    const uint8_t *data, uint32_t len) GARRISON_MUST_USE;
    /** Erases whole sectors. After a power cut each of them may read as anything. */
    enum garrison_status (*erase)(const struct flash_device *device, uint32_t off,
                                  uint32_t len) GARRISON_MUST_USE;
};

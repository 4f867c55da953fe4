/*
 * Rescue: the state of a device whose slot holds no image that may be started, and no other copy.
 *
 * It takes an image of the missing component over a line, into that component's download slot and
 * nowhere else. What has come is verified as any staged image is; if it may be started the device
 * resets, and the next boot puts it in place (install_recover()), else it is erased. So nothing that
 * is not signed is started or kept, and a power cut at any moment leaves a device that waits again.
 * docs/SPEC.md, "Rescue protocol".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "boot/install.h"
#include "boot/rescue_frame.h"

/** A session. The caller owns the memory; all members are the session's. */
struct rescue {
    const struct install *install;
    const struct layout_slot *slot; /**< Of the missing component. */
    uint32_t component;
    uint8_t reason; /**< Why it is missing: garrison_status_index(). */
    bool begun;     /**< A transfer is under way: the rest of `size` bytes is erased. */
    bool reset;     /**< To be reset as soon as the answer is out. */
    uint32_t size;  /**< Bytes of the image that is coming. */
    uint32_t next;  /**< Bytes of it that are there. */
    uint32_t max;   /**< Bytes that there is room for. */
};

/** @return false: the component has no download slot, so nothing can be done. */
bool rescue_open(struct rescue *rescue, const struct install *install, uint32_t component,
                 enum garrison_status reason) GARRISON_MUST_USE;

/**
 * Does what a request asks for.
 * @return whether it is to be answered: an answer, which may be an echo, is not
 */
bool rescue_handle(struct rescue *rescue, const struct rescue_frame *request,
                   struct rescue_frame *answer);

/**
 * Logs `line` and "<stage>: waiting for rescue: <component>", leaves a boot verdict, and serves until
 * the device is to be reset; that is the caller's, who may have keys to wipe.
 * @param reason  why there is no image
 * @param line    the same in words
 * @return false: the component has no download slot or the port no line, and nothing was done.
 */
bool rescue_run(const struct install *install, uint32_t component, enum garrison_status reason,
                const char *line) GARRISON_MUST_USE;

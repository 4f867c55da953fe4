/*
 * Whether a verified image may be started in the slot where it stands.
 */
#pragma once

#include <stdint.h>

#include <garrison/stage.h>

#include "boot/image.h"

/**
 * The rules:
 * - the vector table stands where the stage expects it: header size and alignment;
 * - with ROM_FIXED the load address is the slot's; without, it is zero;
 * - unless the slot has no RAM, and its image no vector table: the initial stack pointer is a
 *   multiple of 8 in that RAM, the reset vector a Thumb address in the body.
 * @param addr     where the slot starts, as the CPU that runs the image sees it
 * @param vectors  out: address of the body, where the vector table stands
 * @return GARRISON_ERROR_POLICY: a rule is broken; GARRISON_ERROR_DEVICE: a read failed.
 */
enum garrison_status policy_check(const struct boot_stage *stage, const struct boot_slot *slot,
                                  uint32_t addr, const struct image *image,
                                  uint32_t *vectors) GARRISON_MUST_USE;

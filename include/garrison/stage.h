/*
 * A boot stage: what one link of the chain is told, and its entry.
 *
 * The port's file for a stage holds one const `struct boot_stage` and calls boot_stage_run() with
 * it. Pointers are into that file's constants and never NULL unless said so.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/handoff.h>

GARRISON_ABI_BEGIN

/** A range of RAM in which an image may start its stack. */
struct boot_ram {
    uint32_t base;  /**< First byte. */
    uint32_t limit; /**< First byte behind; an initial stack pointer may be equal to it. */
};

#define BOOT_RAM_MAX 2u

/** Where an image stands and what it is for. */
struct boot_slot {
    uint32_t role; /**< enum image_role: names the owner's key. */
    uint32_t off;  /**< Bytes from the start of port_flash(). */
    uint32_t size; /**< Bytes. */
    uint32_t addr; /**< The slot's first byte as the CPU that runs the image sees it. */
    struct boot_ram ram[BOOT_RAM_MAX]; /**< Unused ones have base == limit. */
};

struct boot_stage {
    uint32_t role;                /**< enum image_role of this stage. */
    struct image_version version; /**< Of this stage. */
    uint32_t hdpl;                /**< Level that it must run at. */
    uint32_t keys_off;            /**< Its key record, in bytes from the start of the keys store. */
    uint32_t header_size;   /**< Bytes before the vector table in every image that it starts. */
    uint32_t vectors_align; /**< Alignment of a vector table; a power of two. */
    const struct boot_slot
        *self; /**< Its own flash, measured by the first stage; NULL for others. */
    const struct boot_slot *slot; /**< The images it verifies, all of them before any is started. */
    uint32_t slot_count;
    uint32_t next; /**< Role of the image that it starts. */
};

/**
 * Runs a stage to its end: verifies its images, adds them to the hand-over record and leaves
 * through port_leave(); or logs "<stage>: <image> refused: <reason>", leaves a boot verdict and panics.
 */
GARRISON_NORETURN void boot_stage_run(const struct boot_stage *stage);

GARRISON_ABI_END

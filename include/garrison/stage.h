/*
 * A boot stage: what one link of the chain is told, and its entry.
 *
 * The port's file for a stage holds one const `struct boot_stage` and calls boot_stage_run() with
 * it. Pointers are into that file's constants and never NULL unless said so.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/handoff.h>
#include <garrison/layout.h>
#include <garrison/status.h>

GARRISON_ABI_BEGIN

/** A range of RAM in which an image may start its stack. */
struct boot_ram {
    uint32_t base;  /**< First byte. */
    uint32_t limit; /**< First byte behind; an initial stack pointer may be equal to it. */
};

#define BOOT_RAM_MAX 2u

/** What a stage asks of the images of a role. Where their slot is, the layout says. */
struct boot_slot {
    uint32_t role; /**< enum image_role; IMAGE_ROLE_MODULE_0 stands for all modules. */
    uint32_t base; /**< The start of port_flash() as the CPU that runs the image sees it. */
    /** Where its stack may start; unused ones have base == limit. None: the image is not started by
        itself and has no vector table. */
    struct boot_ram ram[BOOT_RAM_MAX];
};

/** The first stage's own flash. */
struct boot_self {
    const struct flash_device *flash; /**< What it stands in; NULL: port_flash(). */
    uint32_t off;                     /**< Bytes from the start of that. */
    uint32_t size;                    /**< Bytes. */
    uint32_t addr;                    /**< Its first byte as the CPU sees it. */
};

/** Derives a key of the device, as port_derive_key() does. */
typedef enum garrison_status boot_derive_fn(const char *label, uint8_t key[64]);

struct install; /* core/boot/install.h */

/** How a stage installs what was staged: for components of `mine`, a bit for each. */
typedef enum garrison_status boot_install_fn(const struct install *install, uint16_t mine);

/**
 * Does what the journal asks for those components, to the end.
 * @return GARRISON_OK: active slots are as they shall be, if their images verify;
 *         GARRISON_ERROR_DEVICE: the flash or the journal fails, and the next boot tries again.
 */
boot_install_fn install_run;

/**
 * For a component whose active image does not verify: puts another one there that does, if there is
 * one in its download slot.
 * @return GARRISON_OK: done; GARRISON_ERROR_BLANK: there is none.
 */
typedef enum garrison_status boot_recover_fn(const struct install *install, uint32_t component);
boot_recover_fn install_recover;

/* The same for the uROT alone, which is overwritten: all that the first stage needs. */
boot_install_fn install_overwrite;
boot_recover_fn install_recover_urot;

/** Has the chip reset soon unless somebody says again and again that all is well. */
typedef void boot_watch_fn(void);

struct boot_stage {
    uint32_t role;                /**< enum image_role of this stage. */
    struct image_version version; /**< Of this stage. */
    uint32_t hdpl;                /**< Level that it must run at. */
    uint32_t counters_off;  /**< Its boot counters, in bytes from the start of the keys store. */
    uint32_t image_key_off; /**< The private key that its images are encrypted to, the same. */
    uint32_t header_size;   /**< Bytes before the vector table in every image that it starts. */
    uint32_t vectors_align; /**< Alignment of a vector table; a power of two. */
    /** Its own flash, which the first stage measures, and who reads the layout and the owners' keys
        for all; NULL for the others, who are handed them. */
    const struct boot_self *self;
    const struct layout_bounds *bounds; /**< What the layout must fit. */
    const struct boot_slot *slot; /**< The images it verifies, all of them before any is started. */
    uint32_t slot_count;
    uint32_t next; /**< Role of the image that it starts. */
    boot_install_fn *install;
    boot_recover_fn *recover;
    bool last;              /**< Nothing is verified behind it: it takes the keys away. */
    boot_derive_fn *derive; /**< For the key of what leaves encrypted slots; NULL: nothing does. */
    boot_watch_fn *watch;   /**< Called last, if an image is on trial; NULL: none ever is. */
};

/**
 * Runs a stage to its end: installs what was staged, verifies its images, adds them to the hand-over
 * record and leaves through port_leave(); or logs "<stage>: <image> refused: <reason>" and leaves a
 * boot verdict, and then waits for a rescue and resets, or panics where there can be none.
 */
GARRISON_NORETURN void boot_stage_run(const struct boot_stage *stage);

GARRISON_ABI_END

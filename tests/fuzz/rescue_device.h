/*
 * A device that misses an image, for fuzz_rescue.c: three components in a small emulated flash, images
 * of each that may be started and such that may not, and boots as the stages do them.
 */
#pragma once

#include <stdbool.h>

#include "boot/install.h"
#include "support/flash_emulator.h"
#include "support/image_maker.h"

#define COMPONENTS 3u
#define SECTOR     512u
#define SECTORS    18u
#define QUAD       16u

/** What a host may have: the first GOOD are taken, the first SIGNED may be started. */
enum variant {
    SMALL,
    LARGE,
    ENCRYPTED,
    BYTE_BEHIND, /**< Which recovery passes over, if a reset forestalls END. */
    BODY_CHANGED,
    SIGNATURE_CHANGED,
    OTHER_OWNER,
    COUNTER_BELOW,
    DEPENDENCY_MISSING,
    OTHER_PLACE,
    VARIANTS
};
#define GOOD   3u
#define SIGNED 4u

struct rescue_device {
    struct flash_power power;
    struct flash_emulator slots;
    struct flash_emulator journal_flash;
    struct journal journal;
    struct install install;
    uint32_t missing;    /**< Component, by its number in the journal. */
    uint8_t other_state; /**< Of every other component, at first. */
    struct made_image started[COMPONENTS][VARIANTS]; /**< As it stands in the active slot. */
    struct made_image sent[COMPONENTS][VARIANTS];    /**< As it is sent. */
};

extern struct rescue_device device;

/** The manager's download slot lies in the application's. */
extern const struct layout_record device_layout;

/** Ends the run, saying what is not as it must be. */
void must(bool right, const char *what);

/** Makes the images and the flash; once. */
void device_make(void);

/** Old images in place but for the missing one, others' updates, and a rest in the download slot. */
void device_set_up(uint8_t what, uint8_t rest);

/** A boot of both stages. @return whether all could be started; false if power has gone off */
bool device_boot(void);

/** Whether one of the signed images stands in the active slot, byte for byte. */
bool device_is_sound(void);

/** Where the image of the missing component is staged, and how many bytes it may have. */
uint32_t device_staged_off(void);
uint32_t device_room(void);

/** Whether these bytes stand where the image is staged. */
bool device_holds(const uint8_t *bytes, uint32_t len);

/** Whether nothing stands there from `off` to `end`, in whole quad-words. */
bool device_is_blank(uint32_t off, uint32_t end);

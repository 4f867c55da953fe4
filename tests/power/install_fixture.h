/*
 * Three components in a small emulated flash, and boots that install them.
 */
#pragma once

#include <stdbool.h>

#include "boot/install.h"
#include "boot/keys.h"
#include "support/flash_emulator.h"
#include "support/image_maker.h"

#define SECTOR 512u
#define UNIT   16u
#define BASE   0x0C000000u
#define STACK  0x30040000u

#define SLOT_SECTORS    20u
#define JOURNAL_SECTOR  1024u
#define JOURNAL_SECTORS 2u

#define IMAGE_BYTES(sectors, sector) ((sectors) * (sector) + (sectors) * (sector) / UNIT)

/* Components under test, by their numbers. */
#define UROT           0u
#define MANAGER        1u
#define APPLICATION    2u
#define BIT(component) ((uint16_t)(1u << (component)))

/** The layout in force; tests change it. */
extern struct layout_record layout;

struct snapshot {
    uint8_t slots[IMAGE_BYTES(SLOT_SECTORS, SECTOR)];
    uint8_t journal[IMAGE_BYTES(JOURNAL_SECTORS, JOURNAL_SECTOR)];
};

struct install_bench {
    struct flash_power power;
    struct flash_emulator slots;
    struct flash_emulator journal;
    struct key_record keys;
    struct boot_counters counters;
    uint8_t image_key[32];
    bool no_image_key; /**< Images are encrypted to nothing. */
    uint8_t seal_key[32];
    struct made_image old[3];
    struct made_image renewed[3];
    uint64_t random;
    uint64_t cuts;
    uint64_t boots;
};

extern struct install_bench bench;

/** What is installed, and what shall have become of it. */
struct scene {
    uint16_t set;
    bool encrypted;
    bool accept;
    enum journal_state before; /**< Of the set: STAGED goes in, TRIAL and REJECTED back. */
};

#define INSTALL_SCENES 6u

/** Each component alone, two together, and encrypted ones. */
extern const struct scene scenes[INSTALL_SCENES];

/** Makes an image of a component; its counter is its major version. @param dependency  or NULL */
void make(struct made_image *made, uint32_t component, uint8_t major, uint32_t body_len,
          bool encrypted, const struct image_dependency *dependency);

/** Makes the usual old and new images. */
void set_up_images(bool encrypted);

/** Puts the old images in place, stages the new ones of the set and asks for them. */
void stage_set(const struct scene *scene);

/** Puts the components of the set into a state, as the update service would. */
void set_state(const struct scene *scene, enum journal_state state);

/** A boot of both stages; the status of whichever could not go on. */
enum garrison_status boot(void);

/** A boot into one cut; false if it went through before. Power is back afterwards. */
bool boot_with_cut(uint32_t at, enum flash_cut cut);

/** install_recover(). */
enum garrison_status recover(uint32_t component);

struct journal open_journal(void);

/** What a stage would install with. */
struct install install_with(struct journal *journal);

bool is_active(const struct made_image *made, uint32_t component);

/** Whether those of the set are all active. */
bool active_are(const struct made_image *made, uint16_t set);

/** After a boot that went through: exactly the old or the new set, as the journal says. */
void expect_consistent(const struct scene *scene);

/** Both devices; power is on after a restore. */
void save(struct snapshot *snapshot);
void restore(const struct snapshot *snapshot);

int open_bench(void **state);
int close_bench(void **state);

/** Damages the active image of a component. */
void spoil(uint32_t component);

/** Another bench in the place of this one, with the usual images, not encrypted. */
void begin_anew(void **state);

/*
 * A store on an emulated flash, with or without an anchor, and what it should hold.
 */
#pragma once

#include "power/store_model.h"
#include "power/sweep.h"
#include "store/counter.h"
#include "store/store.h"
#include "support/flash_emulator.h"

#define WORLD_BYTES_MAX 0x10000u /**< Of an area. */

enum world_anchoring {
    WORLD_NOT_ANCHORED,
    WORLD_ANCHORED, /**< By memory that survives power cuts: struct world_anchor. */
    WORLD_COUNTED   /**< By a counter, as on the device, on flash with the same power. */
};

/** An anchor in memory that survives power cuts and shares the flash's power. */
struct world_anchor {
    struct flash_power *power;
    uint32_t number;
    uint8_t tag[STORE_TAG_BYTES];
};

struct store_world {
    struct flash_power power;
    struct flash_emulator flash;
    struct world_anchor anchored;
    struct flash_emulator counter_flash;
    struct counters_config counters_config;
    struct counters counters;
    struct store_anchor anchor;
    struct store_config config;
    struct store store;
    struct store_report report;
    uint32_t live[STORE_LIVE_WORDS(WORLD_BYTES_MAX)];
    enum garrison_status status; /**< The last answer of a change. */
    const char *problem;         /**< What is wrong; NULL. */

    struct model old;
    struct model new;
    struct model_change change;
    bool each_alone; /**< The change may be half done: each object is old or new. */
};

/** Geometry and surroundings. */
struct world_options {
    uint32_t sectors;
    uint32_t sector; /**< Bytes. */
    enum world_anchoring anchor;
    uint32_t write_format;
    const struct store_protection *protection;
};

/** Makes an empty world and mounts it; it may not be moved. */
void world_open(struct store_world *world, const struct world_options *options, uint64_t seed);
void world_close(struct store_world *world);

enum garrison_status world_mount(struct store_world *world);

/**
 * Makes a change in the store and in both models.
 * @return what the store has answered; if the models would not, `problem` is set. With
 *         GARRISON_ERROR_FULL and _DEVICE the models stay as they are.
 */
enum garrison_status world_change(struct store_world *world, const struct model_change *change);

/** The subject that sweeps world->change; world->old is what there is, world->new what comes. */
struct sweep_subject world_subject(struct store_world *world);

/*
 * The changes of a store at which power is cut.
 */
#pragma once

#include "power/store_world.h"

struct store_scenario {
    const char *name;
    bool (*build)(struct store_world *world, const struct world_options *options, uint32_t age);
    uint32_t sectors;
    uint32_t sector;
    uint32_t ages; /**< Starting points it is worth to be swept from: how far the log has come. */
};

extern const struct store_scenario store_scenarios[];
extern const unsigned store_scenario_count;

/** The main function of a sweep of all of them, each with and without an anchor. */
int store_sweep(int argc, char **argv, const struct store_protection *protection);

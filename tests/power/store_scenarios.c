#include "power/store_scenarios.h"

#include <string.h>

#define ROUNDS_MAX 2000u

static const struct store_key target = {.owner = 2, .uid = 7};
static const struct store_key padding = {.owner = 9, .uid = 9};

static struct model_change set_change(struct store_key key, uint32_t size, uint32_t capacity,
                                      uint64_t seed)
{
    return (struct model_change){
        .kind = MODEL_SET,
        .key = key,
        .info = {.size = size, .capacity = capacity},
        .seed = seed,
    };
}

static bool set(struct store_world *world, int32_t owner, uint64_t uid, uint32_t size)
{
    const struct store_key key = {.owner = owner, .uid = uid};
    const struct model_change change = set_change(key, size, size, uid * 31u + size);
    return world_change(world, &change) == GARRISON_OK;
}

/* What every scenario has beside the object it is about: some of it must never change. */
static bool neighbours(struct store_world *world)
{
    struct model_change once = set_change((struct store_key){5, 1}, 20, 20, 3);
    once.info.flags = STORE_WRITE_ONCE;
    return set(world, 1, 7, 40) && set(world, 2, 8, 1) && set(world, -2, 7, 0) &&
           world_change(world, &once) == GARRISON_OK;
}

/* Moves the log on by `age` small changes. */
static bool grow_old(struct store_world *world, uint32_t age)
{
    for (uint32_t i = 0; i < age; i++) {
        const struct model_change change = set_change(padding, 30, 30, i);
        if (world_change(world, &change) != GARRISON_OK) {
            return false;
        }
    }
    return true;
}

/* Makes `change` the one to be swept, from what there is now. */
static bool swept(struct store_world *world, const struct model_change *change)
{
    world->change = *change;
    model_copy(&world->new, &world->old);
    return model_apply(&world->new, change) == GARRISON_OK && world->problem == NULL;
}

static bool build_set_new(struct store_world *world, const struct world_options *options,
                          uint32_t age)
{
    const struct model_change change = set_change(target, 50, 50, 1);
    world_open(world, options, age);
    return neighbours(world) && grow_old(world, age) && swept(world, &change);
}

static bool build_set_once(struct store_world *world, const struct world_options *options,
                           uint32_t age)
{
    struct model_change change = set_change(target, 33, 33, 1);
    change.info.flags = STORE_WRITE_ONCE;
    world_open(world, options, age);
    return neighbours(world) && grow_old(world, age) && swept(world, &change);
}

static bool build_replace(struct store_world *world, const struct world_options *options,
                          uint32_t age)
{
    const struct model_change change = set_change(target, 60, 64, 1);
    world_open(world, options, age);
    return neighbours(world) && set(world, target.owner, target.uid, 45) && grow_old(world, age) &&
           swept(world, &change);
}

static bool build_remove(struct store_world *world, const struct world_options *options,
                         uint32_t age)
{
    const struct model_change change = {.kind = MODEL_REMOVE, .key = target};
    world_open(world, options, age);
    return neighbours(world) && set(world, target.owner, target.uid, 45) && grow_old(world, age) &&
           swept(world, &change);
}

/* Goes on until making the change would erase a sector for the first, second ... time. */
static bool wait_for_erase(struct store_world *world, const struct model_change *change,
                           uint32_t age)
{
    static uint8_t image[WORLD_BYTES_MAX + WORLD_BYTES_MAX / 16u];
    static uint8_t counted[WORLD_BYTES_MAX];
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        const struct world_anchor anchored = world->anchored;
        const uint64_t erased = world->flash.erased;
        flash_emulator_save(&world->flash, image);
        flash_emulator_save(&world->counter_flash, counted);
        world->status = model_perform(&world->store, &world->config, change);
        if (world->status != GARRISON_OK) {
            return false;
        }
        const bool erases = world->flash.erased != erased;
        flash_emulator_restore(&world->flash, image);
        flash_emulator_restore(&world->counter_flash, counted);
        world->anchored = anchored;
        if (world_mount(world) != GARRISON_OK) {
            return false;
        }
        if (erases && age-- == 0) {
            return true;
        }
        if (!grow_old(world, 1)) {
            return false;
        }
    }
    return false;
}

static bool build_gc_replace(struct store_world *world, const struct world_options *options,
                             uint32_t age)
{
    const struct model_change change = set_change(target, 60, 64, 1);
    world_open(world, options, age);
    return neighbours(world) && set(world, target.owner, target.uid, 45) &&
           wait_for_erase(world, &change, age) && swept(world, &change);
}

static bool build_gc_remove(struct store_world *world, const struct world_options *options,
                            uint32_t age)
{
    const struct model_change change = {.kind = MODEL_REMOVE, .key = target};
    world_open(world, options, age);
    return neighbours(world) && set(world, target.owner, target.uid, 45) &&
           wait_for_erase(world, &change, age) && swept(world, &change);
}

static bool build_large(struct store_world *world, const struct world_options *options,
                        uint32_t age)
{
    const struct model_change change = set_change(target, 2u * STORE_CHUNK_BYTES + 76u, 1200, 1);
    world_open(world, options, age);
    return neighbours(world) && set(world, target.owner, target.uid, STORE_CHUNK_BYTES + 200u) &&
           grow_old(world, age) && swept(world, &change);
}

static bool build_gc_large(struct store_world *world, const struct world_options *options,
                           uint32_t age)
{
    const struct model_change change = set_change(target, STORE_CHUNK_BYTES + 8u, 600, 1);
    world_open(world, options, age);
    return neighbours(world) && set(world, target.owner, target.uid, STORE_CHUNK_BYTES + 200u) &&
           wait_for_erase(world, &change, age) && swept(world, &change);
}

static bool build_write(struct store_world *world, const struct world_options *options,
                        uint32_t age)
{
    const struct model_change first = set_change(target, 30, 90, 1);
    const struct model_change change = {
        .kind = MODEL_WRITE, .key = target, .off = 25, .len = 60, .seed = 5};
    world_open(world, options, age);
    return neighbours(world) && world_change(world, &first) == GARRISON_OK &&
           grow_old(world, age) && swept(world, &change);
}

static bool build_write_large(struct store_world *world, const struct world_options *options,
                              uint32_t age)
{
    const struct model_change first = set_change(target, 600, 700, 1);
    const struct model_change change = {
        .kind = MODEL_WRITE, .key = target, .off = 500, .len = 120, .seed = 5};
    world_open(world, options, age);
    return neighbours(world) && world_change(world, &first) == GARRISON_OK &&
           grow_old(world, age) && swept(world, &change);
}

static bool build_remove_full(struct store_world *world, const struct world_options *options,
                              uint32_t age)
{
    const struct model_change change = {.kind = MODEL_REMOVE, .key = target};
    enum garrison_status status = GARRISON_OK;
    world_open(world, options, age);
    if (!neighbours(world) || !set(world, target.owner, target.uid, 45) || !grow_old(world, age)) {
        return false;
    }
    for (uint64_t uid = 100; status == GARRISON_OK && uid < 100 + MODEL_OBJECTS - 8u; uid++) {
        const struct model_change more = set_change((struct store_key){3, uid}, 90, 90, uid);
        status = world_change(world, &more);
    }
    return status == GARRISON_ERROR_FULL && swept(world, &change);
}

static bool build_format(struct store_world *world, const struct world_options *options,
                         uint32_t age)
{
    const struct model_change change = {.kind = MODEL_FORMAT};
    world_open(world, options, age);
    world->each_alone = true;
    return neighbours(world) && set(world, target.owner, target.uid, 45) && grow_old(world, age) &&
           swept(world, &change);
}

static bool build_upgrade(struct store_world *world, const struct world_options *options,
                          uint32_t age)
{
    const struct model_change change = {.kind = MODEL_UPGRADE};
    struct world_options old_format = *options;
    old_format.write_format = STORE_FORMAT_OLDEST;
    world_open(world, &old_format, age);
    if (!neighbours(world) || !set(world, target.owner, target.uid, 45) || !grow_old(world, age)) {
        return false;
    }
    world->config.write_format = STORE_FORMAT_CURRENT;
    return world_mount(world) == GARRISON_OK && world->report.upgraded && swept(world, &change);
}

const struct store_scenario store_scenarios[] = {
    {"set_new", build_set_new, 3, 1024, 30},
    {"set_once", build_set_once, 3, 1024, 30},
    {"replace", build_replace, 3, 1024, 30},
    {"remove", build_remove, 3, 1024, 30},
    {"gc_replace", build_gc_replace, 5, 512, 4},
    {"gc_replace_2", build_gc_replace, 2, 2048, 4},
    {"gc_remove", build_gc_remove, 5, 512, 4},
    {"large", build_large, 4, 2048, 30},
    {"gc_large", build_gc_large, 3, 2048, 4},
    {"write", build_write, 3, 1024, 30},
    {"write_large", build_write_large, 4, 2048, 30},
    {"remove_full", build_remove_full, 3, 1024, 10},
    {"format", build_format, 3, 1024, 10},
    {"upgrade", build_upgrade, 3, 1024, 10},
};
const unsigned store_scenario_count = sizeof store_scenarios / sizeof store_scenarios[0];

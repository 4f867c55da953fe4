#include "power/store_hostile.h"

#include <string.h>

#include "support/toy_protection.h"

#define HISTORY_MAX 160u
#define VALUE_MAX   600u
#define READS_MAX   2000000u /* of one judgement; far more than any takes */
#define CHANGES     90u

/* A value that an object once had. */
struct value {
    struct store_key key;
    struct store_info info;
    uint8_t data[VALUE_MAX];
};

/* One device: its area, what it has ever held, and its images. */
struct side {
    struct store_world world;
    struct value history[HISTORY_MAX];
    unsigned values;
    struct world_anchor anchored; /* as of HOSTILE_NOW */
    hostile_area image[HOSTILE_IMAGES];
};

static struct side sides[2]; /* without and with an anchor */
static struct toy_protection our_toy;
static struct toy_protection foreign_toy;

static struct model_change nth_change(uint32_t number, uint64_t seed)
{
    static const uint32_t sizes[] = {33, 0, 90, 144, 12, 200, 64};
    uint64_t random = number;
    struct model_change change = {.kind = MODEL_SET, .seed = seed + number};
    change.key.owner = number % 3u == 2u ? -5 : 1;
    change.key.uid = flash_random(&random) % 3u;
    change.info.size = sizes[flash_random(&random) % 7u];
    change.info.capacity = change.info.size;
    if (number == 0) {
        change.key = (struct store_key){.owner = 4, .uid = 4};
        change.info.flags = STORE_WRITE_ONCE;
        change.info.size = change.info.capacity = 40;
    } else if (number % 11u == 10u) {
        change.kind = MODEL_REMOVE;
    } else if (number % 7u == 6u) {
        change.kind = MODEL_WRITE;
        change.info = (struct store_info){.size = 0};
        change.len = 8;
    }
    return change;
}

static void remember(struct side *side, struct store_key key)
{
    const struct model_object *object = model_find(&side->world.old, key);
    if (object != NULL && side->values < HISTORY_MAX) {
        struct value *value = &side->history[side->values++];
        value->key = key;
        value->info = object->info;
        memcpy(value->data, object->data, object->info.size);
    }
}

/* Makes the same changes in a world of its own, and keeps its images. */
static const char *live(struct side *side, const struct world_options *options, uint32_t area_id,
                        uint64_t seed, enum hostile_image last, bool own)
{
    struct store_world *world = &side->world;
    world_open(world, options, seed);
    world->config.area_id = area_id;
    if (store_format(&world->store, &world->config) != GARRISON_OK) {
        return "cannot be formatted";
    }
    for (uint32_t i = 0; i < CHANGES; i++) {
        const struct model_change change = nth_change(i, seed);
        const enum garrison_status status = world_change(world, &change);
        if (status == GARRISON_ERROR_FULL || world->problem != NULL) {
            return world->problem != NULL ? world->problem : "full";
        }
        if (own) {
            remember(side, change.key);
        }
        if (own && i == CHANGES / 4u) {
            flash_emulator_save(&world->flash, side->image[HOSTILE_MUCH_EARLIER]);
        }
        if (own && i == CHANGES - 4u) {
            flash_emulator_save(&world->flash, side->image[HOSTILE_EARLIER]);
        }
    }
    flash_emulator_save(&world->flash, side->image[last]);
    return world->flash.fault;
}

static const char *open_side(struct side *side, bool anchor)
{
    struct world_options options = {
        .sectors = HOSTILE_SECTORS,
        .sector = HOSTILE_SECTOR,
        .anchor = anchor,
        .protection = &our_toy.protection,
    };
    struct world_options foreign = options;
    struct world_options aged = options;
    foreign.protection = &foreign_toy.protection;
    aged.write_format = STORE_FORMAT_OLDEST;
    memset(side->image[HOSTILE_EMPTY], 0xFF, HOSTILE_BYTES);

    const char *problem = live(side, &foreign, 1, 7000, HOSTILE_OTHER_DEVICE, false);
    world_close(&side->world);
    if (problem == NULL) {
        problem = live(side, &options, 2, 5000, HOSTILE_OTHER_AREA, false);
        world_close(&side->world);
    }
    if (problem == NULL) {
        problem = live(side, &aged, 1, 1000, HOSTILE_OLD_FORMAT, false);
        world_close(&side->world);
    }
    if (problem == NULL) {
        problem = live(side, &options, 1, 1000, HOSTILE_NOW, true);
        side->anchored = side->world.anchored;
    }
    return problem;
}

const char *hostile_open(void)
{
    toy_protection_init(&our_toy, 1);
    toy_protection_init(&foreign_toy, 2);
    const char *problem = open_side(&sides[0], false);
    return problem != NULL ? problem : open_side(&sides[1], true);
}

const uint8_t *hostile_image(bool anchor, enum hostile_image image)
{
    return sides[anchor].image[image];
}

void hostile_fit_cells(hostile_area area)
{
    for (uint32_t unit = 0; unit < HOSTILE_UNITS; unit++) {
        uint8_t *bytes = area + (size_t)unit * 16u;
        uint8_t *cell = area + HOSTILE_BYTES + unit;
        bool blank = true;
        for (uint32_t i = 0; i < 16u; i++) {
            blank = blank && bytes[i] == 0xFF;
        }
        *cell %= FLASH_CELL_WEAK_GARBAGE + 1u;
        if (blank && *cell == FLASH_CELL_WRITTEN) {
            *cell = FLASH_CELL_WEAK_GARBAGE;
        } else if (!blank && *cell != FLASH_CELL_ECC) {
            *cell = FLASH_CELL_WRITTEN;
        }
    }
}

/* ---- judging ---- */

struct visit {
    const struct side *side;
    bool stranger;
    unsigned count;
};

static bool was_once(const struct side *side, struct store_key key, const struct store_info *info,
                     const uint8_t *data)
{
    for (unsigned i = 0; i < side->values; i++) {
        const struct value *value = &side->history[i];
        if (value->key.owner == key.owner && value->key.uid == key.uid &&
            memcmp(&value->info, info, sizeof *info) == 0 &&
            (data == NULL || memcmp(value->data, data, info->size) == 0)) {
            return true;
        }
    }
    return false;
}

static bool visit_object(void *context, struct store_key key, const struct store_info *info)
{
    struct visit *visit = context;
    visit->stranger |= !was_once(visit->side, key, info, NULL);
    return ++visit->count < HISTORY_MAX;
}

/* Everything that can be read was once written, and with an anchor nothing else is missing. */
static const char *judge_content(struct side *side, bool anchor, bool *changed)
{
    struct store_world *world = &side->world;
    for (unsigned i = 0; i < side->values; i++) {
        const struct store_key key = side->history[i].key;
        struct store_info info = {0};
        uint8_t data[VALUE_MAX];
        enum garrison_status status = store_info(&world->store, key, &info);
        if (status == GARRISON_OK && info.size <= sizeof data) {
            status = store_read(&world->store, key, 0, data, info.size);
        }
        if (status == GARRISON_OK &&
            (info.size > sizeof data || !was_once(side, key, &info, data))) {
            return "a value that was never stored under this name";
        }
        const bool same = model_match_object(&world->old, &world->old, key, &world->store) != 0;
        *changed = *changed || !same;
        if (anchor && !same) {
            return "not the state that the anchor has confirmed";
        }
    }
    struct visit visit = {.side = side};
    if (store_each(&world->store, visit_object, &visit) != GARRISON_OK || visit.stranger) {
        return "an object that was never stored";
    }
    return visit.count > world->old.count && anchor ? "an object too many" : NULL;
}

/* Sets, reads and removes an object, and mounts again. */
static const char *use(struct side *side, bool anchor)
{
    struct store_world *world = &side->world;
    const struct store_key spare = {.owner = 99, .uid = 99};
    const struct model_change set = {
        .kind = MODEL_SET, .key = spare, .info = {.size = 20, .capacity = 20}, .seed = 1};
    struct model one = {.count = 0};
    bool changed = false;
    (void)model_apply(&one, &set);
    for (unsigned round = 0; round < 12u; round++) {
        const enum garrison_status status = model_perform(&world->store, &world->config, &set);
        if (status == GARRISON_ERROR_FULL || status == GARRISON_ERROR_DEVICE) {
            break;
        }
        if (status != GARRISON_OK ||
            model_match_object(&one, &one, spare, &world->store) != MODEL_BOTH) {
            return "an object cannot be set and read back";
        }
        const enum garrison_status removed = store_remove(&world->store, spare);
        if (removed != GARRISON_OK && removed != GARRISON_ERROR_DEVICE) {
            return "an object cannot be removed";
        }
        if (removed != GARRISON_OK) {
            return NULL;
        }
    }
    const enum garrison_status upgraded = store_upgrade(&world->store);
    if (upgraded != GARRISON_OK && upgraded != GARRISON_ERROR_FULL &&
        upgraded != GARRISON_ERROR_DEVICE) {
        return "it cannot be upgraded";
    }
    if (world_mount(world) != GARRISON_OK) {
        return "after use it cannot be mounted";
    }
    return judge_content(side, anchor, &changed);
}

const char *hostile_judge(bool anchor, const hostile_area area, bool *changed)
{
    struct side *side = &sides[anchor];
    struct store_world *world = &side->world;
    bool differs = false;
    flash_emulator_restore(&world->flash, area);
    world->anchored = side->anchored;
    world->problem = NULL;
    world->flash.fault = NULL;
    world->flash.reads = 0;

    const enum garrison_status status = world_mount(world);
    const char *problem = NULL;
    if (status == GARRISON_OK) {
        problem = judge_content(side, anchor, &differs);
        if (problem == NULL) {
            problem = use(side, anchor);
        }
    } else {
        differs = true;
        const enum garrison_status made = store_format(&world->store, &world->config);
        if (made != GARRISON_OK && made != GARRISON_ERROR_DEVICE) {
            problem = "it can neither be mounted nor formatted";
        }
    }
    if (changed != NULL) {
        *changed = differs;
    }
    if (problem == NULL && world->flash.reads > READS_MAX) {
        problem = "it takes far too long";
    }
    return world->flash.fault != NULL ? world->flash.fault : problem;
}

#include "power/store_hostile.h"

#include <string.h>

#include "support/toy_protection.h"

#define HISTORY_MAX 160u
#define VALUE_MAX   600u
#define READS_MAX   2000000u /* of one judgement; far more than any takes */
#define CHANGES     90u
#define STATES_MAX  (CHANGES + 2u)

/* A value that an object once had. */
struct value {
    struct store_key key;
    struct store_info info;
    uint8_t data[VALUE_MAX];
};

/* One device: its areas, what they have ever held, and their images. */
struct side {
    struct store_world world;
    struct value history[HISTORY_MAX];
    unsigned values;
    uint64_t state[STATES_MAX]; /* digest of all objects after each change */
    struct counter counter[STATES_MAX];
    unsigned states;
    struct world_anchor anchored; /* as of HOSTILE_NOW */
    hostile_area image[HOSTILE_IMAGES];
    hostile_counters counters[HOSTILE_IMAGES];
};

static struct side sides[HOSTILE_WORLDS]; /* by enum world_anchoring */
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

/* What differs when any object does; FNV-1a of each, in no order. */
static uint64_t digest_of(struct store_key key, const struct store_info *info, const uint8_t *data)
{
    const uint64_t words[] = {(uint32_t)key.owner, key.uid, info->size, info->capacity,
                              info->flags};
    uint64_t digest = 0xCBF29CE484222325u;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        digest = (digest ^ words[i]) * 0x100000001B3u;
    }
    for (uint32_t i = 0; i < info->size; i++) {
        digest = (digest ^ data[i]) * 0x100000001B3u;
    }
    return flash_random(&digest);
}

static void remember_state(struct side *side)
{
    const struct model *model = &side->world.old;
    uint64_t state = 0;
    for (unsigned i = 0; i < model->count; i++) {
        state ^= digest_of(model->object[i].key, &model->object[i].info, model->object[i].data);
    }
    side->state[side->states] = state;
    side->counter[side->states] = side->world.counters.counter[0];
    side->states++;
}

static void keep_image(struct side *side, enum hostile_image image)
{
    flash_emulator_save(&side->world.flash, side->image[image]);
    flash_emulator_save(&side->world.counter_flash, side->counters[image]);
}

/* A world whose areas are called so, with nothing in them. */
static bool open_area(struct side *side, const struct world_options *options, uint32_t area_id,
                      uint64_t seed)
{
    struct store_world *world = &side->world;
    world_open(world, options, seed);
    world->config.area_id = area_id;
    world->counters_config.area_id = area_id + 100u;
    flash_emulator_restore(&world->counter_flash, side->counters[HOSTILE_EMPTY]);
    return counters_mount(&world->counters, &world->counters_config, NULL) == GARRISON_OK &&
           store_format(&world->store, &world->config) == GARRISON_OK;
}

/* Makes the same changes in a world of its own, and keeps its images. */
static const char *live(struct side *side, const struct world_options *options, uint32_t area_id,
                        uint64_t seed, enum hostile_image last, bool own)
{
    struct store_world *world = &side->world;
    if (!open_area(side, options, area_id, seed)) {
        return "cannot be formatted";
    }
    if (own) {
        remember_state(side);
    }
    for (uint32_t i = 0; i < CHANGES; i++) {
        const struct model_change change = nth_change(i, seed);
        const enum garrison_status status = world_change(world, &change);
        if (status == GARRISON_ERROR_FULL || world->problem != NULL) {
            return world->problem != NULL ? world->problem : "full";
        }
        if (own) {
            remember(side, change.key);
            remember_state(side);
        }
        if (own && i == CHANGES / 4u) {
            keep_image(side, HOSTILE_MUCH_EARLIER);
        }
        if (own && i == CHANGES - 4u) {
            keep_image(side, HOSTILE_EARLIER);
        }
    }
    keep_image(side, last);
    return world->flash.fault;
}

static const char *open_side(struct side *side, enum world_anchoring anchor)
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
    memset(side->counters[HOSTILE_EMPTY], 0xFF, HOSTILE_COUNTER_BYTES);

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
    const char *problem = NULL;
    for (unsigned world = 0; world < HOSTILE_WORLDS && problem == NULL; world++) {
        problem = open_side(&sides[world], (enum world_anchoring)world);
    }
    return problem;
}

const uint8_t *hostile_image(enum world_anchoring world, enum hostile_image image)
{
    return sides[world].image[image];
}

const uint8_t *hostile_counters_image(enum hostile_image image)
{
    return sides[WORLD_COUNTED].counters[image];
}

void hostile_fit_cells(uint8_t *bytes, uint32_t units)
{
    for (uint32_t unit = 0; unit < units; unit++) {
        uint8_t *cell = bytes + (size_t)units * 16u + unit;
        bool blank = true;
        for (uint32_t i = 0; i < 16u; i++) {
            blank = blank && bytes[unit * 16u + i] == 0xFF;
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

/* What may be told. */
enum truth {
    TRUTH_ANY_VALUE,  /* all that was ever stored */
    TRUTH_ONE_MOMENT, /* of one moment */
    TRUTH_LAST        /* of now */
};

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

/* Whether all objects together once were; each key is asked for where it first occurs. */
static bool was_state(struct side *side)
{
    uint64_t state = 0;
    for (unsigned i = 0; i < side->values; i++) {
        const struct store_key key = side->history[i].key;
        struct store_info info;
        uint8_t data[VALUE_MAX];
        bool again = false;
        for (unsigned k = 0; k < i; k++) {
            again |= side->history[k].key.owner == key.owner && side->history[k].key.uid == key.uid;
        }
        if (!again && store_info(&side->world.store, key, &info) == GARRISON_OK &&
            store_read(&side->world.store, key, 0, data, info.size) == GARRISON_OK) {
            state ^= digest_of(key, &info, data);
        }
    }
    for (unsigned i = 0; i < side->states; i++) {
        if (side->state[i] == state) {
            return true;
        }
    }
    return false;
}

/* Whether the counters have a value that they had, with its binding; untouched ones are zero. */
static bool was_counted(const struct side *side)
{
    static const struct counter zero;
    const struct counter *counter = side->world.counters.counter;
    bool found = memcmp(&counter[0], &zero, sizeof zero) == 0;
    for (unsigned i = 0; i < side->states; i++) {
        found |= memcmp(&counter[0], &side->counter[i], sizeof zero) == 0;
    }
    for (unsigned id = 1; id < COUNTER_MAX; id++) {
        found &= memcmp(&counter[id], &zero, sizeof zero) == 0;
    }
    return found;
}

/* Everything that can be read was once written, and with an anchor nothing else is missing. */
static const char *judge_content(struct side *side, enum truth truth, bool *changed)
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
        if (truth == TRUTH_LAST && !same) {
            return "not the state that the anchor has confirmed";
        }
    }
    if (truth == TRUTH_ONE_MOMENT && !was_state(side)) {
        return "values of different moments";
    }
    struct visit visit = {.side = side};
    if (store_each(&world->store, visit_object, &visit) != GARRISON_OK || visit.stranger) {
        return "an object that was never stored";
    }
    return visit.count > world->old.count && truth == TRUTH_LAST ? "an object too many" : NULL;
}

/* Sets, reads and removes an object, and mounts again. */
static const char *use(struct side *side, enum truth truth)
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
    return judge_content(side, truth, &changed);
}

static void put_in(struct side *side, const uint8_t *area, const uint8_t *counters)
{
    struct store_world *world = &side->world;
    flash_emulator_restore(&world->flash, area);
    flash_emulator_restore(&world->counter_flash, counters);
    world->anchored = side->anchored;
    world->problem = NULL;
    world->flash.fault = NULL;
    world->flash.reads = 0;
    world->counter_flash.fault = NULL;
    world->counter_flash.reads = 0;
}

static const char *judge_areas(struct side *side, enum truth truth, bool *differs)
{
    struct store_world *world = &side->world;
    *differs = true;
    if (counters_mount(&world->counters, &world->counters_config, NULL) != GARRISON_OK) {
        return NULL; /* a service without counters refuses */
    }
    if (!was_counted(side)) {
        return "a counter that never was so";
    }
    if (store_mount(&world->store, &world->config, &world->report) == GARRISON_OK) {
        *differs = false;
        const char *problem = judge_content(side, truth, differs);
        return problem != NULL ? problem : use(side, truth);
    }
    const enum garrison_status made = store_format(&world->store, &world->config);
    return made == GARRISON_OK || made == GARRISON_ERROR_DEVICE
               ? NULL
               : "it can neither be mounted nor formatted";
}

const char *hostile_judge(enum world_anchoring world_number, const hostile_area area,
                          const uint8_t *counters, bool *changed)
{
    struct side *side = &sides[world_number];
    const struct store_world *world = &side->world;
    const uint8_t *counters_now = side->counters[HOSTILE_NOW];
    enum truth truth = world_number == WORLD_NOT_ANCHORED ? TRUTH_ANY_VALUE : TRUTH_LAST;
    if (counters != NULL && memcmp(counters, counters_now, sizeof(hostile_counters)) != 0 &&
        memcmp(area, side->image[HOSTILE_NOW], sizeof(hostile_area)) != 0) {
        truth = TRUTH_ONE_MOMENT;
    }
    put_in(side, area, counters != NULL ? counters : counters_now);

    bool differs;
    const char *problem = judge_areas(side, truth, &differs);
    if (changed != NULL) {
        *changed = differs;
    }
    if (problem == NULL && world->flash.reads + world->counter_flash.reads > READS_MAX) {
        problem = "it takes far too long";
    }
    if (world->counter_flash.fault != NULL) {
        return world->counter_flash.fault;
    }
    return world->flash.fault != NULL ? world->flash.fault : problem;
}

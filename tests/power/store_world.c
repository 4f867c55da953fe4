#include "power/store_world.h"

#include <string.h>

#define AREA_ID     0x41524541u
#define COUNTERS_ID 0x434F554Eu

/* What use() makes and removes again; no scenario has it. */
static const struct store_key spare = {.owner = -77, .uid = 0xFFFFFFFFFFFFFFFFu};

static enum garrison_status anchor_check(void *context, uint32_t *number,
                                         const uint8_t tag[STORE_TAG_BYTES], bool *matches)
{
    const struct world_anchor *anchored = context;
    if (anchored->power->off) {
        return GARRISON_ERROR_DEVICE;
    }
    *number = anchored->number;
    *matches = memcmp(tag, anchored->tag, STORE_TAG_BYTES) == 0;
    return GARRISON_OK;
}

static enum garrison_status anchor_confirm(void *context, uint32_t number,
                                           const uint8_t tag[STORE_TAG_BYTES])
{
    struct world_anchor *anchored = context;
    if (number <= anchored->number && !anchored->power->off) {
        return GARRISON_ERROR_POLICY;
    }
    if (!flash_power_other(anchored->power)) {
        return GARRISON_ERROR_DEVICE;
    }
    anchored->number = number;
    memcpy(anchored->tag, tag, STORE_TAG_BYTES);
    return anchored->power->off ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

static enum garrison_status counter_check(void *context, uint32_t *number,
                                          const uint8_t tag[STORE_TAG_BYTES], bool *matches)
{
    const struct store_world *world = context;
    struct counter counter;
    const enum garrison_status status = counter_read(&world->counters, 0, &counter);
    *number = counter.value;
    *matches = memcmp(tag, counter.binding, COUNTER_BINDING_BYTES) == 0;
    return status;
}

static enum garrison_status counter_confirm(void *context, uint32_t number,
                                            const uint8_t tag[STORE_TAG_BYTES])
{
    struct store_world *world = context;
    return counter_raise(&world->counters, 0, number, tag);
}

static const struct store_anchor *open_anchor(struct store_world *world,
                                              const struct world_options *options)
{
    flash_emulator_open(&world->counter_flash, &world->power, 2, 512, 16);
    world->counters_config = (struct counters_config){.device = &world->counter_flash.device,
                                                      .protection = options->protection,
                                                      .area_id = COUNTERS_ID};
    world->anchored.power = &world->power;
    world->anchor = (struct store_anchor){
        .context = &world->anchored, .check = anchor_check, .confirm = anchor_confirm};
    if (options->anchor == WORLD_COUNTED) {
        world->anchor = (struct store_anchor){
            .context = world, .check = counter_check, .confirm = counter_confirm};
    }
    return options->anchor == WORLD_NOT_ANCHORED ? NULL : &world->anchor;
}

enum garrison_status world_mount(struct store_world *world)
{
    const enum garrison_status status =
        counters_mount(&world->counters, &world->counters_config, NULL);
    if (status != GARRISON_OK) {
        return status;
    }
    return store_mount(&world->store, &world->config, &world->report);
}

void world_open(struct store_world *world, const struct world_options *options, uint64_t seed)
{
    memset(world, 0, sizeof *world);
    flash_power_init(&world->power, seed);
    flash_emulator_open(&world->flash, &world->power, options->sectors, options->sector, 16);
    world->config = (struct store_config){
        .device = &world->flash.device,
        .protection = options->protection,
        .anchor = open_anchor(world, options),
        .live = world->live,
        .write_format = options->write_format,
        .area_id = AREA_ID,
    };
    if (world_mount(world) != GARRISON_OK) {
        world->problem = "an empty area cannot be mounted";
    }
}

void world_close(struct store_world *world)
{
    flash_emulator_close(&world->flash);
    flash_emulator_close(&world->counter_flash);
}

enum garrison_status world_change(struct store_world *world, const struct model_change *change)
{
    const enum garrison_status status = model_perform(&world->store, &world->config, change);
    world->status = status;
    if (status == GARRISON_ERROR_FULL || status == GARRISON_ERROR_DEVICE) {
        return status;
    }
    if (model_apply(&world->old, change) != status || model_apply(&world->new, change) != status) {
        world->problem = "the store answers otherwise than the model";
    }
    return status;
}

/* ---- as a subject ---- */

static enum garrison_status subject_mount(void *context)
{
    struct store_world *world = context;
    const enum garrison_status status = world_mount(world);
    if (status == GARRISON_OK || !world->each_alone || world->power.off) {
        return status;
    }
    /* A format that was cut short may be all that is there: it is made again. */
    return store_format(&world->store, &world->config);
}

static enum garrison_status subject_change(void *context, enum sweep_look found)
{
    struct store_world *world = context;
    const enum garrison_status status =
        model_perform(&world->store, &world->config, &world->change);
    const bool done = found == SWEEP_NEW;
    if (done && status == GARRISON_ERROR_BLANK && world->change.kind == MODEL_REMOVE) {
        return GARRISON_OK;
    }
    if (done && status == GARRISON_ERROR_POLICY &&
        (world->change.info.flags & STORE_WRITE_ONCE) != 0) {
        return GARRISON_OK;
    }
    return status;
}

static enum sweep_look subject_look(void *context)
{
    struct store_world *world = context;
    return (enum sweep_look)model_match(&world->old, &world->new, world->each_alone, &world->store,
                                        &world->problem);
}

/* `full`: there was no room, and nothing has happened. */
static bool use_once(struct store_world *world, uint64_t seed, bool *full)
{
    const struct model_change set = {
        .kind = MODEL_SET,
        .key = spare,
        .info = {.size = 24, .capacity = 24},
        .seed = seed,
    };
    struct model one = {.count = 0};
    const enum garrison_status status = model_perform(&world->store, &world->config, &set);
    *full = status == GARRISON_ERROR_FULL;
    if (*full) {
        return true;
    }
    (void)model_apply(&one, &set);
    if (status != GARRISON_OK) {
        world->problem = "an object cannot be set";
    } else if (model_match_object(&one, &one, spare, &world->store) != MODEL_BOTH) {
        world->problem = "an object cannot be read back";
    } else if (store_remove(&world->store, spare) != GARRISON_OK) {
        world->problem = "an object cannot be removed";
    } else {
        return true;
    }
    return false;
}

static bool subject_use(void *context, bool turn)
{
    struct store_world *world = context;
    const uint32_t sectors = world->flash.device.size / world->flash.device.sector;
    const uint64_t end = world->flash.erased + sectors + 1u;
    bool full = false;
    for (uint64_t round = 0; round == 0 || (turn && !full && world->flash.erased < end); round++) {
        if (!use_once(world, round, &full)) {
            return false;
        }
        if (round > world->flash.device.size / 16u) {
            world->problem = "the ring does not turn";
            return false;
        }
    }
    return true;
}

static const char *subject_problem(void *context)
{
    const struct store_world *world = context;
    const char *fault =
        world->flash.fault != NULL ? world->flash.fault : world->counter_flash.fault;
    return fault != NULL ? fault : world->problem;
}

struct sweep_subject world_subject(struct store_world *world)
{
    return (struct sweep_subject){
        .context = world,
        .power = &world->power,
        .lasting = {{world->flash.bytes, flash_emulator_image_bytes(&world->flash)},
                    {&world->anchored, sizeof world->anchored},
                    {world->counter_flash.bytes,
                     flash_emulator_image_bytes(&world->counter_flash)}},
        .fleeting = {{&world->store, sizeof world->store},
                     {&world->counters, sizeof world->counters},
                     {world->live, STORE_LIVE_WORDS(world->flash.device.size) * sizeof(uint32_t)}},
        .mount = subject_mount,
        .change = subject_change,
        .look = subject_look,
        .use = subject_use,
        .problem = subject_problem,
    };
}

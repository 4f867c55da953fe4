/*
 * Power cuts at every flash operation of a counter's step, the turn of a sector included.
 *
 * usage: counter_sweep and the options of sweep_jobs.h
 */
#include "power/sweep_jobs.h"

#include <string.h>

#include "store/counter.h"
#include "support/toy_protection.h"

#define STEPPED 3u                 /* the counter that is stepped */
#define SPARE   (COUNTER_MAX - 1u) /* the one that use() steps */

static struct toy_protection toy;

struct world {
    struct flash_power power;
    struct flash_emulator flash;
    struct counters_config config;
    struct counters counters;
    struct counter old[COUNTER_MAX];
    struct counter new[COUNTER_MAX];
    const char *problem;
};

static struct counter nth_step(unsigned id, uint32_t value)
{
    struct counter counter = {.value = value};
    for (unsigned i = 0; i < COUNTER_BINDING_BYTES; i++) {
        counter.binding[i] = (uint8_t)(value * 31u + id * 7u + i);
    }
    return counter;
}

static bool same(const struct counter *a, const struct counter *b)
{
    return a->value == b->value && memcmp(a->binding, b->binding, sizeof a->binding) == 0;
}

static enum garrison_status step(struct world *world, unsigned id, const struct counter *to)
{
    return counter_raise(&world->counters, id, to->value, to->binding);
}

static enum garrison_status mount(void *context)
{
    struct world *world = context;
    return counters_mount(&world->counters, &world->config, NULL);
}

static enum garrison_status change(void *context, enum sweep_look found)
{
    struct world *world = context;
    (void)found;
    return step(world, STEPPED, &world->new[STEPPED]);
}

static enum sweep_look look(void *context)
{
    struct world *world = context;
    unsigned match = SWEEP_SAME;
    for (unsigned id = 0; id < COUNTER_MAX; id++) {
        struct counter counter;
        if (counter_read(&world->counters, id, &counter) != GARRISON_OK) {
            return SWEEP_BROKEN;
        }
        if (id == SPARE) {
            continue;
        }
        const bool old = same(&counter, &world->old[id]);
        const bool new = same(&counter, &world->new[id]);
        match &= (old ? SWEEP_OLD : 0u) | (new ? SWEEP_NEW : 0u);
    }
    return (enum sweep_look)match;
}

static bool use(void *context, bool turn)
{
    struct world *world = context;
    const uint64_t end =
        world->flash.erased + world->flash.device.size / world->flash.device.sector;
    for (uint32_t round = 0; round == 0 || (turn && world->flash.erased <= end); round++) {
        struct counter counter;
        if (counter_read(&world->counters, SPARE, &counter) != GARRISON_OK) {
            return false;
        }
        const struct counter next = nth_step(SPARE, counter.value + 1u);
        if (step(world, SPARE, &next) != GARRISON_OK ||
            counter_read(&world->counters, SPARE, &counter) != GARRISON_OK ||
            !same(&counter, &next) || round > world->flash.device.size / 16u) {
            world->problem = "a counter cannot be stepped";
            return false;
        }
    }
    return true;
}

static const char *problem(void *context)
{
    const struct world *world = context;
    return world->flash.fault != NULL ? world->flash.fault : world->problem;
}

static bool open_world(struct world *world, uint32_t sectors, uint32_t steps)
{
    memset(world, 0, sizeof *world);
    flash_power_init(&world->power, steps);
    flash_emulator_open(&world->flash, &world->power, sectors, 512, 16);
    world->config = (struct counters_config){
        .device = &world->flash.device, .protection = &toy.protection, .area_id = 5};
    bool good = mount(world) == GARRISON_OK;
    for (uint32_t i = 0; i < steps && good; i++) {
        const unsigned id = i % 5u;
        world->old[id] = nth_step(id, i + 1u);
        good = step(world, id, &world->old[id]) == GARRISON_OK;
    }
    memcpy(world->new, world->old, sizeof world->new);
    world->new[STEPPED] = nth_step(STEPPED, steps + 9u);
    return good;
}

/* Every number of steps up to two turns of the ring is a starting point. */
static const char *run(unsigned number, uint32_t age, const struct sweep_plan *plan,
                       struct sweep_result *result)
{
    static struct world world;
    if (!open_world(&world, number, age)) {
        return "a step was refused";
    }
    const struct sweep_subject subject = {
        .context = &world,
        .power = &world.power,
        .lasting = {{world.flash.bytes, flash_emulator_image_bytes(&world.flash)}},
        .fleeting = {{&world.counters, sizeof world.counters}},
        .mount = mount,
        .change = change,
        .look = look,
        .use = use,
        .problem = problem,
    };
    sweep_run(&subject, plan, result);
    flash_emulator_close(&world.flash);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct sweep_entry entries[] = {
        {"counter_2_sectors", 80, 2, run},
        {"counter_3_sectors", 120, 3, run},
    };
    toy_protection_init(&toy, 1);
    return sweep_main(argc, argv, entries, 2);
}

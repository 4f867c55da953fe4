/*
 * Random operations on a store and on a list in memory that must agree, with power cuts, remounts,
 * areas that are almost full, and all sizes of them.
 *
 * usage: test_store_model [--seed N] [--operations N] [--seconds N] [--runs N]
 *   --operations N  goes on until there were so many, and fails if it ends with fewer
 *   --seconds N     begins no further run after so many seconds; 15 if nothing else ends it
 *   --runs N        ends after so many
 * A run is a new area; the seed of run n is the seed plus n. A difference prints the command that
 * repeats its run alone. GARRISON_SEED is the seed when none is given.
 */
#include "power/store_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/toy_protection.h"

#define STEPS  3000u
#define OWNERS 4u
#define UIDS   8u

static struct store_world world;
static struct toy_protection toy;
static uint32_t world_limit; /* bytes of the largest object that is tried */

struct totals {
    uint64_t runs;
    uint64_t steps;
    uint64_t cuts;
    uint64_t full;
    uint64_t changes;
};

static uint64_t below(uint64_t *random, uint64_t limit)
{
    return flash_random(random) % limit;
}

static struct store_key any_key(uint64_t *random)
{
    static const int32_t owners[OWNERS] = {1, -1, INT32_MIN, 0x7FFFFFFF};
    return (struct store_key){
        .owner = owners[below(random, OWNERS)],
        .uid = below(random, UIDS) * UINT64_C(0x100000001),
    };
}

/* Sizes that matter: small ones mostly, and all around a whole number of chunks. */
static uint32_t any_size(uint64_t *random, uint32_t limit)
{
    uint64_t size = below(random, 160);
    if (below(random, 8) == 0) {
        size = below(random, 3u * STORE_CHUNK_BYTES + 2u);
    }
    if (below(random, 12) == 0) {
        size = below(random, 3) * STORE_CHUNK_BYTES + below(random, 3);
    }
    return (uint32_t)(size < limit ? size : limit);
}

static struct model_change any_change(uint64_t *random, uint32_t limit)
{
    struct model_change change = {.key = any_key(random), .seed = flash_random(random)};
    const uint64_t kind = below(random, 100);
    if (kind < 20) {
        change.kind = MODEL_REMOVE;
    } else if (kind < 40) {
        change.kind = MODEL_WRITE;
        change.off = any_size(random, limit);
        change.len = any_size(random, limit);
    } else if (kind == 40 && below(random, 8) == 0) {
        change.kind = MODEL_UPGRADE;
    } else {
        change.kind = MODEL_SET;
        change.info.size = any_size(random, limit);
        change.info.capacity = change.info.size;
        if (below(random, 4) == 0) {
            change.info.capacity = any_size(random, limit);
        }
        change.info.flags = (uint32_t)below(random, 0x4000) << 1;
        if (below(random, 200) == 0) {
            change.info.flags |= STORE_WRITE_ONCE;
        }
    }
    return change;
}

/* An empty world of any shape; the largest object that is tried in it. */
static uint32_t open_world(uint64_t *random)
{
    static const uint32_t sectors[] = {512, 1024, 2048, 8192};
    struct world_options options = {
        .sector = sectors[below(random, 4)],
        .anchor = (enum world_anchoring)below(random, 3),
        .write_format = below(random, 4) == 0 ? STORE_FORMAT_OLDEST : 0,
        .protection = &toy.protection,
    };
    const uint64_t most = options.sector == 8192 ? 3 : 6;
    options.sectors = 2u + (uint32_t)below(random, most);
    world_open(&world, &options, flash_random(random));
    return options.sector == 512 ? 200 : 3u * STORE_CHUNK_BYTES + 1u;
}

/* Bytes of flash that an object takes at most: its head, and chunks of `part` bytes. */
static uint64_t object_bytes(uint64_t size, uint64_t part)
{
    return 48u + 32u + 16u + (size / part + 1u) * (48u + 16u) + size;
}

/* With this little in it, the area cannot be full: docs/SPEC.md says what is lost in each sector. */
static bool has_room(const struct model_change *change)
{
    const struct flash_device *device = &world.flash.device;
    const uint64_t part =
        device->sector / 8u < STORE_CHUNK_BYTES ? device->sector / 8u : STORE_CHUNK_BYTES;
    const uint64_t lost = 128u + 48u + 32u + part;
    const struct model_object *object = model_find(&world.new, change->key);
    uint64_t needed = 160u; /* two tombstones */
    for (unsigned i = 0; i < world.old.count; i++) {
        needed += object_bytes(world.old.object[i].info.capacity, part);
    }
    needed += object_bytes(object == NULL ? 0 : object->info.capacity, part);
    return needed <= (device->size / device->sector - 1u) * (device->sector - lost);
}

static bool matches(enum model_match *match)
{
    *match = model_match(&world.old, &world.new, false, &world.store, &world.problem);
    return *match != MODEL_NEITHER;
}

/* Mounts after a power cut, with more of them meanwhile. */
static bool mount_again(uint64_t *random, struct totals *totals)
{
    for (;;) {
        flash_power_on(&world.power);
        if (below(random, 4) == 0) {
            flash_power_arm(&world.power, (uint32_t)below(random, 40),
                            (enum flash_cut)below(random, FLASH_CUT_KINDS));
        }
        const enum garrison_status status = world_mount(&world);
        if (!world.power.off) {
            flash_power_on(&world.power);
            world.problem = status == GARRISON_OK ? world.problem : "it cannot be mounted";
            return status == GARRISON_OK;
        }
        totals->cuts++;
    }
}

/* Whether the store may answer so to a change that the model answers with `expected`. */
static bool is_answer(enum garrison_status status, enum garrison_status expected,
                      const struct model_change *change)
{
    if (status == GARRISON_ERROR_FULL && expected == GARRISON_OK) {
        return change->kind != MODEL_REMOVE && !has_room(change);
    }
    return status == expected;
}

static bool change_once(uint64_t *random, bool cut, struct totals *totals)
{
    const struct model_change change = any_change(random, world_limit);
    const enum garrison_status expected = model_apply(&world.new, &change);
    enum model_match match;
    if (cut) {
        flash_power_arm(&world.power, (uint32_t)below(random, below(random, 2) == 0 ? 12 : 150),
                        (enum flash_cut)below(random, FLASH_CUT_KINDS));
    }
    const enum garrison_status status = model_perform(&world.store, &world.config, &change);
    totals->changes++;
    totals->full += status == GARRISON_ERROR_FULL;
    totals->cuts += world.power.off;
    if (!world.power.off && !is_answer(status, expected, &change)) {
        world.problem = garrison_status_text(status);
        return false;
    }
    if (cut && !mount_again(random, totals)) {
        return false;
    }
    const bool all = cut || below(random, 40) == 0;
    match = all ? model_match(&world.old, &world.new, false, &world.store, &world.problem)
                : model_match_object(&world.old, &world.new, change.key, &world.store);
    if (match == MODEL_NEITHER || (status == GARRISON_OK && (match & MODEL_NEW) == 0) ||
        (status == GARRISON_ERROR_FULL && (match & MODEL_OLD) == 0)) {
        world.problem = match == MODEL_NEITHER ? "neither the old nor the new value is there"
                                               : "the answer and the content do not agree";
        return false;
    }
    if ((match & MODEL_NEW) != 0) {
        model_copy(&world.old, &world.new);
    } else {
        model_copy(&world.new, &world.old);
    }
    return true;
}

/* Any range of any object, those that leave it included. */
static bool read_once(uint64_t *random)
{
    const struct store_key key = any_key(random);
    const struct model_object *object = model_find(&world.old, key);
    const uint32_t off = any_size(random, MODEL_BYTES);
    const uint32_t len = any_size(random, MODEL_BYTES);
    uint8_t data[MODEL_BYTES];
    const enum garrison_status status = store_read(&world.store, key, off, data, len);
    if (object == NULL) {
        world.problem = "an absent object is read";
        return status == GARRISON_ERROR_BLANK;
    }
    world.problem = "a range is read wrongly";
    if (off > object->info.size || len > object->info.size - off) {
        return status == GARRISON_ERROR_ARGUMENT;
    }
    return status == GARRISON_OK && memcmp(data, object->data + off, len) == 0;
}

static bool step(uint64_t *random, struct totals *totals)
{
    const uint64_t what = below(random, 100);
    if (what < 30) {
        const bool good = read_once(random);
        world.problem = good ? NULL : world.problem;
        return good;
    }
    if (what < 33) {
        enum model_match match;
        return mount_again(random, totals) && matches(&match);
    }
    return change_once(random, what < 48, totals);
}

static bool run(uint64_t seed, struct totals *totals)
{
    uint64_t random = seed;
    bool good;
    const char *fault;
    uint32_t number = 0;
    world_limit = open_world(&random);
    for (good = world.problem == NULL; good && number < STEPS; number++) {
        good =
            step(&random, totals) && world.flash.fault == NULL && world.counter_flash.fault == NULL;
    }
    totals->runs++;
    totals->steps += number;
    fault = world.flash.fault != NULL ? world.flash.fault : world.counter_flash.fault;
    if (!good) {
        fprintf(stderr,
                "test_store_model: step %u: %s (%u sectors of %u bytes, anchor %u)\n"
                "  repeat with: --seed %llu --runs 1\n",
                number, fault != NULL ? fault : world.problem,
                world.flash.device.size / world.flash.device.sector, world.flash.device.sector,
                world.config.anchor != NULL, (unsigned long long)seed);
    }
    world_close(&world);
    return good;
}

static double now_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint64_t number_of(const char *text)
{
    char *end;
    const uint64_t value = strtoull(text, &end, 0);
    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "test_store_model: not a number: %s\n", text);
        exit(2);
    }
    return value;
}

struct options {
    uint64_t seed;
    uint64_t operations;
    uint64_t seconds;
    uint64_t runs;
};

static struct options read_options(int argc, char **argv)
{
    const char *environment = getenv("GARRISON_SEED");
    struct options options = {.seed = environment != NULL ? number_of(environment) : 1};
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--seed") == 0) {
            options.seed = number_of(value);
        } else if (strcmp(argv[i], "--operations") == 0) {
            options.operations = number_of(value);
        } else if (strcmp(argv[i], "--seconds") == 0) {
            options.seconds = number_of(value);
        } else if (strcmp(argv[i], "--runs") == 0) {
            options.runs = number_of(value);
        } else {
            fprintf(stderr, "test_store_model: unknown option: %s\n", argv[i]);
            exit(2);
        }
    }
    if (options.operations == 0 && options.seconds == 0 && options.runs == 0) {
        options.seconds = 15;
    }
    return options;
}

/* Whether another run is to begin. */
static bool goes_on(const struct options *options, const struct totals *totals, double start)
{
    return (options->operations == 0 || totals->steps < options->operations) &&
           (options->runs == 0 || totals->runs < options->runs) &&
           (options->seconds == 0 || now_s() - start < (double)options->seconds);
}

int main(int argc, char **argv)
{
    const struct options options = read_options(argc, argv);
    struct totals totals = {0};
    printf("seed %llu\n", (unsigned long long)options.seed);
    toy_protection_init(&toy, 1);
    bool good = true;
    const double start = now_s();
    while (good && goes_on(&options, &totals, start)) {
        good = run(options.seed + totals.runs, &totals);
    }
    printf("%llu areas, %llu operations, %llu changes, %llu power cuts, %llu times full: %s\n",
           (unsigned long long)totals.runs, (unsigned long long)totals.steps,
           (unsigned long long)totals.changes, (unsigned long long)totals.cuts,
           (unsigned long long)totals.full, good ? "no difference" : "A DIFFERENCE");
    if (good && totals.steps < options.operations) {
        fprintf(stderr, "test_store_model: too few operations, %llu were asked for\n",
                (unsigned long long)options.operations);
        return 1;
    }
    return good ? 0 : 1;
}

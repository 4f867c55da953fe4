/* What storing costs: erases and bytes for each change, and how many a second the host makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "power/store_world.h"
#include "services/storage_protection.h"
#include "store/counter.h"

#define SECTOR  0x2000u
#define SETS    20000u
#define OBJECTS 8u

static struct storage_keys keys;
static const struct store_protection protection = {
    .context = &keys, .seal = storage_seal, .open = storage_open};

static double now_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void need(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "bench_store: %s\n", what);
        exit(1);
    }
}

/* ---- an anchor that is a counter ---- */

struct counter_anchor {
    struct flash_emulator flash;
    struct counters_config config;
    struct counters counters;
};

static enum garrison_status check(void *context, uint32_t *number,
                                  const uint8_t tag[STORE_TAG_BYTES], bool *matches)
{
    const struct counter_anchor *anchor = context;
    struct counter counter;
    const enum garrison_status status = counter_read(&anchor->counters, 0, &counter);
    *number = counter.value;
    *matches = memcmp(tag, counter.binding, COUNTER_BINDING_BYTES) == 0;
    return status;
}

static enum garrison_status confirm(void *context, uint32_t number,
                                    const uint8_t tag[STORE_TAG_BYTES])
{
    struct counter_anchor *anchor = context;
    return counter_raise(&anchor->counters, 0, number, tag);
}

/* ---- figures ---- */

/* Sets eight objects of 32 to 144 bytes in turn. */
static void measure(const char *name, bool anchored)
{
    static struct store_world world;
    static struct counter_anchor counter;
    const struct store_anchor anchor = {.context = &counter, .check = check, .confirm = confirm};
    const struct world_options options = {
        .sectors = 2, .sector = SECTOR, .protection = &protection};
    world_open(&world, &options, 1);
    flash_emulator_open(&counter.flash, &world.power, 2, SECTOR, 16);
    counter.config = (struct counters_config){
        .device = &counter.flash.device, .protection = &protection, .area_id = 2};
    need(counters_mount(&counter.counters, &counter.config, NULL) == GARRISON_OK, "no counters");
    world.config.anchor = anchored ? &anchor : NULL;
    need(store_format(&world.store, &world.config) == GARRISON_OK, "no store");
    const uint64_t erased = world.flash.erased + counter.flash.erased;
    const uint64_t programmed = world.flash.programmed + counter.flash.programmed;
    const double start = now_s();
    for (uint32_t i = 0; i < SETS; i++) {
        const uint32_t size = 32u + i % OBJECTS * 16u;
        const struct model_change change = {.kind = MODEL_SET,
                                            .key = {.owner = 1, .uid = 1u + i % OBJECTS},
                                            .info = {.size = size, .capacity = size},
                                            .seed = i};
        need(world_change(&world, &change) == GARRISON_OK, "cannot set");
    }
    const double seconds = now_s() - start;
    need(world.flash.fault == NULL && counter.flash.fault == NULL && world.problem == NULL,
         "a rule was broken");
    printf("store.%s_erases_per_set = %.4f\n", name,
           (double)(world.flash.erased + counter.flash.erased - erased) / SETS);
    printf("store.%s_bytes_per_set = %.1f bytes\n", name,
           (double)(world.flash.programmed + counter.flash.programmed - programmed) * 16.0 / SETS);
    printf("store.%s_sets_per_second = %.0f\n", name, SETS / seconds);
    flash_emulator_close(&counter.flash);
    world_close(&world);
}

int main(void)
{
    static const uint8_t key[STORAGE_KEY_BYTES] = {1, 2, 3};
    need(storage_keys_init(&keys, key, sizeof key) == GARRISON_OK, "no keys");
    measure("its", false);
    measure("ps", true);
    return 0;
}

/* How many increments of a counter one erase lasts for, in sectors as the part has them. */
#include <stdio.h>
#include <stdlib.h>

#include "services/storage_protection.h"
#include "store/counter.h"
#include "support/flash_emulator.h"

#define SECTORS    2u
#define SECTOR     8192u
#define INCREMENTS 100000u

static void need(enum garrison_status status, const char *what)
{
    if (status != GARRISON_OK) {
        fprintf(stderr, "bench_counter: %s\n", what);
        exit(1);
    }
}

int main(void)
{
    static const uint8_t key[STORAGE_KEY_BYTES] = {1};
    static struct flash_power power;
    static struct flash_emulator flash;
    static struct storage_keys keys;
    static struct counters counters;
    flash_power_init(&power, 1);
    flash_emulator_open(&flash, &power, SECTORS, SECTOR, 16);
    need(storage_keys_init(&keys, key, sizeof key), "storage_keys_init");
    const struct store_protection protection = {
        .context = &keys, .seal = storage_seal, .open = storage_open};
    const struct counters_config config = {.device = &flash.device, .protection = &protection};
    need(counters_mount(&counters, &config, NULL), "counters_mount");
    for (uint32_t i = 1; i <= INCREMENTS; i++) {
        need(counter_raise(&counters, i % COUNTER_MAX, i, NULL), "counter_raise");
    }
    printf("store.counter_increments_per_erase = %.1f steps\n",
           (double)INCREMENTS / (double)flash.erased);
    flash_emulator_close(&flash);
    return 0;
}

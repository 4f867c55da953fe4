#include "services/ps.h"

#include <stdbool.h>

#include <garrison/area.h>

#include "services/ps_protocol.h"
#include "services/storage.h"
#include "services/storage_anchor.h"
#include "services/storage_protection.h"

/** Areas of the partition, and what is bound into their records. */
#define AREA             0u
#define AREA_ID          2u
#define COUNTERS_AREA    1u
#define COUNTERS_AREA_ID 3u

/** The counter that says which state of the area is the newest; the others are free. */
#define COUNTER 0u

_Static_assert(STORAGE_KEY_BYTES == 64, "the manager gives a whole key");

/** The largest area there is memory for. */
#define AREA_BYTES_MAX 0x20000u

static struct storage_keys keys;
static bool has_key;
static struct storage storage;
static uint32_t live[STORE_LIVE_WORDS(AREA_BYTES_MAX)];
static struct counters_config counters_config;
static struct counters counters;
static struct storage_anchor counter = {.counters = &counters, .id = COUNTER};

static const struct store_protection protection = {
    .context = &keys,
    .seal = storage_seal,
    .open = storage_open,
};

static const struct store_anchor anchor = {
    .context = &counter,
    .check = storage_anchor_check,
    .confirm = storage_anchor_confirm,
};

static enum garrison_status mount_counters(void)
{
    counters_config = (struct counters_config){
        .device = area_device(COUNTERS_AREA),
        .protection = &protection,
        .area_id = COUNTERS_AREA_ID,
    };
    return counters_config.device != NULL ? counters_mount(&counters, &counters_config, NULL)
                                          : GARRISON_ERROR_ARGUMENT;
}

static enum garrison_status configure(struct store_config *config)
{
    const struct flash_device *device = area_device(AREA);
    if (!has_key) {
        return GARRISON_ERROR_KEY;
    }
    if (device == NULL || device->size > AREA_BYTES_MAX) {
        return GARRISON_ERROR_ARGUMENT;
    }
    const enum garrison_status status = mount_counters();
    if (status != GARRISON_OK) {
        return status;
    }
    *config = (struct store_config){
        .device = device,
        .protection = &protection,
        .anchor = &anchor,
        .live = live,
        .area_id = AREA_ID,
    };
    return GARRISON_OK;
}

static const struct storage_service service = {
    .functions = STORAGE_BIT(STORAGE_SET) | STORAGE_BIT(STORAGE_GET) | STORAGE_BIT(STORAGE_INFO) |
                 STORAGE_BIT(STORAGE_REMOVE) | STORAGE_BIT(STORAGE_CREATE) |
                 STORAGE_BIT(STORAGE_WRITE) | STORAGE_BIT(STORAGE_SUPPORTS) |
                 STORAGE_BIT(STORAGE_REPORT),
    .configure = configure,
};

void ps_note_key(const uint8_t *key)
{
    storage_forget(&storage);
    storage_keys_fini(&keys);
    has_key = key != NULL && storage_keys_init(&keys, key, STORAGE_KEY_BYTES) == GARRISON_OK;
}

psa_status_t ps_service(const psa_msg_t *message)
{
    return storage_serve(&service, &storage, message);
}

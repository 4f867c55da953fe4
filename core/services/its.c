#include "services/its.h"

#include <stdbool.h>

#include <garrison/area.h>

#include "services/its_protocol.h"
#include "services/storage.h"
#include "services/storage_protection.h"

/** Area of the partition, and what is bound into its records. */
#define AREA    0u
#define AREA_ID 1u

_Static_assert(STORAGE_KEY_BYTES == 64, "the manager gives a whole key");

/** The largest area there is memory for. */
#define AREA_BYTES_MAX 0x10000u

static struct storage_keys keys;
static bool has_key;
static struct storage storage;
static uint32_t live[STORE_LIVE_WORDS(AREA_BYTES_MAX)];

static const struct store_protection protection = {
    .context = &keys,
    .seal = storage_seal,
    .open = storage_open,
};

static enum garrison_status configure(struct store_config *config)
{
    const struct flash_device *device = area_device(AREA);
    if (!has_key) {
        return GARRISON_ERROR_KEY;
    }
    if (device == NULL || device->size > AREA_BYTES_MAX) {
        return GARRISON_ERROR_ARGUMENT;
    }
    *config = (struct store_config){
        .device = device,
        .protection = &protection,
        .live = live,
        .area_id = AREA_ID,
    };
    return GARRISON_OK;
}

static const struct storage_service service = {
    .functions = STORAGE_BIT(STORAGE_SET) | STORAGE_BIT(STORAGE_GET) | STORAGE_BIT(STORAGE_INFO) |
                 STORAGE_BIT(STORAGE_REMOVE) | STORAGE_BIT(STORAGE_REPORT),
    .configure = configure,
};

void its_note_key(const uint8_t *key)
{
    storage_forget(&storage);
    storage_keys_fini(&keys);
    has_key = key != NULL && storage_keys_init(&keys, key, STORAGE_KEY_BYTES) == GARRISON_OK;
}

psa_status_t its_service(const psa_msg_t *message)
{
    return storage_serve(&service, &storage, message);
}

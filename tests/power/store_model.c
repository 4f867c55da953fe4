#include "power/store_model.h"

#include <string.h>

#include "support/flash_emulator.h"

static bool same_key(struct store_key a, struct store_key b)
{
    return a.owner == b.owner && a.uid == b.uid;
}

static const struct model_object *look_up(const struct model *model, struct store_key key)
{
    for (unsigned i = 0; i < model->count; i++) {
        if (same_key(model->object[i].key, key)) {
            return &model->object[i];
        }
    }
    return NULL;
}

struct model_object *model_find(struct model *model, struct store_key key)
{
    return (struct model_object *)look_up(model, key);
}

static void copy_object(struct model_object *to, const struct model_object *from)
{
    to->key = from->key;
    to->info = from->info;
    memcpy(to->data, from->data, from->info.size);
}

void model_copy(struct model *to, const struct model *from)
{
    for (unsigned i = 0; i < from->count; i++) {
        copy_object(&to->object[i], &from->object[i]);
    }
    to->count = from->count;
}

static void fill(uint64_t seed, uint8_t *data, uint32_t len)
{
    for (uint32_t done = 0; done < len; done += 8u) {
        const uint64_t value = flash_random(&seed);
        memcpy(data + done, &value, len - done < 8u ? len - done : 8u);
    }
}

static enum garrison_status apply_set(struct model *model, const struct model_change *change)
{
    struct model_object *object = model_find(model, change->key);
    if (change->info.size > change->info.capacity) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (object != NULL && (object->info.flags & STORE_WRITE_ONCE) != 0) {
        return GARRISON_ERROR_POLICY;
    }
    if (object == NULL) {
        object = &model->object[model->count++];
    }
    object->key = change->key;
    object->info = change->info;
    fill(change->seed, object->data, change->info.size);
    return GARRISON_OK;
}

static enum garrison_status apply_write(struct model_object *object,
                                        const struct model_change *change)
{
    if (object == NULL) {
        return GARRISON_ERROR_BLANK;
    }
    if ((object->info.flags & STORE_WRITE_ONCE) != 0) {
        return GARRISON_ERROR_POLICY;
    }
    if (change->off > object->info.size || change->len > object->info.capacity - change->off) {
        return GARRISON_ERROR_ARGUMENT;
    }
    fill(change->seed, object->data + change->off, change->len);
    if (change->off + change->len > object->info.size) {
        object->info.size = change->off + change->len;
    }
    return GARRISON_OK;
}

static enum garrison_status apply_remove(struct model *model, struct model_object *object)
{
    if (object == NULL) {
        return GARRISON_ERROR_BLANK;
    }
    if ((object->info.flags & STORE_WRITE_ONCE) != 0) {
        return GARRISON_ERROR_POLICY;
    }
    const struct model_object *last = &model->object[--model->count];
    if (object != last) {
        copy_object(object, last);
    }
    return GARRISON_OK;
}

enum garrison_status model_apply(struct model *model, const struct model_change *change)
{
    switch (change->kind) {
    case MODEL_SET:
        return apply_set(model, change);
    case MODEL_WRITE:
        return apply_write(model_find(model, change->key), change);
    case MODEL_REMOVE:
        return apply_remove(model, model_find(model, change->key));
    case MODEL_FORMAT:
        model->count = 0;
        return GARRISON_OK;
    case MODEL_UPGRADE:
        break;
    }
    return GARRISON_OK;
}

/* Data for a change: a source that hands out a buffer. */
struct portion {
    uint8_t data[MODEL_BYTES];
    uint32_t done;
};

static enum garrison_status next_portion(void *context, uint8_t *data, uint32_t len)
{
    struct portion *portion = context;
    memcpy(data, portion->data + portion->done, len);
    portion->done += len;
    return GARRISON_OK;
}

enum garrison_status model_perform(struct store *store, const struct store_config *config,
                                   const struct model_change *change)
{
    struct portion portion;
    portion.done = 0;
    switch (change->kind) {
    case MODEL_SET:
        fill(change->seed, portion.data, change->info.size);
        return store_set(store, change->key, &change->info, next_portion, &portion);
    case MODEL_WRITE:
        fill(change->seed, portion.data, change->len);
        return store_write(store, change->key, change->off, change->len, next_portion, &portion);
    case MODEL_REMOVE:
        return store_remove(store, change->key);
    case MODEL_FORMAT:
        return store_format(store, config);
    case MODEL_UPGRADE:
        break;
    }
    return store_upgrade(store);
}

static bool same_object(const struct model_object *object, enum garrison_status status,
                        const struct store_info *info, const uint8_t *data)
{
    if (object == NULL || status != GARRISON_OK) {
        return object == NULL && status == GARRISON_ERROR_BLANK;
    }
    return info->size == object->info.size && info->capacity == object->info.capacity &&
           info->flags == object->info.flags && memcmp(data, object->data, info->size) == 0;
}

enum model_match model_match_object(const struct model *old, const struct model *new,
                                    struct store_key key, struct store *store)
{
    struct store_info info = {0};
    uint8_t data[MODEL_BYTES];
    enum garrison_status status = store_info(store, key, &info);
    if (status == GARRISON_OK && info.size > sizeof data) {
        return MODEL_NEITHER;
    }
    if (status == GARRISON_OK) {
        status = store_read(store, key, 0, data, info.size);
        if (status == GARRISON_ERROR_BLANK) {
            return MODEL_NEITHER; /* it was there a moment ago */
        }
    }
    const bool as_old = same_object(look_up(old, key), status, &info, data);
    const bool as_new = same_object(look_up(new, key), status, &info, data);
    return (enum model_match)((as_old ? MODEL_OLD : 0) | (as_new ? MODEL_NEW : 0));
}

struct listing {
    const struct model *old;
    const struct model *new;
    unsigned count;
    bool stranger;
};

static bool list_object(void *context, struct store_key key, const struct store_info *info)
{
    struct listing *listing = context;
    const struct model_object *old = look_up(listing->old, key);
    const struct model_object *new = look_up(listing->new, key);
    listing->count++;
    listing->stranger |= !(old != NULL && memcmp(&old->info, info, sizeof *info) == 0) &&
                         !(new != NULL &&memcmp(&new->info, info, sizeof *info) == 0);
    return true;
}

/* Objects of the model that the store has. */
static enum model_match match_objects(const struct model *objects, const struct model *old,
                                      const struct model *new, bool each_alone, struct store *store,
                                      enum model_match match)
{
    bool all_new = true;
    for (unsigned i = 0; i < objects->count && match != MODEL_NEITHER; i++) {
        const enum model_match one = model_match_object(old, new, objects->object[i].key, store);
        all_new = all_new && (one & MODEL_NEW) != 0;
        if (!each_alone) {
            match = (enum model_match)(match & one);
        } else if (one == MODEL_NEITHER) {
            match = MODEL_NEITHER;
        }
    }
    if (each_alone && match != MODEL_NEITHER && !all_new) {
        return MODEL_OLD;
    }
    return match;
}

enum model_match model_match(const struct model *old, const struct model *new, bool each_alone,
                             struct store *store, const char **problem)
{
    enum model_match match = match_objects(old, old, new, each_alone, store, MODEL_BOTH);
    match = match_objects(new, old, new, each_alone, store, match);
    if (match == MODEL_NEITHER) {
        *problem = "an object has neither its old nor its new value";
        return match;
    }
    struct listing listing = {.old = old, .new = new};
    if (store_each(store, list_object, &listing) != GARRISON_OK || listing.stranger) {
        *problem = "the list has an object that is not there";
        return MODEL_NEITHER;
    }
    if (!each_alone && !((match & MODEL_OLD) != 0 && listing.count == old->count) &&
        !((match & MODEL_NEW) != 0 && listing.count == new->count)) {
        *problem = "the list has too few objects, or one twice";
        return MODEL_NEITHER;
    }
    return match;
}

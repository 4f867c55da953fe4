/*
 * What a store should hold: a plain list in memory, and the changes that tests make to both.
 */
#pragma once

#include <stdbool.h>

#include "store/store.h"

#define MODEL_OBJECTS 48u
#define MODEL_BYTES   4096u /**< Of the largest object. */

enum model_kind { MODEL_SET, MODEL_WRITE, MODEL_REMOVE, MODEL_FORMAT, MODEL_UPGRADE };

/** A change. Its data are drawn from `seed`. */
struct model_change {
    enum model_kind kind;
    struct store_key key;
    struct store_info info; /**< Of MODEL_SET. */
    uint32_t off;           /**< Of MODEL_WRITE. */
    uint32_t len;
    uint64_t seed;
};

struct model_object {
    struct store_key key;
    struct store_info info;
    uint8_t data[MODEL_BYTES];
};

struct model {
    struct model_object object[MODEL_OBJECTS];
    unsigned count;
};

struct model_object *model_find(struct model *model, struct store_key key);

/** Copies what there is, and no more. */
void model_copy(struct model *to, const struct model *from);

/** Makes the change in the model; the status that a store with enough room answers. */
enum garrison_status model_apply(struct model *model, const struct model_change *change);

/** Makes it in the store; `config` is for MODEL_FORMAT. */
enum garrison_status model_perform(struct store *store, const struct store_config *config,
                                   const struct model_change *change);

/** How an object compares with what one of two models says. */
enum model_match { MODEL_NEITHER = 0, MODEL_OLD = 1, MODEL_NEW = 2, MODEL_BOTH = 3 };

/** Compares the object with that key; an object that a model does not have must be absent. */
enum model_match model_match_object(const struct model *old, const struct model *new,
                                    struct store_key key, struct store *store);

/**
 * Compares the whole store, its list of objects included.
 * @param each_alone  each object may be old or new, whatever the others are; the answer is then
 *                    MODEL_OLD unless all are new
 * @param problem     what is wrong, when the answer is MODEL_NEITHER
 */
enum model_match model_match(const struct model *old, const struct model *new, bool each_alone,
                             struct store *store, const char **problem);

/*
 * From a device description to what is written into a device, all of it checked.
 */
#pragma once

#include <garrison/keys.h>
#include <garrison/layout.h>

#include "device_config.h"
#include "file.h"
#include "provision_options.h"

#define PLAN_IMAGES_MAX 32u

/** A private key that images are encrypted to, for the stage of one level. */
struct plan_image_key {
    bool given;
    uint32_t off; /**< In the keys store. */
    uint8_t secret[IMAGE_KEY_BYTES];
};

/** One for the uROT's images, one for all others. */
#define PLAN_IMAGE_KEYS 2u

struct plan_image {
    const struct device_image *config;
    struct file_data file;
};

struct provision_plan {
    struct config *config;
    struct device_values values;
    struct sim_identity identity;
    struct plan_options options;
    struct layout_record layout;
    struct key_record keys; /**< count 0: not written, nor is the layout. */
    struct plan_image_key image_key[PLAN_IMAGE_KEYS];
    struct plan_image image[PLAN_IMAGES_MAX];
    unsigned images;
};

/**
 * Reads the description and every file it names, and checks that they fit together.
 * @param allow_invalid  an image that its stage will refuse is reported, and accepted
 * @return EXIT_DONE and a plan for plan_fini(); or an exit status, having said why.
 */
int plan_init(struct provision_plan *plan, const char *path, bool allow_invalid);
void plan_fini(struct provision_plan *plan);

/** Says a problem of a value with its place. @return EXIT_USAGE */
int plan_refuse(const struct provision_plan *plan, struct config_at at, const char *why);

/** Whether an image stands in system flash, where no tool writes: the part is bought with it. */
bool plan_image_is_system(const struct plan_image *image);

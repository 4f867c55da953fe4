/*
 * The life of a device, from virgin on, as the operations of a programming tool in their order.
 *
 * A description that spells its steps out has them in its order, as a script of a factory has. For any
 * other the order is the one that a part allows: option bytes that must be there first, images, what
 * protects them, product state PROVISIONING, option-byte keys, and the final product state.
 */
#pragma once

#include <garrison/sim.h>

#include "file.h"
#include "provision_plan.h"

enum life_kind {
    LIFE_OPTIONS,    /**< Option words are changed and loaded. */
    LIFE_PROGRAM,    /**< An image is programmed into erased flash. */
    LIFE_OBK,        /**< The boot ROM is given an .obk file. */
    LIFE_ERASE,      /**< Every sector of the user flash that is not erased is. */
    LIFE_RESET,      /**< NRST is pulled. */
    LIFE_POWER,      /**< The supply is switched off and on. */
    LIFE_REGRESSION, /**< Debug authentication is asked for one. */
};

#define LIFE_TEXT      240u
#define LIFE_STEP_TEXT 640u /**< Of a step: ten option bytes with their values. */

/** Writes words, as many as there is room for. */
void life_words(char text[LIFE_TEXT], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct life_step {
    enum life_kind kind;
    char text[LIFE_STEP_TEXT];      /**< In words, without a newline. */
    struct plan_options options;    /**< OPTIONS. */
    const struct plan_image *image; /**< PROGRAM. */
    struct file_data obk;           /**< OBK: content of the .obk file. */
    bool partial;                   /**< REGRESSION. */
};

#define LIFE_STEPS_MAX 96u

struct life_plan {
    const struct provision_plan *plan;
    struct life_step step[LIFE_STEPS_MAX];
    unsigned steps;
    bool go_on; /**< A step that is refused does not end the plan. */
};

/**
 * Whether a description is to be provisioned step by step: it says how debug is authenticated, spells
 * its steps out, or closes the device. Any other makes a device for development at once.
 */
bool life_wanted(const struct provision_plan *plan);

/**
 * Makes the steps of a description. What `plan` has must live as long.
 * @return EXIT_DONE and steps for life_plan_fini(); or an exit status, having said why.
 */
int life_plan_init(struct life_plan *life, const struct provision_plan *plan);
void life_plan_fini(struct life_plan *life);

/** Whether one of the steps goes to product state CLOSED or LOCKED. */
bool life_closes(const struct life_plan *life);

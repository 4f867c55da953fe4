/*
 * A plan done on a copy, and what has become of the copy.
 */
#pragma once

#include "life_ability.h"
#include "life_boot.h"
#include "life_remedy.h"
#include "life_way.h"

#define LIFE_NOTES_MAX 4u

/** What came of one step. */
struct life_outcome {
    bool done; /**< It was tried. */
    bool refused;
    char why[LIFE_TEXT];                  /**< Of the refusal. */
    char note[LIFE_NOTES_MAX][LIFE_TEXT]; /**< What the chip said besides. */
    unsigned notes;
    char state[24];     /**< The product state that it led to. */
    life_abilities can; /**< What could be done then. */
};

enum life_verdict {
    LIFE_USABLE,      /**< It comes up to its application. */
    LIFE_RECOVERABLE, /**< It does not, and there is a way back, or a remedy. */
    LIFE_BRICKED,     /**< It does not, and there is neither. */
};

struct life_rehearsal {
    struct life_outcome outcome[LIFE_STEPS_MAX];
    unsigned steps;   /**< How many were tried. */
    unsigned refused; /**< Number of the first that was refused, from 1; 0: none. */
    bool complete;    /**< All were tried, and none was refused. */
    struct life_boot boot;
    struct life_way way;       /**< From where the plan ended. */
    struct life_remedy remedy; /**< Where it does not come up and has no way back. */
    unsigned last_step; /**< Number of the step behind which there is no way back any more; 0: there
                               is one in the end, or was none from the beginning. */
    life_abilities first; /**< What could be done before the first step. */
    enum life_verdict verdict;
};

/**
 * Runs the plan on a chip in memory.
 * @param device  a device file that is copied; NULL: a virgin device of the description's identity
 * @return EXIT_DONE; or an exit status, having said why
 */
int life_rehearse(const struct life_plan *life, const struct life_credentials *credentials,
                  const char *device, struct life_rehearsal *out);

/** "usable", "recoverable by regression", "recoverable by a tool", "recoverable by rescue", "bricked". */
const char *life_verdict_text(const struct life_rehearsal *rehearsal);

/*
 * Whether a device does what it is for: comes up to its application.
 */
#pragma once

#include "life_plan.h"

struct life_boot {
    bool up;              /**< It does; or, without an application, something has started. */
    uint32_t refused;     /**< A stage's verdict (run_verdict()), if that is why not; 0. */
    char text[LIFE_TEXT]; /**< How far it came, or why not, in words. */
};

/** Last words of a chip, for life_boot_try(): to be fed by its events. */
struct life_last {
    char text[LIFE_TEXT];  /**< Of the last boot, reset or note. */
    char fault[LIFE_TEXT]; /**< Of the first fault since the last power-on; "" if there was none. */
    char refused[LIFE_TEXT]; /**< Of what was last refused. */
};
void life_last_event(struct life_last *last, const struct sim_event *event);

/** Switches the supply off and on and runs the chip, until it is clear. */
void life_boot_try(struct sim *sim, const struct provision_plan *plan, struct life_last *last,
                   struct life_boot *out);

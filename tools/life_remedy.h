/*
 * The remedy: how a device that does not come up does so after all, from where it stands.
 */
#pragma once

#include "life_boot.h"
#include "life_step.h"
#include "rescue_link.h"

enum life_remedy_kind { LIFE_NO_REMEDY, LIFE_RESCUE, LIFE_TOOL };

struct life_remedy {
    enum life_remedy_kind kind;
    char text[LIFE_TEXT]; /**< What has to be done. */
};

/** A device that does not come up. */
struct life_patient {
    struct sim *sim;
    const struct sim_snapshot *end; /**< As the plan has left it. */
    const struct provision_plan *plan;
    const struct life_credentials *credentials;
    struct life_last *last; /**< What the chip says meanwhile. */
    struct link_sim *line;  /**< Gets what it sends on its UART. */
};

/**
 * Goes to where it fails to start. Then the rescue line is tried, if a stage waits there, and a tool, if
 * one is let in, also by debug authentication: they put the description's images where they belong.
 * Where it is the image itself that is refused, or none is described, they must be able to put another
 * one there. The chip is another one afterwards.
 */
void life_remedy_try(const struct life_patient *patient, struct life_remedy *out);

#include "slots.h"

#include <stddef.h>
#include <string.h>

#include <garrison/handoff.h>

#include "layout_plan.h"
#include "port/stm32h573/layout_data.h"

static const struct {
    const char *name;
    uint32_t role;
} names[] = {
    {"urot", IMAGE_ROLE_UROT},
    {"manager", IMAGE_ROLE_MANAGER},
    {"application", IMAGE_ROLE_APPLICATION},
};

bool slot_find(const char *name, struct slot_place *place)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0) {
            const struct layout_slot *slot = layout_find(&layout_default, names[i].role);
            *place = (struct slot_place){layout_address(slot->role, slot->off), slot->size};
            return true;
        }
    }
    return false;
}

const char *slot_names(void)
{
    return "urot, manager or application";
}

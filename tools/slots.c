#include "slots.h"

#include <string.h>

#include <garrison/handoff.h>

#include "layout_plan.h"
#include "port/stm32h573/layout_data.h"
#include "report.h"

uint32_t slot_role(const char *name, size_t len)
{
    static const struct {
        const char *name;
        uint32_t role;
    } roles[] = {
        {"urot", IMAGE_ROLE_UROT},
        {"manager", IMAGE_ROLE_MANAGER},
        {"application", IMAGE_ROLE_APPLICATION},
    };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (strlen(roles[i].name) == len && memcmp(roles[i].name, name, len) == 0) {
            return roles[i].role;
        }
    }
    if (len == 7 && memcmp(name, "module", 6) == 0 && name[6] >= '0' && name[6] <= '7') {
        return IMAGE_ROLE_MODULE_0 + (uint32_t)(name[6] - '0');
    }
    return 0;
}

int slot_find(const char *name, const char *layout, struct slot_place *place)
{
    struct layout_record record = layout_default;
    const uint32_t role = slot_role(name, strlen(name));
    const int status = layout != NULL ? layout_read(layout, &record) : EXIT_DONE;
    if (status != EXIT_DONE) {
        return status;
    }
    if (role == 0) {
        return fail(EXIT_USAGE, "--slot: '%s' is not " SLOT_NAMES, name);
    }
    const struct layout_slot *slot = layout_find(&record, role);
    if (slot == NULL) {
        return layout != NULL
                   ? fail(EXIT_USAGE, "--slot: the layout of %s has no %s", layout, name)
                   : fail(EXIT_USAGE,
                          "--slot: the default layout has no %s; --layout names another", name);
    }
    *place = (struct slot_place){layout_address(role, slot->off), slot->size};
    return EXIT_DONE;
}

#include "adac.h"

#include <stdio.h>
#include <string.h>

static const struct {
    uint16_t bit;
    const char *name;
} permissions_named[] = {
    {ADAC_PERMIT_FULL_REGRESSION, "full-regression"},
    {ADAC_PERMIT_PARTIAL_REGRESSION, "partial-regression"},
    {ADAC_PERMIT_LEVEL_SECURE(1), "level1"},
    {ADAC_PERMIT_LEVEL_SECURE(2), "level2"},
    {ADAC_PERMIT_LEVEL_SECURE(3), "level3"},
    {ADAC_PERMIT_LEVEL_NONSECURE(1), "level1-nonsecure"},
    {ADAC_PERMIT_LEVEL_NONSECURE(2), "level2-nonsecure"},
    {ADAC_PERMIT_LEVEL_NONSECURE(3), "level3-nonsecure"},
};

void adac_permission_names(uint16_t permissions, char text[ADAC_NAMES])
{
    size_t used = 0;
    (void)snprintf(text, ADAC_NAMES, "none");
    for (unsigned i = 0; i < sizeof permissions_named / sizeof permissions_named[0]; i++) {
        if ((permissions & permissions_named[i].bit) != 0) {
            (void)snprintf(text + used, ADAC_NAMES - used, "%s%s", used == 0 ? "" : ", ",
                           permissions_named[i].name);
            used += strlen(text + used);
        }
    }
}

#include "slots.h"

#include <stddef.h>
#include <string.h>

#include "port/stm32h573/layout.h"

static const struct slot_place places[] = {
    {"urot", IMAGE_ROLE_UROT, LAYOUT_FLASH_S + LAYOUT_UROT_OFF, LAYOUT_UROT_SIZE},
    {"manager", IMAGE_ROLE_MANAGER, LAYOUT_FLASH_S + LAYOUT_MANAGER_OFF, LAYOUT_MANAGER_SIZE},
    {"application", IMAGE_ROLE_APPLICATION, LAYOUT_FLASH_NS + LAYOUT_APPLICATION_OFF,
     LAYOUT_APPLICATION_SIZE},
};

const struct slot_place *slot_find(const char *name)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i].name, name) == 0) {
            return &places[i];
        }
    }
    return NULL;
}

const char *slot_names(void)
{
    return "urot, manager or application";
}

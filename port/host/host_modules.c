/*
 * Secure modules, which do not run here: their code is the chip's, and so is the sandbox that they
 * count on. Each is refused as the manager's image refuses one, and the log says so once more when
 * somebody asks for its services.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/module.h>

#include "host.h"
#include "reg_access.h"

#define WHY "refused: modules run over the manager's image only, `garrison run` without --hosted"

/** What there is and has been refused, by number. */
static struct module {
    bool there;
    bool asked; /**< Somebody wanted it, and was told. */
    struct module_record record;
} modules[MODULES_MAX];

/** "module 0 (otp)": the name stands in an image, and is not believed to be one. */
static void tell(uint32_t number, const char *words)
{
    const char *name = modules[number].record.name;
    char line[160];
    size_t len = 0;
    while (len < MODULE_NAME_BYTES &&
           (isalnum((unsigned char)name[len]) || name[len] == '-' || name[len] == '_')) {
        len++;
    }
    if (len > 0 && len < MODULE_NAME_BYTES && name[len] == '\0') {
        (void)snprintf(line, sizeof line, "module %u (%s): %s" WHY, (unsigned)number, name, words);
    } else {
        (void)snprintf(line, sizeof line, "module %u: %s" WHY, (unsigned)number, words);
    }
    host_log(line);
}

void host_modules_refuse(void)
{
    memset(modules, 0, sizeof modules);
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        const struct handoff_entry *entry = handoff_find(port_handoff(), IMAGE_ROLE_MODULE_0 + i);
        struct module *module = &modules[i];
        if (entry == NULL) {
            continue;
        }
        module->there = true;
        if (entry->size >= sizeof module->record) {
            mapped_read(entry->addr, (uint8_t *)&module->record, sizeof module->record);
        }
        tell(i, "");
    }
}

static void ask(uint32_t number)
{
    if (number < MODULES_MAX && modules[number].there && !modules[number].asked) {
        modules[number].asked = true;
        tell(number, "asked for, but ");
    }
}

void host_modules_ask_handle(psa_handle_t handle)
{
    const uint32_t first = (uint32_t)GARRISON_MODULE_HANDLE(0, 0);
    const uint32_t last = (uint32_t)GARRISON_MODULE_HANDLE(MODULES_MAX, 0);
    if ((uint32_t)handle >= first && (uint32_t)handle < last) {
        ask(((uint32_t)handle - first) / 16u);
    }
}

void host_modules_ask_sid(uint32_t sid)
{
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        for (uint32_t k = 0; k < MODULE_SERVICES_MAX; k++) {
            if (modules[i].record.service[k].sid == sid && sid != 0) {
                ask(i);
            }
        }
    }
}

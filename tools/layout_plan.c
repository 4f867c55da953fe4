#include "layout_plan.h"

#include <stdio.h>

#include <garrison/handoff.h>

#include "base/hardened.h"
#include "boot/sha256.h"
#include "port/stm32h573/layout.h"
#include "port/stm32h573/layout_data.h"
#include "report.h"

#define KB 1024u

uint32_t layout_address(uint32_t role, uint32_t off)
{
    return (role == IMAGE_ROLE_APPLICATION ? LAYOUT_FLASH_NS : LAYOUT_FLASH_S) + off;
}

static int refuse(const struct config *config, struct config_at at, const char *why)
{
    struct sim_error error;
    (void)!config_fail(config, at, &error, "%s", why);
    return fail(EXIT_USAGE, "%s", error.text);
}

static void fill_slot(const struct device_slot *config, struct layout_slot *slot)
{
    *slot = (struct layout_slot){
        .role = (uint32_t)config->role.number,
        .off = (uint32_t)config->offset.number,
        .size = (uint32_t)config->size.number,
        .download_off = (uint32_t)config->download.offset.number,
        .download_size = (uint32_t)config->download.size.number,
        .flags = (config->encrypted.number != 0 ? LAYOUT_SLOT_ENCRYPTED : 0u) |
                 (config->optional.number != 0 ? LAYOUT_SLOT_OPTIONAL : 0u) |
                 (uint32_t)config->ram.number / KB << LAYOUT_SLOT_RAM_POS,
    };
}

/** Where the description says what a rule is broken by. */
static struct config_at place_of(const struct device_layout *layout, uint32_t role)
{
    const struct device_slot *slot = layout->slots.items;
    struct config_at at = role == 0 ? layout->journal.offset.at : layout->slots.at;
    for (size_t i = 0; i < layout->slots.count; i++) {
        if (slot[i].role.number == role) {
            at = slot[i].role.at; /* the last one, if there are several */
        }
    }
    return at;
}

static int check(const struct config *config, const struct device_layout *layout,
                 const struct layout_record *record)
{
    struct layout_fault fault;
    char why[200];
    if (hardened_ok(layout_check(record, &layout_bounds, &fault))) {
        return EXIT_DONE;
    }
    const char *other = fault.other_role != 0 ? image_role_text(fault.other_role) : NULL;
    (void)snprintf(why, sizeof why, "the layout breaks a rule: %s (%s%s%s)",
                   layout_rule_text(fault.rule),
                   fault.role != 0 ? image_role_text(fault.role) : "journal",
                   other != NULL ? ", " : "", other != NULL ? other : "");
    return refuse(config, place_of(layout, fault.role), why);
}

static int seal(struct layout_record *record)
{
    const struct view behind = {(const uint8_t *)record + sizeof record->digest,
                                sizeof *record - sizeof record->digest};
    return hardened_ok(sha256_of(behind, record->digest))
               ? EXIT_DONE
               : fail(EXIT_INTERNAL, "the layout record cannot be made");
}

int layout_plan(const struct config *config, const struct device_values *values,
                struct layout_record *record)
{
    const struct device_layout *layout = &values->layout;
    const struct device_slot *slot = layout->slots.items;
    if (layout->slots.at.line == 0) {
        *record = layout_default;
        return seal(record);
    }
    if (layout->slots.count > LAYOUT_SLOTS_MAX) {
        return refuse(config, layout->slots.at, "there are more slots than a layout has room for");
    }
    *record = (struct layout_record){
        .magic = LAYOUT_RECORD_MAGIC,
        .version = LAYOUT_RECORD_VERSION,
        .count = (uint16_t)layout->slots.count,
        .journal_off = (uint32_t)layout->journal.offset.number,
        .journal_size = (uint32_t)layout->journal.size.number,
    };
    for (size_t i = 0; i < layout->slots.count; i++) {
        if (slot[i].ram.number % KB != 0) {
            return refuse(config, slot[i].ram.at, "a module's RAM is whole kilobytes");
        }
        fill_slot(&slot[i], &record->slot[i]);
    }
    const int status = check(config, layout, record);
    return status == EXIT_DONE ? seal(record) : status;
}

int layout_read(const char *path, struct layout_record *record)
{
    bool system_irot = false;
    return layout_read_all(path, record, &system_irot);
}

int layout_read_all(const char *path, struct layout_record *record, bool *system_irot)
{
    struct device_values values = {0};
    struct config *config = NULL;
    struct sim_error error;
    const enum sim_status read = config_open(path, &device_schema, &values, &config, &error);
    if (read != SIM_OK) {
        return fail(read == SIM_ERROR_MEMORY ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
    }
    const int status = layout_plan(config, &values, record);
    *system_irot = values.option_bytes.boot_ube.number == DEVICE_BOOT_UBE_SYSTEM;
    config_close(config);
    return status;
}

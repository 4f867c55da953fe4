#include "spm/module_check.h"

#include <string.h>

#include "base/bytes.h"

#define REGION_ALIGN 32u /* of the MPU */
#define DEVICE_BITS  32u

static const char *const texts[MODULE_REFUSALS] = {
    [MODULE_GRANTED] = "nothing is wrong",
    [MODULE_NO_RECORD] = "no module record",
    [MODULE_OTHER_VERSION] = "module record of another version",
    [MODULE_UNUSED] = "unused parts of the record are not zero",
    [MODULE_NAME] = "name is not of a to z, 0 to 9, - and _",
    [MODULE_PLACE] = "linked for another slot",
    [MODULE_TEXT] = "code is not whole 32 bytes",
    [MODULE_RAM_PLACE] = "linked for other RAM",
    [MODULE_RAM] = "more RAM than the layout gives it",
    [MODULE_STACK] = "stack does not fit its RAM, or is too small",
    [MODULE_ENTRY] = "entry or handler is not in its code",
    [MODULE_DATA] = "initialised data do not fit",
    [MODULE_TIME] = "time limit too long",
    [MODULE_SERVICES] = "not 1 to 4 services",
    [MODULE_SID] = "service id or version",
    [MODULE_CALLERS] = "callers of a service not known",
    [MODULE_USES] = "list of services that it calls",
    [MODULE_DEVICE] = "device not granted",
    [MODULE_INTERRUPT] = "interrupt not granted",
    [MODULE_LICENCE_FORM] = "licence has a wrong form",
    [MODULE_LICENCE] = "licensed for another device",
    [MODULE_LEAVES] = "BXNS or BLXNS in its code",
    [MODULE_IMAGE] = "image cannot be read",
    [MODULE_SID_TAKEN] = "service id is taken",
    [MODULE_USE_UNKNOWN] = "it calls a service that there is not",
    [MODULE_USE_CLOSED] = "it calls a service that is closed to modules",
    [MODULE_CIRCLE] = "modules call each other in a circle",
    [MODULE_DEPTH] = "calls would go too deep",
    [MODULE_DEVICE_TAKEN] = "device is another module's",
    [MODULE_DEVICES_APART] = "devices do not lie side by side",
};

const char *module_refusal_text(enum module_refusal refusal)
{
    return (uint32_t)refusal < MODULE_REFUSALS ? texts[refusal] : "unknown";
}

bool module_name_is_sound(const char name[MODULE_NAME_BYTES])
{
    uint32_t len = 0;
    while (len < MODULE_NAME_BYTES && name[len] != '\0') {
        const char c = name[len];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
            return false;
        }
        len++;
    }
    return len > 0 && len < MODULE_NAME_BYTES &&
           bytes_all((const uint8_t *)name + len, MODULE_NAME_BYTES - len, 0);
}

/** Magic, version, and that what is unused says nothing. */
static enum module_refusal check_form(const struct module_record *record)
{
    if (record->magic != MODULE_MAGIC) {
        return MODULE_NO_RECORD;
    }
    if (record->version != MODULE_VERSION || record->size != sizeof *record) {
        return MODULE_OTHER_VERSION;
    }
    if (!bytes_all((const uint8_t *)record->reserved, sizeof record->reserved, 0)) {
        return MODULE_UNUSED;
    }
    return module_name_is_sound(record->name) ? MODULE_GRANTED : MODULE_NAME;
}

/** Whether a range of whole words lies in another one. */
static bool lies_in(uint32_t addr, uint32_t size, uint32_t outer, uint32_t outer_size)
{
    return addr % 4u == 0 && size % 4u == 0 && addr >= outer &&
           bytes_range_fits(addr - outer, size, outer_size);
}

/** Whether that is the address of a function in its code, whose place has been checked. */
static bool is_in_code(const struct module_record *record, uint32_t function)
{
    const uint32_t entry = function & ~1u;
    return (function & 1u) != 0 && entry >= record->code_addr &&
           entry - record->text_addr < record->text_size;
}

static enum module_refusal check_text(const struct module_record *record,
                                      const struct module_place *place)
{
    if (record->text_addr != place->text_addr || record->text_addr % REGION_ALIGN != 0) {
        return MODULE_PLACE;
    }
    if (record->text_size != place->text_size || record->text_size % REGION_ALIGN != 0 ||
        record->text_size < sizeof *record + REGION_ALIGN) {
        return MODULE_TEXT;
    }
    if (record->code_addr % REGION_ALIGN != 0 ||
        record->code_addr < record->text_addr + (uint32_t)sizeof *record ||
        record->code_addr - record->text_addr >= record->text_size) {
        return MODULE_TEXT;
    }
    return is_in_code(record, record->entry) ? MODULE_GRANTED : MODULE_ENTRY;
}

static enum module_refusal check_ram(const struct module_record *record,
                                     const struct module_place *place)
{
    if (record->ram_addr != place->ram_addr || record->ram_addr % REGION_ALIGN != 0) {
        return MODULE_RAM_PLACE;
    }
    if (record->ram_size > place->ram_size || record->ram_size % REGION_ALIGN != 0) {
        return MODULE_RAM;
    }
    if (record->stack_size < MODULE_STACK_MIN || record->stack_size % REGION_ALIGN != 0 ||
        record->stack_size > record->ram_size) {
        return MODULE_STACK;
    }
    if (!lies_in(record->data_load, record->data_size, record->text_addr, record->text_size) ||
        !lies_in(record->data_addr, record->data_size, record->ram_addr + record->stack_size,
                 record->ram_size - record->stack_size)) {
        return MODULE_DATA;
    }
    return record->time_limit_ms <= MODULE_TIME_MAX_MS ? MODULE_GRANTED : MODULE_TIME;
}

static enum module_refusal check_service(const struct module_record *record, uint32_t number)
{
    const struct module_service *service = &record->service[number];
    if (service->sid == 0 || service->version == 0 ||
        (service->sid & MODULE_SID_RESERVED_MASK) == MODULE_SID_RESERVED) {
        return MODULE_SID;
    }
    for (uint32_t i = 0; i < number; i++) {
        if (record->service[i].sid == service->sid) {
            return MODULE_SID;
        }
    }
    const uint32_t callers = MODULE_FOR_NON_SECURE | MODULE_FOR_MODULES;
    const uint32_t kind = service->callers & ~callers;
    const bool known =
        kind == 0 || kind == MODULE_CONNECTIONS || kind == (MODULE_CONNECTIONS | MODULE_STRICT);
    return known && (service->callers & callers) != 0 ? MODULE_GRANTED : MODULE_CALLERS;
}

static enum module_refusal check_services(const struct module_record *record)
{
    if (record->service_count == 0 || record->service_count > MODULE_SERVICES_MAX) {
        return MODULE_SERVICES;
    }
    for (uint32_t i = 0; i < record->service_count; i++) {
        const enum module_refusal refusal = check_service(record, i);
        if (refusal != MODULE_GRANTED) {
            return refusal;
        }
    }
    const uint32_t unused = MODULE_SERVICES_MAX - record->service_count;
    return bytes_all((const uint8_t *)&record->service[record->service_count],
                     unused * (uint32_t)sizeof record->service[0], 0)
               ? MODULE_GRANTED
               : MODULE_UNUSED;
}

/** A list of numbers: `count` that differ, the rest zero. */
static bool list_is_sound(const uint32_t *list, uint32_t count, uint32_t max)
{
    if (count > max || !bytes_all((const uint8_t *)(list + count), (max - count) * 4u, 0)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (list[i] == list[k]) {
                return false;
            }
        }
    }
    return true;
}

/** An interrupt comes with its device: there are no more of them. */
static enum module_refusal check_handler(const struct module_record *record)
{
    if (record->interrupt_count > record->device_count ||
        (record->interrupt_count == 0 && record->handler != 0)) {
        return MODULE_INTERRUPT;
    }
    return record->interrupt_count == 0 || is_in_code(record, record->handler) ? MODULE_GRANTED
                                                                               : MODULE_ENTRY;
}

static enum module_refusal check_lists(const struct module_record *record,
                                       const struct module_place *place)
{
    if (!list_is_sound(record->use, record->use_count, MODULE_USES_MAX)) {
        return MODULE_USES;
    }
    if (!list_is_sound(record->device, record->device_count, MODULE_DEVICES_MAX)) {
        return MODULE_DEVICE;
    }
    for (uint32_t i = 0; i < record->device_count; i++) {
        const uint32_t number = record->device[i];
        if (number >= DEVICE_BITS || (place->devices >> number & 1u) == 0) {
            return MODULE_DEVICE;
        }
    }
    return check_handler(record);
}

static enum module_refusal check_licence(const struct module_record *record,
                                         const struct module_place *place)
{
    if (record->licensed == 0) {
        return bytes_all(record->licence, sizeof record->licence, 0) ? MODULE_GRANTED
                                                                     : MODULE_LICENCE_FORM;
    }
    if (record->licensed != 1u) {
        return MODULE_LICENCE_FORM;
    }
    return place->device_id == NULL ||
                   memcmp(record->licence, place->device_id, sizeof record->licence) == 0
               ? MODULE_GRANTED
               : MODULE_LICENCE;
}

enum module_refusal module_check(const struct module_record *record,
                                 const struct module_place *place)
{
    enum module_refusal refusal = check_form(record);
    refusal = refusal == MODULE_GRANTED ? check_text(record, place) : refusal;
    refusal = refusal == MODULE_GRANTED ? check_ram(record, place) : refusal;
    refusal = refusal == MODULE_GRANTED ? check_services(record) : refusal;
    refusal = refusal == MODULE_GRANTED ? check_lists(record, place) : refusal;
    return refusal == MODULE_GRANTED ? check_licence(record, place) : refusal;
}

uint32_t module_find_exit(const uint8_t *code, uint32_t len)
{
    for (uint32_t i = 0; i < len && len - i >= 2u; i += 2u) {
        /* 0x47; bit 2; the register in bits 3 to 6; bit 7: with a link. Bits 0 and 1 are to be zero:
         * what a processor does with others is open, so they are refused as well. */
        if (code[i + 1u] == 0x47u && (code[i] & 0x04u) != 0) {
            return i;
        }
    }
    return len;
}

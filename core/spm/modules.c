/*
 * Modules: from the record in a verified image to a row beside the table of partitions.
 *
 * The image has been verified by the stage before, against its owner's key; what it asks for is the
 * manager's to decide. One that is refused is not there: neither its services nor its devices.
 */
#include "spm/modules.h"

#include <string.h>

#include <garrison/handoff.h>
#include <garrison/module.h>
#include <garrison/port.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "base/text.h"
#include "spm/module_check.h"
#include "spm/partitions.h"
#include "spm/running.h"

#define CODE_PIECE 256u /* bytes of a module's code that are looked through at a time */

/** What a row points to. */
struct module {
    struct partition partition;
    struct partition_memory memory;
    struct partition_service service[MODULE_SERVICES_MAX];
    uint32_t use[MODULE_USES_MAX];
    char name[MODULE_NAME_BYTES];
};

static struct module modules[MODULES_MAX];
static uint32_t count;

uint32_t modules_count(void)
{
    return count;
}

const struct partition *modules_at(uint32_t number)
{
    return number < count ? &modules[number].partition : NULL;
}

static void log_line(uint32_t module, const struct module_record *record, const char *words,
                     const char *reason)
{
    struct text text;
    text_start(&text);
    text_add(&text, "module ");
    text_add_number(&text, module);
    if (module_name_is_sound(record->name)) {
        text_add(&text, " (");
        text_add(&text, record->name);
        text_add(&text, ")");
    }
    text_add(&text, words);
    text_add(&text, reason);
    port_log(text.line);
}

/**
 * Reads the record at the start of an image's body.
 * @param body  set to the offset of the body in flash
 * @return whether that is possible
 */
static bool read_record(const struct layout_slot *slot, const struct handoff_entry *entry,
                        struct module_record *record, uint32_t *body)
{
    const struct flash_device *flash = port_flash();
    struct image_header header = {.magic = 0};
    memset(record, 0, sizeof *record);
    const bool there =
        flash->read(flash, slot->off, (uint8_t *)&header, sizeof header) == GARRISON_OK;
    *body = slot->off + header.header_size;
    return there && header.magic == IMAGE_MAGIC && header.body_size == entry->size &&
           header.body_size >= sizeof *record && header.header_size <= slot->size &&
           header.body_size <= slot->size - header.header_size &&
           flash->read(flash, *body, (uint8_t *)record, sizeof *record) == GARRISON_OK;
}

/**
 * Looks through the code of a module whose record has been checked.
 * @param body  offset of its body in flash
 * @param at    set to the address of an instruction for which it is refused
 */
static enum module_refusal check_code(const struct module_record *record, uint32_t body,
                                      uint32_t *at)
{
    const struct flash_device *flash = port_flash();
    uint8_t piece[CODE_PIECE];
    uint32_t done = record->code_addr - record->text_addr;
    enum module_refusal refusal = MODULE_GRANTED;
    while (refusal == MODULE_GRANTED && done < record->text_size) {
        const uint32_t left = record->text_size - done;
        const uint32_t len = left < sizeof piece ? left : (uint32_t)sizeof piece;
        if (flash->read(flash, body + done, piece, len) != GARRISON_OK) {
            refusal = MODULE_IMAGE;
            break;
        }
        const uint32_t found = module_find_exit(piece, len);
        if (found < len) {
            *at = record->text_addr + done + found;
            refusal = MODULE_LEAVES;
        }
        done += len;
    }
    secret_wipe(piece, sizeof piece); /* its code is nobody else's */
    return refusal;
}

/** Devices of a module are one region. @return that; base and limit are 0 if they lie apart */
static struct partition_region devices_of(const struct module_record *record)
{
    struct partition_region all = {.base = 0};
    for (uint32_t i = 0; i < record->device_count; i++) {
        const struct partition_region *device = &port_modules.device[record->device[i]];
        if (i == 0) {
            all = *device;
        } else if (device->base == all.limit) {
            all.limit = device->limit;
        } else if (device->limit == all.base) {
            all.base = device->base;
        } else {
            return (struct partition_region){.base = 0};
        }
    }
    return all;
}

#define CALLERS (SERVICE_FOR_NON_SECURE | SERVICE_FOR_MODULES)

/** Makes the row of a module whose record has been checked. */
static void fill(struct module *module, uint32_t number, const struct module_record *record)
{
    const uint32_t ram = record->ram_addr;
    *module = (struct module){
        .memory =
            {
                .stack_base = ram,
                .stack_limit = ram + record->stack_size,
                .region =
                    {
                        {record->code_addr, record->text_addr + record->text_size,
                         PARTITION_READ | PARTITION_EXECUTE},
                        {ram, ram + record->ram_size, PARTITION_READ | PARTITION_WRITE},
                        {record->text_addr, record->code_addr, PARTITION_READ},
                        devices_of(record),
                    },
                .data = {record->data_load, record->data_addr, record->data_size},
            },
        .partition =
            {
                .id = GARRISON_MODULE_CLIENT_ID(number),
                .name = module->name,
                .function = (psa_status_t(*)(const psa_msg_t *))(uintptr_t)record->entry,
                .memory = &module->memory,
                .services = module->service,
                .service_count = record->service_count,
                .uses = module->use,
                .use_count = record->use_count,
                .handler = (psa_flih_result_t(*)(psa_signal_t))(uintptr_t)record->handler,
                .time_limit_ms = record->time_limit_ms,
                .is_module = true,
            },
    };
    memcpy(module->name, record->name, sizeof module->name);
    memcpy(module->use, record->use, sizeof module->use);
    for (uint32_t i = 0; i < record->service_count; i++) {
        const struct module_service *service = &record->service[i];
        module->service[i] = (struct partition_service){
            .sid = service->sid,
            .version = service->version,
            .handle = (service->callers & MODULE_CONNECTIONS) != 0
                          ? PSA_NULL_HANDLE
                          : GARRISON_MODULE_HANDLE(number, i),
            .callers = service->callers & CALLERS,
            .strict = (service->callers & MODULE_STRICT) != 0,
        };
    }
    for (uint32_t i = 0; i < record->device_count; i++) {
        if (i < record->interrupt_count) {
            module->partition.signals |= PARTITION_SIGNAL(record->device[i]);
        }
    }
}

_Static_assert(MODULE_FOR_NON_SECURE == SERVICE_FOR_NON_SECURE &&
                   MODULE_FOR_MODULES == SERVICE_FOR_MODULES,
               "a record's callers are a row's");

/** Modules that wait for what they call, or for nothing any more. */
struct candidates {
    struct module_record record[MODULES_MAX];
    enum module_refusal refusal[MODULES_MAX];
    uint32_t at[MODULES_MAX]; /**< Address of what MODULE_LEAVES is about. */
    bool waits[MODULES_MAX];
    uint32_t devices; /**< Of those that were admitted. */
};

/** Whether a candidate that still waits offers the service. */
static bool is_awaited(const struct candidates *candidates, uint32_t sid)
{
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        const struct module_record *record = &candidates->record[i];
        for (uint32_t k = 0; candidates->waits[i] && k < record->service_count; k++) {
            if (record->service[k].sid == sid) {
                return true;
            }
        }
    }
    return false;
}

/** What the rows that are there say to a candidate. MODULE_CIRCLE: it waits for others. */
static enum module_refusal check_rows(const struct candidates *candidates,
                                      const struct module_record *record)
{
    for (uint32_t i = 0; i < record->service_count; i++) {
        if (partitions_find_sid(record->service[i].sid).partition != NULL) {
            return MODULE_SID_TAKEN;
        }
    }
    for (uint32_t i = 0; i < record->device_count; i++) {
        if ((candidates->devices >> record->device[i] & 1u) != 0) {
            return MODULE_DEVICE_TAKEN;
        }
    }
    if (record->device_count != 0 && devices_of(record).limit == 0) {
        return MODULE_DEVICES_APART;
    }
    for (uint32_t i = 0; i < record->use_count; i++) {
        const struct partition_service *service = partitions_find_sid(record->use[i]).service;
        if (service == NULL) {
            return is_awaited(candidates, record->use[i]) ? MODULE_CIRCLE : MODULE_USE_UNKNOWN;
        }
        if ((service->callers & SERVICE_FOR_MODULES) == 0) {
            return MODULE_USE_CLOSED;
        }
    }
    return MODULE_GRANTED;
}

/** Adds a row; if calls would then go too deep it is taken away again. */
static enum module_refusal add_row(struct candidates *candidates, uint32_t number)
{
    const struct module_record *record = &candidates->record[number];
    fill(&modules[count], number, record);
    count++;
    if (!partitions_chains_end()) {
        count--;
        return MODULE_DEPTH;
    }
    for (uint32_t i = 0; i < record->device_count; i++) {
        candidates->devices |= 1u << record->device[i];
    }
    log_line(number, record, ": admitted", "");
    return MODULE_GRANTED;
}

/** Decides about all that wait for nobody. @return whether that was any */
static bool decide(struct candidates *candidates)
{
    bool decided = false;
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        if (!candidates->waits[i]) {
            continue;
        }
        enum module_refusal refusal = check_rows(candidates, &candidates->record[i]);
        if (refusal == MODULE_CIRCLE) {
            continue;
        }
        if (refusal == MODULE_GRANTED) {
            refusal = add_row(candidates, i);
        }
        candidates->refusal[i] = refusal;
        candidates->waits[i] = false;
        decided = true;
    }
    return decided;
}

/** The record, then the code that it names. */
static enum module_refusal check(const struct module_record *record,
                                 const struct module_place *place, uint32_t body, uint32_t *at)
{
    const enum module_refusal refusal = module_check(record, place);
    return refusal == MODULE_GRANTED ? check_code(record, body, at) : refusal;
}

/** Twice, since what a record may not say is what a module could reach. */
static enum module_refusal check_twice(const struct module_record *record,
                                       const struct module_place *place, uint32_t body,
                                       uint32_t *at)
{
    struct hardened_verdict verdict = HARDENED_REFUSED;
    enum module_refusal refusal = check(record, place, body, at);
    if (refusal == MODULE_GRANTED) {
        hardened_grant_first(&verdict);
    }
    hardened_forget();
    refusal = refusal == MODULE_GRANTED ? check(record, place, body, at) : refusal;
    if (refusal == MODULE_GRANTED) {
        hardened_grant_second(&verdict);
    }
    return refusal == MODULE_GRANTED && !hardened_granted(&verdict) ? MODULE_IMAGE : refusal;
}

/** Devices that the port has for modules, a bit for each. */
static uint32_t devices(void)
{
    uint32_t there = 0;
    for (uint32_t i = 0; i < PORT_MODULE_DEVICES_MAX; i++) {
        const struct partition_region *device = &port_modules.device[i];
        there |= device->base != device->limit ? 1u << i : 0u;
    }
    return there;
}

/** Reads and checks one. @return whether there is one */
static bool examine(struct candidates *candidates, uint32_t number, const uint8_t *device_id)
{
    const struct handoff *handoff = port_handoff();
    const uint32_t role = IMAGE_ROLE_MODULE_0 + number;
    const struct handoff_entry *entry = handoff_find(handoff, role);
    const struct layout_slot *slot = layout_find(&handoff->layout, role);
    struct module_record *record = &candidates->record[number];
    if (entry == NULL || slot == NULL) {
        return false;
    }
    const struct layout_window window = layout_window(&handoff->layout, role);
    const struct module_place place = {
        .text_addr = entry->addr,
        .text_size = entry->size,
        .ram_addr = (uint32_t)port_modules.ram_end - window.below,
        .ram_size = window.size,
        .device_id = device_id,
        .devices = devices(),
    };
    uint32_t body = 0;
    candidates->refusal[number] = read_record(slot, entry, record, &body)
                                      ? check_twice(record, &place, body, &candidates->at[number])
                                      : MODULE_IMAGE;
    candidates->waits[number] = candidates->refusal[number] == MODULE_GRANTED;
    return true;
}

static void log_refusal(uint32_t number, const struct candidates *candidates,
                        enum module_refusal refusal)
{
    struct text reason;
    text_start(&reason);
    text_add(&reason, module_refusal_text(refusal));
    if (refusal == MODULE_LEAVES) {
        text_add(&reason, ", at ");
        text_add_address(&reason, candidates->at[number]);
    }
    log_line(number, &candidates->record[number], ": refused: ", reason.line);
}

void modules_admit(void)
{
    struct candidates candidates = {.devices = 0};
    uint32_t present = 0;
    uint8_t device_id[12];
    count = 0;
    port_device_id(device_id);
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        present |= examine(&candidates, i, device_id) ? 1u << i : 0u;
    }
    while (decide(&candidates)) {
    }
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        const enum module_refusal refusal =
            candidates.waits[i] ? MODULE_CIRCLE : candidates.refusal[i];
        if ((present >> i & 1u) != 0 && refusal != MODULE_GRANTED) {
            log_refusal(i, &candidates, refusal);
        }
    }
    port_isolation_grant(candidates.devices);
    secret_wipe(&candidates, sizeof candidates); /* part of images that are nobody else's */
}

void modules_start(void)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct partition *partition = &modules[i].partition;
        running_open_memory(partition);
        port_partition_reset(partition);
    }
    running_open_memory(NULL);
}

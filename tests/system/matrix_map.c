#include "matrix_map.h"

#include <stdio.h>
#include <string.h>

#include "layout.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* PARTITION_* of garrison/partition.h: the same bits as MAY_*, and a device's. */
#define RECORD_RIGHTS 7u
#define RECORD_DEVICE 8u

/* So far before the end of memory is what is tried for it, as flash is planted in quad-words;
 * of a device and of the gate's stack, which is sealed there, the last word. */
#define END_BYTES 16u

#define R__ MAY_READ
#define RW_ (MAY_READ | MAY_WRITE)
#define R_X (MAY_READ | MAY_EXECUTE)
#define RWX (MAY_READ | MAY_WRITE | MAY_EXECUTE)
#define __X MAY_EXECUTE
#define ___ 0u

/** One rule for each kind; a partition that acts or runs has besides what its record says. */
static const struct {
    enum map_kind kind;
    uint32_t open;          /**< The application, in either privilege, */
    uint32_t privileged;    /**< and more while it is privileged. */
    uint32_t spm;           /**< The SPM between calls, */
    uint32_t spm_in_call;   /**< while a partition runs, */
    uint32_t spm_in_module; /**< and while a module that has a device does. */
    uint32_t partition;     /**< A partition, whatever its record says. */
} rules[] = {
    {MAP_GATE, __X, ___, R_X, ___, ___, ___},
    {MAP_GATE_INSIDE, ___, ___, R_X, ___, ___, ___},
    {MAP_MANAGER_CODE, ___, ___, R_X, R_X, R_X, ___},
    {MAP_VECTORS, ___, ___, ___, ___, ___, ___},
    {MAP_MANAGER_DATA, ___, ___, RW_, RW_, RW_, ___},
    {MAP_GATE_STACK, ___, ___, RW_, ___, ___, ___},
    {MAP_PARTITION, ___, ___, RW_, ___, ___, ___}, /* code: see spm_rights() */
    {MAP_LIBRARY, ___, ___, R_X, R_X, R_X, ___},
    {MAP_MODULE_CODE, ___, ___, R__, R__, ___, ___},
    {MAP_MODULE_CONSTANTS, ___, ___, R__, R__, ___, ___},
    {MAP_MODULE_DATA, ___, ___, ___, ___, ___, ___},
    {MAP_MODULE_DEVICE, ___, ___, RW_, RW_, ___, ___},
    {MAP_NOBODYS, ___, ___, ___, ___, ___, ___},
    {MAP_SECURE_DEVICE, ___, ___, RW_, RW_, RW_, ___},
    {MAP_ROOT_DEVICE, ___, ___, RW_, ___, ___, ___},
    {MAP_SECURE_AS_OPEN, ___, ___, ___, ___, ___, ___},
    {MAP_STAGE, ___, ___, ___, ___, ___, ___},
    {MAP_KEYS, ___, ___, ___, ___, ___, ___},
    {MAP_STORAGE, ___, ___, R__, R__, ___, ___},
    {MAP_OPEN_CODE, R_X, ___, R__, R__, R__, ___},
    {MAP_OPEN_DATA, RWX, ___, RW_, RW_, RW_, ___},
    {MAP_OPEN_DEVICE, RW_, ___, RW_, RW_, ___, ___},
    {MAP_OPEN_AS_SECURE, ___, ___, ___, ___, ___, ___},
    {MAP_SYSTEM, ___, RW_, RW_, RW_, RW_, ___},
};

_Static_assert(COUNT_OF(rules) == MAP_KINDS, "one rule for each kind");

/** What does not follow from records. Addresses are the first of what is meant. */
static const struct {
    const char *name;
    enum map_kind kind;
    uint32_t addr;
    bool memory;
    uint32_t code; /**< Bytes from there on that hold the running code; 0: none. */
} fixed[] = {
    {"hand-over record", MAP_MANAGER_DATA, LAYOUT_HANDOFF_ADDR, true, 0},
    {"hand-over record, its end", MAP_MANAGER_DATA, LAYOUT_STAGE_RAM_ADDR - 16, true, 0},
    {"gate", MAP_GATE, LAYOUT_FLASH_S + LAYOUT_GATE_OFF, true, 0},
    {"gate, behind SG", MAP_GATE_INSIDE, LAYOUT_FLASH_S + LAYOUT_GATE_OFF + 4, true, 0},
    {"vector table", MAP_VECTORS, LAYOUT_FLASH_S + LAYOUT_MANAGER_OFF + LAYOUT_HEADER_SIZE, true,
     0},
    {"end of SRAM2", MAP_NOBODYS, LAYOUT_SRAM2_S + LAYOUT_SRAM2_SIZE - 16, true, 0},
    {"SRAM2 by its open address", MAP_SECURE_AS_OPEN, LAYOUT_STAGE_RAM_ADDR - 0x10000000, true, 0},
    {"manager's slot by its open address", MAP_SECURE_AS_OPEN,
     LAYOUT_FLASH_NS + LAYOUT_MANAGER_OFF + LAYOUT_HEADER_SIZE, true, 0},
    {"ITS area by its open address", MAP_SECURE_AS_OPEN, LAYOUT_FLASH_NS + LAYOUT_ITS_OFF, true, 0},
    {"keys of HDPL 2 by their open address", MAP_SECURE_AS_OPEN, LAYOUT_OBK_S - 0x4000000 + 0x900,
     true, 0},
    {"module's slot by its open address", MAP_SECURE_AS_OPEN,
     LAYOUT_FLASH_NS + MAP_MODULE_OFF + LAYOUT_HEADER_SIZE, true, 0},
    {"module's RAM by its open address", MAP_SECURE_AS_OPEN, MAP_MODULE_RAM_NS, true, 0},
    {"module's device by its open address", MAP_SECURE_AS_OPEN, 0x40001400, false, 0},
    {"device that a module may have", MAP_OPEN_DEVICE, 0x4000102C, false, 0},
    {"RNG by its open address", MAP_SECURE_AS_OPEN, 0x420C0800, false, 0},
    {"SAES by its open address", MAP_SECURE_AS_OPEN, 0x420C0C00, false, 0},
    {"SAES", MAP_ROOT_DEVICE, 0x520C0C00, false, 0},
    {"SAES, its end", MAP_ROOT_DEVICE, 0x520C0FFC, false, 0},
    {"system flash of the iROT", MAP_STAGE, LAYOUT_SYSTEM_IROT_S, false, 0},
    {"iROT", MAP_STAGE, LAYOUT_FLASH_S + LAYOUT_IROT_OFF, true, 0},
    {"uROT", MAP_STAGE, LAYOUT_FLASH_S + LAYOUT_UROT_OFF, true, 0},
    {"keys of HDPL 1", MAP_KEYS, LAYOUT_OBK_S + 0x200, true, 0},
    {"keys of HDPL 2", MAP_KEYS, LAYOUT_OBK_S + 0x900, true, 0},
    {"keys of HDPL 3", MAP_KEYS, LAYOUT_OBK_S + 0xC00, true, 0},
    {"ITS area", MAP_STORAGE, LAYOUT_FLASH_S + LAYOUT_ITS_OFF, true, 0},
    {"PS area", MAP_STORAGE, LAYOUT_FLASH_S + LAYOUT_PS_OFF, true, 0},
    {"PS counters", MAP_STORAGE, LAYOUT_FLASH_S + LAYOUT_PS_COUNTERS_OFF, true, 0},
    {"update journal", MAP_STORAGE, LAYOUT_FLASH_S + LAYOUT_JOURNAL_OFF, true, 0},
    {"download slot", MAP_STORAGE, LAYOUT_FLASH_S + LAYOUT_DOWNLOAD_OFF, true, 0},
    {"application's code", MAP_OPEN_CODE,
     LAYOUT_FLASH_NS + LAYOUT_APPLICATION_OFF + LAYOUT_HEADER_SIZE, true, 0x1000},
    {"application's slot, its end", MAP_OPEN_CODE,
     LAYOUT_FLASH_NS + LAYOUT_APPLICATION_OFF + MAP_APPLICATION_SIZE - 16, true, 0},
    {"SRAM1", MAP_OPEN_DATA, LAYOUT_SRAM1_NS, true, 0},
    {"SRAM1, its end", MAP_OPEN_DATA, LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE - 16, true, 0},
    {"SRAM3, its end", MAP_OPEN_DATA, MAP_MODULE_RAM_NS - 16, true, 0},
    {"SRAM1 by its Secure address", MAP_OPEN_AS_SECURE, LAYOUT_SRAM1_NS + 0x10000000, true, 0},
    {"application's slot, Secure address", MAP_OPEN_AS_SECURE,
     LAYOUT_FLASH_S + LAYOUT_APPLICATION_OFF, true, 0},
    {"USART1", MAP_OPEN_DEVICE, 0x4001380C, false, 0},
    {"GPIOA", MAP_OPEN_DEVICE, 0x42020014, false, 0},
    {"flash controller", MAP_SECURE_DEVICE, 0x50022000, false, 0},
    {"TZSC", MAP_SECURE_DEVICE, 0x50032410, false, 0},
    {"MPCBB2", MAP_SECURE_DEVICE, 0x50033100, false, 0},
    {"SBS", MAP_SECURE_DEVICE, 0x54000414, false, 0},
    {"ICACHE", MAP_SECURE_DEVICE, 0x50030400, false, 0},
    {"MPU", MAP_SYSTEM, 0xE000ED98, false, 0}, /* the choice of a region: all who use it choose */
    {"SysTick", MAP_SYSTEM, 0xE000E014, false, 0},
    {"vector table's place", MAP_SYSTEM, 0xE000ED08, false, 0},
};

enum region { CODE, DATA, DEVICE, CONSTANTS };

static const char *const region_names[][2] = {
    [CODE] = {": code", ": code, its end"},
    [DATA] = {": data", ": data, its end"},
    [DEVICE] = {": device", ": device, its end"},
    [CONSTANTS] = {": constants", ": constants, its end"},
};

static struct map_target *add(struct map *map, const char *whose, const char *name,
                              enum map_kind kind, uint32_t addr, bool memory)
{
    for (size_t i = 0; i < map->targets; i++) {
        if (map->target[i].addr == addr) {
            map->target[i].kind = kind == MAP_PARTITION ? MAP_LIBRARY : map->target[i].kind;
            return &map->target[i];
        }
    }
    struct map_target *target = &map->target[map->targets++];
    (void)snprintf(target->name, sizeof target->name, "%.15s%.38s", whose, name);
    target->kind = kind;
    target->addr = addr;
    target->memory = memory;
    target->base = addr;
    target->limit = addr;
    return target;
}

/** Both ends of a region of the MPU or, if its size is 0, of nothing. */
static void add_ends(struct map *map, const char *whose, const char *const names[2],
                     enum map_kind kind, uint32_t base, uint32_t limit, bool memory)
{
    if (base == limit) {
        return;
    }
    struct map_target *first = add(map, whose, names[0], kind, base, memory);
    first->base = base;
    first->limit = limit;
    const uint32_t end = memory && kind != MAP_GATE_STACK ? END_BYTES : sizeof(uint32_t);
    struct map_target *last = add(map, whose, names[1], kind, limit - end, memory);
    last->base = base;
    last->limit = limit;
}

static const enum map_kind module_kinds[] = {
    [CODE] = MAP_MODULE_CODE,
    [DATA] = MAP_MODULE_DATA,
    [DEVICE] = MAP_MODULE_DEVICE,
    [CONSTANTS] = MAP_MODULE_CONSTANTS,
};

/** Both ends of each region of a record; a code region that partitions share is named for the first. */
static void add_record(struct map *map, const struct matrix_record *record)
{
    for (size_t i = 0; i < MATRIX_REGIONS; i++) {
        const uint32_t base = record->region[i].base;
        const uint32_t limit = record->region[i].limit;
        const uint32_t access = record->region[i].access;
        const bool device = (access & RECORD_DEVICE) != 0;
        const enum region what = device                        ? DEVICE
                                 : (access & MAY_WRITE) != 0   ? DATA
                                 : (access & MAY_EXECUTE) != 0 ? CODE
                                                               : CONSTANTS;
        add_ends(map, record->name, region_names[what],
                 record->is_module != 0 ? module_kinds[what] : MAP_PARTITION, base, limit, !device);
    }
}

static void add_domain(struct map *map, const char *before, enum matrix_actor actor,
                       const struct matrix_record *record)
{
    struct map_domain *domain = &map->domain[map->domains++];
    (void)snprintf(domain->name, sizeof domain->name, "%s%s", before,
                   record != NULL ? record->name : "");
    domain->actor = actor;
    domain->record = record;
}

void map_draw(struct map *map, const struct matrix_spm *spm)
{
    memset(map, 0, sizeof *map);
    add_ends(map, "SPM", region_names[CODE], MAP_MANAGER_CODE, spm->text, spm->text_end, true);
    add_ends(map, "SPM", region_names[DATA], MAP_MANAGER_DATA, spm->stack, spm->ram_end, true);
    add_ends(map, "gate", region_names[DATA], MAP_GATE_STACK, spm->gate_stack, spm->gate_ram_end,
             true);
    for (uint32_t i = 0; i < spm->count; i++) {
        add_record(map, &spm->partition[i]);
    }
    for (size_t i = 0; i < COUNT_OF(fixed); i++) {
        struct map_target *target =
            add(map, "", fixed[i].name, fixed[i].kind, fixed[i].addr, fixed[i].memory);
        target->limit = target->base + fixed[i].code;
    }
    add_domain(map, "SPM", MATRIX_SPM, NULL);
    for (uint32_t i = 0; i < spm->count; i++) {
        add_domain(map, "SPM in ", MATRIX_SPM_IN_CALL, &spm->partition[i]);
    }
    for (uint32_t i = 0; i < spm->count; i++) {
        add_domain(map, "", MATRIX_PARTITION, &spm->partition[i]);
    }
    add_domain(map, "application", MATRIX_PRIVILEGED, NULL);
    add_domain(map, "unprivileged", MATRIX_UNPRIVILEGED, NULL);
}

/** What a record grants at an address. */
static uint32_t granted(const struct matrix_record *record, uint32_t addr)
{
    for (size_t i = 0; record != NULL && i < MATRIX_REGIONS; i++) {
        if (addr >= record->region[i].base && addr < record->region[i].limit) {
            return record->region[i].access & RECORD_RIGHTS;
        }
    }
    return 0;
}

/** Between calls the SPM may run the services' code, which readies them at start, and not change it. */
static uint32_t spm_rights(const struct map_target *target)
{
    const bool code = target->kind == MAP_PARTITION && target->addr < LAYOUT_SRAM1_NS;
    return code ? R_X : rules[target->kind].spm;
}

uint32_t map_may(const struct map_domain *domain, const struct map_target *target)
{
    switch (domain->actor) {
    case MATRIX_SPM:
        return spm_rights(target);
    case MATRIX_SPM_IN_CALL:
        return granted(domain->record, target->addr) |
               (domain->record->is_module != 0 ? rules[target->kind].spm_in_module
                                               : rules[target->kind].spm_in_call);
    case MATRIX_PARTITION:
        return rules[target->kind].partition | granted(domain->record, target->addr);
    case MATRIX_PRIVILEGED:
        return rules[target->kind].open | rules[target->kind].privileged;
    case MATRIX_UNPRIVILEGED:
    default:
        return rules[target->kind].open;
    }
}

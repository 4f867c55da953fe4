/*
 * Modules: what a record may say, each rule at its bounds; every single byte of one changed; and
 * what modules may be to each other and to the built-in partitions.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/module.h>
#include <garrison/spm.h>

#include "spm/module_check.h"
#include "spm/modules.h"
#include "spm/partitions.h"
#include "support/port_fake.h"

#define HEADER    0x400u
#define TEXT      0x800u /* bytes of a body */
#define RAM       0x1000u
#define SLOT      0x2000u
#define FLASH     0x0C000000u
#define RAM_END   0x300A0000u
#define DEVICE_ID 0xA5 /* each byte of port_device_id() */

#define CRYPTO_SID 0x47410001u
#define UPDATE_SID 0x47410002u
#define ITS_SID    0x47410003u

static struct module_record records[MODULES_MAX];

static uint32_t slot_off(uint32_t number)
{
    return SLOT * (number + 1u);
}

/** What a sound module with one service says. */
static void make_record(uint32_t number)
{
    const uint32_t text = FLASH + slot_off(number) + HEADER;
    const uint32_t ram = RAM_END - RAM * (number + 1u);
    struct module_record *record = &records[number];
    *record = (struct module_record){
        .magic = MODULE_MAGIC,
        .version = MODULE_VERSION,
        .size = sizeof *record,
        .text_addr = text,
        .text_size = TEXT,
        .ram_addr = ram,
        .ram_size = RAM,
        .stack_size = 0x400,
        .entry = text + 0x101,
        .data_load = text + TEXT - 32,
        .code_addr = text + (uint32_t)sizeof *record,
        .data_addr = ram + RAM - 32,
        .data_size = 32,
        .service_count = 1,
        .service = {{0x1000u + number, 1, MODULE_FOR_NON_SECURE | MODULE_FOR_MODULES}},
    };
    (void)snprintf(record->name, sizeof record->name, "m%u", number);
}

/** Puts a module's image into its slot and into the hand-over record. */
static void install(uint32_t number)
{
    const struct image_header header = {
        .magic = IMAGE_MAGIC, .header_size = HEADER, .body_size = TEXT};
    const struct handoff_entry entry = {.role = IMAGE_ROLE_MODULE_0 + number,
                                        .addr = FLASH + slot_off(number) + HEADER,
                                        .size = TEXT};
    uint8_t *slot = port_fake.flash.bytes + slot_off(number);
    memcpy(slot, &header, sizeof header);
    memcpy(slot + HEADER, &records[number], sizeof records[number]);
    assert_int_equal(handoff_append(&port_fake.handoff, &entry), GARRISON_OK);
}

static int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    handoff_init(&port_fake.handoff, PORT_RESET_PIN);
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        make_record(i);
        port_fake.handoff.layout.slot[i] =
            (struct layout_slot){.role = IMAGE_ROLE_MODULE_0 + i,
                                 .off = slot_off(i),
                                 .size = SLOT,
                                 .flags = RAM / 1024u << LAYOUT_SLOT_RAM_POS};
    }
    port_fake.handoff.layout.count = MODULES_MAX;
    modules_admit(); /* none: forgets those of the test before */
    return 0;
}

static struct module_place place_of(uint32_t number)
{
    static uint8_t id[12];
    memset(id, DEVICE_ID, sizeof id);
    return (struct module_place){
        .text_addr = FLASH + slot_off(number) + HEADER,
        .text_size = TEXT,
        .ram_addr = RAM_END - RAM * (number + 1u),
        .ram_size = RAM,
        .device_id = id,
        .devices = 5,
    };
}

static enum module_refusal check(void)
{
    const struct module_place place = place_of(0);
    return module_check(&records[0], &place);
}

#define FIELD(member) offsetof(struct module_record, member), sizeof records[0].member

/** A field, a value of it, and what that comes to. */
struct change {
    const char *what;
    size_t off;
    size_t size;
    uint32_t value;
    enum module_refusal refusal;
};

#define TEXT_0 (FLASH + SLOT + HEADER)
#define RAM_0  (RAM_END - RAM)

static const struct change changes[] = {
    {"magic", FIELD(magic), MODULE_MAGIC + 1, MODULE_NO_RECORD},
    {"version", FIELD(version), 0, MODULE_OTHER_VERSION},
    {"version", FIELD(version), 2, MODULE_OTHER_VERSION},
    {"size", FIELD(size), 191, MODULE_OTHER_VERSION},
    {"size", FIELD(size), 193, MODULE_OTHER_VERSION},
    {"empty name", FIELD(name[0]), 0, MODULE_NAME},
    {"name", FIELD(name[1]), 'Z', MODULE_NAME},
    {"name", FIELD(name[1]), '\n', MODULE_NAME},
    {"name", FIELD(name[1]), 0xFF, MODULE_NAME},
    {"behind the name", FIELD(name[3]), 'a', MODULE_NAME},
    {"text", FIELD(text_addr), TEXT_0 + 32, MODULE_PLACE},
    {"text", FIELD(text_addr), TEXT_0 - 32, MODULE_PLACE},
    {"text size", FIELD(text_size), TEXT - 32, MODULE_TEXT},
    {"text size", FIELD(text_size), TEXT + 32, MODULE_TEXT},
    {"ram", FIELD(ram_addr), RAM_0 - 32, MODULE_RAM_PLACE},
    {"ram", FIELD(ram_addr), 0x30050000, MODULE_RAM_PLACE},
    {"ram size", FIELD(ram_size), RAM + 32, MODULE_RAM},
    {"ram size", FIELD(ram_size), RAM - 1, MODULE_RAM},
    {"ram size", FIELD(ram_size), UINT32_MAX, MODULE_RAM},
    {"ram size", FIELD(ram_size), 0, MODULE_STACK},
    {"ram size", FIELD(ram_size), RAM - 32, MODULE_DATA},
    {"stack", FIELD(stack_size), 480, MODULE_STACK},
    {"stack", FIELD(stack_size), 512, MODULE_GRANTED},
    {"stack", FIELD(stack_size), 1008, MODULE_STACK},
    {"stack", FIELD(stack_size), RAM + 32, MODULE_STACK},
    {"stack", FIELD(stack_size), RAM - 32, MODULE_GRANTED},
    {"stack", FIELD(stack_size), RAM, MODULE_DATA},
    {"entry", FIELD(entry), TEXT_0 + 192, MODULE_ENTRY}, /* no Thumb bit */
    {"entry", FIELD(entry), TEXT_0 + 191, MODULE_ENTRY},
    {"entry", FIELD(entry), TEXT_0 + 193, MODULE_GRANTED},
    {"entry", FIELD(entry), TEXT_0 + TEXT - 1, MODULE_GRANTED},
    {"entry", FIELD(entry), TEXT_0 + TEXT + 1, MODULE_ENTRY},
    {"entry", FIELD(entry), 0x0C014801, MODULE_ENTRY},
    {"entry", FIELD(entry), UINT32_MAX, MODULE_ENTRY},
    {"load", FIELD(data_load), TEXT_0 + TEXT - 28, MODULE_DATA},
    {"load", FIELD(data_load), TEXT_0 - 4, MODULE_DATA},
    {"load", FIELD(data_load), TEXT_0, MODULE_GRANTED},
    {"load", FIELD(data_load), TEXT_0 + 2, MODULE_DATA},
    {"data", FIELD(data_addr), RAM_0 + RAM - 28, MODULE_DATA},
    {"data", FIELD(data_addr), RAM_0 + 0x400, MODULE_GRANTED},
    {"data", FIELD(data_addr), RAM_0 + 0x3FC, MODULE_DATA},
    {"data", FIELD(data_addr), 0x30040000, MODULE_DATA},
    {"data size", FIELD(data_size), 36, MODULE_DATA},
    {"data size", FIELD(data_size), 31, MODULE_DATA},
    {"data size", FIELD(data_size), UINT32_MAX - 3, MODULE_DATA},
    {"data size", FIELD(data_size), 0, MODULE_GRANTED},
    {"time", FIELD(time_limit_ms), MODULE_TIME_MAX_MS, MODULE_GRANTED},
    {"time", FIELD(time_limit_ms), MODULE_TIME_MAX_MS + 1, MODULE_TIME},
    {"services", FIELD(service_count), 0, MODULE_SERVICES},
    {"services", FIELD(service_count), 2, MODULE_SID}, /* the second is zero */
    {"services", FIELD(service_count), 5, MODULE_SERVICES},
    {"services", FIELD(service_count), 255, MODULE_SERVICES},
    {"unused service", FIELD(service[3].callers), 1, MODULE_UNUSED},
    {"sid", FIELD(service[0].sid), 0, MODULE_SID},
    {"sid", FIELD(service[0].sid), 0x47410000, MODULE_SID},
    {"sid", FIELD(service[0].sid), 0x4741FFFF, MODULE_SID},
    {"sid", FIELD(service[0].sid), 0x4740FFFF, MODULE_GRANTED},
    {"sid", FIELD(service[0].sid), 0x47420000, MODULE_GRANTED},
    {"service version", FIELD(service[0].version), 0, MODULE_SID},
    {"callers", FIELD(service[0].callers), 0, MODULE_CALLERS},
    {"callers", FIELD(service[0].callers), SERVICE_FOR_PARTITIONS, MODULE_CALLERS},
    {"callers", FIELD(service[0].callers), 9, MODULE_CALLERS},
    {"callers", FIELD(service[0].callers), 0x100, MODULE_CALLERS},
    {"callers", FIELD(service[0].callers), 0x201, MODULE_CALLERS},
    {"callers", FIELD(service[0].callers), 0x301, MODULE_GRANTED},
    {"callers", FIELD(service[0].callers), 0x105, MODULE_GRANTED},
    {"callers", FIELD(service[0].callers), 0x401, MODULE_CALLERS},
    {"callers", FIELD(service[0].callers), MODULE_FOR_MODULES, MODULE_GRANTED},
    {"uses", FIELD(use_count), 9, MODULE_USES},
    {"uses", FIELD(use_count), 2, MODULE_USES}, /* twice the same */
    {"unused use", FIELD(use[7]), 1, MODULE_USES},
    {"devices", FIELD(device_count), 3, MODULE_DEVICE},
    {"devices", FIELD(device_count), 1, MODULE_GRANTED}, /* number 0 */
    {"devices", FIELD(device_count), 2, MODULE_DEVICE},  /* twice number 0 */
    {"unused device", FIELD(device[0]), 2, MODULE_DEVICE},
    {"interrupts", FIELD(interrupt_count), 1, MODULE_INTERRUPT}, /* without a device */
    {"interrupts", FIELD(interrupt_count), 255, MODULE_INTERRUPT},
    {"unused handler", FIELD(handler), TEXT_0 + 193, MODULE_INTERRUPT},
    {"code", FIELD(code_addr), 0, MODULE_TEXT},
    {"code", FIELD(code_addr), TEXT_0, MODULE_TEXT},
    {"code", FIELD(code_addr), TEXT_0 + 160, MODULE_TEXT}, /* in the record */
    {"code", FIELD(code_addr), TEXT_0 + 208, MODULE_TEXT},
    {"code", FIELD(code_addr), TEXT_0 + 224, MODULE_GRANTED},
    {"code", FIELD(code_addr), TEXT_0 + 256, MODULE_GRANTED}, /* the entry is its first one */
    {"code", FIELD(code_addr), TEXT_0 + 288, MODULE_ENTRY},
    {"code", FIELD(code_addr), TEXT_0 + TEXT, MODULE_TEXT},
    {"code", FIELD(code_addr), TEXT_0 - 32, MODULE_TEXT},
    {"code", FIELD(code_addr), 0xFFFFFFE0, MODULE_TEXT},
    {"licensed", FIELD(licensed), 1, MODULE_LICENCE}, /* device id of zeros */
    {"licensed", FIELD(licensed), 2, MODULE_LICENCE_FORM},
    {"licensed", FIELD(licensed), 0x01000000, MODULE_LICENCE_FORM},
    {"licence of nobody", FIELD(licence[11]), 1, MODULE_LICENCE_FORM},
    {"reserved", FIELD(reserved[2]), 1, MODULE_UNUSED},
};

static void set(struct module_record *record, const struct change *change)
{
    memcpy((uint8_t *)record + change->off, &change->value, change->size);
}

static void every_field_is_checked_at_its_bounds(void **state)
{
    (void)state;
    assert_int_equal(check(), MODULE_GRANTED);
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        make_record(0);
        set(&records[0], &changes[i]);
        const enum module_refusal refusal = check();
        if (refusal != changes[i].refusal) {
            fail_msg("%s = 0x%X: %s", changes[i].what, changes[i].value,
                     module_refusal_text(refusal));
        }
    }
}

static void lists_name_nothing_twice(void **state)
{
    (void)state;
    records[0].use_count = 2;
    records[0].use[0] = CRYPTO_SID;
    records[0].use[1] = ITS_SID;
    assert_int_equal(check(), MODULE_GRANTED);
    records[0].use[1] = CRYPTO_SID;
    assert_int_equal(check(), MODULE_USES);
    make_record(0);
    records[0].device_count = 2;
    records[0].device[0] = 2;
    assert_int_equal(check(), MODULE_GRANTED);
    for (uint32_t device = 1; device < 40; device++) {
        records[0].device[1] = device;
        assert_int_equal(check(), MODULE_DEVICE);
    }
    make_record(0);
    records[0].service_count = 2;
    records[0].service[1] = records[0].service[0];
    assert_int_equal(check(), MODULE_SID);
    records[0].service[1].sid++;
    assert_int_equal(check(), MODULE_GRANTED);
}

static void a_handler_is_in_its_code_and_for_devices(void **state)
{
    static const uint32_t wrong[] = {
        0, 1, TEXT_0 + 191, TEXT_0 + 192, TEXT_0 + TEXT + 1, 0x0C014801, UINT32_MAX, RAM_0 + 1};
    (void)state;
    records[0].device_count = 2;
    records[0].device[0] = 2;
    for (uint8_t count = 1; count <= 2; count++) {
        records[0].interrupt_count = count;
        for (size_t i = 0; i < COUNT_OF(wrong); i++) {
            records[0].handler = wrong[i];
            assert_int_equal(check(), MODULE_ENTRY);
        }
        records[0].handler = TEXT_0 + TEXT - 1;
        assert_int_equal(check(), MODULE_GRANTED);
        records[0].handler = TEXT_0 + 193;
        assert_int_equal(check(), MODULE_GRANTED);
    }
    records[0].interrupt_count = 3;
    assert_int_equal(check(), MODULE_INTERRUPT);
    records[0].interrupt_count = 2;
    records[0].device_count = 1;
    assert_int_equal(check(), MODULE_INTERRUPT);
    records[0].interrupt_count = 1;
    assert_int_equal(check(), MODULE_GRANTED);
}

static void a_licence_is_for_one_device(void **state)
{
    (void)state;
    records[0].licensed = 1;
    memset(records[0].licence, DEVICE_ID, sizeof records[0].licence);
    assert_int_equal(check(), MODULE_GRANTED);
    for (size_t i = 0; i < sizeof records[0].licence; i++) {
        records[0].licence[i] ^= 1;
        assert_int_equal(check(), MODULE_LICENCE);
        records[0].licence[i] ^= 1;
    }
}

static void expect_logged(const char *line)
{
    for (uint32_t i = 0; i < port_fake.log_count; i++) {
        if (strcmp(port_fake.log[i], line) == 0) {
            return;
        }
    }
    fail_msg("not logged: %s; but %s", line, port_fake.log[0]);
}

/** What is granted lies where it must, whatever the record says. */
static void expect_sound(uint32_t number)
{
    const struct partition *partition = modules_at(number);
    const struct partition_memory *memory = partition->memory;
    const struct module_place place = place_of((uint32_t)partition->id - IMAGE_ROLE_MODULE_0);
    const struct partition_region *text = &memory->region[0];
    const struct partition_region *ram = &memory->region[1];
    assert_true(partitions_memory_is_sound(memory));
    const struct partition_region *constants = &memory->region[2];
    assert_int_equal(constants->base, place.text_addr);
    assert_int_equal(constants->limit, text->base);
    assert_int_equal(constants->access, PARTITION_READ);
    assert_true(text->base >= place.text_addr + sizeof(struct module_record));
    assert_int_equal(text->limit, place.text_addr + place.text_size);
    assert_int_equal(text->access, PARTITION_READ | PARTITION_EXECUTE);
    assert_int_equal(ram->base, place.ram_addr);
    assert_true(ram->limit <= place.ram_addr + place.ram_size);
    assert_int_equal(ram->access, PARTITION_READ | PARTITION_WRITE);
    const struct partition_region *devices = &memory->region[3];
    assert_true(devices->limit == 0 || devices->base >= port_modules.device[0].base);
    assert_true(devices->limit <= port_modules.device[3].limit);
    assert_in_range((uintptr_t)partition->function, text->base, text->limit - 1u);
    uint32_t signals = partition->signals;
    for (uint32_t i = 0; i <= 3; i++) {
        const struct partition_region *device = &port_modules.device[i];
        if (device->base >= devices->base && device->limit <= devices->limit) {
            signals &= ~(0x10u << i);
        }
    }
    assert_int_equal(signals, 0); /* of its devices only */
    const uintptr_t handler = (uintptr_t)partition->handler;
    assert_true(partition->signals == 0 || (handler >= text->base && handler < text->limit));
    const struct partition_data *data = &memory->data;
    assert_true(data->load >= constants->base && data->load + data->len <= text->limit);
    assert_true(data->base >= memory->stack_limit && data->base + data->len <= ram->limit);
    assert_int_equal(memory->area[0].len + memory->area[1].len, 0);
    assert_false(partition->owns_downloads || partition->may_reset);
    assert_true(partition->is_module);
    assert_int_equal(spm_init(), GARRISON_OK);
}

static void a_module_becomes_a_partition(void **state)
{
    (void)state;
    records[2].use_count = 1;
    records[2].use[0] = ITS_SID;
    install(2);
    modules_admit();
    assert_int_equal(modules_count(), 1);
    expect_sound(0);
    expect_logged("module 2 (m2): admitted");
    const struct partition_entry entry = partitions_find_sid(0x1002);
    assert_ptr_equal(entry.partition, modules_at(0));
    assert_int_equal(entry.partition->id, GARRISON_MODULE_CLIENT_ID(2));
    assert_int_equal(entry.service->handle, GARRISON_MODULE_HANDLE(2, 0));
    assert_int_equal(entry.service->handle, 0x40001020);
    assert_string_equal(entry.partition->name, "m2");
    assert_true(partitions_uses(entry.partition, ITS_SID));
    assert_int_equal(spm_version(SPM_CLIENT_NON_SECURE, 0x1002), 1);
    assert_int_equal(port_fake.granted, 0);
}

static void a_service_may_have_connections(void **state)
{
    (void)state;
    records[0].service_count = 2;
    records[0].service[0].callers = MODULE_FOR_NON_SECURE | MODULE_CONNECTIONS | MODULE_STRICT;
    records[0].service[0].version = 2;
    records[0].service[1] = (struct module_service){0x2000, 1, MODULE_FOR_MODULES};
    install(0);
    modules_admit();
    expect_sound(0);
    const struct partition_service *service = partitions_find_sid(0x1000).service;
    assert_int_equal(service->handle, PSA_NULL_HANDLE);
    assert_int_equal(service->callers, SERVICE_FOR_NON_SECURE);
    assert_true(service->strict);
    service = partitions_find_sid(0x2000).service;
    assert_int_equal(service->handle, GARRISON_MODULE_HANDLE(0, 1));
    assert_false(service->strict);
}

static void its_ram_is_clean_and_holds_its_data(void **state)
{
    (void)state;
    install(0);
    install(1);
    modules_admit();
    modules_start();
    assert_ptr_equal(port_fake.was_reset, modules_at(1));
    assert_null(port_fake.open);
}

static void eight_modules_are_served(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        install(i);
    }
    modules_admit();
    assert_int_equal(modules_count(), 8);
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        expect_sound(i);
    }
}

/** Each byte takes each of some values: refused, or what is granted is still sound. */
static void a_changed_byte_never_grants_more(void **state)
{
    static const uint8_t masks[] = {0x01, 0x02, 0x04, 0x10, 0x20, 0x40, 0x80, 0xFF, 0x7F, 0x60};
    unsigned refused = 0;
    (void)state;
    install(0);
    uint8_t *at = port_fake.flash.bytes + slot_off(0) + HEADER;
    for (size_t i = 0; i < sizeof records[0]; i++) {
        for (size_t k = 0; k < COUNT_OF(masks); k++) {
            port_fake.log_count = 0;
            at[i] ^= masks[k];
            modules_admit();
            at[i] ^= masks[k];
            if (modules_count() == 1) {
                expect_sound(0);
            } else {
                assert_int_equal(modules_count(), 0);
                assert_int_equal(port_fake.log_count, 1);
                assert_non_null(strstr(port_fake.log[0], ": refused: "));
                refused++;
            }
        }
    }
    assert_true(refused > 1000);
}

/** Records of random words, with what is checked first right. */
static void a_random_record_never_grants_more(void **state)
{
    const char *given = getenv("GARRISON_SEED");
    const unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : 1u;
    (void)state;
    print_message("seed %u\n", seed);
    srand(seed);
    install(0);
    for (unsigned round = 0; round < 20000; round++) {
        struct module_record record = records[0];
        for (unsigned i = 0; i < 1u + round % 6u; i++) {
            const struct change *change = &changes[(unsigned)rand() % COUNT_OF(changes)];
            struct change random = *change;
            random.value = rand() % 2 ? change->value : (uint32_t)rand() * 3u;
            set(&record, &random);
        }
        memcpy(port_fake.flash.bytes + slot_off(0) + HEADER, &record, sizeof record);
        port_fake.log_count = 0;
        modules_admit();
        if (modules_count() == 1) {
            expect_sound(0);
        }
    }
}

static void expect_refused(uint32_t number, const char *reason)
{
    char line[128];
    (void)snprintf(line, sizeof line, "module %u (m%u): refused: %s", number, number, reason);
    expect_logged(line);
}

static void modules_call_each_other_in_any_order(void **state)
{
    (void)state;
    records[0].use_count = 1;
    records[0].use[0] = 0x1003;
    records[3].use_count = 1;
    records[3].use[0] = CRYPTO_SID;
    install(0);
    install(3);
    modules_admit();
    assert_int_equal(modules_count(), 2);
    assert_int_equal(spm_init(), GARRISON_OK);
}

static void what_a_module_calls_must_be_there_and_open(void **state)
{
    (void)state;
    records[0].use_count = 1;
    records[0].use[0] = 0x9999;
    records[1].use_count = 1;
    records[1].use[0] = UPDATE_SID;
    records[2].use_count = 1;
    records[2].use[0] = 0x1003;
    records[3].service[0].callers = MODULE_FOR_NON_SECURE;
    for (uint32_t i = 0; i < 4; i++) {
        install(i);
    }
    modules_admit();
    expect_refused(0, "it calls a service that there is not");
    expect_refused(1, "it calls a service that is closed to modules");
    expect_refused(2, "it calls a service that is closed to modules");
    assert_int_equal(modules_count(), 1);
}

static void what_waits_for_a_refused_module_is_refused(void **state)
{
    (void)state;
    records[0].use_count = 1;
    records[0].use[0] = 0x1001;
    records[1].use_count = 1;
    records[1].use[0] = 0x9999;
    install(0);
    install(1);
    modules_admit();
    expect_refused(0, "it calls a service that there is not");
    assert_int_equal(modules_count(), 0);
}

static void circles_are_refused(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        records[i].use_count = 1;
        records[i].use[0] = 0x1000u + (i + 1u) % 3u;
        install(i);
    }
    records[4].use_count = 1;
    records[4].use[0] = 0x1004; /* itself */
    install(4);
    install(5);
    modules_admit();
    for (uint32_t i = 0; i < 3; i++) {
        expect_refused(i, "modules call each other in a circle");
    }
    expect_refused(4, "modules call each other in a circle");
    assert_int_equal(modules_count(), 1);
}

static void chains_have_a_depth(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MODULES_MAX; i++) {
        records[i].use_count = 1;
        records[i].use[0] = i == 0 ? ITS_SID : 0x1000u + i - 1u;
        install(i);
    }
    modules_admit();
    assert_int_equal(modules_count(), SPM_DEPTH_MAX - 1u); /* and ITS */
    expect_refused(SPM_DEPTH_MAX - 1u, "calls would go too deep");
    assert_int_equal(spm_init(), GARRISON_OK);
}

static void service_ids_and_devices_are_the_first_ones(void **state)
{
    (void)state;
    records[1].service[0].sid = 0x1000;
    records[0].device_count = 1;
    records[0].device[0] = 2;
    records[0].interrupt_count = 1;
    records[0].handler = TEXT_0 + 193;
    records[2].device_count = 1;
    records[2].device[0] = 2;
    for (uint32_t i = 0; i < 3; i++) {
        install(i);
    }
    modules_admit();
    expect_refused(1, "service id is taken");
    expect_refused(2, "device is another module's");
    assert_int_equal(modules_count(), 1);
    assert_int_equal(port_fake.granted, 1u << 2);
    assert_int_equal(modules_at(0)->memory->region[3].base, port_modules.device[2].base);
    assert_int_equal(modules_at(0)->signals, 0x10u << 2);
    assert_int_equal((uintptr_t)modules_at(0)->handler, TEXT_0 + 193);
}

static void devices_side_by_side_are_one_region(void **state)
{
    static const uint32_t pairs[][2] = {{0, 2}, {2, 0}, {0, 3}, {3, 2}};
    (void)state;
    for (uint32_t i = 0; i < 4u; i++) {
        make_record(0);
        records[0].device_count = 2;
        memcpy(records[0].device, pairs[i], sizeof pairs[i]);
        port_fake.handoff.count = 0;
        install(0);
        modules_admit();
        if (i >= 2u) {
            expect_refused(0, "devices do not lie side by side");
            continue;
        }
        assert_int_equal(modules_count(), 1);
        expect_sound(0);
        const struct partition_region *devices = &modules_at(0)->memory->region[3];
        assert_int_equal(devices->base, port_modules.device[0].base);
        assert_int_equal(devices->limit, port_modules.device[2].limit);
        assert_int_equal(devices->access, port_modules.device[0].access);
    }
}

/** At each halfword of a body: the one in its code is refused and named, the one before is not. */
static void a_module_that_can_leave_is_refused(void **state)
{
    (void)state;
    records[0].code_addr = TEXT_0 + 256;
    install(0);
    uint8_t *body = port_fake.flash.bytes + slot_off(0) + HEADER;
    memset(body + sizeof records[0], 0, TEXT - sizeof records[0]);
    for (uint32_t i = sizeof records[0]; i < TEXT; i += 2) {
        char reason[64];
        body[i] = 0x84; /* blxns r0 */
        body[i + 1] = 0x47;
        port_fake.log_count = 0;
        modules_admit();
        memset(body + i, 0, 2);
        if (i < 256) {
            assert_int_equal(modules_count(), 1);
            continue;
        }
        (void)snprintf(reason, sizeof reason, "BXNS or BLXNS in its code, at 0x%08X", TEXT_0 + i);
        expect_refused(0, reason);
    }
}

static void an_image_that_cannot_be_read_is_no_module(void **state)
{
    (void)state;
    install(0);
    port_fake.flash.bad_from = slot_off(0) + HEADER + 64;
    port_fake.flash.bad_to = port_fake.flash.bad_from + 16;
    modules_admit();
    assert_int_equal(modules_count(), 0);
    expect_logged("module 0: refused: image cannot be read");
    port_fake.flash.bad_from = slot_off(0) + HEADER + TEXT - 16; /* its code alone */
    port_fake.flash.bad_to = slot_off(0) + HEADER + TEXT;
    modules_admit();
    expect_refused(0, "image cannot be read");
    port_fake.flash.bad_to = 0;
    port_fake.flash.bytes[slot_off(0) + 12]++; /* another body than the one that was verified */
    modules_admit();
    assert_int_equal(modules_count(), 0);
}

static void a_name_that_is_no_name_is_not_logged(void **state)
{
    (void)state;
    memset(records[0].name, 'A', sizeof records[0].name);
    install(0);
    modules_admit();
    expect_logged("module 0: refused: name is not of a to z, 0 to 9, - and _");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_field_is_checked_at_its_bounds, set_up),
        cmocka_unit_test_setup(lists_name_nothing_twice, set_up),
        cmocka_unit_test_setup(a_handler_is_in_its_code_and_for_devices, set_up),
        cmocka_unit_test_setup(a_licence_is_for_one_device, set_up),
        cmocka_unit_test_setup(a_module_becomes_a_partition, set_up),
        cmocka_unit_test_setup(a_service_may_have_connections, set_up),
        cmocka_unit_test_setup(its_ram_is_clean_and_holds_its_data, set_up),
        cmocka_unit_test_setup(eight_modules_are_served, set_up),
        cmocka_unit_test_setup(a_changed_byte_never_grants_more, set_up),
        cmocka_unit_test_setup(a_random_record_never_grants_more, set_up),
        cmocka_unit_test_setup(modules_call_each_other_in_any_order, set_up),
        cmocka_unit_test_setup(what_a_module_calls_must_be_there_and_open, set_up),
        cmocka_unit_test_setup(what_waits_for_a_refused_module_is_refused, set_up),
        cmocka_unit_test_setup(circles_are_refused, set_up),
        cmocka_unit_test_setup(chains_have_a_depth, set_up),
        cmocka_unit_test_setup(service_ids_and_devices_are_the_first_ones, set_up),
        cmocka_unit_test_setup(devices_side_by_side_are_one_region, set_up),
        cmocka_unit_test_setup(a_module_that_can_leave_is_refused, set_up),
        cmocka_unit_test_setup(an_image_that_cannot_be_read_is_no_module, set_up),
        cmocka_unit_test_setup(a_name_that_is_no_name_is_not_logged, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

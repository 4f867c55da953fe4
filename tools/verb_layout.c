/*
 * garrison layout check, garrison layout show, garrison layout ld
 */
#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>

#include "layout_plan.h"
#include "port/stm32h573/layout.h"
#include "port/stm32h573/layout_data.h"
#include "report.h"
#include "verbs.h"

#define SECTORS (LAYOUT_FLASH_SIZE / LAYOUT_SECTOR)
#define KB      1024u

static const struct cli_option no_options[] = {{.name = NULL}};

static int run_check(const void *opaque, const char *const *operands)
{
    struct layout_record record;
    (void)opaque;
    const int status = layout_read(operands[0], &record);
    if (status == EXIT_DONE) {
        printf("%s: the layout is sound\n", operands[0]);
    }
    return status;
}

/* A drawing: one line for each run of sectors that serve the same. */

/** What stands in no layout. */
static const struct {
    const char *name;
    uint32_t off;
    uint32_t size;
} fixed[] = {
    {"Internal Trusted Storage", LAYOUT_ITS_OFF, LAYOUT_ITS_SIZE},
    {"Protected Storage", LAYOUT_PS_OFF, LAYOUT_PS_SIZE},
    {"counters of Protected Storage", LAYOUT_PS_COUNTERS_OFF, LAYOUT_PS_COUNTERS_SIZE},
};

#define USE_BYTES 256u

static bool covers(uint32_t off, uint32_t size, uint32_t at)
{
    return at >= off && at - off < size;
}

static void add_use(char use[USE_BYTES], const char *before, const char *name)
{
    const size_t len = strlen(use);
    (void)snprintf(use + len, USE_BYTES - len, "%s%s", before, name);
}

/** What the sector at an offset is for. */
static void describe(const struct layout_record *record, bool system_irot, uint32_t at,
                     char use[USE_BYTES])
{
    bool download = false;
    use[0] = '\0';
    if (covers(LAYOUT_IROT_OFF, LAYOUT_IROT_SIZE, at)) {
        add_use(use, "", system_irot ? "unused, the iROT is in system flash" : "iROT");
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (covers(fixed[i].off, fixed[i].size, at)) {
            add_use(use, "", fixed[i].name);
        }
    }
    if (covers(record->journal_off, record->journal_size, at)) {
        add_use(use, "", "update journal");
    }
    for (uint32_t i = 0; i < record->count; i++) {
        const struct layout_slot *slot = &record->slot[i];
        if (covers(slot->off, slot->size, at)) {
            add_use(use, "", image_role_text(slot->role));
            add_use(use, "", (slot->flags & LAYOUT_SLOT_ENCRYPTED) != 0 ? ", encrypted" : "");
            add_use(use, "", (slot->flags & LAYOUT_SLOT_OPTIONAL) != 0 ? ", optional" : "");
        }
        if (covers(slot->download_off, slot->download_size, at)) {
            add_use(use, download ? ", " : "download of ", image_role_text(slot->role));
            download = true;
        }
    }
    if (use[0] == '\0') {
        add_use(use, "", "unused");
    }
}

static void print_run(const struct layout_record *record, uint32_t first, uint32_t behind,
                      const char *use)
{
    const struct layout_slot *application = layout_find(record, IMAGE_ROLE_APPLICATION);
    const uint32_t off = first * LAYOUT_SECTOR;
    const bool secure = !covers(application->off, application->size, off);
    printf("0x%06lX  %3lu-%-3lu %6lu KB  %-10s  %s\n", (unsigned long)off, (unsigned long)first,
           (unsigned long)(behind - 1u), (unsigned long)((behind - first) * LAYOUT_SECTOR / KB),
           secure ? "Secure" : "Non-secure", use);
}

/** First byte of a module's RAM, Secure alias. */
static uint32_t window_base(const struct layout_window *window)
{
    return LAYOUT_MODULES_RAM_END - window->below;
}

static void print_windows(const struct layout_record *record)
{
    for (uint32_t role = IMAGE_ROLE_MODULE_0; role < IMAGE_ROLE_MODULE_0 + 8u; role++) {
        const struct layout_window window = layout_window(record, role);
        if (window.size != 0) {
            printf("RAM of %s: 0x%08lX, %lu KB\n", image_role_text(role),
                   (unsigned long)window_base(&window), (unsigned long)(window.size / KB));
        }
    }
}

static int run_show(const void *opaque, const char *const *operands)
{
    struct layout_record record;
    char use[USE_BYTES];
    char next[USE_BYTES];
    uint32_t first = 0;
    bool system_irot = false;
    (void)opaque;
    const int status = layout_read_all(operands[0], &record, &system_irot);
    if (status != EXIT_DONE) {
        return status;
    }
    printf("offset    sectors    size  security    use\n");
    describe(&record, system_irot, 0, use);
    for (uint32_t sector = 1; sector < SECTORS; sector++) {
        describe(&record, system_irot, sector * LAYOUT_SECTOR, next);
        if (strcmp(use, next) != 0) {
            print_run(&record, first, sector, use);
            memcpy(use, next, sizeof use);
            first = sector;
        }
    }
    print_run(&record, first, SECTORS, use);
    for (unsigned bank = 0; bank < 2; bank++) {
        const struct layout_secure secure = layout_secure(&record, &layout_bounds, bank);
        printf("secure_watermark of bank %u: %lu-%lu\n", bank + 1u, (unsigned long)secure.first,
               (unsigned long)secure.last);
    }
    print_windows(&record);
    if (system_irot) {
        printf("iROT: 0x%08lX, %lu KB of system flash\n", (unsigned long)LAYOUT_SYSTEM_IROT_S,
               (unsigned long)(LAYOUT_IROT_SIZE / KB));
    }
    return EXIT_DONE;
}

/* What an application is linked with. */

static void print_memory(const char *name, const char *access, uint32_t base, uint32_t size)
{
    printf("    %s (%s) : ORIGIN = 0x%08lX, LENGTH = 0x%08lX\n", name, access, (unsigned long)base,
           (unsigned long)size);
}

struct ld_args {
    struct cli_number module;
};

static const struct cli_option ld_options[] = {
    {"module", 'm', CLI_NUMBER, offsetof(struct ld_args, module), "N",
     "of that module, 0 to 7, and not of the application"},
    {.name = NULL},
};

static void print_flash(const struct layout_slot *slot)
{
    print_memory("FLASH", "rx", layout_address(slot->role, slot->off) + LAYOUT_HEADER_SIZE,
                 slot->size - LAYOUT_HEADER_SIZE);
}

static int print_module(const char *path, const struct layout_record *record, uint64_t number)
{
    if (number > 7) {
        return fail(EXIT_USAGE, "--module: must be 0 to 7");
    }
    const uint32_t role = IMAGE_ROLE_MODULE_0 + (uint32_t)number;
    const struct layout_slot *slot = layout_find(record, role);
    const struct layout_window window = layout_window(record, role);
    if (slot == NULL || window.size == 0) {
        return fail(EXIT_USAGE, "%s: the layout has no %s for %s", path,
                    slot == NULL ? "slot" : "RAM", image_role_text(role));
    }
    printf("/* The memory of %s in this device's layout; made by `garrison layout ld`. */\n"
           "MEMORY\n{\n",
           image_role_text(role));
    print_flash(slot);
    print_memory("RAM", "rw", window_base(&window), window.size);
    printf("}\n");
    return EXIT_DONE;
}

static int run_ld(const void *opaque, const char *const *operands)
{
    const struct ld_args *args = opaque;
    struct layout_record record;
    const int status = layout_read(operands[0], &record);
    if (status != EXIT_DONE) {
        return status;
    }
    if (args->module.given) {
        return print_module(operands[0], &record, args->module.value);
    }
    printf("/* The memory of an application in this device's layout; made by `garrison layout ld`. "
           "*/\n"
           "MEMORY\n{\n");
    print_flash(layout_find(&record, IMAGE_ROLE_APPLICATION));
    print_memory("SRAM1", "rw", LAYOUT_SRAM1_NS, LAYOUT_SRAM1_SIZE);
    print_memory("SRAM3", "rw", LAYOUT_SRAM3_NS, LAYOUT_SRAM3_SIZE - layout_windows_size(&record));
    printf("}\n");
    return EXIT_DONE;
}

#define NOTES                                                                                      \
    "FILE describes a device, as for `garrison provision`; without a layout in it the default "    \
    "one\n"                                                                                        \
    "is meant. Nothing that it names is read.\n\n"                                                 \
    "exit status: 0 done, 2 FILE is wrong or its layout breaks a rule, 3 internal error"

const struct cli_verb verb_layout_check = {
    .name = "layout check",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "check the layout of a device description",
    .notes = NOTES,
    .options = no_options,
    .run = run_check,
};

const struct cli_verb verb_layout_show = {
    .name = "layout show",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "draw the flash as a device description lays it out",
    .notes = NOTES,
    .options = no_options,
    .run = run_show,
};

const struct cli_verb verb_layout_ld = {
    .name = "layout ld",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "print the memory that an application or a module is linked for",
    .notes =
        "What it prints goes into a file application_memory.ld that the linker finds before the\n"
        "default one; of a module, into module_memory.ld.\n\n" NOTES,
    .options = ld_options,
    .args_size = sizeof(struct ld_args),
    .run = run_ld,
};

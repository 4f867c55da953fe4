/*
 * garrison module pack
 */
#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/module.h>

#include "elf_flat.h"
#include "file.h"
#include "image_file.h"
#include "layout_plan.h"
#include "port/stm32h573/layout.h"
#include "report.h"
#include "slots.h"
#include "spm/module_check.h"
#include "verbs.h"

struct pack_args {
    const char *slot;
    const char *layout;
    const char *licence;
};

static const struct cli_option options[] = {
    {"slot", 's', CLI_TEXT, offsetof(struct pack_args, slot), "NAME",
     "slot it is linked for: module0 to module7"},
    {"layout", 'l', CLI_TEXT, offsetof(struct pack_args, layout), "FILE",
     "device description with the layout of that slot"},
    {"licence", 0, CLI_TEXT, offsetof(struct pack_args, licence), "ID",
     "for that device alone: its id, 24 hexadecimal digits"},
    {.name = NULL},
};

/** Where the layout has the module. */
static int find_place(const struct pack_args *args, struct module_place *place, uint32_t *room)
{
    struct layout_record record;
    if (args->slot == NULL || args->layout == NULL) {
        return fail(EXIT_USAGE, "module pack: --%s is missing",
                    args->slot == NULL ? "slot" : "layout");
    }
    const uint32_t role = slot_role(args->slot, strlen(args->slot));
    if (role < IMAGE_ROLE_MODULE_0) {
        return fail(EXIT_USAGE, "--slot: '%s' is not module0 to module7", args->slot);
    }
    const int status = layout_read(args->layout, &record);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct layout_slot *slot = layout_find(&record, role);
    if (slot == NULL) {
        return fail(EXIT_USAGE, "--slot: the layout of %s has no %s", args->layout, args->slot);
    }
    const struct layout_window window = layout_window(&record, role);
    *place = (struct module_place){
        .text_addr = layout_address(role, slot->off) + LAYOUT_HEADER_SIZE,
        .ram_addr = LAYOUT_MODULES_RAM_END - window.below,
        .ram_size = window.size,
        .devices = LAYOUT_MODULE_DEVICES,
    };
    *room = slot->size - LAYOUT_HEADER_SIZE;
    return EXIT_DONE;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/** Writes a licence into the record. */
static int license(const char *text, struct module_record *record)
{
    if (text == NULL) {
        return EXIT_DONE;
    }
    bool sound = strlen(text) == 2 * sizeof record->licence;
    for (size_t i = 0; sound && i < sizeof record->licence; i++) {
        const int high = hex_digit(text[2 * i]);
        const int low = hex_digit(text[2 * i + 1]);
        sound = high >= 0 && low >= 0;
        record->licence[i] = sound ? (uint8_t)(16 * high + low) : 0;
    }
    record->licensed = 1;
    return sound ? EXIT_DONE
                 : fail(EXIT_USAGE, "--licence: '%s' is not 24 hexadecimal digits", text);
}

/** Reads the body of a module: as linked, or as objcopy has made it. */
static int read_body(const char *path, uint32_t expected, struct file_data *body)
{
    uint32_t addr = expected;
    int status = file_read(path, IMAGE_FILE_BYTES_MAX, body);
    if (status == EXIT_DONE && elf_is(body)) {
        status = elf_flatten(path, body, &addr);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    if (addr != expected) {
        return fail(EXIT_USAGE, "%s: is linked for 0x%08lX; the slot's body is at 0x%08lX", path,
                    (unsigned long)addr, (unsigned long)expected);
    }
    return body->len >= sizeof(struct module_record)
               ? EXIT_DONE
               : fail(EXIT_USAGE, "%s: refused: %s", path, module_refusal_text(MODULE_NO_RECORD));
}

static void tell(const char *path, const struct module_record *record)
{
    printf("%s: module %s, %lu bytes, %lu of RAM, services", path, record->name,
           (unsigned long)record->text_size, (unsigned long)record->ram_size);
    for (uint32_t i = 0; i < record->service_count; i++) {
        printf(" 0x%08lX", (unsigned long)record->service[i].sid);
    }
    printf("\n");
}

/** Refuses code with BXNS or BLXNS in it, and says where, since it may be no instruction at all. */
static int look_for_exits(const char *path, const struct module_record *record,
                          const struct file_data *body)
{
    const uint32_t len = (uint32_t)body->len;
    uint32_t at = record->code_addr - record->text_addr;
    uint32_t first = 0;
    uint32_t count = 0;
    while ((at += module_find_exit(body->data + at, len - at)) < len) {
        first = count == 0 ? record->text_addr + at : first;
        count++;
        at += 2;
    }
    return count == 0 ? EXIT_DONE
                      : fail(EXIT_USAGE,
                             "%s: refused: %s, at 0x%08lX, %lu in all; half of an instruction, a "
                             "literal or a jump table counts too (-fno-jump-tables)",
                             path, module_refusal_text(MODULE_LEAVES), (unsigned long)first,
                             (unsigned long)count);
}

/** Checks the record as the manager will, and writes the body with it. */
static int pack(const struct pack_args *args, struct module_place *place, uint32_t room,
                const char *const *operands)
{
    struct module_record record;
    struct file_data body = {0};
    int status = read_body(operands[0], place->text_addr, &body);
    if (status == EXIT_DONE && body.len > room) {
        status = fail(EXIT_USAGE, "%s: has %zu bytes; its slot has %lu", operands[0], body.len,
                      (unsigned long)room);
    }
    if (status == EXIT_DONE) {
        memcpy(&record, body.data, sizeof record);
        status = license(args->licence, &record);
    }
    if (status == EXIT_DONE) {
        place->text_size = (uint32_t)body.len;
        const enum module_refusal refusal = module_check(&record, place);
        if (refusal != MODULE_GRANTED) {
            status = fail(EXIT_USAGE, "%s: refused: %s", operands[0], module_refusal_text(refusal));
        }
    }
    if (status == EXIT_DONE) {
        status = look_for_exits(operands[0], &record, &body);
    }
    if (status == EXIT_DONE) {
        memcpy(body.data, &record, sizeof record);
        status = file_write(operands[1], body.data, body.len, FILE_REPLACE, 0644);
    }
    if (status == EXIT_DONE) {
        tell(operands[1], &record);
    }
    file_free(&body);
    return status;
}

static int run_pack(const void *opaque, const char *const *operands)
{
    const struct pack_args *args = opaque;
    struct module_place place;
    uint32_t room = 0;
    const int status = find_place(args, &place, &room);
    return status == EXIT_DONE ? pack(args, &place, room, operands) : status;
}

const struct cli_verb verb_module_pack = {
    .name = "module pack",
    .operands = "IN OUT",
    .operand_count = 2,
    .summary = "check a secure module as the manager will, for `image sign`",
    .notes =
        "IN is what was linked with the module SDK, an ELF file or its bytes. OUT is the body\n"
        "of an image, which its owner signs and encrypts with `garrison image sign`. What a\n"
        "module needs of others, the services that it calls, only the device can tell.\n\n"
        "exit status: 0 done, 2 a file or an option is wrong or the module would be refused,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct pack_args),
    .run = run_pack,
};

#include "provision_options.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

/* Bytes of the part's option words (reference manual, FLASH option bytes). */
#define OPTION_ON  0xB4u
#define OPTION_OFF 0xC3u

#define OPTSR_STATE_MASK 0xFF00u
#define OPTSR_STATE_POS  8u
#define AREA_MASK        0x007F007Fu
#define AREA_NONE        0x0000007Fu

static void add_option(struct plan_options *out, const char *word, uint32_t mask, uint32_t value,
                       const char *key, const char *text)
{
    struct plan_option *option = &out->item[out->count++];
    *option = (struct plan_option){.word = word, .mask = mask, .value = value};
    (void)snprintf(option->text, sizeof option->text, "%s %s", key, text);
}

static uint32_t on_off(const struct config_value *value)
{
    return value->number != 0 ? OPTION_ON : OPTION_OFF;
}

static const char *on_off_text(const struct config_value *value)
{
    return value->number != 0 ? "on" : "off";
}

static void add_states(struct plan_options *out, const struct device_options *options)
{
    if (options->trustzone.at.line != 0) {
        add_option(out, "OPTSR2", 0xFFu << 24, on_off(&options->trustzone) << 24, "trustzone",
                   on_off_text(&options->trustzone));
    }
    if (options->product_state.at.line != 0) {
        add_option(out, "OPTSR", OPTSR_STATE_MASK,
                   (uint32_t)options->product_state.number << OPTSR_STATE_POS, "product_state",
                   options->product_state.text);
    }
    if (options->boot_ube.at.line != 0) {
        add_option(out, "OPTSR", 0xFFu << 22, (uint32_t)options->boot_ube.number << 22, "boot_ube",
                   options->boot_ube.text);
    }
    if (options->swap_bank.at.line != 0) {
        add_option(out, "OPTSR", 1u << 31, (uint32_t)options->swap_bank.number << 31, "swap_bank",
                   on_off_text(&options->swap_bank));
    }
}

/** A boot address register: address in bits 8 to 31, lock in bits 0 to 7. */
static int add_boot(struct plan_options *out, const struct config *config, bool secure,
                    const struct config_value *address, const struct config_value *lock)
{
    const char *word = secure ? "SECBOOTR" : "NSBOOTR";
    if (address->at.line != 0 && (address->number & 0xFFu) != 0) {
        struct sim_error error;
        (void)!config_fail(config, address->at, &error, "a boot address is a multiple of 0x100");
        return fail(EXIT_USAGE, "%s", error.text);
    }
    if (address->at.line != 0) {
        char text[48];
        (void)snprintf(text, sizeof text, "0x%08lX", (unsigned long)address->number);
        add_option(out, word, 0xFFFFFF00u, (uint32_t)address->number,
                   secure ? "secure_boot_address" : "nonsecure_boot_address", text);
    }
    if (lock->at.line != 0) {
        add_option(out, word, 0xFFu, on_off(lock),
                   secure ? "secure_boot_lock" : "nonsecure_boot_lock", on_off_text(lock));
    }
    return EXIT_DONE;
}

/** An area register: first sector in bits 0 to 6, last in bits 16 to 22; first > last is none. */
static void add_area(struct plan_options *out, const char *word, const char *key,
                     const struct config_value *area)
{
    if (area->at.line == 0) {
        return;
    }
    const uint32_t range = (uint32_t)area->number | (uint32_t)area->last << 16;
    char text[48];
    (void)snprintf(text, sizeof text, "%lu-%lu", (unsigned long)area->number,
                   (unsigned long)area->last);
    add_option(out, word, AREA_MASK, area->none ? AREA_NONE : range, key,
               area->none ? "none" : text);
}

/** A write protection register: bit n cleared protects group n. */
static void add_groups(struct plan_options *out, const char *word, const char *key,
                       const struct config_list *groups)
{
    const struct config_value *group = groups->items;
    uint32_t bits = UINT32_MAX;
    char text[48];
    if (groups->at.line == 0) {
        return;
    }
    for (size_t i = 0; i < groups->count; i++) {
        bits &= ~(1u << group[i].number);
    }
    (void)snprintf(text, sizeof text, "0x%08lX", (unsigned long)~bits);
    add_option(out, word, UINT32_MAX, bits, key, groups->count == 0 ? "none" : text);
}

int plan_options_add(const struct config *config, const struct device_options *options,
                     struct plan_options *out)
{
    add_states(out, options);
    add_area(out, "SECWM1R", "secure_watermark.bank1", &options->secure_watermark.bank1);
    add_area(out, "SECWM2R", "secure_watermark.bank2", &options->secure_watermark.bank2);
    add_area(out, "HDP1R", "hdp.bank1", &options->hdp.bank1);
    add_area(out, "HDP2R", "hdp.bank2", &options->hdp.bank2);
    add_groups(out, "WRP1R", "write_protect.bank1", &options->write_protect.bank1);
    add_groups(out, "WRP2R", "write_protect.bank2", &options->write_protect.bank2);
    const int status =
        add_boot(out, config, true, &options->secure_boot_address, &options->secure_boot_lock);
    return status != EXIT_DONE ? status
                               : add_boot(out, config, false, &options->nonsecure_boot_address,
                                          &options->nonsecure_boot_lock);
}

void plan_options_watermark(struct plan_options *out, unsigned bank, uint32_t first, uint32_t last)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%lu-%lu", (unsigned long)first, (unsigned long)last);
    add_option(out, bank == 0 ? "SECWM1R" : "SECWM2R", AREA_MASK, first | last << 16,
               bank == 0 ? "secure_watermark.bank1" : "secure_watermark.bank2", text);
}

void plan_options_unprotect(struct plan_options *out)
{
    add_option(out, "HDP1R", AREA_MASK, AREA_NONE, "hdp.bank1", "none");
    add_option(out, "HDP2R", AREA_MASK, AREA_NONE, "hdp.bank2", "none");
    add_option(out, "WRP1R", UINT32_MAX, UINT32_MAX, "write_protect.bank1", "none");
    add_option(out, "WRP2R", UINT32_MAX, UINT32_MAX, "write_protect.bank2", "none");
}

const char *plan_state_name(uint32_t code)
{
    const struct config_name *name = device_states;
    while (name->name != NULL && name->value != code) {
        name++;
    }
    return name->name;
}

uint32_t plan_options_state(const struct plan_options *options)
{
    uint32_t optsr = 0;
    (void)plan_options_apply(options, "OPTSR", &optsr);
    return (optsr & OPTSR_STATE_MASK) >> OPTSR_STATE_POS;
}

bool plan_options_apply(const struct plan_options *options, const char *word, uint32_t *value)
{
    bool any = false;
    for (unsigned i = 0; i < options->count; i++) {
        const struct plan_option *option = &options->item[i];
        if (strcmp(option->word, word) == 0) {
            *value = (*value & ~option->mask) | option->value;
            any = true;
        }
    }
    return any;
}

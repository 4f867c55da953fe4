/*
 * garrison state
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <garrison/sim.h>

#include "json.h"
#include "report.h"
#include "vendor_number.h"
#include "verbs.h"

struct state_args {
    bool json;
};

static const struct cli_option options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct state_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static uint32_t option_value(struct sim *sim, const char *name)
{
    uint32_t value = 0;
    return sim_option_read(sim, name, &value, NULL) == SIM_OK ? value : 0;
}

/** The uid as certificates have it (`cert new --soc-id`), and `debug discover` shows it. */
static void soc_id_text(const struct sim_state *state, char text[VENDOR_NUMBER_TEXT])
{
    uint8_t number[VENDOR_NUMBER_BYTES] = {0};
    _Static_assert(sizeof state->uid <= sizeof number, "the uid fits");
    memcpy(number, state->uid, sizeof state->uid);
    vendor_number_text(number, text);
}

static void print_json(struct sim *sim, const struct sim_state *state)
{
    struct json json = {.file = stdout};
    char soc_id[VENDOR_NUMBER_TEXT];
    const char *name = NULL;
    json_object(&json, NULL);
    json_hex(&json, "uid", state->uid, sizeof state->uid);
    soc_id_text(state, soc_id);
    json_text(&json, "soc_id", soc_id);
    json_text(&json, "product_state", state->product_state);
    json_bool(&json, "trustzone", state->trustzone);
    json_number(&json, "boots", state->boots);
    json_number(&json, "flash_sectors_used", state->sectors_used);
    json_object(&json, "option_words");
    for (unsigned i = 0; (name = sim_option_name(i)) != NULL; i++) {
        json_number(&json, name, option_value(sim, name));
    }
    json_end_object(&json);
    json_array(&json, "backup_registers");
    for (size_t i = 0; i < sizeof state->backup / sizeof state->backup[0]; i++) {
        json_number(&json, NULL, state->backup[i]);
    }
    json_end_array(&json);
    json_end_object(&json);
}

/** "sectors 0-31" or "none", from an area register. */
static void print_area(const char *what, uint32_t word)
{
    const unsigned first = word & 0x7Fu;
    const unsigned last = (word >> 16) & 0x7Fu;
    if (first > last) {
        printf("%-20snone\n", what);
    } else {
        printf("%-20ssectors %u-%u\n", what, first, last);
    }
}

static void print_text(struct sim *sim, const struct sim_state *state)
{
    const char *name = NULL;
    char soc_id[VENDOR_NUMBER_TEXT];
    soc_id_text(state, soc_id);
    printf("%-20s", "uid");
    for (size_t i = 0; i < sizeof state->uid; i++) {
        printf("%02x", state->uid[i]);
    }
    printf("\n%-20s%s\n", "SOC id", soc_id);
    printf("%-20s%s\n", "product state", state->product_state);
    printf("%-20s%s\n", "TrustZone", state->trustzone ? "on" : "off");
    printf("%-20s%" PRIu32 "\n", "boots", state->boots);
    printf("%-20s%" PRIu32 " of 256 sectors\n", "flash in use", state->sectors_used);
    print_area("secure, bank 1", option_value(sim, "SECWM1R"));
    print_area("secure, bank 2", option_value(sim, "SECWM2R"));
    print_area("hidden, bank 1", option_value(sim, "HDP1R"));
    print_area("hidden, bank 2", option_value(sim, "HDP2R"));
    for (unsigned i = 0; (name = sim_option_name(i)) != NULL; i++) {
        printf("%-20s0x%08" PRIX32 "\n", name, option_value(sim, name));
    }
    for (unsigned i = 0; i < sizeof state->backup / sizeof state->backup[0]; i++) {
        if (state->backup[i] != 0) {
            printf("backup register %-4u0x%08" PRIX32 "\n", i, state->backup[i]);
        }
    }
}

static int run_state(const void *opaque, const char *const *operands)
{
    const struct state_args *args = opaque;
    const struct sim_config config = {
        .device_path = operands[0], .ephemeral = true, .no_cpu = true};
    struct sim_error error;
    struct sim_state state;
    struct sim *sim = NULL;
    const enum sim_status status = sim_open(&config, &sim, &error);
    if (status != SIM_OK) {
        return fail(status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY ? EXIT_INTERNAL
                                                                               : EXIT_USAGE,
                    "%s", error.text);
    }
    sim_state_get(sim, &state);
    if (args->json) {
        print_json(sim, &state);
    } else {
        print_text(sim, &state);
    }
    sim_close(sim);
    return EXIT_DONE;
}

const struct cli_verb verb_state = {
    .name = "state",
    .operands = "DEVICE",
    .operand_count = 1,
    .summary = "show what a device holds: life cycle, option bytes, registers",
    .notes = "The device is only read.\n\n"
             "exit status: 0 done, 2 DEVICE is not a device file or in use, 3 internal error",
    .options = options,
    .args_size = sizeof(struct state_args),
    .run = run_state,
};

/*
 * garrison options show, garrison options export
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file_pipe.h"
#include "json.h"
#include "report.h"
#include "vendor_options.h"
#include "verbs.h"

struct show_args {
    bool json;
};

static const struct cli_option show_options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct show_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static const struct cli_option no_options[] = {{.name = NULL}};

#define FILE_BYTES_MAX 16384u
#define SWITCH_ON      0xB4u
#define SWITCH_OFF     0xC3u

/** What a code of a field stands for. */
struct code {
    uint8_t code;
    const char *name; /**< NULL ends a table. */
};

static const struct code product_states[] = {
    {0xED, "OPEN"},       {0x17, "PROVISIONING"},  {0x2E, "IROT-PROVISIONED"},
    {0xC6, "TZ-CLOSED"},  {0x72, "CLOSED"},        {0x5C, "LOCKED"},
    {0x9A, "REGRESSION"}, {0xA3, "NS-REGRESSION"}, {0, NULL}};
static const struct code boot_ube[] = {{0xB4, "user flash"}, {0xC3, "ST-iROT"}, {0, NULL}};
static const struct code switches[] = {{SWITCH_ON, "on"}, {SWITCH_OFF, "off"}, {0, NULL}};

/** Fields of eight bits with codes. */
static const struct {
    const char *word;
    unsigned shift;
    const struct code *codes;
    const char *name;
} coded[] = {
    {"OPTSR", 8, product_states, "product state"}, {"OPTSR", 22, boot_ube, "starts from"},
    {"OPTSR2", 24, switches, "TrustZone"},         {"NSBOOTR", 0, switches, "Non-secure boot lock"},
    {"SECBOOTR", 0, switches, "Secure boot lock"},
};

/** Areas of a bank: first and last sector. */
static const struct {
    const char *word;
    const char *name;
} areas[] = {
    {"SECWM1R", "Secure, bank 1"},
    {"SECWM2R", "Secure, bank 2"},
    {"HDP1R", "hidden, bank 1"},
    {"HDP2R", "hidden, bank 2"},
};

static uint32_t value_of(const struct sim_probe_option options[VENDOR_OPTIONS], const char *name)
{
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return options[i].value;
        }
    }
    return 0;
}

static const char *code_name(const struct code *codes, unsigned code)
{
    while (codes->name != NULL && codes->code != code) {
        codes++;
    }
    return codes->name != NULL ? codes->name : "INVALID";
}

static void show_lines(const struct sim_probe_option options[VENDOR_OPTIONS])
{
    for (size_t i = 0; i < sizeof coded / sizeof coded[0]; i++) {
        const unsigned code = value_of(options, coded[i].word) >> coded[i].shift & 0xFFu;
        printf("%-24s%s (0x%02X)\n", coded[i].name, code_name(coded[i].codes, code), code);
    }
    printf("%-24s%s\n", "banks swapped", (value_of(options, "OPTSR") >> 31) != 0 ? "yes" : "no");
    printf("%-24s0x%08" PRIX32 "\n", "Non-secure boot address",
           value_of(options, "NSBOOTR") & 0xFFFFFF00u);
    printf("%-24s0x%08" PRIX32 "\n", "Secure boot address",
           value_of(options, "SECBOOTR") & 0xFFFFFF00u);
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        const uint32_t word = value_of(options, areas[i].word);
        const unsigned first = word & 0x7Fu;
        const unsigned last = word >> 16 & 0x7Fu;
        if (first > last) {
            printf("%-24snone\n", areas[i].name);
        } else {
            printf("%-24ssectors %u-%u\n", areas[i].name, first, last);
        }
    }
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        printf("%-24s0x%08" PRIX32 "\n", options[i].name, options[i].value);
    }
}

static void show_json(const struct sim_probe_option options[VENDOR_OPTIONS])
{
    struct json json = {.file = stdout};
    json_object(&json, NULL);
    json_text(&json, "product_state",
              code_name(product_states, value_of(options, "OPTSR") >> 8 & 0xFFu));
    json_bool(&json, "trustzone", value_of(options, "OPTSR2") >> 24 == SWITCH_ON);
    json_object(&json, "option_words");
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        json_number(&json, options[i].name, options[i].value);
    }
    json_end_object(&json);
    json_end_object(&json);
}

static int run_show(const void *opaque, const char *const *operands)
{
    const struct show_args *args = opaque;
    struct sim_probe_option options[VENDOR_OPTIONS];
    struct vendor_options_problem problem;
    struct file_data file;
    int status = file_pipe_read(operands[0], FILE_BYTES_MAX, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_options_read((const char *)file.data, file.len, options, &problem)) {
        status = fail(EXIT_USAGE, "%s: line %u: %s", operands[0], problem.line, problem.why);
    } else if (args->json) {
        show_json(options);
    } else {
        show_lines(options);
    }
    file_free(&file);
    return status;
}

static int run_export(const void *args, const char *const *operands)
{
    (void)args;
    const struct sim_config config = {
        .device_path = operands[0], .ephemeral = true, .no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    uint32_t value[VENDOR_OPTIONS] = {0};
    char text[VENDOR_OPTIONS_TEXT];
    enum sim_status status = sim_open(&config, &sim, &error);
    for (unsigned i = 0; i < VENDOR_OPTIONS && status == SIM_OK; i++) {
        status = sim_option_read(sim, vendor_options_name(i), &value[i], &error);
    }
    sim_close(sim);
    if (status != SIM_OK) {
        return fail(status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY ? EXIT_INTERNAL
                                                                               : EXIT_USAGE,
                    "%s", error.text);
    }
    const size_t len = vendor_options_write(value, text);
    return file_pipe_write(operands[1], (const uint8_t *)text, len, FILE_REPLACE, 0644);
}

const struct cli_verb verb_options_show = {
    .name = "options show",
    .operands = "FILE",
    .operand_count = 1,
    .summary = "show a vendor's file of option bytes (CSV) in words",
    .notes = "FILE has one line for each option word: its register, a comma, its value; - is\n"
             "standard input.\n\n"
             "exit status: 0 shown, 2 FILE is wrong or cannot be read, 3 internal error",
    .options = show_options,
    .args_size = sizeof(struct show_args),
    .run = run_show,
};

const struct cli_verb verb_options_export = {
    .name = "options export",
    .operands = "DEVICE OUT",
    .operand_count = 2,
    .summary = "write a device's option bytes as the vendor's tools read them (CSV)",
    .notes = "The device is only read; - as OUT is standard output. The product state is in the "
             "file\n"
             "too, and the vendor's installer leaves a chip in it.\n\n"
             "exit status: 0 done, 2 DEVICE is not a device file or in use, or OUT cannot be "
             "written,\n"
             "3 internal error",
    .options = no_options,
    .run = run_export,
};

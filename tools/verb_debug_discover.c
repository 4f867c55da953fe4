/*
 * garrison debug discover
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "debug_link.h"
#include "json.h"
#include "report.h"
#include "vendor_number.h"
#include "verbs.h"

struct discover_args {
    struct debug_link_args link;
    bool json;
};

static const struct cli_option options[] = {
    DEBUG_LINK_OPTIONS,
    {"json", 0, CLI_FLAG, offsetof(struct discover_args, json), NULL, "print JSON"},
    {.name = NULL},
};

static const char *method_name(const struct adac_discovery *d)
{
    return d->cryptosystem == ADAC_CRYPTOSYSTEM_PASSWORD ? "password"
           : d->cryptosystem == ADAC_CRYPTOSYSTEM_ECDSA  ? "certificates"
                                                         : "unknown";
}

static void state_text(const struct adac_discovery *d, char text[32])
{
    const char *name = debug_link_state(d->life_cycle);
    (void)snprintf(text, 32, "0x%04X", d->life_cycle);
    if (name != NULL) {
        (void)snprintf(text, 32, "%s", name);
    }
}

static void print_lines(const struct adac_discovery *d)
{
    char text[VENDOR_PERMISSION_TEXT];
    char state[32];
    const bool sound = d->integrity == ADAC_INTEGRITY_SOUND;
    state_text(d, state);
    printf("%-16s%s\n", "product state", state);
    vendor_number_text(d->soc_id, text);
    printf("%-16sclass 0x%" PRIX32 ", id %s\n", "chip", d->soc_class, text);
    printf("%-16sADAC %u.%u, SDA %u.%u.%u, vendor 0x%04X\n", "speaks", d->adac[0], d->adac[1],
           d->sda[0], d->sda[1], d->sda[2], d->vendor);
    printf("%-16s%s\n", "takes",
           d->cryptosystem == ADAC_CRYPTOSYSTEM_ECDSA ? "certificates, ECDSA with P-256 and SHA-256"
                                                      : method_name(d));
    printf("%-16s%s (0x%08" PRIX32 ")\n", "credentials",
           sound ? "sound" : "none that are sound: nothing can be authenticated", d->integrity);
    vendor_permission_text(d->permissions, text);
    printf("%-16s%s\n", sound ? "permits" : "would permit", text);
    printf("%-16s0x%" PRIX32 ", 0x%" PRIX32 ", 0x%" PRIX32 "\n", "status HDPL1-3",
           d->hdpl_status[0], d->hdpl_status[1], d->hdpl_status[2]);
}

static void print_json(const struct adac_discovery *d)
{
    struct json json = {.file = stdout};
    char text[VENDOR_PERMISSION_TEXT];
    char state[32];
    state_text(d, state);
    json_object(&json, NULL);
    json_text(&json, "product_state", state);
    json_number(&json, "life_cycle", d->life_cycle);
    json_number(&json, "soc_class", d->soc_class);
    vendor_number_text(d->soc_id, text);
    json_text(&json, "soc_id", text);
    (void)snprintf(text, sizeof text, "%u.%u", d->adac[0], d->adac[1]);
    json_text(&json, "adac_version", text);
    (void)snprintf(text, sizeof text, "%u.%u.%u", d->sda[0], d->sda[1], d->sda[2]);
    json_text(&json, "sda_version", text);
    json_number(&json, "vendor", d->vendor);
    json_text(&json, "method", method_name(d));
    json_bool(&json, "credentials_sound", d->integrity == ADAC_INTEGRITY_SOUND);
    json_number(&json, "integrity", d->integrity);
    vendor_permission_text(d->permissions, text);
    json_text(&json, "permissions", text);
    vendor_number_text(d->permissions, text);
    json_text(&json, "permission_mask", text);
    json_array(&json, "hdpl_status");
    for (unsigned i = 0; i < 3u; i++) {
        json_number(&json, NULL, d->hdpl_status[i]);
    }
    json_end_array(&json);
    json_end_object(&json);
}

static int run_discover(const void *opaque, const char *const *operands)
{
    const struct discover_args *args = opaque;
    struct mailbox mailbox;
    struct adac_client client = {.mailbox = &mailbox};
    struct adac_discovery discovery;
    (void)operands;
    int status = debug_link_open(&args->link, &mailbox);
    if (status == EXIT_DONE) {
        status = debug_link_discover(&client, &discovery);
    }
    if (status == EXIT_DONE && args->link.device == NULL) {
        status = debug_link_end(&client, adac_client_resume(&client));
    }
    if (status == EXIT_DONE && args->json) {
        print_json(&discovery);
    } else if (status == EXIT_DONE) {
        print_lines(&discovery);
    }
    debug_link_close(&mailbox);
    return status;
}

const struct cli_verb verb_debug_discover = {
    .name = "debug discover",
    .operands = "",
    .summary = "ask a chip's boot ROM what debug authentication would permit",
    .notes = "Resets the chip, asks over the mailbox, and lets it boot. What an earlier\n"
             "authentication has opened is closed by the reset.\n\n"
             "exit status: 0 done, 1 nobody answers or the answer is wrong, 2 the command line or\n"
             "the device is wrong, 3 internal error",
    .options = options,
    .args_size = sizeof(struct discover_args),
    .run = run_discover,
};

/*
 * garrison debug open, garrison debug regress, garrison debug close
 */
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <string.h>

#include "cert_file.h"
#include "debug_link.h"
#include "keyfile.h"
#include "obk_file.h"
#include "report.h"
#include "verbs.h"

struct prove_args {
    struct debug_link_args link;
    const char *key;
    const char *cert;
    const char *permissions;
    const char *password;
    bool partial;
};

#define ARG(member) offsetof(struct prove_args, member)

#define KEY_OPTIONS                                                                                \
    {"key", 'k', CLI_TEXT, ARG(key), "FILE", "the private key of the last certificate"},           \
    {                                                                                              \
        "cert", 0, CLI_TEXT, ARG(cert), "FILE", "the chain of certificates, .b64"                  \
    }

/* What is opened or closed lasts until the power goes, so these two take no device file. */
static const struct cli_option open_options[] = {
    DEBUG_LINK_RUNNING,
    KEY_OPTIONS,
    {"permissions", 'p', CLI_TEXT, ARG(permissions), "LIST",
     "what is asked for, such as level3-nonsecure or level2"},
    {.name = NULL},
};

static const struct cli_option regress_options[] = {
    DEBUG_LINK_OPTIONS,
    KEY_OPTIONS,
    {"password", 0, CLI_TEXT, ARG(password), "FILE",
     "a password file, for a chip without TrustZone"},
    {"partial", 0, CLI_FLAG, ARG(partial), NULL, "only the Non-secure side: back to TZ-CLOSED"},
    {.name = NULL},
};

static const struct cli_option close_options[] = {DEBUG_LINK_RUNNING, {.name = NULL}};

/** Who asks: read before the chip is disturbed. */
struct credentials {
    struct vendor_cert_chain chain;
    struct key key;
    uint8_t password[VENDOR_PASSWORD_BYTES];
    uint8_t permissions[VENDOR_PERMISSION_BYTES];
};

static int read_certificates(const struct prove_args *args, const char *permissions,
                             struct credentials *credentials)
{
    char why[VENDOR_PERMISSION_TEXT];
    if (args->key == NULL || args->cert == NULL || permissions == NULL) {
        return fail(EXIT_USAGE, "%s: which? type: garrison help debug open",
                    args->key == NULL    ? "--key"
                    : args->cert == NULL ? "--cert"
                                         : "--permissions");
    }
    if (!vendor_permission_parse(permissions, credentials->permissions, why)) {
        return fail(EXIT_USAGE, "--permissions: %s", why);
    }
    int status = cert_file_read(args->cert, EXIT_USAGE, &credentials->chain);
    if (status == EXIT_DONE) {
        status = key_read(args->key, true, &credentials->key);
    }
    const struct vendor_cert *last = &credentials->chain.cert[credentials->chain.count - 1u];
    if (status == EXIT_DONE &&
        memcmp(last->point, credentials->key.point, sizeof last->point) != 0) {
        status = fail(EXIT_USAGE, "%s: is not the key of the last certificate of %s", args->key,
                      args->cert);
    }
    return status;
}

/** Which of the permissions asked for are none of the chain's or the chip's. */
static void say_withheld(const struct credentials *credentials,
                         const struct adac_discovery *discovery)
{
    uint8_t mask[VENDOR_PERMISSION_BYTES];
    uint8_t withheld[VENDOR_PERMISSION_BYTES];
    char text[VENDOR_PERMISSION_TEXT];
    vendor_cert_chain_permissions(&credentials->chain, mask);
    vendor_permission_keep(mask, discovery->permissions);
    if (!vendor_permission_beyond(credentials->permissions, mask)) {
        return;
    }
    for (unsigned i = 0; i < VENDOR_PERMISSION_BYTES; i++) {
        withheld[i] = (uint8_t)(credentials->permissions[i] & ~mask[i]);
    }
    vendor_permission_text(withheld, text);
    say("not permitted by the certificates or the chip's data: %s", text);
}

/* Verbs. */

static int open_debug(struct adac_client *client, const struct credentials *credentials)
{
    char opened[MAILBOX_WHY];
    struct adac_discovery discovery;
    int status = debug_link_discover(client, &discovery);
    if (status != EXIT_DONE) {
        return status;
    }
    say_withheld(credentials, &discovery);
    status = debug_link_end(client, adac_client_authenticate(client, &credentials->chain,
                                                             credentials->key.secret,
                                                             credentials->permissions));
    debug_link_why(client->mailbox, opened);
    /* Refused or not, the chip boots. */
    const int resumed = debug_link_end(client, adac_client_resume(client));
    if (status == EXIT_DONE && resumed == EXIT_DONE) {
        printf("opened: %s\n", opened[0] != '\0' ? opened : "what was permitted");
    }
    return status != EXIT_DONE ? status : resumed;
}

static int run_open(const void *opaque, const char *const *operands)
{
    const struct prove_args *args = opaque;
    struct credentials credentials = {.chain.count = 1};
    struct mailbox mailbox = {.context = NULL};
    struct adac_client client = {.mailbox = &mailbox};
    (void)operands;
    int status = read_certificates(args, args->permissions, &credentials);
    if (status == EXIT_DONE) {
        status = debug_link_open(&args->link, &mailbox);
    }
    if (status == EXIT_DONE) {
        status = open_debug(&client, &credentials);
    }
    key_wipe(&credentials.key);
    debug_link_close(&mailbox);
    return status;
}

/** What the chip is when it has regressed: it has reset itself, and answers before it starts anything. */
static int end_regression(struct adac_client *client, bool partial)
{
    struct adac_discovery discovery = {.life_cycle = 0};
    enum adac_result result = adac_client_rejoin(client);
    if (result == ADAC_DONE) {
        result = adac_client_discover(client, &discovery);
    }
    const int status = debug_link_end(client, result);
    if (status != EXIT_DONE) {
        return status;
    }
    const char *name = debug_link_state(discovery.life_cycle);
    if (name == NULL || strcmp(name, partial ? "TZ-CLOSED" : "OPEN") != 0) {
        return fail(EXIT_VERDICT, "the chip has not regressed: its life cycle is 0x%04X, %s",
                    discovery.life_cycle, name != NULL ? name : "unknown");
    }
    printf("regressed: the product state is %s\n", name);
    return debug_link_end(client, adac_client_resume(client));
}

static int regress(struct adac_client *client, const struct prove_args *args,
                   const struct credentials *credentials)
{
    struct adac_discovery discovery;
    int status = debug_link_discover(client, &discovery);
    if (status != EXIT_DONE) {
        return status;
    }
    const enum adac_result result =
        args->password != NULL
            ? adac_client_password(client, credentials->password)
            : adac_client_authenticate(client, &credentials->chain, credentials->key.secret,
                                       credentials->permissions);
    status = debug_link_end(client, result);
    if (status != EXIT_DONE) {
        (void)adac_client_resume(client);
        return status;
    }
    return end_regression(client, args->partial);
}

static int run_regress(const void *opaque, const char *const *operands)
{
    const struct prove_args *args = opaque;
    struct credentials credentials = {.chain.count = 1};
    struct mailbox mailbox = {.context = NULL};
    struct adac_client client = {.mailbox = &mailbox};
    int status;
    (void)operands;
    if (args->password != NULL) {
        if (args->key != NULL || args->cert != NULL || args->partial) {
            return fail(EXIT_USAGE, "--password goes without --key, --cert and --partial");
        }
        status = obk_file_read_password(args->password, credentials.password);
    } else {
        status = read_certificates(args, args->partial ? "partial-regression" : "full-regression",
                                   &credentials);
    }
    if (status == EXIT_DONE) {
        status = debug_link_open(&args->link, &mailbox);
    }
    if (status == EXIT_DONE) {
        status = regress(&client, args, &credentials);
    }
    key_wipe(&credentials.key);
    mbedtls_platform_zeroize(credentials.password, sizeof credentials.password);
    debug_link_close(&mailbox);
    return status;
}

static int run_close(const void *opaque, const char *const *operands)
{
    const struct debug_link_args *args = opaque;
    struct mailbox mailbox = {.context = NULL};
    struct adac_client client = {.mailbox = &mailbox};
    (void)operands;
    int status = debug_link_open(args, &mailbox);
    if (status == EXIT_DONE) {
        status = debug_link_end(&client, adac_client_open(&client));
    }
    if (status == EXIT_DONE) {
        status = debug_link_end(&client, adac_client_close(&client));
    }
    if (status == EXIT_DONE) {
        status = debug_link_end(&client, adac_client_resume(&client));
    }
    debug_link_close(&mailbox);
    if (status == EXIT_DONE) {
        printf("closed\n");
    }
    return status;
}

#define EXIT_NOTES                                                                                 \
    "exit status: 0 done, 1 refused, or nobody answers, 2 the command line, a file or the\n"       \
    "device is wrong, 3 internal error"

const struct cli_verb verb_debug_open = {
    .name = "debug open",
    .operands = "",
    .summary = "open debug of a running chip by certificates",
    .notes =
        "The chip is reset, takes the chain and a token signed for its challenge, opens what\n"
        "the token asks for and all masks permit, and boots. It is open until the next reset.\n"
        "With `garrison run --gdb --mailbox` it then waits for GDB where debug first sees it.\n"
        "Several levels: the lowest one is opened; Secure ones come before Non-secure "
        "ones.\n\n" EXIT_NOTES,
    .options = open_options,
    .args_size = sizeof(struct prove_args),
    .run = run_open,
};

const struct cli_verb verb_debug_regress = {
    .name = "debug regress",
    .operands = "",
    .summary = "erase a closed chip and open it again, by certificates or a password",
    .notes = "A full regression ends in OPEN, with TrustZone off, all keys and the user's flash\n"
             "gone; a partial one in TZ-CLOSED, with what is Non-secure gone.\n\n" EXIT_NOTES,
    .options = regress_options,
    .args_size = sizeof(struct prove_args),
    .run = run_regress,
};

const struct cli_verb verb_debug_close = {
    .name = "debug close",
    .operands = "",
    .summary = "close what debug authentication has opened on a running chip, and boot it",
    .notes = EXIT_NOTES,
    .options = close_options,
    .args_size = sizeof(struct debug_link_args),
    .run = run_close,
};

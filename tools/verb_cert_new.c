/*
 * garrison cert new
 */
#include <mbedtls/platform_util.h>
#include <string.h>

#include "cert_file.h"
#include "file_pipe.h"
#include "keyfile.h"
#include "vendor_number.h"
#include "verbs.h"

struct new_args {
    const char *key;
    const char *issuer;
    const char *issuer_key;
    const char *role;
    const char *permissions;
    const char *usage;
    struct cli_number life_cycle;
    struct cli_number oem_constraint;
    struct cli_number soc_class;
    const char *soc_id;
};

static const struct cli_option options[] = {
    {"key", 'k', CLI_TEXT, offsetof(struct new_args, key), "FILE",
     "key of its owner; of a root the private one"},
    {"issuer", 'i', CLI_TEXT, offsetof(struct new_args, issuer), "FILE",
     "chain that it is put behind; without, it is a root"},
    {"issuer-key", 0, CLI_TEXT, offsetof(struct new_args, issuer_key), "FILE",
     "private key of the chain's last owner"},
    {"role", 'r', CLI_TEXT, offsetof(struct new_args, role), "NAME",
     "root, intermediate or leaf (leaf; without issuer: root)"},
    {"permissions", 'p', CLI_TEXT, offsetof(struct new_args, permissions), "LIST",
     "the most that it permits (all)"},
    {"usage", 0, CLI_TEXT, offsetof(struct new_args, usage), "NAME",
     "neutral or authentication (authentication)"},
    {"life-cycle", 0, CLI_NUMBER, offsetof(struct new_args, life_cycle), "N",
     "the only life cycle it holds in, as discovery shows it (any)"},
    {"oem-constraint", 0, CLI_NUMBER, offsetof(struct new_args, oem_constraint), "N",
     "a mark that devices must bear (none)"},
    {"soc-class", 0, CLI_NUMBER, offsetof(struct new_args, soc_class), "N",
     "the only class of chips it holds on (any)"},
    {"soc-id", 0, CLI_TEXT, offsetof(struct new_args, soc_id), "0xHEX",
     "the only chip it holds on, as discovery shows it (any)"},
    {.name = NULL},
};

/** The value of an option of `bits` bits; 0 when it was not given. */
static int take_number(const char *name, const struct cli_number *number, unsigned bits,
                       uint32_t *value)
{
    if (number->value >> bits != 0) {
        return fail(EXIT_USAGE, "--%s: more than %u bits", name, bits);
    }
    *value = (uint32_t)number->value;
    return EXIT_DONE;
}

static int take_numbers(const struct new_args *args, struct vendor_cert *cert)
{
    uint32_t life_cycle = 0;
    uint32_t constraint = 0;
    int status = take_number("life-cycle", &args->life_cycle, 16, &life_cycle);
    if (status == EXIT_DONE) {
        status = take_number("oem-constraint", &args->oem_constraint, 16, &constraint);
    }
    if (status == EXIT_DONE) {
        status = take_number("soc-class", &args->soc_class, 32, &cert->soc_class);
    }
    cert->life_cycle = (uint16_t)life_cycle;
    cert->oem_constraint = (uint16_t)constraint;
    if (status == EXIT_DONE && args->soc_id != NULL &&
        !vendor_number_parse(args->soc_id, strlen(args->soc_id), cert->soc_id)) {
        return fail(EXIT_USAGE,
                    "--soc-id: '%s' is not a number of at most 128 bits, like "
                    "0x00000000_31393834_32335111_00510055",
                    args->soc_id);
    }
    return status;
}

static int take_role(const struct new_args *args, struct vendor_cert *cert)
{
    const char *role = args->role != NULL ? args->role : args->issuer != NULL ? "leaf" : "root";
    for (cert->role = VENDOR_CERT_ROOT; cert->role <= VENDOR_CERT_LEAF; cert->role++) {
        if (strcmp(role, vendor_cert_role_name(cert->role)) == 0) {
            return (cert->role == VENDOR_CERT_ROOT) == (args->issuer == NULL)
                       ? EXIT_DONE
                       : fail(EXIT_USAGE, "--role: %s %s an issuer", role,
                              args->issuer == NULL ? "needs" : "has not");
        }
    }
    return fail(EXIT_USAGE, "--role: '%s' is none of root, intermediate and leaf", role);
}

/** Everything that is said on the command line, but keys. */
static int take_args(const struct new_args *args, struct vendor_cert *cert)
{
    const char *permissions = args->permissions != NULL ? args->permissions : "all";
    const char *usage = args->usage != NULL ? args->usage : "authentication";
    char why[VENDOR_PERMISSION_TEXT];
    int status = take_role(args, cert);
    if (status == EXIT_DONE) {
        status = take_numbers(args, cert);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_permission_parse(permissions, cert->permissions, why)) {
        return fail(EXIT_USAGE, "--permissions: %s", why);
    }
    cert->usage = strcmp(usage, "neutral") == 0 ? VENDOR_CERT_USAGE_NEUTRAL
                                                : VENDOR_CERT_USAGE_AUTHENTICATION;
    if (strcmp(usage, vendor_cert_usage_name(cert->usage)) != 0) {
        return fail(EXIT_USAGE, "--usage: '%s' is neither neutral nor authentication", usage);
    }
    return EXIT_DONE;
}

/** Signs the last certificate of a chain, and verifies all of it. */
static int sign(const struct new_args *args, const struct key *signer,
                struct vendor_cert_chain *chain)
{
    struct vendor_cert_problem problem;
    if (!vendor_cert_sign(&chain->cert[chain->count - 1u], signer->secret)) {
        return fail(EXIT_INTERNAL, "signing failed");
    }
    if (!vendor_cert_chain_verify(chain, NULL, &problem)) {
        return problem.index + 1u < chain->count
                   ? cert_file_wrong(args->issuer, EXIT_USAGE, &problem)
                   : fail(EXIT_USAGE, "the new certificate %s", problem.why);
    }
    return EXIT_DONE;
}

/** Reads the issuer's chain and key, and puts the certificate behind it. */
static int issue(const struct new_args *args, const struct vendor_cert *cert,
                 struct vendor_cert_chain *chain)
{
    struct key signer;
    int status = cert_file_read(args->issuer, EXIT_USAGE, chain);
    if (status != EXIT_DONE) {
        return status;
    }
    if (chain->count == VENDOR_CERT_CHAIN_MAX) {
        return fail(EXIT_USAGE, "%s: has three certificates already, the most there can be",
                    args->issuer);
    }
    status = key_read(args->issuer_key, true, &signer);
    if (status == EXIT_DONE &&
        memcmp(signer.point, chain->cert[chain->count - 1u].point, sizeof signer.point) != 0) {
        status = fail(EXIT_USAGE, "%s: is not the key of the last certificate of %s",
                      args->issuer_key, args->issuer);
    }
    if (status == EXIT_DONE) {
        if (vendor_permission_beyond(cert->permissions,
                                     chain->cert[chain->count - 1u].permissions)) {
            say("note: the certificate permits more than its issuer's; the chain does not");
        }
        chain->cert[chain->count++] = *cert;
        status = sign(args, &signer, chain);
    }
    key_wipe(&signer);
    return status;
}

/** A chain of a root only, whose key is given. */
static int issue_root(const struct new_args *args, const struct vendor_cert *cert,
                      const struct key *key, struct vendor_cert_chain *chain)
{
    *chain = (struct vendor_cert_chain){.count = 1, .cert = {*cert}};
    return sign(args, key, chain);
}

static int run_new(const void *opaque, const char *const *operands)
{
    const struct new_args *args = opaque;
    struct vendor_cert cert = {0};
    struct vendor_cert_chain chain;
    struct key key;
    char text[VENDOR_CERT_TEXT_BYTES];
    int status = take_args(args, &cert);
    if (status != EXIT_DONE) {
        return status;
    }
    if (args->key == NULL) {
        return fail(EXIT_USAGE, "cert new: --key is missing");
    }
    if ((args->issuer == NULL) != (args->issuer_key == NULL)) {
        return fail(EXIT_USAGE, "cert new: --issuer and --issuer-key go together");
    }
    status = key_read(args->key, args->issuer == NULL, &key);
    if (status == EXIT_DONE) {
        memcpy(cert.point, key.point, sizeof cert.point);
        status = args->issuer == NULL ? issue_root(args, &cert, &key, &chain)
                                      : issue(args, &cert, &chain);
    }
    key_wipe(&key);
    if (status != EXIT_DONE) {
        return status;
    }
    const size_t len = vendor_cert_chain_write_text(&chain, text);
    return file_pipe_write(operands[0], (const uint8_t *)text, len, FILE_REPLACE, 0644);
}

const struct cli_verb verb_cert_new = {
    .name = "cert new",
    .operands = "OUT",
    .operand_count = 1,
    .summary = "make a certificate of debug authentication, and the chain up to it",
    .notes =
        "OUT is text in base 64, as the vendor's tools read it; - is standard output, and as\n"
        "FILE standard input. A root is signed with its own key; devices know the hash of that\n"
        "key (garrison obk new --root-key). With --issuer, the certificate is put behind that\n"
        "chain of one or two. A chain permits what each of its certificates permits.\n\n"
        "LIST: full-regression, partial-regression, level1, level2, level3 (debug of both worlds\n"
        "from that HDPL on), level1-nonsecure ..., parted by commas; all, none, or 0x5077.\n\n"
        "exit status: 0 done, 2 an option or a file is wrong or OUT cannot be written,\n"
        "3 internal error",
    .options = options,
    .args_size = sizeof(struct new_args),
    .run = run_new,
};

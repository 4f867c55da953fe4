#include "life_authentication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "keyfile.h"
#include "obk_file.h"
#include "report.h"

/** What the vendor's own data permit. */
#define DEFAULT_PERMISSIONS "0x5077"

#define CHAIN_BYTES 65536u

bool life_authentication_given(const struct provision_plan *plan)
{
    const struct device_authentication *config = &plan->values.authentication;
    return config->root.at.line != 0 || config->password.at.line != 0 || config->obk.at.line != 0;
}

/* What the device gets. */

/** What it will know the credentials by. */
static int credential_hash(const struct device_authentication *config, uint8_t hash[32])
{
    if (config->root.at.line != 0) {
        struct key root;
        const int status = key_read(config->root.text, false, &root);
        if (status == EXIT_DONE) {
            vendor_cert_key_hash(root.point, hash);
        }
        key_wipe(&root);
        return status;
    }
    uint8_t password[VENDOR_PASSWORD_BYTES];
    const int status = obk_file_read_password(config->password.text, password);
    if (status == EXIT_DONE) {
        vendor_password_hash(password, hash);
    }
    secret_wipe(password, sizeof password);
    return status;
}

static int make_data(const struct provision_plan *plan, struct vendor_obk_da *da)
{
    const struct device_authentication *config = &plan->values.authentication;
    const bool mask = config->permissions.at.line != 0;
    char why[VENDOR_PERMISSION_TEXT];
    if (!vendor_permission_parse(mask ? config->permissions.text : DEFAULT_PERMISSIONS,
                                 da->permissions, why)) {
        return plan_refuse(plan, config->permissions.at, why);
    }
    return credential_hash(config, da->hash);
}

int life_authentication_obk(const struct provision_plan *plan, struct file_data *obk, char *text,
                            size_t text_bytes)
{
    const struct device_authentication *config = &plan->values.authentication;
    if (config->obk.at.line != 0) {
        (void)snprintf(text, text_bytes,
                       "option-byte keys 0x100: debug authentication, as made elsewhere");
        return file_read(config->obk.text, VENDOR_OBK_FILE_MAX, obk);
    }
    struct vendor_obk_da da;
    const int status = make_data(plan, &da);
    if (status != EXIT_DONE) {
        return status;
    }
    *obk = (struct file_data){malloc(VENDOR_OBK_DA_FILE), VENDOR_OBK_DA_FILE};
    if (obk->data == NULL) {
        return fail(EXIT_INTERNAL, "out of memory");
    }
    vendor_obk_da_write(&da, obk->data);
    (void)snprintf(text, text_bytes, "option-byte keys 0x100: debug authentication by %s",
                   config->root.at.line != 0 ? "certificates" : "a password");
    return EXIT_DONE;
}

/* What its owner has. */

static int read_chain(const char *path, struct vendor_cert_chain *chain)
{
    struct vendor_cert_problem problem;
    struct file_data file;
    int status = file_read(path, CHAIN_BYTES, &file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!vendor_cert_chain_read_text((const char *)file.data, file.len, chain, &problem)) {
        status = fail(EXIT_USAGE, "%s: certificate %u: %s", path, problem.index + 1u, problem.why);
    }
    file_free(&file);
    return status;
}

static int read_leaf_key(const char *path, struct life_credentials *credentials)
{
    struct key key;
    const int status = key_read(path, true, &key);
    if (status == EXIT_DONE) {
        memcpy(credentials->secret, key.secret, sizeof credentials->secret);
    }
    key_wipe(&key);
    return status;
}

int life_credentials_read(const struct provision_plan *plan, struct life_credentials *credentials)
{
    const struct device_authentication *config = &plan->values.authentication;
    *credentials = (struct life_credentials){.kind = LIFE_NO_CREDENTIALS};
    if (config->root.at.line != 0 && config->password.at.line != 0) {
        return plan_refuse(plan, config->password.at,
                           "a device asks for certificates or for a password");
    }
    if ((config->chain.at.line != 0) != (config->key.at.line != 0)) {
        return plan_refuse(plan, config->chain.at.line != 0 ? config->chain.at : config->key.at,
                           "a chain and the key of its last certificate come together");
    }
    if (config->chain.at.line != 0) {
        credentials->kind = LIFE_CERTIFICATES;
        const int status = read_chain(config->chain.text, &credentials->chain);
        return status != EXIT_DONE ? status : read_leaf_key(config->key.text, credentials);
    }
    if (config->password.at.line != 0) {
        credentials->kind = LIFE_PASSWORD;
        return obk_file_read_password(config->password.text, credentials->password);
    }
    return EXIT_DONE;
}

/** A root that signs itself, and nobody below it. */
static int make_root(struct life_credentials *credentials, uint8_t hash[32])
{
    struct vendor_cert *cert = &credentials->chain.cert[0];
    struct key key;
    char why[VENDOR_PERMISSION_TEXT];
    int status = key_generate(&key);
    if (status != EXIT_DONE) {
        return status;
    }
    credentials->kind = LIFE_CERTIFICATES;
    credentials->chain.count = 1;
    *cert =
        (struct vendor_cert){.role = VENDOR_CERT_ROOT, .usage = VENDOR_CERT_USAGE_AUTHENTICATION};
    memcpy(cert->point, key.point, sizeof cert->point);
    memcpy(credentials->secret, key.secret, sizeof credentials->secret);
    vendor_cert_key_hash(key.point, hash);
    if (!vendor_permission_parse(DEFAULT_PERMISSIONS, cert->permissions, why) ||
        !vendor_cert_sign(cert, key.secret)) {
        status = fail(EXIT_INTERNAL, "no certificate could be made");
    }
    key_wipe(&key);
    return status;
}

int life_credentials_make(bool certificates, struct life_credentials *credentials,
                          uint8_t obk[VENDOR_OBK_DA_FILE])
{
    struct vendor_obk_da da;
    char why[VENDOR_PERMISSION_TEXT];
    int status = EXIT_DONE;
    *credentials = (struct life_credentials){.kind = LIFE_PASSWORD};
    if (certificates) {
        status = make_root(credentials, da.hash);
    } else {
        vendor_password_hash(credentials->password, da.hash);
    }
    if (status == EXIT_DONE && !vendor_permission_parse(DEFAULT_PERMISSIONS, da.permissions, why)) {
        status = fail(EXIT_INTERNAL, "%s", why);
    }
    vendor_obk_da_write(&da, obk);
    return status;
}

void life_credentials_wipe(struct life_credentials *credentials)
{
    secret_wipe(credentials, sizeof *credentials);
}

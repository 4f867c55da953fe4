/*
 * Debug authentication in a device description: the data that a device gets, and what a regression is
 * asked for with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "file.h"
#include "provision_plan.h"
#include "vendor_cert.h"
#include "vendor_obk.h"
#include "vendor_password.h"

/** What its owner proves with that a device is to obey. */
struct life_credentials {
    enum { LIFE_NO_CREDENTIALS = 0, LIFE_CERTIFICATES, LIFE_PASSWORD } kind;
    struct vendor_cert_chain chain;
    uint8_t secret[32]; /**< Private key of the chain's last certificate. */
    uint8_t password[VENDOR_PASSWORD_BYTES];
};

/** Whether the description says anything that the device's data are made from. */
bool life_authentication_given(const struct provision_plan *plan);

/**
 * Makes the content of the .obk file, encrypted by the device, for file_free().
 * @param text  out: what it is, in words
 * @return EXIT_DONE; or an exit status, having said why
 */
int life_authentication_obk(const struct provision_plan *plan, struct file_data *obk, char *text,
                            size_t text_bytes);

/** Reads them, for life_credentials_wipe(). @return EXIT_DONE; or an exit status, having said why */
int life_credentials_read(const struct provision_plan *plan, struct life_credentials *credentials);

/**
 * Makes some that permit everything, for a copy of a device: a certificate of a new key, or a password
 * of zeros, and the .obk file that goes with them.
 * @return EXIT_DONE; or an exit status, having said why
 */
int life_credentials_make(bool certificates, struct life_credentials *credentials,
                          uint8_t obk[VENDOR_OBK_DA_FILE]);
void life_credentials_wipe(struct life_credentials *credentials);

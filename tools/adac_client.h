/*
 * The host's side of debug authentication (Arm PSA ADAC 1.0) over a mailbox: docs/SPEC.md, "Debug
 * authentication".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mailbox.h"
#include "vendor_cert.h"
#include "vendor_password.h"
#include "vendor_permission.h"

enum adac_result {
    ADAC_DONE,
    ADAC_REFUSED, /**< The chip says no: `status`. */
    ADAC_SILENT,  /**< Nobody answers. */
    ADAC_BROKEN,  /**< The answer is none of the protocol's. */
    ADAC_GONE,    /**< The mailbox; it has been said why. */
    ADAC_NO_KEY,  /**< The token could not be signed. */
};

#define ADAC_ANSWER_BYTES 1024u

struct adac_client {
    struct mailbox *mailbox;
    unsigned status; /**< Of the last answer. */
    size_t len;      /**< Of its data. */
    uint8_t data[ADAC_ANSWER_BYTES];
};

/** What a chip says of itself. What it does not say is zero. */
struct adac_discovery {
    uint8_t adac[2]; /**< Version of the protocol. */
    uint16_t vendor;
    uint32_t soc_class;
    uint8_t soc_id[16];
    uint8_t permissions[VENDOR_PERMISSION_BYTES]; /**< What can be permitted at most. */
    uint16_t life_cycle;
    uint8_t sda[4]; /**< Version of the chip's side: three numbers. */
    uint8_t cryptosystem;
    uint32_t integrity;      /**< Of the credentials in the chip. */
    uint32_t hdpl_status[3]; /**< Of HDPL 1 to 3. */
};

#define ADAC_CRYPTOSYSTEM_ECDSA    0x01u
#define ADAC_CRYPTOSYSTEM_PASSWORD 0x80u
#define ADAC_INTEGRITY_SOUND       0xEAEAEAEAu

/** Begins a session with a reset of the chip. */
enum adac_result adac_client_open(struct adac_client *client);

/**
 * The same for a chip that is regressing: it comes to its boot ROM by itself, unless it has been there
 * already. A reset in the middle would have it begin anew.
 */
enum adac_result adac_client_rejoin(struct adac_client *client);

enum adac_result adac_client_discover(struct adac_client *client, struct adac_discovery *discovery);

/**
 * Asks for permissions with a chain and the private key of its last certificate, big-endian.
 * ADAC_DONE: some of them are given.
 */
enum adac_result adac_client_authenticate(struct adac_client *client,
                                          const struct vendor_cert_chain *chain,
                                          const uint8_t secret[32],
                                          const uint8_t permissions[VENDOR_PERMISSION_BYTES]);

/** Asks for a full regression of a chip without TrustZone. */
enum adac_result adac_client_password(struct adac_client *client,
                                      const uint8_t password[VENDOR_PASSWORD_BYTES]);

/** Closes debug again. */
enum adac_result adac_client_close(struct adac_client *client);

/** Lets the chip boot: the session is over. */
enum adac_result adac_client_resume(struct adac_client *client);

/** A status in words. */
const char *adac_status_text(unsigned status);

#include "adac_client.h"

#include <mbedtls/platform_util.h>
#include <p256-m.h>
#include <string.h>

#include "boot/sha256.h"

/* "OEDA" and "DAOK", the first letter on top. [U] for this part. */
#define MAGIC_HOST   0x4F454441u
#define MAGIC_DEVICE 0x44414F4Bu

/** Waits for a chip that should come to its boot ROM by itself, before it is reset. */
#define REJOIN_WAITS 200u

enum command {
    DISCOVERY = 1,
    AUTH_START = 2,
    AUTH_RESPONSE = 3,
    RESUME_BOOT = 5,
    LOCK_DEBUG = 6,
};

enum status {
    STATUS_OK = 0,
    STATUS_MORE = 2,
};

enum tlv {
    TLV_AUTH_VERSION = 0x0001,
    TLV_VENDOR_ID = 0x0002,
    TLV_SOC_CLASS = 0x0003,
    TLV_SOC_ID = 0x0004,
    TLV_PERMISSIONS = 0x0007,
    TLV_LIFE_CYCLE = 0x0008,
    TLV_SDA_ID = 0x000A,
    TLV_CRYPTOSYSTEMS = 0x0102,
    TLV_TOKEN = 0x0200,
    TLV_INTEGRITY = 0x8000,
    TLV_HDPL1 = 0x8001,
    TLV_HDPL3 = 0x8003,
};

#define TLV_HEADER 8u

#define CHALLENGE_BYTES 36u /* Version and a reserved half-word, then 32 random bytes. */
#define CHALLENGE_OFF   4u

#define TOKEN_BYTES        120u
#define TOKEN_PERMISSIONS  8u
#define TOKEN_SIGNED_BYTES 56u /* And the challenge behind them. */

const char *adac_status_text(unsigned status)
{
    switch (status) {
    case STATUS_OK:
        return "success";
    case 1:
        return "failure";
    case STATUS_MORE:
        return "more data is needed";
    case 3:
        return "unsupported";
    case 4:
        return "unauthorized";
    case 5:
        return "invalid parameters";
    case 0x7FFF:
        return "invalid command";
    default:
        return "a status that the protocol does not have";
    }
}

static uint32_t load(const uint8_t *at, size_t len)
{
    uint32_t number = 0;
    for (size_t i = 0; i < len && i < 4u; i++) {
        number |= (uint32_t)at[i] << (8u * i);
    }
    return number;
}

static void store(uint8_t *at, uint32_t number, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        at[i] = (uint8_t)(number >> (8u * i));
    }
}

/* Words. */

static enum adac_result give(struct adac_client *client, uint32_t word)
{
    const struct mailbox *mailbox = client->mailbox;
    for (unsigned waits = 0; waits <= mailbox->patience; waits++) {
        const enum mailbox_result result = mailbox->send(mailbox->context, word);
        if (result != MAILBOX_NOT_YET) {
            return result == MAILBOX_DONE ? ADAC_DONE : ADAC_GONE;
        }
        mailbox->wait(mailbox->context);
    }
    return ADAC_SILENT;
}

static enum adac_result take(struct adac_client *client, uint32_t *word, unsigned patience)
{
    const struct mailbox *mailbox = client->mailbox;
    for (unsigned waits = 0; waits <= patience; waits++) {
        const enum mailbox_result result = mailbox->receive(mailbox->context, word);
        if (result != MAILBOX_NOT_YET) {
            return result == MAILBOX_DONE ? ADAC_DONE : ADAC_GONE;
        }
        mailbox->wait(mailbox->context);
    }
    return ADAC_SILENT;
}

/* Packets. */

static enum adac_result take_answer(struct adac_client *client)
{
    uint32_t head = 0;
    uint32_t words = 0;
    const unsigned patience = client->mailbox->patience;
    enum adac_result result = take(client, &head, patience);
    if (result == ADAC_DONE) {
        result = take(client, &words, patience);
    }
    if (result != ADAC_DONE) {
        return result;
    }
    if ((head & 0xFFFFu) != 0 || words > ADAC_ANSWER_BYTES / 4u) {
        return ADAC_BROKEN;
    }
    client->status = head >> 16;
    client->len = (size_t)words * 4u;
    for (size_t off = 0; off < client->len && result == ADAC_DONE; off += 4u) {
        uint32_t word = 0;
        result = take(client, &word, patience);
        store(client->data + off, word, 4);
    }
    return result;
}

/** Sends a request, its data filled up to a word, and gets the answer. */
static enum adac_result ask(struct adac_client *client, enum command command, const uint8_t *data,
                            size_t len)
{
    const uint32_t words = (uint32_t)((len + 3u) / 4u);
    enum adac_result result = give(client, (uint32_t)command << 16);
    if (result == ADAC_DONE) {
        result = give(client, words);
    }
    for (size_t off = 0; off < len && result == ADAC_DONE; off += 4u) {
        const size_t left = len - off;
        result = give(client, load(data + off, left < 4u ? left : 4u));
    }
    return result == ADAC_DONE ? take_answer(client) : result;
}

/** The same, of which only success will do. */
static enum adac_result demand(struct adac_client *client, enum command command,
                               const uint8_t *data, size_t len)
{
    const enum adac_result result = ask(client, command, data, len);
    return result == ADAC_DONE && client->status != STATUS_OK ? ADAC_REFUSED : result;
}

/* Sessions. */

/** Takes words until the chip says that there is a session; others are an earlier one's. */
static enum adac_result welcome(struct adac_client *client, unsigned patience)
{
    uint32_t word = 0;
    enum adac_result result = ADAC_DONE;
    while (result == ADAC_DONE && word != MAGIC_DEVICE) {
        result = take(client, &word, patience);
    }
    return result;
}

enum adac_result adac_client_open(struct adac_client *client)
{
    const struct mailbox *mailbox = client->mailbox;
    return mailbox->begin(mailbox->context, MAGIC_HOST) == MAILBOX_DONE
               ? welcome(client, mailbox->patience)
               : ADAC_GONE;
}

enum adac_result adac_client_rejoin(struct adac_client *client)
{
    const struct mailbox *mailbox = client->mailbox;
    const enum mailbox_result sent = mailbox->send(mailbox->context, MAGIC_HOST);
    if (sent == MAILBOX_GONE) {
        return ADAC_GONE;
    }
    const enum adac_result result =
        sent == MAILBOX_DONE ? welcome(client, REJOIN_WAITS) : ADAC_SILENT;
    return result == ADAC_SILENT ? adac_client_open(client) : result;
}

enum adac_result adac_client_close(struct adac_client *client)
{
    return demand(client, LOCK_DEBUG, NULL, 0);
}

enum adac_result adac_client_resume(struct adac_client *client)
{
    return demand(client, RESUME_BOOT, NULL, 0);
}

/* Discovery. */

static void copy(uint8_t *to, size_t size, const uint8_t *value, size_t len)
{
    memcpy(to, value, len < size ? len : size);
}

static void take_fact(struct adac_discovery *d, uint32_t type, const uint8_t *value, size_t len)
{
    switch (type) {
    case TLV_AUTH_VERSION:
        copy(d->adac, sizeof d->adac, value, len);
        return;
    case TLV_VENDOR_ID:
        d->vendor = (uint16_t)load(value, len);
        return;
    case TLV_SOC_CLASS:
        d->soc_class = load(value, len);
        return;
    case TLV_SOC_ID:
        copy(d->soc_id, sizeof d->soc_id, value, len);
        return;
    case TLV_PERMISSIONS:
        copy(d->permissions, sizeof d->permissions, value, len);
        return;
    case TLV_LIFE_CYCLE:
        d->life_cycle = (uint16_t)load(value, len);
        return;
    case TLV_SDA_ID:
        copy(d->sda, sizeof d->sda, value, len);
        return;
    case TLV_CRYPTOSYSTEMS:
        d->cryptosystem = (uint8_t)load(value, len);
        return;
    case TLV_INTEGRITY:
        d->integrity = load(value, len);
        return;
    default:
        if (type >= TLV_HDPL1 && type <= TLV_HDPL3) {
            d->hdpl_status[type - TLV_HDPL1] = load(value, len);
        }
        return;
    }
}

enum adac_result adac_client_discover(struct adac_client *client, struct adac_discovery *discovery)
{
    *discovery = (struct adac_discovery){0};
    const enum adac_result result = demand(client, DISCOVERY, NULL, 0);
    if (result != ADAC_DONE) {
        return result;
    }
    /* TLVs without padding between them; what is left at the end fills a word. */
    for (size_t off = 0; client->len - off >= TLV_HEADER;) {
        const uint8_t *tlv = client->data + off;
        const uint32_t len = load(tlv + 4, 4);
        off += TLV_HEADER;
        if (load(tlv, 2) != 0 || len > client->len - off) {
            return ADAC_BROKEN;
        }
        take_fact(discovery, load(tlv + 2, 2), tlv + TLV_HEADER, len);
        off += len;
    }
    return ADAC_DONE;
}

/* Authentication. */

static enum adac_result get_challenge(struct adac_client *client, uint8_t challenge[32])
{
    const enum adac_result result = demand(client, AUTH_START, NULL, 0);
    if (result != ADAC_DONE) {
        return result;
    }
    if (client->len != CHALLENGE_BYTES) {
        return ADAC_BROKEN;
    }
    memcpy(challenge, client->data + CHALLENGE_OFF, 32);
    return ADAC_DONE;
}

static bool make_token(const uint8_t challenge[32], const uint8_t secret[32],
                       const uint8_t permissions[VENDOR_PERMISSION_BYTES],
                       uint8_t tlv[TLV_HEADER + TOKEN_BYTES])
{
    uint8_t *token = tlv + TLV_HEADER;
    uint8_t text[TOKEN_SIGNED_BYTES + 32];
    uint8_t digest[32];
    memset(tlv, 0, TLV_HEADER + TOKEN_BYTES);
    store(tlv + 2, TLV_TOKEN, 2);
    store(tlv + 4, TOKEN_BYTES, 4);
    token[0] = 1; /* Version 1.0; the signature is ECDSA with P-256 and SHA-256; no extensions. */
    token[2] = 1;
    memcpy(token + TOKEN_PERMISSIONS, permissions, VENDOR_PERMISSION_BYTES);
    memcpy(text, token, TOKEN_SIGNED_BYTES);
    memcpy(text + TOKEN_SIGNED_BYTES, challenge, 32);
    return sha256_of((struct view){text, sizeof text}, digest) == GARRISON_OK &&
           p256_ecdsa_sign(token + TOKEN_SIGNED_BYTES, secret, digest, sizeof digest) ==
               P256_SUCCESS;
}

enum adac_result adac_client_authenticate(struct adac_client *client,
                                          const struct vendor_cert_chain *chain,
                                          const uint8_t secret[32],
                                          const uint8_t permissions[VENDOR_PERMISSION_BYTES])
{
    uint8_t challenge[32];
    uint8_t token[TLV_HEADER + TOKEN_BYTES];
    uint8_t certificates[VENDOR_CERT_CHAIN_BYTES];
    const size_t len = vendor_cert_chain_write(chain, certificates);
    enum adac_result result = get_challenge(client, challenge);
    for (size_t off = 0; off < len && result == ADAC_DONE; off += VENDOR_CERT_TLV_BYTES) {
        result = ask(client, AUTH_RESPONSE, certificates + off, VENDOR_CERT_TLV_BYTES);
        if (result == ADAC_DONE && client->status != STATUS_MORE) {
            result = client->status == STATUS_OK ? ADAC_BROKEN : ADAC_REFUSED;
        }
    }
    if (result != ADAC_DONE) {
        return result;
    }
    return make_token(challenge, secret, permissions, token)
               ? demand(client, AUTH_RESPONSE, token, sizeof token)
               : ADAC_NO_KEY;
}

enum adac_result adac_client_password(struct adac_client *client,
                                      const uint8_t password[VENDOR_PASSWORD_BYTES])
{
    uint8_t challenge[32];
    uint8_t file[VENDOR_PASSWORD_FILE]; /* It is the TLV. */
    enum adac_result result = get_challenge(client, challenge);
    if (result == ADAC_DONE) {
        vendor_password_write(password, file);
        result = demand(client, AUTH_RESPONSE, file, sizeof file);
        mbedtls_platform_zeroize(file, sizeof file);
    }
    return result;
}

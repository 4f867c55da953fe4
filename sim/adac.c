#include "adac.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mbedtls/sha256.h>

#define VENDOR_ST             0x0020u
#define SDA_VERSION           0x00000402u /* 2.4.0; bytes as another part of the vendor sends them. [I] */
#define CRYPTOSYSTEM_ECDSA    0x01u
#define CRYPTOSYSTEM_PASSWORD 0x80u /* As another part of the vendor says it. [I] */

uint16_t adac_load16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t adac_load32(const uint8_t *at)
{
    return adac_load16(at) | (uint32_t)adac_load16(at + 2) << 16;
}

enum adac_status adac_refuse(struct adac *adac, enum adac_status status, const char *format, ...)
{
    char text[ADAC_WHY];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    adac->ops->note(adac->context, true, text);
    return status;
}

/* The response. */

/** A response being written: the header comes last. */
struct response {
    uint8_t *bytes;
    size_t len;
};

static void put(struct response *response, const void *data, size_t len)
{
    if (len <= ADAC_RESPONSE_BYTES - response->len) {
        memcpy(response->bytes + response->len, data, len);
        response->len += len;
    }
}

/** A number of up to four bytes. */
static void put_number(struct response *response, uint32_t number, size_t len)
{
    const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                              (uint8_t)(number >> 24)};
    put(response, bytes, len);
}

/** TLVs follow each other without padding. */
static void put_tlv(struct response *response, enum adac_type type, const void *data, size_t len)
{
    put_number(response, 0, 2);
    put_number(response, type, 2);
    put_number(response, (uint32_t)len, 4);
    put(response, data, len);
}

static void put_tlv_number(struct response *response, enum adac_type type, uint32_t number,
                           size_t len)
{
    const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                              (uint8_t)(number >> 24)};
    put_tlv(response, type, bytes, len);
}

/* Commands. */

static void discover(const struct adac *adac, struct response *out)
{
    const struct adac_facts *facts = &adac->facts;
    put_tlv_number(out, ADAC_TLV_AUTH_VERSION, 1, 2); /* 1.0 */
    put_tlv_number(out, ADAC_TLV_VENDOR_ID, VENDOR_ST, 2);
    put_tlv_number(out, ADAC_TLV_SOC_CLASS, facts->soc_class, 4);
    put_tlv(out, ADAC_TLV_SOC_ID, facts->soc_id, sizeof facts->soc_id);
    put_tlv(out, ADAC_TLV_PERMISSION_MASK, facts->mask, sizeof facts->mask);
    put_tlv_number(out, ADAC_TLV_LIFECYCLE, facts->lifecycle, 2);
    put_tlv_number(out, ADAC_TLV_SDA_ID, SDA_VERSION, 4);
    put_tlv_number(out, ADAC_TLV_TOKEN_FORMATS, ADAC_TLV_TOKEN, 2);
    put_tlv_number(out, ADAC_TLV_CERT_FORMATS, ADAC_TLV_CERTIFICATE, 2);
    put_tlv_number(out, ADAC_TLV_CRYPTOSYSTEMS,
                   facts->trustzone ? CRYPTOSYSTEM_ECDSA : CRYPTOSYSTEM_PASSWORD, 1);
    put_tlv_number(out, ADAC_TLV_ST_PASSWORD, facts->integrity, 4);
    for (unsigned i = 0; i < 3u; i++) {
        put_tlv_number(out, (enum adac_type)(ADAC_TLV_ST_HDPL1 + i), facts->hdpl_status[i], 4);
    }
    while (out->len % 4u != 0) {
        put_number(out, 0, 1);
    }
}

/** Makes a new challenge; an earlier one is over, and what has been proven with it. */
static enum adac_status start(struct adac *adac, struct response *out)
{
    adac->step = ADAC_STEP_NONE;
    adac->levels = 0;
    if (!adac->facts.credentials) {
        return adac_refuse(adac, ADAC_UNAUTHORIZED,
                           "the chip has no debug-authentication data that is valid in product "
                           "state %s",
                           adac->facts.state);
    }
    if (!adac->ops->random(adac->context, adac->challenge)) {
        return adac_refuse(adac, ADAC_FAILURE, "the chip has no random numbers for a challenge");
    }
    adac->step = ADAC_STEP_CHALLENGED;
    put_number(out, 1, 4); /* Version 1.0, and a reserved half-word. */
    put(out, adac->challenge, sizeof adac->challenge);
    return ADAC_OK;
}

static enum adac_status regress(struct adac *adac, bool full)
{
    char why[ADAC_WHY];
    if (!adac->ops->regress(adac->context, full, why)) {
        return adac_refuse(adac, ADAC_UNAUTHORIZED, "%s", why);
    }
    adac->ops->note(adac->context, false, full ? "full regression" : "partial regression");
    adac->then = ADAC_THEN_REGRESS;
    return ADAC_OK;
}

/**
 * Opens debug for the lowest of the levels. SBS_DBGCR has room for one level and one choice of the
 * worlds, so Secure permissions come before Non-secure ones of lower levels.
 */
static enum adac_status open_debug(struct adac *adac, uint16_t permissions)
{
    struct adac_debug debug = {.level = 1, .secure = true};
    char names[ADAC_NAMES];
    char text[ADAC_WHY];
    if (!adac->facts.opens_debug) {
        return adac_refuse(adac, ADAC_UNAUTHORIZED,
                           "debug is not opened by authentication in product state %s",
                           adac->facts.state);
    }
    while (debug.level <= 3u && (permissions & ADAC_PERMIT_LEVEL_SECURE(debug.level)) == 0) {
        debug.level++;
    }
    if (debug.level > 3u) {
        debug = (struct adac_debug){.level = 1};
        while ((permissions & ADAC_PERMIT_LEVEL_NONSECURE(debug.level)) == 0) {
            debug.level++;
        }
    }
    adac->ops->open(adac->context, &debug);
    adac_permission_names(permissions, names);
    (void)snprintf(text, sizeof text, "%s debug from HDPL %u on, for %s",
                   debug.secure ? "Secure and Non-secure" : "Non-secure", debug.level, names);
    adac->ops->note(adac->context, false, text);
    return ADAC_OK;
}

static enum adac_status permit(struct adac *adac, uint16_t permissions)
{
    const uint16_t regressions = permissions & ADAC_PERMIT_REGRESSIONS;
    if (regressions == 0) {
        return open_debug(adac, permissions);
    }
    if (regressions != permissions || regressions == ADAC_PERMIT_REGRESSIONS) {
        return adac_refuse(adac, ADAC_UNAUTHORIZED, "a regression is asked for alone");
    }
    return regress(adac, regressions == ADAC_PERMIT_FULL_REGRESSION);
}

static enum adac_status password(struct adac *adac, const uint8_t *value, size_t len)
{
    uint8_t digest[ADAC_DIGEST_BYTES];
    if (adac->facts.trustzone) {
        return adac_refuse(adac, ADAC_UNSUPPORTED,
                           "with TrustZone the chip takes certificates, no password");
    }
    if (adac->step != ADAC_STEP_CHALLENGED) {
        return adac_refuse(adac, ADAC_FAILURE, "a password follows a challenge");
    }
    if (len != ADAC_PASSWORD_BYTES) {
        return adac_refuse(adac, ADAC_FAILURE, "a password has %u bytes, not %zu",
                           ADAC_PASSWORD_BYTES, len);
    }
    (void)mbedtls_sha256(value, len, digest, 0); /* Cannot fail. */
    if (memcmp(digest, adac->facts.hash, sizeof digest) != 0) {
        return adac_refuse(adac, ADAC_FAILURE, "this is not the password");
    }
    if ((adac_load16(adac->facts.mask) & ADAC_PERMIT_FULL_REGRESSION) == 0) {
        return adac_refuse(adac, ADAC_UNAUTHORIZED,
                           "full-regression not permitted by the chip's debug-authentication data");
    }
    return regress(adac, true);
}

/** One TLV of an authentication. */
static enum adac_status take_tlv(struct adac *adac, uint16_t type, const uint8_t *value, size_t len)
{
    uint16_t permissions = 0;
    if (adac->step == ADAC_STEP_NONE) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "no challenge is open: each is good for one attempt");
    }
    if (type == ADAC_TLV_ST_PASSWORD) {
        return password(adac, value, len);
    }
    if (type != ADAC_TLV_CERTIFICATE && type != ADAC_TLV_TOKEN) {
        return adac_refuse(adac, ADAC_UNSUPPORTED,
                           "0x%04X is neither a certificate nor a token nor a password", type);
    }
    if (!adac->facts.trustzone) {
        return adac_refuse(adac, ADAC_UNSUPPORTED,
                           "without TrustZone the chip takes a password, no certificates");
    }
    if (type == ADAC_TLV_CERTIFICATE) {
        return adac_certificate(adac, value, len);
    }
    const enum adac_status status = adac_token(adac, value, len, &permissions);
    return status == ADAC_OK ? permit(adac, permissions) : status;
}

/**
 * TLVs one after the other, each padded to a word, until one ends the authentication: whatever that
 * is, the challenge is over.
 */
static enum adac_status respond(struct adac *adac, const uint8_t *data, size_t len)
{
    enum adac_status status = ADAC_NEED_MORE_DATA;
    if (len == 0) {
        adac->step = ADAC_STEP_NONE;
        return adac_refuse(adac, ADAC_INVALID_PARAMETERS, "the response is empty");
    }
    while (len > 0 && status == ADAC_NEED_MORE_DATA) {
        const size_t room = len >= ADAC_HEADER_BYTES ? len - ADAC_HEADER_BYTES : 0;
        if (len < ADAC_HEADER_BYTES || adac_load16(data) != 0 || adac_load32(data + 4) > room) {
            status = adac_refuse(adac, ADAC_INVALID_PARAMETERS,
                                 "the response is not a sequence of TLVs");
            break;
        }
        const size_t value_len = adac_load32(data + 4);
        status = take_tlv(adac, adac_load16(data + 2), data + ADAC_HEADER_BYTES, value_len);
        const size_t taken = ADAC_HEADER_BYTES + (value_len + 3u) / 4u * 4u;
        data += taken <= len ? taken : len;
        len -= taken <= len ? taken : len;
    }
    if (status != ADAC_NEED_MORE_DATA) {
        adac->step = ADAC_STEP_NONE;
    }
    return status;
}

static enum adac_status obey(struct adac *adac, uint16_t command, const uint8_t *data, size_t len,
                             struct response *out)
{
    if (command != ADAC_AUTH_RESPONSE && command != ADAC_LCS_CHANGE && len != 0) {
        return adac_refuse(adac, ADAC_INVALID_PARAMETERS, "command %u takes no data", command);
    }
    switch (command) {
    case ADAC_DISCOVERY:
        discover(adac, out);
        return ADAC_OK;
    case ADAC_AUTH_START:
        return start(adac, out);
    case ADAC_AUTH_RESPONSE:
        return respond(adac, data, len);
    case ADAC_RESUME_BOOT:
        adac->step = ADAC_STEP_NONE;
        adac->then = ADAC_THEN_BOOT;
        return ADAC_OK;
    case ADAC_LOCK_DEBUG:
        adac->step = ADAC_STEP_NONE;
        adac->ops->close(adac->context);
        adac->ops->note(adac->context, false, "closed");
        return ADAC_OK;
    case ADAC_LCS_CHANGE: /* What the part does with it is not known. [U] */
        return adac_refuse(adac, ADAC_UNSUPPORTED,
                           "life cycles are changed by option bytes, and by the permissions of "
                           "regressions");
    default:
        return adac_refuse(adac, ADAC_INVALID_COMMAND, "there is no command %u", command);
    }
}

void adac_begin(struct adac *adac, const struct adac_ops *ops, void *context,
                const struct adac_facts *facts)
{
    *adac = (struct adac){.ops = ops, .context = context, .facts = *facts};
}

size_t adac_request(struct adac *adac, const uint8_t *request, size_t len,
                    uint8_t response[ADAC_RESPONSE_BYTES])
{
    struct response out = {.bytes = response, .len = ADAC_HEADER_BYTES};
    enum adac_status status;
    adac->then = ADAC_THEN_LISTEN;
    memset(response, 0, ADAC_RESPONSE_BYTES);
    if (len < ADAC_HEADER_BYTES || adac_load16(request) != 0 ||
        adac_load32(request + 4) != (len - ADAC_HEADER_BYTES) / 4u || len % 4u != 0) {
        status = adac_refuse(adac, ADAC_INVALID_PARAMETERS,
                             "a request has a header of 8 bytes and at most %u bytes of data",
                             ADAC_REQUEST_BYTES);
        adac->step = ADAC_STEP_NONE;
    } else {
        status = obey(adac, adac_load16(request + 2), request + ADAC_HEADER_BYTES,
                      len - ADAC_HEADER_BYTES, &out);
    }
    const size_t bytes = out.len;
    const uint32_t words = (uint32_t)((bytes - ADAC_HEADER_BYTES) / 4u);
    out.len = 0;
    put_number(&out, 0, 2);
    put_number(&out, (uint32_t)status, 2);
    put_number(&out, words, 4);
    return bytes;
}

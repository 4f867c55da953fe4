/*
 * A secure module by another vendor: one-time passwords (RFC 4226, RFC 6238). The secret is in
 * Internal Trusted Storage under the module's own client id, and never leaves the module.
 */
#define _DEFAULT_SOURCE /* explicit_bzero(): a memset() before the end would be left out */
#include <string.h>

#include <psa/internal_trusted_storage.h>

#include "otp.h"
#include "sha1.h"

#define ITS_SID    0x47410003u
#define SECRET_UID 1u

#define STACK_BYTES 1536u

GARRISON_MODULE(STACK_BYTES, .name = "otp", .service_count = 1,
                .service = {{OTP_SID, OTP_VERSION, MODULE_FOR_NON_SECURE | MODULE_FOR_MODULES}},
                .use_count = 1, .use = {ITS_SID}, );

/** Calls since the start: shows that a module has data of its own. */
static uint32_t calls = 1000;

static psa_status_t enrol(const psa_msg_t *message)
{
    uint8_t secret[OTP_SECRET_MAX];
    const size_t len = message->in_size[0];
    if (len < OTP_SECRET_MIN || len > OTP_SECRET_MAX) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    (void)psa_read(message->handle, 0, secret, len);
    const psa_status_t status = psa_its_set(SECRET_UID, len, secret, PSA_STORAGE_FLAG_WRITE_ONCE);
    explicit_bzero(secret, sizeof secret);
    return status;
}

/** HMAC-SHA-1 (RFC 2104) of a counter. */
static void counter_mac(const uint8_t *secret, size_t len, uint64_t counter,
                        uint8_t mac[SHA1_BYTES])
{
    uint8_t block[SHA1_BLOCK_BYTES + SHA1_BYTES] = {0};
    memcpy(block, secret, len);
    for (size_t i = 0; i < SHA1_BLOCK_BYTES; i++) {
        block[i] ^= 0x36;
    }
    for (size_t i = 0; i < 8; i++) {
        block[SHA1_BLOCK_BYTES + i] = (uint8_t)(counter >> (56 - 8 * i));
    }
    sha1(block, SHA1_BLOCK_BYTES + 8, mac);
    for (size_t i = 0; i < SHA1_BLOCK_BYTES; i++) {
        block[i] ^= 0x36 ^ 0x5C;
    }
    memcpy(block + SHA1_BLOCK_BYTES, mac, SHA1_BYTES);
    sha1(block, sizeof block, mac);
    explicit_bzero(block, sizeof block);
}

/** RFC 4226, section 5.3. */
static uint32_t truncate(const uint8_t mac[SHA1_BYTES], uint32_t digits)
{
    const uint32_t at = mac[SHA1_BYTES - 1] & 15u;
    const uint32_t bits = (mac[at] & 0x7Fu) << 24 | (uint32_t)mac[at + 1] << 16 |
                          (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    uint32_t limit = 1;
    for (uint32_t i = 0; i < digits; i++) {
        limit *= 10;
    }
    return bits % limit;
}

static psa_status_t code(const psa_msg_t *message)
{
    struct otp_request request;
    uint8_t secret[OTP_SECRET_MAX];
    uint8_t mac[SHA1_BYTES];
    size_t len = 0;
    if (psa_read(message->handle, 0, &request, sizeof request) != sizeof request ||
        request.digits < 6 || request.digits > 8 || message->out_size[0] < sizeof(uint32_t)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const psa_status_t status = psa_its_get(SECRET_UID, 0, sizeof secret, secret, &len);
    if (status != PSA_SUCCESS) {
        return status;
    }
    counter_mac(secret, len, request.counter, mac);
    const uint32_t answer = truncate(mac, request.digits);
    psa_write(message->handle, 0, &answer, sizeof answer);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(mac, sizeof mac);
    return PSA_SUCCESS;
}

psa_status_t garrison_module_main(const psa_msg_t *message)
{
    calls++;
    switch (message->type) {
    case OTP_ENROL:
        return enrol(message);
    case OTP_CODE:
        return code(message);
    default:
        return PSA_ERROR_NOT_SUPPORTED;
    }
}

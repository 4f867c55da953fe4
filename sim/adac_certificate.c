/*
 * Certificates and tokens.
 *
 * A certificate: version (2 bytes), types of its signature and key, role, usage, 2 reserved bytes,
 * life cycle (2), OEM constraint (2), bytes of extensions (4), SOC class (4), SOC id (16), mask of
 * permissions (16), public key (64), hash of the extensions (32), signature of all before it (64).
 *
 * A token: version (2), type of its signature, a reserved byte, bytes of extensions (4), permissions
 * asked for (16), hash of the extensions (32), signature of all before it and the challenge (64).
 */
#include "adac.h"

#include <string.h>

#include <mbedtls/sha256.h>

#define VERSION_MAJOR     1u
#define ECDSA_P256_SHA256 1u /* Of a signature, and of a key. */

enum certificate_off {
    CERT_VERSION = 0,
    CERT_SIGNATURE_TYPE = 2,
    CERT_KEY_TYPE = 3,
    CERT_ROLE = 4,
    CERT_USAGE = 5,
    CERT_RESERVED = 6,
    CERT_LIFECYCLE = 8,
    CERT_OEM = 10,
    CERT_EXTENSIONS = 12,
    CERT_SOC_CLASS = 16,
    CERT_SOC_ID = 20,
    CERT_MASK = 36,
    CERT_KEY = 52,
    CERT_SIGNATURE = 148,
};

enum token_off {
    TOKEN_VERSION = 0,
    TOKEN_SIGNATURE_TYPE = 2,
    TOKEN_RESERVED = 3,
    TOKEN_EXTENSIONS = 4,
    TOKEN_PERMISSIONS = 8,
    TOKEN_SIGNATURE = 56,
};

enum certificate_role {
    ROLE_ROOT = 1,
    ROLE_INTERMEDIATE = 2,
    ROLE_LEAF = 3,
};

/** The vendor's certificates have 1; what else there is means something nobody has told. [U] */
#define USAGE_MAX 1u

static const char *const role_names[] = {
    [ROLE_ROOT] = "root", [ROLE_INTERMEDIATE] = "intermediate", [ROLE_LEAF] = "leaf"};

static bool is_zero(const uint8_t *data, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= data[i];
    }
    return any == 0;
}

/** Form and order; the role is known after it. @return ADAC_OK, or it is refused */
static enum adac_status check_form(struct adac *adac, const uint8_t *cert, size_t len)
{
    if (len != ADAC_CERTIFICATE_BYTES) {
        return adac_refuse(adac, ADAC_FAILURE, "a certificate has %u bytes, not %zu",
                           ADAC_CERTIFICATE_BYTES, len);
    }
    if (cert[CERT_VERSION] != VERSION_MAJOR) {
        return adac_refuse(adac, ADAC_FAILURE, "the certificate's version is %u.%u, not 1.0",
                           cert[CERT_VERSION], cert[CERT_VERSION + 1]);
    }
    if (cert[CERT_SIGNATURE_TYPE] != ECDSA_P256_SHA256 ||
        cert[CERT_KEY_TYPE] != ECDSA_P256_SHA256) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the certificate's cryptosystem is not ECDSA with P-256 and SHA-256");
    }
    if (cert[CERT_ROLE] < ROLE_ROOT || cert[CERT_ROLE] > ROLE_LEAF) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the certificate's role is %u: no root, "
                           "intermediate or leaf",
                           cert[CERT_ROLE]);
    }
    if (adac_load32(cert + CERT_EXTENSIONS) != 0) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the %s certificate has extensions, which the boot "
                           "ROM does not read",
                           role_names[cert[CERT_ROLE]]);
    }
    const enum adac_step wanted = cert[CERT_ROLE] == ROLE_ROOT           ? ADAC_STEP_CHALLENGED
                                  : adac->step == ADAC_STEP_INTERMEDIATE ? ADAC_STEP_INTERMEDIATE
                                                                         : ADAC_STEP_ROOT;
    if (adac->step != wanted || adac->levels == ADAC_LEVELS) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the %s certificate is out of order as number %u of "
                           "the chain",
                           role_names[cert[CERT_ROLE]], adac->levels + 1u);
    }
    return ADAC_OK;
}

/** Whose it is: the root's key is the one whose hash the chip has, others are signed by theirs. */
static enum adac_status check_signer(struct adac *adac, const uint8_t *cert)
{
    const char *role = role_names[cert[CERT_ROLE]];
    const uint8_t *signer = adac->key;
    uint8_t digest[ADAC_DIGEST_BYTES];
    if (cert[CERT_ROLE] == ROLE_ROOT) {
        signer = cert + CERT_KEY;
        (void)mbedtls_sha256(signer, ADAC_KEY_BYTES, digest, 0); /* Cannot fail. */
        if (memcmp(digest, adac->facts.hash, sizeof digest) != 0) {
            return adac_refuse(adac, ADAC_FAILURE,
                               "the root certificate's key is not the one whose "
                               "hash the chip was provisioned with");
        }
    }
    (void)mbedtls_sha256(cert, CERT_SIGNATURE, digest, 0);
    if (!adac->ops->verify(adac->context, signer, digest, cert + CERT_SIGNATURE)) {
        return adac_refuse(adac, ADAC_FAILURE, "the %s certificate's signature is not valid", role);
    }
    return ADAC_OK;
}

/** Whether it holds for this chip now. */
static enum adac_status check_scope(struct adac *adac, const uint8_t *cert)
{
    const char *role = role_names[cert[CERT_ROLE]];
    const struct adac_facts *facts = &adac->facts;
    const uint32_t soc_class = adac_load32(cert + CERT_SOC_CLASS);
    const uint16_t lifecycle = adac_load16(cert + CERT_LIFECYCLE);
    if (cert[CERT_USAGE] > USAGE_MAX || adac_load16(cert + CERT_RESERVED) != 0) {
        return adac_refuse(adac, ADAC_FAILURE, "the %s certificate is for another usage, %u", role,
                           cert[CERT_USAGE]);
    }
    if (lifecycle != 0 && lifecycle != facts->lifecycle) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the %s certificate is for life cycle 0x%04X, and "
                           "this is 0x%04X, %s",
                           role, lifecycle, facts->lifecycle, facts->state);
    }
    /* Against what it would be compared is not known. [U] */
    if (adac_load16(cert + CERT_OEM) != 0) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the %s certificate has an OEM constraint, 0x%04X, "
                           "that this chip does not meet",
                           role, adac_load16(cert + CERT_OEM));
    }
    if (soc_class != 0 && soc_class != facts->soc_class) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the %s certificate is for chips of class 0x%X, and "
                           "this is one of 0x%X",
                           role, soc_class, facts->soc_class);
    }
    if (!is_zero(cert + CERT_SOC_ID, ADAC_SOC_ID_BYTES) &&
        memcmp(cert + CERT_SOC_ID, facts->soc_id, ADAC_SOC_ID_BYTES) != 0) {
        return adac_refuse(adac, ADAC_FAILURE, "the %s certificate is for another chip", role);
    }
    return ADAC_OK;
}

enum adac_status adac_certificate(struct adac *adac, const uint8_t *certificate, size_t len)
{
    static const enum adac_step steps[] = {[ROLE_ROOT] = ADAC_STEP_ROOT,
                                           [ROLE_INTERMEDIATE] = ADAC_STEP_INTERMEDIATE,
                                           [ROLE_LEAF] = ADAC_STEP_LEAF};
    enum adac_status status = check_form(adac, certificate, len);
    if (status == ADAC_OK) {
        status = check_signer(adac, certificate);
    }
    if (status == ADAC_OK) {
        status = check_scope(adac, certificate);
    }
    if (status != ADAC_OK) {
        return status;
    }
    memcpy(adac->masks[adac->levels++], certificate + CERT_MASK, ADAC_PERMISSION_BYTES);
    memcpy(adac->key, certificate + CERT_KEY, ADAC_KEY_BYTES);
    adac->step = steps[certificate[CERT_ROLE]];
    return ADAC_NEED_MORE_DATA;
}

/* Tokens. */

static enum adac_status check_token(struct adac *adac, const uint8_t *token, size_t len)
{
    uint8_t signed_data[TOKEN_SIGNATURE + ADAC_CHALLENGE_BYTES];
    uint8_t digest[ADAC_DIGEST_BYTES];
    if (adac->step != ADAC_STEP_ROOT && adac->step != ADAC_STEP_LEAF) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "a token follows a leaf's certificate, or a root's alone");
    }
    if (len != ADAC_TOKEN_BYTES) {
        return adac_refuse(adac, ADAC_FAILURE, "a token has %u bytes, not %zu", ADAC_TOKEN_BYTES,
                           len);
    }
    if (token[TOKEN_VERSION] != VERSION_MAJOR || token[TOKEN_SIGNATURE_TYPE] != ECDSA_P256_SHA256 ||
        token[TOKEN_RESERVED] != 0 || adac_load32(token + TOKEN_EXTENSIONS) != 0) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the token is not of version 1.0, with ECDSA, P-256, "
                           "SHA-256 and no extensions");
    }
    memcpy(signed_data, token, TOKEN_SIGNATURE);
    memcpy(signed_data + TOKEN_SIGNATURE, adac->challenge, ADAC_CHALLENGE_BYTES);
    (void)mbedtls_sha256(signed_data, sizeof signed_data, digest, 0);
    if (!adac->ops->verify(adac->context, adac->key, digest, token + TOKEN_SIGNATURE)) {
        return adac_refuse(adac, ADAC_FAILURE,
                           "the token is not signed over this session's challenge by the key of "
                           "the last certificate");
    }
    return ADAC_OK;
}

enum adac_status adac_token(struct adac *adac, const uint8_t *token, size_t len,
                            uint16_t *permissions)
{
    static const char *const withheld[] = {"the chip's debug-authentication data",
                                           "the root certificate", "certificate 2 of the chain",
                                           "certificate 3 of the chain"};
    char names[ADAC_NAMES];
    const enum adac_status status = check_token(adac, token, len);
    if (status != ADAC_OK) {
        return status;
    }
    const uint16_t asked = adac_load16(token + TOKEN_PERMISSIONS) & ADAC_PERMIT_ALL;
    *permissions = asked;
    if (asked == 0) {
        return adac_refuse(adac, ADAC_UNAUTHORIZED,
                           "the token asks for no permission that this chip knows");
    }
    adac_permission_names(asked, names);
    for (unsigned i = 0; i <= adac->levels; i++) {
        *permissions &= adac_load16(i == 0 ? adac->facts.mask : adac->masks[i - 1u]);
        if (*permissions == 0) {
            return adac_refuse(adac, ADAC_UNAUTHORIZED, "%s not permitted by %s", names,
                               withheld[i]);
        }
    }
    return ADAC_OK;
}

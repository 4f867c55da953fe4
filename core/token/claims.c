#include "token/claims.h"

#include <stddef.h>

#include "token/cbor.h"

#define AT(member) ((uint32_t)offsetof(struct claims, member))

/* RFC 9783, section 4, in the order of its keys; PSA Certified Attestation API 1.0, section 4. */
const struct claims_row claims_table[CLAIMS_ROWS] = {
    {"challenge", CLAIMS_CHALLENGE, AT(challenge), {{10, 32, 64, true}, {-75008, 32, 64, true}}},
    {"instance id", CLAIMS_BYTES, AT(instance_id), {{256, 33, 33, true}, {-75009, 33, 33, true}}},
    {"profile", CLAIMS_PROFILE, 0, {{265, 0, 0, true}, {-75000, 0, 0, false}}},
    {"boot seed", CLAIMS_BYTES, AT(boot_seed), {{268, 8, 32, false}, {-75004, 32, 32, true}}},
    {"client id", CLAIMS_CLIENT, AT(client_id), {{2394, 0, 0, true}, {-75001, 0, 0, true}}},
    {"life cycle", CLAIMS_LIFE, AT(life_cycle), {{2395, 0, 0, true}, {-75002, 0, 0, true}}},
    {"implementation id",
     CLAIMS_BYTES,
     AT(implementation_id),
     {{2396, 32, 32, true}, {-75003, 32, 32, true}}},
    {"certification reference",
     CLAIMS_CERTIFIED,
     AT(certification),
     {{2398, 19, 19, false}, {-75005, 13, 13, false}}},
    {"software", CLAIMS_SOFTWARE, 0, {{2399, 0, 0, true}, {-75006, 0, 0, false}}},
    {"verification service",
     CLAIMS_TEXT,
     AT(verification_service),
     {{2400, 1, 255, false}, {-75010, 1, 255, false}}},
};

#define EAN13_DIGITS 13u

struct view claims_profile_text(enum claims_profile profile)
{
    static const char rfc9783[] = "tag:psacertified.org,2023:psa#tfm";
    static const char iot_1[] = "PSA_IOT_PROFILE_1";
    return profile == CLAIMS_IOT_1 ? (struct view){(const uint8_t *)iot_1, sizeof iot_1 - 1}
                                   : (struct view){(const uint8_t *)rfc9783, sizeof rfc9783 - 1};
}

static const struct view *view_of(const struct claims *claims, const struct claims_row *row)
{
    return (const struct view *)(const void *)((const uint8_t *)claims + row->offset);
}

static bool is_digest(struct view bytes)
{
    return bytes.len == 32 || bytes.len == 48 || bytes.len == 64;
}

static bool is_certification(struct view text)
{
    for (uint32_t i = 0; i < text.len; i++) {
        const bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (i == EAN13_DIGITS ? text.data[i] != '-' : !digit) {
            return false;
        }
    }
    return true;
}

static bool software_fits(enum claims_profile profile, const struct claims *claims)
{
    for (uint32_t i = 0; i < claims->components; i++) {
        if (!is_digest(claims->component[i].measurement) ||
            !is_digest(claims->component[i].signer)) {
            return false;
        }
    }
    return claims->components != 0 || profile == CLAIMS_IOT_1;
}

static bool string_fits(const struct claims_form *form, const struct claims_row *row,
                        struct view value)
{
    if (value.len == 0) {
        return !form->required;
    }
    if (value.len < form->min || value.len > form->max) {
        return false;
    }
    if (row->kind == CLAIMS_CHALLENGE) {
        return is_digest(value);
    }
    /* An instance id is a UEID (RFC 9711) of the type RAND. */
    if (row->offset == AT(instance_id)) {
        return value.data[0] == 1;
    }
    return row->kind != CLAIMS_CERTIFIED || is_certification(value);
}

static bool claim_fits(enum claims_profile profile, const struct claims *claims,
                       const struct claims_row *row)
{
    switch (row->kind) {
    case CLAIMS_CLIENT:
        return claims->client_id != 0;
    case CLAIMS_LIFE:
        return claims->life_cycle <= UINT16_MAX;
    case CLAIMS_PROFILE:
        return true;
    case CLAIMS_SOFTWARE:
        return software_fits(profile, claims);
    case CLAIMS_CHALLENGE:
    case CLAIMS_BYTES:
    case CLAIMS_TEXT:
    case CLAIMS_CERTIFIED:
        break;
    }
    return string_fits(&row->form[profile], row, *view_of(claims, row));
}

enum garrison_status claims_check(enum claims_profile profile, const struct claims *claims)
{
    for (uint32_t i = 0; i < CLAIMS_ROWS; i++) {
        if (!claim_fits(profile, claims, &claims_table[i])) {
            return GARRISON_ERROR_ARGUMENT;
        }
    }
    return GARRISON_OK;
}

static void put_text_under(struct room *room, int64_t key, struct view text)
{
    if (text.len != 0) {
        cbor_put_int(room, key);
        cbor_put_text(room, text);
    }
}

static void put_bytes_under(struct room *room, int64_t key, struct view bytes)
{
    cbor_put_int(room, key);
    cbor_put_bytes(room, bytes);
}

static void put_component(struct room *room, const struct claims_component *component)
{
    const struct view optional[] = {component->type, component->version, component->description};
    uint32_t count = 2;
    for (uint32_t i = 0; i < sizeof optional / sizeof optional[0]; i++) {
        count += optional[i].len != 0 ? 1 : 0;
    }
    cbor_put_map(room, count);
    put_text_under(room, CLAIMS_COMPONENT_TYPE, component->type);
    put_bytes_under(room, CLAIMS_COMPONENT_MEASUREMENT, component->measurement);
    put_text_under(room, CLAIMS_COMPONENT_VERSION, component->version);
    put_bytes_under(room, CLAIMS_COMPONENT_SIGNER, component->signer);
    put_text_under(room, CLAIMS_COMPONENT_DESCRIPTION, component->description);
}

static void put_software(struct room *room, int32_t key, const struct claims *claims)
{
    if (claims->components == 0) {
        cbor_put_int(room, CLAIMS_IOT_1_NOTHING_MEASURED);
        cbor_put_int(room, 1);
        return;
    }
    cbor_put_int(room, key);
    cbor_put_array(room, claims->components);
    for (uint32_t i = 0; i < claims->components; i++) {
        put_component(room, &claims->component[i]);
    }
}

static bool is_there(const struct claims *claims, const struct claims_row *row)
{
    const bool is_string = row->kind == CLAIMS_CHALLENGE || row->kind == CLAIMS_BYTES ||
                           row->kind == CLAIMS_TEXT || row->kind == CLAIMS_CERTIFIED;
    return !is_string || view_of(claims, row)->len != 0;
}

static void put_claim(struct room *room, enum claims_profile profile, const struct claims *claims,
                      const struct claims_row *row)
{
    const int32_t key = row->form[profile].key;
    switch (row->kind) {
    case CLAIMS_CLIENT:
        cbor_put_int(room, key);
        cbor_put_int(room, claims->client_id);
        return;
    case CLAIMS_LIFE:
        cbor_put_int(room, key);
        cbor_put_int(room, claims->life_cycle);
        return;
    case CLAIMS_PROFILE:
        put_text_under(room, key, claims_profile_text(profile));
        return;
    case CLAIMS_SOFTWARE:
        put_software(room, key, claims);
        return;
    case CLAIMS_CHALLENGE:
    case CLAIMS_BYTES:
        put_bytes_under(room, key, *view_of(claims, row));
        return;
    case CLAIMS_TEXT:
    case CLAIMS_CERTIFIED:
        put_text_under(room, key, *view_of(claims, row));
        return;
    }
}

enum garrison_status claims_put(struct room *room, enum claims_profile profile,
                                const struct claims *claims)
{
    const enum garrison_status status = claims_check(profile, claims);
    uint32_t count = 0;
    if (status != GARRISON_OK) {
        return status;
    }
    for (uint32_t i = 0; i < CLAIMS_ROWS; i++) {
        count += is_there(claims, &claims_table[i]) ? 1 : 0;
    }
    cbor_put_map(room, count);
    for (uint32_t i = 0; i < CLAIMS_ROWS; i++) {
        if (is_there(claims, &claims_table[i])) {
            put_claim(room, profile, claims, &claims_table[i]);
        }
    }
    return room->full ? GARRISON_ERROR_FULL : GARRISON_OK;
}

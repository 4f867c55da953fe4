#include "tools/token_read.h"

#include <string.h>

#include "tools/token_item.h"

#define BIT(n)    (1u << (n))
#define CWT_TAG   61u /* may stand around the token (RFC 8392, section 6) */
#define SEEN_NONE BIT(31)

static bool same(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static const struct claims_row *row_of(enum claims_profile profile, int64_t key, uint32_t *number)
{
    for (*number = 0; *number < CLAIMS_ROWS; ++*number) {
        if (claims_table[*number].form[profile].key == key) {
            return &claims_table[*number];
        }
    }
    return NULL;
}

static void read_component(struct token_reader *reader, struct claims_component *component)
{
    uint32_t seen = 0;
    const uint64_t pairs = token_item_value(reader, TOKEN_MAP);
    for (uint64_t i = 0; i < pairs && !reader->bad; i++) {
        const int64_t key = token_item_number(reader);
        struct view *const place[] = {
            [CLAIMS_COMPONENT_TYPE] = &component->type,
            [CLAIMS_COMPONENT_MEASUREMENT] = &component->measurement,
            [CLAIMS_COMPONENT_VERSION] = &component->version,
            [CLAIMS_COMPONENT_SIGNER] = &component->signer,
            [CLAIMS_COMPONENT_DESCRIPTION] = &component->description,
        };
        const bool known =
            key >= 0 && key < (int64_t)(sizeof place / sizeof place[0]) && place[key] != NULL;
        if (!known) {
            token_item_skip(reader);
            continue;
        }
        const bool bytes = key == CLAIMS_COMPONENT_MEASUREMENT || key == CLAIMS_COMPONENT_SIGNER;
        *place[key] = token_item_string(reader, bytes ? TOKEN_BYTES : TOKEN_TEXT);
        reader->bad = reader->bad || (seen & BIT(key)) != 0;
        seen |= BIT(key);
    }
}

static void read_software(struct token_reader *reader, struct token *token)
{
    const uint64_t count = token_item_value(reader, TOKEN_ARRAY);
    if (count == 0 || count > TOKEN_COMPONENTS_MAX) {
        reader->bad = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        read_component(reader, &token->component[i]);
    }
    token->claims.component = token->component;
    token->claims.components = (uint32_t)count;
}

static void read_client(struct token_reader *reader, struct claims *claims)
{
    const int64_t value = token_item_number(reader);
    reader->bad = reader->bad || value < INT32_MIN || value > INT32_MAX;
    claims->client_id = reader->bad ? 0 : (int32_t)value;
}

static void read_life(struct token_reader *reader, struct claims *claims)
{
    const uint64_t value = token_item_value(reader, TOKEN_UNSIGNED);
    reader->bad = reader->bad || value > UINT16_MAX;
    claims->life_cycle = reader->bad ? 0 : (uint32_t)value;
}

static void read_value(struct token_reader *reader, struct token *token,
                       const struct claims_row *row)
{
    void *place = (uint8_t *)&token->claims + row->offset;
    struct view string;
    switch (row->kind) {
    case CLAIMS_CLIENT:
        read_client(reader, &token->claims);
        return;
    case CLAIMS_LIFE:
        read_life(reader, &token->claims);
        return;
    case CLAIMS_SOFTWARE:
        read_software(reader, token);
        return;
    case CLAIMS_PROFILE:
        string = token_item_string(reader, TOKEN_TEXT);
        reader->bad = reader->bad || !same(string, claims_profile_text(token->profile));
        return;
    case CLAIMS_CHALLENGE:
    case CLAIMS_BYTES:
    case CLAIMS_TEXT:
    case CLAIMS_CERTIFIED:
        break;
    }
    const bool bytes = row->kind == CLAIMS_CHALLENGE || row->kind == CLAIMS_BYTES;
    string = token_item_string(reader, bytes ? TOKEN_BYTES : TOKEN_TEXT);
    reader->bad = reader->bad || string.len == 0;
    memcpy(place, &string, sizeof string);
}

/** Reads the claims of a profile; `seen` gets a bit for each row that is there. */
static bool read_claims(struct view payload, struct token *token, uint32_t *seen)
{
    struct token_reader reader = {.rest = payload};
    const uint64_t pairs = token_item_value(&reader, TOKEN_MAP);
    *seen = 0;
    for (uint64_t i = 0; i < pairs && !reader.bad; i++) {
        uint32_t number;
        const int64_t key = token_item_number(&reader);
        const struct claims_row *row = row_of(token->profile, key, &number);
        uint32_t bit = BIT(number);
        if (row != NULL) {
            read_value(&reader, token, row);
        } else if (token->profile == CLAIMS_IOT_1 && key == CLAIMS_IOT_1_NOTHING_MEASURED) {
            bit = SEEN_NONE;
            reader.bad = token_item_value(&reader, TOKEN_UNSIGNED) != 1 || reader.bad;
        } else {
            bit = 0;
            token->unknown++;
            token_item_skip(&reader);
        }
        reader.bad = reader.bad || (*seen & bit) != 0;
        *seen |= bit;
    }
    return !reader.bad && reader.rest.len == 0;
}

/** Whether all that must be there is, and what there is may be. */
static const char *judge(const struct token *token, uint32_t seen)
{
    for (uint32_t i = 0; i < CLAIMS_ROWS; i++) {
        if (claims_table[i].form[token->profile].required && (seen & BIT(i)) == 0) {
            return claims_table[i].name;
        }
    }
    if (token->profile == CLAIMS_IOT_1 &&
        (token->claims.components == 0) != ((seen & SEEN_NONE) != 0)) {
        return "software";
    }
    return claims_check(token->profile, &token->claims) == GARRISON_OK ? NULL : "a claim's value";
}

/** The profile: profile 1's keys are its own, so its challenge tells. */
static enum claims_profile profile_of(struct view payload)
{
    struct token_reader reader = {.rest = payload};
    const uint64_t pairs = token_item_value(&reader, TOKEN_MAP);
    for (uint64_t i = 0; i < pairs && !reader.bad; i++) {
        if (token_item_number(&reader) == claims_table[0].form[CLAIMS_IOT_1].key) {
            return CLAIMS_IOT_1;
        }
        token_item_skip(&reader);
    }
    return CLAIMS_RFC9783;
}

static const char *read_payload(struct view payload, struct token *token)
{
    uint32_t seen;
    token->profile = profile_of(payload);
    return read_claims(payload, token, &seen) ? judge(token, seen) : "the map of claims";
}

const char *token_read(struct view bytes, struct token *token)
{
    static const struct view protected_header = {cose_protected, COSE_PROTECTED_BYTES};
    struct token_reader reader = {.rest = bytes};
    memset(token, 0, sizeof *token);
    uint64_t tag = token_item_value(&reader, TOKEN_TAG);
    if (tag == CWT_TAG) {
        tag = token_item_value(&reader, TOKEN_TAG);
    }
    if (tag != COSE_TAG_SIGN1 || token_item_value(&reader, TOKEN_ARRAY) != 4) {
        return "COSE_Sign1";
    }
    if (!same(token_item_string(&reader, TOKEN_BYTES), protected_header)) {
        return "the algorithm ES256";
    }
    /* An unprotected header is nobody's word: a token has none. */
    if (token_item_value(&reader, TOKEN_MAP) != 0 || reader.bad) {
        return "an unprotected header without parameters";
    }
    token->signed_part.data = reader.rest.data;
    const struct view payload = token_item_string(&reader, TOKEN_BYTES);
    token->signed_part.len = (uint32_t)(reader.rest.data - token->signed_part.data);
    const struct view signature = token_item_string(&reader, TOKEN_BYTES);
    if (reader.bad || signature.len != COSE_SIGNATURE_BYTES || reader.rest.len != 0) {
        return "COSE_Sign1";
    }
    token->signature = signature.data;
    return read_payload(payload, token);
}

/*
 * Attestation tokens from anywhere, found by libFuzzer. What must hold: what is told of a token lies
 * within it; and what was read as claims can be written again, and reads the same.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/token_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void must_be_within(struct view part, struct view whole)
{
    must(part.len == 0 || (part.data >= whole.data && part.len <= whole.len &&
                           (size_t)(part.data - whole.data) <= whole.len - part.len));
}

static bool same(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[2 * TOKEN_BYTES_MAX];
    static struct token token;
    static struct token again;
    const struct view whole = {data, (uint32_t)size};
    struct cose cose;
    struct view part[2];
    if (size > TOKEN_BYTES_MAX || token_read(whole, &token) != NULL) {
        return 0;
    }
    must_be_within(token.signed_part, whole);
    must_be_within((struct view){token.signature, COSE_SIGNATURE_BYTES}, whole);
    must_be_within(token.claims.challenge, whole);
    must_be_within(token.claims.verification_service, whole);
    cose_start(&cose, memory, sizeof memory);
    must(claims_put(&cose.room, token.profile, &token.claims) == GARRISON_OK);
    must(cose_close(&cose, part) == GARRISON_OK);
    must(cose_sign(&cose, token.signature) == GARRISON_OK);
    must(token_read((struct view){memory, cose.room.used}, &again) == NULL);
    must(again.profile == token.profile && again.claims.client_id == token.claims.client_id);
    must(again.claims.life_cycle == token.claims.life_cycle);
    must(again.claims.components == token.claims.components);
    must(same(again.claims.challenge, token.claims.challenge));
    must(same(again.claims.instance_id, token.claims.instance_id));
    for (uint32_t i = 0; i < token.claims.components; i++) {
        must_be_within(token.component[i].version, whole);
        must(same(again.component[i].measurement, token.component[i].measurement));
        must(same(again.component[i].description, token.component[i].description));
    }
    return 0;
}

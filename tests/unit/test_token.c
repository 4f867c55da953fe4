/*
 * Attestation tokens: the encoder and the command's reader against published ones.
 */
#include "support/test.h"

#include <p256-m.h>
#include <stdio.h>
#include <string.h>

#include "boot/sha256.h"
#include "token/cbor.h"
#include "token/claims.h"
#include "token/cose.h"
#include "tools/token_read.h"

#define TOKEN_MAX 1024u

static uint32_t from_hex(const char *hex, uint8_t *data)
{
    uint32_t len = 0;
    for (; hex[0] != '\0'; hex += 2) {
        unsigned value;
        assert_int_equal(sscanf(hex, "%2x", &value), 1);
        data[len++] = (uint8_t)value;
    }
    return len;
}

static struct view text(const char *words)
{
    return (struct view){(const uint8_t *)words, (uint32_t)strlen(words)};
}

/* A published token of RFC 9783's profile, and its key, as other verifiers' tests have them. */
static const char rfc9783_key[] =
    "4e5e22099e3bceb45b446d1355fd1dc3b545947b6fd7c1c89d886798c3726e8f"
    "80d70b840b256aac34a62ede1043364f044095f003474b91e0182092afb13f2e";
static const char rfc9783_token[] =
    "d28443a10126a0590100a81901005821010202020202020202020202020202020202020202020202020202"
    "02020202020219095c582000000000000000000000000000000000000000000000000000000000000000000a"
    "5820010101010101010101010101010101010101010101010101010101010101010119095a1a7fffffff1909"
    "5b19300019010978217461673a7073616365727469666965642e6f72672c323032333a7073612374666d1901"
    "0c48000000000000000019095f81a30558200404040404040404040404040404040404040404040404040404"
    "040404040404025820030303030303030303030303030303030303030303030303030303030303030301645052"
    "6f545840786e937a4c42667af3847399319ca95c7e7dbabdc9b50fdb8de3f6bff4ab82ff80c42140e2a48800"
    "0219e3e10663193da69c75f52b798ea10b2f7041a90e8e5a";

/* RFC 9052, appendix C.2.1, and RFC 8392, appendix A.3, have a key id that we do not write. */
static const char rfc8392_key[] =
    "143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f"
    "60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9";
static const char rfc8392_signature[] =
    "5427c1ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd"
    "08c8d4d4f96131680c429a01f85951ecee743a52b9b63632c57209120e1c9e30";
static const char rfc9052_key[] =
    "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
    "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e";
static const char rfc9052_signature[] =
    "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
    "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36";

static void assert_signed(struct view head, struct view rest, const char *key, const uint8_t *raw)
{
    uint8_t point[64];
    uint8_t digest[32];
    struct sha256 hash;
    assert_int_equal(from_hex(key, point), 64);
    sha256_start(&hash);
    sha256_add(&hash, head);
    sha256_add(&hash, rest);
    assert_int_equal(sha256_finish(&hash, digest), GARRISON_OK);
    assert_int_equal(p256_ecdsa_verify(raw, point, digest, sizeof digest), P256_SUCCESS);
}

static void cbor_puts_the_examples_of_rfc8949(void **state)
{
    static const struct {
        int64_t value;
        const char *hex;
    } rows[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {100, "1864"},
        {1000, "1903e8"},
        {1000000, "1a000f4240"},
        {1000000000000, "1b000000e8d4a51000"},
        {-1, "20"},
        {-10, "29"},
        {-100, "3863"},
        {-1000, "3903e7"},
        {INT64_MIN, "3b7fffffffffffffff"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t data[16];
        uint8_t want[16];
        struct room room = room_of(data, sizeof data);
        const uint32_t len = from_hex(rows[i].hex, want);
        cbor_put_int(&room, rows[i].value);
        assert_int_equal(room.used, len);
        assert_memory_equal(data, want, len);
    }
}

static void cose_signs_what_the_rfcs_sign(void **state)
{
    static const char claims[] =
        "a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c6967"
        "68742e6578616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b71";
    uint8_t payload[128];
    uint8_t data[256];
    uint8_t raw[64];
    struct cose cose;
    struct view part[2];
    (void)state;
    cose_start(&cose, data, sizeof data);
    room_append(&cose.room, text("This is the content."));
    assert_int_equal(cose_close(&cose, part), GARRISON_OK);
    assert_int_equal(from_hex(rfc9052_signature, raw), 64);
    assert_signed(part[0], part[1], rfc9052_key, raw);

    cose_start(&cose, data, sizeof data);
    room_append(&cose.room, (struct view){payload, from_hex(claims, payload)});
    assert_int_equal(cose_close(&cose, part), GARRISON_OK);
    assert_int_equal(from_hex(rfc8392_signature, raw), 64);
    assert_signed(part[0], part[1], rfc8392_key, raw);
}

static void reader_takes_the_token_of_rfc9783(void **state)
{
    uint8_t data[TOKEN_MAX];
    struct token token;
    (void)state;
    const struct view bytes = {data, from_hex(rfc9783_token, data)};
    assert_null(token_read(bytes, &token));
    assert_int_equal(token.profile, CLAIMS_RFC9783);
    assert_int_equal(token.claims.client_id, 0x7FFFFFFF);
    assert_int_equal(token.claims.life_cycle, 0x3000);
    assert_int_equal(token.claims.challenge.len, 32);
    assert_int_equal(token.claims.challenge.data[31], 1);
    assert_int_equal(token.claims.instance_id.data[32], 2);
    assert_int_equal(token.claims.boot_seed.len, 8);
    assert_int_equal(token.claims.components, 1);
    assert_int_equal(token.component[0].measurement.data[0], 3);
    assert_int_equal(token.component[0].signer.data[0], 4);
    assert_memory_equal(token.component[0].type.data, "PRoT", 4);
    assert_int_equal(token.unknown, 0);
    assert_signed((struct view){cose_signed_head, COSE_SIGNED_HEAD_BYTES}, token.signed_part,
                  rfc9783_key, token.signature);
}

/** The same claims in our order make a token of the same size that reads the same. */
static void encoder_makes_the_claims_of_rfc9783(void **state)
{
    uint8_t data[TOKEN_MAX];
    uint8_t ours[TOKEN_MAX];
    struct token token;
    struct token again;
    struct cose cose;
    struct view part[2];
    (void)state;
    const struct view bytes = {data, from_hex(rfc9783_token, data)};
    assert_null(token_read(bytes, &token));
    for (uint32_t size = 0; size < bytes.len; size++) {
        cose_start(&cose, ours, size);
        assert_true(claims_put(&cose.room, token.profile, &token.claims) == GARRISON_ERROR_FULL ||
                    cose_close(&cose, part) == GARRISON_ERROR_FULL);
    }
    cose_start(&cose, ours, bytes.len);
    assert_int_equal(claims_put(&cose.room, token.profile, &token.claims), GARRISON_OK);
    assert_int_equal(cose_close(&cose, part), GARRISON_OK);
    assert_int_equal(cose_sign(&cose, token.signature), GARRISON_OK);
    assert_int_equal(cose.room.used, bytes.len);
    assert_null(token_read((struct view){ours, cose.room.used}, &again));
    assert_memory_equal(again.claims.implementation_id.data, token.claims.implementation_id.data,
                        32);
    assert_int_equal(again.claims.client_id, token.claims.client_id);
}

static void encoder_refuses_what_a_profile_forbids(void **state)
{
    uint8_t data[TOKEN_MAX];
    uint8_t out[TOKEN_MAX];
    struct token token;
    (void)state;
    assert_null(token_read((struct view){data, from_hex(rfc9783_token, data)}, &token));
    const struct claims good = token.claims;
    struct claims bad[11];
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        bad[i] = good;
    }
    bad[0].challenge.len = 31;
    bad[1].challenge.len = 33;
    bad[2].instance_id.len = 32;
    bad[3].instance_id.data = good.boot_seed.data; /* its first byte is not 1 */
    bad[4].boot_seed.len = 7;
    bad[5].client_id = 0;
    bad[6].life_cycle = 0x10000;
    bad[7].implementation_id.len = 0;
    bad[8].components = 0;
    bad[9].certification = text("1234567890123");
    bad[10].certification = text("1234567890123.12345");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct room room = room_of(out, sizeof out);
        assert_int_equal(claims_put(&room, CLAIMS_RFC9783, &bad[i]), GARRISON_ERROR_ARGUMENT);
        assert_int_equal(room.used, 0);
    }
    struct room room = room_of(out, sizeof out);
    /* Profile 1 wants a boot seed of 32 bytes. */
    assert_int_equal(claims_put(&room, CLAIMS_IOT_1, &good), GARRISON_ERROR_ARGUMENT);
}

static void reader_refuses_every_cut(void **state)
{
    uint8_t data[TOKEN_MAX];
    struct token token;
    (void)state;
    const uint32_t len = from_hex(rfc9783_token, data);
    for (uint32_t cut = 0; cut < len; cut++) {
        assert_non_null(token_read((struct view){data, cut}, &token));
    }
    data[len] = 0;
    assert_non_null(token_read((struct view){data, len + 1}, &token));
}

/** The claims of the RFC with `more` items behind them and `pairs` added to the map's count. */
static const char *read_with(uint8_t pairs, struct view more, struct token *token)
{
    static uint8_t out[TOKEN_MAX];
    static const uint8_t signature[64] = {0};
    uint8_t data[TOKEN_MAX];
    struct token given;
    struct cose cose;
    struct view part[2];
    assert_null(token_read((struct view){data, from_hex(rfc9783_token, data)}, &given));
    cose_start(&cose, out, sizeof out);
    assert_int_equal(claims_put(&cose.room, given.profile, &given.claims), GARRISON_OK);
    out[cose.payload] = (uint8_t)(out[cose.payload] + pairs);
    room_append(&cose.room, more);
    assert_int_equal(cose_close(&cose, part), GARRISON_OK);
    assert_int_equal(cose_sign(&cose, signature), GARRISON_OK);
    return token_read((struct view){out, cose.room.used}, token);
}

static void reader_counts_unknown_claims_and_refuses_doubled_ones(void **state)
{
    static const uint8_t unknown[] = {0x18, 77, 0x82, 0x01, 0xA1, 0x02, 0xC1, 0x03};
    static const uint8_t client_again[] = {0x19, 0x09, 0x5A, 0x05};
    struct token token;
    (void)state;
    assert_null(read_with(0, text(""), &token));
    assert_null(read_with(1, (struct view){unknown, sizeof unknown}, &token));
    assert_int_equal(token.unknown, 1);
    assert_non_null(read_with(0, (struct view){unknown, sizeof unknown}, &token));
    assert_non_null(read_with(1, (struct view){client_again, sizeof client_again}, &token));
    assert_non_null(read_with(1, text(""), &token));
}

/** Replaces the first bytes `from` of the RFC's token by `to`. */
static const char *read_replaced(const char *from, const char *to)
{
    static char hex[2 * TOKEN_MAX];
    static uint8_t data[TOKEN_MAX];
    struct token token;
    const char *at = strstr(rfc9783_token, from);
    assert_non_null(at);
    (void)snprintf(hex, sizeof hex, "%.*s%s%s", (int)(at - rfc9783_token), rfc9783_token, to,
                   at + strlen(from));
    return token_read((struct view){data, from_hex(hex, data)}, &token);
}

static void reader_refuses_other_forms(void **state)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"d284", "84"},                   /* no tag */
        {"d284", "d184"},                 /* COSE_Mac0's */
        {"d284", "d28104"},               /* an array of one */
        {"d284", "d29804"},               /* a longer number than it takes */
        {"d284", "d29f"},                 /* no definite length */
        {"43a10126", "43a10127"},         /* EdDSA */
        {"26a0", "26a10440"},             /* an unprotected parameter */
        {"19095b193000", "190957193000"}, /* no life cycle */
        {"19095b193000", "19095b203000"}, /* a negative one */
        {"5840786e", "5841786e"},         /* a longer signature than there is */
    };
    (void)state;
    assert_null(read_replaced("d284", "d284"));
    assert_null(read_replaced("d284", "d83dd284")); /* a CWT */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_non_null(read_replaced(rows[i].from, rows[i].to));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cbor_puts_the_examples_of_rfc8949),
        cmocka_unit_test(cose_signs_what_the_rfcs_sign),
        cmocka_unit_test(reader_takes_the_token_of_rfc9783),
        cmocka_unit_test(encoder_makes_the_claims_of_rfc9783),
        cmocka_unit_test(encoder_refuses_what_a_profile_forbids),
        cmocka_unit_test(reader_refuses_every_cut),
        cmocka_unit_test(reader_counts_unknown_claims_and_refuses_doubled_ones),
        cmocka_unit_test(reader_refuses_other_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

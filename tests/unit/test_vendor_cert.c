/* Certificates of debug authentication: every byte, every cut, chains in any order. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>
#include <p256-m.h>

#include "support/image_maker.h"
#include "support/test.h"

#include "tools/vendor_cert.h"

#define BYTES 212u
#define TLV   220u

enum { ROOT_OWNER = 1, INTERMEDIATE_OWNER, LEAF_OWNER };

static struct vendor_cert make(uint8_t role, uint8_t owner, uint8_t issuer)
{
    struct vendor_cert cert = {.role = role, .usage = VENDOR_CERT_USAGE_AUTHENTICATION};
    uint8_t secret[32];
    cert.permissions[0] = 0x77;
    cert.permissions[1] = 0x50;
    test_public_key(owner, cert.point);
    test_private_key(issuer, secret);
    assert_true(vendor_cert_sign(&cert, secret));
    return cert;
}

/** Signs again what was changed. */
static void sign(struct vendor_cert *cert, uint8_t issuer)
{
    uint8_t secret[32];
    test_private_key(issuer, secret);
    assert_true(vendor_cert_sign(cert, secret));
}

static struct vendor_cert_chain make_chain(void)
{
    struct vendor_cert_chain chain = {.count = 3};
    chain.cert[0] = make(VENDOR_CERT_ROOT, ROOT_OWNER, ROOT_OWNER);
    chain.cert[1] = make(VENDOR_CERT_INTERMEDIATE, INTERMEDIATE_OWNER, ROOT_OWNER);
    chain.cert[2] = make(VENDOR_CERT_LEAF, LEAF_OWNER, INTERMEDIATE_OWNER);
    return chain;
}

/* Structs have padding, so what was read is compared by what it is written as. */
static void assert_same_chain(const struct vendor_cert_chain *a, const struct vendor_cert_chain *b)
{
    uint8_t left[VENDOR_CERT_CHAIN_BYTES];
    uint8_t right[VENDOR_CERT_CHAIN_BYTES];
    const size_t len = vendor_cert_chain_write(a, left);
    assert_int_equal(vendor_cert_chain_write(b, right), len);
    assert_memory_equal(left, right, len);
}

static void every_field_stands_in_its_place(void **state)
{
    static const uint8_t head[52] = {
        1,    0,    1,    1,    2,    1,    0,    0,    0x34, 0x12, 0x78, 0x56, 0,
        0,    0,    0,    0xEF, 0xCD, 0xAB, 0x90, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
        0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x21, 0x22,
        0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F};
    static const uint8_t no_extensions[32];
    struct vendor_cert cert = {.role = 2,
                               .usage = 1,
                               .life_cycle = 0x1234,
                               .oem_constraint = 0x5678,
                               .soc_class = 0x90ABCDEF};
    struct vendor_cert back;
    uint8_t bytes[BYTES];
    (void)state;
    for (unsigned i = 0; i < 16u; i++) {
        cert.soc_id[i] = (uint8_t)(0x10u + i);
        cert.permissions[i] = (uint8_t)(0x20u + i);
    }
    memset(cert.point, 0xA1, sizeof cert.point);
    memset(cert.signature, 0xB2, sizeof cert.signature);
    vendor_cert_write(&cert, bytes);
    assert_memory_equal(bytes, head, sizeof head);
    assert_memory_equal(bytes + 52, cert.point, 64);
    assert_memory_equal(bytes + 116, no_extensions, 32);
    assert_memory_equal(bytes + 148, cert.signature, 64);
    assert_null(vendor_cert_read(bytes, &back));
    assert_int_equal(back.role, 2);
    assert_int_equal(back.usage, 1);
    assert_int_equal(back.life_cycle, 0x1234);
    assert_int_equal(back.oem_constraint, 0x5678);
    assert_int_equal(back.soc_class, 0x90ABCDEF);
    assert_memory_equal(back.soc_id, cert.soc_id, 16);
    assert_memory_equal(back.permissions, cert.permissions, 16);
    assert_memory_equal(back.point, cert.point, 64);
    assert_memory_equal(back.signature, cert.signature, 64);
}

static void every_flipped_bit_of_a_byte_is_refused(void **state)
{
    const struct vendor_cert cert = make(VENDOR_CERT_ROOT, ROOT_OWNER, ROOT_OWNER);
    uint8_t issuer[64];
    uint8_t bytes[BYTES];
    (void)state;
    test_public_key(ROOT_OWNER, issuer);
    assert_true(vendor_cert_verify(&cert, issuer));
    vendor_cert_write(&cert, bytes);
    for (unsigned i = 0; i < BYTES; i++) {
        struct vendor_cert other;
        const uint8_t bit = (uint8_t)(1u << (i % 8u));
        bytes[i] ^= bit;
        const bool fixed =
            i < 4 || (i >= 6 && i < 8) || (i >= 12 && i < 16) || (i >= 116 && i < 148);
        const bool read = vendor_cert_read(bytes, &other) == NULL;
        assert_int_equal(read, !fixed);
        assert_false(read && vendor_cert_verify(&other, issuer));
        bytes[i] ^= bit;
    }
}

static void signed_are_the_first_148_bytes(void **state)
{
    const struct vendor_cert cert = make(VENDOR_CERT_LEAF, LEAF_OWNER, INTERMEDIATE_OWNER);
    uint8_t issuer[64];
    uint8_t bytes[BYTES];
    uint8_t digest[32];
    (void)state;
    test_public_key(INTERMEDIATE_OWNER, issuer);
    vendor_cert_write(&cert, bytes);
    assert_int_equal(mbedtls_sha256(bytes, 148, digest, 0), 0);
    assert_int_equal(p256_ecdsa_verify(bytes + 148, issuer, digest, sizeof digest), P256_SUCCESS);
}

static void another_key_verifies_nothing(void **state)
{
    const struct vendor_cert cert = make(VENDOR_CERT_LEAF, LEAF_OWNER, INTERMEDIATE_OWNER);
    uint8_t point[64] = {0};
    (void)state;
    assert_false(vendor_cert_verify(&cert, point)); /* Not on the curve. */
    test_public_key(LEAF_OWNER, point);
    assert_false(vendor_cert_verify(&cert, point));
    test_public_key(INTERMEDIATE_OWNER, point);
    assert_true(vendor_cert_verify(&cert, point));
}

static void a_chain_is_tlvs_one_after_the_other(void **state)
{
    static const uint8_t head[8] = {0, 0, 1, 2, 0xD4, 0, 0, 0};
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    uint8_t bytes[3 * TLV];
    uint8_t cert[BYTES];
    (void)state;
    assert_int_equal(sizeof bytes, VENDOR_CERT_CHAIN_BYTES);
    assert_int_equal(vendor_cert_chain_write(&chain, bytes), 660);
    for (unsigned i = 0; i < 3u; i++) {
        assert_memory_equal(bytes + i * TLV, head, sizeof head);
        vendor_cert_write(&chain.cert[i], cert);
        assert_memory_equal(bytes + i * TLV + 8, cert, BYTES);
    }
    assert_true(vendor_cert_chain_read(bytes, sizeof bytes, &back, &problem));
    assert_same_chain(&chain, &back);
}

static void every_cut_of_a_chain_is_refused(void **state)
{
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    uint8_t bytes[3 * TLV + 1] = {0};
    (void)state;
    (void)vendor_cert_chain_write(&chain, bytes);
    for (size_t len = 0; len <= 3u * TLV; len++) {
        /* From memory of that size, so that a byte too far is seen. */
        uint8_t *exact = malloc(len + (len == 0));
        assert_non_null(exact);
        memcpy(exact, bytes, len);
        const bool whole = len % TLV == 0 && len > 0;
        assert_int_equal(vendor_cert_chain_read(exact, len, &back, &problem), whole);
        assert_int_equal(back.count, len / TLV);
        assert_int_equal(whole ? 0 : problem.index, whole ? 0 : len / TLV);
        free(exact);
    }
    assert_false(vendor_cert_chain_read(bytes, sizeof bytes, &back, &problem));
    assert_int_equal(problem.index, 3);
}

static void every_flipped_byte_of_a_chain_is_refused(void **state)
{
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    uint8_t bytes[3 * TLV];
    (void)state;
    (void)vendor_cert_chain_write(&chain, bytes);
    assert_true(vendor_cert_chain_verify(&chain, NULL, &problem));
    for (unsigned i = 0; i < sizeof bytes; i += i % TLV < 60u ? 1u : 7u) {
        bytes[i] ^= 0x40u;
        const bool read = vendor_cert_chain_read(bytes, sizeof bytes, &back, &problem);
        assert_false(read && vendor_cert_chain_verify(&back, NULL, &problem));
        /* A key that was changed is seen there, or by what it has signed. */
        assert_in_range(problem.index, i / TLV, i / TLV + 1u);
        bytes[i] ^= 0x40u;
    }
}

static void roles_go_down_from_one_root(void **state)
{
    static const struct {
        unsigned count;
        uint8_t role[3];
        bool right;
        unsigned index; /**< Where it is wrong. */
    } rows[] = {
        {1, {1}, true, 0},        {2, {1, 2}, true, 0},     {2, {1, 3}, true, 0},
        {3, {1, 2, 3}, true, 0},  {1, {2}, false, 0},       {1, {3}, false, 0},
        {1, {0}, false, 0},       {1, {4}, false, 0},       {1, {255}, false, 0},
        {2, {1, 1}, false, 1},    {2, {2, 3}, false, 0},    {3, {1, 2, 2}, false, 2},
        {3, {1, 3, 2}, false, 2}, {3, {1, 3, 3}, false, 2}, {3, {1, 2, 1}, false, 2},
        {3, {1, 2, 0}, false, 2}, {3, {1, 4, 3}, false, 1}, {0, {0}, false, 0},
        {4, {1, 2, 3}, false, 0},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        struct vendor_cert_chain chain = {.count = rows[i].count};
        struct vendor_cert_problem problem = {99, NULL};
        for (unsigned n = 0; n < 3u && n < rows[i].count; n++) {
            chain.cert[n] = make(rows[i].role[n], (uint8_t)(n + 1u), (uint8_t)(n > 0 ? n : 1u));
        }
        assert_int_equal(vendor_cert_chain_verify(&chain, NULL, &problem), rows[i].right);
        assert_int_equal(rows[i].right ? 0 : problem.index, rows[i].index);
    }
}

static void a_chain_is_signed_from_one_to_the_next(void **state)
{
    static const struct {
        unsigned index;
        uint8_t issuer;
    } rows[] = {{0, INTERMEDIATE_OWNER},
                {1, INTERMEDIATE_OWNER},
                {1, LEAF_OWNER},
                {2, ROOT_OWNER},
                {2, LEAF_OWNER}};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        struct vendor_cert_chain chain = make_chain();
        struct vendor_cert_problem problem;
        sign(&chain.cert[rows[i].index], rows[i].issuer);
        assert_false(vendor_cert_chain_verify(&chain, NULL, &problem));
        assert_int_equal(problem.index, rows[i].index);
        assert_non_null(strstr(problem.why, "is not signed with"));
    }
}

static void usage_and_keys_are_checked(void **state)
{
    struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_problem problem;
    (void)state;
    for (unsigned usage = 0; usage < 256u; usage += usage < 4u ? 1u : 63u) {
        chain.cert[1].usage = (uint8_t)usage;
        sign(&chain.cert[1], ROOT_OWNER);
        assert_int_equal(vendor_cert_chain_verify(&chain, NULL, &problem), usage < 2u);
        assert_int_equal(usage < 2u ? 1u : problem.index, 1);
    }
    chain = make_chain();
    memset(chain.cert[2].point, 0x55, sizeof chain.cert[2].point);
    sign(&chain.cert[2], INTERMEDIATE_OWNER);
    assert_false(vendor_cert_chain_verify(&chain, NULL, &problem));
    assert_int_equal(problem.index, 2);
    assert_non_null(strstr(problem.why, "public key"));
}

/** Gives a byte of a certificate in a chain a value, and signs it again. */
static void limit(struct vendor_cert_chain *chain, unsigned index, size_t off, uint8_t value)
{
    uint8_t bytes[BYTES];
    vendor_cert_write(&chain->cert[index], bytes);
    bytes[off] = value;
    assert_null(vendor_cert_read(bytes, &chain->cert[index]));
    sign(&chain->cert[index], (uint8_t)(index > 0 ? index : 1u));
}

static void limits_of_a_chain_leave_a_chip(void **state)
{
    static const struct {
        size_t off;
        const char *why;
    } rows[] = {{8, "life cycle"}, {9, "life cycle"}, {10, "OEM"},  {11, "OEM"},
                {16, "class"},     {19, "class"},     {20, "chip"}, {35, "chip"}};
    (void)state;
    for (unsigned i = 0; i < 2u * COUNT_OF(rows); i++) {
        const unsigned upper = i % 2u; /* The one before the leaf, or the root over its head. */
        const size_t off = rows[i / 2u].off;
        struct vendor_cert_chain chain = make_chain();
        struct vendor_cert_problem problem;
        limit(&chain, upper, off, 7);
        assert_true(vendor_cert_chain_verify(&chain, NULL, &problem));
        limit(&chain, 2, off, 7);
        assert_true(vendor_cert_chain_verify(&chain, NULL, &problem));
        limit(&chain, 2, off, 8);
        assert_false(vendor_cert_chain_verify(&chain, NULL, &problem));
        assert_int_equal(problem.index, 2);
        assert_non_null(strstr(problem.why, rows[i / 2u].why));
    }
}

static void only_the_root_that_is_known_will_do(void **state)
{
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_problem problem;
    uint8_t hash[32];
    (void)state;
    vendor_cert_key_hash(chain.cert[0].point, hash);
    assert_true(vendor_cert_chain_verify(&chain, hash, &problem));
    for (unsigned i = 0; i < sizeof hash; i++) {
        hash[i] ^= 1u;
        assert_false(vendor_cert_chain_verify(&chain, hash, &problem));
        assert_int_equal(problem.index, 0);
        assert_non_null(strstr(problem.why, "another root"));
        hash[i] ^= 1u;
    }
}

static void a_chain_permits_what_each_permits(void **state)
{
    struct vendor_cert_chain chain = make_chain();
    uint8_t mask[16];
    (void)state;
    for (unsigned bit = 0; bit < 128u; bit++) {
        for (unsigned n = 0; n < 3u; n++) {
            memset(chain.cert[n].permissions, 0, 16);
            chain.cert[n].permissions[bit / 8u] = (uint8_t)(1u << (bit % 8u));
        }
        vendor_cert_chain_permissions(&chain, mask);
        assert_memory_equal(mask, chain.cert[0].permissions, 16);
        memset(chain.cert[bit % 3u].permissions, 0, 16);
        vendor_cert_chain_permissions(&chain, mask);
        assert_memory_equal(mask, chain.cert[bit % 3u].permissions, 16);
    }
    chain.count = 0;
    chain.cert[0].permissions[0] = 1;
    vendor_cert_chain_permissions(&chain, mask);
    assert_int_equal(mask[0], 0);
}

/* Text. */

static void text_comes_back_as_it_went(void **state)
{
    struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    char text[VENDOR_CERT_TEXT_BYTES];
    char spread[4u * VENDOR_CERT_TEXT_BYTES];
    (void)state;
    for (chain.count = 1; chain.count <= 3u; chain.count++) {
        static const size_t lens[] = {0, 297, 589, 881}; /* With the line's end. */
        const size_t len = vendor_cert_chain_write_text(&chain, text);
        size_t used = 0;
        assert_int_equal(len, lens[chain.count]);
        assert_int_equal(strlen(text), len);
        assert_int_equal(text[len - 1u], '\n');
        assert_true(vendor_cert_chain_read_text(text, len, &back, &problem));
        assert_same_chain(&chain, &back);
        assert_true(vendor_cert_chain_read_text(text, len - 1u, &back, &problem));
        for (size_t i = 0; i < len; i++) {
            spread[used++] = " \t\r\n"[i % 4u];
            spread[used++] = text[i];
        }
        assert_true(vendor_cert_chain_read_text(spread, used, &back, &problem));
        assert_same_chain(&chain, &back);
    }
}

static void every_cut_and_every_strange_character_of_text_is_refused(void **state)
{
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    char text[VENDOR_CERT_TEXT_BYTES];
    (void)state;
    const size_t len = vendor_cert_chain_write_text(&chain, text) - 1u;
    for (size_t cut = 0; cut < len; cut++) {
        char *exact = malloc(cut + 1u);
        assert_non_null(exact);
        memcpy(exact, text, cut);
        assert_false(vendor_cert_chain_read_text(exact, cut, &back, &problem));
        free(exact);
    }
    for (size_t i = 0; i < len; i += 11u) {
        static const char strange[] = {'\0', '-', '_', '=', '\x80', '\xFF', '.', '\v'};
        const char right = text[i];
        text[i] = strange[i % sizeof strange];
        assert_false(vendor_cert_chain_read_text(text, len, &back, &problem));
        text[i] = right;
    }
}

static void base_64_has_one_form(void **state)
{
    struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    char text[VENDOR_CERT_TEXT_BYTES + 8u];
    (void)state;
    chain.count = 1; /* 220 bytes: two characters of padding. */
    const size_t len = vendor_cert_chain_write_text(&chain, text) - 1u;
    assert_memory_equal(text + len - 2u, "==", 2);
    text[len - 3u]++; /* Bits behind the last byte. */
    assert_false(vendor_cert_chain_read_text(text, len, &back, &problem));
    text[len - 3u]--;
    memcpy(text + len, "====", 4);
    assert_false(vendor_cert_chain_read_text(text, len + 4u, &back, &problem));
    memcpy(text + len, "AAAA", 4);
    assert_false(vendor_cert_chain_read_text(text, len + 4u, &back, &problem));
    text[len - 2u] = 'A';
    assert_false(vendor_cert_chain_read_text(text, len, &back, &problem)); /* 221 bytes. */
    chain.cert[0].signature[63] = 0;
    (void)vendor_cert_chain_write_text(&chain, text);
    assert_memory_equal(text + len - 4u, "AA==", 4);
    assert_true(vendor_cert_chain_read_text(text, len, &back, &problem));
    memcpy(text + len - 4u, "A=A=", 4);
    assert_false(vendor_cert_chain_read_text(text, len, &back, &problem));
    memcpy(text + len - 4u, "AA==AAA", 7); /* A group that is not complete. */
    for (size_t more = 1; more <= 3u; more++) {
        assert_false(vendor_cert_chain_read_text(text, len + more, &back, &problem));
    }
    memcpy(text + len - 4u, "AA==A===", 8); /* A group that would be no byte. */
    assert_false(vendor_cert_chain_read_text(text, len + 4u, &back, &problem));
    assert_false(vendor_cert_chain_read_text("====", 4, &back, &problem));
}

static void texts_of_one_certificate_make_a_chain(void **state)
{
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    char text[4u * VENDOR_CERT_TEXT_BYTES];
    (void)state;
    for (unsigned ends = 0; ends < 2u; ends++) { /* With and without lines' ends. */
        size_t used = 0;
        for (unsigned i = 0; i < 3u; i++) {
            const struct vendor_cert_chain one = {.count = 1, .cert = {chain.cert[i]}};
            used += vendor_cert_chain_write_text(&one, text + used) - ends;
        }
        assert_true(vendor_cert_chain_read_text(text, used, &back, &problem));
        assert_same_chain(&chain, &back);
    }
}

static void a_fourth_certificate_is_too_many(void **state)
{
    const struct vendor_cert_chain chain = make_chain();
    struct vendor_cert_chain back;
    struct vendor_cert_problem problem;
    char text[2u * VENDOR_CERT_TEXT_BYTES];
    uint8_t bytes[4u * TLV];
    (void)state;
    (void)vendor_cert_chain_write(&chain, bytes);
    memcpy(bytes + 3u * TLV, bytes, TLV);
    assert_false(vendor_cert_chain_read(bytes, sizeof bytes, &back, &problem));
    assert_int_equal(problem.index, 3);
    assert_non_null(strstr(problem.why, "three"));
    const size_t len = vendor_cert_chain_write_text(&chain, text); /* 660 bytes: no padding. */
    memcpy(text + len, text, 296);
    memcpy(text + len + 294, "==", 2);
    assert_false(vendor_cert_chain_read_text(text, len + 296u, &back, &problem));
    assert_int_equal(problem.index, 3);
    assert_non_null(strstr(problem.why, "three"));
}

static void numbers_have_names(void **state)
{
    (void)state;
    assert_string_equal(vendor_cert_role_name(1), "root");
    assert_string_equal(vendor_cert_role_name(2), "intermediate");
    assert_string_equal(vendor_cert_role_name(3), "leaf");
    assert_null(vendor_cert_role_name(0));
    assert_null(vendor_cert_role_name(4));
    assert_string_equal(vendor_cert_usage_name(0), "neutral");
    assert_string_equal(vendor_cert_usage_name(1), "authentication");
    assert_string_equal(vendor_cert_usage_name(2), "rma");
    assert_null(vendor_cert_usage_name(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_stands_in_its_place),
        cmocka_unit_test(every_flipped_bit_of_a_byte_is_refused),
        cmocka_unit_test(signed_are_the_first_148_bytes),
        cmocka_unit_test(another_key_verifies_nothing),
        cmocka_unit_test(a_chain_is_tlvs_one_after_the_other),
        cmocka_unit_test(every_cut_of_a_chain_is_refused),
        cmocka_unit_test(every_flipped_byte_of_a_chain_is_refused),
        cmocka_unit_test(roles_go_down_from_one_root),
        cmocka_unit_test(a_chain_is_signed_from_one_to_the_next),
        cmocka_unit_test(usage_and_keys_are_checked),
        cmocka_unit_test(limits_of_a_chain_leave_a_chip),
        cmocka_unit_test(only_the_root_that_is_known_will_do),
        cmocka_unit_test(a_chain_permits_what_each_permits),
        cmocka_unit_test(text_comes_back_as_it_went),
        cmocka_unit_test(every_cut_and_every_strange_character_of_text_is_refused),
        cmocka_unit_test(base_64_has_one_form),
        cmocka_unit_test(texts_of_one_certificate_make_a_chain),
        cmocka_unit_test(a_fourth_certificate_is_too_many),
        cmocka_unit_test(numbers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

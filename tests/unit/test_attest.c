/*
 * The attestation service over the manager and the crypto service: what it needs, what it says when
 * something of that is missing, and which key it makes of its seed.
 */
#include "support/test.h"

#include <stdbool.h>
#include <string.h>

#include <garrison/attestation.h>
#include <garrison/spm.h>
#include <psa/crypto.h>

#include "services/attest.h"
#include "spm/partitions.h"
#include "support/port_fake.h"

#define CHALLENGE 64u
#define PRIVATE   32u

/* Of P-256, from SEC 2: its order, and the generator, which is the public point of the private key 1. */
static const uint8_t order[PRIVATE] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
static const uint8_t generator[GARRISON_ATTEST_POINT_BYTES] = {
    0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5,
    0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4,
    0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A,
    0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33,
    0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};

static const uint8_t challenge[CHALLENGE];
static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];

/** Starts the manager with that many images, each with the longest words there are. */
static void start(uint32_t images)
{
    static const uint32_t roles[HANDOFF_ENTRIES_MAX] = {1, 2, 3, 4, 16, 17, 18, 19, 20, 21, 22, 23};
    port_fake_reset();
    port_fake.client_may_all = true;
    handoff_init(&port_fake.handoff, PORT_RESET_POWER);
    for (uint32_t i = 0; i < images; i++) {
        struct handoff_entry entry = {.role = roles[i], .version = {255, 255, 65535, UINT32_MAX}};
        memset(entry.measurement, (int)i + 1, sizeof entry.measurement);
        memset(entry.signer, (int)i + 0x81, sizeof entry.signer);
        assert_int_equal(handoff_append(&port_fake.handoff, &entry), GARRISON_OK);
    }
    assert_int_equal(manager_serve(), GARRISON_OK);
}

static psa_status_t get_token(enum garrison_attest_profile profile, size_t *len)
{
    return garrison_attest_get_token(profile, challenge, CHALLENGE, token, sizeof token, len);
}

static void the_longest_token_is_as_long_as_the_header_says(void **state)
{
    (void)state;
    start(HANDOFF_ENTRIES_MAX);
    size_t longest = 0;
    for (unsigned profile = 0; profile < 2; profile++) {
        size_t len = 0;
        size_t told = 0;
        assert_int_equal(get_token((enum garrison_attest_profile)profile, &len), PSA_SUCCESS);
        assert_int_equal(
            garrison_attest_get_token_size((enum garrison_attest_profile)profile, CHALLENGE, &told),
            PSA_SUCCESS);
        assert_int_equal(told, len);
        longest = len > longest ? len : longest;
    }
    /* The client id may take four bytes more, were there other clients. */
    assert_in_range(longest, sizeof token - 32u, sizeof token - 4u);
}

/** What the manager does when the partition has failed. */
static void restart(void)
{
    const struct partition *attest = &partition_table[partition_count - 1u];
    assert_string_equal(attest->name, "attest");
    attest->prepare();
}

/** Two tokens of one boot have its seed in common; of two boots they have not. */
static void the_boot_seed_is_that_of_the_boot(void **state)
{
    static const uint8_t head[] = {0x19, 0x01, 0x0C, 0x58, 0x20}; /* 268: 32 bytes */
    uint8_t seeds[3][32];
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(seeds); i++) {
        size_t len = 0;
        size_t at = 0;
        if (i != 1) {
            start(4);
        } else {
            restart();
        }
        assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_SUCCESS);
        while (at < len && memcmp(token + at, head, sizeof head) != 0) {
            at++;
        }
        assert_in_range(at, 1, len - 64);
        memcpy(seeds[i], token + at + sizeof head, sizeof seeds[i]);
    }
    assert_memory_equal(seeds[0], seeds[1], sizeof seeds[0]);
    assert_memory_not_equal(seeds[0], seeds[2], sizeof seeds[0]);
}

static void without_what_it_needs_it_refuses(void **state)
{
    size_t len = 1;
    uint8_t point[GARRISON_ATTEST_POINT_BYTES];
    (void)state;
    start(4);
    attest_note_key(NULL);
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(len, 0);
    assert_int_equal(garrison_attest_get_public_key(point), PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(psa_initial_attest_get_token_size(32, &len), PSA_ERROR_SERVICE_FAILURE);
    start(4);
    attest_note_boot(NULL);
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(garrison_attest_get_public_key(point), PSA_SUCCESS);
    start(0); /* no image: neither implementation id nor software */
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_ERROR_SERVICE_FAILURE);
    start(4);
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_SUCCESS);
}

/** What the port lacks is said once, and is no reason not to start. */
static void the_manager_starts_without_entropy_and_root_key(void **state)
{
    size_t len = 1;
    (void)state;
    start(4);
    port_fake.entropy = GARRISON_ERROR_DEVICE;
    port_fake.log_count = 0;
    assert_int_equal(manager_serve(), GARRISON_OK);
    assert_string_equal(port_fake.log[0], "manager: no boot seed");
    port_fake.entropy = GARRISON_OK; /* it is too late then */
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_ERROR_SERVICE_FAILURE);
    port_fake.derive = GARRISON_ERROR_DEVICE;
    assert_int_equal(manager_serve(), GARRISON_OK);
    assert_non_null(strstr(port_fake.log[3], "manager: no key for garrison attest: "));
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_ERROR_SERVICE_FAILURE);
    port_fake.derive = GARRISON_OK;
    assert_int_equal(manager_serve(), GARRISON_OK);
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_SUCCESS);
}

/** The public key of a seed whose halves are these numbers, given as what follows zeros or the order. */
static psa_status_t key_of(const uint8_t first[PRIVATE], const uint8_t second[PRIVATE],
                           uint8_t point[GARRISON_ATTEST_POINT_BYTES])
{
    uint8_t seed[2u * PRIVATE];
    memcpy(seed, first, PRIVATE);
    memcpy(seed + PRIVATE, second, PRIVATE);
    attest_note_key(seed);
    return garrison_attest_get_public_key(point);
}

static void the_key_is_the_first_half_that_is_one(void **state)
{
    static const uint8_t zero[PRIVATE] = {0};
    static const uint8_t one[PRIVATE] = {[PRIVATE - 1u] = 1};
    uint8_t last[PRIVATE];
    uint8_t all_ones[PRIVATE];
    uint8_t point[GARRISON_ATTEST_POINT_BYTES];
    (void)state;
    start(4);
    memcpy(last, order, sizeof last);
    last[PRIVATE - 1u]--;
    memset(all_ones, 0xFF, sizeof all_ones);
    assert_int_equal(key_of(one, last, point), PSA_SUCCESS);
    assert_memory_equal(point, generator, sizeof point);
    const uint8_t *const none[] = {zero, order, all_ones};
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        assert_int_equal(key_of(none[i], one, point), PSA_SUCCESS);
        assert_memory_equal(point, generator, sizeof point);
        assert_int_equal(key_of(none[i], none[(i + 1) % 3], point), PSA_ERROR_SERVICE_FAILURE);
    }
    /* The order less 1: the generator's X, the other Y. */
    assert_int_equal(key_of(last, one, point), PSA_SUCCESS);
    assert_memory_equal(point, generator, 33);
    assert_memory_not_equal(point + 33, generator + 33, 32);
}

/** Nothing of the service's stays in the crypto service, so it never runs out of slots. */
static void a_hundred_tokens_need_no_more_room_than_one(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t keys[MBEDTLS_PSA_KEY_SLOT_COUNT];
    size_t count = 0;
    size_t len = 0;
    (void)state;
    start(4);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(get_token(GARRISON_ATTEST_PSA_IOT_1, &len), PSA_SUCCESS);
    }
    /* The application takes what it can; what is left is enough. */
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    while (count < COUNT_OF(keys) && psa_generate_key(&attributes, &keys[count]) == PSA_SUCCESS) {
        count++;
    }
    assert_in_range(count, 1, COUNT_OF(keys) - 1u);
    assert_int_equal(get_token(GARRISON_ATTEST_RFC9783, &len), PSA_SUCCESS);
    while (count > 0) {
        assert_int_equal(psa_destroy_key(keys[--count]), PSA_SUCCESS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_token_is_as_long_as_the_header_says),
        cmocka_unit_test(the_boot_seed_is_that_of_the_boot),
        cmocka_unit_test(without_what_it_needs_it_refuses),
        cmocka_unit_test(the_manager_starts_without_entropy_and_root_key),
        cmocka_unit_test(the_key_is_the_first_half_that_is_one),
        cmocka_unit_test(a_hundred_tokens_need_no_more_room_than_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

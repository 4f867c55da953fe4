/*
 * Nothing that was written or read stays in the storage services' memory: all data of the process
 * are searched for it, and the services' are among them. What the client has is on the heap.
 */
#include "support/test.h"

#include <string.h>

#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#include "store/store.h"
#include "support/storage_fixture.h"
#include "support/storage_key.h"

#define UID      7u
#define SMALL    300u  /* in one record */
#define LARGE    1300u /* in three, and a head */
#define NO_FLAGS PSA_STORAGE_FLAG_NONE

/* Of the linker: where the process's initialized data begin, and where its other data end. */
extern uint8_t __data_start[];
extern uint8_t _end[];

#define PIECE 8u /* Bytes that are no coincidence. */
#define STEP  16u

/** Whether any piece of the text stands anywhere; red zones of sanitizers are read as well. */
__attribute__((no_sanitize("address"))) static bool is_in_memory(const uint8_t *text, size_t len)
{
    bool begins[256] = {false};
    for (size_t piece = 0; piece + PIECE <= len; piece += STEP) {
        begins[text[piece]] = true;
    }
    for (uintptr_t at = (uintptr_t)__data_start; at + PIECE <= (uintptr_t)_end; at++) {
        const volatile uint8_t *memory = (const volatile uint8_t *)at;
        for (size_t piece = 0; begins[memory[0]] && piece + PIECE <= len; piece += STEP) {
            size_t same = 0;
            while (same < PIECE && memory[same] == text[piece + same]) {
                same++;
            }
            if (same == PIECE) {
                return true;
            }
        }
    }
    return false;
}

static uint8_t *text; /* What the client stores, and has read. */
static uint8_t *out;

static int set_up(void **state)
{
    (void)state;
    text = test_malloc(LARGE);
    out = test_malloc(LARGE);
    storage_fill(text, LARGE, 77);
    storage_start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_free(text);
    test_free(out);
    return 0;
}

static void what_is_in_memory_is_found(void **state)
{
    static uint8_t here[40];
    (void)state;
    assert_false(is_in_memory(text, LARGE));
    memcpy(here + 1, text + 32, PIECE);
    assert_true(is_in_memory(text, LARGE));
    memset(here, 0, sizeof here);
    assert_false(is_in_memory(text, LARGE));
}

static void nothing_stays_of_what_its_has_met(void **state)
{
    static const size_t sizes[] = {SMALL, LARGE};
    struct psa_storage_info_t info;
    size_t len;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_int_equal(psa_its_set(UID, sizes[i], text, NO_FLAGS), PSA_SUCCESS);
        assert_false(is_in_memory(text, LARGE));
        assert_int_equal(psa_its_get(UID, 0, LARGE, out, &len), PSA_SUCCESS);
        assert_memory_equal(out, text, sizes[i]);
        assert_false(is_in_memory(text, LARGE));
        assert_int_equal(psa_its_get(UID, 100, 150, out, &len), PSA_SUCCESS);
        assert_false(is_in_memory(text, LARGE));
        assert_int_equal(psa_its_get_info(UID, &info), PSA_SUCCESS);
        assert_false(is_in_memory(text, LARGE));
    }
    assert_int_equal(psa_its_remove(UID), PSA_SUCCESS);
    assert_false(is_in_memory(text, LARGE));
}

static void nothing_stays_of_what_ps_has_met(void **state)
{
    struct psa_storage_info_t info;
    size_t len;
    (void)state;
    assert_int_equal(psa_ps_create(UID, LARGE, NO_FLAGS), PSA_SUCCESS);
    for (uint32_t off = 0; off < LARGE; off += SMALL) {
        const size_t part = LARGE - off < SMALL ? LARGE - off : SMALL;
        assert_int_equal(psa_ps_set_extended(UID, off, part, text + off), PSA_SUCCESS);
        assert_false(is_in_memory(text, LARGE));
        assert_int_equal(psa_ps_get_info(UID, &info), PSA_SUCCESS);
        assert_false(is_in_memory(text, LARGE));
        assert_int_equal(psa_ps_get(UID, 0, LARGE, out, &len), PSA_SUCCESS);
        assert_memory_equal(out, text, off + part);
        assert_false(is_in_memory(text, LARGE));
    }
    assert_int_equal(psa_ps_set_extended(UID, 5, 1, text + 5), PSA_SUCCESS);
    assert_false(is_in_memory(text, LARGE));
    assert_int_equal(psa_ps_set(UID, SMALL, text, NO_FLAGS), PSA_SUCCESS);
    assert_false(is_in_memory(text, LARGE));
    storage_restart();
    assert_int_equal(psa_ps_get_info(UID, &info), PSA_SUCCESS);
    assert_false(is_in_memory(text, LARGE));
}

static void nothing_stays_of_a_get_that_fails(void **state)
{
    const size_t bytes = STORAGE_ITS_BYTES;
    uint8_t *flash = port_fake.flash.bytes + STORAGE_ITS_OFF;
    (void)state;
    assert_int_equal(psa_its_set(UID, 1, text, NO_FLAGS), PSA_SUCCESS);
    uint8_t *before = test_malloc(bytes);
    memcpy(before, flash, bytes);
    assert_int_equal(psa_its_set(UID, LARGE, text, NO_FLAGS), PSA_SUCCESS);
    size_t first = 0;
    while (before[first] == flash[first]) {
        first++;
    }
    static const uint32_t offs[] = {100, 800, 1300}; /* in the data of each of its records */
    for (size_t i = 0; i < COUNT_OF(offs); i++) {
        size_t len = 0;
        flash[first + offs[i]] ^= 0x10;
        assert_int_equal(psa_its_get(UID, 0, LARGE, out, &len), PSA_ERROR_DATA_CORRUPT);
        assert_false(is_in_memory(text, LARGE));
        flash[first + offs[i]] ^= 0x10;
        assert_int_equal(psa_its_get(UID, 0, LARGE, out, &len), PSA_SUCCESS);
    }
    test_free(before);
}

static enum garrison_status give(void *context, uint8_t *data, uint32_t len)
{
    const uint8_t **next = context;
    memcpy(data, *next, len);
    *next += len;
    return GARRISON_OK;
}

/* The services never read so much at once that this could come to light. */
static void a_read_that_fails_takes_back_what_it_had_read(void **state)
{
    static struct storage_keys keys;
    static uint32_t live[STORE_LIVE_WORDS(FLASH_RAM_BYTES)];
    static struct store store;
    struct store_protection protection;
    const struct store_key key = {.owner = 1, .uid = UID};
    const struct store_info info = {.size = LARGE, .capacity = LARGE};
    const uint8_t *next = text;
    (void)state;
    storage_key_make(&keys, &protection, 1);
    const struct store_config config = {
        .device = &port_fake.flash.device, .protection = &protection, .live = live};
    assert_int_equal(store_mount(&store, &config, NULL), GARRISON_OK);
    assert_int_equal(store_set(&store, key, &info, give, &next), GARRISON_OK);
    assert_int_equal(store_read(&store, key, 0, out, LARGE), GARRISON_OK);
    assert_memory_equal(out, text, LARGE);
    /* The second record's data begin behind a sector's header, the first one, and its own header. */
    port_fake.flash.bytes[1024] ^= 1;
    assert_int_equal(store_read(&store, key, 0, out, LARGE), GARRISON_ERROR_DIGEST);
    for (uint32_t i = 0; i < STORE_CHUNK_BYTES; i++) {
        assert_int_equal(out[i], 0);
    }
    assert_false(is_in_memory(text, LARGE));
    port_fake.flash.bytes[1024] ^= 1;
    assert_int_equal(store_read(&store, key, 0, out, LARGE), GARRISON_OK);
    storage_keys_fini(&keys);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_in_memory_is_found),
        TEST(nothing_stays_of_what_its_has_met),
        TEST(nothing_stays_of_what_ps_has_met),
        TEST(nothing_stays_of_a_get_that_fails),
        TEST(a_read_that_fails_takes_back_what_it_had_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

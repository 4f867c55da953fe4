/*
 * What follows the life cycle, natively on one device file that goes through product states: what
 * clients are told, what a token says, who the device is, and what is stored. That the chip's own code
 * gives the same is what test_attest.py, test_storage.py and test_derive_key.c show.
 */
#define _GNU_SOURCE /* memmem, mkdtemp */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <garrison/attestation.h>
#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/lifecycle.h>
#include <psa/protected_storage.h>

#include "host.h"

#define SBS_DBGCR 0x54000420u

/* OPTSR, bits 8 to 15. */
#define OPEN             0xEDu
#define PROVISIONING     0x17u
#define IROT_PROVISIONED 0x2Eu
#define TZ_CLOSED        0xC6u
#define CLOSED           0x72u
#define LOCKED           0x5Cu

#define OBJECT 7u

static char folder[] = "/tmp/garrison-life-XXXXXX";
static char path[64];

static void must(enum sim_status status, const struct sim_error *error)
{
    if (status != SIM_OK) {
        fail_msg("%s", error->text);
    }
}

/** As a tool that may do all: the ways from state to state are the chip's own tests. */
static void set_state(uint32_t code)
{
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    uint32_t optsr = 0;
    garrison_host_stop();
    must(sim_open(&config, &sim, &error), &error);
    must(sim_option_read(sim, "OPTSR", &optsr, &error), &error);
    must(sim_option_write(sim, "OPTSR", (optsr & ~0xFF00u) | code << 8, &error), &error);
    sim_close(sim);
}

static void start(void)
{
    const struct garrison_host_config config = {.device_path = path};
    if (garrison_host_start(&config) != 0) {
        fail_msg("%s", garrison_host_reason());
    }
}

static int make_device(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/device.gar", folder);
    return 0;
}

static int remove_device(void **state)
{
    char command[128];
    (void)state;
    garrison_host_stop();
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/** The life cycle that a token tells, of either profile. */
static uint32_t claimed(enum garrison_attest_profile profile)
{
    /* Keys 2395 and -75002; a number of two bytes follows. */
    static const uint8_t keys[2][5] = {{0x19, 0x09, 0x5B}, {0x3A, 0x00, 0x01, 0x24, 0xF9}};
    static const size_t lens[] = {3, 5};
    static const uint8_t challenge[32];
    uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    size_t len = 0;
    assert_int_equal(
        garrison_attest_get_token(profile, challenge, sizeof challenge, token, sizeof token, &len),
        PSA_SUCCESS);
    const uint8_t *at = memmem(token, len, keys[profile], lens[profile]);
    assert_non_null(at);
    at += lens[profile];
    assert_int_equal(at[0], 0x19);
    return (uint32_t)at[1] << 8 | at[2];
}

static void expect_told(uint32_t value)
{
    assert_int_equal(psa_rot_lifecycle_state(), value);
    assert_int_equal(claimed(GARRISON_ATTEST_RFC9783), value);
    assert_int_equal(claimed(GARRISON_ATTEST_PSA_IOT_1), value);
}

static void each_product_state_is_told_and_attested(void **state)
{
    static const struct {
        uint32_t code;
        uint32_t told;
    } rows[] = {
        {OPEN, 0x1000},      {PROVISIONING, 0x2000}, {IROT_PROVISIONED, 0x2000},
        {TZ_CLOSED, 0x4000}, {CLOSED, 0x3000},       {LOCKED, 0x3000},
    };
    (void)state;
    start();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_state(rows[i].code);
        start();
        expect_told(rows[i].told);
    }
}

static void authenticate(uint32_t sides)
{
    struct sim_access access = {
        .kind = SIM_WRITE,
        .addr = SBS_DBGCR,
        .size = 4,
        .value = sides << 24 | 0x006FB4B4u,
        .attr = {.secure = true, .privileged = true},
    };
    assert_int_equal(sim_access(host_chip, &access), SIM_ANSWER_OK);
}

/** Opened in the midst of a boot, as no part does, to show that nothing is remembered from the start. */
static void authenticated_debug_is_told_and_attested_at_once(void **state)
{
    static const uint32_t closed[] = {TZ_CLOSED, CLOSED};
    static const uint32_t told[] = {0x4000, 0x3000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(closed); i++) {
        set_state(closed[i]);
        start();
        expect_told(told[i]);
        authenticate(0x3C);
        expect_told(0x4000);
        authenticate(0xB4);
        expect_told(0x5000);
        authenticate(0x00);
        expect_told(told[i]);
        start();
        expect_told(told[i]);
    }
    /* It opens nothing there, so it changes nothing. */
    set_state(LOCKED);
    start();
    authenticate(0xB4);
    expect_told(0x3000);
    set_state(OPEN);
    start();
    authenticate(0xB4);
    expect_told(0x1000);
}

static void the_device_is_itself_when_it_has_left_open(void **state)
{
    static const uint32_t left[] = {PROVISIONING, IROT_PROVISIONED, TZ_CLOSED, CLOSED, LOCKED};
    uint8_t open[GARRISON_ATTEST_POINT_BYTES];
    uint8_t own[GARRISON_ATTEST_POINT_BYTES];
    uint8_t point[GARRISON_ATTEST_POINT_BYTES];
    (void)state;
    set_state(OPEN);
    start();
    assert_int_equal(garrison_attest_get_public_key(open), PSA_SUCCESS);
    for (size_t i = 0; i < COUNT_OF(left); i++) {
        set_state(left[i]);
        start();
        assert_int_equal(garrison_attest_get_public_key(point), PSA_SUCCESS);
        if (i == 0) {
            memcpy(own, point, sizeof own);
        }
        assert_memory_equal(point, own, sizeof point);
        assert_memory_not_equal(point + 1, open + 1, 32);
    }
}

/* What is stored. */

static void expect_stored(uint8_t value)
{
    uint8_t data = 0;
    size_t len = 0;
    assert_int_equal(psa_its_get(OBJECT, 0, 1, &data, &len), PSA_SUCCESS);
    assert_int_equal(data, value);
    data = 0;
    assert_int_equal(psa_ps_get(OBJECT, 0, 1, &data, &len), PSA_SUCCESS);
    assert_int_equal(data, value);
}

static void store(uint8_t value)
{
    assert_int_equal(psa_its_set(OBJECT, 1, &value, PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(OBJECT, 1, &value, PSA_STORAGE_FLAG_NONE), PSA_SUCCESS);
}

/** Neither read nor changed nor made new: it is another state's. */
static void expect_refused(void)
{
    uint8_t data = 0;
    size_t len = 0;
    struct psa_storage_info_t info;
    assert_int_equal(psa_its_get(OBJECT, 0, 1, &data, &len), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_its_get_info(OBJECT, &info), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_its_set(OBJECT, 1, &data, PSA_STORAGE_FLAG_NONE),
                     PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_its_remove(OBJECT), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_ps_get(OBJECT, 0, 1, &data, &len), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_ps_set(OBJECT, 1, &data, PSA_STORAGE_FLAG_NONE),
                     PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_ps_remove(OBJECT), PSA_ERROR_STORAGE_FAILURE);
}

static void what_open_has_stored_is_refused_elsewhere_and_kept(void **state)
{
    static const uint32_t closed[] = {PROVISIONING, TZ_CLOSED, CLOSED, LOCKED};
    (void)state;
    set_state(OPEN);
    start();
    store(1);
    for (size_t i = 0; i < COUNT_OF(closed); i++) {
        set_state(closed[i]);
        start();
        expect_refused();
        expect_told(closed[i] == PROVISIONING ? 0x2000 : closed[i] == TZ_CLOSED ? 0x4000 : 0x3000);
    }
    set_state(OPEN);
    start();
    expect_stored(1);
}

static void erase_storage(void)
{
    static const uint8_t erased[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    garrison_host_stop();
    must(sim_open(&config, &sim, &error), &error);
    for (uint32_t addr = 0x0C1EC000; addr < 0x0C200000; addr += sizeof erased) {
        must(sim_poke(sim, addr, erased, sizeof erased, &error), &error);
    }
    sim_close(sim);
}

static void what_a_closed_state_has_stored_is_there_in_all_and_not_in_open(void **state)
{
    static const uint32_t closed[] = {TZ_CLOSED, CLOSED, LOCKED, PROVISIONING};
    (void)state;
    erase_storage(); /* as provisioning has to, when OPEN has used it */
    set_state(TZ_CLOSED);
    start();
    store(2);
    for (size_t i = 0; i < COUNT_OF(closed); i++) {
        set_state(closed[i]);
        start();
        expect_stored(2);
    }
    set_state(OPEN);
    start();
    expect_refused();
    set_state(CLOSED);
    start();
    expect_stored(2);
    store(3);
    start();
    expect_stored(3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_product_state_is_told_and_attested),
        cmocka_unit_test(authenticated_debug_is_told_and_attested_at_once),
        cmocka_unit_test(the_device_is_itself_when_it_has_left_open),
        cmocka_unit_test(what_open_has_stored_is_refused_elsewhere_and_kept),
        cmocka_unit_test(what_a_closed_state_has_stored_is_there_in_all_and_not_in_open),
    };
    return cmocka_run_group_tests(tests, make_device, remove_device);
}

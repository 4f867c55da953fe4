/*
 * The manager's start, and the versions that it hands to the update service.
 */
#include "support/test.h"

#include <string.h>

#include <garrison/spm.h>
#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
#include <psa/update.h>

#include "services/crypto_protocol.h"
#include "services/update_protocol.h"
#include "spm/prepare.h"
#include "support/port_fake.h"

static enum port_end ended;

static void add(uint32_t role, uint8_t major)
{
    struct handoff_entry entry = {.role = role, .addr = 0x0803E400, .version = {major, 2, 3, 4}};
    memset(entry.measurement, major, sizeof entry.measurement);
    assert_int_equal(handoff_append(&port_fake.handoff, &entry), GARRISON_OK);
}

static void seal(void)
{
    assert_int_equal(handoff_seal(&port_fake.handoff), GARRISON_OK);
}

static int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    port_fake.hdpl = 3;
    handoff_init(&port_fake.handoff, PORT_RESET_PIN);
    add(IMAGE_ROLE_UROT, 12);
    add(IMAGE_ROLE_MANAGER, 13);
    add(IMAGE_ROLE_APPLICATION, 14);
    seal();
    return 0;
}

static void expect_refusal(const char *line, enum garrison_status reason)
{
    port_fake.log_count = 0;
    PORT_RUN(ended, manager_main());
    assert_int_equal(ended, PORT_PANICKED);
    assert_string_equal(port_fake.log[0], "manager 0.1.0");
    assert_string_equal(port_fake.log[1], line);
    assert_int_equal(port_fake.verdict, 3u << 24 | 3u << 16 | garrison_status_index(reason));
    assert_int_equal(port_fake.vectors, 0);
}

static void query_tells_only_what_was_handed_over(void **state)
{
    psa_fwu_component_info_t info;
    (void)state;
    PORT_RUN(ended, manager_main());
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_APPLICATION, &info), PSA_SUCCESS);
    assert_int_equal(info.state, PSA_FWU_READY);
    assert_int_equal(info.error, PSA_SUCCESS);
    assert_int_equal(info.version.major, 14);
    assert_int_equal(info.version.minor, 2);
    assert_int_equal(info.version.patch, 3);
    assert_int_equal(info.version.build, 4);
    assert_int_equal(info.max_size, 0);
    assert_int_equal(info.impl.digest[31], 14);
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_MANAGER, &info), PSA_SUCCESS);
    assert_int_equal(info.version.major, 13);
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_UROT, &info), PSA_SUCCESS);
    assert_int_equal(info.version.major, 12);
    assert_int_equal(psa_fwu_query(PSA_FWU_COMPONENT_IROT, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_fwu_query(4, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_fwu_query(255, &info), PSA_ERROR_DOES_NOT_EXIST);
}

static void query_has_one_form(void **state)
{
    uint8_t request[16] = {UPDATE_QUERY};
    uint8_t out[2 * sizeof(psa_fwu_component_info_t)];
    (void)state;
    for (size_t size = 0; size <= sizeof request; size++) {
        psa_invec in = {request, size};
        psa_outvec out_vec = {out, sizeof(psa_fwu_component_info_t)};
        assert_int_equal(psa_call(UPDATE_HANDLE, PSA_IPC_CALL, &in, 1, &out_vec, 1),
                         size == sizeof(struct update_request) ? PSA_SUCCESS
                                                               : PSA_ERROR_PROGRAMMER_ERROR);
    }
    for (size_t size = 0; size <= sizeof out; size++) {
        psa_invec in = {request, sizeof(struct update_request)};
        psa_outvec out_vec = {out, size};
        assert_int_equal(psa_call(UPDATE_HANDLE, PSA_IPC_CALL, &in, 1, &out_vec, 1),
                         size == sizeof(psa_fwu_component_info_t) ? PSA_SUCCESS
                                                                  : PSA_ERROR_PROGRAMMER_ERROR);
    }
    psa_invec in = {request, sizeof(struct update_request)};
    assert_int_equal(psa_call(UPDATE_HANDLE, 1, &in, 1, NULL, 0), PSA_ERROR_NOT_SUPPORTED);
    request[0] = UPDATE_ACCEPT + 1;
    assert_int_equal(psa_call(UPDATE_HANDLE, PSA_IPC_CALL, &in, 1, NULL, 0),
                     PSA_ERROR_NOT_SUPPORTED);
}

static void manager_starts_the_application(void **state)
{
    (void)state;
    PORT_RUN(ended, manager_main());
    assert_int_equal(ended, PORT_STARTED);
    assert_int_equal(port_fake.vectors, 0x0803E400);
    assert_int_equal(port_fake.log_count, 1);
    assert_string_equal(port_fake.log[0], "manager 0.1.0");
    assert_int_equal(port_fake.isolation_checks, 1);
}

static void manager_runs_at_level_three_only(void **state)
{
    (void)state;
    for (unsigned hdpl = 0; hdpl < 3; hdpl++) {
        port_fake.hdpl = hdpl;
        expect_refusal("manager: isolation level refused: not allowed", GARRISON_ERROR_POLICY);
    }
}

static void manager_refuses_a_damaged_record(void **state)
{
    (void)state;
    port_fake.handoff.entry[2].addr ^= 0x100;
    expect_refusal("manager: hand-over record refused: content does not match its digest",
                   GARRISON_ERROR_DIGEST);
    port_fake.handoff.magic = 0;
    expect_refusal("manager: hand-over record refused: not of the expected form",
                   GARRISON_ERROR_FORMAT);
}

static void manager_refuses_isolation_that_does_not_hold(void **state)
{
    (void)state;
    port_fake.isolation_check = GARRISON_ERROR_MISMATCH;
    expect_refusal("manager: isolation refused: read back differently than written",
                   GARRISON_ERROR_MISMATCH);
    port_fake.isolation_check = GARRISON_OK;
    port_fake.isolation_apply = GARRISON_ERROR_DEVICE;
    expect_refusal("manager: isolation refused: the device failed", GARRISON_ERROR_DEVICE);
}

static void manager_refuses_a_record_without_application(void **state)
{
    (void)state;
    port_fake.handoff.count = 2;
    seal();
    expect_refusal("manager: application refused: not allowed", GARRISON_ERROR_POLICY);
}

static void without_a_root_key_the_application_runs_and_storage_refuses(void **state)
{
    struct psa_storage_info_t info;
    (void)state;
    PORT_RUN(ended, manager_main());
    assert_int_equal(ended, PORT_STARTED);
    assert_int_equal(psa_its_get_info(1, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_ps_get_info(1, &info), PSA_ERROR_DOES_NOT_EXIST);

    port_fake.derive = GARRISON_ERROR_DEVICE;
    port_fake.log_count = 0;
    PORT_RUN(ended, manager_main());
    assert_int_equal(ended, PORT_STARTED);
    assert_string_equal(port_fake.log[1], "manager: no key for garrison its: the device failed");
    assert_string_equal(port_fake.log[2], "manager: no key for garrison ps: the device failed");
    assert_int_equal(psa_its_get_info(1, &info), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_ps_get_info(1, &info), PSA_ERROR_STORAGE_FAILURE);
}

/* Looks at a stack that has been left: at once, and with no call in between that could clear it. */
__attribute__((no_sanitize("address"))) static void no_key_stays_on_the_stack(void **state)
{
    uint32_t left = 0;
    (void)state;
    const enum garrison_status status = manager_serve();
    const volatile uint8_t *key = port_fake.derived;
    for (uint32_t i = 0; i < 64; i++) {
        left += key[i] != 0;
    }
    assert_int_equal(status, GARRISON_OK);
    assert_int_equal(left, 0);
}

/** Number of a new operation, which ends. */
static uint32_t next_operation(void)
{
    const struct crypto_request setup = {.function = CRYPTO_HASH_SETUP, .alg = PSA_ALG_SHA_256};
    struct crypto_request end = {.function = CRYPTO_ABORT};
    psa_invec in = {&setup, sizeof setup};
    psa_outvec out = {&end.operation, sizeof end.operation};
    assert_int_equal(psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, &out, 1), PSA_SUCCESS);
    in.base = &end;
    assert_int_equal(psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, NULL, 0), PSA_SUCCESS);
    return end.operation;
}

/** So that what it names differs from what it has named before: 2^19 operations, of 32 places. */
static void the_crypto_service_is_told_how_often_it_has_begun(void **state)
{
    (void)state;
    for (uint32_t boot = 0; boot < 2; boot++) {
        PORT_RUN(ended, manager_main());
        for (uint32_t start = 0; start < 5; start++) {
            assert_int_equal(next_operation() >> 24, start);
            assert_int_equal(next_operation() >> 24, start);
            manager_prepare_crypto();
        }
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(query_tells_only_what_was_handed_over),
        TEST(query_has_one_form),
        TEST(manager_starts_the_application),
        TEST(manager_runs_at_level_three_only),
        TEST(manager_refuses_a_damaged_record),
        TEST(manager_refuses_isolation_that_does_not_hold),
        TEST(manager_refuses_a_record_without_application),
        TEST(without_a_root_key_the_application_runs_and_storage_refuses),
        TEST(no_key_stays_on_the_stack),
        TEST(the_crypto_service_is_told_how_often_it_has_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

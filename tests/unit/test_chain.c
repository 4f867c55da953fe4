/*
 * Partitions that call each other: who may, with what memory, and how deep.
 */
#include "chain_fixture.h"

#include "spm/partitions.h"

static void expect_nest_failed(uint32_t from, uint32_t to)
{
    PORT_RUN(ended, (void)nest(from, to));
    expect_failed(from, "programmer error: call refused");
}

static void expect_read_failed(uint32_t index, void *buffer)
{
    PORT_RUN(ended, (void)spm_read(message->handle, 0, buffer, 1));
    expect_failed(index, "programmer error: buffer is not its own");
}

static void a_partition_calls_another_with_its_own_memory(void **state)
{
    uint8_t *buffer = page[1][DATA];
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    make_vectors(0);
    assert_int_equal(nest(0, 1), PSA_SUCCESS);
    assert_ptr_equal(partition, &partition_table[1]);
    assert_ptr_equal(spm_running(), &partition_table[1]);
    assert_ptr_equal(port_fake.open, &partition_table[1]);
    assert_int_equal(message->client_id, 1);
    assert_int_equal(message->type, 2);
    assert_int_equal(message->in_size[0], 4);
    assert_int_equal(message->in_size[1], 8);
    assert_int_equal(message->out_size[0], 16);
    assert_int_equal(spm_read(message->handle, 0, buffer, 16), 4);
    assert_ptr_equal(port_fake.open, &partition_table[1]);
    assert_int_equal(spm_skip(message->handle, 1, 3), 3);
    assert_int_equal(spm_read(message->handle, 1, buffer + 4, 16), 5);
    assert_memory_equal(buffer, "\xC0\xC0\xC0\xC0\xD0\xD0\xD0\xD0\xD0", 9);
    spm_write(message->handle, 0, page[1][CONSTANTS], 3);
    spm_write(message->handle, 0, buffer + 32, 2);
    assert_int_equal(spm_end(-5), -5);

    assert_ptr_equal(port_fake.open, &partition_table[0]);
    assert_int_equal(own.out[0].len, 5);
    assert_memory_equal(own.out[0].base, "\xC1\xC1\xC1\xD1\xD1\xD0", 6);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    assert_null(port_fake.open);
    assert_null(spm_running());
    assert_int_equal(client.out[0].len, 0);
}

/** As deep as may be; then each goes on with the call it is in. */
static void every_call_of_the_chain_has_its_own_message(void **state)
{
    psa_handle_t handle[SPM_DEPTH_MAX];
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    handle[0] = message->handle;
    for (uint32_t i = 1; i < SPM_DEPTH_MAX; i++) {
        make_vectors(i - 1);
        assert_int_equal(nest(i - 1, i), PSA_SUCCESS);
        handle[i] = message->handle;
        for (uint32_t k = 0; k < i; k++) {
            assert_int_not_equal(handle[i], handle[k]);
        }
    }
    for (uint32_t i = SPM_DEPTH_MAX - 1; i > 0; i--) {
        uint8_t *buffer = page[i][DATA];
        assert_int_equal(spm_read(handle[i], 1, buffer, 8), 8);
        assert_int_equal(buffer[0], 0xD0 + i - 1);
        assert_int_equal(spm_end((psa_status_t)i), i);
    }
    assert_int_equal(spm_read(handle[0], 0, page[0][DATA], 16), 16);
    assert_int_equal(page[0][DATA][0], 0x55);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    assert_int_equal(call(0), PSA_SUCCESS);
}

static void the_non_secure_side_is_busy_as_long_as_the_chain(void **state)
{
    const struct partition *other = NULL;
    const psa_msg_t *other_message = NULL;
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    make_vectors(0);
    assert_int_equal(nest(0, 1), PSA_SUCCESS);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(spm_begin(NS, HANDLE(3), 0, NULL, NULL, &other, &other_message),
                         PSA_ERROR_CONNECTION_BUSY);
        assert_null(other);
        (void)spm_end(PSA_SUCCESS);
    }
    assert_int_equal(spm_begin(NS, HANDLE(3), 0, NULL, NULL, &other, &other_message), PSA_SUCCESS);
}

/** Only the partition that runs asks, and only for what its record lists and the service allows. */
static void services_are_for_those_who_may_call_them(void **state)
{
    (void)state;
    assert_int_equal(spm_version(NS, SID(0)), 1);
    assert_int_equal(spm_version(NS, SID(1)), PSA_VERSION_NONE);
    assert_int_equal(call(1), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(spm_connect(NS, SID(1), 2, &partition, &message),
                     PSA_ERROR_CONNECTION_REFUSED);
    assert_int_equal(spm_version(1, SID(1)), PSA_VERSION_NONE); /* it does not run */
    assert_int_equal(nest(0, 1), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(call(0), PSA_SUCCESS);
    assert_int_equal(spm_version(1, SID(1)), 2);
    assert_int_equal(spm_version(1, SID(2)), PSA_VERSION_NONE); /* not listed */
    assert_int_equal(spm_version(2, SID(1)), PSA_VERSION_NONE); /* does not run */
    assert_int_equal(spm_connect(1, SID(2), 3, &partition, &message), PSA_ERROR_CONNECTION_REFUSED);
    assert_int_equal(nest(1, 2), PSA_ERROR_PROGRAMMER_ERROR);
    uses[0][1] = SID(6);
    assert_int_equal(spm_version(1, SID(6)), PSA_VERSION_NONE); /* for the Non-secure side */
    uses[0][1] = SID(7);
    assert_int_equal(spm_version(1, SID(7)), PSA_VERSION_NONE); /* for modules */
    (void)spm_end(PSA_SUCCESS);
    assert_int_equal(call(6), PSA_SUCCESS);
    uses[6][0] = SID(7);
    assert_int_equal(spm_version(7, SID(7)), 8);
    uses[6][1] = SID(3);
    assert_int_equal(spm_version(7, SID(3)), PSA_VERSION_NONE); /* not for modules */
}

static void a_partition_that_calls_what_it_may_not_is_stopped(void **state)
{
    static const uint32_t others[] = {2, 3, 6, 7};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        (void)set_up(NULL);
        assert_int_equal(call(0), PSA_SUCCESS);
        uses[0][1] = others[i] == 6 || others[i] == 7 ? SID(others[i]) : SID(1);
        make_vectors(0);
        expect_nest_failed(0, others[i]);
    }
    (void)set_up(NULL);
    assert_int_equal(call(0), PSA_SUCCESS);
    make_vectors(0);
    PORT_RUN(ended, (void)spm_begin(1, 12345, 0, NULL, NULL, &partition, &message));
    expect_failed(0, "programmer error: call refused");
    (void)set_up(NULL);
    assert_int_equal(call(0), PSA_SUCCESS);
    PORT_RUN(ended, (void)spm_begin(1, HANDLE(1), 1u << 15, NULL, NULL, &partition, &message));
    expect_failed(0, "programmer error: call refused");
}

/** Whatever its record says: a table like this one does not start. */
static void a_partition_in_the_chain_is_not_called_again(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        (void)set_up(NULL);
        uses[1][1] = SID(i);
        assert_int_equal(call(0), PSA_SUCCESS);
        make_vectors(0);
        assert_int_equal(nest(0, 1), PSA_SUCCESS);
        make_vectors(1);
        assert_int_equal(spm_version(2, SID(i)), PSA_VERSION_NONE);
        expect_nest_failed(1, i);
    }
}

static void a_partition_that_lends_what_is_not_its_own_is_stopped(void **state)
{
    const struct {
        uint8_t *base;
        size_t len;
        bool input; /**< It may be an input. */
    } rows[] = {
        {page[0][CONSTANTS], 16, true},
        {page[0][CONSTANTS] + PAGE - 1, 2, false}, /* two regions */
        {page[0][CONSTANTS] - 1, 2, false},
        {page[0][DATA] + PAGE - 1, 2, false},
        {page[0][DEVICE], 4, false},
        {page[0][NOTHING], 4, false},
        {page[1][DATA], 4, false},
        {page[1][CONSTANTS], 4, false},
        {client.data, 4, false},
        {NULL, 4, false},
        {page[0][DATA], SIZE_MAX, false},
        {(uint8_t *)UINTPTR_MAX, 4, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)set_up(NULL);
        assert_int_equal(call(0), PSA_SUCCESS);
        make_vectors(0);
        own.out[0] = (psa_outvec){rows[i].base, rows[i].len};
        expect_nest_failed(0, 1);
        (void)set_up(NULL);
        assert_int_equal(call(0), PSA_SUCCESS);
        make_vectors(0);
        own.in[0] = (psa_invec){rows[i].base, rows[i].len};
        if (rows[i].input) {
            assert_int_equal(nest(0, 1), PSA_SUCCESS);
        } else {
            expect_nest_failed(0, 1);
        }
    }
}

static void arrays_and_inputs_of_a_partition_are_checked_as_all_clients(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        (void)set_up(NULL);
        assert_int_equal(call(0), PSA_SUCCESS);
        make_vectors(0);
        own.in[1] = i == 0 ? own.in[0] : own.in[1]; /* twice the same input */
        own.in = i == 1 ? (psa_invec *)(void *)page[1][DATA] : own.in;
        own.out = i == 2 ? (psa_outvec *)(void *)page[0][CONSTANTS] : own.out;
        own.out = i == 3 ? (psa_outvec *)(void *)client.data : own.out;
        expect_nest_failed(0, 1);
    }
}

/** A nested partition is no more to be trusted with the memory of those who wait. */
static void a_called_partition_reaches_no_memory_of_its_callers(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        (void)set_up(NULL);
        assert_int_equal(call(0), PSA_SUCCESS);
        make_vectors(0);
        assert_int_equal(nest(0, 1), PSA_SUCCESS);
        uint8_t *const at[] = {page[0][DATA], client.data, page[2][DATA]};
        expect_read_failed(1, at[i]);
    }
}

static void memory_protection_that_fails_ends_everything(void **state)
{
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    make_vectors(0);
    port_fake.partition_switch = GARRISON_ERROR_MISMATCH;
    PORT_RUN(ended, (void)nest(0, 1));
    assert_int_equal(ended, PORT_PANICKED);
    assert_string_equal(port_fake.panic, "memory protection does not read back as written");
}

static void tables_with_circles_or_too_long_chains_do_not_start(void **state)
{
    static const struct {
        uint32_t user;
        uint32_t sid;
        enum garrison_status status;
    } rows[] = {
        {4, SID(5), GARRISON_OK},           {4, SID(4), GARRISON_ERROR_POLICY},
        {4, SID(3), GARRISON_ERROR_POLICY}, {4, SID(0), GARRISON_ERROR_POLICY},
        {0, SID(4), GARRISON_OK},           {6, SID(1), GARRISON_OK},
        {6, SID(0), GARRISON_ERROR_POLICY}, {6, SID(6), GARRISON_ERROR_POLICY},
        {7, 0x999, GARRISON_ERROR_POLICY},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)set_up(state);
        uses[rows[i].user][1] = rows[i].sid;
        if (spm_init() != rows[i].status) {
            fail_msg("row %u", (unsigned)i);
        }
    }
}

static void names_of_services_are_each_there_once(void **state)
{
    assert_int_equal(spm_init(), GARRISON_OK);
    services[7].sid = SID(6);
    assert_int_equal(spm_init(), GARRISON_ERROR_POLICY);
    (void)set_up(state);
    services[7].handle = HANDLE(6);
    assert_int_equal(spm_init(), GARRISON_ERROR_POLICY);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_partition_calls_another_with_its_own_memory),
        TEST(every_call_of_the_chain_has_its_own_message),
        TEST(the_non_secure_side_is_busy_as_long_as_the_chain),
        TEST(services_are_for_those_who_may_call_them),
        TEST(a_partition_that_calls_what_it_may_not_is_stopped),
        TEST(a_partition_in_the_chain_is_not_called_again),
        TEST(a_partition_that_lends_what_is_not_its_own_is_stopped),
        TEST(arrays_and_inputs_of_a_partition_are_checked_as_all_clients),
        TEST(a_called_partition_reaches_no_memory_of_its_callers),
        TEST(memory_protection_that_fails_ends_everything),
        TEST(tables_with_circles_or_too_long_chains_do_not_start),
        TEST(names_of_services_are_each_there_once),
    };
    return cmocka_run_group_tests(tests, make_pages, release_pages);
}

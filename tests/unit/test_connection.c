/*
 * Connections to a service that is not stateless: whose they are, and what becomes of them.
 */
#include "chain_fixture.h"

#include "spm/connection.h"

/** "h" has the service. */
#define TO 7u

static uint8_t own_value;

static psa_handle_t begin_connect(int32_t client_id, uint32_t version)
{
    partition = NULL;
    return spm_connect(client_id, CONNECTED_SID, version, &partition, &message);
}

/** @return the handle, or the error */
static psa_handle_t open_connection(int32_t client_id)
{
    const psa_handle_t result = begin_connect(client_id, CONNECTED_VERSION);
    return result == PSA_SUCCESS ? spm_end(PSA_SUCCESS) : result;
}

static psa_status_t call_on(int32_t client_id, psa_handle_t handle)
{
    partition = NULL;
    return spm_begin(client_id, handle, GATE_CONTROL(3, 0, 0), NULL, NULL, &partition, &message);
}

static psa_status_t begin_close(int32_t client_id, psa_handle_t handle)
{
    return spm_close(client_id, handle, &partition, &message);
}

static void close_connection(int32_t client_id, psa_handle_t handle)
{
    assert_int_equal(begin_close(client_id, handle), PSA_SUCCESS);
    if (partition != NULL) {
        assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    }
}

static void crash(void)
{
    PORT_RUN(ended, spm_partition_failed("x"));
}

static int forget_all(void **state)
{
    (void)set_up(state);
    uses[0][1] = CONNECTED_SID;
    return 0;
}

static void a_connection_is_opened_used_and_closed_by_messages(void **state)
{
    (void)state;
    assert_int_equal(begin_connect(NS, CONNECTED_VERSION), PSA_SUCCESS);
    assert_ptr_equal(partition, &partition_table[TO]);
    assert_int_equal(message->type, PSA_IPC_CONNECT);
    assert_int_equal(message->client_id, NS);
    assert_null(message->rhandle);
    assert_int_equal(message->in_size[0] + message->out_size[0], 0);
    spm_set_rhandle(message->handle, &own_value);
    const psa_handle_t handle = spm_end(PSA_SUCCESS);
    assert_true(PSA_HANDLE_IS_VALID(handle));
    assert_true(handle < 0x40000000);

    assert_int_equal(call_on(NS, handle), PSA_SUCCESS);
    assert_int_equal(message->type, 3);
    assert_ptr_equal(message->rhandle, &own_value);
    spm_set_rhandle(message->handle, &own_value + 1);
    assert_ptr_equal(message->rhandle, &own_value);
    assert_int_equal(spm_end(-7), -7);
    assert_int_equal(call_on(NS, handle), PSA_SUCCESS);
    assert_ptr_equal(message->rhandle, &own_value + 1);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);

    assert_int_equal(begin_close(NS, handle), PSA_SUCCESS);
    assert_int_equal(message->type, PSA_IPC_DISCONNECT);
    assert_ptr_equal(message->rhandle, &own_value + 1);
    assert_int_equal(spm_end(-7), PSA_SUCCESS);
    assert_int_equal(call_on(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(begin_close(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
}

static void a_service_may_refuse_a_connection(void **state)
{
    static const struct {
        psa_status_t answer;
        psa_status_t result;
    } rows[] = {
        {PSA_ERROR_CONNECTION_REFUSED, PSA_ERROR_CONNECTION_REFUSED},
        {PSA_ERROR_CONNECTION_BUSY, PSA_ERROR_CONNECTION_BUSY},
        {PSA_ERROR_GENERIC_ERROR, PSA_ERROR_CONNECTION_REFUSED},
        {1, PSA_ERROR_CONNECTION_REFUSED},
    };
    (void)state;
    for (uint32_t i = 0; i < 3 * CONNECTIONS_MAX; i++) { /* no place is lost */
        assert_int_equal(begin_connect(NS, 1), PSA_SUCCESS);
        assert_int_equal(spm_end(rows[i % COUNT_OF(rows)].answer), rows[i % COUNT_OF(rows)].result);
    }
}

static void versions_are_compared_as_the_service_wants(void **state)
{
    struct partition_service *service = &services[PARTITIONS];
    (void)state;
    for (uint32_t strict = 0; strict < 2; strict++) {
        service->strict = strict != 0;
        assert_int_equal(begin_connect(NS, CONNECTED_VERSION + 1), PSA_ERROR_CONNECTION_REFUSED);
        assert_null(partition);
        assert_int_equal(begin_connect(NS, CONNECTED_VERSION), PSA_SUCCESS);
        close_connection(NS, spm_end(PSA_SUCCESS));
        assert_int_equal(begin_connect(NS, CONNECTED_VERSION - 1),
                         strict != 0 ? PSA_ERROR_CONNECTION_REFUSED : PSA_SUCCESS);
        (void)spm_end(PSA_ERROR_CONNECTION_REFUSED);
    }
}

static void handles_are_of_one_client_and_one_connection(void **state)
{
    (void)state;
    const psa_handle_t handle = open_connection(NS);
    const psa_handle_t others[] = {handle + 1, handle ^ 16, handle | 0x20000000, -handle, 0};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        assert_int_equal(call_on(NS, others[i]), PSA_ERROR_PROGRAMMER_ERROR);
    }
    assert_int_equal(call(0), PSA_SUCCESS);
    const psa_handle_t own_handle = open_connection(1);
    assert_true(PSA_HANDLE_IS_VALID(own_handle));
    assert_int_equal(call_on(1, own_handle), PSA_SUCCESS);
    assert_int_equal(message->client_id, 1);
    (void)spm_end(PSA_SUCCESS);
    PORT_RUN(ended, (void)call_on(1, handle));
    expect_failed(0, "programmer error: call refused");
    assert_int_equal(call(0), PSA_SUCCESS);
    PORT_RUN(ended, (void)begin_close(1, handle));
    assert_int_equal(ended, PORT_FAILED);
    assert_int_equal(call_on(NS, own_handle), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(begin_close(NS, own_handle), PSA_ERROR_PROGRAMMER_ERROR);
    close_connection(NS, handle);
    const psa_handle_t next = open_connection(NS);
    assert_int_not_equal(next, handle);
    assert_int_equal(call_on(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(call_on(NS, next), PSA_SUCCESS);
}

static void the_pool_is_limited_and_comes_back(void **state)
{
    psa_handle_t handle[CONNECTIONS_OF_NON_SECURE];
    (void)state;
    for (uint32_t i = 0; i < CONNECTIONS_OF_NON_SECURE; i++) {
        handle[i] = open_connection(NS);
        assert_true(PSA_HANDLE_IS_VALID(handle[i]));
    }
    assert_int_equal(open_connection(NS), PSA_ERROR_CONNECTION_BUSY);
    assert_int_equal(open_connection(NS), PSA_ERROR_CONNECTION_BUSY);
    close_connection(NS, handle[3]);
    assert_true(PSA_HANDLE_IS_VALID(open_connection(NS)));
    assert_int_equal(open_connection(NS), PSA_ERROR_CONNECTION_BUSY);
}

/** One that floods has two; the other side has all of its own, and the flood is worth no more. */
static void a_client_takes_no_place_of_anothers(void **state)
{
    psa_handle_t handle[CONNECTIONS_OF_NON_SECURE];
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    for (uint32_t i = 0; i < 3 * CONNECTIONS_MAX; i++) {
        assert_true(PSA_HANDLE_IS_VALID(open_connection(1)) == (i < CONNECTIONS_OF_PARTITION));
    }
    assert_int_equal(open_connection(1), PSA_ERROR_CONNECTION_BUSY);
    (void)spm_end(PSA_SUCCESS);
    for (uint32_t i = 0; i < CONNECTIONS_OF_NON_SECURE; i++) {
        handle[i] = open_connection(i % 2u == 0 ? NS : NS - 1);
        assert_true(PSA_HANDLE_IS_VALID(handle[i]));
        assert_int_equal(call_on(i % 2u == 0 ? NS : NS - 1, handle[i]), PSA_SUCCESS);
        (void)spm_end(PSA_SUCCESS);
    }
    assert_int_equal(open_connection(NS), PSA_ERROR_CONNECTION_BUSY);
}

static void the_connections_of_a_partition_that_fails_are_broken(void **state)
{
    (void)state;
    const psa_handle_t handle = open_connection(NS);
    assert_int_equal(call_on(NS, handle), PSA_SUCCESS);
    spm_set_rhandle(message->handle, &own_value);
    crash();
    expect_failed(TO, "x");
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(call_on(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
        assert_null(partition);
    }
    assert_int_equal(begin_close(NS, handle), PSA_SUCCESS);
    assert_null(partition); /* it knows nothing of it any more */
    assert_int_equal(begin_close(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
    const psa_handle_t next = open_connection(NS);
    assert_int_equal(call_on(NS, next), PSA_SUCCESS);
    assert_null(message->rhandle);
}

static void a_connection_ends_with_the_partition_that_has_it(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= PARTITION_RESTARTS_MAX; i++) {
        assert_int_equal(call(0), PSA_SUCCESS);
        for (uint32_t k = 0; k < CONNECTIONS_OF_PARTITION; k++) {
            assert_true(PSA_HANDLE_IS_VALID(open_connection(1)));
        }
        assert_int_equal(open_connection(1), PSA_ERROR_CONNECTION_BUSY);
        crash();
    }
    assert_true(PSA_HANDLE_IS_VALID(open_connection(NS)));
}

static void a_failure_while_connecting_refuses(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        assert_int_equal(begin_connect(NS, 1), PSA_SUCCESS);
        crash();
        assert_int_equal(port_fake.left, PSA_ERROR_CONNECTION_REFUSED);
    }
    assert_int_equal(begin_connect(NS, 1), PSA_ERROR_CONNECTION_REFUSED);
    assert_null(partition); /* no restart is left */
}

/** As the framework says: a service that answers PROGRAMMER_ERROR ends the connection. */
static void a_service_ends_a_connection_by_its_answer(void **state)
{
    (void)state;
    const psa_handle_t handle = open_connection(NS);
    assert_int_equal(call_on(NS, handle), PSA_SUCCESS);
    assert_int_equal(spm_end(PSA_ERROR_PROGRAMMER_ERROR), PSA_ERROR_PROGRAMMER_ERROR);
    assert_int_equal(call_on(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
    assert_null(partition);
    close_connection(NS, handle);
}

static void a_stateless_service_has_no_rhandle(void **state)
{
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    assert_null(message->rhandle);
    PORT_RUN(ended, spm_set_rhandle(message->handle, &own_value));
    expect_failed(0, "programmer error: a stateless service has no rhandle");
}

static void the_non_secure_side_is_busy_with_connections_too(void **state)
{
    (void)state;
    const psa_handle_t handle = open_connection(NS);
    assert_int_equal(call(0), PSA_SUCCESS);
    assert_int_equal(open_connection(NS), PSA_ERROR_CONNECTION_BUSY);
    assert_int_equal(begin_close(NS, handle), PSA_ERROR_CONNECTION_BUSY);
    (void)spm_end(PSA_SUCCESS);
    close_connection(NS, handle);
}

static void a_boot_forgets_connections(void **state)
{
    (void)state;
    const psa_handle_t handle = open_connection(NS);
    assert_int_equal(spm_init(), GARRISON_OK);
    assert_int_equal(call_on(NS, handle), PSA_ERROR_PROGRAMMER_ERROR);
}

static void stateless_handles_are_out_of_the_connections_way(void **state)
{
    (void)state;
    services[3].handle = 0x3FFFFFFF;
    assert_int_equal(spm_init(), GARRISON_ERROR_POLICY);
}

#define TEST(name) cmocka_unit_test_setup(name, forget_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_connection_is_opened_used_and_closed_by_messages),
        TEST(a_service_may_refuse_a_connection),
        TEST(versions_are_compared_as_the_service_wants),
        TEST(handles_are_of_one_client_and_one_connection),
        TEST(the_pool_is_limited_and_comes_back),
        TEST(a_client_takes_no_place_of_anothers),
        TEST(the_connections_of_a_partition_that_fails_are_broken),
        TEST(a_connection_ends_with_the_partition_that_has_it),
        TEST(a_failure_while_connecting_refuses),
        TEST(a_service_ends_a_connection_by_its_answer),
        TEST(a_stateless_service_has_no_rhandle),
        TEST(the_non_secure_side_is_busy_with_connections_too),
        TEST(a_boot_forgets_connections),
        TEST(stateless_handles_are_out_of_the_connections_way),
    };
    return cmocka_run_group_tests(tests, make_pages, release_pages);
}

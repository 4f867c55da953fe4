/*
 * The partition manager against clients that lie and partitions that stray.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include <garrison/gate.h>
#include <garrison/spm.h>

#include "services/crypto_protocol.h"
#include "services/update_protocol.h"
#include "support/port_fake.h"

#define NS SPM_CLIENT_NON_SECURE

/* The sandbox: read-only data and, in front of the stack, data. */
static const _Alignas(32) uint8_t sandbox_constant[64] = {1, 2, 3};
static _Alignas(32) uint8_t sandbox[1024];
static _Alignas(32) uint8_t other_sandbox[1024];

const struct partition_memory partition_memory_crypto = {
    .stack_base = (uintptr_t)sandbox + 256,
    .stack_limit = (uintptr_t)sandbox + 1024,
    .region = {{(uintptr_t)sandbox_constant, (uintptr_t)sandbox_constant + 64, PARTITION_READ},
               {(uintptr_t)sandbox, (uintptr_t)sandbox + 1024, PARTITION_READ | PARTITION_WRITE}},
};

const struct partition_memory partition_memory_update = {
    .stack_base = (uintptr_t)other_sandbox,
    .stack_limit = (uintptr_t)other_sandbox + 1024,
    .region = {{(uintptr_t)other_sandbox, (uintptr_t)other_sandbox + 1024,
                PARTITION_READ | PARTITION_WRITE}},
};

/* The partitions' own code never runs here. */
size_t psa_read(psa_handle_t message, uint32_t index, void *buffer, size_t len)
{
    return spm_read(message, index, buffer, len);
}

void psa_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len)
{
    spm_write(message, index, buffer, len);
}

/* The client's memory: all that port_client_may() allows him. */
static struct {
    psa_invec in[PSA_MAX_IOVEC];
    psa_outvec out[PSA_MAX_IOVEC];
    uint8_t data[256];
    uint8_t read_only[64];
} client;

static const struct partition *partition;
static const psa_msg_t *message;
static enum port_end ended;

static int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    port_fake.client_may_all = false;
    port_fake.client_base = (uintptr_t)&client;
    port_fake.client_limit = (uintptr_t)(&client + 1);
    port_fake.client_read_only_from = (uintptr_t)client.read_only;
    memset(&client, 0, sizeof client);
    for (size_t i = 0; i < sizeof client.data; i++) {
        client.data[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < PSA_MAX_IOVEC; i++) {
        client.in[i] = (psa_invec){client.data + 16 * i, 16};
        client.out[i] = (psa_outvec){client.data + 128 + 16 * i, 16};
    }
    memset(sandbox, 0, sizeof sandbox);
    partition = NULL;
    message = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)spm_end(PSA_SUCCESS); /* harmless when no call is under way */
    return 0;
}

static psa_status_t begin(uint32_t in, uint32_t out)
{
    return spm_begin(NS, CRYPTO_HANDLE, GATE_CONTROL(0, in, out), client.in, client.out, &partition,
                     &message);
}

static void expect_refused(uint32_t in, uint32_t out)
{
    assert_int_equal(begin(in, out), PSA_ERROR_PROGRAMMER_ERROR);
    assert_null(partition);
    assert_null(message);
}

static void begin_gives_partition_and_message(void **state)
{
    (void)state;
    client.in[1].len = 5;
    assert_int_equal(spm_begin(NS, CRYPTO_HANDLE, GATE_CONTROL(7, 2, 1), client.in, client.out,
                               &partition, &message),
                     PSA_SUCCESS);
    assert_string_equal(partition->name, "crypto");
    assert_true((uintptr_t)message >= partition->memory->stack_base);
    assert_true((uintptr_t)(message + 1) <= partition->memory->stack_limit);
    assert_int_equal((uintptr_t)message % 8, 0);
    assert_int_equal(message->type, 7);
    assert_int_equal(message->client_id, NS);
    assert_true(message->handle > 0);
    assert_int_equal(message->in_size[0], 16);
    assert_int_equal(message->in_size[1], 5);
    assert_int_equal(message->in_size[2], 0);
    assert_int_equal(message->out_size[0], 16);
    assert_int_equal(message->out_size[1], 0);
    assert_null(message->rhandle);
    assert_int_equal(spm_end(-77), -77);
}

static void read_skip_and_write_follow_the_vectors(void **state)
{
    uint8_t *buffer = sandbox;
    (void)state;
    assert_int_equal(begin(2, 2), PSA_SUCCESS);
    assert_int_equal(spm_read(message->handle, 0, buffer, 10), 10);
    assert_int_equal(spm_skip(message->handle, 0, 2), 2);
    assert_int_equal(spm_read(message->handle, 0, buffer + 10, 100), 4);
    assert_int_equal(spm_read(message->handle, 0, buffer, 1), 0);
    assert_int_equal(spm_skip(message->handle, 1, 1000), 16);
    assert_int_equal(spm_skip(message->handle, 1, 1), 0);
    assert_int_equal(spm_read(message->handle, 3, buffer, 1), 0); /* a vector that is not there */
    assert_memory_equal(buffer, client.data, 10);
    assert_memory_equal(buffer + 10, client.data + 12, 4);
    spm_write(message->handle, 0, sandbox_constant, 3);
    spm_write(message->handle, 0, sandbox_constant, 2);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    assert_memory_equal(client.data + 128, "\1\2\3\1\2", 5);
    assert_int_equal(client.data[133], 133); /* only the bytes produced */
    assert_int_equal(client.out[0].len, 5);
    assert_int_equal(client.out[1].len, 0);
    assert_int_equal(client.out[2].len, 16); /* not passed, not touched */
}

/* Handles, types, counts. */

static void begin_refuses_handles_that_name_nothing(void **state)
{
    static const psa_handle_t handles[] = {
        0,
        1,
        -1,
        INT32_MAX,
        INT32_MIN,
        CRYPTO_HANDLE + 0x100,
        CRYPTO_HANDLE - 1,
        0x101,
        (psa_handle_t)CRYPTO_SID,
        PSA_ERROR_CONNECTION_REFUSED,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        assert_int_equal(
            spm_begin(NS, handles[i], GATE_CONTROL(0, 0, 0), NULL, NULL, &partition, &message),
            PSA_ERROR_PROGRAMMER_ERROR);
    }
    assert_int_equal(
        spm_begin(NS, UPDATE_HANDLE, GATE_CONTROL(0, 0, 0), NULL, NULL, &partition, &message),
        PSA_SUCCESS);
    assert_string_equal(partition->name, "update");
}

static void begin_refuses_callers_that_are_no_client(void **state)
{
    static const int32_t callers[] = {0, 1, 2, INT32_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(callers); i++) {
        assert_int_equal(spm_begin(callers[i], CRYPTO_HANDLE, 0, NULL, NULL, &partition, &message),
                         PSA_ERROR_PROGRAMMER_ERROR);
    }
}

static void begin_takes_at_most_four_vectors(void **state)
{
    (void)state;
    for (uint32_t in = 0; in <= 7; in++) {
        for (uint32_t out = 0; out <= 7; out++) {
            if (in + out <= 4) {
                assert_int_equal(begin(in, out), PSA_SUCCESS);
                (void)spm_end(PSA_SUCCESS);
                partition = NULL;
                message = NULL;
            } else {
                expect_refused(in, out);
            }
        }
    }
}

static void begin_refuses_control_bits_it_does_not_know(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        psa_status_t status =
            spm_begin(NS, CRYPTO_HANDLE, 1u << bit, client.in, client.out, &partition, &message);
        bool known = bit < 15 || (bit >= 16 && bit < 19) || (bit >= 24 && bit < 27);
        assert_int_equal(status, known ? PSA_SUCCESS : PSA_ERROR_PROGRAMMER_ERROR);
        (void)spm_end(PSA_SUCCESS);
    }
}

static void gate_control_cannot_be_wrapped(void **state)
{
    (void)state;
    assert_int_equal(gate_control(0x7FFF, 7, 7), 0x07077FFF);
    assert_int_equal(gate_control(0, 0, 0), 0);
    assert_true((gate_control(-1, 0, 0) & ~GATE_CONTROL_KNOWN) != 0);
    assert_true((gate_control(0x8000, 0, 0) & ~GATE_CONTROL_KNOWN) != 0);
    assert_true((gate_control(INT32_MAX, 0, 0) & ~GATE_CONTROL_KNOWN) != 0);
    assert_true((gate_control(0, 8, 0) & ~GATE_CONTROL_KNOWN) != 0);
    assert_true((gate_control(0, 0, 8) & ~GATE_CONTROL_KNOWN) != 0);
    assert_true((gate_control(0, SIZE_MAX, 0) & ~GATE_CONTROL_KNOWN) != 0);
}

/* Memory that is not the client's. */

static void begin_refuses_vectors_outside_the_client(void **state)
{
    static uint8_t secret[16];
    const struct {
        const void *base;
        size_t len;
    } rows[] = {
        {secret, 16},
        {secret, 1},
        {NULL, 1},
        {(const void *)((uintptr_t)&client - 1), 2},
        {(const void *)((uintptr_t)(&client + 1) - 1), 2},
        {&client, sizeof client + 1},
        {client.data, SIZE_MAX},
        {client.data, SIZE_MAX - (uintptr_t)client.data},
        {client.data, SIZE_MAX - (uintptr_t)client.data + 1},
        {client.data, SIZE_MAX - (uintptr_t)client.data + 2},
        {(const void *)UINTPTR_MAX, 1},
        {(const void *)UINTPTR_MAX, SIZE_MAX},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (uint32_t which = 0; which < 2; which++) {
            (void)set_up(NULL);
            client.in[which] = (psa_invec){rows[i].base, rows[i].len};
            expect_refused(2, 2);
            (void)set_up(NULL);
            client.out[which] = (psa_outvec){(void *)(uintptr_t)rows[i].base, rows[i].len};
            expect_refused(2, 2);
        }
    }
}

static void begin_refuses_lengths_that_wrap_whatever_the_port_says(void **state)
{
    (void)state;
    port_fake.client_may_all = true;
    client.in[0] = (psa_invec){client.data, SIZE_MAX - (uintptr_t)client.data};
    assert_int_equal(begin(1, 0), PSA_SUCCESS);
    (void)spm_end(PSA_SUCCESS);
    partition = NULL;
    message = NULL;
    client.in[0].len++;
    expect_refused(1, 0);
    client.in[0].len = SIZE_MAX;
    expect_refused(1, 0);
    client.out[0].len = SIZE_MAX;
    expect_refused(0, 1);
}

static void begin_refuses_arrays_outside_the_client(void **state)
{
    static psa_invec in[1];
    static psa_outvec out[1];
    static const uint32_t control_in = GATE_CONTROL(0, 1, 0);
    static const uint32_t control_out = GATE_CONTROL(0, 0, 1);
    (void)state;
    in[0] = client.in[0];
    out[0] = client.out[0];
    const psa_invec *bad_in[] = {in, NULL, (const psa_invec *)(&client + 1),
                                 (const psa_invec *)UINTPTR_MAX};
    psa_outvec *bad_out[] = {out, NULL, (psa_outvec *)(&client + 1), (psa_outvec *)UINTPTR_MAX,
                             (psa_outvec *)client.read_only};
    for (size_t i = 0; i < COUNT_OF(bad_in); i++) {
        assert_int_equal(
            spm_begin(NS, CRYPTO_HANDLE, control_in, bad_in[i], NULL, &partition, &message),
            PSA_ERROR_PROGRAMMER_ERROR);
    }
    for (size_t i = 0; i < COUNT_OF(bad_out); i++) {
        assert_int_equal(
            spm_begin(NS, CRYPTO_HANDLE, control_out, NULL, bad_out[i], &partition, &message),
            PSA_ERROR_PROGRAMMER_ERROR);
    }
}

static void begin_refuses_outputs_the_client_may_only_read(void **state)
{
    (void)state;
    client.in[0] = (psa_invec){client.read_only, sizeof client.read_only};
    assert_int_equal(begin(1, 0), PSA_SUCCESS);
    (void)spm_end(PSA_SUCCESS);
    partition = NULL;
    message = NULL;
    client.out[0] = (psa_outvec){client.read_only, 1};
    expect_refused(1, 1);
}

static void begin_takes_empty_vectors_wherever_they_point(void **state)
{
    (void)state;
    client.in[0] = (psa_invec){NULL, 0};
    client.in[1] = (psa_invec){(const void *)UINTPTR_MAX, 0};
    client.out[0] = (psa_outvec){sandbox, 0};
    assert_int_equal(begin(2, 1), PSA_SUCCESS);
    assert_int_equal(spm_read(message->handle, 0, sandbox, 1), 0);
}

static void begin_refuses_inputs_that_share_a_byte(void **state)
{
    static const struct {
        size_t a, a_len, b, b_len;
        bool overlap;
    } rows[] = {
        {0, 16, 0, 16, true}, {0, 16, 15, 1, true},   {0, 16, 16, 16, false},
        {15, 1, 0, 16, true}, {16, 16, 0, 16, false}, {4, 2, 0, 16, true},
        {0, 0, 0, 16, false}, {8, 0, 0, 16, false},   {0, 1, 0, 1, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (uint32_t second = 1; second < 4; second++) {
            (void)set_up(NULL);
            for (uint32_t k = 1; k < 4; k++) {
                client.in[k] = (psa_invec){client.data + 64 + 16 * k, 16};
            }
            client.in[0] = (psa_invec){client.data + rows[i].a, rows[i].a_len};
            client.in[second] = (psa_invec){client.data + rows[i].b, rows[i].b_len};
            psa_status_t status = begin(4, 0);
            assert_int_equal(status, rows[i].overlap ? PSA_ERROR_PROGRAMMER_ERROR : PSA_SUCCESS);
            (void)spm_end(PSA_SUCCESS);
        }
    }
}

/* Double fetch: the client changes its vectors as soon as the manager has looked at them. */

static void point_vectors_at_the_sandbox(uint32_t asked)
{
    (void)asked;
    client.in[0] = (psa_invec){sandbox_constant, 16};
    client.out[0] = (psa_outvec){sandbox + 512, 512};
}

static void vectors_changed_after_the_copy_have_no_effect(void **state)
{
    (void)state;
    for (uint32_t when = 0; when < 12; when++) {
        (void)set_up(NULL);
        assert_int_equal(begin(1, 1), PSA_SUCCESS);
        point_vectors_at_the_sandbox(when);
        assert_int_equal(spm_read(message->handle, 0, sandbox, 16), 16);
        assert_memory_equal(sandbox, client.data, 16);
        spm_write(message->handle, 0, sandbox_constant, 3);
        (void)spm_end(PSA_SUCCESS);
        assert_memory_equal(client.data + 128, sandbox_constant, 3);
        assert_int_equal(sandbox[512], 0);
    }
}

static uint32_t change_at;

static void change_vectors(uint32_t asked)
{
    if (asked == change_at) {
        point_vectors_at_the_sandbox(asked);
    }
}

static void vectors_changed_during_the_checks_never_reach_the_sandbox(void **state)
{
    (void)state;
    for (change_at = 1; change_at <= 10; change_at++) {
        (void)set_up(NULL);
        port_fake.on_client_may = change_vectors;
        if (begin(1, 1) == PSA_SUCCESS) {
            assert_int_equal(spm_read(message->handle, 0, sandbox, 16), 16);
            assert_memory_equal(sandbox, client.data, 16);
            assert_int_equal(message->out_size[0], 16);
            spm_write(message->handle, 0, sandbox_constant, 3);
            (void)spm_end(PSA_SUCCESS);
        }
        assert_int_equal(sandbox[512], 0);
    }
}

static uint32_t answer_at;

static void allow_everything_once(uint32_t asked)
{
    port_fake.client_may_all = asked == answer_at;
}

static void one_wrong_answer_opens_nothing(void **state)
{
    (void)state;
    for (answer_at = 1; answer_at <= 8; answer_at++) {
        (void)set_up(NULL);
        port_fake.on_client_may = allow_everything_once;
        client.in[0].base = sandbox_constant;
        expect_refused(1, 1);
    }
}

/* One call at a time. */

static void a_second_call_is_busy_and_changes_nothing(void **state)
{
    const struct partition *other = NULL;
    const psa_msg_t *other_message = NULL;
    (void)state;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
    psa_msg_t before = *message;
    assert_int_equal(
        spm_begin(NS, UPDATE_HANDLE, GATE_CONTROL(0, 0, 0), NULL, NULL, &other, &other_message),
        PSA_ERROR_CONNECTION_BUSY);
    assert_int_equal(spm_begin(NS, -5, UINT32_MAX, NULL, NULL, &other, &other_message),
                     PSA_ERROR_CONNECTION_BUSY);
    assert_null(other);
    assert_null(other_message);
    assert_memory_equal(&before, message, sizeof before);
    assert_int_equal(spm_read(message->handle, 0, sandbox, 16), 16);
    assert_int_equal(spm_end(PSA_SUCCESS), PSA_SUCCESS);
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
}

static void a_refused_call_leaves_the_manager_free(void **state)
{
    (void)state;
    expect_refused(4, 4);
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
}

/* Partitions that stray. */

/** It was stopped for that reason; a boot later the call is under way again. */
static void expect_stopped(const char *reason)
{
    char line[128];
    (void)snprintf(line, sizeof line, "partition crypto: programmer error: %s (restart 1 of 3)",
                   reason);
    assert_int_equal(ended, PORT_FAILED);
    assert_int_equal(port_fake.left, PSA_ERROR_COMMUNICATION_FAILURE);
    assert_string_equal(port_fake.log[0], line);
    port_fake.log_count = 0;
    assert_int_equal(spm_init(), GARRISON_OK);
    client.out[0].len = 16;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
}

#define BAD_HANDLE "message handle or vector"
#define BAD_BUFFER "buffer is not its own"
#define BAD_OUTPUT "more output than there is room for"

static void a_partition_with_a_wrong_handle_is_stopped(void **state)
{
    psa_handle_t stale;
    (void)state;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
    stale = message->handle;
    (void)spm_end(PSA_SUCCESS);
    PORT_RUN(ended, (void)spm_read(stale, 0, sandbox, 1));
    assert_int_equal(ended, PORT_PANICKED); /* no partition is to blame */
    PORT_RUN(ended, (void)spm_read(0, 0, sandbox, 1));
    assert_int_equal(ended, PORT_PANICKED); /* no partition is to blame */

    port_fake.log_count = 0;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
    PORT_RUN(ended, (void)spm_read(stale, 0, sandbox, 1));
    expect_stopped(BAD_HANDLE);
    PORT_RUN(ended, (void)spm_skip(stale, 0, 1));
    expect_stopped(BAD_HANDLE);
    PORT_RUN(ended, spm_write(stale, 0, sandbox, 1));
    expect_stopped(BAD_HANDLE);
    PORT_RUN(ended, (void)spm_read(message->handle, PSA_MAX_IOVEC, sandbox, 1));
    expect_stopped(BAD_HANDLE);
    PORT_RUN(ended, spm_write(message->handle, UINT32_MAX, sandbox, 1));
    expect_stopped(BAD_HANDLE);
}

static void a_partition_that_names_foreign_memory_is_stopped(void **state)
{
    const struct {
        void *base;
        size_t len;
    } rows[] = {
        {other_sandbox, 1},      {(void *)((uintptr_t)sandbox - 1), 2},
        {sandbox + 1023, 2},     {sandbox + 1024, 1},
        {client.data, 1},        {NULL, 1},
        {sandbox, 1025},         {sandbox, SIZE_MAX},
        {sandbox + 1, SIZE_MAX}, {(void *)UINTPTR_MAX, 1},
    };
    (void)state;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        PORT_RUN(ended, (void)spm_read(message->handle, 0, rows[i].base, rows[i].len));
        expect_stopped(BAD_BUFFER);
        PORT_RUN(ended, spm_write(message->handle, 0, rows[i].base, rows[i].len));
        expect_stopped(BAD_BUFFER);
    }
    /* Its constants may be sent, but not written to. */
    PORT_RUN(ended, (void)spm_read(message->handle, 0, (void *)(uintptr_t)sandbox_constant, 1));
    expect_stopped(BAD_BUFFER);
}

static void a_partition_that_writes_too_much_is_stopped(void **state)
{
    (void)state;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
    PORT_RUN(ended, spm_write(message->handle, 0, sandbox, 17));
    expect_stopped(BAD_OUTPUT);
    spm_write(message->handle, 0, sandbox, 10);
    PORT_RUN(ended, spm_write(message->handle, 0, sandbox, 7));
    expect_stopped(BAD_OUTPUT);
    PORT_RUN(ended, spm_write(message->handle, 1, sandbox, 1));
    expect_stopped(BAD_OUTPUT);
    spm_write(message->handle, 0, sandbox, 6);
}

static void a_partition_cannot_enlarge_its_message(void **state)
{
    (void)state;
    assert_int_equal(begin(1, 1), PSA_SUCCESS);
    psa_msg_t *own = (psa_msg_t *)(uintptr_t)message;
    psa_handle_t handle = message->handle;
    own->in_size[0] = 1000;
    own->out_size[0] = 1000;
    assert_int_equal(spm_read(handle, 0, sandbox, 200), 16);
    PORT_RUN(ended, spm_write(handle, 0, sandbox, 17));
    expect_stopped(BAD_OUTPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(begin_gives_partition_and_message),
        TEST(read_skip_and_write_follow_the_vectors),
        TEST(begin_refuses_handles_that_name_nothing),
        TEST(begin_refuses_callers_that_are_no_client),
        TEST(begin_takes_at_most_four_vectors),
        TEST(begin_refuses_control_bits_it_does_not_know),
        TEST(gate_control_cannot_be_wrapped),
        TEST(begin_refuses_vectors_outside_the_client),
        TEST(begin_refuses_lengths_that_wrap_whatever_the_port_says),
        TEST(begin_refuses_arrays_outside_the_client),
        TEST(begin_refuses_outputs_the_client_may_only_read),
        TEST(begin_takes_empty_vectors_wherever_they_point),
        TEST(begin_refuses_inputs_that_share_a_byte),
        TEST(vectors_changed_after_the_copy_have_no_effect),
        TEST(vectors_changed_during_the_checks_never_reach_the_sandbox),
        TEST(one_wrong_answer_opens_nothing),
        TEST(a_second_call_is_busy_and_changes_nothing),
        TEST(a_refused_call_leaves_the_manager_free),
        TEST(a_partition_with_a_wrong_handle_is_stopped),
        TEST(a_partition_that_names_foreign_memory_is_stopped),
        TEST(a_partition_that_writes_too_much_is_stopped),
        TEST(a_partition_cannot_enlarge_its_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

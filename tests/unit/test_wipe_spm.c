/*
 * What the manager leaves of other people's bytes: nothing of what partitions lend each other, and
 * nothing of a call that it has refused.
 */
#include "chain_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "spm/partitions.h"
#include "support/marks.h"

#define BYTES 32u

static uint8_t *mark;
static psa_status_t status;

static int set_up_marks(void **state)
{
    mark = mark_make(BYTES);
    return set_up(state);
}

static int tear_down_marks(void **state)
{
    (void)state;
    free(mark);
    return 0;
}

static void read_lent(void)
{
    status = (psa_status_t)spm_read(message->handle, 0, page[1][DATA] + 512, BYTES);
}

static void write_lent(void)
{
    spm_write(message->handle, 0, page[1][DATA] + 512, BYTES);
}

static void what_a_partition_lends_is_not_left(void **state)
{
    (void)state;
    assert_int_equal(call(0), PSA_SUCCESS);
    make_vectors(0);
    memcpy(page[0][DATA] + 128, mark, BYTES);
    own.in[0] = (psa_invec){page[0][DATA] + 128, BYTES};
    own.in[1] = (psa_invec){page[0][CONSTANTS], 1};
    own.out[0] = (psa_outvec){page[0][DATA] + 256, BYTES};
    assert_int_equal(nest(0, 1), PSA_SUCCESS);
    marks_run(read_lent);
    assert_int_equal(status, BYTES);
    assert_memory_equal(page[1][DATA] + 512, mark, BYTES);
    assert_int_equal(marks_on_stack(mark, BYTES), 0);
    marks_run(write_lent);
    assert_int_equal(marks_on_stack(mark, BYTES), 0);
    (void)spm_end(PSA_SUCCESS);
    assert_memory_equal(page[0][DATA] + 256, mark, BYTES);
    (void)spm_end(PSA_SUCCESS);
}

/** Places that hold the address of the client's output, or that of the array of outputs. */
static size_t count_addresses(void)
{
    const uintptr_t address[] = {(uintptr_t)(client.data + 32), (uintptr_t)client.out};
    assert_int_equal(release_pages(NULL), 0);
    const size_t found = marks_count((const uint8_t *)address, sizeof address);
    assert_int_equal(make_pages(NULL), 0);
    return found;
}

static void lose_once(void)
{
    assert_int_equal(call(0), PSA_SUCCESS);
    PORT_RUN(ended, spm_partition_failed("test"));
    assert_int_equal(ended, PORT_FAILED);
}

/** A partition that is lost is what a call is refused for last: everything has been granted then. */
static void a_refused_call_leaves_nothing_to_write_to(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= PARTITION_RESTARTS_MAX; i++) {
        lose_once();
    }
    const size_t before = count_addresses();
    client.out[0].len = 16;
    assert_int_equal(call(0), PSA_ERROR_CONNECTION_REFUSED);
    assert_int_equal(count_addresses(), before);

    assert_ptr_equal(spm_interrupt(0x10u << 1), &partition_table[1]);
    (void)spm_end((psa_status_t)PSA_FLIH_NO_SIGNAL);
    assert_int_equal(
        spm_begin(NS, HANDLE(2), GATE_CONTROL(1, 0, 0), NULL, NULL, &partition, &message),
        PSA_SUCCESS);
    assert_int_equal(message->out_size[0], 0);
    (void)spm_end(PSA_SUCCESS);
    assert_int_equal(client.out[0].len, 16); /* not what a call has written */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_partition_lends_is_not_left, set_up_marks,
                                        tear_down_marks),
        cmocka_unit_test_setup_teardown(a_refused_call_leaves_nothing_to_write_to, set_up_marks,
                                        tear_down_marks),
    };
    return cmocka_run_group_tests(tests, make_pages, release_pages);
}

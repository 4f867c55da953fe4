/* The processor runs programs, calls between the states, and takes its first exceptions. */
#include "cpu_fixture.h"

static void runs_a_program(void **state)
{
    struct cpu_fixture *f = *state;
    const uint64_t before = f->v->time;
    go(f, "arithmetic");
    assert_int_equal(reg(f, 0), 113);
    assert_int_equal(f->v->time - before, 7); /* 6 instructions and WFI */
}

static void supervisor_call_is_taken_in_its_state(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "supervisor_call");
    assert_int_equal(reg(f, 10), 11);
    assert_int_equal(reg(f, 9), 1);
    assert_int_equal(reg(f, 11), 0xFFFFFFF9);
    assert_int_equal(f->v->msp[true], STACK_S - 32);
    assert_int_equal(word(f, STACK_S - 8), at("supervisor_call") + 4);
    go(f, "ns_svc");
    assert_int_equal(reg(f, 9), 0);
    assert_int_equal(reg(f, 11), 0xFFFFFFB8);
}

static void secure_code_calls_non_secure_and_comes_back(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "call_non_secure");
    assert_int_equal(reg(f, 1), 43);
    assert_true(f->v->secure);
    assert_int_equal(f->v->msp[true], STACK_S - 8);
}

static void gateway_enters_secure_state_and_returns(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "branch_non_secure");
    assert_int_equal(reg(f, 1), 12);
    assert_false(f->v->secure);
}

static void secure_code_without_sg_is_refused(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000ED24, true, 1u << 19);
    go(f, "ns_bad_gate");
    assert_int_equal(reg(f, 10), V8M_SECURE);
    assert_int_equal(scs(f, 0xE000EDE4, true), SFSR_INVEP);
    assert_true(said(f, "fetch of 2 bytes"));
}

static void non_secure_read_of_secure_memory_is_refused(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "ns_read_secure");
    assert_int_equal(reg(f, 10), V8M_HARD);
    assert_int_equal(scs(f, 0xE000EDE4, true), SFSR_AUVIOL | SFSR_SFARVALID);
    assert_int_equal(scs(f, 0xE000EDE8, true), 0x30000010);
    assert_int_equal(word(f, STACK_NS - 8), at("ns_read_secure") + 2);
    assert_true(said(f, "read of 4 bytes at 0x30000010"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cpu_secure, cpu_done)
    const struct CMUnitTest tests[] = {
        TEST(runs_a_program),
        TEST(supervisor_call_is_taken_in_its_state),
        TEST(secure_code_calls_non_secure_and_comes_back),
        TEST(gateway_enters_secure_state_and_returns),
        TEST(secure_code_without_sg_is_refused),
        TEST(non_secure_read_of_secure_memory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

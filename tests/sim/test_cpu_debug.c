/* A debugger's stops: where they come, what they leave as it was, and that nobody can tell. */
#include "cpu_fixture.h"

#include <stdio.h>

#define OPTSR_STATE     0x0000FF00u
#define STATE_OPEN      0x0000ED00u
#define STATE_TZ_CLOSED 0x0000C600u
#define STATE_CLOSED    0x00007200u
#define FOREVER         10000000u

static void product_state(struct cpu_fixture *f, uint32_t state)
{
    f->nv->option[NV_OB_OPTSR] = (f->nv->option[NV_OB_OPTSR] & ~OPTSR_STATE) | state;
}

static int debugged(void **state)
{
    const int result = cpu_secure(state);
    struct cpu_fixture *f = *state;
    product_state(f, STATE_OPEN);
    cpu_debug_attach(f->cpu, true);
    f->v->vtor[false] = at("table");
    return result;
}

static int undebugged(void **state)
{
    struct cpu_fixture *f = *state;
    cpu_debug_attach(f->cpu, false);
    product_state(f, STATE_OPEN);
    return 0;
}

static enum sim_debug_kind why(struct cpu_fixture *f)
{
    struct sim_debug_stop stop;
    cpu_debug_why(f->cpu, &stop);
    return stop.kind;
}

static uint32_t pc(struct cpu_fixture *f)
{
    return reg(f, 15);
}

/** Goes on and expects to stop for that reason, at that place. */
static void expect_stop(struct cpu_fixture *f, enum sim_debug_kind how, enum sim_debug_kind reason,
                        uint32_t place)
{
    cpu_debug_go(f->cpu, how);
    assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_DEBUG);
    assert_int_equal(why(f), reason);
    assert_int_equal(pc(f), place);
}

static void expect_break(struct cpu_fixture *f, const char *label)
{
    expect_stop(f, SIM_DEBUG_NONE, SIM_DEBUG_BREAK, at(label));
}

static void expect_step(struct cpu_fixture *f, uint32_t place)
{
    expect_stop(f, SIM_DEBUG_STEP, SIM_DEBUG_STEP, place);
}

/* Where it stops. */

static void breakpoint_stops_before_its_instruction_each_time(void **state)
{
    struct cpu_fixture *f = *state;
    set_reg(f, 0, 0);
    begin(f, "busy");
    assert_true(cpu_break_set(f->cpu, at("busy")));
    for (uint32_t round = 1; round < 10; round++) {
        expect_break(f, "busy");
        assert_int_equal(reg(f, 0), round);
    }
    cpu_break_clear(f->cpu, at("busy"));
    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_INSNS);
}

static void breakpoint_stops_where_code_has_run_before(void **state)
{
    struct cpu_fixture *f = *state;
    go(f, "before_border");
    static const char *const places[] = {"before_border", "behind_border"};
    for (unsigned i = 0; i < 2; i++) {
        assert_true(cpu_break_set(f->cpu, at(places[i])));
        begin(f, "before_border");
        set_reg(f, 0, 0);
        if (i == 0) { /* where it stands, it does not stop */
            cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
            run(f);
            assert_int_equal(reg(f, 0), 6);
        } else {
            expect_break(f, places[i]);
            assert_int_equal(reg(f, 0), 4);
        }
        cpu_break_clear(f->cpu, at(places[i]));
    }
}

static void breakpoint_stops_in_an_it_block_at_what_is_executed(void **state)
{
    struct cpu_fixture *f = *state;
    for (uint32_t off = 0; off < 8; off += 2) {
        (void)debugged(state);
        begin(f, "story");
        assert_true(cpu_break_set(f->cpu, at("story_it") + off));
        const uint32_t first = off < 4 ? 2 : 1; /* the others are skipped */
        for (uint32_t round = first; round < 8; round += 2) {
            expect_stop(f, SIM_DEBUG_NONE, SIM_DEBUG_BREAK, at("story_it") + off);
            assert_int_equal(reg(f, 4), round);
        }
        cpu_debug_attach(f->cpu, false);
    }
}

static void breakpoint_changes_no_byte(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t before = word(f, at("busy"));
    assert_true(cpu_break_set(f->cpu, at("busy")));
    assert_int_equal(word(f, at("busy")), before);
}

static void bkpt_stops_only_with_a_debugger(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "program_breakpoint");
    expect_stop(f, SIM_DEBUG_NONE, SIM_DEBUG_BKPT, at("program_breakpoint") + 2u);
    assert_int_equal(reg(f, 0), 1);
    set_reg(f, 15, pc(f) + 2u);
    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    run(f);
    assert_int_equal(reg(f, 0), 2);

    cpu_debug_attach(f->cpu, false);
    go(f, "program_breakpoint");
    assert_int_equal(reg(f, 10), V8M_HARD);
}

static void fault_stops_before_it_is_taken(void **state)
{
    struct cpu_fixture *f = *state;
    struct sim_debug_stop stop;
    cpu_debug_catch(f->cpu, true);
    begin(f, "undefined");
    expect_stop(f, SIM_DEBUG_NONE, SIM_DEBUG_FAULT, at("undefined") + 2u);
    cpu_debug_why(f->cpu, &stop);
    assert_non_null(strstr(stop.fault, "UNDEFINSTR"));
    assert_int_equal(f->v->xpsr & XPSR_EXC, 0);
    cpu_debug_go(f->cpu, SIM_DEBUG_STEP);
    assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_DEBUG);
    assert_int_equal(why(f), SIM_DEBUG_STEP);
    assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_HARD);

    cpu_debug_catch(f->cpu, false);
    begin(f, "undefined");
    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    run(f);
    assert_int_equal(reg(f, 10), V8M_HARD);
}

/* Steps. */

static void step_enters_the_handler_of_svc_and_comes_back(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "story_svc");
    set_reg(f, 6, 0x20050000);
    cpu_debug_go(f->cpu, SIM_DEBUG_STEP);
    assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_DEBUG);
    assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_SVC);
    assert_int_equal(pc(f), at("on_svc"));
    for (unsigned i = 0; i < 4; i++) {
        cpu_debug_go(f->cpu, SIM_DEBUG_STEP);
        assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_DEBUG);
        assert_int_equal(f->v->xpsr & XPSR_EXC, V8M_SVC);
    }
    expect_step(f, at("story_after_svc"));
    assert_int_equal(f->v->xpsr & XPSR_EXC, 0);
}

static void step_goes_through_a_gate_and_back(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "call_gate");
    expect_step(f, at("call_gate") + 2u);
    expect_step(f, at("gate"));
    assert_false(f->v->secure);
    expect_step(f, at("gate_inside"));
    assert_true(f->v->secure);
    expect_step(f, at("inside"));
    while (pc(f) != at("inside_return")) {
        cpu_debug_go(f->cpu, SIM_DEBUG_STEP);
        assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_DEBUG);
    }
    expect_step(f, at("called_gate"));
    assert_false(f->v->secure);
}

static void halt_comes_in_a_loop_and_in_sleep(void **state)
{
    struct cpu_fixture *f = *state;
    begin(f, "busy");
    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    assert_int_equal(cpu_run(f->cpu, 1000), SIM_STOP_INSNS);
    expect_stop(f, SIM_DEBUG_HALT, SIM_DEBUG_HALT, at("busy"));

    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    go(f, "behind_border");
    const uint32_t asleep = pc(f);
    expect_stop(f, SIM_DEBUG_HALT, SIM_DEBUG_HALT, asleep);
    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_IDLE); /* it sleeps on */
}

/* Where Secure debug is closed. */

static void secure_code_is_passed_when_it_is_closed(void **state)
{
    struct cpu_fixture *f = *state;
    product_state(f, STATE_TZ_CLOSED);
    begin(f, "call_gate");
    assert_true(cpu_break_set(f->cpu, at("inside")));
    expect_step(f, at("call_gate") + 2u);
    expect_step(f, at("gate"));
    expect_step(f, at("called_gate")); /* SG, and all that follows it in Secure state */
    assert_false(f->v->secure);

    begin(f, "secure_busy");
    const uint64_t before = f->v->time;
    expect_stop(f, SIM_DEBUG_HALT, SIM_DEBUG_HALT, at("busy"));
    assert_true(f->v->time - before > 200000);
    assert_false(f->v->secure);
}

static void nothing_stops_when_debug_is_closed(void **state)
{
    struct cpu_fixture *f = *state;
    product_state(f, STATE_CLOSED);
    assert_true(cpu_break_set(f->cpu, at("behind_border")));
    begin(f, "before_border");
    cpu_debug_go(f->cpu, SIM_DEBUG_STEP);
    assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_IDLE);
    cpu_debug_go(f->cpu, SIM_DEBUG_HALT);
    assert_int_equal(cpu_run(f->cpu, FOREVER), SIM_STOP_IDLE);
}

/* Watchpoints. */

struct touch {
    uint32_t off; /**< In `stores`. */
    uint32_t first;
    uint32_t last;
    bool write;
};

/** What each instruction of `stores` touches, from DATA_NS. */
static const struct touch touches[] = {
    {0, 1, 1, true},   {2, 4, 5, true},    {4, 8, 11, true},    {6, 16, 23, true},
    {10, 0, 11, true}, {12, 15, 18, true}, {22, 13, 13, false}, {24, 4, 11, false},
};

/** The stops of a watchpoint in a run of `stores` are those whose bytes meet it, in order. */
static void check_watch(struct cpu_fixture *f, const struct sim_debug_watch *watch)
{
    begin(f, "stores");
    set_reg(f, 0, DATA_NS);
    set_reg(f, 1, 0x11111111);
    set_reg(f, 2, 0x22222222);
    set_reg(f, 3, 0x33333333);
    assert_true(cpu_watch_set(f->cpu, watch));
    const uint32_t first = watch->addr - DATA_NS;
    const uint32_t last = first + watch->len - 1u;
    for (unsigned i = 0; i < sizeof touches / sizeof touches[0]; i++) {
        const struct touch *touch = &touches[i];
        if (touch->first > last || touch->last < first ||
            !(touch->write ? watch->writes : watch->reads)) {
            continue;
        }
        struct sim_debug_stop stop;
        expect_stop(f, SIM_DEBUG_NONE, SIM_DEBUG_WATCH, at("stores") + touch->off);
        cpu_debug_why(f->cpu, &stop);
        assert_int_equal(stop.write, touch->write);
        assert_int_equal(stop.addr, DATA_NS + (touch->first > first ? touch->first : first));
    }
    cpu_debug_go(f->cpu, SIM_DEBUG_NONE);
    run(f);
    cpu_watch_clear(f->cpu, watch);
}

static void watchpoint_stops_for_its_bytes_only(void **state)
{
    struct cpu_fixture *f = *state;
    for (uint32_t off = 0; off < 26; off++) {
        for (uint32_t len = 1; len <= 8; len <<= 1) {
            for (unsigned kind = 1; kind < 4; kind++) {
                const struct sim_debug_watch watch = {.addr = DATA_NS + off,
                                                      .len = len,
                                                      .reads = (kind & 1u) != 0,
                                                      .writes = (kind & 2u) != 0};
                check_watch(f, &watch);
            }
        }
    }
}

static void watchpoint_stops_before_the_store(void **state)
{
    struct cpu_fixture *f = *state;
    const struct sim_debug_watch watch = {.addr = DATA_NS + 8u, .len = 1, .writes = true};
    begin(f, "stores");
    set_reg(f, 0, DATA_NS);
    set_reg(f, 1, 0x11111111);
    set_word(f, DATA_NS + 8u, 0);
    assert_true(cpu_watch_set(f->cpu, &watch));
    expect_stop(f, SIM_DEBUG_NONE, SIM_DEBUG_WATCH, at("stores") + 4u);
    assert_int_equal(word(f, DATA_NS + 8u), 0);
    expect_step(f, at("stores") + 6u); /* the same store does not stop it again */
    assert_int_equal(word(f, DATA_NS + 8u), 0x11111111);
}

/* A run with a debugger is the same run. */

struct record {
    uint32_t r[16];
    uint32_t word[32];
    uint32_t secure_word;
    uint64_t time;
};

enum manner { FREELY, BY_STEPS, BY_BREAKPOINTS, BY_WATCHPOINTS, MANNERS };

static void prepare(struct cpu_fixture *f, enum manner manner)
{
    static const struct sim_debug_watch watches[] = {
        {.addr = DATA_NS, .len = 128, .reads = true, .writes = true},
        {.addr = STACK_NS - 64u, .len = 64, .reads = true, .writes = true},
        {.addr = DATA_S, .len = 4, .reads = true, .writes = true},
    };
    if (manner == BY_BREAKPOINTS) {
        for (uint32_t off = 0; off < 0x40; off += 2) {
            assert_true(cpu_break_set(f->cpu, at("story_round") + off));
        }
        assert_true(cpu_break_set(f->cpu, at("gate")));
        assert_true(cpu_break_set(f->cpu, at("inside")));
        assert_true(cpu_break_set(f->cpu, at("inside_return")));
    }
    for (unsigned i = 0; i < 3 && manner == BY_WATCHPOINTS; i++) {
        assert_true(cpu_watch_set(f->cpu, &watches[i]));
    }
}

/** Runs the story that way. @return how often it was stopped */
static unsigned tell(void **state, enum manner manner, struct record *record)
{
    struct cpu_fixture *f = *state;
    unsigned stops = 0;
    bool asleep = false;
    (void)debugged(state);
    for (uint32_t i = 0; i < 32; i++) {
        set_word(f, DATA_NS + 4u * i, 0);
    }
    set_word(f, DATA_S, 0);
    for (unsigned n = 0; n < 13; n++) {
        set_reg(f, n, 0);
    }
    begin(f, "story");
    const uint64_t before = f->v->time;
    prepare(f, manner);
    cpu_debug_go(f->cpu, manner == BY_STEPS ? SIM_DEBUG_STEP : SIM_DEBUG_NONE);
    enum sim_stop stop = cpu_run(f->cpu, FOREVER);
    uint64_t now = before;
    while (stop == SIM_STOP_DEBUG) {
        stops++;
        if (manner == BY_STEPS && f->v->time - now > (asleep ? FOREVER : 1u)) {
            fail_msg("a step of more than an instruction ends at 0x%08X", pc(f));
        }
        now = f->v->time;
        asleep = f->v->sleeping != V8M_AWAKE;
        cpu_debug_go(f->cpu, manner == BY_STEPS ? SIM_DEBUG_STEP : SIM_DEBUG_NONE);
        stop = cpu_run(f->cpu, FOREVER);
    }
    assert_int_equal(stop, SIM_STOP_IDLE);
    for (unsigned n = 0; n < 16; n++) {
        record->r[n] = reg(f, n);
    }
    for (uint32_t i = 0; i < 32; i++) {
        record->word[i] = word(f, DATA_NS + 4u * i);
    }
    record->secure_word = word(f, DATA_S);
    record->time = f->v->time - before;
    cpu_debug_attach(f->cpu, false);
    return stops;
}

static void debugged_run_is_the_same_run(void **state)
{
    struct record free_run = {0};
    assert_int_equal(tell(state, FREELY, &free_run), 0);
    assert_int_equal(free_run.secure_word, 30);
    assert_true(free_run.word[16] > 20); /* interrupts came */
    for (enum manner manner = BY_STEPS; manner < MANNERS; manner++) {
        struct record run = {0};
        const unsigned stops = tell(state, manner, &run);
        assert_true(stops > 200);
        for (unsigned n = 0; n < 16; n++) {
            if (run.r[n] != free_run.r[n]) {
                fail_msg("manner %d: R%u is 0x%08X, not 0x%08X", (int)manner, n, run.r[n],
                         free_run.r[n]);
            }
        }
        for (unsigned i = 0; i < 32; i++) {
            if (run.word[i] != free_run.word[i]) {
                fail_msg("manner %d: word %u is 0x%08X, not 0x%08X", (int)manner, i, run.word[i],
                         free_run.word[i]);
            }
        }
        assert_int_equal(run.secure_word, free_run.secure_word);
        assert_int_equal(run.time, free_run.time);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, debugged, undebugged)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(breakpoint_stops_before_its_instruction_each_time),
        TEST(breakpoint_stops_where_code_has_run_before),
        TEST(breakpoint_stops_in_an_it_block_at_what_is_executed),
        TEST(breakpoint_changes_no_byte),
        TEST(bkpt_stops_only_with_a_debugger),
        TEST(fault_stops_before_it_is_taken),
        TEST(step_enters_the_handler_of_svc_and_comes_back),
        TEST(step_goes_through_a_gate_and_back),
        TEST(halt_comes_in_a_loop_and_in_sleep),
        TEST(secure_code_is_passed_when_it_is_closed),
        TEST(nothing_stops_when_debug_is_closed),
        TEST(watchpoint_stops_for_its_bytes_only),
        TEST(watchpoint_stops_before_the_store),
        TEST(debugged_run_is_the_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

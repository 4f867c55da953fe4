/* The boot ROM's services, called by code: table, jumps with HDPL, provisioning from either state. */
#include "cpu_fixture.h"

#include "rss.h"

/* Where public drivers look. */
#define MAGIC 0x0BF9FBF8u
#define TABLE 0x0BF9FB68u

enum { PROVISION = 0, PLAIN_2 = 1, PLAIN_3 = 2, JUMP_2 = 4, JUMP_3 = 5, JUMP_3_NS = 6 };

#define SUCCESS  0xEAEAEAEAu
#define REFUSED  0xF5F5F5F5u
#define OBK_S    0x0FFD0000u
#define MPU_RNR  0xE000ED98u
#define MPU_RLAR 0xE000EDA0u
#define VTOR     0xE000ED08u
#define SFSR     0xE000EDE4u
#define CFSR     0xE000ED28u
#define UNDEF    0x10000u
#define INVEP    1u
#define RLAR_OFF 0x3000FFE0u

static uint32_t function(struct cpu_fixture *f, unsigned index)
{
    return word(f, TABLE + 4u * index);
}

/** Calls a service at an HDPL; what lies in memory there is typed, not read, by the program. */
static void call(struct cpu_fixture *f, const char *program, unsigned hdpl, unsigned index,
                 uint32_t arg0, uint32_t arg1)
{
    while (chip_hdpl(f->chip) < hdpl) {
        chip_hdpl_raise(f->chip);
    }
    begin(f, program);
    set_reg(f, 0, arg0);
    set_reg(f, 1, arg1);
    set_reg(f, 4, function(f, index));
    run(f);
}

static void table_stands_where_drivers_look(void **state)
{
    struct cpu_fixture *f = *state;
    assert_int_equal(word(f, MAGIC), 0x54435344u);      /* DSCT */
    assert_int_equal(word(f, MAGIC + 4u), 0x34383452u); /* R484 */
    static const bool secure[7] = {true, false, false, false, true, true, true};
    for (unsigned i = 0; i < 7u; i++) {
        const uint32_t entry = function(f, i);
        if (i == 3) {
            assert_int_equal(entry, 0);
            continue;
        }
        assert_int_equal(entry & 1u, 1);
        assert_in_range(entry, secure[i] ? 0x0FF80000u : 0x0BF80000u,
                        secure[i] ? 0x0FFA9000u : 0x0BFA9000u);
    }
}

static void expect_fresh(struct cpu_fixture *f, unsigned from)
{
    for (unsigned n = from; n < 8u; n++) {
        assert_int_equal(reg(f, n), 0);
    }
    assert_int_equal(reg(f, 12), 0);
    assert_int_equal(reg(f, 14), UINT32_MAX);
    assert_int_equal(reg(f, 9), 0);
}

static void jump_raises_hdpl_and_starts_the_stage(void **state)
{
    struct cpu_fixture *f = *state;
    for (unsigned level = 2; level <= 3; level++) {
        set_scs(f, VTOR, true, 0);
        f->v->control[true] = 2; /* The caller is on its process stack. */
        mpu_region(f, true, 5, 0x30000000u, RLAR_OFF);
        call(f, "s_call", 1, level == 2 ? JUMP_2 : JUMP_3, at("s_vectors"), 5);
        assert_int_equal(chip_hdpl(f->chip), level);
        expect_fresh(f, 0);
        assert_int_equal(reg(f, 8), 0x30006000u);
        assert_true(f->v->secure);
        assert_int_equal(scs(f, VTOR, true), at("s_vectors"));
        set_scs(f, MPU_RNR, true, 5);
        assert_int_equal(scs(f, MPU_RLAR, true), RLAR_OFF | 1u);
        assert_true(said(f, "jump to the Secure vectors"));
    }
}

static void jump_to_the_nonsecure_side_leaves_secure_state(void **state)
{
    struct cpu_fixture *f = *state;
    call(f, "s_call", 1, JUMP_3_NS, at("ns_vectors"), 99);
    assert_int_equal(chip_hdpl(f->chip), 3);
    assert_false(f->v->secure);
    expect_fresh(f, 0);
    assert_int_equal(reg(f, 8), 0x20046000u);
    assert_int_equal(scs(f, VTOR, false), at("ns_vectors"));
    assert_int_equal(scs(f, VTOR, true), 0x0C000000u);
    /* And from HDPL 3 too. */
    call(f, "s_call", 3, JUMP_3_NS, at("ns_vectors"), 0);
    assert_false(f->v->secure);
}

static void expect_return(struct cpu_fixture *f, uint32_t result)
{
    assert_int_equal(reg(f, 7), result);
    assert_int_equal(reg(f, 5), 0x55);
    assert_int_equal(reg(f, 6), 0x66);
}

static void jump_that_fails_returns_and_changes_nothing(void **state)
{
    static const struct {
        const char *vectors;
        uint32_t region;
        unsigned hdpl, index;
        bool unprivileged;
    } rows[] = {
        {"s_vectors", 12, 1, JUMP_2, false},   /* No such region. */
        {"s_vectors", 0, 1, JUMP_2, true},     /* Unprivileged. */
        {"s_no_vectors", 0, 1, JUMP_2, false}, /* Bit 0 of the reset vector. */
        {"ns_vectors", 0, 1, JUMP_3, false},   /* In Non-secure flash: reads need its alias. */
        {"s_vectors", 0, 1, JUMP_3_NS, false}, /* In Secure flash. */
        {"s_vectors", 0, 2, JUMP_2, false},    /* HDPL 2 already. */
        {"s_vectors", 0, 3, JUMP_2, false},    /* HDPL 2 is behind it. */
        {"s_vectors", 0, 3, JUMP_3, false},    /* HDPL 3 already. */
    };
    struct cpu_fixture *f = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t vectors = at(rows[i].vectors);
        vectors |= i == 3 ? 0x04000000u : 0; /* By the Secure alias it is refused. */
        f->v->control[true] = rows[i].unprivileged ? 1 : 0;
        mpu_region(f, true, 0, 0x30000000u, RLAR_OFF);
        call(f, "s_call", rows[i].hdpl, rows[i].index, vectors, rows[i].region);
        expect_return(f, REFUSED);
        assert_int_equal(chip_hdpl(f->chip), rows[i].hdpl);
        assert_true(f->v->secure);
        f->v->control[true] = 0;
        set_scs(f, MPU_RNR, true, 0);
        assert_int_equal(scs(f, MPU_RLAR, true), RLAR_OFF);
    }
}

/** A descriptor, and one slot of data behind it, in Non-secure SRAM3. */
static void put_request(struct cpu_fixture *f, uint32_t descriptor, uint32_t source)
{
    const uint32_t words[4] = {source, OBK_S + 0x280u, 16, 0};
    uint32_t crc = 0xFFFFFFFFu;
    for (unsigned i = 0; i < 4u; i++) {
        set_word(f, source + 4u * i, 0x11111111u * (i + 1u));
        crc = rss_crc(crc, 0x11111111u * (i + 1u));
    }
    for (unsigned i = 0; i < 4u; i++) {
        set_word(f, descriptor + 4u * i, words[i]);
        crc = rss_crc(crc, words[i]);
    }
    set_word(f, descriptor + 16u, crc);
}

static void nonsecure_code_provisions_through_the_entry(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t entry = function(f, PROVISION) & ~1u;
    put_request(f, DATA_NS, DATA_NS + 0x40u);
    /* Not Non-secure callable yet: the architecture refuses. */
    begin(f, "ns_call");
    set_reg(f, 0, DATA_NS);
    set_reg(f, 4, entry | 1u);
    run(f);
    assert_int_equal(scs(f, SFSR, true) & INVEP, INVEP);
    sau_region(f, 5, entry, entry + 31u, true);
    const uint64_t before = f->v->time;
    call(f, "ns_call", 1, PROVISION, DATA_NS, 0);
    expect_return(f, SUCCESS);
    assert_false(f->v->secure);
    assert_true(f->v->time > before + 1000u);
    assert_int_equal(f->nv->obk[f->nv->obk_current][0x284], 0x22);
}

static void nonsecure_caller_cannot_have_secure_memory_read(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t entry = function(f, PROVISION) & ~1u;
    const uint32_t current = f->nv->obk_current;
    sau_region(f, 5, entry, entry + 31u, true);
    put_request(f, DATA_S, DATA_NS + 0x40u); /* The descriptor ... */
    call(f, "ns_call", 1, PROVISION, DATA_S, 0);
    expect_return(f, REFUSED);
    put_request(f, DATA_NS, DATA_NS + 0x10000040u); /* ... or the data by the Secure alias. */
    call(f, "ns_call", 1, PROVISION, DATA_NS, 0);
    expect_return(f, REFUSED);
    assert_int_equal(f->nv->obk_current, current);
    /* For Secure code the same is read. */
    put_request(f, DATA_S, DATA_NS + 0x40u);
    call(f, "s_call", 1, PROVISION, DATA_S, 0);
    expect_return(f, SUCCESS);
}

static void without_trustzone_the_plain_functions_jump(void **state)
{
    struct cpu_fixture *f = *state;
    call(f, "ns_call", 1, PLAIN_2, at("ns_vectors"), 8); /* No such region. */
    expect_return(f, REFUSED);
    call(f, "ns_call", 1, PLAIN_2, at("ns_vectors"), 7);
    assert_int_equal(chip_hdpl(f->chip), 2);
    expect_fresh(f, 0);
    assert_int_equal(reg(f, 8), 0x20046000u);
    call(f, "ns_call", 2, PLAIN_3, at("ns_vectors"), 0);
    assert_int_equal(chip_hdpl(f->chip), 3);
}

static void other_undefined_instructions_are_faults(void **state)
{
    struct cpu_fixture *f = *state;
    set_scs(f, 0xE000ED24, false, 1u << 18); /* USGFAULTENA. */
    go(f, "ns_undefined");
    assert_int_equal(reg(f, 10), 6);
    assert_int_equal(scs(f, CFSR, false), UNDEF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(table_stands_where_drivers_look, cpu_secure, cpu_done),
        cmocka_unit_test_setup_teardown(jump_raises_hdpl_and_starts_the_stage, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(jump_to_the_nonsecure_side_leaves_secure_state, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(jump_that_fails_returns_and_changes_nothing, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(nonsecure_code_provisions_through_the_entry, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(nonsecure_caller_cannot_have_secure_memory_read, cpu_secure,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(without_trustzone_the_plain_functions_jump, cpu_plain,
                                        cpu_done),
        cmocka_unit_test_setup_teardown(other_undefined_instructions_are_faults, cpu_secure,
                                        cpu_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

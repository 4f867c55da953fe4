/* MPCBB1 to MPCBB3: registers, and which blocks of SRAM1 to SRAM3 they open to whom. */
#include "chip_fixture.h"

#define MPCBB1_S    0x50032C00u
#define MPCBB1_NS   0x40032C00u
#define CR          0x000u
#define CFGLOCKR1   0x010u
#define SECCFGR(n)  (0x100u + 4u * (n))
#define PRIVCFGR(n) (0x200u + 4u * (n))

#define CR_GLOCK       (1u << 0)
#define CR_INVSECSTATE (1u << 30)
#define CR_SRWILADIS   (1u << 31)
#define ALL            0xFFFFFFFFu

#define BLOCK      512u
#define SUPERBLOCK (32u * BLOCK)

#define SRAM1_NS 0x20000000u
#define SRAM1_S  0x30000000u
#define SRAM3_NS 0x20050000u
#define SRAM3_S  0x30050000u

#define TZIC_SR4   0x5003281Cu
#define ILA_SRAM1  (1u << 24)
#define ILA_MPCBB1 (1u << 25)
#define ILA_SRAM3  (1u << 28)

/** The three of them, and what they guard. */
static const struct {
    uint32_t base; /**< Secure. */
    unsigned superblocks;
    uint32_t sram; /**< Non-secure. */
    uint32_t ila_sram;
    uint32_t ila_regs;
} units[] = {
    {0x50032C00u, 16, 0x20000000u, 1u << 24, 1u << 25},
    {0x50033000u, 4, 0x20040000u, 1u << 26, 1u << 27},
    {0x50033400u, 20, 0x20050000u, 1u << 28, 1u << 29},
};
#define UNITS (sizeof units / sizeof units[0])

static uint32_t flags(struct chip_fixture *f)
{
    return get_ok(f, TZIC_SR4, S_PRIV);
}

static void clear_flags(struct chip_fixture *f)
{
    put_ok(f, 0x5003282Cu, S_PRIV, ALL); /* TZIC_FCR4 */
}

/** What every register holds after reset; what lies between them reads as zero. */
static void expect_reset(struct chip_fixture *f, struct sim_attr attr, uint32_t delta,
                         uint32_t blocks)
{
    for (unsigned i = 0; i < UNITS; i++) {
        const uint32_t end = 4u * units[i].superblocks;
        for (uint32_t off = 0; off < 0x400u; off += 4u) {
            const bool implemented = off - 0x100u < end || off - 0x200u < end;
            assert_int_equal(get_ok(f, units[i].base - delta + off, attr),
                             implemented ? blocks : 0);
        }
    }
}

static void reset_is_secure_and_privileged_with_trustzone(void **state)
{
    struct chip_fixture *f = *state;
    expect_reset(f, S_PRIV, 0, ALL);
}

static void reset_is_open_without_trustzone(void **state)
{
    struct chip_fixture *f = *state;
    expect_reset(f, NS_PRIV, 0x10000000u, 0);
}

static void reset_undoes_everything(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < UNITS; i++) {
        put_ok(f, units[i].base + SECCFGR(1), S_PRIV, 0);
        put_ok(f, units[i].base + PRIVCFGR(1), S_PRIV, 0);
        put_ok(f, units[i].base + CFGLOCKR1, S_PRIV, ALL);
        put_ok(f, units[i].base + CR, S_PRIV, ALL);
    }
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    expect_reset(f, S_PRIV, 0, ALL);
}

static void reserved_bits_stay_zero(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < UNITS; i++) {
        const uint32_t end = 4u * units[i].superblocks;
        for (uint32_t off = 0x3FC; off >= 0x14u; off -= 4u) {
            put_ok(f, units[i].base + off, S_PRIV, ALL);
            const bool implemented = off - 0x100u < end || off - 0x200u < end;
            assert_int_equal(get_ok(f, units[i].base + off, S_PRIV), implemented ? ALL : 0);
        }
        put_ok(f, units[i].base + CFGLOCKR1, S_PRIV, ALL);
        assert_int_equal(get_ok(f, units[i].base + CFGLOCKR1, S_PRIV),
                         (1u << units[i].superblocks) - 1u);
        put_ok(f, units[i].base + CR, S_PRIV, ALL);
        assert_int_equal(get_ok(f, units[i].base + CR, S_PRIV),
                         CR_GLOCK | CR_INVSECSTATE | CR_SRWILADIS);
    }
}

static void lock_of_a_superblock_is_set_only_and_for_it_alone(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < UNITS; i++) {
        put_ok(f, units[i].base + CFGLOCKR1, S_PRIV, 1u << 3);
        put_ok(f, units[i].base + CFGLOCKR1, S_PRIV, 0);
        assert_int_equal(get_ok(f, units[i].base + CFGLOCKR1, S_PRIV), 1u << 3);
        for (unsigned n = 0; n < 4; n++) {
            put_ok(f, units[i].base + SECCFGR(n), S_PRIV, 0);
            put_ok(f, units[i].base + PRIVCFGR(n), S_PRIV, 0);
            assert_int_equal(get_ok(f, units[i].base + SECCFGR(n), S_PRIV), n == 3 ? ALL : 0);
            assert_int_equal(get_ok(f, units[i].base + PRIVCFGR(n), S_PRIV), n == 3 ? ALL : 0);
        }
    }
}

static void global_lock_freezes_the_control_register_alone(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_S + CR, S_PRIV, CR_SRWILADIS);
    put_ok(f, MPCBB1_S + CR, S_PRIV, CR_INVSECSTATE); /* set and cleared freely */
    assert_int_equal(get_ok(f, MPCBB1_S + CR, S_PRIV), CR_INVSECSTATE);
    put_ok(f, MPCBB1_S + CR, S_PRIV, CR_GLOCK);
    put_ok(f, MPCBB1_S + CR, S_PRIV, CR_SRWILADIS);
    assert_int_equal(get_ok(f, MPCBB1_S + CR, S_PRIV), CR_GLOCK);
    put_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV, 5);
    assert_int_equal(get_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV), 5);
    put_ok(f, units[1].base + CR, S_PRIV, CR_SRWILADIS);
    assert_int_equal(get_ok(f, units[1].base + CR, S_PRIV), CR_SRWILADIS);
}

static void control_and_locks_are_for_secure_privileged_software(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < UNITS; i++) {
        const uint32_t ns = units[i].base - 0x10000000u;
        clear_flags(f);
        put_ok(f, units[i].base + CR, S_UNPRIV, CR_SRWILADIS);
        put_ok(f, units[i].base + CFGLOCKR1, S_UNPRIV, 1);
        assert_int_equal(flags(f), 0);
        put_ok(f, ns + CR, NS_PRIV, CR_SRWILADIS);
        assert_int_equal(flags(f), units[i].ila_regs);
        clear_flags(f);
        put_ok(f, ns + CFGLOCKR1, NS_PRIV, 1);
        assert_int_equal(flags(f), units[i].ila_regs);
        assert_int_equal(get_ok(f, units[i].base + CR, S_PRIV), 0);
        assert_int_equal(get_ok(f, units[i].base + CFGLOCKR1, S_PRIV), 0);
    }
}

static void privilege_is_written_by_privileged_software_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_S + PRIVCFGR(0), S_UNPRIV, 0);
    assert_int_equal(get_ok(f, MPCBB1_S + PRIVCFGR(0), S_PRIV), ALL);
    put_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV, 0xFFFF0000); /* blocks 0 to 15 are Non-secure */
    put_ok(f, MPCBB1_NS + PRIVCFGR(0), NS_UNPRIV, 0);
    assert_int_equal(get_ok(f, MPCBB1_S + PRIVCFGR(0), S_PRIV), ALL);
    put_ok(f, MPCBB1_NS + PRIVCFGR(0), NS_PRIV, 0);
    assert_int_equal(get_ok(f, MPCBB1_S + PRIVCFGR(0), S_PRIV), 0xFFFF0000);
}

static void security_is_not_written_without_trustzone(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_NS + SECCFGR(0), NS_PRIV, ALL);
    assert_int_equal(get_ok(f, MPCBB1_NS + SECCFGR(0), NS_PRIV), 0);
    put_ok(f, SRAM1_NS, NS_UNPRIV, 1);
    put_ok(f, MPCBB1_NS + PRIVCFGR(0), NS_PRIV, 1);
    get(f, SRAM1_NS, NS_UNPRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    (void)get_ok(f, SRAM1_NS + BLOCK, NS_UNPRIV);
}

static void narrow_writes_change_their_bytes(void **state)
{
    struct chip_fixture *f = *state;
    bus_write(f->chip, MPCBB1_S + SECCFGR(2) + 1u, 1, S_PRIV, 0x5A, NULL);
    assert_int_equal(get_ok(f, MPCBB1_S + SECCFGR(2), S_PRIV), 0xFFFF5AFF);
    bus_write(f->chip, MPCBB1_S + PRIVCFGR(2) + 2u, 2, S_PRIV, 0x1234, NULL);
    assert_int_equal(get_ok(f, MPCBB1_S + PRIVCFGR(2), S_PRIV), 0x1234FFFF);
    bus_write(f->chip, MPCBB1_S + CFGLOCKR1 + 1u, 1, S_PRIV, 0x80, NULL);
    assert_int_equal(get_ok(f, MPCBB1_S + CFGLOCKR1, S_PRIV), 0x8000);
    bus_write(f->chip, MPCBB1_S + CR + 3u, 1, S_PRIV, 0x80, NULL);
    assert_int_equal(get_ok(f, MPCBB1_S + CR, S_PRIV), CR_SRWILADIS);
}

/** The first and the last block of each memory, as each of the four kinds of software sees it. */
static void blocks_at_the_ends_have_their_own_bits(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < UNITS; i++) {
        const unsigned last = units[i].superblocks - 1u;
        const uint32_t addr[] = {units[i].sram, units[i].sram + (last + 1u) * SUPERBLOCK - 4u};
        const uint32_t bit[] = {1u << 0, 1u << 31};
        const unsigned word[] = {0, last};
        for (unsigned end = 0; end < 2; end++) {
            put_ok(f, units[i].base + SECCFGR(word[end]), S_PRIV, ~bit[end]);
            get(f, addr[end], NS_UNPRIV);
            assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
            put_ok(f, addr[end], NS_PRIV, 77);
            put_ok(f, units[i].base + PRIVCFGR(word[end]), S_PRIV, ~bit[end]);
            assert_int_equal(get_ok(f, addr[end], NS_UNPRIV), 77);
            clear_flags(f);
            get(f, end == 0 ? addr[0] + BLOCK : addr[1] - BLOCK, NS_PRIV);
            assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
            assert_int_equal(flags(f), units[i].ila_sram);
        }
    }
}

/** INVSECSTATE is about the memory's clock: the filter does not change. [U] */
static void invsecstate_changes_no_decision(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_S + CR, S_PRIV, CR_INVSECSTATE);
    assert_int_equal(decide(f, SRAM1_NS, SIM_READ, NS_PRIV)->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(decide(f, SRAM1_S, SIM_READ, S_PRIV)->answer, SIM_ANSWER_OK);
}

static void security_is_written_by_secure_software_only(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_NS + SECCFGR(0), NS_PRIV, 0);
    assert_int_equal(get_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV), 0xFFFFFFFF);
    assert_int_equal(flags(f), ILA_MPCBB1);
    put_ok(f, MPCBB1_S + SECCFGR(0), S_UNPRIV, 0); /* all privileged */
    assert_int_equal(get_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV), 0xFFFFFFFF);
    put_ok(f, MPCBB1_S + PRIVCFGR(0), S_PRIV, 0xFFFF0000);
    put_ok(f, MPCBB1_S + SECCFGR(0), S_UNPRIV, 0);
    assert_int_equal(get_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV), 0xFFFF0000);
    put_ok(f, MPCBB1_NS + PRIVCFGR(0), NS_PRIV, 0x00000001); /* Non-secure blocks only */
    assert_int_equal(get_ok(f, MPCBB1_S + PRIVCFGR(0), S_PRIV), 0xFFFF0001);
}

static void secure_block_reads_as_zero_and_is_flagged(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SRAM3_S + 12u * 512u, S_PRIV, 0x600DF00D);
    assert_int_equal(get(f, SRAM3_NS + 12u * 512u, NS_PRIV), 0);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_string_equal(f->decision.why,
                        "SRAM3 block 12 is Secure (MPCBB3), the access is Non-secure");
    assert_int_equal(flags(f), ILA_SRAM3);
    put(f, SRAM3_NS + 12u * 512u, NS_PRIV, 0);
    assert_int_equal(get_ok(f, SRAM3_S + 12u * 512u, S_PRIV), 0x600DF00D);
    assert_int_equal(decide(f, SRAM3_NS, SIM_FETCH, NS_PRIV)->answer, SIM_ANSWER_ERROR);
}

static void secure_access_to_nonsecure_block_needs_srwiladis(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_S + SECCFGR(0), S_PRIV, 0);
    put_ok(f, SRAM1_NS, NS_PRIV, 0x600DF00D);
    assert_int_equal(get(f, SRAM1_S, S_PRIV), 0);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_string_equal(f->decision.why,
                        "SRAM1 block 0 is Non-secure (MPCBB1), the access is Secure");
    assert_int_equal(flags(f), ILA_SRAM1);
    put_ok(f, MPCBB1_S + CR, S_PRIV, CR_SRWILADIS);
    assert_int_equal(get_ok(f, SRAM1_S, S_PRIV), 0x600DF00D);
    assert_int_equal(decide(f, SRAM1_S, SIM_FETCH, S_PRIV)->answer, SIM_ANSWER_ERROR);
}

static void privileged_block_refuses_silently(void **state)
{
    struct chip_fixture *f = *state;
    get(f, SRAM1_S, S_UNPRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_string_equal(f->decision.why,
                        "SRAM1 block 0 is privileged (MPCBB1), the access is unprivileged");
    assert_int_equal(flags(f), 0);
    assert_int_equal(decide(f, SRAM1_S, SIM_FETCH, S_UNPRIV)->answer, SIM_ANSWER_ERROR);
}

static void every_block_is_decided_by_its_own_bit(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned block = 0; block < 512; block++) {
        const uint32_t reg = MPCBB1_S + SECCFGR(block / 32u);
        put_ok(f, reg, S_PRIV, ~(1u << (block % 32u)));
        const uint32_t addr = SRAM1_NS + block * 512u;
        const struct bus_decision *d = decide(f, addr + 511u, SIM_READ, NS_PRIV);
        assert_int_equal(d->answer, SIM_ANSWER_OK);
        assert_int_equal(d->first, addr);
        assert_int_equal(d->last, addr + 511u);
        if (block > 0) {
            assert_int_equal(decide(f, addr - 1u, SIM_READ, NS_PRIV)->answer, SIM_ANSWER_IGNORED);
        }
        put_ok(f, reg, S_PRIV, 0xFFFFFFFF);
    }
}

int main(void)
{
#define SECURE(name) cmocka_unit_test_setup_teardown(name, fixture_secure, fixture_done)
#define PLAIN(name)  cmocka_unit_test_setup_teardown(name, fixture_plain, fixture_done)
    const struct CMUnitTest tests[] = {
        SECURE(reset_is_secure_and_privileged_with_trustzone),
        PLAIN(reset_is_open_without_trustzone),
        SECURE(reset_undoes_everything),
        SECURE(reserved_bits_stay_zero),
        SECURE(lock_of_a_superblock_is_set_only_and_for_it_alone),
        SECURE(global_lock_freezes_the_control_register_alone),
        SECURE(control_and_locks_are_for_secure_privileged_software),
        SECURE(security_is_written_by_secure_software_only),
        SECURE(privilege_is_written_by_privileged_software_only),
        PLAIN(security_is_not_written_without_trustzone),
        SECURE(narrow_writes_change_their_bytes),
        SECURE(blocks_at_the_ends_have_their_own_bits),
        SECURE(invsecstate_changes_no_decision),
        SECURE(secure_block_reads_as_zero_and_is_flagged),
        SECURE(secure_access_to_nonsecure_block_needs_srwiladis),
        SECURE(privileged_block_refuses_silently),
        SECURE(every_block_is_decided_by_its_own_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

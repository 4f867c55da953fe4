/* Where addresses lead, what each alias needs, what the processor may reach directly. */
#include "chip_fixture.h"

#include <string.h>

#include "dev.h"

#define SRAM1_NS        0x20000000u
#define SRAM1_S         0x30000000u
#define SRAM2_NS        0x20040000u
#define SRAM3_NS        0x20050000u
#define BKPSRAM_NS      0x40036400u
#define BKPSRAM_S       0x50036400u
#define USART1_NS       0x40013800u
#define USART1_S        0x50013800u
#define SYSTEM_FLASH_NS 0x0BF80000u
#define SYSTEM_IROT_S   0x0FF88000u
#define PWR_DBPCR_NS    0x44020824u
#define MPCBB1_S        0x50032C00u
#define TZSC_S          0x50032400u
#define TZIC_S          0x50032800u

/* TZIC_SR4 */
#define ILA_BKPSRAM (1u << 20)
#define ILA_SRAM1   (1u << 24)

static uint32_t tzic_sr(struct chip_fixture *f, unsigned n)
{
    return get_ok(f, TZIC_S + 0x10u + 4u * (n - 1u), S_PRIV);
}

static void both_aliases_reach_the_same_bytes(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, MPCBB1_S + 0x100u, S_PRIV, 0); /* superblock 0 Non-secure */
    put_ok(f, MPCBB1_S, S_PRIV, 1u << 31);   /* SRWILADIS */
    put_ok(f, SRAM1_NS + 0x10u, NS_PRIV, 0xCAFEF00D);
    assert_int_equal(get_ok(f, SRAM1_S + 0x10u, S_PRIV), 0xCAFEF00D);
}

static void ns_transaction_on_a_secure_alias_is_refused(void **state)
{
    struct chip_fixture *f = *state;
    static const uint32_t addrs[] = {SRAM1_S, USART1_S, 0x0C000000u, BKPSRAM_S, 0x0FFD0100u};
    for (unsigned i = 0; i < sizeof addrs / sizeof addrs[0]; i++) {
        assert_int_equal(get(f, addrs[i], NS_PRIV), 0);
        assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
        assert_int_equal(f->decision.filter, BUS_FILTER_ALIAS);
        assert_int_equal(decide(f, addrs[i], SIM_FETCH, NS_PRIV)->answer, SIM_ANSWER_ERROR);
    }
    assert_string_equal(decide(f, SRAM1_S, SIM_READ, NS_PRIV)->why,
                        "the Secure alias of SRAM1, the access is Non-secure");
    assert_int_equal(tzic_sr(f, 4) & ILA_SRAM1, ILA_SRAM1);
}

static void secure_transaction_on_an_ns_alias_counts_as_ns(void **state)
{
    struct chip_fixture *f = *state;
    get(f, SRAM1_NS, S_PRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.filter, BUS_FILTER_MPCBB);
    put_ok(f, MPCBB1_S + 0x100u, S_PRIV, 0);
    get_ok(f, SRAM1_NS, S_PRIV);
}

static void without_trustzone_secure_aliases_do_not_exist(void **state)
{
    struct chip_fixture *f = *state;
    get(f, SRAM1_S, S_PRIV);
    assert_int_equal(f->answer, SIM_ANSWER_ERROR);
    assert_int_equal(f->decision.filter, BUS_FILTER_ALIAS);
    get_ok(f, SRAM1_NS, NS_UNPRIV);
    get_ok(f, SRAM1_NS, S_PRIV);
}

static void nothing_there_is_a_bus_error(void **state)
{
    struct chip_fixture *f = *state;
    static const uint32_t holes[] = {0x00000000u, 0x08200000u, 0x200A0000u, 0x300A0000u,
                                     0x40002400u, 0x4FFFFFFCu, 0xB0000000u, 0xFFFFFFFCu};
    for (unsigned i = 0; i < sizeof holes / sizeof holes[0]; i++) {
        get(f, holes[i], NS_PRIV);
        assert_int_equal(f->answer, SIM_ANSWER_ERROR);
        assert_int_equal(f->decision.filter, BUS_FILTER_DECODE);
        assert_true(f->decision.first <= holes[i] && holes[i] <= f->decision.last);
    }
}

static void a_hole_beside_a_small_block_is_not_widened_over_it(void **state)
{
    struct chip_fixture *f = *state;
    /* ADC12_COMMON ends at 0x42028400 where DAC1 begins; HASH and RNG follow without a hole. */
    assert_int_equal(decide(f, 0x42028800u, SIM_READ, NS_PRIV)->filter, BUS_FILTER_DECODE);
    assert_true(f->decision.first >= 0x42028800u);
    assert_int_equal(decide(f, 0x4000A3FCu, SIM_READ, NS_PRIV)->filter, BUS_FILTER_DECODE);
    assert_true(f->decision.last < 0x4000A400u);
}

static void otp_has_no_secure_alias(void **state)
{
    struct chip_fixture *f = *state;
    get(f, 0x0CFFF000u, S_PRIV);
    assert_int_equal(f->decision.filter, BUS_FILTER_DECODE);
}

static void sram_is_direct_as_far_as_one_answer_holds(void **state)
{
    struct chip_fixture *f = *state;
    const struct bus_decision *d = decide(f, SRAM1_S + 0x123u, SIM_READ, S_PRIV);
    assert_int_equal(d->answer, SIM_ANSWER_OK);
    assert_true(d->direct);
    assert_ptr_equal(d->memory, &f->chip->memory[CHIP_SRAM1]);
    assert_int_equal(d->off, 0x123);
    assert_int_equal(d->first, SRAM1_S);
    assert_int_equal(d->last, SRAM1_S + 0x3FFFu);

    put_ok(f, MPCBB1_S + 0x100u, S_PRIV, ~(1u << 2)); /* block 2 Non-secure */
    d = decide(f, SRAM1_S + 0x123u, SIM_READ, S_PRIV);
    assert_int_equal(d->last, SRAM1_S + 0x3FFu);
    d = decide(f, SRAM1_S + 0x400u, SIM_READ, S_PRIV);
    assert_int_equal(d->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(d->first, SRAM1_S + 0x400u);
    assert_int_equal(d->last, SRAM1_S + 0x5FFu);
}

static void access_across_two_memories_takes_from_both(void **state)
{
    struct chip_fixture *f = *state;
    uint32_t value;
    put_ok(f, SRAM2_NS - 4u, NS_PRIV, 0x44332211);
    put_ok(f, SRAM2_NS, NS_PRIV, 0x88776655);
    assert_int_equal(bus_read(f->chip, SRAM2_NS - 2u, 4, NS_PRIV, &value, NULL), SIM_ANSWER_OK);
    assert_int_equal(value, 0x66554433);
    assert_int_equal(bus_write(f->chip, SRAM2_NS - 1u, 2, NS_PRIV, 0xBEEF, NULL), SIM_ANSWER_OK);
    assert_int_equal(get_ok(f, SRAM2_NS - 4u, NS_PRIV), 0xEF332211);
    assert_int_equal(get_ok(f, SRAM2_NS, NS_PRIV), 0x887766BE);
}

static void access_into_a_hole_fails_whole(void **state)
{
    struct chip_fixture *f = *state;
    uint32_t value;
    assert_int_equal(bus_read(f->chip, 0x2009FFFEu, 4, NS_PRIV, &value, &f->decision),
                     SIM_ANSWER_ERROR);
    assert_int_equal(value, 0);
    assert_int_equal(f->decision.filter, BUS_FILTER_DECODE);
}

static void narrow_accesses_are_cut_to_their_size(void **state)
{
    struct chip_fixture *f = *state;
    uint32_t value;
    put_ok(f, SRAM3_NS, NS_PRIV, 0x87654321);
    assert_int_equal(bus_read(f->chip, SRAM3_NS + 1u, 1, NS_PRIV, &value, NULL), SIM_ANSWER_OK);
    assert_int_equal(value, 0x43);
    assert_int_equal(bus_read(f->chip, SRAM3_NS + 2u, 2, NS_PRIV, &value, NULL), SIM_ANSWER_OK);
    assert_int_equal(value, 0x8765);
    assert_int_equal(bus_write(f->chip, SRAM3_NS + 3u, 1, NS_PRIV, 0x1FF, NULL), SIM_ANSWER_OK);
    assert_int_equal(get_ok(f, SRAM3_NS, NS_PRIV), 0xFF654321);
}

static void devices_are_not_reached_unaligned_or_by_fetches(void **state)
{
    struct chip_fixture *f = *state;
    uint32_t value;
    assert_int_equal(bus_read(f->chip, USART1_NS + 2u, 4, NS_PRIV, &value, &f->decision),
                     SIM_ANSWER_ERROR);
    assert_string_equal(f->decision.why, "USART1 is not reached unaligned");
    assert_int_equal(decide(f, USART1_NS, SIM_FETCH, NS_PRIV)->answer, SIM_ANSWER_ERROR);
    assert_string_equal(f->decision.why, "USART1 holds no instructions");
    assert_int_equal(decide(f, USART1_NS, SIM_READ, NS_PRIV)->answer, SIM_ANSWER_OK);
    assert_false(f->decision.direct);
    assert_int_equal(f->decision.first, USART1_NS);
    assert_int_equal(f->decision.last, USART1_NS + 0x3FFu);
}

static void system_flash_reads_and_cannot_be_written(void **state)
{
    struct chip_fixture *f = *state;
    assert_int_equal(get_ok(f, SYSTEM_FLASH_NS, NS_PRIV), 0xFFFFFFFF);
    put(f, SYSTEM_FLASH_NS, NS_PRIV, 0);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.filter, BUS_FILTER_READONLY);
    assert_int_equal(get_ok(f, SYSTEM_FLASH_NS, NS_PRIV), 0xFFFFFFFF);
}

/** Its neighbours stay readable, and no decision reaches across its borders. */
static void the_irots_system_flash_is_secure_and_goes_with_hdpl_1(void **state)
{
    struct chip_fixture *f = *state;
    static const uint8_t word[] = {0x44, 0x33, 0x22, 0x11};
    memcpy(f->nv->system + 0x8000, word, sizeof word);
    memcpy(f->nv->system + 0xFFFC, word, sizeof word);
    f->nv->option[NV_OB_OPTSR2] = 0xB4u << 24;
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    for (unsigned hdpl = 0; hdpl <= 3; hdpl++) {
        const bool open = hdpl < 2;
        for (unsigned i = 0; i < 2; i++) {
            const uint32_t addr = i == 0 ? SYSTEM_IROT_S : SYSTEM_IROT_S + 0x7FFCu;
            const struct bus_decision *read = decide(f, addr, SIM_READ, S_PRIV);
            assert_int_equal(read->answer, open ? SIM_ANSWER_OK : SIM_ANSWER_IGNORED);
            assert_int_equal(read->filter, open ? BUS_FILTER_NONE : BUS_FILTER_HDP);
            assert_int_equal(read->direct, open);
            assert_int_equal(read->first, SYSTEM_IROT_S);
            assert_int_equal(read->last, SYSTEM_IROT_S + 0x7FFFu);
            assert_int_equal(get(f, addr, S_PRIV), open ? 0x11223344 : 0);
            assert_int_equal(decide(f, addr, SIM_FETCH, S_PRIV)->answer,
                             open ? SIM_ANSWER_OK : SIM_ANSWER_ERROR);
            assert_int_equal(get(f, addr - 0x04000000u, NS_PRIV), 0);
            assert_int_equal(f->decision.filter, BUS_FILTER_ALIAS);
        }
        assert_int_equal(get_ok(f, SYSTEM_IROT_S - 4u, S_PRIV), 0xFFFFFFFF);
        assert_int_equal(decide(f, SYSTEM_IROT_S - 4u, SIM_READ, S_PRIV)->last, SYSTEM_IROT_S - 1u);
        assert_int_equal(get_ok(f, SYSTEM_IROT_S + 0x8000u, S_PRIV), 0xFFFFFFFF);
        assert_int_equal(decide(f, SYSTEM_IROT_S + 0x8000u, SIM_READ, S_PRIV)->first,
                         SYSTEM_IROT_S + 0x8000u);
        put(f, SYSTEM_IROT_S, S_PRIV, 0);
        assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
        chip_hdpl_raise(f->chip);
    }
}

static void backup_sram_is_written_only_with_dbp(void **state)
{
    struct chip_fixture *f = *state;
    f->nv->dirty_part[NV_PART_BACKUP] = false;
    put(f, BKPSRAM_NS, NS_PRIV, 0x55);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.filter, BUS_FILTER_READONLY);
    assert_false(f->nv->dirty_part[NV_PART_BACKUP]);
    put_ok(f, PWR_DBPCR_NS, NS_PRIV, 1);
    put_ok(f, BKPSRAM_NS, NS_PRIV, 0x55);
    assert_true(f->nv->dirty_part[NV_PART_BACKUP]);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    assert_int_equal(get_ok(f, BKPSRAM_NS, NS_PRIV), 0x55);
}

static void backup_sram_is_secure_until_its_window_says_otherwise(void **state)
{
    struct chip_fixture *f = *state;
    get_ok(f, BKPSRAM_S, S_PRIV);
    get(f, BKPSRAM_S, S_UNPRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(tzic_sr(f, 4), 0);
    get(f, BKPSRAM_NS, NS_PRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_string_equal(f->decision.why, "BKPSRAM is Secure (TZSC), the access is Non-secure");
    assert_int_equal(tzic_sr(f, 4), ILA_BKPSRAM);
    assert_int_equal(decide(f, BKPSRAM_NS, SIM_FETCH, NS_PRIV)->answer, SIM_ANSWER_ERROR);

    put_ok(f, TZSC_S + 0x74u, S_PRIV, 4u | 2u << 16); /* MPCWM4AR: 64 bytes from 128 */
    put_ok(f, TZSC_S + 0x70u, S_PRIV, 1);             /* MPCWM4ACFGR: SREN, Non-secure */
    get_ok(f, BKPSRAM_NS + 128u, NS_UNPRIV);
    assert_int_equal(f->decision.first, BKPSRAM_NS + 128u);
    assert_int_equal(f->decision.last, BKPSRAM_NS + 191u);
    get(f, BKPSRAM_NS + 124u, NS_PRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.last, BKPSRAM_NS + 127u);
    get(f, BKPSRAM_NS + 192u, NS_PRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(f->decision.first, BKPSRAM_NS + 192u);
}

static void every_filter_has_a_name(void **state)
{
    (void)state;
    for (unsigned i = BUS_FILTER_NONE; i <= BUS_FILTER_BLOCK; i++) {
        assert_non_null(bus_filter_name((enum bus_filter)i));
    }
}

#define PLAIN(test)  cmocka_unit_test_setup_teardown(test, fixture_plain, fixture_done)
#define SECURE(test) cmocka_unit_test_setup_teardown(test, fixture_secure, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SECURE(both_aliases_reach_the_same_bytes),
        SECURE(ns_transaction_on_a_secure_alias_is_refused),
        SECURE(secure_transaction_on_an_ns_alias_counts_as_ns),
        PLAIN(without_trustzone_secure_aliases_do_not_exist),
        SECURE(nothing_there_is_a_bus_error),
        PLAIN(a_hole_beside_a_small_block_is_not_widened_over_it),
        SECURE(otp_has_no_secure_alias),
        SECURE(sram_is_direct_as_far_as_one_answer_holds),
        PLAIN(access_across_two_memories_takes_from_both),
        PLAIN(access_into_a_hole_fails_whole),
        PLAIN(narrow_accesses_are_cut_to_their_size),
        PLAIN(devices_are_not_reached_unaligned_or_by_fetches),
        PLAIN(system_flash_reads_and_cannot_be_written),
        PLAIN(the_irots_system_flash_is_secure_and_goes_with_hdpl_1),
        PLAIN(backup_sram_is_written_only_with_dbp),
        SECURE(backup_sram_is_secure_until_its_window_says_otherwise),
        PLAIN(every_filter_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

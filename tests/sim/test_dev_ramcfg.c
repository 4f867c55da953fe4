/* RAMCFG: erase of the SRAMs behind a key, ECC control, write protection of SRAM2. */
#include "chip_fixture.h"

#include <string.h>

#define RAMCFG   0x40026000u
#define M2CR     (RAMCFG + 0x40u)
#define M2IER    (RAMCFG + 0x44u)
#define M2WPR1   (RAMCFG + 0x58u)
#define M2WPR2   (RAMCFG + 0x5Cu)
#define M2ERKEYR (RAMCFG + 0x68u)
#define M3CR     (RAMCFG + 0x80u)
#define M3ERKEYR (RAMCFG + 0xA8u)

/* In each memory's registers. */
#define CR      0x00u
#define IER     0x04u
#define ISR     0x08u
#define ECCKEYR 0x24u
#define ERKEYR  0x28u

#define ECCE     (1u << 0)
#define ALE      (1u << 4)
#define SRAMER   (1u << 8)
#define SRAMBUSY (1u << 8)
#define ALL      0xFFFFFFFFu

#define OPTSR2_ECC_OFF 0x70u /* SRAM2_ECC, SRAM3_ECC, BKPRAM_ECC: off */
#define TZSC_SECCFGR3  0x50032418u
#define TZSC_PRIVCFGR3 0x50032428u
#define TZIC_SR3       0x50032818u
#define RAMCFG_BIT     (1u << 26)

#define SRAM2_NS 0x20040000u

/** The memories; there is no fourth. */
static const struct {
    uint32_t regs;
    enum chip_memory_id id;
    uint32_t bytes;
    uint32_t ecc_off; /**< In OPTSR2; 0: the memory has no ECC. */
} rams[] = {
    {RAMCFG + 0x000u, CHIP_SRAM1, 0x40000, 0},
    {RAMCFG + 0x040u, CHIP_SRAM2, 0x10000, 1u << 6},
    {RAMCFG + 0x080u, CHIP_SRAM3, 0x50000, 1u << 5},
    {RAMCFG + 0x100u, CHIP_BKPSRAM, 0x1000, 1u << 4},
};
#define RAMS (sizeof rams / sizeof rams[0])

static void with_ecc(struct chip_fixture *f, uint32_t off_bits)
{
    f->nv->option[NV_OB_OPTSR2] = (f->nv->option[NV_OB_OPTSR2] & ~OPTSR2_ECC_OFF) | off_bits;
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
}

static void give_key(struct chip_fixture *f, uint32_t reg, uint32_t first, uint32_t second)
{
    put_ok(f, reg, NS_PRIV, first);
    put_ok(f, reg, NS_PRIV, second);
}

static void reset_values(void **state)
{
    struct chip_fixture *f = *state;
    with_ecc(f, OPTSR2_ECC_OFF);
    for (uint32_t off = 0; off < 0x400u; off += 4u) {
        assert_int_equal(get_ok(f, RAMCFG + off, NS_PRIV), 0);
    }
    for (unsigned i = 0; i < RAMS; i++) {
        with_ecc(f, OPTSR2_ECC_OFF & ~rams[i].ecc_off);
        for (unsigned j = 0; j < RAMS; j++) {
            const bool on = j == i && rams[i].ecc_off != 0;
            assert_int_equal(get_ok(f, rams[j].regs + CR, NS_PRIV), on ? ECCE : 0);
        }
    }
}

static void reserved_bits_stay_zero(void **state)
{
    struct chip_fixture *f = *state;
    static const struct {
        uint32_t off, mask;
    } held[] = {{0x040, ECCE | ALE}, {0x044, 0xB}, {0x058, ALL},        {0x05C, ALL},
                {0x080, ECCE | ALE}, {0x084, 0xB}, {0x100, ECCE | ALE}, {0x104, 0xB}};
    with_ecc(f, OPTSR2_ECC_OFF);
    for (uint32_t off = 0; off < 0x400u; off += 4u) {
        uint32_t mask = 0;
        for (unsigned i = 0; i < sizeof held / sizeof held[0]; i++) {
            mask = held[i].off == off ? held[i].mask : mask;
        }
        put_ok(f, RAMCFG + off, NS_PRIV, ALL);
        assert_int_equal(get_ok(f, RAMCFG + off, NS_PRIV), mask);
    }
    assert_int_equal(f->memory_changes, 0);
}

/** Each memory is erased alone, stays busy for a while, and takes one erase for a key. */
static void erase_is_of_one_memory(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < RAMS; i++) {
        for (unsigned j = 0; j < RAMS; j++) {
            memset(f->chip->memory[rams[j].id].bytes, 0x5A, rams[j].bytes);
        }
        give_key(f, rams[i].regs + ERKEYR, 0xCA, 0x53);
        f->memory_changes = 0;
        nv_clean(f->nv);
        put_ok(f, rams[i].regs + CR, NS_PRIV, SRAMER);
        assert_int_equal(f->memory_changes, 1);
        assert_int_equal(f->nv->dirty_part[NV_PART_BACKUP], rams[i].id == CHIP_BKPSRAM);
        for (unsigned j = 0; j < RAMS; j++) {
            const uint8_t *bytes = f->chip->memory[rams[j].id].bytes;
            assert_int_equal(bytes[0], i == j ? 0 : 0x5A);
            assert_int_equal(bytes[rams[j].bytes - 1u], i == j ? 0 : 0x5A);
            assert_int_equal(get_ok(f, rams[j].regs + ISR, NS_PRIV), i == j ? SRAMBUSY : 0);
            assert_int_equal(get_ok(f, rams[j].regs + CR, NS_PRIV) & SRAMER, i == j ? SRAMER : 0);
        }
        chip_advance(f->chip, f->chip->now + rams[i].bytes / 8u - 1u);
        assert_int_equal(get_ok(f, rams[i].regs + ISR, NS_PRIV), SRAMBUSY);
        assert_int_equal(f->chip->next_event, f->chip->now + 1u); /* code that polls gets there */
        chip_advance(f->chip, f->chip->now + 1u);
        assert_int_equal(get_ok(f, rams[i].regs + ISR, NS_PRIV), 0);
        assert_int_equal(get_ok(f, rams[i].regs + CR, NS_PRIV) & SRAMER, 0);
        put_ok(f, rams[i].regs + CR, NS_PRIV, SRAMER);
        assert_int_equal(f->memory_changes, 1);
    }
}

static void erase_needs_both_keys_in_their_order(void **state)
{
    struct chip_fixture *f = *state;
    static const uint8_t wrong[][3] = {
        {0, 0, 0xCA},       {0, 0, 0x53},       {0, 0x53, 0xCA},    {0, 0xCA, 0x52},
        {0, 0xCB, 0x53},    {0xCA, 0x53, 0xFF}, {0xCA, 0, 0x53},    {0, 0xAE, 0x75},
        {0x53, 0x53, 0x53}, {0xCA, 0x53, 0x53}, {0xCA, 0x53, 0xCA},
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        for (unsigned n = 0; n < 3; n++) {
            put_ok(f, M3ERKEYR, NS_PRIV, wrong[i][n]);
        }
        put_ok(f, M3CR, NS_PRIV, SRAMER);
        assert_int_equal(f->memory_changes, 0);
        put_ok(f, M3ERKEYR, NS_PRIV, 0);
    }
    put_ok(f, M3ERKEYR, NS_PRIV, 0xCA); /* the other memory's second key does not count */
    put_ok(f, M2ERKEYR, NS_PRIV, 0x53);
    put_ok(f, M3CR, NS_PRIV, SRAMER);
    put_ok(f, M2CR, NS_PRIV, SRAMER);
    assert_int_equal(f->memory_changes, 0);
    put_ok(f, M3ERKEYR, NS_PRIV, 0xCA); /* once more from the start */
    put_ok(f, M3ERKEYR, NS_PRIV, 0x53);
    put_ok(f, M3CR, NS_PRIV, SRAMER);
    assert_int_equal(f->memory_changes, 1);
    assert_int_equal(get_ok(f, M3ERKEYR, NS_PRIV), 0);
}

static void ecc_is_switched_off_behind_its_key_only(void **state)
{
    struct chip_fixture *f = *state;
    with_ecc(f, 0);
    for (unsigned i = 1; i < RAMS; i++) {
        const uint32_t cr = rams[i].regs + CR;
        put_ok(f, cr, NS_PRIV, 0);
        give_key(f, rams[i].regs + ECCKEYR, 0xAE, 0x74);
        put_ok(f, cr, NS_PRIV, 0);
        give_key(f, rams[i].regs + ERKEYR, 0xCA, 0x53); /* the key to something else */
        put_ok(f, cr, NS_PRIV, 0);
        assert_int_equal(get_ok(f, cr, NS_PRIV), ECCE);
        give_key(f, rams[i].regs + ECCKEYR, 0xAE, 0x75);
        put_ok(f, cr, NS_PRIV, 0);
        assert_int_equal(get_ok(f, cr, NS_PRIV), 0);
        put_ok(f, cr, NS_PRIV, ECCE | ALE); /* on again without a key */
        assert_int_equal(get_ok(f, cr, NS_PRIV), ECCE | ALE);
        put_ok(f, rams[i].regs + ECCKEYR, NS_PRIV, 0); /* a wrong key closes it */
        put_ok(f, cr, NS_PRIV, 0);
        assert_int_equal(get_ok(f, cr, NS_PRIV), ECCE);
    }
    give_key(f, RAMCFG + ECCKEYR, 0xAE, 0x75);
    put_ok(f, RAMCFG + CR, NS_PRIV, ECCE | ALE); /* SRAM1 has none */
    assert_int_equal(get_ok(f, RAMCFG + CR, NS_PRIV), 0);
}

static void nmi_enable_is_set_only_until_a_reset(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 1; i < RAMS; i++) {
        const uint32_t ier = rams[i].regs + IER;
        put_ok(f, ier, NS_PRIV, 0xB);
        put_ok(f, ier, NS_PRIV, 0);
        assert_int_equal(get_ok(f, ier, NS_PRIV), 0x8);
        put_ok(f, ier, NS_PRIV, 0x1);
        assert_int_equal(get_ok(f, ier, NS_PRIV), 0x9);
    }
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    for (unsigned i = 0; i < RAMS; i++) {
        assert_int_equal(get_ok(f, rams[i].regs + IER, NS_PRIV), 0);
    }
}

static void page_protection_is_set_only_until_a_reset(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, M2WPR1, NS_PRIV, 1);
    put_ok(f, M2WPR1, NS_PRIV, 0x80000000);
    put_ok(f, M2WPR2, NS_PRIV, 0x80000000);
    assert_int_equal(get_ok(f, M2WPR1, NS_PRIV), 0x80000001);
    const struct {
        uint32_t off;
        bool open;
    } pages[] = {{0, false},          {1024, true},        {31u * 1024u, false},
                 {32u * 1024u, true}, {62u * 1024u, true}, {63u * 1024u, false}};
    for (unsigned i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        put(f, SRAM2_NS + pages[i].off, NS_PRIV, 1);
        assert_int_equal(f->answer, pages[i].open ? SIM_ANSWER_OK : SIM_ANSWER_IGNORED);
    }
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, M2WPR1, NS_PRIV), 0);
    assert_int_equal(get_ok(f, M2WPR2, NS_PRIV), 0);
    put_ok(f, SRAM2_NS, NS_PRIV, 1);
}

static void sram2_page_protection_keeps_stores_out(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SRAM2_NS + 0x400u, NS_PRIV, 7);
    put_ok(f, M2WPR1, NS_PRIV, 1u << 1);
    put(f, SRAM2_NS + 0x400u, NS_PRIV, 9);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_string_equal(f->decision.why, "SRAM2 page 1 is write-protected (RAMCFG_M2WPR)");
    assert_int_equal(get_ok(f, SRAM2_NS + 0x400u, NS_PRIV), 7);
    assert_false(f->decision.direct);
    assert_int_equal(f->decision.last, SRAM2_NS + 0x7FFu);
    put_ok(f, SRAM2_NS + 0x800u, NS_PRIV, 9);
    put_ok(f, M2WPR1, NS_PRIV, 0); /* set only */
    put(f, SRAM2_NS + 0x400u, NS_PRIV, 9);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
}

/** The TZSC decides who reaches the block; an illegal access is flagged. */
static void access_is_as_the_tzsc_says(void **state)
{
    struct chip_fixture *f = *state;
    const uint32_t secure_alias = 0x10000000u;
    put_ok(f, M2IER, NS_UNPRIV, 1);
    put_ok(f, TZSC_PRIVCFGR3, S_PRIV, RAMCFG_BIT);
    put(f, M2IER, NS_UNPRIV, 3);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(get(f, M2IER, NS_UNPRIV), 0);
    assert_int_equal(get_ok(f, TZIC_SR3, S_PRIV), 0);
    assert_int_equal(get_ok(f, M2IER, NS_PRIV), 1);
    put_ok(f, TZSC_SECCFGR3, S_PRIV, RAMCFG_BIT);
    put(f, M2IER, NS_PRIV, 3);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(get(f, M2IER, NS_PRIV), 0);
    assert_int_equal(get_ok(f, TZIC_SR3, S_PRIV), RAMCFG_BIT);
    get(f, M2IER + secure_alias, S_UNPRIV);
    assert_int_equal(f->answer, SIM_ANSWER_IGNORED);
    assert_int_equal(get_ok(f, M2IER + secure_alias, S_PRIV), 1);
    assert_int_equal(decide(f, M2IER + secure_alias, SIM_FETCH, S_PRIV)->answer, SIM_ANSWER_ERROR);
}

static void narrow_writes_change_their_bytes(void **state)
{
    struct chip_fixture *f = *state;
    bus_write(f->chip, M2WPR1 + 1u, 1, NS_PRIV, 0x81, NULL);
    assert_int_equal(get_ok(f, M2WPR1, NS_PRIV), 0x8100);
    bus_write(f->chip, M2IER, 1, NS_PRIV, 0xFF, NULL);
    assert_int_equal(get_ok(f, M2IER, NS_PRIV), 0xB);
    bus_write(f->chip, M3ERKEYR, 1, NS_PRIV, 0xCA, NULL);
    bus_write(f->chip, M3ERKEYR, 2, NS_PRIV, 0x53, NULL);
    bus_write(f->chip, M3CR + 1u, 1, NS_PRIV, 1, NULL); /* SRAMER */
    assert_int_equal(f->memory_changes, 1);
}

int main(void)
{
#define SECURE(name) cmocka_unit_test_setup_teardown(name, fixture_secure, fixture_done)
#define PLAIN(name)  cmocka_unit_test_setup_teardown(name, fixture_plain, fixture_done)
    const struct CMUnitTest tests[] = {
        PLAIN(reset_values),
        PLAIN(reserved_bits_stay_zero),
        PLAIN(erase_is_of_one_memory),
        PLAIN(erase_needs_both_keys_in_their_order),
        PLAIN(ecc_is_switched_off_behind_its_key_only),
        PLAIN(nmi_enable_is_set_only_until_a_reset),
        PLAIN(page_protection_is_set_only_until_a_reset),
        PLAIN(sram2_page_protection_keeps_stores_out),
        SECURE(access_is_as_the_tzsc_says),
        PLAIN(narrow_writes_change_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Which option words may change: every field, in every product state, at every HDPL, for a tool and
 * for firmware. Prints the table.
 */
#include "flash_fixture.h"

#include <stdio.h>

#define OPTSTRT 2u

/**
 * Rows of the table, as the register texts place the words. Typed from the reference: that WRP is frozen
 * from TZ-CLOSED on, and TZEN outside OPEN. All else is the narrowest that firmware can live with. [U]
 */
static const struct {
    const char *name;
    enum nv_option word;
    uint32_t reg;      /**< Its _PRG register. */
    uint32_t flip;     /**< Bits that the change inverts: the new value must be a valid one. */
    const char *may;   /**< y where it may change; a column per product state, see `codes`. */
    unsigned max_hdpl; /**< Highest HDPL at which it may change. */
} rows[] = {
    {"BOOT_UBE", NV_OB_OPTSR, 0x054, (0xB4u ^ 0xC3u) << 22, "yy......", 3},
    {"SWAP_BANK", NV_OB_OPTSR, 0x054, 1u << 31, "yyyyy...", 3},
    {"OPTSR", NV_OB_OPTSR, 0x054, 1u << 3, "yyyyy...", 3},
    {"TZEN", NV_OB_OPTSR2, 0x074, (0xB4u ^ 0xC3u) << 24, "y.......", 3},
    {"OPTSR2", NV_OB_OPTSR2, 0x074, 1u << 2, "yyyyy...", 3},
    {"NSBOOT", NV_OB_NSBOOT, 0x084, 1u << 20, "yyyyy...", 3},
    {"SECBOOT", NV_OB_SECBOOT, 0x08C, 1u << 20, "yyy.....", 3},
    {"OTPBL", NV_OB_OTPBL, 0x094, 1u << 31, "yyyyy...", 3},
    {"SECWM1", NV_OB_SECWM1, 0x0E4, 1u << 16, "yyy.....", 3},
    {"SECWM2", NV_OB_SECWM2, 0x1E4, 1u << 16, "yyy.....", 3},
    {"WRP1", NV_OB_WRP1, 0x0EC, 1u << 0, "yyy.....", 3},
    {"WRP2", NV_OB_WRP2, 0x1EC, 1u << 31, "yyy.....", 3},
    {"EDATA1", NV_OB_EDATA1, 0x0F4, 1u << 15, "yyy.....", 3},
    {"EDATA2", NV_OB_EDATA2, 0x1F4, 1u << 15, "yyy.....", 3},
    {"HDP1", NV_OB_HDP1, 0x0FC, 1u << 16, "yyy.....", 1},
    {"HDP2", NV_OB_HDP2, 0x1FC, 1u << 16, "yyy.....", 1},
};

/* OPEN, PROVISIONING, iROT-PROVISIONED, TZ-CLOSED, CLOSED, LOCKED, REGRESSION, NS-REGRESSION. */
static const uint8_t codes[] = {0xED, 0x17, 0x2E, 0xC6, 0x72, 0x5C, 0x9A, 0xA3};

/** Whether a change comes into force, asked for by a tool or by firmware. */
static bool changes(struct flash_fixture *f, enum nv_option word, uint32_t reg, uint32_t flip,
                    bool tool)
{
    const uint32_t before = reg_s(f, reg);
    set_s(f, reg, before ^ flip);
    assert_int_equal(reg_s(f, reg), before ^ flip);
    f->chip->tool_asks = tool;
    set_s(f, R_OPTCR, OPTSTRT);
    f->chip->tool_asks = false;
    wait_done(f);
    const bool refused = (reg_ns(f, R_NSSR) & SR_OPTCHANGEERR) != 0;
    set_ns(f, R_NSCCR, SR_OPTCHANGEERR | SR_EOP);
    fixture_reset(f);
    assert_int_equal(f->nv->option[word], refused ? before : before ^ flip);
    return !refused;
}

static void field_changes_where_the_table_says(void **state)
{
    struct flash_fixture *f = *state;
    uint32_t words[NV_OB_COUNT];
    for (unsigned i = 0; i < NV_OB_COUNT; i++) {
        words[i] = f->nv->option[i];
    }
    for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        for (unsigned column = 0; column < 2u * 8u * 4u; column++) {
            const bool tool = column >= 8u * 4u;
            const unsigned code = column / 4u % 8u;
            const unsigned hdpl = column % 4u;
            for (unsigned i = 0; i < NV_OB_COUNT; i++) {
                f->nv->option[i] = words[i];
            }
            fixture_option(f, NV_OB_OPTSR,
                           (words[NV_OB_OPTSR] & ~0xFF00u) | (uint32_t)codes[code] << 8);
            while (chip_hdpl(f->chip) < hdpl) {
                chip_hdpl_raise(f->chip);
            }
            unlock_options(f);
            const bool may = rows[row].may[code] == 'y' && hdpl <= rows[row].max_hdpl;
            if (changes(f, rows[row].word, rows[row].reg, rows[row].flip, tool) != may) {
                fail_msg("%s by %s in state 0x%02X at HDPL %u", rows[row].name,
                         tool ? "a tool" : "firmware", codes[code], hdpl);
            }
        }
    }
}

static void print_table(void **state)
{
    (void)state;
    printf("\n%-12s OPEN PROV iROT TZ-C CLOS LOCK REGR NS-R  up to HDPL\n", "may change");
    for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        printf("%-12s", rows[row].name);
        for (unsigned code = 0; code < sizeof codes; code++) {
            printf(" %-4s", rows[row].may[code] == 'y' ? "yes" : ".");
        }
        printf("  %u\n", rows[row].max_hdpl);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(field_changes_where_the_table_says, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test(print_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

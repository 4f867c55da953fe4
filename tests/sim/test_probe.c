/* The debug probe: what it may do in each product state, and what it is told when it may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim_internal.h"

#define FLASH_NS   0x08000000u
#define FLASH_S    0x0C000000u
#define SRAM_NS    0x20000000u
#define MPCBB1_S   0x50032C00u
#define SECCFGR    0x100u
#define CPUID      0xE000ED00u
#define SAU_CTRL   0xE000EDD0u
#define SBS_DBGCR  0x44000420u
#define FLASH_REGS 0x40022000u
#define OPTKEYR    0x0Cu
#define OPTCR      0x1Cu
#define NSSR       0x20u
#define OPTSR_PRG  0x54u
#define NSBOOT_PRG 0x84u
#define MAILBOX    0x44024100u /* HOST, DEVICE, ACK. */

static void set_option(struct sim *sim, const char *name, uint32_t value)
{
    struct sim_error error;
    assert_int_equal(sim_option_write(sim, name, value, &error), SIM_OK);
}

static uint32_t option(struct sim *sim, const char *name)
{
    struct sim_error error;
    uint32_t value = 0;
    assert_int_equal(sim_option_read(sim, name, &value, &error), SIM_OK);
    return value;
}

static void be_in(struct sim *sim, uint8_t code)
{
    set_option(sim, "OPTSR", (option(sim, "OPTSR") & ~0xFF00u) | (uint32_t)code << 8);
    sim_power_on(sim);
}

/** TrustZone on; bank 1 Secure, bank 2 Non-secure. No power yet. */
static struct sim *open_chip(bool cpu)
{
    const struct sim_config config = {.no_cpu = !cpu};
    struct sim_error error;
    struct sim *sim = NULL;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    set_option(sim, "OPTSR2", 0xB400007Cu);
    set_option(sim, "SECWM1R", 0x007F0000u);
    set_option(sim, "SECWM2R", 0x0000007Fu);
    return sim;
}

static int setup(void **state)
{
    *state = open_chip(false);
    return 0;
}

static int setup_cpu(void **state)
{
    *state = open_chip(true);
    return 0;
}

static int teardown(void **state)
{
    sim_close(*state);
    return 0;
}

static void expect_refused(enum sim_status status, const struct sim_error *error, const char *why)
{
    assert_int_equal(status, SIM_ERROR_REFUSED);
    if (strstr(error->text, why) == NULL) {
        fail_msg("'%s' does not say '%s'", error->text, why);
    }
}

/** Firmware of the chip writes a register. */
static void firmware_writes(struct sim *sim, bool secure, uint32_t addr, uint32_t value)
{
    struct sim_access access = {.kind = SIM_WRITE,
                                .addr = secure ? addr | 0x10000000u : addr,
                                .size = 4,
                                .attr = {.secure = secure, .privileged = true},
                                .value = value};
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
}

static uint32_t firmware_reads(struct sim *sim, uint32_t addr)
{
    struct sim_access access = {
        .kind = SIM_READ, .addr = addr, .size = 4, .attr = {.privileged = true}};
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
    return access.value;
}

static void connects_where_debug_is_open(void **state)
{
    static const struct {
        uint8_t code;
        const char *why; /* NULL: it connects. */
    } rows[] = {
        {0xED, NULL},     {0x17, NULL},         {0x2E, NULL},      {0xC6, NULL},
        {0x72, "CLOSED"}, {0x5C, "LOCKED for"}, {0x9A, "REGRESS"}, {0xA3, "NS-REGRESS"},
    };
    struct sim *sim = *state;
    struct sim_error error;
    expect_refused(sim_probe_connect(sim, true, &error), &error, "no power");
    assert_int_equal(sim_time(sim), 0);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        be_in(sim, rows[i].code);
        for (unsigned under_reset = 0; under_reset < 2; under_reset++) {
            const enum sim_status status = sim_probe_connect(sim, under_reset != 0, &error);
            if (rows[i].why == NULL) {
                assert_int_equal(status, SIM_OK);
            } else {
                expect_refused(status, &error, rows[i].why);
            }
        }
    }
}

static void connecting_under_reset_resets_and_hot_does_not(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    struct sim_state before;
    struct sim_state after;
    be_in(sim, 0xED);
    chip_hdpl_raise(sim->chip);
    sim_state_get(sim, &before);
    assert_int_equal(sim_probe_connect(sim, false, &error), SIM_OK);
    sim_state_get(sim, &after);
    assert_int_equal(after.boots, before.boots);
    assert_int_equal(after.hdpl, 1);
    assert_int_equal(sim_probe_connect(sim, true, &error), SIM_OK);
    sim_state_get(sim, &after);
    assert_int_equal(after.boots, before.boots + 1u);
    assert_int_equal(after.hdpl, 0);
    assert_int_equal(sim->chip->cause, CHIP_RESET_PIN);
}

static void memory_is_seen_as_the_state_opens_it(void **state)
{
    static const struct {
        uint8_t code;
        bool ns, s;
        const char *why;
    } rows[] = {
        {0xED, true, true, ""},
        {0x17, true, false, "0x0C000010 is Secure: Secure debug is closed in product state PROV"},
        {0xC6, true, false, "Secure debug is closed in product state TZ-CLOSED until it is auth"},
        {0x72, false, false, "debug is closed in product state CLOSED until it is authenticated"},
        {0x5C, false, false, "debug is closed in product state LOCKED for ever"},
    };
    static const uint8_t secret[4] = {0x11, 0x22, 0x33, 0x44};
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t data[4];
    assert_int_equal(sim_poke(sim, FLASH_S + 0x10u, secret, 4, &error), SIM_OK);
    assert_int_equal(sim_poke(sim, FLASH_NS + 0x100010u, secret, 4, &error), SIM_OK);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        be_in(sim, rows[i].code);
        memset(data, 0, sizeof data);
        enum sim_status status = sim_probe_read(sim, FLASH_NS + 0x100010u, data, 4, &error);
        assert_int_equal(status, rows[i].ns ? SIM_OK : SIM_ERROR_REFUSED);
        assert_int_equal(memcmp(data, secret, 4) == 0, rows[i].ns);
        memset(data, 0, sizeof data);
        status = sim_probe_read(sim, FLASH_S + 0x10u, data, 4, &error);
        assert_int_equal(memcmp(data, secret, 4) == 0, rows[i].s);
        if (rows[i].s) {
            assert_int_equal(status, SIM_OK);
        } else {
            expect_refused(status, &error, rows[i].why);
            /* Nor through the other alias, which is the filter's affair. */
            assert_int_equal(sim_probe_read(sim, FLASH_NS + 0x10u, data, 4, &error),
                             SIM_ERROR_REFUSED);
        }
    }
}

static void authentication_opens_the_secure_side(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t data[4];
    be_in(sim, 0x72);
    chip_hdpl_raise(sim->chip);
    firmware_writes(sim, true, SBS_DBGCR, 0x3C51B4B4u);
    assert_int_equal(sim_probe_read(sim, FLASH_NS + 0x100000u, data, 4, &error), SIM_OK);
    assert_int_equal(sim_probe_read(sim, FLASH_S, data, 4, &error), SIM_ERROR_REFUSED);
    firmware_writes(sim, true, SBS_DBGCR, 0xB46FB4B4u);
    expect_refused(sim_probe_connect(sim, false, &error), &error, "authenticated from HDPL 3 on");
    firmware_writes(sim, true, SBS_DBGCR, 0xB451B4B4u);
    assert_int_equal(sim_probe_read(sim, FLASH_S, data, 4, &error), SIM_OK);
    sim_probe_reset(sim);
    assert_int_equal(sim_probe_read(sim, FLASH_S, data, 4, &error), SIM_ERROR_REFUSED);
}

static void filters_of_the_bus_apply_and_say_where(void **state)
{
    static const uint8_t word[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t data[8] = {0};
    be_in(sim, 0xC6);
    /* All SRAM is Secure after a reset; firmware opens the first block of 512 bytes. */
    expect_refused(sim_probe_write(sim, SRAM_NS, word, 8, &error), &error,
                   "write of 4 bytes at 0x20000000 refused by MPCBB");
    firmware_writes(sim, true, MPCBB1_S - 0x10000000u + SECCFGR, 0xFFFFFFFEu);
    assert_int_equal(sim_probe_write(sim, SRAM_NS + 0x1F8u, word, 8, &error), SIM_OK);
    expect_refused(sim_probe_read(sim, SRAM_NS + 0x1FCu, data, 8, &error), &error, "0x20000200");
    assert_memory_equal(data, word + 4, 4); /* What lies before has come. */
    assert_memory_equal(data + 4, "\0\0\0\0", 4);
    assert_int_equal(sim_probe_read(sim, SRAM_NS + 0x1F9u, data, 6, &error), SIM_OK);
    assert_memory_equal(data, word + 1, 6);
    assert_int_equal(sim_probe_read(sim, SRAM_NS + 0x1F8u, data, 3, &error), SIM_OK);
    assert_memory_equal(data, "\1\2\3\5", 4);
    expect_refused(sim_probe_read(sim, 0x2FFFFFFCu, data, 4, &error), &error, "decode");
}

static void processor_registers_are_read_as_the_state_opens_them(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t data[4];
    be_in(sim, 0xC6);
    sim_take_over(sim, FLASH_S); /* Only a reset of the processor tells it of TrustZone. */
    assert_int_equal(sim_probe_read(sim, CPUID, data, 4, &error), SIM_OK);
    assert_int_equal(data[3], 0x41);
    struct sim_access access = {.kind = SIM_WRITE,
                                .addr = SAU_CTRL,
                                .size = 4,
                                .attr = {.secure = true, .privileged = true},
                                .value = 1};
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
    assert_int_equal(sim_probe_read(sim, SAU_CTRL, data, 4, &error), SIM_OK);
    assert_int_equal(data[0], 0); /* As Non-secure code reads it. */
    be_in(sim, 0xED);
    sim_take_over(sim, FLASH_S);
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
    assert_int_equal(sim_probe_read(sim, SAU_CTRL, data, 4, &error), SIM_OK);
    assert_int_equal(data[0], 1);
    be_in(sim, 0x72);
    assert_int_equal(sim_probe_read(sim, CPUID, data, 4, &error), SIM_ERROR_REFUSED);
}

static void options_change_under_the_rules_and_load(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    struct sim_state before;
    struct sim_state after;
    be_in(sim, 0xED);
    sim_state_get(sim, &before);
    const struct sim_probe_option two[] = {
        {"WRP1R", 0xFFFFFFF0u},
        {"OPTSR", (option(sim, "OPTSR") & ~0xFF00u) | 0x1700u},
    };
    assert_int_equal(sim_probe_options(sim, two, 2, &error), SIM_OK);
    assert_int_equal(option(sim, "WRP1R"), 0xFFFFFFF0u);
    sim_state_get(sim, &after);
    assert_string_equal(after.product_state, "PROVISIONING");
    assert_int_equal(after.boots, before.boots + 1u);
    assert_int_equal(sim->chip->cause, CHIP_RESET_OPTION_LOAD);
    /* From here a tool closes the part; firmware never does, and TZEN is for OPEN. */
    const struct sim_probe_option tzen = {"OPTSR2", 0xC300007Cu};
    expect_refused(sim_probe_options(sim, &tzen, 1, &error), &error,
                   "TZEN may not change in product state PROVISIONING");
    const struct sim_probe_option closed = {"OPTSR", (option(sim, "OPTSR") & ~0xFF00u) | 0x7200u};
    assert_int_equal(sim_probe_options(sim, &closed, 1, &error), SIM_OK);
    expect_refused(sim_probe_options(sim, &two[0], 1, &error), &error, "closed");
}

static void refused_options_change_nothing(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    struct sim_state before;
    struct sim_state after;
    be_in(sim, 0xC6);
    sim_state_get(sim, &before);
    const uint32_t nsboot = option(sim, "NSBOOTR");
    /* The second of each pair is refused: so is the first. */
    const struct {
        struct sim_probe_option pair[2];
        enum sim_status status;
        const char *why;
    } rows[] = {
        {{{"NSBOOTR", nsboot + 0x2000u}, {"SECBOOTR", 0x0C0020C3u}},
         SIM_ERROR_REFUSED,
         "SECBOOTR is"},
        {{{"NSBOOTR", nsboot + 0x2000u}, {"SECEPOCHR", 9}}, SIM_ERROR_REFUSED, "SECEPOCHR is not"},
        {{{"NSBOOTR", nsboot + 0x2000u}, {"WRP1R", 0}}, SIM_ERROR_REFUSED, "WRP1 may not change"},
        {{{"NSBOOTR", nsboot + 0x2000u}, {"OPTSR", (option(sim, "OPTSR") & ~0xFF00u) | 0x7200u}},
         SIM_ERROR_REFUSED,
         "a tool may not go from product state TZ-CLOSED to CLOSED"},
        {{{"NSBOOTR", nsboot + 0x2000u}, {"OPTSR3", 0}}, SIM_ERROR_USAGE, "OPTSR3"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(sim_probe_options(sim, rows[i].pair, 2, &error), rows[i].status);
        assert_non_null(strstr(error.text, rows[i].why));
        assert_int_equal(firmware_reads(sim, FLASH_REGS + NSBOOT_PRG), nsboot);
        sim_probe_reset(sim);
        assert_int_equal(option(sim, "NSBOOTR"), nsboot);
        sim_state_get(sim, &after);
        assert_int_equal(after.boots, before.boots + 1u + i); /* Ours only. */
    }
    assert_int_equal(sim_probe_options(sim, rows[0].pair, 1, &error), SIM_OK);
    assert_int_equal(option(sim, "NSBOOTR"), nsboot + 0x2000u);
}

static void registers_through_the_port_count_as_a_tools(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    for (unsigned tool = 0; tool < 2; tool++) {
        be_in(sim, 0x17);
        const uint32_t words[4][2] = {
            {OPTKEYR, 0x08192A3Bu},
            {OPTKEYR, 0x4C5D6E7Fu},
            {OPTSR_PRG, (option(sim, "OPTSR") & ~0xFF00u) | 0x7200u},
            {OPTCR, 2},
        };
        for (unsigned i = 0; i < 4; i++) {
            if (tool == 0) {
                firmware_writes(sim, false, FLASH_REGS + words[i][0], words[i][1]);
                continue;
            }
            uint8_t bytes[4];
            for (unsigned at = 0; at < 4; at++) {
                bytes[at] = (uint8_t)(words[i][1] >> (8u * at));
            }
            assert_int_equal(sim_probe_write(sim, FLASH_REGS + words[i][0], bytes, 4, &error),
                             SIM_OK);
        }
        const uint32_t optchangeerr = 1u << 23;
        assert_int_equal((firmware_reads(sim, FLASH_REGS + NSSR) & optchangeerr) == 0, tool);
        sim_advance(sim, 10000000);
        sim_probe_reset(sim);
        assert_int_equal((option(sim, "OPTSR") >> 8) & 0xFFu, tool != 0 ? 0x72 : 0x17);
    }
}

static void mailbox_hands_words_over_with_its_handshake(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint32_t word = 0;
    expect_refused(sim_probe_send(sim, 1, &error), &error, "no power");
    assert_false(sim_probe_receive(sim, &word));
    be_in(sim, 0x72); /* Where the processor's port is closed. */
    assert_int_equal(sim_probe_send(sim, 0xCAFE0001u, &error), SIM_OK);
    expect_refused(sim_probe_send(sim, 0xCAFE0002u, &error), &error, "has not taken the word");
    sim_probe_reset(sim); /* The first word of a session waits for the boot ROM. */
    assert_int_equal(firmware_reads(sim, MAILBOX), 0xCAFE0001u);
    assert_int_equal(firmware_reads(sim, MAILBOX + 8u), 2);
    assert_false(sim_probe_receive(sim, &word));
    firmware_writes(sim, false, MAILBOX + 8u, 0);
    assert_int_equal(sim_probe_send(sim, 0xCAFE0002u, &error), SIM_OK);
    firmware_writes(sim, false, MAILBOX + 4u, 0xD00D0001u);
    firmware_writes(sim, false, MAILBOX + 8u, 3);
    assert_true(sim_probe_receive(sim, &word));
    assert_int_equal(word, 0xD00D0001u);
    assert_int_equal(firmware_reads(sim, MAILBOX + 8u), 2);
    assert_false(sim_probe_receive(sim, &word));
}

static void a_session_begins_with_a_word_and_a_reset(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    struct sim_state before;
    struct sim_state after;
    uint32_t word = 0;
    expect_refused(sim_probe_begin(sim, 1, &error), &error, "no power");
    be_in(sim, 0x5C);
    assert_int_equal(sim_probe_send(sim, 0xCAFE0001u, &error), SIM_OK);
    firmware_writes(sim, false, MAILBOX + 4u, 0xD00D0001u);
    firmware_writes(sim, false, MAILBOX + 8u, 3);
    sim_state_get(sim, &before);
    assert_int_equal(sim_probe_begin(sim, 0xCAFE0002u, &error), SIM_OK);
    sim_state_get(sim, &after);
    assert_int_equal(after.boots, before.boots + 1u);
    assert_int_equal(firmware_reads(sim, MAILBOX), 0xCAFE0002u);
    assert_int_equal(firmware_reads(sim, MAILBOX + 8u), 2);
    assert_false(sim_probe_receive(sim, &word)); /* What stood there is gone. */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(connects_where_debug_is_open),
        CASE(connecting_under_reset_resets_and_hot_does_not),
        CASE(memory_is_seen_as_the_state_opens_it),
        CASE(authentication_opens_the_secure_side),
        CASE(filters_of_the_bus_apply_and_say_where),
        cmocka_unit_test_setup_teardown(processor_registers_are_read_as_the_state_opens_them,
                                        setup_cpu, teardown),
        CASE(options_change_under_the_rules_and_load),
        CASE(refused_options_change_nothing),
        CASE(registers_through_the_port_count_as_a_tools),
        CASE(mailbox_hands_words_over_with_its_handshake),
        CASE(a_session_begins_with_a_word_and_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

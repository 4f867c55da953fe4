/* The vendor's files as the tools write and read them, against what the chip takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adac_lab.h"
#include "rss.h"
#include "sim_internal.h"

#include "support/adac_maker.h"
#include "tools/vendor_cert.h"
#include "tools/vendor_obk.h"
#include "tools/vendor_options.h"

#define OBK 0x0FFD0000u

static int setup(void **state)
{
    const struct sim_config config = {.no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    uint32_t optsr = 0;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    assert_int_equal(sim_option_read(sim, "OPTSR", &optsr, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "OPTSR", (optsr & ~0xFF00u) | 0x1700u, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "OPTSR2", 0xB400007Cu, &error), SIM_OK);
    sim_power_on(sim);
    *state = sim;
    return 0;
}

static int teardown(void **state)
{
    sim_close(*state);
    return 0;
}

static void put(uint8_t *bytes, uint32_t word)
{
    for (unsigned i = 0; i < 4u; i++) {
        bytes[i] = (uint8_t)(word >> (8u * i));
    }
}

/** The boot ROM knows one kind by its place, and takes it of its size only. */
static bool has_wrong_size(const struct vendor_obk *obk)
{
    const struct vendor_obk_kind *kind;
    return vendor_obk_judge(obk, &kind) == VENDOR_OBK_WRONG_SIZE && obk->off == VENDOR_OBK_DA_OFF;
}

/** Whether tool and chip say the same of a file. */
static void compare(struct sim *sim, const uint8_t *file, size_t len)
{
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    struct sim_error error;
    uint32_t result = 0;
    const bool taken = vendor_obk_read(file, len, &obk, &problem) && !has_wrong_size(&obk);
    assert_int_equal(sim_probe_provision(sim, file, len, &result, &error) == SIM_OK, taken);
    if (taken && !obk.encrypt) {
        assert_memory_equal(sim->nv->obk[sim->nv->obk_current] + obk.off, obk.data, obk.len);
    }
}

static void the_tool_refuses_what_the_chip_refuses(void **state)
{
    static const uint32_t places[] = {0,     0xF0,  0x100,  0x104,  0x200,  0x8E0,  0x8F0,  0x900,
                                      0xBF0, 0xC00, 0x1000, 0x17F0, 0x1800, 0x1FF0, 0x2000, 0x0FFF};
    static const uint32_t sizes[] = {0, 1, 4, 15, 16, 32, 0x60, 0x68, 0x300, 0x310, 0x800, 0xC00};
    static uint8_t file[12u + 0xC00u];
    struct sim *sim = *state;
    for (size_t i = 0; i < sizeof file; i++) {
        file[i] = (uint8_t)(5u * i);
    }
    for (unsigned place = 0; place < sizeof places / sizeof places[0]; place++) {
        for (unsigned size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
            put(file, OBK + places[place]);
            put(file + 4, sizes[size]);
            put(file + 8, (place + size) % 3u);
            compare(sim, file, 12u + sizes[size]);
        }
    }
    put(file, OBK + 0x100u);
    put(file + 4, 0x60);
    put(file + 8, 0);
    for (size_t len = 0; len <= 12u + 0x61u; len += len < 12u ? 1u : 5u) {
        compare(sim, file, len);
    }
    put(file, OBK - 0x04000000u + 0x100u); /* The Non-secure alias. */
    compare(sim, file, 12u + 0x60u);
}

static void the_chip_can_read_debug_authentication_data(void **state)
{
    struct sim *sim = *state;
    struct vendor_obk_da da = {.hash = {1, 2, 3}, .permissions = {0x77, 0x50}};
    struct sim_error error;
    uint8_t file[VENDOR_OBK_DA_FILE];
    uint32_t result = 0;
    assert_false(rss_authentication_valid(sim->chip));
    vendor_obk_da_write(&da, file);
    assert_int_equal(sim_probe_provision(sim, file, sizeof file, &result, &error), SIM_OK);
    assert_true(rss_authentication_valid(sim->chip));
    file[50] ^= 1u;
    assert_int_equal(sim_probe_provision(sim, file, sizeof file, &result, &error), SIM_OK);
    assert_false(rss_authentication_valid(sim->chip));
}

static void a_file_of_option_bytes_has_the_words_that_a_tool_may_write(void **state)
{
    struct sim *sim = *state;
    struct sim_probe_option options[VENDOR_OPTIONS];
    struct vendor_options_problem problem;
    struct sim_error error;
    uint32_t value[VENDOR_OPTIONS];
    char text[VENDOR_OPTIONS_TEXT];
    assert_int_equal(sim_option_write(sim, "OPTSR", 0x30F0EDD8u, &error), SIM_OK);
    sim_power_on(sim);
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        assert_int_equal(sim_option_read(sim, vendor_options_name(i), &value[i], &error), SIM_OK);
    }
    value[2] = 0x080010C3u;
    value[4] = 0x00010000u;
    value[7] = 0xFFFFFFFEu;
    const size_t len = vendor_options_write(value, text);
    assert_true(vendor_options_read(text, len, options, &problem));
    assert_int_equal(sim_probe_options(sim, options, VENDOR_OPTIONS, &error), SIM_OK);
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        uint32_t now = 0;
        assert_int_equal(sim_option_read(sim, options[i].name, &now, &error), SIM_OK);
        assert_int_equal(now, value[i]);
    }
    /* Every other word is one that the vendor's file does not have. */
    for (unsigned i = 0; sim_option_name(i) != NULL; i++) {
        bool found = false;
        for (unsigned n = 0; n < VENDOR_OPTIONS; n++) {
            found = found || strcmp(sim_option_name(i), vendor_options_name(n)) == 0;
        }
        assert_true(found || strstr(sim_option_name(i), "EPOCH") != NULL ||
                    strcmp(sim_option_name(i), "OTPBLR") == 0);
    }
}

/** A certificate of the tools' own making, of an owner with a number, signed by the one before. */
static void make_cert(uint8_t role, uint8_t owner, uint8_t cert[ADAC_CERT])
{
    struct vendor_cert made = {
        .role = role, .usage = VENDOR_CERT_USAGE_AUTHENTICATION, .permissions = {0x77, 0x50}};
    adac_make_key(owner, made.point);
    vendor_cert_write(&made, cert);
    adac_sign_cert(cert, (uint8_t)(owner > 1u ? owner - 1u : 1u));
}

/** Whether the device takes a token behind a chain of these roles, and the tools verify the chain. */
static void compare_roles(const uint8_t *roles, unsigned count)
{
    struct adac_lab lab;
    struct vendor_cert_chain chain = {.count = count};
    struct vendor_cert_problem problem;
    bool taken = true;
    adac_lab_begin(&lab, true);
    adac_lab_start(&lab);
    for (unsigned i = 0; i < count; i++) {
        uint8_t cert[ADAC_CERT];
        make_cert(roles[i], (uint8_t)(i + 1u), cert);
        assert_null(vendor_cert_read(cert, &chain.cert[i]));
        taken = taken && adac_lab_tlv(&lab, CERT, cert, sizeof cert) == MORE;
    }
    taken = taken && adac_lab_token(&lab, LEVEL3_NS, (uint8_t)count) == OK;
    const bool verified = vendor_cert_chain_verify(&chain, NULL, &problem);
    assert_int_equal(verified && roles[count - 1u] != VENDOR_CERT_INTERMEDIATE, taken);
}

static void the_device_takes_the_chains_that_the_tool_verifies(void **state)
{
    (void)state;
    for (unsigned row = 0; row < 5u * 5u * 5u; row++) {
        const uint8_t roles[3] = {(uint8_t)(row % 5u), (uint8_t)(row / 5u % 5u),
                                  (uint8_t)(row / 25u)};
        if (row == 1u || row == 2u || row == 3u) {
            compare_roles(roles, 1);
        }
        if (roles[2] == 1u) {
            compare_roles(roles, 2);
        }
        if (roles[0] == 1u || roles[0] == 2u) {
            compare_roles(roles, 3);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_tool_refuses_what_the_chip_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(the_chip_can_read_debug_authentication_data, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_file_of_option_bytes_has_the_words_that_a_tool_may_write,
                                        setup, teardown),
        cmocka_unit_test(the_device_takes_the_chains_that_the_tool_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

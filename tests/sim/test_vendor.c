/* The vendor's files as the tools write and read them, against what the chip takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rss.h"
#include "sim_internal.h"

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

/** Whether tool and chip say the same of a file. */
static void compare(struct sim *sim, const uint8_t *file, size_t len)
{
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    struct sim_error error;
    uint32_t result = 0;
    const bool read = vendor_obk_read(file, len, &obk, &problem);
    assert_int_equal(sim_probe_provision(sim, file, len, &result, &error) == SIM_OK, read);
    if (read && !obk.encrypt) {
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_tool_refuses_what_the_chip_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(the_chip_can_read_debug_authentication_data, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_file_of_option_bytes_has_the_words_that_a_tool_may_write,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

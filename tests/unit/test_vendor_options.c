/* Files of option bytes: all words, in order, nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

#include "tools/vendor_options.h"

static const char sound[] = "OPTSR_PRG,0x30F0C6F8\n"
                            "OPTSR2_PRG,0xB4000034\n"
                            "NSBOOTR_PRG,0x080000C3\n"
                            "SECBOOTR_PRG,0x0C0000C3\n"
                            "SECWM1R_PRG,0x00010000\n"
                            "SECWM2R_PRG,0x0001007F\n"
                            "WRP1R_PRG,0xFFFFFFFF\n"
                            "WRP2R_PRG,0xFFFFFFFE\n"
                            "EDATA1R_PRG,0x00000000\n"
                            "EDATA2R_PRG,0x00008007\n"
                            "HDP1R_PRG,0x0000007F\n"
                            "HDP2R_PRG,0x0003007F\n";

static const uint32_t values[] = {0x30F0C6F8, 0xB4000034, 0x080000C3, 0x0C0000C3,
                                  0x00010000, 0x0001007F, 0xFFFFFFFF, 0xFFFFFFFE,
                                  0x00000000, 0x00008007, 0x0000007F, 0x0003007F};
static const char *const names[] = {"OPTSR", "OPTSR2", "NSBOOTR", "SECBOOTR", "SECWM1R", "SECWM2R",
                                    "WRP1R", "WRP2R",  "EDATA1R", "EDATA2R",  "HDP1R",   "HDP2R"};

static bool read(const char *text, struct vendor_options_problem *problem)
{
    struct sim_probe_option options[VENDOR_OPTIONS];
    return vendor_options_read(text, strlen(text), options, problem);
}

static void a_file_is_twelve_words(void **state)
{
    struct sim_probe_option options[VENDOR_OPTIONS];
    struct vendor_options_problem problem;
    char text[VENDOR_OPTIONS_TEXT];
    (void)state;
    assert_int_equal(VENDOR_OPTIONS, COUNT_OF(values));
    assert_true(vendor_options_read(sound, strlen(sound), options, &problem));
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        assert_string_equal(options[i].name, names[i]);
        assert_string_equal(vendor_options_name(i), names[i]);
        assert_int_equal(options[i].value, values[i]);
    }
    assert_null(vendor_options_name(VENDOR_OPTIONS));
    assert_int_equal(vendor_options_write(values, text), strlen(sound));
    assert_string_equal(text, sound);
}

static void every_cut_is_refused_at_its_line(void **state)
{
    const size_t whole = strlen(sound);
    (void)state;
    for (size_t len = 0; len <= whole; len++) {
        struct sim_probe_option options[VENDOR_OPTIONS];
        struct vendor_options_problem problem;
        char *exact = malloc(len + (len == 0)); /* Without a NUL behind it. */
        unsigned lines = 1;
        assert_non_null(exact);
        memcpy(exact, sound, len);
        for (size_t i = 0; i < len; i++) {
            lines += sound[i] == '\n' ? 1u : 0u;
        }
        /* The last line's end may be missing. */
        const bool right = len + 1u >= whole;
        assert_int_equal(vendor_options_read(exact, len, options, &problem), right);
        /* A line without its end may be whole. */
        assert_true(right || problem.line == lines ||
                    (problem.line == lines + 1u && sound[len] == '\n'));
        free(exact);
    }
}

static void spaces_and_line_ends_are_free(void **state)
{
    static const struct {
        const char *from, *to;
        bool right;
    } rows[] = {
        {"OPTSR_PRG,0x", "  OPTSR_PRG\t, 0x", true},
        {"0x30F0C6F8\n", "0x30F0C6F8 \t\r\n", true},
        {"0x30F0C6F8\n", "821085944\n", false},
        {"0x30F0C6F8\n", "0x30F0C6F\n", false},
        {"0x30F0C6F8\n", "0X30f0c6f8\n", true},
        {"0x0003007F\n", "0x0003007F", true},
        {"0x0003007F\n", "0x0003007F\n\n \r\n\n", true},
        {"0x30F0C6F8\n", "0x30F0C6F8\n\n", false},
        {"0x30F0C6F8\n", "0x30F0C6F8\r\r\n", false},
        {"0x30F0C6F8\n", "0x30F0C6F8\v\n", false},
        {"0x30F0C6F8\n", "0x30F0C6F8,\n", false},
        {"0x30F0C6F8\n", "0x30F0C6F8 1\n", false},
        {"0x30F0C6F8\n", "0x130F0C6F8\n", false},
        {"0x30F0C6F8\n", "4294967296\n", false},
        {"0x30F0C6F8\n", "30F0C6F8\n", false},
        {"0x30F0C6F8\n", "-1\n", false},
        {"0x30F0C6F8\n", "0x\n", false},
        {"0x30F0C6F8\n", "0x30F0C6G8\n", false},
        {"0x30F0C6F8\n", "0x30F0C6F-\n", false},
        {"0x30F0C6F8\n", "\t0x30F0C6F8\n", true},
        {"OPTSR_PRG,", "\tOPTSR_PRG,", true},
        {"0x30F0C6F8\n", "\n", false},
        {"0x30F0C6F8\n", "0x0000000000000000000000000000000000000030F0C6F8\n", false},
        {"OPTSR_PRG,", "OPTSR,", false},
        {"OPTSR_PRG,", "optsr_prg,", false},
        {"OPTSR_PRG,", "OPTSR_PRG ", false},
        {"OPTSR_PRG,", "OPTSR PRG,", false},
        {"OPTSR_PRG,", "OPTSR_PRGOPTSR_PRGOPTSR_PRGOPTSR_PRG,", false},
        {"OPTSR_PRG,", ",", false},
        {"OPTSR_PRG,", "\xEF\xBB\xBFOPTSR_PRG,", false},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        char text[1024];
        struct vendor_options_problem problem;
        const char *at = strstr(sound, rows[i].from);
        assert_non_null(at);
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - sound), sound, rows[i].to,
                       at + strlen(rows[i].from));
        assert_int_equal(read(text, &problem), rows[i].right);
        assert_true(rows[i].right || problem.line == 1 || problem.line == 2);
    }
}

static void nothing_hides_behind_a_nul(void **state)
{
    static const char *const places[] = {"OPTSR_PRG", "OPTSR_PRG,0x30F0C6F8", ""};
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(places); i++) {
        struct sim_probe_option options[VENDOR_OPTIONS];
        struct vendor_options_problem problem;
        char text[sizeof sound + 2];
        const size_t at = places[i][0] != '\0' ? strlen(places[i]) : strlen(sound);
        memcpy(text, sound, at);
        memcpy(text + at, "\0x", 2);
        memcpy(text + at + 2u, sound + at, strlen(sound) - at);
        assert_false(vendor_options_read(text, strlen(sound) + 2u, options, &problem));
        assert_int_equal(problem.line, places[i][0] != '\0' ? 1 : 13);
    }
}

static void order_and_number_are_fixed(void **state)
{
    struct vendor_options_problem problem;
    char text[1024];
    (void)state;
    for (unsigned skipped = 0; skipped < VENDOR_OPTIONS; skipped++) {
        size_t used = 0;
        for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
            if (i != skipped) {
                used += (size_t)snprintf(text + used, sizeof text - used, "%s_PRG,0x00000001\n",
                                         names[i]);
            }
        }
        assert_false(read(text, &problem));
        assert_int_equal(problem.line, skipped + 1u);
        assert_non_null(strstr(problem.why, names[skipped]));
    }
    (void)snprintf(text, sizeof text, "%sHDP2R_PRG,0x0\n", sound);
    assert_false(read(text, &problem));
    assert_int_equal(problem.line, 13);
    assert_non_null(strstr(problem.why, "one too many"));
}

static void every_changed_character_is_refused_or_another_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < strlen(sound); i++) {
        struct sim_probe_option options[VENDOR_OPTIONS];
        struct vendor_options_problem problem;
        char text[sizeof sound];
        memcpy(text, sound, sizeof sound);
        text[i] ^= 1;
        if (!vendor_options_read(text, strlen(sound), options, &problem)) {
            continue;
        }
        bool same = true;
        for (unsigned n = 0; n < VENDOR_OPTIONS; n++) {
            same = same && options[n].value == values[n];
        }
        assert_false(same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_twelve_words),
        cmocka_unit_test(every_cut_is_refused_at_its_line),
        cmocka_unit_test(spaces_and_line_ends_are_free),
        cmocka_unit_test(nothing_hides_behind_a_nul),
        cmocka_unit_test(order_and_number_are_fixed),
        cmocka_unit_test(every_changed_character_is_refused_or_another_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

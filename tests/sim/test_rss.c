/* Option-byte keys through the boot ROM: what it takes, what it refuses, and who can read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/sha256.h>

#include "aes_driver.h"
#include "sim_internal.h"

#include "rss.h"

#define SUCCESS 0xEAEAEAEAu
#define REFUSED 0xF5F5F5F5u
#define OBK     0x0FFD0000u
#define SRAM3_S 0x30050000u

#define EPOCHSELCR 0x440004A0u

static void set_option(struct sim *sim, const char *name, uint32_t value)
{
    struct sim_error error;
    assert_int_equal(sim_option_write(sim, name, value, &error), SIM_OK);
}

static void be_in(struct sim *sim, uint8_t code)
{
    struct sim_error error;
    uint32_t optsr = 0;
    assert_int_equal(sim_option_read(sim, "OPTSR", &optsr, &error), SIM_OK);
    set_option(sim, "OPTSR", (optsr & ~0xFF00u) | (uint32_t)code << 8);
    sim_power_on(sim);
}

static int setup(void **state)
{
    const struct sim_config config = {.no_cpu = true};
    struct sim_error error;
    struct sim *sim = NULL;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    set_option(sim, "OPTSR2", 0xB400007Cu);
    *state = sim;
    return 0;
}

static int teardown(void **state)
{
    sim_close(*state);
    return 0;
}

/** An .obk file of `size` bytes that count up from `first`. @return its length */
static size_t make_obk(uint8_t *file, uint32_t off, uint32_t size, uint32_t encrypt, uint8_t first)
{
    const uint32_t header[3] = {OBK + off, size, encrypt};
    for (unsigned i = 0; i < 12u; i++) {
        file[i] = (uint8_t)(header[i / 4u] >> (8u * (i % 4u)));
    }
    for (uint32_t i = 0; i < size; i++) {
        file[12u + i] = (uint8_t)(first + i);
    }
    return 12u + size;
}

static const uint8_t *current(const struct sim *sim, uint32_t off)
{
    return sim->nv->obk[sim->nv->obk_current] + off;
}

static void plain_keys_stand_as_they_are_and_others_stay(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t file[0x200];
    uint32_t result = 0;
    be_in(sim, 0x17);
    size_t len = make_obk(file, 0x280, 0xC0, 0, 1);
    assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_OK);
    assert_int_equal(result, SUCCESS);
    assert_memory_equal(current(sim, 0x280), file + 12, 0xC0);
    const uint64_t time = sim_time(sim);
    assert_true(time > 0);
    len = make_obk(file + 256, 0x900, 0x20, 0, 7);
    assert_int_equal(sim_probe_provision(sim, file + 256, len, &result, &error), SIM_OK);
    assert_memory_equal(current(sim, 0x900), file + 256 + 12, 0x20);
    assert_memory_equal(current(sim, 0x280), file + 12, 0xC0);
    /* Again, over itself. */
    len = make_obk(file, 0x280, 0x10, 0, 99);
    assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_OK);
    assert_memory_equal(current(sim, 0x280), file + 12, 0x10);
    assert_int_equal(current(sim, 0x290)[0], 0x11);
    for (uint32_t slot = 0; slot < 511u; slot++) {
        const bool used = (slot >= 0x28 && slot < 0x34) || slot == 0x90 || slot == 0x91;
        assert_int_equal(sim->nv->obk_cell[sim->nv->obk_current][slot],
                         used ? NV_CELL_PROGRAMMED : NV_CELL_VIRGIN);
    }
}

static void what_is_no_request_is_refused(void **state)
{
    static const struct {
        uint8_t code;
        uint32_t off, size, encrypt;
        const char *why;
    } rows[] = {
        {0x17, 0x0F0, 0x10, 0, "destination"}, /* HDPL0: the boot ROM's. */
        {0x17, 0x1800, 0x10, 0, "destination"},
        {0x17, 0x8F0, 0x20, 0, "destination"}, /* Over the end of a level. */
        {0x17, 0x104, 0x10, 0, "destination"},
        {0x17, 0x1FF0, 0x10, 0, "destination"},
        {0x17, 0x2000, 0x10, 0, "destination"},
        {0x17, 0x100, 0x68, 0, "size"},
        {0x17, 0x100, 0, 0, "size"},
        {0x17, 0x100, 0x60, 2, "encryption"},
        {0x17, 0x100, 0x50, 1, "0x60 bytes"}, /* Of a part without the blocks of cryptography. */
        {0x17, 0x100, 0x10, 1, "0x60 bytes"},
        {0x17, 0x100, 0x70, 1, "0x60 bytes"},
        {0x17, 0x100, 0x160, 1, "0x60 bytes"},
        {0x17, 0x100, 0x50, 0, "0x60 bytes"},
        {0xED, 0x100, 0x50, 1, "0x60 bytes"},
        {0x2E, 0x100, 0x10, 0, "not IROT-PROVISIONED"},
        {0xC6, 0x100, 0x10, 0, "not TZ-CLOSED"},
        {0x72, 0x100, 0x10, 0, "closed"},
        {0x9A, 0x100, 0x10, 0, "closed"},
    };
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t file[0x200];
    uint32_t result = 1;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        be_in(sim, rows[i].code);
        const size_t len = make_obk(file, rows[i].off, rows[i].size, rows[i].encrypt, 1);
        assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_ERROR_REFUSED);
        assert_non_null(strstr(error.text, rows[i].why));
        assert_int_equal(result, rows[i].code == 0x72 || rows[i].code == 0x9A ? 0 : REFUSED);
        for (uint32_t slot = 0; slot < 512u; slot++) {
            assert_int_equal(sim->nv->obk_cell[sim->nv->obk_current][slot], NV_CELL_VIRGIN);
        }
    }
    const size_t len = make_obk(file, 0x100, 0x60, 1, 1);
    assert_int_equal(sim_probe_provision(sim, file, len - 1u, &result, &error), SIM_ERROR_USAGE);
    assert_int_equal(sim_probe_provision(sim, file, len + 1u, &result, &error), SIM_ERROR_USAGE);
    assert_int_equal(sim_probe_provision(sim, file, 11, &result, &error), SIM_ERROR_USAGE);
}

static void put_word(struct sim *sim, uint32_t addr, uint32_t word)
{
    struct sim_error error;
    const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                              (uint8_t)(word >> 24)};
    assert_int_equal(sim_poke(sim, addr, bytes, 4, &error), SIM_OK);
}

static void descriptor_is_checked_word_by_word(void **state)
{
    struct sim *sim = *state;
    const struct sim_attr secure = {.secure = true, .privileged = true};
    const struct sim_attr nonsecure = {.privileged = true};
    char why[PRODUCT_WHY];
    /* Typed: what the CRC of one slot of zeros and these four words is. */
    const uint32_t good[5] = {SRAM3_S + 0x100u, OBK + 0x280u, 16, 0, 0};
    for (unsigned bad = 0; bad < 8u; bad++) {
        be_in(sim, 0x17);
        uint32_t words[5];
        memcpy(words, good, sizeof words);
        words[0] = bad == 1 ? 0x30040000u : bad == 2 ? 0x3009FFF8u : words[0];
        words[0] = bad == 3 ? SRAM3_S + 0x101u : words[0];
        uint32_t crc = 0xFFFFFFFFu;
        for (unsigned i = 0; i < 4u; i++) {
            put_word(sim, SRAM3_S + 0x100u + 4u * i, 0x01020304u * i);
            crc = rss_crc(crc, 0x01020304u * i);
        }
        for (unsigned i = 0; i < 4u; i++) {
            crc = rss_crc(crc, words[i]);
        }
        words[4] = bad == 4 ? crc ^ 0x10u : crc;
        words[1] += bad == 5 ? 0x10u : 0; /* After the CRC. */
        for (unsigned i = 0; i < 5u; i++) {
            put_word(sim, SRAM3_S + 4u * i, words[i]);
        }
        const uint32_t result = rss_provision(sim->chip, bad == 6 ? 0x20050000u : SRAM3_S,
                                              bad == 7 ? nonsecure : secure, why);
        assert_int_equal(result, bad == 0 ? SUCCESS : REFUSED);
        static const char *const whys[8] = {"",    "SRAM3", "SRAM3",      "SRAM3",
                                            "CRC", "CRC",   "descriptor", "descriptor"};
        assert_non_null(strstr(why, whys[bad]));
        assert_int_equal(why[0] == 0, bad == 0);
    }
}

/** What the CRC unit of the part gives with its reset settings. */
static void crc_is_that_of_the_crc_unit(void **state)
{
    (void)state;
    assert_int_equal(rss_crc(0xFFFFFFFFu, 0x00000000u), 0xC704DD7Bu);
    assert_int_equal(rss_crc(0xFFFFFFFFu, 0x12345678u), 0xDF8A8A2Bu);
}

/** Puts the OBK of `sim` into a chip with SAES switched on, at a level, with the secure EPOCH. */
static struct dev_bench *reader(const struct sim *sim, unsigned level)
{
    struct dev_bench *b = bench_open(true);
    memcpy(b->nv->option, sim->nv->option, sizeof b->nv->option);
    memcpy(b->nv->secret, sim->nv->secret, sizeof b->nv->secret);
    bench_power(b);
    while (chip_hdpl(b->chip) < level) {
        chip_hdpl_raise(b->chip);
    }
    bench_write_as(b, true, true, RCC_AHB2ENR, RNG_CLOCK | SAES_CLOCK);
    bench_wait(b, LONG_ENOUGH);
    bench_write_as(b, true, true, EPOCHSELCR, 1);
    return b;
}

/** Decrypts as firmware does it: words of memory go through SAES as they are. */
static void saes_decrypts(const struct sim *sim, unsigned level, const uint8_t *in, uint8_t *out,
                          unsigned len)
{
    static const uint32_t vector[4] = {0x8001D1CEu, 0xD1CED1CEu, 0xD1CE8001u, 0xCED1CED1u};
    struct dev_bench *b = reader(sim, level);
    const uint32_t cr = CBC | KEY256 | DHUK;
    bench_write_as(b, true, true, SAES + CR, cr | PREPARE);
    bench_wait(b, LONG_ENOUGH);
    bench_write_as(b, true, true, SAES + CR, cr | PREPARE | EN);
    bench_wait(b, LONG_ENOUGH);
    bench_write_as(b, true, true, SAES + ICR, CCF);
    bench_write_as(b, true, true, SAES + CR, cr | DECRYPT);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write_as(b, true, true, SAES + IVR(3u - i), vector[i]);
    }
    bench_write_as(b, true, true, SAES + CR, cr | DECRYPT | EN);
    for (unsigned off = 0; off < len; off += 16u) {
        for (unsigned i = 0; i < 4u; i++) {
            uint32_t word = 0;
            memcpy(&word, in + off + (size_t)4u * i, 4); /* Both are little-endian. */
            bench_write_as(b, true, true, SAES + DINR, word);
        }
        bench_wait(b, LONG_ENOUGH);
        for (unsigned i = 0; i < 4u; i++) {
            const uint32_t word = bench_read_as(b, true, true, SAES + DOUTR);
            memcpy(out + off + (size_t)4u * i, &word, 4);
        }
        bench_write_as(b, true, true, SAES + ICR, CCF);
    }
    bench_close(b);
}

static void encrypted_keys_are_read_by_firmware_of_their_level(void **state)
{
    static const struct {
        uint32_t off;
        unsigned level;
    } rows[] = {{0x100, 1}, {0x9D0, 2}, {0xC00, 3}};
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t file[0x100];
    uint8_t out[0x60];
    uint32_t result = 0;
    set_option(sim, "SECEPOCHR", 5);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        be_in(sim, 0x17);
        const size_t len = make_obk(file, rows[i].off, 0x60, 1, 3);
        assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_OK);
        assert_memory_not_equal(current(sim, rows[i].off), file + 12, 16);
        for (unsigned level = 1; level <= 3; level++) {
            be_in(sim, 0x72); /* Whatever state follows. */
            saes_decrypts(sim, level, current(sim, rows[i].off), out, sizeof out);
            assert_int_equal(memcmp(out, file + 12, sizeof out) == 0, level == rows[i].level);
        }
        set_option(sim, "SECEPOCHR", 6);
        saes_decrypts(sim, rows[i].level, current(sim, rows[i].off), out, sizeof out);
        assert_memory_not_equal(out, file + 12, 16);
        set_option(sim, "SECEPOCHR", 5);
    }
}

static void keys_written_in_open_are_unreadable_later(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t file[0x100];
    uint8_t out[0x60];
    uint32_t result = 0;
    be_in(sim, 0xED);
    const size_t len = make_obk(file, 0x100, 0x60, 1, 3);
    assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_OK);
    saes_decrypts(sim, 1, current(sim, 0x100), out, sizeof out);
    assert_memory_equal(out, file + 12, sizeof out);
    be_in(sim, 0x17);
    saes_decrypts(sim, 1, current(sim, 0x100), out, sizeof out);
    assert_memory_not_equal(out, file + 12, 16);
}

/** What the way to a closed part that can be opened again is: state first, then OBK. */
static void authentication_data_has_to_be_written_after_the_state(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t file[0x100];
    char why[PRODUCT_WHY] = "";
    uint32_t result = 0;
    const size_t len = make_obk(file, 0x100, 0x60, 1, 3);
    (void)mbedtls_sha256(file + 12 + 32, 0x40, file + 12, 0);
    for (unsigned late = 0; late < 2; late++) {
        be_in(sim, late != 0 ? 0x17 : 0xED);
        assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_OK);
        be_in(sim, 0x17);
        uint32_t optsr = 0;
        assert_int_equal(sim_option_read(sim, "OPTSR", &optsr, &error), SIM_OK);
        const struct sim_probe_option close = {"OPTSR", (optsr & ~0xFF00u) | 0x7200u};
        assert_int_equal(sim_probe_options(sim, &close, 1, &error), SIM_OK);
        assert_int_equal(rss_regression_ask(sim->chip, STATE_REGRESSION, why), late);
        assert_int_equal(strstr(why, "no valid debug-authentication data") == NULL, late);
    }
    sim_advance(sim, 10000000);
    sim_probe_reset(sim);
    struct sim_state now;
    sim_state_get(sim, &now);
    assert_string_equal(now.product_state, "REGRESSION");
}

static void regression_makes_encrypted_keys_unreadable(void **state)
{
    struct sim *sim = *state;
    struct sim_error error;
    uint8_t file[0x100];
    uint8_t kept[0x60];
    uint8_t out[0x60];
    uint32_t result = 0;
    uint32_t vectors = 0;
    be_in(sim, 0x17);
    const size_t len = make_obk(file, 0x100, 0x60, 1, 3);
    assert_int_equal(sim_probe_provision(sim, file, len, &result, &error), SIM_OK);
    memcpy(kept, current(sim, 0x100), sizeof kept); /* An attacker has a copy. */
    be_in(sim, 0x9A);
    assert_false(sim_boot(sim, &vectors));
    sim_advance(sim, 100000000);
    set_option(sim, "OPTSR2", 0xB400007Cu);
    be_in(sim, 0x17);
    assert_int_equal(current(sim, 0x100)[0], 0xFF);
    saes_decrypts(sim, 1, kept, out, sizeof out);
    assert_memory_not_equal(out, file + 12, 16);
}

static void rss_command_keeps_user_code_from_starting_in_open_only(void **state)
{
    static const uint8_t vectors[8] = {0, 0, 1, 0x20, 1, 1, 0, 0x0C};
    struct sim *sim = *state;
    struct sim_error error;
    uint32_t found = 0;
    assert_int_equal(sim_poke(sim, 0x0C000000u, vectors, 8, &error), SIM_OK);
    for (unsigned closed = 0; closed < 2; closed++) {
        be_in(sim, closed != 0 ? 0xC6 : 0xED);
        assert_true(sim_boot(sim, &found));
        struct sim_access access = {.kind = SIM_WRITE,
                                    .addr = 0x54000434u,
                                    .size = 4,
                                    .attr = {.secure = true, .privileged = true},
                                    .value = 0x5F1};
        assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
        sim_probe_reset(sim);
        assert_int_equal(sim_boot(sim, &found), closed);
        sim_power_on(sim);
        assert_true(sim_boot(sim, &found));
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(plain_keys_stand_as_they_are_and_others_stay),
        CASE(what_is_no_request_is_refused),
        CASE(descriptor_is_checked_word_by_word),
        CASE(crc_is_that_of_the_crc_unit),
        CASE(encrypted_keys_are_read_by_firmware_of_their_level),
        CASE(keys_written_in_open_are_unreadable_later),
        CASE(authentication_data_has_to_be_written_after_the_state),
        CASE(regression_makes_encrypted_keys_unreadable),
        CASE(rss_command_keeps_user_code_from_starting_in_open_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

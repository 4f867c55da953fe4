/* mkstemp() and unlink() are POSIX's. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "symbols.h"

/*
 * A small ELF file, byte by byte: header at 0, three section headers (none, symbols, strings) at
 * 0x34, four symbols at 0xac, strings at 0xec.
 */
#define SHDR(n) (0x34u + 40u * (n))
#define SYM(n)  (0xacu + 16u * (n))
#define STRINGS 0xecu

struct image {
    uint8_t bytes[0x104];
    size_t len;
};

struct context {
    struct symbols *symbols;
    struct image image;
    char path[64];
};

static void put16(struct image *image, size_t at, uint32_t value)
{
    image->bytes[at] = (uint8_t)value;
    image->bytes[at + 1u] = (uint8_t)(value >> 8);
}

static void put32(struct image *image, size_t at, uint32_t value)
{
    put16(image, at, value & 0xffffu);
    put16(image, at + 2u, value >> 16);
}

static void put_symbol(struct image *image, unsigned n, uint32_t name, uint32_t value,
                       uint32_t size, uint8_t info)
{
    put32(image, SYM(n), name);
    put32(image, SYM(n) + 4u, value);
    put32(image, SYM(n) + 8u, size);
    image->bytes[SYM(n) + 12u] = info;
    put16(image, SYM(n) + 14u, 1);
}

static void make_image(struct image *image)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    memset(image, 0, sizeof *image);
    image->len = sizeof image->bytes;
    memcpy(image->bytes, ident, sizeof ident);
    put16(image, 0x10, 2);  /* e_type */
    put16(image, 0x12, 40); /* e_machine: Arm */
    put32(image, 0x14, 1);
    put32(image, 0x20, 0x34); /* e_shoff */
    put16(image, 0x28, 52);
    put16(image, 0x2e, 40); /* e_shentsize */
    put16(image, 0x30, 3);  /* e_shnum */
    put32(image, SHDR(1) + 4u, 2);
    put32(image, SHDR(1) + 16u, SYM(0));
    put32(image, SHDR(1) + 20u, 64);
    put32(image, SHDR(1) + 24u, 2); /* sh_link: the strings */
    put32(image, SHDR(1) + 36u, 16);
    put32(image, SHDR(2) + 4u, 3);
    put32(image, SHDR(2) + 16u, STRINGS);
    put32(image, SHDR(2) + 20u, 24);
    memcpy(image->bytes + STRINGS, "\0main\0tail\0a variable\0\0", 24);
    put_symbol(image, 1, 1, 0x08000101, 0x40, 0x12);
    put_symbol(image, 2, 6, 0x08000201, 0, 0x02);
    put_symbol(image, 3, 11, 0x20000000, 4, 0x11);
}

static int setup(void **state)
{
    struct context *c = calloc(1, sizeof *c);
    assert_non_null(c);
    (void)snprintf(c->path, sizeof c->path, "test_symbols.XXXXXX");
    const int fd = mkstemp(c->path);
    assert_true(fd >= 0);
    (void)close(fd);
    c->symbols = symbols_new();
    assert_non_null(c->symbols);
    make_image(&c->image);
    *state = c;
    return 0;
}

static int teardown(void **state)
{
    struct context *c = *state;
    (void)unlink(c->path);
    symbols_free(c->symbols);
    free(c);
    return 0;
}

static void save(const struct context *c)
{
    FILE *file = fopen(c->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(c->image.bytes, 1, c->image.len, file), c->image.len);
    assert_int_equal(fclose(file), 0);
}

static void expect_text(const struct context *c, uint32_t addr, const char *expected)
{
    char text[64] = "untouched";
    symbols_text(c->symbols, addr, text, sizeof text);
    assert_string_equal(text, expected);
}

static void add(struct context *c)
{
    struct sim_error error;
    save(c);
    assert_int_equal(symbols_add(c->symbols, c->path, &error), SIM_OK);
}

static void addresses_have_names(void **state)
{
    struct context *c = *state;
    expect_text(c, 0x08000100, "");
    add(c);
    expect_text(c, 0x08000100, "main");
    expect_text(c, 0x08000101, "main");
    expect_text(c, 0x08000112, "main+0x12");
    expect_text(c, 0x0800013e, "main+0x3e");
    expect_text(c, 0x08000140, ""); /* behind its end */
    expect_text(c, 0x080000fe, "");
    expect_text(c, 0x08000300, "tail+0x100");      /* size not known */
    expect_text(c, 0x20000000, "tail+0x17fffe00"); /* variables are no functions */
}

static void text_is_cut_to_its_buffer(void **state)
{
    struct context *c = *state;
    char text[5] = "xxxx";
    add(c);
    symbols_text(c->symbols, 0x08000112, text, sizeof text);
    assert_string_equal(text, "main");
    text[0] = 'x';
    symbols_text(c->symbols, 0x08000112, text, 0);
    assert_int_equal(text[0], 'x');
}

static void several_files_add_up_and_the_last_one_wins(void **state)
{
    struct context *c = *state;
    add(c);
    memcpy(c->image.bytes + STRINGS + 1u, "boot", 4);
    put32(&c->image, SYM(2) + 4u, 0x08000401);
    add(c);
    expect_text(c, 0x08000102, "boot+0x2");
    expect_text(c, 0x08000200, "tail");
    expect_text(c, 0x08000402, "tail+0x2");
}

static void unprintable_names_cannot_break_a_line(void **state)
{
    struct context *c = *state;
    memcpy(c->image.bytes + STRINGS + 1u, "\n\x1b \xff", 4);
    add(c);
    expect_text(c, 0x08000100, "\?\?\?\?");
}

static void undefined_functions_are_not_there(void **state)
{
    struct context *c = *state;
    put16(&c->image, SYM(1) + 14u, 0);
    add(c);
    expect_text(c, 0x08000100, "");
}

struct hostile {
    const char *reason;
    size_t at;
    unsigned size;
    uint32_t value;
};

static void hostile_files_give_one_clear_error(void **state)
{
    static const struct hostile row[] = {
        {"not an ELF file", 0, 1, 0x7e},
        {"not a 32-bit ELF file", 4, 1, 2},
        {"not a little-endian ELF file", 5, 1, 2},
        {"not an ELF file for Arm", 0x12, 2, 62},
        {"no section headers", 0x30, 2, 0},
        {"section headers of an unknown size", 0x2e, 2, 39},
        {"a table reaches beyond the end of the file", 0x20, 4, 0xfffffff0},
        {"a table reaches beyond the end of the file", 0x20, 4, 0xdd},
        {"a table reaches beyond the end of the file", 0x30, 2, 0xffff},
        {"no symbol table", SHDR(1) + 4u, 4, 11},
        {"more than one symbol table", SHDR(0) + 4u, 4, 2},
        {"a section number is out of range", SHDR(1) + 24u, 4, 3},
        {"a section number is out of range", SHDR(1) + 24u, 4, 0xffffffff},
        {"the symbol table has no string table", SHDR(1) + 24u, 4, 1},
        {"symbols of an unknown size", SHDR(1) + 36u, 4, 0},
        {"symbols of an unknown size", SHDR(1) + 20u, 4, 63},
        {"a table reaches beyond the end of the file", SHDR(1) + 20u, 4, 0xfffffff0},
        {"a table reaches beyond the end of the file", SHDR(1) + 16u, 4, 0xffffffff},
        {"a table reaches beyond the end of the file", SHDR(1) + 16u, 4, 0xc5},
        {"a table reaches beyond the end of the file", SHDR(2) + 16u, 4, 0xfffffffc},
        {"a table reaches beyond the end of the file", SHDR(2) + 20u, 4, 25},
        {"a symbol's name lies outside the string table", SYM(1), 4, 24},
        {"a symbol's name lies outside the string table", SYM(2), 4, 0xffffffff},
        {"a symbol's name lies outside the string table", SHDR(2) + 20u, 4, 0},
        {"a symbol's name has no end", SHDR(2) + 20u, 4, 4},
    };
    struct context *c = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct sim_error error = {"nothing"};
        make_image(&c->image);
        for (unsigned k = 0; k < row[i].size; k++) {
            c->image.bytes[row[i].at + k] = (uint8_t)(row[i].value >> (8u * k));
        }
        /* The second symbol table has to look like one to be reached. */
        if (row[i].at == SHDR(0) + 4u) {
            memcpy(c->image.bytes + SHDR(0), c->image.bytes + SHDR(1), 40);
        }
        save(c);
        char expected[160];
        (void)snprintf(expected, sizeof expected, "%s: %s", c->path, row[i].reason);
        assert_int_equal(symbols_add(c->symbols, c->path, &error), SIM_ERROR_FILE);
        assert_string_equal(error.text, expected);
        expect_text(c, 0x08000100, ""); /* nothing of it was kept */
    }
}

static void section_header_cut_by_one_byte_is_refused(void **state)
{
    struct context *c = *state;
    struct sim_error error;
    put32(&c->image, 0x20, (uint32_t)c->image.len - 39u);
    put16(&c->image, 0x30, 1);
    save(c);
    assert_int_equal(symbols_add(c->symbols, c->path, &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "reaches beyond the end"));
}

static void every_truncation_and_flipped_byte_is_survived(void **state)
{
    struct context *c = *state;
    struct sim_error error;
    for (size_t len = 0; len < sizeof c->image.bytes; len++) {
        make_image(&c->image);
        c->image.len = len;
        save(c);
        assert_int_equal(symbols_add(c->symbols, c->path, &error), SIM_ERROR_FILE);
    }
    for (size_t at = 0; at < sizeof c->image.bytes; at++) {
        for (unsigned flip = 1; flip < 256u; flip *= 4u) {
            make_image(&c->image);
            c->image.bytes[at] ^= (uint8_t)flip;
            save(c);
            (void)!symbols_add(c->symbols, c->path, NULL);
            char text[64];
            symbols_text(c->symbols, 0x08000112, text, sizeof text);
        }
    }
}

static void missing_file_and_folder_are_named(void **state)
{
    struct context *c = *state;
    struct sim_error error;
    assert_int_equal(symbols_add(c->symbols, "no/such/file", &error), SIM_ERROR_FILE);
    assert_non_null(strstr(error.text, "no/such/file"));
    assert_int_equal(symbols_add(c->symbols, ".", &error), SIM_ERROR_FILE);
    assert_string_equal(error.text, ".: Is a directory");
}

static void real_file_of_the_cross_tools(void **state)
{
    struct context *c = *state;
    struct sim_error error;
    char command[320];
    (void)snprintf(
        command, sizeof command,
        "printf '.syntax unified\\n.thumb\\n.text\\n.global one\\n.type one,%%%%function\\n"
        "one: nop\\n nop\\n.size one,.-one\\n.type two,%%%%function\\ntwo: bx lr\\n"
        ".size two,.-two\\n' | arm-none-eabi-gcc -mcpu=cortex-m33 -nostdlib "
        "-Wl,-Ttext=0x0c001000,-e,one -x assembler -o %s -",
        c->path);
    assert_int_equal(system(command), 0);
    assert_int_equal(symbols_add(c->symbols, c->path, &error), SIM_OK);
    expect_text(c, 0x0c001000, "one");
    expect_text(c, 0x0c001002, "one+0x2");
    expect_text(c, 0x0c001004, "two");
    expect_text(c, 0x0c001006, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(addresses_have_names),
        CASE(text_is_cut_to_its_buffer),
        CASE(several_files_add_up_and_the_last_one_wins),
        CASE(unprintable_names_cannot_break_a_line),
        CASE(undefined_functions_are_not_there),
        CASE(hostile_files_give_one_clear_error),
        CASE(section_header_cut_by_one_byte_is_refused),
        CASE(every_truncation_and_flipped_byte_is_survived),
        CASE(missing_file_and_folder_are_named),
        CASE(real_file_of_the_cross_tools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

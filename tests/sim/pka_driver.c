#include "pka_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const char p256_p[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

int pka_setup(void **state)
{
    struct dev_bench *b = bench_open(false);
    bench_write(b, RCC_AHB2ENR, RNG_CLOCK);
    bench_wait(b, 1000);
    bench_write(b, CR, EN);
    bench_wait(b, 1000);
    assert_int_equal(bench_read(b, SR), INITOK);
    *state = b;
    return 0;
}

int pka_teardown(void **state)
{
    bench_close(*state);
    return 0;
}

void put(struct dev_bench *b, uint32_t off, const char *hex)
{
    size_t digits = strlen(hex);
    while (digits > 0) {
        const size_t len = digits < 8u ? digits : 8u;
        char word[9] = "";
        memcpy(word, hex + digits - len, len);
        bench_write(b, PKA + off, (uint32_t)strtoul(word, NULL, 16));
        digits -= len;
        off += 4u;
    }
    bench_write(b, PKA + off, 0);
    bench_write(b, PKA + off + 4u, 0);
}

void put_word(struct dev_bench *b, uint32_t off, uint32_t value)
{
    bench_write(b, PKA + off, value);
    bench_write(b, PKA + off + 4u, 0);
}

void expect(struct dev_bench *b, uint32_t off, const char *hex)
{
    char text[600] = "";
    const size_t digits = strlen(hex);
    const size_t words = (digits + 15u) / 16u * 2u;
    for (size_t i = 0; i < words; i++) {
        (void)snprintf(text + 8u * i, 9, "%08x",
                       bench_read(b, PKA + off + 4u * (uint32_t)(words - 1u - i)));
    }
    for (size_t i = 0; i < 8u * words - digits; i++) {
        assert_int_equal(text[i], '0');
    }
    assert_string_equal(text + 8u * words - digits, hex);
}

void expect_word(struct dev_bench *b, uint32_t off, uint32_t value)
{
    assert_int_equal(bench_read(b, PKA + off), value);
}

void run(struct dev_bench *b, uint32_t mode)
{
    bench_write(b, CR, EN | MODE(mode));
    bench_write(b, CR, EN | MODE(mode) | START);
    assert_int_equal(bench_read(b, CR), EN | MODE(mode));
    assert_int_equal(bench_read(b, SR), INITOK | BUSY);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), INITOK | PROCENDF);
    bench_write(b, CLRFR, PROCENDF);
    assert_int_equal(bench_read(b, SR), INITOK);
}

#include "aes_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 64u

#define STATE_MASK 0x0000ff00u
#define CLOSED     0x00007200u

unsigned words_of(const char *hex, uint32_t *words)
{
    const size_t digits = strlen(hex);
    unsigned count = 0;
    for (size_t i = 0; i < digits; i += 8u) {
        char word[9] = "00000000";
        const size_t len = digits - i < 8u ? digits - i : 8u;
        memcpy(word, hex + i, len);
        assert_true(count < WORDS_MAX);
        words[count] = (uint32_t)strtoul(word, NULL, 16);
        count++;
    }
    return count;
}

void expect_words(const uint32_t *words, const char *hex)
{
    char text[8u * WORDS_MAX + 1u] = "";
    const size_t digits = strlen(hex);
    for (size_t i = 0; i < (digits + 7u) / 8u; i++) {
        (void)snprintf(text + 8u * i, 9, "%08x", words[i]);
    }
    text[digits] = '\0';
    assert_string_equal(text, hex);
}

void set_key(struct dev_bench *b, uint32_t base, const char *hex)
{
    uint32_t words[WORDS_MAX] = {0};
    const unsigned count = words_of(hex, words);
    for (unsigned i = 0; i < count; i++) {
        bench_write(b, base + KEYR(count - 1u - i), words[i]);
    }
}

void set_iv(struct dev_bench *b, uint32_t base, const char *hex)
{
    uint32_t words[WORDS_MAX] = {0};
    assert_int_equal(words_of(hex, words), 4);
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, base + IVR(3u - i), words[i]);
    }
}

void wait_ccf(struct dev_bench *b, uint32_t base)
{
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, base + ISR), CCF);
    assert_int_equal(bench_read(b, base + SR) & (CCF | BUSY), CCF);
    bench_write(b, base + ICR, CCF);
    assert_int_equal(bench_read(b, base + SR) & CCF, 0);
}

void put_block(struct dev_bench *b, uint32_t base, const uint32_t in[4])
{
    for (unsigned i = 0; i < 4u; i++) {
        bench_write(b, base + DINR, in[i]);
    }
    wait_ccf(b, base);
}

void get_block(struct dev_bench *b, uint32_t base, uint32_t out[4])
{
    for (unsigned i = 0; i < 4u; i++) {
        out[i] = bench_read(b, base + DOUTR);
    }
}

void run_blocks(struct dev_bench *b, uint32_t base, const char *in, const char *expected)
{
    uint32_t words[WORDS_MAX] = {0};
    uint32_t out[WORDS_MAX] = {0};
    const unsigned count = words_of(in, words);
    for (unsigned i = 0; i < count; i += 4u) {
        put_block(b, base, &words[i]);
        if (expected != NULL) {
            get_block(b, base, &out[i]);
        }
    }
    if (expected != NULL) {
        expect_words(out, expected);
    }
}

void run_message(struct dev_bench *b, uint32_t base, uint32_t cr, const char *key, const char *iv,
                 const char *in, const char *expected)
{
    bench_write(b, base + CR, cr);
    set_key(b, base, key);
    assert_int_equal(bench_read(b, base + SR), KEYVALID);
    if ((cr & DECRYPT) && !(cr & CTR)) {
        bench_write(b, base + CR, (cr & ~DECRYPT) | PREPARE);
        bench_write(b, base + CR, (cr & ~DECRYPT) | PREPARE | EN);
        wait_ccf(b, base);
        assert_int_equal(bench_read(b, base + CR) & EN, 0);
        bench_write(b, base + CR, cr);
    }
    if (iv != NULL) {
        set_iv(b, base, iv);
    }
    bench_write(b, base + CR, cr | EN);
    assert_int_equal(bench_read(b, base + CR), cr | EN);
    run_blocks(b, base, in, expected);
    bench_write(b, base + CR, cr);
}

/** The payload, whose last block may be short. */
static void run_payload(struct dev_bench *b, uint32_t base, uint32_t cr, const char *in,
                        const char *expected)
{
    const size_t rest = strlen(in) / 2u % 16u;
    const size_t whole = strlen(in) - 2u * rest;
    char head[2u * 256u] = "", expected_head[2u * 256u] = "";
    (void)snprintf(head, whole + 1u, "%s", in);
    (void)snprintf(expected_head, whole + 1u, "%s", expected);
    bench_write(b, base + CR, cr | EN);
    run_blocks(b, base, head, expected_head);
    if (rest != 0) {
        uint32_t words[4] = {0};
        (void)words_of(in + whole, words);
        bench_write(b, base + CR, cr | EN | NPBLB(16u - rest));
        put_block(b, base, words);
        get_block(b, base, words);
        expect_words(words, expected + whole);
    }
}

void run_aead(struct dev_bench *b, uint32_t base, const struct aead *aead, bool decrypt)
{
    const uint32_t cr = aead->cr | (decrypt ? DECRYPT : 0);
    uint32_t words[4];
    bench_write(b, base + CR, cr);
    set_key(b, base, aead->key);
    set_iv(b, base, aead->iv);
    bench_write(b, base + CR, cr | EN);
    wait_ccf(b, base);
    assert_int_equal(bench_read(b, base + CR), cr); /* the initial phase ends by itself */
    if (aead->header != NULL) {
        bench_write(b, base + CR, cr | HEADER | EN);
        run_blocks(b, base, aead->header, NULL);
    }
    if (aead->payload != NULL) {
        run_payload(b, base, cr | PAYLOAD, decrypt ? aead->expected : aead->payload,
                    decrypt ? aead->payload : aead->expected);
    }
    bench_write(b, base + CR, cr | FINAL | EN);
    if (aead->lengths != NULL) {
        (void)words_of(aead->lengths, words);
        put_block(b, base, words);
    } else {
        wait_ccf(b, base);
    }
    get_block(b, base, words);
    expect_words(words, aead->tag);
    bench_write(b, base + CR, 0);
}

/* ---- SAES ----------------------------------------------------------------------------------- */

void clocks_on(struct dev_bench *b)
{
    bench_write_as(b, chip_trustzone(b->chip), true, RCC_AHB2ENR, RNG_CLOCK | SAES_CLOCK);
    bench_wait(b, LONG_ENOUGH);
}

struct dev_bench *closed_chip(bool trustzone)
{
    struct dev_bench *b = bench_open(trustzone);
    b->nv->option[NV_OB_OPTSR] = (b->nv->option[NV_OB_OPTSR] & ~STATE_MASK) | CLOSED;
    bench_power(b);
    clocks_on(b);
    return b;
}

void again(struct dev_bench *b)
{
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    clocks_on(b);
}

void select_key(struct dev_bench *b, uint32_t cr)
{
    bench_write(b, SAES + CR, cr & ~KEYSEL);
    bench_write(b, SAES + CR, cr);
    assert_int_equal(bench_read(b, SAES + SR), BUSY);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SAES + SR), KEYVALID);
}

void fingerprint(struct dev_bench *b, uint32_t cr, uint32_t out[4])
{
    static const uint32_t zero[4] = {0};
    select_key(b, cr);
    bench_write(b, SAES + CR, cr | EN);
    put_block(b, SAES, zero);
    get_block(b, SAES, out);
    bench_write(b, SAES + CR, 0);
}

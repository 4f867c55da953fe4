#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dev_bench.h"

#define HASH      0x420c0400u
#define CR        (HASH + 0x00u)
#define DIN       (HASH + 0x04u)
#define STR       (HASH + 0x08u)
#define HRA0      (HASH + 0x0cu)
#define IMR       (HASH + 0x20u)
#define SR        (HASH + 0x24u)
#define CSR0      (HASH + 0xf8u)
#define HR0       (HASH + 0x310u)
#define CSR_COUNT 103u

#define INIT        0x4u
#define BYTES       0x20u /* DATATYPE: bytes */
#define HMAC        0x40u
#define LKEY        0x10000u
#define ALGO(code)  ((uint32_t)(code) << 17)
#define SHA1        ALGO(0)
#define SHA224      ALGO(2)
#define SHA256      ALGO(3)
#define SHA384      ALGO(12)
#define SHA512_224  ALGO(13)
#define SHA512_256  ALGO(14)
#define SHA512      ALGO(15)
#define DCAL        0x100u
#define DINIS       0x1u
#define DCIS        0x2u
#define BUSY        0x8u
#define DINNE       0x8000u
#define IRQ_HASH    117u
#define LONG_ENOUGH 10000u

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static void wait_idle(struct dev_bench *b)
{
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR) & BUSY, 0);
}

/* Writes words of a message given as bytes, the last one filled up with `fill`. */
static void push(struct dev_bench *b, const uint8_t *data, size_t len, uint8_t fill)
{
    for (size_t i = 0; i < len; i += 4u) {
        uint32_t word = 0;
        for (size_t k = 0; k < 4u; k++) {
            word |= (uint32_t)(i + k < len ? data[i + k] : fill) << (8u * k);
        }
        bench_write(b, DIN, word);
    }
}

static void finish(struct dev_bench *b, size_t len)
{
    bench_write(b, STR, 8u * (len % 4u));
    bench_write(b, STR, DCAL);
    wait_idle(b);
}

static void expect_digest(struct dev_bench *b, const char *hex)
{
    char text[129] = "";
    const size_t words = strlen(hex) / 8u;
    for (size_t i = 0; i < words; i++) {
        (void)snprintf(text + 8u * i, 9, "%08x", bench_read(b, HR0 + 4u * (uint32_t)i));
    }
    assert_string_equal(text, hex);
    for (size_t i = words; i < 16u; i++) {
        assert_int_equal(bench_read(b, HR0 + 4u * (uint32_t)i), 0);
    }
}

static void check(struct dev_bench *b, uint32_t algo, const uint8_t *data, size_t len,
                  const char *hex)
{
    bench_write(b, CR, algo | BYTES | INIT);
    push(b, data, len, 0xee);
    finish(b, len);
    assert_int_equal(bench_read(b, SR) & DCIS, DCIS);
    expect_digest(b, hex);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, CR), 0);
    assert_int_equal(bench_read(b, DIN), 0);
    assert_int_equal(bench_read(b, STR), 0);
    assert_int_equal(bench_read(b, IMR), 0);
    assert_int_equal(bench_read(b, SR), 0x110001);
    for (uint32_t i = 0; i < 16u; i++) {
        assert_int_equal(bench_read(b, HR0 + 4u * i), 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, 0xfffffffb);
    assert_int_equal(bench_read(b, CR), 0x1f2078);
    bench_write(b, STR, 0xfffffeff);
    assert_int_equal(bench_read(b, STR), 0x1f);
    bench_write(b, IMR, 0xffffffff);
    assert_int_equal(bench_read(b, IMR), 3);
}

/* FIPS 180-4's example, with the digests that NIST publishes. */
static void abc_in_every_algorithm(void **state)
{
    static const uint8_t abc[3] = {'a', 'b', 'c'};
    struct dev_bench *b = *state;
    check(b, SHA1, abc, 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
    check(b, SHA224, abc, 3, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
    check(b, SHA256, abc, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(b, SHA384, abc, 3,
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7");
    check(b, SHA512_224, abc, 3, "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa");
    check(b, SHA512_256, abc, 3,
          "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
    check(b, SHA512, abc, 3,
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void empty_message(void **state)
{
    struct dev_bench *b = *state;
    check(b, SHA1, NULL, 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    check(b, SHA256, NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check(b, SHA512, NULL, 0,
          "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
          "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

/* The bytes 0 to 199, hashed by Python's hashlib. */
static void several_blocks(void **state)
{
    struct dev_bench *b = *state;
    uint8_t data[200];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
    }
    check(b, SHA1, data, 200, "54d11e99127d159799dbce10f51a75e697780478");
    check(b, SHA224, data, 200, "ab3e334a37953e18f4f673736dddb64e850bfdf29d5a7ba268c567d9");
    check(b, SHA256, data, 200, "1901da1c9f699b48f6b2636e65cbf73abf99d0441ef67f5c540a42f7051dec6f");
    check(b, SHA384, data, 200,
          "7ea4bb2534c67036f49de7beb5fe8a2478df04ff3fef40a9cd4923999a590e99"
          "12df1297217ce1a021aa2fb1013498b8");
    check(b, SHA512_224, data, 200, "45455ac9539e497062d4d0023cb5591af4aced509e2465c2da57b466");
    check(b, SHA512_256, data, 200,
          "e511aa65d4e53c0bb6065c9e1d2882248307fc4987e67fca18d7e3c77017df65");
    check(b, SHA512, data, 200,
          "986058e9895e2c2ab8f9e8cbdf801db12a44842a56a91d5a4e87b1fc98b29372"
          "2c4664142e42c3c551ff898646268cd92b84ed230b8c94bed7798d4f27cd7465");
}

/* Lengths around the borders of the padding; digests by Python's hashlib of 'a' * n. */
static void lengths_around_the_padding(void **state)
{
    static const struct {
        uint32_t algo;
        size_t len;
        const char *hex;
    } row[] = {
        {SHA256, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {SHA256, 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {SHA256, 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        {SHA256, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {SHA256, 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
        {SHA512, 111,
         "fa9121c7b32b9e01733d034cfc78cbf67f926c7ed83e82200ef8681819692176"
         "0b4beff48404df811b953828274461673c68d04e297b0eb7b2b4d60fc6b566a2"},
        {SHA512, 112,
         "c01d080efd492776a1c43bd23dd99d0a2e626d481e16782e75d54c2503b5dc32"
         "bd05f0f1ba33e568b88fd2d970929b719ecbb152f58f130a407c8830604b70ca"},
        {SHA512, 127,
         "828613968b501dc00a97e08c73b118aa8876c26b8aac93df128502ab360f91ba"
         "b50a51e088769a5c1eff4782ace147dce3642554199876374291f5d921629502"},
        {SHA512, 128,
         "b73d1929aa615934e61a871596b3f3b33359f42b8175602e89f7e06e5f658a24"
         "3667807ed300314b95cacdd579f3e33abdfbe351909519a846d465c59582f321"},
    };
    struct dev_bench *b = *state;
    uint8_t data[128];
    memset(data, 'a', sizeof data);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        check(b, row[i].algo, data, row[i].len, row[i].hex);
    }
}

/* RFC 6234, section 8.5: messages of five bits. */
static void messages_of_bits(void **state)
{
    static const struct {
        uint32_t algo, word;
        const char *hex;
    } row[] = {
        {SHA1, 0x98, "29826b003b906e660eff4027ce98af3531ac75ba"},
        {SHA256, 0x68, "d6d3e02a31a84a8caa9718ed6c2057be09db45e7823eb5079ce7a573a3760f95"},
        {SHA512, 0xb0,
         "d4ee29a9e90985446b913cf1d1376c836f4be2c1cf3cada0720a6bf4857d886a"
         "7ecb3c4e4c0fa8c7f95214e41dc1b0d21b22a84cc03bf8ce4845f34dd5bdbad4"},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, CR, row[i].algo | BYTES | INIT);
        bench_write(b, DIN, row[i].word | 0xffffff07u); /* what is not valid does not matter */
        bench_write(b, STR, 5);
        bench_write(b, STR, DCAL);
        wait_idle(b);
        expect_digest(b, row[i].hex);
    }
}

static void data_types_swap_the_word(void **state)
{
    /* "abcd", as each DATATYPE wants it. */
    static const uint32_t word[4] = {0x61626364, 0x63646162, 0x64636261, 0x26c64686};
    struct dev_bench *b = *state;
    for (uint32_t type = 0; type < 4u; type++) {
        bench_write(b, CR, SHA256 | type << 4 | INIT);
        bench_write(b, DIN, word[type]);
        bench_write(b, STR, 0);
        bench_write(b, STR, DCAL);
        wait_idle(b);
        expect_digest(b, "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589");
    }
}

/* Keys of byte 7 i + 1, the message is the bytes 0 to 76; by Python's hmac. */
static void hmac_in_three_steps(void **state)
{
    static const struct {
        uint32_t algo;
        size_t key_len, block;
        const char *hex;
    } row[] = {
        {SHA256, 20, 64, "a808f2778a33112bcf25373daf134052834326cc22952ab0554566212699d854"},
        {SHA256, 64, 64, "73ed7b1cb406106c763d01180422214ffed5a5356278307b531b1045ec4e8e22"},
        {SHA256, 100, 64, "3cbd26910e7b5a8ba49fd92c4aaccfa4d82b03d2eb2d4bd9ece7fbc030915894"},
        {SHA1, 3, 64, "f9f6a9efe1a25d4675deb1b77951e7ea76e7297e"},
        {SHA512, 128, 128,
         "834456d48674ba7bbae2732d8101967bbaf649c6cbbda17c0bb05df9e6238426"
         "349387868eae1f824d65c9a20431c48a0427474429ea54018de25754570d6851"},
        {SHA512, 131, 128,
         "ce4964fa6496d448e87c8408b074812ad272445fc18ac15df23f209eaf5f7fbb"
         "50ab2ff1917693fbfab70815d0ac3289b83d76106cd49a9b16fa054a0b78808d"},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint8_t key[131];
        uint8_t message[77];
        for (unsigned k = 0; k < sizeof key; k++) {
            key[k] = (uint8_t)(7u * k + 1u);
        }
        for (unsigned k = 0; k < sizeof message; k++) {
            message[k] = (uint8_t)k;
        }
        const uint32_t lkey = row[i].key_len > row[i].block ? LKEY : 0;
        bench_write(b, CR, row[i].algo | BYTES | HMAC | lkey | INIT);
        push(b, key, row[i].key_len, 0xee);
        finish(b, row[i].key_len);
        assert_int_equal(bench_read(b, SR) & (DINIS | DCIS), DINIS);
        push(b, message, sizeof message, 0xee);
        finish(b, sizeof message);
        assert_int_equal(bench_read(b, SR) & (DINIS | DCIS), DINIS);
        push(b, key, row[i].key_len, 0xee);
        finish(b, row[i].key_len);
        assert_int_equal(bench_read(b, SR) & DCIS, DCIS);
        expect_digest(b, row[i].hex);
    }
}

static void first_digest_words_have_an_alias(void **state)
{
    struct dev_bench *b = *state;
    check(b, SHA1, NULL, 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    for (uint32_t i = 0; i < 5u; i++) {
        assert_int_equal(bench_read(b, HRA0 + 4u * i), bench_read(b, HR0 + 4u * i));
    }
    bench_write(b, HR0, 0);
    assert_int_equal(bench_read(b, HR0), 0xda39a3ee);
}

static void word_counters_follow_the_fifo(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, SHA256 | INIT);
    assert_int_equal(bench_read(b, SR), 0x110001);
    for (uint32_t i = 1; i <= 16u; i++) {
        bench_write(b, DIN, 0);
        assert_int_equal(bench_read(b, SR), (0x11u - i) << 16 | i << 9 | DINNE);
        assert_int_equal(bench_read(b, CR), SHA256 | (i & 0xfu) << 8 | 0x1000u);
    }
    bench_write(b, DIN, 0);
    assert_int_equal(bench_read(b, SR), 0x100000u | 1u << 9 | DINNE | BUSY);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, SR), 0x100000u | 1u << 9 | DINNE | DINIS);
    bench_write(b, CR, SHA512 | INIT);
    assert_int_equal(bench_read(b, SR), 0x210001);
}

static void dcal_is_busy_then_done(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, SHA256 | INIT);
    bench_write(b, DIN, 1);
    bench_write(b, STR, DCAL);
    assert_int_equal(bench_read(b, SR) & (BUSY | DINNE | DINIS | DCIS), BUSY);
    assert_int_equal(bench_read(b, STR), 0);
    assert_int_equal(bench_read(b, HR0), 0);
    bench_wait(b, 65);
    assert_int_equal(bench_read(b, SR) & (BUSY | DCIS), BUSY);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, SR) & (BUSY | DCIS), DCIS);
    bench_write(b, SR, 0xffffffff);
    assert_int_equal(bench_read(b, SR) & DCIS, DCIS);
    bench_write(b, SR, 0);
    assert_int_equal(bench_read(b, SR) & DCIS, 0);
    assert_int_not_equal(bench_read(b, HR0), 0);
}

static void nblw_cannot_be_written_with_dcal(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR, SHA256 | BYTES | INIT);
    bench_write(b, DIN, 0x64636261);
    bench_write(b, STR, DCAL | 8u);
    wait_idle(b);
    assert_int_equal(bench_read(b, STR), 0);
    expect_digest(b, "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589");
}

static void interrupts_follow_their_flags(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, IMR, 1);
    assert_true(bench_irq(b, IRQ_HASH));
    bench_write(b, DIN, 0);
    assert_false(bench_irq(b, IRQ_HASH));
    bench_write(b, IMR, 2);
    bench_write(b, STR, DCAL);
    assert_false(bench_irq(b, IRQ_HASH));
    bench_wait(b, LONG_ENOUGH);
    assert_true(bench_irq(b, IRQ_HASH));
    bench_write(b, CR, INIT);
    assert_false(bench_irq(b, IRQ_HASH));
}

static void init_starts_anew(void **state)
{
    static const uint8_t abc[3] = {'a', 'b', 'c'};
    struct dev_bench *b = *state;
    bench_write(b, CR, SHA512 | BYTES | INIT);
    for (unsigned i = 0; i < 33u; i++) {
        bench_write(b, DIN, i);
    }
    check(b, SHA256, abc, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void context_can_be_saved_and_restored(void **state)
{
    static const uint8_t abc[3] = {'a', 'b', 'c'};
    struct dev_bench *b = *state;
    uint8_t data[200];
    uint32_t csr[CSR_COUNT];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
    }
    bench_write(b, CR, SHA256 | BYTES | INIT);
    push(b, data, 68, 0);
    assert_int_equal(bench_read(b, CSR0), 0); /* zero until DINIS */
    wait_idle(b);
    const uint32_t cr = bench_read(b, CR) & 0x1f2078u;
    for (uint32_t i = 0; i < CSR_COUNT; i++) {
        csr[i] = bench_read(b, CSR0 + 4u * i);
    }
    check(b, SHA512_224, abc, 3, "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa");

    bench_write(b, CR, cr | INIT);
    for (uint32_t i = 0; i < CSR_COUNT; i++) {
        bench_write(b, CSR0 + 4u * i, csr[i]);
    }
    push(b, data + 68, 132, 0);
    finish(b, 200);
    expect_digest(b, "1901da1c9f699b48f6b2636e65cbf73abf99d0441ef67f5c540a42f7051dec6f");
}

/* Whatever is written there, the block stays within its arrays (the sanitizers watch). */
static void any_context_is_survived(void **state)
{
    struct dev_bench *b = *state;
    uint32_t x = 1;
    for (unsigned round = 0; round < 200u; round++) {
        bench_write(b, CR, ALGO(round & 15u) | (round & 16u ? HMAC : 0) | INIT);
        for (uint32_t i = 0; i < CSR_COUNT; i++) {
            x = x * 1664525u + 1013904223u;
            bench_write(b, CSR0 + 4u * i, round & 32u ? 0xffffffffu : x >> (x >> 27));
        }
        for (unsigned i = 0; i < 40u; i++) {
            bench_write(b, DIN, x);
        }
        bench_write(b, STR, round & 31u);
        for (unsigned i = 0; i < 3u; i++) {
            bench_write(b, STR, DCAL);
        }
        wait_idle(b);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(abc_in_every_algorithm),
        CASE(empty_message),
        CASE(several_blocks),
        CASE(lengths_around_the_padding),
        CASE(messages_of_bits),
        CASE(data_types_swap_the_word),
        CASE(hmac_in_three_steps),
        CASE(first_digest_words_have_an_alias),
        CASE(word_counters_follow_the_fifo),
        CASE(dcal_is_busy_then_done),
        CASE(nblw_cannot_be_written_with_dcal),
        CASE(interrupts_follow_their_flags),
        CASE(init_starts_anew),
        CASE(context_can_be_saved_and_restored),
        CASE(any_context_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

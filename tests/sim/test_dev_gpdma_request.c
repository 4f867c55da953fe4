#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dev_usart.h"
#include "gpdma_fixture.h"

#define USART2 0x40004400u
#define HASH   0x420c0400u
#define AES    0x420c0000u

static void transmitter_is_fed_by_its_requests(void **state)
{
    struct dev_bench *b = *state;
    memcpy(dma_ram(b, SRC), "garrison", 8);
    dma_put(b, 4, TR1, SINC);
    dma_put(b, 4, TR2, DREQ | 24u); /* USART2_TX */
    dma_put(b, 4, BR1, 8);
    dma_put(b, 4, SAR, SRC);
    dma_put(b, 4, DAR, USART2 + 0x28u);
    dma_put(b, 4, CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 4, SR), 0); /* nobody asks */
    bench_write(b, USART2 + 0x0cu, 100);
    bench_write(b, USART2 + 0x08u, 0x80); /* DMAT */
    bench_write(b, USART2, 0x9);          /* UE, TE */
    bench_wait(b, 1500);
    assert_int_equal(b->uart_len, 1);
    assert_int_equal(dma_get(b, 4, SR) & TCF, 0);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(b->uart_len, 8);
    assert_memory_equal(b->uart, "garrison", 8);
    assert_int_equal(b->uart_number, 2);
    assert_int_equal(dma_get(b, 4, SR), IDLEF | TCF | HTF);
}

static void receiver_is_emptied_by_its_requests(void **state)
{
    struct dev_bench *b = *state;
    struct sim_device *usart = chip_device(b->chip, "USART2");
    dma_fill(b, 16);
    dma_put(b, 4, TR1, DINC);
    dma_put(b, 4, TR2, 23u); /* USART2_RX */
    dma_put(b, 4, BR1, 4);
    dma_put(b, 4, SAR, USART2 + 0x24u);
    dma_put(b, 4, DAR, DST);
    dma_put(b, 4, CR, EN | FLAGS);
    bench_write(b, USART2 + 0x0cu, 100);
    bench_write(b, USART2 + 0x08u, 0x40); /* DMAR */
    bench_write(b, USART2, 0x5);          /* UE, RE */
    for (unsigned i = 0; i < 3u; i++) {
        usart_receive(usart, (uint8_t)("abc"[i]));
    }
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, DST), "abc\xee", 4);
    assert_int_equal(dma_get(b, 4, BR1), 1);
    assert_int_equal(dma_get(b, 4, SR), HTF);
    usart_receive(usart, 'd');
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, DST), "abcd", 4);
    assert_int_equal(dma_get(b, 4, SR), IDLEF | TCF | HTF);
    assert_int_equal(bench_read(b, USART2 + 0x1cu) & 0x28u, 0); /* no RXNE, no ORE */
}

static void block_request_is_asked_for_once(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
    dma_put(b, 4, TR1, DINC);
    dma_put(b, 4, TR2, BREQ | 23u);
    dma_put(b, 4, BR1, 4);
    dma_put(b, 4, SAR, USART2 + 0x24u);
    dma_put(b, 4, DAR, DST);
    dma_put(b, 4, CR, EN);
    bench_write(b, USART2 + 0x0cu, 100);
    bench_write(b, USART2 + 0x08u, 0x40);
    bench_write(b, USART2, 0x5);
    usart_receive(chip_device(b->chip, "USART2"), 'x');
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 4, SR) & TCF, TCF);
    assert_memory_equal(dma_ram(b, DST), "xxxx", 4); /* RDR keeps what was read last */
}

static void hash_is_fed_and_computes_at_the_end(void **state)
{
    struct dev_bench *b = *state;
    memcpy(dma_ram(b, SRC), "abc", 4);
    dma_put(b, 5, TR1, WORDS & ~DINC);
    dma_put(b, 5, TR2, DREQ | 111u); /* HASH_IN */
    dma_put(b, 5, BR1, 4);
    dma_put(b, 5, SAR, SRC);
    dma_put(b, 5, DAR, HASH + 4u);
    dma_put(b, 5, CR, EN | FLAGS);
    bench_write(b, HASH, 0x00060024); /* SHA-256, bytes, INIT */
    bench_write(b, HASH + 8u, 24);    /* NBLW */
    bench_write(b, HASH, 0x00060028); /* DMAE */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 5, SR), IDLEF | TCF | HTF);
    assert_int_equal(bench_read(b, HASH + 0x24u) & 0xfu, 2); /* DCIS; no DMAS */
    assert_int_equal(bench_read(b, HASH + 0x310u), 0xba7816bf);
    assert_int_equal(bench_read(b, HASH + 0x32cu), 0xf20015ad);
}

static void cipher_works_through_two_channels(void **state)
{
    /* FIPS 197, C.1, in the order of DATATYPE 0. */
    static const uint32_t plain[] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff};
    static const uint32_t cipher[] = {0x69c4e0d8, 0x6a7b0430, 0xd8cdb780, 0x70b4c55a};
    struct dev_bench *b = *state;
    for (uint32_t block = 0; block < 3u; block++) {
        memcpy(dma_ram(b, SRC + 16u * block), plain, 16);
    }
    for (uint32_t i = 0; i < 4u; i++) {
        bench_write(b, AES + 0x1cu - 4u * i, 0x00010203u + 0x04040404u * i);
    }
    dma_put(b, 0, TR1, WORDS & ~DINC);
    dma_put(b, 0, TR2, DREQ | 110u); /* AES_IN */
    dma_put(b, 0, BR1, 48);
    dma_put(b, 0, SAR, SRC);
    dma_put(b, 0, DAR, AES + 8u);
    dma_put(b, 0, CR, EN);
    dma_put(b, 1, TR1, WORDS & ~SINC);
    dma_put(b, 1, TR2, 109u); /* AES_OUT */
    dma_put(b, 1, BR1, 48);
    dma_put(b, 1, SAR, AES + 0xcu);
    dma_put(b, 1, DAR, DST);
    dma_put(b, 1, CR, EN);
    bench_write(b, AES, 0x1801); /* EN, DMAINEN, DMAOUTEN; ECB */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR) & TCF, TCF);
    assert_int_equal(dma_get(b, 1, SR) & TCF, TCF);
    for (uint32_t block = 0; block < 3u; block++) {
        assert_memory_equal(dma_ram(b, DST + 16u * block), cipher, 16);
    }
}

static void unknown_requests_never_come(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
    dma_go(b, 0, BYTES, 2u, 8); /* a DAC, say */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR), 0);
    assert_int_equal(dma_get(b, 0, BR1), 8);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, dma_setup, dma_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(transmitter_is_fed_by_its_requests), CASE(receiver_is_emptied_by_its_requests),
        CASE(block_request_is_asked_for_once),    CASE(hash_is_fed_and_computes_at_the_end),
        CASE(cipher_works_through_two_channels),  CASE(unknown_requests_never_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dev_bench.h"
#include "dev_usart.h"

#define TZSC_SECCFGR1 (0x40032400u + 0x10u)
#define TZIC_SR4      (0x40032800u + 0x1cu)
#define MPCBB1_SEC(n) (0x40032c00u + 0x100u + 4u * (n))
#define MPCBB1_PRV(n) (0x40032c00u + 0x200u + 4u * (n))
#define CRC_IDR       0x40023004u
#define USART2        0x40004400u
#define HASH          0x420c0400u
#define AES           0x420c0000u

#define GPDMA1    0x40020000u
#define GPDMA2    0x40021000u
#define SECCFGR   (GPDMA1 + 0x00u)
#define PRIVCFGR  (GPDMA1 + 0x04u)
#define RCFGLOCKR (GPDMA1 + 0x08u)
#define MISR      (GPDMA1 + 0x0cu)
#define SMISR     (GPDMA1 + 0x10u)
#define CH(n)     (GPDMA1 + 0x50u + 0x80u * (n))
#define LBAR      0x00u
#define FCR       0x0cu
#define SR        0x10u
#define CR        0x14u
#define TR1       0x40u
#define TR2       0x44u
#define BR1       0x48u
#define SAR       0x4cu
#define DAR       0x50u
#define TR3       0x54u
#define BR2       0x58u
#define LLR       0x7cu

#define EN    0x1u
#define RESET 0x2u
#define SUSP  0x4u
#define LSM   0x10000u
#define IDLEF 0x1u
#define TCF   0x100u
#define HTF   0x200u
#define DTEF  0x400u
#define ULEF  0x800u
#define USEF  0x1000u
#define SUSPF 0x2000u
#define FLAGS 0x7f00u

#define SDW(n) (n)
#define SINC   0x8u
#define SBL(n) (((n)-1u) << 4)
#define PAM(n) ((n) << 11)
#define SBX    0x2000u
#define SSEC   0x8000u
#define DDW(n) ((n) << 16)
#define DINC   0x80000u
#define DBL(n) (((n)-1u) << 20)
#define DBX    0x4000000u
#define DHX    0x8000000u
#define DSEC   0x80000000u
#define BYTES  (SINC | DINC)
#define WORDS  (SDW(2u) | DDW(2u) | SINC | DINC)

#define SWREQ   0x200u
#define DREQ    0x400u
#define BREQ    0x800u
#define TCEM(n) ((n) << 30)

#define UT1 0x80000000u
#define UT2 0x40000000u
#define UB1 0x20000000u
#define USA 0x10000000u
#define UDA 0x08000000u
#define ULL 0x00010000u

#define SRC  0x20000000u
#define DST  0x20001000u
#define LIST 0x20002000u /* DST and the 4080 bytes behind it end before. */

#define IRQ(n)      (27u + (n))
#define LONG_ENOUGH 10000000u

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

/* With TrustZone on: all of SRAM1 Non-secure and unprivileged, but for its last superblock. */
static int setup_trustzone(void **state)
{
    *state = bench_open(true);
    for (uint32_t i = 0; i < 15u; i++) {
        bench_write_as(*state, true, true, MPCBB1_SEC(i), 0);
        bench_write_as(*state, true, true, MPCBB1_PRV(i), 0);
    }
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static uint8_t *ram(struct dev_bench *b, uint32_t addr)
{
    return &b->chip->memory[CHIP_SRAM1].bytes[addr - 0x20000000u];
}

/* `len` bytes that differ at SRC, and others at DST. */
static void fill(struct dev_bench *b, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        *ram(b, SRC + i) = (uint8_t)(7u * i + 1u);
    }
    memset(ram(b, DST), 0xee, len + 16u);
}

static uint32_t get(struct dev_bench *b, unsigned n, uint32_t off)
{
    return bench_read(b, CH(n) + off);
}

static void put(struct dev_bench *b, unsigned n, uint32_t off, uint32_t value)
{
    bench_write(b, CH(n) + off, value);
}

/* Sets up a transfer from SRC to DST and enables the channel. */
static void go(struct dev_bench *b, unsigned n, uint32_t tr1, uint32_t tr2, uint32_t len)
{
    put(b, n, TR1, tr1);
    put(b, n, TR2, tr2);
    put(b, n, BR1, len);
    put(b, n, SAR, SRC);
    put(b, n, DAR, DST);
    put(b, n, CR, EN | FLAGS);
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    for (uint32_t off = 0; off < 0x450u; off += 4u) {
        const bool sr = off >= 0x50u && (off - 0x50u) % 0x80u == SR;
        assert_int_equal(bench_read(b, GPDMA1 + off), sr ? IDLEF : 0);
        assert_int_equal(bench_read(b, GPDMA2 + off), sr ? IDLEF : 0);
    }
}

static void reserved_bits_stay_zero(void **state)
{
    static const struct {
        unsigned n;
        uint32_t off, mask;
    } row[] = {{0, LBAR, 0xffff0000}, {0, SR, IDLEF},       {0, TR1, 0x4ffb7bfb},
               {0, TR2, 0xc33fceff},  {5, BR1, 0x0000ffff}, {6, BR1, 0xf7ffffff},
               {0, SAR, 0xffffffff},  {0, DAR, 0xffffffff}, {5, TR3, 0},
               {7, TR3, 0x1fff1fff},  {5, BR2, 0},          {7, BR2, 0xffffffff},
               {5, LLR, 0xf801fffc},  {6, LLR, 0xfe01fffc}};
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        put(b, row[i].n, row[i].off, 0xffffffff);
        assert_int_equal(get(b, row[i].n, row[i].off), row[i].mask);
    }
    put(b, 0, CR, 0xffffffffu & ~(EN | RESET | SUSP));
    assert_int_equal(get(b, 0, CR), 0x00c37f00);
    bench_write(b, PRIVCFGR, 0xffffffff);
    assert_int_equal(bench_read(b, PRIVCFGR), 0xff);
    bench_write(b, RCFGLOCKR, 0xffffff0f);
    assert_int_equal(bench_read(b, RCFGLOCKR), 0x0f);
    bench_write(b, RCFGLOCKR, 0);
    assert_int_equal(bench_read(b, RCFGLOCKR), 0x0f);
}

static void memory_is_copied_and_the_end_is_flagged(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 1000);
    go(b, 3, WORDS, SWREQ, 1000);
    assert_int_equal(get(b, 3, SR), 0);
    assert_int_equal(get(b, 3, CR) & EN, EN);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, SRC), ram(b, DST), 1000);
    assert_int_equal(*ram(b, DST + 1000u), 0xee);
    assert_int_equal(get(b, 3, SR), IDLEF | TCF | HTF);
    assert_int_equal(get(b, 3, CR) & EN, 0);
    assert_int_equal(get(b, 3, BR1), 0);
    assert_int_equal(get(b, 3, SAR), SRC + 1000u);
    assert_int_equal(get(b, 3, DAR), DST + 1000u);
    assert_true(bench_irq(b, IRQ(3)));
    assert_false(bench_irq(b, IRQ(2)));
    assert_int_equal(bench_read(b, MISR), 1u << 3);
    put(b, 3, FCR, TCF);
    assert_true(bench_irq(b, IRQ(3)));
    put(b, 3, FCR, HTF);
    assert_false(bench_irq(b, IRQ(3)));
    assert_int_equal(get(b, 3, SR), IDLEF);
    assert_int_equal(b->notes, 0);
}

static void transfer_takes_time_and_is_seen_half_way(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 4000);
    go(b, 0, BYTES, SWREQ, 4000);
    uint32_t left = 4000;
    while (!(get(b, 0, SR) & HTF)) {
        bench_wait(b, 1);
        assert_true(get(b, 0, BR1) <= left);
        left = get(b, 0, BR1);
    }
    assert_true(left <= 2000u && left > 1900u);
    assert_int_equal(get(b, 0, SR) & TCF, 0);
    assert_int_equal(*ram(b, DST + 1999u), *ram(b, SRC + 1999u));
    assert_int_equal(*ram(b, DST + 2200u), 0xee);
    put(b, 0, SAR, 0); /* read-only while it is enabled */
    put(b, 0, TR1, 0);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, SRC), ram(b, DST), 4000);
}

static void addresses_stand_or_go_on(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 64);
    go(b, 0, DINC, SWREQ, 16);
    bench_wait(b, LONG_ENOUGH);
    for (uint32_t i = 0; i < 16u; i++) {
        assert_int_equal(*ram(b, DST + i), *ram(b, SRC));
    }
    go(b, 0, SINC, SWREQ, 16);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(*ram(b, DST), *ram(b, SRC + 15u));
    assert_int_equal(*ram(b, DST + 1u), *ram(b, SRC));
}

static void widths_are_fitted(void **state)
{
    static const struct {
        uint32_t tr1;
        uint8_t source[4], expected[8];
        uint32_t len;
    } row[] = {
        {SDW(0u) | DDW(1u), {0x81, 0x02}, {0x81, 0, 0x02, 0}, 2},
        {SDW(0u) | DDW(1u) | PAM(1u), {0x81, 0x02}, {0x81, 0xff, 0x02, 0}, 2},
        {SDW(2u) | DDW(0u), {1, 2, 3, 4}, {1, 0xee, 0xee, 0xee}, 4},
        {SDW(2u) | DDW(0u) | PAM(1u), {1, 2, 3, 4}, {4, 0xee, 0xee, 0xee}, 4},
        {SDW(2u) | DDW(0u) | PAM(2u), {1, 2, 3, 4}, {1, 2, 3, 4}, 4},
        {SDW(0u) | DDW(2u) | PAM(2u), {1, 2, 3, 4}, {1, 2, 3, 4, 0xee}, 4},
        {SDW(2u) | DDW(2u) | SBX, {1, 2, 3, 4}, {1, 3, 2, 4}, 4},
        {SDW(2u) | DDW(2u) | DBX, {1, 2, 3, 4}, {2, 1, 4, 3}, 4},
        {SDW(2u) | DDW(2u) | DHX, {1, 2, 3, 4}, {3, 4, 1, 2}, 4},
        {SDW(2u) | DDW(2u) | DHX | DBX, {1, 2, 3, 4}, {4, 3, 2, 1}, 4},
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        memcpy(ram(b, SRC), row[i].source, 4);
        memset(ram(b, DST), 0xee, 8);
        go(b, 1, row[i].tr1 | SINC | DINC, SWREQ, row[i].len);
        bench_wait(b, LONG_ENOUGH);
        const size_t checked = row[i].expected[3] == 0xee || row[i].expected[4] == 0 ? 4u : 5u;
        assert_memory_equal(ram(b, DST), row[i].expected, checked);
    }
}

static void wrong_settings_are_refused(void **state)
{
    struct dev_bench *b = *state;
    static const struct {
        uint32_t tr1, len, sar, dar;
    } row[] = {
        {SDW(3u) | DDW(2u), 8, SRC, DST},
        {SDW(2u) | DDW(3u), 8, SRC, DST},
        {WORDS, 6, SRC, DST},
        {WORDS, 8, SRC + 2u, DST},
        {WORDS, 8, SRC, DST + 1u},
        {SDW(0u) | DDW(2u) | PAM(2u), 6, SRC, DST},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        put(b, 2, TR1, row[i].tr1);
        put(b, 2, TR2, SWREQ);
        put(b, 2, BR1, row[i].len);
        put(b, 2, SAR, row[i].sar);
        put(b, 2, DAR, row[i].dar);
        put(b, 2, CR, EN | FLAGS);
        assert_int_equal(get(b, 2, SR), IDLEF | USEF);
        assert_int_equal(get(b, 2, CR) & EN, 0);
        assert_true(bench_irq(b, IRQ(2)));
        put(b, 2, FCR, FLAGS);
    }
}

static void bus_error_ends_the_transfer(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 64);
    go(b, 0, WORDS, SWREQ, 64);
    put(b, 0, CR, SUSP);
    put(b, 0, CR, RESET);
    put(b, 0, DAR, 0x2ffffff0);
    put(b, 0, CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR) & (IDLEF | TCF | DTEF), IDLEF | DTEF);
    assert_int_equal(get(b, 0, CR) & EN, 0);
    assert_true(bench_irq(b, IRQ(0)));
    assert_int_equal(b->notes, 1);
}

static void suspended_channel_goes_on_later(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 4000);
    go(b, 0, BYTES, SWREQ, 4000);
    bench_wait(b, 200);
    put(b, 0, CR, RESET); /* not while it works */
    assert_int_equal(get(b, 0, CR) & EN, EN);
    put(b, 0, CR, FLAGS | SUSP);
    assert_int_equal(get(b, 0, SR) & (SUSPF | IDLEF), SUSPF | IDLEF);
    const uint32_t left = get(b, 0, BR1);
    assert_true(left > 0 && left < 4000u);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, BR1), left);
    put(b, 0, CR, FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR) & TCF, TCF);
    assert_memory_equal(ram(b, SRC), ram(b, DST), 4000);
}

static void suspended_channel_can_be_reset(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 4000);
    go(b, 0, BYTES, SWREQ, 4000);
    bench_wait(b, 200);
    put(b, 0, CR, SUSP);
    put(b, 0, CR, RESET);
    assert_int_equal(get(b, 0, CR), 0);
    assert_int_equal(get(b, 0, SR) & IDLEF, IDLEF);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR) & TCF, 0);
}

/* Writes one item of a list. */
static void item(struct dev_bench *b, uint32_t addr, const uint32_t *word, size_t count)
{
    memcpy(ram(b, addr), word, 4u * count);
}

static void list_is_worked_to_its_end(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {BYTES, SWREQ, 8, SRC + 16u, DST + 16u, UB1 | ULL | 0x2100u};
    const uint32_t third[] = {4, 0};
    fill(b, 64);
    item(b, LIST + 0x40u, second, 6);
    item(b, LIST + 0x100u, third, 2);
    put(b, 0, LBAR, 0x20000000);
    put(b, 0, LLR, UT1 | UT2 | UB1 | USA | UDA | ULL | 0x2040u);
    go(b, 0, WORDS, SWREQ | TCEM(3u), 8);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR), IDLEF | TCF | HTF);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 8);
    assert_int_equal(*ram(b, DST + 8u), 0xee);
    assert_memory_equal(ram(b, DST + 16u), ram(b, SRC + 16u), 12); /* the third goes on there */
    assert_int_equal(*ram(b, DST + 28u), 0xee);
    assert_int_equal(get(b, 0, LLR), 0);
    assert_int_equal(get(b, 0, BR1), 0);
}

static void event_mode_says_when_it_is_complete(void **state)
{
    static const uint32_t flagged_early[4] = {TCF, TCF, TCF, 0};
    struct dev_bench *b = *state;
    const uint32_t second[] = {3900, 0};
    item(b, LIST, second, 2);
    for (uint32_t mode = 0; mode < 4u; mode++) {
        fill(b, 4016);
        put(b, 0, LBAR, 0x20000000);
        put(b, 0, LLR, UB1 | ULL | 0x2000u);
        go(b, 0, BYTES, SWREQ | TCEM(mode), 16);
        bench_wait(b, 500);
        assert_int_equal(get(b, 0, SR) & TCF, flagged_early[mode]);
        put(b, 0, FCR, FLAGS);
        bench_wait(b, LONG_ENOUGH);
        assert_int_equal(get(b, 0, SR) & TCF, TCF);
        put(b, 0, FCR, FLAGS);
    }
}

static void link_step_stops_after_each_item(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {4, 0};
    fill(b, 64);
    item(b, LIST, second, 2);
    put(b, 0, LBAR, 0x20000000);
    put(b, 0, LLR, UB1 | ULL | 0x2000u);
    put(b, 0, CR, LSM);
    put(b, 0, TR1, BYTES);
    put(b, 0, TR2, SWREQ);
    put(b, 0, BR1, 16);
    put(b, 0, SAR, SRC);
    put(b, 0, DAR, DST);
    put(b, 0, CR, LSM | EN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, CR), LSM);
    assert_int_equal(get(b, 0, BR1), 4);
    assert_int_equal(get(b, 0, LLR), 0);
    assert_int_equal(*ram(b, DST + 16u), 0xee);
    put(b, 0, CR, LSM | EN);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 20);
}

static void list_out_of_reach_is_an_error(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    put(b, 0, LBAR, 0x2fff0000);
    put(b, 0, LLR, UB1 | 0x2000u);
    go(b, 0, BYTES, SWREQ, 8);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR) & (ULEF | DTEF | IDLEF), ULEF | IDLEF);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 8);
    assert_int_equal(b->notes, 1);
}

static void null_block_only_loads_the_list(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {BYTES, SWREQ, 8, SRC, DST, 0};
    fill(b, 16);
    item(b, LIST, second, 6);
    put(b, 7, LBAR, 0x20000000);
    put(b, 7, LLR, UT1 | UT2 | UB1 | USA | UDA | ULL | 0x2000u);
    put(b, 7, CR, EN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 7, SR), IDLEF | TCF | HTF);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 8);
}

static void repeated_blocks_have_offsets(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 256);
    put(b, 6, TR3, 0);
    put(b, 6, BR2, 8u); /* between blocks, the source leaves out 8 bytes */
    go(b, 6, BYTES, SWREQ | TCEM(1u), 2u << 16 | 8u);
    bench_wait(b, LONG_ENOUGH);
    for (uint32_t block = 0; block < 3u; block++) {
        assert_memory_equal(ram(b, DST + 8u * block), ram(b, SRC + 16u * block), 8);
    }
    assert_int_equal(*ram(b, DST + 24u), 0xee);
    assert_int_equal(get(b, 6, SR), IDLEF | TCF | HTF);
    memset(ram(b, DST), 0xee, 64);
    put(b, 6, BR2, 0);
    put(b, 6, TR3, 2u << 16); /* after each burst of two, the destination leaves out 2 bytes */
    put(b, 6, FCR, FLAGS);
    go(b, 6, BYTES | DBL(2u), SWREQ, 4);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 2);
    assert_int_equal(*ram(b, DST + 2u), 0xee);
    assert_memory_equal(ram(b, DST + 4u), ram(b, SRC + 2u), 2);
}

static void transmitter_is_fed_by_its_requests(void **state)
{
    struct dev_bench *b = *state;
    memcpy(ram(b, SRC), "garrison", 8);
    put(b, 4, TR1, SINC);
    put(b, 4, TR2, DREQ | 24u); /* USART2_TX */
    put(b, 4, BR1, 8);
    put(b, 4, SAR, SRC);
    put(b, 4, DAR, USART2 + 0x28u);
    put(b, 4, CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 4, SR), 0); /* nobody asks */
    bench_write(b, USART2 + 0x0cu, 100);
    bench_write(b, USART2 + 0x08u, 0x80); /* DMAT */
    bench_write(b, USART2, 0x9);          /* UE, TE */
    bench_wait(b, 1500);
    assert_int_equal(b->uart_len, 1);
    assert_int_equal(get(b, 4, SR) & TCF, 0);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(b->uart_len, 8);
    assert_memory_equal(b->uart, "garrison", 8);
    assert_int_equal(b->uart_number, 2);
    assert_int_equal(get(b, 4, SR), IDLEF | TCF | HTF);
}

static void receiver_is_emptied_by_its_requests(void **state)
{
    struct dev_bench *b = *state;
    struct sim_device *usart = chip_device(b->chip, "USART2");
    fill(b, 16);
    put(b, 4, TR1, DINC);
    put(b, 4, TR2, 23u); /* USART2_RX */
    put(b, 4, BR1, 4);
    put(b, 4, SAR, USART2 + 0x24u);
    put(b, 4, DAR, DST);
    put(b, 4, CR, EN | FLAGS);
    bench_write(b, USART2 + 0x0cu, 100);
    bench_write(b, USART2 + 0x08u, 0x40); /* DMAR */
    bench_write(b, USART2, 0x5);          /* UE, RE */
    for (unsigned i = 0; i < 3u; i++) {
        usart_receive(usart, (uint8_t)("abc"[i]));
    }
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, DST), "abc\xee", 4);
    assert_int_equal(get(b, 4, BR1), 1);
    assert_int_equal(get(b, 4, SR), HTF);
    usart_receive(usart, 'd');
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, DST), "abcd", 4);
    assert_int_equal(get(b, 4, SR), IDLEF | TCF | HTF);
    assert_int_equal(bench_read(b, USART2 + 0x1cu) & 0x28u, 0); /* no RXNE, no ORE */
}

static void block_request_is_asked_for_once(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    put(b, 4, TR1, DINC);
    put(b, 4, TR2, BREQ | 23u);
    put(b, 4, BR1, 4);
    put(b, 4, SAR, USART2 + 0x24u);
    put(b, 4, DAR, DST);
    put(b, 4, CR, EN);
    bench_write(b, USART2 + 0x0cu, 100);
    bench_write(b, USART2 + 0x08u, 0x40);
    bench_write(b, USART2, 0x5);
    usart_receive(chip_device(b->chip, "USART2"), 'x');
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 4, SR) & TCF, TCF);
    assert_memory_equal(ram(b, DST), "xxxx", 4); /* RDR keeps what was read last */
}

static void hash_is_fed_and_computes_at_the_end(void **state)
{
    struct dev_bench *b = *state;
    memcpy(ram(b, SRC), "abc", 4);
    put(b, 5, TR1, WORDS & ~DINC);
    put(b, 5, TR2, DREQ | 111u); /* HASH_IN */
    put(b, 5, BR1, 4);
    put(b, 5, SAR, SRC);
    put(b, 5, DAR, HASH + 4u);
    put(b, 5, CR, EN | FLAGS);
    bench_write(b, HASH, 0x00060024); /* SHA-256, bytes, INIT */
    bench_write(b, HASH + 8u, 24);    /* NBLW */
    bench_write(b, HASH, 0x00060028); /* DMAE */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 5, SR), IDLEF | TCF | HTF);
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
        memcpy(ram(b, SRC + 16u * block), plain, 16);
    }
    for (uint32_t i = 0; i < 4u; i++) {
        bench_write(b, AES + 0x1cu - 4u * i, 0x00010203u + 0x04040404u * i);
    }
    put(b, 0, TR1, WORDS & ~DINC);
    put(b, 0, TR2, DREQ | 110u); /* AES_IN */
    put(b, 0, BR1, 48);
    put(b, 0, SAR, SRC);
    put(b, 0, DAR, AES + 8u);
    put(b, 0, CR, EN);
    put(b, 1, TR1, WORDS & ~SINC);
    put(b, 1, TR2, 109u); /* AES_OUT */
    put(b, 1, BR1, 48);
    put(b, 1, SAR, AES + 0xcu);
    put(b, 1, DAR, DST);
    put(b, 1, CR, EN);
    bench_write(b, AES, 0x1801); /* EN, DMAINEN, DMAOUTEN; ECB */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR) & TCF, TCF);
    assert_int_equal(get(b, 1, SR) & TCF, TCF);
    for (uint32_t block = 0; block < 3u; block++) {
        assert_memory_equal(ram(b, DST + 16u * block), cipher, 16);
    }
}

static void unknown_requests_never_come(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    go(b, 0, BYTES, 2u, 8); /* a DAC, say */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR), 0);
    assert_int_equal(get(b, 0, BR1), 8);
}

static void higher_priority_goes_first(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 64);
    put(b, 1, CR, 3u << 22);
    for (unsigned n = 0; n < 2u; n++) { /* both write the same word; the later one stays */
        put(b, n, TR1, SDW(2u) | DDW(2u));
        put(b, n, TR2, SWREQ);
        put(b, n, BR1, 4);
        put(b, n, SAR, SRC + 4u * n);
        put(b, n, DAR, DST);
    }
    put(b, 0, CR, EN);
    put(b, 1, CR, EN | 3u << 22);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 4);
}

static void triggers_are_not_waited_for(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    go(b, 0, BYTES, SWREQ | 1u << 24, 8);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(get(b, 0, SR) & TCF, TCF);
    assert_int_equal(b->notes, 1);
}

/* ---- security ------------------------------------------------------------------------------- */

static uint32_t sread(struct dev_bench *b, uint32_t addr)
{
    return bench_read_as(b, true, true, addr);
}

static void swrite(struct dev_bench *b, uint32_t addr, uint32_t value)
{
    bench_write_as(b, true, true, addr, value);
}

static void sgo(struct dev_bench *b, unsigned n, uint32_t tr1, uint32_t sar, uint32_t dar)
{
    swrite(b, CH(n) + TR1, tr1);
    swrite(b, CH(n) + TR2, SWREQ);
    swrite(b, CH(n) + BR1, 16);
    swrite(b, CH(n) + SAR, sar);
    swrite(b, CH(n) + DAR, dar);
    swrite(b, CH(n) + CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
}

#define SECRET 0x2003c000u /* The superblock of SRAM1 that stays Secure. */
#define ALIAS  0x10000000u

static void secure_channel_is_closed_to_nonsecure(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, SECCFGR, 1u << 2);
    swrite(b, CH(2) + SAR, 0x1234);
    assert_int_equal(bench_read(b, CH(2) + SAR), 0);
    assert_int_equal(bench_read(b, CH(2) + SR), 0);
    bench_write(b, CH(2) + SAR, 1);
    assert_int_equal(sread(b, CH(2) + SAR), 0x1234);
    assert_int_equal(sread(b, TZIC_SR4) & 1u, 1);
    bench_write(b, CH(3) + SAR, 5);
    assert_int_equal(bench_read(b, CH(3) + SAR), 5);
}

static void nonsecure_channel_cannot_reach_secure_memory(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    memset(ram(b, SECRET), 0x5a, 16);
    bench_write(b, CH(0) + TR1, WORDS | SSEC | DSEC);
    assert_int_equal(bench_read(b, CH(0) + TR1), WORDS);
    bench_write(b, CH(0) + TR2, SWREQ);
    bench_write(b, CH(0) + BR1, 16);
    bench_write(b, CH(0) + SAR, SECRET);
    bench_write(b, CH(0) + DAR, DST);
    bench_write(b, CH(0) + CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, CH(0) + SR) & (TCF | DTEF), TCF); /* zeros, silently */
    assert_memory_equal(ram(b, DST), ((const uint8_t[16]){0}), 16);
    assert_int_equal(b->notes, 1);
    assert_true((sread(b, TZIC_SR4) & 1u << 24) != 0); /* SRAM1 */
    bench_write(b, CH(0) + SAR, SRC);
    bench_write(b, CH(0) + DAR, SECRET);
    bench_write(b, CH(0) + BR1, 16);
    bench_write(b, CH(0) + CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(*ram(b, SECRET), 0x5a);
    assert_int_equal(b->notes, 2);
}

static void secure_channel_reaches_what_its_bits_say(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    memset(ram(b, SECRET), 0x5a, 16);
    swrite(b, SECCFGR, 1);
    swrite(b, PRIVCFGR, 1);
    sgo(b, 0, WORDS | SSEC, SECRET + ALIAS, DST);
    assert_memory_equal(ram(b, DST), ram(b, SECRET), 16);
    sgo(b, 0, WORDS | DSEC, SRC, SECRET + ALIAS);
    assert_memory_equal(ram(b, SECRET), ram(b, SRC), 16);
    assert_int_equal(b->notes, 0);
    sgo(b, 0, WORDS | SSEC, SRC, SECRET + ALIAS); /* its destination is Non-secure */
    assert_int_equal(b->notes, 1);
}

static void list_of_a_nonsecure_channel_cannot_make_it_secure(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {WORDS | SSEC | DSEC, 0};
    fill(b, 64);
    item(b, LIST, second, 2);
    bench_write(b, CH(0) + LBAR, 0x20000000);
    bench_write(b, CH(0) + LLR, UT1 | ULL | 0x2000u);
    bench_write(b, CH(0) + TR1, WORDS);
    bench_write(b, CH(0) + TR2, SWREQ);
    bench_write(b, CH(0) + BR1, 16);
    bench_write(b, CH(0) + SAR, SRC);
    bench_write(b, CH(0) + DAR, DST);
    bench_write(b, CH(0) + CR, EN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, CH(0) + TR1), WORDS);
    assert_memory_equal(ram(b, DST), ram(b, SRC), 32);
}

static void channel_made_nonsecure_loses_its_bits(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, SECCFGR, 1);
    swrite(b, CH(0) + TR1, SSEC | DSEC);
    assert_int_equal(sread(b, CH(0) + TR1), SSEC | DSEC);
    swrite(b, SECCFGR, 0);
    assert_int_equal(bench_read(b, CH(0) + TR1), 0);
    swrite(b, CH(0) + TR1, SSEC | DSEC); /* nor does it take them again */
    assert_int_equal(bench_read(b, CH(0) + TR1), 0);
}

static void unprivileged_channel_cannot_reach_privileged_memory(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    swrite(b, MPCBB1_PRV(0), 1u << 8); /* the block of 512 bytes at DST */
    bench_write(b, CH(0) + TR1, WORDS);
    bench_write(b, CH(0) + TR2, SWREQ);
    for (unsigned privileged = 0; privileged < 2u; privileged++) {
        bench_write(b, PRIVCFGR, privileged);
        bench_write(b, CH(0) + BR1, 16);
        bench_write(b, CH(0) + SAR, SRC);
        bench_write(b, CH(0) + DAR, DST);
        bench_write(b, CH(0) + CR, EN);
        bench_wait(b, LONG_ENOUGH);
        assert_int_equal(*ram(b, DST), privileged ? *ram(b, SRC) : 0xee);
        assert_int_equal(b->notes, 1);
    }
}

static void secure_peripheral_refuses_a_nonsecure_channel(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    swrite(b, TZSC_SECCFGR1 + 8u, 0x100); /* CRC */
    bench_write(b, CH(0) + TR1, SDW(2u) | DDW(2u));
    bench_write(b, CH(0) + TR2, SWREQ);
    bench_write(b, CH(0) + BR1, 4);
    bench_write(b, CH(0) + SAR, SRC);
    bench_write(b, CH(0) + DAR, CRC_IDR);
    bench_write(b, CH(0) + CR, EN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(sread(b, CRC_IDR), 0);
    assert_int_equal(b->notes, 1);
}

static void privileged_channel_is_closed_to_unprivileged(void **state)
{
    struct dev_bench *b = *state;
    bench_write_as(b, false, false, PRIVCFGR, 2);
    assert_int_equal(bench_read(b, PRIVCFGR), 0);
    bench_write(b, PRIVCFGR, 2);
    bench_write(b, CH(1) + SAR, 5);
    bench_write_as(b, false, false, CH(1) + SAR, 6);
    assert_int_equal(bench_read_as(b, false, false, CH(1) + SAR), 0);
    assert_int_equal(bench_read(b, CH(1) + SAR), 5);
}

static void attributes_stand_while_locked_or_at_work(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, SECCFGR, 1); /* not by Non-secure */
    assert_int_equal(sread(b, SECCFGR), 0);
    swrite(b, RCFGLOCKR, 1);
    bench_write(b, RCFGLOCKR, 2); /* nor this */
    swrite(b, SECCFGR, 3);
    swrite(b, PRIVCFGR, 3);
    assert_int_equal(sread(b, SECCFGR), 2);
    assert_int_equal(sread(b, PRIVCFGR), 2);
    swrite(b, CH(2) + TR2, 2); /* a request that never comes */
    swrite(b, CH(2) + BR1, 4);
    swrite(b, CH(2) + CR, EN);
    swrite(b, SECCFGR, 6);
    assert_int_equal(sread(b, SECCFGR), 2);
}

static void masked_status_belongs_to_two_worlds(void **state)
{
    struct dev_bench *b = *state;
    fill(b, 16);
    swrite(b, SECCFGR, 1);
    sgo(b, 0, WORDS, SRC, DST);
    sgo(b, 1, WORDS, SRC, DST);
    assert_int_equal(bench_read(b, MISR), 2);
    assert_int_equal(sread(b, SMISR), 1);
    assert_int_equal(bench_read(b, SMISR), 0);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, setup_trustzone, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(memory_is_copied_and_the_end_is_flagged),
        CASE(transfer_takes_time_and_is_seen_half_way),
        CASE(addresses_stand_or_go_on),
        CASE(widths_are_fitted),
        CASE(wrong_settings_are_refused),
        CASE(bus_error_ends_the_transfer),
        CASE(suspended_channel_goes_on_later),
        CASE(suspended_channel_can_be_reset),
        CASE(list_is_worked_to_its_end),
        CASE(event_mode_says_when_it_is_complete),
        CASE(link_step_stops_after_each_item),
        CASE(list_out_of_reach_is_an_error),
        CASE(null_block_only_loads_the_list),
        CASE(repeated_blocks_have_offsets),
        CASE(transmitter_is_fed_by_its_requests),
        CASE(receiver_is_emptied_by_its_requests),
        CASE(block_request_is_asked_for_once),
        CASE(hash_is_fed_and_computes_at_the_end),
        CASE(cipher_works_through_two_channels),
        CASE(unknown_requests_never_come),
        CASE(higher_priority_goes_first),
        CASE(triggers_are_not_waited_for),
        CASE_TZ(secure_channel_is_closed_to_nonsecure),
        CASE_TZ(nonsecure_channel_cannot_reach_secure_memory),
        CASE_TZ(secure_channel_reaches_what_its_bits_say),
        CASE_TZ(list_of_a_nonsecure_channel_cannot_make_it_secure),
        CASE_TZ(channel_made_nonsecure_loses_its_bits),
        CASE_TZ(unprivileged_channel_cannot_reach_privileged_memory),
        CASE_TZ(secure_peripheral_refuses_a_nonsecure_channel),
        CASE(privileged_channel_is_closed_to_unprivileged),
        CASE_TZ(attributes_stand_while_locked_or_at_work),
        CASE_TZ(masked_status_belongs_to_two_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

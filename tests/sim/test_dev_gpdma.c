#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gpdma_fixture.h"

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
        dma_put(b, row[i].n, row[i].off, 0xffffffff);
        assert_int_equal(dma_get(b, row[i].n, row[i].off), row[i].mask);
    }
    dma_put(b, 0, CR, 0xffffffffu & ~(EN | RESET | SUSP));
    assert_int_equal(dma_get(b, 0, CR), 0x00c37f00);
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
    dma_fill(b, 1000);
    dma_go(b, 3, WORDS, SWREQ, 1000);
    assert_int_equal(dma_get(b, 3, SR), 0);
    assert_int_equal(dma_get(b, 3, CR) & EN, EN);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, SRC), dma_ram(b, DST), 1000);
    assert_int_equal(*dma_ram(b, DST + 1000u), 0xee);
    assert_int_equal(dma_get(b, 3, SR), IDLEF | TCF | HTF);
    assert_int_equal(dma_get(b, 3, CR) & EN, 0);
    assert_int_equal(dma_get(b, 3, BR1), 0);
    assert_int_equal(dma_get(b, 3, SAR), SRC + 1000u);
    assert_int_equal(dma_get(b, 3, DAR), DST + 1000u);
    assert_true(bench_irq(b, IRQ(3)));
    assert_false(bench_irq(b, IRQ(2)));
    assert_int_equal(bench_read(b, MISR), 1u << 3);
    dma_put(b, 3, FCR, TCF);
    assert_true(bench_irq(b, IRQ(3)));
    dma_put(b, 3, FCR, HTF);
    assert_false(bench_irq(b, IRQ(3)));
    assert_int_equal(dma_get(b, 3, SR), IDLEF);
    assert_int_equal(b->notes, 0);
}

static void transfer_takes_time_and_is_seen_half_way(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 4000);
    dma_go(b, 0, BYTES, SWREQ, 4000);
    uint32_t left = 4000;
    while (!(dma_get(b, 0, SR) & HTF)) {
        bench_wait(b, 1);
        assert_true(dma_get(b, 0, BR1) <= left);
        left = dma_get(b, 0, BR1);
    }
    assert_true(left <= 2000u && left > 1900u);
    assert_int_equal(dma_get(b, 0, SR) & TCF, 0);
    assert_int_equal(*dma_ram(b, DST + 1999u), *dma_ram(b, SRC + 1999u));
    assert_int_equal(*dma_ram(b, DST + 2200u), 0xee);
    dma_put(b, 0, SAR, 0); /* read-only while it is enabled */
    dma_put(b, 0, TR1, 0);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, SRC), dma_ram(b, DST), 4000);
}

static void addresses_stand_or_go_on(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 64);
    dma_go(b, 0, DINC, SWREQ, 16);
    bench_wait(b, LONG_ENOUGH);
    for (uint32_t i = 0; i < 16u; i++) {
        assert_int_equal(*dma_ram(b, DST + i), *dma_ram(b, SRC));
    }
    dma_go(b, 0, SINC, SWREQ, 16);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(*dma_ram(b, DST), *dma_ram(b, SRC + 15u));
    assert_int_equal(*dma_ram(b, DST + 1u), *dma_ram(b, SRC));
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
        memcpy(dma_ram(b, SRC), row[i].source, 4);
        memset(dma_ram(b, DST), 0xee, 8);
        dma_go(b, 1, row[i].tr1 | SINC | DINC, SWREQ, row[i].len);
        bench_wait(b, LONG_ENOUGH);
        const size_t checked = row[i].expected[3] == 0xee || row[i].expected[4] == 0 ? 4u : 5u;
        assert_memory_equal(dma_ram(b, DST), row[i].expected, checked);
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
        dma_put(b, 2, TR1, row[i].tr1);
        dma_put(b, 2, TR2, SWREQ);
        dma_put(b, 2, BR1, row[i].len);
        dma_put(b, 2, SAR, row[i].sar);
        dma_put(b, 2, DAR, row[i].dar);
        dma_put(b, 2, CR, EN | FLAGS);
        assert_int_equal(dma_get(b, 2, SR), IDLEF | USEF);
        assert_int_equal(dma_get(b, 2, CR) & EN, 0);
        assert_true(bench_irq(b, IRQ(2)));
        dma_put(b, 2, FCR, FLAGS);
    }
}

static void bus_error_ends_the_transfer(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 64);
    dma_go(b, 0, WORDS, SWREQ, 64);
    dma_put(b, 0, CR, SUSP);
    dma_put(b, 0, CR, RESET);
    dma_put(b, 0, DAR, 0x2ffffff0);
    dma_put(b, 0, CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR) & (IDLEF | TCF | DTEF), IDLEF | DTEF);
    assert_int_equal(dma_get(b, 0, CR) & EN, 0);
    assert_true(bench_irq(b, IRQ(0)));
    assert_int_equal(b->notes, 1);
}

static void suspended_channel_goes_on_later(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 4000);
    dma_go(b, 0, BYTES, SWREQ, 4000);
    bench_wait(b, 200);
    dma_put(b, 0, CR, RESET); /* not while it works */
    assert_int_equal(dma_get(b, 0, CR) & EN, EN);
    dma_put(b, 0, CR, FLAGS | SUSP);
    assert_int_equal(dma_get(b, 0, SR) & (SUSPF | IDLEF), SUSPF | IDLEF);
    const uint32_t left = dma_get(b, 0, BR1);
    assert_true(left > 0 && left < 4000u);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, BR1), left);
    dma_put(b, 0, CR, FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR) & TCF, TCF);
    assert_memory_equal(dma_ram(b, SRC), dma_ram(b, DST), 4000);
}

static void suspended_channel_can_be_reset(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 4000);
    dma_go(b, 0, BYTES, SWREQ, 4000);
    bench_wait(b, 200);
    dma_put(b, 0, CR, SUSP);
    dma_put(b, 0, CR, RESET);
    assert_int_equal(dma_get(b, 0, CR), 0);
    assert_int_equal(dma_get(b, 0, SR) & IDLEF, IDLEF);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR) & TCF, 0);
}

static void list_is_worked_to_its_end(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {BYTES, SWREQ, 8, SRC + 16u, DST + 16u, UB1 | ULL | 0x2100u};
    const uint32_t third[] = {4, 0};
    dma_fill(b, 64);
    dma_item(b, LIST + 0x40u, second, 6);
    dma_item(b, LIST + 0x100u, third, 2);
    dma_put(b, 0, LBAR, 0x20000000);
    dma_put(b, 0, LLR, UT1 | UT2 | UB1 | USA | UDA | ULL | 0x2040u);
    dma_go(b, 0, WORDS, SWREQ | TCEM(3u), 8);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR), IDLEF | TCF | HTF);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 8);
    assert_int_equal(*dma_ram(b, DST + 8u), 0xee);
    assert_memory_equal(dma_ram(b, DST + 16u), dma_ram(b, SRC + 16u),
                        12); /* the third goes on there */
    assert_int_equal(*dma_ram(b, DST + 28u), 0xee);
    assert_int_equal(dma_get(b, 0, LLR), 0);
    assert_int_equal(dma_get(b, 0, BR1), 0);
}

static void event_mode_says_when_it_is_complete(void **state)
{
    static const uint32_t flagged_early[4] = {TCF, TCF, TCF, 0};
    struct dev_bench *b = *state;
    const uint32_t second[] = {3900, 0};
    dma_item(b, LIST, second, 2);
    for (uint32_t mode = 0; mode < 4u; mode++) {
        dma_fill(b, 4016);
        dma_put(b, 0, LBAR, 0x20000000);
        dma_put(b, 0, LLR, UB1 | ULL | 0x2000u);
        dma_go(b, 0, BYTES, SWREQ | TCEM(mode), 16);
        bench_wait(b, 500);
        assert_int_equal(dma_get(b, 0, SR) & TCF, flagged_early[mode]);
        dma_put(b, 0, FCR, FLAGS);
        bench_wait(b, LONG_ENOUGH);
        assert_int_equal(dma_get(b, 0, SR) & TCF, TCF);
        dma_put(b, 0, FCR, FLAGS);
    }
}

static void link_step_stops_after_each_item(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {4, 0};
    dma_fill(b, 64);
    dma_item(b, LIST, second, 2);
    dma_put(b, 0, LBAR, 0x20000000);
    dma_put(b, 0, LLR, UB1 | ULL | 0x2000u);
    dma_put(b, 0, CR, LSM);
    dma_put(b, 0, TR1, BYTES);
    dma_put(b, 0, TR2, SWREQ);
    dma_put(b, 0, BR1, 16);
    dma_put(b, 0, SAR, SRC);
    dma_put(b, 0, DAR, DST);
    dma_put(b, 0, CR, LSM | EN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, CR), LSM);
    assert_int_equal(dma_get(b, 0, BR1), 4);
    assert_int_equal(dma_get(b, 0, LLR), 0);
    assert_int_equal(*dma_ram(b, DST + 16u), 0xee);
    dma_put(b, 0, CR, LSM | EN);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 20);
}

static void list_out_of_reach_is_an_error(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
    dma_put(b, 0, LBAR, 0x2fff0000);
    dma_put(b, 0, LLR, UB1 | 0x2000u);
    dma_go(b, 0, BYTES, SWREQ, 8);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR) & (ULEF | DTEF | IDLEF), ULEF | IDLEF);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 8);
    assert_int_equal(b->notes, 1);
}

static void null_block_only_loads_the_list(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {BYTES, SWREQ, 8, SRC, DST, 0};
    dma_fill(b, 16);
    dma_item(b, LIST, second, 6);
    dma_put(b, 7, LBAR, 0x20000000);
    dma_put(b, 7, LLR, UT1 | UT2 | UB1 | USA | UDA | ULL | 0x2000u);
    dma_put(b, 7, CR, EN);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 7, SR), IDLEF | TCF | HTF);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 8);
    dma_put(b, 7, FCR, FLAGS);
    dma_put(b, 7, CR, EN); /* no data, no list */
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 7, CR) & EN, 0);
    assert_int_equal(dma_get(b, 7, SR), IDLEF);
}

static void repeated_blocks_have_offsets(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 256);
    dma_put(b, 6, TR3, 0);
    dma_put(b, 6, BR2, 8u); /* between blocks, the source leaves out 8 bytes */
    dma_go(b, 6, BYTES, SWREQ | TCEM(1u), 2u << 16 | 8u);
    bench_wait(b, LONG_ENOUGH);
    for (uint32_t block = 0; block < 3u; block++) {
        assert_memory_equal(dma_ram(b, DST + 8u * block), dma_ram(b, SRC + 16u * block), 8);
    }
    assert_int_equal(*dma_ram(b, DST + 24u), 0xee);
    assert_int_equal(dma_get(b, 6, SR), IDLEF | TCF | HTF);
    memset(dma_ram(b, DST), 0xee, 64);
    dma_put(b, 6, BR2, 0);
    dma_put(b, 6, TR3, 2u << 16); /* after each burst of two, the destination leaves out 2 bytes */
    dma_put(b, 6, FCR, FLAGS);
    dma_go(b, 6, BYTES | DBL(2u), SWREQ, 4);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 2);
    assert_int_equal(*dma_ram(b, DST + 2u), 0xee);
    assert_memory_equal(dma_ram(b, DST + 4u), dma_ram(b, SRC + 2u), 2);
}

static void higher_priority_goes_first(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 64);
    dma_put(b, 1, CR, 3u << 22);
    for (unsigned n = 0; n < 2u; n++) { /* both write the same word; the later one stays */
        dma_put(b, n, TR1, SDW(2u) | DDW(2u));
        dma_put(b, n, TR2, SWREQ);
        dma_put(b, n, BR1, 4);
        dma_put(b, n, SAR, SRC + 4u * n);
        dma_put(b, n, DAR, DST);
    }
    dma_put(b, 0, CR, EN);
    dma_put(b, 1, CR, EN | 3u << 22);
    bench_wait(b, LONG_ENOUGH);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 4);
}

static void triggers_are_not_waited_for(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
    dma_go(b, 0, BYTES, SWREQ | 1u << 24, 8);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(dma_get(b, 0, SR) & TCF, TCF);
    assert_int_equal(b->notes, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, dma_setup, dma_teardown)

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
        CASE(higher_priority_goes_first),
        CASE(triggers_are_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

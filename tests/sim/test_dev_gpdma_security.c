#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gpdma_fixture.h"

#define TZSC_SECCFGR1 (0x40032400u + 0x10u)
#define TZIC_SR4      (0x40032800u + 0x1cu)
#define MPCBB1_PRV(n) (0x40032c00u + 0x200u + 4u * (n))
#define CRC_IDR       0x40023004u

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
    dma_fill(b, 16);
    memset(dma_ram(b, SECRET), 0x5a, 16);
    bench_write(b, CH(0) + TR1, WORDS | SSEC | DSEC);
    assert_int_equal(bench_read(b, CH(0) + TR1), WORDS);
    bench_write(b, CH(0) + TR2, SWREQ);
    bench_write(b, CH(0) + BR1, 16);
    bench_write(b, CH(0) + SAR, SECRET);
    bench_write(b, CH(0) + DAR, DST);
    bench_write(b, CH(0) + CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(bench_read(b, CH(0) + SR) & (TCF | DTEF), TCF); /* zeros, silently */
    assert_memory_equal(dma_ram(b, DST), ((const uint8_t[16]){0}), 16);
    assert_int_equal(b->notes, 1);
    assert_true((sread(b, TZIC_SR4) & 1u << 24) != 0); /* SRAM1 */
    bench_write(b, CH(0) + SAR, SRC);
    bench_write(b, CH(0) + DAR, SECRET);
    bench_write(b, CH(0) + BR1, 16);
    bench_write(b, CH(0) + CR, EN | FLAGS);
    bench_wait(b, LONG_ENOUGH);
    assert_int_equal(*dma_ram(b, SECRET), 0x5a);
    assert_int_equal(b->notes, 2);
}

static void secure_channel_reaches_what_its_bits_say(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
    memset(dma_ram(b, SECRET), 0x5a, 16);
    swrite(b, SECCFGR, 1);
    swrite(b, PRIVCFGR, 1);
    sgo(b, 0, WORDS | SSEC, SECRET + ALIAS, DST);
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SECRET), 16);
    sgo(b, 0, WORDS | DSEC, SRC, SECRET + ALIAS);
    assert_memory_equal(dma_ram(b, SECRET), dma_ram(b, SRC), 16);
    assert_int_equal(b->notes, 0);
    sgo(b, 0, WORDS | SSEC, SRC, SECRET + ALIAS); /* its destination is Non-secure */
    assert_int_equal(b->notes, 1);
}

static void list_of_a_nonsecure_channel_cannot_make_it_secure(void **state)
{
    struct dev_bench *b = *state;
    const uint32_t second[] = {WORDS | SSEC | DSEC, 0};
    dma_fill(b, 64);
    dma_item(b, LIST, second, 2);
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
    assert_memory_equal(dma_ram(b, DST), dma_ram(b, SRC), 32);
}

/* An item for LLR = USA | UDA | ULL: its channel has moved nothing then, and ends. */
static const uint32_t item_of_addresses[] = {0x11111110, 0x22222220, 0};

/* Starts a channel without data and without SSEC and DSEC: it fetches its first item, no more. */
static void fetch_item(struct dev_bench *b, bool secure, uint32_t list)
{
    bench_write_as(b, secure, true, CH(0) + LBAR, list & 0xffff0000u);
    bench_write_as(b, secure, true, CH(0) + LLR, USA | UDA | ULL | (list & 0xfffcu));
    bench_write_as(b, secure, true, CH(0) + TR1, 0);
    bench_write_as(b, secure, true, CH(0) + TR2, SWREQ);
    bench_write_as(b, secure, true, CH(0) + BR1, 0);
    bench_write_as(b, secure, true, CH(0) + SAR, 0x33333330);
    bench_write_as(b, secure, true, CH(0) + DAR, 0x44444440);
    bench_write_as(b, secure, true, CH(0) + CR, EN);
    bench_wait(b, LONG_ENOUGH);
}

static void list_of_a_nonsecure_channel_is_not_fetched_from_secure_memory(void **state)
{
    struct dev_bench *b = *state;
    dma_item(b, SECRET, item_of_addresses, 3);
    swrite(b, MPCBB1_PRV(15), 0); /* privilege is not what refuses */
    for (unsigned alias = 0; alias < 2u; alias++) {
        fetch_item(b, false, alias == 0 ? SECRET : SECRET + ALIAS);
        assert_int_equal(bench_read(b, CH(0) + SAR), 0); /* read as zero, silently */
        assert_int_equal(bench_read(b, CH(0) + DAR), 0);
        assert_int_equal(b->notes, alias + 1u);
    }
    assert_true((sread(b, TZIC_SR4) & 1u << 24) != 0); /* SRAM1 */
    dma_item(b, LIST, item_of_addresses, 3);
    fetch_item(b, false, LIST);
    assert_int_equal(bench_read(b, CH(0) + SAR), item_of_addresses[0]);
    assert_int_equal(bench_read(b, CH(0) + DAR), item_of_addresses[1]);
    assert_int_equal(b->notes, 2);
}

static void list_of_a_secure_channel_is_fetched_as_secure(void **state)
{
    struct dev_bench *b = *state;
    swrite(b, SECCFGR, 1);
    swrite(b, PRIVCFGR, 1);
    dma_item(b, SECRET, item_of_addresses, 3);
    fetch_item(b, true, SECRET + ALIAS);
    assert_int_equal(sread(b, CH(0) + SAR), item_of_addresses[0]);
    assert_int_equal(sread(b, CH(0) + DAR), item_of_addresses[1]);
    assert_int_equal(b->notes, 0);
}

static void list_of_an_unprivileged_channel_is_not_fetched_from_privileged_memory(void **state)
{
    struct dev_bench *b = *state;
    dma_item(b, LIST, item_of_addresses, 3);
    swrite(b, MPCBB1_PRV(0), 1u << 16); /* the block of 512 bytes at LIST */
    fetch_item(b, false, LIST);
    assert_int_equal(bench_read(b, CH(0) + SAR), 0);
    assert_int_equal(b->notes, 1);
    bench_write(b, PRIVCFGR, 1);
    fetch_item(b, false, LIST);
    assert_int_equal(bench_read(b, CH(0) + SAR), item_of_addresses[0]);
    assert_int_equal(b->notes, 1);
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
    dma_fill(b, 16);
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
        assert_int_equal(*dma_ram(b, DST), privileged ? *dma_ram(b, SRC) : 0xee);
        assert_int_equal(b->notes, 1);
    }
}

static void secure_peripheral_refuses_a_nonsecure_channel(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
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
    bench_write(b, PRIVCFGR, 4); /* Non-secure software has no say about Secure channels */
    assert_int_equal(sread(b, PRIVCFGR), 6);
    swrite(b, CH(2) + TR2, 2); /* a request that never comes */
    swrite(b, CH(2) + BR1, 4);
    swrite(b, CH(2) + CR, EN);
    swrite(b, SECCFGR, 6);
    assert_int_equal(sread(b, SECCFGR), 2);
}

static void masked_status_belongs_to_two_worlds(void **state)
{
    struct dev_bench *b = *state;
    dma_fill(b, 16);
    swrite(b, SECCFGR, 1);
    sgo(b, 0, WORDS, SRC, DST);
    sgo(b, 1, WORDS, SRC, DST);
    assert_int_equal(bench_read(b, MISR), 2);
    assert_int_equal(sread(b, SMISR), 1);
    assert_int_equal(bench_read(b, SMISR), 0);
}

#define CASE(name)    cmocka_unit_test_setup_teardown(name, dma_setup, dma_teardown)
#define CASE_TZ(name) cmocka_unit_test_setup_teardown(name, dma_setup_trustzone, dma_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TZ(secure_channel_is_closed_to_nonsecure),
        CASE_TZ(nonsecure_channel_cannot_reach_secure_memory),
        CASE_TZ(secure_channel_reaches_what_its_bits_say),
        CASE_TZ(list_of_a_nonsecure_channel_cannot_make_it_secure),
        CASE_TZ(list_of_a_nonsecure_channel_is_not_fetched_from_secure_memory),
        CASE_TZ(list_of_a_secure_channel_is_fetched_as_secure),
        CASE_TZ(list_of_an_unprivileged_channel_is_not_fetched_from_privileged_memory),
        CASE_TZ(channel_made_nonsecure_loses_its_bits),
        CASE_TZ(unprivileged_channel_cannot_reach_privileged_memory),
        CASE_TZ(secure_peripheral_refuses_a_nonsecure_channel),
        CASE(privileged_channel_is_closed_to_unprivileged),
        CASE_TZ(attributes_stand_while_locked_or_at_work),
        CASE_TZ(masked_status_belongs_to_two_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

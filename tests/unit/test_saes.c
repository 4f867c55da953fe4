/*
 * The driver of SAES against a model of its registers that fails as the block may: it gives up in
 * time, gives no key, and leaves none in the block.
 */
#include "support/test.h"

#include <string.h>

#include <garrison/port.h>

#include "../../port/stm32h573/regs.h"
#include "base/bytes.h"

/* Typed from the register texts, not taken from the port. */
#define CR    0x520C0C00u
#define SR    0x520C0C04u
#define DINR  0x520C0C08u
#define DOUTR 0x520C0C0Cu
#define ISR   0x520C0F04u
#define ICR   0x520C0F08u

enum fault {
    NONE,
    BUSY_FOR_EVER,
    NO_RANDOM_NUMBER,
    NO_RANDOM_NUMBER_ONCE,
    KEY_NEVER_VALID,
    KEY_ERROR,
    BLOCK_NEVER_DONE,
    READ_ERROR,
    SETTINGS_LOST
};

static struct {
    enum fault fault;
    uint32_t cr;
    uint32_t isr;
    uint32_t resets;
    unsigned words_in;
    unsigned words_out;
    unsigned blocks;
    unsigned block_at_fault;
    uint32_t last[4];
    bool key_was_loaded;
    uint64_t accesses;
} saes;

static bool failing_block(enum fault fault)
{
    return saes.fault == fault && saes.blocks >= saes.block_at_fault;
}

uint32_t reg_read(uint32_t addr)
{
    saes.accesses++;
    switch (addr) {
    case CR:
        return saes.fault == SETTINGS_LOST ? saes.cr & ~(1u << 18) : saes.cr;
    case SR:
        if (saes.fault == BUSY_FOR_EVER) {
            return 1u << 3;
        }
        return (saes.cr >> 28 & 7u) == 1u && saes.fault != KEY_NEVER_VALID ? 1u << 7 : 0;
    case ISR:
        return saes.isr;
    case DOUTR:
        return saes.last[saes.words_out++ % 4u] ^ 0x5A5A5A5Au;
    case SBS_HDPLSR:
        return SBS_HDPLSR_3;
    default:
        return UINT32_MAX;
    }
}

static void write_cr(uint32_t value)
{
    saes.resets += value >> 31;
    if (value >> 31) {
        saes.isr = 0;
        if (saes.fault == NO_RANDOM_NUMBER ||
            (saes.fault == NO_RANDOM_NUMBER_ONCE && saes.resets == 1)) {
            saes.isr = 1u << 3;
        }
    }
    saes.cr = value;
    if ((value >> 28 & 7u) == 1u) {
        saes.key_was_loaded = true;
        saes.isr |= saes.fault == KEY_ERROR ? 1u << 2 : 0;
    }
}

void reg_write(uint32_t addr, uint32_t value)
{
    saes.accesses++;
    if (addr == CR) {
        write_cr(value);
    } else if (addr == ICR) {
        saes.isr &= ~value;
    } else if (addr == DINR) {
        assert_int_equal(saes.cr, 1u << 28 | 1u << 18 | 1u); /* DHUK, 256 bits, ECB, enabled */
        saes.last[saes.words_in++ % 4u] = value;
        if (saes.words_in % 4u == 0) {
            saes.blocks++;
            saes.isr |= failing_block(BLOCK_NEVER_DONE) ? 0 : 1u;
            saes.isr |= failing_block(READ_ERROR) ? 2u : 0;
        }
    }
}

static enum garrison_status derive(enum fault fault, unsigned block_at_fault, uint8_t key[64])
{
    memset(&saes, 0, sizeof saes);
    saes.fault = fault;
    saes.block_at_fault = block_at_fault;
    memset(key, 0xEE, 64);
    return port_derive_key("label", key);
}

static void expect_left_without_key(void)
{
    assert_int_equal(saes.cr, 0);
    assert_true(saes.resets >= 2);
}

static void sound_block_gives_a_key_and_is_cleared(void **state)
{
    (void)state;
    uint8_t key[64];
    assert_int_equal(derive(NONE, 0, key), GARRISON_OK);
    assert_false(bytes_all(key, 64, 0));
    assert_true(saes.key_was_loaded);
    /* One for the subkeys, and four times one block of input. */
    assert_int_equal(saes.blocks, 5);
    expect_left_without_key();
    assert_int_equal(derive(NO_RANDOM_NUMBER_ONCE, 0, key), GARRISON_OK);
    assert_int_equal(saes.resets, 3);
}

static void every_failure_gives_no_key_in_limited_time(void **state)
{
    (void)state;
    static const enum fault faults[] = {BUSY_FOR_EVER, NO_RANDOM_NUMBER, KEY_NEVER_VALID,
                                        KEY_ERROR,     BLOCK_NEVER_DONE, READ_ERROR,
                                        SETTINGS_LOST};
    for (unsigned i = 0; i < COUNT_OF(faults); i++) {
        for (unsigned block = 1; block <= 5u; block++) {
            uint8_t key[64];
            assert_int_equal(derive(faults[i], block, key), GARRISON_ERROR_DEVICE);
            assert_true(bytes_all(key, 64, 0));
            assert_true(saes.accesses < 1000000u);
            expect_left_without_key();
        }
    }
}

static void label_that_is_too_long_is_refused(void **state)
{
    (void)state;
    uint8_t key[64];
    char label[66];
    memset(label, 'x', sizeof label);
    label[64] = '\0';
    memset(&saes, 0, sizeof saes);
    assert_int_equal(port_derive_key(label, key), GARRISON_OK);
    label[64] = 'x';
    label[65] = '\0';
    memset(&saes, 0, sizeof saes);
    assert_int_equal(port_derive_key(label, key), GARRISON_ERROR_ARGUMENT);
    assert_true(bytes_all(key, 64, 0));
    assert_int_equal(saes.accesses, 1); /* the level */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_block_gives_a_key_and_is_cleared),
        cmocka_unit_test(every_failure_gives_no_key_in_limited_time),
        cmocka_unit_test(label_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

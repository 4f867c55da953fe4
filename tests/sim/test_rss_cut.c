/* Power cut in the boot ROM's provisioning, at every operation: the old keys or the new, never both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dev_flash.h"
#include "rss.h"

#define OBK     0x0FFD0000u
#define OFF     0x280u
#define SLOTS   6u
#define OLD_OFF 0x900u /* Keys of another level, which stay. */
#define SRAM3_S 0x30050000u
#define DATA    0x40u
#define EIGHTHS 9u
#define RUNS    16u

struct bench {
    struct sim_nv *nv;
    struct sim_chip *chip;
    unsigned left;   /**< Operations until the one that is cut; 0: none is. */
    unsigned eighth; /**< How much of it is over then. */
    jmp_buf cut;
};

/** An operation has begun: power goes when it is the one. */
static void on_busy(void *context)
{
    struct bench *b = context;
    if (b->left == 0 || --b->left > 0) {
        return;
    }
    const struct flash_operation *op = &flash_of(b->chip)->op;
    b->chip->now += (op->end - op->begin) * b->eighth / 8u;
    longjmp(b->cut, 1);
}

static int setup(void **state)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct bench *b = calloc(1, sizeof *b);
    b->nv = calloc(1, sizeof *b->nv);
    const struct chip_listener listener = {.context = b, .flash_busy = on_busy};
    nv_init(b->nv, uid, secret);
    b->nv->option[NV_OB_OPTSR2] = 0xB400007Cu;
    b->nv->option[NV_OB_OPTSR] = (b->nv->option[NV_OB_OPTSR] & ~0xFF00u) | 0x1700u;
    b->chip = chip_new(b->nv, &listener);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    chip_free(b->chip);
    free(b->nv);
    free(b);
    return 0;
}

static uint32_t provision(struct bench *b, uint32_t off, uint32_t slots, uint8_t byte)
{
    const struct sim_attr attr = {.secure = true, .privileged = true};
    uint8_t *sram3 = b->chip->memory[CHIP_SRAM3].bytes;
    uint32_t words[5] = {SRAM3_S + DATA, OBK + off, slots * 16u, 0, 0xFFFFFFFFu};
    char why[PRODUCT_WHY];
    memset(sram3 + DATA, byte, (size_t)slots * 16u);
    for (uint32_t i = 0; i < slots * 4u; i++) {
        words[4] = rss_crc(words[4], byte * 0x01010101u);
    }
    for (unsigned i = 0; i < 4u; i++) {
        words[4] = rss_crc(words[4], words[i]);
    }
    memcpy(sram3, words, sizeof words);
    return rss_provision(b->chip, SRAM3_S, attr, why);
}

static bool slots_are(const struct bench *b, uint32_t off, uint32_t slots, uint8_t byte)
{
    const uint8_t *current = b->nv->obk[b->nv->obk_current];
    const uint8_t *cells = b->nv->obk_cell[b->nv->obk_current];
    for (uint32_t i = 0; i < slots * 16u; i++) {
        if (current[off + i] != byte || cells[(off + i) / 16u] != NV_CELL_PROGRAMMED) {
            return false;
        }
    }
    return true;
}

/** @return whether the cut came before the end */
static bool cut_at(struct bench *b, unsigned operation, unsigned eighth)
{
    b->left = operation;
    b->eighth = eighth;
    if (setjmp(b->cut) == 0) {
        assert_int_equal(provision(b, OFF, SLOTS, 0x22), RSS_SUCCESS);
        b->left = 0;
        return false;
    }
    chip_reset(b->chip, CHIP_RESET_POWER_ON);
    return true;
}

/** All cuts of one provisioning; what each leaves torn depends on the number of boots. */
static unsigned sweep(struct bench *b, uint32_t boots)
{
    unsigned new = 0;
    unsigned operation = 1;
    for (unsigned eighth = 0;; eighth = (eighth + 1u) % EIGHTHS) {
        memset(b->nv->obk, 0xFF, sizeof b->nv->obk);
        memset(b->nv->obk_cell, NV_CELL_VIRGIN, sizeof b->nv->obk_cell);
        chip_reset(b->chip, CHIP_RESET_POWER_ON);
        b->nv->boots = boots;
        assert_int_equal(provision(b, OLD_OFF, 2, 0x77), RSS_SUCCESS);
        assert_int_equal(provision(b, OFF, SLOTS, 0x11), RSS_SUCCESS);
        if (!cut_at(b, operation, eighth)) {
            assert_int_equal(operation, SLOTS + 3u); /* An erase, the slots, a swap, and behind. */
            return new;
        }
        assert_true(slots_are(b, OLD_OFF, 2, 0x77));
        const bool is_new = slots_are(b, OFF, SLOTS, 0x22);
        assert_true(is_new || slots_are(b, OFF, SLOTS, 0x11));
        /* The swap copies two slots; its last third is the selector. */
        assert_true(!is_new || (operation == SLOTS + 2u && eighth * 3u >= 8u * 2u));
        new += is_new ? 1u : 0;
        /* And it can be done again, whatever the other sector looks like. */
        assert_int_equal(provision(b, OFF, SLOTS, 0x33), RSS_SUCCESS);
        assert_true(slots_are(b, OFF, SLOTS, 0x33) && slots_are(b, OLD_OFF, 2, 0x77));
        operation += eighth == EIGHTHS - 1u ? 1u : 0;
    }
}

static void cut_leaves_the_old_keys_or_the_new(void **state)
{
    unsigned new = 0;
    for (uint32_t boots = 0; boots < RUNS; boots++) {
        new += sweep(*state, boots);
    }
    assert_in_range(new, 1, 3u * RUNS - 1u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cut_leaves_the_old_keys_or_the_new, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

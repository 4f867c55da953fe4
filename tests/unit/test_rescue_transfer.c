/*
 * Rescues that resets cut, and flash that fails under them: what is kept of a transfer, what comes
 * again, and what ends it.
 */
#include "power/rescue_fixture.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "support/test.h"

static void a_transfer_goes_on_where_a_reset_has_cut_it(void **state)
{
    (void)state;
    rescue_set_up(APPLICATION);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 500, false, NULL);
    const struct made_image *image = &bench.renewed[APPLICATION];
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len), GARRISON_OK);
    for (uint32_t off = 0; off < SECTOR + 48u; off += 80) {
        assert_int_equal(rescue_ask_data(off, image->bytes + off, 80), GARRISON_OK);
    }
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_send(APPLICATION, image->bytes, image->len), GARRISON_OK);
    assert_int_equal(rescue_data_frames, (image->len - SECTOR + 239u) / 240u);
    assert_true(rescue_boot(APPLICATION));
    assert_true(is_active(image, APPLICATION));
}

/** Whatever has come of the image when power goes: all sectors but the last one begun are kept. */
static void whole_sectors_are_kept_and_no_more(void **state)
{
    rescue_set_up(APPLICATION);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 1400, false, NULL);
    const struct made_image *image = &bench.renewed[APPLICATION];
    (void)state;
    for (uint32_t sent = 0; sent <= image->len; sent += 64) {
        assert_false(rescue_boot(APPLICATION));
        assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, RESCUE_BEGIN_ANEW, image->len),
                         GARRISON_OK);
        for (uint32_t off = 0; off < sent; off += 64) {
            assert_int_equal(rescue_ask_data(off, image->bytes + off, 64), GARRISON_OK);
        }
        assert_false(rescue_boot(APPLICATION));
        assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len), GARRISON_OK);
        const uint32_t kept = sent > 0 ? (sent - 1u) / SECTOR * SECTOR : 0;
        assert_int_equal(bytes_load_le32(rescue_answer.payload), kept);
        assert_int_equal(bytes_load_le32(rescue_answer.payload + 4), crc32_of(image->bytes, kept));
    }
    /* Of another size there is nothing. */
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len - 1u), GARRISON_OK);
    assert_int_equal(bytes_load_le32(rescue_answer.payload), 0);
}

static void what_another_image_has_left_is_not_built_upon(void **state)
{
    (void)state;
    rescue_set_up(APPLICATION);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 500, false, NULL);
    const struct made_image *image = &bench.renewed[APPLICATION];
    static const uint8_t other[RESCUE_DATA_BYTES] = {1, 2, 3};
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len), GARRISON_OK);
    for (uint32_t off = 0; off < 2 * RESCUE_DATA_BYTES + 64u; off += 32) {
        assert_int_equal(rescue_ask_data(off, other, 32), GARRISON_OK);
    }
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_send(APPLICATION, image->bytes, image->len), GARRISON_OK);
    assert_true(rescue_boot(APPLICATION));
}

/*
 * Flash that fails.
 */

/** First sector of the image that is coming. */
#define FIRST (layout.slot[APPLICATION].download_off / SECTOR + 1u)

/** A larger image is on its way: one sector and a half of it are there. */
static const struct made_image *send_a_part(void)
{
    const struct made_image *image = &bench.renewed[APPLICATION];
    rescue_set_up(APPLICATION);
    make(&bench.renewed[APPLICATION], APPLICATION, 2, 500, false, NULL);
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len), GARRISON_OK);
    for (uint32_t off = 0; off < SECTOR + 64u; off += 64) {
        assert_int_equal(rescue_ask_data(off, image->bytes + off, 64), GARRISON_OK);
    }
    return image;
}

static void what_cannot_be_read_again_comes_again(void **state)
{
    (void)state;
    const struct made_image *image = send_a_part();
    flash_emulator_rot(&bench.slots, FIRST * SECTOR + 48u, 0);
    assert_int_equal(rescue_ask_data(0, image->bytes, 64), GARRISON_ERROR_MISMATCH);
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len), GARRISON_OK);
    assert_int_equal(bytes_load_le32(rescue_answer.payload), 0);
    assert_int_equal(bytes_load_le32(rescue_answer.payload + 4), 0);
    assert_int_equal(rescue_send(APPLICATION, image->bytes, image->len), GARRISON_OK);
    assert_true(rescue_boot(APPLICATION));
}

/** A sector of which nothing can be read is not taken for a blank one. */
static void an_unreadable_rest_is_erased(void **state)
{
    (void)state;
    const struct made_image *image = send_a_part();
    assert_int_equal(bench.slots.device.erase(&bench.slots.device, (FIRST + 1u) * SECTOR, SECTOR),
                     GARRISON_OK);
    flash_emulator_rot(&bench.slots, (FIRST + 1u) * SECTOR + 48u, 0);
    assert_false(rescue_boot(APPLICATION));
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, 0, image->len), GARRISON_OK);
    assert_int_equal(bytes_load_le32(rescue_answer.payload), SECTOR);
    assert_int_equal(rescue_send(APPLICATION, image->bytes, image->len), GARRISON_OK);
    assert_true(rescue_boot(APPLICATION));
}

static void a_failed_write_or_erase_ends_the_transfer(void **state)
{
    static const enum flash_wear wear[] = {FLASH_WEAR_PROGRAM_FAILS, FLASH_WEAR_ERASE_FAILS};
    static const uint8_t data[64] = {1};
    for (size_t i = 0; i < COUNT_OF(wear); i++) {
        const struct made_image *image = send_a_part();
        bench.slots.wear[FIRST] = (uint8_t)wear[i];
        const enum garrison_status begun =
            rescue_ask_begin(IMAGE_ROLE_APPLICATION, RESCUE_BEGIN_ANEW, image->len);
        if (wear[i] == FLASH_WEAR_ERASE_FAILS) {
            assert_int_equal(begun, GARRISON_ERROR_DEVICE);
        } else {
            assert_int_equal(begun, GARRISON_OK);
            assert_int_equal(rescue_ask_data(0, data, 64), GARRISON_ERROR_DEVICE);
            assert_int_equal(bytes_load_le32(rescue_answer.payload + 4), 0);
        }
        assert_int_equal(rescue_ask_data(0, data, 64), GARRISON_ERROR_POLICY);
        assert_int_equal(rescue_ask(RESCUE_END, NULL, 0), GARRISON_ERROR_POLICY);
        bench.slots.wear[FIRST] = FLASH_WEAR_NONE;
        assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, RESCUE_BEGIN_ANEW, image->len),
                         GARRISON_OK);
        assert_int_equal(rescue_send(APPLICATION, image->bytes, image->len), GARRISON_OK);
        assert_true(rescue_boot(APPLICATION));
        (void)close_bench(state);
        (void)open_bench(state);
    }
}

/** What the journal does not take has not happened. */
static void without_a_journal_nothing_is_begun(void **state)
{
    (void)state;
    const struct made_image *image = send_a_part();
    for (uint32_t sector = 0; sector < JOURNAL_SECTORS; sector++) {
        bench.journal.wear[sector] = FLASH_WEAR_PROGRAM_FAILS;
    }
    const uint64_t erased = bench.slots.erased;
    assert_int_equal(rescue_ask_begin(IMAGE_ROLE_APPLICATION, RESCUE_BEGIN_ANEW, image->len),
                     GARRISON_ERROR_DEVICE);
    assert_int_equal(bench.slots.erased, erased);
    assert_int_equal(rescue_ask_data(0, image->bytes, 64), GARRISON_ERROR_POLICY);
}

#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_transfer_goes_on_where_a_reset_has_cut_it),
        BENCH_TEST(whole_sectors_are_kept_and_no_more),
        BENCH_TEST(what_another_image_has_left_is_not_built_upon),
        BENCH_TEST(what_cannot_be_read_again_comes_again),
        BENCH_TEST(an_unreadable_rest_is_erased),
        BENCH_TEST(a_failed_write_or_erase_ends_the_transfer),
        BENCH_TEST(without_a_journal_nothing_is_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

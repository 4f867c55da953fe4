/*
 * The device that shows what is encrypted in clear: exactly the body, in whatever portions it is
 * read, and nothing else.
 */
#include "boot/clear.h"

#include <string.h>

#include "base/bytes.h"
#include "support/flash_ram.h"
#include "support/test.h"

#define START  64u /* of the image on the device */
#define BYTES  160u
#define HEADER 32u
#define BODY   80u

static struct flash_ram flash;
static uint8_t expected[BYTES];
static const uint8_t key[32] = {3, 1, 4};
static const uint8_t nonce[12] = {1, 5, 9};

static int set_up(void **state)
{
    (void)state;
    flash_ram_init(&flash);
    for (uint32_t i = 0; i < BYTES; i++) {
        flash.bytes[START + i] = (uint8_t)(i * 7u);
    }
    memcpy(expected, flash.bytes + START, BYTES);
    return 0;
}

/** As clear_sealed(), but for a part: what clear_body() leaves. */
static void open_part(struct clear *clear, uint32_t from, uint32_t to)
{
    struct decrypt decrypt;
    clear_init(clear, &flash.device, START);
    assert_int_equal(clear_sealed(clear, key, nonce), GARRISON_OK);
    clear->from = from;
    clear->to = to;
    assert_int_equal(decrypt_open_key(&decrypt, key, nonce), GARRISON_OK);
    decrypt_apply(&decrypt, 0, expected + from, to - from);
}

static void exactly_the_body_is_decrypted_in_any_portions(void **state)
{
    struct clear clear;
    uint8_t bytes[BYTES];
    (void)state;
    open_part(&clear, HEADER, HEADER + BODY);
    for (uint32_t off = 0; off < BYTES; off++) {
        for (uint32_t len = 0; len <= BYTES - off; len++) {
            memset(bytes, 0xEE, sizeof bytes);
            assert_int_equal(clear.device.read(&clear.device, START + off, bytes, len),
                             GARRISON_OK);
            assert_memory_equal(bytes, expected + off, len);
            assert_true(bytes_all(bytes + len, BYTES - len, 0xEE));
        }
    }
}

static void what_is_sealed_opens_to_what_it_was(void **state)
{
    struct clear clear;
    uint8_t bytes[BYTES];
    (void)state;
    clear_init(&clear, &flash.device, START);
    assert_int_equal(clear_sealed(&clear, key, nonce), GARRISON_OK);
    const struct swap_transform transform = clear_transform(&clear);
    memcpy(bytes, expected, sizeof bytes);
    transform.apply(transform.context, 0, bytes, sizeof bytes);
    assert_memory_not_equal(bytes, expected, 16);
    memcpy(flash.bytes + START, bytes, sizeof bytes);
    assert_int_equal(clear.device.read(&clear.device, START, bytes, sizeof bytes), GARRISON_OK);
    assert_memory_equal(bytes, expected, sizeof bytes);
}

static void it_is_read_only_and_begins_with_the_image(void **state)
{
    struct clear clear;
    uint8_t bytes[16] = {0};
    (void)state;
    open_part(&clear, HEADER, HEADER + BODY);
    const struct flash_device *device = &clear.device;
    assert_int_equal(device->program(device, START, bytes, 16), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(device->erase(device, 0, device->sector), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(device->read(device, START - 1u, bytes, 16), GARRISON_ERROR_ARGUMENT);
    assert_int_equal(device->read(device, 0, bytes, 1), GARRISON_ERROR_ARGUMENT);
    assert_memory_equal(flash.bytes + START, expected, HEADER);
    flash.bad_from = START + 40u;
    flash.bad_to = START + 41u;
    assert_int_equal(device->read(device, START + 32u, bytes, 16), GARRISON_ERROR_DEVICE);
    assert_int_equal(device->read(device, START + 16u, bytes, 16), GARRISON_OK);
}

static void closed_it_shows_what_stands_there(void **state)
{
    static const struct decrypt wiped;
    struct clear clear;
    uint8_t bytes[BYTES];
    (void)state;
    open_part(&clear, HEADER, HEADER + BODY);
    clear_close(&clear);
    assert_memory_equal(&clear.cipher, &wiped, sizeof wiped);
    assert_int_equal(clear.device.read(&clear.device, START, bytes, BYTES), GARRISON_OK);
    assert_memory_equal(bytes, flash.bytes + START, BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(exactly_the_body_is_decrypted_in_any_portions, set_up),
        cmocka_unit_test_setup(what_is_sealed_opens_to_what_it_was, set_up),
        cmocka_unit_test_setup(it_is_read_only_and_begins_with_the_image, set_up),
        cmocka_unit_test_setup(closed_it_shows_what_stands_there, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

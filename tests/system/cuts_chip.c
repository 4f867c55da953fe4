#include "cuts_chip.h"

#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/keys.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "power/chain_verify.h"
#include "store/window.h"
#include "support/test.h"

#define FLASH_NS 0x08000000u
#define FLASH_S  0x0C000000u
#define KEYS     0x0FFD0000u
#define SECTOR   8192u
#define BOOT     400000000u

struct device cuts_device;
struct layout_record cuts_layout;

static void peek(uint32_t addr, void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_peek(cuts_device.sim, addr, data, len, &error), SIM_OK);
}

void cuts_open(void)
{
    const struct device_images images = {.counter = 1};
    device_open(&cuts_device, &images);
    peek(KEYS + LAYOUT_RECORD_OFF, &cuts_layout, sizeof cuts_layout);
    device_boot(&cuts_device);
    if (!device_run_until(&cuts_device, "hello_psa: ok", BOOT)) {
        fail_msg("%s", cuts_device.uart);
    }
}

void cuts_close(void)
{
    device_close(&cuts_device);
}

void cuts_load_image(struct cuts_image *image, const char *name, uint32_t role)
{
    struct key_record keys;
    bool verified = false;
    FILE *file = fopen(device_path(&cuts_device, name), "rb");
    assert_non_null(file);
    image->len = (uint32_t)fread(image->bytes, 1, sizeof image->bytes, file);
    assert_true(image->len < sizeof image->bytes);
    (void)fclose(file);
    peek(KEYS + KEY_RECORD_OFF, &keys, sizeof keys);
    for (uint32_t i = 0; i < keys.count; i++) {
        verified = verified || (keys.key[i].role == role &&
                                chain_verify(image->bytes, image->len, keys.key[i].point));
    }
    assert_true(verified);
}

/*
 * The journal.
 */

static enum garrison_status peek_flash(const struct flash_device *device, uint32_t off,
                                       uint8_t *data, uint32_t len)
{
    (void)device;
    peek(FLASH_S + off, data, len);
    return GARRISON_OK;
}

bool cuts_journal(struct journal *journal)
{
    static const struct flash_device flash = {
        .size = 0x200000, .sector = SECTOR, .unit = 16, .erased = 0xFF, .read = peek_flash};
    static struct window window;
    window_init(&window, &flash, cuts_layout.journal_off, cuts_layout.journal_size);
    return journal_open(journal, &window.device) == GARRISON_OK;
}

/** A quad-word of the journal's first sector, whose sequence is 1. */
static void poke_record(uint32_t index, const uint8_t record[12])
{
    struct sim_error error;
    uint8_t bytes[16];
    memcpy(bytes, record, 12);
    bytes_store_le32(bytes + 12, 1);
    bytes_store_le32(bytes + 12, crc32_of(bytes, sizeof bytes));
    assert_int_equal(sim_poke(cuts_device.sim, FLASH_S + cuts_layout.journal_off + 16u * index,
                              bytes, sizeof bytes, &error),
                     SIM_OK);
}

void cuts_make_journal(const uint8_t *components, uint32_t count, enum journal_state state)
{
    static const uint8_t header[12] = {'G', 'A', 'J', 'L', 1, 0, 0, 0, 1};
    device_erase(&cuts_device, FLASH_S + cuts_layout.journal_off, cuts_layout.journal_size);
    poke_record(0, header);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t record[12] = {1, components[i], (uint8_t)state};
        poke_record(1u + i, record);
    }
}

/*
 * What stands there.
 */

struct boot_counters cuts_counters(uint32_t off)
{
    struct boot_counters counters;
    peek(KEYS + off, &counters, sizeof counters);
    return counters;
}

bool cuts_holds(const struct cuts_image *image, uint32_t off)
{
    static uint8_t bytes[CUTS_IMAGE_BYTES];
    peek(FLASH_S + off, bytes, image->len);
    return memcmp(bytes, image->bytes, image->len) == 0;
}

bool cuts_stands(const struct cuts_image *image, uint32_t off, bool secure)
{
    for (uint32_t at = 0; at + 4u <= image->len; at += 4u) {
        struct sim_access access = {.kind = SIM_READ,
                                    .addr = (secure ? FLASH_S : FLASH_NS) + off + at,
                                    .size = 4,
                                    .attr = {.secure = secure, .privileged = true}};
        if (sim_access(cuts_device.sim, &access) != SIM_ANSWER_OK ||
            access.value != bytes_load_le32(image->bytes + at)) {
            return false;
        }
    }
    return cuts_holds(image, off);
}

bool cuts_run_into(uint64_t number, uint64_t insns)
{
    sim_flash_stop(cuts_device.sim, number);
    (void)sim_run(cuts_device.sim, insns);
    sim_flash_stop(cuts_device.sim, 0);
    return sim_flash_operations(cuts_device.sim) == number;
}

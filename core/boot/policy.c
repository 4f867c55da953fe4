#include "boot/policy.h"

#include <stdbool.h>

#include "base/bytes.h"
#include "base/hardened.h"

/** 0 if the image stands where it is to stand, and its body where the stage wants it. */
static uint32_t place_differs(const struct boot_stage *stage, uint32_t addr,
                              const struct image_header *header)
{
    const bool fixed = (header->flags & IMAGE_FLAG_ROM_FIXED) != 0;
    return (header->header_size ^ stage->header_size) |
           (addr + header->header_size) % stage->vectors_align |
           (header->load_addr ^ (fixed ? addr : 0));
}

/** GARRISON_OK if the slot has no RAM to start its images in: they have no vector table. */
static enum garrison_status check_no_ram(const struct boot_slot *slot)
{
    uint32_t differ = 0;
    for (uint32_t i = 0; i < BOOT_RAM_MAX; i++) {
        differ |= slot->ram[i].base ^ slot->ram[i].limit;
    }
    return hardened_equal(differ, 0, GARRISON_ERROR_POLICY);
}

static bool stack_is_in_ram(const struct boot_slot *slot, uint32_t stack)
{
    if (stack % 8 != 0) {
        return false;
    }
    for (uint32_t i = 0; i < BOOT_RAM_MAX; i++) {
        if (stack > slot->ram[i].base && stack <= slot->ram[i].limit) {
            return true;
        }
    }
    return false;
}

/** Thumb bit set, and the address without it in the body. */
static bool entry_is_in_body(uint32_t entry, uint32_t body_addr, uint32_t body_size)
{
    return (entry & 1u) != 0 && entry - 1 >= body_addr && entry - 1 - body_addr < body_size;
}

/** Whether the image may start with the first two words of its vector table. */
static bool starts_well(const struct boot_slot *slot, const uint8_t words[8], uint32_t body_addr,
                        uint32_t body_size)
{
    return body_size >= 8 && stack_is_in_ram(slot, bytes_load_le32(&words[0])) &&
           entry_is_in_body(bytes_load_le32(&words[4]), body_addr, body_size);
}

enum garrison_status policy_check(const struct boot_stage *stage, const struct boot_slot *slot,
                                  uint32_t addr, const struct image *image, uint32_t *vectors)
{
    const struct image_header *header = &image->header;
    const uint32_t body_addr = addr + header->header_size;
    uint8_t words[8];
    enum garrison_status status =
        hardened_equal(place_differs(stage, addr, header), 0, GARRISON_ERROR_POLICY);
    *vectors = body_addr;
    const enum garrison_status no_ram = check_no_ram(slot);
    if (hardened_ok(no_ram)) {
        return hardened_join(status, no_ram);
    }
    /* Of a body that is shorter, TLVs are read with it. */
    status = hardened_join(status, image_read(image, header->header_size, words, sizeof words));
    if (!hardened_ok(status)) {
        return status;
    }
    const bool first = starts_well(slot, words, body_addr, header->body_size);
    hardened_forget();
    const bool second = starts_well(slot, words, body_addr, header->body_size);
    return hardened_join(status, hardened_both(first, second, GARRISON_ERROR_POLICY));
}

#include "boot/policy.h"

#include <stdbool.h>

#include "base/bytes.h"
#include "base/hardened.h"

static bool address_is_the_slots(uint32_t addr, const struct image_header *header)
{
    if ((header->flags & IMAGE_FLAG_ROM_FIXED) != 0) {
        return header->load_addr == addr;
    }
    return header->load_addr == 0;
}

static bool has_vectors(const struct boot_slot *slot)
{
    bool has = false;
    for (uint32_t i = 0; i < BOOT_RAM_MAX; i++) {
        has = has || slot->ram[i].base != slot->ram[i].limit;
    }
    return has;
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

enum garrison_status policy_check(const struct boot_stage *stage, const struct boot_slot *slot,
                                  uint32_t addr, const struct image *image, uint32_t *vectors)
{
    const struct image_header *header = &image->header;
    uint32_t body_addr = addr + header->header_size;
    uint8_t words[8];

    if (header->header_size != stage->header_size || body_addr % stage->vectors_align != 0) {
        return GARRISON_ERROR_POLICY;
    }
    if (!address_is_the_slots(addr, header)) {
        return GARRISON_ERROR_POLICY;
    }
    if (!has_vectors(slot)) {
        *vectors = body_addr;
        return GARRISON_OK;
    }
    if (header->body_size < sizeof words) {
        return GARRISON_ERROR_POLICY;
    }
    enum garrison_status status = image_read(image, header->header_size, words, sizeof words);
    if (!hardened_ok(status)) {
        return status;
    }
    if (!stack_is_in_ram(slot, bytes_load_le32(&words[0])) ||
        !entry_is_in_body(bytes_load_le32(&words[4]), body_addr, header->body_size)) {
        return GARRISON_ERROR_POLICY;
    }
    *vectors = body_addr;
    return GARRISON_OK;
}

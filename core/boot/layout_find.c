/*
 * What every image asks of a layout that has been checked.
 */
#include <garrison/layout.h>

#include <garrison/handoff.h>

const struct layout_slot *layout_find(const struct layout_record *record, uint32_t role)
{
    for (uint32_t i = 0; i < record->count && i < LAYOUT_SLOTS_MAX; i++) {
        if (record->slot[i].role == role) {
            return &record->slot[i];
        }
    }
    return NULL;
}

struct layout_window layout_window(const struct layout_record *record, uint32_t role)
{
    struct layout_window window = {0, 0};
    for (uint32_t i = 0; i < record->count && i < LAYOUT_SLOTS_MAX; i++) {
        const struct layout_slot *slot = &record->slot[i];
        window.below += slot->role <= role ? LAYOUT_SLOT_RAM(slot->flags) : 0;
        window.size += slot->role == role ? LAYOUT_SLOT_RAM(slot->flags) : 0;
    }
    return window;
}

uint32_t layout_windows_size(const struct layout_record *record)
{
    return layout_window(record, UINT32_MAX).below;
}

struct layout_secure layout_secure(const struct layout_record *record,
                                   const struct layout_bounds *bounds, unsigned bank)
{
    const struct layout_slot *application = layout_find(record, IMAGE_ROLE_APPLICATION);
    const uint32_t bank_size = bounds->flash_size / 2u;
    const uint32_t sectors = bank_size / bounds->sector;
    if (application == NULL) {
        return (struct layout_secure){0, sectors - 1u};
    }
    const uint32_t end = application->off + application->size;
    if (bank == 0) {
        const uint32_t behind = application->off < bank_size ? application->off : bank_size;
        return (struct layout_secure){0, behind / bounds->sector - 1u};
    }
    return (struct layout_secure){end > bank_size ? (end - bank_size) / bounds->sector : 0,
                                  sectors - 1u};
}

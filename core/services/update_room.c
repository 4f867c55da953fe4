#include "services/update_room.h"

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t whole_sectors(const struct update_room *room, uint32_t bytes)
{
    return bytes / room->sector + (bytes % room->sector != 0 ? 1u : 0u);
}

static bool holds(const struct update_room *room, uint32_t index)
{
    return room->slot[index].size != 0 && room->journal->component[index].state != JOURNAL_READY;
}

/** Bytes of the slot before another component's begins to hold flash there. */
static uint32_t before_next(const struct update_room *room, uint32_t index)
{
    const struct update_slot *slot = &room->slot[index];
    uint32_t size = slot->size;
    for (uint32_t i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        if (i != index && holds(room, i) && room->slot[i].off > slot->off) {
            size = smaller(size, room->slot[i].off - slot->off);
        }
    }
    return size;
}

/** Sectors that the images of a component need of its download slot. */
static uint32_t needed_sectors(const struct update_room *room, uint32_t index, uint32_t image)
{
    const struct update_slot *slot = &room->slot[index];
    const uint32_t renewed = whole_sectors(room, image);
    const uint32_t old = slot->swapped ? whole_sectors(room, slot->installed) : 0;
    return 1u + (renewed > old ? renewed : old);
}

uint32_t update_room_held(const struct update_room *room, uint32_t index)
{
    const struct journal_component *component = &room->journal->component[index];
    uint32_t sectors = 0;
    if (!holds(room, index)) {
        return 0;
    }
    const uint32_t bytes = before_next(room, index);
    switch (component->state) {
    case JOURNAL_WRITING:
    case JOURNAL_CANDIDATE:
    case JOURNAL_STAGED:
        sectors = needed_sectors(room, index, component->size);
        break;
    case JOURNAL_TRIAL:
    case JOURNAL_REJECTED:
    case JOURNAL_UPDATED:
        sectors = room->slot[index].swapped ? component->sectors + 1u : bytes / room->sector;
        break;
    default:
        return bytes;
    }
    return sectors < bytes / room->sector ? sectors * room->sector : bytes;
}

/** Whether another component holds flash at the start of the slot. */
static bool start_is_taken(const struct update_room *room, uint32_t index)
{
    const uint32_t off = room->slot[index].off;
    for (uint32_t i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        if (i != index && holds(room, i) && room->slot[i].off <= off &&
            update_room_held(room, i) > off - room->slot[i].off) {
            return true;
        }
    }
    return false;
}

uint32_t update_room_image_max(const struct update_room *room, uint32_t index)
{
    const struct update_slot *slot = &room->slot[index];
    if (slot->size == 0 || start_is_taken(room, index)) {
        return 0;
    }
    const uint32_t sectors = before_next(room, index) / room->sector;
    if (sectors < 2u || sectors < needed_sectors(room, index, 1u)) {
        return 0;
    }
    return smaller((sectors - 1u) * room->sector, slot->image_max);
}

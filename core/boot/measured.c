#include <garrison/measured.h>

#include <string.h>

bool measured_at(const struct handoff *record, uint32_t place, struct measured *image)
{
    if (place >= record->count || place >= HANDOFF_ENTRIES_MAX) {
        return false;
    }
    const struct handoff_entry *entry = &record->entry[place];
    image->role = entry->role;
    image->size = entry->size;
    image->version = entry->version;
    memcpy(image->measurement, entry->measurement, sizeof image->measurement);
    memcpy(image->signer, entry->signer, sizeof image->signer);
    return true;
}

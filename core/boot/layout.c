#include <garrison/layout.h>

#include <garrison/handoff.h>

#include "base/bytes.h"

/** A run of flash that must be nobody else's. */
struct extent {
    uint32_t role; /**< 0: the journal. */
    uint32_t off;
    uint32_t size;
};

#define EXTENTS_MAX (LAYOUT_SLOTS_MAX + 1u)

static enum garrison_status broken(struct layout_fault *fault, enum layout_rule rule, uint32_t role,
                                   uint32_t other_role)
{
    *fault = (struct layout_fault){.rule = rule, .role = role, .other_role = other_role};
    return GARRISON_ERROR_POLICY;
}

static bool role_is_known(uint32_t role)
{
    return role == IMAGE_ROLE_UROT || role == IMAGE_ROLE_MANAGER ||
           role == IMAGE_ROLE_APPLICATION ||
           (role >= IMAGE_ROLE_MODULE_0 && role < IMAGE_ROLE_MODULE_0 + 8u);
}

static enum garrison_status check_form(const struct layout_record *record,
                                       struct layout_fault *fault)
{
    const uint32_t used = record->count <= LAYOUT_SLOTS_MAX ? record->count : 0u;
    const uint8_t *behind = (const uint8_t *)&record->slot[used];
    const uint32_t rest = (uint32_t)((LAYOUT_SLOTS_MAX - used) * sizeof record->slot[0]);

    if (record->magic != LAYOUT_RECORD_MAGIC) {
        fault->rule = LAYOUT_RULE_MAGIC;
    } else if (record->version != LAYOUT_RECORD_VERSION) {
        fault->rule = LAYOUT_RULE_VERSION;
    } else if (record->count == 0 || record->count > LAYOUT_SLOTS_MAX) {
        fault->rule = LAYOUT_RULE_COUNT;
    } else if (!bytes_all(behind, rest, 0) ||
               !bytes_all(record->reserved, sizeof record->reserved, 0)) {
        fault->rule = LAYOUT_RULE_UNUSED;
    } else {
        return GARRISON_OK;
    }
    return GARRISON_ERROR_FORMAT;
}

static bool is_free_run(const struct layout_bounds *bounds, uint32_t off, uint32_t size)
{
    return off >= bounds->free_off && off <= bounds->free_end && size <= bounds->free_end - off;
}

static bool is_whole(const struct layout_bounds *bounds, uint32_t off, uint32_t size)
{
    return off % bounds->sector == 0 && size % bounds->sector == 0 && size != 0;
}

/** What one slot says of itself. */
static enum garrison_status check_slot(const struct layout_slot *slot,
                                       const struct layout_bounds *bounds,
                                       struct layout_fault *fault)
{
    if (!role_is_known(slot->role)) {
        return broken(fault, LAYOUT_RULE_ROLE, slot->role, 0);
    }
    if ((slot->flags & ~LAYOUT_SLOT_FLAGS) != 0) {
        (void)broken(fault, LAYOUT_RULE_FLAGS, slot->role, 0);
        return GARRISON_ERROR_UNSUPPORTED;
    }
    if ((slot->flags & LAYOUT_SLOT_OPTIONAL) != 0 && slot->role < IMAGE_ROLE_MODULE_0) {
        return broken(fault, LAYOUT_RULE_OPTIONAL, slot->role, 0);
    }
    if (!is_whole(bounds, slot->off, slot->size)) {
        return broken(fault, LAYOUT_RULE_SLOT_WHOLE, slot->role, 0);
    }
    if (!is_free_run(bounds, slot->off, slot->size)) {
        return broken(fault, LAYOUT_RULE_SLOT_BOUNDS, slot->role, 0);
    }
    if (slot->role == IMAGE_ROLE_UROT && slot->off != bounds->free_off) {
        return broken(fault, LAYOUT_RULE_UROT, slot->role, 0);
    }
    if (slot->download_size == 0) {
        return slot->download_off == 0 ? GARRISON_OK
                                       : broken(fault, LAYOUT_RULE_NO_DOWNLOAD, slot->role, 0);
    }
    if (!is_whole(bounds, slot->download_off, slot->download_size)) {
        return broken(fault, LAYOUT_RULE_DOWNLOAD_WHOLE, slot->role, 0);
    }
    if (!is_free_run(bounds, slot->download_off, slot->download_size)) {
        return broken(fault, LAYOUT_RULE_DOWNLOAD_BOUNDS, slot->role, 0);
    }
    if (slot->download_size < slot->size || slot->download_size - slot->size < bounds->sector) {
        return broken(fault, LAYOUT_RULE_DOWNLOAD_ROOM, slot->role, 0);
    }
    return GARRISON_OK;
}

static bool overlap(struct extent a, struct extent b)
{
    return a.off < b.off ? b.off - a.off < a.size : a.off - b.off < b.size;
}

/** Active slots and the journal are apart from each other and from all download slots. */
static enum garrison_status check_apart(const struct layout_record *record,
                                        struct layout_fault *fault)
{
    struct extent own[EXTENTS_MAX] = {{0, record->journal_off, record->journal_size}};
    for (uint32_t i = 0; i < record->count; i++) {
        own[i + 1u] =
            (struct extent){record->slot[i].role, record->slot[i].off, record->slot[i].size};
    }
    for (uint32_t i = 0; i <= record->count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (own[i].role == own[k].role) {
                return broken(fault, LAYOUT_RULE_ROLE_ONCE, own[i].role, own[k].role);
            }
            if (overlap(own[i], own[k])) {
                return broken(fault, LAYOUT_RULE_OVERLAP, own[i].role, own[k].role);
            }
        }
        for (uint32_t k = 0; k < record->count; k++) {
            const struct layout_slot *slot = &record->slot[k];
            const struct extent download = {slot->role, slot->download_off, slot->download_size};
            if (download.size != 0 && overlap(own[i], download)) {
                return broken(fault, LAYOUT_RULE_DOWNLOAD_OVERLAP, slot->role, own[i].role);
            }
        }
    }
    return GARRISON_OK;
}

/** The application is one Non-secure island: nothing Secure begins inside a bank's Non-secure run. */
static enum garrison_status check_watermarks(const struct layout_record *record,
                                             const struct layout_bounds *bounds,
                                             struct layout_fault *fault)
{
    const struct layout_slot *application = layout_find(record, IMAGE_ROLE_APPLICATION);
    const uint32_t bank = bounds->flash_size / 2u;
    const uint32_t end = application->off + application->size;

    /* Each bank has one Secure run: at the start of bank 1, at the end of bank 2. */
    if (application->off < bank && end < bank) {
        return broken(fault, LAYOUT_RULE_APPLICATION_END, IMAGE_ROLE_APPLICATION, 0);
    }
    if (application->off > bank) {
        return broken(fault, LAYOUT_RULE_APPLICATION_START, IMAGE_ROLE_APPLICATION, 0);
    }
    return GARRISON_OK;
}

enum garrison_status layout_check(const struct layout_record *record,
                                  const struct layout_bounds *bounds, struct layout_fault *fault)
{
    static const uint32_t required[] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER,
                                        IMAGE_ROLE_APPLICATION};
    *fault = (struct layout_fault){0};
    enum garrison_status status = check_form(record, fault);
    for (uint32_t i = 0; status == GARRISON_OK && i < record->count; i++) {
        status = check_slot(&record->slot[i], bounds, fault);
    }
    if (status != GARRISON_OK) {
        return status;
    }
    if (!is_whole(bounds, record->journal_off, record->journal_size) ||
        record->journal_size / bounds->sector < 2u || record->journal_size / bounds->sector > 8u ||
        !is_free_run(bounds, record->journal_off, record->journal_size)) {
        return broken(fault, LAYOUT_RULE_JOURNAL, 0, 0);
    }
    for (uint32_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (layout_find(record, required[i]) == NULL) {
            return broken(fault, LAYOUT_RULE_REQUIRED, required[i], 0);
        }
    }
    status = check_apart(record, fault);
    return status == GARRISON_OK ? check_watermarks(record, bounds, fault) : status;
}

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

static bool role_is_known(uint32_t role)
{
    return role == IMAGE_ROLE_UROT || role == IMAGE_ROLE_MANAGER ||
           role == IMAGE_ROLE_APPLICATION ||
           (role >= IMAGE_ROLE_MODULE_0 && role < IMAGE_ROLE_MODULE_0 + 8u);
}

/*
 * Checks. Each returns the rule that is broken; what breaks it is in the fault's roles by then.
 */

static enum layout_rule check_form(const struct layout_record *record)
{
    const uint32_t used = record->count <= LAYOUT_SLOTS_MAX ? record->count : 0u;
    const uint8_t *behind = (const uint8_t *)&record->slot[used];
    const uint32_t rest = (uint32_t)((LAYOUT_SLOTS_MAX - used) * sizeof record->slot[0]);

    if (record->magic != LAYOUT_RECORD_MAGIC) {
        return LAYOUT_RULE_MAGIC;
    }
    if (record->version != LAYOUT_RECORD_VERSION) {
        return LAYOUT_RULE_VERSION;
    }
    if (record->count == 0 || record->count > LAYOUT_SLOTS_MAX) {
        return LAYOUT_RULE_COUNT;
    }
    if (!bytes_all(behind, rest, 0) || !bytes_all(record->reserved, sizeof record->reserved, 0)) {
        return LAYOUT_RULE_UNUSED;
    }
    return LAYOUT_RULE_NONE;
}

_Static_assert(LAYOUT_RULE_SLOT_BOUNDS == LAYOUT_RULE_SLOT_WHOLE + 1 &&
                   LAYOUT_RULE_DOWNLOAD_BOUNDS == LAYOUT_RULE_DOWNLOAD_WHOLE + 1,
               "the bounds' rule follows the other one's");

/** A run of flash: whole sectors (or `rule`), inside the bounds (or the rule after it). */
static enum layout_rule check_run(const struct layout_bounds *bounds, uint32_t off, uint32_t size,
                                  enum layout_rule rule)
{
    if (off % bounds->sector != 0 || size % bounds->sector != 0 || size == 0) {
        return rule;
    }
    if (off < bounds->free_off || !bytes_range_fits(off, size, bounds->free_end)) {
        return (enum layout_rule)(rule + 1);
    }
    return LAYOUT_RULE_NONE;
}

/** What one slot says of itself. */
static enum layout_rule check_slot(const struct layout_slot *slot,
                                   const struct layout_bounds *bounds, struct layout_fault *fault)
{
    fault->role = slot->role;
    if (!role_is_known(slot->role)) {
        return LAYOUT_RULE_ROLE;
    }
    if ((slot->flags & ~LAYOUT_SLOT_FLAGS) != 0) {
        return LAYOUT_RULE_FLAGS;
    }
    if ((slot->flags & LAYOUT_SLOT_OPTIONAL) != 0 && slot->role < IMAGE_ROLE_MODULE_0) {
        return LAYOUT_RULE_OPTIONAL;
    }
    if (LAYOUT_SLOT_RAM(slot->flags) != 0 && slot->role < IMAGE_ROLE_MODULE_0) {
        return LAYOUT_RULE_RAM_ROLE;
    }
    enum layout_rule rule = check_run(bounds, slot->off, slot->size, LAYOUT_RULE_SLOT_WHOLE);
    if (rule != LAYOUT_RULE_NONE) {
        return rule;
    }
    if (slot->role == IMAGE_ROLE_UROT && slot->off != bounds->free_off) {
        return LAYOUT_RULE_UROT;
    }
    if (slot->download_size == 0) {
        return slot->download_off == 0 ? LAYOUT_RULE_NONE : LAYOUT_RULE_NO_DOWNLOAD;
    }
    rule = check_run(bounds, slot->download_off, slot->download_size, LAYOUT_RULE_DOWNLOAD_WHOLE);
    if (rule != LAYOUT_RULE_NONE) {
        return rule;
    }
    if (slot->download_size < slot->size || slot->download_size - slot->size < bounds->sector) {
        return LAYOUT_RULE_DOWNLOAD_ROOM;
    }
    return LAYOUT_RULE_NONE;
}

static bool overlap(const struct extent *a, const struct extent *b)
{
    return a->off < b->off ? b->off - a->off < a->size : a->off - b->off < b->size;
}

/** Active slots and the journal are apart from each other and from all download slots. */
static enum layout_rule check_apart(const struct layout_record *record, struct layout_fault *fault)
{
    struct extent own[EXTENTS_MAX] = {{0, record->journal_off, record->journal_size}};
    for (uint32_t i = 0; i < record->count; i++) {
        own[i + 1u] =
            (struct extent){record->slot[i].role, record->slot[i].off, record->slot[i].size};
    }
    for (uint32_t i = 0; i <= record->count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            fault->role = own[i].role;
            fault->other_role = own[k].role;
            if (own[i].role == own[k].role) {
                return LAYOUT_RULE_ROLE_ONCE;
            }
            if (overlap(&own[i], &own[k])) {
                return LAYOUT_RULE_OVERLAP;
            }
        }
        for (uint32_t k = 0; k < record->count; k++) {
            const struct layout_slot *slot = &record->slot[k];
            const struct extent download = {slot->role, slot->download_off, slot->download_size};
            fault->role = slot->role;
            fault->other_role = own[i].role;
            if (download.size != 0 && overlap(&own[i], &download)) {
                return LAYOUT_RULE_DOWNLOAD_OVERLAP;
            }
        }
    }
    return LAYOUT_RULE_NONE;
}

/** The application is one Non-secure island: nothing Secure begins inside a bank's Non-secure run. */
static enum layout_rule check_watermarks(const struct layout_record *record,
                                         const struct layout_bounds *bounds,
                                         struct layout_fault *fault)
{
    const struct layout_slot *application = layout_find(record, IMAGE_ROLE_APPLICATION);
    const uint32_t bank = bounds->flash_size / 2u;
    const uint32_t end = application->off + application->size;

    /* Each bank has one Secure run: at the start of bank 1, at the end of bank 2. */
    *fault = (struct layout_fault){.role = IMAGE_ROLE_APPLICATION};
    if (application->off < bank && end < bank) {
        return LAYOUT_RULE_APPLICATION_END;
    }
    return application->off > bank ? LAYOUT_RULE_APPLICATION_START : LAYOUT_RULE_NONE;
}

static enum layout_rule check_all(const struct layout_record *record,
                                  const struct layout_bounds *bounds, struct layout_fault *fault)
{
    static const uint8_t required[] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER, IMAGE_ROLE_APPLICATION};
    enum layout_rule rule = check_form(record);
    for (uint32_t i = 0; rule == LAYOUT_RULE_NONE && i < record->count; i++) {
        rule = check_slot(&record->slot[i], bounds, fault);
    }
    if (rule != LAYOUT_RULE_NONE) {
        return rule;
    }
    fault->role = 0;
    rule = check_run(bounds, record->journal_off, record->journal_size, LAYOUT_RULE_JOURNAL);
    if (rule != LAYOUT_RULE_NONE || record->journal_size < 2u * bounds->sector ||
        record->journal_size > 8u * bounds->sector) {
        return LAYOUT_RULE_JOURNAL;
    }
    for (uint32_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        fault->role = required[i];
        if (layout_find(record, required[i]) == NULL) {
            return LAYOUT_RULE_REQUIRED;
        }
    }
    rule = check_apart(record, fault);
    if (rule == LAYOUT_RULE_NONE && layout_windows_size(record) > LAYOUT_MODULES_RAM_MAX) {
        *fault = (struct layout_fault){0};
        return LAYOUT_RULE_RAM_SUM;
    }
    return rule == LAYOUT_RULE_NONE ? check_watermarks(record, bounds, fault) : rule;
}

enum garrison_status layout_check(const struct layout_record *record,
                                  const struct layout_bounds *bounds, struct layout_fault *fault)
{
    *fault = (struct layout_fault){0};
    const enum layout_rule rule = check_all(record, bounds, fault);
    if (rule == LAYOUT_RULE_NONE) {
        *fault = (struct layout_fault){0};
        return GARRISON_OK;
    }
    fault->rule = rule;
    if (rule == LAYOUT_RULE_FLAGS) {
        return GARRISON_ERROR_UNSUPPORTED;
    }
    return rule <= LAYOUT_RULE_UNUSED ? GARRISON_ERROR_FORMAT : GARRISON_ERROR_POLICY;
}

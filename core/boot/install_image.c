#include "boot/install_image.h"

#include <string.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "boot/clear.h"
#include "boot/keys.h"
#include "boot/policy.h"
#include "boot/verify.h"

/** Components with a fixed number; modules follow. */
#define COMPONENT_MODULE 3u

uint32_t install_component(uint32_t role)
{
    if (role >= IMAGE_ROLE_UROT && role <= IMAGE_ROLE_APPLICATION) {
        return role - IMAGE_ROLE_UROT;
    }
    if (role >= IMAGE_ROLE_MODULE_0 && role - IMAGE_ROLE_MODULE_0 < INSTALL_COMPONENTS - 3u) {
        return role - IMAGE_ROLE_MODULE_0 + COMPONENT_MODULE;
    }
    return INSTALL_COMPONENT_NONE;
}

uint32_t install_role(uint32_t component)
{
    return component < COMPONENT_MODULE ? component + IMAGE_ROLE_UROT
                                        : component - COMPONENT_MODULE + IMAGE_ROLE_MODULE_0;
}

const struct layout_slot *install_slot(const struct install *install, uint32_t component)
{
    return layout_find(install->layout, install_role(component));
}

uint32_t install_sectors(const struct install *install, uint32_t bytes)
{
    return (bytes + install->flash->sector - 1u) / install->flash->sector;
}

uint32_t install_staged_off(const struct install *install, const struct layout_slot *slot)
{
    return slot->download_off + install->flash->sector;
}

/*
 * Verifying.
 */

/** The stage's rules for images of a role; NULL: it has none. */
static const struct boot_slot *rules_of(const struct boot_stage *stage, uint32_t role)
{
    const uint32_t kind = role < IMAGE_ROLE_MODULE_0 ? role : IMAGE_ROLE_MODULE_0;
    for (uint32_t i = 0; i < stage->slot_count; i++) {
        if (stage->slot[i].role == kind) {
            return &stage->slot[i];
        }
    }
    return NULL;
}

uint16_t install_components(const struct boot_stage *stage, const struct layout_record *layout)
{
    uint16_t components = 0;
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        const uint32_t role = install_role(i);
        if (layout_find(layout, role) != NULL && rules_of(stage, role) != NULL) {
            components |= (uint16_t)(1u << i);
        }
    }
    return components;
}

static enum garrison_status check_counter(const struct install *install, uint32_t component,
                                          const struct image *image)
{
    return hardened_at_most(install->counters->counter[component], image->counter,
                            GARRISON_ERROR_STALE);
}

/** Verifies an image of a component wherever it stands, through whatever device shows it in clear. */
static enum garrison_status verify_at(const struct install *install, uint32_t component,
                                      struct install_image *found, struct hardened_verdict *verdict)
{
    const struct layout_slot *slot = install_slot(install, component);
    const uint8_t *point = keys_find(install->keys, slot->role);
    const struct boot_slot *rules = rules_of(install->stage, slot->role);

    if (point == NULL) {
        return GARRISON_ERROR_KEY;
    }
    if (rules == NULL) {
        return GARRISON_ERROR_UNSUPPORTED;
    }
    enum garrison_status status =
        hardened_at_most(found->image.total_size, slot->size, GARRISON_ERROR_BOUNDS);
    if (!hardened_ok(status)) {
        return status;
    }
    status = hardened_join(status, verify_image(&found->image, point, found->measurement, verdict));
    if (!hardened_ok(status)) {
        return status;
    }
    status = hardened_join(status, policy_check(install->stage, rules, rules->base + slot->off,
                                                &found->image, &found->vectors));
    status = hardened_join(status, check_counter(install, component, &found->image));
    if (!hardened_ok(status)) {
        /* Or one skipped branch of the caller would start what is signed and too old. */
        *verdict = (struct hardened_verdict)HARDENED_REFUSED;
    }
    return status;
}

enum garrison_status install_verify(const struct install *install, uint32_t component,
                                    struct install_image *found, struct hardened_verdict *verdict)
{
    const struct layout_slot *slot = install_slot(install, component);
    const struct image_slot place = {install->flash, slot->off, slot->size};
    *verdict = (struct hardened_verdict)HARDENED_REFUSED;
    const enum garrison_status status = image_parse(&place, &found->image);
    return hardened_ok(status) ? verify_at(install, component, found, verdict) : status;
}

/**
 * Verifies what `clear` shows of an image, unless it was refused before, and closes it.
 * @param status  what is known of the image so far
 */
static enum garrison_status verify_clear(const struct install *install, uint32_t component,
                                         enum garrison_status status, struct clear *clear,
                                         struct install_image *found)
{
    struct hardened_verdict verdict = HARDENED_REFUSED;
    if (hardened_ok(status)) {
        found->image.slot.flash = &clear->device;
        status = hardened_join(status, verify_at(install, component, found, &verdict));
        found->image.slot.flash = install->flash;
    }
    clear_close(clear);
    if (hardened_ok(status) && !hardened_granted(&verdict)) {
        status = GARRISON_ERROR_SIGNATURE;
    }
    return status;
}

/** Whether an image is encrypted where its slot asks for it. */
static enum garrison_status check_encrypted(const struct layout_slot *slot,
                                            const struct image *image)
{
    const uint32_t asked = slot->flags & LAYOUT_SLOT_ENCRYPTED;
    const uint32_t len = image->wrapped_len;
    return hardened_both(asked == 0 || len != 0,
                         hardened_launder(asked) == 0 || hardened_launder(len) != 0,
                         GARRISON_ERROR_POLICY);
}

enum garrison_status install_verify_staged(const struct install *install, uint32_t component,
                                           struct install_image *found)
{
    const struct layout_slot *slot = install_slot(install, component);
    const uint32_t off = install_staged_off(install, slot);
    const uint32_t size = slot->download_size - (off - slot->download_off);
    const struct image_slot place = {install->flash, off, size};
    struct clear clear;

    clear_init(&clear, install->flash, off);
    enum garrison_status status = image_parse(&place, &found->image);
    if (hardened_ok(status)) {
        status = hardened_join(status, check_encrypted(slot, &found->image));
    }
    if (hardened_ok(status) &&
        !hardened_ok(clear_body(&clear, &found->image, install->image_key))) {
        status = GARRISON_ERROR_DECRYPT;
    }
    return verify_clear(install, component, status, &clear, found);
}

enum garrison_status install_check_succession(const struct install *install, uint32_t component,
                                              const struct image *image)
{
    static struct install_image active;
    struct hardened_verdict verdict;
    if (!hardened_ok(install_verify(install, component, &active, &verdict))) {
        return GARRISON_OK; /* There is nothing that could be older. */
    }
    return hardened_at_most(active.image.counter, image->counter, GARRISON_ERROR_STALE);
}

/*
 * What has left an active slot.
 */

/** The nonce of what left the active slot of a component in one operation. */
static void seal_nonce(uint32_t component, uint16_t sealed, uint8_t nonce[12])
{
    memset(nonce, 0, 12);
    memcpy(nonce, "seal", 4);
    bytes_store_le16(nonce + 4, sealed);
    nonce[6] = (uint8_t)component;
}

enum garrison_status install_open_seal(const struct install *install, struct clear *clear,
                                       uint32_t component, uint16_t sealed)
{
    uint8_t nonce[12];
    seal_nonce(component, sealed, nonce);
    return clear_sealed(clear, install->seal_key, nonce);
}

/*
 * Dependencies.
 */

/** A version as a number that is higher for a later one; builds do not count. */
static uint32_t rank(const struct image_version *version)
{
    return (uint32_t)version->major << 24 | (uint32_t)version->minor << 16 | version->revision;
}

/** The version that a role will have: of the set's image, or else of the active one. */
static enum garrison_status version_of(const struct install *install, uint16_t set, uint32_t role,
                                       struct image_version *version)
{
    const uint32_t component = install_component(role);
    const struct layout_slot *slot = layout_find(install->layout, role);
    struct image image;
    if (component == INSTALL_COMPONENT_NONE || slot == NULL) {
        return GARRISON_ERROR_DEPENDENCY;
    }
    const bool staged = (1u << component & set) != 0;
    const uint32_t off = staged ? install_staged_off(install, slot) : slot->off;
    const struct image_slot place = {install->flash, off, slot->size};
    const enum garrison_status status = image_parse(&place, &image);
    *version = image.header.version;
    return hardened_ok(status) ? GARRISON_OK : GARRISON_ERROR_DEPENDENCY;
}

static enum garrison_status check_dependency(const struct install *install, uint16_t set,
                                             const struct image_dependency *wanted)
{
    struct image_version version;
    const enum garrison_status status = version_of(install, set, wanted->role, &version);
    if (!hardened_ok(status)) {
        return status;
    }
    return hardened_join(status, hardened_at_most(rank(&wanted->version), rank(&version),
                                                  GARRISON_ERROR_DEPENDENCY));
}

enum garrison_status install_check_dependencies(const struct install *install, uint16_t set,
                                                const struct image *image)
{
    enum garrison_status status = GARRISON_OK;
    uint32_t i = 0;
    for (; i < image->dependencies; i++) {
        status = hardened_join(status, check_dependency(install, set, &image->dependency[i]));
    }
    return hardened_join(status, hardened_equal(i, image->dependencies, GARRISON_ERROR_DEPENDENCY));
}

/** Whether a role is one of the set's. */
static bool is_in_set(uint16_t set, uint32_t role)
{
    const uint32_t component = install_component(role);
    return component != INSTALL_COMPONENT_NONE && (1u << component & set) != 0;
}

enum garrison_status install_check_dependents(const struct install *install, uint16_t set)
{
    static struct image stays;
    enum garrison_status status = GARRISON_OK;
    for (uint32_t component = 0; component < INSTALL_COMPONENTS; component++) {
        const struct layout_slot *slot = install_slot(install, component);
        if (slot == NULL || (1u << component & set) != 0) {
            continue;
        }
        const struct image_slot place = {install->flash, slot->off, slot->size};
        if (!hardened_ok(image_parse(&place, &stays))) {
            continue;
        }
        for (uint32_t i = 0; i < stays.dependencies; i++) {
            if (is_in_set(set, stays.dependency[i].role)) {
                status =
                    hardened_join(status, check_dependency(install, set, &stays.dependency[i]));
            }
        }
    }
    return status;
}

/** Whether all others would find what they depend on in a component of that version. */
static enum garrison_status check_needed(const struct install *install, uint32_t component,
                                         const struct image_version *version)
{
    static struct image other;
    enum garrison_status status = GARRISON_OK;
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        const struct layout_slot *slot = install_slot(install, i);
        if (slot == NULL || i == component) {
            continue;
        }
        const struct image_slot place = {install->flash, slot->off, slot->size};
        if (!hardened_ok(image_parse(&place, &other))) {
            continue;
        }
        for (uint32_t k = 0; k < other.dependencies; k++) {
            const struct image_dependency *wanted = &other.dependency[k];
            if (install_component(wanted->role) == component) {
                status =
                    hardened_join(status, hardened_at_most(rank(&wanted->version), rank(version),
                                                           GARRISON_ERROR_DEPENDENCY));
            }
        }
    }
    return status;
}

enum garrison_status install_verify_old(const struct install *install, uint32_t component,
                                        const struct journal_component *swapped)
{
    static struct install_image found;
    const struct layout_slot *slot = install_slot(install, component);
    enum garrison_status status = GARRISON_OK;
    struct clear clear;

    clear_init(&clear, install->flash, slot->download_off);
    if (swapped->sealed != 0) {
        status = install_open_seal(install, &clear, component, swapped->sealed);
    }
    const struct image_slot place = {&clear.device, slot->download_off,
                                     swapped->sectors * install->flash->sector};
    if (hardened_ok(status)) {
        status = image_parse(&place, &found.image);
    }
    status = verify_clear(install, component, status, &clear, &found);
    if (!hardened_ok(status)) {
        return status;
    }
    status = hardened_join(status, install_check_dependencies(install, 0, &found.image));
    return hardened_join(status, check_needed(install, component, &found.image.header.version));
}

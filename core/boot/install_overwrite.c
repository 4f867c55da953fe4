/*
 * Installing the uROT: no swap and no trial, so that the first stage needs little code for it.
 */
#include "base/hardened.h"
#include "boot/clear.h"
#include "boot/install_image.h"
#include "boot/swap.h"

#define UROT_ALONE ((uint16_t)(1u << INSTALL_COMPONENT_UROT))

/**
 * Copies the staged uROT over the one in place. The staged one stays, for a next time.
 * @param needed  UROT_ALONE: the others must still find what they depend on in it; 0: it takes the
 *                place of one that is no good, and must not wait for them
 */
static enum garrison_status overwrite(const struct install *install, uint16_t needed)
{
    static struct install_image found;
    const struct layout_slot *slot = install_slot(install, INSTALL_COMPONENT_UROT);
    struct clear clear;

    enum garrison_status status = install_verify_staged(install, INSTALL_COMPONENT_UROT, &found);
    clear_init(&clear, install->flash, slot->download_off);
    if (hardened_ok(status)) {
        status =
            hardened_join(status, install_check_dependencies(install, UROT_ALONE, &found.image));
        status = hardened_join(status, install_check_dependents(install, needed));
    }
    if (hardened_ok(status)) {
        status = hardened_join(status, clear_body(&clear, &found.image, install->image_key));
    }
    if (hardened_ok(status)) {
        const struct swap_transform in = clear_transform(&clear);
        const struct swap_part part = {
            .active_off = slot->off,
            .download_off = slot->download_off,
            .sectors = install_sectors(install, found.image.total_size),
            .in = found.image.wrapped_len != 0 ? &in : NULL,
        };
        const struct swap swap = {
            .flash = install->flash,
            .journal = install->journal,
            .part = &part,
            .count = 1,
            .buffer = install->buffer,
            .buffer_size = install->buffer_size,
        };
        status = swap_overwrite(&swap);
    }
    clear_close(&clear);
    return status;
}

/** The same, with what came of it in the journal. */
static enum garrison_status run_overwrite(const struct install *install, uint16_t needed)
{
    struct journal_component component = install->journal->component[INSTALL_COMPONENT_UROT];
    const enum garrison_status status = overwrite(install, needed);
    if (status == GARRISON_ERROR_DEVICE) {
        return status;
    }
    component.state = hardened_ok(status) ? JOURNAL_UPDATED : JOURNAL_FAILED;
    component.reason = hardened_ok(status) ? 0 : garrison_status_index(status);
    return journal_set(install->journal, INSTALL_COMPONENT_UROT, &component);
}

enum garrison_status install_overwrite(const struct install *install, uint16_t mine)
{
    const bool staged = install->journal->component[INSTALL_COMPONENT_UROT].state == JOURNAL_STAGED;
    return staged && (UROT_ALONE & mine) != 0 ? run_overwrite(install, UROT_ALONE) : GARRISON_OK;
}

enum garrison_status install_recover_urot(const struct install *install, uint32_t component)
{
    static struct install_image found;
    const struct layout_slot *slot = install_slot(install, INSTALL_COMPONENT_UROT);
    if (component != INSTALL_COMPONENT_UROT || slot == NULL || slot->download_size == 0 ||
        !hardened_ok(install_verify_staged(install, component, &found))) {
        return GARRISON_ERROR_BLANK;
    }
    /* Whatever state it was in: a power cut from here on leaves what install_overwrite() finishes. */
    const struct journal_component staged = {.state = JOURNAL_STAGED,
                                             .size = found.image.total_size};
    enum garrison_status status = journal_set(install->journal, component, &staged);
    if (hardened_ok(status)) {
        status = run_overwrite(install, 0);
    }
    if (!hardened_ok(status)) {
        return status;
    }
    return install->journal->component[component].state == JOURNAL_UPDATED ? GARRISON_OK
                                                                           : GARRISON_ERROR_BLANK;
}

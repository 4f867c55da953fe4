#include "chain_service.h"

#include <garrison/area.h>
#include <garrison/port.h>
#include <garrison/reset.h>
#include <psa/update.h>

#include "chain_world.h"
#include "services/update.h"
#include "store/window.h"

/** As core/spm has it: the journal, then the download slot of each component. */
bool area_open(struct area *area, unsigned index)
{
    static struct window windows[1u + LAYOUT_SLOTS_MAX];
    const struct layout_record *layout = &chain.handoff.layout;
    struct window *window = &windows[index];
    if (index == 0) {
        window_init(window, chain_flash(), layout->journal_off, layout->journal_size);
    } else {
        /* Components stand in the layout in the order of their numbers. */
        const struct layout_slot *slot = &layout->slot[index - 1u];
        window_init(window, chain_flash(), slot->download_off, slot->download_size);
    }
    area->device = window->device;
    area->index = index;
    return area->device.size != 0;
}

void reset_request(void)
{
    port_reset();
}

void chain_start_service(void)
{
    static const struct {
        uint32_t role;
        psa_fwu_component_t component;
    } names[] = {
        {IMAGE_ROLE_IROT, PSA_FWU_COMPONENT_IROT},
        {IMAGE_ROLE_UROT, PSA_FWU_COMPONENT_UROT},
        {IMAGE_ROLE_MANAGER, PSA_FWU_COMPONENT_MANAGER},
        {IMAGE_ROLE_APPLICATION, PSA_FWU_COMPONENT_APPLICATION},
        {IMAGE_ROLE_MODULE_0, PSA_FWU_COMPONENT_MODULE(0)},
    };
    update_note_layout(&chain.handoff.layout);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct handoff_entry *entry = handoff_find(&chain.handoff, names[i].role);
        if (entry != NULL) {
            const psa_fwu_image_version_t version = {entry->version.major, entry->version.minor,
                                                     entry->version.revision, entry->version.build};
            update_note_installed(names[i].component, version, entry->measurement, entry->size);
        }
    }
}

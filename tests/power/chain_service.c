#include "chain_service.h"

#include <string.h>

#include <garrison/area.h>
#include <garrison/port.h>
#include <garrison/reset.h>
#include <psa/client.h>
#include <psa/service.h>
#include <psa/update.h>

#include "chain_world.h"
#include "services/update.h"
#include "services/update_protocol.h"
#include "store/window.h"

#define APPLICATION_CLIENT (-1)

/** A call under way. */
static struct {
    const psa_invec *in;
    size_t in_len;
    psa_outvec *out;
    size_t out_len;
    size_t taken[PSA_MAX_IOVEC];
    size_t given[PSA_MAX_IOVEC];
} call;

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    psa_msg_t message = {.type = type, .handle = 1, .client_id = APPLICATION_CLIENT};
    (void)handle;
    memset(&call, 0, sizeof call);
    call.in = in_vec;
    call.in_len = in_len;
    call.out = out_vec;
    call.out_len = out_len;
    for (size_t i = 0; i < in_len; i++) {
        message.in_size[i] = in_vec[i].len;
    }
    for (size_t i = 0; i < out_len; i++) {
        message.out_size[i] = out_vec[i].len;
    }
    const psa_status_t status = update_service(&message);
    for (size_t i = 0; i < out_len; i++) {
        out_vec[i].len = call.given[i];
    }
    return status;
}

size_t psa_read(psa_handle_t msg_handle, uint32_t invec_idx, void *buffer, size_t num_bytes)
{
    (void)msg_handle;
    if (invec_idx >= call.in_len) {
        return 0;
    }
    const size_t left = call.in[invec_idx].len - call.taken[invec_idx];
    const size_t len = num_bytes < left ? num_bytes : left;
    memcpy(buffer, (const uint8_t *)call.in[invec_idx].base + call.taken[invec_idx], len);
    call.taken[invec_idx] += len;
    return len;
}

void psa_write(psa_handle_t msg_handle, uint32_t outvec_idx, const void *buffer, size_t num_bytes)
{
    (void)msg_handle;
    if (outvec_idx >= call.out_len ||
        num_bytes > call.out[outvec_idx].len - call.given[outvec_idx]) {
        port_panic("more was answered than fits");
    }
    memcpy((uint8_t *)call.out[outvec_idx].base + call.given[outvec_idx], buffer, num_bytes);
    call.given[outvec_idx] += num_bytes;
}

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

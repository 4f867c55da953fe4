#include "update_fixture.h"

#include <setjmp.h>
#include <string.h>

#include <garrison/area.h>
#include <garrison/reset.h>

#include "services/update.h"
#include "services/update_policy.h"
#include "store/window.h"
#include "support/test.h"

unsigned update_resets;

static jmp_buf reset_exit;

/* In the place of the service's own. */
const struct update_right update_rights[] = {
    {.client = CLIENT_ALL, .components = 0xFFF, .reboot = 1},
    {.client = CLIENT_OTHER, .components = 0xFFF},
    {.client = CLIENT_APPLICATION, .components = 1u << PSA_FWU_COMPONENT_APPLICATION},
};
const uint32_t update_rights_count = COUNT_OF(update_rights);

/*
 * The manager, as far as the service sees it.
 */

bool area_open(struct area *area, unsigned index)
{
    static struct window windows[1u + JOURNAL_COMPONENTS_MAX];
    struct window *window = &windows[index];
    if (index == 0) {
        window_init(window, &bench.journal.device, 0, bench.journal.device.size);
    } else {
        const struct layout_slot *slot = &layout.slot[index - 1u];
        assert_true(index - 1u < layout.count);
        window_init(window, &bench.slots.device, slot->download_off, slot->download_size);
    }
    area->device = window->device;
    area->index = index;
    return area->device.size != 0;
}

void reset_request(void)
{
    update_resets++;
    longjmp(reset_exit, 1);
}

bool update_reboot_request(psa_status_t *status)
{
    if (setjmp(reset_exit) != 0) {
        assert_int_equal(update_boot(), GARRISON_OK);
        return true;
    }
    *status = psa_fwu_request_reboot();
    return false;
}

/*
 * Starting and booting.
 */

void update_restart(void)
{
    static const uint32_t roles[] = {PSA_FWU_COMPONENT_UROT, PSA_FWU_COMPONENT_MANAGER,
                                     PSA_FWU_COMPONENT_APPLICATION};
    flash_power_on(&bench.power);
    update_note_layout(&layout);
    for (uint32_t i = 0; i < COUNT_OF(roles); i++) {
        struct image_header header;
        uint8_t digest[32];
        assert_int_equal(bench.slots.device.read(&bench.slots.device, layout.slot[i].off,
                                                 (uint8_t *)&header, sizeof header),
                         GARRISON_OK);
        memset(digest, (int)(i + 1u), sizeof digest);
        const psa_fwu_image_version_t version = {header.version.major, header.version.minor,
                                                 header.version.revision, header.version.build};
        update_note_installed((psa_fwu_component_t)roles[i], version, digest, header.body_size);
    }
    static const psa_fwu_image_version_t irot = {9, 8, 7, 6};
    static const uint8_t irot_digest[32] = {0xEE};
    update_note_installed(PSA_FWU_COMPONENT_IROT, irot, irot_digest, 0);
}

/** Signing is what takes long. */
static void set_up_images_once(void)
{
    static struct made_image old[3];
    static struct made_image renewed[3];
    if (old[0].len == 0) {
        set_up_images(false);
        memcpy(old, bench.old, sizeof old);
        memcpy(renewed, bench.renewed, sizeof renewed);
    }
    memcpy(bench.old, old, sizeof old);
    memcpy(bench.renewed, renewed, sizeof renewed);
}

void update_open(void)
{
    static const struct scene nothing;
    update_client = CLIENT_ALL;
    update_resets = 0;
    set_up_images_once();
    stage_set(&nothing);
    update_restart();
}

void update_open_anew(void **state)
{
    (void)close_bench(state);
    (void)open_bench(state);
    update_open();
}

enum garrison_status update_boot(void)
{
    flash_power_on(&bench.power);
    const enum garrison_status status = boot();
    update_restart();
    return status;
}

psa_fwu_component_t update_component(uint32_t component)
{
    static const psa_fwu_component_t names[] = {PSA_FWU_COMPONENT_UROT, PSA_FWU_COMPONENT_MANAGER,
                                                PSA_FWU_COMPONENT_APPLICATION};
    return names[component];
}

psa_fwu_component_info_t update_query(uint32_t component)
{
    psa_fwu_component_info_t info;
    assert_int_equal(psa_fwu_query(update_component(component), &info), PSA_SUCCESS);
    return info;
}

psa_status_t update_write_image(uint32_t component, const struct made_image *made, uint32_t block)
{
    for (uint32_t off = 0; off < made->len; off += block) {
        const uint32_t left = made->len - off;
        const psa_status_t status = psa_fwu_write(update_component(component), off,
                                                  made->bytes + off, left < block ? left : block);
        if (status != PSA_SUCCESS) {
            return status;
        }
    }
    return PSA_SUCCESS;
}

bool update_is_staged(uint32_t component, const struct made_image *made)
{
    uint8_t bytes[4u * SECTOR];
    const uint32_t off = layout.slot[component].download_off + bench.slots.device.sector;
    assert_true(made->len <= sizeof bytes);
    return bench.slots.device.read(&bench.slots.device, off, bytes, made->len) == GARRISON_OK &&
           memcmp(bytes, made->bytes, made->len) == 0;
}

static void write_with_hole(uint32_t component)
{
    const struct made_image *made = &bench.renewed[component];
    const psa_fwu_component_t name = update_component(component);
    assert_int_equal(psa_fwu_write(name, 0, made->bytes, 96), PSA_SUCCESS);
    assert_int_equal(psa_fwu_write(name, 192, made->bytes + 192, made->len - 192), PSA_SUCCESS);
}

bool update_bring(uint32_t component, uint8_t state)
{
    const psa_fwu_component_t name = update_component(component);
    if (state == PSA_FWU_READY) {
        return true;
    }
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
    if (state == PSA_FWU_WRITING) {
        write_with_hole(component);
        return true;
    }
    assert_int_equal(update_write_image(component, &bench.renewed[component], 96), PSA_SUCCESS);
    if (state == PSA_FWU_FAILED) {
        assert_int_equal(psa_fwu_cancel(name), PSA_SUCCESS);
        return true;
    }
    assert_int_equal(psa_fwu_finish(name), PSA_SUCCESS);
    if (state == PSA_FWU_CANDIDATE) {
        return true;
    }
    assert_int_equal(psa_fwu_install(), PSA_SUCCESS_REBOOT);
    if (state == PSA_FWU_STAGED) {
        return true;
    }
    assert_int_equal(update_boot(), GARRISON_OK);
    if (component == UROT) {
        return state == PSA_FWU_UPDATED;
    }
    if (state == PSA_FWU_REJECTED) {
        assert_int_equal(psa_fwu_reject(-7), PSA_SUCCESS_REBOOT);
    } else if (state == PSA_FWU_UPDATED) {
        assert_int_equal(psa_fwu_accept(), PSA_SUCCESS);
    }
    return true;
}

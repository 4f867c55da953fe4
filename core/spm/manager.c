/*
 * The manager's start: it trusts nothing it was handed before it has checked it, and the application
 * runs only when isolation was set up and read back.
 */
#include <garrison/handoff.h>
#include <garrison/measured.h>
#include <garrison/module.h>
#include <garrison/port.h>
#include <garrison/spm.h>
#include <garrison/version.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "base/text.h"
#include "services/crypto.h"
#include "services/its.h"
#include "services/ps.h"
#include "services/update.h"
#include "spm/modules.h"
#include "spm/partitions.h"
#include "spm/prepare.h"

/** Level of isolation at which the manager runs: everything below is hidden. */
#define MANAGER_HDPL 3u

#define STEP_LEVEL       0x0037C1A5u
#define STEP_HANDOFF     0x01A9604Du
#define STEP_ISOLATE     0x0B5C83E2u
#define STEP_ISOLATED    0x02E8173Bu
#define STEP_SERVE       0x00D47F19u
#define STEP_APPLICATION 0x05738AC4u
#define STEPS_ALL                                                                                  \
    (STEP_LEVEL + STEP_HANDOFF + STEP_ISOLATE + STEP_ISOLATED + STEP_SERVE + STEP_APPLICATION)

/** Component of each role that the update service tells about, modules apart: theirs follow in order. */
static const uint8_t components[] = {
    [IMAGE_ROLE_IROT] = PSA_FWU_COMPONENT_IROT,
    [IMAGE_ROLE_UROT] = PSA_FWU_COMPONENT_UROT,
    [IMAGE_ROLE_MANAGER] = PSA_FWU_COMPONENT_MANAGER,
    [IMAGE_ROLE_APPLICATION] = PSA_FWU_COMPONENT_APPLICATION,
};

static void announce(void)
{
    struct text text;
    text_start(&text);
    text_add(&text, "manager ");
    text_add_version(&text, GARRISON_VERSION_MAJOR, GARRISON_VERSION_MINOR,
                     GARRISON_VERSION_REVISION);
    port_log(text.line);
}

static void require(struct hardened_steps *steps, const char *what, uint32_t step,
                    enum garrison_status status)
{
    struct text text;
    /* What came of it is in the sum, too, should the branch be skipped. */
    hardened_step(steps, step, status);
    if (hardened_ok(status)) {
        return;
    }
    text_start(&text);
    text_add(&text, "manager: ");
    text_add(&text, what);
    text_add(&text, " refused: ");
    text_add(&text, garrison_status_text(status));
    port_boot_verdict((uint32_t)IMAGE_ROLE_MANAGER << 24 | (uint32_t)IMAGE_ROLE_MANAGER << 16 |
                      garrison_status_index(status));
    port_panic(text.line);
}

static void check_level(struct hardened_steps *steps)
{
    require(steps, "isolation level", STEP_LEVEL,
            hardened_equal(port_hdpl(), MANAGER_HDPL, GARRISON_ERROR_POLICY));
}

static void check_handoff(struct hardened_steps *steps)
{
    require(steps, "hand-over record", STEP_HANDOFF, handoff_check(port_handoff()));
}

static void isolate(struct hardened_steps *steps)
{
    modules_admit();
    const struct layout_record *layout = &port_handoff()->layout;
    require(steps, "isolation", STEP_ISOLATE, port_isolation_apply(layout));
    require(steps, "isolation", STEP_ISOLATED, port_isolation_check(layout));
}

/** Tells an image to the services that are to know of it. */
static void note_image(const struct measured *image)
{
    const psa_fwu_image_version_t version = {image->version.major, image->version.minor,
                                             image->version.revision, image->version.build};
    const uint32_t module = image->role - IMAGE_ROLE_MODULE_0;
    if (image->role >= IMAGE_ROLE_IROT && image->role <= IMAGE_ROLE_APPLICATION) {
        update_note_installed(components[image->role], version, image->measurement, image->size);
    } else if (module < MODULES_MAX) {
        update_note_installed(PSA_FWU_COMPONENT_MODULE(module), version, image->measurement,
                              image->size);
    }
}

/** It cannot read the hand-over record: this is its copy of layout and images. */
void manager_prepare_update(void)
{
    const struct handoff *record = port_handoff();
    struct measured image;
    update_note_layout(record->layout.count != 0 ? &record->layout : NULL);
    for (uint32_t place = 0; measured_at(record, place, &image); place++) {
        note_image(&image);
    }
}

static uint32_t crypto_begun; /**< How often, since reset. */

/** It forgets what it has named when it begins anew; its clients do not. */
void manager_prepare_crypto(void)
{
    crypto_note_start(crypto_begun);
    crypto_begun++;
}

static uint8_t boot_seed[32];
static bool has_boot_seed;

const uint8_t *manager_boot_seed(void)
{
    if (!has_boot_seed) {
        has_boot_seed = port_entropy(boot_seed, sizeof boot_seed) == GARRISON_OK;
    }
    if (!has_boot_seed) {
        port_log("manager: no boot seed");
    }
    return has_boot_seed ? boot_seed : NULL;
}

void manager_note_key(const char *label, void (*note)(const uint8_t *key))
{
    uint8_t key[64];
    const enum garrison_status status = port_derive_key(label, key);
    note(status == GARRISON_OK ? key : NULL);
    if (status != GARRISON_OK) {
        struct text text;
        text_start(&text);
        text_add(&text, "manager: no key for ");
        text_add(&text, label);
        text_add(&text, ": ");
        text_add(&text, garrison_status_text(status));
        port_log(text.line);
    }
    secret_wipe(key, sizeof key);
}

/* The labels are part of the stored format. */

void manager_prepare_its(void)
{
    manager_note_key("garrison its", its_note_key);
}

void manager_prepare_ps(void)
{
    manager_note_key("garrison ps", ps_note_key);
}

enum garrison_status manager_serve(void)
{
    crypto_begun = 0;
    has_boot_seed = false;
    const enum garrison_status status = spm_init();
    for (uint32_t i = 0; status == GARRISON_OK && i < partition_count; i++) {
        if (partition_table[i].prepare != NULL) {
            partition_table[i].prepare();
        }
    }
    return status;
}

static void serve(struct hardened_steps *steps)
{
    require(steps, "partition table", STEP_SERVE, manager_serve());
    modules_start();
}

static GARRISON_NORETURN void start_application(struct hardened_steps *steps)
{
    const struct handoff_entry *application = handoff_find(port_handoff(), IMAGE_ROLE_APPLICATION);
    require(steps, "application", STEP_APPLICATION,
            application != NULL ? GARRISON_OK : GARRISON_ERROR_POLICY);
    require(steps, "sequence", 0,
            hardened_steps_are(steps, STEPS_ALL) ? GARRISON_OK : GARRISON_ERROR_POLICY);
    /* After a wrong sequence, should the branch be skipped, this is no image's address. */
    port_start_application(application->addr ^ hardened_steps_off(steps, STEPS_ALL));
}

void manager_main(void)
{
    struct hardened_steps steps = {0};

    announce();
    check_level(&steps);
    check_handoff(&steps);
    isolate(&steps);
    serve(&steps);
    start_application(&steps);
}

#include "life_remedy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/sim_debug.h>

#include "layout_plan.h"
#include "rescue_client.h"

#define SECTOR_BYTES 0x2000u

/* Of the chip's own time. */
#define HELLO_MS 2000u

/* More than there are stages that wait. */
#define RESCUES 4u

static void found(struct life_remedy *out, enum life_remedy_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void found(struct life_remedy *out, enum life_remedy_kind kind, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vsnprintf(out->text, sizeof out->text, format, list);
    va_end(list);
    out->kind = kind;
}

static const struct plan_image *image_of(const struct provision_plan *plan, uint32_t role)
{
    for (unsigned i = 0; i < plan->images; i++) {
        if (plan->image[i].config->role.number == role) {
            return &plan->image[i];
        }
    }
    return NULL;
}

/** Begins again with the chip as the plan has left it, and lets it fail. */
static void fall(const struct life_patient *patient, struct life_boot *boot)
{
    sim_snapshot_restore(patient->sim, patient->end);
    life_boot_try(patient->sim, patient->plan, patient->last, boot);
}

/* The rescue line. */

/**
 * Whether an answer is about the image: any other may be taken. Without a key for its role the device
 * takes none, and none where its flash is not to be written.
 */
static bool is_about_image(enum garrison_status reason)
{
    return reason != GARRISON_ERROR_KEY && reason != GARRISON_ERROR_DEVICE &&
           reason != GARRISON_ERROR_MISMATCH;
}

/** Sends the description's image, or without one what is none, to hear what is said of it. */
static enum rescue_reply send_image(const struct life_patient *patient,
                                    struct rescue_client *client, const struct rescue_hello *hello)
{
    static const uint8_t nothing[1024];
    const struct plan_image *image = image_of(patient->plan, hello->role);
    return image != NULL && image->file.len <= hello->max
               ? rescue_send_image(client, hello, image->file.data, (uint32_t)image->file.len)
               : rescue_send_image(client, hello, nothing, sizeof nothing);
}

static void try_rescue(const struct life_patient *patient, struct life_remedy *out)
{
    struct life_boot boot;
    fall(patient, &boot);
    for (unsigned i = 0; boot.refused != 0 && i < RESCUES; i++) {
        struct rescue_client client = {.link = &patient->line->link};
        struct rescue_hello hello;
        link_sim_attach(patient->line, patient->sim);
        if (rescue_hello(&client, HELLO_MS, &hello) != REPLY_ACK) {
            return;
        }
        const enum rescue_reply reply = send_image(patient, &client, &hello);
        if (reply == REPLY_NAK && is_about_image(garrison_status_at(hello.reason)) &&
            is_about_image(client.reason)) {
            found(out, LIFE_RESCUE, "the %s waits for a rescue, by the right image of the %s",
                  image_role_text(hello.stage), image_role_text(hello.role));
        }
        if (reply != REPLY_ACK) {
            return;
        }
        life_boot_try(patient->sim, patient->plan, patient->last, &boot);
    }
    if (boot.up) {
        found(out, LIFE_RESCUE, "the rescue line takes the description's images, and then %s",
              boot.text);
    }
}

/* A tool. */

/** Whether flash has other bytes there. */
static bool differs(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len)
{
    uint8_t bytes[SECTOR_BYTES];
    return sim_peek(sim, addr, bytes, len, NULL) == SIM_OK && memcmp(bytes, data, len) != 0;
}

/** Programs an image anew, sector by sector. @return whether the flash has it, and had not before */
static bool program_anew(struct sim *sim, const struct plan_image *image)
{
    const uint32_t base = (uint32_t)image->config->address.number;
    bool changed = false;
    for (uint32_t off = 0; off < image->file.len; off += SECTOR_BYTES) {
        const uint8_t *data = image->file.data + off;
        const size_t left = image->file.len - off;
        const size_t len = left < SECTOR_BYTES ? left : SECTOR_BYTES;
        if (!differs(sim, base + off, data, len)) {
            continue;
        }
        if (base % SECTOR_BYTES != 0 || sim_debug_flash_erase(sim, base + off, NULL) != SIM_OK ||
            life_program(sim, base + off, data, len, NULL) != SIM_OK) {
            return false;
        }
        changed = true;
    }
    return changed;
}

/** Whether the slot of a role can be erased whole. */
static bool erase_slot(const struct life_patient *patient, uint32_t role)
{
    const struct layout_slot *slot = layout_find(&patient->plan->layout, role);
    if (slot == NULL) {
        return false;
    }
    const uint32_t base = layout_address(role, slot->off);
    for (uint32_t off = 0; off < slot->size; off += SECTOR_BYTES) {
        if (sim_debug_flash_erase(patient->sim, base + off, NULL) != SIM_OK) {
            return false;
        }
    }
    return true;
}

/** Lets the tool in, to the chip as the plan has left it. */
static bool enter(const struct life_patient *patient, bool authenticated)
{
    sim_snapshot_restore(patient->sim, patient->end);
    return authenticated ? life_debug_open(patient->sim, patient->credentials, NULL) == SIM_OK
                         : sim_probe_connect(patient->sim, true, NULL) == SIM_OK;
}

static void try_tool(const struct life_patient *patient, bool authenticated,
                     struct life_remedy *out)
{
    const char *who = authenticated ? "a tool that debug authentication lets in" : "a tool";
    struct life_boot boot;
    bool changed = false;
    fall(patient, &boot);
    const uint32_t refused = boot.refused;
    if (!enter(patient, authenticated)) {
        return;
    }
    for (unsigned i = 0; i < patient->plan->images; i++) {
        const struct plan_image *image = &patient->plan->image[i];
        changed = (!plan_image_is_system(image) && program_anew(patient->sim, image)) || changed;
    }
    if (changed) {
        life_boot_try(patient->sim, patient->plan, patient->last, &boot);
    }
    if (changed && boot.up) {
        found(out, LIFE_TOOL, "%s programs the description's images, and then %s", who, boot.text);
        return;
    }
    const uint32_t role = (refused >> 16) & 0xFFu;
    if (refused != 0 && is_about_image(garrison_status_at((uint8_t)refused)) &&
        enter(patient, authenticated) && erase_slot(patient, role)) {
        found(out, LIFE_TOOL, "%s can erase the slot of the %s, for the right image of it", who,
              image_role_text(role));
    }
}

void life_remedy_try(const struct life_patient *patient, struct life_remedy *out)
{
    *out = (struct life_remedy){.kind = LIFE_NO_REMEDY};
    try_rescue(patient, out);
    for (unsigned i = 0; out->kind == LIFE_NO_REMEDY && i < 2; i++) {
        try_tool(patient, i == 1, out);
    }
}

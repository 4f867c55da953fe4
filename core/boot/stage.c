/*
 * The sequence of a boot stage. docs/DESIGN.md, "The chain", says why it is this one.
 */
#include <garrison/stage.h>

#include <string.h>

#include <garrison/port.h>

#include "base/hardened.h"
#include "base/text.h"
#include "boot/image.h"
#include "boot/keys.h"
#include "boot/policy.h"
#include "boot/sha256.h"
#include "boot/verify.h"

/** Summands of the steps that must have been taken before a stage leaves, each added by its step. */
#define STEP_LEVEL   0x0001D2A7u
#define STEP_HANDOFF 0x00A3715Cu
#define STEP_KEYS    0x01B95E36u
#define STEP_IMAGE   0x0C64A8F1u /* once for each image */

/** A stage under way. */
struct run {
    const struct boot_stage *stage;
    struct hardened_steps steps;
    struct key_record keys;
};

static void announce(const struct boot_stage *stage)
{
    struct text text;
    text_start(&text);
    text_add(&text, image_role_text(stage->role));
    text_add(&text, " ");
    text_add_version(&text, stage->version.major, stage->version.minor, stage->version.revision);
    port_log(text.line);
}

/** The one way in which a stage gives up. `what` names the thing refused, `where` may be NULL. */
static GARRISON_NORETURN void refuse(const struct boot_stage *stage, const char *what,
                                     uint32_t role, enum garrison_status reason, const char *where)
{
    struct text text;
    text_start(&text);
    text_add(&text, image_role_text(stage->role));
    text_add(&text, ": ");
    text_add(&text, what);
    text_add(&text, " refused: ");
    text_add(&text, garrison_status_text(reason));
    if (where != NULL) {
        text_add(&text, ": ");
        text_add(&text, where);
    }
    port_boot_verdict(stage->role << 24 | role << 16 | garrison_status_index(reason));
    port_panic(text.line);
}

static void require(const struct boot_stage *stage, const char *what, enum garrison_status status)
{
    if (!hardened_ok(status)) {
        refuse(stage, what, stage->role, status, NULL);
    }
}

static void check_level(struct run *run)
{
    enum garrison_status status =
        port_hdpl() == run->stage->hdpl ? GARRISON_OK : GARRISON_ERROR_POLICY;
    require(run->stage, "isolation level", status);
    hardened_step(&run->steps, STEP_LEVEL);
}

/** The first stage measures its own flash and starts the record with it. */
static enum garrison_status open_own_handoff(const struct boot_stage *stage)
{
    const struct boot_slot *self = stage->self;
    const struct image own = {
        .slot = {port_flash(), self->off, self->size},
        .signed_size = self->size,
        .total_size = self->size,
    };
    struct handoff_entry entry = {
        .role = stage->role,
        .addr = self->addr,
        .size = self->size,
        .version = stage->version,
    };
    enum garrison_status status = verify_measure(&own, entry.measurement);
    if (!hardened_ok(status)) {
        return status;
    }
    handoff_init(port_handoff(), (uint32_t)port_reset_cause());
    return handoff_append(port_handoff(), &entry);
}

/** Any other stage finds itself in the record that it was handed. */
static enum garrison_status find_own_entry(const struct boot_stage *stage)
{
    enum garrison_status status = handoff_check(port_handoff());
    if (!hardened_ok(status)) {
        return status;
    }
    return handoff_find(port_handoff(), stage->role) != NULL ? GARRISON_OK : GARRISON_ERROR_POLICY;
}

static void open_handoff(struct run *run)
{
    const struct boot_stage *stage = run->stage;
    enum garrison_status status =
        stage->self != NULL ? open_own_handoff(stage) : find_own_entry(stage);
    require(stage, "hand-over record", status);
    hardened_step(&run->steps, STEP_HANDOFF);
}

static void load_keys(struct run *run)
{
    require(run->stage, "key record", keys_load(run->stage->keys_off, &run->keys));
    hardened_step(&run->steps, STEP_KEYS);
}

/** Verifies the image of a slot and adds it to the record; refuses or returns, nothing between. */
static void admit(struct run *run, const struct boot_slot *slot)
{
    const struct boot_stage *stage = run->stage;
    const struct image_slot place = {port_flash(), slot->off, slot->size};
    const char *what = image_role_text(slot->role);
    struct hardened_verdict verdict = HARDENED_REFUSED;
    struct handoff_entry entry = {.role = slot->role};
    struct image image;

    const uint8_t *point = keys_find(&run->keys, slot->role);
    if (point == NULL) {
        refuse(stage, what, slot->role, GARRISON_ERROR_KEY, NULL);
    }
    enum garrison_status status = image_parse(&place, &image);
    if (!hardened_ok(status)) {
        refuse(stage, what, slot->role, status, image.where);
    }
    status = verify_image(&image, point, entry.measurement, &verdict);
    if (!hardened_ok(status)) {
        refuse(stage, what, slot->role, status, NULL);
    }
    status = policy_check(stage, slot, &image, &entry.addr);
    if (!hardened_ok(status)) {
        refuse(stage, what, slot->role, status, NULL);
    }
    entry.size = image.header.body_size;
    entry.counter = image.counter;
    entry.version = image.header.version;
    require(stage, what, sha256_of((struct view){point, VERIFY_POINT_BYTES}, entry.signer));
    /* The second look at the decision of verify_image(). */
    if (!hardened_granted(&verdict)) {
        refuse(stage, what, slot->role, GARRISON_ERROR_SIGNATURE, NULL);
    }
    require(stage, "hand-over record", handoff_append(port_handoff(), &entry));
    hardened_step(&run->steps, STEP_IMAGE);
}

static void admit_all(struct run *run)
{
    uint32_t i = 0;
    for (; i < run->stage->slot_count; i++) {
        admit(run, &run->stage->slot[i]);
    }
    if (!hardened_loop_complete(i, run->stage->slot_count)) {
        refuse(run->stage, "sequence", run->stage->role, GARRISON_ERROR_POLICY, NULL);
    }
}

/** Closes the record and starts the next image, if every step was taken. */
static GARRISON_NORETURN void leave(struct run *run)
{
    const struct boot_stage *stage = run->stage;
    const uint32_t all = STEP_LEVEL + STEP_HANDOFF + STEP_KEYS + stage->slot_count * STEP_IMAGE;
    const struct handoff_entry *next = handoff_find(port_handoff(), stage->next);

    if (next == NULL) {
        refuse(stage, "next image", stage->next, GARRISON_ERROR_POLICY, NULL);
    }
    require(stage, "hand-over record", handoff_seal(port_handoff()));
    if (!hardened_steps_are(&run->steps, all)) {
        refuse(stage, "sequence", stage->role, GARRISON_ERROR_POLICY, NULL);
    }
    port_boot_verdict(0);
    port_leave(next->addr);
}

void boot_stage_run(const struct boot_stage *stage)
{
    struct run run = {.stage = stage};

    announce(stage);
    check_level(&run);
    open_handoff(&run);
    load_keys(&run);
    admit_all(&run);
    leave(&run);
}

/*
 * The sequence of a boot stage. docs/DESIGN.md, "The chain", says why it is this one.
 */
#include <garrison/stage.h>

#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/hardened.h"
#include "base/secret.h"
#include "base/text.h"
#include "boot/counters.h"
#include "boot/image.h"
#include "boot/install.h"
#include "boot/keys.h"
#include "boot/layout_load.h"
#include "boot/rescue.h"
#include "boot/sha256.h"
#include "boot/verify.h"
#include "store/window.h"

/** Summands of the steps that must have been taken before a stage leaves; require() adds each. */
#define STEP_LEVEL    0xD2A7u
#define STEP_HANDOFF  0x715Cu
#define STEP_LAYOUT   0x94B3u
#define STEP_KEYS     0x5E36u
#define STEP_ISOLATE  0x08E9u
#define STEP_COUNTERS 0x1F4Au
#define STEP_RAISED   0x8C5Du
#define STEP_SEAL     0xE2B9u
#define STEPS_ONCE                                                                                 \
    (STEP_LEVEL + STEP_HANDOFF + STEP_LAYOUT + STEP_KEYS + STEP_ISOLATE + 2u * STEP_COUNTERS +     \
     STEP_RAISED + STEP_SEAL)

/* The same for each image; an empty slot that may be empty counts as all of them. */
#define STEP_VERIFIED 0xA8F1u
#define STEP_SIGNER   0x6376u
#define STEP_RECORDED 0x3B28u
#define STEPS_IMAGE   (STEP_VERIFIED + STEP_SIGNER + STEP_RECORDED)

/** What the key of sealed downloads is derived with. */
#define SEAL_LABEL "garrison download"

/** Bytes that are copied together when images are swapped. */
#define BUFFER_BYTES 512u

/** A stage under way; there is one, and it is too large for a stack. */
struct run {
    const struct boot_stage *stage;
    struct hardened_steps steps;
    uint16_t mine; /**< Components that this stage verifies: a bit for each. */
    struct boot_counters counters;
    uint32_t raised; /**< Counters that are higher than the stored ones. */
    struct window journal_area;
    struct journal journal;
    bool journal_known; /**< It could be read, so that states in it can be believed. */
    uint8_t image_key[IMAGE_KEY_BYTES];
    uint8_t seal_key[64];
    uint8_t buffer[BUFFER_BYTES];
    struct install install;
    struct install_image found;
};

static struct run run;

static void begin_line(struct text *text, const char *what)
{
    text_start(text);
    text_add(text, image_role_text(run.stage->role));
    text_add(text, ": ");
    text_add(text, what);
}

static void announce(void)
{
    const struct image_version *version = &run.stage->version;
    struct text text;
    text_start(&text);
    text_add(&text, image_role_text(run.stage->role));
    text_add(&text, " ");
    text_add_version(&text, version->major, version->minor, version->revision);
    port_log(text.line);
}

/** No key outlives the stage. */
static void forget_keys(void)
{
    secret_wipe(run.image_key, sizeof run.image_key);
    secret_wipe(run.seal_key, sizeof run.seal_key);
    secret_wipe(run.buffer, sizeof run.buffer);
    run.install.image_key = NULL;
    run.install.seal_key = NULL;
}

static void write_refusal(struct text *text, const char *what, enum garrison_status reason,
                          const char *where)
{
    begin_line(text, what);
    text_add(text, " refused: ");
    text_add(text, garrison_status_text(reason));
    if (where != NULL) {
        text_add(text, ": ");
        text_add(text, where);
    }
}

/** The one way in which a stage gives up. `what` names the thing refused, `where` may be NULL. */
static GARRISON_NORETURN void refuse(const char *what, uint32_t role, enum garrison_status reason,
                                     const char *where)
{
    struct text text;
    write_refusal(&text, what, reason, where);
    forget_keys();
    port_boot_verdict(run.stage->role << 24 | role << 16 | garrison_status_index(reason));
    port_panic(text.line);
}

/** Takes a step: what came of it is in the sum, too, should the branch be skipped. */
static void require(const char *what, uint32_t step, enum garrison_status status)
{
    if (!hardened_ok(status)) {
        refuse(what, run.stage->role, status, NULL);
    }
    hardened_step(&run.steps, step, status);
}

/** Gives up over the layout: which rule is broken by what, garrison/layout.h says. */
static GARRISON_NORETURN void refuse_layout(enum garrison_status reason,
                                            const struct layout_fault *fault)
{
    struct text text;
    text_start(&text);
    text_add(&text, "rule ");
    text_add_number(&text, (uint32_t)fault->rule);
    if (fault->role != 0) {
        text_add(&text, " by ");
        text_add(&text, image_role_text(fault->role));
    }
    refuse("layout record", run.stage->role, reason,
           fault->rule != LAYOUT_RULE_NONE ? text.line : NULL);
}

/** Tells what went wrong where the chain can go on without. */
static void complain(const char *what, enum garrison_status status)
{
    struct text text;
    begin_line(&text, what);
    text_add(&text, ": ");
    text_add(&text, garrison_status_text(status));
    port_log(text.line);
}

static void check_level(void)
{
    require("isolation level", STEP_LEVEL,
            hardened_equal(port_hdpl(), run.stage->hdpl, GARRISON_ERROR_POLICY));
}

/** The first stage measures its own flash and starts the record with it. */
static enum garrison_status open_own_handoff(void)
{
    const struct boot_self *self = run.stage->self;
    const struct image own = {
        .slot = {self->flash != NULL ? self->flash : port_flash(), self->off, self->size},
        .signed_size = self->size,
        .total_size = self->size,
    };
    struct handoff_entry entry = {
        .role = run.stage->role,
        .addr = self->addr,
        .size = self->size,
        .version = run.stage->version,
    };
    enum garrison_status status = verify_measure(&own, entry.measurement);
    if (!hardened_ok(status)) {
        return status;
    }
    handoff_init(port_handoff(), (uint32_t)port_reset_cause());
    return hardened_join(status, handoff_append(port_handoff(), &entry));
}

/** Any other stage finds itself in the record that it was handed. */
static enum garrison_status find_own_entry(void)
{
    const enum garrison_status status = handoff_check(port_handoff());
    if (!hardened_ok(status)) {
        return status;
    }
    const bool there = handoff_find(port_handoff(), run.stage->role) != NULL;
    return hardened_join(status, there ? GARRISON_OK : GARRISON_ERROR_POLICY);
}

static void open_handoff(void)
{
    require("hand-over record", STEP_HANDOFF,
            run.stage->self != NULL ? open_own_handoff() : find_own_entry());
}

/** The first stage reads the layout for all; the others look again at what they were handed. */
static void open_layout(void)
{
    struct layout_record *layout = &port_handoff()->layout;
    const struct layout_bounds *bounds = run.stage->bounds;
    struct layout_fault fault;
    const enum garrison_status status = run.stage->self != NULL
                                            ? layout_load(bounds, layout, &fault)
                                            : layout_check(layout, bounds, &fault);
    if (!hardened_ok(status)) {
        refuse_layout(status, &fault);
    }
    run.mine = install_components(run.stage, layout);
    hardened_step(&run.steps, STEP_LAYOUT, status);
}

/** The owners' keys, in the same way. */
static void open_keys(void)
{
    struct key_record *keys = &port_handoff()->keys;
    require("key record", STEP_KEYS,
            run.stage->self != NULL ? keys_load(KEY_RECORD_OFF, keys) : keys_check(keys));
}

/** Now that it is known where everything stands, it comes within reach; nothing more does. */
static void isolate(void)
{
    require("isolation", STEP_ISOLATE, port_isolation_apply(&port_handoff()->layout));
}

static void open_counters(void)
{
    require("boot counters", STEP_COUNTERS, counters_load(run.stage->counters_off, &run.counters));
}

/** The private key that images are encrypted to; a device need not have one. */
static const uint8_t *image_key(void)
{
    uint8_t *key = run.image_key;
    const enum garrison_status status =
        port_keys_read(run.stage->image_key_off, key, sizeof run.image_key);
    const bool blank =
        bytes_all(key, sizeof run.image_key, 0xFF) || bytes_all(key, sizeof run.image_key, 0);
    return hardened_ok(status) && !blank ? key : NULL;
}

/** Fetches what encrypted images are opened and sealed with. forget_keys() is then owed. */
static enum garrison_status fetch_keys(void)
{
    run.install.image_key = image_key();
    run.install.seal_key = run.seal_key;
    return run.stage->derive != NULL ? run.stage->derive(SEAL_LABEL, run.seal_key) : GARRISON_OK;
}

/** Opens the journal. A device whose journal cannot be read starts what it has, and installs nothing. */
static void open_journal(void)
{
    const struct layout_record *layout = &port_handoff()->layout;
    window_init(&run.journal_area, port_flash(), layout->journal_off, layout->journal_size);
    const enum garrison_status status = journal_open(&run.journal, &run.journal_area.device);
    run.journal_known = hardened_ok(status);
    if (!run.journal_known) {
        complain("update journal not read", status);
    }
    run.install = (struct install){
        .stage = run.stage,
        .flash = port_flash(),
        .layout = layout,
        .keys = &port_handoff()->keys,
        .counters = &run.counters,
        .journal = &run.journal,
        .buffer = run.buffer,
        .buffer_size = sizeof run.buffer,
    };
}

/** Says why updates were given up that were not before. */
static void tell_failed(const struct journal *before)
{
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        const struct journal_component *component = &run.journal.component[i];
        struct text text;
        if (component->state == JOURNAL_FAILED && before->component[i].state != JOURNAL_FAILED) {
            begin_line(&text, image_role_text(install_role(i)));
            text_add(&text, " update given up: ");
            text_add(&text, garrison_status_text(garrison_status_at(component->reason)));
            port_log(text.line);
        }
    }
}

/** Does what the journal asks for. What it could not do, the next boot tries again. */
static void install(void)
{
    if (!run.journal_known || !install_is_due(&run.journal, run.mine)) {
        return;
    }
    const struct journal before = run.journal;
    enum garrison_status status = fetch_keys();
    if (hardened_ok(status)) {
        status = run.stage->install(&run.install, run.mine);
    }
    if (!hardened_ok(status)) {
        complain("installation not finished", status);
    }
    tell_failed(&before);
    forget_keys();
}

/** Puts another image in the place of one that is no good. @return whether there was one */
static bool recover(uint32_t component)
{
    if (!run.journal_known) {
        return false;
    }
    enum garrison_status status = fetch_keys();
    if (hardened_ok(status)) {
        status = run.stage->recover(&run.install, component);
    }
    forget_keys();
    return hardened_ok(status);
}

/** Adds a verified image to the record. */
static void hand_over(uint32_t role)
{
    const struct image *image = &run.found.image;
    struct handoff_entry entry = {
        .role = role,
        .addr = run.found.vectors,
        .size = image->header.body_size,
        .counter = image->counter,
        .version = image->header.version,
    };
    const uint8_t *point = keys_find(run.install.keys, role);
    memcpy(entry.measurement, run.found.measurement, sizeof entry.measurement);
    require(image_role_text(role), STEP_SIGNER,
            sha256_of((struct view){point, VERIFY_POINT_BYTES}, entry.signer));
    require("hand-over record", STEP_RECORDED, handoff_append(port_handoff(), &entry));
}

/** Without an image: waits for one where that is possible, and gives up where not. */
static GARRISON_NORETURN void do_without(uint32_t component, enum garrison_status reason)
{
    const uint32_t role = install_role(component);
    const char *where = run.found.image.where;
    struct text text;

    write_refusal(&text, image_role_text(role), reason, where);
    if (run.journal_known && hardened_ok(fetch_keys()) &&
        rescue_run(&run.install, component, reason, text.line)) {
        forget_keys();
        port_reset();
    }
    refuse(image_role_text(role), role, reason, where);
}

/** Verifies the image of a component and hands it over; refuses or returns, nothing between. */
static void admit(uint32_t component)
{
    const uint32_t role = install_role(component);
    const struct layout_slot *slot = layout_find(run.install.layout, role);
    struct hardened_verdict verdict = HARDENED_REFUSED;

    enum garrison_status status = install_verify(&run.install, component, &run.found, &verdict);
    if (status == GARRISON_ERROR_BLANK && (slot->flags & LAYOUT_SLOT_OPTIONAL) != 0) {
        hardened_step(&run.steps, STEPS_IMAGE,
                      hardened_equal((uint32_t)status, (uint32_t)GARRISON_ERROR_BLANK,
                                     GARRISON_ERROR_POLICY));
        return;
    }
    if (!hardened_ok(status) && recover(component)) {
        complain("replaced by its other copy", status);
        status = install_verify(&run.install, component, &run.found, &verdict);
    }
    if (!hardened_ok(status)) {
        do_without(component, status);
    }
    /* The second look at the decision of verify_image(). */
    if (!hardened_granted(&verdict)) {
        refuse(image_role_text(role), role, GARRISON_ERROR_SIGNATURE, NULL);
    }
    hand_over(role);
    hardened_step(&run.steps, STEP_VERIFIED, status);
}

static void admit_all(void)
{
    uint32_t i = 0;
    for (; i < INSTALL_COMPONENTS; i++) {
        if ((1u << i & run.mine) != 0) {
            admit(i);
        }
    }
    if (!hardened_loop_complete(i, INSTALL_COMPONENTS)) {
        refuse("sequence", run.stage->role, GARRISON_ERROR_POLICY, NULL);
    }
}

/** Notes the counters that have become the lowest ones allowed: their images need no more acceptance. */
static void note_counters(void)
{
    for (uint32_t i = 0; run.journal_known && i < INSTALL_COMPONENTS; i++) {
        const struct handoff_entry *entry = handoff_find(port_handoff(), install_role(i));
        if ((1u << i & run.mine) != 0 && entry != NULL && install_stays(&run.install, i) &&
            entry->counter > run.counters.counter[i]) {
            run.counters.counter[i] = entry->counter;
            run.raised++;
        }
    }
}

/** From here on no older image of what has been accepted will start: looked at when it is done. */
static void raise_counters(void)
{
    enum garrison_status status = GARRISON_OK;
    note_counters();
    if (run.raised != 0) {
        status = counters_store(run.stage->counters_off, &run.counters);
    }
    require("boot counters", STEP_COUNTERS,
            hardened_join(status, counters_load(run.stage->counters_off, &run.counters)));
    run.raised = 0;
    note_counters();
    require("boot counters", STEP_RAISED, hardened_equal(run.raised, 0, GARRISON_ERROR_MISMATCH));
}

/** How many images there are to verify, counted anew. */
static uint32_t count_mine(void)
{
    const uint16_t mine = install_components(run.stage, &port_handoff()->layout);
    uint32_t count = 0;
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        count += (1u << i & mine) != 0 ? 1u : 0u;
    }
    return count;
}

/** How far the steps are from those that this stage is to take, reckoned anew. */
static uint32_t steps_off(void)
{
    return hardened_steps_off(&run.steps, STEPS_ONCE + count_mine() * STEPS_IMAGE);
}

/** What is on trial may hang before it can say so; the reset that follows takes it back. */
static void watch_trial(void)
{
    bool trial = false;
    for (uint32_t i = 0; run.journal_known && i < INSTALL_COMPONENTS; i++) {
        trial = trial || ((1u << i & run.mine) != 0 && install_on_trial(&run.install, i));
    }
    if (trial && run.stage->watch != NULL) {
        run.stage->watch();
    }
}

/** Closes the record and starts the next image, if every step was taken. */
static GARRISON_NORETURN void leave(void)
{
    const struct boot_stage *stage = run.stage;
    const struct handoff_entry *next = handoff_find(port_handoff(), stage->next);

    if (next == NULL) {
        refuse("next image", stage->next, GARRISON_ERROR_POLICY, NULL);
    }
    if (stage->last) {
        secret_wipe(&port_handoff()->keys, sizeof port_handoff()->keys);
    }
    require("hand-over record", STEP_SEAL, handoff_seal(port_handoff()));
    require("sequence", 0, hardened_equal(steps_off(), 0, GARRISON_ERROR_POLICY));
    watch_trial();
    port_boot_verdict(0);
    /* After a wrong sequence, should the branch above be skipped, this is no image's address. */
    port_leave(next->addr ^ steps_off());
}

void boot_stage_run(const struct boot_stage *stage)
{
    memset(&run, 0, sizeof run);
    run.stage = stage;

    announce();
    check_level();
    open_handoff();
    open_layout();
    open_keys();
    isolate();
    open_counters();
    open_journal();
    install();
    admit_all();
    raise_counters();
    leave();
}

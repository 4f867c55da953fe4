#include "boot/install.h"

#include <string.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "boot/clear.h"
#include "boot/install_image.h"
#include "boot/swap.h"

/*
 * Swapping a set.
 */

/** A set under way: its parts, and what decrypts and seals the bytes of each. */
struct set {
    uint32_t count;
    uint32_t component[INSTALL_COMPONENTS];
    struct swap_part part[INSTALL_COMPONENTS];
    struct clear opened[INSTALL_COMPONENTS]; /**< What comes in. */
    struct clear sealed[INSTALL_COMPONENTS]; /**< What goes out. */
    struct swap_transform in[INSTALL_COMPONENTS];
    struct swap_transform out[INSTALL_COMPONENTS];
};

/** One at a time, and too large for a stack. */
static struct set set;

static void set_close(void)
{
    secret_wipe(&set, sizeof set);
}

/** Never 0, which says that nothing was sealed. */
static uint16_t seal_number(uint32_t operation)
{
    return (uint16_t)(operation % 0xFFFFu + 1u);
}

/** Adds a component to the set; its transforms are set up by the caller. */
static void set_add(const struct install *install, uint32_t component)
{
    const struct layout_slot *slot = install_slot(install, component);
    const uint32_t i = set.count++;
    set.component[i] = component;
    clear_init(&set.opened[i], install->flash, slot->download_off);
    clear_init(&set.sealed[i], install->flash, slot->download_off);
    set.part[i] = (struct swap_part){
        .active_off = slot->off,
        .download_off = slot->download_off,
        .sectors = install->journal->component[component].sectors,
    };
}

static void use_in(uint32_t i)
{
    set.in[i] = clear_transform(&set.opened[i]);
    set.part[i].in = &set.in[i];
}

static void use_out(uint32_t i)
{
    set.out[i] = clear_transform(&set.sealed[i]);
    set.part[i].out = &set.out[i];
}

static struct swap swap_of(const struct install *install)
{
    return (struct swap){
        .flash = install->flash,
        .journal = install->journal,
        .part = set.part,
        .count = set.count,
        .buffer = install->buffer,
        .buffer_size = install->buffer_size,
    };
}

/** Whether a component's slots are as the journal says: what it says is not signed. */
static bool member_is_sound(const struct install *install, uint32_t component)
{
    const struct layout_slot *slot = install_slot(install, component);
    return slot != NULL && component != INSTALL_COMPONENT_UROT && slot->download_size != 0 &&
           install->journal->component[component].sectors <= slot->size / install->flash->sector;
}

/** Adds all components of the operation under way. */
static enum garrison_status set_open(const struct install *install)
{
    for (uint32_t component = 0; component < INSTALL_COMPONENTS; component++) {
        if ((1u << component & install->journal->operation.set) == 0) {
            continue;
        }
        if (!member_is_sound(install, component)) {
            return GARRISON_ERROR_FORMAT;
        }
        set_add(install, component);
    }
    return GARRISON_OK;
}

/** What comes in is decrypted, if it is encrypted. */
static void open_incoming(const struct install *install, uint32_t i)
{
    const struct swap swap = swap_of(install);
    struct swap_view view;
    struct image image;
    /* The new image is where the steps so far have left it. */
    swap_view_open(&view, &swap, i);
    const struct image_slot place = {&view.device, 0, set.part[i].sectors * install->flash->sector};
    /* One that has rotted since it was verified comes in as it is, and goes back. */
    if (hardened_ok(image_parse(&place, &image)) && image.wrapped_len != 0 &&
        hardened_ok(clear_body(&set.opened[i], &image, install->image_key))) {
        use_in(i);
    }
}

/** Sets up the way forward: what comes in is decrypted, what goes out sealed. */
static enum garrison_status open_forward(const struct install *install)
{
    enum garrison_status status = set_open(install);
    for (uint32_t i = 0; hardened_ok(status) && i < set.count; i++) {
        const uint32_t component = set.component[i];
        const uint16_t sealed = install->journal->component[component].sealed;
        open_incoming(install, i);
        if (sealed != 0) {
            status = install_open_seal(install, &set.sealed[i], component, sealed);
            use_out(i);
        }
    }
    return status;
}

/** Sets up the way back: the old image is unsealed, the new one sealed. */
static enum garrison_status open_back(const struct install *install)
{
    const struct journal *journal = install->journal;
    enum garrison_status status = set_open(install);
    for (uint32_t i = 0; hardened_ok(status) && i < set.count; i++) {
        const uint32_t component = set.component[i];
        const uint16_t sealed = journal->component[component].sealed;
        if (sealed == 0) {
            continue;
        }
        status = install_open_seal(install, &set.opened[i], component, sealed);
        if (hardened_ok(status)) {
            status = install_open_seal(install, &set.sealed[i], component,
                                       seal_number(journal->operation.number));
        }
        use_in(i);
        use_out(i);
    }
    return status;
}

/** Swaps the set of the operation under way back, and says why. */
static enum garrison_status run_back(const struct install *install)
{
    struct journal *journal = install->journal;
    const uint16_t members = journal->operation.set;
    enum garrison_status status = open_back(install);
    if (hardened_ok(status)) {
        const struct swap swap = swap_of(install);
        status = swap_back(&swap);
    }
    set_close();
    if (status == GARRISON_ERROR_DEVICE) {
        return status;
    }
    if (!hardened_ok(status)) {
        /* What nobody has accepted stands there still. */
        return journal_begin(journal, JOURNAL_NOTHING, members, JOURNAL_TRIAL, 0);
    }
    uint8_t reason = 0;
    for (uint32_t component = 0; component < INSTALL_COMPONENTS; component++) {
        if ((1u << component & members) != 0) {
            reason = journal->component[component].reason;
        }
    }
    return journal_begin(journal, JOURNAL_NOTHING, members, JOURNAL_FAILED, reason);
}

static enum garrison_status begin_back(const struct install *install, uint16_t members,
                                       enum garrison_status reason)
{
    const enum garrison_status status = journal_begin(install->journal, JOURNAL_REVERT, members,
                                                      JOURNAL_TRIAL, garrison_status_index(reason));
    return hardened_ok(status) ? run_back(install) : status;
}

/** The new images where they stand now, with what they depend on. */
static enum garrison_status verify_members(const struct install *install, uint16_t members)
{
    static struct install_image found;
    for (uint32_t component = 0; component < INSTALL_COMPONENTS; component++) {
        if ((1u << component & members) == 0) {
            continue;
        }
        struct hardened_verdict verdict;
        enum garrison_status status = install_verify(install, component, &found, &verdict);
        if (hardened_ok(status)) {
            status = hardened_join(status, install_check_dependencies(install, 0, &found.image));
        }
        if (!hardened_ok(status)) {
            return status;
        }
        if (!hardened_granted(&verdict)) {
            return GARRISON_ERROR_SIGNATURE;
        }
    }
    return GARRISON_OK;
}

/** Swaps the set of the operation under way in, on trial if it verifies and back if not. */
static enum garrison_status run_forward(const struct install *install, enum journal_state after)
{
    struct journal *journal = install->journal;
    const uint16_t members = journal->operation.set;
    enum garrison_status status = open_forward(install);
    if (hardened_ok(status)) {
        const struct swap swap = swap_of(install);
        status = swap_forward(&swap);
    }
    set_close();
    if (status == GARRISON_ERROR_DEVICE) {
        return status;
    }
    if (!hardened_ok(status)) {
        return journal_begin(journal, JOURNAL_NOTHING, members, JOURNAL_FAILED,
                             garrison_status_index(status));
    }
    status = verify_members(install, members);
    if (!hardened_ok(status)) {
        return begin_back(install, members, status);
    }
    return journal_begin(journal, JOURNAL_NOTHING, members, after, 0);
}

/*
 * Beginning.
 */

/** Whether what two members use of the download area is apart; `staged` says how much that is. */
static bool downloads_are_apart(const struct install *install, uint16_t members,
                                const struct journal_component staged[INSTALL_COMPONENTS])
{
    const uint32_t sector = install->flash->sector;
    for (uint32_t a = 0; a < INSTALL_COMPONENTS; a++) {
        for (uint32_t b = 0; b < a; b++) {
            if ((1u << a & members) == 0 || (1u << b & members) == 0) {
                continue;
            }
            const uint32_t off_a = install_slot(install, a)->download_off;
            const uint32_t off_b = install_slot(install, b)->download_off;
            const uint32_t size_a = (staged[a].sectors + 1u) * sector;
            const uint32_t size_b = (staged[b].sectors + 1u) * sector;
            if (off_a < off_b ? off_b - off_a < size_a : off_a - off_b < size_b) {
                return false;
            }
        }
    }
    return true;
}

/** Verifies what is staged for a component, and says how it is to be swapped. */
static enum garrison_status plan_member(const struct install *install, uint16_t members,
                                        uint32_t component, struct journal_component *staged)
{
    static struct install_image found;
    static struct image old;
    const struct layout_slot *slot = install_slot(install, component);
    if (slot == NULL || slot->download_size == 0) {
        return GARRISON_ERROR_UNSUPPORTED;
    }
    enum garrison_status status = install_verify_staged(install, component, &found);
    if (hardened_ok(status)) {
        status = hardened_join(status, install_check_succession(install, component, &found.image));
        status = hardened_join(status, install_check_dependencies(install, members, &found.image));
    }
    if (!hardened_ok(status)) {
        return status;
    }
    const struct image_slot place = {install->flash, slot->off, slot->size};
    const bool there = hardened_ok(image_parse(&place, &old));
    const uint32_t bytes =
        there && old.total_size > found.image.total_size ? old.total_size : found.image.total_size;
    /* Of a new image that goes back, too, nothing may stand in clear where it was staged. */
    const bool seal = (slot->flags & LAYOUT_SLOT_ENCRYPTED) != 0 || found.image.wrapped_len != 0 ||
                      (there && old.wrapped_len != 0);
    *staged = (struct journal_component){
        .size = found.image.total_size,
        .sectors = (uint16_t)install_sectors(install, bytes),
        .sealed = seal ? seal_number(install->journal->operation.number + 1u) : 0,
    };
    return GARRISON_OK;
}

/** In which state the journal has a set while it is swapped in, `after` being the one it is to get. */
static enum journal_state state_under_way(enum journal_state after)
{
    return after == JOURNAL_UPDATED ? JOURNAL_UPDATED : JOURNAL_STAGED;
}

/** The state that the set of the operation under way is to get. */
static enum journal_state state_after(const struct journal *journal)
{
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        if ((1u << i & journal->operation.set) != 0 &&
            journal->component[i].state == JOURNAL_UPDATED) {
            return JOURNAL_UPDATED;
        }
    }
    return JOURNAL_TRIAL;
}

/** Verifies a staged set and swaps it in; a set that may not come is FAILED and nothing is touched. */
static enum garrison_status begin_forward(const struct install *install, uint16_t members,
                                          enum journal_state after)
{
    struct journal *journal = install->journal;
    struct journal_component staged[INSTALL_COMPONENTS];
    enum garrison_status status = GARRISON_OK;

    memcpy(staged, journal->component, sizeof staged);
    for (uint32_t i = 0; hardened_ok(status) && i < INSTALL_COMPONENTS; i++) {
        if ((1u << i & members) != 0) {
            status = hardened_join(status, plan_member(install, members, i, &staged[i]));
        }
    }
    /* What takes the place of an image that is no good must not wait for that of another. */
    if (hardened_ok(status) && after == JOURNAL_TRIAL) {
        status = hardened_join(status, install_check_dependents(install, members));
    }
    if (hardened_ok(status) && !downloads_are_apart(install, members, staged)) {
        status = GARRISON_ERROR_FULL;
    }
    if (!hardened_ok(status)) {
        return journal_begin(journal, JOURNAL_NOTHING, members, JOURNAL_FAILED,
                             garrison_status_index(status));
    }
    for (uint32_t i = 0; hardened_ok(status) && i < INSTALL_COMPONENTS; i++) {
        if ((1u << i & members) != 0) {
            /* What needs no trial would get one, were the power cut before the operation begins. */
            staged[i].state = after == JOURNAL_UPDATED ? JOURNAL_CANDIDATE : JOURNAL_STAGED;
            status = journal_set(journal, i, &staged[i]);
        }
    }
    if (hardened_ok(status)) {
        status = journal_begin(journal, JOURNAL_INSTALL, members, state_under_way(after), 0);
    }
    return hardened_ok(status) ? run_forward(install, after) : status;
}

/** Components of `mine` that are in a state. */
static uint16_t members_in(const struct journal *journal, uint16_t mine, enum journal_state state)
{
    uint16_t members = 0;
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        if ((1u << i & mine) != 0 && journal->component[i].state == (uint8_t)state) {
            members |= (uint16_t)(1u << i);
        }
    }
    return members;
}

/** Whether all of a set can go back: the journal says how far each reaches, and that it is still there. */
static bool can_go_back(const struct install *install, uint16_t members)
{
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        if ((1u << i & members) != 0 &&
            (install->journal->component[i].sectors == 0 || !member_is_sound(install, i))) {
            return false;
        }
    }
    return true;
}

/** Takes back what is on trial or was rejected. What cannot go back stays on trial until accepted. */
static enum garrison_status take_back(const struct install *install, uint16_t mine)
{
    const uint16_t rejected = members_in(install->journal, mine, JOURNAL_REJECTED);
    const uint16_t trial = members_in(install->journal, mine, JOURNAL_TRIAL) | rejected;
    if (trial != 0 && can_go_back(install, trial)) {
        return begin_back(install, trial,
                          rejected != 0 ? GARRISON_ERROR_REJECTED : GARRISON_ERROR_UNACCEPTED);
    }
    return rejected != 0
               ? journal_begin(install->journal, JOURNAL_NOTHING, rejected, JOURNAL_TRIAL, 0)
               : GARRISON_OK;
}

enum garrison_status install_run(const struct install *install, uint16_t mine)
{
    const uint16_t others = mine & (uint16_t) ~(1u << INSTALL_COMPONENT_UROT);
    enum garrison_status status = install_overwrite(install, mine);

    if (!hardened_ok(status) || others == 0) {
        return status;
    }
    switch (install->journal->operation.kind) {
    case JOURNAL_INSTALL:
        return run_forward(install, state_after(install->journal));
    case JOURNAL_REVERT:
        return run_back(install);
    default:
        break;
    }
    status = take_back(install, others);
    const uint16_t staged = members_in(install->journal, others, JOURNAL_STAGED);
    return hardened_ok(status) && staged != 0 ? begin_forward(install, staged, JOURNAL_TRIAL)
                                              : status;
}

bool install_is_due(const struct journal *journal, uint16_t mine)
{
    return (journal->operation.kind != JOURNAL_NOTHING && (journal->operation.set & mine) != 0) ||
           members_in(journal, mine, JOURNAL_STAGED) != 0 ||
           members_in(journal, mine, JOURNAL_TRIAL) != 0 ||
           members_in(journal, mine, JOURNAL_REJECTED) != 0;
}

bool install_on_trial(const struct install *install, uint32_t component)
{
    return install->journal->component[component].state == JOURNAL_TRIAL;
}

bool install_stays(const struct install *install, uint32_t component)
{
    const struct journal_operation *operation = &install->journal->operation;
    switch (install->journal->component[component].state) {
    case JOURNAL_TRIAL:
    case JOURNAL_REJECTED:
        return false;
    default:
        return operation->kind == JOURNAL_NOTHING || (1u << component & operation->set) == 0;
    }
}

/*
 * Recovery.
 */

/** Puts a staged image in the place of one that is no longer any good; it needs no trial. */
static enum garrison_status recover_staged(const struct install *install, uint32_t component)
{
    static struct install_image found;
    if (!hardened_ok(install_verify_staged(install, component, &found))) {
        return GARRISON_ERROR_BLANK;
    }
    return begin_forward(install, (uint16_t)(1u << component), JOURNAL_UPDATED);
}

/**
 * Swaps the image that the last update has replaced back, if it is still there and good. Those that
 * came in the same set stay, so that it must do with them, and they with it. Of a trial nothing comes
 * back by itself: the next boot brings back all of the set.
 */
static enum garrison_status recover_old(const struct install *install, uint32_t component)
{
    const struct journal_component *swapped = &install->journal->component[component];
    if (swapped->sectors == 0 || install_on_trial(install, component) ||
        !member_is_sound(install, component) ||
        !hardened_ok(install_verify_old(install, component, swapped))) {
        return GARRISON_ERROR_BLANK;
    }
    return begin_back(install, (uint16_t)(1u << component), GARRISON_ERROR_DIGEST);
}

enum garrison_status install_recover(const struct install *install, uint32_t component)
{
    const struct layout_slot *slot = install_slot(install, component);
    if (component == INSTALL_COMPONENT_UROT) {
        return install_recover_urot(install, component);
    }
    if (slot == NULL || slot->download_size == 0) {
        return GARRISON_ERROR_BLANK;
    }
    /* An operation that could not go on is gone on with by the next boot: another one, begun now,
     * would forget how far it has come, and with it the images of the whole set. */
    if (install->journal->operation.kind != JOURNAL_NOTHING) {
        return GARRISON_ERROR_BLANK;
    }
    const enum garrison_status status = recover_staged(install, component);
    return status == GARRISON_ERROR_BLANK ? recover_old(install, component) : status;
}

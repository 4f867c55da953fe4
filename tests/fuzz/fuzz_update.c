/*
 * Sequences of Firmware Update calls, resets, boots and power cuts, found by libFuzzer. What must
 * hold, call by call:
 *
 * - the status and the next state are those of the specification's state model;
 * - what was stored of any component is there, byte for byte, whatever is done to any other one;
 * - after a power cut a component is in its old or its new state, and only the block under way is
 *   open; components that change together have changed together;
 * - no rule of the flash is broken.
 *
 * The boot is a model of one: which images are good is the input's to say. Download slots overlap.
 *
 * Input: steps of four bytes: what, for which component or client, and two arguments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/area.h>
#include <garrison/handoff.h>
#include <garrison/reset.h>

#include "services/update.h"
#include "services/update_policy.h"
#include "store/journal.h"
#include "store/window.h"
#include "support/flash_emulator.h"
#include "support/update_call.h"

#define STEP       4u
#define COMPONENTS 3u
#define SECTOR     512u
#define QUAD       16u
#define IMAGE_MAX  (6u * SECTOR)
#define QUADS      (IMAGE_MAX / QUAD)
#define UROT       0u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* By their numbers in the journal. The manager's download slot lies in the application's. */
static const struct layout_record layout = {
    .magic = LAYOUT_RECORD_MAGIC,
    .version = LAYOUT_RECORD_VERSION,
    .count = COMPONENTS,
    .slot = {{IMAGE_ROLE_UROT, 0, 2 * SECTOR, 0, 3 * SECTOR, 0},
             {IMAGE_ROLE_MANAGER, 0, 2 * SECTOR, 6 * SECTOR, 3 * SECTOR, 0},
             {IMAGE_ROLE_APPLICATION, 0, 5 * SECTOR, 3 * SECTOR, 6 * SECTOR, 0}},
};
static const psa_fwu_component_t names[COMPONENTS] = {
    PSA_FWU_COMPONENT_UROT, PSA_FWU_COMPONENT_MANAGER, PSA_FWU_COMPONENT_APPLICATION};

const struct update_right update_rights[] = {{.client = -1, .components = 0xFFF},
                                             {.client = -2, .components = 0xFFF}};
const uint32_t update_rights_count = 2;

static struct flash_power power;
static struct flash_emulator slots;
static struct flash_emulator journal_flash;

/** What a component ought to be. */
static struct model {
    uint8_t state;
    psa_status_t error;
    int32_t owner; /**< 0: nobody yet. */
    uint32_t limit;
    uint8_t image[IMAGE_MAX];
    bool known[QUADS]; /**< The image's quad-word is certain. */
} model[COMPONENTS];

static void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "fuzz_update: %s\n", what);
        abort();
    }
}

/*
 * The manager, as far as the service sees it.
 */

bool area_open(struct area *area, unsigned index)
{
    static struct window windows[1 + COMPONENTS];
    must(index <= COMPONENTS, "an area that there is not");
    if (index == 0) {
        window_init(&windows[0], &journal_flash.device, 0, journal_flash.device.size);
    } else {
        window_init(&windows[index], &slots.device, layout.slot[index - 1].download_off,
                    layout.slot[index - 1].download_size);
    }
    area->device = windows[index].device;
    area->index = index;
    return true;
}

void reset_request(void)
{
    must(false, "a reset that nobody may ask for");
    abort();
}

/*
 * Looking.
 */

static void restart(void)
{
    flash_power_on(&power);
    update_note_layout(&layout);
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        model[i].owner = 0;
    }
}

static psa_fwu_component_info_t query(uint32_t component)
{
    psa_fwu_component_info_t info;
    must(psa_fwu_query(names[component], &info) == PSA_SUCCESS, "query fails");
    return info;
}

static bool holds_image(const struct model *it)
{
    return it->state == PSA_FWU_WRITING || it->state == PSA_FWU_CANDIDATE ||
           it->state == PSA_FWU_STAGED;
}

static void look_at(uint32_t component)
{
    const struct model *it = &model[component];
    const psa_fwu_component_info_t info = query(component);
    const uint32_t off = layout.slot[component].download_off + SECTOR;
    must(info.state == it->state, "another state than the model's");
    must(info.error == it->error, "another error than the model's");
    must(it->state != PSA_FWU_WRITING || info.max_size == it->limit, "the limit has moved");
    uint32_t end = 0;
    bool certain = true;
    for (uint32_t q = 0; holds_image(it) && q < it->limit / QUAD; q++) {
        uint8_t quad[QUAD];
        certain = certain && it->known[q];
        if (!it->known[q]) {
            continue;
        }
        must(slots.device.read(&slots.device, off + q * QUAD, quad, QUAD) == GARRISON_OK &&
                 memcmp(quad, it->image + (size_t)q * QUAD, QUAD) == 0,
             "what was stored is not there");
        for (uint32_t i = 0; i < QUAD; i++) {
            end = quad[i] != 0xFF ? (q + 1) * QUAD : end;
        }
    }
    must(it->state != PSA_FWU_WRITING || !certain || info.impl.written == end,
         "the end of what was written is told wrongly");
}

static void look(void)
{
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        look_at(i);
    }
    must(slots.fault == NULL && journal_flash.fault == NULL, "a rule of the flash was broken");
}

static bool installs(void)
{
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        if (model[i].state == PSA_FWU_STAGED || model[i].state == PSA_FWU_TRIAL ||
            model[i].state == PSA_FWU_REJECTED) {
            return true;
        }
    }
    return false;
}

/**
 * What a call on one component came to: its status if power stayed on, and after a cut whether it has
 * happened all the same.
 */
static bool has_happened(uint32_t component, psa_status_t status, psa_status_t expected,
                         uint8_t after)
{
    if (!power.off) {
        must(status == expected, "another status than the model's");
        return status == PSA_SUCCESS;
    }
    must(expected == PSA_SUCCESS, "the flash was touched by a call that is refused");
    restart();
    const uint8_t state = query(component).state;
    must(state == model[component].state || state == after, "neither old nor new");
    return state == after;
}

/*
 * Calls.
 */

static void do_start(uint32_t component)
{
    struct model *it = &model[component];
    const bool ready = it->state == PSA_FWU_READY && !installs();
    const uint32_t max = query(component).max_size;
    const psa_status_t expected = !ready     ? PSA_ERROR_BAD_STATE
                                  : max == 0 ? PSA_ERROR_INSUFFICIENT_STORAGE
                                             : PSA_SUCCESS;
    const psa_status_t status = psa_fwu_start(names[component], NULL, 0);
    if (has_happened(component, status, expected, PSA_FWU_WRITING)) {
        must(max <= IMAGE_MAX, "more room than there is");
        it->state = PSA_FWU_WRITING;
        it->error = PSA_SUCCESS;
        it->owner = status == PSA_SUCCESS ? update_client : 0;
        it->limit = max;
        memset(it->image, 0xFF, sizeof it->image);
        memset(it->known, 1, sizeof it->known);
    }
}

/** Writing and finishing are for one client. */
static psa_status_t check_owner(struct model *it)
{
    if (it->state != PSA_FWU_WRITING) {
        return PSA_ERROR_BAD_STATE;
    }
    it->owner = it->owner == 0 ? update_client : it->owner;
    return it->owner == update_client ? PSA_SUCCESS : PSA_ERROR_NOT_PERMITTED;
}

static void do_write(uint32_t component, uint8_t where, uint8_t what)
{
    struct model *it = &model[component];
    uint8_t data[1100];
    const uint32_t off = where * 16u + (what == 77 ? 8u : 0);
    const uint32_t len = what == 0 ? 0 : (what * 37u) % 1090u + 1u;
    const uint32_t whole = (len + QUAD - 1) / QUAD * QUAD;
    psa_status_t expected = check_owner(it);
    if (expected == PSA_SUCCESS && (len == 0 || len > PSA_FWU_MAX_WRITE_SIZE || off % QUAD != 0 ||
                                    off > it->limit || len > it->limit - off)) {
        expected = PSA_ERROR_INVALID_ARGUMENT;
    }
    memset(data, 0xFF, sizeof data);
    for (uint32_t i = 0; i < len; i++) { /* runs of the same bytes wherever they are sent from */
        data[i] = what % 8u == 1 ? 0xFF : (uint8_t)((off + i) / 64u + what % 4u);
    }
    const psa_status_t status = psa_fwu_write(names[component], off, data, len);
    const bool cut = power.off;
    (void)has_happened(component, status, expected, PSA_FWU_WRITING);
    if (expected != PSA_SUCCESS) {
        return;
    }
    for (uint32_t q = 0; q < whole / QUAD; q++) {
        uint8_t *there = it->image + off + (size_t)q * QUAD;
        bool *known = &it->known[off / QUAD + q];
        *known = !cut || (*known && memcmp(there, data + (size_t)q * QUAD, QUAD) == 0);
        memcpy(there, data + (size_t)q * QUAD, QUAD);
    }
}

/** What a finished image does not use is another component's to use. */
static void give_back_rest(struct model *it)
{
    uint32_t sectors = 0;
    for (uint32_t i = 0; i < it->limit; i++) {
        sectors = it->image[i] != 0xFF || !it->known[i / QUAD] ? i / SECTOR + 1 : sectors;
    }
    for (uint32_t q = sectors * (SECTOR / QUAD); q < QUADS; q++) {
        it->known[q] = false;
    }
}

static void do_finish(uint32_t component)
{
    struct model *it = &model[component];
    psa_status_t expected = check_owner(it);
    if (expected == PSA_SUCCESS && !power.off) {
        const psa_status_t status = psa_fwu_finish(names[component]);
        if (power.off) {
            restart();
        } else {
            must(status == PSA_SUCCESS || status == PSA_ERROR_INVALID_ARGUMENT,
                 "finish is neither right nor of nothing");
            must((query(component).state == PSA_FWU_CANDIDATE) == (status == PSA_SUCCESS),
                 "finish did not what it said");
        }
        const psa_fwu_component_info_t info = query(component);
        must(info.state == PSA_FWU_WRITING || info.state == PSA_FWU_CANDIDATE ||
                 (info.state == PSA_FWU_FAILED && info.error == PSA_ERROR_INVALID_ARGUMENT),
             "finish led elsewhere");
        it->state = info.state;
        it->error = info.error;
        if (it->state == PSA_FWU_CANDIDATE) {
            give_back_rest(it);
        }
        return;
    }
    must(psa_fwu_finish(names[component]) == expected, "finish was not refused");
}

static void do_simple(uint32_t component, bool clean)
{
    struct model *it = &model[component];
    const bool right = clean ? it->state == PSA_FWU_FAILED || it->state == PSA_FWU_UPDATED
                             : it->state == PSA_FWU_WRITING || it->state == PSA_FWU_CANDIDATE;
    const uint8_t after = clean ? PSA_FWU_READY : PSA_FWU_FAILED;
    const psa_status_t status =
        clean ? psa_fwu_clean(names[component]) : psa_fwu_cancel(names[component]);
    if (has_happened(component, status, right ? PSA_SUCCESS : PSA_ERROR_BAD_STATE, after)) {
        it->state = after;
        it->error = PSA_SUCCESS;
    }
}

/** A call on all components in `from`. */
static void do_set(psa_status_t status, uint8_t from, psa_status_t expected, uint8_t after,
                   psa_status_t error)
{
    unsigned members = 0;
    unsigned changed = 0;
    if (!power.off) {
        must(status == expected, "another status of a set than the model's");
        if (status < 0) {
            return;
        }
    } else {
        must(expected >= 0, "the flash was touched by a call that is refused");
        restart();
    }
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        members += model[i].state == from ? 1 : 0;
        changed += model[i].state == from && query(i).state == after ? 1 : 0;
    }
    must(changed == members || (changed == 0 && status < 0), "a part of a set has changed");
    for (uint32_t i = 0; changed != 0 && i < COMPONENTS; i++) {
        if (model[i].state == from) {
            model[i].state = after;
            model[i].error = error;
        }
    }
}

static unsigned count(uint8_t state)
{
    unsigned members = 0;
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        members += model[i].state == state ? 1 : 0;
    }
    return members;
}

static void do_install(void)
{
    const unsigned members = count(PSA_FWU_CANDIDATE);
    const bool mixed = members > 1 && model[UROT].state == PSA_FWU_CANDIDATE;
    const psa_status_t expected = members == 0 || installs() ? PSA_ERROR_BAD_STATE
                                  : mixed                    ? PSA_ERROR_NOT_PERMITTED
                                                             : PSA_SUCCESS_REBOOT;
    do_set(psa_fwu_install(), PSA_FWU_CANDIDATE, expected, PSA_FWU_STAGED, PSA_SUCCESS);
}

static void do_verdict(bool accept, psa_status_t error)
{
    if (accept) {
        do_set(psa_fwu_accept(), PSA_FWU_TRIAL,
               count(PSA_FWU_TRIAL) != 0 ? PSA_SUCCESS : PSA_ERROR_BAD_STATE, PSA_FWU_UPDATED,
               PSA_SUCCESS);
    } else if (count(PSA_FWU_STAGED) != 0) {
        do_set(psa_fwu_reject(error), PSA_FWU_STAGED, PSA_SUCCESS, PSA_FWU_FAILED, error);
    } else {
        do_set(psa_fwu_reject(error), PSA_FWU_TRIAL,
               count(PSA_FWU_TRIAL) != 0 ? PSA_SUCCESS_REBOOT : PSA_ERROR_BAD_STATE,
               PSA_FWU_REJECTED, error);
    }
}

/** A boot that goes through: what is staged is good, or nothing of it. */
static void do_boot(bool good)
{
    struct journal journal;
    flash_power_on(&power);
    must(journal_open(&journal, &journal_flash.device) == GARRISON_OK, "no journal");
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        struct journal_component *component = &journal.component[i];
        struct model *it = &model[i];
        if (it->state == PSA_FWU_STAGED && good) {
            component->state = i == UROT ? JOURNAL_UPDATED : JOURNAL_TRIAL;
            component->sectors = (uint16_t)((component->size + SECTOR - 1) / SECTOR);
            it->error = PSA_SUCCESS;
        } else if (it->state == PSA_FWU_STAGED || it->state == PSA_FWU_TRIAL) {
            component->state = JOURNAL_FAILED;
            component->reason = garrison_status_index(
                it->state == PSA_FWU_TRIAL ? GARRISON_ERROR_UNACCEPTED : GARRISON_ERROR_DIGEST);
            it->error =
                it->state == PSA_FWU_TRIAL ? PSA_ERROR_GENERIC_ERROR : PSA_ERROR_INVALID_SIGNATURE;
        } else if (it->state == PSA_FWU_REJECTED) {
            component->state = JOURNAL_FAILED;
        } else {
            continue;
        }
        it->state = component->state;
        must(journal_set(&journal, i, component) == GARRISON_OK, "no journal");
    }
    restart();
}

static void step(const uint8_t *data)
{
    const uint32_t component = data[1] % COMPONENTS;
    switch (data[0] % 13u) {
    case 0:
        do_start(component);
        break;
    case 1:
    case 2:
        do_write(component, data[2], data[3]);
        break;
    case 3:
        do_finish(component);
        break;
    case 4:
        do_simple(component, false);
        break;
    case 5:
        do_simple(component, true);
        break;
    case 6:
        do_install();
        break;
    case 7:
        do_verdict(true, 0);
        break;
    case 8:
        do_verdict(false, (psa_status_t)data[2] - data[3]);
        break;
    case 9:
        do_boot(data[2] % 4u != 0);
        break;
    case 10:
        restart();
        break;
    case 11:
        flash_power_arm(&power, data[2], (enum flash_cut)(data[3] % FLASH_CUT_KINDS));
        return; /* looking would set it off */
    default:
        update_client = data[2] % 2u != 0 ? -1 : -2;
        break;
    }
    look();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t blank_slots[9u * SECTOR + 9u * SECTOR / QUAD];
    static uint8_t blank_journal[2u * 1024u + 2u * 1024u / QUAD];
    static bool is_open;
    if (!is_open) {
        flash_power_init(&power, 1);
        flash_emulator_open(&slots, &power, 9, SECTOR, QUAD);
        flash_emulator_open(&journal_flash, &power, 2, 1024, QUAD);
        flash_emulator_save(&slots, blank_slots);
        flash_emulator_save(&journal_flash, blank_journal);
        is_open = true;
    }
    flash_power_init(&power, 1);
    flash_emulator_restore(&slots, blank_slots);
    flash_emulator_restore(&journal_flash, blank_journal);
    memset(model, 0, sizeof model);
    update_client = -1;
    restart();
    for (size_t i = 0; i + STEP <= size && i < 200u * STEP; i += STEP) {
        step(data + i);
    }
    return 0;
}

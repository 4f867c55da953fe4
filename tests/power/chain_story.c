#include "chain_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psa/update.h>

#include "chain_images.h"
#include "chain_service.h"
#include "store/journal.h"
#include "store/window.h"

#define BOOTS_MAX 14u

/** A component that nothing is done with, to fill the journal. */
#define NOBODY 10u

struct chain_life chain_life;

static const struct chain_story *story;

static const psa_fwu_component_t psa_names[CHAIN_COMPONENTS] = {
    PSA_FWU_COMPONENT_UROT, PSA_FWU_COMPONENT_MANAGER, PSA_FWU_COMPONENT_APPLICATION,
    PSA_FWU_COMPONENT_MODULE(0)};

static bool in_set(uint32_t component)
{
    return (story->set & CHAIN_BIT(component)) != 0;
}

/** The first problem counts; `component` may be CHAIN_COMPONENTS: none. */
static void wrong(uint32_t component, const char *what)
{
    static const char *const names[] = {"uROT", "manager", "application", "module", "chain"};
    if (chain_life.problem[0] == '\0') {
        (void)snprintf(chain_life.problem, sizeof chain_life.problem, "%s: %s", names[component],
                       what);
    }
}

static void require(bool holds, uint32_t component, const char *what)
{
    if (!holds) {
        wrong(component, what);
    }
}

/*
 * What must be.
 */

/** The journal as it stands; read without a boot stage's eyes, and without any cut. */
static struct journal read_journal(void)
{
    struct window window;
    struct journal journal;
    const struct layout_record *layout = chain_layout(story->encrypted);
    const struct flash_power power = chain.power;
    chain.power.off = false;
    window_init(&window, &chain.flash.device, layout->journal_off, layout->journal_size);
    if (journal_open(&journal, &window.device) != GARRISON_OK) {
        wrong(CHAIN_COMPONENTS, "the journal cannot be read");
    }
    chain.power = power;
    return journal;
}

static bool is_active(uint32_t component, enum chain_age age)
{
    static uint8_t bytes[5u * CHAIN_SECTOR];
    const struct layout_slot *slot = &chain_layout(story->encrypted)->slot[component];
    const struct made_image *made = chain_image(component, age, story->encrypted);
    return chain.flash.device.read(&chain.flash.device, slot->off, bytes, made->len) ==
               GARRISON_OK &&
           memcmp(bytes, made->bytes, made->len) == 0;
}

/** Whether 32 bytes from the middle of an encrypted image stand in clear where it is downloaded. */
static bool stands_in_clear(uint32_t component)
{
    const struct layout_slot *slot = &chain_layout(true)->slot[component];
    for (unsigned age = 0; age < CHAIN_AGES; age++) {
        const struct made_image *made = chain_image(component, (enum chain_age)age, true);
        for (uint32_t at = CHAIN_HEADER + 16u; at + 32u < made->signed_len; at += CHAIN_SECTOR) {
            if (memmem(chain.flash.bytes + slot->download_off, slot->download_size,
                       made->bytes + at, 32) != NULL) {
                return true;
            }
        }
    }
    return false;
}

static void expect_sealed(void)
{
    for (uint32_t i = 0; story->encrypted && i < CHAIN_COMPONENTS; i++) {
        require(!stands_in_clear(i), i, "stands in clear in its download slot");
    }
}

static uint32_t counter_of(uint32_t component)
{
    const struct boot_counters counters =
        chain_counters(component == CHAIN_UROT ? BOOT_COUNTERS_OFF_HDPL1 : BOOT_COUNTERS_OFF_HDPL2);
    return counters.counter[component];
}

static void expect_component(uint32_t component, const struct journal_component *known)
{
    const bool renewed = is_active(component, CHAIN_NEW);
    const bool trial = known->state == JOURNAL_TRIAL;
    const struct handoff_entry *entry =
        handoff_find(&chain.handoff, chain_layout(false)->slot[component].role);
    require(renewed || is_active(component, CHAIN_OLD), component, "is neither old nor new");
    require(in_set(component) || !renewed, component, "is new, and was not installed");
    require(entry != NULL && entry->version.major == (renewed ? 2 : 1), component,
            "is handed over as another one");
    require(counter_of(component) == (renewed && !trial ? 2u : 1u), component,
            "has a counter that is not its image's");
    switch (known->state) {
    case JOURNAL_READY:
        break;
    case JOURNAL_CANDIDATE:
        require(!renewed, component, "is new, and was not installed yet");
        break;
    case JOURNAL_TRIAL:
        require(chain.watched, component, "is on trial without the watchdog");
        require(renewed, component, "is old, and said to be on trial");
        break;
    case JOURNAL_UPDATED:
        require(renewed, component, "is old, and said to be new");
        break;
    case JOURNAL_FAILED:
        require(!renewed, component, "is new, and said to have failed");
        require(known->reason == garrison_status_index(GARRISON_ERROR_UNACCEPTED) ||
                    (known->reason == garrison_status_index(GARRISON_ERROR_REJECTED) &&
                     story->verdict == CHAIN_REJECT),
                component, "failed for another reason");
        break;
    default:
        wrong(component, "is in a state that no boot leaves it in");
    }
}

/** After a boot that went through, before anything else happens. */
static void expect_consistent(void)
{
    const struct journal journal = read_journal();
    uint16_t renewed = 0;
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        expect_component(i, &journal.component[i]);
        if (is_active(i, CHAIN_NEW)) {
            renewed |= CHAIN_BIT(i);
        }
    }
    const uint16_t swapped = story->set & (uint16_t)~CHAIN_BIT(CHAIN_UROT);
    require((renewed & swapped) == 0 || (renewed & swapped) == swapped, CHAIN_COMPONENTS,
            "a part of the set runs");
    require(journal.operation.kind == JOURNAL_NOTHING, CHAIN_COMPONENTS,
            "an operation is still under way");
    require(chain.flash.fault == NULL && chain.store.fault == NULL, CHAIN_COMPONENTS,
            chain.flash.fault != NULL ? chain.flash.fault : "the keys store was misused");
    expect_sealed();
}

/** When nothing is left to do: which of both it must be. */
static void expect_end(void)
{
    const uint16_t swapped = story->set & (uint16_t)~CHAIN_BIT(CHAIN_UROT);
    chain_life.renewed = story->set != 0;
    require(!in_set(CHAIN_UROT) || is_active(CHAIN_UROT, CHAIN_NEW), CHAIN_UROT, "has not come");
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        if ((CHAIN_BIT(i) & swapped) == 0) {
            continue;
        }
        const bool renewed = is_active(i, CHAIN_NEW);
        chain_life.renewed = chain_life.renewed && renewed;
        require(!renewed || story->verdict == CHAIN_ACCEPT, i, "has stayed, not accepted");
        require(renewed || !chain_life.told_accepted, i, "has gone, although it was accepted");
        require(renewed || story->begin != CHAIN_SPOILT, i, "was spoilt, and has not come");
        require(renewed || story->verdict != CHAIN_ACCEPT || chain_life.cut_on_trial, i,
                "has gone without having been on trial");
    }
}

/*
 * The application.
 */

/** Whether any component of the set is in a state. */
static bool any_in(const psa_fwu_component_info_t info[CHAIN_COMPONENTS], uint8_t state)
{
    bool any = false;
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        any = any || info[i].state == state;
    }
    return any;
}

static void expect_answer(psa_status_t status, psa_status_t expected, const char *call)
{
    require(status == expected, CHAIN_COMPONENTS, call);
}

static void judge_trial(void)
{
    if (story->verdict == CHAIN_ACCEPT) {
        const psa_status_t status = psa_fwu_accept();
        expect_answer(status, PSA_SUCCESS, "psa_fwu_accept() fails");
        chain_life.told_accepted = status == PSA_SUCCESS;
    }
    if (story->verdict == CHAIN_REJECT) {
        expect_answer(psa_fwu_reject(-7), PSA_SUCCESS_REBOOT, "psa_fwu_reject() fails");
        (void)psa_fwu_request_reboot();
    }
}

/** Does the next thing; everything is as the reset before has left it. */
static void run_application(void)
{
    psa_fwu_component_info_t info[CHAIN_COMPONENTS];
    bool cleaned = false;
    chain_start_service();
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        expect_answer(psa_fwu_query(psa_names[i], &info[i]), PSA_SUCCESS, "psa_fwu_query() fails");
    }
    if (any_in(info, PSA_FWU_CANDIDATE)) {
        expect_answer(psa_fwu_install(), PSA_SUCCESS_REBOOT, "psa_fwu_install() fails");
        (void)psa_fwu_request_reboot();
    }
    if (any_in(info, PSA_FWU_TRIAL)) {
        judge_trial();
        return;
    }
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        if (info[i].state == PSA_FWU_UPDATED || info[i].state == PSA_FWU_FAILED) {
            expect_answer(psa_fwu_clean(psa_names[i]), PSA_SUCCESS, "psa_fwu_clean() fails");
            cleaned = true;
        }
    }
    chain_life.quiet = !cleaned;
}

/*
 * Living.
 */

static enum chain_pause boot_and_run(void)
{
    enum chain_end how = chain_boot();
    if (how == CHAIN_LEFT) {
        expect_consistent();
        how = chain_life.problem[0] == '\0' ? chain_run(run_application) : CHAIN_GAVE_UP;
    }
    if (how == CHAIN_GAVE_UP) {
        wrong(CHAIN_COMPONENTS, chain.panic);
    }
    if (chain_life.problem[0] != '\0') {
        return CHAIN_BROKEN;
    }
    return how == CHAIN_CUT ? CHAIN_POWER_LOST : CHAIN_QUIET;
}

enum chain_pause chain_live(void (*before_boot)(void))
{
    chain_life.quiet = false;
    for (unsigned i = 0; i < BOOTS_MAX && !chain_life.quiet; i++) {
        if (before_boot != NULL) {
            before_boot();
        }
        const enum chain_pause pause = boot_and_run();
        if (pause != CHAIN_QUIET) {
            return pause;
        }
    }
    require(chain_life.quiet, CHAIN_COMPONENTS, "comes to no end");
    const uint32_t operations = chain.power.operations;
    const enum chain_pause last = boot_and_run();
    require(last == CHAIN_QUIET && chain.power.operations == operations, CHAIN_COMPONENTS,
            "is not quiet in the end");
    expect_end();
    return chain_life.problem[0] == '\0' ? CHAIN_QUIET : CHAIN_BROKEN;
}

void chain_note_cut(void)
{
    const struct journal journal = read_journal();
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        chain_life.cut_on_trial |= journal.component[i].state == JOURNAL_TRIAL;
    }
    expect_sealed();
}

/*
 * Beginning.
 */

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "chain %s: %s (%s)\n", story->name, what, chain.panic);
        exit(1);
    }
}

static void download(void)
{
    chain_start_service();
    for (uint32_t i = 0; i < CHAIN_COMPONENTS; i++) {
        const struct made_image *made = chain_delivery(i, story->encrypted);
        if (!in_set(i)) {
            continue;
        }
        must(psa_fwu_start(psa_names[i], NULL, 0) == PSA_SUCCESS, "psa_fwu_start() fails");
        for (uint32_t off = 0; off < made->len; off += CHAIN_SECTOR) {
            const uint32_t left = made->len - off;
            must(psa_fwu_write(psa_names[i], off, made->bytes + off,
                               left < CHAIN_SECTOR ? left : CHAIN_SECTOR) == PSA_SUCCESS,
                 "psa_fwu_write() fails");
        }
        must(psa_fwu_finish(psa_names[i]) == PSA_SUCCESS, "psa_fwu_finish() fails");
    }
}

/**
 * An image in its slot, with a byte that is not its own. What was downloaded is then a new image for
 * any component but the uROT, whose download stays when it is installed.
 */
static void spoil(uint32_t component)
{
    static struct made_image made;
    const struct layout_slot *slot = &chain_layout(story->encrypted)->slot[component];
    made =
        *chain_image(component, component == CHAIN_UROT ? CHAIN_NEW : CHAIN_OLD, story->encrypted);
    made.bytes[CHAIN_HEADER + 20u] ^= 1u;
    flash_emulator_poke(&chain.flash, slot->off, made.bytes,
                        (made.len + CHAIN_UNIT - 1u) / CHAIN_UNIT * CHAIN_UNIT);
}

void chain_begin_story(const struct chain_story *told, uint32_t age)
{
    struct window window;
    struct journal journal;
    const struct journal_component nothing = {.state = JOURNAL_READY};
    story = told;
    memset(&chain_life, 0, sizeof chain_life);
    chain_make_images();
    chain_make_device(story->encrypted);
    if (story->begin == CHAIN_FIRST) {
        return;
    }
    must(chain_boot() == CHAIN_LEFT, "the device does not boot");
    window_init(&window, chain_flash(), chain.handoff.layout.journal_off,
                chain.handoff.layout.journal_size);
    must(journal_open(&journal, &window.device) == GARRISON_OK, "no journal");
    for (uint32_t i = 0; i < age; i++) {
        must(journal_set(&journal, NOBODY, &nothing) == GARRISON_OK, "no record fits");
    }
    must(chain_run(download) == CHAIN_RETURNED, "nothing can be downloaded");
    must(journal_open(&journal, &window.device) == GARRISON_OK, "no journal");
    if (story->begin == CHAIN_STAGED || (story->begin == CHAIN_SPOILT && in_set(CHAIN_UROT))) {
        const enum journal_state state =
            story->begin == CHAIN_STAGED ? JOURNAL_STAGED : JOURNAL_UPDATED;
        must(journal_begin(&journal, JOURNAL_NOTHING, story->set, state, 0) == GARRISON_OK,
             "no record fits");
    }
    for (uint32_t i = 0; story->begin == CHAIN_SPOILT && i < CHAIN_COMPONENTS; i++) {
        if (in_set(i)) {
            spoil(i);
        }
    }
}

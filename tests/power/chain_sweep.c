/*
 * Power cuts in the whole boot chain: at every flash operation of every way to install something,
 * in every way of the emulator, and again at the operations of the recovery. A cut right after an
 * operation leaves what a cut before the next one leaves, so only the last is cut after as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain_images.h"
#include "chain_story.h"
#include "sweep_jobs.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define OPERATIONS_MAX FLASH_POWER_TRACE
#define BOOTS_MAX      16u

#define UROT        CHAIN_BIT(CHAIN_UROT)
#define MANAGER     CHAIN_BIT(CHAIN_MANAGER)
#define APPLICATION CHAIN_BIT(CHAIN_APPLICATION)
#define MODULE      CHAIN_BIT(CHAIN_MODULE)
#define PAIR        (MANAGER | APPLICATION)
#define ALL         (UROT | PAIR | MODULE)

static const struct chain_story stories[] = {
    {"first_boot", 0, false, CHAIN_ACCEPT, CHAIN_FIRST},
    {"urot", UROT, false, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"urot_encrypted", UROT, true, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"urot_recovered", UROT, false, CHAIN_ACCEPT, CHAIN_SPOILT},
    {"urot_recovered_encrypted", UROT, true, CHAIN_ACCEPT, CHAIN_SPOILT},
    {"manager", MANAGER, false, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"manager_reverted", MANAGER, false, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"manager_rejected", MANAGER, false, CHAIN_REJECT, CHAIN_CANDIDATE},
    {"manager_recovered", MANAGER, false, CHAIN_ACCEPT, CHAIN_SPOILT},
    {"manager_encrypted", MANAGER, true, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"manager_encrypted_reverted", MANAGER, true, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"application", APPLICATION, false, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"application_reverted", APPLICATION, false, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"application_rejected", APPLICATION, false, CHAIN_REJECT, CHAIN_CANDIDATE},
    {"application_recovered_encrypted", APPLICATION, true, CHAIN_ACCEPT, CHAIN_SPOILT},
    {"application_encrypted", APPLICATION, true, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"application_encrypted_reverted", APPLICATION, true, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"module", MODULE, false, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"module_reverted", MODULE, false, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"module_encrypted", MODULE, true, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"module_encrypted_rejected", MODULE, true, CHAIN_REJECT, CHAIN_CANDIDATE},
    {"pair", PAIR, false, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"pair_reverted", PAIR, false, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"pair_rejected", PAIR, false, CHAIN_REJECT, CHAIN_CANDIDATE},
    {"pair_encrypted", PAIR, true, CHAIN_ACCEPT, CHAIN_CANDIDATE},
    {"pair_encrypted_reverted", PAIR, true, CHAIN_IGNORE, CHAIN_CANDIDATE},
    {"set", ALL, false, CHAIN_ACCEPT, CHAIN_STAGED},
    {"set_reverted", ALL, false, CHAIN_IGNORE, CHAIN_STAGED},
    {"set_encrypted", ALL, true, CHAIN_ACCEPT, CHAIN_STAGED},
    {"set_encrypted_rejected", ALL, true, CHAIN_REJECT, CHAIN_STAGED},
};

static const char *const cut_names[FLASH_CUT_KINDS] = {
    [FLASH_CUT_BEFORE] = "before",
    [FLASH_CUT_AFTER] = "after",
    [FLASH_CUT_PROGRAM_ECC] = "ecc",
    [FLASH_CUT_PROGRAM_GARBAGE] = "garbage",
    [FLASH_CUT_PROGRAM_MIX] = "mix",
    [FLASH_CUT_PROGRAM_WEAK_FAILS] = "weak-fails",
    [FLASH_CUT_PROGRAM_WEAK_GARBAGE] = "weak-garbage",
    [FLASH_CUT_ERASE_HEADER_LEFT] = "erase-header-left",
    [FLASH_CUT_ERASE_HALF] = "erase-half",
    [FLASH_CUT_ERASE_RANDOM] = "erase-random",
    [FLASH_CUT_ERASE_GARBAGE] = "erase-garbage",
    [FLASH_CUT_ERASE_ECC] = "erase-ecc",
    [FLASH_CUT_ERASE_WEAK] = "erase-weak",
};

/** The operations of one uncut run. */
struct trace {
    uint32_t count;
    uint8_t kind[OPERATIONS_MAX];
};

/** The device before a boot, and how many operations there were until then. */
struct checkpoint {
    struct chain_state state;
    struct chain_life life;
    uint32_t operations;
};

/** A run without a cut, with a checkpoint before each boot. */
struct rehearsal {
    struct trace trace;
    struct checkpoint before[BOOTS_MAX];
    uint32_t boots;
};

struct cut {
    uint32_t at;
    enum flash_cut how;
};

static struct {
    const struct sweep_plan *plan;
    struct sweep_result *result;
    struct rehearsal whole;    /**< Of the story. */
    struct rehearsal recovery; /**< From the first cut on. */
    struct rehearsal *current; /**< The one that is being made. */
    bool tried[OPERATIONS_MAX];
    uint32_t tick;
} sweep;

static void note_failure(const struct cut cuts[2])
{
    if (sweep.result->failures++ > 0) {
        return;
    }
    char *text = sweep.result->first;
    const size_t room = sizeof sweep.result->first;
    int len = snprintf(text, room, "cut %u %s", cuts[0].at, cut_names[cuts[0].how]);
    if (cuts[1].at != FLASH_NO_CUT) {
        len += snprintf(text + len, room - (size_t)len, ", then %u %s", cuts[1].at,
                        cut_names[cuts[1].how]);
    }
    (void)snprintf(text + len, room - (size_t)len, ": %s", chain_life.problem);
}

/*
 * Runs.
 */

static void take_checkpoint(void)
{
    struct rehearsal *rehearsal = sweep.current;
    if (rehearsal->boots < BOOTS_MAX) {
        struct checkpoint *checkpoint = &rehearsal->before[rehearsal->boots++];
        chain_save(&checkpoint->state);
        checkpoint->life = chain_life;
        checkpoint->operations = chain.power.operations;
    }
}

/** Lives to the end without a further cut, and keeps what is needed to cut that at any place. */
static enum chain_pause rehearse(struct rehearsal *rehearsal)
{
    sweep.current = rehearsal;
    rehearsal->boots = 0;
    flash_power_on(&chain.power);
    const enum chain_pause pause = chain_live(take_checkpoint);
    const uint32_t count = chain.power.operations;
    rehearsal->trace.count = count < OPERATIONS_MAX ? count : OPERATIONS_MAX;
    memcpy(rehearsal->trace.kind, chain.power.trace, rehearsal->trace.count);
    return pause;
}

/** Lives from the last checkpoint before a cut into it. */
static enum chain_pause live_into(const struct rehearsal *rehearsal, const struct cut *cut,
                                  uint64_t salt)
{
    uint32_t i = rehearsal->boots - 1u;
    while (rehearsal->before[i].operations > cut->at) {
        i--;
    }
    const struct checkpoint *checkpoint = &rehearsal->before[i];
    chain_restore(&checkpoint->state);
    chain_life = checkpoint->life;
    flash_power_on(&chain.power);
    chain.power.seed = sweep.plan->seed ^ salt << 40 ^ (uint64_t)cut->at << 8 ^ (uint64_t)cut->how;
    flash_power_arm(&chain.power, cut->at - checkpoint->operations, cut->how);
    const enum chain_pause pause = chain_live(NULL);
    if (pause == CHAIN_POWER_LOST) {
        chain_note_cut();
        return chain_life.problem[0] == '\0' ? pause : CHAIN_BROKEN;
    }
    if (pause == CHAIN_QUIET) {
        (void)snprintf(chain_life.problem, sizeof chain_life.problem, "another run than before");
    }
    return CHAIN_BROKEN;
}

static bool has_enough(void)
{
    return sweep.plan->quick && sweep.result->failures > 0;
}

static bool worth_cutting(const struct trace *trace, const struct cut *cut)
{
    if (cut->how == FLASH_CUT_AFTER && cut->at + 1u != trace->count) {
        return false;
    }
    return flash_cut_applies(cut->how, (enum flash_operation)trace->kind[cut->at]);
}

static void count_end(const struct cut cuts[2], enum chain_pause pause)
{
    if (pause != CHAIN_QUIET) {
        note_failure(cuts);
    }
    sweep.result->old += pause == CHAIN_QUIET && !chain_life.renewed;
    sweep.result->new += pause == CHAIN_QUIET &&chain_life.renewed;
}

static void second_cut(const struct cut cuts[2])
{
    const uint64_t salt = cuts[0].at * 16u + (uint64_t)cuts[0].how + 1u;
    enum chain_pause pause = live_into(&sweep.recovery, &cuts[1], salt);
    sweep.result->cuts++;
    sweep.result->positions += !sweep.tried[cuts[1].at];
    sweep.tried[cuts[1].at] = true;
    if (pause == CHAIN_POWER_LOST) {
        flash_power_on(&chain.power);
        pause = chain_live(NULL);
    }
    count_end(cuts, pause);
}

static void first_cut(const struct cut *cut)
{
    struct cut cuts[2] = {*cut, {FLASH_NO_CUT, FLASH_CUT_BEFORE}};
    enum chain_pause pause = live_into(&sweep.whole, cut, 0);
    sweep.result->cuts++;
    if (pause == CHAIN_POWER_LOST) {
        pause = rehearse(&sweep.recovery);
    }
    count_end(cuts, pause);
    if (pause != CHAIN_QUIET || sweep.plan->second == 0) {
        return;
    }
    const struct trace *trace = &sweep.recovery.trace;
    for (cuts[1].at = 0; cuts[1].at < trace->count; cuts[1].at++) {
        for (unsigned how = 0; how < FLASH_CUT_KINDS && !has_enough(); how++) {
            cuts[1].how = (enum flash_cut)how;
            if (worth_cutting(trace, &cuts[1]) && sweep.tick++ % sweep.plan->second == 0) {
                second_cut(cuts);
            }
        }
    }
}

static const char *run_story(unsigned number, uint32_t age, const struct sweep_plan *plan,
                             struct sweep_result *result)
{
    const struct chain_story *story = &stories[number];
    chain_open();
    sweep.plan = plan;
    sweep.result = result;
    sweep.tick = (uint32_t)plan->seed + plan->shard;
    chain_begin_story(story, age);
    const enum chain_pause pause = rehearse(&sweep.whole);
    const struct trace *trace = &sweep.whole.trace;
    const bool expected = story->set != 0 && (story->verdict == CHAIN_ACCEPT || story->set == UROT);
    if (pause != CHAIN_QUIET || chain_life.renewed != expected || trace->count == 0 ||
        trace->count == OPERATIONS_MAX || sweep.whole.boots == BOOTS_MAX) {
        static char problem[sizeof chain_life.problem + 40];
        (void)snprintf(problem, sizeof problem, "ends otherwise without a cut: %s",
                       chain_life.problem);
        chain_close();
        return problem;
    }
    result->operations += trace->count;
    for (uint32_t at = 0; at < trace->count && !has_enough(); at++) {
        if ((at + plan->seed) % plan->shards != plan->shard) {
            continue;
        }
        memset(sweep.tried, 0, sizeof sweep.tried);
        result->positions++;
        for (unsigned how = 0; how < FLASH_CUT_KINDS && !has_enough(); how++) {
            const struct cut cut = {at, (enum flash_cut)how};
            if (worth_cutting(trace, &cut)) {
                first_cut(&cut);
            }
        }
    }
    chain_close();
    return NULL;
}

int main(int argc, char **argv)
{
    static struct sweep_entry entries[COUNT_OF(stories)];
    for (unsigned i = 0; i < COUNT_OF(stories); i++) {
        (void)snprintf(entries[i].name, sizeof entries[i].name, "%s", stories[i].name);
        entries[i].number = i;
        entries[i].ages = stories[i].begin == CHAIN_FIRST ? 1 : 20;
        entries[i].run = run_story;
    }
    return sweep_main(argc, argv, entries, COUNT_OF(stories));
}

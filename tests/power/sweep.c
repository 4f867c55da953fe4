#include "power/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS_MAX FLASH_POWER_TRACE
#define SECONDS        2u /* While mounting, and while the change is made again. */

/* The operations of one uncut run. */
struct trace {
    uint32_t count;
    uint8_t kind[OPERATIONS_MAX];
};

struct sweep {
    const struct sweep_subject *subject;
    const struct sweep_plan *plan;
    struct sweep_result *result;
    uint8_t *base;    /* lasting and fleeting before the change */
    uint8_t *torn;    /* lasting after the first cut */
    uint8_t *mounted; /* both, after mounting that */
    struct trace change;
    struct trace mount;
    struct trace again;
    uint32_t first_at; /* of the cuts being made, for messages */
    enum flash_cut first_cut;
    bool tried[SECONDS][OPERATIONS_MAX]; /* Second cuts behind first_at, in whatever way. */
    uint32_t tick;
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

/* ---- memories ---- */

static size_t bytes_of(const struct sweep_memory *memory)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < SWEEP_MEMORIES; i++) {
        bytes += memory[i].len;
    }
    return bytes;
}

static uint8_t *save(const struct sweep_memory *memory, uint8_t *to)
{
    for (unsigned i = 0; i < SWEEP_MEMORIES && memory[i].len > 0; i++) {
        memcpy(to, memory[i].at, memory[i].len);
        to += memory[i].len;
    }
    return to;
}

static const uint8_t *restore(const struct sweep_memory *memory, const uint8_t *from)
{
    for (unsigned i = 0; i < SWEEP_MEMORIES && memory[i].len > 0; i++) {
        memcpy(memory[i].at, from, memory[i].len);
        from += memory[i].len;
    }
    return from;
}

static void save_all(const struct sweep_subject *subject, uint8_t *to)
{
    (void)save(subject->fleeting, save(subject->lasting, to));
}

static void restore_all(const struct sweep_subject *subject, const uint8_t *from)
{
    (void)restore(subject->fleeting, restore(subject->lasting, from));
}

/* ---- failures ---- */

static void fail(struct sweep *sweep, const char *second, uint32_t at, enum flash_cut cut,
                 const char *what)
{
    const char *problem = sweep->subject->problem(sweep->subject->context);
    if (sweep->result->failures++ > 0) {
        return;
    }
    const int len = snprintf(sweep->result->first, sizeof sweep->result->first, "cut %u %s",
                             sweep->first_at, cut_names[sweep->first_cut]);
    char *rest = sweep->result->first + len;
    const size_t room = sizeof sweep->result->first - (size_t)len;
    if (second == NULL) {
        (void)snprintf(rest, room, ": %s (%s)", what, problem != NULL ? problem : "-");
    } else {
        (void)snprintf(rest, room, ", then %s cut %u %s: %s (%s)", second, at, cut_names[cut], what,
                       problem != NULL ? problem : "-");
    }
}

/* Something that is only wrong when the test itself is. */
static void need(struct sweep *sweep, bool holds, const char *what)
{
    if (!holds) {
        const char *problem = sweep->subject->problem(sweep->subject->context);
        fprintf(stderr, "sweep %s: %s (%s)\n", sweep->plan->name, what,
                problem != NULL ? problem : "-");
        exit(1);
    }
}

/* ---- one cut ---- */

static void trace_power(const struct sweep *sweep, struct trace *trace)
{
    const struct flash_power *power = sweep->subject->power;
    trace->count = power->operations;
    memcpy(trace->kind, power->trace,
           trace->count < OPERATIONS_MAX ? trace->count : OPERATIONS_MAX);
}

/* Every way that leaves another content than the others; see the header. */
static bool worth_cutting(const struct trace *trace, uint32_t at, enum flash_cut cut)
{
    if (cut == FLASH_CUT_AFTER && at + 1u != trace->count) {
        return false;
    }
    return flash_cut_applies(cut, (enum flash_operation)trace->kind[at]);
}

static void arm(const struct sweep *sweep, uint32_t at, enum flash_cut cut, uint32_t salt)
{
    struct flash_power *power = sweep->subject->power;
    flash_power_on(power);
    power->seed = sweep->plan->seed ^ ((uint64_t)salt << 40) ^ ((uint64_t)at << 8) ^ (uint64_t)cut;
    flash_power_arm(power, at, cut);
}

/* Looks and uses, after power is back and all is mounted. What was found, or SWEEP_BROKEN. */
static enum sweep_look judge(struct sweep *sweep, enum sweep_look allowed, const char *second,
                             uint32_t at, enum flash_cut cut)
{
    const struct sweep_subject *subject = sweep->subject;
    const enum sweep_look found = subject->look(subject->context);
    if ((found & allowed) == 0) {
        fail(sweep, second, at, cut,
             found == SWEEP_BROKEN ? "broken" : "not the state that it had to be");
        return SWEEP_BROKEN;
    }
    sweep->result->old += found == SWEEP_OLD;
    sweep->result->new += found != SWEEP_OLD;
    return found;
}

static void judge_use(struct sweep *sweep, enum sweep_look found, const char *second, uint32_t at,
                      enum flash_cut cut)
{
    const struct sweep_subject *subject = sweep->subject;
    const bool turn = sweep->plan->turns > 0 && sweep->tick++ % sweep->plan->turns == 0;
    if (!subject->use(subject->context, turn)) {
        fail(sweep, second, at, cut, "it does not work any more");
        return;
    }
    if (turn && subject->mount(subject->context) != GARRISON_OK) {
        fail(sweep, second, at, cut, "after use it cannot be mounted");
        return;
    }
    if (turn && subject->look(subject->context) != found) {
        fail(sweep, second, at, cut, "after use it is another one");
    }
    if (subject->problem(subject->context) != NULL) {
        fail(sweep, second, at, cut, "rule broken");
    }
}

/* ---- the second cut ---- */

static void second_cut(struct sweep *sweep, bool mounting, uint32_t at, enum flash_cut cut,
                       enum sweep_look found)
{
    const struct sweep_subject *subject = sweep->subject;
    const char *const second = mounting ? "mount" : "again";
    enum garrison_status status;
    if (mounting) {
        (void)restore(subject->lasting, sweep->torn);
    } else {
        restore_all(subject, sweep->mounted);
    }
    arm(sweep, at, cut, sweep->first_at * 16u + (uint32_t)sweep->first_cut + 1u);
    status = mounting ? subject->mount(subject->context) : subject->change(subject->context, found);
    sweep->result->cuts++;
    sweep->result->positions += !sweep->tried[mounting][at];
    sweep->tried[mounting][at] = true;
    if (!subject->power->off) {
        fail(sweep, second, at, cut, "another run than before");
    } else if (status == GARRISON_OK && cut != FLASH_CUT_AFTER) {
        fail(sweep, second, at, cut, "success was told without power");
    }
    flash_power_on(subject->power);
    status = subject->mount(subject->context);
    if (status != GARRISON_OK) {
        fail(sweep, second, at, cut, garrison_status_text(status));
        return;
    }
    const enum sweep_look allowed = mounting || found == SWEEP_NEW ? found : SWEEP_SAME;
    const enum sweep_look after = judge(sweep, allowed, second, at, cut);
    if (after != SWEEP_BROKEN) {
        judge_use(sweep, after, second, at, cut);
    }
}

static bool has_enough(const struct sweep *sweep)
{
    return sweep->plan->quick && sweep->result->failures > 0;
}

static void second_cuts(struct sweep *sweep, bool mounting, enum sweep_look found)
{
    const struct trace *trace = mounting ? &sweep->mount : &sweep->again;
    for (uint32_t at = 0; at < trace->count && !has_enough(sweep); at++) {
        for (unsigned cut = 0; cut < FLASH_CUT_KINDS; cut++) {
            if (worth_cutting(trace, at, (enum flash_cut)cut) &&
                sweep->tick++ % sweep->plan->second == 0) {
                second_cut(sweep, mounting, at, (enum flash_cut)cut, found);
            }
        }
    }
}

/* ---- the first cut ---- */

static void first_cut(struct sweep *sweep, uint32_t at, enum flash_cut cut)
{
    const struct sweep_subject *subject = sweep->subject;
    restore_all(subject, sweep->base);
    arm(sweep, at, cut, 0);
    sweep->first_at = at;
    sweep->first_cut = cut;
    const enum garrison_status status = subject->change(subject->context, SWEEP_OLD);
    sweep->result->cuts++;
    need(sweep, subject->power->off, "the change makes other operations than before");
    if (status == GARRISON_OK && cut != FLASH_CUT_AFTER) {
        fail(sweep, NULL, 0, cut, "success was told without power");
    }
    (void)save(subject->lasting, sweep->torn);

    flash_power_on(subject->power);
    const enum garrison_status mounted = subject->mount(subject->context);
    if (mounted != GARRISON_OK) {
        fail(sweep, NULL, 0, cut, garrison_status_text(mounted));
        return;
    }
    trace_power(sweep, &sweep->mount);
    const enum sweep_look found = judge(sweep, SWEEP_SAME, NULL, 0, cut);
    if (found == SWEEP_BROKEN) {
        return;
    }
    save_all(subject, sweep->mounted);
    judge_use(sweep, found, NULL, 0, cut);

    restore_all(subject, sweep->mounted);
    flash_power_on(subject->power);
    const enum garrison_status again = subject->change(subject->context, found);
    if (again != GARRISON_OK || (subject->look(subject->context) & SWEEP_NEW) == 0) {
        fail(sweep, NULL, 0, cut, garrison_status_text(again));
        return;
    }
    trace_power(sweep, &sweep->again);
    if (sweep->plan->second > 0) {
        second_cuts(sweep, true, found);
        second_cuts(sweep, false, found);
    }
}

/* All ways of cutting one operation. */
static void first_cuts(struct sweep *sweep, uint32_t at)
{
    memset(sweep->tried, 0, sizeof sweep->tried);
    sweep->result->positions++;
    for (unsigned cut = 0; cut < FLASH_CUT_KINDS; cut++) {
        if (worth_cutting(&sweep->change, at, (enum flash_cut)cut)) {
            first_cut(sweep, at, (enum flash_cut)cut);
        }
    }
}

/* Makes the change once without a cut. */
static void rehearse(struct sweep *sweep)
{
    const struct sweep_subject *subject = sweep->subject;
    need(sweep, (subject->look(subject->context) & SWEEP_OLD) != 0, "the old state is not there");
    save_all(subject, sweep->base);
    flash_power_on(subject->power);
    const enum garrison_status status = subject->change(subject->context, SWEEP_OLD);
    need(sweep, status == GARRISON_OK, garrison_status_text(status));
    trace_power(sweep, &sweep->change);
    need(sweep, (subject->look(subject->context) & SWEEP_NEW) != 0, "the new state is not there");
    need(sweep, subject->mount(subject->context) == GARRISON_OK, "cannot be mounted");
    need(sweep, (subject->look(subject->context) & SWEEP_NEW) != 0, "the new state does not last");
    need(sweep, sweep->change.count > 0 && sweep->change.count < OPERATIONS_MAX,
         "no operations, or too many");
    need(sweep, subject->problem(subject->context) == NULL, "a rule was broken");
    sweep->result->operations += sweep->change.count;
}

void sweep_run(const struct sweep_subject *subject, const struct sweep_plan *plan,
               struct sweep_result *result)
{
    static struct sweep sweep;
    const size_t bytes = bytes_of(subject->lasting) + bytes_of(subject->fleeting);
    uint8_t *memory = calloc(3, bytes);
    sweep = (struct sweep){.subject = subject, .plan = plan, .result = result};
    need(&sweep, memory != NULL, "no memory");
    sweep.base = memory;
    sweep.torn = memory + bytes;
    sweep.mounted = memory + 2u * bytes;
    rehearse(&sweep);
    /* Others begin with the next shard, lest one has the most of all that are short. */
    uint32_t turn = (uint32_t)(plan->seed % plan->shards);
    for (uint32_t at = 0; at < sweep.change.count && !has_enough(&sweep); at++) {
        if (turn++ % plan->shards == plan->shard) {
            first_cuts(&sweep, at);
        }
    }
    restore_all(subject, sweep.base);
    flash_power_on(subject->power);
    free(memory);
}

#include "power/store_scenarios.h"
#include "power/sweep_jobs.h"

#include <stdio.h>

#define ANCHORINGS 3u

static const char *const endings[ANCHORINGS] = {"", "+anchor", "+counter"};
static const struct store_protection *protection;

static const char *run(unsigned number, uint32_t age, const struct sweep_plan *plan,
                       struct sweep_result *result)
{
    static struct store_world world;
    const struct store_scenario *scenario = &store_scenarios[number / ANCHORINGS];
    const struct world_options options = {
        .sectors = scenario->sectors,
        .sector = scenario->sector,
        .anchor = (enum world_anchoring)(number % ANCHORINGS),
        .protection = protection,
    };
    if (!scenario->build(&world, &options, age)) {
        return world.problem != NULL ? world.problem : garrison_status_text(world.status);
    }
    const struct sweep_subject subject = world_subject(&world);
    sweep_run(&subject, plan, result);
    world_close(&world);
    return NULL;
}

int store_sweep(int argc, char **argv, const struct store_protection *with)
{
    struct sweep_entry entries[SWEEP_ENTRIES_MAX];
    unsigned count = 0;
    protection = with;
    for (; count < ANCHORINGS * store_scenario_count && count < SWEEP_ENTRIES_MAX; count++) {
        const struct store_scenario *scenario = &store_scenarios[count / ANCHORINGS];
        entries[count] = (struct sweep_entry){.ages = scenario->ages, .number = count, .run = run};
        (void)snprintf(entries[count].name, sizeof entries[count].name, "%s%s", scenario->name,
                       endings[count % ANCHORINGS]);
    }
    return sweep_main(argc, argv, entries, count);
}

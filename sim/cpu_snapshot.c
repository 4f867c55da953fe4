/*
 * Snapshots of the processor: the architectural state, and what the engine has loaded of it.
 *
 * What is known of code (hooks, counts, rights of pages) is not part of it: it depends on memory
 * only, whose changes are told, and on rules, whose number comes back with them.
 */
#include <stdlib.h>

#include "cpu_engine.h"

struct cpu_snapshot {
    struct v8m v;
    struct cpu_loaded loaded;
    uint32_t generation;
    void *engine;
};

struct cpu_snapshot *cpu_snapshot_take(struct sim_cpu *cpu)
{
    struct cpu_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL) {
        return NULL;
    }
    snapshot->engine = engine_save(cpu);
    if (snapshot->engine == NULL) {
        free(snapshot);
        return NULL;
    }
    snapshot->v = cpu->v;
    snapshot->loaded = cpu->loaded;
    snapshot->generation = cpu->generation;
    cpu->flush_wanted = true; /* the engine is to ask before it writes a page */
    return snapshot;
}

void cpu_snapshot_restore(struct sim_cpu *cpu, const struct cpu_snapshot *snapshot)
{
    engine_restore(cpu, snapshot->engine);
    cpu->v = snapshot->v;
    cpu->loaded = snapshot->loaded;
    cpu->generation = snapshot->generation;
    cpu->flush_wanted = true;
    debug_forget(cpu);
}

void cpu_snapshot_free(struct cpu_snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    engine_save_free(snapshot->engine);
    free(snapshot);
}

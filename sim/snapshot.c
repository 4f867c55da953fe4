/*
 * Snapshots of the whole machine.
 *
 * Every part is a struct that owns nothing, or pages of memory: so a snapshot copies structs and
 * shares pages (snapshot_pages.h). The parts come back in the order in which they build on each
 * other, and are not told of it; only the processor hears of memory that has changed.
 */
#include "sim_internal.h"

#include <stdlib.h>
#include <string.h>

/** What `struct sim_nv` holds behind the flash, up to what is not stored. */
#define NV_REST       offsetof(struct sim_nv, otp)
#define NV_REST_BYTES (offsetof(struct sim_nv, dirty_sector) - NV_REST)

/** The state of the public API itself. */
struct api_state {
    struct sim_console console[SIM_CONSOLES];
    uint64_t flash_operations;
    enum chip_reset_cause reset_cause;
    bool reset_wanted;
    bool boot_pending;
    bool powered;
    bool halted;
    bool rom;
};

struct sim_snapshot {
    struct sim *sim;
    struct api_state api;
    struct sim_chip chip;
    struct cpu_snapshot *cpu; /**< NULL: no processor. */
    uint8_t nv_rest[NV_REST_BYTES];
    struct snapshot_list pages;
    uint8_t devices[]; /**< The structs of chip->device[], one after the other. */
};

static size_t device_bytes(const struct sim_chip *chip)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < chip->devices; i++) {
        bytes += chip->device[i]->bytes;
    }
    return bytes;
}

static void api_save(const struct sim *sim, struct api_state *api)
{
    memcpy(api->console, sim->console, sizeof api->console);
    api->flash_operations = sim->flash_operations;
    api->reset_cause = sim->reset_cause;
    api->reset_wanted = sim->reset_wanted;
    api->boot_pending = sim->boot_pending;
    api->powered = sim->powered;
    api->halted = sim->halted;
    api->rom = sim->rom;
}

static void api_restore(struct sim *sim, const struct api_state *api)
{
    memcpy(sim->console, api->console, sizeof sim->console);
    sim->flash_operations = api->flash_operations;
    sim->reset_cause = api->reset_cause;
    sim->reset_wanted = api->reset_wanted;
    sim->boot_pending = api->boot_pending;
    sim->powered = api->powered;
    sim->halted = api->halted;
    sim->rom = api->rom;
}

static void devices_save(const struct sim_chip *chip, uint8_t *to)
{
    for (unsigned i = 0; i < chip->devices; i++) {
        memcpy(to, chip->device[i], chip->device[i]->bytes);
        to += chip->device[i]->bytes;
    }
}

static void devices_restore(struct sim_chip *chip, const uint8_t *from)
{
    for (unsigned i = 0; i < chip->devices; i++) {
        const size_t bytes = chip->device[i]->bytes;
        memcpy(chip->device[i], from, bytes);
        from += bytes;
    }
}

enum sim_status sim_snapshot_take(struct sim *sim, struct sim_snapshot **out,
                                  struct sim_error *error)
{
    *out = NULL;
    if (sim->store != NULL && !sim->config.ephemeral) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "a chip whose device file is written to has no snapshots: open it "
                        "ephemeral");
    }
    struct sim_snapshot *snapshot = calloc(1, sizeof *snapshot + device_bytes(sim->chip));
    if (snapshot == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for a snapshot");
    }
    snapshot->sim = sim;
    snapshot->cpu = sim->cpu != NULL ? cpu_snapshot_take(sim->cpu) : NULL;
    if ((sim->cpu != NULL && snapshot->cpu == NULL) ||
        !snapshot_pages_take(&sim->pages, sim->chip, &snapshot->pages)) {
        sim_snapshot_free(snapshot);
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for a snapshot");
    }
    api_save(sim, &snapshot->api);
    snapshot->chip = *sim->chip;
    memcpy(snapshot->nv_rest, (const uint8_t *)sim->nv + NV_REST, NV_REST_BYTES);
    devices_save(sim->chip, snapshot->devices);
    *out = snapshot;
    return SIM_OK;
}

static void on_page_changed(void *context, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    struct sim *sim = context;
    if (sim->cpu != NULL) {
        cpu_memory_changed(sim->cpu, id, off, len);
    }
}

static void restore_machine(struct sim *sim, const struct sim_snapshot *snapshot)
{
    devices_restore(sim->chip, snapshot->devices);
    *sim->chip = snapshot->chip;
    if (sim->cpu != NULL) {
        cpu_snapshot_restore(sim->cpu, snapshot->cpu);
    }
    api_restore(sim, &snapshot->api);
}

static bool is_own(struct sim *sim, const struct sim_snapshot *snapshot)
{
    if (snapshot->sim != sim) {
        chip_event(sim->chip, SIM_EVENT_NOTE, "a snapshot of another chip is not restored");
        return false;
    }
    return true;
}

void sim_snapshot_restore(struct sim *sim, const struct sim_snapshot *snapshot)
{
    if (is_own(sim, snapshot)) {
        /* The processor finds the code that changes at the place where it is now: pages come first. */
        snapshot_pages_restore(&sim->pages, sim->chip, &snapshot->pages, on_page_changed, sim);
        memcpy((uint8_t *)sim->nv + NV_REST, snapshot->nv_rest, NV_REST_BYTES);
        restore_machine(sim, snapshot);
    }
}

void sim_snapshot_restore_volatile(struct sim *sim, const struct sim_snapshot *snapshot)
{
    if (is_own(sim, snapshot)) {
        snapshot_pages_restore_volatile(&sim->pages, sim->chip, &snapshot->pages, on_page_changed,
                                        sim);
        restore_machine(sim, snapshot);
        /* Other quad-words than then have errors, which shows in what is within reach. */
        chip_map_changed(sim->chip);
    }
}

void sim_snapshot_free(struct sim_snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    snapshot_pages_free(&snapshot->sim->pages, &snapshot->pages);
    cpu_snapshot_free(snapshot->cpu);
    free(snapshot);
}

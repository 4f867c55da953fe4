/*
 * The public API's part for a host in the Secure side's place: its gate, memory that it lends, and
 * flash that lies over the device's own.
 */
#include "sim_internal.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_PER_SECTOR (NV_SECTOR_BYTES / 16u)
#define OVERLAID_BYTES   (NV_SECTOR_BYTES + CELLS_PER_SECTOR)

void sim_gate_set(struct sim *sim, const struct sim_gate *gate)
{
    if (sim->cpu != NULL) {
        cpu_set_gate(sim->cpu, gate);
    }
}

void sim_take_over(struct sim *sim, uint32_t vectors)
{
    sim->boot_pending = false;
    sim->halted = false;
    sim->rom = false;
    if (sim->cpu != NULL) {
        cpu_reset(sim->cpu, vectors, 0);
    }
}

uint8_t *sim_lend(struct sim *sim, struct sim_attr attr, enum sim_access_kind kind, uint32_t addr,
                  size_t len)
{
    uint32_t off = 0;
    if (sim->cpu == NULL || len == 0 || len - 1u > UINT32_MAX - addr) {
        return NULL;
    }
    const struct chip_memory *memory = cpu_reachable(sim->cpu, attr, kind, addr, len, &off);
    if (memory == NULL || (kind == SIM_WRITE && !memory->writable)) {
        return NULL;
    }
    return memory->bytes + off;
}

void sim_lend_end(struct sim *sim, uint32_t addr, size_t len)
{
    for (unsigned id = 0; id < CHIP_MEMORIES; id++) {
        const struct chip_memory *memory = &sim->chip->memory[id];
        if (memory->writable && addr >= memory->base_ns && addr - memory->base_ns < memory->size) {
            chip_memory_changed(sim->chip, (enum chip_memory_id)id, addr - memory->base_ns,
                                (uint32_t)len);
        }
    }
}

/* The overlay. */

static void overlay_changed(struct sim *sim)
{
    const uint32_t off = sim->overlay_first * NV_SECTOR_BYTES;
    chip_memory_changed(sim->chip, CHIP_FLASH, off, sim->overlay_count * NV_SECTOR_BYTES);
    chip_map_changed(sim->chip);
}

/** Copies the sectors of the overlay to where they are kept, or (not `keep`) back. */
static void overlay_copy(struct sim *sim, bool keep)
{
    struct sim_nv *nv = sim->nv;
    const size_t bytes = (size_t)sim->overlay_count * NV_SECTOR_BYTES;
    const size_t cells = (size_t)sim->overlay_count * CELLS_PER_SECTOR;
    uint8_t *data = nv->flash + (size_t)sim->overlay_first * NV_SECTOR_BYTES;
    uint8_t *states = nv->flash_cell + (size_t)sim->overlay_first * CELLS_PER_SECTOR;
    memcpy(keep ? sim->overlaid : data, keep ? data : sim->overlaid, bytes);
    memcpy(keep ? sim->overlaid + bytes : states, keep ? states : sim->overlaid + bytes, cells);
    for (uint32_t i = 0; i < sim->overlay_count; i++) {
        nv->overlaid[sim->overlay_first + i] = keep;
    }
}

enum sim_status sim_overlay(struct sim *sim, uint32_t addr, uint32_t len, struct sim_error *error)
{
    const struct chip_memory *flash = &sim->chip->memory[CHIP_FLASH];
    const uint32_t off = addr - flash->base_ns;
    if (off >= flash->size || len == 0 || len > flash->size - off ||
        (off | len) % NV_SECTOR_BYTES != 0 || flash_physical(sim->chip, off) != off ||
        sim->overlay_count != 0) {
        return sim_fail(error, SIM_ERROR_USAGE, "nothing can lie over 0x%X bytes at 0x%08X",
                        (unsigned)len, (unsigned)addr);
    }
    /* What the chip has stored there so far goes to the file now: later it would not. */
    const enum sim_status status = sim_commit(sim, error);
    if (status != SIM_OK) {
        return status;
    }
    sim->overlay_first = off / NV_SECTOR_BYTES;
    sim->overlay_count = len / NV_SECTOR_BYTES;
    sim->overlaid = malloc((size_t)sim->overlay_count * OVERLAID_BYTES);
    if (sim->overlaid == NULL) {
        sim->overlay_count = 0;
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    overlay_copy(sim, true);
    memset(sim->nv->flash + off, 0xFF, len);
    memset(sim->nv->flash_cell + off / 16u, NV_CELL_VIRGIN, len / 16u);
    overlay_changed(sim);
    return SIM_OK;
}

void sim_overlay_end(struct sim *sim)
{
    if (sim->overlay_count == 0) {
        return;
    }
    overlay_copy(sim, false);
    overlay_changed(sim);
    for (uint32_t i = 0; i < sim->overlay_count; i++) {
        sim->nv->dirty_sector[sim->overlay_first + i] = false;
    }
    free(sim->overlaid);
    sim->overlaid = NULL;
    sim->overlay_count = 0;
}

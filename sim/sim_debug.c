/* The public API's debugger: breakpoints and watchpoints where debug is open, memory as it sees it. */
#include <garrison/sim_debug.h>

#include "sim_internal.h"

bool sim_debug_visible(const struct sim *sim)
{
    return sim->cpu != NULL && cpu_debug_visible(sim->cpu);
}

void sim_debug_why(const struct sim *sim, struct sim_debug_stop *stop)
{
    *stop = (struct sim_debug_stop){0};
    if (sim->cpu != NULL) {
        cpu_debug_why(sim->cpu, stop);
    }
}

void sim_debug_attach(struct sim *sim, bool attached)
{
    if (sim->cpu != NULL) {
        cpu_debug_attach(sim->cpu, attached);
    }
}

void sim_debug_catch(struct sim *sim, bool faults)
{
    if (sim->cpu != NULL) {
        cpu_debug_catch(sim->cpu, faults);
    }
}

static void debug_go(struct sim *sim, enum sim_debug_kind kind)
{
    if (sim->cpu != NULL) {
        cpu_debug_go(sim->cpu, kind);
    }
}

void sim_debug_resume(struct sim *sim)
{
    debug_go(sim, SIM_DEBUG_NONE);
}

void sim_debug_step(struct sim *sim)
{
    debug_go(sim, SIM_DEBUG_STEP);
}

void sim_debug_halt(struct sim *sim)
{
    debug_go(sim, SIM_DEBUG_HALT);
}

void sim_debug_place(struct sim *sim, uint32_t addr, struct sim_debug_place *place)
{
    *place = (struct sim_debug_place){.last = UINT32_MAX};
    if (sim->cpu != NULL) {
        cpu_debug_place(sim->cpu, addr, place);
    }
}

/** Whether debug is open for an address, whatever the chip's filters say. */
static enum sim_status debug_open_at(struct sim *sim, uint32_t addr, struct sim_debug_place *place,
                                     struct sim_error *error)
{
    struct sim_debug_access access;
    chip_debug_access(sim->chip, &access);
    sim_debug_place(sim, addr, place);
    if (sim->cpu == NULL) {
        return sim_fail(error, SIM_ERROR_USAGE, "this chip has no processor");
    }
    if (!access.nonsecure) {
        return sim_fail(error, SIM_ERROR_REFUSED, "%s", access.why);
    }
    if (place->secure && access.trustzone && !access.secure) {
        return sim_fail(error, SIM_ERROR_REFUSED, "0x%08X is Secure by SAU and IDAU, and %s", addr,
                        access.why);
    }
    return SIM_OK;
}

enum sim_status sim_debug_break_set(struct sim *sim, uint32_t addr, struct sim_error *error)
{
    struct sim_debug_place place;
    const enum sim_status status = debug_open_at(sim, addr, &place, error);
    if (status != SIM_OK) {
        return status;
    }
    const struct chip_memory *memory = NULL;
    for (unsigned id = 0; id < CHIP_MEMORIES && memory == NULL; id++) {
        const struct chip_memory *one = &sim->chip->memory[id];
        memory = addr - one->base_ns < one->size || addr - one->base_s < one->size ? one : NULL;
    }
    if (memory == NULL) {
        return sim_fail(error, SIM_ERROR_USAGE, "there is no memory at 0x%08X", addr);
    }
    return cpu_break_set(sim->cpu, addr & ~1u)
               ? SIM_OK
               : sim_fail(error, SIM_ERROR_USAGE, "no more breakpoints than there are");
}

void sim_debug_break_clear(struct sim *sim, uint32_t addr)
{
    if (sim->cpu != NULL) {
        cpu_break_clear(sim->cpu, addr & ~1u);
    }
}

enum sim_status sim_debug_watch_set(struct sim *sim, const struct sim_debug_watch *watch,
                                    struct sim_error *error)
{
    struct sim_debug_place place;
    enum sim_status status = debug_open_at(sim, watch->addr, &place, error);
    if (status == SIM_OK && (watch->len == 0 || watch->len - 1u > UINT32_MAX - watch->addr)) {
        status = sim_fail(error, SIM_ERROR_USAGE, "there are no %u bytes at 0x%08X", watch->len,
                          watch->addr);
    }
    if (status == SIM_OK && !cpu_watch_set(sim->cpu, watch)) {
        status = sim_fail(error, SIM_ERROR_USAGE, "no more watchpoints than there are");
    }
    return status;
}

void sim_debug_watch_clear(struct sim *sim, const struct sim_debug_watch *watch)
{
    if (sim->cpu != NULL) {
        cpu_watch_clear(sim->cpu, watch);
    }
}

/* Memory. */

#define PRIVATE_FIRST 0xE0000000u
#define PRIVATE_BYTES 0x00100000u

/** The largest aligned access that begins at an address and is no longer than `len`. */
static uint8_t debug_size(uint32_t addr, size_t len)
{
    if ((addr & 3u) == 0 && len >= 4) {
        return 4;
    }
    return (addr & 1u) == 0 && len >= 2 ? 2 : 1;
}

/** One access; what is refused is not tried, so that no flag of the chip tells of it. */
static enum sim_status debug_access_one(struct sim *sim, struct sim_access *access,
                                        struct sim_error *error)
{
    struct sim_debug_place place;
    const enum sim_status status = debug_open_at(sim, access->addr, &place, error);
    if (status != SIM_OK) {
        return status;
    }
    access->attr =
        (struct sim_attr){.secure = place.secure && chip_trustzone(sim->chip), .privileged = true};
    if (access->addr - PRIVATE_FIRST < PRIVATE_BYTES) {
        cpu_private_access(sim->cpu, access);
        return SIM_OK;
    }
    struct bus_decision bus;
    bus_decide(sim->chip, access->addr, access->kind, access->attr, &bus);
    if (bus.answer != SIM_ANSWER_OK) {
        return sim_fail(error, SIM_ERROR_REFUSED, "0x%08X: %s: %s", access->addr,
                        bus_filter_name(bus.filter), bus.why);
    }
    const bool write = access->kind == SIM_WRITE;
    if (write && bus.memory != NULL && !bus.memory->writable) {
        return sim_fail(error, SIM_ERROR_REFUSED, "0x%08X is flash: use `load`", access->addr);
    }
    sim->chip->tool_asks = true;
    const enum sim_answer answer =
        write ? bus_write(sim->chip, access->addr, access->size, access->attr, access->value, &bus)
              : bus_read(sim->chip, access->addr, access->size, access->attr, &access->value, &bus);
    sim->chip->tool_asks = false;
    return answer == SIM_ANSWER_OK ? SIM_OK
                                   : sim_fail(error, SIM_ERROR_REFUSED, "0x%08X: %s: %s",
                                              access->addr, bus_filter_name(bus.filter), bus.why);
}

enum sim_status sim_debug_read(struct sim *sim, uint32_t addr, uint8_t *data, size_t len,
                               size_t *done, struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (*done = 0; *done < len && status == SIM_OK;) {
        const uint32_t at = addr + (uint32_t)*done;
        struct sim_access access = {
            .kind = SIM_READ, .addr = at, .size = debug_size(at, len - *done)};
        status = debug_access_one(sim, &access, error);
        for (unsigned i = 0; i < access.size && status == SIM_OK; i++) {
            data[(*done)++] = (uint8_t)(access.value >> (8u * i));
        }
    }
    return status;
}

enum sim_status sim_debug_write(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len,
                                size_t *done, struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (*done = 0; *done < len && status == SIM_OK;) {
        const uint32_t at = addr + (uint32_t)*done;
        struct sim_access access = {
            .kind = SIM_WRITE, .addr = at, .size = debug_size(at, len - *done)};
        for (unsigned i = 0; i < access.size; i++) {
            access.value |= (uint32_t)data[*done + i] << (8u * i);
        }
        status = debug_access_one(sim, &access, error);
        *done += status == SIM_OK ? access.size : 0u;
    }
    return status;
}

/* FP registers. */

bool sim_debug_fp_read(struct sim *sim, uint32_t s[32], uint32_t *fpscr)
{
    return sim->cpu != NULL && cpu_fp_read(sim->cpu, s, fpscr);
}

bool sim_debug_fp_write(struct sim *sim, const uint32_t s[32], uint32_t fpscr)
{
    return sim->cpu != NULL && cpu_fp_write(sim->cpu, s, fpscr);
}

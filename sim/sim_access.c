/*
 * The public API's view into a chip: bus accesses, memory behind the filters, option words,
 * registers, state and symbols.
 */
#include "dev.h"
#include "dev_usart.h"
#include "product_state.h"
#include "sim_internal.h"

#include <string.h>

/* Bus accesses. */

#define PRIVATE_FIRST 0xE0000000u
#define PRIVATE_LAST  0xE00FFFFFu

static void access_journal(struct sim *sim, const struct sim_access *access,
                           const struct bus_decision *decision)
{
    static const char *const kinds[] = {"read", "write", "fetch"};
    chip_event(sim->chip, SIM_EVENT_REFUSED,
               "%s %s host access: %s of %u bytes at 0x%08X refused by %s: %s",
               access->attr.secure ? "Secure" : "Non-secure",
               access->attr.privileged ? "privileged" : "unprivileged", kinds[access->kind],
               access->size, access->addr, bus_filter_name(decision->filter), decision->why);
}

enum sim_answer sim_access(struct sim *sim, struct sim_access *access)
{
    if (sim->cpu != NULL && access->addr >= PRIVATE_FIRST && access->addr <= PRIVATE_LAST) {
        cpu_private_access(sim->cpu, access);
        return SIM_ANSWER_OK;
    }
    struct bus_decision decision;
    enum sim_answer answer;
    if (access->kind == SIM_WRITE) {
        answer = bus_write(sim->chip, access->addr, access->size, access->attr, access->value,
                           &decision);
    } else {
        answer = bus_read(sim->chip, access->addr, access->size, access->attr, &access->value,
                          &decision);
    }
    if (answer != SIM_ANSWER_OK) {
        access_journal(sim, access, &decision);
    }
    return answer;
}

/* Memory behind the filters. */

/** A memory as the host sees it: its bytes, and the cells that tell whether they are programmed. */
struct host_memory {
    uint32_t base_ns;
    uint32_t base_s;
    uint32_t size;
    uint8_t *bytes;
    uint8_t *cells;      /**< NULL: not a write-once memory. */
    uint32_t cell_bytes; /**< Bytes per cell. */
    int part;            /**< enum nv_part, or -1: volatile. */
    int memory;          /**< enum chip_memory_id, or -1. */
};

#define HOST_MEMORIES 8u

static unsigned host_memories(const struct sim *sim, struct host_memory list[HOST_MEMORIES])
{
    struct sim_nv *nv = sim->nv;
    unsigned count = 0;
    list[count++] = (struct host_memory){0x08FFF000u,  0x08FFF000u, NV_OTP_BYTES, nv->otp,
                                         nv->otp_cell, 2,           NV_PART_OTP,  -1};
    list[count++] = (struct host_memory){0x0BFD0000u,
                                         0x0FFD0000u,
                                         NV_OBK_BYTES,
                                         nv->obk[nv->obk_current & 1u],
                                         nv->obk_cell[nv->obk_current & 1u],
                                         16,
                                         NV_PART_OBK,
                                         -1};
    const struct chip_memory *system = &sim->chip->memory[CHIP_SYSTEM_FLASH];
    list[count++] = (struct host_memory){system->base_ns + NV_SYSTEM_IROT_OFF,
                                         system->base_s + NV_SYSTEM_IROT_OFF,
                                         NV_SYSTEM_IROT_BYTES,
                                         system->bytes + NV_SYSTEM_IROT_OFF,
                                         NULL,
                                         1,
                                         NV_PART_SYSTEM,
                                         CHIP_SYSTEM_FLASH};
    static const enum chip_memory_id ids[] = {CHIP_FLASH, CHIP_SRAM1, CHIP_SRAM2, CHIP_SRAM3,
                                              CHIP_BKPSRAM};
    for (unsigned i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const struct chip_memory *memory = &sim->chip->memory[ids[i]];
        struct host_memory *entry = &list[count++];
        *entry = (struct host_memory){
            memory->base_ns, memory->base_s, memory->size, memory->bytes, NULL, 1, -1, (int)ids[i]};
        if (ids[i] == CHIP_FLASH) {
            entry->cells = nv->flash_cell;
            entry->cell_bytes = 16;
            entry->part = NV_PART_FLASH;
        } else if (ids[i] == CHIP_BKPSRAM) {
            entry->part = NV_PART_BACKUP;
        }
    }
    return count;
}

/** Finds the memory that holds the whole range; `*off` is where in it. SIM_ERROR_USAGE: none. */
static enum sim_status host_memory_find(const struct sim *sim, uint32_t addr, size_t len,
                                        struct host_memory *found, uint32_t *off,
                                        struct sim_error *error)
{
    struct host_memory list[HOST_MEMORIES];
    const unsigned count = host_memories(sim, list);
    for (unsigned i = 0; i < count; i++) {
        const uint32_t bases[2] = {list[i].base_ns, list[i].base_s};
        for (unsigned alias = 0; alias < 2; alias++) {
            const uint32_t rel = addr - bases[alias];
            if (addr >= bases[alias] && rel < list[i].size && len <= list[i].size - rel) {
                *found = list[i];
                *off = rel;
                return SIM_OK;
            }
        }
    }
    return sim_fail(error, SIM_ERROR_USAGE,
                    "%zu bytes at 0x%08X are not within one memory of the chip", len, addr);
}

/** Where a byte of the memory really is: the flash's banks may be swapped. */
static uint32_t host_memory_byte(const struct sim *sim, const struct host_memory *memory,
                                 uint32_t off)
{
    return memory->part == NV_PART_FLASH ? flash_physical(sim->chip, off) : off;
}

enum sim_status sim_peek(struct sim *sim, uint32_t addr, uint8_t *data, size_t len,
                         struct sim_error *error)
{
    struct host_memory memory;
    uint32_t off = 0;
    const enum sim_status status = host_memory_find(sim, addr, len, &memory, &off, error);
    if (status != SIM_OK) {
        return status;
    }
    for (size_t i = 0; i < len; i++) {
        data[i] = memory.bytes[host_memory_byte(sim, &memory, off + (uint32_t)i)];
    }
    return SIM_OK;
}

enum sim_status sim_poke(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len,
                         struct sim_error *error)
{
    struct host_memory memory;
    uint32_t off = 0;
    const enum sim_status status = host_memory_find(sim, addr, len, &memory, &off, error);
    if (status != SIM_OK) {
        return status;
    }
    for (size_t i = 0; i < len; i++) {
        const uint32_t at = host_memory_byte(sim, &memory, off + (uint32_t)i);
        memory.bytes[at] = data[i];
        if (memory.cells != NULL) {
            memory.cells[at / memory.cell_bytes] = NV_CELL_PROGRAMMED;
        }
        if (memory.part >= 0) {
            nv_touch(sim->nv, (enum nv_part)memory.part, at, 1);
        }
    }
    if (memory.memory == CHIP_FLASH && len > 0) {
        const uint32_t first = host_memory_byte(sim, &memory, off);
        const uint32_t last = host_memory_byte(sim, &memory, off + (uint32_t)len - 1u);
        const bool whole = last - first != len - 1u; /* in two pieces, when banks are swapped */
        chip_memory_changed(sim->chip, CHIP_FLASH, whole ? 0 : first,
                            whole ? memory.size : (uint32_t)len);
    } else if (memory.memory >= 0) {
        const uint32_t first = memory.memory == CHIP_SYSTEM_FLASH ? NV_SYSTEM_IROT_OFF : 0;
        chip_memory_changed(sim->chip, (enum chip_memory_id)memory.memory, first + off,
                            (uint32_t)len);
    }
    chip_map_changed(sim->chip);
    return SIM_OK;
}

/* Option words. */

static const char *const option_names[NV_OB_COUNT] = {
    [NV_OB_OPTSR] = "OPTSR",        [NV_OB_OPTSR2] = "OPTSR2",  [NV_OB_NSEPOCH] = "NSEPOCHR",
    [NV_OB_SECEPOCH] = "SECEPOCHR", [NV_OB_NSBOOT] = "NSBOOTR", [NV_OB_SECBOOT] = "SECBOOTR",
    [NV_OB_OTPBL] = "OTPBLR",       [NV_OB_SECWM1] = "SECWM1R", [NV_OB_WRP1] = "WRP1R",
    [NV_OB_EDATA1] = "EDATA1R",     [NV_OB_HDP1] = "HDP1R",     [NV_OB_SECWM2] = "SECWM2R",
    [NV_OB_WRP2] = "WRP2R",         [NV_OB_EDATA2] = "EDATA2R", [NV_OB_HDP2] = "HDP2R",
};

const char *sim_option_name(unsigned index)
{
    return index < NV_OB_COUNT ? option_names[index] : NULL;
}

enum sim_status sim_option_find(const char *name, unsigned *index, struct sim_error *error)
{
    for (unsigned i = 0; i < NV_OB_COUNT; i++) {
        if (strcmp(option_names[i], name) == 0) {
            *index = i;
            return SIM_OK;
        }
    }
    return sim_fail(error, SIM_ERROR_USAGE, "there is no option word '%s'", name);
}

enum sim_status sim_option_read(struct sim *sim, const char *name, uint32_t *value,
                                struct sim_error *error)
{
    unsigned index = 0;
    const enum sim_status status = sim_option_find(name, &index, error);
    *value = status == SIM_OK ? sim->nv->option[index] : 0;
    return status;
}

enum sim_status sim_option_write(struct sim *sim, const char *name, uint32_t value,
                                 struct sim_error *error)
{
    unsigned index = 0;
    const enum sim_status status = sim_option_find(name, &index, error);
    if (status == SIM_OK) {
        sim->nv->option[index] = value;
        sim->nv->option[NV_OPTION_PENDING + index] = value;
        nv_touch(sim->nv, NV_PART_OPTIONS, index * 4u, 4);
        chip_map_changed(sim->chip);
    }
    return status;
}

/* State, registers, symbols, input. */

static uint32_t sectors_used(const struct sim_nv *nv)
{
    uint32_t used = 0;
    for (uint32_t sector = 0; sector < NV_FLASH_SECTORS; sector++) {
        const uint8_t *cell = &nv->flash_cell[sector * (NV_SECTOR_BYTES / 16u)];
        bool any = false;
        for (uint32_t i = 0; i < NV_SECTOR_BYTES / 16u; i++) {
            any = any || cell[i] != NV_CELL_VIRGIN;
        }
        used += any ? 1u : 0u;
    }
    return used;
}

void sim_state_get(const struct sim *sim, struct sim_state *state)
{
    const struct sim_nv *nv = sim->nv;
    *state = (struct sim_state){
        .boots = nv->boots,
        .product_state = product_state_name(nv->option[NV_OB_OPTSR]),
        .trustzone = chip_trustzone(sim->chip),
        .hdpl = sim->powered ? chip_hdpl(sim->chip) : 0,
        .sectors_used = sectors_used(nv),
    };
    memcpy(state->uid, nv->uid, sizeof state->uid);
    memcpy(state->backup, nv->backup, sizeof state->backup);
}

void sim_debug_access(const struct sim *sim, struct sim_debug_access *access)
{
    chip_debug_access(sim->chip, access);
}

uint32_t sim_reg_read(struct sim *sim, enum sim_reg reg)
{
    return sim->cpu != NULL ? cpu_reg_read(sim->cpu, reg) : 0;
}

void sim_reg_write(struct sim *sim, enum sim_reg reg, uint32_t value)
{
    if (sim->cpu != NULL) {
        cpu_reg_write(sim->cpu, reg, value);
    }
}

void sim_symbol_text(void *context, uint32_t addr, char *text, size_t size)
{
    const struct sim *sim = context;
    symbols_text(sim->symbols, addr, text, size);
}

enum sim_status sim_symbols_add(struct sim *sim, const char *elf_path, struct sim_error *error)
{
    return symbols_add(sim->symbols, elf_path, error);
}

void sim_uart_send(struct sim *sim, unsigned uart, uint8_t byte)
{
    for (unsigned i = 0; i < chip_row_count; i++) {
        const struct dev_row *row = &chip_rows[i];
        if (row->make == usart_new && row->index == uart) {
            usart_receive(chip_device(sim->chip, row->name), byte);
        }
    }
}

enum sim_status sim_journal_read(const char *path, uint64_t limit, sim_event_fn *each,
                                 void *context, struct sim_error *error)
{
    return store_read_events(path, limit, each, context, error);
}

#include "chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev.h"
#include "rss.h"

#define OPTSR2_SRAM1_3_KEPT (1u << 2) /* SRAM1_3_RST: 1 = not erased by a system reset. */
#define OPTSR2_SRAM2_KEPT   (1u << 3)
#define OPTSR2_TZEN(optsr2) ((optsr2) >> 24)
#define TZEN_ON             0xB4u

/** What SRAM holds after power-on: not zero, so that code which relies on it is found. */
#define SRAM_POWER_ON_BYTE 0xA5

/** What a system reset leaves in an SRAM that the option bytes let it erase. [U] */
#define SRAM_ERASED_BYTE 0x00

#define MEMORY_ALIGN 4096u

static bool chip_is_sram(unsigned id)
{
    return id == CHIP_SRAM1 || id == CHIP_SRAM2 || id == CHIP_SRAM3;
}

static bool chip_make_memories(struct sim_chip *chip)
{
    unsigned pages = 0;
    memcpy(chip->memory, chip_memories, sizeof chip->memory);
    for (unsigned i = 0; i < CHIP_MEMORIES; i++) {
        chip->memory[i].first_page = pages;
        pages += chip->memory[i].size / WRITTEN_PAGE_BYTES;
    }
    chip->written = calloc(1, sizeof *chip->written);
    if (chip->written == NULL || pages > WRITTEN_PAGES_MAX) {
        return false;
    }
    chip->memory[CHIP_FLASH].bytes = chip->nv->flash;
    chip->memory[CHIP_SYSTEM_FLASH].bytes = chip->nv->system;
    rss_install(chip->nv);
    chip->memory[CHIP_BKPSRAM].bytes = chip->nv->bkpsram;
    for (unsigned i = 0; i < CHIP_MEMORIES; i++) {
        struct chip_memory *memory = &chip->memory[i];
        if (memory->bytes != NULL) {
            continue;
        }
        memory->bytes = aligned_alloc(MEMORY_ALIGN, memory->size);
        if (memory->bytes == NULL) {
            return false;
        }
        memset(memory->bytes, SRAM_POWER_ON_BYTE, memory->size);
    }
    return true;
}

static bool chip_make_devices(struct sim_chip *chip)
{
    for (unsigned i = 0; i < chip_row_count; i++) {
        const struct dev_row *row = &chip_rows[i];
        if (row->make == NULL) {
            continue;
        }
        struct sim_device *dev = row->make(chip, row);
        if (dev == NULL) {
            return false;
        }
        dev->name = row->name;
        dev->base = row->base;
        dev->size = row->size;
        dev->chip = chip;
        dev->row = row;
        dev->deadline = SIM_NEVER;
        chip->device[chip->devices++] = dev;
    }
    return true;
}

void *device_new(size_t bytes)
{
    struct sim_device *dev = calloc(1, bytes);
    if (dev != NULL) {
        dev->bytes = bytes;
    }
    return dev;
}

struct sim_chip *chip_new(struct sim_nv *nv, const struct chip_listener *listener)
{
    struct sim_chip *chip = calloc(1, sizeof *chip);
    if (chip == NULL) {
        return NULL;
    }
    chip->nv = nv;
    chip->next_event = SIM_NEVER;
    if (listener != NULL) {
        chip->listener = *listener;
    }
    if (!chip_make_memories(chip) || !chip_make_devices(chip)) {
        chip_free(chip);
        return NULL;
    }
    return chip;
}

void chip_free(struct sim_chip *chip)
{
    if (chip == NULL) {
        return;
    }
    for (unsigned i = 0; i < chip->devices; i++) {
        free(chip->device[i]);
    }
    for (unsigned i = 0; i < CHIP_MEMORIES; i++) {
        if (chip_is_sram(i)) {
            free(chip->memory[i].bytes);
        }
    }
    free(chip->written);
    free(chip);
}

/** Whether the option bytes let a system reset erase an SRAM. */
static bool chip_reset_erases(const struct sim_chip *chip, unsigned id)
{
    const uint32_t kept = id == CHIP_SRAM2 ? OPTSR2_SRAM2_KEPT : OPTSR2_SRAM1_3_KEPT;
    return (chip->nv->option[NV_OB_OPTSR2] & kept) == 0;
}

static void chip_reset_memories(struct sim_chip *chip, enum sim_reset_kind kind)
{
    for (unsigned i = 0; i < CHIP_MEMORIES; i++) {
        struct chip_memory *memory = &chip->memory[i];
        if (!chip_is_sram(i) || (kind != SIM_RESET_POWER && !chip_reset_erases(chip, i))) {
            continue;
        }
        memset(memory->bytes, kind == SIM_RESET_POWER ? SRAM_POWER_ON_BYTE : SRAM_ERASED_BYTE,
               memory->size);
        chip_memory_changed(chip, (enum chip_memory_id)i, 0, memory->size);
    }
}

void chip_reset(struct sim_chip *chip, enum chip_reset_cause cause)
{
    const enum sim_reset_kind kind =
        cause == CHIP_RESET_POWER_ON ? SIM_RESET_POWER : SIM_RESET_SYSTEM;
    chip->cause = cause;
    chip->secrets_blocked = false;
    chip->reset_at = chip->now;
    if (kind == SIM_RESET_POWER) {
        chip->now = 0;
    }
    for (unsigned i = 0; i < CHIP_IRQS; i++) {
        chip_irq(chip, i, false);
    }
    chip->next_event = SIM_NEVER;
    for (unsigned i = 0; i < chip->devices; i++) {
        chip->device[i]->deadline = SIM_NEVER;
    }
    /* Ascending base, so the flash loads its option bytes before any filter asks for TZEN. */
    for (unsigned i = 0; i < chip->devices; i++) {
        chip->device[i]->ops->reset(chip->device[i], kind);
    }
    chip_reset_memories(chip, kind);
    chip_map_changed(chip);
}

struct sim_device *chip_device(const struct sim_chip *chip, const char *name)
{
    for (unsigned i = 0; i < chip->devices; i++) {
        if (strcmp(chip->device[i]->name, name) == 0) {
            return chip->device[i];
        }
    }
    return NULL;
}

void chip_irq(struct sim_chip *chip, unsigned irq, bool level)
{
    if (irq >= CHIP_IRQS || chip->irq_level[irq] == level) {
        return;
    }
    chip->irq_level[irq] = level;
    if (chip->listener.irq != NULL) {
        chip->listener.irq(chip->listener.context, irq, level);
    }
}

void chip_nmi(struct sim_chip *chip)
{
    if (chip->listener.nmi != NULL) {
        chip->listener.nmi(chip->listener.context);
    }
}

void chip_map_changed(struct sim_chip *chip)
{
    if (chip->listener.map_changed != NULL) {
        chip->listener.map_changed(chip->listener.context);
    }
}

void chip_note_written(struct sim_chip *chip, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    const struct chip_memory *memory = &chip->memory[id];
    const uint32_t grain = id == CHIP_FLASH ? NV_SECTOR_BYTES : WRITTEN_PAGE_BYTES;
    if (!chip->written->tracked || len == 0 || off >= memory->size) {
        return;
    }
    const uint32_t last = (off + len - 1u) | (grain - 1u);
    const uint32_t end = last < memory->size ? last + 1u : memory->size;
    for (uint32_t at = off & ~(grain - 1u); at < end; at += WRITTEN_PAGE_BYTES) {
        written_note(chip->written, memory->first_page + at / WRITTEN_PAGE_BYTES);
    }
}

void chip_memory_changed(struct sim_chip *chip, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    chip_note_written(chip, id, off, len);
    if (chip->listener.memory_changed != NULL) {
        chip->listener.memory_changed(chip->listener.context, id, off, len);
    }
}

void chip_flash_busy(struct sim_chip *chip)
{
    if (chip->listener.flash_busy != NULL) {
        chip->listener.flash_busy(chip->listener.context);
    }
}

void chip_want_reset(struct sim_chip *chip, enum chip_reset_cause cause)
{
    if (chip->listener.reset_wanted != NULL) {
        chip->listener.reset_wanted(chip->listener.context, cause);
    }
}

void chip_uart(struct sim_chip *chip, unsigned uart, uint8_t byte)
{
    if (chip->listener.uart != NULL) {
        chip->listener.uart(chip->listener.context, uart, byte);
    }
}

void chip_clock_changed(struct sim_chip *chip)
{
    for (unsigned i = 0; i < chip->devices; i++) {
        if (chip->device[i]->ops->clock != NULL) {
            chip->device[i]->ops->clock(chip->device[i]);
        }
    }
}

void chip_event(struct sim_chip *chip, enum sim_event_kind kind, const char *format, ...)
{
    if (chip->listener.event == NULL) {
        return;
    }
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    chip->listener.event(chip->listener.context, kind, text);
}

/** The device whose event is due first; of several at one instant, the one with the lowest base. */
static struct sim_device *chip_first_due(const struct sim_chip *chip)
{
    struct sim_device *first = NULL;
    uint64_t when = SIM_NEVER;
    for (unsigned i = 0; i < chip->devices; i++) {
        if (chip->device[i]->deadline < when) {
            first = chip->device[i];
            when = first->deadline;
        }
    }
    return first;
}

static void chip_find_next_event(struct sim_chip *chip)
{
    const struct sim_device *first = chip_first_due(chip);
    chip->next_event = first != NULL ? first->deadline : SIM_NEVER;
}

void chip_deadline(struct sim_chip *chip, struct sim_device *dev, uint64_t when)
{
    const uint64_t old = dev->deadline;
    const uint64_t before = chip->next_event;
    dev->deadline = when < chip->now ? chip->now : when;
    if (dev->deadline < before) {
        chip->next_event = dev->deadline;
        if (chip->listener.deadline != NULL) {
            chip->listener.deadline(chip->listener.context);
        }
    } else if (old == before && dev->deadline != old) { /* it was the first one, or one of them */
        chip_find_next_event(chip);
    }
}

void chip_advance(struct sim_chip *chip, uint64_t now)
{
    while (chip->next_event <= now) {
        struct sim_device *dev = chip_first_due(chip);
        if (dev == NULL) {
            break;
        }
        if (dev->deadline > chip->now) {
            chip->now = dev->deadline;
        }
        dev->deadline = SIM_NEVER;
        chip_find_next_event(chip);
        if (dev->ops->event != NULL) {
            dev->ops->event(dev, chip->now);
        }
    }
    if (now > chip->now) {
        chip->now = now;
    }
}

bool chip_trustzone(const struct sim_chip *chip)
{
    return OPTSR2_TZEN(chip->nv->option[NV_OB_OPTSR2]) == TZEN_ON;
}

uint64_t chip_ticks(const struct sim_chip *chip, uint32_t us)
{
    return (uint64_t)us * chip_clock_hz(chip) / 1000000u;
}

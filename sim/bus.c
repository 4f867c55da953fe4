#include "bus.h"

#include <stdio.h>
#include <string.h>

#include "dev.h"

/** A Secure transaction through a Non-secure alias counts as Non-secure. [U] */
#define BUS_NS_ALIAS_DEMOTES true

/** Granule in which "nothing is there" is answered; at most the processor's page. */
#define BUS_VOID_BYTES 1024u

/** A window of Secure aliases: the Non-secure one is `delta` below. */
struct bus_window {
    uint32_t first;
    uint32_t last;
    uint32_t delta;
};

static const struct bus_window bus_windows[] = {
    {0x0C000000, 0x0FFFFFFF, 0x04000000}, /* flash, system flash, OBK, high-cycle data */
    {0x30000000, 0x3FFFFFFF, 0x10000000}, /* SRAM */
    {0x50000000, 0x5FFFFFFF, 0x10000000}, /* peripherals */
};

/** What an address leads to. At most one of `memory` and `row` is set; `dev` goes with `row`. */
struct bus_target {
    const struct chip_memory *memory;
    const struct dev_row *row;
    struct sim_device *dev;
    bool secure_alias;
    uint32_t off; /**< In the memory or block; in a memory before any swap of banks. */
};

static const char *const bus_filter_names[] = {
    [BUS_FILTER_NONE] = "none",   [BUS_FILTER_DECODE] = "decode",      [BUS_FILTER_ALIAS] = "alias",
    [BUS_FILTER_MPCBB] = "MPCBB", [BUS_FILTER_TZSC] = "TZSC",          [BUS_FILTER_SECWM] = "SECWM",
    [BUS_FILTER_SECBB] = "SECBB", [BUS_FILTER_PRIVBB] = "PRIVBB",      [BUS_FILTER_HDP] = "HDP",
    [BUS_FILTER_OBK] = "OBK",     [BUS_FILTER_READONLY] = "read-only", [BUS_FILTER_TAMP] = "TAMP",
    [BUS_FILTER_BLOCK] = "block",
};

const char *bus_filter_name(enum bus_filter filter)
{
    return bus_filter_names[filter];
}

static const struct dev_row *bus_row_at(uint32_t addr)
{
    unsigned low = 0;
    unsigned high = chip_row_count;
    while (low < high) {
        const unsigned mid = (low + high) / 2u;
        const struct dev_row *row = &chip_rows[mid];
        if (addr < row->base) {
            high = mid;
        } else if (addr - row->base >= row->size) {
            low = mid + 1u;
        } else {
            return row;
        }
    }
    return NULL;
}

static struct sim_device *bus_device_of(const struct sim_chip *chip, const struct dev_row *row)
{
    unsigned low = 0;
    unsigned high = chip->devices;
    while (low < high) {
        const unsigned mid = (low + high) / 2u;
        if (row->base == chip->device[mid]->base) {
            return chip->device[mid];
        }
        if (row->base < chip->device[mid]->base) {
            high = mid;
        } else {
            low = mid + 1u;
        }
    }
    return NULL;
}

static struct bus_target bus_find(const struct sim_chip *chip, uint32_t addr)
{
    struct bus_target target = {0};
    uint32_t plain = addr;
    for (unsigned i = 0; i < sizeof bus_windows / sizeof bus_windows[0]; i++) {
        if (addr >= bus_windows[i].first && addr <= bus_windows[i].last) {
            plain = addr - bus_windows[i].delta;
            target.secure_alias = true;
        }
    }
    for (unsigned i = 0; i < CHIP_MEMORIES; i++) {
        const struct chip_memory *memory = &chip->memory[i];
        if (plain - memory->base_ns < memory->size) {
            target.memory = memory;
            target.off = plain - memory->base_ns;
            return target;
        }
    }
    target.row = bus_row_at(plain);
    if (target.row == NULL || (target.row->ns_only && target.secure_alias)) {
        target.row = NULL;
        return target;
    }
    target.off = plain - target.row->base;
    target.dev = target.row->make != NULL ? bus_device_of(chip, target.row) : NULL;
    return target;
}

/** How the transaction arrives at its target. */
static struct sim_attr bus_arriving(const struct bus_target *target, struct sim_attr attr)
{
    attr.secure = attr.secure && (target->secure_alias || !BUS_NS_ALIAS_DEMOTES);
    return attr;
}

static void bus_refused(struct bus_decision *out, enum sim_answer answer, enum bus_filter filter)
{
    out->answer = answer;
    out->filter = filter;
}

/** A refusal that leaves the access without effect: a fetch is a bus error. */
static void bus_refused_softly(struct bus_decision *out, enum sim_access_kind kind,
                               enum bus_filter filter)
{
    bus_refused(out, kind == SIM_FETCH ? SIM_ANSWER_ERROR : SIM_ANSWER_IGNORED, filter);
}

/** Whether the security of the transaction and the alias fit; refuses if they do not. */
static bool bus_alias_fits(const struct sim_chip *chip, const struct bus_target *target,
                           enum sim_access_kind kind, struct sim_attr attr,
                           struct bus_decision *out)
{
    if (!target->secure_alias) {
        return true;
    }
    if (!chip_trustzone(chip)) {
        bus_refused(out, SIM_ANSWER_ERROR, BUS_FILTER_ALIAS);
        (void)snprintf(out->why, sizeof out->why,
                       "a Secure alias, and TrustZone is off (FLASH_OPTSR2.TZEN)");
        return false;
    }
    if (!attr.secure) {
        bus_refused_softly(out, kind, BUS_FILTER_ALIAS);
        out->illegal = true;
        (void)snprintf(out->why, sizeof out->why,
                       "the Secure alias of %s, the access is Non-secure",
                       target->memory != NULL ? target->memory->name : target->row->name);
        return false;
    }
    return true;
}

static void bus_decide_void(uint32_t addr, struct bus_decision *out)
{
    bus_refused(out, SIM_ANSWER_ERROR, BUS_FILTER_DECODE);
    (void)snprintf(out->why, sizeof out->why, "nothing is at 0x%08X", addr);
    /* The neighbourhood may hold a small block, so only aligned pieces without any are widened. */
    out->first = addr & ~3u;
    out->last = addr | 3u;
    const uint32_t first = addr & ~(BUS_VOID_BYTES - 1u);
    const uint32_t last = addr | (BUS_VOID_BYTES - 1u);
    for (unsigned i = 0; i < chip_row_count; i++) {
        for (unsigned window = 0; window <= sizeof bus_windows / sizeof bus_windows[0]; window++) {
            const uint32_t delta = window == 0 ? 0 : bus_windows[window - 1u].delta;
            const uint32_t base = chip_rows[i].base + delta;
            if (base <= last && base + (chip_rows[i].size - 1u) >= first) {
                return;
            }
        }
    }
    out->first = first;
    out->last = last;
}

static bool bus_decide_flash(const struct sim_chip *chip, const struct bus_target *target,
                             enum sim_access_kind kind, struct sim_attr attr,
                             struct bus_decision *out)
{
    out->off = flash_physical(chip, target->off);
    if (!flash_check(chip, target->off, kind, attr, out)) {
        return false;
    }
    out->direct = kind != SIM_WRITE && flash_direct(chip, target->off, out);
    return true;
}

/** Whether TAMP withholds a memory; refuses if it does. */
static bool bus_withheld(const struct sim_chip *chip, enum chip_memory_id id,
                         enum sim_access_kind kind, struct bus_decision *out)
{
    if (!tamp_blocks(chip, id)) {
        return false;
    }
    bus_refused_softly(out, kind, BUS_FILTER_TAMP);
    (void)snprintf(out->why, sizeof out->why,
                   "%s is withheld (TAMP_CR2.BKBLOCK, or a tamper that is not confirmed)",
                   chip->memory[id].name);
    return true;
}

static bool bus_decide_bkpsram(const struct sim_chip *chip, const struct bus_target *target,
                               enum sim_access_kind kind, struct sim_attr attr,
                               struct bus_decision *out)
{
    if (!gtzc_check_bkpsram(chip, target->off, attr, out)) {
        if (kind == SIM_FETCH) {
            out->answer = SIM_ANSWER_ERROR;
        }
        return false;
    }
    if (bus_withheld(chip, CHIP_BKPSRAM, kind, out)) {
        return false;
    }
    if (kind == SIM_WRITE && !pwr_backup_open(chip)) {
        bus_refused(out, SIM_ANSWER_IGNORED, BUS_FILTER_READONLY);
        (void)snprintf(out->why, sizeof out->why,
                       "the backup domain is write-protected (PWR_DBPCR.DBP is 0)");
        return false;
    }
    out->direct = true;
    return true;
}

static bool bus_decide_sram(const struct sim_chip *chip, const struct bus_target *target,
                            enum sim_access_kind kind, struct sim_attr attr,
                            struct bus_decision *out)
{
    const enum chip_memory_id id = (enum chip_memory_id)(target->memory - chip->memory);
    const uint32_t base = out->first;
    if (!gtzc_check_sram(chip, id, target->off, attr, kind, out) ||
        bus_withheld(chip, id, kind, out)) {
        return false;
    }
    out->direct = true;
    if (id == CHIP_SRAM2 && ramcfg_sram2_protected(chip, target->off)) {
        /* Reads and writes differ here, so neither is direct; 1-KB pages, as in RAMCFG_M2WPRn. */
        const uint32_t page = base + (target->off & ~0x3FFu);
        out->first = out->first > page ? out->first : page;
        out->last = out->last < page + 0x3FFu ? out->last : page + 0x3FFu;
        out->direct = kind == SIM_FETCH;
        if (kind == SIM_WRITE) {
            bus_refused(out, SIM_ANSWER_IGNORED, BUS_FILTER_READONLY);
            (void)snprintf(out->why, sizeof out->why,
                           "SRAM2 page %u is write-protected (RAMCFG_M2WPR)",
                           (unsigned)(target->off >> 10));
            return false;
        }
    }
    return true;
}

static void bus_decide_memory(const struct sim_chip *chip, const struct bus_target *target,
                              uint32_t addr, enum sim_access_kind kind, struct sim_attr attr,
                              struct bus_decision *out)
{
    out->memory = target->memory;
    out->off = target->off;
    out->first = addr - target->off;
    out->last = out->first + (target->memory->size - 1u);
    if (!bus_alias_fits(chip, target, kind, attr, out)) {
        return;
    }
    attr = bus_arriving(target, attr);
    switch ((enum chip_memory_id)(target->memory - chip->memory)) {
    case CHIP_FLASH:
        (void)bus_decide_flash(chip, target, kind, attr, out);
        return;
    case CHIP_SYSTEM_FLASH:
        out->direct = flash_check_system(chip, target->off, kind, attr, out);
        return;
    case CHIP_BKPSRAM:
        (void)bus_decide_bkpsram(chip, target, kind, attr, out);
        return;
    case CHIP_SRAM1:
    case CHIP_SRAM2:
    case CHIP_SRAM3:
    case CHIP_MEMORIES:
    default:
        (void)bus_decide_sram(chip, target, kind, attr, out);
        return;
    }
}

static void bus_decide_block(const struct sim_chip *chip, const struct bus_target *target,
                             uint32_t addr, enum sim_access_kind kind, struct sim_attr attr,
                             struct bus_decision *out)
{
    out->device = target->dev;
    out->off = target->off;
    out->first = addr - target->off;
    out->last = out->first + (target->row->size - 1u);
    if (!bus_alias_fits(chip, target, kind, attr, out)) {
        return;
    }
    attr = bus_arriving(target, attr);
    if (target->dev == NULL) {
        if (chip->strict_blocks) {
            bus_refused(out, SIM_ANSWER_ERROR, BUS_FILTER_BLOCK);
            (void)snprintf(out->why, sizeof out->why, "%s is not modelled", target->row->name);
        }
        return;
    }
    if (!gtzc_check_device(chip, target->dev, attr, out)) {
        if (kind == SIM_FETCH) {
            out->answer = SIM_ANSWER_ERROR;
        }
        return;
    }
    if (!flash_check_area(chip, target->dev, target->off, kind, attr, out)) {
        return;
    }
    if (kind == SIM_FETCH) {
        bus_refused(out, SIM_ANSWER_ERROR, BUS_FILTER_DECODE);
        (void)snprintf(out->why, sizeof out->why, "%s holds no instructions", target->row->name);
    }
}

static struct bus_target bus_decide_target(const struct sim_chip *chip, uint32_t addr,
                                           enum sim_access_kind kind, struct sim_attr attr,
                                           struct bus_decision *out)
{
    const struct bus_target target = bus_find(chip, addr);
    *out = (struct bus_decision){.answer = SIM_ANSWER_OK};
    if (target.memory != NULL) {
        bus_decide_memory(chip, &target, addr, kind, attr, out);
    } else if (target.row != NULL) {
        bus_decide_block(chip, &target, addr, kind, attr, out);
    } else {
        bus_decide_void(addr, out);
    }
    return target;
}

void bus_decide(const struct sim_chip *chip, uint32_t addr, enum sim_access_kind kind,
                struct sim_attr attr, struct bus_decision *out)
{
    (void)bus_decide_target(chip, addr, kind, attr, out);
}

uint64_t bus_wait(const struct sim_chip *chip, uint32_t addr, enum sim_access_kind kind)
{
    const uint64_t until = flash_busy_until(chip);
    if (until == 0) {
        return 0;
    }
    const struct bus_target target = bus_find(chip, addr);
    return flash_holds(chip, target.memory, target.dev, target.off, kind) ? until : 0;
}

void bus_refuse(struct sim_chip *chip, const struct bus_decision *decision, struct sim_attr attr)
{
    (void)attr; /* What is illegal is already decided; who asked is the caller's to journal. */
    gtzc_flag_illegal(chip, decision);
}

static uint32_t bus_mask(unsigned size)
{
    return size == 4u ? 0xFFFFFFFFu : (1u << (8u * size)) - 1u;
}

/** Whether a device can take the access as it is: registers are not reached unaligned. */
static bool bus_device_can(uint32_t addr, unsigned size, const struct bus_target *target,
                           struct bus_decision *out)
{
    if ((addr & (size - 1u)) == 0) {
        return true;
    }
    bus_refused(out, SIM_ANSWER_ERROR, BUS_FILTER_DECODE);
    (void)snprintf(out->why, sizeof out->why, "%s is not reached unaligned", target->row->name);
    return false;
}

static void bus_touch_block(struct sim_chip *chip, const struct dev_row *row)
{
    bool *touched = &chip->touched_block[row - chip_rows];
    if (*touched) {
        return;
    }
    *touched = true;
    chip_event(chip, SIM_EVENT_BLOCK, "%s at 0x%08X is not modelled: reads are zero", row->name,
               row->base);
}

static uint32_t bus_read_memory(struct sim_chip *chip, const struct bus_target *target,
                                unsigned size, const struct bus_decision *decision)
{
    if (target->memory == &chip->memory[CHIP_FLASH] && !decision->direct) {
        return flash_memory_read(chip, target->off, size);
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint32_t)target->memory->bytes[decision->off + i] << (8u * i);
    }
    return value;
}

static void bus_write_memory(struct sim_chip *chip, const struct bus_target *target, unsigned size,
                             struct sim_attr attr, uint32_t value,
                             const struct bus_decision *decision)
{
    const enum chip_memory_id id = (enum chip_memory_id)(target->memory - chip->memory);
    if (id == CHIP_FLASH) {
        flash_memory_write(chip, target->off, size, value, attr);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        target->memory->bytes[decision->off + i] = (uint8_t)(value >> (8u * i));
    }
    if (id == CHIP_BKPSRAM) {
        nv_touch(chip->nv, NV_PART_BACKUP, decision->off, size);
    }
    chip_memory_changed(chip, id, decision->off, size);
}

/** An access across the end of what was decided: byte by byte, stopping at the first refusal. */
static enum sim_answer bus_read_split(struct sim_chip *chip, uint32_t addr, unsigned size,
                                      struct sim_attr attr, uint32_t *value,
                                      struct bus_decision *decision)
{
    uint32_t whole = 0;
    for (unsigned i = 0; i < size; i++) {
        uint32_t byte;
        const enum sim_answer answer = bus_read(chip, addr + i, 1, attr, &byte, decision);
        if (answer != SIM_ANSWER_OK) {
            return answer;
        }
        whole |= byte << (8u * i);
    }
    *value = whole;
    return SIM_ANSWER_OK;
}

enum sim_answer bus_read(struct sim_chip *chip, uint32_t addr, unsigned size, struct sim_attr attr,
                         uint32_t *value, struct bus_decision *decision)
{
    struct bus_decision own = {0};
    struct bus_decision *out = decision != NULL ? decision : &own;
    *value = 0;
    const struct bus_target target = bus_decide_target(chip, addr, SIM_READ, attr, out);
    if (target.row != NULL && out->answer == SIM_ANSWER_OK) {
        (void)bus_device_can(addr, size, &target, out);
    }
    if (out->answer != SIM_ANSWER_OK) {
        bus_refuse(chip, out, attr);
        return out->answer;
    }
    if (addr + (size - 1u) > out->last) {
        return bus_read_split(chip, addr, size, attr, value, decision);
    }
    if (target.memory != NULL) {
        *value = bus_read_memory(chip, &target, size, out);
        return SIM_ANSWER_OK;
    }
    if (target.dev == NULL) {
        bus_touch_block(chip, target.row);
        return SIM_ANSWER_OK;
    }
    const struct sim_txn txn = {target.off, (uint8_t)size, bus_arriving(&target, attr)};
    *value = target.dev->ops->read(target.dev, &txn) & bus_mask(size);
    return SIM_ANSWER_OK;
}

static enum sim_answer bus_write_split(struct sim_chip *chip, uint32_t addr, unsigned size,
                                       struct sim_attr attr, uint32_t value,
                                       struct bus_decision *decision)
{
    for (unsigned i = 0; i < size; i++) {
        const uint32_t byte = (value >> (8u * i)) & 0xFFu;
        const enum sim_answer answer = bus_write(chip, addr + i, 1, attr, byte, decision);
        if (answer != SIM_ANSWER_OK) {
            return answer;
        }
    }
    return SIM_ANSWER_OK;
}

enum sim_answer bus_write(struct sim_chip *chip, uint32_t addr, unsigned size, struct sim_attr attr,
                          uint32_t value, struct bus_decision *decision)
{
    struct bus_decision own = {0};
    struct bus_decision *out = decision != NULL ? decision : &own;
    const struct bus_target target = bus_decide_target(chip, addr, SIM_WRITE, attr, out);
    if (target.row != NULL && out->answer == SIM_ANSWER_OK) {
        (void)bus_device_can(addr, size, &target, out);
    }
    if (out->answer != SIM_ANSWER_OK) {
        bus_refuse(chip, out, attr);
        flash_refuse_write(chip, out, attr);
        return out->answer;
    }
    if (addr + (size - 1u) > out->last) {
        return bus_write_split(chip, addr, size, attr, value, decision);
    }
    attr = bus_arriving(&target, attr);
    if (target.memory != NULL) {
        bus_write_memory(chip, &target, size, attr, value, out);
        return SIM_ANSWER_OK;
    }
    if (target.dev == NULL) {
        bus_touch_block(chip, target.row);
        return SIM_ANSWER_OK;
    }
    const struct sim_txn txn = {target.off, (uint8_t)size, attr};
    target.dev->ops->write(target.dev, &txn, value & bus_mask(size));
    return SIM_ANSWER_OK;
}

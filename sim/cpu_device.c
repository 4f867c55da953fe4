/*
 * Unaligned accesses to devices. Device memory does not take them, whatever CCR says; the engine
 * splits one into aligned loads, or into stores of bytes, and a window sees the parts.
 *
 * A window does not know its instruction. But the registers are those of the access, and the
 * instructions of the block are known: those whose address fits are the ones that it can be. Only
 * where each of them is unaligned is the access taken to be so. Then the part that the window has
 * seen does not reach the device, and the next part asks for its page again, which is refused: the
 * engine stops at the instruction, no register has changed, and it is done, or faults, on
 * `struct v8m`.
 *
 * What cannot be the access: what stands before one that this pass through the block has seen, and
 * what follows one that fits, is always executed, and whose address nothing after it changes, its
 * own write-back by words apart: had that one been executed, a window would have seen it, for
 * nothing around a device is plain memory. If some that are left are aligned and some are not, the
 * access is let through.
 */
#include <stdlib.h>

#include "cpu_engine.h"
#include "cpu_v8m_insn.h"

struct cpu_access {
    struct v8m_operand op;
    uint32_t regs; /**< Of its address, one bit each. */
    bool decisive; /**< Always executed, and its address stays what it is. */
};

enum fit {
    FITS_NOT,
    FITS_ALIGNED,
    FITS_UNALIGNED,
};

static uint32_t address_regs(const struct v8m_operand *op)
{
    uint32_t regs = op->base >= 0 ? 1u << op->base : 0u;
    regs |= op->index >= 0 ? 1u << op->index : 0u;
    return regs;
}

static bool add(struct cpu_accesses *list, const struct cpu_step *step)
{
    struct cpu_access access = {.decisive = step->it == 0};
    if (!v8m_operand(step->first, step->second, &access.op) || access.op.base == 15) {
        return true; /* no device is near code */
    }
    if (list->count == list->room) {
        const unsigned room = list->room * 2u + 8u;
        struct cpu_access *grown = realloc(list->access, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        list->access = grown;
        list->room = room;
    }
    access.regs = address_regs(&access.op);
    list->regs |= access.regs;
    list->access[list->count++] = access;
    return true;
}

static bool collect(struct sim_cpu *cpu, struct cpu_accesses *list)
{
    const uint32_t start = cpu_block_pc(cpu->block);
    const uint32_t end = start + cpu_block_size(cpu->block);
    struct cpu_step step = {.addr = start, .it = blocks_it_at(cpu, start)};
    list->count = 0;
    list->regs = 0;
    for (; step.addr < end; blocks_next(&step)) {
        struct v8m_effect effect;
        const unsigned before = list->count;
        blocks_fetch(cpu, &step);
        if (!add(list, &step)) {
            return false;
        }
        v8m_effect(step.first, step.second, &effect);
        for (unsigned i = 0; i < list->count; i++) {
            struct cpu_access *access = &list->access[i];
            const uint32_t changed = i < before ? effect.written : effect.lost;
            access->decisive = access->decisive && (access->regs & changed) == 0;
        }
    }
    return true;
}

/** The accesses of the block that the engine is in. @return NULL: out of memory */
static struct cpu_accesses *accesses(struct sim_cpu *cpu)
{
    const uint32_t start = cpu_block_pc(cpu->block);
    struct cpu_accesses *list = &cpu->device.blocks[(start >> 1) % CPU_DEVICE_BLOCKS];
    if (list->block == cpu->block) {
        return list;
    }
    list->block = 0;
    if (!collect(cpu, list)) {
        cpu_defect(cpu, "no memory for a block");
        return NULL;
    }
    list->block = cpu->block; /* until code changes: device_forget() */
    return list;
}

/**
 * Whether an instruction, with the registers as they are, does an access, or its first part.
 * @param last set if it is the last access of the instruction
 */
static enum fit fits(const struct cpu_access *access, const uint32_t regs[16], uint32_t addr,
                     unsigned size, bool write, bool *last)
{
    const struct v8m_operand *op = &access->op;
    *last = false;
    if (op->load == write) {
        return FITS_NOT;
    }
    if (op->base == V8M_ANY_BASE) {
        return op->size == size ? FITS_ALIGNED : FITS_NOT;
    }
    uint32_t at = regs[op->base] + op->offset;
    at += op->index >= 0 ? regs[op->index] << op->shift : 0u;
    const bool unaligned = (at & (op->size - 1u)) != 0;
    if (unaligned && op->count > 1 && op->size == 4) {
        return FITS_NOT; /* it faults: cpu_align.c */
    }
    if (unaligned) {
        const bool first = write ? at == addr : (at & (0u - op->size)) == addr && size == op->size;
        return first ? FITS_UNALIGNED : FITS_NOT;
    }
    *last = addr - at == op->size * (op->count - 1u);
    return size == op->size && addr - at < op->size * op->count ? FITS_ALIGNED : FITS_NOT;
}

/** The first access of the block that can be the one in flight. */
static unsigned first_possible(const struct cpu_device *device, const struct sim_cpu *cpu)
{
    return device->block == cpu->block && device->time == cpu->v.time ? device->next : 0;
}

static bool refuse(struct sim_cpu *cpu)
{
    cpu->refuse_next = true;
    atomic_store(&cpu->break_time, 0);
    engine_flush(cpu);
    return true;
}

bool device_unaligned(struct sim_cpu *cpu, uint32_t addr, unsigned size, bool write)
{
    struct cpu_device *device = &cpu->device;
    const struct cpu_accesses *list = accesses(cpu);
    if (list == NULL || list->count == 0) {
        return false;
    }
    uint32_t regs[16];
    unsigned found[3] = {0, 0, 0};
    unsigned next = list->count + 1u;
    engine_regs(cpu, list->regs, regs);
    for (unsigned i = first_possible(device, cpu); i < list->count; i++) {
        bool last = false;
        const enum fit fit = fits(&list->access[i], regs, addr, size, write, &last);
        found[fit]++;
        if (fit != FITS_NOT && next > list->count) {
            next = last ? i + 1u : i;
        }
        if (fit != FITS_NOT && list->access[i].decisive) {
            break;
        }
    }
    if (found[FITS_UNALIGNED] != 0 && found[FITS_ALIGNED] == 0) {
        return refuse(cpu);
    }
    if (next <= list->count) {
        device->block = cpu->block;
        device->time = cpu->v.time;
        device->next = next;
    }
    return false;
}

void device_forget(struct sim_cpu *cpu)
{
    for (unsigned i = 0; i < CPU_DEVICE_BLOCKS; i++) {
        cpu->device.blocks[i].block = 0;
    }
}

void device_fini(struct sim_cpu *cpu)
{
    for (unsigned i = 0; i < CPU_DEVICE_BLOCKS; i++) {
        free(cpu->device.blocks[i].access);
    }
}

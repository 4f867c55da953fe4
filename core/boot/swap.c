#include "boot/swap.h"

#include <string.h>

#include "base/bytes.h"

/** One step: a sector copied onto another, which is erased first. */
struct step {
    uint32_t from;
    uint32_t to;
    uint32_t off; /**< Of the sector, from the start of the image. */
    const struct swap_transform *transform;
};

/** The steps of a sector: what leaves the active slot, then what enters it. */
#define STEPS_A_SECTOR 2u

uint32_t swap_steps(const struct swap *swap)
{
    uint32_t steps = 0;
    for (uint32_t i = 0; i < swap->count; i++) {
        steps += STEPS_A_SECTOR * swap->part[i].sectors;
    }
    return steps;
}

/** The part that a step is of; `*number` becomes its place among that part's steps. */
static const struct swap_part *find_part(const struct swap *swap, uint32_t *number)
{
    uint32_t i = 0;
    while (*number >= STEPS_A_SECTOR * swap->part[i].sectors) {
        *number -= STEPS_A_SECTOR * swap->part[i].sectors;
        i++;
    }
    return &swap->part[i];
}

static struct step forward_step(const struct swap *swap, uint32_t number)
{
    const struct swap_part *part = find_part(swap, &number);
    const uint32_t sector = swap->flash->sector;
    const uint32_t off = number / STEPS_A_SECTOR * sector;
    const uint32_t active = part->active_off + off;
    const uint32_t download = part->download_off + off;

    if (number % STEPS_A_SECTOR == 0) {
        return (struct step){active, download, off, part->out};
    }
    return (struct step){download + sector, active, off, part->in};
}

/** The forward step of the mirrored number, with the sectors of the download slot exchanged. */
static struct step back_step(const struct swap *swap, uint32_t number)
{
    uint32_t mirrored = swap_steps(swap) - 1u - number;
    const struct swap_part *part = find_part(swap, &mirrored);
    const uint32_t sector = swap->flash->sector;
    const uint32_t off = mirrored / STEPS_A_SECTOR * sector;
    const uint32_t active = part->active_off + off;
    const uint32_t download = part->download_off + off;

    if (mirrored % STEPS_A_SECTOR != 0) {
        return (struct step){active, download + sector, off, part->out};
    }
    return (struct step){download, active, off, part->in};
}

/** Copies a quad-word or more; what cannot be read, and needs no byte written, stays erased. */
static enum garrison_status copy(const struct swap *swap, const struct step *step, uint32_t done,
                                 uint32_t len)
{
    const struct flash_device *flash = swap->flash;
    const enum garrison_status status = flash->read(flash, step->from + done, swap->buffer, len);
    if (status != GARRISON_OK) {
        return status;
    }
    if (step->transform != NULL) {
        step->transform->apply(step->transform->context, step->off + done, swap->buffer, len);
    } else if (bytes_all(swap->buffer, len, flash->erased)) {
        return GARRISON_OK;
    }
    const enum garrison_status programmed =
        flash->program(flash, step->to + done, swap->buffer, len);
    /* A failure to read has another answer than one to write. */
    return programmed == GARRISON_OK ? GARRISON_OK : GARRISON_ERROR_MISMATCH;
}

static enum garrison_status run_step(const struct swap *swap, const struct step *step)
{
    const struct flash_device *flash = swap->flash;
    enum garrison_status status = flash->erase(flash, step->to, flash->sector);
    for (uint32_t done = 0; status == GARRISON_OK && done < flash->sector;
         done += swap->buffer_size) {
        status = copy(swap, step, done, swap->buffer_size);
        if (status == GARRISON_OK || status == GARRISON_ERROR_MISMATCH) {
            continue;
        }
        status = GARRISON_OK;
        for (uint32_t k = 0; k < swap->buffer_size && status != GARRISON_ERROR_MISMATCH;
             k += flash->unit) {
            status = copy(swap, step, done + k, flash->unit);
        }
        status = status == GARRISON_ERROR_MISMATCH ? status : GARRISON_OK;
    }
    return status == GARRISON_OK ? GARRISON_OK : GARRISON_ERROR_DEVICE;
}

typedef struct step step_fn(const struct swap *swap, uint32_t number);

static enum garrison_status run(const struct swap *swap, step_fn *step_at)
{
    enum garrison_status status = GARRISON_OK;
    const uint32_t steps = swap_steps(swap);
    while (status == GARRISON_OK && swap->journal->operation.steps < steps) {
        const struct step step = step_at(swap, swap->journal->operation.steps);
        status = run_step(swap, &step);
        if (status == GARRISON_OK) {
            status = journal_step(swap->journal);
        }
    }
    return status;
}

enum garrison_status swap_forward(const struct swap *swap)
{
    return run(swap, forward_step);
}

enum garrison_status swap_back(const struct swap *swap)
{
    return run(swap, back_step);
}

enum garrison_status swap_overwrite(const struct swap *swap)
{
    const struct swap_part *part = &swap->part[0];
    enum garrison_status status = GARRISON_OK;
    for (uint32_t i = 0; status == GARRISON_OK && i < part->sectors; i++) {
        const uint32_t off = i * swap->flash->sector;
        const struct step step = {part->download_off + swap->flash->sector + off,
                                  part->active_off + off, off, part->in};
        status = run_step(swap, &step);
    }
    return status;
}

/** Where a sector of the incoming image stands. */
static uint32_t incoming(const struct swap *swap, uint32_t index, uint32_t sector)
{
    const struct swap_part *part = &swap->part[index];
    uint32_t before = 0;
    for (uint32_t i = 0; i < index; i++) {
        before += STEPS_A_SECTOR * swap->part[i].sectors;
    }
    if (swap->journal->operation.steps >= before + STEPS_A_SECTOR * (sector + 1u)) {
        return part->active_off + sector * swap->flash->sector;
    }
    return part->download_off + (sector + 1u) * swap->flash->sector;
}

static enum garrison_status view_read(const struct flash_device *device, uint32_t off,
                                      uint8_t *data, uint32_t len)
{
    const struct swap_view *view = device->context;
    const struct flash_device *flash = view->swap->flash;
    if (!bytes_range_fits(off, len, device->size)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    while (len > 0) {
        const uint32_t within = off % flash->sector;
        const uint32_t left = flash->sector - within;
        const uint32_t part = len < left ? len : left;
        const uint32_t from = incoming(view->swap, view->index, off / flash->sector) + within;
        const enum garrison_status status = flash->read(flash, from, data, part);
        if (status != GARRISON_OK) {
            return status;
        }
        off += part;
        data += part;
        len -= part;
    }
    return GARRISON_OK;
}

void swap_view_open(struct swap_view *view, const struct swap *swap, uint32_t index)
{
    view->swap = swap;
    view->index = index;
    view->device = *swap->flash;
    view->device.size = swap->part[index].sectors * swap->flash->sector;
    view->device.context = view;
    view->device.read = view_read;
}

/*
 * Areas that somebody has tampered with, found by libFuzzer; power/store_hostile.h says what is
 * judged.
 *
 * Input: byte 0: bit 0: with an anchor; bit 1: the rest is the area itself, and the state of its
 * cells; otherwise bits 2-4 choose an image and the rest are edits of four bytes each. Bit 5: the
 * anchor is in counters, and byte 1 is about them: bit 1 and bits 2-4 as those of byte 0. When both
 * areas are given whole, the counters come first; an edit with bit 7 of its first byte is of them.
 */
#include "power/store_hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EDIT_BYTES 4u
#define EDITS_MAX  64u

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static hostile_area area;
static hostile_counters counters;

/* What is edited: an area, its cells behind it. */
struct target {
    uint8_t *bytes;
    uint32_t units;
    uint32_t sector; /* Units of one. */
    const uint8_t *image[HOSTILE_IMAGES];
};

static struct target target_area(enum world_anchoring world)
{
    struct target target = {area, HOSTILE_UNITS, HOSTILE_SECTOR / 16u, {NULL}};
    for (unsigned i = 0; i < HOSTILE_IMAGES; i++) {
        target.image[i] = hostile_image(world, (enum hostile_image)i);
    }
    return target;
}

static struct target target_counters(void)
{
    struct target target = {counters, HOSTILE_COUNTER_UNITS, HOSTILE_COUNTER_SECTOR / 16u, {NULL}};
    for (unsigned i = 0; i < HOSTILE_IMAGES; i++) {
        target.image[i] = hostile_counters_image((enum hostile_image)i);
    }
    return target;
}

static void copy_units(const struct target *target, uint32_t to, const uint8_t *image,
                       uint32_t from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t dest = (to + i) % target->units;
        const uint32_t source = (from + i) % target->units;
        memmove(target->bytes + (size_t)dest * 16u, image + (size_t)source * 16u, 16);
        target->bytes[target->units * 16u + dest] = image[target->units * 16u + source];
    }
}

static void edit(const struct target *target, const uint8_t *step)
{
    uint8_t *bytes = target->bytes;
    const uint32_t unit = step[1] % target->units;
    const uint32_t units = target->sector;
    const uint8_t *image = target->image[step[0] / 8u % HOSTILE_IMAGES];
    switch (step[0] % 8u) {
    case 0:
        copy_units(target, unit, image, step[2], 1u + step[3] % 40u);
        break;
    case 1:
        copy_units(target, unit, image, unit, 1u + step[3] % 40u);
        break;
    case 2:
        copy_units(target, unit, bytes, step[2], 1u + step[3] % 40u);
        break;
    case 3:
        copy_units(target, unit / units * units, image, step[2] % target->units / units * units,
                   units);
        break;
    case 4:
        bytes[unit * 16u + step[2] / 8u % 16u] ^= (uint8_t)(1u << step[2] % 8u);
        break;
    case 5:
        bytes[unit * 16u + step[2] % 16u] = step[3];
        break;
    case 6:
        bytes[target->units * 16u + unit] = step[2];
        if (step[3] % 2u != 0) {
            memset(bytes + (size_t)unit * 16u, 0xFF, 16);
        }
        break;
    default:
        copy_units(target, unit, target->image[HOSTILE_EMPTY], unit, 1u + step[3]);
        break;
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *problem = hostile_open();
    (void)argc;
    (void)argv;
    if (problem != NULL) {
        fprintf(stderr, "fuzz_store: %s\n", problem);
        exit(1);
    }
    return 0;
}

/* Takes what `choice` says of it as the target; how much of the data that has used. */
static size_t begin(const struct target *target, uint8_t choice, const uint8_t *data, size_t size)
{
    const size_t bytes = (size_t)target->units * 16u;
    if ((choice & 2u) == 0) {
        memcpy(target->bytes, target->image[choice / 4u % 8u % HOSTILE_IMAGES],
               bytes + target->units);
        return 0;
    }
    memset(target->bytes, 0xFF, bytes);
    memset(target->bytes + bytes, FLASH_CELL_ERASED, target->units);
    size = size < bytes + target->units ? size : bytes + target->units;
    memcpy(target->bytes, data, size);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool counted = size > 1 && (data[0] & 32u) != 0;
    if (size < 1) {
        return 0;
    }
    const enum world_anchoring world =
        counted ? WORLD_COUNTED : ((data[0] & 1u) != 0 ? WORLD_ANCHORED : WORLD_NOT_ANCHORED);
    const struct target targets[] = {target_area(world), target_counters()};
    size_t at = counted ? 2 : 1;
    if (counted) {
        at += begin(&targets[1], data[1], data + at, size - at);
    }
    at += begin(&targets[0], data[0], data + at, size - at);
    for (size_t i = 0; i < EDITS_MAX && at + EDIT_BYTES <= size; i++, at += EDIT_BYTES) {
        edit(&targets[counted && (data[at] & 128u) != 0], data + at);
    }
    hostile_fit_cells(area, HOSTILE_UNITS);
    hostile_fit_cells(counters, HOSTILE_COUNTER_UNITS);
    const char *problem = hostile_judge(world, area, counted ? counters : NULL, NULL);
    if (problem != NULL) {
        fprintf(stderr, "fuzz_store: %s\n", problem);
        abort();
    }
    return 0;
}

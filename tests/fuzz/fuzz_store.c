/*
 * Areas that somebody has tampered with, found by libFuzzer; power/store_hostile.h says what is
 * judged.
 *
 * Input: byte 0: bit 0: with an anchor; bit 1: the rest is the area itself, and the state of its
 * cells; otherwise bits 2-4 choose an image and the rest are edits of four bytes each.
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

static void copy_units(uint32_t to, const uint8_t *image, uint32_t from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t target = (to + i) % HOSTILE_UNITS;
        const uint32_t source = (from + i) % HOSTILE_UNITS;
        memmove(area + (size_t)target * 16u, image + (size_t)source * 16u, 16);
        area[HOSTILE_BYTES + target] = image[HOSTILE_BYTES + source];
    }
}

static void edit(bool anchor, const uint8_t *step)
{
    const uint32_t unit = step[1] % HOSTILE_UNITS;
    const uint32_t units = HOSTILE_SECTOR / 16u;
    const uint8_t *image =
        hostile_image(anchor, (enum hostile_image)(step[0] / 8u % HOSTILE_IMAGES));
    switch (step[0] % 8u) {
    case 0:
        copy_units(unit, image, step[2], 1u + step[3] % 40u);
        break;
    case 1:
        copy_units(unit, image, unit, 1u + step[3] % 40u);
        break;
    case 2:
        copy_units(unit, area, step[2], 1u + step[3] % 40u);
        break;
    case 3:
        copy_units(unit / units * units, image, step[2] % HOSTILE_UNITS / units * units, units);
        break;
    case 4:
        area[unit * 16u + step[2] / 8u % 16u] ^= (uint8_t)(1u << step[2] % 8u);
        break;
    case 5:
        area[unit * 16u + step[2] % 16u] = step[3];
        break;
    case 6:
        area[HOSTILE_BYTES + unit] = step[2];
        if (step[3] % 2u != 0) {
            memset(area + (size_t)unit * 16u, 0xFF, 16);
        }
        break;
    default:
        copy_units(unit, hostile_image(anchor, HOSTILE_EMPTY), unit, 1u + step[3]);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    const bool anchor = (data[0] & 1u) != 0;
    if ((data[0] & 2u) != 0) {
        memset(area, 0xFF, HOSTILE_BYTES);
        memset(area + HOSTILE_BYTES, FLASH_CELL_ERASED, HOSTILE_UNITS);
        memcpy(area, data + 1, size - 1 < sizeof area ? size - 1 : sizeof area);
    } else {
        memcpy(area, hostile_image(anchor, (enum hostile_image)(data[0] / 4u % HOSTILE_IMAGES)),
               sizeof area);
        for (size_t i = 0; i < EDITS_MAX && 1 + (i + 1) * EDIT_BYTES <= size; i++) {
            edit(anchor, data + 1 + i * EDIT_BYTES);
        }
    }
    hostile_fit_cells(area);
    const char *problem = hostile_judge(anchor, area, NULL);
    if (problem != NULL) {
        fprintf(stderr, "fuzz_store: %s\n", problem);
        abort();
    }
    return 0;
}

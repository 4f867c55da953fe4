#include "snapshot_pages.h"

#include <stdlib.h>
#include <string.h>

#define PAGE  WRITTEN_PAGE_BYTES
#define CELLS (PAGE / 16u)

/** A copy of a page; of flash, also of the state of its quad-words. */
struct snapshot_page {
    unsigned owners; /**< Lists that it stands in, `now` included. */
    uint8_t bytes[PAGE];
    uint8_t cells[CELLS];
};

/** A page of the chip. */
struct place {
    enum chip_memory_id id;
    uint32_t off;
    uint8_t *bytes;
    uint8_t *cells; /**< NULL: not flash. */
};

/** Backup SRAM is kept with the rest of the non-volatile state. */
static bool kept(enum chip_memory_id id)
{
    return id != CHIP_BKPSRAM;
}

/** @return false: the page is not kept here, or there is none */
static bool find(const struct sim_chip *chip, unsigned page, struct place *place)
{
    for (unsigned id = 0; id < CHIP_MEMORIES; id++) {
        const struct chip_memory *memory = &chip->memory[id];
        const uint32_t off = (page - memory->first_page) * PAGE;
        if (page < memory->first_page || off >= memory->size || !kept((enum chip_memory_id)id)) {
            continue;
        }
        place->id = (enum chip_memory_id)id;
        place->off = off;
        place->bytes = memory->bytes + off;
        place->cells = id == CHIP_FLASH ? chip->nv->flash_cell + off / 16u : NULL;
        return true;
    }
    return false;
}

static bool same(const struct place *place, const struct snapshot_page *copy)
{
    return memcmp(place->bytes, copy->bytes, PAGE) == 0 &&
           (place->cells == NULL || memcmp(place->cells, copy->cells, CELLS) == 0);
}

static struct snapshot_page *share(struct snapshot_page *copy)
{
    if (copy != NULL) {
        copy->owners++;
    }
    return copy;
}

static void drop(struct snapshot_page **copy)
{
    if (*copy != NULL && --(*copy)->owners == 0) {
        free(*copy);
    }
    *copy = NULL;
}

/** Pages that have been written equal no copy any more. */
static void forget_written(struct snapshot_pages *pages, struct written *written)
{
    for (unsigned i = 0; i < written->count; i++) {
        drop(&pages->now.page[written->page[i]]);
    }
    written_clear(written);
}

/** The copy of a page: the one before it if that is the same, as in erased flash, or a new one. */
static struct snapshot_page *copy_page(const struct place *place, struct snapshot_page *before)
{
    if (before != NULL && same(place, before)) {
        return share(before);
    }
    struct snapshot_page *copy = calloc(1, sizeof *copy);
    if (copy == NULL) {
        return NULL;
    }
    copy->owners = 1;
    memcpy(copy->bytes, place->bytes, PAGE);
    if (place->cells != NULL) {
        memcpy(copy->cells, place->cells, CELLS);
    }
    return copy;
}

bool snapshot_pages_take(struct snapshot_pages *pages, struct sim_chip *chip,
                         struct snapshot_list *list)
{
    struct snapshot_page *before = NULL;
    forget_written(pages, chip->written);
    chip->written->tracked = true;
    for (unsigned i = 0; i < WRITTEN_PAGES_MAX; i++) {
        struct place place;
        if (pages->now.page[i] == NULL && find(chip, i, &place)) {
            pages->now.page[i] = copy_page(&place, before);
            if (pages->now.page[i] == NULL) {
                return false;
            }
        }
        before = pages->now.page[i];
        list->page[i] = share(before);
    }
    pages->last = list;
    return true;
}

static void put_back(struct snapshot_pages *pages, const struct sim_chip *chip, unsigned page,
                     struct snapshot_page *copy, snapshot_changed_fn *changed, void *context)
{
    struct place place;
    if (copy == NULL || pages->now.page[page] == copy || !find(chip, page, &place)) {
        return;
    }
    drop(&pages->now.page[page]);
    pages->now.page[page] = share(copy);
    if (same(&place, copy)) {
        return;
    }
    memcpy(place.bytes, copy->bytes, PAGE);
    if (place.cells != NULL) {
        memcpy(place.cells, copy->cells, CELLS);
    }
    changed(context, place.id, place.off, PAGE);
}

void snapshot_pages_restore(struct snapshot_pages *pages, struct sim_chip *chip,
                            const struct snapshot_list *list, snapshot_changed_fn *changed,
                            void *context)
{
    struct written *written = chip->written;
    const unsigned count = written->count;
    forget_written(pages, written); /* The list of their numbers stays as it was. */
    if (pages->last == list) {
        for (unsigned i = 0; i < count; i++) {
            const unsigned page = written->page[i];
            put_back(pages, chip, page, list->page[page], changed, context);
        }
        return;
    }
    for (unsigned i = 0; i < WRITTEN_PAGES_MAX; i++) {
        put_back(pages, chip, i, list->page[i], changed, context);
    }
    pages->last = list;
}

void snapshot_pages_restore_volatile(struct snapshot_pages *pages, struct sim_chip *chip,
                                     const struct snapshot_list *list, snapshot_changed_fn *changed,
                                     void *context)
{
    struct place place;
    forget_written(pages, chip->written);
    for (unsigned i = 0; i < WRITTEN_PAGES_MAX; i++) {
        if (find(chip, i, &place) && place.id >= CHIP_SRAM1 && place.id <= CHIP_SRAM3) {
            put_back(pages, chip, i, list->page[i], changed, context);
        }
    }
    pages->last = NULL; /* Flash differs from every list, and not only where it is written next. */
}

void snapshot_pages_free(struct snapshot_pages *pages, struct snapshot_list *list)
{
    if (pages->last == list) {
        pages->last = NULL;
    }
    for (unsigned i = 0; i < WRITTEN_PAGES_MAX; i++) {
        drop(&list->page[i]);
    }
}

void snapshot_pages_fini(struct snapshot_pages *pages)
{
    for (unsigned i = 0; i < WRITTEN_PAGES_MAX; i++) {
        drop(&pages->now.page[i]);
    }
}

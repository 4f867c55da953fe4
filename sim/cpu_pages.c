#include "cpu_pages.h"

#include <stdlib.h>
#include <string.h>

bool pages_init(struct cpu_pages *pages, struct sim_chip *chip)
{
    pages->chip = chip;
    pages->frames = 0;
    for (unsigned id = 0; id < CHIP_MEMORIES; id++) {
        pages->first[id] = chip->memory[id].first_page;
        pages->frames = pages->first[id] + chip->memory[id].size / PAGE_BYTES;
    }
    pages->frame = calloc(pages->frames, sizeof pages->frame[0]);
    pages->page = calloc((size_t)pages->frames * 2u, sizeof pages->page[0]);
    return pages->frame != NULL && pages->page != NULL;
}

void pages_fini(struct cpu_pages *pages)
{
    for (unsigned i = 0; pages->page != NULL && i < pages->frames * 2u; i++) {
        free(pages->page[i].site);
        free(pages->page[i].copy);
    }
    free(pages->page);
    free(pages->frame);
}

bool pages_find(const struct cpu_pages *pages, uint32_t addr, struct cpu_place *place)
{
    for (unsigned id = 0; id < CHIP_MEMORIES; id++) {
        const struct chip_memory *memory = &pages->chip->memory[id];
        const bool secure_alias = addr - memory->base_s < memory->size;
        uint32_t off = addr - (secure_alias ? memory->base_s : memory->base_ns);
        if (off >= memory->size) {
            continue;
        }
        off &= PAGE_MASK;
        place->id = (enum chip_memory_id)id;
        place->off = id == CHIP_FLASH ? flash_physical(pages->chip, off) : off;
        place->frame = pages->first[id] + place->off / PAGE_BYTES;
        place->page = place->frame * 2u + (secure_alias ? 1u : 0u);
        return true;
    }
    return false;
}

static const uint8_t *bytes_of(const struct cpu_pages *pages, const struct cpu_place *place)
{
    return pages->chip->memory[place->id].bytes + place->off;
}

/** Half-words of the page and the first of the next one; 0 where the memory ends. */
static void load_halves(const struct cpu_pages *pages, const struct cpu_place *place,
                        uint16_t half[PAGE_BYTES / 2u + 1u])
{
    const struct chip_memory *memory = &pages->chip->memory[place->id];
    const uint32_t left = memory->size - place->off;
    half[PAGE_BYTES / 2u] = 0;
    memcpy(half, bytes_of(pages, place), left > PAGE_BYTES ? PAGE_BYTES + 2u : PAGE_BYTES);
}

static void note_kind(struct cpu_page *page, enum v8m_trap trap)
{
    page->has_fp = page->has_fp || trap == V8M_TRAP_FP;
    page->has_divide = page->has_divide || trap == V8M_TRAP_DIVIDE;
}

bool pages_scan(struct cpu_pages *pages, const struct cpu_place *place, uint32_t vpage)
{
    struct cpu_page *page = &pages->page[place->page];
    uint16_t half[PAGE_BYTES / 2u + 1u];
    enum v8m_trap trap[PAGE_BYTES / 2u];
    unsigned count = 0;
    load_halves(pages, place, half);
    page->vpage = vpage;
    page->has_fp = false;
    page->has_divide = false;
    for (unsigned i = 0; i < PAGE_BYTES / 2u; i++) {
        trap[i] = v8m_scan(half[i], half[i + 1u]);
        count += trap[i] != V8M_TRAP_NONE ? 1u : 0u;
        note_kind(page, trap[i]);
    }
    free(page->site);
    page->site = calloc(count + 1u, sizeof page->site[0]);
    page->sites = 0;
    if (page->site == NULL) {
        return false;
    }
    for (unsigned i = 0; i < PAGE_BYTES / 2u; i++) {
        if (trap[i] != V8M_TRAP_NONE) {
            page->site[page->sites++] =
                (struct cpu_site){.page = page, .addr = vpage + 2u * i, .trap = trap[i]};
        }
    }
    if (pages->frame[place->frame].mixed_use) {
        page->copy = page->copy != NULL ? page->copy : malloc(PAGE_BYTES);
        if (page->copy == NULL) {
            return false;
        }
        memcpy(page->copy, bytes_of(pages, place), PAGE_BYTES);
    }
    return true;
}

bool pages_watched(const struct cpu_pages *pages, uint32_t addr)
{
    struct cpu_place place;
    return pages_find(pages, addr, &place) && pages->frame[place.frame].mixed_use;
}

bool pages_unchanged(const struct cpu_pages *pages, uint32_t addr, uint32_t size)
{
    struct cpu_place place;
    if (!pages_find(pages, addr, &place)) {
        return true;
    }
    const struct cpu_page *page = &pages->page[place.page];
    const uint32_t at = addr - (addr & PAGE_MASK);
    const uint32_t len = size < PAGE_BYTES - at ? size : PAGE_BYTES - at;
    return page->copy != NULL && memcmp(page->copy + at, bytes_of(pages, &place) + at, len) == 0;
}

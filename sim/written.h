/*
 * Which pages of the chip's memories have been written since the last snapshot was taken or
 * restored, so that going back costs what has changed and no more.
 *
 * Whoever changes bytes of a memory says so: devices and the bus through chip_memory_changed(), the
 * processor's engine by asking for the right to write a page, which it is first given with the note.
 * Flash is noted by the sector, since what belongs to a half-word of high-cycle data stands
 * elsewhere in it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WRITTEN_PAGE_BYTES 1024u

/** Pages of all memories of the chip, at most; chip_new() checks it. */
#define WRITTEN_PAGES_MAX 3072u

struct written {
    bool tracked;   /**< There is a snapshot: the engine must ask before it writes. */
    unsigned count; /**< How many of `page` are noted. */
    uint16_t page[WRITTEN_PAGES_MAX];
    bool noted[WRITTEN_PAGES_MAX];
};

static inline void written_note(struct written *written, unsigned page)
{
    if (written->tracked && !written->noted[page]) {
        written->noted[page] = true;
        written->page[written->count++] = (uint16_t)page;
    }
}

/** Whether a page may be written without another note. */
static inline bool written_is_free(const struct written *written, unsigned page)
{
    return !written->tracked || written->noted[page];
}

/** Forgets all notes. */
static inline void written_clear(struct written *written)
{
    for (unsigned i = 0; i < written->count; i++) {
        written->noted[written->page[i]] = false;
    }
    written->count = 0;
}

/*
 * The content of the chip's memories as snapshots keep it: copies of pages, each shared by all
 * snapshots in which the page is the same.
 *
 * For each page of the chip it is known which copy it equals at present, until it is written
 * (written.h). A snapshot is a list of copies, so going back means to copy the pages whose copy is
 * another one.
 */
#pragma once

#include "chip.h"

struct snapshot_page;

/** The pages of all memories at one instant; NULL where a page is not kept here. */
struct snapshot_list {
    struct snapshot_page *page[WRITTEN_PAGES_MAX];
};

struct snapshot_pages {
    struct snapshot_list now;         /**< What each page equals; NULL: it has been written. */
    const struct snapshot_list *last; /**< Taken or restored last; only written pages differ. */
};

/** Called for each page that going back has changed. */
typedef void snapshot_changed_fn(void *context, enum chip_memory_id id, uint32_t off, uint32_t len);

/** Keeps all pages in `*list`. @return false: out of memory; the list is to be freed all the same */
bool snapshot_pages_take(struct snapshot_pages *pages, struct sim_chip *chip,
                         struct snapshot_list *list);
/** Puts all pages back. */
void snapshot_pages_restore(struct snapshot_pages *pages, struct sim_chip *chip,
                            const struct snapshot_list *list, snapshot_changed_fn *changed,
                            void *context);
/** Puts back those of SRAM. */
void snapshot_pages_restore_volatile(struct snapshot_pages *pages, struct sim_chip *chip,
                                     const struct snapshot_list *list, snapshot_changed_fn *changed,
                                     void *context);
/** Gives up what a list keeps. */
void snapshot_pages_free(struct snapshot_pages *pages, struct snapshot_list *list);
/** Gives up everything; lists that are left stay valid until they are freed. */
void snapshot_pages_fini(struct snapshot_pages *pages);

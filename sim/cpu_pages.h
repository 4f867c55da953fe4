/*
 * What the processor knows of each page of memory: which instructions of it are trapped, and
 * whether it is executed or written at present.
 *
 * A page is executable or writable for the engine, not both: a store into a page that has been
 * executed drops what is known of its instructions, the next fetch finds them again. A page that
 * keeps changing sides is given both rights (`mixed_use`) and compared with a copy when a block
 * of it starts.
 */
#pragma once

#include "cpu_v8m.h"

#define PAGE_BYTES WRITTEN_PAGE_BYTES
#define PAGE_MASK  (~(PAGE_BYTES - 1u))

/** Changes between execution and stores after which a page is given both rights. */
#define PAGE_CHANGES_MAX 16u

struct cpu_page;
struct sim_cpu;

/** A trapped instruction. */
struct cpu_site {
    struct cpu_page *page;
    uint32_t addr;
    enum v8m_trap trap;
    bool hooked;
    size_t hook; /**< The engine's handle. */
};

/** One page as seen through one alias. */
struct cpu_page {
    struct sim_cpu *owner;
    uint32_t vpage; /**< Its address. */
    bool prepared;  /**< Scanned, and the hooks stand. */
    bool has_fp;
    bool has_divide;
    bool fp_hooked;
    bool divide_hooked;
    bool mixed_rights; /**< In some state its fetch rights differ inside: its blocks are checked. */
    bool each_hooked;  /**< One of them was open in part: each instruction is checked. */
    size_t each_hook;
    uint32_t watched[PAGE_BYTES / 64u]; /**< Per half-word: cpu_align.c has a hook on it. */
    unsigned sites;
    struct cpu_site *site;
    uint8_t *copy; /**< Of a page in mixed use: its bytes when it was scanned. */
};

/** A page of a memory, whatever the alias. */
struct cpu_frame {
    bool executed;
    bool mixed_use;
    bool changed; /**< Behind the engine, while it ran. */
    uint8_t changes;
};

struct cpu_pages {
    struct sim_chip *chip;
    unsigned first[CHIP_MEMORIES]; /**< Index of the first frame of a memory. */
    unsigned frames;
    struct cpu_frame *frame;
    struct cpu_page *page; /**< Two per frame: Non-secure alias, Secure alias. */
};

/** Where an address is in a memory. */
struct cpu_place {
    enum chip_memory_id id;
    uint32_t off; /**< Physical, of the page's first byte. */
    unsigned frame;
    unsigned page;
};

bool pages_init(struct cpu_pages *pages, struct sim_chip *chip);
void pages_fini(struct cpu_pages *pages);
/** @return false: no memory is there. */
bool pages_find(const struct cpu_pages *pages, uint32_t addr, struct cpu_place *place);
/** Lists the instructions of a page that may have to be trapped. @return false: out of memory. */
bool pages_scan(struct cpu_pages *pages, const struct cpu_place *place, uint32_t vpage);
/** Whether the page at `addr` is in mixed use, so that each entry into a block of it is checked. */
bool pages_watched(const struct cpu_pages *pages, uint32_t addr);
/** Whether a block of a page in mixed use is still what was scanned. */
bool pages_unchanged(const struct cpu_pages *pages, uint32_t addr, uint32_t size);

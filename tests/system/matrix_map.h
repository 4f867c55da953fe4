/*
 * The isolation matrix on paper: who there is, what memory there is, and who may do what with it.
 * All of it follows from the partitions' records, the memory map and one rule for each kind of
 * memory; nothing from what the manager writes into MPU, SAU or filters.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/matrix.h"

/* Rights, as bits. */
#define MAY_READ    1u
#define MAY_WRITE   2u
#define MAY_EXECUTE 4u

enum map_kind {
    MAP_GATE,         /**< An entry of the gate. */
    MAP_GATE_INSIDE,  /**< The gate, behind an entry's SG. */
    MAP_MANAGER_CODE, /**< The SPM's. */
    MAP_VECTORS,      /**< The manager's vector table: only the processor's exceptions read it. */
    MAP_MANAGER_DATA, /**< The SPM's, the hand-over record. */
    MAP_GATE_STACK,   /**< Of the gate's entries. */
    MAP_PARTITION,    /**< What a built-in partition's record grants to it alone, */
    MAP_LIBRARY,      /**< and code that several grant. */
    MAP_MODULE_CODE,  /**< What a module's record grants: in Secure flash of bank 2 */
    MAP_MODULE_CONSTANTS, /**< before its code, */
    MAP_MODULE_DATA,      /**< and in RAM, */
    MAP_MODULE_DEVICE,    /**< and a device. */
    MAP_NOBODYS,          /**< Secure RAM that no one has. */
    MAP_SECURE_DEVICE,    /**< A device that is Secure and no partition's. */
    MAP_ROOT_DEVICE,      /**< SAES, which holds the root key. */
    MAP_SECURE_AS_OPEN,   /**< Secure memory or a Secure device, by its Non-secure address. */
    MAP_STAGE,            /**< A boot stage's flash. */
    MAP_KEYS,             /**< Option-byte keys, of any level. */
    MAP_STORAGE,          /**< Secure flash of bank 2: storage areas, journal, downloads. */
    MAP_OPEN_CODE,        /**< The application's slot. */
    MAP_OPEN_DATA,        /**< The application's RAM. */
    MAP_OPEN_DEVICE,      /**< A device of the application's. */
    MAP_OPEN_AS_SECURE,   /**< The application's memory or device, by its Secure address. */
    MAP_SYSTEM,           /**< The processor's own registers. */
    MAP_KINDS
};

struct map_target {
    char name[56];
    enum map_kind kind;
    uint32_t addr;
    bool memory;   /**< Flash or RAM: the host can look at it. */
    uint32_t base; /**< Of code that is in use: what it is part of. */
    uint32_t limit;
};

/** A row of the matrix. */
struct map_domain {
    char name[32];
    enum matrix_actor actor;
    const struct matrix_record *record; /**< The partition that acts or runs; NULL: none. */
};

/* What the test's layout gives the application and the module. */
#define MAP_APPLICATION_SIZE 0x000C2000u
#define MAP_MODULE_OFF       0x00100000u
#define MAP_MODULE_RAM_NS    0x2009E000u

#define MAP_TARGETS_MAX 128u
#define MAP_DOMAINS_MAX (3u + 2u * MATRIX_PARTITIONS)

struct map {
    struct map_target target[MAP_TARGETS_MAX];
    size_t targets;
    struct map_domain domain[MAP_DOMAINS_MAX];
    size_t domains;
};

/** `spm` must outlive the map. */
void map_draw(struct map *map, const struct matrix_spm *spm);

/** What the domain may do with the target: MAY_*. Flash is written through its controller only. */
uint32_t map_may(const struct map_domain *domain, const struct map_target *target);

/*
 * A partition: one secure service in its own sandbox.
 *
 * Built-in partitions stand in one const table (core/spm/partitions.c); the port gives them their
 * memory. Secure function model of the PSA Firmware Framework 1.1: a partition has one function,
 * called with a message, that returns the status for the caller.
 *
 * What the port owes the table
 * - One `const struct partition_memory partition_memory_<name>` for each name declared below. On a
 *   chip it is made of linker symbols: text and read-only data of the service and of the libraries
 *   it uses, its own data and stack, and the registers of each device that it is granted. A port
 *   without isolation gives one region over the whole address space.
 * - `partition_memory_crypto` grants what port_entropy() touches: the service calls it itself.
 * - A region of registers says PARTITION_DEVICE, so that nobody has a message copied there.
 * - .data and .bss of a partition are set up before manager_main() runs.
 * - The function runs unprivileged with its stack pointer at the message, which the manager puts
 *   at the top of the partition's stack, aligned to 8 bytes.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <psa/service.h>

GARRISON_ABI_BEGIN

/** Memory that unprivileged code of the partition may use. Both ends are multiples of 32. */
struct partition_region {
    uintptr_t base;  /**< First byte. */
    uintptr_t limit; /**< First byte behind. */
    uint32_t
        access; /**< PARTITION_READ, with or without _WRITE or _EXECUTE, never both; _DEVICE. */
};

#define PARTITION_READ        1u
#define PARTITION_WRITE       2u
#define PARTITION_EXECUTE     4u
#define PARTITION_DEVICE      8u /* registers, not memory */
#define PARTITION_REGIONS_MAX 4u

/** One service: what a client calls. */
struct partition_service {
    uint32_t sid;        /**< Service id. */
    uint32_t version;    /**< Its version, as psa_version() tells. */
    psa_handle_t handle; /**< Stateless handle, from 0x40000000 on; PSA_NULL_HANDLE: connections. */
    uint32_t callers;    /**< SERVICE_FOR_*: who may call it. */
    bool strict;         /**< Connections want this version exactly, not this or an older one. */
};

#define SERVICE_FOR_NON_SECURE 1u
#define SERVICE_FOR_PARTITIONS 2u /* of those whose record lists it */
#define SERVICE_FOR_MODULES    4u /* the same */

/** Flash of its own: whole sectors, reached through garrison/area.h only. */
struct partition_area {
    uint32_t off; /**< Bytes from the start of port_flash(). */
    uint32_t len; /**< Bytes; 0: there is none. */
};

#define PARTITION_AREAS_MAX 2u

/** Time that a call of a partition's may take, its calls of others and interrupts apart. */
#define PARTITION_TIME_LIMIT_MS 10000u

/** So many times that a call may take together with the calls that it makes. */
#define PARTITION_ALL_LIMITS 8u

/** Failures that a partition survives, each boot. */
#define PARTITION_RESTARTS_MAX 3u

/**
 * Signal of an interrupt, by its number in the port; the framework has the bits below for itself. Each
 * is at most one partition's.
 */
#define PARTITION_SIGNAL(line) ((psa_signal_t)0x10 << (line))

/** Initialised data that the start-up code does not know of: a module's. */
struct partition_data {
    uintptr_t load; /**< Where they come from, in a region of the partition's. */
    uintptr_t base; /**< Where they go, the same. */
    size_t len;     /**< Bytes; 0: there are none. */
};

/** What the port gives a partition. */
struct partition_memory {
    uintptr_t stack_base;  /**< Lowest byte of its stack; multiple of 8. */
    uintptr_t stack_limit; /**< First byte behind; the stack lies whole in one writable region. */
    struct partition_region region[PARTITION_REGIONS_MAX]; /**< Unused ones have base == limit. */
    struct partition_area area[PARTITION_AREAS_MAX];       /**< No two partitions share a sector. */
    struct partition_data data;
};

extern const struct partition_memory partition_memory_crypto;
extern const struct partition_memory partition_memory_update;
extern const struct partition_memory partition_memory_its;
extern const struct partition_memory partition_memory_ps;
extern const struct partition_memory partition_memory_attest;

struct partition {
    int32_t id;       /**< Positive, as psa_msg_t.client_id for callees. */
    const char *name; /**< For logs. */
    psa_status_t (*function)(const psa_msg_t *message); /**< The secure function. */
    const struct partition_memory *memory;              /**< From the port. */
    const struct partition_service *services;           /**< In flash. */
    const uint32_t *uses; /**< SIDs of the services that it calls, in flash; no circles. */
    /**
     * Gives it what only the manager knows, with the manager's rights, before its first call and
     * after each restart; NULL: nothing.
     */
    void (*prepare)(void);
    psa_signal_t signals; /**< Of its own interrupts; 0: it has none. */
    /** Runs in its sandbox for one of them, whatever that has interrupted. */
    psa_flih_result_t (*handler)(psa_signal_t signal);
    uint32_t time_limit_ms; /**< Of one call; 0: PARTITION_TIME_LIMIT_MS. */
    uint8_t service_count;
    uint8_t use_count;
    bool is_module; /**< Not one of the built-in ones: it calls what is SERVICE_FOR_MODULES. */
    /**
     * Its areas are not the port's to give but stand in the device's layout: 0 the update journal,
     * 1 + n the download slot of the component with number n in the journal.
     */
    bool owns_downloads;
    bool may_reset;  /**< It may reset the chip. */
    bool hears_ends; /**< It gets PSA_IPC_CLIENT_ENDED, since it keeps things for its clients. */
};

GARRISON_ABI_END

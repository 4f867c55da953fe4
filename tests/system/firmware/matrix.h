/*
 * What the test of the isolation matrix and its firmware agree on. Words only: the host reads them
 * out of the chip's memory as they are.
 */
#pragma once

#include <stdint.h>

/** An access, in every domain by the same letters as in hostile_partition.h. */
enum matrix_access {
    MATRIX_READ = 'r',
    MATRIX_WRITE = 'w',
    MATRIX_EXECUTE = 'x',
};

/** Who makes it. */
enum matrix_actor {
    MATRIX_PRIVILEGED,   /**< The client, privileged. */
    MATRIX_UNPRIVILEGED, /**< The client, unprivileged. */
    MATRIX_PARTITION,    /**< The partition with the handle. */
    MATRIX_SPM,          /**< The manager, between calls. */
    MATRIX_SPM_IN_CALL,  /**< The manager, for the partition with the handle, which runs. */
};

/** In the client's memory: written by the test, then `go`; `done` comes last. */
struct matrix_mailbox {
    uint32_t go;
    uint32_t actor;
    uint32_t handle;
    uint32_t access;
    uint32_t addr;
    uint32_t done;
    uint32_t status; /**< Of the call; 0 where there is none. */
    uint32_t value;  /**< What was read, if `status` is 0. */
};

/* The SPM has no input of its own: a service id that does not exist is its order. */
#define MATRIX_SID_TELL 0x4D415401u /* the address of struct matrix_spm */
#define MATRIX_SID_TRY  0x4D415402u /* tries what that says */

#define MATRIX_MODULE_SID 0x77770002u

#define MATRIX_REGIONS    4u
#define MATRIX_PARTITIONS 16u

/** A partition's record: struct partition, as far as it concerns memory. */
struct matrix_record {
    char name[16];
    uint32_t handle; /**< Of its first service. */
    uint32_t is_module;
    struct {
        uint32_t base;
        uint32_t limit;
        uint32_t access; /**< PARTITION_* */
    } region[MATRIX_REGIONS];
};

/** In the SPM's memory, written by the test or told to it. */
struct matrix_spm {
    uint32_t access;
    uint32_t addr;
    uint32_t value;
    uint32_t text;
    uint32_t text_end;
    uint32_t stack; /**< Lowest byte. */
    uint32_t ram_end;
    uint32_t gate_stack;
    uint32_t gate_ram_end;
    uint32_t count;
    struct matrix_record partition[MATRIX_PARTITIONS];
};

static inline uint32_t matrix_try(uint32_t access, uint32_t addr)
{
    typedef void target_function(void);
    switch (access) {
    case MATRIX_READ:
        return *(volatile uint32_t *)(uintptr_t)addr;
    case MATRIX_WRITE:
        *(volatile uint32_t *)(uintptr_t)addr = 0xA77AC4EDu; /* HOSTILE_MARK */
        return 0;
    default:
        ((target_function *)(uintptr_t)(addr | 1u))();
        return 0;
    }
}

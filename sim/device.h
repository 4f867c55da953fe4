/*
 * A device of the chip: registers, virtual time, and nothing else.
 *
 * A device never sees the processor or its engine. It acts on the rest of the chip through the
 * functions of chip.h only, so a test drives it with bus_read()/bus_write() on a chip that has no
 * processor.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/sim.h>

struct sim_chip;
struct sim_device;
struct dev_row;

/** Deadline of a device that waits for nothing. */
#define SIM_NEVER UINT64_MAX

/** What the reset was. Backup-domain content survives all but the first power-on ever. */
enum sim_reset_kind {
    SIM_RESET_POWER = 0, /**< Power-on: everything volatile is lost. */
    SIM_RESET_SYSTEM,    /**< NRST, SYSRESETREQ, watchdog, option-byte load. */
};

/** One register access, size and alignment already checked by the bus (1, 2 or 4, aligned). */
struct sim_txn {
    uint32_t off;         /**< Offset in the device, in bytes. */
    uint8_t size;         /**< 1, 2 or 4. */
    struct sim_attr attr; /**< Secure means the Secure alias was used by a Secure master. */
};

struct sim_device_ops {
    /** Puts the registers to their reset values. */
    void (*reset)(struct sim_device *dev, enum sim_reset_kind kind);
    /** Answers a read; 0 where nothing is. Reading may have effects, as on the chip. */
    uint32_t (*read)(struct sim_device *dev, const struct sim_txn *txn);
    /** Takes a write; what is read-only or reserved is ignored. */
    void (*write)(struct sim_device *dev, const struct sim_txn *txn, uint32_t value);
    /** `dev->deadline` has come; set the next one or SIM_NEVER. May be NULL. */
    void (*event)(struct sim_device *dev, uint64_t now);
    /** RCC was written or reset: the clocks may have changed, as of now. May be NULL. */
    void (*clock)(struct sim_device *dev);
    /** Whether it asks a DMA controller for data, or offers some. May be NULL. */
    bool (*dma_request)(const struct sim_device *dev, bool to_device);
    /** A DMA controller has moved the last of the data it was set to. May be NULL. */
    void (*dma_end)(struct sim_device *dev, bool to_device);
};

/** First member of every device's own struct. */
struct sim_device {
    const struct sim_device_ops *ops;
    const char *name;          /**< As the reference manual writes it: "USART1". */
    uint32_t base;             /**< Non-secure base address. */
    uint32_t size;             /**< Bytes decoded. */
    struct sim_chip *chip;     /**< The chip it stands on. */
    const struct dev_row *row; /**< Its row in the chip's table, with interrupts and GTZC bit. */
    uint64_t deadline;         /**< Virtual time of its next event; change with chip_deadline(). */
    size_t bytes;              /**< Of the whole struct, for snapshots; set by device_new(). */
};

/**
 * Allocates the struct of a device, zeroed. The device owns nothing but this struct, so copying its
 * bytes keeps its state.
 * @return NULL when the host has no memory left.
 */
void *device_new(size_t bytes);

/*
 * Register access helpers: a device implements whole words; narrower accesses are cut out of the
 * word (reads) or merged into it (writes) where the block allows them.
 */
static inline uint32_t txn_cut(const struct sim_txn *txn, uint32_t word)
{
    const uint32_t shifted = word >> (8u * (txn->off & 3u));
    if (txn->size == 4u) {
        return shifted;
    }
    return shifted & ((1u << (8u * txn->size)) - 1u);
}

static inline uint32_t txn_merge(const struct sim_txn *txn, uint32_t word, uint32_t value)
{
    if (txn->size == 4u) {
        return value;
    }
    const uint32_t shift = 8u * (txn->off & 3u);
    const uint32_t mask = ((1u << (8u * txn->size)) - 1u) << shift;
    return (word & ~mask) | ((value << shift) & mask);
}

/*
 * A chip without a processor on a test's bench: accesses through the bus, time by hand, and a
 * record of what comes out of the chip.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus.h"

struct dev_bench {
    struct sim_nv *nv;
    struct sim_chip *chip;
    uint8_t uart[64]; /**< Bytes sent, first ones first. */
    size_t uart_len;
    unsigned uart_number;        /**< Which UART sent last. */
    unsigned resets;             /**< How often a reset was asked for. */
    enum chip_reset_cause cause; /**< Of the last of them. */
    unsigned notes;              /**< Lines put into the journal. */
};

/** Switches a virgin chip on, with or without TrustZone. To be given to bench_close(). */
struct dev_bench *bench_open(bool trustzone);
void bench_close(struct dev_bench *bench);

/** Power-cycles the chip. */
void bench_power(struct dev_bench *bench);

/** Word accesses at a Non-secure address, Non-secure and privileged; they must not be refused. */
uint32_t bench_read(struct dev_bench *bench, uint32_t addr);
void bench_write(struct dev_bench *bench, uint32_t addr, uint32_t value);

/** Word accesses by any master; `addr` is the Non-secure one, Secure ones go to its Secure alias. */
uint32_t bench_read_as(struct dev_bench *bench, bool secure, bool privileged, uint32_t addr);
void bench_write_as(struct dev_bench *bench, bool secure, bool privileged, uint32_t addr,
                    uint32_t value);

/** Accesses of 1, 2 or 4 bytes. */
uint32_t bench_read_size(struct dev_bench *bench, uint32_t addr, unsigned size);
void bench_write_size(struct dev_bench *bench, uint32_t addr, unsigned size, uint32_t value);

/** Lets time pass. */
void bench_wait(struct dev_bench *bench, uint64_t ticks);

/** Level of an interrupt line. */
bool bench_irq(const struct dev_bench *bench, unsigned irq);

/*
 * The program of cpu_load.c on the simulated chip, Non-secure and unprivileged, with SAU, both MPUs
 * and every filter of the chip at work. One chip at a time.
 */
#pragma once

#include <stdint.h>

struct sim_chip;

#define LOAD_FLASH  0x08100000u
#define LOAD_RAM    0x20050000u
#define LOAD_BYTES  0x10000u /* of each of the two */
#define LOAD_STACK  0x2005F000u
#define LOAD_RESULT 0x20051000u

/** The process's own time in seconds: other work on the host does not count. */
double load_now(void);
/** Says what is wrong and ends the process. */
void load_quit(const char *what) __attribute__((noreturn));

struct sim_chip *load_open(void);
void load_close(struct sim_chip *chip);
/** One run over that many blocks; the time it took, and its instructions in `*insns`. */
double load_run(struct sim_chip *chip, uint32_t blocks, uint64_t *insns);

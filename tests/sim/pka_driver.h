/*
 * Drives the PKA as firmware does: numbers as hexadecimal text, most significant digit first, at
 * offsets in the block. Non-secure and privileged.
 */
#pragma once

#include "dev_bench.h"

#define RCC_AHB2ENR (0x44020c00u + 0x8cu)
#define RNG_CLOCK   (1u << 18)

#define PKA     0x420c2000u
#define CR      (PKA + 0x00u)
#define SR      (PKA + 0x04u)
#define CLRFR   (PKA + 0x08u)
#define RAM     (PKA + 0x400u)
#define RAM_END (PKA + 0x18d8u)

#define EN          0x1u
#define START       0x2u
#define MODE(code)  ((uint32_t)(code) << 8)
#define INITOK      0x1u
#define BUSY        0x10000u
#define PROCENDF    0x20000u
#define RAMERRF     0x80000u
#define ADDRERRF    0x100000u
#define OPERRF      0x200000u
#define FLAGS       (PROCENDF | RAMERRF | ADDRERRF | OPERRF)
#define IRQ_PKA     118u
#define LONG_ENOUGH 2000000000u

#define OK       0xd60du
#define FAILED   0xcbc9u
#define NEGATIVE 0xa3b7u
#define RANGE    0xf946u

/** The modulus of NIST P-256. */
extern const char p256_p[];

/** cmocka's set-up and tear-down: a chip with the PKA enabled and ready. */
int pka_setup(void **state);
int pka_teardown(void **state);

/** A number of whole words, and the zero words behind it. */
void put(struct dev_bench *b, uint32_t off, const char *hex);
void put_word(struct dev_bench *b, uint32_t off, uint32_t value);

/** Compares as many digits as the text has; what is left of 64 bits is zero. */
void expect(struct dev_bench *b, uint32_t off, const char *hex);
void expect_word(struct dev_bench *b, uint32_t off, uint32_t value);

/** Runs an operation to its end. */
void run(struct dev_bench *b, uint32_t mode);

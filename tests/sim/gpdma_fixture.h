/*
 * GPDMA1 on a bench: registers, two pieces of SRAM1 to copy between and a third for lists.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dev_bench.h"

#define GPDMA1    0x40020000u
#define GPDMA2    0x40021000u
#define SECCFGR   (GPDMA1 + 0x00u)
#define PRIVCFGR  (GPDMA1 + 0x04u)
#define RCFGLOCKR (GPDMA1 + 0x08u)
#define MISR      (GPDMA1 + 0x0cu)
#define SMISR     (GPDMA1 + 0x10u)
#define CH(n)     (GPDMA1 + 0x50u + 0x80u * (n))
#define LBAR      0x00u
#define FCR       0x0cu
#define SR        0x10u
#define CR        0x14u
#define TR1       0x40u
#define TR2       0x44u
#define BR1       0x48u
#define SAR       0x4cu
#define DAR       0x50u
#define TR3       0x54u
#define BR2       0x58u
#define LLR       0x7cu

#define EN    0x1u
#define RESET 0x2u
#define SUSP  0x4u
#define LSM   0x10000u
#define IDLEF 0x1u
#define TCF   0x100u
#define HTF   0x200u
#define DTEF  0x400u
#define ULEF  0x800u
#define USEF  0x1000u
#define SUSPF 0x2000u
#define FLAGS 0x7f00u

#define SDW(n) (n)
#define SINC   0x8u
#define PAM(n) ((n) << 11)
#define SBX    0x2000u
#define SSEC   0x8000u
#define DDW(n) ((n) << 16)
#define DINC   0x80000u
#define DBL(n) (((n)-1u) << 20)
#define DBX    0x4000000u
#define DHX    0x8000000u
#define DSEC   0x80000000u
#define BYTES  (SINC | DINC)
#define WORDS  (SDW(2u) | DDW(2u) | SINC | DINC)

#define SWREQ   0x200u
#define DREQ    0x400u
#define BREQ    0x800u
#define TCEM(n) ((n) << 30)

#define UT1 0x80000000u
#define UT2 0x40000000u
#define UB1 0x20000000u
#define USA 0x10000000u
#define UDA 0x08000000u
#define ULL 0x00010000u

#define SRC  0x20000000u
#define DST  0x20001000u
#define LIST 0x20002000u /* DST and the 4080 bytes behind it end before. */

#define IRQ(n)      (27u + (n))
#define LONG_ENOUGH 10000000u

/** cmocka set-up: a chip without TrustZone ... */
int dma_setup(void **state);
/** ... or with it; SRAM1 is Non-secure and unprivileged then, but for its last superblock. */
int dma_setup_trustzone(void **state);
int dma_teardown(void **state);

/** The byte of SRAM1 at a Non-secure address. */
uint8_t *dma_ram(struct dev_bench *b, uint32_t addr);
/** Puts `len` bytes that differ at SRC, and others at DST and 16 bytes further. */
void dma_fill(struct dev_bench *b, uint32_t len);
/** Puts an item of a list, `count` words, at `addr`. */
void dma_item(struct dev_bench *b, uint32_t addr, const uint32_t *word, uint32_t count);

/** Registers of a channel, Non-secure and privileged. */
uint32_t dma_get(struct dev_bench *b, unsigned n, uint32_t off);
void dma_put(struct dev_bench *b, unsigned n, uint32_t off, uint32_t value);
/** Sets up a transfer of `len` bytes from SRC to DST and enables the channel. */
void dma_go(struct dev_bench *b, unsigned n, uint32_t tr1, uint32_t tr2, uint32_t len);

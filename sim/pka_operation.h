/*
 * The operations of the PKA, on its RAM.
 *
 * An operand is a number of 32-bit words, least significant first, of the length in bits that
 * another word of the RAM gives; the 64-bit word behind it must be zero. Which word of the RAM
 * means what in which operation is public (the vendor's CMSIS header).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PKA_RAM       0x400u /**< Offset of the RAM's first word in the device. */
#define PKA_RAM_END   0x18d8u
#define PKA_RAM_WORDS ((PKA_RAM_END - PKA_RAM) / 4u)

/** Results that an operation leaves in a word of the RAM. */
#define PKA_OK           0xd60du
#define PKA_FAILED       0xcbc9u /**< The operands allow no computation. */
#define PKA_NEGATIVE     0xa3b7u /**< Not on the curve, invalid signature, infinity, r = 0. */
#define PKA_OUT_OF_RANGE 0xf946u /**< Coordinates of the point that are not less than p; s = 0. */
#define PKA_EQUAL        0xed2cu
#define PKA_GREATER      0x7af8u
#define PKA_LESS         0x916au

/** Whether CR.MODE may have that value. */
bool pka_operation_known(unsigned mode);

/** Ticks that it takes, by the lengths in the RAM; any RAM is survived. */
uint64_t pka_operation_ticks(unsigned mode, const uint32_t ram[PKA_RAM_WORDS]);

/**
 * Computes. Only results change; the part also leaves intermediate values in its RAM.
 * @return NULL, or what is wrong with the operands
 */
const char *pka_operation_run(unsigned mode, uint32_t ram[PKA_RAM_WORDS]);

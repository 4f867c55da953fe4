/*
 * Clocks of the blocks of cryptography: RNG, from which the PKA draws as well, HASH, AES, PKA.
 */
#include "image.h"
#include "regs.h"

#define POLLS_MAX 100000u

void crypto_blocks_init(void)
{
    reg_set(RCC_CR, RCC_CR_HSI48ON);
    for (uint32_t poll = 0; poll < POLLS_MAX && !(reg_read(RCC_CR) & RCC_CR_HSI48RDY); poll++) {
    }
    reg_set(RCC_AHB2ENR,
            RCC_AHB2ENR_AESEN | RCC_AHB2ENR_HASHEN | RCC_AHB2ENR_RNGEN | RCC_AHB2ENR_PKAEN);
    (void)reg_read(RCC_AHB2ENR); /* the clocks have started when this returns */
}

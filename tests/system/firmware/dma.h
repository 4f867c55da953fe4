/*
 * Four words copied by the Non-secure GPDMA1, as an application would have it do.
 */
#pragma once

#include <stdint.h>

/* Channel 0 of GPDMA1. */
#define RCC_AHB1ENR (*(volatile uint32_t *)0x44020C88u)
#define DMA_CFCR    (*(volatile uint32_t *)0x4002005Cu)
#define DMA_CSR     (*(volatile uint32_t *)0x40020060u)
#define DMA_CCR     (*(volatile uint32_t *)0x40020064u)
#define DMA_CTR1    (*(volatile uint32_t *)0x40020090u)
#define DMA_CTR2    (*(volatile uint32_t *)0x40020094u)
#define DMA_CBR1    (*(volatile uint32_t *)0x40020098u)
#define DMA_CSAR    (*(volatile uint32_t *)0x4002009Cu)
#define DMA_CDAR    (*(volatile uint32_t *)0x400200A0u)
#define DMA_CLLR    (*(volatile uint32_t *)0x400200CCu)
#define DMA_FLAGS   0x7F00u
#define DMA_WORDS   (2u | 1u << 3 | 2u << 16 | 1u << 19)

static uint32_t dma_words[4];

static void dma_copy(uint32_t from, uint32_t to)
{
    RCC_AHB1ENR |= 1u;
    DMA_CCR = 1u << 1; /* reset */
    DMA_CFCR = DMA_FLAGS;
    DMA_CTR1 = DMA_WORDS;
    DMA_CTR2 = 1u << 9; /* by software */
    DMA_CBR1 = sizeof dma_words;
    DMA_CSAR = from;
    DMA_CDAR = to;
    DMA_CLLR = 0;
    __asm__ volatile("dsb" ::: "memory");
    DMA_CCR = 1u;
    while ((DMA_CSR & DMA_FLAGS) == 0) {
    }
    __asm__ volatile("dsb" ::: "memory");
}

/* GPDMA from memory to memory, EXTI by software, CRC, erase of an SRAM. */
#include "hal.h"

#define TIMEOUT_MS 100u

/* ---- GPDMA ---------------------------------------------------------------------------------- */

#define RCC_AHB1_GPDMA1 HAL_BIT(0)

#define DMA_CR_EN      HAL_BIT(0)
#define DMA_CR_RESET   HAL_BIT(1)
#define DMA_CR_TCIE    HAL_BIT(8)
#define DMA_SR_IDLEF   HAL_BIT(0)
#define DMA_SR_TCF     HAL_BIT(8)
#define DMA_FLAGS      0x7F00u
#define DMA_TR1_WORDS  (2u | HAL_BIT(3) | 2u << 16 | HAL_BIT(19)) /* both sides, incremented */
#define DMA_TR1_SECURE (HAL_BIT(15) | HAL_BIT(31))
#define DMA_TR2_SWREQ  HAL_BIT(9)
#define DMA_WORDS      64u

static uint32_t dma_source[DMA_WORDS];
static uint32_t dma_target[DMA_WORDS];
static volatile bool dma_complete;

static void dma_start(struct hal_dma_channel *channel)
{
    channel->cr = DMA_CR_RESET;
    channel->fcr = DMA_FLAGS;
    channel->tr1 = DMA_TR1_WORDS | DMA_TR1_SECURE;
    channel->tr2 = DMA_TR2_SWREQ;
    channel->br1 = sizeof dma_source;
    channel->sar = (uint32_t)dma_source;
    channel->dar = (uint32_t)dma_target;
    channel->llr = 0;
    for (unsigned i = 0; i < DMA_WORDS; i++) {
        dma_source[i] = 0xD0000000u + i * 0x01010101u;
        dma_target[i] = 0;
    }
    __asm__ volatile("dsb" ::: "memory");
}

void hal_gpdma_handler(void)
{
    struct hal_dma_channel *channel = HAL_GPDMA1_CHANNEL(0);
    if ((HAL_GPDMA1->smisr & 1u) != 0 && (channel->sr & DMA_SR_TCF) != 0) {
        channel->fcr = DMA_SR_TCF;
        dma_complete = true;
    }
}

/** Once polled and once by interrupt. */
bool hal_step_gpdma(void)
{
    struct hal_dma_channel *channel = HAL_GPDMA1_CHANNEL(0);
    hal_clock_enable(&HAL_RCC->ahb1enr, RCC_AHB1_GPDMA1);
    HAL_GPDMA1->seccfgr = 1u;
    HAL_GPDMA1->privcfgr = 1u; /* The SRAMs are privileged after a reset. */
    dma_start(channel);
    hal_set(&channel->cr, DMA_CR_EN);
    if (hal_wait("GPDMA1_C0SR.TCF", &channel->sr, DMA_SR_TCF, DMA_SR_TCF, TIMEOUT_MS) != HAL_OK ||
        !hal_check("GPDMA1_C0SR", channel->sr & DMA_FLAGS & ~0x300u, 0) ||
        !hal_check_words("GPDMA1 target", dma_target, dma_source, DMA_WORDS)) {
        return false;
    }
    channel->fcr = DMA_FLAGS;
    if (!hal_check("GPDMA1_C0SR", channel->sr, DMA_SR_IDLEF)) {
        return false;
    }
    dma_start(channel);
    dma_complete = false;
    hal_nvic_enable(HAL_IRQ_GPDMA1_CH0);
    hal_set(&channel->cr, DMA_CR_EN | DMA_CR_TCIE);
    const uint32_t start = hal_tick();
    while (!dma_complete && hal_tick() - start < TIMEOUT_MS) {
    }
    hal_nvic_disable(HAL_IRQ_GPDMA1_CH0);
    return hal_check("GPDMA1 interrupt", dma_complete, 1u) &&
           hal_check_words("GPDMA1 target", dma_target, dma_source, DMA_WORDS);
}

/* ---- EXTI ----------------------------------------------------------------------------------- */

#define EXTI_LINE0 HAL_BIT(0)

static volatile unsigned exti_events;

void hal_exti0_handler(void)
{
    if ((HAL_EXTI->bank[0].rpr & EXTI_LINE0) != 0) {
        HAL_EXTI->bank[0].rpr = EXTI_LINE0;
        exti_events++;
    }
}

bool hal_step_exti(void)
{
    exti_events = 0;
    hal_modify(&HAL_EXTI->exticr[0], 0xFFu, 0);
    hal_set(&HAL_EXTI->bank[0].rtsr, EXTI_LINE0);
    hal_set(&HAL_EXTI->imr1, EXTI_LINE0);
    hal_nvic_enable(HAL_IRQ_EXTI0);
    for (unsigned i = 0; i < 3u; i++) {
        HAL_EXTI->bank[0].swier = EXTI_LINE0;
        hal_delay(1);
    }
    hal_nvic_disable(HAL_IRQ_EXTI0);
    hal_clear(&HAL_EXTI->imr1, EXTI_LINE0);
    return hal_check("EXTI0 interrupts", exti_events, 3u) &&
           hal_check("EXTI_RPR1", HAL_EXTI->bank[0].rpr & EXTI_LINE0, 0);
}

/* ---- CRC ------------------------------------------------------------------------------------ */

#define RCC_AHB1_CRC   HAL_BIT(12)
#define CRC_CR_RESET   HAL_BIT(0)
#define CRC_REV_IN     (1u << 5) /* in bytes */
#define CRC_REV_OUT    HAL_BIT(7)
#define CRC_POLYNOMIAL 0x04C11DB7u

/** The check values of the catalogues, over "123456789". */
static uint32_t crc_nine(uint32_t control)
{
    HAL_CRC->init = 0xFFFFFFFFu;
    HAL_CRC->pol = CRC_POLYNOMIAL;
    HAL_CRC->cr = control;
    hal_set(&HAL_CRC->cr, CRC_CR_RESET);
    for (char c = '1'; c <= '9'; c++) {
        *(volatile uint8_t *)&HAL_CRC->dr = (uint8_t)c;
    }
    return HAL_CRC->dr;
}

bool hal_step_crc(void)
{
    hal_clock_enable(&HAL_RCC->ahb1enr, RCC_AHB1_CRC);
    return hal_check("CRC_DR", crc_nine(0), 0x0376E6E7u) &&
           hal_check("CRC_DR", ~crc_nine(CRC_REV_IN | CRC_REV_OUT), 0xCBF43926u);
}

/* ---- RAMCFG --------------------------------------------------------------------------------- */

#define RCC_AHB1_RAMCFG HAL_BIT(17)
#define RAMCFG_KEY_1    0xCAu
#define RAMCFG_KEY_2    0x53u
#define RAMCFG_SRAMER   HAL_BIT(8)
#define RAMCFG_BUSY     HAL_BIT(8)
#define SRAM1_ADDR      0x30000000u
#define SRAM1_LAST_ADDR 0x3003FFFCu

bool hal_step_ramcfg(void)
{
    hal_reg *first = (hal_reg *)SRAM1_ADDR;
    hal_reg *last = (hal_reg *)SRAM1_LAST_ADDR;
    hal_clock_enable(&HAL_RCC->ahb1enr, RCC_AHB1_RAMCFG);
    *first = 0x11111111u;
    *last = 0x22222222u;
    HAL_RAMCFG->ram[0].erkeyr = RAMCFG_KEY_1;
    HAL_RAMCFG->ram[0].erkeyr = RAMCFG_KEY_2;
    hal_set(&HAL_RAMCFG->ram[0].cr, RAMCFG_SRAMER);
    if (hal_wait("RAMCFG_M1ISR.SRAMBUSY", &HAL_RAMCFG->ram[0].isr, RAMCFG_BUSY, 0, TIMEOUT_MS) !=
        HAL_OK) {
        return false;
    }
    return hal_check("SRAM1", *first, 0) && hal_check("SRAM1", *last, 0) &&
           hal_check("RAMCFG_M2ISR.SRAMBUSY", HAL_RAMCFG->ram[1].isr & RAMCFG_BUSY, 0);
}

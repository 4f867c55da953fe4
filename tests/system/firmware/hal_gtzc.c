/* GTZC: blocks of SRAM and peripherals given to the Non-secure side, and what TZIC tells of a
 * Non-secure access to what was kept. */
#include "hal.h"

#define RCC_AHB1_TZSC HAL_BIT(24)

#define SAU_ENABLE  HAL_BIT(0)
#define MPCBB_BLOCK 512u

/* The Non-secure alias of what the test looks at. */
#define NS(addr)       (*(hal_reg *)((uintptr_t)(addr)-0x10000000u))
#define SRAM3_ADDR     0x30050000u
#define TZSC1_TIM2     HAL_BIT(0)
#define TZSC1_TIM6     HAL_BIT(4)
#define TZIC4_SRAM3    HAL_BIT(28)
#define TZIC_REGISTERS 4u

static volatile uint32_t violations[TZIC_REGISTERS];

/** Non-secure are the peripherals' and the SRAMs' lower aliases. */
static void sau_config(void)
{
    static const uint32_t regions[][2] = {{0x20000000, 0x2009FFE0}, {0x40000000, 0x4FFFFFE0}};
    for (uint32_t i = 0; i < 2u; i++) {
        HAL_SAU->rnr = i;
        HAL_SAU->rbar = regions[i][0];
        HAL_SAU->rlar = regions[i][1] | 1u;
    }
    HAL_SAU->ctrl = SAU_ENABLE;
    __asm__ volatile("dsb\nisb" ::: "memory");
}

/** The first superblock of SRAM3 but its last block is Non-secure, the rest stays Secure. */
bool hal_step_mpcbb(void)
{
    hal_reg *secure_word = (hal_reg *)SRAM3_ADDR;
    hal_clock_enable(&HAL_RCC->ahb1enr, RCC_AHB1_TZSC);
    sau_config();
    if (!hal_check("MPCBB3_SECCFGR0", HAL_MPCBB3->seccfgr[0], 0xFFFFFFFFu)) {
        return false;
    }
    secure_word[31u * MPCBB_BLOCK / 4u] = 0x5EC0DE00u;
    HAL_MPCBB3->seccfgr[0] = HAL_BIT(31);
    HAL_MPCBB3->privcfgr[0] = 0xFFFFFFFEu;
    NS(SRAM3_ADDR) = 0xC0FFEE00u;
    return hal_check("MPCBB3_SECCFGR0", HAL_MPCBB3->seccfgr[0], HAL_BIT(31)) &&
           hal_check("MPCBB3_PRIVCFGR0", HAL_MPCBB3->privcfgr[0], 0xFFFFFFFEu) &&
           hal_check("SRAM3", NS(SRAM3_ADDR), 0xC0FFEE00u);
}

bool hal_step_tzsc(void)
{
    hal_clock_enable(&HAL_RCC->apb1lenr, HAL_BIT(0));
    hal_clock_enable(&HAL_RCC->apb1lenr, HAL_BIT(4));
    HAL_TZSC->seccfgr[0] = TZSC1_TIM2 | TZSC1_TIM6;
    HAL_TZSC->privcfgr[0] = TZSC1_TIM6;
    HAL_TIM2->psc = 7;
    if (!hal_check("TZSC_SECCFGR1", HAL_TZSC->seccfgr[0], TZSC1_TIM2 | TZSC1_TIM6) ||
        !hal_check("TZSC_PRIVCFGR1", HAL_TZSC->privcfgr[0], TZSC1_TIM6)) {
        return false;
    }
    HAL_TZSC->seccfgr[0] = TZSC1_TIM6;
    const uint32_t open = NS(&HAL_TIM2->psc);
    HAL_TZSC->seccfgr[0] = TZSC1_TIM2 | TZSC1_TIM6;
    return hal_check("TIM2_PSC", open, 7u);
}

void hal_gtzc_handler(void)
{
    for (unsigned i = 0; i < TZIC_REGISTERS; i++) {
        const uint32_t pending = HAL_TZIC->sr[i] & HAL_TZIC->ier[i];
        HAL_TZIC->fcr[i] = pending;
        violations[i] |= pending;
    }
}

/** Two illegal accesses, which the journal shows as refused: TIM2, and a Secure block of SRAM3. */
bool hal_step_tzic(void)
{
    for (unsigned i = 0; i < TZIC_REGISTERS; i++) {
        HAL_TZIC->fcr[i] = 0xFFFFFFFFu;
        violations[i] = 0;
    }
    HAL_TZIC->ier[0] = TZSC1_TIM2;
    HAL_TZIC->ier[3] = TZIC4_SRAM3;
    hal_nvic_enable(HAL_IRQ_GTZC);
    const uint32_t timer = NS(&HAL_TIM2->psc);
    const uint32_t memory = NS(SRAM3_ADDR + 31u * MPCBB_BLOCK);
    hal_delay(1);
    hal_nvic_disable(HAL_IRQ_GTZC);
    return hal_check("TIM2_PSC", timer, 0) && hal_check("SRAM3", memory, 0) &&
           hal_check("TZIC_SR1", violations[0], TZSC1_TIM2) &&
           hal_check("TZIC_SR4", violations[3], TZIC4_SRAM3) &&
           hal_check("TZIC_SR1", HAL_TZIC->sr[0], 0);
}

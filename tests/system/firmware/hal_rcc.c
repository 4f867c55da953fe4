/* Voltage, wait states, oscillators and PLL, the caches and the tick: the way to 250 MHz. */
#include "hal.h"

#define CLOCK_HZ 250000000u

#define OSCILLATOR_TIMEOUT_MS 100u
#define PLL_TIMEOUT_MS        2u
#define SWITCH_TIMEOUT_MS     5000u
#define LSE_TIMEOUT_MS        5000u
#define CACHE_TIMEOUT_MS      1u

#define VOSCR_VOS        (3u << 4)
#define VOSCR_SCALE0     (3u << 4)
#define VOSSR_VOSRDY     HAL_BIT(3)
#define VOSSR_ACTVOS     (3u << 14)
#define DBPCR_DBP        HAL_BIT(0)
#define ACR_LATENCY      0xFu
#define ACR_HIGHFREQ     (3u << 4)
#define ACR_PRFTEN       HAL_BIT(8)
#define ICACHE_EN        HAL_BIT(0)
#define ICACHE_INV       HAL_BIT(1)
#define ICACHE_BUSYF     HAL_BIT(0)
#define ICACHE_ENDF      HAL_BIT(1)
#define RCC_AHB1_DCACHE1 HAL_BIT(30)
#define EXTERNAL_ADDR    0x90000000u /* what it caches: external memories */
#define DCACHE_EN        HAL_BIT(0)
#define DCACHE_INV       HAL_BIT(1)
#define DCACHE_CMD       (7u << 8)
#define DCACHE_CLEAN     (1u << 8)
#define DCACHE_START     HAL_BIT(11)
#define DCACHE_BUSY      (HAL_BIT(0) | HAL_BIT(3)) /* BUSYF, BUSYCMDF */
#define DCACHE_ENDF      HAL_BIT(1)
#define DCACHE_CMDEND    HAL_BIT(4)
#define OPSR_CODE_POS    29u

#define BDCR_LSEON  HAL_BIT(0)
#define BDCR_LSERDY HAL_BIT(1)
#define BDCR_LSION  HAL_BIT(26)
#define BDCR_LSIRDY HAL_BIT(27)
#define CR_PLL1ON   HAL_BIT(24)
#define CR_PLL1RDY  HAL_BIT(25)
#define CFGR1_SW    3u
#define CFGR1_SWS   (7u << 3)
#define SOURCE_PLL1 3u
#define PLL_SRC_HSE 3u
#define PLL_RGE_4_8 (2u << 2)
#define PLL_FRACEN  HAL_BIT(4)
#define PLL_PEN     HAL_BIT(16)
#define PLL_QEN     HAL_BIT(17)
#define PLL_REN     HAL_BIT(18)
#define PLL_M_POS   8u
#define CFGR2_HPRE  0xFu
#define CFGR2_PPRE  (7u << 4 | 7u << 8 | 7u << 12)

bool hal_step_voltage(void)
{
    hal_modify(&HAL_PWR->voscr, VOSCR_VOS, VOSCR_SCALE0);
    /* Without a limit, as the vendor's own start-up code does. */
    while ((HAL_PWR->vossr & VOSSR_VOSRDY) == 0) {
    }
    return hal_check("PWR_VOSSR.ACTVOS", HAL_PWR->vossr & VOSSR_ACTVOS, VOSSR_ACTVOS);
}

bool hal_step_latency(void)
{
    const uint32_t operation = HAL_FLASH->opsr >> OPSR_CODE_POS;
    hal_modify(&HAL_FLASH->acr, ACR_LATENCY | ACR_HIGHFREQ, 5u | 2u << 4);
    hal_set(&HAL_FLASH->acr, ACR_PRFTEN);
    return hal_check("FLASH_OPSR.CODE_OP", operation, 0) &&
           hal_check("FLASH_ACR", HAL_FLASH->acr & (ACR_LATENCY | ACR_HIGHFREQ), 5u | 2u << 4);
}

struct hal_oscillator {
    const char *name;
    uint32_t on;
    uint32_t ready;
};

static enum hal_status oscillator_config(const struct hal_oscillator *oscillator, bool on)
{
    hal_modify(&HAL_RCC->cr, oscillator->on, on ? oscillator->on : 0);
    return hal_wait(oscillator->name, &HAL_RCC->cr, oscillator->ready, on ? oscillator->ready : 0,
                    OSCILLATOR_TIMEOUT_MS);
}

bool hal_step_oscillators(void)
{
    static const struct hal_oscillator csi = {"RCC_CR.CSIRDY", HAL_BIT(8), HAL_BIT(9)};
    static const struct hal_oscillator kept[] = {
        {"RCC_CR.HSIRDY", HAL_BIT(0), HAL_BIT(1)},
        {"RCC_CR.HSERDY", HAL_BIT(16), HAL_BIT(17)},
        {"RCC_CR.HSI48RDY", HAL_BIT(12), HAL_BIT(13)},
    };
    if (oscillator_config(&csi, true) != HAL_OK || oscillator_config(&csi, false) != HAL_OK) {
        return false;
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (oscillator_config(&kept[i], true) != HAL_OK) {
            return false;
        }
    }
    return true;
}

/** The LSI needs no access to the backup domain, the LSE does. */
bool hal_step_backup_domain(void)
{
    hal_set(&HAL_RCC->bdcr, BDCR_LSION);
    if (hal_wait("RCC_BDCR.LSIRDY", &HAL_RCC->bdcr, BDCR_LSIRDY, BDCR_LSIRDY,
                 OSCILLATOR_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    hal_set(&HAL_PWR->dbpcr, DBPCR_DBP);
    if (hal_wait("PWR_DBPCR.DBP", &HAL_PWR->dbpcr, DBPCR_DBP, DBPCR_DBP, PLL_TIMEOUT_MS) !=
        HAL_OK) {
        return false;
    }
    hal_set(&HAL_RCC->bdcr, BDCR_LSEON);
    return hal_wait("RCC_BDCR.LSERDY", &HAL_RCC->bdcr, BDCR_LSERDY, BDCR_LSERDY, LSE_TIMEOUT_MS) ==
           HAL_OK;
}

/** 25 MHz / 5 * 100 / 2. */
static enum hal_status pll_config(void)
{
    hal_clear(&HAL_RCC->cr, CR_PLL1ON);
    if (hal_wait("RCC_CR.PLL1RDY", &HAL_RCC->cr, CR_PLL1RDY, 0, PLL_TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    HAL_RCC->pllcfgr[0] = PLL_SRC_HSE | PLL_RGE_4_8 | 5u << PLL_M_POS;
    HAL_RCC->pll[0].divr = (100u - 1u) | (2u - 1u) << 9 | (2u - 1u) << 16 | (2u - 1u) << 24;
    HAL_RCC->pll[0].fracr = 0;
    hal_set(&HAL_RCC->pllcfgr[0], PLL_FRACEN);
    hal_set(&HAL_RCC->pllcfgr[0], PLL_PEN | PLL_QEN | PLL_REN);
    hal_set(&HAL_RCC->cr, CR_PLL1ON);
    return hal_wait("RCC_CR.PLL1RDY", &HAL_RCC->cr, CR_PLL1RDY, CR_PLL1RDY, PLL_TIMEOUT_MS);
}

bool hal_step_pll(void)
{
    if (pll_config() != HAL_OK) {
        return false;
    }
    hal_clear(&HAL_RCC->cfgr2, CFGR2_HPRE | CFGR2_PPRE);
    hal_modify(&HAL_RCC->cfgr1, CFGR1_SW, SOURCE_PLL1);
    if (hal_wait("RCC_CFGR1.SWS", &HAL_RCC->cfgr1, CFGR1_SWS, SOURCE_PLL1 << 3,
                 SWITCH_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    hal_tick_init(CLOCK_HZ);
    return true;
}

bool hal_step_icache(void)
{
    HAL_ICACHE->fcr = ICACHE_ENDF;
    hal_set(&HAL_ICACHE->cr, ICACHE_INV);
    if ((HAL_ICACHE->sr & ICACHE_ENDF) == 0 &&
        hal_wait("ICACHE_SR.BSYENDF", &HAL_ICACHE->sr, ICACHE_ENDF, ICACHE_ENDF,
                 CACHE_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    HAL_ICACHE->fcr = ICACHE_ENDF;
    hal_set(&HAL_ICACHE->cr, ICACHE_EN);
    return hal_check("ICACHE_SR", HAL_ICACHE->sr & (ICACHE_BUSYF | ICACHE_ENDF), 0) &&
           hal_check("ICACHE_CR.EN", HAL_ICACHE->cr & ICACHE_EN, ICACHE_EN);
}

/** Enabled, invalidated as a whole, then cleaned for a range. */
bool hal_step_dcache(void)
{
    hal_clock_enable(&HAL_RCC->ahb1enr, RCC_AHB1_DCACHE1);
    if (hal_wait("DCACHE_SR.BUSYF", &HAL_DCACHE->sr, DCACHE_BUSY, 0, CACHE_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    hal_set(&HAL_DCACHE->cr, DCACHE_EN);
    HAL_DCACHE->fcr = DCACHE_ENDF | DCACHE_CMDEND;
    hal_clear(&HAL_DCACHE->cr, DCACHE_CMD);
    hal_set(&HAL_DCACHE->cr, DCACHE_INV);
    if (hal_wait("DCACHE_SR.BSYENDF", &HAL_DCACHE->sr, DCACHE_ENDF, DCACHE_ENDF,
                 CACHE_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    HAL_DCACHE->fcr = DCACHE_ENDF | DCACHE_CMDEND;
    HAL_DCACHE->cmdrsaddrr = EXTERNAL_ADDR;
    HAL_DCACHE->cmdreaddrr = EXTERNAL_ADDR + 0xFFFu;
    hal_modify(&HAL_DCACHE->cr, DCACHE_CMD, DCACHE_CLEAN);
    hal_set(&HAL_DCACHE->cr, DCACHE_START);
    if (hal_wait("DCACHE_SR.CMDENDF", &HAL_DCACHE->sr, DCACHE_CMDEND, DCACHE_CMDEND,
                 CACHE_TIMEOUT_MS) != HAL_OK) {
        return false;
    }
    HAL_DCACHE->fcr = DCACHE_CMDEND;
    return hal_check("DCACHE_SR", HAL_DCACHE->sr, 0) &&
           hal_check("DCACHE_CR.EN", HAL_DCACHE->cr & DCACHE_EN, DCACHE_EN);
}

/** Waits as a driver does that needs less than a tick: on the counter itself, past its reload. */
static void delay_cycles(uint32_t cycles)
{
    uint32_t passed = 0;
    uint32_t last = HAL_SYSTICK->val;
    while (passed < cycles) {
        const uint32_t now = HAL_SYSTICK->val;
        passed += last >= now ? last - now : last + HAL_SYSTICK->load + 1u - now;
        last = now;
    }
}

bool hal_step_tick(void)
{
    const uint32_t start = hal_tick();
    hal_delay(3);
    if (!hal_check("SysTick_LOAD", HAL_SYSTICK->load, CLOCK_HZ / 1000u - 1u) ||
        !hal_check("tick", hal_tick() - start, 3u)) {
        return false;
    }
    delay_cycles(5u * (CLOCK_HZ / 1000u));
    return hal_check("tick", hal_tick() - start, 8u);
}

/*
 * The STM32H573 as a vendor's HAL sees it: a struct of registers for each block, at its Secure
 * alias. Sources: RM0481 and the Armv8-M Architecture Reference Manual (DDI 0553).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef volatile uint32_t hal_reg;

struct hal_rcc {
    hal_reg cr, gap_04[3];
    hal_reg hsicfgr, crrcr, csicfgr, cfgr1, cfgr2, gap_24;
    hal_reg pllcfgr[3];
    struct {
        hal_reg divr, fracr;
    } pll[3];
    hal_reg gap_4c, cier, cifr, cicr, gap_5c;
    hal_reg ahb1rstr, ahb2rstr, gap_68, ahb4rstr, gap_70, apb1lrstr, apb1hrstr, apb2rstr, apb3rstr;
    hal_reg gap_84, ahb1enr, ahb2enr, gap_90, ahb4enr, gap_98, apb1lenr, apb1henr, apb2enr, apb3enr;
    hal_reg gap_ac[11], ccipr[5], gap_ec, bdcr, rsr;
};
_Static_assert(offsetof(struct hal_rcc, rsr) == 0xF4, "RCC");
_Static_assert(offsetof(struct hal_rcc, apb3enr) == 0xA8, "RCC");

struct hal_pwr {
    hal_reg pmcr, pmsr, gap_08[2], voscr, vossr, gap_18[2], bdcr, dbpcr;
};
_Static_assert(offsetof(struct hal_pwr, dbpcr) == 0x24, "PWR");

struct hal_flash {
    hal_reg acr, nskeyr, seckeyr, optkeyr, nsobkkeyr, secobkkeyr, opsr, optcr;
    hal_reg nssr, secsr, nscr, seccr, nsccr, secccr, gap_38, privcfgr;
    hal_reg nsobkcfgr, secobkcfgr, hdpextr, gap_4c, optsr_cur, optsr_prg;
};
_Static_assert(offsetof(struct hal_flash, optsr_prg) == 0x54, "FLASH");

struct hal_icache {
    hal_reg cr, sr, ier, fcr;
};

struct hal_dcache {
    hal_reg cr, sr, ier, fcr, gap_10[6], cmdrsaddrr, cmdreaddrr;
};
_Static_assert(offsetof(struct hal_dcache, cmdreaddrr) == 0x2C, "DCACHE");

struct hal_gpio {
    hal_reg moder, otyper, ospeedr, pupdr, idr, odr, bsrr, lckr, afr[2];
};

struct hal_usart {
    hal_reg cr1, cr2, cr3, brr, gtpr, rtor, rqr, isr, icr, rdr, tdr, presc;
};

struct hal_rng {
    hal_reg cr, sr, dr, nscr, htcr;
};

struct hal_hash {
    hal_reg cr, din, str, hra[5], imr, sr, gap_28[52], csr[103], gap_294[31], hr[16];
};
_Static_assert(offsetof(struct hal_hash, csr) == 0xF8, "HASH");
_Static_assert(offsetof(struct hal_hash, hr) == 0x310, "HASH");

/** AES and SAES. */
struct hal_aes {
    hal_reg cr, sr, dinr, doutr, keyr_low[4], ivr[4], keyr_high[4], suspr[8], gap_60[168];
    hal_reg ier, isr, icr;
};
_Static_assert(offsetof(struct hal_aes, ier) == 0x300, "AES");

struct hal_pka {
    hal_reg cr, sr, clrfr, gap_0c[253], ram[1334];
};
_Static_assert(offsetof(struct hal_pka, ram) == 0x400, "PKA");

struct hal_tzsc {
    hal_reg cr, gap_04[3], seccfgr[3], gap_1c, privcfgr[3];
};

struct hal_tzic {
    hal_reg ier[4], sr[4], fcr[4];
};

struct hal_mpcbb {
    hal_reg cr, gap_04[3], cfglockr, gap_14[59], seccfgr[32], gap_180[32], privcfgr[32];
};
_Static_assert(offsetof(struct hal_mpcbb, privcfgr) == 0x200, "MPCBB");

struct hal_rtc {
    hal_reg tr, dr, ssr, icsr, prer, wutr, cr, privcfgr, seccfgr, wpr, calr, shiftr, gap_30[8];
    hal_reg sr, misr, smisr, scr;
};
_Static_assert(offsetof(struct hal_rtc, scr) == 0x5C, "RTC");

struct hal_tamp {
    hal_reg cr1, gap_04[11], sr, gap_34[51], bkpr[32];
};
_Static_assert(offsetof(struct hal_tamp, bkpr) == 0x100, "TAMP");

struct hal_tim {
    hal_reg cr1, cr2, smcr, dier, sr, egr, ccmr[2], ccer, cnt, psc, arr, rcr, ccr[4];
};
_Static_assert(offsetof(struct hal_tim, ccr) == 0x34, "TIM");

struct hal_dma {
    hal_reg seccfgr, privcfgr, rcfglockr, misr, smisr;
};

struct hal_dma_channel {
    hal_reg lbar, gap_04[2], fcr, sr, cr, gap_18[10], tr1, tr2, br1, sar, dar, tr3, br2;
    hal_reg gap_5c[8], llr;
};
_Static_assert(offsetof(struct hal_dma_channel, tr1) == 0x40, "GPDMA");
_Static_assert(offsetof(struct hal_dma_channel, llr) == 0x7C, "GPDMA");

struct hal_exti {
    struct {
        hal_reg rtsr, ftsr, swier, rpr, fpr, seccfgr, privcfgr, gap_1c;
    } bank[2];
    hal_reg gap_40[8], exticr[4], lockr, gap_74[3], imr1, emr1;
};
_Static_assert(offsetof(struct hal_exti, imr1) == 0x80, "EXTI");

struct hal_crc {
    hal_reg dr, idr, cr, gap_0c, init, pol;
};

struct hal_iwdg {
    hal_reg kr, pr, rlr, sr, winr, ewcr;
};

struct hal_wwdg {
    hal_reg cr, cfr, sr;
};

struct hal_ramcfg {
    struct {
        hal_reg cr, ier, isr, gap_0c[7], erkeyr, gap_2c[5];
    } ram[5];
};
_Static_assert(offsetof(struct hal_ramcfg, ram[1].erkeyr) == 0x68, "RAMCFG");

struct hal_systick {
    hal_reg ctrl, load, val, calib;
};

struct hal_sau {
    hal_reg ctrl, type, rnr, rbar, rlar;
};

#define HAL_TIM2   ((struct hal_tim *)0x50000000u)
#define HAL_TIM6   ((struct hal_tim *)0x50001000u)
#define HAL_WWDG   ((struct hal_wwdg *)0x50002C00u)
#define HAL_IWDG   ((struct hal_iwdg *)0x50003000u)
#define HAL_USART1 ((struct hal_usart *)0x50013800u)
#define HAL_GPDMA1 ((struct hal_dma *)0x50020000u)
#define HAL_FLASH  ((struct hal_flash *)0x50022000u)
#define HAL_CRC    ((struct hal_crc *)0x50023000u)
#define HAL_RAMCFG ((struct hal_ramcfg *)0x50026000u)
#define HAL_ICACHE ((struct hal_icache *)0x50030400u)
#define HAL_DCACHE ((struct hal_dcache *)0x50031400u)
#define HAL_TZSC   ((struct hal_tzsc *)0x50032400u)
#define HAL_TZIC   ((struct hal_tzic *)0x50032800u)
#define HAL_MPCBB3 ((struct hal_mpcbb *)0x50033400u)
#define HAL_GPIOA  ((struct hal_gpio *)0x52020000u)
#define HAL_AES    ((struct hal_aes *)0x520C0000u)
#define HAL_HASH   ((struct hal_hash *)0x520C0400u)
#define HAL_RNG    ((struct hal_rng *)0x520C0800u)
#define HAL_SAES   ((struct hal_aes *)0x520C0C00u)
#define HAL_PKA    ((struct hal_pka *)0x520C2000u)
#define HAL_RTC    ((struct hal_rtc *)0x54007800u)
#define HAL_TAMP   ((struct hal_tamp *)0x54007C00u)
#define HAL_PWR    ((struct hal_pwr *)0x54020800u)
#define HAL_RCC    ((struct hal_rcc *)0x54020C00u)
#define HAL_EXTI   ((struct hal_exti *)0x54022000u)

#define HAL_SYSTICK ((struct hal_systick *)0xE000E010u)
#define HAL_SAU     ((struct hal_sau *)0xE000EDD0u)

#define HAL_GPDMA1_CHANNEL(n) ((struct hal_dma_channel *)(0x50020050u + 0x80u * (n)))

/** Interrupts, by their number in the vector table behind the exceptions. */
enum hal_irq {
    HAL_IRQ_RTC_S = 3,
    HAL_IRQ_FLASH_S = 7,
    HAL_IRQ_GTZC = 8,
    HAL_IRQ_EXTI0 = 11,
    HAL_IRQ_GPDMA1_CH0 = 27,
    HAL_IRQ_TIM2 = 45,
    HAL_IRQ_TIM6 = 49,
    HAL_IRQ_USART1 = 58,
    HAL_IRQS = 131,
};

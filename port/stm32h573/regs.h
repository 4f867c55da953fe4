/*
 * Registers of the STM32H573 and of the Cortex-M33, as far as this port uses them.
 *
 * Addresses are those of the Secure alias; PERIPHERAL_NS() gives the other. Sources: RM0481 and the
 * Armv8-M Architecture Reference Manual (DDI 0553).
 */
#pragma once

#include <reg_access.h>

static inline void reg_set(uint32_t addr, uint32_t bits)
{
    reg_write(addr, reg_read(addr) | bits);
}

/** Replaces the bits of `mask`. */
static inline void reg_update(uint32_t addr, uint32_t mask, uint32_t bits)
{
    reg_write(addr, (reg_read(addr) & ~mask) | bits);
}

#define PERIPHERAL_NS(addr) ((addr)-0x10000000u)

/* FLASH: offsets from FLASH_BASE; its data areas are in layout.h. */
#define FLASH_BASE        0x50022000u
#define FLASH_NSKEYR      (FLASH_BASE + 0x04u)
#define FLASH_SECKEYR     (FLASH_BASE + 0x08u)
#define FLASH_SECOBKKEYR  (FLASH_BASE + 0x14u)
#define FLASH_NSSR        (FLASH_BASE + 0x20u)
#define FLASH_SECSR       (FLASH_BASE + 0x24u)
#define FLASH_NSCR        (FLASH_BASE + 0x28u)
#define FLASH_SECCR       (FLASH_BASE + 0x2Cu)
#define FLASH_NSCCR       (FLASH_BASE + 0x30u)
#define FLASH_SECCCR      (FLASH_BASE + 0x34u)
#define FLASH_SECOBKCFGR  (FLASH_BASE + 0x44u)
#define FLASH_HDPEXTR     (FLASH_BASE + 0x48u)
#define FLASH_OPTSR_CUR   (FLASH_BASE + 0x50u)
#define FLASH_SECWM1R_CUR (FLASH_BASE + 0xE0u)
#define FLASH_SECWM2R_CUR (FLASH_BASE + 0x1E0u)
#define FLASH_ECCDETR     (FLASH_BASE + 0x104u)

#define FLASH_KEY_1 0x45670123u
#define FLASH_KEY_2 0xCDEF89ABu

#define FLASH_OBK_KEY_1 0x192A083Bu
#define FLASH_OBK_KEY_2 0x6E7F4C5Du

#define FLASH_SR_BSY    (1u << 0)
#define FLASH_SR_WBNE   (1u << 1)
#define FLASH_SR_DBNE   (1u << 3)
#define FLASH_SR_EOP    (1u << 16)
#define FLASH_SR_ERRORS 0x00FE0000u /* WRPERR to OPTCHANGEERR */

#define FLASH_CR_LOCK    (1u << 0)
#define FLASH_CR_PG      (1u << 1)
#define FLASH_CR_SER     (1u << 2)
#define FLASH_CR_FW      (1u << 4)
#define FLASH_CR_STRT    (1u << 5)
#define FLASH_CR_SNB_POS 6u
#define FLASH_CR_BKSEL   (1u << 31)

#define FLASH_OBKCFGR_LOCK            (1u << 0)
#define FLASH_OBKCFGR_SWAP_SECT_REQ   (1u << 1)
#define FLASH_OBKCFGR_ALT_SECT        (1u << 2)
#define FLASH_OBKCFGR_ALT_SECT_ERASE  (1u << 3)
#define FLASH_OBKCFGR_SWAP_OFFSET_POS 16u
#define FLASH_OBKCFGR_SWAP_ALL        0x1FFu /* every slot but the hardware's own */

#define FLASH_OPTSR_STATE(value)     (((value) >> 8) & 0xFFu)
#define FLASH_STATE_OPEN             0xEDu
#define FLASH_STATE_PROVISIONING     0x17u
#define FLASH_STATE_IROT_PROVISIONED 0x2Eu
#define FLASH_STATE_TZ_CLOSED        0xC6u
#define FLASH_STATE_CLOSED           0x72u

#define FLASH_SECWM_FIRST(value) ((value)&0x7Fu) /* sectors; first > last: none */
#define FLASH_SECWM_LAST(value)  (((value) >> 16) & 0x7Fu)
#define FLASH_SECWM(first, last) ((first) | (last) << 16)

#define FLASH_ECCDETR_ECCD (1u << 31)

/* GTZC and ICACHE: only what protects. */
#define GTZC_TZSC_CR           0x50032400u
#define GTZC_TZSC_SECCFGR(n)   (GTZC_TZSC_CR + 0x10u + ((n)-1u) * 4u)
#define GTZC_TZSC_PRIVCFGR(n)  (GTZC_TZSC_CR + 0x20u + ((n)-1u) * 4u)
#define GTZC_TZSC_LCK          (1u << 0)
#define GTZC_MPCBB_CR(n)       (0x50032C00u + ((n)-1u) * 0x400u)
#define GTZC_MPCBB_CFGLOCKR(n) (GTZC_MPCBB_CR(n) + 0x10u)
#define GTZC_MPCBB_SECCFGR(n)  (GTZC_MPCBB_CR(n) + 0x100u)
#define GTZC_MPCBB_PRIVCFGR(n) (GTZC_MPCBB_CR(n) + 0x200u)
#define GTZC_MPCBB_GLOCK       (1u << 0)

/* Superblocks of 16 KB: 32 blocks of 512 bytes, one register each. */
#define GTZC_MPCBB_SUPERBLOCK 0x4000u
#define GTZC_MPCBB_BLOCK      0x200u

#define TZSC2_USART1 (1u << 11)

#define ICACHE_CR    0x50030400u
#define ICACHE_CR_EN (1u << 0)

/* GPIO */
#define GPIOA_BASE   0x52020000u
#define GPIO_MODER   0x00u
#define GPIO_AFRH    0x24u
#define GPIO_SECCFGR 0x30u

/* USART1 */
#define TIM6_BASE   0x50001000u
#define TIM7_BASE   0x50001400u
#define TIM7_END    0x50001800u
#define USART1_BASE 0x50013800u
#define USART_CR1   0x00u
#define USART_BRR   0x0Cu
#define USART_ISR   0x1Cu
#define USART_ICR   0x20u
#define USART_RDR   0x24u
#define USART_TDR   0x28u

#define USART_CR1_UE     (1u << 0)
#define USART_CR1_RE     (1u << 2)
#define USART_CR1_TE     (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_ISR_RXNE   (1u << 5)
#define USART_ISR_TC     (1u << 6)
#define USART_ISR_TXE    (1u << 7)
#define USART_ICR_ERRORS 0xFu /* parity, framing, noise, overrun */

#define USART1_IRQ 58u

/* IWDG, on the LSI of 32 kHz */
#define IWDG_BASE       0x50003000u
#define IWDG_KR         (IWDG_BASE + 0x00u)
#define IWDG_PR         (IWDG_BASE + 0x04u)
#define IWDG_RLR        (IWDG_BASE + 0x08u)
#define IWDG_SR         (IWDG_BASE + 0x0Cu)
#define IWDG_KR_UNLOCK  0x5555u
#define IWDG_KR_REFRESH 0xAAAAu
#define IWDG_KR_START   0xCCCCu
#define IWDG_PR_64      4u
#define IWDG_RLR_MAX    0xFFFu
#define IWDG_SR_UPDATES 0xFu /* a value is still on its way to the watchdog's clock */

/* What the crypto partition is given: AES, HASH and RNG in one run, and behind SAES the PKA. */
#define CRYPTO_BASE 0x520C0000u
#define CRYPTO_END  0x520C0C00u
#define PKA_BASE    0x520C2000u
#define PKA_END     0x520C4000u

/* AES */
#define AES_BASE       0x520C0000u
#define AES_CR         (AES_BASE + 0x000u)
#define AES_SR         (AES_BASE + 0x004u)
#define AES_DINR       (AES_BASE + 0x008u)
#define AES_DOUTR      (AES_BASE + 0x00Cu)
#define AES_KEYR(n)    (AES_BASE + ((n) < 4u ? 0x010u : 0x020u) + 4u * (n)) /* 4 to 7 stand apart */
#define AES_ISR        (AES_BASE + 0x304u)
#define AES_ICR        (AES_BASE + 0x308u)
#define AES_CR_EN      (1u << 0)
#define AES_CR_BYTES   (2u << 1) /* data: words of memory as they are */
#define AES_CR_PREPARE (1u << 3) /* the key, for decryption */
#define AES_CR_DECRYPT (2u << 3)
#define AES_CR_KEY_256 (1u << 18)
#define AES_CR_IPRST   (1u << 31)
#define AES_SR_VALID   (1u << 7) /* the key */
#define AES_ISR_CCF    (1u << 0)
#define AES_ISR_ERRORS 0x6u /* RWEIF, KEIF */

/* HASH */
#define HASH_BASE     0x520C0400u
#define HASH_CR       (HASH_BASE + 0x000u)
#define HASH_DIN      (HASH_BASE + 0x004u)
#define HASH_STR      (HASH_BASE + 0x008u)
#define HASH_SR       (HASH_BASE + 0x024u)
#define HASH_CSR(n)   (HASH_BASE + 0x0F8u + 4u * (n))
#define HASH_HR(n)    (HASH_BASE + 0x310u + 4u * (n))
#define HASH_CR_INIT  (1u << 2)
#define HASH_STR_DCAL (1u << 8)
#define HASH_SR_DINIS (1u << 0)
#define HASH_SR_DCIS  (1u << 1)
#define HASH_SR_BUSY  (1u << 3)

/* PKA */
#define PKA_CR          (PKA_BASE + 0x000u)
#define PKA_SR          (PKA_BASE + 0x004u)
#define PKA_CLRFR       (PKA_BASE + 0x008u)
#define PKA_RAM         (PKA_BASE + 0x400u)
#define PKA_RAM_END     (PKA_BASE + 0x18D8u)
#define PKA_CR_EN       (1u << 0)
#define PKA_CR_START    (1u << 1)
#define PKA_CR_MODE(n)  ((uint32_t)(n) << 8)
#define PKA_SR_INITOK   (1u << 0)
#define PKA_SR_PROCENDF (1u << 17)
#define PKA_SR_ERRORS   0x00380000u /* RAMERRF, ADDRERRF, OPERRF */

/* RNG */
#define RNG_BASE       0x520C0800u
#define RNG_CR         (RNG_BASE + 0x00u)
#define RNG_SR         (RNG_BASE + 0x04u)
#define RNG_DR         (RNG_BASE + 0x08u)
#define RNG_NSCR       (RNG_BASE + 0x0Cu)
#define RNG_HTCR       (RNG_BASE + 0x10u)
#define RNG_CR_RNGEN   (1u << 2)
#define RNG_CR_CONDRST (1u << 30)
#define RNG_SR_DRDY    (1u << 0)
#define RNG_SR_CECS    (1u << 1)
#define RNG_SR_SECS    (1u << 2)
#define RNG_SR_CEIS    (1u << 5)
#define RNG_SR_SEIS    (1u << 6)

/* SAES */
#define SAES_BASE        0x520C0C00u
#define SAES_CR          (SAES_BASE + 0x000u)
#define SAES_SR          (SAES_BASE + 0x004u)
#define SAES_DINR        (SAES_BASE + 0x008u)
#define SAES_DOUTR       (SAES_BASE + 0x00Cu)
#define SAES_ISR         (SAES_BASE + 0x304u)
#define SAES_ICR         (SAES_BASE + 0x308u)
#define SAES_CR_EN       (1u << 0)
#define SAES_CR_KEY_256  (1u << 18)
#define SAES_CR_KEY_DHUK (1u << 28)
#define SAES_CR_IPRST    (1u << 31)
#define SAES_SR_BUSY     (1u << 3)
#define SAES_SR_KEYVALID (1u << 7)
#define SAES_ISR_CCF     (1u << 0)
#define SAES_ISR_RWEIF   (1u << 1)
#define SAES_ISR_KEIF    (1u << 2)
#define SAES_ISR_RNGEIF  (1u << 3)

/* SBS */
#define SBS_BASE           0x54000400u
#define SBS_HDPLCR         (SBS_BASE + 0x10u)
#define SBS_HDPLSR         (SBS_BASE + 0x14u)
#define SBS_DBGCR          (SBS_BASE + 0x20u)
#define SBS_DBGCR_OPEN_MASK 0xFF00FFFFu /* but the level from which on */
#define SBS_DBGCR_OPEN_ALL 0xB400B4B4u
#define SBS_DBGCR_OPEN_NS  0x3C00B4B4u
#define SBS_EPOCHSELCR     (SBS_BASE + 0xA0u)
#define SBS_CSLCKR         (SBS_BASE + 0x148u)
#define SBS_CSLCKR_VTAIRCR (1u << 0) /* of the Secure side */
#define SBS_CSLCKR_SAU     (1u << 2)
#define SBS_HDPLCR_RAISE   0x6Au
#define SBS_HDPLSR_0       0xB4u
#define SBS_HDPLSR_1       0x51u
#define SBS_HDPLSR_2       0x8Au
#define SBS_HDPLSR_3       0x6Fu

/* PWR, RCC, TAMP */
#define PWR_DBPCR     0x54020824u
#define PWR_DBPCR_DBP (1u << 0)

#define RCC_BASE             0x54020C00u
#define RCC_CR               (RCC_BASE + 0x00u)
#define RCC_AHB1ENR          (RCC_BASE + 0x88u)
#define RCC_AHB2ENR          (RCC_BASE + 0x8Cu)
#define RCC_APB1LENR         (RCC_BASE + 0x9Cu)
#define RCC_APB2ENR          (RCC_BASE + 0xA4u)
#define RCC_APB3ENR          (RCC_BASE + 0xA8u)
#define RCC_RSR              (RCC_BASE + 0xF4u)
#define RCC_CR_HSI48ON       (1u << 12)
#define RCC_CR_HSI48RDY      (1u << 13)
#define RCC_AHB1ENR_TZSC1EN  (1u << 24)
#define RCC_AHB2ENR_GPIOAEN  (1u << 0)
#define RCC_AHB2ENR_GPIOS    0x1FFu
#define RCC_AHB2ENR_AESEN    (1u << 16)
#define RCC_AHB2ENR_HASHEN   (1u << 17)
#define RCC_AHB2ENR_RNGEN    (1u << 18)
#define RCC_AHB2ENR_PKAEN    (1u << 19)
#define RCC_AHB2ENR_SAESEN   (1u << 20)
#define RCC_APB2ENR_USART1EN (1u << 14)
#define RCC_APB3ENR_SBSEN    (1u << 1)
#define RCC_APB3ENR_RTCAPBEN (1u << 21)
#define RCC_RSR_RMVF         (1u << 23)
#define RCC_RSR_PINRSTF      (1u << 26)
#define RCC_RSR_BORRSTF      (1u << 27)
#define RCC_RSR_SFTRSTF      (1u << 28)
#define RCC_RSR_IWDGRSTF     (1u << 29)
#define RCC_RSR_WWDGRSTF     (1u << 30)

#define TAMP_BASE         0x54007C00u
#define TAMP_SECCFGR      (TAMP_BASE + 0x20u)
#define TAMP_SECCFGR_MASK 0x80FF00FFu /* BKPRWSEC, BKPWSEC, TAMPSEC */
/* Registers from 0 that only Secure code reads and writes: 8; that only it writes: up to 32. */
#define TAMP_SECCFGR_WRITE_SECURE (8u | 32u << 16 | 1u << 31)
#define TAMP_BKPR(n)              (TAMP_BASE + 0x100u + 4u * (n))

/* Unique device id: 12 bytes of the read-only area, the same address for both worlds. */
#define UID_BASE 0x08FFF800u

/* Cortex-M33 system control space; the Non-secure view of a register is SCS_NS() of it. */
#define SCS_NS(addr) ((addr) + 0x20000u)
#define NVIC_ISER(n) (0xE000E100u + 4u * (n))
#define NVIC_ICER(n) (0xE000E180u + 4u * (n))
#define NVIC_ICPR(n) (0xE000E280u + 4u * (n))
#define NVIC_IPR(n)  (0xE000E400u + (n)) /* bytes */
#define NVIC_ITNS(n) (0xE000E380u + 4u * (n))
#define SYST_CSR     0xE000E010u
#define SYST_RVR     0xE000E014u
#define SYST_CVR     0xE000E018u
#define SCB_ICSR     0xE000ED04u
#define SCB_SHPR3    0xE000ED20u
#define SCB_VTOR     0xE000ED08u
#define SCB_AIRCR    0xE000ED0Cu
#define SCB_SHCSR    0xE000ED24u
#define SCB_CFSR     0xE000ED28u
#define SCB_HFSR     0xE000ED2Cu
#define SCB_MMFAR    0xE000ED34u
#define SCB_BFAR     0xE000ED38u
#define SCB_CPACR    0xE000ED88u
#define SCB_NSACR    0xE000ED8Cu
#define MPU_CTRL     0xE000ED94u
#define MPU_RNR      0xE000ED98u
#define MPU_RBAR     0xE000ED9Cu
#define MPU_RLAR     0xE000EDA0u
#define MPU_MAIR0    0xE000EDC0u

/* Of region `n`, 0 to 3, of the four that the one chosen by MPU_RNR is among. */
#define MPU_RBAR_OF(n) (MPU_RBAR + (n)*8u)
#define MPU_RLAR_OF(n) (MPU_RLAR + (n)*8u)

#define SAU_CTRL 0xE000EDD0u
#define SAU_RNR  0xE000EDD8u
#define SAU_RBAR 0xE000EDDCu
#define SAU_RLAR 0xE000EDE0u
#define SFSR     0xE000EDE4u
#define SFAR     0xE000EDE8u

#define FPCCR 0xE000EF34u
#define FPCAR 0xE000EF38u

#define SYST_CSR_RUN       0x7u /* counts the processor's cycles, with an exception */
#define ICSR_PENDSTCLR     (1u << 25)
#define AIRCR_KEY          0x05FA0000u
#define AIRCR_SYSRESETREQ  (1u << 2)
#define AIRCR_PRIS         (1u << 14)
#define SHCSR_SVCALLPENDED (1u << 15)

/* Of CFSR, MemManage's part, and in it the refusal of a fetch. */
#define CFSR_MEMORY   0xFFu
#define CFSR_IACCVIOL (1u << 0)

/* Of the floating-point registers that are yet to be stacked: that there are, and whose they are. */
#define FPCCR_LSPACT    (1u << 0)
#define FPCCR_USER      (1u << 1)
#define FPCCR_S         (1u << 2)
#define FPCCR_THREAD    (1u << 3)
#define FPCCR_SPLIMVIOL (1u << 9)

#define SHCSR_FAULTS      0x000F0000u /* MemManage, BusFault, UsageFault, SecureFault enabled */
#define MPU_CTRL_ENABLE   (1u << 0)
#define MPU_CTRL_HFNMIENA (1u << 1)
#define SAU_CTRL_ENABLE   (1u << 0)

/*
 * The System Control Space and the rest of the private peripheral bus that is modelled: DWT's cycle
 * counter. 0xE002E000 is the Non-secure view of the SCS for Secure code.
 */
#include "cpu_v8m.h"

#define PPB_DWT     0xE0001000u
#define PPB_SCS     0xE000E000u
#define PPB_SCS_NS  0xE002E000u
#define PPB_DBGMCU  0xE0044000u
#define PPB_BYTES   0x1000u
#define BUS_DBGMCU  0x44024000u /**< The same block as the bus knows it. */
#define DBGMCU_SIZE 0x400u

/** r0p4, as read on an STM32H563. The vendor's header says r0p1 in a comment. */
#define CPUID 0x410FD214u

#define DWT_CTRL_RESET 0x40000000u /* four comparators, of which none does anything */
#define DWT_CYCCNTENA  1u

/* Offsets in the SCS. */
#define SCS_ICTR    0x004u
#define SCS_ACTLR   0x008u
#define SCS_SYSTICK 0x010u
#define SCS_NVIC    0x100u
#define SCS_CPUID   0xD00u
#define SCS_ICSR    0xD04u
#define SCS_VTOR    0xD08u
#define SCS_AIRCR   0xD0Cu
#define SCS_SCR     0xD10u
#define SCS_CCR     0xD14u
#define SCS_SHPR1   0xD18u
#define SCS_SHPR3   0xD20u
#define SCS_SHCSR   0xD24u
#define SCS_CFSR    0xD28u
#define SCS_HFSR    0xD2Cu
#define SCS_DFSR    0xD30u
#define SCS_MMFAR   0xD34u
#define SCS_BFAR    0xD38u
#define SCS_ID      0xD40u
#define SCS_CPACR   0xD88u
#define SCS_NSACR   0xD8Cu
#define SCS_MPU     0xD90u
#define SCS_SAU     0xDD0u
#define SCS_SFSR    0xDE4u
#define SCS_DHCSR   0xDF0u
#define SCS_DEMCR   0xDFCu
#define SCS_STIR    0xF00u
#define SCS_FPCCR   0xF34u
#define SCS_FPCAR   0xF38u
#define SCS_FPDSCR  0xF3Cu
#define SCS_MVFR0   0xF40u

#define SYSTICK_END 0x020u
#define NVIC_END    0x4F0u
#define ID_END      0xD84u
#define MPU_END     0xDC8u
#define MVFR_END    0xF4Cu

#define PRIO_MASK (0xFFu & ~(0xFFu >> V8M_PRIO_BITS))

#define CORE_LOCK_VTOR 1u /* SBS_CSLCKR, SBS_CNSLCKR: VTOR, and AIRCR when Secure */

#define CCR_WRITABLE                                                                               \
    (CCR_USERSETMPEND | CCR_UNALIGN_TRP | CCR_DIV_0_TRP | CCR_BFHFNMIGN | CCR_STKOFHFNMIGN)
#define CPACR_CP10_CP11 0x00F00000u
#define NSACR_CP10_CP11 0x00000C00u

/** ID_PFR0 to ID_ISAR5, CLIDR, CTR as a Cortex-M33 with DSP and MPU has them. */
static const uint32_t id_words[(ID_END - SCS_ID) / 4u] = {
    0x00000030,
    0x00000210,
    0x00200000,
    0x00000000,
    0x00101F40,
    0x00000000,
    0x01000000,
    0x00000000,
    0x01101110,
    0x02212000,
    0x20232232,
    0x01111131,
    0x01310132,
    0x00000000,
    0x00000000,
    /* CLIDR: */ 0x00000000,
    /* CTR: */ 0x8000C000,
};

/** MVFR0 to MVFR2: single precision, fused multiply-add. */
static const uint32_t mvfr_words[3] = {0x10110021, 0x11000011, 0x00000040};

#define FPDSCR_WRITABLE 0x07C00000u

/** Where the product state closes debug, the cycle counter stands at zero. [U] */
static bool dwt_closed(const struct v8m *v)
{
    return chip_debug_closed(v->chip);
}

static uint32_t dwt_cycles(const struct v8m *v)
{
    if (dwt_closed(v)) {
        return 0;
    }
    const bool counts = (v->dwt_ctrl & DWT_CYCCNTENA) != 0 && (v->demcr & DEMCR_TRCENA) != 0;
    return counts ? (uint32_t)(v->time - v->dwt_base) : v->dwt_cyccnt;
}

/** Changes what the cycle counter depends on, without a jump of the counter. */
static void dwt_set(struct v8m *v, uint32_t ctrl, uint32_t demcr, uint32_t cycles)
{
    v->dwt_ctrl = dwt_closed(v) ? 0 : ctrl;
    v->demcr = demcr;
    v->dwt_cyccnt = cycles;
    v->dwt_base = v->time - cycles;
}

static uint32_t demcr_read(const struct v8m *v, bool bank)
{
    const uint32_t hidden = bank ? 0 : DEMCR_SDME;
    return (v->demcr & ~(hidden | DEMCR_MON_EN | DEMCR_MON_PEND)) |
           (v->vector[false][V8M_DEBUG].enabled ? DEMCR_MON_EN : 0u) |
           (v->vector[false][V8M_DEBUG].pending ? DEMCR_MON_PEND : 0u);
}

static void demcr_write(struct v8m *v, uint32_t value)
{
    v->vector[false][V8M_DEBUG].enabled = (value & DEMCR_MON_EN) != 0;
    if ((value & DEMCR_MON_PEND) != 0) {
        v8m_pend(v, V8M_DEBUG, false);
    } else {
        v8m_unpend(v, V8M_DEBUG, false);
    }
    dwt_set(v, v->dwt_ctrl, value & (DEMCR_TRCENA | DEMCR_MON_REQ), dwt_cycles(v));
    v->host.attention(v->host.context);
}

static uint32_t cfsr_read(const struct v8m *v, bool bank)
{
    const uint32_t bus = v8m_bus_fault_hidden(v, bank) ? 0 : v->cfsr[false] & CFSR_BUS;
    return (v->cfsr[bank] & ~CFSR_BUS) | bus;
}

/** CCR.BFHFNMIGN is not banked; it stands in the Non-secure bank. */
static uint32_t ccr_read(const struct v8m *v, bool bank)
{
    const uint32_t shared = v8m_bus_fault_hidden(v, bank) ? 0 : v->ccr[false] & CCR_BFHFNMIGN;
    return (v->ccr[bank] & ~CCR_BFHFNMIGN) | shared;
}

static void ccr_write(struct v8m *v, uint32_t value, bool bank)
{
    const uint32_t own = CCR_WRITABLE & ~CCR_BFHFNMIGN;
    v->ccr[bank] = (v->ccr[bank] & ~own) | (value & own);
    if (!v8m_bus_fault_hidden(v, bank)) {
        v->ccr[false] = (v->ccr[false] & ~CCR_BFHFNMIGN) | (value & CCR_BFHFNMIGN);
    }
    v->host.map_changed(v->host.context);
}

static uint32_t scs_read(struct v8m *v, uint32_t off, bool bank)
{
    if (off >= SCS_SYSTICK && off < SYSTICK_END) {
        return v8m_systick_read(v, bank, off - SCS_SYSTICK);
    }
    if (off >= SCS_NVIC && off < NVIC_END) {
        return v8m_nvic_read(v, off, bank);
    }
    if (off >= SCS_SHPR1 && off <= SCS_SHPR3) {
        return v8m_shpr_read(v, off, bank);
    }
    if (off >= SCS_ID && off < ID_END) {
        return id_words[(off - SCS_ID) / 4u];
    }
    if (off >= SCS_MPU && off < MPU_END) {
        return v8m_mpu_read(v, off - SCS_MPU, bank);
    }
    if (off >= SCS_SAU && off < SCS_DHCSR) {
        return bank ? v8m_sau_read(v, off - SCS_SAU) : 0;
    }
    if (off >= SCS_MVFR0 && off < MVFR_END) {
        return mvfr_words[(off - SCS_MVFR0) / 4u];
    }
    switch (off) {
    case SCS_ICTR:
        return (V8M_IRQS + 31u) / 32u - 1u;
    case SCS_CPUID:
        return CPUID;
    case SCS_ICSR:
        return v8m_icsr_read(v, bank);
    case SCS_VTOR:
        return v->vtor[bank];
    case SCS_AIRCR:
        return v8m_aircr_read(v, bank);
    case SCS_SCR:
        return v->scr[bank];
    case SCS_CCR:
        return ccr_read(v, bank);
    case SCS_SHCSR:
        return v8m_shcsr_read(v, bank);
    case SCS_CFSR:
        return cfsr_read(v, bank);
    case SCS_HFSR:
        return v8m_bus_fault_hidden(v, bank) ? 0 : v->hfsr;
    case SCS_DFSR:
        return v->dfsr;
    case SCS_MMFAR:
        return v->mmfar[bank];
    case SCS_BFAR:
        return v8m_bus_fault_hidden(v, bank) ? 0 : v->bfar;
    case SCS_CPACR:
        return v->cpacr[bank];
    case SCS_NSACR:
        return bank || !v->trustzone ? v->nsacr : 0;
    case SCS_DEMCR:
        return demcr_read(v, bank);
    case SCS_FPCCR:
        return v8m_fpccr_read(v, bank);
    case SCS_FPCAR:
        return v->fpcar[bank];
    case SCS_FPDSCR:
        return v->fpdscr[bank];
    default:
        return 0;
    }
}

/** Write-one-to-clear of fault status; BusFault's byte is not banked. */
static void cfsr_write(struct v8m *v, uint32_t value, bool bank)
{
    v->cfsr[bank] &= ~(value & ~CFSR_BUS);
    if (!v8m_bus_fault_hidden(v, bank)) {
        v->cfsr[false] &= ~(value & CFSR_BUS);
    }
}

static void vtor_write(struct v8m *v, uint32_t value, bool bank)
{
    if ((chip_core_lock(v->chip, bank) & CORE_LOCK_VTOR) == 0) {
        v->vtor[bank] = value & ~0x7Fu;
    }
}

static void fault_register_write(struct v8m *v, uint32_t off, uint32_t value, bool bank)
{
    const bool hidden = v8m_bus_fault_hidden(v, bank);
    switch (off) {
    case SCS_CFSR:
        cfsr_write(v, value, bank);
        break;
    case SCS_HFSR:
        v->hfsr &= hidden ? ~0u : ~value;
        break;
    case SCS_DFSR:
        v->dfsr &= ~value;
        break;
    case SCS_MMFAR:
        v->mmfar[bank] = value;
        break;
    case SCS_BFAR:
        v->bfar = hidden ? v->bfar : value;
        break;
    default:
        break;
    }
}

static void fp_register_write(struct v8m *v, uint32_t off, uint32_t value, bool bank)
{
    switch (off) {
    case SCS_CPACR:
        v->cpacr[bank] = value & CPACR_CP10_CP11;
        break;
    case SCS_NSACR:
        v->nsacr = bank ? value & NSACR_CP10_CP11 : v->nsacr;
        break;
    case SCS_FPCAR:
        v->fpcar[bank] = value & ~7u;
        break;
    case SCS_FPDSCR:
        v->fpdscr[bank] = value & FPDSCR_WRITABLE;
        break;
    default:
        break;
    }
    v->host.map_changed(v->host.context);
}

/** Registers that take a word. */
static void scs_write(struct v8m *v, uint32_t off, uint32_t value, bool bank)
{
    switch (off) {
    case SCS_ICSR:
        v8m_icsr_write(v, value, bank);
        break;
    case SCS_VTOR:
        vtor_write(v, value, bank);
        break;
    case SCS_AIRCR:
        v8m_aircr_write(v, value, bank);
        break;
    case SCS_SCR:
        v->scr[bank] = value & (bank ? 0x1Eu : 0x16u);
        break;
    case SCS_CCR:
        ccr_write(v, value, bank);
        break;
    case SCS_SHCSR:
        v8m_shcsr_write(v, value, bank);
        break;
    case SCS_DEMCR:
        demcr_write(v, value);
        break;
    case SCS_STIR:
        v8m_nvic_write(v, SCS_NVIC + 0x100u + ((value >> 3) & 0x3Cu), 4, 1u << (value & 31u), bank);
        break;
    case SCS_FPCCR:
        v8m_fpccr_write(v, value, bank);
        break;
    case SCS_CPACR:
    case SCS_NSACR:
    case SCS_FPCAR:
    case SCS_FPDSCR:
        fp_register_write(v, off, value, bank);
        break;
    default:
        fault_register_write(v, off, value, bank);
        break;
    }
    v->host.attention(v->host.context);
}

/** Registers that may be written by bytes, then all others. */
static void scs_write_sized(struct v8m *v, uint32_t off, unsigned size, uint32_t value, bool bank)
{
    const uint32_t word = off & ~3u;
    if (off >= SCS_NVIC && off < NVIC_END) {
        v8m_nvic_write(v, off, size, value, bank);
    } else if (word >= SCS_SHPR1 && word <= SCS_SHPR3) {
        for (unsigned i = 0; i < size; i++) {
            uint8_t *prio = v8m_shpr_byte(v, off + i, bank);
            if (prio != NULL) {
                *prio = (uint8_t)((value >> (8u * i)) & PRIO_MASK);
            }
        }
        v->host.attention(v->host.context);
    } else if (word == SCS_CFSR) {
        cfsr_write(v, value << (8u * (off & 3u)), bank);
    } else if (off >= SCS_SYSTICK && off < SYSTICK_END) {
        v8m_systick_write(v, bank, off - SCS_SYSTICK, value);
    } else if (off >= SCS_MPU && off < MPU_END) {
        v8m_mpu_write(v, off - SCS_MPU, value, bank);
    } else if (off >= SCS_SAU && off < SCS_DHCSR) {
        if (bank) {
            v8m_sau_write(v, off - SCS_SAU, value);
        }
    } else {
        scs_write(v, off, value, bank);
    }
}

/* ---- the bus ---- */

/** The SCS view an address means; false: it is not in the SCS. */
static bool scs_view(const struct v8m *v, uint32_t addr, struct sim_attr attr, uint32_t *off,
                     bool *bank)
{
    *off = addr & (PPB_BYTES - 1u);
    *bank = attr.secure && v->trustzone;
    if (addr - PPB_SCS < PPB_BYTES) {
        return true;
    }
    *bank = false; /* The Non-secure view is Secure code's: for others nothing is there. */
    return addr - PPB_SCS_NS < PPB_BYTES && attr.secure;
}

static bool dbgmcu_view(uint32_t addr, uint32_t *bus_addr)
{
    *bus_addr = addr - PPB_DBGMCU + BUS_DBGMCU;
    return addr - PPB_DBGMCU < DBGMCU_SIZE;
}

uint32_t v8m_ppb_read(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr)
{
    uint32_t off = 0;
    bool bank = false;
    const struct sim_txn txn = {.off = addr, .size = (uint8_t)size};
    if (scs_view(v, addr, attr, &off, &bank)) {
        return txn_cut(&txn, scs_read(v, off & ~3u, bank));
    }
    uint32_t value = 0;
    if (dbgmcu_view(addr, &off)) {
        const struct sim_attr ns = {.secure = false, .privileged = attr.privileged};
        (void)bus_read(v->chip, off, size, ns, &value, NULL);
    } else if ((addr & ~3u) == PPB_DWT) {
        value = txn_cut(&txn, DWT_CTRL_RESET | v->dwt_ctrl);
    } else if ((addr & ~3u) == PPB_DWT + 4u) {
        value = txn_cut(&txn, dwt_cycles(v));
    }
    return value;
}

void v8m_ppb_write(struct v8m *v, uint32_t addr, unsigned size, uint32_t value,
                   struct sim_attr attr)
{
    uint32_t off = 0;
    bool bank = false;
    if (scs_view(v, addr, attr, &off, &bank)) {
        scs_write_sized(v, off, size, value, bank);
    } else if (dbgmcu_view(addr, &off)) {
        const struct sim_attr ns = {.secure = false, .privileged = attr.privileged};
        (void)bus_write(v->chip, off, size, ns, value, NULL);
    } else if (addr == PPB_DWT) {
        dwt_set(v, value & DWT_CYCCNTENA, v->demcr, dwt_cycles(v));
    } else if (addr == PPB_DWT + 4u) {
        dwt_set(v, v->dwt_ctrl, v->demcr, value);
    }
}

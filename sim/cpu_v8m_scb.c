/* Registers of the system control block whose bits stand for other state: ICSR, AIRCR, SHCSR ... */
#include "cpu_v8m.h"

/* ICSR. */
#define ICSR_RETTOBASE  (1u << 11)
#define ICSR_ISRPREEMPT (1u << 23)
#define ICSR_ISRPENDING (1u << 22)
#define ICSR_PENDSTCLR  (1u << 25)
#define ICSR_PENDSTSET  (1u << 26)
#define ICSR_PENDSVCLR  (1u << 27)
#define ICSR_PENDSVSET  (1u << 28)
#define ICSR_PENDNMICLR (1u << 30)
#define ICSR_PENDNMISET (1u << 31)

#define AIRCR_KEY         0x05FA0000u
#define AIRCR_KEY_READ    0xFA050000u
#define AIRCR_SYSRESETREQ 4u
#define AIRCR_CLRACTIVE   2u
#define AIRCR_PRIGROUP    0x700u

#define CORE_LOCK_VTOR 1u /* SBS_CSLCKR: VTOR and AIRCR */
#define SHPR1          0xD18u

/** Bits of FPCCR that only Secure code sees, and those that are not banked. */
#define FPCCR_SECURE_ONLY (FPCCR_LSPENS | FPCCR_CLRONRETS | FPCCR_TS | FPCCR_S | FPCCR_SFRDY)
#define FPCCR_SHARED      (FPCCR_LSPEN | FPCCR_CLRONRET | FPCCR_BFRDY | FPCCR_HFRDY | FPCCR_MONRDY)

bool v8m_bus_fault_hidden(const struct v8m *v, bool bank)
{
    return !bank && v->trustzone && (v->aircr_s & AIRCR_BFHFNMINS) == 0;
}

/**
 * Highest pending exception as ICSR.VECTPENDING shows it: to Non-secure code too, whatever state it
 * is taken to, for only Armv8.1-M puts 1 in the place of a Secure one. [U]
 */
static uint32_t vect_pending(const struct v8m *v)
{
    unsigned exc = 0;
    bool exc_bank = false;
    int prio = 0;
    if (!v8m_highest_pending(v, &exc, &exc_bank, &prio)) {
        return 0;
    }
    return exc;
}

static bool return_to_base(const struct v8m *v)
{
    const unsigned current = v->xpsr & XPSR_EXC;
    for (unsigned exc = V8M_NMI; exc < V8M_VECTORS; exc++) {
        for (unsigned bank = 0; bank < 2; bank++) {
            if (exc != current && v->vector[bank][exc].active) {
                return false;
            }
        }
    }
    return current != 0;
}

uint32_t v8m_icsr_read(const struct v8m *v, bool bank)
{
    uint32_t value = v->xpsr & XPSR_EXC;
    value |= return_to_base(v) ? ICSR_RETTOBASE : 0u;
    value |= vect_pending(v) << 12;
    for (unsigned irq = 0; irq < V8M_IRQS; irq++) {
        if (v->vector[false][V8M_IRQ0 + irq].pending) { /* of either state [U] */
            value |= ICSR_ISRPENDING;
            break;
        }
    }
    value |= v->vector[bank][V8M_SYSTICK].pending ? ICSR_PENDSTSET : 0u;
    value |= v->vector[bank][V8M_PENDSV].pending ? ICSR_PENDSVSET : 0u;
    if (v->vector[false][V8M_NMI].pending && !v8m_bus_fault_hidden(v, bank)) {
        value |= ICSR_PENDNMISET;
    }
    return value;
}

void v8m_icsr_write(struct v8m *v, uint32_t value, bool bank)
{
    if ((value & ICSR_PENDNMISET) != 0 && !v8m_bus_fault_hidden(v, bank)) {
        v8m_pend(v, V8M_NMI, false);
    } else if ((value & ICSR_PENDNMICLR) != 0 && !v8m_bus_fault_hidden(v, bank)) {
        v8m_unpend(v, V8M_NMI, false);
    }
    if ((value & ICSR_PENDSVSET) != 0) {
        v8m_pend(v, V8M_PENDSV, bank);
    } else if ((value & ICSR_PENDSVCLR) != 0) {
        v8m_unpend(v, V8M_PENDSV, bank);
    }
    if ((value & ICSR_PENDSTSET) != 0) {
        v8m_pend(v, V8M_SYSTICK, bank);
    } else if ((value & ICSR_PENDSTCLR) != 0) {
        v8m_unpend(v, V8M_SYSTICK, bank);
    }
}

uint32_t v8m_aircr_read(const struct v8m *v, bool bank)
{
    const uint32_t shared = v->aircr_s & (AIRCR_BFHFNMINS | AIRCR_SYSRESETREQS);
    if (bank) {
        return AIRCR_KEY_READ | v->aircr_s;
    }
    return AIRCR_KEY_READ | (v->aircr_ns & AIRCR_PRIGROUP) | (shared & AIRCR_BFHFNMINS);
}

void v8m_aircr_write(struct v8m *v, uint32_t value, bool bank)
{
    if ((value & 0xFFFF0000u) != AIRCR_KEY) {
        return;
    }
    if (!bank) {
        v->aircr_ns = value & AIRCR_PRIGROUP;
    } else if ((chip_core_lock(v->chip, true) & CORE_LOCK_VTOR) == 0) {
        v->aircr_s = value & (AIRCR_PRIGROUP | AIRCR_PRIS | AIRCR_BFHFNMINS | AIRCR_SYSRESETREQS);
        v->host.map_changed(v->host.context);
    }
    if ((value & AIRCR_CLRACTIVE) != 0) {
        return; /* VECTCLRACTIVE is for debuggers in halt. */
    }
    if ((value & AIRCR_SYSRESETREQ) != 0 && (bank || (v->aircr_s & AIRCR_SYSRESETREQS) == 0)) {
        chip_want_reset(v->chip, CHIP_RESET_SOFTWARE);
    }
}

/** Where SHCSR has the bits of an exception; 0: none. */
struct shcsr_bits {
    uint8_t exc;
    uint8_t enable;
    uint8_t pending;
    uint8_t active;
};

#define NO_BIT 0xFFu

static const struct shcsr_bits shcsr_rows[] = {
    {V8M_MEM, 16, 13, 0},
    {V8M_BUS, 17, 14, 1},
    {V8M_USAGE, 18, 12, 3},
    {V8M_SECURE, 19, 20, 4},
    {V8M_NMI, NO_BIT, NO_BIT, 5},
    {V8M_SVC, NO_BIT, 15, 7},
    {V8M_DEBUG, NO_BIT, NO_BIT, 8},
    {V8M_PENDSV, NO_BIT, NO_BIT, 10},
    {V8M_SYSTICK, NO_BIT, NO_BIT, 11},
    {V8M_HARD, NO_BIT, 21, 2},
};

/** Whether a state may see an exception's bits. */
static bool shcsr_visible(const struct v8m *v, unsigned exc, bool bank)
{
    switch (exc) {
    case V8M_SECURE:
        return bank;
    case V8M_BUS:
    case V8M_NMI:
        return !v8m_bus_fault_hidden(v, bank);
    case V8M_HARD:
        return bank || !v8m_bus_fault_hidden(v, bank);
    case V8M_DEBUG:
        return bank || !v8m_target(v, V8M_DEBUG, false);
    default:
        return true;
    }
}

uint32_t v8m_shcsr_read(const struct v8m *v, bool bank)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < sizeof shcsr_rows / sizeof shcsr_rows[0]; i++) {
        const struct shcsr_bits *row = &shcsr_rows[i];
        const struct v8m_vector *vector = &v->vector[v8m_bank(v, row->exc, bank)][row->exc];
        if (!shcsr_visible(v, row->exc, bank)) {
            continue;
        }
        value |= row->enable != NO_BIT && vector->enabled ? 1u << row->enable : 0u;
        value |= row->pending != NO_BIT && vector->pending ? 1u << row->pending : 0u;
        value |= vector->active ? 1u << row->active : 0u;
    }
    return value;
}

void v8m_shcsr_write(struct v8m *v, uint32_t value, bool bank)
{
    for (unsigned i = 0; i < sizeof shcsr_rows / sizeof shcsr_rows[0]; i++) {
        const struct shcsr_bits *row = &shcsr_rows[i];
        const unsigned exc = row->exc;
        struct v8m_vector *vector = &v->vector[v8m_bank(v, exc, bank)][exc];
        if (!shcsr_visible(v, exc, bank)) {
            continue;
        }
        if (row->enable != NO_BIT) {
            vector->enabled = ((value >> row->enable) & 1u) != 0;
        }
        if (row->pending != NO_BIT) {
            if (((value >> row->pending) & 1u) != 0) {
                v8m_pend(v, exc, bank);
            } else {
                v8m_unpend(v, exc, bank);
            }
        }
        const bool on = ((value >> row->active) & 1u) != 0;
        if (exc != V8M_NMI && exc != V8M_HARD) {
            vector->active = on;
        } else if (!on && !bank && v->secure) { /* Secure code through the Non-secure view */
            vector->active = false;
        }
    }
    v->host.map_changed(v->host.context); /* an MPU may apply or not at negative priority */
}

uint8_t *v8m_shpr_byte(struct v8m *v, uint32_t off, bool bank)
{
    const unsigned exc = 4u + (off - SHPR1);
    switch (exc) {
    case V8M_MEM:
    case V8M_BUS:
    case V8M_USAGE:
    case V8M_SECURE:
    case V8M_SVC:
    case V8M_DEBUG:
    case V8M_PENDSV:
    case V8M_SYSTICK:
        return shcsr_visible(v, exc, bank) ? &v->vector[v8m_bank(v, exc, bank)][exc].prio : NULL;
    default:
        return NULL;
    }
}

uint32_t v8m_shpr_read(struct v8m *v, uint32_t off, bool bank)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t *prio = v8m_shpr_byte(v, off + i, bank);
        word |= prio != NULL ? (uint32_t)*prio << (8u * i) : 0u;
    }
    return word;
}

uint32_t v8m_fpccr_read(const struct v8m *v, bool bank)
{
    if (bank) {
        return v->fpccr[true];
    }
    uint32_t shared = FPCCR_SHARED;
    if (v8m_bus_fault_hidden(v, bank)) {
        shared &= ~(FPCCR_BFRDY | FPCCR_HFRDY);
    }
    if ((v->demcr & DEMCR_SDME) != 0) {
        shared &= ~FPCCR_MONRDY;
    }
    return (v->fpccr[false] & ~(FPCCR_SECURE_ONLY | FPCCR_SHARED)) | (v->fpccr[true] & shared);
}

void v8m_fpccr_write(struct v8m *v, uint32_t value, bool bank)
{
    const uint32_t banked = FPCCR_ASPEN | FPCCR_UFRDY | FPCCR_SPLIMVIOL | FPCCR_MMRDY |
                            FPCCR_THREAD | FPCCR_USER | FPCCR_LSPACT;
    uint32_t shared = FPCCR_SHARED;
    if (bank) {
        shared |= FPCCR_SECURE_ONLY;
    } else {
        if ((v->fpccr[true] & FPCCR_LSPENS) != 0) {
            shared &= ~FPCCR_LSPEN;
        }
        if ((v->fpccr[true] & FPCCR_CLRONRETS) != 0) {
            shared &= ~FPCCR_CLRONRET;
        }
        if (v8m_bus_fault_hidden(v, bank)) {
            shared &= ~(FPCCR_BFRDY | FPCCR_HFRDY);
        }
        if ((v->demcr & DEMCR_SDME) != 0) {
            shared &= ~FPCCR_MONRDY;
        }
    }
    v->fpccr[true] = (v->fpccr[true] & ~shared) | (value & shared);
    v->fpccr[bank] = (v->fpccr[bank] & ~banked) | (value & banked);
    v->host.map_changed(v->host.context);
}

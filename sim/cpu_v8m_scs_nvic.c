/* Registers of the interrupt controller (0xE000E100 to E4EF), SAU and STIR. */
#include "cpu_v8m.h"

#define ISER 0x100u
#define ICER 0x180u
#define ISPR 0x200u
#define ICPR 0x280u
#define IABR 0x300u
#define ITNS 0x380u
#define IPR  0x400u
#define END  0x4F0u

#define PRIO_MASK (0xFFu & ~(0xFFu >> V8M_PRIO_BITS))

/* Offsets of the SAU's registers from 0xE000EDD0. */
#define SAU_CTRL 0x00u
#define SAU_TYPE 0x04u
#define SAU_RNR  0x08u
#define SAU_RBAR 0x0Cu
#define SAU_RLAR 0x10u
#define SAU_SFSR 0x14u
#define SAU_SFAR 0x18u

#define CORE_LOCK_SAU 4u /* SBS_CSLCKR.LOCKSAU */

/** An interrupt that targets Secure state does not exist for Non-secure code. */
static bool visible(const struct v8m *v, unsigned irq, bool secure)
{
    return irq < V8M_IRQS && (secure || !v8m_target(v, V8M_IRQ0 + irq, false));
}

static bool bit_of(const struct v8m *v, uint32_t bank, unsigned irq, bool secure)
{
    const struct v8m_vector *vector = &v->vector[false][V8M_IRQ0 + irq];
    switch (bank) {
    case ISER:
    case ICER:
        return vector->enabled;
    case ISPR:
    case ICPR:
        return vector->pending;
    case IABR:
        return vector->active;
    case ITNS:
        return secure && v->irq_ns[irq];
    default:
        return false;
    }
}

static uint32_t priority_word(const struct v8m *v, uint32_t off, bool secure)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; i++) {
        const unsigned irq = (off - IPR) + i;
        if (visible(v, irq, secure)) {
            word |= (uint32_t)v->vector[false][V8M_IRQ0 + irq].prio << (8u * i);
        }
    }
    return word;
}

uint32_t v8m_nvic_read(struct v8m *v, uint32_t off, bool secure)
{
    off &= ~3u;
    if (off >= IPR) {
        return off < END ? priority_word(v, off, secure) : 0;
    }
    const uint32_t bank = off & ~0x7Fu;
    const unsigned first = 8u * (off - bank);
    uint32_t word = 0;
    for (unsigned i = 0; i < 32; i++) {
        if (visible(v, first + i, secure) && bit_of(v, bank, first + i, secure)) {
            word |= 1u << i;
        }
    }
    return word;
}

static void write_bit(struct v8m *v, uint32_t bank, unsigned irq)
{
    struct v8m_vector *vector = &v->vector[false][V8M_IRQ0 + irq];
    switch (bank) {
    case ISER:
        vector->enabled = true;
        break;
    case ICER:
        vector->enabled = false;
        break;
    case ISPR:
        v8m_pend(v, V8M_IRQ0 + irq, false);
        break;
    case ICPR:
        v8m_unpend(v, V8M_IRQ0 + irq, false);
        break;
    default:
        break;
    }
}

static void write_targets(struct v8m *v, unsigned first, uint32_t value, bool secure)
{
    if (!secure || !v->trustzone) {
        return;
    }
    for (unsigned i = 0; i < 32 && first + i < V8M_IRQS; i++) {
        v->irq_ns[first + i] = ((value >> i) & 1u) != 0;
    }
}

void v8m_nvic_write(struct v8m *v, uint32_t off, unsigned size, uint32_t value, bool secure)
{
    if (off >= IPR) {
        for (unsigned i = 0; i < size && off < END; i++) {
            const unsigned irq = off - IPR + i;
            if (visible(v, irq, secure)) {
                v->vector[false][V8M_IRQ0 + irq].prio = (uint8_t)((value >> (8u * i)) & PRIO_MASK);
            }
        }
    } else {
        const uint32_t bank = off & ~0x7Fu;
        const unsigned first = 8u * ((off & ~3u) - bank);
        value <<= 8u * (off & 3u);
        if (bank == ITNS) {
            write_targets(v, first, value, secure);
        }
        for (unsigned i = 0; i < 32; i++) {
            if (((value >> i) & 1u) != 0 && visible(v, first + i, secure)) {
                write_bit(v, bank, first + i);
            }
        }
    }
    v->host.attention(v->host.context);
}

uint32_t v8m_sau_read(const struct v8m *v, uint32_t off)
{
    switch (off) {
    case SAU_CTRL:
        return v->sau.ctrl;
    case SAU_TYPE:
        return V8M_SAU_MAX;
    case SAU_RNR:
        return v->sau.rnr;
    case SAU_RBAR:
        return v->sau.rbar[v->sau.rnr];
    case SAU_RLAR:
        return v->sau.rlar[v->sau.rnr];
    case SAU_SFSR:
        return v->sfsr;
    case SAU_SFAR:
        return v->sfar;
    default:
        return 0;
    }
}

void v8m_sau_write(struct v8m *v, uint32_t off, uint32_t value)
{
    if (off == SAU_SFSR) {
        v->sfsr &= ~value;
        return;
    }
    if (off == SAU_SFAR) {
        v->sfar = value;
        return;
    }
    if ((chip_core_lock(v->chip, true) & CORE_LOCK_SAU) != 0) {
        return;
    }
    switch (off) {
    case SAU_CTRL:
        v->sau.ctrl = value & 3u;
        break;
    case SAU_RNR:
        if ((value & 0xFFu) < V8M_SAU_MAX) {
            v->sau.rnr = value & 0xFFu;
        }
        break;
    case SAU_RBAR:
        v->sau.rbar[v->sau.rnr] = value & ~0x1Fu;
        break;
    case SAU_RLAR:
        v->sau.rlar[v->sau.rnr] = value & ~0x1Cu;
        break;
    default:
        break;
    }
    v->host.map_changed(v->host.context);
}

/* What an instruction does, as far as its encoding says. */
#pragma once

#include "cpu_v8m.h"

/* cpu_v8m_effect.c */

/** What an instruction does to registers; one bit for each. */
struct v8m_effect {
    uint32_t written; /**< All that it may write. Modulo 4 they stay what they were, but for: */
    uint32_t lost;    /**< Nothing is known of those. */
    uint32_t aligned; /**< Those become multiples of 4. */
    int to;           /**< This one becomes, modulo 4, `from`; -1: none. */
    int from;
};

void v8m_effect(uint16_t first, uint16_t second, struct v8m_effect *effect);

/* cpu_v8m_operand.c */

#define V8M_ANY_BASE (-1)

/** Address of a load or store: base + offset + (index << shift). */
struct v8m_operand {
    unsigned size;  /**< Of each access. */
    unsigned count; /**< Of accesses, upwards from that address. */
    bool load;
    int base;  /**< Register; 15: PC as it is for literals. Or: V8M_ANY_BASE. */
    int index; /**< Register; -1: none. */
    unsigned shift;
    uint32_t offset;
};

/** @return false: the instruction reaches no data */
bool v8m_operand(uint16_t first, uint16_t second, struct v8m_operand *op);

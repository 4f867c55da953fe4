/* Priorities of exceptions, and which of them are pending and active. */
#include <string.h>

#include "cpu_v8m.h"

#define PRIO_NS_BOOST 0x80 /* AIRCR.PRIS puts Non-secure priorities into the lower half. */
#define PRIO_NMI      (-2)

static bool bfhfnmins(const struct v8m *v)
{
    return (v->aircr_s & AIRCR_BFHFNMINS) != 0;
}

static bool pris(const struct v8m *v)
{
    return (v->aircr_s & AIRCR_PRIS) != 0;
}

bool v8m_banked(unsigned exc)
{
    switch (exc) {
    case V8M_HARD:
    case V8M_MEM:
    case V8M_USAGE:
    case V8M_SVC:
    case V8M_PENDSV:
    case V8M_SYSTICK:
        return true;
    default:
        return false;
    }
}

bool v8m_bank(const struct v8m *v, unsigned exc, bool secure)
{
    if (v8m_banked(exc)) {
        return secure;
    }
    return exc == V8M_SECURE && v->trustzone;
}

/* ARMv8-M ARM, ExceptionTargetsSecure(). */
bool v8m_target(const struct v8m *v, unsigned exc, bool bank)
{
    if (!v->trustzone) {
        return false;
    }
    if (v8m_banked(exc)) {
        return bank;
    }
    if (exc >= V8M_IRQ0) {
        return !v->irq_ns[exc - V8M_IRQ0];
    }
    switch (exc) {
    case V8M_NMI:
    case V8M_BUS:
        return !bfhfnmins(v);
    case V8M_DEBUG:
        return (v->demcr & DEMCR_SDME) != 0;
    default:
        return exc == V8M_SECURE;
    }
}

void v8m_nvic_reset(struct v8m *v)
{
    memset(v->vector, 0, sizeof v->vector);
    v->pending = 0;
    static const uint8_t always[] = {V8M_NMI, V8M_HARD, V8M_SVC, V8M_PENDSV, V8M_SYSTICK};
    for (unsigned i = 0; i < sizeof always; i++) {
        v->vector[false][always[i]].enabled = true;
        v->vector[true][always[i]].enabled = true;
    }
    for (unsigned i = 0; i < V8M_IRQS; i++) {
        if (v->irq_level[i]) {
            v8m_pend(v, V8M_IRQ0 + i, false);
        }
    }
}

/** Bits of a priority that make its group: AIRCR.PRIGROUP. */
static uint32_t group_mask(const struct v8m *v, bool secure)
{
    const uint32_t prigroup = ((secure ? v->aircr_s : v->aircr_ns) >> 8) & 7u;
    return ~0u << (prigroup + 1u);
}

static int group_priority(const struct v8m *v, uint32_t prio, bool secure)
{
    const int group = (int)(prio & group_mask(v, secure));
    if (!secure && v->trustzone && pris(v)) {
        return (group >> 1) + PRIO_NS_BOOST;
    }
    return group;
}

/* ARMv8-M ARM, ExceptionPriority(). */
int v8m_vector_priority(const struct v8m *v, unsigned exc, bool bank)
{
    if (exc == V8M_NMI) {
        return PRIO_NMI;
    }
    if (exc == V8M_HARD) {
        return bank && bfhfnmins(v) ? -3 : -1;
    }
    return group_priority(v, v->vector[bank][exc].prio, v8m_target(v, exc, bank));
}

/* ARMv8-M ARM, RawExecutionPriority(). */
int v8m_active_priority(const struct v8m *v)
{
    int highest = V8M_PRIO_NONE;
    for (unsigned bank = 0; bank < 2; bank++) {
        for (unsigned exc = V8M_NMI; exc < (bank == 0 ? V8M_VECTORS : V8M_IRQ0); exc++) {
            if (!v->vector[bank][exc].active) {
                continue;
            }
            const int prio = v8m_vector_priority(v, exc, bank != 0);
            highest = prio < highest ? prio : highest;
        }
    }
    return highest;
}

/* ARMv8-M ARM, ExecutionPriority(). */
int v8m_execution_priority(const struct v8m *v)
{
    int boosted = V8M_PRIO_NONE;
    for (unsigned bank = 0; bank < 2; bank++) {
        const bool secure = bank != 0;
        if (v->basepri[bank] != 0) {
            const int base = group_priority(v, v->basepri[bank], secure);
            boosted = base < boosted ? base : boosted;
        }
    }
    const int ns_mask = v->trustzone && pris(v) ? PRIO_NS_BOOST : 0;
    if (v->primask[false] != 0 || (v->faultmask[false] != 0 && !bfhfnmins(v))) {
        boosted = ns_mask < boosted ? ns_mask : boosted;
    }
    if (v->primask[true] != 0) {
        boosted = 0;
    }
    if (v->faultmask[false] != 0 && bfhfnmins(v)) {
        boosted = -1;
    }
    if (v->faultmask[true] != 0) {
        boosted = bfhfnmins(v) ? -3 : -1;
    }
    const int active = v8m_active_priority(v);
    return active < boosted ? active : boosted;
}

bool v8m_negative_priority(const struct v8m *v, bool secure)
{
    if (v->faultmask[secure] != 0 && (secure || bfhfnmins(v))) {
        return true;
    }
    if (v->vector[secure][V8M_HARD].active) {
        return true;
    }
    return v->vector[false][V8M_NMI].active && v8m_target(v, V8M_NMI, false) == secure;
}

static void set_pending(struct v8m *v, unsigned exc, bool bank)
{
    struct v8m_vector *vector = &v->vector[bank][exc];
    if (!vector->pending) {
        vector->pending = true;
        v->pending++;
        if ((v->scr[v8m_target(v, exc, bank)] & SCR_SEVONPEND) != 0) {
            v->event_register = true;
        }
    }
    v->host.attention(v->host.context);
}

void v8m_pend(struct v8m *v, unsigned exc, bool secure)
{
    set_pending(v, exc, v8m_bank(v, exc, secure));
}

void v8m_unpend(struct v8m *v, unsigned exc, bool secure)
{
    struct v8m_vector *vector = &v->vector[v8m_bank(v, exc, secure)][exc];
    if (vector->pending) {
        vector->pending = false;
        v->pending--;
    }
    if (exc >= V8M_IRQ0 && v->irq_level[exc - V8M_IRQ0]) {
        v8m_pend(v, exc, secure);
    }
}

/** The HardFault that a fault of the given target escalates to. */
static bool hard_fault_bank(const struct v8m *v, bool targets_secure)
{
    return v->trustzone && (targets_secure || !bfhfnmins(v));
}

/* ARMv8-M ARM, HandleException() and the escalation in CreateException(). */
void v8m_pend_fault(struct v8m *v, unsigned exc, bool secure)
{
    bool bank = v8m_bank(v, exc, secure);
    const int running = v8m_execution_priority(v);
    const bool disabled = !v->vector[bank][exc].enabled;
    if (exc != V8M_HARD && (disabled || v8m_vector_priority(v, exc, bank) >= running)) {
        bank = hard_fault_bank(v, v8m_target(v, exc, bank));
        exc = V8M_HARD;
        v->hfsr |= HFSR_FORCED;
    }
    if (exc == V8M_HARD && running <= v8m_vector_priority(v, exc, bank)) {
        v8m_report_lockup(v, exc, bank);
        return;
    }
    set_pending(v, exc, bank);
}

/* ARMv8-M ARM, DerivedLateArrival(). */
void v8m_pend_derived(struct v8m *v, unsigned exc, bool secure)
{
    const bool bank = v8m_bank(v, exc, secure);
    if (exc == V8M_HARD) {
        unsigned original = 0;
        bool original_bank = false;
        int original_prio = V8M_PRIO_NONE;
        (void)v8m_highest_pending(v, &original, &original_bank, &original_prio);
        if (v8m_vector_priority(v, exc, bank) >= original_prio) {
            v8m_report_lockup(v, exc, bank);
            return;
        }
    }
    v8m_pend_fault(v, exc, secure);
}

/** Whether FPCCR recorded that an exception could be taken when the FP frame was reserved. */
static bool lazyfp_ready(const struct v8m *v, unsigned exc, bool secure)
{
    const uint32_t shared = v->fpccr[true];
    const uint32_t banked = v->fpccr[secure];
    switch (exc) {
    case V8M_MEM:
        return (banked & FPCCR_MMRDY) != 0;
    case V8M_USAGE:
        return (banked & FPCCR_UFRDY) != 0;
    case V8M_BUS:
        return (shared & FPCCR_BFRDY) != 0;
    default:
        return (shared & FPCCR_SFRDY) != 0;
    }
}

/* ARMv8-M ARM, PreserveFPState() and TakePreserveFPException(). */
void v8m_pend_lazyfp(struct v8m *v, unsigned exc, bool secure)
{
    bool bank = v8m_bank(v, exc, secure);
    if (!lazyfp_ready(v, exc, secure)) {
        bank = hard_fault_bank(v, v8m_target(v, exc, bank));
        exc = V8M_HARD;
        v->hfsr |= HFSR_FORCED;
    }
    const bool takes = v->vector[bank][exc].enabled &&
                       v8m_execution_priority(v) > v8m_vector_priority(v, exc, bank);
    if (!takes && (v->fpccr[true] & FPCCR_HFRDY) == 0) {
        v8m_report_lockup(v, exc, bank);
        return;
    }
    set_pending(v, exc, bank);
}

/* ARMv8-M ARM, PendingExceptionDetails(). Same priority: lowest number, Secure before Non-secure. */
bool v8m_highest_pending(const struct v8m *v, unsigned *exc, bool *bank, int *prio)
{
    int best = V8M_PRIO_NONE;
    uint32_t best_sub = 0;
    unsigned left = v->pending;
    for (unsigned n = V8M_NMI; n < V8M_VECTORS && left > 0; n++) {
        for (unsigned i = 0; i < 2; i++) {
            const bool b = i == 0;
            const struct v8m_vector *vector = &v->vector[b][n];
            if (!vector->pending) {
                continue;
            }
            left--;
            const int group = v8m_vector_priority(v, n, b);
            const uint32_t sub = vector->prio & ~group_mask(v, v8m_target(v, n, b));
            if (vector->enabled &&
                (group < best || (group == best && group >= 0 && sub < best_sub))) {
                best = group;
                best_sub = sub;
                *exc = n;
                *bank = b;
            }
        }
    }
    *prio = best;
    return best != V8M_PRIO_NONE;
}

bool v8m_can_take(const struct v8m *v)
{
    unsigned exc = 0;
    bool bank = false;
    int prio = V8M_PRIO_NONE;
    return v->pending != 0 && v8m_highest_pending(v, &exc, &bank, &prio) &&
           prio < v8m_execution_priority(v);
}

/* ARMv8-M ARM, WaitForInterrupt() and WaitForEvent(): WFI looks behind PRIMASK, WFE does not. */
bool v8m_would_wake(const struct v8m *v, bool wfe)
{
    if (wfe) {
        return v->event_register || v8m_can_take(v);
    }
    struct v8m plain;
    memcpy(&plain, v, sizeof plain);
    plain.primask[false] = 0;
    plain.primask[true] = 0;
    return v8m_can_take(&plain);
}

void v8m_activate(struct v8m *v, unsigned exc, bool bank)
{
    struct v8m_vector *vector = &v->vector[bank][exc];
    vector->active = true;
    if (vector->pending) {
        vector->pending = false;
        v->pending--;
    }
}

/*
 * ARMv8-M ARM, DeActivate(). At negative priority the exception that causes it is deactivated,
 * whatever IPSR says, so that no return leaves the processor there.
 */
bool v8m_deactivate(struct v8m *v, unsigned exc, bool secure)
{
    bool bank = v8m_bank(v, exc, secure);
    const bool mine = v8m_banked(exc) || v8m_target(v, exc, bank) == secure;
    const bool legal = mine && v->vector[bank][exc].active;
    bool clear = mine;
    switch (v8m_active_priority(v)) {
    case -1:
        exc = V8M_HARD;
        bank = v->trustzone && !bfhfnmins(v);
        clear = true;
        break;
    case PRIO_NMI:
        exc = V8M_NMI;
        bank = false;
        clear = true;
        break;
    case -3:
        exc = V8M_HARD;
        bank = true;
        clear = true;
        break;
    default:
        break;
    }
    if (clear) {
        v->vector[bank][exc].active = false;
        if (exc >= V8M_IRQ0 && v->irq_level[exc - V8M_IRQ0]) {
            v8m_pend(v, exc, bank);
        }
    }
    return legal;
}

bool v8m_ready(const struct v8m *v, unsigned exc, bool secure)
{
    const int running = v8m_execution_priority(v);
    if (exc == V8M_HARD) {
        return running > -1;
    }
    const bool bank = v8m_bank(v, exc, secure);
    return v->vector[bank][exc].enabled && v8m_vector_priority(v, exc, bank) < running;
}

void v8m_irq_line(struct v8m *v, unsigned irq, bool level)
{
    if (irq >= V8M_IRQS || v->irq_level[irq] == level) {
        return;
    }
    v->irq_level[irq] = level;
    if (level) {
        v8m_pend(v, V8M_IRQ0 + irq, false);
    }
}

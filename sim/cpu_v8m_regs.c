/* Banked and special registers: reset, stack pointers, MRS and MSR. */
#include <string.h>

#include "cpu_v8m.h"

/** Numbers of the special registers, SYSm of MRS and MSR. */
enum sysm {
    SYSM_MSP = 8,
    SYSM_PSP = 9,
    SYSM_MSPLIM = 10,
    SYSM_PSPLIM = 11,
    SYSM_PRIMASK = 16,
    SYSM_BASEPRI = 17,
    SYSM_BASEPRI_MAX = 18,
    SYSM_FAULTMASK = 19,
    SYSM_CONTROL = 20,
    SYSM_SP = 24, /**< As SP_NS only. */
    SYSM_NS = 0x80,
};

#define PRIO_MASK (0xFFu & ~(0xFFu >> V8M_PRIO_BITS))

#define CCR_RESET    0x00000201u /* STKALIGN and bit 0 are RES1. */
#define FPCCR_RESET  (FPCCR_ASPEN | FPCCR_LSPEN)
#define NSACR_ALL    0x00000CFFu
#define EXC_LR_RESET 0xFFFFFFFFu

/* ARMv8-M ARM, TakeReset(). */
void v8m_reset(struct v8m *v, uint32_t vtor_s, uint32_t vtor_ns)
{
    const struct v8m old = *v;
    memset(v, 0, sizeof *v);
    v->chip = old.chip;
    v->host = old.host;
    v->symbol = old.symbol;
    v->symbol_context = old.symbol_context;
    v->known = old.known;
    v->rules = old.rules;
    v->time = old.time;
    v->refused_page = V8M_NO_PAGE;
    memcpy(v->irq_level, v->chip->irq_level, sizeof v->irq_level);
    v->trustzone = chip_trustzone(v->chip);
    v->secure = v->trustzone;
    v->vtor[true] = vtor_s & ~0x7Fu;
    v->vtor[false] = vtor_ns & ~0x7Fu;
    v->aircr_s = v->trustzone ? 0 : AIRCR_BFHFNMINS;
    v->nsacr = v->trustzone ? 0 : NSACR_ALL;
    v->ccr[true] = CCR_RESET;
    v->ccr[false] = CCR_RESET;
    v->fpccr[true] = FPCCR_RESET | (v->trustzone ? FPCCR_S : 0u);
    v->fpccr[false] = FPCCR_ASPEN;
    v->r[14] = EXC_LR_RESET;
    v->clear_exclusive = true;
    v->fp_here = true;
    v8m_nvic_reset(v);
    v->host.map_changed(v->host.context);

    const uint32_t table = v->vtor[v->secure];
    uint32_t sp = 0;
    uint32_t pc = 0;
    if (!v8m_read_vector(v, table, v->secure, &sp) ||
        !v8m_read_vector(v, table + 4u, v->secure, &pc)) {
        v8m_report_lockup(v, V8M_HARD, v->secure);
    }
    v->msp[v->secure] = sp & ~3u;
    v->r[15] = pc & ~1u;
    v->xpsr = (pc & 1u) != 0 ? XPSR_T : 0u;
}

bool v8m_privileged_in(const struct v8m *v, bool secure)
{
    return v8m_handler(v) || (v->control[secure] & CONTROL_NPRIV) == 0;
}

bool v8m_privileged(const struct v8m *v)
{
    return v8m_privileged_in(v, v->secure);
}

struct sim_attr v8m_attr(const struct v8m *v)
{
    return (struct sim_attr){.secure = v->secure, .privileged = v8m_privileged(v)};
}

/* ARMv8-M ARM, LookUpSP_with_security_mode(). */
uint32_t *v8m_sp_of(struct v8m *v, bool secure, bool thread)
{
    if (thread && (v->control[secure] & CONTROL_SPSEL) != 0) {
        return &v->psp[secure];
    }
    return &v->msp[secure];
}

uint32_t *v8m_sp(struct v8m *v)
{
    return v8m_sp_of(v, v->secure, !v8m_handler(v));
}

/* ARMv8-M ARM, LookUpSPLim(). */
static uint32_t limit_of(const struct v8m *v, bool secure, bool process)
{
    if ((v->ccr[secure] & CCR_STKOFHFNMIGN) != 0 && v8m_negative_priority(v, secure)) {
        return 0;
    }
    return process ? v->psplim[secure] : v->msplim[secure];
}

uint32_t v8m_sp_limit(const struct v8m *v)
{
    const bool process = !v8m_handler(v) && (v->control[v->secure] & CONTROL_SPSEL) != 0;
    return limit_of(v, v->secure, process);
}

uint32_t v8m_reg(struct v8m *v, unsigned n)
{
    if (n == 13) {
        return *v8m_sp(v);
    }
    return n == 15 ? v->r[15] + 4u : v->r[n];
}

void v8m_set_reg(struct v8m *v, unsigned n, uint32_t value)
{
    if (n == 13) {
        *v8m_sp(v) = value & ~3u;
        return;
    }
    v->r[n] = value;
}

uint32_t v8m_control_read(const struct v8m *v, bool secure)
{
    if (secure) {
        return v->control[true];
    }
    return v->control[false] | (v->control[true] & CONTROL_FPCA);
}

/* ARMv8-M ARM, MRS. */
uint32_t v8m_mrs(struct v8m *v, unsigned sysm)
{
    const bool other = (sysm & SYSM_NS) != 0;
    if (other && !v->secure) {
        return 0;
    }
    if (sysm == SYSM_CONTROL) {
        return v8m_control_read(v, v->secure);
    }
    if (!v8m_privileged(v)) {
        return 0;
    }
    const bool bank = v->secure && !other;
    switch (sysm & ~(unsigned)SYSM_NS) {
    case SYSM_MSP:
        return v->msp[bank];
    case SYSM_PSP:
        return v->psp[bank];
    case SYSM_MSPLIM:
        return v->msplim[bank];
    case SYSM_PSPLIM:
        return v->psplim[bank];
    case SYSM_PRIMASK:
        return v->primask[bank];
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX:
        return v->basepri[bank];
    case SYSM_FAULTMASK:
        return v->faultmask[bank];
    case SYSM_CONTROL:
        return v8m_control_read(v, bank);
    case SYSM_SP:
        return other ? *v8m_sp_of(v, false, !v8m_handler(v)) : 0;
    default:
        return 0;
    }
}

/** Of CONTROL, unprivileged code may write SFPA only; SFPA and FPCA stand in the Secure bank. */
static void write_control(struct v8m *v, bool bank, uint32_t value)
{
    const bool privileged = v8m_privileged(v);
    uint32_t own = 0;
    uint32_t fp = 0;
    if (privileged) {
        own = CONTROL_NPRIV | CONTROL_SPSEL;
    }
    if (bank) {
        fp |= CONTROL_SFPA;
    }
    if (privileged && (v->secure || (v->nsacr & (1u << 10)) != 0)) {
        fp |= CONTROL_FPCA;
    }
    v->control[bank] = (v->control[bank] & ~own) | (value & own);
    v->control[true] = (v->control[true] & ~fp) | (value & fp);
}

static void write_basepri(struct v8m *v, bool bank, uint32_t value, bool only_raise)
{
    value &= PRIO_MASK;
    const uint32_t old = v->basepri[bank];
    if (!only_raise || (value != 0 && (old == 0 || value < old))) {
        v->basepri[bank] = value;
    }
}

static void write_faultmask(struct v8m *v, bool bank, uint32_t value)
{
    if ((value & 1u) == 0 || v8m_execution_priority(v) > -1) {
        v->faultmask[bank] = value & 1u;
    }
}

/** SP_NS is the one stack pointer that MSR checks against its limit. */
static bool write_sp_ns(struct v8m *v, uint32_t value)
{
    const bool process = !v8m_handler(v) && (v->control[false] & CONTROL_SPSEL) != 0;
    if (value < limit_of(v, false, process)) {
        v8m_usage_fault(v, v->secure, CFSR_STKOF);
        return false;
    }
    *v8m_sp_of(v, false, !v8m_handler(v)) = value & ~3u;
    return true;
}

/* ARMv8-M ARM, MSR (register). */
bool v8m_msr(struct v8m *v, unsigned sysm, unsigned mask, uint32_t value)
{
    const bool other = (sysm & SYSM_NS) != 0;
    if ((other && !v->secure) || (!v8m_privileged(v) && sysm != SYSM_CONTROL)) {
        return true;
    }
    (void)mask;
    const bool bank = v->secure && !other;
    switch (sysm & ~(unsigned)SYSM_NS) {
    case SYSM_MSP:
        v->msp[bank] = value & ~3u;
        break;
    case SYSM_PSP:
        v->psp[bank] = value & ~3u;
        break;
    case SYSM_MSPLIM:
        v->msplim[bank] = value & ~7u;
        break;
    case SYSM_PSPLIM:
        v->psplim[bank] = value & ~7u;
        break;
    case SYSM_PRIMASK:
        v->primask[bank] = value & 1u;
        break;
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX:
        write_basepri(v, bank, value, (sysm & 0x1Fu) == SYSM_BASEPRI_MAX);
        break;
    case SYSM_FAULTMASK:
        write_faultmask(v, bank, value);
        break;
    case SYSM_CONTROL:
        write_control(v, bank, value);
        break;
    case SYSM_SP:
        return other ? write_sp_ns(v, value) : true;
    default:
        break;
    }
    return true;
}

/* Fault status and address registers, and the exception a refused access ends in. */
#include <stdio.h>
#include <string.h>

#include "cpu_v8m.h"

struct bit_name {
    uint32_t bit;
    const char *name;
};

static const struct bit_name cfsr_names[] = {
    {CFSR_IACCVIOL, "IACCVIOL"},
    {CFSR_DACCVIOL, "DACCVIOL"},
    {CFSR_MUNSTKERR, "MUNSTKERR"},
    {CFSR_MSTKERR, "MSTKERR"},
    {CFSR_MLSPERR, "MLSPERR"},
    {CFSR_MMARVALID, "MMARVALID"},
    {CFSR_IBUSERR, "IBUSERR"},
    {CFSR_PRECISERR, "PRECISERR"},
    {CFSR_IMPRECISERR, "IMPRECISERR"},
    {CFSR_UNSTKERR, "UNSTKERR"},
    {CFSR_STKERR, "STKERR"},
    {CFSR_LSPERR, "LSPERR"},
    {CFSR_BFARVALID, "BFARVALID"},
    {CFSR_UNDEFINSTR, "UNDEFINSTR"},
    {CFSR_INVSTATE, "INVSTATE"},
    {CFSR_INVPC, "INVPC"},
    {CFSR_NOCP, "NOCP"},
    {CFSR_STKOF, "STKOF"},
    {CFSR_UNALIGNED, "UNALIGNED"},
    {CFSR_DIVBYZERO, "DIVBYZERO"},
};

static const struct bit_name sfsr_names[] = {
    {SFSR_INVEP, "INVEP"},         {SFSR_INVIS, "INVIS"},     {SFSR_INVER, "INVER"},
    {SFSR_AUVIOL, "AUVIOL"},       {SFSR_INVTRAN, "INVTRAN"}, {SFSR_LSPERR, "LSPERR"},
    {SFSR_SFARVALID, "SFARVALID"}, {SFSR_LSERR, "LSERR"},
};

static void add_cause(struct v8m *v, const char *reg, const struct bit_name *names, size_t count,
                      uint32_t bits)
{
    for (size_t i = 0; i < count; i++) {
        const size_t used = strlen(v->cause);
        if ((bits & names[i].bit) != 0 && used + 1 < sizeof v->cause) {
            (void)snprintf(v->cause + used, sizeof v->cause - used, "%s%s.%s", used == 0 ? "" : " ",
                           reg, names[i].name);
        }
    }
}

void v8m_set_cfsr(struct v8m *v, bool secure, uint32_t bits)
{
    v->cfsr[secure] |= bits & ~CFSR_BUS;
    v->cfsr[false] |= bits & CFSR_BUS;
    add_cause(v, "CFSR", cfsr_names, sizeof cfsr_names / sizeof cfsr_names[0], bits);
}

void v8m_set_sfsr(struct v8m *v, uint32_t bits)
{
    v->sfsr |= bits;
    add_cause(v, "SFSR", sfsr_names, sizeof sfsr_names / sizeof sfsr_names[0], bits);
}

void v8m_usage_fault(struct v8m *v, bool secure, uint32_t cfsr)
{
    v8m_set_cfsr(v, secure, cfsr);
    v8m_pend_fault(v, V8M_USAGE, secure);
}

void v8m_secure_fault(struct v8m *v, uint32_t sfsr)
{
    v8m_set_sfsr(v, sfsr);
    v8m_pend_fault(v, V8M_SECURE, true);
}

void v8m_bus_fault(struct v8m *v, uint32_t cfsr)
{
    v8m_set_cfsr(v, false, cfsr);
    v8m_pend_fault(v, V8M_BUS, false);
}

/** Status bits of a refusal by kind of access. */
struct fault_bits {
    uint32_t mpu;
    uint32_t bus;
};

static struct fault_bits bits_of(enum sim_access_kind kind, enum v8m_access access)
{
    if (kind == SIM_FETCH) {
        return (struct fault_bits){CFSR_IACCVIOL, CFSR_IBUSERR};
    }
    switch (access) {
    case V8M_STACK:
        return (struct fault_bits){CFSR_MSTKERR, CFSR_STKERR};
    case V8M_UNSTACK:
        return (struct fault_bits){CFSR_MUNSTKERR, CFSR_UNSTKERR};
    case V8M_LAZYFP:
        return (struct fault_bits){CFSR_MLSPERR, CFSR_LSPERR};
    case V8M_NORMAL:
    default:
        return (struct fault_bits){CFSR_DACCVIOL | CFSR_MMARVALID, CFSR_PRECISERR | CFSR_BFARVALID};
    }
}

static void set_status(struct v8m *v, uint32_t addr, enum sim_access_kind kind,
                       struct sim_attr attr, enum v8m_access access,
                       const struct v8m_verdict *verdict)
{
    const struct fault_bits bits = bits_of(kind, access);
    if (verdict->refusal == V8M_BY_MPU) {
        v8m_set_cfsr(v, attr.secure, bits.mpu);
        if ((bits.mpu & CFSR_MMARVALID) != 0) {
            v->mmfar[attr.secure] = addr;
        }
    } else if (verdict->refusal != V8M_BY_SECURITY) {
        v8m_set_cfsr(v, false, bits.bus);
        if ((bits.bus & CFSR_BFARVALID) != 0) {
            v->bfar = addr;
        }
    } else if (kind == SIM_FETCH) {
        v8m_set_sfsr(v, verdict->sfsr);
    } else {
        v8m_set_sfsr(v, (access == V8M_LAZYFP ? SFSR_LSPERR : SFSR_AUVIOL) | SFSR_SFARVALID);
        v->sfar = addr;
    }
}

/** CCR.BFHFNMIGN: loads and stores of handlers at negative priority ignore bus errors. */
static bool bus_error_ignored(const struct v8m *v, enum sim_access_kind kind,
                              enum v8m_access access, const struct v8m_verdict *verdict)
{
    return verdict->refusal == V8M_BY_BUS && access == V8M_NORMAL && kind != SIM_FETCH &&
           (v->ccr[false] & CCR_BFHFNMIGN) != 0 && v8m_execution_priority(v) < 0;
}

bool v8m_refuse(struct v8m *v, uint32_t addr, unsigned size, enum sim_access_kind kind,
                struct sim_attr attr, enum v8m_access access, const struct v8m_verdict *verdict)
{
    static const char *const silent[] = {
        [SIM_READ] = "it reads as zero", [SIM_WRITE] = "it is ignored", [SIM_FETCH] = "bus error"};
    if (verdict->refusal == V8M_BY_SILENCE || bus_error_ignored(v, kind, access, verdict)) {
        v8m_report_refused(v, addr, size, kind, attr, verdict, silent[kind]);
        return true;
    }
    if (verdict->refusal == V8M_BY_BUS) {
        const struct sim_attr txn = {.secure = verdict->secure_txn, .privileged = attr.privileged};
        bus_refuse(v->chip, &verdict->bus, txn);
    }
    const size_t before = strlen(v->cause);
    set_status(v, addr, kind, attr, access, verdict);
    const char *bits = v->cause + before + (before > 0 && v->cause[before] == ' ' ? 1 : 0);
    v8m_report_refused(v, addr, size, kind, attr, verdict, bits);

    unsigned exc = V8M_BUS;
    if (verdict->refusal == V8M_BY_SECURITY) {
        exc = V8M_SECURE;
    } else if (verdict->refusal == V8M_BY_MPU) {
        exc = V8M_MEM;
    }
    const bool secure = exc == V8M_SECURE || (exc == V8M_MEM && attr.secure);
    if (access == V8M_LAZYFP) {
        v8m_pend_lazyfp(v, exc, secure);
    } else if (access != V8M_STACK) {
        v8m_pend_fault(v, exc, secure);
    } else if (!v->ignore_stack_faults) {
        v8m_pend_derived(v, exc, secure);
    }
    return false;
}

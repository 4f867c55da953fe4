/*
 * Lines of the journal: who did what, which filter refused it and why, and the faults taken.
 *
 * A line that repeats is counted instead of written again: the 10th, 100th, 1000th time show.
 */
#include <stdio.h>
#include <string.h>

#include "cpu_v8m.h"

static const char *const exc_names[16] = {
    [1] = "Reset",
    [V8M_NMI] = "NMI",
    [V8M_HARD] = "HardFault",
    [V8M_MEM] = "MemManage",
    [V8M_BUS] = "BusFault",
    [V8M_USAGE] = "UsageFault",
    [V8M_SECURE] = "SecureFault",
    [V8M_SVC] = "SVCall",
    [V8M_DEBUG] = "DebugMonitor",
    [V8M_PENDSV] = "PendSV",
    [V8M_SYSTICK] = "SysTick",
};

const char *v8m_exc_name(unsigned exc)
{
    if (exc < 16u && exc_names[exc] != NULL) {
        return exc_names[exc];
    }
    return exc < 16u ? "reserved" : "interrupt";
}

/** FNV-1a over one word. */
static uint32_t mix(uint32_t hash, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++) {
        hash = (hash ^ ((word >> (8u * i)) & 0xFFu)) * 16777619u;
    }
    return hash;
}

static bool is_power_of_ten(uint32_t n)
{
    while (n >= 10u && n % 10u == 0) {
        n /= 10u;
    }
    return n == 1u;
}

/** Counts a line; 0: not to be written now, otherwise how often it has come. */
static uint32_t count_report(struct v8m *v, uint32_t key)
{
    for (unsigned i = 0; i < V8M_REPORTS; i++) {
        struct v8m_report *report = &v->report[i];
        if (report->key == key && report->count != 0) {
            report->count++;
            return is_power_of_ten(report->count) ? report->count : 0;
        }
    }
    v->report[v->report_next] = (struct v8m_report){.key = key, .count = 1};
    v->report_next = (v->report_next + 1u) % V8M_REPORTS;
    return 1;
}

static void repeat_text(uint32_t count, char *text, size_t size)
{
    text[0] = '\0';
    if (count > 1) {
        (void)snprintf(text, size, " (for the %uth time)", (unsigned)count);
    }
}

/** "Non-secure, unprivileged, thread, HDPL 3, PC 0x08100234 (main+0x12)". */
static void who_text(struct v8m *v, struct sim_attr attr, char *text, size_t size)
{
    char symbol[80] = "";
    if (v->symbol != NULL) {
        v->symbol(v->symbol_context, v->r[15], symbol, sizeof symbol);
    }
    (void)snprintf(text, size, "%s %s %s code, HDPL %u, PC 0x%08X%s%s%s",
                   attr.secure ? "Secure" : "Non-secure",
                   attr.privileged ? "privileged" : "unprivileged",
                   v8m_handler(v) ? "handler" : "thread", chip_hdpl(v->chip), v->r[15],
                   symbol[0] != '\0' ? " (" : "", symbol, symbol[0] != '\0' ? ")" : "");
}

static void security_text(const struct v8m *v, uint32_t addr, enum sim_access_kind kind, char *text,
                          size_t size)
{
    struct v8m_attribution attribution;
    v8m_attribute(v, addr, kind == SIM_FETCH, &attribution);
    const char *is = attribution.ns ? "Non-secure" : "Secure";
    if (!attribution.ns && attribution.nsc) {
        is = "Secure, Non-secure callable";
    }
    if (attribution.sr_valid) {
        (void)snprintf(text, size, "SAU region %u: the address is %s", attribution.sregion, is);
    } else if ((v->sau.ctrl & 1u) == 0) {
        (void)snprintf(text, size, "SAU (off) and IDAU: the address is %s", is);
    } else {
        (void)snprintf(text, size, "SAU (no single region) and IDAU: the address is %s", is);
    }
}

static void mpu_text(const struct v8m *v, uint32_t addr, struct sim_attr attr, char *text,
                     size_t size)
{
    struct v8m_mpu_answer mpu;
    v8m_mpu_check(v, addr, attr, &mpu);
    const char *bank = attr.secure ? "Secure" : "Non-secure";
    if (mpu.region < 0) {
        (void)snprintf(text, size, "%s MPU: %s", bank, mpu.why);
        return;
    }
    const uint32_t rbar = v->mpu[attr.secure].rbar[mpu.region];
    (void)snprintf(text, size, "%s MPU region %d: %s%s%s", bank, mpu.region,
                   (rbar & 4u) != 0 ? "read-only" : "read-write",
                   (rbar & 2u) != 0 ? "" : ", privileged only",
                   (rbar & 1u) != 0 ? ", never executed" : "");
}

static void why_text(const struct v8m *v, uint32_t addr, enum sim_access_kind kind,
                     struct sim_attr attr, const struct v8m_verdict *verdict, char *text,
                     size_t size)
{
    switch (verdict->refusal) {
    case V8M_BY_SECURITY:
        security_text(v, addr, kind, text, size);
        break;
    case V8M_BY_MPU:
        mpu_text(v, addr, attr, text, size);
        break;
    case V8M_BY_PPB:
        (void)snprintf(text, size, "private peripherals are for privileged code");
        break;
    case V8M_PASSES:
    case V8M_BY_BUS:
    case V8M_BY_SILENCE:
    default:
        (void)snprintf(text, size, "%s: %s", bus_filter_name(verdict->bus.filter),
                       verdict->bus.why);
        break;
    }
}

void v8m_report_refused(struct v8m *v, uint32_t addr, unsigned size, enum sim_access_kind kind,
                        struct sim_attr attr, const struct v8m_verdict *verdict, const char *result)
{
    static const char *const verbs[] = {
        [SIM_READ] = "read", [SIM_WRITE] = "write", [SIM_FETCH] = "fetch"};
    uint32_t key = mix(2166136261u, v->r[15]);
    key = mix(key, addr);
    key = mix(key, ((uint32_t)kind << 16) | ((uint32_t)verdict->refusal << 8) |
                       (uint32_t)verdict->bus.filter);
    key = mix(key, (attr.secure ? 1u : 0u) | (attr.privileged ? 2u : 0u));
    const uint32_t count = count_report(v, key);
    if (count == 0) {
        return;
    }
    char who[200];
    char why[200];
    char repeat[40];
    who_text(v, attr, who, sizeof who);
    why_text(v, addr, kind, attr, verdict, why, sizeof why);
    repeat_text(count, repeat, sizeof repeat);
    chip_event(v->chip, SIM_EVENT_REFUSED, "%s: %s of %u byte%s at 0x%08X refused by %s -> %s%s",
               who, verbs[kind], size, size == 1 ? "" : "s", addr, why, result, repeat);
}

void v8m_report_fault(struct v8m *v, unsigned exc, bool secure)
{
    uint32_t key = mix(2166136261u, v->r[15]);
    key = mix(key, 0xFA000000u | exc << 1 | (secure ? 1u : 0u));
    key = mix(key, (uint32_t)strlen(v->cause));
    const uint32_t count = count_report(v, key);
    if (count != 0) {
        char who[200];
        char repeat[40];
        who_text(v, v8m_attr(v), who, sizeof who);
        repeat_text(count, repeat, sizeof repeat);
        chip_event(v->chip, SIM_EVENT_FAULT, "%s taken to %s state%s%s, from %s%s",
                   v8m_exc_name(exc), secure ? "Secure" : "Non-secure",
                   v->cause[0] != '\0' ? ": " : "", v->cause, who, repeat);
    }
    v->cause[0] = '\0';
}

void v8m_report_lockup(struct v8m *v, unsigned exc, bool secure)
{
    if (v->lockup) {
        return;
    }
    v->lockup = true;
    char who[200];
    who_text(v, v8m_attr(v), who, sizeof who);
    chip_event(v->chip, SIM_EVENT_FAULT,
               "lockup: %s of the %s state cannot be taken at priority %d%s%s, from %s",
               v8m_exc_name(exc), secure ? "Secure" : "Non-secure", v8m_execution_priority(v),
               v->cause[0] != '\0' ? ": " : "", v->cause, who);
}

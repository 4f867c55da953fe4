/* Security attribution: the part's fixed IDAU and the programmable SAU. */
#include "cpu_v8m.h"

/** One range of the IDAU. Outside of all rows the IDAU says Non-secure. */
struct idau_row {
    uint32_t first;
    uint32_t last;
    bool nsc; /**< Secure, and Non-secure callable as far as the IDAU is concerned. */
};

/** The Secure aliases: address bit 28 in code, SRAM and peripherals. [U] */
static const struct idau_row idau_rows[] = {
    {0x0C000000, 0x0FFFFFFF, true},
    {0x30000000, 0x3FFFFFFF, true},
    {0x50000000, 0x5FFFFFFF, true},
};

/** What TT tells about the IDAU's region: valid, and numbered by the upper four address bits. [U] */
#define IDAU_REGION_VALID true

/** Private peripheral bus: it has the security of whoever asks. ARMv8-M ARM, SecurityCheck(). */
#define EXEMPT_FIRST 0xE0000000u
#define EXEMPT_LAST  0xE00FFFFFu
/** Where every fetch is Secure. */
#define FETCH_FIRST 0xF0000000u

#define SAU_ENABLE  1u
#define SAU_ALLNS   2u
#define RLAR_ENABLE 1u
#define RLAR_NSC    2u

/** Narrows [first, last] around `addr` to the part that is all inside or all outside of a range. */
static bool narrow(uint32_t addr, uint32_t first, uint32_t last, struct v8m_attribution *out)
{
    if (addr < first) {
        if (first - 1u < out->last) {
            out->last = first - 1u;
        }
        return false;
    }
    if (addr > last) {
        if (last + 1u > out->first) {
            out->first = last + 1u;
        }
        return false;
    }
    if (first > out->first) {
        out->first = first;
    }
    if (last < out->last) {
        out->last = last;
    }
    return true;
}

static void sau_lookup(const struct v8m *v, uint32_t addr, struct v8m_attribution *out)
{
    unsigned hits = 0;
    for (unsigned i = 0; i < V8M_SAU_MAX; i++) {
        const uint32_t base = v->sau.rbar[i] & ~0x1Fu;
        const uint32_t limit = v->sau.rlar[i] | 0x1Fu;
        if ((v->sau.rlar[i] & RLAR_ENABLE) == 0 || base > limit ||
            !narrow(addr, base, limit, out)) {
            continue;
        }
        hits++;
        out->sregion = (uint8_t)i;
        out->nsc = (v->sau.rlar[i] & RLAR_NSC) != 0;
        out->ns = !out->nsc;
    }
    out->sr_valid = hits == 1;
    if (hits > 1) { /* Overlapping regions are Secure, and have no number. */
        out->ns = false;
        out->nsc = false;
        out->sregion = 0;
    }
}

static bool idau_lookup(uint32_t addr, bool *nsc, struct v8m_attribution *out)
{
    bool secure = false;
    for (unsigned i = 0; i < sizeof idau_rows / sizeof idau_rows[0]; i++) {
        if (narrow(addr, idau_rows[i].first, idau_rows[i].last, out)) {
            secure = true;
            *nsc = idau_rows[i].nsc;
        }
    }
    out->ir_valid = IDAU_REGION_VALID;
    out->iregion = (uint8_t)(addr >> 28);
    return secure;
}

/* ARMv8-M ARM, SecurityCheck(). */
void v8m_attribute(const struct v8m *v, uint32_t addr, bool fetch, struct v8m_attribution *out)
{
    *out = (struct v8m_attribution){.first = 0, .last = UINT32_MAX};
    if (!v->trustzone) {
        out->ns = true;
        return;
    }
    if (narrow(addr, EXEMPT_FIRST, EXEMPT_LAST, out)) {
        out->ns = !v->secure;
        return;
    }
    if (narrow(addr, FETCH_FIRST, UINT32_MAX, out) && fetch) {
        return;
    }
    if ((v->sau.ctrl & SAU_ENABLE) != 0) {
        sau_lookup(v, addr, out);
    } else {
        out->ns = (v->sau.ctrl & SAU_ALLNS) != 0;
    }
    bool idau_nsc = false;
    if (idau_lookup(addr, &idau_nsc, out) && (out->ns || (!idau_nsc && out->nsc))) {
        out->ns = false; /* The more secure of the two wins. */
        out->nsc = idau_nsc;
    }
}

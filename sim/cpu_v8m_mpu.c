/* The MPU of both states, PMSAv8, and its registers. */
#include "cpu_v8m.h"

#define CTRL_ENABLE     1u
#define CTRL_HFNMIENA   2u
#define CTRL_PRIVDEFENA 4u
#define RBAR_XN         1u
#define RLAR_ENABLE     1u

#define REGIONS_S  12u
#define REGIONS_NS 8u

/* Offsets from 0xE000ED90. */
#define REG_TYPE  0x00u
#define REG_CTRL  0x04u
#define REG_RNR   0x08u
#define REG_RBAR  0x0Cu
#define REG_RLAR  0x10u
#define REG_MAIR0 0x30u
#define REG_MAIR1 0x34u

/** One range of the default memory map. ARMv8-M ARM, DefaultMemoryAttributes(). */
struct default_row {
    uint32_t last;
    bool executable;
    bool device_type;
};

static const struct default_row default_rows[] = {
    {0x3FFFFFFF, true, false}, /* code, SRAM */
    {0x5FFFFFFF, false, true}, /* peripherals */
    {0x9FFFFFFF, true, false}, /* external RAM */
    {0xDFFFFFFF, false, true}, /* external device */
    {0xFFFFFFFF, false, true}, /* private peripherals, vendor */
};

unsigned v8m_mpu_regions(bool secure)
{
    return secure ? REGIONS_S : REGIONS_NS;
}

static void default_map(uint32_t addr, struct v8m_mpu_answer *out)
{
    uint32_t first = 0;
    unsigned i = 0;
    while (addr > default_rows[i].last) {
        first = default_rows[i].last + 1u;
        i++;
    }
    out->readable = true;
    out->writable = true;
    out->executable = default_rows[i].executable;
    out->device_type = default_rows[i].device_type;
    out->why = "default map";
    out->first = first > out->first ? first : out->first;
    out->last = default_rows[i].last < out->last ? default_rows[i].last : out->last;
}

static bool narrow(uint32_t addr, uint32_t first, uint32_t last, struct v8m_mpu_answer *out)
{
    if (addr < first) {
        out->last = first - 1u < out->last ? first - 1u : out->last;
        return false;
    }
    if (addr > last) {
        out->first = last + 1u > out->first ? last + 1u : out->first;
        return false;
    }
    out->first = first > out->first ? first : out->first;
    out->last = last < out->last ? last : out->last;
    return true;
}

static void region_rights(const struct v8m_mpu *mpu, unsigned i, bool privileged,
                          struct v8m_mpu_answer *out)
{
    const uint32_t ap = (mpu->rbar[i] >> 1) & 3u; /* bit 1: read-only, bit 0: unprivileged too */
    const bool any = privileged || (ap & 1u) != 0;
    const unsigned index = (mpu->rlar[i] >> 1) & 7u;
    const uint32_t memory = mpu->mair[index / 4u] >> (8u * (index & 3u));
    out->readable = any;
    out->writable = any && (ap & 2u) == 0;
    out->executable = any && (mpu->rbar[i] & RBAR_XN) == 0;
    out->device_type = (memory & 0xF0u) == 0;
    out->region = (int)i;
    out->why = "region";
}

/** The PPB is never subject to the MPU, and the rest of 0xE and 0xF is never executable. */
static bool outside_mpu(uint32_t addr)
{
    return addr >= 0xE0000000u && addr <= 0xE00FFFFFu;
}

/* ARMv8-M ARM, MPUCheck(). */
void v8m_mpu_check(const struct v8m *v, uint32_t addr, struct sim_attr attr,
                   struct v8m_mpu_answer *out)
{
    const struct v8m_mpu *mpu = &v->mpu[attr.secure];
    *out = (struct v8m_mpu_answer){.region = -1, .first = 0, .last = UINT32_MAX};
    if ((mpu->ctrl & CTRL_ENABLE) == 0 || outside_mpu(addr) ||
        ((mpu->ctrl & CTRL_HFNMIENA) == 0 && v8m_negative_priority(v, attr.secure))) {
        default_map(addr, out);
        return;
    }
    unsigned hits = 0;
    for (unsigned i = 0; i < v8m_mpu_regions(attr.secure); i++) {
        const uint32_t base = mpu->rbar[i] & ~0x1Fu;
        const uint32_t limit = mpu->rlar[i] | 0x1Fu;
        if ((mpu->rlar[i] & RLAR_ENABLE) == 0 || base > limit || !narrow(addr, base, limit, out)) {
            continue;
        }
        hits++;
        region_rights(mpu, i, attr.privileged, out);
    }
    if (hits > 1) {
        out->readable = out->writable = out->executable = false;
        out->region = -1;
        out->why = "two regions";
    } else if (hits == 0 && attr.privileged && (mpu->ctrl & CTRL_PRIVDEFENA) != 0) {
        default_map(addr, out);
    } else if (hits == 0) {
        out->why = "no region";
    }
    if (addr >= 0xE0000000u) {
        out->executable = false;
        out->first = out->first > 0xE0000000u ? out->first : 0xE0000000u;
    } else {
        out->last = out->last < 0xDFFFFFFFu ? out->last : 0xDFFFFFFFu;
    }
}

/** Region that RBAR and RLAR and their aliases of the 0x14.. words mean. */
static unsigned region_of(const struct v8m_mpu *mpu, uint32_t off)
{
    const unsigned alias = (off - REG_RBAR) / 8u;
    return alias == 0 ? mpu->rnr : (mpu->rnr & ~3u) | alias;
}

uint32_t v8m_mpu_read(const struct v8m *v, uint32_t off, bool bank)
{
    const struct v8m_mpu *mpu = &v->mpu[bank];
    if (off >= REG_RBAR && off < REG_RBAR + 32u) {
        const unsigned i = region_of(mpu, off);
        if (i >= v8m_mpu_regions(bank)) {
            return 0;
        }
        return ((off - REG_RBAR) & 4u) == 0 ? mpu->rbar[i] : mpu->rlar[i];
    }
    switch (off) {
    case REG_TYPE:
        return v8m_mpu_regions(bank) << 8;
    case REG_CTRL:
        return mpu->ctrl;
    case REG_RNR:
        return mpu->rnr;
    case REG_MAIR0:
    case REG_MAIR1:
        return mpu->mair[(off - REG_MAIR0) / 4u];
    default:
        return 0;
    }
}

void v8m_mpu_write(struct v8m *v, uint32_t off, uint32_t value, bool bank)
{
    struct v8m_mpu *mpu = &v->mpu[bank];
    const uint32_t lock = 2u; /* LOCKSMPU, LOCKNSMPU */
    if ((chip_core_lock(v->chip, bank) & lock) != 0) {
        return;
    }
    if (off >= REG_RBAR && off < REG_RBAR + 32u) {
        const unsigned i = region_of(mpu, off);
        if (i < v8m_mpu_regions(bank)) {
            if (((off - REG_RBAR) & 4u) == 0) {
                mpu->rbar[i] = value;
            } else {
                mpu->rlar[i] = value & ~0x10u; /* PXN is not implemented. */
            }
        }
    } else if (off == REG_CTRL) {
        /* HFNMIENA without ENABLE is UNPREDICTABLE; it is kept and means nothing. */
        mpu->ctrl = value & (CTRL_ENABLE | CTRL_HFNMIENA | CTRL_PRIVDEFENA);
    } else if (off == REG_RNR) {
        if ((value & 0xFFu) < v8m_mpu_regions(bank)) {
            mpu->rnr = value & 0xFFu;
        }
    } else if (off == REG_MAIR0 || off == REG_MAIR1) {
        mpu->mair[(off - REG_MAIR0) / 4u] = value;
    }
    v->host.map_changed(v->host.context);
}

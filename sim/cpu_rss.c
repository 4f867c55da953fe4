/* Calls of the boot ROM's services by code: what they read and leave in the processor. */
#include "cpu_engine.h"

#include "rss.h"

#define MPU_RNR     0xE000ED98u
#define MPU_RLAR    0xE000EDA0u
#define RLAR_EN     1u
#define VTOR        0xE000ED08u
#define MPU_REGIONS 12u /* Of the Secure MPU. */
#define NS_REGIONS  8u

#define UDF_BYTES 2u

static void scs_write(struct v8m *v, uint32_t addr, bool secure, uint32_t value)
{
    const struct sim_attr attr = {.secure = secure, .privileged = true};
    v8m_ppb_write(v, addr, 4, value, attr);
}

/** The caller has set the region up and left it switched off; it may hide what calls. */
static void enable_region(struct v8m *v, uint32_t region)
{
    const struct sim_attr attr = {.secure = v->secure, .privileged = true};
    scs_write(v, MPU_RNR, v->secure, region);
    scs_write(v, MPU_RLAR, v->secure, v8m_ppb_read(v, MPU_RLAR, 4, attr) | RLAR_EN);
}

/** As after a reset into the new stage; its MSPLIM and the MPU stay the caller's. [U] */
static void enter(struct sim_cpu *cpu, const struct rss_jump *jump)
{
    struct v8m *v = &cpu->v;
    for (unsigned i = 0; i < 13u; i++) {
        v->r[i] = 0;
    }
    v->r[14] = UINT32_MAX;
    scs_write(v, VTOR, jump->secure, jump->vectors);
    cpu_reg_write(cpu, SIM_REG_SECURE, jump->secure);
    cpu_reg_write(cpu, jump->secure ? SIM_REG_CONTROL_S : SIM_REG_CONTROL_NS, 0);
    cpu_reg_write(cpu, jump->secure ? SIM_REG_MSP_S : SIM_REG_MSP_NS, jump->sp & ~3u);
    v->r[15] = jump->pc & ~1u;
}

static bool jumps(struct sim_cpu *cpu, enum rss_service service)
{
    struct v8m *v = &cpu->v;
    struct rss_jump jump;
    const bool takes_region = service != RSS_JUMP_HDPL3_NS;
    const uint32_t regions = v->secure ? MPU_REGIONS : NS_REGIONS;
    const uint32_t region = v->r[1];
    if (!v8m_privileged(v) || (takes_region && region >= regions) ||
        !rss_jump(v->chip, service, v->r[0], &jump)) {
        return false;
    }
    if (takes_region) {
        enable_region(v, region);
    }
    enter(cpu, &jump);
    return true;
}

/** The caller: SG has cleared bit 0 of LR if it is Non-secure. Its own MPU and SAU do not count. [U] */
static uint32_t provisions(struct v8m *v)
{
    char why[PRODUCT_WHY];
    const struct sim_attr caller = {.secure = (v->r[14] & 1u) != 0,
                                    .privileged = v8m_privileged(v)};
    return rss_provision(v->chip, v->r[0], caller, why);
}

bool cpu_rss_trap(struct sim_cpu *cpu)
{
    struct v8m *v = &cpu->v;
    const enum rss_service service = rss_service_at(v->r[15]);
    if (service == RSS_NO_SERVICE) {
        return false;
    }
    chip_advance(v->chip, v->time);
    if (service == RSS_DATA_PROVISIONING) {
        v->r[0] = provisions(v);
        v->r[15] += UDF_BYTES;
    } else if (!jumps(cpu, service)) {
        v->r[0] = RSS_ERROR;
        v->r[15] += UDF_BYTES;
    }
    v->time = v->time < v->chip->now ? v->chip->now : v->time;
    return true;
}

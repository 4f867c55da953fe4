/* TT, TTT, TTA, TTAT: what an address is to whoever asks. */
#include "cpu_v8m.h"

#define TT_MRVALID (1u << 16)
#define TT_SRVALID (1u << 17)
#define TT_R       (1u << 18)
#define TT_RW      (1u << 19)
#define TT_NSR     (1u << 20)
#define TT_NSRW    (1u << 21)
#define TT_S       (1u << 22)
#define TT_IRVALID (1u << 23)

/* ARMv8-M ARM, TTResp(). */
uint32_t v8m_tt(const struct v8m *v, uint32_t addr, bool alternate, bool unprivileged)
{
    const bool bank = v->secure && !alternate;
    const bool state_privileged = v8m_privileged_in(v, bank);
    const struct sim_attr attr = {.secure = bank, .privileged = state_privileged && !unprivileged};
    uint32_t result = 0;

    /* The MPU of the current state is only shown to privileged code. */
    bool readable = false;
    bool writable = false;
    if (v8m_privileged(v) || alternate) {
        struct v8m_mpu_answer mpu;
        v8m_mpu_check(v, addr, attr, &mpu);
        readable = mpu.readable;
        writable = mpu.writable;
        result |= mpu.region >= 0 ? TT_MRVALID | (uint32_t)mpu.region : 0u;
        result |= readable ? TT_R : 0u;
        result |= writable ? TT_RW : 0u;
    }
    if (!v->secure) {
        return result;
    }
    struct v8m_attribution attribution;
    v8m_attribute(v, addr, false, &attribution);
    result |= attribution.ir_valid ? TT_IRVALID | ((uint32_t)attribution.iregion << 24) : 0u;
    result |= attribution.sr_valid ? TT_SRVALID | ((uint32_t)attribution.sregion << 8) : 0u;
    result |= attribution.ns ? 0u : TT_S;
    result |= attribution.ns && readable ? TT_NSR : 0u;
    result |= attribution.ns && writable ? TT_NSRW : 0u;
    return result;
}

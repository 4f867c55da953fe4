/* Checks of an access by SAU, MPU and bus, and single accesses of the system level itself. */
#include <string.h>

#include "cpu_v8m.h"

#define PPB_FIRST 0xE0000000u
#define PPB_LAST  0xE00FFFFFu
#define STIR      0xE000EF00u
#define STIR_NS   0xE002EF00u

#define V8M_KNOWN_PAGE 1024u

static void limit_to(uint32_t first, uint32_t last, struct v8m_verdict *out)
{
    out->first = first > out->first ? first : out->first;
    out->last = last < out->last ? last : out->last;
}

/** SAU and IDAU. Data may be less secure than the state, instructions may not. */
static bool check_security(const struct v8m *v, uint32_t addr, enum sim_access_kind kind,
                           struct sim_attr attr, struct v8m_verdict *out)
{
    struct v8m_attribution attribution;
    v8m_attribute(v, addr, kind == SIM_FETCH, &attribution);
    limit_to(attribution.first, attribution.last, out);
    const bool exempt = addr >= PPB_FIRST && addr <= PPB_LAST;
    const bool ns = exempt ? !attr.secure : attribution.ns;
    out->secure_txn = attr.secure && !ns;
    if (kind == SIM_FETCH) {
        out->sfsr = attr.secure ? SFSR_INVTRAN : SFSR_INVEP;
        return ns != attr.secure;
    }
    out->sfsr = SFSR_AUVIOL;
    return attr.secure || ns;
}

/**
 * STIR may be open to unprivileged code: CCR.USERSETMPEND, of the Non-secure state for its alias,
 * which is there for Secure code only.
 */
static bool ppb_open(const struct v8m *v, uint32_t addr, enum sim_access_kind kind, bool secure)
{
    if (kind != SIM_WRITE || (addr != STIR && (addr != STIR_NS || !secure))) {
        return false;
    }
    return (v->ccr[secure && addr == STIR] & CCR_USERSETMPEND) != 0;
}

static bool check_mpu(const struct v8m *v, uint32_t addr, enum sim_access_kind kind,
                      struct sim_attr attr, struct v8m_verdict *out)
{
    struct v8m_mpu_answer mpu;
    v8m_mpu_check(v, addr, attr, &mpu);
    limit_to(mpu.first, mpu.last, out);
    out->device_type = mpu.device_type;
    switch (kind) {
    case SIM_READ:
        return mpu.readable;
    case SIM_WRITE:
        return mpu.writable;
    case SIM_FETCH:
    default:
        return mpu.readable && mpu.executable;
    }
}

/* ---- checks that have been passed before ---- */

/** Everything besides the rules and the exact address that a check depends on. */
static uint32_t known_key(const struct v8m *v, uint32_t addr, enum sim_access_kind kind,
                          struct sim_attr attr)
{
    return (addr & ~(V8M_KNOWN_PAGE - 1u)) | (uint32_t)kind | (attr.secure ? 4u : 0u) |
           (attr.privileged ? 8u : 0u) | (v8m_negative_priority(v, attr.secure) ? 16u : 0u);
}

static struct v8m_known *known_place(const struct v8m *v, uint32_t key)
{
    return &v->known[((key / V8M_KNOWN_PAGE) ^ (key << 3)) % V8M_KNOWN];
}

static bool recall(const struct v8m *v, uint32_t addr, uint32_t key, struct v8m_verdict *out)
{
    const struct v8m_known *known = known_place(v, key);
    if (known->rules != v->rules || known->key != key || addr < known->first ||
        addr > known->last) {
        return false;
    }
    out->secure_txn = known->secure_txn;
    out->device_type = known->device_type;
    out->first = known->first;
    out->last = known->last;
    out->bus.filter = BUS_FILTER_NONE;
    out->bus.memory = known->memory;
    out->bus.off = known->off + (addr - known->first);
    out->bus.direct = true;
    out->bus.first = known->first;
    out->bus.last = known->last;
    return true;
}

static void remember(const struct v8m *v, uint32_t addr, uint32_t key,
                     const struct v8m_verdict *verdict)
{
    *known_place(v, key) = (struct v8m_known){.rules = v->rules,
                                              .key = key,
                                              .first = verdict->first,
                                              .last = verdict->last,
                                              .off = verdict->bus.off - (addr - verdict->first),
                                              .memory = verdict->bus.memory,
                                              .secure_txn = verdict->secure_txn,
                                              .device_type = verdict->device_type};
}

/* ARMv8-M ARM, ValidateAddress(), and what the chip says after it. */
void v8m_check(const struct v8m *v, uint32_t addr, enum sim_access_kind kind, struct sim_attr attr,
               struct v8m_verdict *out)
{
    out->refusal = V8M_PASSES;
    out->ppb = false;
    out->device_type = false;
    out->first = 0;
    out->last = UINT32_MAX;
    out->bus.answer = SIM_ANSWER_OK;
    out->bus.memory = NULL;
    out->bus.device = NULL;
    out->bus.direct = false;
    out->bus.illegal = false;
    const uint32_t key = known_key(v, addr, kind, attr);
    if (recall(v, addr, key, out)) {
        return;
    }
    if (!check_security(v, addr, kind, attr, out)) {
        out->refusal = V8M_BY_SECURITY;
        return;
    }
    if (!check_mpu(v, addr, kind, attr, out)) {
        out->refusal = V8M_BY_MPU;
        return;
    }
    if (addr >= PPB_FIRST && addr <= PPB_LAST) {
        const uint32_t within = attr.privileged ? 0xFFFu : 3u; /* STIR may be open to all */
        limit_to(addr & ~within, addr | within, out);
        out->ppb = true;
        if (!attr.privileged && !ppb_open(v, addr, kind, attr.secure)) {
            out->refusal = V8M_BY_PPB;
        }
        return;
    }
    const struct sim_attr txn = {.secure = out->secure_txn, .privileged = attr.privileged};
    bus_decide(v->chip, addr, kind, txn, &out->bus);
    limit_to(out->bus.first, out->bus.last, out);
    if (out->bus.answer == SIM_ANSWER_ERROR) {
        out->refusal = V8M_BY_BUS;
    } else if (out->bus.answer == SIM_ANSWER_IGNORED) {
        out->refusal = V8M_BY_SILENCE;
    } else if (out->bus.direct && out->bus.memory != NULL) {
        remember(v, addr, key, out);
    }
}

bool v8m_check_range(const struct v8m *v, uint32_t addr, unsigned size, enum sim_access_kind kind,
                     struct sim_attr attr, struct v8m_verdict *out, uint32_t *at)
{
    const uint32_t last = addr + size - 1u;
    uint32_t next = addr;
    for (;;) {
        *at = next;
        v8m_check(v, next, kind, attr, out);
        if (out->refusal != V8M_PASSES) {
            return false;
        }
        if (out->last - next >= last - next) {
            return true;
        }
        next = out->last + 1u;
    }
}

/** Whether all of an access lies in what a verdict says about its last part. */
static bool covered(const struct v8m_verdict *verdict, uint32_t addr, unsigned size)
{
    return addr >= verdict->first && size - 1u <= verdict->last - addr;
}

/** Bytes of a memory that may be touched without the bus; NULL: through the bus. */
static uint8_t *direct_bytes(const struct v8m_verdict *verdict, uint32_t checked, uint32_t addr,
                             unsigned size)
{
    if (!verdict->bus.direct || verdict->bus.memory == NULL || !covered(verdict, addr, size)) {
        return NULL;
    }
    return verdict->bus.memory->bytes + verdict->bus.off + (addr - checked);
}

/**
 * One aligned access, allowed by every check so far, on the PPB or on the bus. It stores into no
 * RAM: where that may be written at all, direct_bytes() has found it.
 */
static enum sim_answer bus_access(struct v8m *v, uint32_t addr, unsigned size, bool write,
                                  struct sim_attr attr, struct v8m_verdict *verdict,
                                  uint32_t *value)
{
    if (verdict->ppb) {
        if (write) {
            v8m_ppb_write(v, addr, size, *value, attr);
        } else {
            *value = v8m_ppb_read(v, addr, size, attr);
        }
        return SIM_ANSWER_OK;
    }
    attr.secure = verdict->secure_txn;
    return write ? bus_write(v->chip, addr, size, attr, *value, &verdict->bus)
                 : bus_read(v->chip, addr, size, attr, value, &verdict->bus);
}

/** Whether an unaligned access faults before anything else is looked at. */
static bool unaligned_faults(const struct v8m *v, uint32_t addr, unsigned size,
                             const struct v8m_verdict *verdict)
{
    if ((addr & (size - 1u)) == 0) {
        return false;
    }
    return verdict->device_type || (v->ccr[v->secure] & CCR_UNALIGN_TRP) != 0;
}

/** Splits an unaligned access into bytes, ARMv8-M ARM, MemU(). */
static bool access_bytes(struct v8m *v, uint32_t addr, unsigned size, bool write,
                         struct sim_attr attr, enum v8m_access access, uint32_t *value)
{
    uint32_t result = 0;
    for (unsigned i = 0; i < size; i++) {
        uint32_t byte = (*value >> (8u * i)) & 0xFFu;
        const bool done = write ? v8m_write(v, addr + i, 1, attr, access, byte)
                                : v8m_read(v, addr + i, 1, attr, access, &byte);
        if (!done) {
            return false;
        }
        result |= byte << (8u * i);
    }
    *value = write ? *value : result;
    return true;
}

/** Does an access that a check has answered; handles what the bus still refuses. */
static bool perform(struct v8m *v, uint32_t addr, unsigned size, bool write, struct sim_attr attr,
                    enum v8m_access access, struct v8m_verdict *verdict, uint32_t *value)
{
    const enum sim_access_kind kind = write ? SIM_WRITE : SIM_READ;
    const enum sim_answer answer = bus_access(v, addr, size, write, attr, verdict, value);
    if (answer == SIM_ANSWER_OK) {
        return true;
    }
    verdict->refusal = answer == SIM_ANSWER_ERROR ? V8M_BY_BUS : V8M_BY_SILENCE;
    *value = write ? *value : 0;
    return v8m_refuse(v, addr, size, kind, attr, access, verdict);
}

/**
 * Whether the flash does not answer yet, so that the instruction is not done now but again later:
 * `v->wait_until`. One that has stored something cannot be done twice.
 */
static bool held_back(struct v8m *v, uint32_t addr, enum sim_access_kind kind,
                      enum v8m_access access)
{
    if (access != V8M_NORMAL || v->has_stored) {
        return false;
    }
    v->wait_until = bus_wait(v->chip, addr, kind);
    return v->wait_until != 0;
}

/** Whether a watchpoint keeps the instruction from being done: it comes again later. */
static bool watched(struct v8m *v, uint32_t addr, unsigned size, bool write, enum v8m_access access)
{
    return v->watching && access == V8M_NORMAL &&
           v->host.watched(v->host.context, addr, size, write);
}

bool v8m_read(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr,
              enum v8m_access access, uint32_t *value)
{
    struct v8m_verdict verdict;
    uint32_t at = addr;
    const bool passes = v8m_check_range(v, addr, size, SIM_READ, attr, &verdict, &at);
    if (unaligned_faults(v, addr, size, &verdict)) {
        v8m_usage_fault(v, v->secure, CFSR_UNALIGNED);
        return false;
    }
    *value = 0;
    if (!passes && verdict.refusal != V8M_BY_SILENCE) {
        return v8m_refuse(v, at, size, SIM_READ, attr, access, &verdict);
    }
    if (passes && (watched(v, addr, size, false, access) || held_back(v, addr, SIM_READ, access))) {
        return false;
    }
    const uint8_t *bytes = passes ? direct_bytes(&verdict, at, addr, size) : NULL;
    if (bytes != NULL) {
        memcpy(value, bytes, size); /* the host is little-endian, as the chip is */
        return true;
    }
    if ((addr & (size - 1u)) != 0) {
        return access_bytes(v, addr, size, false, attr, access, value);
    }
    return perform(v, addr, size, false, attr, access, &verdict, value);
}

bool v8m_write(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr,
               enum v8m_access access, uint32_t value)
{
    struct v8m_verdict verdict;
    uint32_t at = addr;
    const bool passes = v8m_check_range(v, addr, size, SIM_WRITE, attr, &verdict, &at);
    if (unaligned_faults(v, addr, size, &verdict)) {
        v8m_usage_fault(v, v->secure, CFSR_UNALIGNED);
        return false;
    }
    if (!passes && verdict.refusal != V8M_BY_SILENCE) {
        return v8m_refuse(v, at, size, SIM_WRITE, attr, access, &verdict);
    }
    if (passes && (watched(v, addr, size, true, access) || held_back(v, addr, SIM_WRITE, access))) {
        return false;
    }
    v->has_stored = true;
    if ((addr & (size - 1u)) != 0) {
        return access_bytes(v, addr, size, true, attr, access, &value);
    }
    uint8_t *bytes = passes ? direct_bytes(&verdict, at, addr, size) : NULL;
    if (bytes != NULL && verdict.bus.memory->writable) {
        memcpy(bytes, &value, size);
        const enum chip_memory_id id = (enum chip_memory_id)(verdict.bus.memory - v->chip->memory);
        v->host.stored(v->host.context, id, verdict.bus.off, size);
        return true;
    }
    return perform(v, addr, size, true, attr, access, &verdict, &value);
}

bool v8m_read_vector(struct v8m *v, uint32_t addr, bool secure, uint32_t *word)
{
    const struct sim_attr attr = {.secure = secure, .privileged = true};
    struct v8m_verdict verdict = {.first = 0, .last = UINT32_MAX};
    if (!check_security(v, addr, SIM_READ, attr, &verdict)) {
        return false;
    }
    const struct sim_attr txn = {.secure = verdict.secure_txn, .privileged = true};
    return bus_read(v->chip, addr, 4, txn, word, NULL) != SIM_ANSWER_ERROR;
}

bool v8m_peek(const struct v8m *v, uint32_t addr, uint16_t *half)
{
    for (unsigned id = 0; id < CHIP_MEMORIES; id++) {
        const struct chip_memory *memory = &v->chip->memory[id];
        const uint32_t base =
            addr - memory->base_ns < memory->size ? memory->base_ns : memory->base_s;
        uint32_t off = addr - base;
        if (memory->size < 2 || off > memory->size - 2u) {
            continue;
        }
        off = id == CHIP_FLASH ? flash_physical(v->chip, off) : off;
        memcpy(half, memory->bytes + off, sizeof *half);
        return true;
    }
    return false;
}

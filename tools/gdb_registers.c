/*
 * The registers as GDB knows them: one table, from which the description in XML, the packets and the
 * order of bytes come.
 *
 * What a number stands for is fixed; which of them there are depends on what debug is open for when
 * GDB asks for the description. One that is closed later reads as unavailable.
 */
#include "gdb_session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** The feature of GDB's that a register belongs to. */
enum feature { M_PROFILE, M_SYSTEM, SECEXT, VFP, FEATURES };

static const char *const feature_names[FEATURES] = {
    [M_PROFILE] = "org.gnu.gdb.arm.m-profile",
    [M_SYSTEM] = "org.gnu.gdb.arm.m-system",
    [SECEXT] = "org.gnu.gdb.arm.secext",
    [VFP] = "org.gnu.gdb.arm.vfp",
};

/* Registers that are no enum sim_reg of their own. */
#define CURRENT    0x100u /* with the Secure one's number: that of the present state */
#define FP_DOUBLE  0x200u
#define FP_CONTROL 0x201u

struct gdb_register {
    const char *name;
    const char *type;
    uint16_t source; /**< enum sim_reg, or one of the above. */
    uint8_t number;
    uint8_t feature;
    uint8_t bits;
};

#define CORE(n, name_, type_)                                                                      \
    {                                                                                              \
        name_, type_, n, n, M_PROFILE, 32                                                          \
    }
#define BANKED(n, name_, reg)                                                                      \
    {                                                                                              \
        name_, "int", CURRENT | (reg), n, M_SYSTEM, 32                                             \
    }

static const struct gdb_register registers[] = {
    CORE(0, "r0", "int"),
    CORE(1, "r1", "int"),
    CORE(2, "r2", "int"),
    CORE(3, "r3", "int"),
    CORE(4, "r4", "int"),
    CORE(5, "r5", "int"),
    CORE(6, "r6", "int"),
    CORE(7, "r7", "int"),
    CORE(8, "r8", "int"),
    CORE(9, "r9", "int"),
    CORE(10, "r10", "int"),
    CORE(11, "r11", "int"),
    CORE(12, "r12", "int"),
    CORE(13, "sp", "data_ptr"),
    CORE(14, "lr", "int"),
    CORE(15, "pc", "code_ptr"),
    {"xpsr", "int", SIM_REG_XPSR, 25, M_PROFILE, 32},
    {"msp", "data_ptr", CURRENT | SIM_REG_MSP_S, 26, M_SYSTEM, 32},
    {"psp", "data_ptr", CURRENT | SIM_REG_PSP_S, 27, M_SYSTEM, 32},
    BANKED(28, "primask", SIM_REG_PRIMASK_S),
    BANKED(29, "basepri", SIM_REG_BASEPRI_S),
    BANKED(30, "faultmask", SIM_REG_FAULTMASK_S),
    BANKED(31, "control", SIM_REG_CONTROL_S),
    {"msp_ns", "data_ptr", SIM_REG_MSP_NS, 32, SECEXT, 32},
    {"msp_s", "data_ptr", SIM_REG_MSP_S, 33, SECEXT, 32},
    {"psp_ns", "data_ptr", SIM_REG_PSP_NS, 34, SECEXT, 32},
    {"psp_s", "data_ptr", SIM_REG_PSP_S, 35, SECEXT, 32},
    {"msplim_s", "data_ptr", SIM_REG_MSPLIM_S, 36, SECEXT, 32},
    {"msplim_ns", "data_ptr", SIM_REG_MSPLIM_NS, 37, SECEXT, 32},
    {"psplim_s", "data_ptr", SIM_REG_PSPLIM_S, 38, SECEXT, 32},
    {"psplim_ns", "data_ptr", SIM_REG_PSPLIM_NS, 39, SECEXT, 32},
    {"primask_s", "int", SIM_REG_PRIMASK_S, 40, SECEXT, 32},
    {"primask_ns", "int", SIM_REG_PRIMASK_NS, 41, SECEXT, 32},
    {"basepri_s", "int", SIM_REG_BASEPRI_S, 42, SECEXT, 32},
    {"basepri_ns", "int", SIM_REG_BASEPRI_NS, 43, SECEXT, 32},
    {"faultmask_s", "int", SIM_REG_FAULTMASK_S, 44, SECEXT, 32},
    {"faultmask_ns", "int", SIM_REG_FAULTMASK_NS, 45, SECEXT, 32},
    {"control_s", "int", SIM_REG_CONTROL_S, 46, SECEXT, 32},
    {"control_ns", "int", SIM_REG_CONTROL_NS, 47, SECEXT, 32},
    {"secure", "int", SIM_REG_SECURE, 48, SECEXT, 32},
    {"d0", "ieee_double", FP_DOUBLE, 49, VFP, 64},
    {"d1", "ieee_double", FP_DOUBLE, 50, VFP, 64},
    {"d2", "ieee_double", FP_DOUBLE, 51, VFP, 64},
    {"d3", "ieee_double", FP_DOUBLE, 52, VFP, 64},
    {"d4", "ieee_double", FP_DOUBLE, 53, VFP, 64},
    {"d5", "ieee_double", FP_DOUBLE, 54, VFP, 64},
    {"d6", "ieee_double", FP_DOUBLE, 55, VFP, 64},
    {"d7", "ieee_double", FP_DOUBLE, 56, VFP, 64},
    {"d8", "ieee_double", FP_DOUBLE, 57, VFP, 64},
    {"d9", "ieee_double", FP_DOUBLE, 58, VFP, 64},
    {"d10", "ieee_double", FP_DOUBLE, 59, VFP, 64},
    {"d11", "ieee_double", FP_DOUBLE, 60, VFP, 64},
    {"d12", "ieee_double", FP_DOUBLE, 61, VFP, 64},
    {"d13", "ieee_double", FP_DOUBLE, 62, VFP, 64},
    {"d14", "ieee_double", FP_DOUBLE, 63, VFP, 64},
    {"d15", "ieee_double", FP_DOUBLE, 64, VFP, 64},
    {"fpscr", "int", FP_CONTROL, 65, VFP, 32},
};

#define FP_FIRST  49u
#define REGISTERS (sizeof registers / sizeof registers[0])

static bool described(const struct gdb_session *session, const struct gdb_register *reg)
{
    return reg->feature != SECEXT || session->secext;
}

static const struct gdb_register *find(const struct gdb_session *session, uint32_t number)
{
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (registers[i].number == number && described(session, &registers[i])) {
            return &registers[i];
        }
    }
    return NULL;
}

/** The register behind one that stands for the present state's. */
static enum sim_reg banked(const struct gdb_session *session, unsigned source)
{
    static const enum sim_reg twins[][2] = {
        {SIM_REG_MSP_NS, SIM_REG_MSP_S},         {SIM_REG_PSP_NS, SIM_REG_PSP_S},
        {SIM_REG_CONTROL_NS, SIM_REG_CONTROL_S}, {SIM_REG_PRIMASK_NS, SIM_REG_PRIMASK_S},
        {SIM_REG_BASEPRI_NS, SIM_REG_BASEPRI_S}, {SIM_REG_FAULTMASK_NS, SIM_REG_FAULTMASK_S},
    };
    const enum sim_reg secure = (enum sim_reg)(source & ~CURRENT);
    if ((source & CURRENT) == 0 || sim_reg_read(session->sim, SIM_REG_SECURE) != 0) {
        return secure;
    }
    for (unsigned i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        if (twins[i][1] == secure) {
            return twins[i][0];
        }
    }
    return secure;
}

/** Whether what debug is open for at this moment includes a register. */
static bool open(const struct gdb_session *session, const struct gdb_register *reg)
{
    struct sim_debug_access access;
    sim_debug_access(session->sim, &access);
    if (!sim_debug_visible(session->sim)) {
        return false;
    }
    return reg->feature != SECEXT || access.secure;
}

/** @return false: it cannot be seen now */
static bool read_register(const struct gdb_session *session, const struct gdb_register *reg,
                          uint8_t bytes[8])
{
    uint32_t words[2] = {0, 0};
    if (!open(session, reg)) {
        return false;
    }
    if (reg->feature == VFP) {
        uint32_t s[32];
        uint32_t fpscr = 0;
        if (!sim_debug_fp_read(session->sim, s, &fpscr)) {
            return false;
        }
        const unsigned d = reg->number - FP_FIRST;
        words[0] = reg->source == FP_CONTROL ? fpscr : s[2u * d];
        words[1] = reg->source == FP_CONTROL ? 0 : s[2u * d + 1u];
    } else {
        words[0] = sim_reg_read(session->sim, banked(session, reg->source));
    }
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(words[i / 4u] >> (8u * (i % 4u)));
    }
    return true;
}

static bool write_register(struct gdb_session *session, const struct gdb_register *reg,
                           const uint8_t bytes[8])
{
    uint32_t words[2] = {0, 0};
    for (unsigned i = 0; i < reg->bits / 8u; i++) {
        words[i / 4u] |= (uint32_t)bytes[i] << (8u * (i % 4u));
    }
    if (!open(session, reg)) {
        return false;
    }
    if (reg->feature == VFP) {
        uint32_t s[32];
        uint32_t fpscr = 0;
        if (!sim_debug_fp_read(session->sim, s, &fpscr)) {
            return false;
        }
        if (reg->source == FP_CONTROL) {
            fpscr = words[0];
        } else {
            memcpy(&s[2u * (reg->number - FP_FIRST)], words, sizeof words);
        }
        return sim_debug_fp_write(session->sim, s, fpscr);
    }
    const enum sim_reg target = banked(session, reg->source);
    const uint32_t mask = target == SIM_REG_PC ? ~1u : UINT32_MAX;
    if (sim_reg_read(session->sim, target) != (words[0] & mask)) {
        sim_reg_write(session->sim, target, words[0] & mask);
    }
    return true;
}

static void put_register(struct gdb_session *session, struct gdb_reply *reply,
                         const struct gdb_register *reg)
{
    uint8_t bytes[8];
    if (read_register(session, reg, bytes)) {
        gdb_put_hex(reply, bytes, reg->bits / 8u);
    } else {
        gdb_put_text(reply, reg->bits == 64 ? "xxxxxxxxxxxxxxxx" : "xxxxxxxx");
    }
}

void gdb_registers_read(struct gdb_session *session)
{
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (described(session, &registers[i])) {
            put_register(session, &session->reply, &registers[i]);
        }
    }
}

void gdb_registers_write(struct gdb_session *session, struct gdb_cursor *cursor)
{
    for (unsigned i = 0; i < REGISTERS && !cursor->bad && cursor->left > 0; i++) {
        uint8_t bytes[8] = {0};
        if (!described(session, &registers[i])) {
            continue;
        }
        if (gdb_skip(cursor, "xxxxxxxx")) {
            cursor->bad = registers[i].bits == 64 && !gdb_skip(cursor, "xxxxxxxx");
            continue;
        }
        gdb_take_hex(cursor, bytes, registers[i].bits / 8u);
        cursor->bad = cursor->bad || !write_register(session, &registers[i], bytes);
    }
    gdb_put_text(&session->reply, gdb_taken(cursor) ? "OK" : "E01");
}

void gdb_register_read(struct gdb_session *session, struct gdb_cursor *cursor)
{
    const struct gdb_register *reg = find(session, gdb_take_number(cursor));
    if (!gdb_taken(cursor) || reg == NULL) {
        gdb_malformed(session);
        return;
    }
    put_register(session, &session->reply, reg);
}

void gdb_register_write(struct gdb_session *session, struct gdb_cursor *cursor)
{
    uint8_t bytes[8] = {0};
    const struct gdb_register *reg = find(session, gdb_take_number(cursor));
    gdb_expect(cursor, "=");
    if (cursor->bad || reg == NULL) {
        gdb_malformed(session);
        return;
    }
    gdb_take_hex(cursor, bytes, reg->bits / 8u);
    if (!gdb_taken(cursor)) {
        gdb_malformed(session);
    } else if (!write_register(session, reg, bytes)) {
        gdb_refuse(session, "this register cannot be reached: Secure debug is closed");
    } else {
        gdb_put_text(&session->reply, "OK");
    }
}

void gdb_register_stop(struct gdb_session *session, struct gdb_reply *reply, unsigned number)
{
    const struct gdb_register *reg = find(session, number);
    if (reg != NULL && open(session, reg)) {
        gdb_put_format(reply, "%02x:", number);
        put_register(session, reply, reg);
        gdb_put_text(reply, ";");
    }
}

static size_t add(char *text, size_t size, size_t len, const char *what)
{
    const size_t more = strlen(what);
    if (len + more < size) {
        memcpy(text + len, what, more + 1u);
    }
    return len + more;
}

size_t gdb_target_xml(const struct gdb_session *session, char *text, size_t size)
{
    char line[200];
    size_t len = add(text, size, 0,
                     "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
                     "<target version=\"1.0\">\n<architecture>arm</architecture>\n");
    for (unsigned feature = 0; feature < FEATURES; feature++) {
        if (feature == SECEXT && !session->secext) {
            continue;
        }
        (void)snprintf(line, sizeof line, "<feature name=\"%s\">\n", feature_names[feature]);
        len = add(text, size, len, line);
        for (unsigned i = 0; i < REGISTERS; i++) {
            const struct gdb_register *reg = &registers[i];
            if (reg->feature == feature) {
                (void)snprintf(line, sizeof line,
                               "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\"/>\n",
                               reg->name, reg->bits, reg->type, reg->number);
                len = add(text, size, len, line);
            }
        }
        len = add(text, size, len, "</feature>\n");
    }
    return add(text, size, len, "</target>\n");
}

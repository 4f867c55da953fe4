/* What follows `monitor` in GDB: the chip's own commands. */
#include "gdb_session.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

/** Addresses of fault status registers in the Non-secure view of privileged code; +0x20000: twin. */
#define CFSR    0xE000ED28u
#define HFSR    0xE000ED2Cu
#define MMFAR   0xE000ED34u
#define BFAR    0xE000ED38u
#define SFSR    0xE000EDE4u
#define SFAR    0xE000EDE8u
#define NS_TWIN 0x00020000u

static void print(struct gdb_session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void print(struct gdb_session *session, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gdb_output(session, text);
}

/** After a reset: halted before the first instruction that debug may see. */
static void settle(struct gdb_session *session, const char *what)
{
    struct sim_debug_access access;
    const bool halted = gdb_halt(session);
    if (session->sim == NULL) {
        print(session, "%s, and the chip could not be started again\n", what);
        session->killed = true;
        return;
    }
    session->refusal[0] = '\0';
    session->signal = 5;
    sim_debug_access(session->sim, &access);
    if (halted) {
        print(session, "%s; halted at 0x%08" PRIx32 ". Type: maintenance flush register-cache\n",
              what, sim_reg_read(session->sim, SIM_REG_PC));
    } else {
        print(session, "%s; it has not come to where it may be halted%s%s\n", what,
              access.why[0] != '\0' ? ": " : "", access.why);
    }
}

static void reset(struct gdb_session *session, const char *how)
{
    if (strcmp(how, "run") == 0) {
        print(session, "GDB would not know that it runs: type monitor reset, then continue\n");
        return;
    }
    if (how[0] != '\0' && strcmp(how, "halt") != 0 && strcmp(how, "init") != 0) {
        print(session, "monitor reset [halt]\n");
        return;
    }
    (void)session->host->reset(session->host->context, false);
    settle(session, "reset by NRST");
}

static void power_cycle(struct gdb_session *session, const char *how)
{
    (void)how;
    const bool cut = session->host->reset(session->host->context, true);
    settle(session, cut ? "power cut and given back" : "reset by NRST: --hosted cannot cut power");
}

static void halt(struct gdb_session *session, const char *how)
{
    (void)how;
    print(session, "halted at 0x%08" PRIx32 "\n", sim_reg_read(session->sim, SIM_REG_PC));
}

static const char *mode_text(struct gdb_session *session)
{
    const uint32_t xpsr = sim_reg_read(session->sim, SIM_REG_XPSR);
    const bool secure = sim_reg_read(session->sim, SIM_REG_SECURE) != 0;
    const uint32_t control =
        sim_reg_read(session->sim, secure ? SIM_REG_CONTROL_S : SIM_REG_CONTROL_NS);
    return (xpsr & 0x1FFu) != 0 ? "handler" : (control & 1u) != 0 ? "unprivileged" : "privileged";
}

static void state(struct gdb_session *session, const char *how)
{
    struct sim_state chip;
    struct sim_debug_access access;
    (void)how;
    sim_state_get(session->sim, &chip);
    sim_debug_access(session->sim, &access);
    print(session, "product state %s, TrustZone %s, HDPL %u, boot %" PRIu32 ", time %" PRIu64 "\n",
          chip.product_state, chip.trustzone ? "on" : "off", chip.hdpl, chip.boots,
          sim_time(session->sim));
    print(session, "debug: %s%s%s\n",
          !access.nonsecure  ? "closed"
          : access.secure    ? "open for both states"
          : access.trustzone ? "open for Non-secure state only"
                             : "open",
          access.why[0] != '\0' ? "; " : "", access.why);
    if (sim_debug_visible(session->sim)) {
        print(session, "processor: %s %s, exception %" PRIu32 ", PC 0x%08" PRIx32 "\n",
              sim_reg_read(session->sim, SIM_REG_SECURE) != 0 ? "Secure" : "Non-secure",
              mode_text(session), sim_reg_read(session->sim, SIM_REG_XPSR) & 0x1FFu,
              sim_reg_read(session->sim, SIM_REG_PC));
    } else {
        print(session, "processor: in a state that debug is closed for\n");
    }
}

/* The map: whose memory is, as SAU and IDAU have it now, and whether debug may read it. */

static void map_line(struct gdb_session *session, uint32_t first, uint32_t last,
                     const struct sim_debug_place *place)
{
    struct sim_error error;
    uint8_t byte = 0;
    size_t done = 0;
    const bool reads = sim_debug_read(session->sim, first, &byte, 1, &done, &error) == SIM_OK;
    print(session, "  0x%08" PRIx32 "-0x%08" PRIx32 "  %-22s %s\n", first, last,
          !place->secure    ? "Non-secure"
          : place->callable ? "Secure, NS callable"
                            : "Secure",
          reads ? "readable" : error.text);
}

static void map(struct gdb_session *session, const char *how)
{
    static const struct {
        const char *name;
        uint32_t addr;
        uint32_t len;
    } memories[] = {
        {"flash", 0x08000000, 0x200000},       {"flash, Secure alias", 0x0C000000, 0x200000},
        {"SRAM1-3", 0x20000000, 0xA0000},      {"SRAM1-3, Secure alias", 0x30000000, 0xA0000},
        {"peripherals", 0x40000000, 0x100000}, {"peripherals, Secure alias", 0x50000000, 0x100000}};
    (void)how;
    for (unsigned i = 0; i < sizeof memories / sizeof memories[0]; i++) {
        const uint32_t end = memories[i].addr + (memories[i].len - 1u);
        print(session, "%s\n", memories[i].name);
        for (uint32_t at = memories[i].addr; at - memories[i].addr < memories[i].len;) {
            struct sim_debug_place place;
            sim_debug_place(session->sim, at, &place);
            const uint32_t last = place.last < end ? place.last : end;
            map_line(session, at, last, &place);
            at = last + 1u;
        }
    }
}

/* Faults. */

static void fault_bits(struct gdb_session *session, const char *name, uint32_t addr)
{
    static const struct {
        uint32_t addr;
        unsigned bit;
        const char *text;
    } bits[] = {
        {CFSR, 0, "IACCVIOL"},   {CFSR, 1, "DACCVIOL"},    {CFSR, 3, "MUNSTKERR"},
        {CFSR, 4, "MSTKERR"},    {CFSR, 5, "MLSPERR"},     {CFSR, 7, "MMARVALID"},
        {CFSR, 8, "IBUSERR"},    {CFSR, 9, "PRECISERR"},   {CFSR, 10, "IMPRECISERR"},
        {CFSR, 11, "UNSTKERR"},  {CFSR, 12, "STKERR"},     {CFSR, 13, "LSPERR"},
        {CFSR, 15, "BFARVALID"}, {CFSR, 16, "UNDEFINSTR"}, {CFSR, 17, "INVSTATE"},
        {CFSR, 18, "INVPC"},     {CFSR, 19, "NOCP"},       {CFSR, 20, "STKOF"},
        {CFSR, 24, "UNALIGNED"}, {CFSR, 25, "DIVBYZERO"},  {HFSR, 1, "VECTTBL"},
        {HFSR, 30, "FORCED"},    {HFSR, 31, "DEBUGEVT"},   {SFSR, 0, "INVEP"},
        {SFSR, 1, "INVIS"},      {SFSR, 2, "INVER"},       {SFSR, 3, "AUVIOL"},
        {SFSR, 4, "INVTRAN"},    {SFSR, 5, "LSPERR"},      {SFSR, 6, "SFARVALID"},
        {SFSR, 7, "LSERR"},
    };
    uint8_t bytes[4] = {0};
    size_t done = 0;
    char text[256] = "";
    if (sim_debug_read(session->sim, addr, bytes, sizeof bytes, &done, NULL) != SIM_OK) {
        return;
    }
    const uint32_t value = bytes_load_le32(bytes);
    for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (bits[i].addr == (addr & ~NS_TWIN) && ((value >> bits[i].bit) & 1u) != 0) {
            const size_t len = strlen(text);
            (void)snprintf(text + len, sizeof text - len, " %s", bits[i].text);
        }
    }
    print(session, "  %-8s 0x%08" PRIx32 "%s\n", name, value, text);
}

static void faults(struct gdb_session *session, const char *how)
{
    const bool secure = sim_reg_read(session->sim, SIM_REG_SECURE) != 0;
    (void)how;
    print(session, "%s state\n", secure ? "Secure" : "Non-secure");
    fault_bits(session, "CFSR", CFSR);
    fault_bits(session, "HFSR", HFSR);
    fault_bits(session, "MMFAR", MMFAR);
    fault_bits(session, "BFAR", BFAR);
    if (secure) {
        fault_bits(session, "SFSR", SFSR);
        fault_bits(session, "SFAR", SFAR);
        print(session, "Non-secure state\n");
        fault_bits(session, "CFSR_NS", CFSR | NS_TWIN);
        fault_bits(session, "MMFAR_NS", MMFAR | NS_TWIN);
    }
}

static void catch_faults(struct gdb_session *session, const char *how)
{
    if (strcmp(how, "on") == 0 || strcmp(how, "off") == 0) {
        session->fault_stop = strcmp(how, "on") == 0;
        sim_debug_catch(session->sim, session->fault_stop);
    } else if (how[0] != '\0') {
        print(session, "monitor catch [on|off]\n");
        return;
    }
    print(session, "a fault %s\n",
          session->fault_stop ? "stops where it is caused" : "stops nothing");
}

static void snapshot(struct gdb_session *session, const char *how)
{
    struct sim_error error;
    if (strcmp(how, "save") == 0) {
        sim_snapshot_free(session->snapshot);
        session->snapshot = NULL;
        if (sim_snapshot_take(session->sim, &session->snapshot, &error) != SIM_OK) {
            print(session, "%s; garrison run --ephemeral has snapshots\n", error.text);
            return;
        }
        print(session, "saved\n");
    } else if (strcmp(how, "load") != 0) {
        print(session, "monitor snapshot save|load\n");
    } else if (session->snapshot == NULL) {
        print(session, "nothing has been saved\n");
    } else {
        sim_snapshot_restore(session->sim, session->snapshot);
        settle(session, "back");
    }
}

static void last_refusal(struct gdb_session *session, const char *how)
{
    (void)how;
    print(session, "%s\n", session->refusal[0] != '\0' ? session->refusal : "nothing was refused");
}

static void help(struct gdb_session *session, const char *how);

/** What a command needs: nothing, a session that debug is open for, a processor that it may see. */
enum need { NOTHING, SESSION, SIGHT };

static const struct {
    const char *name;
    void (*run)(struct gdb_session *session, const char *how);
    enum need need;
    const char *text;
} commands[] = {
    {"help", help, NOTHING, "this text"},
    {"reset", reset, SESSION, "reset by the pin NRST, and halt as soon as debug may"},
    {"power-cycle", power_cycle, SESSION,
     "cut the power, give it back, and halt; with --hosted as reset"},
    {"halt", halt, SIGHT, "say where it stands; Ctrl-C halts"},
    {"state", state, NOTHING,
     "product state, HDPL, what debug is open for, where the processor is"},
    {"map", map, SIGHT, "whose memory is whose, and what debug may read"},
    {"faults", faults, SIGHT, "fault status registers in words"},
    {"catch", catch_faults, NOTHING, "[on|off] whether a fault stops where it is caused"},
    {"snapshot", snapshot, SESSION, "save|load the whole machine"},
    {"why", last_refusal, NOTHING, "why the last access was refused"},
};

static void help(struct gdb_session *session, const char *how)
{
    (void)how;
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        print(session, "monitor %-12s %s\n", commands[i].name, commands[i].text);
    }
}

void gdb_monitor(struct gdb_session *session, const char *command)
{
    const size_t len = strcspn(command, " ");
    const char *how = command + len + strspn(command + len, " ");
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strlen(commands[i].name) != len || strncmp(commands[i].name, command, len) != 0) {
            continue;
        }
        if ((commands[i].need != NOTHING && !session->started) ||
            (commands[i].need == SIGHT && !sim_debug_visible(session->sim))) {
            print(session, "the processor stands where debug is closed: monitor state\n");
            return;
        }
        commands[i].run(session, how);
        return;
    }
    print(session, "there is no monitor command '%s': monitor help\n", command);
}

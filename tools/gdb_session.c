/* The session: which packet is answered by whom, and how the chip runs and stops. */
#include "gdb_session.h"

#include <stdio.h>
#include <string.h>

/** Slices in which a halt must come, or it is given up: some seconds of the host's time. */
#define HALT_SLICES 200u

/** Refusals that are told unasked: GDB tries around Secure code at each step. */
#define REFUSALS_SHOWN 10u

#define SIGNAL_INT  2
#define SIGNAL_TRAP 5
#define SIGNAL_ABRT 6
#define SIGNAL_SEGV 11

/* Answers. */

static void send_reply(struct gdb_session *session, const struct gdb_reply *reply)
{
    session->frame_len = gdb_frame(reply, session->frame);
    session->host->send(session->host->context, session->frame, session->frame_len);
}

void gdb_output(struct gdb_session *session, const char *text)
{
    gdb_reply_clear(&session->report);
    gdb_put_text(&session->report, "O");
    gdb_put_hex(&session->report, text, strlen(text));
    send_reply(session, &session->report);
}

void gdb_console(struct gdb_session *session, const char *text)
{
    const size_t len = strlen(session->pending);
    session->host->say(session->host->context, text);
    (void)snprintf(session->pending + len, sizeof session->pending - len, "garrison: %s\n", text);
}

static void flush_console(struct gdb_session *session)
{
    if (session->pending[0] != '\0') {
        gdb_output(session, session->pending);
        session->pending[0] = '\0';
    }
}

void gdb_malformed(struct gdb_session *session)
{
    gdb_put_text(&session->reply, "E01");
}

void gdb_refuse(struct gdb_session *session, const char *why)
{
    if (strcmp(why, session->refusal) != 0) {
        (void)snprintf(session->refusal, sizeof session->refusal, "%s", why);
        session->refusals++;
        if (session->refusals <= REFUSALS_SHOWN) {
            gdb_console(session, why);
        }
        if (session->refusals == REFUSALS_SHOWN) {
            gdb_console(session, "more refusals are not shown; `monitor why` has the last one");
        }
    }
    gdb_reply_clear(&session->reply);
    if (session->error_messages) {
        gdb_put_text(&session->reply, "E.");
        gdb_put_words(&session->reply, why);
    } else {
        gdb_put_text(&session->reply, "E01");
    }
}

/* Stops. */

static void put_stop(struct gdb_session *session, struct gdb_reply *reply)
{
    static const unsigned shown[] = {13, 14, 15, 25};
    const struct sim_debug_stop *stop = &session->stop;
    gdb_put_format(reply, "T%02x", (unsigned)session->signal);
    for (unsigned i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        gdb_register_stop(session, reply, shown[i]);
    }
    gdb_put_text(reply, "thread:1;");
    if (stop->kind == SIM_DEBUG_WATCH) {
        const char *name = !stop->reads ? "watch" : stop->writes ? "awatch" : "rwatch";
        gdb_put_format(reply, "%s:%x;", name, (unsigned)stop->addr);
    } else if (stop->kind == SIM_DEBUG_BREAK && sim_debug_visible(session->sim)) {
        const uint32_t pc = sim_reg_read(session->sim, SIM_REG_PC);
        bool soft = false;
        for (unsigned i = 0; i < session->softs; i++) {
            soft = soft || session->soft[i] == pc;
        }
        gdb_put_text(reply, soft ? "swbreak:;" : "hwbreak:;");
    }
}

static void report_stop(struct gdb_session *session, int signal)
{
    session->running = false;
    session->signal = signal;
    sim_debug_why(session->sim, &session->stop);
    flush_console(session);
    gdb_reply_clear(&session->report);
    put_stop(session, &session->report);
    send_reply(session, &session->report);
}

enum sim_stop gdb_run_to_halt(struct sim *sim, const struct gdb_host *host)
{
    struct sim_debug_access access;
    enum sim_stop stop = SIM_STOP_INSNS;
    sim_debug_halt(sim);
    for (unsigned slice = 0;
         slice < HALT_SLICES &&
         (stop == SIM_STOP_INSNS || stop == SIM_STOP_RESET || stop == SIM_STOP_ASKED);
         slice++) {
        sim_debug_access(sim, &access);
        if (!access.access_port) {
            break;
        }
        stop = host->run(host->context);
    }
    return stop;
}

bool gdb_halt(struct gdb_session *session)
{
    if (session->sim == NULL) { /* A reset before has lost it. */
        return false;
    }
    const bool halted = gdb_run_to_halt(session->sim, session->host) == SIM_STOP_DEBUG;
    if (halted) {
        sim_debug_why(session->sim, &session->stop);
    }
    return halted || (session->sim != NULL && sim_debug_visible(session->sim));
}

void gdb_session_ran(struct gdb_session *session, enum sim_stop stop)
{
    if (!session->running) {
        return;
    }
    if (stop == SIM_STOP_ERROR || session->sim == NULL) {
        gdb_session_exit(session, 3);
        return;
    }
    flush_console(session);
    if (stop == SIM_STOP_DEBUG) {
        struct sim_debug_stop why;
        sim_debug_why(session->sim, &why);
        if (why.kind == SIM_DEBUG_FAULT) {
            gdb_console(session, why.fault);
        }
        report_stop(session, why.kind == SIM_DEBUG_HALT    ? SIGNAL_INT
                             : why.kind == SIM_DEBUG_FAULT ? SIGNAL_SEGV
                                                           : SIGNAL_TRAP);
    } else if (stop == SIM_STOP_LOCKUP && sim_debug_visible(session->sim)) {
        gdb_console(session, "the processor has locked up; only a reset helps: monitor reset");
        report_stop(session, SIGNAL_ABRT);
    }
}

void gdb_session_event(struct gdb_session *session, const struct sim_event *event)
{
    struct sim_debug_access access;
    const size_t len = strlen(session->pending);
    sim_debug_access(session->sim, &access);
    const bool hidden = event->has_cpu && event->attr.secure && access.trustzone && !access.secure;
    if (access.nonsecure && !hidden &&
        (event->kind == SIM_EVENT_FAULT || event->kind == SIM_EVENT_REFUSED ||
         event->kind == SIM_EVENT_RESET || event->kind == SIM_EVENT_FLASH)) {
        (void)snprintf(session->pending + len, sizeof session->pending - len, "%s: %s\n",
                       sim_event_name(event->kind), event->text);
    }
}

void gdb_session_exit(struct gdb_session *session, int status)
{
    if (session->running) {
        flush_console(session);
        gdb_reply_clear(&session->report);
        gdb_put_format(&session->report, "W%02x", (unsigned)status & 0xFFu);
        send_reply(session, &session->report);
    }
    session->running = false;
    session->detached = true;
}

/* Packets. */

/** How a packet wants the chip to go on. */
static void go(struct gdb_session *session, char how)
{
    session->running = true;
    if (how == 's' || how == 'S') {
        sim_debug_step(session->sim);
    } else {
        sim_debug_resume(session->sim);
    }
    flush_console(session);
}

/** c, C, s and S with an address to go on at, or none. @return false: the packet is wrong */
static bool old_go(struct gdb_session *session, char how, struct gdb_cursor *cursor)
{
    if (how == 'C' || how == 'S') {
        (void)gdb_take_number(cursor);
        (void)gdb_skip(cursor, ";");
    }
    if (cursor->left > 0) {
        const uint32_t pc = gdb_take_number(cursor);
        if (!sim_debug_visible(session->sim)) {
            return false;
        }
        if (gdb_taken(cursor)) {
            sim_reg_write(session->sim, SIM_REG_PC, pc & ~1u);
        }
    }
    if (!gdb_taken(cursor)) {
        return false;
    }
    go(session, how);
    return true;
}

/** The first action is for the only thread there is. */
static bool vcont(struct gdb_session *session, struct gdb_cursor *cursor)
{
    static const char *const actions[] = {"c", "C", "s", "S"};
    for (unsigned i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (gdb_skip(cursor, actions[i])) {
            go(session, *actions[i]);
            return true;
        }
    }
    return false;
}

static void supported(struct gdb_session *session, struct gdb_cursor *cursor)
{
    static const char feature[] = "error-message+";
    struct sim_debug_access access;
    sim_debug_access(session->sim, &access);
    if (!access.access_port) { /* GDB shows this, whatever it knows of error messages. */
        session->error_messages = true;
        gdb_refuse(session, access.why);
        session->closed = true;
        return;
    }
    for (size_t i = 0; i + sizeof feature - 1u <= cursor->left; i++) {
        session->error_messages =
            session->error_messages || memcmp(cursor->at + i, feature, sizeof feature - 1u) == 0;
    }
    gdb_put_format(&session->reply,
                   "PacketSize=%x;qXfer:features:read+;qXfer:memory-map:read+;QStartNoAckMode+;"
                   "vContSupported+;swbreak+;hwbreak+;error-message+",
                   GDB_PACKET_BYTES);
}

/** "annex:offset,length" of a text. */
static void transfer(struct gdb_session *session, struct gdb_cursor *cursor, const char *text,
                     size_t len)
{
    const uint32_t off = gdb_take_number(cursor);
    gdb_expect(cursor, ",");
    const uint32_t wanted = gdb_take_number(cursor);
    if (!gdb_taken(cursor) || off > len) {
        gdb_malformed(session);
        return;
    }
    size_t count = len - off < wanted ? len - off : wanted;
    count = count < GDB_PACKET_BYTES / 4u ? count : GDB_PACKET_BYTES / 4u;
    gdb_put_text(&session->reply, off + count == len ? "l" : "m");
    (void)gdb_put_binary(&session->reply, text + off, count);
}

static void query_transfer(struct gdb_session *session, struct gdb_cursor *cursor)
{
    static char text[8192];
    if (gdb_skip(cursor, "features:read:target.xml:")) {
        const size_t len = gdb_target_xml(session, text, sizeof text);
        transfer(session, cursor, text, len < sizeof text ? len : 0);
    } else if (gdb_skip(cursor, "memory-map:read::")) {
        const char *map = gdb_memory_map_xml();
        transfer(session, cursor, map, strlen(map));
    }
}

static void command(struct gdb_session *session, struct gdb_cursor *cursor)
{
    char text[256] = "";
    const size_t len = cursor->left / 2u;
    if (len < sizeof text) {
        gdb_take_hex(cursor, (uint8_t *)text, len);
    }
    if (!gdb_taken(cursor)) {
        gdb_malformed(session);
        return;
    }
    flush_console(session);
    gdb_put_text(&session->reply, "OK");
    gdb_monitor(session, text);
    flush_console(session);
}

/** Queries whose answer is a fixed text. */
static bool fixed_query(struct gdb_session *session, struct gdb_cursor *cursor)
{
    static const struct {
        const char *query;
        const char *answer;
    } table[] = {
        {"qAttached", "1"},    {"qC", "QC1"},         {"qfThreadInfo", "m1"},
        {"qsThreadInfo", "l"}, {"qSymbol::", "OK"},   {"vCont?", "vCont;c;C;s;S"},
        {"QNonStop:0", "OK"},  {"QNonStop:1", "E01"},
    };
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct gdb_cursor whole = *cursor;
        if (gdb_skip(&whole, table[i].query) && whole.left == 0) {
            gdb_put_text(&session->reply, table[i].answer);
            return true;
        }
    }
    return false;
}

/** Packets that begin with a word. What is not known is answered with nothing. */
static void named(struct gdb_session *session, struct gdb_cursor *cursor)
{
    if (fixed_query(session, cursor)) {
        return;
    }
    if (gdb_skip(cursor, "qSupported")) {
        supported(session, cursor);
    } else if (gdb_skip(cursor, "qXfer:")) {
        query_transfer(session, cursor);
    } else if (gdb_skip(cursor, "qRcmd,")) {
        command(session, cursor);
    } else if (gdb_skip(cursor, "qCRC:")) {
        gdb_memory_crc(session, cursor);
    } else if (gdb_skip(cursor, "QStartNoAckMode") && cursor->left == 0) {
        session->no_ack_wanted = true;
        gdb_put_text(&session->reply, "OK");
    } else if (gdb_skip(cursor, "vFlash")) {
        gdb_flash(session, cursor);
    } else if (gdb_skip(cursor, "vKill")) {
        session->killed = true;
        gdb_put_text(&session->reply, "OK");
    }
}

/** Why the chip stands: the first question, which halts it. */
static void why(struct gdb_session *session)
{
    struct sim_debug_access access;
    sim_debug_access(session->sim, &access);
    if (!access.access_port) {
        gdb_put_text(&session->reply, "W00"); /* nothing that GDB could look at */
        session->closed = true;
        return;
    }
    if (!session->started && !sim_debug_visible(session->sim) && !gdb_halt(session)) {
        char text[256];
        if (session->sim == NULL) {
            gdb_put_text(&session->reply, "W00");
            session->killed = true;
            return;
        }
        (void)snprintf(text, sizeof text,
                       "the processor stays in Secure state, where it cannot be halted: %s",
                       access.why);
        gdb_refuse(session, text);
        gdb_reply_clear(&session->reply);
        gdb_put_text(&session->reply, "W00");
        session->closed = true;
        return;
    }
    session->started = true;
    session->signal = session->signal != 0 ? session->signal : SIGNAL_TRAP;
    put_stop(session, &session->reply);
}

/** What is asked while the chip stands, and GDB knows that. @return whether an answer is due */
static bool lettered(struct gdb_session *session, char letter, struct gdb_cursor *cursor)
{
    switch (letter) {
    case 'g':
        gdb_registers_read(session);
        return true;
    case 'G':
        gdb_registers_write(session, cursor);
        return true;
    case 'p':
        gdb_register_read(session, cursor);
        return true;
    case 'P':
        gdb_register_write(session, cursor);
        return true;
    case 'm':
        gdb_memory_read(session, cursor);
        return true;
    case 'M':
    case 'X':
        gdb_memory_write(session, cursor, letter == 'X');
        return true;
    case 'Z':
    case 'z':
        gdb_point(session, cursor, letter == 'Z');
        return true;
    case 'c':
    case 'C':
    case 's':
    case 'S':
        if (old_go(session, letter, cursor)) {
            return false;
        }
        gdb_malformed(session);
        return true;
    default:
        return true;
    }
}

/** @return whether an answer is due */
static bool answer(struct gdb_session *session, struct gdb_cursor *cursor)
{
    struct gdb_cursor word = *cursor;
    const char letter = cursor->left > 0 ? (char)*cursor->at : '\0';
    switch (letter) {
    case '?':
        why(session);
        return true;
    case 'q':
    case 'Q':
    case 'v':
        if (gdb_skip(&word, "vCont;")) {
            const bool good = session->started && vcont(session, &word);
            gdb_put_text(&session->reply, good ? "" : "E01");
            return !good;
        }
        named(session, cursor);
        return true;
    case 'H':
    case 'T':
        gdb_put_text(&session->reply, "OK");
        return true;
    case 'D':
        session->detached = true;
        gdb_put_text(&session->reply, "OK");
        return true;
    case 'k':
        session->killed = true;
        return false;
    default:
        break;
    }
    if (!session->started) { /* Debug may be closed: nothing before the question why it stands. */
        gdb_malformed(session);
        return true;
    }
    cursor->at += cursor->left > 0 ? 1u : 0u;
    cursor->left -= cursor->left > 0 ? 1u : 0u;
    return lettered(session, letter, cursor);
}

static void packet(struct gdb_session *session)
{
    struct gdb_cursor cursor = {.at = session->reader.content, .left = session->reader.len};
    gdb_reply_clear(&session->reply);
    if (!answer(session, &cursor)) {
        return;
    }
    if (session->reply.full) {
        gdb_reply_clear(&session->reply);
        gdb_malformed(session);
    }
    send_reply(session, &session->reply);
    session->no_ack = session->no_ack || session->no_ack_wanted;
}

static void acknowledge(struct gdb_session *session, uint8_t sign)
{
    if (!session->no_ack) {
        session->host->send(session->host->context, &sign, 1);
    }
}

void gdb_session_byte(struct gdb_session *session, uint8_t byte)
{
    if (session->killed || session->detached) {
        return;
    }
    switch (gdb_reader_byte(&session->reader, byte)) {
    case GDB_PACKET:
        acknowledge(session, '+');
        if (!session->running) {
            packet(session);
        }
        break;
    case GDB_DAMAGED:
        acknowledge(session, '-');
        break;
    case GDB_NAK:
        if (!session->no_ack && session->frame_len > 0) {
            session->host->send(session->host->context, session->frame, session->frame_len);
        }
        break;
    case GDB_INTERRUPT:
        if (session->running) {
            sim_debug_halt(session->sim);
        }
        break;
    case GDB_ACK:
    case GDB_NOTHING:
    default:
        break;
    }
}

void gdb_session_init(struct gdb_session *session, struct sim *sim, const struct gdb_host *host)
{
    struct sim_debug_access access;
    memset(session, 0, sizeof *session);
    session->sim = sim;
    session->host = host;
    session->fault_stop = true;
    sim_debug_access(sim, &access);
    session->secext = access.secure;
    sim_debug_attach(sim, true);
    sim_debug_catch(sim, true);
}

void gdb_session_fini(struct gdb_session *session)
{
    if (session->sim != NULL) {
        sim_debug_attach(session->sim, false);
        sim_snapshot_free(session->snapshot);
    }
    session->snapshot = NULL;
}

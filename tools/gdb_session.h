/*
 * One debugger's session: packets of GDB answered over a simulated chip.
 *
 * The session never runs the chip by itself while GDB waits for a stop: whoever owns it runs slices
 * as long as `running`, and tells how each ended. Nothing here knows a socket.
 */
#pragma once

#include <garrison/sim.h>
#include <garrison/sim_debug.h>

#include "gdb_packet.h"

/** What the session needs of its owner. */
struct gdb_host {
    void *context;
    /** Sends bytes to GDB. */
    void (*send)(void *context, const uint8_t *data, size_t len);
    /** Runs the chip for a slice. */
    enum sim_stop (*run)(void *context);
    /**
     * Resets the chip by NRST, or cuts its power and gives it back.
     * @return false: it cannot cut the power of this chip, and has reset it
     */
    bool (*reset)(void *context, bool power);
    /** One line for the user's terminal. */
    void (*say)(void *context, const char *text);
};

/**
 * Halts the processor as soon as debug may, for a bounded time.
 * @return how its last slice ended: SIM_STOP_DEBUG when it stands, SIM_STOP_ERROR when it may be lost
 */
enum sim_stop gdb_run_to_halt(struct sim *sim, const struct gdb_host *host);

#define GDB_PENDING_BYTES 2048u

struct gdb_session {
    struct sim *sim; /**< NULL: the chip is gone, and so is the session soon. */
    const struct gdb_host *host;
    struct gdb_reader reader;
    struct gdb_reply reply;
    struct gdb_reply report; /**< O packets, and answers that come by themselves. */
    uint8_t frame[GDB_FRAME_BYTES];
    size_t frame_len; /**< Of the last answer, for who has not understood it. */
    bool no_ack;
    bool no_ack_wanted;  /**< From the packet after the answer on. */
    bool error_messages; /**< GDB shows "E.text" whatever it has asked for. */
    bool secext;         /**< What GDB has been told of the registers. */
    bool fault_stop;     /**< Faults stop. */
    bool running;        /**< GDB waits for a stop. */
    bool closed;         /**< Debug is closed: GDB sees nothing, the chip goes on. */
    bool started;        /**< It has asked why the chip stands. */
    bool detached;       /**< The session is over, the chip goes on. */
    bool killed;         /**< The session is over, and the run. */
    int signal;          /**< Of the last stop. */
    struct sim_debug_stop stop;
    struct sim_snapshot *snapshot;
    char refusal[512]; /**< The last one. */
    unsigned refusals;
    char pending[GDB_PENDING_BYTES]; /**< Lines for GDB's console, which waits for them. */
    uint32_t soft[64];               /**< Breakpoints of kind 0; the rest are of kind 1. */
    unsigned softs;
};

/** Begins with a chip that stands still or runs. */
void gdb_session_init(struct gdb_session *session, struct sim *sim, const struct gdb_host *host);
/** Gives back what the session holds, and what it has set in the chip. */
void gdb_session_fini(struct gdb_session *session);
/** A byte has come from GDB. */
void gdb_session_byte(struct gdb_session *session, uint8_t byte);
/** A slice that was run because of `running` ended so. */
void gdb_session_ran(struct gdb_session *session, enum sim_stop stop);
/** The chip has said something: may be called while it runs. */
void gdb_session_event(struct gdb_session *session, const struct sim_event *event);
/** The run is over. */
void gdb_session_exit(struct gdb_session *session, int status);

/* For the files of the session. */

/** Runs until debug may look at the processor, for a bounded time. @return whether it may */
bool gdb_halt(struct gdb_session *session);
/** A line for GDB's console, as soon as it can be shown, and for the user's terminal. */
void gdb_console(struct gdb_session *session, const char *text);
/** Answers that a packet is not what it must be, or not at this time. */
void gdb_malformed(struct gdb_session *session);
/** Answers that something was refused, and says why. */
void gdb_refuse(struct gdb_session *session, const char *why);
/** An O packet: only while GDB waits for a stop or for a monitor command's end. */
void gdb_output(struct gdb_session *session, const char *text);

/* gdb_registers.c */

void gdb_registers_read(struct gdb_session *session);
void gdb_registers_write(struct gdb_session *session, struct gdb_cursor *cursor);
void gdb_register_read(struct gdb_session *session, struct gdb_cursor *cursor);
void gdb_register_write(struct gdb_session *session, struct gdb_cursor *cursor);
/** One register as a stop tells it: "0f:12345678;". */
void gdb_register_stop(struct gdb_session *session, struct gdb_reply *reply, unsigned number);
/** The target's description in XML. @return its length; what fits is in `text` */
size_t gdb_target_xml(const struct gdb_session *session, char *text, size_t size);

/* gdb_memory.c */

/** Each answers one packet, whose letters are over. */
void gdb_memory_read(struct gdb_session *session, struct gdb_cursor *cursor);
void gdb_memory_write(struct gdb_session *session, struct gdb_cursor *cursor, bool binary);
void gdb_memory_crc(struct gdb_session *session, struct gdb_cursor *cursor);
void gdb_flash(struct gdb_session *session, struct gdb_cursor *cursor);
void gdb_point(struct gdb_session *session, struct gdb_cursor *cursor, bool set);
const char *gdb_memory_map_xml(void);

/* gdb_monitor.c */

/** A command of the user's, as text. */
void gdb_monitor(struct gdb_session *session, const char *command);

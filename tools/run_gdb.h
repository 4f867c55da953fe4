/*
 * `garrison run --gdb`: a socket of the loopback interface for GDB, and the run around it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/sim.h>

#include "gdb_session.h"
#include "listen.h"
#include "run_mailbox.h"

/** What the run gives: its own way to run a slice, and to cut the power. */
struct run_gdb_owner {
    void *context;
    enum sim_stop (*run)(void *context);      /**< SIM_STOP_ERROR when the chip is lost. */
    bool (*reset)(void *context, bool power); /**< As in struct gdb_host. */
    bool (*ends)(void *context);              /**< The user, or a limit, ends the run. */
};

struct run_gdb {
    struct sim *sim; /**< NULL: the chip is lost. */
    struct run_gdb_owner owner;
    struct gdb_host host;        /**< Of each session. */
    struct run_mailbox *mailbox; /**< Served while GDB is waited for. */
    struct listener listener;
    int client; /**< -1: no GDB is there. */
    struct gdb_session *session;
    bool quiet;
    bool halt_opened; /**< The chip waits for GDB when debug authentication has opened it. */
    bool opened;      /**< It had, after the last slice. */
    unsigned halting; /**< Slices since it is to halt there; 0: it is not. */
    bool waiting;     /**< The chip stands until the next GDB has come and gone. */
    bool killed;      /**< GDB has ended the run. */
};

/**
 * Listens. @param where  "", "PORT", "127.0.0.1:PORT", "localhost:PORT" or "unix:PATH"; port 0: any
 * @return exit status, having said why
 */
int run_gdb_open(struct run_gdb *gdb, const char *where, bool quiet);

/**
 * The chip has been powered on: brings it to the first instruction that debug may see, where it waits
 * for GDB. If there is none, it runs on. The chip may be lost on the way.
 */
void run_gdb_halt_first(struct run_gdb *gdb);

/**
 * Serves GDB until the chip is to run: at once if it does already and has something to do.
 * @param idle  nothing happens by itself any more: waits for GDB
 * @return false: GDB has ended the run
 */
bool run_gdb_serve(struct run_gdb *gdb, bool idle);

/** A slice ended so. */
void run_gdb_ran(struct run_gdb *gdb, enum sim_stop stop);

/** Ends what GDB has begun, without a word to it: the chip is about to be reset by somebody else. */
void run_gdb_let_go(struct run_gdb *gdb);

/** An event, as it happens. */
void run_gdb_event(struct run_gdb *gdb, const struct sim_event *event);

/** The chip is lost: nothing of it is touched any more. */
void run_gdb_lost(struct run_gdb *gdb);

/** The run is over, with this exit status. Before sim_close(). */
void run_gdb_close(struct run_gdb *gdb, int status);

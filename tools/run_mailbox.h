/*
 * `garrison run --mailbox`: the words of the chip's mailbox, and NRST, over a socket. docs/SPEC.md,
 * "Mailbox over a socket".
 */
#pragma once

#include <garrison/sim.h>

#include "listen.h"

/** The port of an empty address, for both ends. */
#define RUN_MAILBOX_PORT 3334u

#define RUN_MAILBOX_LINE 64u

struct run_mailbox {
    struct sim *sim;              /**< NULL: there is none. */
    void (*reset)(void *context); /**< NRST is about to be pulled. */
    void *context;                /**< Passed to it. */
    struct listener listener;
    int client; /**< -1: nobody is there. */
    size_t len; /**< Of the line so far. */
    char line[RUN_MAILBOX_LINE];
    char why[256]; /**< What the journal says of debug authentication last. */
};

/** Nobody is there, and nobody can come. */
void run_mailbox_init(struct run_mailbox *mailbox);

/** Listens. @return exit status, having said why */
int run_mailbox_open(struct run_mailbox *mailbox, const char *where, bool quiet);

/** The chip runs from now on. */
void run_mailbox_begin(struct run_mailbox *mailbox, struct sim *sim, void (*reset)(void *context),
                       void *context);

/** The socket to be looked at; -1: none. */
int run_mailbox_fd(const struct run_mailbox *mailbox);

/** Serves what has come there. */
void run_mailbox_serve(struct run_mailbox *mailbox);

/** Serves what comes until the chip is to run: at once, unless it is idle and nothing has come. */
void run_mailbox_wait(struct run_mailbox *mailbox, bool idle, bool (*ends)(void *context));

/** An event, as it happens. */
void run_mailbox_event(struct run_mailbox *mailbox, const struct sim_event *event);

void run_mailbox_close(struct run_mailbox *mailbox);

/*
 * `garrison run --send`: a file for the chip, sent by XMODEM-1K when it asks.
 */
#pragma once

#include <garrison/sim.h>

#include "file.h"
#include "xmodem_send.h"

struct run_send {
    const char *path;      /**< NULL: nothing is sent. */
    struct file_data file; /**< What is sent. */
    struct xmodem_send transfer;
    uint64_t silence_end; /**< Instruction at which the chip has asked; 0: it has not. */
};

/** Reads the file. @param path  NULL: none. @return exit status, having said why */
int run_send_open(struct run_send *send, const char *path);
void run_send_close(struct run_send *send);

/** The chip forgets a transfer when it is reset. */
void run_send_restart(struct run_send *send);

/** The chip stands still for a moment, after so many instructions: sends what is due. */
void run_send_go_on(struct run_send *send, struct sim *sim, uint64_t insns);

/** Whether all was sent that was to be. @return exit status, having said why not */
int run_send_check(const struct run_send *send, int status);

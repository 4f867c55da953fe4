/*
 * How a run ended, in words and as an exit status.
 */
#pragma once

#include <garrison/sim.h>

/** The backup register in which a boot stage leaves why it refused something. */
#define VERDICT_REGISTER 31u

/** How a run ended, strongest first. */
enum run_end {
    RUN_BROKEN,      /**< The simulator failed. */
    RUN_FAULT,       /**< A fault that nobody expected. */
    RUN_LOCKUP,      /**< The processor locked up. */
    RUN_FAIL_TEXT,   /**< The text of --fail-text came. */
    RUN_REFUSED,     /**< A boot stage refused an image. */
    RUN_NOT_AGAIN,   /**< After a reset, with --hosted, the chip could not be started again. */
    RUN_HALTED,      /**< The boot ROM found nothing it may start. */
    RUN_RESET_AFTER, /**< Reset while settling after the text. */
    RUN_TIMEOUT,     /**< --timeout. */
    RUN_INTERRUPTED, /**< SIGINT or SIGTERM. */
    RUN_TEXT,        /**< The text of --until-text came, and nothing went wrong after it. */
    RUN_INSNS,       /**< --max-insns. */
    RUN_BOOTS,       /**< --boots. */
    RUN_KILLED,      /**< GDB has ended it. */
    RUN_IDLE,        /**< Asleep for good. */
    RUN_OUTPUT_GONE, /**< The reader of standard output has gone. */
};

/**
 * The boot verdict of a chip, or 0: with TrustZone off no boot stage has run and the register is
 * the firmware's own, and so is a word that no stage writes.
 */
uint32_t run_verdict(const struct sim_state *state);

struct run_report {
    enum run_end end;
    bool wants_text;     /**< --until-text was given. */
    const char *device;  /**< Its path; NULL: it is in memory. */
    const char *detail;  /**< Words of the event that ended it; "" if there is none. */
    const char *pattern; /**< Of the text that ended it, or did not come. */
    uint32_t verdict;    /**< As run_verdict() has it. */
    bool quiet;
};

/** Says one line where there is something to say. @return the exit status of the run. */
int run_report(const struct run_report *report);

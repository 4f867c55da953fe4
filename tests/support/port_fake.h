/*
 * The port's functions for tests: what they were told is kept, what they answer is set.
 */
#pragma once

#include <setjmp.h>
#include <stdbool.h>

#include <garrison/keys.h>
#include <garrison/port.h>

#include "support/flash_ram.h"

/** How code under test ended. */
enum port_end {
    PORT_RETURNED = 0,
    PORT_PANICKED,
    PORT_LEFT,
    PORT_STARTED,
    PORT_WAS_RESET,
    PORT_FAILED, /**< A partition: what port_partition_leave() was told is in `left`. */
    PORT_WAITED, /**< For a byte on the rescue line that does not come. */
};

#define PORT_LOG_LINES   16u
#define PORT_STORE_BYTES 0x1000u

struct port_fake {
    struct flash_ram flash;
    const struct flash_device *device;            /**< What port_flash() gives; NULL: `flash`. */
    _Alignas(16) uint8_t store[PORT_STORE_BYTES]; /**< The keys store, of all levels together. */
    uint32_t store_writes;                        /**< By port_keys_write(). */
    bool store_refused;                           /**< Nothing can be read or written. */
    struct handoff handoff;
    unsigned hdpl;
    enum garrison_status entropy;
    enum garrison_status derive;     /**< What port_derive_key() answers. */
    const volatile uint8_t *derived; /**< Where it put the last key. */
    enum garrison_status isolation_apply;
    enum garrison_status isolation_check;
    uint32_t isolation_checks;
    uint32_t granted;                             /**< By port_isolation_grant(). */
    const struct layout_record *isolation_layout; /**< Of the last port_isolation_apply(). */
    uint32_t verdict;
    uint32_t watchdog_starts;
    uint32_t vectors; /**< Of port_leave() or port_start_application(). */
    char panic[128];
    char log[PORT_LOG_LINES][128];
    uint32_t log_count;

    /** Memory that the client may use; elsewhere only if `client_may_all`. */
    bool client_may_all;
    uintptr_t client_base;
    uintptr_t client_limit;
    uintptr_t client_read_only_from; /**< From here to the limit the client may only read. */
    uint32_t client_asked;
    void (*on_client_may)(uint32_t asked); /**< Called before each answer; may be NULL. */

    const struct partition *open; /**< Whose memory is; NULL: all of them are the manager's. */
    void (*on_switch)(const struct partition *partition); /**< May be NULL. */
    enum garrison_status partition_switch;
    const struct partition *was_reset;                   /**< The last one. */
    void (*on_reset)(const struct partition *partition); /**< May be NULL. */
    psa_status_t left;
    psa_signal_t enabled; /**< By port_interrupts_switch(). */

    bool has_line;       /**< What port_rescue_open() answers. */
    const uint8_t *line; /**< What port_rescue_read() gives, byte by byte. */
    size_t line_len;
    size_t line_at;
    uint8_t sent[4096]; /**< By port_rescue_write(). */
    size_t sent_len;

    jmp_buf end;
};

extern struct port_fake port_fake;

/** Everything in order: HDPL 0, empty flash and keys store, a client that may use all memory. */
void port_fake_reset(void);

/** Runs a call that does not return, into `ended`. */
#define PORT_RUN(ended, call)                                                                      \
    do {                                                                                           \
        int port_run_jumped = setjmp(port_fake.end);                                               \
        if (port_run_jumped == 0) {                                                                \
            call;                                                                                  \
        }                                                                                          \
        (ended) = (enum port_end)port_run_jumped;                                                  \
    } while (0)

/*
 * The state model of PSA Firmware Update 1.0.1, sections 4.2.3 and 5.6 to 5.8, typed as a table.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <psa/update.h>

#define CELL_STATES 8u

/** The nine operations, and what a reset does. */
enum cell_operation {
    CELL_START,
    CELL_WRITE,
    CELL_FINISH,
    CELL_CANCEL,
    CELL_CLEAN,
    CELL_INSTALL,
    CELL_ACCEPT,
    CELL_REJECT,
    CELL_QUERY,
    CELL_REBOOT_OK,
    CELL_REBOOT_FAIL, /**< What is staged does not verify. */
    CELL_OPERATIONS
};

struct cell {
    psa_status_t status;
    uint8_t after;
    psa_status_t error; /**< As psa_fwu_query() tells afterwards. */
};

/** What CELL_REJECT gives, and what was given when a component is REJECTED already. */
#define CELL_ERROR (-7)

/** A component that is tried before it is accepted, with staging that outlives resets. */
extern const struct cell update_cells[CELL_OPERATIONS][CELL_STATES];

/** Does an operation on a component; a reset's status is PSA_SUCCESS. */
psa_status_t cell_do(enum cell_operation operation, uint32_t component);

/** What it comes to: as the table says, but for what has no trial (section B.1 there). */
struct cell cell_expected(enum cell_operation operation, uint32_t component, uint8_t state);

extern const char *const cell_names[CELL_OPERATIONS];

/*
 * Calls whose cost is measured: what the client of the bench passes to a service that only takes and
 * gives bytes.
 */
#pragma once

#define CALL_LOADS                                                                                 \
    {                                                                                              \
        {"0vec", 0, 0, 0}, {"1vec_16b", 1, 0, 16}, {"4vec_4k", 2, 2, 1024},                        \
    }

/** Times that each call is made. */
#define CALL_TIMES 500u

struct call_load {
    const char *name;
    unsigned inputs;
    unsigned outputs;
    unsigned len; /**< Of each vector, in bytes; at most CALL_BYTES_MAX. */
};

#define CALL_BYTES_MAX 1024u

/** Type of these calls. */
#define CALL_TYPE 1

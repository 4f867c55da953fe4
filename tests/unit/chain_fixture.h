/*
 * A table of partitions that call each other, and their memory, which is protected as on the chip: of
 * all partitions' pages only those are open that the manager has asked the port to open.
 */
#pragma once

#include "support/test.h"

#include <garrison/gate.h>
#include <garrison/spm.h>

#include "support/port_fake.h"

#define NS SPM_CLIENT_NON_SECURE

/* A partition's memory is a page for each purpose. */
#define PAGE       4096u
#define PAGES      4u
#define CONSTANTS  0u /* read-only */
#define DATA       1u /* its stack is the upper half */
#define DEVICE     2u
#define NOTHING    3u /* behind its memory */
#define STACK_OFF  (PAGE / 2)
#define PARTITIONS 8u

/** Another service of "h", called over connections, and its version. */
#define CONNECTED_SID     SID(8)
#define CONNECTED_VERSION 9u

/** It is told of clients that have ended: "f". */
#define HEARS_ENDS 5u

/** Of "g"; the others have the default. */
#define FIXTURE_LIMIT_MS 5000u

#define SID(i)    (0x100u + (i))
#define HANDLE(i) (0x40000001 + (i))

/** "a" is called by the Non-secure side, "b" to "f" in this order by each other; "g" is a module. */
extern uint8_t *page[PARTITIONS][PAGES];
extern uint32_t uses[PARTITIONS][2];
extern struct partition_service services[PARTITIONS + 1];

/** Each has two signals; no test here can run their handler. */
#define SIGNALS(i) (0x10010u << (i))

/** The Non-secure side's memory. */
extern struct chain_client {
    psa_invec in[2];
    psa_outvec out[1];
    uint8_t data[64];
} client;

/** Vectors in the memory of the partition that make_vectors() was for. */
extern struct chain_vectors {
    psa_invec *in;
    psa_outvec *out;
} own;

/** What call() and nest() have begun. */
extern const struct partition *partition;
extern const psa_msg_t *message;

/** How PORT_RUN() has ended. */
extern enum port_end ended;

/** Times that a partition was prepared. */
extern uint32_t prepared[PARTITIONS];

int make_pages(void **state);

/** Opens all pages, for what looks at all memory when the process ends. */
int release_pages(void **state);

/** A boot: nothing runs, nothing has failed, everything has the contents that its place gives. */
int set_up(void **state);

/** The Non-secure side calls a partition. */
psa_status_t call(uint32_t to);

/** Vectors for the next nest() of a partition that runs. */
void make_vectors(uint32_t from);

/** A partition calls another one. */
psa_status_t nest(uint32_t from, uint32_t to);

/** Calls from the Non-secure side to "a", and so on down to that partition. */
void call_down_to(uint32_t last);

/** The partition has failed for the first time: that was said, and its client got to know. */
void expect_failed(uint32_t index, const char *reason);

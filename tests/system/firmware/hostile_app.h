/*
 * What the files of the hostile application share.
 *
 * Addresses and message formats are typed here on purpose: an attacker knows them without our
 * headers.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <psa/client.h>

#include "hostile_list.h"

#define HOSTILE_FUNCTION(function, what, end, argument) int32_t function(void);
HOSTILE_APPLICATION_ATTACKS(HOSTILE_FUNCTION)
#undef HOSTILE_FUNCTION

#define GATE_FRAMEWORK_VERSION 0x0C014801u
#define GATE_VERSION           0x0C014809u
#define GATE_CONNECT           0x0C014811u
#define GATE_CALL              0x0C014819u
#define GATE_CLOSE             0x0C014821u
#define GATE_LIFE_CYCLE        0x0C014829u

#define CRYPTO_SID    0x47410001u
#define CRYPTO_HANDLE 0x40000101u
#define HASH_COMPUTE  1u
#define HASH_SETUP    3u
#define HASH_UPDATE   4u
#define HASH_FINISH   5u
#define HASH_ABORT    7u
#define RANDOM        9u

#define SECURE_RAM 0x30040000u
#define GATE_STACK 0x30042000u

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)

/** struct crypto_request: function, algorithm, key, operation, attributes. */
struct request {
    uint32_t word[9];
};

extern volatile struct hostile_mailbox mailbox;

/** Key and object that the application owns. */
extern uint32_t own_key;
#define OWN_UID 7u

/** Called by each SysTick, until it says stop() or the call has ended; NULL: nothing is done. */
extern void (*volatile on_tick)(void);
void stop_ticks(void);
void start_ticks(uint32_t cycles);

/**
 * A function of the gate, with a mark of the application's own in each register that a callee must
 * leave as it is; what stands in all of them afterwards is counted in the mailbox.
 */
int32_t gate(uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3);

/** psa_call() of "crypto". */
int32_t call(uint32_t inputs, uint32_t outputs, const void *in, const void *out);

/** Asks for the hash of a range, and for random bytes into one. */
int32_t hash_of(uint32_t base, uint32_t len);
int32_t random_to(uint32_t base, uint32_t len);

/** A call that takes a request and gives at most a word. */
int32_t ask(const struct request *request, uint32_t *answer);

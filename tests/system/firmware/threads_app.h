/*
 * Two threads that call all services, each with what is its own and with one object that they share.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define THREADS 2u

/** Whether calls answer that the manager is busy: nobody's lock has threads wait. */
bool threads_may_be_busy(void);

/**
 * What the thread is about to do with the shared object. Whoever has the lock next notes it, so that
 * the order of the lock can be compared with what the manager has done.
 */
struct threads_intent {
    bool sets;
    bool gets;
    uint32_t value; /**< That it sets, or that it must get. */
};
extern struct threads_intent threads_intent[THREADS];

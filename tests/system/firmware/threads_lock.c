/*
 * The threads wait for each other, first come, first served; and the lock remembers what the shared
 * object must be at each turn.
 */
#include <garrison/client.h>

#include "scheduler.h"
#include "threads_app.h"

static volatile uint32_t next_ticket;
static volatile uint32_t serving;
static uint32_t shared;

bool threads_may_be_busy(void)
{
    return false;
}

static void note_turn(uint32_t thread)
{
    struct threads_intent *intent = &threads_intent[thread];
    if (intent->sets) {
        shared = intent->value;
    } else if (intent->gets) {
        intent->value = shared;
    }
    intent->sets = false;
    intent->gets = false;
}

void garrison_client_lock(void)
{
    const uint32_t ticket = __atomic_fetch_add(&next_ticket, 1u, __ATOMIC_ACQUIRE);
    while (serving != ticket) {
        threads_yield();
    }
    if (threads_current() > 0) {
        note_turn(threads_current() - 1u);
    }
}

void garrison_client_unlock(void)
{
    serving++;
}

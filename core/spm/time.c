/*
 * Time of partitions: each call has a limit for its own code, and one for all that it makes others do.
 */
#include <garrison/spm.h>

#include "spm/chain.h"
#include "spm/running.h"

/** Ticks that a call or a handler has. */
static uint32_t tick_limit(const struct call *call)
{
    if (call->signal != 0) {
        return SPM_HANDLER_TICKS;
    }
    const uint32_t own = call->partition->time_limit_ms;
    return (own != 0 ? own : PARTITION_TIME_LIMIT_MS) / SPM_TICK_MS;
}

/** A service of the manager's own has only done what it was asked for: who has asked is charged. */
static void charge(struct call *call, const char *reason)
{
    struct call *asker = chain_asker(call);
    if (asker == call || call->signal != 0) {
        chain_fail(call, FAILURE_ITS_OWN, reason);
    } else if (asker == NULL) {
        chain_fail(call, FAILURE_NON_SECURE, reason);
    } else {
        chain_fail(call, FAILURE_NOBODYS, reason);
        chain_fail(asker, FAILURE_ITS_OWN, "what it asked for took too long");
    }
}

/** Counts for those that wait too, but not for whom a handler has interrupted. */
static void count_for_all(struct call *call)
{
    struct call *running = call;
    for (; call != NULL; call = call->signal == 0 ? chain_below(call) : NULL) {
        call->ticks_all++;
        if (call->ticks_all >= PARTITION_ALL_LIMITS * tick_limit(call) && !call->failed) {
            charge(call, "time of its calls is up");
            running_open_memory(running->partition);
        }
    }
}

void spm_tick(void)
{
    struct call *call = chain_running();
    if (call == NULL) {
        return;
    }
    spm_require_sound();
    call->ticks++;
    if (call->ticks >= tick_limit(call)) {
        charge(call, "time is up");
    }
    count_for_all(call);
    spm_require_sound();
}

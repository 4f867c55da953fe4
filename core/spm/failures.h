/*
 * How often each partition has failed since the boot; they have their numbers here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void failures_init(void);

/** To whom a failure of a partition counts. */
enum failure_charge {
    FAILURE_ITS_OWN,    /**< Itself: behind the last restart its services refuse all. */
    FAILURE_NON_SECURE, /**< The Non-secure side, which alone they then refuse. */
    FAILURE_NOBODYS,    /**< No count of the partition's. */
};

/** Counts a failure, and logs it with its reason. */
void failures_note(uint32_t number, enum failure_charge charge, const char *reason);

/** Whether the partition has no restart left: its services refuse, or refuse the Non-secure side. */
bool failures_lost(uint32_t number, bool for_non_secure);

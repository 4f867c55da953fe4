/*
 * An application with several threads: its lock around the calls of the client library.
 *
 * The manager serves one call at a time. While one runs, a call of another thread or of an interrupt
 * handler is not made and answers that it is busy: PSA_ERROR_CONNECTION_BUSY; PSA_VERSION_NONE from
 * psa_version(); psa_close() does nothing, so nobody may call it then. An application that defines
 * both functions below has its threads wait for each other instead. Calls then take effect in the
 * order in which threads get the lock, each whole before the next begins; which thread gets it first
 * is the lock's to decide, not the manager's.
 *
 * A thread may be preempted within a call and others run meanwhile. Whoever switches threads keeps
 * EXC_RETURN with each thread's registers: it says whether the thread goes on in the manager.
 *
 * In the native way calls are plain function calls, and none of this is used.
 */
#pragma once

#include <garrison/abi.h>

GARRISON_ABI_BEGIN

/**
 * Waits until no other thread is in a call. Called in Thread mode only: an interrupt handler cannot
 * wait, and is told that a call is under way. The library's own does nothing.
 */
void garrison_client_lock(void);

/** Lets the next thread in; called by the thread that has the lock. The library's own does nothing. */
void garrison_client_unlock(void);

GARRISON_ABI_END

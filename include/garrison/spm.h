/*
 * The secure partition manager as its port sees it: the manager's entry, and the privileged bodies
 * of what the gate and a partition's system calls ask for.
 *
 * Calls form a chain: a Non-secure client calls a partition, which calls another one. The port turns
 * GATE_CALL, and psa_call() of the partition that runs, into
 *     status = spm_begin(...);
 *     if (status == PSA_SUCCESS) {
 *         do {
 *             status = <partition->function(message), unprivileged, in its sandbox>;
 *             message = spm_next();
 *         } while (message != NULL);
 *         status = spm_end(status);
 *     }
 * and psa_read(), psa_skip(), psa_write(), psa_set_rhandle() of a partition into spm_read() and so on,
 * and what the devices of garrison/area.h do into the spm_area functions. A partition's mistake in
 * one of these ends in spm_partition_failed() instead of a return. The memory that these functions use is what
 * port_partition_switch() has opened; spm_begin() and spm_end() call it.
 */
#pragma once

#include <garrison/abi.h>
#include <garrison/partition.h>
#include <garrison/status.h>
#include <psa/client.h>

GARRISON_ABI_BEGIN

/** Client id of the Non-secure application. */
#define SPM_CLIENT_NON_SECURE (-1)

/** Main function of the manager: checks what it was handed, isolates, starts the application. */
GARRISON_NORETURN void manager_main(void);

/**
 * spm_init(), then prepares the partitions: tells them what only the manager can know. A port whose manager_main() does not run, because the application's
 * process is the manager's, calls it itself, with the hand-over record complete.
 */
enum garrison_status manager_serve(void) GARRISON_MUST_USE;

/**
 * Checks the partition table, and gives every partition all its restarts. Must run once before any
 * call; a second time is allowed between calls, and is a boot to the manager.
 * @return GARRISON_ERROR_POLICY: the table or the memory that the port gave breaks a rule.
 */
enum garrison_status spm_init(void) GARRISON_MUST_USE;

/** Calls that wait for each other, at most: the first is a Non-secure client's. */
#define SPM_DEPTH_MAX 6u

/** What the chain has at most: those, and above them the handler of an interrupt. */
#define SPM_CHAIN_MAX (SPM_DEPTH_MAX + 1u)

/** The partition that runs, the last of the chain; NULL between calls. */
const struct partition *spm_running(void);

/** psa_rot_lifecycle_state(), of whoever asks. */
uint32_t spm_life_cycle(void);

/*
 * Who calls: SPM_CLIENT_NON_SECURE, or the id of the partition that runs. A partition reaches what
 * its record lists; its mistakes are its end where a Non-secure client's are answered.
 */

/** psa_version(). */
uint32_t spm_version(int32_t client_id, uint32_t sid);

/**
 * psa_connect(): as spm_begin(), with PSA_IPC_CONNECT as the message's type; spm_end() then gives the
 * handle, or the error.
 */
psa_handle_t spm_connect(int32_t client_id, uint32_t sid, uint32_t version,
                         const struct partition **partition, const psa_msg_t **message);

/**
 * psa_close(): the same with PSA_IPC_DISCONNECT. PSA_SUCCESS without a partition: there is nothing
 * to run. PSA_ERROR_PROGRAMMER_ERROR: not a connection of this client's, and not PSA_NULL_HANDLE.
 */
psa_status_t spm_close(int32_t client_id, psa_handle_t handle, const struct partition **partition,
                       const psa_msg_t **message);

/**
 * Checks a call and prepares its message. May be entered again while a call runs, from an interrupt
 * of the Non-secure client's: that answers PSA_ERROR_CONNECTION_BUSY and touches nothing.
 * @param control    gate_control()
 * @param in_vec     the client's array, not trusted: checked, then copied once, as are the vectors
 * @param out_vec    the same; `len` of each is written by spm_end()
 * @param partition  out: whom to run; its memory is open then, and no one else's
 * @param message    out: its message, at the top of its stack
 * @return PSA_SUCCESS: run it, then spm_end() is owed; PSA_ERROR_CONNECTION_BUSY: a call runs;
 *         PSA_ERROR_PROGRAMMER_ERROR: handle, control, or memory that the client may not use.
 */
psa_status_t spm_begin(int32_t client_id, psa_handle_t handle, uint32_t control,
                       const psa_invec *in_vec, psa_outvec *out_vec,
                       const struct partition **partition, const psa_msg_t **message);

/**
 * The message that the running partition's function is to be run with next, its first one having
 * returned: it had to hear of a client that has ended before the call. NULL: spm_end() is due.
 */
const psa_msg_t *spm_next(void);

/**
 * Ends the call of the partition that runs: opens its client's memory again, tells the client how
 * much was written. @return the client's status; for psa_connect() its handle
 */
psa_status_t spm_end(psa_status_t status);

/**
 * Ends the partition that runs, which has failed in its own code: a line in the log names it and the
 * reason, its memory becomes what it was at start, and its client gets
 * PSA_ERROR_COMMUNICATION_FAILURE; others go on. After PARTITION_RESTARTS_MAX restarts its services
 * answer PSA_ERROR_CONNECTION_REFUSED until the next boot. Without a partition that runs, the
 * manager itself has failed: port_panic().
 */
GARRISON_NORETURN void spm_partition_failed(const char *reason);

/**
 * The interrupt of that signal was enabled and has come, and interrupts whatever runs: makes its
 * partition the one that runs, in its sandbox. spm_end() is owed, with what the handler has answered;
 * it opens the memory of whoever was interrupted.
 * @return whose handler is to run; NULL: it is nobody's
 */
const struct partition *spm_interrupt(psa_signal_t signal);

/** Returns unless the running partition has failed in a handler, which this call of its goes back to. */
void spm_require_sound(void);

/** Of these signals of the running partition those that are set. */
psa_signal_t spm_signals(psa_signal_t mask);

/** Clears a signal of the running partition; one that is not set is its mistake. */
void spm_reset_signal(psa_signal_t signal);

/** psa_irq_enable() or psa_irq_disable() of the running partition. @return whether it was enabled */
bool spm_irq_switch(psa_signal_t signal, bool on);

/** Ticks that a handler has, the first of which may come at once. */
#define SPM_HANDLER_TICKS 2u

/** Milliseconds between two looks at who runs, with the clock that the chip starts with. */
#define SPM_TICK_MS 10u

/**
 * To be called each SPM_TICK_MS while a call is under way, if that finds a partition's code running
 * and not an interrupt of the Non-secure side's. Returns unless the partition's time is up, which
 * counts to who asked if the partition is a built-in one. Callers have a limit for what waits on them.
 */
void spm_tick(void);

size_t spm_read(psa_handle_t message, uint32_t index, void *buffer, size_t len);
void spm_set_rhandle(psa_handle_t message, void *rhandle);
size_t spm_skip(psa_handle_t message, uint32_t index, size_t len);
void spm_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len);

/** Bytes of an area of the running partition; 0: it has no such area. */
uint32_t spm_area_size(uint32_t index);

/*
 * Flash of the running partition, as the operations of port_flash() on it; `off` counts from the
 * start of the area. A range that leaves the area, an area or a call that there is not, and a buffer
 * that is not the partition's own memory are its mistake; an alignment is GARRISON_ERROR_ARGUMENT.
 */
enum garrison_status spm_area_read(uint32_t index, uint32_t off, uint8_t *data,
                                   uint32_t len) GARRISON_MUST_USE;
enum garrison_status spm_area_program(uint32_t index, uint32_t off, const uint8_t *data,
                                      uint32_t len) GARRISON_MUST_USE;
enum garrison_status spm_area_erase(uint32_t index, uint32_t off, uint32_t len) GARRISON_MUST_USE;

/** Resets the chip; from a partition that may not, a mistake. */
GARRISON_NORETURN void spm_reset(void);

GARRISON_ABI_END

/*
 * The service side of the PSA Firmware Framework, secure function model.
 * Source: Arm Firmware Framework for M 1.1, section 4.4 (DEN 0063).
 */
#pragma once

#include <stdbool.h>

#include <psa/client.h>

GARRISON_ABI_BEGIN

/** Types of a message besides those that a client gives, which are 0 or more. */
#define PSA_IPC_CONNECT    (-1)
#define PSA_IPC_DISCONNECT (-2)

/**
 * Not the framework's, but for partitions whose record asks for it: `client_id` was a partition that
 * has failed, and what is kept for it is no longer anyone's. Comes before the next other message;
 * `handle` is PSA_NULL_HANDLE, and the status that is returned is nobody's.
 */
#define PSA_IPC_CLIENT_ENDED (-128)

/** A request, as the secure function sees it. */
typedef struct psa_msg_t {
    int32_t type;                   /**< As the client gave it, or PSA_IPC_CONNECT etc. */
    psa_handle_t handle;            /**< Names this request in psa_read() and its kin. */
    int32_t client_id;              /**< Negative: Non-secure; positive: a partition. */
    void *rhandle;                  /**< The service's own value for this connection. */
    size_t in_size[PSA_MAX_IOVEC];  /**< Bytes of each input. */
    size_t out_size[PSA_MAX_IOVEC]; /**< Bytes there are in each output. */
} psa_msg_t;

/** Copies the next bytes of an input. @return bytes copied, 0 at the end. */
size_t psa_read(psa_handle_t msg_handle, uint32_t invec_idx, void *buffer, size_t num_bytes);

/** Passes over the next bytes of an input. @return bytes passed over. */
size_t psa_skip(psa_handle_t msg_handle, uint32_t invec_idx, size_t num_bytes);

/** Appends bytes to an output; more than it holds is a programmer error. */
void psa_write(psa_handle_t msg_handle, uint32_t outvec_idx, const void *buffer, size_t num_bytes);

/** Sets `rhandle` of the messages of this connection from the next one on; NULL at first. */
void psa_set_rhandle(psa_handle_t msg_handle, void *rhandle);

/** A set of signals: one bit for each interrupt of the partition's. */
typedef uint32_t psa_signal_t;

/** What the first-level handler of an interrupt, psa_flih_result_t handler(void), answers. */
typedef uint32_t psa_flih_result_t;
#define PSA_FLIH_NO_SIGNAL ((psa_flih_result_t)0)
#define PSA_FLIH_SIGNAL    ((psa_flih_result_t)1) /**< The interrupt's signal is to be set. */

/** Whether an interrupt was enabled. */
typedef uint32_t psa_irq_status_t;

#define PSA_POLL     0u
#define PSA_BLOCK    0x80000000u
#define PSA_WAIT_ANY (~(psa_signal_t)0)

/**
 * Of these signals those that are set; with PSA_BLOCK it returns when there is one, and what passes
 * until then is the call's time. Not for handlers.
 */
psa_signal_t psa_wait(psa_signal_t signal_mask, uint32_t timeout);

/** Clears a signal, which must be set. */
void psa_reset_signal(psa_signal_t irq_signal);

/** Lets the interrupt of a signal come; at first, and when the partition begins anew, it does not. */
void psa_irq_enable(psa_signal_t irq_signal);

/** @return whether it was enabled */
psa_irq_status_t psa_irq_disable(psa_signal_t irq_signal);

/** Ends the partition after a failure it cannot handle; returns never. */
GARRISON_NORETURN void psa_panic(void);

GARRISON_ABI_END

/*
 * Operations in several parts. Each belongs to the client that set it up, which has a limited number
 * of them, and is named by a number that is not used again for long, so that a stale one is refused.
 * Its state stands in the arena.
 */
#pragma once

#include "services/crypto_request.h"

enum crypto_kind {
    CRYPTO_KIND_NONE = 0,
    CRYPTO_KIND_HASH,
    CRYPTO_KIND_MAC,
    CRYPTO_KIND_CIPHER,
    CRYPTO_KIND_AEAD,
    CRYPTO_KIND_DERIVATION,
    CRYPTO_KIND_PAKE,
    CRYPTO_KIND_SIGN,
    CRYPTO_KIND_VERIFY,
    CRYPTO_KINDS
};

/** What a function does to the operation it is called for. */
enum crypto_use {
    CRYPTO_MAKES, /**< There is a new one, whose number is the answer, unless it fails. */
    CRYPTO_USES,  /**< Ends with a failure: then the client's number names nothing. */
    CRYPTO_ENDS,
    CRYPTO_KEEPS, /**< Ends not even with a failure. */
};

/** Before the first operation: what those of earlier starts were named by names none of this one. */
void crypto_operation_start(uint32_t starts);

/** Runs a function for an operation. @return also PSA_ERROR_BAD_STATE: the caller has none such */
psa_status_t crypto_operation_run(struct crypto_call *call, enum crypto_kind kind,
                                  enum crypto_use use, crypto_function_fn *run);

/** State of another operation of the caller's; NULL: it has none such. */
void *crypto_operation_state(const struct crypto_call *call, uint32_t number,
                             enum crypto_kind kind);

/** Ends an operation of the caller's; does nothing where there is none such. */
void crypto_operation_abort(const struct crypto_call *call);

/** Ends all operations of a client. */
void crypto_operation_forget(int32_t client_id);

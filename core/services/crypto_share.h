/*
 * What modules hold in the crypto service between their requests, and may hold: no module may use up
 * what the application or another module needs. Keys and operations count by the memory that they
 * take; what is needed only during a request does not count.
 */
#pragma once

#include "services/crypto_request.h"

/** Of every request: what the arena and the key slots gain until the end is the client's. */
void crypto_share_begin(int32_t client_id);
void crypto_share_end(int32_t client_id);

/** Bytes of the arena that all clients hold; without the buffers of the request. */
uint32_t crypto_share_bytes(void);

/** Whether the caller holds no more than it may; true for all but modules. */
bool crypto_share_allows(const struct crypto_call *call);

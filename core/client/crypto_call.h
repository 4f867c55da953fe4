/*
 * How the client library calls the crypto service.
 */
#pragma once

#include <psa/client.h>

#include "services/crypto_protocol.h"

/**
 * Sends a request.
 * @param in   up to two inputs behind the request itself; NULL with a count of 0
 * @param out  one output, whose `len` becomes what was written; or NULL
 */
psa_status_t crypto_call(const struct crypto_request *request, const psa_invec *in, size_t in_len,
                         psa_outvec *out);

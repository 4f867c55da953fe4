/*
 * What all client functions make of the manager's answers.
 */
#pragma once

#include <psa/client.h>
#include <psa/error.h>

/** A service with no restart left is refused: to its clients, one that does not answer. */
static inline psa_status_t service_answer(psa_status_t status)
{
    return status == PSA_ERROR_CONNECTION_REFUSED ? PSA_ERROR_COMMUNICATION_FAILURE : status;
}

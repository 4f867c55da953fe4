/*
 * Short names for the tables of calls: an output, and what most errors need.
 */
#pragma once

#include "table.h"

#define OUT    vectors_out, sizeof vectors_out
#define LEN    &vectors_len
#define SHA256 PSA_ALG_SHA_256
#define ECDSA  PSA_ALG_ECDSA(SHA256)

#define P256_PAIR   PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define P256_PUBLIC PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)

/** An id that nobody has. */
#define NO_KEY 0x3FFF1234u

#define ALREADY_EXISTS       PSA_ERROR_ALREADY_EXISTS
#define BAD_STATE            PSA_ERROR_BAD_STATE
#define BUFFER_TOO_SMALL     PSA_ERROR_BUFFER_TOO_SMALL
#define DOES_NOT_EXIST       PSA_ERROR_DOES_NOT_EXIST
#define INSUFFICIENT_DATA    PSA_ERROR_INSUFFICIENT_DATA
#define INSUFFICIENT_MEMORY  PSA_ERROR_INSUFFICIENT_MEMORY
#define INSUFFICIENT_STORAGE PSA_ERROR_INSUFFICIENT_STORAGE
#define INVALID_ARGUMENT     PSA_ERROR_INVALID_ARGUMENT
#define INVALID_HANDLE       PSA_ERROR_INVALID_HANDLE
#define INVALID_PADDING      PSA_ERROR_INVALID_PADDING
#define INVALID_SIGNATURE    PSA_ERROR_INVALID_SIGNATURE
#define NOT_PERMITTED        PSA_ERROR_NOT_PERMITTED
#define NOT_SUPPORTED        PSA_ERROR_NOT_SUPPORTED
#define SUCCESS              PSA_SUCCESS

/** Operations of one client, which may have no more. */
#define OPERATIONS 8u

/** Takes every operation; what an operation costs is the first one's. */
void api_fill(psa_hash_operation_t operations[OPERATIONS]);
void api_empty(psa_hash_operation_t operations[OPERATIONS]);

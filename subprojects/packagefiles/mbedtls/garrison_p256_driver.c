/*
 * p256-m's driver for PSA Crypto, over the PKA: what failed there for no reason of the caller's is
 * the hardware, and not the generic error that a software implementation reports.
 */
#include <psa/crypto.h>

#undef PSA_ERROR_GENERIC_ERROR
#define PSA_ERROR_GENERIC_ERROR PSA_ERROR_HARDWARE_FAILURE

#include "3rdparty/p256-m/p256-m_driver_entrypoints.c"

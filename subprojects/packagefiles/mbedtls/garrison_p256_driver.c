/*
 * p256-m's driver for PSA Crypto, over the PKA: what failed there for no reason of the caller's is
 * the hardware, and not the generic error that a software implementation reports.
 */
#include <psa/crypto.h>

#include "3rdparty/p256-m/p256-m/p256-m.h"

#undef PSA_ERROR_GENERIC_ERROR
#define PSA_ERROR_GENERIC_ERROR PSA_ERROR_HARDWARE_FAILURE

/* Of a pair PSA keeps the private key: its point is not computed to be thrown away. */
#define p256_gen_keypair(priv, pub) p256_gen_keypair(priv, NULL)

#include "garrison_p256_entry.c"

/*
 * A hostile partition in the place of "attest".
 */
#include "services/attest.h"

#define HOSTILE_SERVICE     attest_service
#define HOSTILE_OWN(part)   linker_attest_##part
#define HOSTILE_OTHER(part) linker_crypto_##part
#include "hostile_partition.h"

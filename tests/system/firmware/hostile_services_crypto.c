/*
 * A hostile partition in the place of "crypto".
 */
#include "services/crypto.h"

#define HOSTILE_SERVICE     crypto_service
#define HOSTILE_OWN(part)   linker_crypto_##part
#define HOSTILE_OTHER(part) linker_update_##part
#include "hostile_partition.h"

void crypto_note_start(uint32_t starts)
{
    (void)starts;
}

/*
 * A hostile partition in the place of "its".
 */
#include <stdint.h>

#include <psa/service.h>

psa_status_t its_service(const psa_msg_t *message);
void its_note_key(const uint8_t *key);

#define HOSTILE_SERVICE     its_service
#define HOSTILE_OWN(part)   linker_its_##part
#define HOSTILE_OTHER(part) linker_ps_##part
#include "hostile_partition.h"

void its_note_key(const uint8_t *key)
{
    (void)key;
}

/*
 * A hostile partition in the place of "ps".
 */
#include <stdint.h>

#include <psa/service.h>

psa_status_t ps_service(const psa_msg_t *message);
void ps_note_key(const uint8_t *key);

#define HOSTILE_SERVICE     ps_service
#define HOSTILE_OWN(part)   linker_ps_##part
#define HOSTILE_OTHER(part) linker_its_##part
#include "hostile_partition.h"

void ps_note_key(const uint8_t *key)
{
    (void)key;
}

/*
 * A hostile partition in the place of "update".
 */
#include "services/update.h"

#define HOSTILE_SERVICE     update_service
#define HOSTILE_OWN(part)   linker_update_##part
#define HOSTILE_OTHER(part) linker_crypto_##part
#include "hostile_partition.h"

void update_note_layout(const struct layout_record *layout)
{
    (void)layout;
}

void update_note_installed(psa_fwu_component_t component, psa_fwu_image_version_t version,
                           const uint8_t digest[32], uint32_t body_size)
{
    (void)component;
    (void)version;
    (void)digest;
    (void)body_size;
}

/*
 * In the place of the attestation service, which would bring the way to call others with it.
 */
#include "services/attest.h"

psa_status_t attest_service(const psa_msg_t *message)
{
    (void)message;
    return PSA_ERROR_NOT_SUPPORTED;
}

void attest_note_boot(const uint8_t *seed)
{
    (void)seed;
}

void attest_note_image(const struct measured *image)
{
    (void)image;
}

void attest_note_key(const uint8_t *seed)
{
    (void)seed;
}

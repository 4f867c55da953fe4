/*
 * A device in the field: says what life cycle it is in, and attests what runs on it.
 *
 * It includes standard headers only, so the same source runs on the chip and on the host.
 */
#include <stdio.h>

#include <psa/initial_attestation.h>
#include <psa/lifecycle.h>

/** A verifier sends another one each time; this one is written down, to be looked up in run.sh. */
static const uint8_t challenge[PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32] =
    "provision: 32 bytes, new please";

static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];

static const char *life_cycle(void)
{
    switch (psa_rot_lifecycle_state() & PSA_LIFECYCLE_PSA_STATE_MASK) {
    case PSA_LIFECYCLE_SECURED:
        return "secured";
    case PSA_LIFECYCLE_NON_PSA_ROT_DEBUG:
        return "secured, debug of the application open";
    case PSA_LIFECYCLE_RECOVERABLE_PSA_ROT_DEBUG:
        return "debug of the manager open";
    default:
        return "not secured";
    }
}

int main(void)
{
    size_t len = 0;
    printf("provision: life cycle: %s\n", life_cycle());
    const psa_status_t status =
        psa_initial_attest_get_token(challenge, sizeof(challenge), token, sizeof(token), &len);
    if (status != PSA_SUCCESS) {
        printf("provision: FAILED psa_initial_attest_get_token %d\n", (int)status);
        return 1;
    }
    printf("token ");
    for (size_t i = 0; i < len; i++) {
        printf("%02x", token[i]);
    }
    printf("\nprovision: ok\n");
    return 0;
}

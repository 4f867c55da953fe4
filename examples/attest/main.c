/*
 * Attestation: a token that proves to a verifier which device this is, what runs on it and in which
 * state, and that it is fresh.
 *
 * It includes standard headers only, so the same source runs on the chip and on the host. There,
 * GARRISON_DEVICE names the file that is the chip's memory.
 */
#include <stdbool.h>
#include <stdio.h>

#include <psa/crypto.h>
#include <psa/initial_attestation.h>
#include <psa/lifecycle.h>

#define CHALLENGE_BYTES PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32

/** Says which step failed, and why. @return whether it succeeded */
static bool succeeded(const char *step, psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        printf("attest: FAILED %s %d\n", step, (int)status);
        return false;
    }
    return true;
}

static void print_hex(const char *label, const uint8_t *data, size_t len)
{
    printf("attest: %s ", label);
    for (size_t i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

/** Here the device makes up the challenge; in a product the verifier sends it, each time another one. */
static bool get_challenge(uint8_t challenge[CHALLENGE_BYTES])
{
    if (!succeeded("psa_crypto_init", psa_crypto_init()) ||
        !succeeded("psa_generate_random", psa_generate_random(challenge, CHALLENGE_BYTES))) {
        return false;
    }
    print_hex("challenge", challenge, CHALLENGE_BYTES);
    return true;
}

static bool answer(const uint8_t challenge[CHALLENGE_BYTES])
{
    static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    size_t len = 0;
    const psa_status_t status =
        psa_initial_attest_get_token(challenge, CHALLENGE_BYTES, token, sizeof(token), &len);
    if (!succeeded("psa_initial_attest_get_token", status)) {
        return false;
    }
    print_hex("token", token, len);
    return true;
}

int main(void)
{
    uint8_t challenge[CHALLENGE_BYTES];

    printf("attest: life cycle 0x%04x\n", (unsigned)psa_rot_lifecycle_state());
    if (!get_challenge(challenge) || !answer(challenge)) {
        return 1;
    }
    printf("attest: ok\n");
    return 0;
}

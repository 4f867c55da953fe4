/*
 * What survives a reset: a counter of boots in Internal Trusted Storage, and a secret that was made
 * at the first boot in Protected Storage.
 *
 * It includes standard headers only, so the same source runs on the chip and on the host. There,
 * GARRISON_DEVICE names the file that is the chip's memory.
 */
#include <stdbool.h>
#include <stdio.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>

#define COUNTER_UID  1u
#define SECRET_UID   1u /* the two services know nothing of each other's objects */
#define SECRET_BYTES 32u

/** Says which step failed, and why. @return whether it succeeded */
static bool succeeded(const char *step, psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        printf("storage: FAILED %s %d\n", step, (int)status);
        return false;
    }
    return true;
}

/** Adds one to the counter; where there is none yet this is the first boot. */
static bool count_boot(void)
{
    uint32_t boots = 0;
    size_t len = 0;
    psa_status_t status = psa_its_get(COUNTER_UID, 0, sizeof(boots), &boots, &len);
    if (status != PSA_ERROR_DOES_NOT_EXIST && !succeeded("psa_its_get", status)) {
        return false;
    }
    boots++;
    status = psa_its_set(COUNTER_UID, sizeof(boots), &boots, PSA_STORAGE_FLAG_NONE);
    if (!succeeded("psa_its_set", status)) {
        return false;
    }
    printf("storage: boot %u\n", (unsigned)boots);
    return true;
}

/** Makes the secret, which can never be changed or removed. */
static bool make_secret(void)
{
    uint8_t secret[SECRET_BYTES];
    if (!succeeded("psa_crypto_init", psa_crypto_init()) ||
        !succeeded("psa_generate_random", psa_generate_random(secret, sizeof(secret))) ||
        !succeeded("psa_ps_set",
                   psa_ps_set(SECRET_UID, sizeof(secret), secret, PSA_STORAGE_FLAG_WRITE_ONCE))) {
        return false;
    }
    printf("storage: secret made\n");
    return true;
}

static bool keep_secret(void)
{
    uint8_t secret[SECRET_BYTES];
    size_t len = 0;
    const psa_status_t status = psa_ps_get(SECRET_UID, 0, sizeof(secret), secret, &len);
    if (status == PSA_ERROR_DOES_NOT_EXIST) {
        return make_secret();
    }
    if (!succeeded("psa_ps_get", status)) {
        return false;
    }
    printf("storage: secret kept, %u bytes\n", (unsigned)len);
    return true;
}

int main(void)
{
    if (!count_boot() || !keep_secret()) {
        return 1;
    }
    printf("storage: ok\n");
    return 0;
}

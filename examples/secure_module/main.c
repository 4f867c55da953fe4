/*
 * An application that has one-time passwords made by a secure module of another vendor. The secret
 * is RFC 4226's, so the codes can be compared with those of the RFC.
 */
#include <stdbool.h>
#include <stdio.h>

#include "otp.h"

/* RFC 4226, appendix D, and RFC 6238, appendix B, for SHA-1. */
static const uint8_t secret[20] = {'1', '2', '3', '4', '5', '6', '7', '8', '9', '0',
                                   '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'};
static const struct {
    uint64_t counter;
    uint32_t digits;
    uint32_t code;
} published[] = {
    {0, 6, 755224},
    {1, 6, 287082},
    {2, 6, 359152},
    {3, 6, 969429},
    {4, 6, 338314},
    {5, 6, 254676},
    {6, 6, 287922},
    {7, 6, 162583},
    {8, 6, 399871},
    {9, 6, 520489},
    {59 / 30, 8, 94287082},
    {1111111109 / 30, 8, 7081804},
    {1111111111 / 30, 8, 14050471},
    {1234567890 / 30, 8, 89005924},
    {2000000000 / 30, 8, 69279037},
    {20000000000 / 30, 8, 65353130},
};

static psa_status_t enrol(void)
{
    const psa_invec in = {secret, sizeof secret};
    return psa_call(OTP_HANDLE, OTP_ENROL, &in, 1, NULL, 0);
}

static psa_status_t ask(uint64_t counter, uint32_t digits, uint32_t *code)
{
    const struct otp_request request = {.counter = counter, .digits = digits};
    const psa_invec in = {&request, sizeof request};
    psa_outvec out = {code, sizeof *code};
    return psa_call(OTP_HANDLE, OTP_CODE, &in, 1, &out, 1);
}

static bool show_codes(void)
{
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        uint32_t code = 0;
        const psa_status_t status = ask(published[i].counter, published[i].digits, &code);
        if (status != PSA_SUCCESS || code != published[i].code) {
            printf("secure_module: FAILED code %u, status %d\n", (unsigned)i, (int)status);
            return false;
        }
        printf("secure_module: code %0*lu\n", (int)published[i].digits, (unsigned long)code);
    }
    return true;
}

int main(void)
{
    if (psa_version(OTP_SID) != OTP_VERSION) {
        printf("secure_module: FAILED no one-time passwords on this device\n");
        return 1;
    }
    /* At the first start: the module keeps it, and takes no other. */
    const psa_status_t status = enrol();
    if (status != PSA_SUCCESS && status != PSA_ERROR_NOT_PERMITTED) {
        printf("secure_module: FAILED enrol %d\n", (int)status);
        return 1;
    }
    if (!show_codes()) {
        return 1;
    }
    printf("secure_module: ok\n");
    return 0;
}

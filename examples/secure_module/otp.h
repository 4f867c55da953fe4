/*
 * The one-time-password service of the module otp: what the application and the module agree on.
 */
#pragma once

#include <stdint.h>

#include <garrison/module.h>

#define OTP_SID     0x4F545001u
#define OTP_VERSION 1u
#define OTP_HANDLE  GARRISON_MODULE_HANDLE(0, 0) /* the only service of module 0 */

#define OTP_SECRET_MIN 16u
#define OTP_SECRET_MAX 64u

/**
 * Types of its calls. Codes are RFC 4226's: HMAC-SHA-1, six to eight digits.
 */
enum otp_call {
    /** in0: the secret, 16 to 64 bytes. Once and for all: then PSA_ERROR_NOT_PERMITTED. */
    OTP_ENROL = 1,
    /** in0: struct otp_request; out0: u32, the code of the counter. Without a secret
        PSA_ERROR_DOES_NOT_EXIST. */
    OTP_CODE = 2,
};

struct otp_request {
    uint64_t counter; /**< Of events (RFC 4226), or of steps of 30 seconds (RFC 6238). */
    uint32_t digits;  /**< 6 to 8. */
    uint32_t reserved;
};

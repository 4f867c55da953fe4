/*
 * The inverse of AES where no algorithm needs it: the crypto service's driver of the AES block names
 * it for keys of 192 bits, which are not the block's.
 */
#include <mbedtls/aes.h>

#define REFUSED (-0x0072) /* MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED */

int mbedtls_aes_setkey_dec(mbedtls_aes_context *aes, const unsigned char *key, unsigned keybits);
int mbedtls_internal_aes_decrypt(mbedtls_aes_context *aes, const unsigned char input[16],
                                 unsigned char output[16]);

int mbedtls_aes_setkey_dec(mbedtls_aes_context *aes, const unsigned char *key, unsigned keybits)
{
    (void)aes;
    (void)key;
    (void)keybits;
    return REFUSED;
}

int mbedtls_internal_aes_decrypt(mbedtls_aes_context *aes, const unsigned char input[16],
                                 unsigned char output[16])
{
    (void)aes;
    (void)input;
    (void)output;
    return REFUSED;
}

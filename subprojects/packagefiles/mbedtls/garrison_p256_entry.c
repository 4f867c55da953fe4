/*
 * p256-m's driver for PSA Crypto looks at the length and the coordinates of a point, not at its first
 * byte. Only uncompressed points are keys (SEC 1, section 2.3.3): any other byte is refused here.
 */
#define p256_transparent_import_key    import_any_point
#define p256_transparent_key_agreement agree_with_any_point
#include "3rdparty/p256-m/p256-m_driver_entrypoints.c"
#undef p256_transparent_import_key
#undef p256_transparent_key_agreement

#if defined(MBEDTLS_PSA_P256M_DRIVER_ENABLED)

static int is_other_point(const uint8_t *data, size_t length)
{
    return length == PSA_PUBKEY_SIZE && data[0] != PSA_PUBKEY_HEADER_BYTE;
}

psa_status_t p256_transparent_import_key(const psa_key_attributes_t *attributes,
                                         const uint8_t *data, size_t data_length,
                                         uint8_t *key_buffer, size_t key_buffer_size,
                                         size_t *key_buffer_length, size_t *bits)
{
    if (is_other_point(data, data_length) &&
        psa_get_key_type(attributes) == PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return import_any_point(attributes, data, data_length, key_buffer, key_buffer_size,
                            key_buffer_length, bits);
}

psa_status_t p256_transparent_key_agreement(const psa_key_attributes_t *attributes,
                                            const uint8_t *key_buffer, size_t key_buffer_size,
                                            psa_algorithm_t alg, const uint8_t *peer_key,
                                            size_t peer_key_length, uint8_t *shared_secret,
                                            size_t shared_secret_size, size_t *shared_secret_length)
{
    if (is_other_point(peer_key, peer_key_length)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    return agree_with_any_point(attributes, key_buffer, key_buffer_size, alg, peer_key,
                                peer_key_length, shared_secret, shared_secret_size,
                                shared_secret_length);
}

#endif

/*
 * PSA Crypto, key management (psa/crypto.h), for a client.
 */
#include <psa/crypto.h>

#include "client/crypto_call.h"

static struct crypto_attributes attributes_to_wire(const psa_key_attributes_t *attributes)
{
    return (struct crypto_attributes){
        .type = psa_get_key_type(attributes),
        .bits = (uint16_t)psa_get_key_bits(attributes),
        .lifetime = psa_get_key_lifetime(attributes),
        .id = psa_get_key_id(attributes),
        .usage = psa_get_key_usage_flags(attributes),
        .alg = psa_get_key_algorithm(attributes),
    };
}

/** The id is zero after a failure. */
static psa_status_t make_key(const struct crypto_request *request, const psa_invec *in,
                             size_t in_len, mbedtls_svc_key_id_t *key)
{
    psa_outvec out = {key, sizeof *key};
    *key = 0;
    return crypto_call(request, in, in_len, &out);
}

psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, mbedtls_svc_key_id_t *key)
{
    struct crypto_request request = {.function = CRYPTO_GENERATE_KEY,
                                     .attributes = attributes_to_wire(attributes)};
    return make_key(&request, NULL, 0, key);
}

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, mbedtls_svc_key_id_t *key)
{
    struct crypto_request request = {.function = CRYPTO_IMPORT_KEY,
                                     .attributes = attributes_to_wire(attributes)};
    psa_invec in = {data, data_length};
    return make_key(&request, &in, 1, key);
}

psa_status_t psa_export_public_key(mbedtls_svc_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    struct crypto_request request = {.function = CRYPTO_EXPORT_PUBLIC_KEY, .key = key};
    psa_outvec out = {data, data_size};
    psa_status_t status = crypto_call(&request, NULL, 0, &out);
    *data_length = status == PSA_SUCCESS ? out.len : 0;
    return status;
}

psa_status_t psa_destroy_key(mbedtls_svc_key_id_t key)
{
    struct crypto_request request = {.function = CRYPTO_DESTROY_KEY, .key = key};
    return crypto_call(&request, NULL, 0, NULL);
}

psa_status_t psa_get_key_attributes(mbedtls_svc_key_id_t key, psa_key_attributes_t *attributes)
{
    struct crypto_request request = {.function = CRYPTO_KEY_ATTRIBUTES, .key = key};
    struct crypto_attributes found;
    psa_outvec out = {&found, sizeof found};

    psa_reset_key_attributes(attributes);
    psa_status_t status = crypto_call(&request, NULL, 0, &out);
    if (status != PSA_SUCCESS) {
        return status;
    }
    psa_set_key_id(attributes, found.id);
    psa_set_key_lifetime(attributes, found.lifetime); /* psa_set_key_id() changes it */
    psa_set_key_type(attributes, found.type);
    psa_set_key_bits(attributes, found.bits);
    psa_set_key_usage_flags(attributes, found.usage);
    psa_set_key_algorithm(attributes, found.alg);
    return PSA_SUCCESS;
}

void psa_reset_key_attributes(psa_key_attributes_t *attributes)
{
    *attributes = psa_key_attributes_init();
}

#include "services/crypto_share.h"

#include <mbedtls/build_info.h>
#include <mbedtls/memory_buffer_alloc.h>

#include "services/clients.h"

/** Of one module, and of all together: the rest is always the application's. */
#define KEYS_OF_MODULE   4u
#define BYTES_OF_MODULE  (GARRISON_CRYPTO_ARENA_BYTES / 8u)
#define KEYS_OF_MODULES  (MBEDTLS_PSA_KEY_SLOT_COUNT / 2u)
#define BYTES_OF_MODULES (GARRISON_CRYPTO_ARENA_BYTES / 2u)

/** A slot that nobody keeps: persistent keys are in one while they are used. */
#define KEYS_IN_PASSING 1u

/** May be less than zero on the way, so they are added modulo 2^32. */
struct holding {
    uint32_t keys;
    uint32_t bytes;
};

static struct holding holdings[CLIENT_MODULES];
static struct holding before;

uint32_t crypto_share_bytes(void)
{
    size_t bytes;
    size_t blocks;
    mbedtls_memory_buffer_alloc_cur_get(&bytes, &blocks);
    return (uint32_t)(bytes - crypto_buffers_bytes());
}

/** Of all clients. */
static struct holding held_now(void)
{
    mbedtls_psa_stats_t stats;
    mbedtls_psa_get_stats(&stats);
    return (struct holding){
        .keys = (uint32_t)stats.MBEDTLS_PRIVATE(volatile_slots),
        .bytes = crypto_share_bytes(),
    };
}

void crypto_share_begin(int32_t client_id)
{
    if (client_is_module(client_id)) {
        before = held_now();
    }
}

void crypto_share_end(int32_t client_id)
{
    if (client_is_module(client_id)) {
        struct holding *holding = &holdings[client_id - CLIENT_MODULE_FIRST];
        const struct holding now = held_now();
        holding->keys += now.keys - before.keys;
        holding->bytes += now.bytes - before.bytes;
    }
}

bool crypto_share_allows(const struct crypto_call *call)
{
    const int32_t client_id = call->message->client_id;
    if (!client_is_module(client_id)) {
        return true;
    }
    const struct holding now = held_now();
    const struct holding more = {now.keys - before.keys, now.bytes - before.bytes};
    const struct holding *own = &holdings[client_id - CLIENT_MODULE_FIRST];
    struct holding all = more;
    for (uint32_t i = 0; i < CLIENT_MODULES; i++) {
        all.keys += holdings[i].keys;
        all.bytes += holdings[i].bytes;
    }
    return own->keys + more.keys <= KEYS_OF_MODULE && own->bytes + more.bytes <= BYTES_OF_MODULE &&
           all.keys <= KEYS_OF_MODULES && all.bytes <= BYTES_OF_MODULES &&
           now.keys + KEYS_IN_PASSING <= MBEDTLS_PSA_KEY_SLOT_COUNT;
}

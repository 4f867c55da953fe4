#include "spm/connection.h"

#define PLACE_BITS     5u
#define PLACE_MASK     ((1u << PLACE_BITS) - 1u)
#define GENERATION_MAX 0x01FFFFFFu /* a handle stays below the stateless ones */

_Static_assert(CONNECTIONS_MAX <= 1u << PLACE_BITS, "a place fits its bits");

static struct connection pool[CONNECTIONS_MAX];

static bool is_of(const struct connection *connection, int32_t client_id)
{
    /* All of the Non-secure side are one. */
    return connection->to.partition != NULL &&
           (connection->client_id == client_id || (connection->client_id < 0 && client_id < 0));
}

static bool has_share(int32_t client_id)
{
    const uint32_t most = client_id < 0 ? CONNECTIONS_OF_NON_SECURE : CONNECTIONS_OF_PARTITION;
    uint32_t count = 0;
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        count += is_of(&pool[i], client_id);
    }
    return count >= most;
}

struct connection *connection_open(struct partition_entry to, int32_t client_id)
{
    if (has_share(client_id)) {
        return NULL;
    }
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &pool[i];
        if (connection->to.partition == NULL) {
            const uint32_t last = connection->generation;
            *connection = (struct connection){
                .to = to,
                .client_id = client_id,
                .generation = last < GENERATION_MAX ? last + 1u : 1u,
            };
            return connection;
        }
    }
    return NULL;
}

psa_handle_t connection_handle(const struct connection *connection)
{
    return (psa_handle_t)(connection->generation << PLACE_BITS | (uint32_t)(connection - pool));
}

struct connection *connection_find(psa_handle_t handle, int32_t client_id)
{
    const uint32_t place = (uint32_t)handle & PLACE_MASK;
    struct connection *connection = &pool[place % CONNECTIONS_MAX];
    return place < CONNECTIONS_MAX && connection->to.partition != NULL &&
                   connection->client_id == client_id && connection_handle(connection) == handle
               ? connection
               : NULL;
}

void connection_close(struct connection *connection)
{
    *connection = (struct connection){.generation = connection->generation};
}

void connection_forget(const struct partition *partition)
{
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &pool[i];
        if (connection->to.partition == partition) {
            connection->broken = true;
        }
        if (connection->client_id == partition->id) {
            connection_close(connection);
        }
    }
}

void connection_init(void)
{
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        connection_close(&pool[i]);
    }
}

/*
 * The one const table of partitions. The only file of the manager, apart from manager.c, that names
 * services: a manager with other partitions has another table in its place.
 */
#include "services/crypto.h"
#include "services/crypto_protocol.h"
#include "services/its.h"
#include "services/its_protocol.h"
#include "services/ps.h"
#include "services/ps_protocol.h"
#include "services/update.h"
#include "services/update_protocol.h"
#include "spm/partitions.h"
#include "spm/prepare.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

#define FOR_ALL (SERVICE_FOR_NON_SECURE | SERVICE_FOR_PARTITIONS | SERVICE_FOR_MODULES)

static const struct partition_service crypto_services[] = {
    {.sid = CRYPTO_SID, .version = CRYPTO_VERSION, .handle = CRYPTO_HANDLE, .callers = FOR_ALL},
};

static const struct partition_service update_services[] = {
    {.sid = UPDATE_SID,
     .version = UPDATE_VERSION,
     .handle = UPDATE_HANDLE,
     .callers = SERVICE_FOR_NON_SECURE},
};

static const struct partition_service its_services[] = {
    {.sid = ITS_SID, .version = ITS_VERSION, .handle = ITS_HANDLE, .callers = FOR_ALL},
};

static const struct partition_service ps_services[] = {
    {.sid = PS_SID, .version = PS_VERSION, .handle = PS_HANDLE, .callers = FOR_ALL},
};

/** Keys that outlive a reset are kept in Internal Trusted Storage. */
static const uint32_t crypto_uses[] = {ITS_SID};

const struct partition partition_table[] = {
    {
        .id = 1,
        .name = "crypto",
        .function = crypto_service,
        .memory = &partition_memory_crypto,
        .services = crypto_services,
        .service_count = COUNT(crypto_services),
        .uses = crypto_uses,
        .use_count = COUNT(crypto_uses),
        .prepare = manager_prepare_crypto,
        .time_limit_ms = 60000, /* the largest keys */
        .hears_ends = true,     /* operations and volatile keys */
    },
    {
        .id = 2,
        .name = "update",
        .function = update_service,
        .memory = &partition_memory_update,
        .services = update_services,
        .service_count = COUNT(update_services),
        .prepare = manager_prepare_update,
        .owns_downloads = true,
        .may_reset = true,
    },
    {
        .id = 3,
        .name = "its",
        .function = its_service,
        .memory = &partition_memory_its,
        .services = its_services,
        .service_count = COUNT(its_services),
        .prepare = manager_prepare_its,
    },
    {
        .id = 4,
        .name = "ps",
        .function = ps_service,
        .memory = &partition_memory_ps,
        .services = ps_services,
        .service_count = COUNT(ps_services),
        .prepare = manager_prepare_ps,
    },
};

const uint32_t partition_count = COUNT(partition_table);

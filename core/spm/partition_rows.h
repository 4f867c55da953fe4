/*
 * Rows for the one const table of partitions, and what they point to; a table of the manager's is made of
 * them. Apart from these files, only manager.c and prepare_attest.c name services.
 */
#pragma once

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

#define PARTITION_ROWS(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

#define PARTITION_FOR_ALL (SERVICE_FOR_NON_SECURE | SERVICE_FOR_PARTITIONS | SERVICE_FOR_MODULES)

static const struct partition_service crypto_services[] = {
    {.sid = CRYPTO_SID,
     .version = CRYPTO_VERSION,
     .handle = CRYPTO_HANDLE,
     .callers = PARTITION_FOR_ALL},
};

static const struct partition_service update_services[] = {
    {.sid = UPDATE_SID,
     .version = UPDATE_VERSION,
     .handle = UPDATE_HANDLE,
     .callers = SERVICE_FOR_NON_SECURE},
};

static const struct partition_service its_services[] = {
    {.sid = ITS_SID, .version = ITS_VERSION, .handle = ITS_HANDLE, .callers = PARTITION_FOR_ALL},
};

static const struct partition_service ps_services[] = {
    {.sid = PS_SID, .version = PS_VERSION, .handle = PS_HANDLE, .callers = PARTITION_FOR_ALL},
};

/** Keys that outlive a reset are kept in Internal Trusted Storage. */
static const uint32_t crypto_uses[] = {ITS_SID};

/** Its time is for RSA keys of 2048 bits, which are found by chance; it keeps operations and volatile keys for its clients. */
#define PARTITION_ROW_CRYPTO                                                                       \
    {                                                                                              \
        .id = 1, .name = "crypto", .function = crypto_service, .memory = &partition_memory_crypto, \
        .services = crypto_services, .service_count = PARTITION_ROWS(crypto_services),             \
        .uses = crypto_uses, .use_count = PARTITION_ROWS(crypto_uses),                             \
        .prepare = manager_prepare_crypto, .time_limit_ms = 240000, .hears_ends = true,            \
    }

#define PARTITION_ROW_UPDATE                                                                       \
    {                                                                                              \
        .id = 2, .name = "update", .function = update_service, .memory = &partition_memory_update, \
        .services = update_services, .service_count = PARTITION_ROWS(update_services),             \
        .prepare = manager_prepare_update, .owns_downloads = true, .may_reset = true,              \
    }

#define PARTITION_ROW_ITS                                                                          \
    {                                                                                              \
        .id = 3, .name = "its", .function = its_service, .memory = &partition_memory_its,          \
        .services = its_services, .service_count = PARTITION_ROWS(its_services),                   \
        .prepare = manager_prepare_its,                                                            \
    }

#define PARTITION_ROW_PS                                                                           \
    {                                                                                              \
        .id = 4, .name = "ps", .function = ps_service, .memory = &partition_memory_ps,             \
        .services = ps_services, .service_count = PARTITION_ROWS(ps_services),                     \
        .prepare = manager_prepare_ps,                                                             \
    }

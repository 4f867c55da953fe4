/*
 * The table of the hostile manager, in the place of core/spm/partition_table.c: the same partitions
 * with the same handles, but with less time.
 */
#include "hostile.h"
#include "services/attest.h"
#include "services/attest_protocol.h"
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

#define FOR_ALL (SERVICE_FOR_NON_SECURE | SERVICE_FOR_PARTITIONS)

static const struct partition_service services[] = {
    {.sid = CRYPTO_SID, .version = 1, .handle = CRYPTO_HANDLE, .callers = FOR_ALL},
    {.sid = UPDATE_SID, .version = 1, .handle = UPDATE_HANDLE, .callers = FOR_ALL},
    {.sid = ITS_SID, .version = 1, .handle = ITS_HANDLE, .callers = FOR_ALL},
    {.sid = HOSTILE_CONNECTED_SID, .version = 2, .callers = FOR_ALL}, /* of "its" */
    {.sid = PS_SID, .version = 1, .handle = PS_HANDLE, .callers = FOR_ALL},
    {.sid = ATTEST_SID, .version = 1, .handle = ATTEST_HANDLE, .callers = FOR_ALL},
};

static const uint32_t crypto_uses[] = {ITS_SID, HOSTILE_CONNECTED_SID};

#define ROW(number, name_, ms, first, count)                                                       \
    .id = (number), .name = #name_, .function = name_##_service,                                   \
    .memory = &partition_memory_##name_, .services = &services[first], .service_count = (count),   \
    .time_limit_ms = (ms)

const struct partition partition_table[] = {
    {ROW(1, crypto, 100, 0, 1), .uses = crypto_uses, .use_count = 2},
    {ROW(2, update, 100, 1, 1), .prepare = manager_prepare_update, .owns_downloads = true,
     .may_reset = true},
    {ROW(3, its, 200, 2, 2), .prepare = manager_prepare_its},
    {ROW(4, ps, 50, 4, 1), .prepare = manager_prepare_ps},
    {ROW(5, attest, 50, 5, 1)},
};

const uint32_t partition_count = sizeof partition_table / sizeof partition_table[0];

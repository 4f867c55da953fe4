/*
 * What the storage services found when they mounted, told to the log once after each start, unless
 * there is nothing worth a line. Partitions have no log of their own.
 */
#include <stdbool.h>
#include <stdio.h>

#include <garrison/status.h>
#include <psa/client.h>

#include "host.h"
#include "services/its_protocol.h"
#include "services/ps_protocol.h"

static const char *const drop_names[STORAGE_DROP_KINDS] = {
    "unfinished", "unreadable", "not authentic", "without a head", "sectors",
};

static const struct {
    psa_handle_t handle;
    const char *name;
} services[] = {{ITS_HANDLE, "its"}, {PS_HANDLE, "ps"}};

#define SERVICES (sizeof services / sizeof services[0])

static bool told[SERVICES];

void host_storage_start(void)
{
    for (size_t i = 0; i < SERVICES; i++) {
        told[i] = false;
    }
}

static void tell(const char *name, const struct storage_mounted *mounted)
{
    char line[256];
    int used = snprintf(line, sizeof line, "%s: dropped", name);
    bool dropped = false;
    if (mounted->status != 0) {
        (void)snprintf(line, sizeof line, "%s: area refused: %s", name,
                       garrison_status_text(garrison_status_at(mounted->status)));
        host_log(line);
        return;
    }
    for (size_t i = 0; i < STORAGE_DROP_KINDS; i++) {
        if (mounted->dropped[i] > 0) {
            used += snprintf(line + used, sizeof line - (size_t)used, "%s %u %s",
                             dropped ? "," : "", (unsigned)mounted->dropped[i], drop_names[i]);
            dropped = true;
        }
    }
    if (dropped) {
        (void)snprintf(line + used, sizeof line - (size_t)used, "; first damage at 0x%X",
                       (unsigned)mounted->first_drop_off);
        host_log(line);
    }
}

void host_storage_tell(psa_handle_t handle)
{
    static const struct storage_request request = {.function = STORAGE_REPORT};
    for (size_t i = 0; i < SERVICES; i++) {
        if (services[i].handle == handle && !told[i]) {
            struct storage_mounted mounted = {0};
            const psa_invec in = {&request, sizeof request};
            psa_outvec out = {&mounted, sizeof mounted};
            told[i] = true;
            if (psa_call(handle, PSA_IPC_CALL, &in, 1, &out, 1) == PSA_SUCCESS) {
                tell(services[i].name, &mounted);
            }
        }
    }
}

#define _POSIX_C_SOURCE 200809L

#include "device_key.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <garrison/attestation.h>
#include <garrison/host.h>
#include <psa/lifecycle.h>

#include "report.h"

static void forget_line(void *context, const char *line)
{
    (void)context;
    (void)line;
}

static int ask(const char *path, struct key *key)
{
    uint8_t point[GARRISON_ATTEST_POINT_BYTES];
    const psa_status_t status = garrison_attest_get_public_key(point);
    if (status != PSA_SUCCESS) {
        return fail(EXIT_VERDICT, "%s: no key of the device: error %d", path, (int)status);
    }
    if (psa_rot_lifecycle_state() == PSA_LIFECYCLE_ASSEMBLY_AND_TEST) {
        say("%s: product state is OPEN: all devices have this key, and lose it when they leave "
            "OPEN",
            path);
    }
    *key = (struct key){.has_private = false};
    memcpy(key->point, point + 1, sizeof key->point);
    return EXIT_DONE;
}

int device_key_read(const char *path, struct key *key)
{
    const struct garrison_host_config config = {
        .device_path = path, .ephemeral = true, .on_log = forget_line};
    if (access(path, F_OK) != 0) {
        return fail(EXIT_USAGE, "%s: %s", path, strerror(errno));
    }
    if (garrison_host_start(&config) != 0) {
        return fail(EXIT_VERDICT, "%s: %s", path, garrison_host_reason());
    }
    const int status = ask(path, key);
    garrison_host_stop();
    return status;
}

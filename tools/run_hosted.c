#define _POSIX_C_SOURCE 200809L

#include "run_hosted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <garrison/hosted.h>

#include "application.h"
#include "report.h"

static struct application application;

static void on_log(void *context, const char *line)
{
    const struct run_hosted *hosted = context;
    if (!hosted->quiet) {
        say("%s", line);
    }
}

/** An ephemeral run makes no device file either. */
static int check_device(const struct run_hosted *hosted, bool ephemeral)
{
    if (ephemeral && hosted->device != NULL && access(hosted->device, F_OK) != 0) {
        return fail(EXIT_USAGE, "%s: %s", hosted->device, strerror(errno));
    }
    return EXIT_DONE;
}

static int add_names(const char *path, struct sim *sim)
{
    struct sim_error error;
    if (application.is_elf && sim_symbols_add(sim, path, &error) != SIM_OK) {
        return fail(EXIT_USAGE, "%s", error.text);
    }
    return EXIT_DONE;
}

int run_hosted_open(const struct run_hosted *hosted, const struct sim_config *properties,
                    struct sim **sim)
{
    static struct run_hosted kept;
    kept = *hosted;
    int status = check_device(hosted, properties->ephemeral);
    if (status == EXIT_DONE) {
        status = application_read(hosted->application, &application);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    const struct garrison_hosted_config config = {
        .host = {.device_path = hosted->device, .on_log = on_log, .context = &kept},
        .chip = *properties,
        .addr = application.addr,
        .application = application.body.data,
        .len = application.body.len,
    };
    if (garrison_hosted_start(&config, sim) != 0) {
        return fail(EXIT_USAGE, "%s: %s", hosted->application, garrison_host_reason());
    }
    return add_names(hosted->application, *sim);
}

const char *run_hosted_restart(void)
{
    return garrison_hosted_restart() == 0 ? NULL : garrison_host_reason();
}

const char *run_hosted_stopped(void)
{
    return garrison_hosted_stopped();
}

void run_hosted_close(void)
{
    garrison_host_stop();
    application_free(&application);
}

/*
 * garrison rescue
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <garrison/handoff.h>

#include "image_open.h"
#include "report.h"
#include "rescue_client.h"
#include "verbs.h"

#define BAUD       115200u
#define TIMEOUT_MS 10000u

/** For a line of the log while the device boots and installs. */
#define LINE_MS 20000u

/** Lines that a boot logs, at most; an application behind it may log for ever. */
#define LINES 50u

struct rescue_args {
    const char *device;
    const char *port;
    struct cli_number baud;
    const char *role;
    struct cli_number timeout;
    bool quiet;
    unsigned verbose;
};

#define ARG(member) offsetof(struct rescue_args, member)

static const struct cli_option options[] = {
    {"device", 'd', CLI_TEXT, ARG(device), "DEVICE", "a device file: the simulated chip is run"},
    {"port", 'p', CLI_TEXT, ARG(port), "PATH", "a serial port that leads to the device"},
    {"baud", 0, CLI_NUMBER, ARG(baud), "N", "speed of the serial port; 115200"},
    {"role", 0, CLI_TEXT, ARG(role), "ROLE", "send it only to a device that misses this"},
    {"timeout", 't', CLI_SECONDS, ARG(timeout), "SECONDS", "for the first answer; 10"},
    {"quiet", 'q', CLI_FLAG, ARG(quiet), NULL, "say nothing but why it failed"},
    {"verbose", 'v', CLI_COUNT, ARG(verbose), NULL, "show what the device logs"},
    {.name = NULL},
};

static bool progress_shown;

static void clear_progress(void)
{
    if (progress_shown) {
        (void)fputs("\r\033[K", stderr);
        progress_shown = false;
    }
}

static void show_progress(void *context, uint32_t sent, uint32_t size)
{
    (void)context;
    (void)fprintf(stderr, "\r\033[Kgarrison: %3u %% of %" PRIu32 " bytes",
                  (unsigned)((uint64_t)sent * 100u / size), size);
    progress_shown = true;
}

/** Whether the device waits for what shall be sent. */
static int check_hello(const struct rescue_args *args, const struct rescue_hello *hello,
                       const struct image_open *open)
{
    const char *missing = image_role_text(hello->role);
    if (hello->protocol != RESCUE_PROTOCOL) {
        return fail(EXIT_VERDICT, "the device speaks version %u of the protocol, this command %u",
                    hello->protocol, RESCUE_PROTOCOL);
    }
    if (args->role != NULL && strcmp(args->role, missing) != 0) {
        return fail(EXIT_VERDICT, "the device waits for %s, not for %s", missing, args->role);
    }
    if (open->image.total_size > hello->max) {
        return fail(EXIT_VERDICT, "%s: %" PRIu32 " bytes; the device has room for %" PRIu32,
                    open->path, open->image.total_size, hello->max);
    }
    return EXIT_DONE;
}

/** Looks at the log of the boot that follows. */
static int watch_boot(struct rescue_client *client, const struct rescue_hello *hello,
                      const struct rescue_args *args, uint32_t size)
{
    const char *missing = image_role_text(hello->role);
    const char *next = hello->role == IMAGE_ROLE_UROT ? "uROT " : "manager ";
    static const char waiting[] = ": waiting for rescue: ";
    for (unsigned line = 0; line < LINES && rescue_read_line(client, LINE_MS); line++) {
        const char *found = strstr(client->line, waiting);
        if (found != NULL && strcmp(found + strlen(waiting), missing) == 0) {
            return fail(EXIT_VERDICT, "the device has taken the image and waits for %s again",
                        missing);
        }
        if (found == NULL && strncmp(client->line, next, strlen(next)) != 0) {
            continue;
        }
        if (!args->quiet && client->resumed_at != 0) {
            say("%" PRIu32 " bytes were there from before", client->resumed_at);
        }
        if (!args->quiet) {
            printf("%s: %" PRIu32 " bytes, installed%s%s\n", missing, size,
                   found != NULL ? "; the device now waits for " : "",
                   found != NULL ? found + strlen(waiting) : "");
        }
        return EXIT_DONE;
    }
    return fail(EXIT_VERDICT, "the device has taken the image, but says nothing about its start");
}

static int refused(const struct rescue_client *client, const struct rescue_hello *hello,
                   const struct image_open *open)
{
    return fail(EXIT_VERDICT, "%s: %s refused it as %s: %s", open->path,
                image_role_text(hello->stage), image_role_text(hello->role),
                garrison_status_text(client->reason));
}

static int rescue(struct rescue_client *client, const struct rescue_args *args,
                  const struct image_open *open)
{
    struct rescue_hello hello;
    const uint32_t size = open->image.total_size;
    const uint64_t timeout = args->timeout.given ? args->timeout.value : TIMEOUT_MS;
    enum rescue_reply reply =
        rescue_hello(client, timeout < 3600000u ? (unsigned)timeout : 3600000u, &hello);
    if (reply == REPLY_GONE) {
        return EXIT_VERDICT;
    }
    if (reply != REPLY_ACK) {
        return fail(EXIT_VERDICT, "no answer: the device does not wait for a rescue");
    }
    const int status = check_hello(args, &hello, open);
    if (status != EXIT_DONE) {
        return status;
    }
    reply = rescue_send_image(client, &hello, open->file.data, size);
    clear_progress();
    switch (reply) {
    case REPLY_GONE:
        return EXIT_VERDICT;
    case REPLY_NAK:
        return refused(client, &hello, open);
    case REPLY_ACK:
    case REPLY_SILENCE: /* The last answer may be lost: the log of the boot tells. */
        break;
    }
    return watch_boot(client, &hello, args, size);
}

static int run_on_sim(struct rescue_client *client, const struct rescue_args *args,
                      const struct image_open *open)
{
    static struct link_sim link;
    int status = link_sim_open(&link, args->device);
    client->link = &link.link;
    if (status == EXIT_DONE) {
        status = rescue(client, args, open);
    }
    link_sim_close(&link);
    return status;
}

static int run_on_port(struct rescue_client *client, const struct rescue_args *args,
                       const struct image_open *open)
{
    struct link_port link;
    int status = link_port_open(&link, args->port, args->baud.given ? args->baud.value : BAUD);
    client->link = &link.link;
    if (status == EXIT_DONE) {
        status = rescue(client, args, open);
    }
    link_port_close(&link);
    return status;
}

static int run_rescue(const void *opaque, const char *const *operands)
{
    const struct rescue_args *args = opaque;
    static struct image_open open;
    static struct rescue_client client;
    if ((args->device == NULL) == (args->port == NULL)) {
        return fail(EXIT_USAGE, "rescue: where is the device? one of --device and --port tells");
    }
    client.verbose = args->verbose > 0;
    client.on_progress = !args->quiet && isatty(STDERR_FILENO) == 1 ? show_progress : NULL;
    int status = image_open(&open, operands[0], NULL);
    if (status == EXIT_DONE) {
        status = args->device != NULL ? run_on_sim(&client, args, &open)
                                      : run_on_port(&client, args, &open);
    }
    image_close(&open);
    return status;
}

const struct cli_verb verb_rescue = {
    .name = "rescue",
    .operands = "IMAGE",
    .operand_count = 1,
    .summary = "bring back a device that has no valid image in a slot",
    .notes =
        "A boot stage that finds neither a valid image nor another copy of it says \"waiting for\n"
        "rescue\" and listens on its UART. This sends it the signed image; it goes on where an\n"
        "earlier attempt was cut. The device takes only what its owner's key has signed.\n\n"
        "exit status:\n"
        "    0  the image is installed, and the device has gone on\n"
        "    1  the device refused the image, misses another one, or does not wait\n"
        "    2  the command line, IMAGE, DEVICE or the port is wrong, or in use\n"
        "    3  internal error, or the line failed",
    .options = options,
    .args_size = sizeof(struct rescue_args),
    .run = run_rescue,
};

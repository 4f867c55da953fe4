#define _POSIX_C_SOURCE 200809L

#include "run_gdb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli.h"
#include "report.h"

#define DEFAULT_PORT 3333u

/** How long the command sleeps before it looks whether the user has interrupted it. */
#define WAIT_MS 100

/* The socket. */

static int cannot(const char *where)
{
    return fail(EXIT_USAGE, "--gdb: cannot listen on %s: %s", where, strerror(errno));
}

static int open_unix(struct run_gdb *gdb, const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    if (path[0] == '\0' || strlen(path) >= sizeof addr.sun_path) {
        return fail(EXIT_USAGE, "--gdb: '%s' is no path for a socket", path);
    }
    memcpy(addr.sun_path, path, strlen(path) + 1u);
    gdb->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (gdb->listener < 0 ||
        bind(gdb->listener, (const struct sockaddr *)&addr, sizeof addr) != 0) {
        return cannot(path);
    }
    (void)snprintf(gdb->unlink_path, sizeof gdb->unlink_path, "%s", path);
    if (listen(gdb->listener, 1) != 0) {
        return cannot(path);
    }
    if (!gdb->quiet) {
        say("waiting for GDB: target remote %s", path);
    }
    return EXIT_DONE;
}

static int open_port(struct run_gdb *gdb, uint16_t port)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof addr;
    const int yes = 1;
    char where[32];
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)snprintf(where, sizeof where, "127.0.0.1:%u", port);
    gdb->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (gdb->listener < 0) {
        return cannot(where);
    }
    (void)setsockopt(gdb->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(gdb->listener, (const struct sockaddr *)&addr, sizeof addr) != 0 ||
        listen(gdb->listener, 1) != 0 ||
        getsockname(gdb->listener, (struct sockaddr *)&addr, &len) != 0) {
        return cannot(where);
    }
    if (!gdb->quiet || port == 0) {
        say("waiting for GDB: target remote localhost:%u", ntohs(addr.sin_port));
    }
    return EXIT_DONE;
}

/** The port of "", "PORT", ":PORT", "127.0.0.1:PORT" or "localhost:PORT". @return exit status */
static int take_port(const char *where, uint16_t *port)
{
    static const char *const hosts[] = {"127.0.0.1:", "localhost:", ":"};
    const char *number = where;
    uint64_t value = DEFAULT_PORT;
    for (unsigned i = 0; i < sizeof hosts / sizeof hosts[0] && number == where; i++) {
        const size_t len = strlen(hosts[i]);
        number = strncmp(where, hosts[i], len) == 0 ? where + len : where;
    }
    if (number[0] != '\0' && (!cli_parse_number(number, &value) || value > UINT16_MAX)) {
        return fail(EXIT_USAGE,
                    "--gdb: '%s' is neither a port, nor 127.0.0.1:PORT, nor unix:PATH; nobody but "
                    "this machine may debug",
                    where);
    }
    *port = (uint16_t)value;
    return EXIT_DONE;
}

/* The session. */

static void on_send(void *context, const uint8_t *data, size_t len)
{
    const struct run_gdb *gdb = context;
    while (len > 0 && gdb->client >= 0) {
        const ssize_t sent = send(gdb->client, data, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return; /* reading finds out that nobody is there */
        }
        data += sent;
        len -= (size_t)sent;
    }
}

static enum sim_stop on_run(void *context)
{
    const struct run_gdb *gdb = context;
    return gdb->owner.run(gdb->owner.context);
}

static bool on_reset(void *context, bool power)
{
    const struct run_gdb *gdb = context;
    return gdb->owner.reset(gdb->owner.context, power);
}

static void on_say(void *context, const char *text)
{
    const struct run_gdb *gdb = context;
    if (!gdb->quiet) {
        say("GDB: %s", text);
    }
}

int run_gdb_open(struct run_gdb *gdb, const char *where, bool quiet)
{
    static const char local[] = "unix:";
    gdb->host = (struct gdb_host){
        .context = gdb, .send = on_send, .run = on_run, .reset = on_reset, .say = on_say};
    gdb->quiet = quiet;
    gdb->listener = -1;
    gdb->client = -1;
    if (strncmp(where, local, sizeof local - 1u) == 0) {
        return open_unix(gdb, where + sizeof local - 1u);
    }
    uint16_t port = 0;
    const int status = take_port(where, &port);
    return status == EXIT_DONE ? open_port(gdb, port) : status;
}

static void leave(struct run_gdb *gdb)
{
    if (gdb->session != NULL) {
        gdb_session_fini(gdb->session);
        free(gdb->session);
        gdb->session = NULL;
    }
    if (gdb->client >= 0) {
        (void)close(gdb->client);
        gdb->client = -1;
    }
}

static void welcome(struct run_gdb *gdb)
{
    const int yes = 1;
    gdb->client = accept(gdb->listener, NULL, NULL);
    if (gdb->client < 0) {
        return;
    }
    (void)setsockopt(gdb->client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    gdb->session = calloc(1, sizeof *gdb->session);
    if (gdb->session == NULL) {
        leave(gdb);
        return;
    }
    gdb_session_init(gdb->session, gdb->sim, &gdb->host);
}

/** Takes what GDB has sent. */
static void receive(struct run_gdb *gdb)
{
    uint8_t data[4096];
    const ssize_t len = recv(gdb->client, data, sizeof data, 0);
    if (len < 0 && errno == EINTR) {
        return;
    }
    for (ssize_t i = 0; i < len; i++) {
        gdb_session_byte(gdb->session, data[i]);
    }
    gdb->killed = gdb->killed || gdb->session->killed;
    if (len <= 0 || gdb->session->killed || gdb->session->detached) {
        leave(gdb);
        gdb->waiting = false;
    }
}

/** Looks once at the sockets, for at most so long. @return whether something has come */
static bool look(struct run_gdb *gdb, int timeout)
{
    struct pollfd fd = {.fd = gdb->client >= 0 ? gdb->client : gdb->listener, .events = POLLIN};
    if (poll(&fd, 1, timeout) <= 0 || (fd.revents & (POLLIN | POLLHUP | POLLERR)) == 0) {
        return false;
    }
    if (gdb->client >= 0) {
        receive(gdb);
    } else {
        welcome(gdb);
    }
    return true;
}

/** Whether the chip stands until GDB says something. */
static bool stands(const struct run_gdb *gdb)
{
    const struct gdb_session *session = gdb->session;
    return session != NULL ? !session->running && !session->closed : gdb->waiting;
}

bool run_gdb_serve(struct run_gdb *gdb, bool idle)
{
    bool news = look(gdb, 0);
    while (!gdb->killed && !gdb->owner.ends(gdb->owner.context) &&
           (stands(gdb) || (idle && !news))) {
        news = look(gdb, WAIT_MS);
    }
    return !gdb->killed;
}

void run_gdb_halt_first(struct run_gdb *gdb)
{
    struct sim_debug_access access;
    gdb->waiting = gdb_run_to_halt(gdb->sim, &gdb->host) == SIM_STOP_DEBUG;
    if (gdb->waiting || gdb->sim == NULL) {
        return;
    }
    sim_debug_resume(gdb->sim);
    sim_debug_access(gdb->sim, &access);
    if (!gdb->quiet) {
        say("the chip runs: %s",
            access.why[0] != '\0' ? access.why : "it has nothing to stop before");
    }
}

void run_gdb_ran(struct run_gdb *gdb, enum sim_stop stop)
{
    if (gdb->session != NULL) {
        gdb_session_ran(gdb->session, stop);
    }
}

void run_gdb_event(struct run_gdb *gdb, const struct sim_event *event)
{
    if (gdb->session != NULL && gdb->session->sim != NULL) {
        gdb_session_event(gdb->session, event);
    }
}

void run_gdb_lost(struct run_gdb *gdb)
{
    gdb->sim = NULL;
    if (gdb->session != NULL) {
        gdb->session->sim = NULL;
    }
}

void run_gdb_close(struct run_gdb *gdb, int status)
{
    if (gdb->session != NULL) {
        gdb_session_exit(gdb->session, status);
    }
    leave(gdb);
    if (gdb->listener >= 0) {
        (void)close(gdb->listener);
        gdb->listener = -1;
    }
    if (gdb->unlink_path[0] != '\0') {
        (void)unlink(gdb->unlink_path);
    }
}

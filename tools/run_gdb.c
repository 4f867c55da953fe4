#define _POSIX_C_SOURCE 200809L

#include "run_gdb.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"

#define DEFAULT_PORT 3333u

/** How long the command sleeps before it looks whether the user has interrupted it. */
#define WAIT_MS 100

/** Slices in which a chip that was opened must come to where debug may halt it: some seconds. */
#define OPENED_SLICES 200u

static void on_send(void *context, const uint8_t *data, size_t len)
{
    const struct run_gdb *gdb = context;
    listen_send(gdb->client, data, len);
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
    static const struct listen_name name = {
        .option = "--gdb", .who = "nobody but this machine may debug", .port = DEFAULT_PORT};
    gdb->host = (struct gdb_host){
        .context = gdb, .send = on_send, .run = on_run, .reset = on_reset, .say = on_say};
    gdb->quiet = quiet;
    gdb->client = -1;
    const int status = listen_open(&gdb->listener, where, &name);
    if (status != EXIT_DONE) {
        return status;
    }
    if (gdb->listener.port != 0 && (!quiet || gdb->listener.any)) {
        say("waiting for GDB: target remote localhost:%u", gdb->listener.port);
    } else if (gdb->listener.port == 0 && !quiet) {
        say("waiting for GDB: target remote %s", gdb->listener.path);
    }
    return EXIT_DONE;
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
    gdb->client = listen_accept(&gdb->listener);
    if (gdb->client < 0) {
        return;
    }
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

/** GDB's, or the one that it comes to when the chip stands where it has been opened; -1: none. */
static int first_fd(const struct run_gdb *gdb)
{
    if (gdb->client >= 0) {
        return gdb->client;
    }
    return gdb->halting != 0 ? -1 : gdb->listener.fd;
}

/** Looks once at the sockets, for at most so long. @return whether something has come */
static bool look(struct run_gdb *gdb, int timeout)
{
    const short any = POLLIN | POLLHUP | POLLERR;
    struct pollfd fd[] = {
        {.fd = first_fd(gdb), .events = POLLIN},
        {.fd = run_mailbox_fd(gdb->mailbox), .events = POLLIN}, /* -1 is no socket. */
    };
    if (poll(fd, sizeof fd / sizeof fd[0], timeout) <= 0) {
        return false;
    }
    if ((fd[1].revents & any) != 0) {
        run_mailbox_serve(gdb->mailbox);
    } else if ((fd[0].revents & any) != 0 && gdb->client >= 0) {
        receive(gdb);
    } else if ((fd[0].revents & any) != 0) {
        welcome(gdb);
    }
    return ((fd[0].revents | fd[1].revents) & any) != 0;
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

void run_gdb_let_go(struct run_gdb *gdb)
{
    leave(gdb);
    gdb->waiting = false;
    gdb->halting = 0;
    sim_debug_resume(gdb->sim);
}

/** Whether a chip that is to halt will not: it sleeps, or runs for long without coming there. */
static bool is_in_vain(struct run_gdb *gdb, enum sim_stop stop)
{
    struct sim_state state;
    sim_state_get(gdb->sim, &state);
    const bool asleep = stop == SIM_STOP_IDLE && state.hdpl != 0; /* At 0 the boot ROM waits. */
    gdb->halting += stop == SIM_STOP_INSNS ? 1u : 0;
    return asleep || stop == SIM_STOP_HALTED || stop == SIM_STOP_LOCKUP ||
           gdb->halting > OPENED_SLICES;
}

/** What has just been opened for a debugger waits for it, and the debugger for that. */
static void halt_when_opened(struct run_gdb *gdb, enum sim_stop stop)
{
    struct sim_debug_access access;
    sim_debug_access(gdb->sim, &access);
    const bool opened = access.hdpl != 0;
    if (opened && !gdb->opened && gdb->halt_opened && gdb->session == NULL) {
        sim_debug_halt(gdb->sim);
        gdb->halting = 1;
    } else if (gdb->halting != 0 && stop == SIM_STOP_DEBUG) {
        gdb->waiting = true;
        gdb->halting = 0;
    } else if (gdb->halting != 0 && (!opened || is_in_vain(gdb, stop))) {
        sim_debug_resume(gdb->sim);
        gdb->halting = 0;
    }
    gdb->opened = opened;
}

void run_gdb_ran(struct run_gdb *gdb, enum sim_stop stop)
{
    if (gdb->session != NULL) {
        gdb_session_ran(gdb->session, stop);
    }
    if (gdb->sim != NULL) {
        halt_when_opened(gdb, stop);
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
    listen_close(&gdb->listener);
}

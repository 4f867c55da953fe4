#define _POSIX_C_SOURCE 200809L

#include "mailbox.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "listen.h"
#include "report.h"
#include "run_mailbox.h"

#define WAIT_MS 5u

/** How long an answer of the other process may take: it answers at once, but it may be slow. */
#define ANSWER_MS 60000

#define LINE_BYTES 320u

struct socket_mailbox {
    int fd;
    size_t len;
    char line[LINE_BYTES]; /**< An answer, as far as it has come. */
};

static enum mailbox_result gone(const char *why)
{
    say("the running chip cannot be reached any more: %s", why);
    return MAILBOX_GONE;
}

/** Reads a line into socket->line, without its end. */
static enum mailbox_result read_line(struct socket_mailbox *socket)
{
    for (socket->len = 0;;) {
        struct pollfd fd = {.fd = socket->fd, .events = POLLIN};
        const int ready = poll(&fd, 1, ANSWER_MS);
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return gone("no answer");
        }
        char byte = 0;
        const ssize_t got = recv(socket->fd, &byte, 1, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return gone(got == 0 ? "the connection was closed" : strerror(errno));
        }
        if (byte == '\n') {
            socket->line[socket->len] = '\0';
            return MAILBOX_DONE;
        }
        if (socket->len == LINE_BYTES - 1u) {
            return gone("this is no mailbox: its lines are too long");
        }
        socket->line[socket->len++] = byte;
    }
}

static enum mailbox_result ask(struct socket_mailbox *socket, const char *request)
{
    listen_send(socket->fd, request, strlen(request));
    return read_line(socket);
}

static enum mailbox_result on_send(void *context, uint32_t word)
{
    struct socket_mailbox *socket = context;
    char request[32];
    (void)snprintf(request, sizeof request, "send %08" PRIX32 "\n", word);
    const enum mailbox_result result = ask(socket, request);
    if (result != MAILBOX_DONE || strcmp(socket->line, "ok") == 0) {
        return result;
    }
    return strcmp(socket->line, "busy") == 0 ? MAILBOX_NOT_YET : gone("this is no mailbox");
}

static enum mailbox_result on_receive(void *context, uint32_t *word)
{
    static const char has_word[] = "word ";
    struct socket_mailbox *socket = context;
    const enum mailbox_result result = ask(socket, "receive\n");
    if (result != MAILBOX_DONE) {
        return result;
    }
    if (strcmp(socket->line, "none") == 0) {
        return MAILBOX_NOT_YET;
    }
    if (strncmp(socket->line, has_word, sizeof has_word - 1u) != 0) {
        return gone("this is no mailbox");
    }
    *word = (uint32_t)strtoul(socket->line + sizeof has_word - 1u, NULL, 16);
    return MAILBOX_DONE;
}

static enum mailbox_result on_begin(void *context, uint32_t word)
{
    struct socket_mailbox *socket = context;
    char request[32];
    (void)snprintf(request, sizeof request, "begin %08" PRIX32 "\n", word);
    const enum mailbox_result result = ask(socket, request);
    return result != MAILBOX_DONE || strcmp(socket->line, "ok") == 0 ? result
                                                                     : gone("this is no mailbox");
}

static void on_wait(void *context)
{
    const struct timespec pause = {.tv_nsec = (long)WAIT_MS * 1000000L};
    (void)context;
    (void)nanosleep(&pause, NULL);
}

static void on_why(void *context, char text[MAILBOX_WHY])
{
    static const char has_why[] = "why ";
    struct socket_mailbox *socket = context;
    text[0] = '\0';
    if (ask(socket, "why\n") == MAILBOX_DONE &&
        strncmp(socket->line, has_why, sizeof has_why - 1u) == 0) {
        (void)snprintf(text, MAILBOX_WHY, "%.*s", (int)MAILBOX_WHY - 1,
                       socket->line + sizeof has_why - 1u);
    }
}

static void on_close(void *context)
{
    struct socket_mailbox *socket = context;
    if (socket->fd >= 0) {
        (void)close(socket->fd);
    }
    socket->fd = -1;
}

int mailbox_socket_open(struct mailbox *mailbox, const char *where, unsigned timeout_ms)
{
    static const struct listen_name name = {
        .option = "--connect", .who = "the chip runs on this machine", .port = RUN_MAILBOX_PORT};
    static struct socket_mailbox socket;
    const int status = listen_connect(where, &name, &socket.fd);
    *mailbox = (struct mailbox){.context = &socket,
                                .send = on_send,
                                .receive = on_receive,
                                .begin = on_begin,
                                .wait = on_wait,
                                .why = on_why,
                                .close = on_close,
                                .patience = timeout_ms / WAIT_MS + 1u};
    return status;
}

#define _POSIX_C_SOURCE 200809L

#include "run_mailbox.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"

/** How long the command sleeps before it looks whether the user has interrupted it. */
#define WAIT_MS 100

#define WORD_DIGITS 8u

/** What the lines of the journal about it begin with. */
static const char subject[] = "debug authentication";

void run_mailbox_init(struct run_mailbox *mailbox)
{
    mailbox->listener.fd = -1;
    mailbox->client = -1;
}

void run_mailbox_begin(struct run_mailbox *mailbox, struct sim *sim, void (*reset)(void *context),
                       void *context)
{
    mailbox->sim = sim;
    mailbox->reset = reset;
    mailbox->context = context;
}

int run_mailbox_open(struct run_mailbox *mailbox, const char *where, bool quiet)
{
    static const struct listen_name name = {.option = "--mailbox",
                                            .who = "nobody but this machine is let in",
                                            .port = RUN_MAILBOX_PORT};
    const int status = listen_open(&mailbox->listener, where, &name);
    if (status != EXIT_DONE) {
        return status;
    }
    if (mailbox->listener.port != 0 && (!quiet || mailbox->listener.any)) {
        say("the mailbox is at: garrison debug ... --connect %u", mailbox->listener.port);
    } else if (mailbox->listener.port == 0 && !quiet) {
        say("the mailbox is at: garrison debug ... --connect unix:%s", mailbox->listener.path);
    }
    return EXIT_DONE;
}

static void leave(struct run_mailbox *mailbox)
{
    if (mailbox->client >= 0) {
        (void)close(mailbox->client);
        mailbox->client = -1;
    }
    mailbox->len = 0;
}

static void answer(const struct run_mailbox *mailbox, const char *text)
{
    char line[320];
    const int len = snprintf(line, sizeof line, "%s\n", text);
    listen_send(mailbox->client, line, (size_t)len);
}

/** Whether a line is a verb and a word of eight digits. */
static bool is_word(const char *line, const char *verb, uint32_t *word)
{
    const size_t len = strlen(verb);
    if (strncmp(line, verb, len) != 0 ||
        strspn(line + len, "0123456789abcdefABCDEF") != WORD_DIGITS ||
        strlen(line + len) != WORD_DIGITS) {
        return false;
    }
    *word = (uint32_t)strtoul(line + len, NULL, 16);
    return true;
}

/** NRST, with a word or without. */
static void reset(struct run_mailbox *mailbox, const uint32_t *word)
{
    struct sim_error error;
    mailbox->why[0] = '\0';
    mailbox->reset(mailbox->context);
    if (word == NULL) {
        sim_probe_reset(mailbox->sim);
        answer(mailbox, "ok");
        return;
    }
    const enum sim_status status = sim_probe_begin(mailbox->sim, *word, &error);
    answer(mailbox, status == SIM_OK ? "ok" : "busy");
}

static void take_line(struct run_mailbox *mailbox)
{
    char text[300];
    uint32_t word = 0;
    struct sim_error ignored;
    if (strcmp(mailbox->line, "receive") == 0) {
        (void)snprintf(text, sizeof text, "none");
        if (sim_probe_receive(mailbox->sim, &word)) {
            (void)snprintf(text, sizeof text, "word %08" PRIX32, word);
        }
        answer(mailbox, text);
    } else if (is_word(mailbox->line, "send ", &word)) {
        answer(mailbox, sim_probe_send(mailbox->sim, word, &ignored) == SIM_OK ? "ok" : "busy");
    } else if (is_word(mailbox->line, "begin ", &word)) {
        reset(mailbox, &word);
    } else if (strcmp(mailbox->line, "reset") == 0) {
        reset(mailbox, NULL);
    } else if (strcmp(mailbox->line, "why") == 0) {
        (void)snprintf(text, sizeof text, "why %s", mailbox->why);
        answer(mailbox, text);
    } else {
        answer(mailbox, "error: a line is: begin WORD, send WORD, receive, reset or why");
    }
}

static void take_byte(struct run_mailbox *mailbox, char byte)
{
    if (byte == '\r') {
        return;
    }
    if (byte == '\0') { /* No line has one, so none of those that are known. */
        byte = '?';
    }
    if (byte != '\n') {
        if (mailbox->len < sizeof mailbox->line) {
            mailbox->line[mailbox->len++] = byte;
        }
        return;
    }
    mailbox->line[mailbox->len < sizeof mailbox->line ? mailbox->len : sizeof mailbox->line - 1u] =
        '\0';
    mailbox->len = 0;
    take_line(mailbox);
}

int run_mailbox_fd(const struct run_mailbox *mailbox)
{
    return mailbox->client >= 0 ? mailbox->client : mailbox->listener.fd;
}

void run_mailbox_serve(struct run_mailbox *mailbox)
{
    char data[256];
    if (mailbox->client < 0) {
        mailbox->client = listen_accept(&mailbox->listener);
        return;
    }
    const ssize_t len = recv(mailbox->client, data, sizeof data, 0);
    if (len < 0 && errno == EINTR) {
        return;
    }
    for (ssize_t i = 0; i < len; i++) {
        take_byte(mailbox, data[i]);
    }
    if (len <= 0) {
        leave(mailbox);
    }
}

/** Looks once, for at most so long. @return whether something has come */
static bool look(struct run_mailbox *mailbox, int timeout_ms)
{
    struct pollfd fd = {.fd = run_mailbox_fd(mailbox), .events = POLLIN};
    if (poll(&fd, 1, timeout_ms) <= 0 || (fd.revents & (POLLIN | POLLHUP | POLLERR)) == 0) {
        return false;
    }
    run_mailbox_serve(mailbox);
    return true;
}

void run_mailbox_wait(struct run_mailbox *mailbox, bool idle, bool (*ends)(void *context))
{
    bool news = look(mailbox, 0);
    while (idle && !news && !ends(mailbox->context)) {
        news = look(mailbox, WAIT_MS);
    }
}

void run_mailbox_event(struct run_mailbox *mailbox, const struct sim_event *event)
{
    if (strncmp(event->text, subject, sizeof subject - 1u) == 0) {
        (void)snprintf(mailbox->why, sizeof mailbox->why, "%s", event->text);
    }
}

void run_mailbox_close(struct run_mailbox *mailbox)
{
    leave(mailbox);
    listen_close(&mailbox->listener);
}

#define _POSIX_C_SOURCE 200809L

#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli.h"
#include "report.h"

static const char local[] = "unix:";

/** Where a text leads: a path, or a port of the loopback interface. */
struct place {
    bool is_path;
    struct sockaddr_un unix_addr;
    struct sockaddr_in port_addr;
};

static int take_path(const char *path, const struct listen_name *name, struct place *place)
{
    place->is_path = true;
    place->unix_addr.sun_family = AF_UNIX;
    if (path[0] == '\0' || strlen(path) >= sizeof place->unix_addr.sun_path) {
        return fail(EXIT_USAGE, "%s: '%s' is no path for a socket", name->option, path);
    }
    memcpy(place->unix_addr.sun_path, path, strlen(path) + 1u);
    return EXIT_DONE;
}

static int take_port(const char *where, const struct listen_name *name, struct place *place)
{
    static const char *const hosts[] = {"127.0.0.1:", "localhost:", ":"};
    const char *number = where;
    uint64_t value = name->port;
    for (unsigned i = 0; i < sizeof hosts / sizeof hosts[0] && number == where; i++) {
        const size_t len = strlen(hosts[i]);
        number = strncmp(where, hosts[i], len) == 0 ? where + len : where;
    }
    if (number[0] != '\0' && (!cli_parse_number(number, &value) || value > UINT16_MAX)) {
        return fail(EXIT_USAGE, "%s: '%s' is neither a port, nor 127.0.0.1:PORT, nor unix:PATH; %s",
                    name->option, where, name->who);
    }
    place->port_addr.sin_family = AF_INET;
    place->port_addr.sin_port = htons((uint16_t)value);
    place->port_addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return EXIT_DONE;
}

static int take_place(const char *where, const struct listen_name *name, struct place *place)
{
    memset(place, 0, sizeof *place);
    return strncmp(where, local, sizeof local - 1u) == 0
               ? take_path(where + sizeof local - 1u, name, place)
               : take_port(where, name, place);
}

static const struct sockaddr *address_of(const struct place *place, socklen_t *len)
{
    *len = place->is_path ? sizeof place->unix_addr : sizeof place->port_addr;
    return place->is_path ? (const struct sockaddr *)&place->unix_addr
                          : (const struct sockaddr *)&place->port_addr;
}

static int cannot(const struct listen_name *name, const char *what, const struct place *place)
{
    char port[32];
    const int error = errno;
    (void)snprintf(port, sizeof port, "127.0.0.1:%u", ntohs(place->port_addr.sin_port));
    return fail(EXIT_USAGE, "%s: cannot %s %s: %s%s", name->option, what,
                place->is_path ? place->unix_addr.sun_path : port, strerror(error),
                place->is_path && error == EADDRINUSE ? "; if nobody serves it, delete it" : "");
}

int listen_open(struct listener *listener, const char *where, const struct listen_name *name)
{
    struct place place;
    struct sockaddr_in bound = {.sin_family = AF_INET};
    socklen_t len;
    socklen_t bound_len = sizeof bound;
    const int yes = 1;
    *listener = (struct listener){.fd = -1};
    const int status = take_place(where, name, &place);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct sockaddr *address = address_of(&place, &len);
    listener->fd = socket(place.is_path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (listener->fd < 0) {
        return cannot(name, "listen on", &place);
    }
    (void)setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener->fd, address, len) != 0) {
        return cannot(name, "listen on", &place);
    }
    if (place.is_path) {
        (void)snprintf(listener->path, sizeof listener->path, "%s", place.unix_addr.sun_path);
    }
    if (listen(listener->fd, 1) != 0 ||
        (!place.is_path && getsockname(listener->fd, (struct sockaddr *)&bound, &bound_len) != 0)) {
        return cannot(name, "listen on", &place);
    }
    listener->port = place.is_path ? 0 : ntohs(bound.sin_port);
    listener->any = !place.is_path && place.port_addr.sin_port == 0;
    return EXIT_DONE;
}

void listen_close(struct listener *listener)
{
    if (listener->fd >= 0) {
        (void)close(listener->fd);
        listener->fd = -1;
    }
    if (listener->path[0] != '\0') {
        (void)unlink(listener->path);
        listener->path[0] = '\0';
    }
}

int listen_accept(const struct listener *listener)
{
    const int yes = 1;
    const int fd = accept(listener->fd, NULL, NULL);
    if (fd >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    return fd;
}

int listen_connect(const char *where, const struct listen_name *name, int *fd)
{
    struct place place;
    socklen_t len;
    const int yes = 1;
    *fd = -1;
    const int status = take_place(where, name, &place);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct sockaddr *address = address_of(&place, &len);
    *fd = socket(place.is_path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    if (*fd < 0 || connect(*fd, address, len) != 0) {
        return cannot(name, "connect to", &place);
    }
    (void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return EXIT_DONE;
}

void listen_send(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0 && fd >= 0) {
        const ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return;
        }
        at += sent;
        len -= (size_t)sent;
    }
}

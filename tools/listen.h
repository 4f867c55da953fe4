/*
 * Sockets that only this machine can reach: "PORT", ":PORT", "127.0.0.1:PORT", "localhost:PORT" or
 * "unix:PATH".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LISTEN_PATH 108u

struct listener {
    int fd;                 /**< -1: none. */
    uint16_t port;          /**< That it listens on; 0: a path. */
    bool any;               /**< The port was the system's choice: the user has to be told. */
    char path[LISTEN_PATH]; /**< Removed by listen_close(). */
};

/** What is said of an address, and the port of an empty one. */
struct listen_name {
    const char *option; /**< "--gdb". */
    const char *who;    /**< "nobody but this machine may debug". */
    uint16_t port;
};

/** Listens; port 0: any. @return exit status, having said why */
int listen_open(struct listener *listener, const char *where, const struct listen_name *name);
void listen_close(struct listener *listener);

/** Takes who has come, without delays for small packets. @return its socket; -1: nobody */
int listen_accept(const struct listener *listener);

/** Connects to who listens. @param fd  out @return exit status, having said why */
int listen_connect(const char *where, const struct listen_name *name, int *fd);

/** Sends all of it; who has gone is found out by reading. */
void listen_send(int fd, const void *data, size_t len);
